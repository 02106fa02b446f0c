//! From version 16 to version 17: groups of opinion items, which were not sealed, are.

use jiff::Timestamp;
use rusqlite::params;
use serde_json::{Map, Value, json};

use crate::store::evidence::{TABLES, written};
use crate::store::{Result, Writing};

/// Most rows that one event seals.
const MOST_ROWS: usize = 1000;
const ACTOR: &str = "migration";

/// Seals the rows of the groups as they stand.
pub(super) fn seal_groups(writing: &Writing<'_>, now: Timestamp) -> Result<()> {
    let connection = &*writing.transaction;
    let mut is_begun = false;
    for table in TABLES.iter().filter(|table| table.name.starts_with("opinion_group")) {
        let mut statement = connection.prepare(&table.select(connection, "true")?)?;
        let mut rows = statement.query([])?;
        let mut event = Map::new();
        while let Some(row) = rows.next()? {
            let row = table.sealable(connection, row)?;
            let digest = row.digest(table.name);
            event.insert(row.id.to_string(), Value::String(written(&digest)));
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO sealed_row (name, row_id, digest) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![table.name, row.id, digest])?;
            if !std::mem::replace(&mut is_begun, true) {
                writing.log(now, ACTOR, "sealing_groups", None, &json!({}))?;
            }
            if event.len() >= MOST_ROWS {
                let full = std::mem::take(&mut event);
                writing.log(now, ACTOR, "sealed", None, &json!({ "new": { table.name: full } }))?;
            }
        }
        if !event.is_empty() {
            writing.log(now, ACTOR, "sealed", None, &json!({ "new": { table.name: event } }))?;
        }
    }
    Ok(())
}
