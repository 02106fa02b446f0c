//! The outbox: what is due, what became of it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use crate::ruling::bounce::{Meant, SentAnswer};
use crate::schedule::{self, Next};
use crate::store::filing::number::NUMBERED;
use crate::store::read::instant;
use crate::store::reasons::detail;
use crate::store::{Result, Store, Writing, awaiting};
use crate::vocabulary::{OutboundMessage, SendReason, Word, mailbox_key, rfc3339_utc};

/// One acknowledgement that is due.
#[derive(Debug, Clone)]
pub struct Queued {
    /// `acknowledgement.id`
    pub id: i64,
    /// Of the submission that it answers.
    pub number: String,
    /// Attempts before this one.
    pub attempts: u32,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// The message to send.
    pub message: OutboundMessage,
}

/// An acknowledgement that a bounce reports on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounced {
    /// `acknowledgement.id`
    pub id: i64,
    /// The submission it acknowledged.
    pub submission_id: i64,
    /// Its number.
    pub number: String,
}

impl Store {
    /// Acknowledgements that are due, those waiting longest first. One that is to wait longer than any pause is due too: it was
    /// written down while the clock was wrong.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn due(&self, now: Timestamp, most: usize) -> Result<Vec<Queued>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, attempts, queued_at, recipient, rfc822_message_id, envelope_from, octets,
                (SELECT number FROM submission WHERE id = submission_id) FROM acknowledgement
             WHERE (next_attempt_at <= ?1 OR next_attempt_at > ?3) AND state IN ('queued', 'deferred')
             ORDER BY next_attempt_at, id LIMIT ?2",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let latest = rfc3339_utc(schedule::latest_attempt(now));
        let rows = statement.query_map(params![rfc3339_utc(now), most, latest], |row| {
            let attempts = row.get(1)?;
            let queued_at = instant(row.get(2)?).unwrap_or(now);
            Ok(Queued {
                id: row.get(0)?,
                number: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
                attempts,
                queued_at: schedule::waiting_since(queued_at, attempts, now),
                message: OutboundMessage {
                    envelope_to: row.get(3)?,
                    message_id: row.get(4)?,
                    envelope_from: row.get(5)?,
                    octets: row.get(6)?,
                },
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether any acknowledgement waits to leave.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn answers_wait(&self) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached("SELECT 1 FROM acknowledgement WHERE state IN ('queued', 'deferred')")?
            .exists([])?)
    }

    /// Answers that left since an instant. What left in the future left while the clock was wrong.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sent_between(&self, (since, now): (Timestamp, Timestamp)) -> Result<u32> {
        Ok(self
            .connection
            .prepare_cached("SELECT count(*) FROM acknowledgement WHERE sent_at > ?1 AND sent_at <= ?2")?
            .query_row([rfc3339_utc(since), rfc3339_utc(now)], |row| row.get(0))?)
    }
}

impl Writing<'_> {
    /// Counts an attempt before it is made: after a crash in mid-attempt the count still holds. `false`: it waits no more, for a
    /// person took it back.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn count_attempt(&self, id: i64) -> Result<bool> {
        let counted = self
            .transaction
            .prepare_cached(
                "UPDATE acknowledgement SET attempts = attempts + 1 WHERE id = ?1 AND state IN ('queued', 'deferred')",
            )?
            .execute([id])?;
        Ok(counted > 0)
    }

    /// Takes an attempt back that never reached the point of naming this message.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn uncount_attempt(&self, id: i64) -> Result<()> {
        self.transaction
            .prepare_cached("UPDATE acknowledgement SET attempts = max(attempts - 1, 0) WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Records what follows an attempt.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn settle(&self, id: i64, next: &Next, now: Timestamp) -> Result<()> {
        let (state, reason, next_attempt_at, sent_at) = match next {
            Next::Sent => ("sent", None, None, Some(rfc3339_utc(now))),
            Next::RetryAt { at, reason } => ("deferred", Some(reason), Some(rfc3339_utc(*at)), None),
            Next::GiveUp { reason } => ("failed", Some(reason), None, None),
        };
        let (word, detail) = (reason.map(Word::word), reason.and_then(detail));
        let settled: Option<(i64, i64)> = self
            .transaction
            .prepare_cached(
                // Whoever took it back while it was on its way was too late.
                "UPDATE OR IGNORE acknowledgement SET state = ?2, reason = ?3, reason_detail = ?4, next_attempt_at = ?5, sent_at = ?6
                 WHERE id = ?1 AND (state IN ('queued', 'deferred') OR ?2 = 'sent' AND state = 'withheld' AND reason = 'held')
                 RETURNING submission_id, attempts",
            )?
            .query_row(params![id, state, word, detail, next_attempt_at, sent_at], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((submission, attempts)) = settled.filter(|_| state != "deferred") {
            let detail = json!({ "acknowledgement": id, "attempts": attempts });
            self.log(now, "acknowledge", state, Some(submission), &detail)?;
            if matches!(next, Next::GiveUp { .. }) {
                awaiting::mark(&self.transaction, submission)?;
            } else {
                // Held while it was on its way: who was owed was told. Of the others nothing is kept.
                self.transaction
                    .prepare_cached("UPDATE awaiting SET state = -1 WHERE submission_id = ?1")?
                    .execute([submission])?;
            }
        }
        Ok(())
    }

    /// Takes back that an acknowledgement failed: the refusal turned out to concern us. The attempt is not counted.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn reconsider(&self, id: i64, at: Timestamp, now: Timestamp) -> Result<()> {
        let submission: Option<i64> = self
            .transaction
            .prepare_cached(
                "UPDATE acknowledgement SET state = 'deferred', next_attempt_at = ?2, attempts = max(attempts - 1, 0)
                 WHERE id = ?1 AND state = 'failed' AND octets IS NOT NULL RETURNING submission_id",
            )?
            .query_row(params![id, rfc3339_utc(at)], |row| row.get(0))
            .optional()?;
        if let Some(submission) = submission {
            self.log(now, "acknowledge", "retried", Some(submission), &json!({ "acknowledgement": id }))?;
            awaiting::mark(&self.transaction, submission)?;
        }
        Ok(())
    }

    /// Settles an acknowledgement of ours as failed because it came back; `None` when the ids name none of ours.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn bounced(&self, meant: &[Meant], words: &str, now: Timestamp) -> Result<Option<Bounced>> {
        for Meant { message_id, by_number } in meant {
            let by = if by_number.is_some() { "number" } else { "message_id" };
            let reason = SendReason::Returned { words: words.to_owned(), number: by_number.clone() };
            let found = self
                .transaction
                .prepare_cached(
                    "UPDATE acknowledgement SET state = 'failed', reason = ?2, reason_detail = ?3, next_attempt_at = NULL
                     WHERE rfc822_message_id = ?1 AND state IN ('sent', 'queued', 'deferred') RETURNING id, submission_id,
                        (SELECT number FROM submission WHERE id = submission_id)",
                )?
                .query_row(params![message_id, reason.word(), detail(&reason)], |row| {
                    let number = row.get::<_, Option<String>>(2)?.unwrap_or_default();
                    Ok(Bounced { id: row.get(0)?, submission_id: row.get(1)?, number })
                })
                .optional()?;
            if let Some(bounced) = found {
                self.log(
                    now,
                    "intake",
                    "bounced",
                    Some(bounced.submission_id),
                    &json!({ "acknowledgement": bounced.id, "by": by }),
                )?;
                // What came back told nobody anything.
                awaiting::mark(&self.transaction, bounced.submission_id)?;
                return Ok(Some(bounced));
            }
        }
        Ok(None)
    }

    /// The answers that went out for a number of ours, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sent_answers(&self, number: &str) -> Result<Vec<SentAnswer>> {
        self.transaction
            .prepare_cached(&format!(
                "SELECT ?1, rfc822_message_id, recipient, octets FROM acknowledgement
                 WHERE submission_id = {NUMBERED} AND state = 'sent' AND octets IS NOT NULL ORDER BY id DESC LIMIT 8"
            ))?
            .query_map([number], |row| {
                Ok(SentAnswer { number: row.get(0)?, message_id: row.get(1)?, recipient: row.get(2)?, octets: row.get(3)? })
            })?
            .map(|row| Ok(row?))
            .collect()
    }

    /// Answers queued or sent between two instants to whoever reads at an address.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn answers_to(&self, recipient: &str, (since, now): (Timestamp, Timestamp)) -> Result<u32> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT count(*) FROM acknowledgement WHERE mailbox_key = ?1 AND queued_at > ?2 AND queued_at <= ?3
                 AND state <> 'withheld'",
            )?
            .query_row([&mailbox_key(recipient), &rfc3339_utc(since), &rfc3339_utc(now)], |row| row.get(0))?)
    }

    /// Answers queued or sent between two instants that count under a domain; counting ends at `most`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn answers_to_house(
        &self,
        house: &str,
        (since, now): (Timestamp, Timestamp),
        most: u32,
    ) -> Result<u32> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT count(*) FROM (SELECT 1 FROM acknowledgement
                 WHERE house = ?1 AND queued_at > ?2 AND queued_at <= ?4 AND state <> 'withheld' LIMIT ?3)",
            )?
            .query_row(params![house, rfc3339_utc(since), most, rfc3339_utc(now)], |row| row.get(0))?)
    }

    /// Whether a supplement to a submission was answered already: the answer that a loop between two programs would go on
    /// provoking.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn supplement_answered(&self, submission_id: i64) -> Result<bool> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT 1 FROM acknowledgement WHERE submission_id = ?1 AND kind = 'supplement' AND state <> 'withheld'",
            )?
            .exists([submission_id])?)
    }

    /// Whether a repetition of a submission was answered already; where the first hundreds were not, no further one is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn repetition_answered(&self, submission_id: i64) -> Result<bool> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT count(*) >= 200 OR count(a.id) > 0
                 FROM (SELECT id FROM submission WHERE duplicate_of = ?1 ORDER BY id LIMIT 200) AS s
                      LEFT JOIN acknowledgement AS a ON a.submission_id = s.id AND a.state <> 'withheld'",
            )?
            .query_row([submission_id], |row| row.get(0))?)
    }
}
