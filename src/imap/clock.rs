//! The server's clock, as far as IMAP shows it: when it last received something.

use imap_proto::{AttributeValue, Response};

use super::error::{ImapError, Stage};
use super::{Session, names};
use crate::mail::WrittenTime;

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
}
