//! What the record holds of the mailbox, for `reconcile` and for the intake lane's own comparison.

use rusqlite::types::ValueRef;
use rusqlite::{Row, params};

use crate::cursor::Position;
use crate::store::read::{Counts, unsigned};
use crate::store::reasons::stored;
use crate::store::{Result, Store};
use crate::vocabulary::{EntryUid, StoredReason, words};

/// What the record holds of one folder under one UIDVALIDITY.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderRecord {
    /// How far the folder is recorded; `None` for a folder that was never read, and for Maildirs.
    pub position: Option<Position>,
    /// The entries that have a row, ascending.
    pub recorded: Vec<EntryUid>,
    /// The same rows by disposition, as SQLite counts them.
    pub by_disposition: Counts,
    /// The entries that are owed, ascending.
    pub owed: Vec<OwedEntry>,
    /// Rows of the folder under another UIDVALIDITY.
    pub under_other_validity: u64,
}

/// An entry that was announced and could not be read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedEntry {
    /// Which.
    pub uid: EntryUid,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it could not be read.
    pub reason: StoredReason,
}

words! {
    /// How rows can fail to go together.
    InconsistencyKind: "inconsistency" {
        /// A filed entry without a submission.
        FiledWithoutSubmission = "filed_without_submission",
        /// A supplement's entry without its text.
        SupplementWithoutRow = "supplement_without_row",
        /// A duplicate's entry without a submission that names the one it repeats.
        DuplicateWithoutSubmission = "duplicate_without_submission",
        /// The same bytes without an earlier entry.
        SameBytesWithoutFirst = "same_bytes_without_first",
        /// A quarantined entry without its bytes.
        QuarantinedWithoutMessage = "quarantined_without_message",
        /// An entry that is recorded and still to be fetched.
        RecordedAndOwed = "recorded_and_owed",
        /// A submission without an entry.
        SubmissionWithoutEntry = "submission_without_entry",
        /// A supplement without an entry.
        SupplementWithoutEntry = "supplement_without_entry",
        /// A position behind recorded entries.
        PositionBehindEntries = "position_behind_entries",
    }
}

/// Rows that do not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inconsistency {
    /// What is wrong.
    pub kind: InconsistencyKind,
    /// The folder and UID of the entry, or the number of the submission.
    pub place: String,
}

impl InconsistencyKind {
    /// Names the places where it is so.
    const fn query(self) -> &'static str {
        match self {
            Self::FiledWithoutSubmission => {
                "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE disposition = 'filed'
         AND NOT EXISTS (SELECT 1 FROM submission AS s WHERE s.message_id = e.message_id)"
            }
            Self::SupplementWithoutRow => {
                "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE disposition = 'supplement'
         AND NOT EXISTS (SELECT 1 FROM supplement AS p WHERE p.message_id = e.message_id)"
            }
            Self::DuplicateWithoutSubmission => {
                "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE disposition = 'duplicate' AND reason <> 'same_bytes'
         AND NOT EXISTS (SELECT 1 FROM submission AS s WHERE s.message_id = e.message_id AND s.duplicate_of IS NOT NULL)"
            }
            Self::SameBytesWithoutFirst => {
                "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE reason = 'same_bytes'
         AND NOT EXISTS (SELECT 1 FROM mailbox_entry AS f WHERE f.message_id = e.message_id AND f.id < e.id)"
            }
            Self::QuarantinedWithoutMessage => {
                "SELECT folder || ' ' || uid FROM mailbox_entry WHERE disposition = 'quarantined' AND sha256 IS NOT NULL
         AND message_id IS NULL"
            }
            Self::RecordedAndOwed => {
                "SELECT folder || ' ' || uid FROM mailbox_entry JOIN gap USING (folder, uid_validity, uid)"
            }
            Self::SubmissionWithoutEntry => {
                "SELECT number FROM submission AS s WHERE NOT EXISTS (SELECT 1 FROM mailbox_entry AS e WHERE e.message_id = s.message_id)"
            }
            Self::SupplementWithoutEntry => {
                "SELECT s.number FROM supplement AS p JOIN submission AS s ON s.id = p.submission_id
         WHERE NOT EXISTS (SELECT 1 FROM mailbox_entry AS e WHERE e.message_id = p.message_id)"
            }
            Self::PositionBehindEntries => {
                "SELECT folder FROM folder AS f WHERE last_uid < (SELECT max(uid) FROM mailbox_entry AS e
         WHERE e.folder = f.folder AND e.uid_validity = f.uid_validity AND typeof(e.uid) = 'integer')"
            }
        }
    }
}

