//! How far each folder is recorded, and which entries are missing.

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::{ToSql, ToSqlOutput, Value};
use rusqlite::{OptionalExtension, params};

use super::{Result, Store, Writing};
use crate::cursor::Position;
use crate::vocabulary::{EntryKey, EntryUid, FolderKey, rfc3339_utc};

/// After this many attempts an entry that is announced but never handed over is given up and recorded.
pub const GAP_ATTEMPTS: u32 = 12;

/// How long a missing entry or a mark rests: the next pass asks again, then ever more rarely; twelve attempts take about a day.
pub(super) fn pause_after(attempts: u32) -> SignedDuration {
    match attempts {
        0..=3 => SignedDuration::ZERO,
        _ => SignedDuration::from_mins(1 << (attempts - 3).min(8)),
    }
}

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

    /// UIDs of an IMAP folder that are missing and due again.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn gaps_due(&self, folder: &FolderKey, now: Timestamp) -> Result<Vec<u32>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT uid FROM gap WHERE folder = ?1 AND uid_validity = ?2 AND next_attempt_at <= ?3
             AND typeof(uid) = 'integer' ORDER BY uid LIMIT 1000",
        )?;
        let rows = statement
            .query_map(params![folder.name, folder.uid_validity, rfc3339_utc(now)], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether an entry is missing and not due again yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn gap_is_resting(&self, entry: &EntryKey, now: Timestamp) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT 1 FROM gap WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3 AND next_attempt_at > ?4",
            )?
            .exists(params![entry.folder.name, entry.folder.uid_validity, entry.uid, rfc3339_utc(now)])?)
    }

    /// Whether an entry is recorded already.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_recorded(&self, entry: &EntryKey) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT 1 FROM mailbox_entry WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3",
            )?
            .exists(params![entry.folder.name, entry.folder.uid_validity, entry.uid])?)
    }

    /// Whether an entry with just these bytes is recorded already.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_recorded_with(&self, entry: &EntryKey, sha256: &str) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT 1 FROM mailbox_entry WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3 AND sha256 = ?4",
            )?
            .exists(params![entry.folder.name, entry.folder.uid_validity, entry.uid, sha256])?)
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

    /// Remembers that an entry is missing: announced by the mailbox but not handed over. Returns how often it was tried.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_gap(&self, entry: &EntryKey, reason: &str, now: Timestamp) -> Result<u32> {
        let attempts: u32 = self
            .transaction
            .prepare_cached(
                "INSERT INTO gap (folder, uid_validity, uid, attempts, reason, first_seen_at, next_attempt_at)
                 VALUES (?1, ?2, ?3, 1, ?4, ?5, ?5)
                 ON CONFLICT (folder, uid_validity, uid) DO UPDATE SET attempts = attempts + 1, reason = excluded.reason
                 RETURNING attempts",
            )?
            .query_row(
                params![entry.folder.name, entry.folder.uid_validity, entry.uid, reason, rfc3339_utc(now)],
                |row| row.get(0),
            )?;
        self.transaction
            .prepare_cached(
                "UPDATE gap SET next_attempt_at = ?4 WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3",
            )?
            .execute(params![
                entry.folder.name,
                entry.folder.uid_validity,
                entry.uid,
                rfc3339_utc(now + pause_after(attempts))
            ])?;
        Ok(attempts)
    }

    /// Forgets that an entry was missing.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn close_gap(&self, entry: &EntryKey) -> Result<()> {
        self.transaction
            .prepare_cached("DELETE FROM gap WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3")?
            .execute(params![entry.folder.name, entry.folder.uid_validity, entry.uid])?;
        Ok(())
    }
}
