//! `verify`: everything that is kept is what was recorded. Reads one snapshot, row by row; memory grows with the largest
//! message, and with the number of entries and quarantined messages that were sealed one by one.
//!
//! What it proves: no kept raw message, event or sealed row changed since it was written. What it cannot see by itself: a
//! log cut off at its end together with the rows it covered, or one rewritten whole by somebody who knows the formula.
//! Against those, keep the hash that it prints ([`Verified::head`]) elsewhere and ask for it later.

mod raw;

use std::collections::{BTreeSet, HashMap};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, Row};
use serde::Deserialize;
use serde_json::Value;

use super::difference::Difference;
use super::event::chain;
use super::fate::Fates;
use super::seal::{self, DIGEST_DIGITS, Digests};
use crate::parse::ParseLimits;
use crate::store::schema;
use crate::store::{Result, Store, StoreError};

/// Something that is not as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The table; empty for the file as a whole.
    pub table: String,
    /// The row's id; 0 for a table or the file as a whole.
    pub id: i64,
    /// The number of the submission that it belongs to.
    pub number: Option<String>,
    /// What is wrong.
    pub difference: Difference,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Raw messages whose digest was computed.
    pub messages: u64,
    /// Messages whose raw bytes were erased.
    pub messages_erased: u64,
    /// Attachments whose digest was computed.
    pub attachments: u64,
    /// Events.
    pub events: u64,
    /// Submissions compared with their seal.
    pub submissions: u64,
    /// Submissions filed before there were seals.
    pub submissions_unsealed: u64,
    /// Entries compared with their seal.
    pub entries: u64,
    /// Entries recorded before there were seals.
    pub entries_unsealed: u64,
    /// The last event's hash.
    pub head: String,
}

/// The rows that are older than seals.
#[derive(Debug, Clone, Copy, Default)]
struct Baseline {
    submission: i64,
    entry: i64,
    message: i64,
}

/// One look through the store.
struct Verifier<'a> {
    connection: &'a Connection,
    limits: ParseLimits,
    report: &'a mut dyn FnMut(Mismatch),
    done: Verified,
    baseline: Baseline,
    /// `mailbox_entry.id` → digest, of those sealed one by one.
    entries: HashMap<i64, String>,
    /// `message.id` → digest, of those sealed by themselves.
    messages: HashMap<i64, String>,
}

