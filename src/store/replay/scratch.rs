//! The scratch store: the same schema in a private temporary file, filled message by message as the record was.
//!
//! SQLite makes the file itself, readable by its owner alone, takes its name away at once, and spills into it what its
//! cache does not hold: so memory stays bounded, whoever may only read the store needs no right to write beside it, and
//! nothing is left behind by a process that is killed. Nothing in it has to survive anything, so nothing is synced.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::kept::{Kept, KeptSubmission, Record};
use crate::store::{Result, Store, Writing, schema, wal, words};
use crate::vocabulary::{CorrectionField, ReviewReason, Status};

/// The ids and the number that a message had when it was filed first; where there is none, the store chooses.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// `message.id`
    pub message_id: Option<i64>,
    /// `submission.id`
    pub submission_id: Option<i64>,
    /// `submission.number`
    pub number: Option<String>,
}

impl Store {
    /// A store to file into once more what was filed; it goes with its handle.
    pub fn scratch() -> Result<Self> {
        let mut connection = Connection::open("")?;
        schema::create(&mut connection, Timestamp::UNIX_EPOCH)?;
        // A message that is ruled otherwise is taken back: that needs a journal, and 32 MiB are cache enough.
        connection.execute_batch(
            "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -32768;
             DROP TRIGGER event_is_append_only_2; DROP TRIGGER correction_is_append_only_2; DROP TRIGGER correction_is_append_only_3;
             CREATE INDEX correction_by_place ON correction (after_message, id)",
        )?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(Self { connection, wal: wal::Wal::of(std::path::Path::new("")) })
    }
}

