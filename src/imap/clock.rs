//! The server's clock, as far as IMAP shows it: when it received something.

use std::collections::BTreeMap;

use imap_proto::{AttributeValue, Response};

use super::error::{ImapError, Stage};
use super::fetch::uid_of;
use super::{Session, names};
use crate::vocabulary::WrittenTime;

/// UIDs in one command: its line stays well under what servers take.
const UIDS_AT_A_TIME: usize = 500;

impl Session {
    /// INTERNALDATE of the newest message of the open folder; `None` when the folder is empty or the server does
    /// not say. IMAP tells the time in no other way.
    ///
    /// # Errors
    ///
    /// When the connection fails.
    pub async fn newest_internal_date(&mut self) -> Result<Option<WrittenTime>, ImapError> {
        if self.open.is_none() {
            return Err(self.unusable("no folder is open"));
        }
        if self.exists == 0 {
            return Ok(None);
        }
        let mut newest = None;
        let step = self.limits.step_timeout;
        // `*` is the message with the highest number (RFC 3501 section 9, seq-number).
        self.command(Stage::Fetch, "FETCH * (INTERNALDATE)", step, &mut |response| {
            let Response::Fetch(_, attributes) = response else { return };
            for attribute in attributes {
                if let AttributeValue::InternalDate(text) = attribute {
                    newest = names::internal_date(text);
                }
            }
        })
        .await?;
        Ok(newest)
    }

    /// INTERNALDATE of these messages of the open folder; of those that the server does not mention, none.
    ///
    /// # Errors
    ///
    /// When the connection fails.
    pub async fn internal_dates(&mut self, uids: &[u32]) -> Result<BTreeMap<u32, WrittenTime>, ImapError> {
        let mut dates = BTreeMap::new();
        let step = self.limits.step_timeout;
        for some in uids.chunks(UIDS_AT_A_TIME) {
            let set = names::uid_set(some.iter().copied());
            self.command(
                Stage::Fetch,
                &format!("UID FETCH {set} (UID INTERNALDATE)"),
                step,
                &mut |response| {
                    let Response::Fetch(_, attributes) = response else { return };
                    let date = attributes.iter().find_map(|attribute| match attribute {
                        AttributeValue::InternalDate(text) => names::internal_date(text),
                        _ => None,
                    });
                    if let (Some(uid), Some(date)) = (uid_of(attributes), date) {
                        dates.insert(uid, date);
                    }
                },
            )
            .await?;
        }
        Ok(dates)
    }
}
