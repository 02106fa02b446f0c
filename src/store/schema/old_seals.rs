//! The step to version 6: until then one seal covered a submission with all that belongs to it, and nothing was sealed of what
//! later mail is compared with and of relations. What holds is sealed row by row; what was broken, or had no seal, stays so: the
//! step must not hide what somebody did.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::store::evidence::{Digest, TABLES, written};
use crate::store::facts::{self, Fact};
use crate::store::{Result, Writing};
use crate::vocabulary::hex;

/// Who seals in this step.
const ACTOR: &str = "migration_6";
/// Rows in one event.
const MOST_ROWS: usize = 500;
/// Hexadecimal digits of a digest.
const DIGITS: usize = 32;

/// What belonged to a seal: table, rows in a fixed order, columns left out.
type Part = (&'static str, &'static str, &'static [&'static str]);

const PARTS: [Part; 7] = [
    ("submission", "SELECT * FROM submission WHERE id = ?1", &[]),
    ("opinion", "SELECT * FROM opinion WHERE submission_id = ?1 ORDER BY ordinal, id", &[]),
    ("supplement", "SELECT * FROM supplement WHERE submission_id = ?1 ORDER BY id", &[]),
    (
        "message",
        "SELECT * FROM message WHERE id IN (SELECT message_id FROM submission WHERE id = ?1 UNION ALL
            SELECT message_id FROM supplement WHERE submission_id = ?1) ORDER BY id",
        &[],
    ),
    (
        "attachment",
        "SELECT * FROM attachment WHERE message_id IN (SELECT message_id FROM submission WHERE id = ?1 UNION ALL
            SELECT message_id FROM supplement WHERE submission_id = ?1) ORDER BY message_id, ordinal",
        &[],
    ),
    (
        "acknowledgement",
        "SELECT * FROM acknowledgement WHERE submission_id = ?1 ORDER BY id",
        &["state", "reason", "reason_detail", "attempts", "next_attempt_at", "sent_at"],
    ),
    ("correction", "SELECT * FROM correction WHERE submission_id = ?1 ORDER BY id", &[]),
];

/// What the old seals say of the rows.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Rows that are not what their seal says, by table.
    broken: BTreeMap<&'static str, HashSet<i64>>,
    /// Submissions, entries and messages without a seal.
    submissions: HashSet<i64>,
    entries: HashSet<i64>,
    messages: HashSet<i64>,
}

impl Found {
    fn breaks(&mut self, table: &'static str, id: i64) {
        self.broken.entry(table).or_default().insert(id);
    }
}

/// Compares all rows with their old seals.
pub(super) fn find(writing: &Writing<'_>) -> Result<Found> {
    let connection = &*writing.transaction;
    let mut found = Found::default();
    for id in ids(connection, "SELECT id FROM submission ORDER BY id")? {
        let sealed: Option<String> = connection
            .prepare_cached(
                "SELECT detail FROM event WHERE submission_id = ?1 AND action = 'sealed' ORDER BY id DESC LIMIT 1",
            )?
            .query_row([id], |row| row.get(0))
            .optional()?;
        let Some(sealed) = sealed else {
            found.submissions.insert(id);
            continue;
        };
        let sealed: BTreeMap<String, String> = serde_json::from_str(&sealed).unwrap_or_default();
        for part in &PARTS {
            let (digest, rows) = digest(connection, part, id)?;
            if sealed.get(part.0) == digest.as_ref() {
                continue;
            }
            for row in &rows {
                found.breaks(part.0, *row);
            }
            if rows.is_empty() {
                // They are all gone: there is no row but its own to say so.
                found.breaks("submission", id);
            }
        }
    }
    entries(connection, &mut found)?;
    loose_messages(connection, &mut found)?;
    Ok(found)
}

/// Seals row by row what held.
pub(super) fn seal_rows(writing: &Writing<'_>, now: Timestamp, found: &Found) -> Result<()> {
    let connection = &*writing.transaction;
    let created_at = facts::read(connection, Fact::CreatedAt)?;
    writing.log(now, ACTOR, "created", None, &json!({ "created_at": created_at }))?;
    writing.log(now, ACTOR, "sealing_by_row", None, &json!({}))?;
    if !found.broken.is_empty() {
        let sorted = |ids: &HashSet<i64>| {
            let mut ids: Vec<i64> = ids.iter().copied().collect();
            ids.sort_unstable();
            ids
        };
        let broken: BTreeMap<&str, Vec<i64>> =
            found.broken.iter().map(|(table, ids)| (*table, sorted(ids))).collect();
        writing.log(now, ACTOR, "found_broken", None, &json!(broken))?;
        for (table, ids) in &broken {
            for id in ids {
                at_hand(connection, table, *id, &[])?;
            }
        }
    }
    connection.execute(
        "INSERT INTO seal (submission_id, salt) SELECT id, randomblob(16) FROM submission WHERE true
         ON CONFLICT (submission_id) DO NOTHING",
        [],
    )?;
    for table in &TABLES {
        let mut statement = connection.prepare(&table.select(connection, "true")?)?;
        let mut rows = statement.query([])?;
        let mut event = Map::new();
        while let Some(row) = rows.next()? {
            let message: Option<i64> = match table.name {
                "message" => Some(row.get("id")?),
                "attachment" => Some(row.get("message_id")?),
                _ => None,
            };
            let row = table.sealable(connection, row)?;
            let unsealed = match row.owner {
                Some(owner) => found.submissions.contains(&owner),
                None => {
                    table.name == "folder" && !found.entries.is_empty()
                        || table.name == "mailbox_entry" && found.entries.contains(&row.id)
                        || message.is_some_and(|message| found.messages.contains(&message))
                }
            };
            if unsealed || found.broken.get(table.name).is_some_and(|ids| ids.contains(&row.id)) {
                continue;
            }
            let digest: Digest = row.digest(table.name);
            event.insert(row.id.to_string(), Value::String(written(&digest)));
            at_hand(connection, table.name, row.id, &digest)?;
            if event.len() >= MOST_ROWS {
                log(writing, now, table.name, &std::mem::take(&mut event))?;
            }
        }
        if !event.is_empty() {
            log(writing, now, table.name, &event)?;
        }
    }
    Ok(())
}

