//! How far each folder is recorded.

use rusqlite::types::{ToSql, ToSqlOutput, Value};
use rusqlite::{OptionalExtension, params};

use crate::cursor::{Heard, Position};
use crate::store::{Result, Store, Writing};
use crate::vocabulary::{EntryKey, EntryUid, FolderKey};

impl From<&EntryUid> for Value {
    fn from(uid: &EntryUid) -> Self {
        match uid {
            EntryUid::Imap(uid) => Self::from(*uid),
            EntryUid::Name(name) => Self::from(name.clone()),
        }
    }
}

impl ToSql for EntryUid {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Imap(uid) => Ok(ToSqlOutput::from(*uid)),
            Self::Name(name) => Ok(ToSqlOutput::from(name.as_str())),
        }
    }
}

impl Store {
    /// The recorded position of an IMAP folder.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn position(&self, folder: &str) -> Result<Option<Position>> {
        Ok(self
            .connection
            .prepare_cached("SELECT uid_validity, last_uid FROM folder WHERE folder = ?1")?
            .query_row([folder], |row| Ok(Position { uid_validity: row.get(0)?, last_uid: row.get(1)? }))
            .optional()?)
    }

    /// What was heard of an IMAP folder under this UIDVALIDITY.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn heard(&self, folder: &FolderKey) -> Result<Heard> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT uid_next, doubt_from FROM folder WHERE folder = ?1 AND uid_validity = ?2",
            )?
            .query_row(params![folder.name, folder.uid_validity], |row| {
                Ok(Heard { uid_next: row.get(0)?, doubt_from: row.get(1)? })
            })
            .optional()?
            .unwrap_or_default())
    }

    /// The UID of the entry that has `newer` recorded ones between itself and `before`; 1 when there are fewer.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn uid_behind(&self, folder: &FolderKey, before: u32, newer: u32) -> Result<u32> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT uid FROM mailbox_entry WHERE folder = ?1 AND uid_validity = ?2 AND uid < ?3
                 ORDER BY uid DESC LIMIT 1 OFFSET ?4",
            )?
            .query_row(params![folder.name, folder.uid_validity, before, newer], |row| row.get(0))
            .optional()?
            .unwrap_or(1))
    }

    /// Whether an entry with just these bytes is recorded already, be it beside others of its name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_recorded_with(&self, entry: &EntryKey, sha256: &str) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT 1 FROM mailbox_entry WHERE folder = ?1 AND uid_validity = ?2 AND uid IN (?3, ?5) AND sha256 = ?4",
            )?
            .exists(params![
                entry.folder.name,
                entry.folder.uid_validity,
                entry.uid,
                sha256,
                entry.uid.with_digest(sha256)
            ])?)
    }
}

impl Writing<'_> {
    /// Moves a folder's position forward; it never moves back under one UIDVALIDITY.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn advance(&self, folder: &FolderKey, last_uid: u32) -> Result<()> {
        self.transaction
            .prepare_cached(
                "INSERT INTO folder (folder, uid_validity, last_uid) VALUES (?1, ?2, ?3)
                 ON CONFLICT (folder) DO UPDATE SET
                    last_uid = CASE WHEN uid_validity = excluded.uid_validity
                                    THEN max(last_uid, excluded.last_uid) ELSE excluded.last_uid END,
                    uid_next = CASE WHEN uid_validity = excluded.uid_validity THEN uid_next END,
                    doubt_from = CASE WHEN uid_validity = excluded.uid_validity THEN doubt_from END,
                    uid_validity = excluded.uid_validity",
            )?
            .execute(params![folder.name, folder.uid_validity, last_uid])?;
        // Gaps and marks of an earlier UIDVALIDITY name nothing any more: the rescan meets those messages again.
        for sql in [
            "DELETE FROM gap WHERE folder = ?1 AND uid_validity <> ?2",
            "DELETE FROM pending_mark WHERE folder = ?1 AND uid_validity <> ?2",
        ] {
            self.transaction.prepare_cached(sql)?.execute(params![folder.name, folder.uid_validity])?;
        }
        Ok(())
    }

    /// Remembers UIDNEXT.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn hear(&self, folder: &FolderKey, uid_next: Option<u32>) -> Result<()> {
        self.transaction
            .prepare_cached("UPDATE folder SET uid_next = ?3 WHERE folder = ?1 AND uid_validity = ?2")?
            .execute(params![folder.name, folder.uid_validity, uid_next])?;
        Ok(())
    }

    /// Remembers that UIDs from here on may name other letters than those recorded.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn doubt(&self, folder: &FolderKey, from: u32) -> Result<()> {
        self.transaction
            .prepare_cached(
                "UPDATE folder SET doubt_from = min(coalesce(doubt_from, ?3), ?3) WHERE folder = ?1 AND uid_validity = ?2",
            )?
            .execute(params![folder.name, folder.uid_validity, from])?;
        Ok(())
    }

    /// The bytes were compared.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn settle_doubt(&self, folder: &FolderKey) -> Result<()> {
        self.transaction
            .prepare_cached("UPDATE folder SET doubt_from = NULL WHERE folder = ?1 AND uid_validity = ?2")?
            .execute(params![folder.name, folder.uid_validity])?;
        Ok(())
    }
}
