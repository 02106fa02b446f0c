//! Which files were read back, and which groups there are.

use rusqlite::OptionalExtension;

use crate::store::{Result, Store};

impl Store {
    /// Whether the file of this SHA-256 was adopted, and that not taken back.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_adopted(&self, sha256: &str) -> Result<bool> {
        Ok(self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM event AS e, json_each(e.detail, '$.sha256') AS j WHERE e.action = 'adopted' AND j.value = ?1
                AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.action = 'adoption_undone' AND u.detail ->> '$.event' = e.id))",
            [sha256],
            |row| row.get(0),
        )?)
    }

    /// The last 类号 that was given out; 0: none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_group(&self, consultation: &str) -> Result<i64> {
        Ok(self.connection.query_row(
            "SELECT coalesce(max(number), 0) FROM opinion_group WHERE consultation = ?1",
            [consultation],
            |row| row.get(0),
        )?)
    }

    /// 类号 of a group, by its row.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn number_of_group(&self, id: i64) -> Result<Option<i64>> {
        let mut statement =
            self.connection.prepare_cached("SELECT number FROM opinion_group WHERE id = ?1")?;
        Ok(statement.query_row([id], |row| row.get(0)).optional()?)
    }
}