fn log(writing: &Writing<'_>, now: Timestamp, table: &str, rows: &Map<String, Value>) -> Result<()> {
    writing.log(now, ACTOR, "sealed", None, &json!({ "new": { table: rows } }))
}

fn at_hand(connection: &Connection, table: &str, id: i64, digest: &[u8]) -> Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO sealed_row (name, row_id, digest) VALUES (?1, ?2, ?3)")?
        .execute(params![table, id, digest])?;
    Ok(())
}

/// Each entry and its latest seal: those of a batch stand in one event, one that was changed has one of its own.
fn entries(connection: &Connection, found: &mut Found) -> Result<()> {
    let mut seals: HashMap<i64, String> = HashMap::new();
    let mut statement = connection
        .prepare("SELECT detail FROM event WHERE action IN ('entries_sealed', 'entry_sealed') ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let detail: Value = serde_json::from_str(&row.get::<_, String>(0)?).unwrap_or_default();
        let number = |key: &str| detail.get(key).and_then(Value::as_i64);
        let text = |key: &str| detail.get(key).and_then(Value::as_str).unwrap_or_default();
        let (first, digests) = match (number("entry"), number("first")) {
            (Some(id), _) => (id, text("row")),
            (None, Some(first)) => (first, text("rows")),
            (None, None) => continue,
        };
        for (id, digest) in (first..).zip(digests.as_bytes().chunks(DIGITS)) {
            seals.insert(id, String::from_utf8_lossy(digest).into_owned());
        }
    }
    for id in ids(connection, "SELECT id FROM mailbox_entry")? {
        match seals.remove(&id) {
            None => _ = found.entries.insert(id),
            Some(seal) if seal != one(connection, "SELECT * FROM mailbox_entry WHERE id = ?1", id)? => {
                found.breaks("mailbox_entry", id);
            }
            Some(_) => {}
        }
    }
    // Sealed, and gone.
    for id in seals.into_keys() {
        found.breaks("mailbox_entry", id);
    }
    Ok(())
}

/// Messages of no submission, the quarantined ones, with their attachments.
fn loose_messages(connection: &Connection, found: &mut Found) -> Result<()> {
    let loose = "SELECT id FROM message WHERE id NOT IN (SELECT message_id FROM submission UNION ALL SELECT message_id FROM supplement)";
    let mut seals: HashMap<i64, String> = HashMap::new();
    let mut statement = connection.prepare(
        "SELECT json_extract(detail, '$.message'), json_extract(detail, '$.row') FROM event
         WHERE action = 'message_sealed' ORDER BY id",
    )?;
    for row in statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
        let (id, seal) = row?;
        seals.insert(id, seal);
    }
    for id in ids(connection, loose)? {
        let mut hasher = Sha256::new();
        hasher.update(one(connection, "SELECT * FROM message WHERE id = ?1", id)?);
        let mut statement =
            connection.prepare_cached("SELECT * FROM attachment WHERE message_id = ?1 ORDER BY ordinal")?;
        let mut rows = statement.query([id])?;
        while let Some(row) = rows.next()? {
            add_row(&mut hasher, row, &[])?;
        }
        match seals.get(&id) {
            None => _ = found.messages.insert(id),
            Some(seal) if *seal != short(hasher) => found.breaks("message", id),
            Some(_) => {}
        }
    }
    Ok(())
}

/// The digest of what a submission has in one table, `None` where that is nothing, and the rows.
fn digest(connection: &Connection, part: &Part, submission: i64) -> Result<(Option<String>, Vec<i64>)> {
    let (table, sql, left_out) = part;
    let salt: Vec<u8> = connection
        .prepare_cached("SELECT salt FROM seal WHERE submission_id = ?1")?
        .query_row([submission], |row| Ok(row.get_ref(0)?.as_bytes_or_null()?.unwrap_or_default().to_vec()))
        .optional()?
        .unwrap_or_default();
    let mut hasher = Sha256::new();
    hasher.update(&salt);
    hasher.update(table);
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([submission])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(row.get("id")?);
        add_row(&mut hasher, row, left_out)?;
    }
    Ok(((!ids.is_empty()).then(|| short(hasher)), ids))
}

fn one(connection: &Connection, sql: &str, id: i64) -> Result<String> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else { return Ok(String::new()) };
    let mut hasher = Sha256::new();
    add_row(&mut hasher, row, &[])?;
    Ok(short(hasher))
}

/// The columns of a row that are not NULL: name, type and value, each behind its length. No length begins with the byte that
/// begins a row.
fn add_row(hasher: &mut Sha256, row: &Row<'_>, left_out: &[&str]) -> Result<()> {
    hasher.update([0xff]);
    let statement = row.as_ref();
    for index in 0..statement.column_count() {
        let name = statement.column_name(index)?;
        if left_out.contains(&name) {
            continue;
        }
        match row.get_ref(index)? {
            ValueRef::Null => {}
            // The bytes have a digest of their own.
            _ if name == "raw" => field(hasher, name, b'p', &[]),
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
    let mut digest = hex(&hasher.finalize());
    digest.truncate(DIGITS);
    digest
}

fn ids(connection: &Connection, sql: &str) -> Result<Vec<i64>> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
