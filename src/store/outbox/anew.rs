//! An answer that is decided anew, because more came of the letter that it answers.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use crate::store::reasons::detail;
use crate::store::{Answer, NewAcknowledgement, Result, Writing};
use crate::vocabulary::{Word, mailbox_key, rfc3339_utc};

/// An answer that may be decided anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// `acknowledgement.id`
    pub id: i64,
    /// `acknowledgement.submission_id`
    pub submission_id: i64,
    /// It left, or was tried, for another address than the letter's.
    pub left: bool,
}

impl Writing<'_> {
    /// The answer to a message, where it may be decided anew: nothing of it left, or it left for another address than
    /// `recipient`, which a header that was cut in mid-address names. What did not leave counts no more for anything.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn undecided(&self, message_id: i64, recipient: &str) -> Result<Option<Undecided>> {
        let found = self
            .transaction
            .prepare_cached(
                "SELECT id, submission_id, recipient, state, attempts FROM acknowledgement WHERE message_id = ?1 ORDER BY id LIMIT 1",
            )?
            .query_row([message_id], |row| {
                let to: Option<String> = row.get(2)?;
                Ok((row.get(0)?, row.get(1)?, to, row.get::<_, String>(3)?, row.get::<_, i64>(4)?))
            })
            .optional()?;
        let Some((id, submission_id, to, state, attempts)) = found else { return Ok(None) };
        let waits = matches!(state.as_str(), "queued" | "deferred");
        let left = state != "withheld" && !(waits && attempts == 0);
        let is_elsewhere = to.is_some_and(|to| mailbox_key(&to) != mailbox_key(recipient));
        // One that is being tried now settles first.
        if left && (waits || !is_elsewhere || recipient.is_empty()) {
            return Ok(None);
        }
        if !left {
            self.transaction
                .prepare_cached(
                    "UPDATE acknowledgement SET state = 'withheld', octets = NULL, next_attempt_at = NULL WHERE id = ?1",
                )?
                .execute([id])?;
        }
        Ok(Some(Undecided { id, submission_id, left }))
    }

    /// Puts an answer in the place of the one that was decided by the beginning of the letter.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn answer_anew(&self, row: &Undecided, new: &NewAcknowledgement<'_>, now: Timestamp) -> Result<()> {
        let now_text = rfc3339_utc(now);
        let (state, reason, outbound) = match new.answer {
            Answer::Send(outbound) => ("queued", None, Some(outbound)),
            // It left already, and nothing better can.
            Answer::Withhold(_) if row.left => return Ok(()),
            Answer::Withhold(reason) => ("withheld", Some(reason), None),
        };
        self.transaction
            .prepare_cached(
                "UPDATE acknowledgement SET kind = ?2, recipient = ?3, state = ?4, reason = ?5, reason_detail = ?6, attempts = 0,
                    queued_at = ?7, next_attempt_at = ?8, sent_at = NULL, rfc822_message_id = ?9, envelope_from = ?10, octets = ?11,
                    mailbox_key = ?12, house = ?13 WHERE id = ?1",
            )?
            .execute(params![
                row.id,
                new.kind.as_str(),
                new.recipient,
                state,
                reason.map(Word::word),
                reason.and_then(detail),
                now_text,
                outbound.map(|_| now_text.as_str()),
                outbound.map(|outbound| outbound.message_id.as_str()),
                outbound.and_then(|outbound| outbound.envelope_from.as_deref()),
                outbound.map(|outbound| outbound.octets.as_slice()),
                new.recipient.map(mailbox_key),
                new.house,
            ])?;
        let detail = json!({ "acknowledgement": row.id, "left": row.left, "state": state });
        self.log(now, "intake", "answered_anew", Some(row.submission_id), &detail)
    }
}
