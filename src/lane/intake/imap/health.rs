//! What the server says of the mailbox besides its letters: how full it is, and what it wants people to read.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio::time::Instant;

use crate::imap::{Quota, Session};
use crate::lane::Lane;
use crate::lane::intake::pass::PassError;
use crate::maillog;
use crate::store::{Fact, StoreError};

/// How often the quota is asked for.
const QUOTA_INTERVAL: Duration = Duration::from_hours(1);
/// A quota that goes on being nearly used up is said again after so long, or when it has grown.
const QUOTA_REMINDER: Duration = Duration::from_hours(24);
/// Most alerts remembered as said.
const ALERTS: usize = 1000;

/// What was said already.
#[derive(Debug, Default)]
pub(super) struct Health {
    asked: Option<Instant>,
    warned: Option<(Instant, u64)>,
    alerts: HashSet<String>,
    /// Until when the server's certificate is good, as it was written down last.
    good_until: Option<Timestamp>,
}

impl Health {
    /// Looks, when it is time.
    pub(super) async fn look(&mut self, session: &mut Session, lane: &Lane) -> Result<(), PassError> {
        if session.is_usable() && self.asked.is_none_or(|asked| asked.elapsed() >= QUOTA_INTERVAL) {
            let quotas = session.quotas().await?;
            self.asked = Some(Instant::now());
            self.quota(quotas.iter().max_by_key(|quota| quota.percent()), lane)?;
        }
        if let Some(until) = session.certificate_until().filter(|until| self.good_until != Some(*until)) {
            lane.store.with(|store| store.remember_instant(Fact::MailboxCertificateUntil, until))?;
            self.good_until = Some(until);
        }
        for alert in session.take_alerts() {
            if self.alerts.len() < ALERTS && self.alerts.insert(alert.clone()) {
                maillog::alert(&alert);
            }
        }
        Ok(())
    }

    fn quota(&mut self, fullest: Option<&Quota>, lane: &Lane) -> Result<(), StoreError> {
        let told = fullest.map_or_else(String::new, |quota| {
            json!({ "used_kib": quota.used_kib, "limit_kib": quota.limit_kib }).to_string()
        });
        lane.store.with(|store| store.remember(Fact::MailboxQuota, &told))?;
        let Some(quota) = fullest.filter(|quota| quota.is_nearly_full()) else {
            self.warned = None;
            return Ok(());
        };
        let percent = quota.percent();
        if self.warned.is_none_or(|(at, before)| percent > before || at.elapsed() >= QUOTA_REMINDER) {
            maillog::quota(&quota.root, percent, quota.used_kib, quota.limit_kib);
            self.warned = Some((Instant::now(), percent));
        }
        Ok(())
    }
}
