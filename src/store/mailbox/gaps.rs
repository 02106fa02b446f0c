//! Entries that are missing so far: announced by the mailbox and not handed over yet.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::schedule::{latest_fetch, pause_after};
use crate::store::read::unsigned;
use crate::store::reasons::{detail, stored};
use crate::store::{Result, Store, Writing};
use crate::vocabulary::{EntryKey, FolderKey, GapReason, StoredReason, rfc3339_utc};

impl Store {
    /// UIDs of an IMAP folder that are missing and due again. One that is to wait longer than any pause is due too: it was
    /// written down while the clock was wrong.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn gaps_due(&self, folder: &FolderKey, now: Timestamp) -> Result<Vec<u32>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT uid FROM gap WHERE folder = ?1 AND uid_validity = ?2 AND (next_attempt_at <= ?3 OR next_attempt_at > ?4)
             AND typeof(uid) = 'integer' ORDER BY uid LIMIT 1000",
        )?;
        let rows = statement.query_map(
            params![folder.name, folder.uid_validity, rfc3339_utc(now), rfc3339_utc(latest_fetch(now))],
            |row| row.get(0),
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Letters of which neither the bytes nor a server's placeholder for them are kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_owed(&self) -> Result<u64> {
        Ok(self.connection.query_row(
            "SELECT count(*) FROM gap AS g WHERE NOT EXISTS (SELECT 1 FROM mailbox_entry AS e
                WHERE e.folder = g.folder AND e.uid_validity = g.uid_validity AND e.uid = g.uid AND e.reason = 'placeholder')",
            [],
            |row| unsigned(row, 0),
        )?)
    }

    /// Whether an entry is missing and not due again yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn gap_is_resting(&self, entry: &EntryKey, now: Timestamp) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT 1 FROM gap WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3
                 AND next_attempt_at > ?4 AND next_attempt_at <= ?5",
            )?
            .exists(params![
                entry.folder.name,
                entry.folder.uid_validity,
                entry.uid,
                rfc3339_utc(now),
                rfc3339_utc(latest_fetch(now))
            ])?)
    }
}

impl Writing<'_> {
    /// Remembers that an entry is missing: announced by the mailbox but not handed over. Returns how often it was tried.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_gap(&self, entry: &EntryKey, reason: &GapReason, now: Timestamp) -> Result<u32> {
        let attempts: u32 = self
            .transaction
            .prepare_cached(
                "INSERT INTO gap (folder, uid_validity, uid, attempts, reason, reason_detail, first_seen_at, next_attempt_at)
                 VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?6)
                 ON CONFLICT (folder, uid_validity, uid) DO UPDATE SET attempts = attempts + 1, reason = excluded.reason,
                    reason_detail = excluded.reason_detail
                 RETURNING attempts",
            )?
            .query_row(
                params![
                    entry.folder.name,
                    entry.folder.uid_validity,
                    entry.uid,
                    reason.as_str(),
                    detail(reason),
                    rfc3339_utc(now)
                ],
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

    /// The reason for which an entry is missing so far, as it stands.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn gap_reason(&self, entry: &EntryKey) -> Result<StoredReason> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT reason, reason_detail FROM gap WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3",
            )?
            .query_row(params![entry.folder.name, entry.folder.uid_validity, entry.uid], |row| stored(row, 0))
            .optional()?
            .unwrap_or_default())
    }

    /// Asks for everything that is missing at once; how many there are.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn ask_for_all(&self, now: Timestamp) -> Result<usize> {
        Ok(self
            .transaction
            .prepare_cached("UPDATE gap SET next_attempt_at = ?1")?
            .execute([rfc3339_utc(now)])?)
    }

    /// Asks for one entry at once, whether it is recorded or not.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn ask_for(&self, entry: &EntryKey, now: Timestamp) -> Result<()> {
        self.transaction
            .prepare_cached(
                "INSERT INTO gap (folder, uid_validity, uid, attempts, reason, first_seen_at, next_attempt_at)
                 VALUES (?1, ?2, ?3, 0, ?4, ?5, ?5) ON CONFLICT (folder, uid_validity, uid) DO UPDATE SET next_attempt_at = excluded.next_attempt_at",
            )?
            .execute(params![
                entry.folder.name,
                entry.folder.uid_validity,
                entry.uid,
                GapReason::AskedFor.as_str(),
                rfc3339_utc(now)
            ])?;
        Ok(())
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
