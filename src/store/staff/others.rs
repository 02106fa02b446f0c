//! Other letters of whoever wrote one: by his address, and by the telephone numbers that he gave.

use rusqlite::params;

use super::filter::Filter;
use super::rows::ListRow;
use super::submissions::ListFilter;
use crate::store::{Result, Store};

impl Store {
    /// The other submissions from the address of this one, or with a telephone number of it, the oldest first, at most so many.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn others_of_sender(
        &self,
        submission_id: i64,
        phones: &[String],
        most: usize,
    ) -> Result<Vec<ListRow>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT other.submission_id FROM likeness AS own JOIN likeness AS other ON other.sender = own.sender
             WHERE own.submission_id = ?1 AND own.sender <> '' AND other.submission_id <> ?1 ORDER BY 1 LIMIT ?2",
        )?;
        let wanted = i64::try_from(most).unwrap_or(i64::MAX);
        let mut ids: Vec<i64> = statement
            .query_map(params![submission_id, wanted], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut statement = self.connection.prepare_cached(
            "SELECT submission_id FROM letter_of_phone WHERE phone = ?1 AND submission_id <> ?2 ORDER BY 1 LIMIT ?3",
        )?;
        for phone in phones {
            let found = statement.query_map(params![phone, submission_id, wanted], |row| row.get(0))?;
            ids.extend(found.collect::<rusqlite::Result<Vec<i64>>>()?);
        }
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let filter = Filter { among: Some(ids), ..Filter::default() };
        self.list(&ListFilter { filter, most, oldest: true, after_id: 0 })
    }
}
