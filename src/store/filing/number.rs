//! The next number of a consultation: LNZX-2024-0001 and on, each given out once.

use crate::store::{Result, Writing};

impl Writing<'_> {
    pub(in crate::store) fn next_number(&self, prefix: &str) -> Result<String> {
        let last: i64 = self
            .transaction
            .prepare_cached(
                "INSERT INTO number_sequence (prefix, last) VALUES (?1, 1)
                 ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last",
            )?
            .query_row([prefix], |row| row.get(0))?;
        Ok(format!("{prefix}-{last:04}"))
    }
}
