//! The figures of a consultation that were closed: the event that says so, and what came behind it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::store::{Result, Store};

/// The word of the event that closes.
pub const CLOSED: &str = "closed";
/// The word of the event that takes it back.
pub const CLOSE_UNDONE: &str = "close_undone";

/// When figures were closed, and what they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// `event.id`
    pub event: i64,
    /// `event.at`
    pub at: Timestamp,
    /// `event.actor`
    pub actor: String,
    /// `event.detail`
    pub detail: Value,
}

impl Store {
    /// The closing that is in force; `None`: there was none, or it was taken back.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn closing(&self, consultation: &str) -> Result<Option<Closing>> {
        let found: Option<(i64, String, String, String, String)> = self
            .connection
            .prepare_cached(
                "SELECT id, at, actor, action, detail FROM event WHERE action IN ('closed', 'close_undone')
                 AND detail ->> '$.consultation' = ?1 ORDER BY id DESC LIMIT 1",
            )?
            .query_row([consultation], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })
            .optional()?;
        Ok(found.filter(|(.., action, _)| action == CLOSED).map(|(event, at, actor, _, detail)| Closing {
            event,
            at: at.parse().unwrap_or_default(),
            actor,
            detail: serde_json::from_str(&detail).unwrap_or_default(),
        }))
    }

    /// `submission.id` of the last letter of a consultation; 0 where there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_letter(&self, consultation: &str) -> Result<i64> {
        Ok(self.connection.query_row(
            "SELECT coalesce(max(id), 0) FROM submission WHERE consultation = ?1",
            [consultation],
            |row| row.get(0),
        )?)
    }

    /// `submission.id` of each letter of a consultation up to this one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_until(&self, consultation: &str, last: i64) -> Result<Vec<i64>> {
        self.column(
            "SELECT id FROM submission WHERE consultation = ?1 AND id <= ?2 ORDER BY id",
            (consultation, last),
        )
    }

    /// The numbers of the letters of a consultation behind this one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_behind(&self, consultation: &str, last: i64) -> Result<Vec<String>> {
        self.column(
            "SELECT number FROM submission WHERE consultation = ?1 AND id > ?2 ORDER BY id",
            (consultation, last),
        )
    }

    /// The numbers of the letters of a consultation that wait for a person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_waiting(&self, consultation: &str) -> Result<Vec<String>> {
        self.column(
            "SELECT number FROM submission WHERE consultation = ?1 AND status = 'review' AND id > ?2 ORDER BY id",
            (consultation, 0),
        )
    }

    fn column<T: rusqlite::types::FromSql>(&self, sql: &str, (id, bound): (&str, i64)) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![id, bound], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
