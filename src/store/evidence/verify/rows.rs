//! Every sealed row is what its seal in force says, and every seal in force has its row.

use rusqlite::OptionalExtension;
use rusqlite::params;

use super::super::seal::{TABLES, Table};
use super::{Difference, Verifier};
use crate::store::Result;

/// Rows of the table of seals that are listed one by one.
const LISTED: u32 = 100;

impl Verifier<'_> {
    pub(super) fn sealed_rows(&mut self) -> Result<()> {
        for table in &TABLES {
            let result = self.rows_of(table);
            self.unless_damaged(result)?;
        }
        Ok(())
    }

    fn rows_of(&mut self, table: &Table) -> Result<()> {
        let mut statement = self.connection.prepare(&table.select(self.connection, "true")?)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let row = table.sealable(self.connection, row)?;
            let sealed: Option<Vec<u8>> = self
                .connection
                .prepare_cached("SELECT digest FROM seal_in_force WHERE name = ?1 AND row_id = ?2")?
                .query_row(params![table.name, row.id], |row| row.get(0))
                .optional()?;
            let difference = match sealed {
                Some(sealed) if sealed == row.digest(table.name) => None,
                Some(_) => Some(Difference::SealBroken),
                None if self.baseline.covers(table.name, row.id, row.owner) => {
                    self.done.submissions_unsealed += u64::from(table.name == "submission");
                    self.done.entries_unsealed += u64::from(table.name == "mailbox_entry");
                    continue;
                }
                None => Some(Difference::Unsealed),
            };
            if difference != Some(Difference::Unsealed) {
                self.done.submissions += u64::from(table.name == "submission");
                self.done.entries += u64::from(table.name == "mailbox_entry");
            }
            if let Some(difference) = difference {
                let number = self.number(row.owner)?;
                self.found_in(table.name, row.id, number, difference);
            }
        }
        drop(rows);
        let missing: Vec<(i64, Option<i64>)> = {
            let mut statement = self.connection.prepare(&format!(
                "SELECT row_id, owner FROM seal_in_force WHERE name = ?1 AND row_id NOT IN (SELECT rowid FROM {})",
                table.name
            ))?;
            let rows = statement.query_map([table.name], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        for (id, owner) in missing {
            let number = self.number(owner)?;
            self.found_in(table.name, id, number, Difference::RowMissing);
        }
        Ok(())
    }

    /// The seals that COMMIT goes by are those of the log.
    pub(super) fn seals_at_hand(&mut self) -> Result<()> {
        let (at_hand, in_force) =
            ("SELECT name, row_id, digest FROM sealed_row", "SELECT name, row_id, digest FROM seal_in_force");
        let mut found: Vec<i64> = Vec::new();
        for (left, right) in [(at_hand, in_force), (in_force, at_hand)] {
            let mut statement = self
                .connection
                .prepare(&format!("SELECT row_id FROM ({left} EXCEPT {right}) LIMIT {LISTED}"))?;
            let rows = statement.query_map([], |row| row.get(0))?;
            found.extend(rows.collect::<rusqlite::Result<Vec<i64>>>()?);
        }
        found.sort_unstable();
        found.dedup();
        for id in found {
            self.found("sealed_row", id, Difference::SealBroken);
        }
        Ok(())
    }
}
