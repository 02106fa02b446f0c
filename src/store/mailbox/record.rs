//! What the record holds of the mailbox, for `reconcile` and for the intake lane's own comparison.

use rusqlite::types::ValueRef;
use rusqlite::{Row, params};

use crate::cursor::Position;
use crate::store::read::{Counts, unsigned};
use crate::store::reasons::stored;
use crate::store::{Result, Store};
use crate::vocabulary::{EntryUid, FolderKey, StoredReason};

/// What the record holds of one folder under one UIDVALIDITY.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderRecord {
    /// How far the folder is recorded; `None` for a folder that was never read, and for Maildirs.
    pub position: Option<Position>,
    /// The entries that have a row, ascending.
    pub recorded: Vec<EntryUid>,
    /// The same rows by disposition, as SQLite counts them.
    pub by_disposition: Counts,
    /// The entries that are missing so far, ascending.
    pub gaps: Vec<Gap>,
    /// Rows of the folder under another UIDVALIDITY.
    pub under_other_validity: u64,
}

/// An entry that was announced and could not be read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Which.
    pub uid: EntryUid,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it could not be read.
    pub reason: StoredReason,
}

impl Store {
    /// What the record holds of a folder, at one instant.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn folder_record(&self, folder: &FolderKey) -> Result<FolderRecord> {
        let snapshot = self.connection.unchecked_transaction()?;
        let mut record = FolderRecord { position: self.position(&folder.name)?, ..FolderRecord::default() };
        let key = params![folder.name, folder.uid_validity];
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
        record.gaps = snapshot
            .prepare_cached("SELECT uid, attempts, reason, reason_detail FROM gap WHERE folder = ?1 AND uid_validity = ?2")?
            .query_map(key, |row| Ok(Gap { uid: uid(row, 0)?, attempts: row.get(1)?, reason: stored(row, 2)? }))?
            .collect::<rusqlite::Result<_>>()?;
        record.gaps.sort_unstable_by(|a, b| a.uid.cmp(&b.uid));
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

    /// Entries below a UID that have a row or are missing so far.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn known_below(&self, folder: &FolderKey, first_uid: u32) -> Result<u64> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT (SELECT count(*) FROM mailbox_entry WHERE folder = ?1 AND uid_validity = ?2 AND uid < ?3)
                      + (SELECT count(*) FROM gap WHERE folder = ?1 AND uid_validity = ?2 AND uid < ?3)",
            )?
            .query_row(params![folder.name, folder.uid_validity, first_uid], |row| unsigned(row, 0))?)
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
