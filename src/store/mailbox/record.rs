//! What the record holds of the mailbox, for `reconcile` and for the intake lane's own comparison.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Row, ToSql, params};
use serde_json::json;

use crate::cursor::{Looks, Position};
use crate::store::read::{Counts, instant, unsigned};
use crate::store::reasons::stored;
use crate::store::{Result, Store, Writing};
use crate::vocabulary::{
    Disposition, EntryKey, EntryReason, EntryUid, FolderKey, StoredReason, Word, rfc3339_utc,
};

/// What the record holds of one folder under one UIDVALIDITY.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderRecord {
    /// How far the folder is recorded; `None` for a folder that was never read, and for Maildirs.
    pub position: Option<Position>,
    /// The rows, ascending by the entry's name in the mailbox; one name may have several, of letters that took each other's place.
    pub recorded: Vec<KnownEntry>,
    /// The same rows by disposition, as SQLite counts them.
    pub by_disposition: Counts,
    /// The entries that are missing so far, ascending.
    pub gaps: Vec<Gap>,
    /// Rows of the folder under another UIDVALIDITY.
    pub under_other_validity: u64,
}

/// A recorded entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEntry {
    /// Its name in the mailbox.
    pub uid: EntryUid,
    /// `mailbox_entry.id`
    pub id: i64,
    /// How it looked when it was recorded.
    pub looks: Looks,
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
        (record.recorded, record.gaps) = self.known_from(folder, 0)?;
        record.by_disposition = snapshot
            .prepare_cached(
                "SELECT disposition, count(*) FROM mailbox_entry WHERE folder = ?1 AND uid_validity = ?2 GROUP BY 1 ORDER BY 1",
            )?
            .query_map(key, |row| Ok((row.get(0)?, unsigned(row, 1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        record.under_other_validity = snapshot
            .prepare_cached("SELECT count(*) FROM mailbox_entry WHERE folder = ?1 AND uid_validity <> ?2")?
            .query_row(key, |row| unsigned(row, 0))?;
        Ok(record)
    }

    /// The rows and gaps of a folder from a UID on; all of a folder of files.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn known_from(&self, folder: &FolderKey, first_uid: u32) -> Result<(Vec<KnownEntry>, Vec<Gap>)> {
        let key = params![folder.name, folder.uid_validity, first_uid];
        // A text is greater than every number: rows named with a digest are always among them.
        let mut recorded: Vec<KnownEntry> = self
            .connection
            .prepare_cached(
                "SELECT uid, id, coalesce(listed_size_bytes, nullif(size_bytes, 0)), listed_date FROM mailbox_entry
                 WHERE folder = ?1 AND uid_validity = ?2 AND uid >= ?3",
            )?
            .query_map(key, |row| {
                let size_bytes: Option<i64> = row.get(2)?;
                Ok(KnownEntry {
                    uid: uid(row, 0)?.in_mailbox(folder),
                    id: row.get(1)?,
                    looks: Looks {
                        size_bytes: size_bytes.and_then(|size| u64::try_from(size).ok()),
                        date: instant(row.get(3)?),
                    },
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        recorded.sort_unstable_by(|a, b| (&a.uid, a.id).cmp(&(&b.uid, b.id)));
        if let Some(first) = (folder.uid_validity != 0).then_some(EntryUid::Imap(first_uid)) {
            recorded.retain(|entry| entry.uid >= first);
        }
        let mut gaps: Vec<Gap> = self
            .connection
            .prepare_cached(
                "SELECT uid, attempts, reason, reason_detail FROM gap WHERE folder = ?1 AND uid_validity = ?2 AND uid >= ?3",
            )?
            .query_map(key, |row| Ok(Gap { uid: uid(row, 0)?, attempts: row.get(1)?, reason: stored(row, 2)? }))?
            .collect::<rusqlite::Result<_>>()?;
        gaps.sort_unstable_by(|a, b| a.uid.cmp(&b.uid));
        Ok((recorded, gaps))
    }

    /// The digest of Message-ID of these rows (`mailbox_entry.id`), of those that have one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn message_ids(&self, ids: &[i64]) -> Result<BTreeMap<i64, String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT e.id, e.message_id_sha256 FROM json_each(?1) AS wanted JOIN mailbox_entry AS e ON e.id = wanted.value
             WHERE e.message_id_sha256 IS NOT NULL",
        )?;
        let rows = statement.query_map([json!(ids).to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
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

/// A row under the name of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRow {
    /// `mailbox_entry.id`
    pub id: i64,
    /// The digest of its bytes; `None`: they never came, or are erased.
    pub sha256: Option<String>,
    /// It stands for a letter of which only a placeholder, or nothing, came.
    pub is_stand_in: bool,
    /// It was for no consultation.
    pub is_not_ours: bool,
    /// By which consultations that was judged, as far as is known.
    pub judged_by: Option<String>,
}

impl Writing<'_> {
    /// The rows under the name of an entry, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn rows_named(&self, entry: &EntryKey) -> Result<Vec<NamedRow>> {
        let named = |condition: &str, uid: &dyn ToSql, to: &dyn ToSql| -> Result<Vec<NamedRow>> {
            let mut statement = self.transaction.prepare_cached(&format!(
                "SELECT id, sha256, disposition = 'quarantined' AND (sha256 IS NULL OR reason = 'placeholder'),
                    disposition = 'not_ours', judged_by FROM mailbox_entry
                 WHERE folder = ?1 AND uid_validity = ?2 AND {condition} ORDER BY id"
            ))?;
            let rows = statement.query_map(
                params![entry.folder.name, entry.folder.uid_validity, uid, to],
                |row| {
                    Ok(NamedRow {
                        id: row.get(0)?,
                        sha256: row.get(1)?,
                        is_stand_in: row.get(2)?,
                        is_not_ours: row.get(3)?,
                        judged_by: row.get(4)?,
                    })
                },
            )?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        let mut rows = named("uid = ?3 AND uid = ?4", &entry.uid, &entry.uid)?;
        if !rows.is_empty() {
            // `A` follows `@`.
            rows.extend(named(
                "uid > ?3 AND uid < ?4",
                &format!("{}@", entry.uid),
                &format!("{}A", entry.uid),
            )?);
        }
        Ok(rows)
    }

    /// The lowest UID under which these bytes are recorded in the folder, below `uid`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn lower_uid_with(&self, folder: &FolderKey, uid: u32, sha256: &str) -> Result<Option<u32>> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT min(uid) FROM mailbox_entry WHERE sha256 = ?4 AND folder = ?1 AND uid_validity = ?2
                 AND typeof(uid) = 'integer' AND uid < ?3",
            )?
            .query_row(params![folder.name, folder.uid_validity, uid, sha256], |row| row.get(0))?)
    }

    /// Remembers how a recorded entry looks now; what is `None` stays as it is known.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn learn(&self, entry_id: i64, looks: Looks) -> Result<()> {
        let size_bytes = looks.size_bytes.and_then(|size| i64::try_from(size).ok());
        self.transaction
            .prepare_cached(
                "UPDATE mailbox_entry SET listed_date = coalesce(?3, listed_date),
                    listed_size_bytes = nullif(coalesce(?2, listed_size_bytes, size_bytes), size_bytes) WHERE id = ?1",
            )?
            .execute(params![entry_id, size_bytes, looks.date.map(rfc3339_utc)])?;
        Ok(())
    }

    /// A row that stood in for a letter, now that the letter itself has come and has a row of its own: nobody needs to look
    /// for it any more.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn came_later(&self, entry_id: i64, actor: &str, now: Timestamp) -> Result<()> {
        let (disposition, reason) = (Disposition::Duplicate, &EntryReason::CameLater);
        self.transaction
            .prepare_cached(
                "UPDATE mailbox_entry SET disposition = ?2, reason = ?3, reason_detail = NULL WHERE id = ?1",
            )?
            .execute(params![entry_id, disposition.as_str(), reason.word()])?;
        let detail =
            json!({ "entry": entry_id, "disposition": disposition.as_str(), "reason": reason.word() });
        self.log(now, actor, "came_later", None, &detail)
    }
}

/// A UID or a file name.
pub(super) fn uid(row: &Row<'_>, column: usize) -> rusqlite::Result<EntryUid> {
    Ok(match row.get_ref(column)? {
        ValueRef::Integer(value) => EntryUid::Imap(u32::try_from(value).unwrap_or(0)),
        ValueRef::Text(name) | ValueRef::Blob(name) => {
            EntryUid::Name(String::from_utf8_lossy(name).into_owned())
        }
        _ => EntryUid::Name(String::new()),
    })
}