impl Store {
    /// What the record holds of a folder, at one instant.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folder_record(&self, folder: &str, uid_validity: u32) -> Result<FolderRecord> {
        let snapshot = self.connection.unchecked_transaction()?;
        let mut record = FolderRecord { position: self.position(folder)?, ..FolderRecord::default() };
        let key = params![folder, uid_validity];
        record.recorded = snapshot
            .prepare_cached("SELECT uid FROM mailbox_entry WHERE folder = ?1 AND uid_validity = ?2")?
            .query_map(key, |row| uid(row, 0))?
            .collect::<rusqlite::Result<_>>()?;
        record.recorded.sort_unstable();
        record.by_disposition = snapshot
            .prepare_cached(
                "SELECT disposition, count(*) FROM mailbox_entry WHERE folder = ?1 AND uid_validity = ?2 GROUP BY 1 ORDER BY 1",
            )?
            .query_map(key, |row| Ok((row.get(0)?, unsigned(row, 1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        record.owed = snapshot
            .prepare_cached("SELECT uid, attempts, reason, reason_detail FROM gap WHERE folder = ?1 AND uid_validity = ?2")?
            .query_map(key, |row| {
                Ok(OwedEntry { uid: uid(row, 0)?, attempts: row.get(1)?, reason: stored(row, 2)? })
            })?
            .collect::<rusqlite::Result<_>>()?;
        record.owed.sort_unstable_by(|a, b| a.uid.cmp(&b.uid));
        record.under_other_validity = snapshot
            .prepare_cached("SELECT count(*) FROM mailbox_entry WHERE folder = ?1 AND uid_validity <> ?2")?
            .query_row(key, |row| unsigned(row, 0))?;
        Ok(record)
    }

    /// Folders that have rows, with their number: what was imported, and folders that are read no more, are among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recorded_folders(&self) -> Result<Counts> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT folder, count(*) FROM mailbox_entry GROUP BY 1 ORDER BY 1")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Entries below a UID that have a row or are owed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn known_below(&self, folder: &str, uid_validity: u32, first_uid: u32) -> Result<u64> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT (SELECT count(*) FROM mailbox_entry WHERE folder = ?1 AND uid_validity = ?2 AND uid < ?3)
                      + (SELECT count(*) FROM gap WHERE folder = ?1 AND uid_validity = ?2 AND uid < ?3)",
            )?
            .query_row(params![folder, uid_validity, first_uid], |row| unsigned(row, 0))?)
    }

    /// Looks whether the tables go together.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn inconsistencies(&self) -> Result<Vec<Inconsistency>> {
        let snapshot = self.connection.unchecked_transaction()?;
        let mut found = Vec::new();
        for kind in InconsistencyKind::ALL.iter().copied() {
            let mut statement = snapshot.prepare(kind.query())?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                found.push(Inconsistency { kind, place: row.get(0)? });
            }
        }
        Ok(found)
    }
}

/// A UID or a file name.
fn uid(row: &Row<'_>, column: usize) -> rusqlite::Result<EntryUid> {
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(value) => EntryUid::Imap(u32::try_from(value).unwrap_or(0)),
        ValueRef::Text(name) | ValueRef::Blob(name) => {
            EntryUid::Name(String::from_utf8_lossy(name).into_owned())
        }
        _ => EntryUid::Name(String::new()),
    })
}
