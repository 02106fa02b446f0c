//! Whether the tables go together.

use crate::store::{Result, Store};

/// Rows that do not go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inconsistency {
    /// What is wrong, as a stable word.
    pub word: &'static str,
    /// The folder and UID of the entry, or the number of the submission.
    pub place: String,
}

/// What holds between the tables. Each query names the places where it does not.
const CHECKS: [(&str, &str); 9] = [
    (
        "filed_without_submission",
        "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE disposition = 'filed'
         AND NOT EXISTS (SELECT 1 FROM submission AS s WHERE s.message_id = e.message_id)",
    ),
    (
        "supplement_without_row",
        "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE disposition = 'supplement'
         AND NOT EXISTS (SELECT 1 FROM supplement AS p WHERE p.message_id = e.message_id)",
    ),
    (
        "duplicate_without_submission",
        "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE disposition = 'duplicate' AND reason <> 'same_bytes'
         AND NOT EXISTS (SELECT 1 FROM submission AS s WHERE s.message_id = e.message_id AND s.duplicate_of IS NOT NULL)",
    ),
    (
        "same_bytes_without_first",
        "SELECT folder || ' ' || uid FROM mailbox_entry AS e WHERE reason = 'same_bytes'
         AND NOT EXISTS (SELECT 1 FROM mailbox_entry AS f WHERE f.message_id = e.message_id AND f.id < e.id)",
    ),
    (
        "quarantined_without_message",
        "SELECT folder || ' ' || uid FROM mailbox_entry WHERE disposition = 'quarantined' AND sha256 IS NOT NULL
         AND message_id IS NULL",
    ),
    (
        "recorded_and_owed",
        "SELECT folder || ' ' || uid FROM mailbox_entry JOIN gap USING (folder, uid_validity, uid)",
    ),
    (
        "submission_without_entry",
        "SELECT number FROM submission AS s WHERE NOT EXISTS (SELECT 1 FROM mailbox_entry AS e WHERE e.message_id = s.message_id)",
    ),
    (
        "supplement_without_entry",
        "SELECT s.number FROM supplement AS p JOIN submission AS s ON s.id = p.submission_id
         WHERE NOT EXISTS (SELECT 1 FROM mailbox_entry AS e WHERE e.message_id = p.message_id)",
    ),
    (
        "position_behind_entries",
        "SELECT folder FROM folder AS f WHERE last_uid < (SELECT max(uid) FROM mailbox_entry AS e
         WHERE e.folder = f.folder AND e.uid_validity = f.uid_validity AND typeof(e.uid) = 'integer')",
    ),
];

impl Store {
    /// Looks whether the tables go together.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn inconsistencies(&self) -> Result<Vec<Inconsistency>> {
        let snapshot = self.connection.unchecked_transaction()?;
        let mut found = Vec::new();
        for (word, sql) in CHECKS {
            let mut statement = snapshot.prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                found.push(Inconsistency { word, place: row.get(0)? });
            }
        }
        Ok(found)
    }
}