impl Store {
    /// Verifies; every difference goes to `report` as it is found. `head`: a hash that an earlier run printed and that must
    /// still stand in the chain.
    ///
    /// # Errors
    /// When the store cannot be read. Damage that SQLite finds is a difference and no error.
    pub fn verify(
        &self,
        limits: ParseLimits,
        head: Option<&str>,
        report: &mut dyn FnMut(Mismatch),
    ) -> Result<Verified> {
        // One snapshot: the daemon may be writing.
        let transaction = self.connection.unchecked_transaction()?;
        let mut verifier = Verifier {
            connection: &transaction,
            limits,
            report,
            done: Verified::default(),
            baseline: Baseline::default(),
            entries: HashMap::new(),
            messages: HashMap::new(),
        };
        let result = verifier.file();
        verifier.unless_damaged(result)?;
        if !verifier.schema()? {
            // Rows of a table that is not what it was cannot be compared with anything.
            return Ok(verifier.done);
        }
        let result = verifier.references();
        verifier.unless_damaged(result)?;
        let result = verifier.events(head);
        verifier.unless_damaged(result)?;
        let result = verifier.raw_messages();
        verifier.unless_damaged(result)?;
        let result = verifier.entry_digests();
        verifier.unless_damaged(result)?;
        let result = verifier.submissions();
        verifier.unless_damaged(result)?;
        Ok(verifier.done)
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    match error {
        // A value of another type than its column's, or text that is not UTF-8.
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        // Our statements are right: a name in the schema is not.
        | rusqlite::Error::SqlInputError { .. }
        | rusqlite::Error::Utf8Error(..) => true,
        error => {
            matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        }
    }
}

/// A column as text, whatever a damaged row holds.
fn text(row: &Row<'_>, index: usize) -> rusqlite::Result<String> {
    Ok(match row.get_ref(index)? {
        ValueRef::Null => String::new(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => value.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    })
}

impl Verifier<'_> {
    /// Damage ends a step and not the whole: the other steps may name what it hit.
    fn unless_damaged(&mut self, result: Result<()>) -> Result<()> {
        match result {
            Err(StoreError::Sqlite(error)) if is_damage(&error) => {
                self.found("", 0, Difference::Damaged(error.to_string()));
                Ok(())
            }
            other => other,
        }
    }

    fn found(&mut self, table: &str, id: i64, difference: Difference) {
        (self.report)(Mismatch { table: table.to_owned(), id, number: None, difference });
    }

    fn found_in(&mut self, table: &str, id: i64, number: Option<String>, difference: Difference) {
        (self.report)(Mismatch { table: table.to_owned(), id, number, difference });
    }

    fn file(&mut self) -> Result<()> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check(100)")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let words = text(row, 0)?;
            if words != "ok" {
                self.found("", 0, Difference::Damaged(words));
            }
        }
        Ok(())
    }

    /// Whether the tables are what they were.
    fn schema(&mut self) -> Result<bool> {
        let altered = schema::differences(self.connection)?;
        for schema::Altered { name, .. } in &altered {
            self.found(name, 0, Difference::SchemaChanged);
        }
        Ok(!altered.iter().any(schema::Altered::hides_rows))
    }

    fn references(&mut self) -> Result<()> {
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (table, parent) = (text(row, 0)?, text(row, 2)?);
            let id: Option<i64> = row.get(1)?;
            self.found(&table, id.unwrap_or(0), Difference::DanglingReference(parent));
        }
        Ok(())
    }

    /// The chain, and the seals of entries in it.
    fn events(&mut self, head: Option<&str>) -> Result<()> {
        self.single_seals()?;
        let mut statement = self
            .connection
            .prepare("SELECT id, at, actor, action, submission_id, detail, hash FROM event ORDER BY id")?;
        let mut rows = statement.query([])?;
        let mut previous = String::new();
        let mut whole = true;
        let mut head_seen = head.is_none();
        let mut covered = 0_i64;
        let mut sealing = false;
        let mut fates = Fates::default();
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let (at, actor, action) = (text(row, 1)?, text(row, 2)?, text(row, 3)?);
            let (submission, detail, hash) = (row.get(4)?, text(row, 5)?, text(row, 6)?);
            self.done.events += 1;
            if whole && chain(&previous, &at, &actor, &action, submission, &detail) != hash {
                whole = false;
                self.found("event", id, Difference::ChainBroken);
            }
            head_seen |= head == Some(hash.as_str());
            previous = hash;
            let detail: Value = serde_json::from_str(&detail).unwrap_or_default();
            fates.note(&at, &action, &detail);
            match action.as_str() {
                "sealing_begins" if sealing || self.baseline.entry != 0 => {
                    self.found("event", id, Difference::SealMisplaced);
                }
                "sealing_begins" => {
                    let last = |table: &str| detail.get(table).and_then(Value::as_i64).unwrap_or(0);
                    self.baseline = Baseline {
                        submission: last("submission"),
                        entry: last("mailbox_entry"),
                        message: last("message"),
                    };
                }
                "entries_sealed" => {
                    sealing = true;
                    covered = self.entries_of(id, &detail, covered)?;
                }
                "sealed" | "supplement_sealed" => sealing = true,
                _ => {}
            }
        }
        self.uncovered_entries(covered, i64::MAX)?;
        for (id, number) in fates.contradicted(self.connection)? {
            self.found_in("acknowledgement", id, number, Difference::FateChanged);
        }
        if !head_seen {
            self.found("event", 0, Difference::HeadMissing);
        }
        self.done.head = previous;
        Ok(())
    }

    /// Entries and messages that were sealed one by one: the latest seal of each.
    fn single_seals(&mut self) -> Result<()> {
        let mut statement = self.connection.prepare(
            "SELECT action, detail FROM event WHERE action IN ('entry_sealed', 'message_sealed') ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let action = text(row, 0)?;
            let detail: Value = serde_json::from_str(&text(row, 1)?).unwrap_or_default();
            let (key, seals) = match action.as_str() {
                "entry_sealed" => ("entry", &mut self.entries),
                _ => ("message", &mut self.messages),
            };
            if let (Some(id), Some(digest)) =
                (detail.get(key).and_then(Value::as_i64), detail.get("row").and_then(Value::as_str))
            {
                seals.insert(id, digest.to_owned());
            }
        }
        Ok(())
    }

    /// Compares the entries of one batch; returns the last `mailbox_entry.id` that is covered.
    fn entries_of(&mut self, event: i64, detail: &Value, covered: i64) -> Result<i64> {
        let first = detail.get("first").and_then(Value::as_i64);
        let digests = detail.get("rows").and_then(Value::as_str);
        let (Some(first), Some(digests)) = (first, digests) else {
            self.found("event", event, Difference::SealMisplaced);
            return Ok(covered);
        };
        self.uncovered_entries(covered, first)?;
        let mut id = first;
        for sealed in digests.as_bytes().chunks(DIGEST_DIGITS) {
            let found = seal::entry_digest(self.connection, id)?;
            let sealed = self.entries.get(&id).map_or(sealed, |later| later.as_bytes());
            if found.is_empty() {
                self.found("mailbox_entry", id, Difference::RowMissing);
            } else if found.as_bytes() != sealed {
                self.found("mailbox_entry", id, Difference::SealBroken);
            }
            self.done.entries += 1;
            id += 1;
        }
        Ok(covered.max(id - 1))
    }

    /// Entries between two ids that no batch sealed: older than seals, or put there by somebody.
    fn uncovered_entries(&mut self, after: i64, before: i64) -> Result<()> {
        let mut statement =
            self.connection.prepare_cached("SELECT id FROM mailbox_entry WHERE id > ?1 AND id < ?2")?;
        let mut rows = statement.query([after, before])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            match self.entries.get(&id) {
                Some(sealed) if *sealed == seal::entry_digest(self.connection, id)? => self.done.entries += 1,
                Some(_) => self.found("mailbox_entry", id, Difference::SealBroken),
                None if id <= self.baseline.entry => self.done.entries_unsealed += 1,
                None => self.found("mailbox_entry", id, Difference::Unsealed),
            }
        }
        Ok(())
    }

    /// The digest that an entry bears is its message's.
    fn entry_digests(&mut self) -> Result<()> {
        let mut statement = self.connection.prepare(
            "SELECT e.id FROM mailbox_entry AS e JOIN message AS m ON m.id = e.message_id WHERE e.sha256 IS NOT m.sha256
             AND e.reason <> 'same_message'",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            self.found("mailbox_entry", id, Difference::EntryDigest);
        }
        Ok(())
    }

    fn submissions(&mut self) -> Result<()> {
        let mut statement =
            self.connection.prepare("SELECT id, number, message_id FROM submission ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (id, own): (i64, i64) = (row.get(0)?, row.get(2)?);
            let number = Some(text(row, 1)?);
            let mut seals = self.seals_of(id, own)?;
            let letters = seal::letters_of(self.connection, id)?;
            let is_sealed = seals.contains_key(&own);
            self.done.submissions += u64::from(is_sealed);
            self.done.submissions_unsealed += u64::from(!is_sealed && id <= self.baseline.submission);
            for letter in letters {
                let table = if letter == own { "submission" } else { "supplement" };
                let old = if letter == own {
                    id <= self.baseline.submission
                } else {
                    letter <= self.baseline.message
                };
                let Some(sealed) = seals.remove(&letter) else {
                    if !old {
                        self.found_in(table, id, number.clone(), Difference::Unsealed);
                    }
                    continue;
                };
                let now = seal::letter_digests(self.connection, letter)?;
                let tables: BTreeSet<&String> = sealed.keys().chain(now.keys()).collect();
                for table in tables {
                    if sealed.get(table) != now.get(table) {
                        self.found_in(table, id, number.clone(), Difference::SealBroken);
                    }
                }
            }
            for _ in seals {
                self.found_in("supplement", id, number.clone(), Difference::RowMissing);
            }
        }
        self.strays()
    }

    /// The latest seal of each letter of a submission, by `message.id`.
    fn seals_of(&self, submission: i64, own: i64) -> Result<HashMap<i64, Digests>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT action, detail FROM event WHERE submission_id = ?1 AND action IN ('sealed', 'supplement_sealed') ORDER BY id",
        )?;
        let mut rows = statement.query([submission])?;
        let mut seals = HashMap::new();
        while let Some(row) = rows.next()? {
            let detail: Value = serde_json::from_str(&text(row, 1)?).unwrap_or_default();
            let (letter, rows) = match text(row, 0)?.as_str() {
                "sealed" => (Some(own), Some(&detail)),
                _ => (detail.get("letter").and_then(Value::as_i64), detail.get("rows")),
            };
            // A seal that cannot be read is met by no row.
            let digests = rows.and_then(|rows| Digests::deserialize(rows).ok()).unwrap_or_default();
            seals.insert(letter.unwrap_or(own), digests);
        }
        Ok(seals)
    }

    /// Items and answers of a message that belongs to no submission: no seal covers them.
    fn strays(&mut self) -> Result<()> {
        for table in ["opinion", "acknowledgement"] {
            let mut statement = self.connection.prepare(&format!(
                "SELECT id FROM {table} AS t WHERE NOT EXISTS (SELECT 1 FROM submission AS s WHERE s.message_id = t.message_id)
                    AND NOT EXISTS (SELECT 1 FROM supplement AS p WHERE p.message_id = t.message_id)"
            ))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let id = row.get(0)?;
                self.found(table, id, Difference::Unsealed);
            }
        }
        Ok(())
    }
}
