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
        self.among(ids, most)
    }

    /// The other submissions of the same unit within its consultation, by its name or from the same address, the oldest first, at most
    /// so many: a unit that writes once more counts once more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn others_of_unit(&self, submission_id: i64, most: usize) -> Result<Vec<ListRow>> {
        let wanted = i64::try_from(most).unwrap_or(i64::MAX);
        let mut statement = self.connection.prepare_cached(
            "SELECT o.id FROM submission AS s JOIN submission AS o ON o.consultation = s.consultation AND o.organization = s.organization
             WHERE s.id = ?1 AND o.id <> ?1
             UNION SELECT other.submission_id FROM likeness AS own JOIN likeness AS other ON other.sender = own.sender
                 JOIN submission AS s ON s.id = own.submission_id JOIN submission AS o ON o.id = other.submission_id AND o.consultation = s.consultation
             WHERE own.submission_id = ?1 AND own.sender <> '' AND other.submission_id <> ?1 ORDER BY 1 LIMIT ?2",
        )?;
        let ids = statement.query_map(params![submission_id, wanted], |row| row.get(0))?;
        let ids = ids.collect::<rusqlite::Result<Vec<i64>>>()?;
        self.among(ids, most)
    }

    fn among(&self, ids: Vec<i64>, most: usize) -> Result<Vec<ListRow>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let filter = Filter { among: Some(ids), ..Filter::default() };
        self.list(&ListFilter { filter, most, oldest: true, after_id: 0 })
    }
}
