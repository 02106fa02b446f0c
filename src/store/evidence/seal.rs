//! Seals: digests of rows that stand in the event log, by which `verify` finds a row that was changed behind the
//! program's back.
//!
//! | event | covers | written |
//! |---|---|---|
//! | `sealed` | one submission with its opinions, supplements, messages, attachments, acknowledgements and staff's corrections | in the transaction that files or changes any of them: [`Writing::seal_submission`] |
//! | `entries_sealed` | the rows of `mailbox_entry` that a batch added | at the end of the batch: [`Writing::seal_entries`] |
//! | `entry_sealed` | one row of `mailbox_entry` that was changed later | by whoever changes it: [`Writing::seal_entry`] |
//! | `message_sealed` | a kept message of no submission: the quarantined ones | when it is kept or changed: [`Writing::seal_message`] |
//! | `sealing_begins` | nothing: rows up to these ids were written before there were seals | by the migration that brought them |
//!
//! The latest seal of a row must match. **Whoever changes a sealed row seals it again in the same transaction.** Of an
//! acknowledgement the columns that sending changes are left out ([`MUTABLE`]); of a message the raw bytes, which
//! `message.sha256` covers, but not whether they are there.
//!
//! A digest is over the names and values of all columns that are not NULL, each behind its length. So a column that a
//! later version adds is sealed without a word here, and leaves old seals valid as long as it is NULL in old rows. The digests of a
//! submission begin with random bytes (table `seal`) that every seal draws anew: once personal data are erased and the
//! submission sealed again, nobody can test guesses against the old digests.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::store::{Result, Writing};

/// Hexadecimal digits of a digest that are kept: 128 bits are more than anybody can search for a second text.
pub(in crate::store) const DIGEST_DIGITS: usize = 32;

/// Columns that are hashed as to whether they hold something: their content has a digest of its own.
const PRESENCE: &[&str] = &["raw"];
/// Columns of `acknowledgement` that sending changes.
const MUTABLE: &[&str] = &["state", "reason", "reason_detail", "attempts", "next_attempt_at", "sent_at"];
const NONE: &[&str] = &[];

/// What belongs to a submission: table, rows in a fixed order, columns left out.
const PARTS: [(&str, &str, &[&str]); 7] = [
    ("submission", "SELECT * FROM submission WHERE id = ?1", NONE),
    ("opinion", "SELECT * FROM opinion WHERE submission_id = ?1 ORDER BY ordinal, id", NONE),
    ("supplement", "SELECT * FROM supplement WHERE submission_id = ?1 ORDER BY id", NONE),
    (
        "message",
        "SELECT * FROM message WHERE id IN (SELECT message_id FROM submission WHERE id = ?1 UNION ALL
            SELECT message_id FROM supplement WHERE submission_id = ?1) ORDER BY id",
        NONE,
    ),
    (
        "attachment",
        "SELECT * FROM attachment WHERE message_id IN (SELECT message_id FROM submission WHERE id = ?1 UNION ALL
            SELECT message_id FROM supplement WHERE submission_id = ?1) ORDER BY message_id, ordinal",
        NONE,
    ),
    ("acknowledgement", "SELECT * FROM acknowledgement WHERE submission_id = ?1 ORDER BY id", MUTABLE),
    ("correction", "SELECT * FROM correction WHERE submission_id = ?1 ORDER BY id", NONE),
];

/// Table → digest of what belongs to a submission; a table without rows is absent.
pub(in crate::store) type Digests = BTreeMap<String, String>;

impl Writing<'_> {
    /// Seals a submission as it stands now, with everything that belongs to it. To be called in every transaction that
    /// changes its row, an opinion, a supplement, a message or attachment of it, or what an acknowledgement of it says
    /// and to whom.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn seal_submission(&self, at: Timestamp, actor: &str, submission_id: i64) -> Result<()> {
        self.transaction
            .prepare_cached(
                "INSERT INTO seal (submission_id, salt) VALUES (?1, randomblob(16))
                 ON CONFLICT (submission_id) DO UPDATE SET salt = excluded.salt",
            )?
            .execute([submission_id])?;
        let digests = submission_digests(&self.transaction, submission_id)?;
        self.log(at, actor, "sealed", Some(submission_id), &json!(digests))
    }

    /// Marks where seals begin in a store that is older than they are.
    pub(in crate::store) fn begin_sealing(&self, at: Timestamp) -> Result<()> {
        let last = |table: &str| -> Result<i64> {
            let sql = format!("SELECT coalesce(max(id), 0) FROM {table}");
            Ok(self.transaction.query_row(&sql, [], |row| row.get(0))?)
        };
        let detail = json!({
            "submission": last("submission")?,
            "mailbox_entry": last("mailbox_entry")?,
            "message": last("message")?,
        });
        self.log(at, "migration", "sealing_begins", None, &detail)
    }

    /// The highest `mailbox_entry.id`; 0 when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_entry_id(&self) -> Result<i64> {
        Ok(self
            .transaction
            .prepare_cached("SELECT coalesce(max(id), 0) FROM mailbox_entry")?
            .query_row([], |row| row.get(0))?)
    }

    /// Seals the entries that were added after this `mailbox_entry.id`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn seal_entries(&self, at: Timestamp, actor: &str, after: i64) -> Result<()> {
        let mut rows = String::new();
        {
            let mut statement =
                self.transaction.prepare_cached("SELECT * FROM mailbox_entry WHERE id > ?1 ORDER BY id")?;
            let mut found = statement.query([after])?;
            while let Some(row) = found.next()? {
                rows.push_str(&row_digest(row)?);
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        self.log(at, actor, "entries_sealed", None, &json!({ "first": after + 1, "rows": rows }))
    }

    /// Seals one entry again after it was changed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn seal_entry(&self, at: Timestamp, actor: &str, entry_id: i64) -> Result<()> {
        let digest = entry_digest(&self.transaction, entry_id)?;
        self.log(at, actor, "entry_sealed", None, &json!({ "entry": entry_id, "row": digest }))
    }

    /// Seals a kept message that belongs to no submission.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn seal_message(&self, at: Timestamp, actor: &str, message_id: i64) -> Result<()> {
        let digest = message_digest(&self.transaction, message_id)?;
        self.log(at, actor, "message_sealed", None, &json!({ "message": message_id, "row": digest }))
    }
}

