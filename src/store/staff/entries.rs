//! Entries of the mailbox as a person asks for them: what became of each file of an import, and where mail lies that was not for us.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::Serialize;

use crate::store::read::{instant, unsigned};
use crate::store::reasons::stored;
use crate::store::{Result, Store};
use crate::vocabulary::{AcknowledgementState, EntryKey, StoredReason, WithheldReason, Word, rfc3339_utc};

/// What became of one file, or of one message of an mbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRow {
    /// `mailbox_entry.id`
    pub id: i64,
    /// The folder, or the mbox.
    pub folder: String,
    /// The file's name, or the message's place in the mbox.
    pub name: String,
    /// `mailbox_entry.disposition`
    pub disposition: String,
    /// `mailbox_entry.reason`
    pub reason: StoredReason,
    /// The submission that it is or belongs to, its status, and the one that it repeats.
    pub submission: Option<(String, String, Option<String>)>,
    /// Its answer waits to leave.
    pub is_answered: bool,
    /// Its answer was withheld because nobody was to be answered.
    pub is_silenced: bool,
}

/// A mail that was not for us, as it is found again in the mailbox: nothing of what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotOursRow {
    /// `mailbox_entry.folder`
    pub folder: String,
    /// `mailbox_entry.uid`, as text
    pub uid: String,
    /// When the mailbox took it: INTERNALDATE, or the file's time; `None`: not known yet.
    pub arrived_at: Option<Timestamp>,
    /// `mailbox_entry.size_bytes`
    pub size_bytes: u64,
    /// `mailbox_entry.reason`
    pub reason: String,
    /// `mailbox_entry.reason_detail`
    #[serde(skip)]
    pub why: StoredReason,
}

impl Store {
    /// The number of the submission that an entry is or belongs to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn number_of_entry(&self, entry: &EntryKey) -> Result<Option<String>> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT coalesce((SELECT number FROM submission WHERE message_id = e.message_id),
                    (SELECT s.number FROM supplement AS p JOIN submission AS s ON s.id = p.submission_id WHERE p.message_id = e.message_id))
                 FROM mailbox_entry AS e WHERE e.folder = ?1 AND e.uid_validity = ?2 AND e.uid = ?3",
            )?
            .query_row(params![entry.folder.name, entry.folder.uid_validity, entry.uid], |row| row.get(0))
            .optional()?;
        Ok(found.flatten())
    }

    /// The highest `mailbox_entry.id`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_entry_id(&self) -> Result<i64> {
        Ok(self
            .connection
            .query_row("SELECT coalesce(max(id), 0) FROM mailbox_entry", [], |row| row.get(0))?)
    }

    /// What was recorded of files behind an entry, at most so many, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn imported_after(&self, after: i64, most: usize) -> Result<Vec<ImportedRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT e.id, e.folder, CAST(e.uid AS TEXT), e.disposition, e.reason, e.reason_detail, s.number, s.status, d.number, a.state, a.reason
             FROM mailbox_entry AS e
                LEFT JOIN supplement AS p ON p.message_id = e.message_id
                LEFT JOIN submission AS own ON own.message_id = e.message_id
                LEFT JOIN submission AS s ON s.id = coalesce(own.id, p.submission_id)
                LEFT JOIN submission AS d ON d.id = own.duplicate_of
                LEFT JOIN acknowledgement AS a ON a.id = (SELECT min(id) FROM acknowledgement WHERE message_id = e.message_id)
             WHERE e.id > ?1 AND e.uid_validity = 0 ORDER BY e.id LIMIT ?2",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![after, most], |row| {
            let number: Option<String> = row.get(6)?;
            let (status, repeats): (Option<String>, Option<String>) = (row.get(7)?, row.get(8)?);
            let (state, withheld): (Option<String>, Option<String>) = (row.get(9)?, row.get(10)?);
            Ok(ImportedRow {
                id: row.get(0)?,
                folder: row.get(1)?,
                name: row.get(2)?,
                disposition: row.get(3)?,
                reason: stored(row, 4)?,
                submission: number.map(|number| (number, status.unwrap_or_default(), repeats)),
                is_answered: state.as_deref() == Some(AcknowledgementState::Queued.as_str()),
                is_silenced: state.as_deref() == Some(AcknowledgementState::Withheld.as_str())
                    && withheld.as_deref() == Some(WithheldReason::NoAnswer.word()),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Mail that was for no consultation, the newest `most` of it, in the order in which the mailbox took it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn not_ours(&self, most: usize, arrived: Option<(Timestamp, Timestamp)>) -> Result<Vec<NotOursRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT * FROM (SELECT folder, CAST(uid AS TEXT), listed_date, size_bytes, reason, reason_detail, id FROM mailbox_entry
                WHERE disposition = 'not_ours' AND (?2 IS NULL OR listed_date >= ?2 AND listed_date < ?3) ORDER BY listed_date DESC, id DESC LIMIT ?1) ORDER BY listed_date, id",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let (from, until) = arrived.map(|(from, until)| (rfc3339_utc(from), rfc3339_utc(until))).unzip();
        let rows = statement.query_map(params![most, from, until], |row| {
            Ok(NotOursRow {
                folder: row.get(0)?,
                uid: row.get(1)?,
                arrived_at: instant(row.get(2)?),
                size_bytes: unsigned(row, 3)?,
                reason: row.get(4)?,
                why: stored(row, 4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
