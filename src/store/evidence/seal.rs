//! Seals: digests of rows that stand in the event log, by which `verify` finds a row that was changed behind the
//! program's back.
//!
//! | event | covers | written |
//! |---|---|---|
//! | `sealed` | one submission with its own letter: message, attachments, opinions and answer, and staff's corrections | in the transaction that files or changes any of them: [`Writing::seal_letter`] |
//! | `supplement_sealed` | one supplement: its row, message, attachments, opinions and answer | likewise: a hundred supplements make the next one no dearer |
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
//! letter begin with random bytes (tables `seal` and `supplement_seal`) that every seal draws anew: once personal data are
//! erased and the submission sealed again, nobody can test guesses against the old digests.

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
pub(in crate::store) const MUTABLE: &[&str] =
    &["state", "reason", "reason_detail", "attempts", "next_attempt_at", "sent_at"];
/// Columns of `mailbox_entry` that are learned from later listings. They decide only what is fetched once more.
const LEARNED: &[&str] = &["listed_size_bytes", "listed_date"];
pub(in crate::store) const NONE: &[&str] = &[];

/// What is sealed together: table, rows in a fixed order that `?1` selects, columns left out.
pub(in crate::store) type Part = (&'static str, &'static str, &'static [&'static str]);

/// What belongs to one letter, by its `message.id`: of a submission's own letter there is no supplement, and of a
/// supplement's no submission and no correction.
const PARTS: [Part; 7] = [
    ("submission", "SELECT * FROM submission WHERE message_id = ?1", NONE),
    ("supplement", "SELECT * FROM supplement WHERE message_id = ?1", NONE),
    ("opinion", "SELECT * FROM opinion WHERE message_id = ?1 ORDER BY ordinal, id", NONE),
    ("message", "SELECT * FROM message WHERE id = ?1", NONE),
    ("attachment", "SELECT * FROM attachment WHERE message_id = ?1 ORDER BY ordinal", NONE),
    ("acknowledgement", "SELECT * FROM acknowledgement WHERE message_id = ?1 ORDER BY id", MUTABLE),
    (
        "correction",
        "SELECT * FROM correction WHERE submission_id = (SELECT id FROM submission WHERE message_id = ?1) ORDER BY id",
        NONE,
    ),
];

/// Table → digest of what belongs to a letter; a table without rows is absent.
pub(in crate::store) type Digests = BTreeMap<String, String>;

impl Writing<'_> {
    /// Seals one letter as it stands now, a submission's own or a supplement. To be called in every transaction that
    /// changes its row, an opinion, its message or attachments, what its answer says and to whom, or what staff corrected
    /// in the submission.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn seal_letter(&self, at: Timestamp, actor: &str, message_id: i64) -> Result<()> {
        let (submission_id, is_own): (i64, bool) = self
            .transaction
            .prepare_cached(
                "SELECT id, 1 FROM submission WHERE message_id = ?1
                 UNION ALL SELECT submission_id, 0 FROM supplement WHERE message_id = ?1",
            )?
            .query_row([message_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let draw = if is_own {
            "INSERT INTO seal (submission_id, salt) SELECT id, randomblob(16) FROM submission WHERE message_id = ?1
             ON CONFLICT (submission_id) DO UPDATE SET salt = excluded.salt"
        } else {
            "INSERT INTO supplement_seal (message_id, salt) VALUES (?1, randomblob(16))
             ON CONFLICT (message_id) DO UPDATE SET salt = excluded.salt"
        };
        self.transaction.prepare_cached(draw)?.execute([message_id])?;
        let digests = letter_digests(&self.transaction, message_id)?;
        if is_own {
            return self.log(at, actor, "sealed", Some(submission_id), &json!(digests));
        }
        let detail = json!({ "letter": message_id, "rows": digests });
        self.log(at, actor, "supplement_sealed", Some(submission_id), &detail)
    }

    /// Seals a submission and every supplement of it: for whoever changed rows of several letters.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn seal_submission(&self, at: Timestamp, actor: &str, submission_id: i64) -> Result<()> {
        letters_of(&self.transaction, submission_id)?
            .into_iter()
            .try_for_each(|letter| self.seal_letter(at, actor, letter))
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

/// The letters of a submission by their `message.id`: its own, then its supplements.
pub(in crate::store) fn letters_of(connection: &Connection, submission_id: i64) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT message_id FROM submission WHERE id = ?1
         UNION ALL SELECT message_id FROM (SELECT message_id FROM supplement WHERE submission_id = ?1 ORDER BY id)",
    )?;
    let rows = statement.query_map([submission_id], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The digests of everything that belongs to a letter, as it stands now.
pub(in crate::store) fn letter_digests(connection: &Connection, message_id: i64) -> Result<Digests> {
    let salt =
        "SELECT l.salt FROM seal AS l JOIN submission AS s ON s.id = l.submission_id WHERE s.message_id = ?1
                UNION ALL SELECT salt FROM supplement_seal WHERE message_id = ?1";
    digests(connection, salt, &PARTS, message_id)
}

/// The digests of the rows that a key selects, each beginning with the bytes that `salt` gives.
pub(in crate::store) fn digests(
    connection: &Connection,
    salt: &str,
    parts: &[Part],
    key: i64,
) -> Result<Digests> {
    let salt: Vec<u8> = connection
        .prepare_cached(salt)?
        .query_row([key], |row| Ok(row.get_ref(0)?.as_bytes_or_null()?.unwrap_or_default().to_vec()))
        .optional()?
        .unwrap_or_default();
    let mut digests = Digests::new();
    for (table, sql, left_out) in parts {
        let mut hasher = Sha256::new();
        hasher.update(&salt);
        hasher.update(table);
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([key])?;
        let mut any = false;
        while let Some(row) = rows.next()? {
            any = true;
            add_row(&mut hasher, row, left_out)?;
        }
        if any {
            digests.insert((*table).to_owned(), short(hasher));
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
    add_row(&mut hasher, row, LEARNED)?;
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
