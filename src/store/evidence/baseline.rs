//! Which rows are older than seals.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};

use crate::store::{Result, Writing};

/// The last rows that were written before there were seals.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::store) struct Baseline {
    pub(in crate::store) submission: i64,
    pub(in crate::store) entry: i64,
    pub(in crate::store) message: i64,
}

impl Baseline {
    /// As the event that marked it has it.
    pub(in crate::store) fn read(detail: &Value) -> Self {
        let last = |table: &str| detail.get(table).and_then(Value::as_i64).unwrap_or(0);
        Self { submission: last("submission"), entry: last("mailbox_entry"), message: last("message") }
    }

    /// Looks for that event; there is none in a store that always had seals.
    pub(super) fn of(connection: &Connection) -> Result<Self> {
        let detail: Option<String> = connection
            .prepare_cached("SELECT detail FROM event WHERE action = 'sealing_begins' ORDER BY id LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        let detail = detail.and_then(|detail| serde_json::from_str(&detail).ok());
        Ok(detail.as_ref().map_or_else(Self::default, Self::read))
    }

    /// Whether a row may be without a seal.
    pub(in crate::store) fn covers(self, table: &str, id: i64, owner: Option<i64>) -> bool {
        match (owner, table) {
            (Some(submission), _) => submission <= self.submission,
            (None, "mailbox_entry") => id <= self.entry,
            (None, "message") => id <= self.message,
            (None, _) => self.message > 0,
        }
    }
}

impl Writing<'_> {
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
}
