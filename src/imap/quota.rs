//! How full the mailbox is (RFC 9208), and what the server wants people to read.

use imap_proto::Response;

use super::error::ImapError;
use super::{Session, syntax};
use crate::net::Stage;

/// From so many percent on, the server may soon refuse mail.
const NEARLY_FULL_PERCENT: u64 = 90;
/// Most quota roots that are looked at.
const ROOTS: usize = 20;
/// Most alerts kept between two looks.
const ALERTS: usize = 20;

/// A limit of the mailbox's size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// What it is a limit of, as the server calls it; often empty.
    pub root: String,
    /// What is used, in units of 1024 octets.
    pub used_kib: u64,
    /// The limit, in the same units.
    pub limit_kib: u64,
}

impl Quota {
    /// How much is used.
    pub const fn percent(&self) -> u64 {
        match self.used_kib.saturating_mul(100).checked_div(self.limit_kib) {
            Some(percent) => percent,
            None => 100,
        }
    }

    /// Whether citizens' mail may soon be refused.
    pub const fn is_nearly_full(&self) -> bool {
        self.percent() >= NEARLY_FULL_PERCENT
    }
}

impl Session {
    /// The limits of the size of INBOX, where the server tells any.
    ///
    /// # Errors
    ///
    /// When the connection fails. A refusal means that there is nothing to tell.
    pub async fn quotas(&mut self) -> Result<Vec<Quota>, ImapError> {
        let mut quotas = Vec::new();
        if !self.has("QUOTA") {
            return Ok(quotas);
        }
        self.command(Stage::Quota, "GETQUOTAROOT \"INBOX\"", self.limits.step_timeout, &mut |response| {
            let Response::Quota(quota) = response else { return };
            for resource in &quota.resources {
                // imap-proto does not let others name the type of the resource's name.
                if format!("{:?}", resource.name) == "Storage" && quotas.len() < ROOTS {
                    quotas.push(Quota {
                        root: syntax::unescape(&quota.root_name),
                        used_kib: resource.usage,
                        limit_kib: resource.limit,
                    });
                }
            }
        })
        .await?;
        for quota in &mut quotas {
            quota.root = self.endpoint.words(&quota.root);
        }
        Ok(quotas)
    }

    /// What the server wanted people to read (RFC 3501 section 7.1) since this was last asked.
    pub fn take_alerts(&mut self) -> Vec<String> {
        std::mem::take(&mut self.alerts)
    }

    pub(super) fn note_alert(&mut self, words: Option<&str>) {
        let words = self.words(words);
        if self.alerts.len() < ALERTS && !self.alerts.contains(&words) {
            self.alerts.push(words);
        }
    }
}
