//! What the archive is written from: rows as of one moment, the bytes of letters, the event log.

use rusqlite::OptionalExtension;

use crate::store::filing::unpack;
use crate::store::{Result, Store, StoreError};

/// An event as it is chained: each column as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainedEvent {
    /// `event.id`
    pub id: i64,
    /// `event.at`
    pub at: String,
    /// `event.actor`
    pub actor: String,
    /// `event.action`
    pub action: String,
    /// `event.submission_id`
    pub submission_id: Option<i64>,
    /// `event.detail`
    pub detail: String,
    /// `event.hash`
    pub hash: String,
}

impl Store {
    /// Has whatever is read meanwhile as of one moment, and keeps no writer waiting.
    ///
    /// # Errors
    /// When the store cannot be read, and whatever the work gives.
    pub fn at_one_moment<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce() -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let moment = self.connection.unchecked_transaction().map_err(StoreError::from)?;
        let done = work();
        drop(moment);
        done
    }

    /// The bytes of a message; `None`: they are erased, or cannot be unpacked.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn raw_of(&self, message: i64) -> Result<Option<Vec<u8>>> {
        let found: Option<(Option<Vec<u8>>, i64)> = self
            .connection
            .prepare_cached("SELECT raw, size_bytes FROM message WHERE id = ?1")?
            .query_row([message], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.and_then(|(packed, size)| unpack(&packed?, size)))
    }

    /// Hands over the event log up to the last event that says more than that somebody read or took a copy: two copies of one state
    /// hold one log.
    ///
    /// # Errors
    /// When the store cannot be read, and whatever `each` gives.
    pub fn events_of_changes<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(&ChainedEvent) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let read = |error: rusqlite::Error| E::from(StoreError::from(error));
        let last: Option<i64> = self
            .connection
            .query_row(
                "SELECT id FROM event WHERE action NOT IN ('exported', 'read_unmasked') ORDER BY id DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()
            .map_err(read)?;
        let mut statement = self
            .connection
            .prepare(
                "SELECT id, at, actor, action, submission_id, detail, hash FROM event WHERE id <= ?1 ORDER BY id",
            )
            .map_err(read)?;
        let mut rows = statement.query([last]).map_err(read)?;
        while let Some(row) = rows.next().map_err(read)? {
            each(&event(row).map_err(read)?)?;
        }
        Ok(())
    }
}

fn event(row: &rusqlite::Row<'_>) -> rusqlite::Result<ChainedEvent> {
    Ok(ChainedEvent {
        id: row.get(0)?,
        at: row.get(1)?,
        actor: row.get(2)?,
        action: row.get(3)?,
        submission_id: row.get(4)?,
        detail: row.get(5)?,
        hash: row.get(6)?,
    })
}
