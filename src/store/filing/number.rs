//! Numbers of submissions, LNZX-2024-0001 and on: each is given out once, and goes on naming the submission that it was given to when
//! that is moved to another consultation.

use rusqlite::{OptionalExtension, params};

use crate::store::{Result, Writing};

/// `submission.id` of the number `?1`, which it has now or had before it was moved.
pub(in crate::store) const NUMBERED: &str = "coalesce((SELECT id FROM submission WHERE number = ?1),
    (SELECT submission_id FROM correction WHERE field = 'number' AND old_value = ?1))";

/// The same, whatever the case of its letters: for what people type. As it was given out it is found by an index; else all are read.
pub(in crate::store) const TYPED: &str = "coalesce((SELECT id FROM submission WHERE number = ?1),
    (SELECT id FROM submission WHERE number = ?1 COLLATE NOCASE),
    (SELECT submission_id FROM correction WHERE field = 'number' AND old_value = ?1 COLLATE NOCASE))";

impl Writing<'_> {
    /// The last number that was given out under a prefix, or skipped.
    pub(in crate::store) fn last_number(&self, prefix: &str) -> Result<i64> {
        let last: Option<i64> = self
            .transaction
            .query_row("SELECT last FROM number_sequence WHERE prefix = ?1", [prefix], |row| row.get(0))
            .optional()?;
        Ok(last.unwrap_or(0).max(self.highest_number(prefix)?))
    }

    /// Gives no number up to this one.
    pub(in crate::store) fn set_last_number(&self, prefix: &str, last: i64) -> Result<()> {
        self.transaction.execute(
            "INSERT INTO number_sequence (prefix, last) VALUES (?1, ?2) ON CONFLICT (prefix) DO UPDATE SET last = excluded.last",
            params![prefix, last],
        )?;
        Ok(())
    }

    /// The next number; always above all that stand in the record, whatever the sequence says: one that somebody set back
    /// would stop every letter from then on.
    pub(in crate::store) fn next_number(&self, prefix: &str) -> Result<String> {
        let known = self.session.and_then(|session| session.highest.borrow().get(prefix).copied());
        let highest = known.map_or_else(|| self.highest_number(prefix), Ok)?;
        let last: i64 = self
            .transaction
            .prepare_cached(
                "INSERT INTO number_sequence (prefix, last) VALUES (?1, ?2 + 1)
                 ON CONFLICT (prefix) DO UPDATE SET last = max(last, ?2) + 1 RETURNING last",
            )?
            .query_row(params![prefix, highest], |row| row.get(0))?;
        if let Some(session) = self.session {
            session.highest.borrow_mut().insert(prefix.to_owned(), last);
        }
        Ok(format!("{prefix}-{last:04}"))
    }

    /// The highest number in the record; it is looked for once only: this reads all of them.
    fn highest_number(&self, prefix: &str) -> Result<i64> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT coalesce(max(CAST(substr(number, length(?1) + 2) AS INTEGER)), 0) FROM
                    (SELECT number FROM submission UNION ALL SELECT old_value FROM correction WHERE field = 'number')
                 WHERE number > ?1 || '-' AND number < ?1 || '.'",
            )?
            .query_row([prefix], |row| row.get(0))?)
    }
}
