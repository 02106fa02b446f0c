//! The event log: append-only, each row's hash covers the row before it.

use jiff::Timestamp;
use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use crate::store::{Result, Writing};
use crate::vocabulary::rfc3339_utc;

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
        let previous: Option<String> = self
            .transaction
            .prepare_cached("SELECT hash FROM event ORDER BY id DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        if let Some(session) = self.session {
            session.note(at, actor, action, submission_id, detail);
        }
        let at = rfc3339_utc(at);
        let detail = detail.to_string();
        let hash = chain(&previous.unwrap_or_default(), &at, actor, action, submission_id, &detail);
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
