//! The event log: append-only, each row's hash covers the row before it.

use jiff::Timestamp;
use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use crate::store::{Result, Store, Writing};
use crate::vocabulary::rfc3339_utc;

/// The end of the event log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The last event's hash.
    pub hash: String,
    /// Its id.
    pub event: i64,
    /// Events behind the one that was asked about that a person caused.
    pub by_people: u64,
    /// Whether one of them is an erasure.
    pub erased: bool,
}

impl Store {
    /// The end of the event log, and how much people did in it behind an event; `None` while it is empty.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn head(&self, after: i64) -> Result<Option<Head>> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT hash, id, (SELECT count(*) FROM event WHERE id > ?1 AND actor NOT IN ('intake', 'acknowledge')
                    AND actor NOT LIKE 'migration%' AND action NOT IN ('sealed', 'read_unmasked')),
                    EXISTS (SELECT 1 FROM event WHERE id > ?1 AND action = 'erased')
                 FROM event ORDER BY id DESC LIMIT 1",
            )?
            .query_row([after], |row| {
                let by_people: i64 = row.get(2)?;
                Ok(Head {
                    hash: row.get(0)?,
                    event: row.get(1)?,
                    by_people: u64::try_from(by_people).unwrap_or(0),
                    erased: row.get(3)?,
                })
            })
            .optional()?)
    }
}

impl Writing<'_> {
    /// Appends an event. `detail` holds ids, words and counts, never a citizen's data.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn log(
        &self,
        at: Timestamp,
        actor: &str,
        action: &str,
        submission_id: Option<i64>,
        detail: &serde_json::Value,
    ) -> Result<()> {
        if let Some(session) = self.session {
            session.note(at, actor, action, submission_id, detail);
        }
        self.append(at, actor, action, submission_id, &detail.to_string())
    }

    /// Appends an event that explains nothing.
    pub(super) fn append(
        &self,
        at: Timestamp,
        actor: &str,
        action: &str,
        submission_id: Option<i64>,
        detail: &str,
    ) -> Result<()> {
        let previous: Option<String> = self
            .transaction
            .prepare_cached("SELECT hash FROM event ORDER BY id DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        let at = rfc3339_utc(at);
        let hash = chain(&previous.unwrap_or_default(), &at, actor, action, submission_id, detail);
        self.transaction
            .prepare_cached(
                "INSERT INTO event (at, actor, action, submission_id, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(rusqlite::params![at, actor, action, submission_id, detail, hash])?;
        Ok(())
    }
}

/// SHA-256 over the previous hash and the row's columns, each preceded by its length so that no two rows
/// can share one text.
pub(in crate::store) fn chain(
    previous: &str,
    at: &str,
    actor: &str,
    action: &str,
    submission: Option<i64>,
    detail: &str,
) -> String {
    let submission = submission.map(|id| id.to_string()).unwrap_or_default();
    let mut hasher = Sha256::new();
    for field in [previous, at, actor, action, &submission, detail] {
        hasher.update(field.len().to_be_bytes());
        hasher.update(field.as_bytes());
    }
    crate::vocabulary::hex(&hasher.finalize())
}
