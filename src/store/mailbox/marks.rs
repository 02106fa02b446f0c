//! Which filed messages are still to be marked or moved on the server.
//!
//! What is to be marked is written down in the transaction that files it and crossed out when the server has said OK: a
//! process that ends in between marks on its next pass. Marking twice does no harm, marking nothing is no loss of mail.

use jiff::Timestamp;
use rusqlite::params;

use crate::schedule::{latest_fetch, pause_after};
use crate::store::{Result, Store, Writing};
use crate::vocabulary::{EntryKey, EntryUid, FolderKey, rfc3339_utc};

impl Store {
    /// UIDs of an IMAP folder that are to be marked and due, ascending, `most` of them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn marks_due(&self, folder: &FolderKey, now: Timestamp, most: usize) -> Result<Vec<u32>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT uid FROM pending_mark WHERE folder = ?1 AND uid_validity = ?2 AND (next_attempt_at <= ?3 OR next_attempt_at > ?5)
             ORDER BY uid LIMIT ?4",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement.query_map(
            params![folder.name, folder.uid_validity, rfc3339_utc(now), most, rfc3339_utc(latest_fetch(now))],
            |row| row.get(0),
        )?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Writing<'_> {
    /// Remembers that a filed entry is to be marked; files have no marks.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn want_mark(&self, entry: &EntryKey, now: Timestamp) -> Result<()> {
        let EntryUid::Imap(uid) = entry.uid else { return Ok(()) };
        self.transaction
            .prepare_cached(
                "INSERT INTO pending_mark (folder, uid_validity, uid, attempts, next_attempt_at) VALUES (?1, ?2, ?3, 0, ?4)
                 ON CONFLICT (folder, uid_validity, uid) DO NOTHING",
            )?
            .execute(params![entry.folder.name, entry.folder.uid_validity, uid, rfc3339_utc(now)])?;
        Ok(())
    }

    /// Counts an attempt to mark these UIDs before it is made. After one that fails they rest, ever longer, up to hours: a
    /// folder that takes no marks must not be bothered every minute (osTicket/osTicket#5645).
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn count_marking(&self, folder: &FolderKey, uids: &[u32], now: Timestamp) -> Result<()> {
        let mut count = self.transaction.prepare_cached(
            "UPDATE pending_mark SET attempts = attempts + 1 WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3
             RETURNING attempts",
        )?;
        let mut rest = self.transaction.prepare_cached(
            "UPDATE pending_mark SET next_attempt_at = ?4 WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3",
        )?;
        for uid in uids {
            let attempts: u32 =
                count.query_row(params![folder.name, folder.uid_validity, uid], |row| row.get(0))?;
            rest.execute(params![
                folder.name,
                folder.uid_validity,
                uid,
                rfc3339_utc(now + pause_after(attempts))
            ])?;
        }
        Ok(())
    }

    /// The server has marked these UIDs.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn marked(&self, folder: &FolderKey, uids: &[u32]) -> Result<()> {
        let mut statement = self.transaction.prepare_cached(
            "DELETE FROM pending_mark WHERE folder = ?1 AND uid_validity = ?2 AND uid = ?3",
        )?;
        for uid in uids {
            statement.execute(params![folder.name, folder.uid_validity, uid])?;
        }
        Ok(())
    }
}
