//! `verify`: everything that is kept is what was recorded. Reads one snapshot, row by row, in memory that does not grow with the
//! store: the seals in force are kept in a temporary table, which SQLite spills.
//!
//! What it proves: no kept raw message, event or sealed row changed since it was written, and each change of a sealed row is led
//! to by an event that may lead to it. What it cannot see by itself: a log cut off at its end together with the rows it covered,
//! one rewritten whole by somebody who knows the formula, and what he appends in the form that a command has. Against the
//! first two, keep the hash that it prints ([`Verified::head`]) elsewhere and ask for it later; what is appended stands in the
//! log under somebody's name, and what it says of the mail is compared with the mail by `verify --replay`.

mod log;
mod operative;
mod raw;
mod rows;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row};

use super::baseline::Baseline;
use super::difference::Difference;
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
    /// Times that somebody had rows sealed as they stood, and accepted what was changed.
    pub accepted: u64,
    /// Its views call things as another version of the program put it: whoever opens it for writing puts today's words there.
    pub has_other_words: bool,
    /// The last event's hash.
    pub head: String,
}

/// How to look.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// By which raw messages are taken apart.
    pub limits: ParseLimits,
    /// A hash that an earlier run printed and that must still stand in the chain.
    pub head: Option<&'a str>,
    /// What no time of another attempt may lie behind by more than the longest pause.
    pub now: jiff::Timestamp,
}

/// One look through the store.
struct Verifier<'a> {
    connection: &'a Connection,
    look: Look<'a>,
    report: &'a mut dyn FnMut(Mismatch),
    done: Verified,
    baseline: Baseline,
}

impl Store {
    /// Verifies; every difference goes to `report` as it is found.
    ///
    /// # Errors
    /// When the store cannot be read. Damage that SQLite finds is a difference and no error.
    pub fn verify(&self, look: Look<'_>, report: &mut dyn FnMut(Mismatch)) -> Result<Verified> {
        // One snapshot: the daemon may be writing.
        let transaction = self.connection.unchecked_transaction()?;
        let mut verifier = Verifier {
            connection: &transaction,
            look,
            report,
            done: Verified::default(),
            baseline: Baseline::default(),
        };
        let result = verifier.file();
        verifier.unless_damaged(result)?;
        if !verifier.schema()? {
            // Rows of a table that is not what it was cannot be compared with anything.
            return Ok(verifier.done);
        }
        for step in [
            Verifier::references,
            Verifier::events,
            Verifier::sealed_rows,
            Verifier::seals_at_hand,
            Verifier::raw_messages,
            Verifier::entry_digests,
            Verifier::operative_rows,
        ] {
            let result = step(&mut verifier);
            verifier.unless_damaged(result)?;
        }
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

    /// The number of a submission.
    fn number(&self, submission: Option<i64>) -> Result<Option<String>> {
        let Some(submission) = submission else { return Ok(None) };
        Ok(self
            .connection
            .prepare_cached("SELECT number FROM submission WHERE id = ?1")?
            .query_row([submission], |row| text(row, 0))
            .optional()?)
    }
}