/// The digests of everything that belongs to a submission, as it stands now.
pub(in crate::store) fn submission_digests(connection: &Connection, submission_id: i64) -> Result<Digests> {
    let salt: Vec<u8> = connection
        .prepare_cached("SELECT salt FROM seal WHERE submission_id = ?1")?
        .query_row([submission_id], |row| {
            Ok(row.get_ref(0)?.as_bytes_or_null()?.unwrap_or_default().to_vec())
        })
        .optional()?
        .unwrap_or_default();
    let mut digests = Digests::new();
    for (table, sql, left_out) in PARTS {
        let mut hasher = Sha256::new();
        hasher.update(&salt);
        hasher.update(table);
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([submission_id])?;
        let mut any = false;
        while let Some(row) = rows.next()? {
            any = true;
            add_row(&mut hasher, row, left_out)?;
        }
        if any {
            digests.insert(table.to_owned(), short(hasher));
        }
    }
    Ok(digests)
}

/// The digest of a row of `mailbox_entry`; empty when there is no such row.
pub(in crate::store) fn entry_digest(connection: &Connection, id: i64) -> Result<String> {
    one(connection, "SELECT * FROM mailbox_entry WHERE id = ?1", id)
}

/// The digest of a row of `message` with its attachments; empty when there is no such row.
pub(in crate::store) fn message_digest(connection: &Connection, id: i64) -> Result<String> {
    let row = one(connection, "SELECT * FROM message WHERE id = ?1", id)?;
    let mut hasher = Sha256::new();
    hasher.update(&row);
    let mut statement =
        connection.prepare_cached("SELECT * FROM attachment WHERE message_id = ?1 ORDER BY ordinal")?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        add_row(&mut hasher, row, NONE)?;
    }
    Ok(short(hasher))
}

fn one(connection: &Connection, sql: &str, id: i64) -> Result<String> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id])?;
    Ok(match rows.next()? {
        Some(row) => row_digest(row)?,
        None => String::new(),
    })
}

/// The digest of one row by itself.
pub(in crate::store) fn row_digest(row: &Row<'_>) -> rusqlite::Result<String> {
    let mut hasher = Sha256::new();
    add_row(&mut hasher, row, NONE)?;
    Ok(short(hasher))
}

/// Adds the columns of a row that are not NULL: name, type and value, each behind its length. No length begins with
/// the byte that begins a row.
fn add_row(hasher: &mut Sha256, row: &Row<'_>, left_out: &[&str]) -> rusqlite::Result<()> {
    hasher.update([0xff]);
    let statement = row.as_ref();
    for index in 0..statement.column_count() {
        let name = statement.column_name(index)?;
        if left_out.contains(&name) {
            continue;
        }
        let value = row.get_ref(index)?;
        match value {
            ValueRef::Null => {}
            _ if PRESENCE.contains(&name) => field(hasher, name, b'p', &[]),
            ValueRef::Integer(value) => field(hasher, name, b'i', &value.to_be_bytes()),
            ValueRef::Real(value) => field(hasher, name, b'r', &value.to_be_bytes()),
            ValueRef::Text(value) => field(hasher, name, b't', value),
            ValueRef::Blob(value) => field(hasher, name, b'b', value),
        }
    }
    Ok(())
}

fn field(hasher: &mut Sha256, name: &str, kind: u8, value: &[u8]) {
    hasher.update((name.len() as u64).to_be_bytes());
    hasher.update(name);
    hasher.update([kind]);
    hasher.update((value.len() as u64).to_be_bytes());
    hasher.update(value);
}

fn short(hasher: Sha256) -> String {
    let mut digest = crate::vocabulary::hex(&hasher.finalize());
    digest.truncate(DIGEST_DIGITS);
    digest
}
