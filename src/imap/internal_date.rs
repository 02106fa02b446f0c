//! The server's clock, as far as IMAP shows it: when it received something.

use std::collections::BTreeMap;

use imap_proto::{AttributeValue, Response};
use jiff::Timestamp;
use jiff::fmt::strtime::BrokenDownTime;

use super::Session;
use super::error::ImapError;
use super::list::{LIST_SLACK, LISTED_BYTES};
use super::syntax::uid_of;
use crate::net::Stage;
use crate::vocabulary::WrittenTime;

/// INTERNALDATE: ` 1-Mar-2024 09:05:00 +0800` (RFC 3501 section 9, date-time), with the offset as
/// written. `None` for anything else.
pub(super) fn parse(text: &str) -> Option<WrittenTime> {
    let parsed = BrokenDownTime::parse("%d-%b-%Y %H:%M:%S %z", text.trim_ascii()).ok()?;
    Some(WrittenTime { instant: parsed.to_timestamp().ok()?, offset_seconds: parsed.offset()?.seconds() })
}

impl Session {
    /// INTERNALDATE of the newest message of the open folder; `None` when the folder is empty or the server does
    /// not say. IMAP has no other way to tell the time.
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
                    newest = parse(text);
                }
            }
        })
        .await?;
        Ok(newest)
    }

    /// INTERNALDATE and trace fields of the newest messages of the open folder: what the two say of their arrival.
    ///
    /// # Errors
    ///
    /// When the connection fails.
    pub async fn newest_traces(&mut self, most: u32) -> Result<Vec<(WrittenTime, Vec<u8>)>, ImapError> {
        let mut traces = Vec::new();
        if self.exists == 0 {
            return Ok(traces);
        }
        let first = self.exists.saturating_sub(most) + 1;
        let command = format!(
            "FETCH {first}:* (INTERNALDATE BODY.PEEK[HEADER.FIELDS (RECEIVED AUTHENTICATION-RESULTS)])"
        );
        let step = self.limits.step_timeout;
        self.command(Stage::Fetch, &command, step, &mut |response| {
            let Response::Fetch(_, attributes) = response else { return };
            let (mut date, mut header) = (None, None);
            for attribute in attributes {
                match attribute {
                    AttributeValue::InternalDate(text) => date = parse(text),
                    AttributeValue::BodySection { data: Some(bytes), .. } => header = Some(bytes.to_vec()),
                    _ => {}
                }
            }
            if traces.len() < most as usize {
                traces.extend(date.zip(header));
            }
        })
        .await?;
        Ok(traces)
    }

    /// INTERNALDATE of the messages with UIDs from `first` to `last`, without those that the server does not mention; none
    /// where it refuses.
    ///
    /// # Errors
    ///
    /// When the connection fails.
    pub async fn internal_dates(
        &mut self,
        first: u32,
        last: u32,
    ) -> Result<BTreeMap<u32, Timestamp>, ImapError> {
        let mut dates = BTreeMap::new();
        let most = usize::try_from(self.exists).unwrap_or(usize::MAX).saturating_add(LIST_SLACK);
        let deadline = self.deadline((most as u64).saturating_mul(LISTED_BYTES));
        let command = format!("UID FETCH {first}:{last} (UID INTERNALDATE)");
        self.command(Stage::List, &command, deadline, &mut |response| {
            let Response::Fetch(_, attributes) = response else { return };
            let date = attributes.iter().find_map(|attribute| match attribute {
                AttributeValue::InternalDate(text) => parse(text),
                _ => None,
            });
            if let (Some(uid), Some(date)) = (uid_of(attributes), date)
                && dates.len() < most
            {
                dates.insert(uid, date.instant);
            }
        })
        .await?;
        self.connection.take_unreadable();
        Ok(dates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_dates_keep_their_offset() {
        for (text, instant, offset) in [
            ("01-Mar-2024 09:05:00 +0800", "2024-03-01T01:05:00Z", 28800),
            (" 1-Mar-2024 09:05:00 +0800", "2024-03-01T01:05:00Z", 28800),
            ("13-Mar-2024 23:59:59 +0000", "2024-03-13T23:59:59Z", 0),
            ("29-FEB-2024 00:00:60 -0330", "2024-02-29T03:30:59Z", -12600),
        ] {
            let written = parse(text).unwrap();
            assert_eq!(
                (written.instant.to_string().as_str(), written.offset_seconds),
                (instant, offset),
                "{text}"
            );
        }
        for wrong in [
            "",
            "-",
            "30-Feb-2024 00:00:00 +0800",
            "01-Mar-2024 09:05:00",
            "01-Mar-2024 09:05:00 CST",
            "1 2 3",
            "é-é-é 1:1:1 é800",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