impl Writing<'_> {
    /// Whether this is a scratch store: nothing in it is answered or sealed.
    pub const fn is_scratch(&self) -> bool {
        self.given.message_id.is_some()
    }

    /// What is filed next has these ids and this number.
    pub fn give(&mut self, given: Given) {
        self.given = given;
    }

    /// Marks the place to which [`Writing::take_back`] goes.
    pub fn mark(&self) -> Result<()> {
        Ok(self.transaction.execute_batch("SAVEPOINT message")?)
    }

    /// Takes the mark away and leaves what was done since then.
    pub fn unmark(&self) -> Result<()> {
        Ok(self.transaction.execute_batch("RELEASE SAVEPOINT message")?)
    }

    /// Takes back what was done since [`Writing::mark`].
    pub fn take_back(&self) -> Result<()> {
        Ok(self.transaction.execute_batch("ROLLBACK TO SAVEPOINT message")?)
    }

    /// Takes over of a message what it has whether it is read again or not: the Message-IDs of our answers, and what staff
    /// corrected and decided, which waits for its place.
    pub fn take_over_beside(&self, from: Record<'_>, kept: &Kept) -> Result<()> {
        self.transaction
            .prepare_cached("DELETE FROM acknowledgement WHERE message_id = ?1")?
            .execute([kept.message_id])?;
        for answer in from.whole("acknowledgement", "message_id = ?1", kept.message_id)? {
            answer.replace(&self.transaction, "acknowledgement")?;
        }
        if let Some(KeptSubmission { id, .. }) = kept.submission.as_ref().filter(|_| kept.is_submission()) {
            for correction in from.whole("correction", "submission_id = ?1 AND opinion IS NULL", *id)? {
                correction.replace(&self.transaction, "correction")?;
            }
        }
        Ok(())
    }

    /// Does what staff decided and corrected before a message came.
    pub fn decide_before(&self, message_id: i64) -> Result<()> {
        let due: Vec<(i64, String, Option<String>)> = self
            .transaction
            .prepare_cached(
                "SELECT submission_id, field, new_value FROM correction WHERE after_message < ?1 ORDER BY after_message, id",
            )?
            .query_map([message_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (submission_id, field, value) in &due {
            let Some(field) = CorrectionField::from_word(field) else { continue };
            self.transaction
                .prepare_cached(&format!(
                    "UPDATE submission SET {0} = coalesce(?2, iif('{0}' = 'status', 'review', NULL)) WHERE id = ?1 AND status <> 'erased'",
                    field.as_str()
                ))?
                .execute(params![submission_id, value])?;
        }
        if !due.is_empty() {
            self.transaction
                .prepare_cached("DELETE FROM correction WHERE after_message < ?1")?
                .execute([message_id])?;
        }
        Ok(())
    }

    /// Takes over the rows that are made of a message, without its bytes. Groups are left out: the record has them.
    pub fn take_over_message(&self, from: Record<'_>, message_id: i64) -> Result<()> {
        let beside = "message_id = ?1";
        for (table, condition) in
            [("message", "id = ?1"), ("submission", beside), ("supplement", beside), ("likeness", beside)]
        {
            for row in from.whole(table, condition, message_id)? {
                row.only(&["wording_id", "leader_id"], false).replace(&self.transaction, table)?;
            }
        }
        Ok(())
    }

    /// Says where a submission stands, and why.
    pub fn stand(&self, submission_id: i64, status: Status, reasons: &[ReviewReason]) -> Result<()> {
        let reasons = words(reasons.iter().map(|reason| reason.as_str()));
        self.transaction
            .prepare_cached("UPDATE submission SET status = ?2, review_reasons = ?3 WHERE id = ?1")?
            .execute(params![submission_id, status.as_str(), reasons])?;
        Ok(())
    }

    /// Hides from what comes next what a sender said with these words, or shows it again.
    pub fn hide(&self, sender: &str, opinion_sha256: &str, hidden: bool) -> Result<()> {
        let other = format!("hidden {opinion_sha256}");
        let (from, to) = if hidden { (opinion_sha256, &*other) } else { (&*other, opinion_sha256) };
        self.transaction
            .prepare_cached(
                "UPDATE likeness SET opinion_sha256 = ?3 WHERE sender = ?1 AND opinion_sha256 = ?2",
            )?
            .execute([sender, from, to])?;
        Ok(())
    }

    /// Lets an erased submission stand for a moment for what its sender is known to have said in it, or not any more.
    pub fn stand_in(&self, submission_id: i64, said: Option<(&str, &str, Option<&str>)>) -> Result<()> {
        let status = if said.is_some() { Status::Accepted } else { Status::Erased };
        // Where it is erased again, the trigger takes its likeness, too.
        self.transaction
            .prepare_cached("UPDATE submission SET status = ?2, content_sha256 = ?3 WHERE id = ?1")?
            .execute(params![submission_id, status.as_str(), said.and_then(|(_, _, content)| content)])?;
        if let Some((sender, opinion, _)) = said {
            self.transaction
                .prepare_cached(
                    "UPDATE likeness SET sender = ?2, opinion_sha256 = ?3
                     WHERE message_id = (SELECT message_id FROM submission WHERE id = ?1)",
                )?
                .execute(params![submission_id, sender, opinion])?;
        }
        Ok(())
    }

    /// Lets go of what no later message asks for: texts, evidence, events.
    pub fn lighten(&self, after: i64) -> Result<()> {
        for table in ["opinion", "attachment", "mailbox_entry", "event", "seal"] {
            self.transaction.execute(&format!("DELETE FROM {table}"), [])?;
        }
        self.transaction
            .execute("UPDATE submission SET comment = '', full_text = '' WHERE message_id > ?1", [after])?;
        self.transaction
            .execute("UPDATE supplement SET comment = '', full_text = '' WHERE message_id > ?1", [after])?;
        self.transaction.execute("UPDATE message SET evidence = NULL WHERE id > ?1", [after])?;
        Ok(())
    }
}

impl Kept {
    /// Whether it is a submission of its own.
    pub fn is_submission(&self) -> bool {
        self.part == super::kept::Part::Submission
    }
}
