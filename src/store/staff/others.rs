//! Other letters of whoever wrote one: by his address, and by the telephone numbers that he gave.

use rusqlite::params;
use serde_json::json;

use super::filter::Filter;
use super::rows::ListRow;
use super::submissions::ListFilter;
use crate::store::{Result, Store};

/// Most telephone numbers of one letter that are looked up.
const MOST_PHONES: usize = 3;

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
        for phone in phones.iter().take(MOST_PHONES) {
            // By the index of texts, and of what it finds those that registered the number.
            let (condition, mut values) =
                Filter { text: Some(phone.clone()), ..Filter::default() }.looked_up();
            values.extend([json!([phone]).to_string().into(), submission_id.into(), wanted.into()]);
            let mut statement = self.connection.prepare(&format!(
                "SELECT s.id FROM submission AS s WHERE {condition}
                    AND EXISTS (SELECT 1 FROM json_each(s.phones) AS p WHERE p.value IN (SELECT value FROM json_each(?)))
                    AND s.id <> ? ORDER BY s.id LIMIT ?"
            ))?;
            let found = statement.query_map(rusqlite::params_from_iter(values), |row| row.get(0))?;
            ids.extend(found.collect::<rusqlite::Result<Vec<i64>>>()?);
        }
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let filter = Filter { among: Some(ids), ..Filter::default() };
        self.list(&ListFilter { filter, most, oldest: true, after_id: 0 })
    }
}
