//! What is to be erased when its time is over, consultation by consultation.

use crate::store::{Result, Store};

impl Store {
    /// The numbers of the letters of a consultation of which a name, a telephone number, an address or the raw mail is kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn telling(&self, consultation: &str) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT number FROM submission AS s WHERE consultation = ?1 AND status <> 'erased'
                AND (coalesce(name, name_hint) IS NOT NULL OR phones <> '[]' OR emails <> '[]' OR from_address <> ''
                    OR EXISTS (SELECT 1 FROM message WHERE id = s.message_id AND raw IS NOT NULL)
                    OR EXISTS (SELECT 1 FROM supplement AS p JOIN message AS m ON m.id = p.message_id WHERE p.submission_id = s.id AND m.raw IS NOT NULL))
             ORDER BY id",
        )?;
        let rows = statement.query_map([consultation], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether the archive of a consultation was written since its last mail was filed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_archived(&self, consultation: &str) -> Result<bool> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM event WHERE action = 'exported' AND detail ->> '$.format' = 'eml'
                    AND detail ->> '$.consultation' = ?1 AND id > (SELECT coalesce(max(e.id), 0) FROM event AS e
                        JOIN submission AS s ON s.id = e.submission_id
                        WHERE s.consultation = ?1 AND e.action IN ('filed', 'supplemented')))",
            )?
            .query_row([consultation], |row| row.get(0))?)
    }
}
