//! The scratch store: the same schema in a private temporary file, filled message by message as the record was.
//!
//! SQLite makes the file itself, readable by its owner alone, takes its name away at once, and spills into it what its
//! cache does not hold: so memory stays bounded, whoever may only read the store needs no right to write beside it, and
//! nothing is left behind by a process that is killed. Nothing in it has to survive anything, so nothing is synced.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::store::{Given, Maker, Result, Store, Writing, schema, wal, words};
use crate::vocabulary::{CorrectionField, ReviewReason, Status};

impl Store {
    /// A store to file into once more what was filed; it goes with its handle.
    pub(crate) fn scratch() -> Result<Self> {
        let mut connection = Connection::open("")?;
        schema::create(&mut connection, Timestamp::UNIX_EPOCH, Maker::Person)?;
        // A message that is ruled otherwise is taken back: that needs a journal. 32 MiB are cache enough.
        connection.execute_batch(
            "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -32768;
             DROP TRIGGER event_is_append_only_2; DROP TRIGGER correction_is_append_only_1; DROP TRIGGER correction_is_append_only_2;
             DROP TRIGGER correction_is_append_only_3;
             CREATE INDEX correction_by_place ON correction (after_message, id)",
        )?;
        schema::keep_no_sums(&connection)?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(Self {
            session: None,
            connection,
            wal: wal::Wal::of(std::path::Path::new("")),
            compared: None,
            brought: crate::store::Brought::default(),
            watch: None,
        })
    }
}

impl Writing<'_> {
    /// Whether this is a scratch store: nothing in it is answered or sealed.
    pub(crate) const fn is_scratch(&self) -> bool {
        self.given.message_id.is_some()
    }

    /// What is filed next has these ids and this number.
    pub(crate) fn give(&mut self, given: Given) {
        self.given = given;
    }

    /// Marks a place to go back to.
    pub(crate) fn mark(&self) -> Result<()> {
        Ok(self.transaction.execute_batch("SAVEPOINT message")?)
    }

    /// Takes the mark away, and leaves what was done since then.
    pub(crate) fn unmark(&self) -> Result<()> {
        Ok(self.transaction.execute_batch("RELEASE SAVEPOINT message")?)
    }

    /// Takes back what was done since the mark.
    pub(crate) fn take_back(&self) -> Result<()> {
        Ok(self.transaction.execute_batch("ROLLBACK TO SAVEPOINT message")?)
    }

    /// Takes over rows as they stand in the record, in place of those that have their keys; `without` some columns.
    pub(crate) fn take_over(
        &self,
        from: &Writing<'_>,
        table: &'static str,
        (condition, key): (&str, i64),
        without: &[&str],
    ) -> Result<()> {
        for row in from.rows(table, condition, key)? {
            row.only(without, false).replace(&self.transaction, table)?;
        }
        Ok(())
    }

    /// Does what staff decided and corrected before a message came; gives what they moved.
    pub(crate) fn decide_before(&self, message_id: i64) -> Result<Vec<i64>> {
        let due: Vec<(i64, String, Option<String>, Option<i64>)> = self
            .transaction
            .prepare_cached(
                "SELECT submission_id, field, new_value, iif(field = 'duplicate_of', CAST(old_value AS INTEGER), NULL)
                 FROM correction WHERE after_message < ?1
                    -- An erasure left neither value, and what stands there without them.
                    AND (old_value IS NOT NULL OR new_value IS NOT NULL) ORDER BY after_message, id",
            )?
            .query_map([message_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut moved = Vec::new();
        for (submission_id, field, value, repeated) in &due {
            if field == CorrectionField::Consultation.as_str() {
                moved.push(*submission_id);
            }
            if let Some(field) = CorrectionField::from_word(field).filter(|field| field.is_column()) {
                let field = field.as_str();
                let sql = format!("UPDATE submission SET {field} = ?2 WHERE id = ?1 AND status <> 'erased'");
                self.transaction.prepare_cached(&sql)?.execute(params![submission_id, value])?;
                if field == CorrectionField::DuplicateOf.as_str() && (value.is_none() || repeated.is_none()) {
                    self.compare_by(*submission_id, *repeated)?;
                }
            }
        }
        if !due.is_empty() {
            // By the numbers that it had, a submission is found for ever.
            self.transaction.execute(
                "UPDATE correction SET after_message = ?2 WHERE after_message < ?1 AND field = 'number'",
                [message_id, i64::MAX],
            )?;
            self.transaction.execute("DELETE FROM correction WHERE after_message < ?1", [message_id])?;
        }
        Ok(moved)
    }

    /// Gives a submission another number and consultation, as if it had been filed so.
    pub(crate) fn file_first_as(&self, submission_id: i64, number: &str, consultation: &str) -> Result<()> {
        self.transaction
            .prepare_cached("UPDATE submission SET number = ?2, consultation = ?3 WHERE id = ?1")?
            .execute(params![submission_id, number, consultation])?;
        Ok(())
    }

    /// Compares later mail with a submission by what the record has of it.
    pub(crate) fn compare_as(&self, real: &Writing<'_>, submission_id: i64) -> Result<()> {
        let row = real.submission(submission_id)?;
        row.only(&["name", "organization", "content_sha256"], true).update(
            &self.transaction,
            "submission",
            submission_id,
            |_| true,
        )?;
        let message = row.number("message_id").unwrap_or_default();
        let likeness = real.rows("likeness", "message_id = ?1", message)?.pop();
        if let Some(opinion) = likeness.and_then(|row| row.get("opinion_sha256")) {
            self.transaction
                .prepare_cached(
                    "UPDATE likeness SET opinion_sha256 = ?2 WHERE message_id = ?1 AND opinion_sha256 IS NOT NULL",
                )?
                .execute(params![message, opinion])?;
        }
        Ok(())
    }

    /// Says where a submission stands, and why.
    pub(crate) fn stand(&self, submission_id: i64, status: Status, reasons: &[ReviewReason]) -> Result<()> {
        let reasons = words(reasons.iter().map(|reason| reason.as_str()));
        self.transaction
            .prepare_cached("UPDATE submission SET status = ?2, review_reasons = ?3 WHERE id = ?1")?
            .execute(params![submission_id, status.as_str(), reasons])?;
        Ok(())
    }

    /// Hides from what comes next what a sender said with these words, or shows it again.
    pub(crate) fn hide(&self, sender: &str, opinion_sha256: &str, hidden: bool) -> Result<()> {
        let other = format!("hidden {opinion_sha256}");
        let (from, to) = if hidden { (opinion_sha256, &*other) } else { (&*other, opinion_sha256) };
        self.transaction.execute(
            "UPDATE likeness SET opinion_sha256 = ?3 WHERE sender = ?1 AND opinion_sha256 = ?2",
            [sender, from, to],
        )?;
        Ok(())
    }

    /// Lets go of what no later message asks for: texts, evidence, events.
    pub(crate) fn lighten(&self, after: i64) -> Result<()> {
        self.transaction.execute_batch(&format!(
            "DELETE FROM submission_items; DELETE FROM search_due; DELETE FROM awaiting; DELETE FROM opinion; DELETE FROM attachment; DELETE FROM mailbox_entry; DELETE FROM event; DELETE FROM seal;
             UPDATE submission SET comment = '', full_text = '' WHERE message_id > {after};
             UPDATE supplement SET comment = '', full_text = '' WHERE message_id > {after};
             UPDATE message SET evidence = json_object('sender', json_object('verdict', json_extract(evidence, '$.sender.verdict')))
             WHERE id > {after} AND evidence IS NOT NULL"
        ))?;
        Ok(())
    }
}
