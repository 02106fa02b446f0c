//! Mail that was for no consultation, and by which consultations that was judged.

use rusqlite::params;

use super::record::uid;
use crate::ruling::JudgedBy;
use crate::store::read::unsigned;
use crate::store::{Result, Store, Writing};
use crate::vocabulary::{EntryUid, FolderKey, rfc3339_utc};

/// Judged by others than these, and arrived since the first of these opened. A server's date may be wrong: what is not known
/// to be older is among them.
const JUDGED_OTHERWISE: &str = "disposition = 'not_ours' AND judged_by IS NOT ?2
    AND (?3 IS NULL OR coalesce(listed_date, seen_at) >= ?3) AND folder = ?1";

impl Store {
    /// How many entries of a folder were judged by other consultations than these.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn count_judged_otherwise(&self, folder: &str, by: &JudgedBy) -> Result<u64> {
        let sql = format!(
            "SELECT count(*) FROM mailbox_entry WHERE {JUDGED_OTHERWISE}
             AND uid_validity = coalesce((SELECT uid_validity FROM folder WHERE folder = ?1), 0)"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement
            .query_row(params![folder, by.digest(), by.since().map(rfc3339_utc)], |row| unsigned(row, 0))?)
    }

    /// Entries of a folder that were judged by other consultations, the oldest first, behind the row `after`: row and
    /// name. One that is missing so far is not among them: it comes when its gap is due.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn judged_otherwise(
        &self,
        folder: &FolderKey,
        by: &JudgedBy,
        after: i64,
        most: usize,
    ) -> Result<Vec<(i64, EntryUid)>> {
        let sql = format!(
            "SELECT id, uid FROM mailbox_entry AS e WHERE {JUDGED_OTHERWISE} AND uid_validity = ?4 AND id > ?5
             AND NOT EXISTS (SELECT 1 FROM gap AS g WHERE g.folder = e.folder AND g.uid_validity = e.uid_validity AND g.uid = e.uid)
             ORDER BY id LIMIT ?6"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let since = by.since().map(rfc3339_utc);
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement
            .query_map(params![folder.name, by.digest(), since, folder.uid_validity, after, most], |row| {
                Ok((row.get(0)?, uid(row, 1)?.in_mailbox(folder)))
            })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The lowest UID of an IMAP folder among them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn first_judged_otherwise(&self, folder: &FolderKey, by: &JudgedBy) -> Result<Option<u32>> {
        // Behind a UID there may be the digest of a letter that took another's place.
        let sql = format!(
            "SELECT min(CAST(uid AS INTEGER)) FROM mailbox_entry WHERE {JUDGED_OTHERWISE} AND uid_validity = ?4"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let since = by.since().map(rfc3339_utc);
        Ok(statement
            .query_row(params![folder.name, by.digest(), since, folder.uid_validity], |row| row.get(0))?)
    }
}

impl Writing<'_> {
    /// Nothing more is to be had of these entries under these consultations: they are for none of them, or gone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn judged(&self, entries: &[i64], digest: &str) -> Result<()> {
        let mut statement = self.transaction.prepare_cached(
            "UPDATE mailbox_entry SET judged_by = ?2 WHERE id = ?1 AND disposition = 'not_ours'",
        )?;
        for id in entries {
            statement.execute(params![id, digest])?;
        }
        Ok(())
    }
}
