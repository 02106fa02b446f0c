//! What a letter has in place of items: files, or a link to where they lie.

use rusqlite::{Connection, OptionalExtension};

use crate::ruling::Enclosed;
use crate::store::Result;
use crate::vocabulary::Adoption;

/// Whether a letter and what was added to it name a flag.
const ANY_FLAG: &str = "(EXISTS (SELECT 1 FROM json_each(s.flags) AS f WHERE f.value = ?2)
    OR EXISTS (SELECT 1 FROM supplement AS p, json_each(p.flags) AS f WHERE p.submission_id = s.id AND f.value = ?2))";

/// What a letter has in place of items; `None`: it has items, or says that there are none.
pub(super) fn of(connection: &Connection, id: i64) -> Result<Option<Enclosed>> {
    let is_without = connection
        .prepare_cached(
            "SELECT NOT EXISTS (SELECT 1 FROM opinion AS o WHERE o.submission_id = ?1 AND o.adoption IS NOT ?2)",
        )?
        .query_row((id, Adoption::NoOpinion.as_str()), |row| row.get::<_, bool>(0))?;
    if !is_without || says(connection, id, "no_objection")? {
        return Ok(None);
    }
    let opens = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM attachment WHERE fault IS NULL AND size_bytes > 0 AND message_id IN
                (SELECT message_id FROM submission WHERE id = ?1 UNION ALL SELECT message_id FROM supplement WHERE submission_id = ?1))",
        )?
        .query_row([id], |row| row.get(0))?;
    Ok(Some(Enclosed {
        points: says(connection, id, "attachment_only")?,
        is_linked: says(connection, id, "cloud_attachment")?,
        opens,
    }))
}

fn says(connection: &Connection, id: i64, flag: &str) -> Result<bool> {
    let found = connection
        .prepare_cached(&format!("SELECT {ANY_FLAG} FROM submission AS s WHERE s.id = ?1"))?
        .query_row((id, flag), |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or_default())
}
