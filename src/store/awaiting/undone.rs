//! What was granted to the writers of letters and is not done: details that are registered still, a letter that counts still.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use crate::ruling::Undone;
use crate::store::Result;
use crate::vocabulary::CorrectionField;

/// The event of a decision that left something to erase.
pub(super) const LEFT: &str = "erasure_due";

/// What is not done of what was granted to the writer of a letter.
pub(super) fn of(connection: &Connection, id: i64) -> Result<Vec<Undone>> {
    let mut found: Vec<Undone> = erasure(connection, id)?.into_iter().collect();
    found.extend(withdrawal(connection, id)?.map(|by| Undone::Withdrawal { by }));
    Ok(found)
}

/// What the last decision left to erase, without what was erased since.
fn erasure(connection: &Connection, id: i64) -> Result<Option<Undone>> {
    let due: Option<(i64, String)> = connection
        .prepare_cached(
            "SELECT id, detail FROM event WHERE submission_id = ?1 AND action IN (?2, 'confirmed', 'denied', 'reopened') ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![id, LEFT], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((event, detail)) = due else { return Ok(None) };
    let detail: Value = serde_json::from_str(&detail).unwrap_or_default();
    let Some(of) = detail.get("of").and_then(Value::as_i64) else { return Ok(None) };
    let mut erased = connection.prepare_cached(
        "SELECT detail FROM event WHERE submission_id = ?1 AND action = 'erased' AND id > ?2",
    )?;
    let erased: Vec<String> =
        erased.query_map(params![of, event], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut fields = fields(&detail, "fields");
    for detail in erased {
        let detail: Value = serde_json::from_str(&detail).unwrap_or_default();
        if detail.get("only").is_none() {
            return Ok(None);
        }
        let gone = self::fields(&detail, "only");
        fields.retain(|field| !gone.contains(field));
    }
    if fields.is_empty() {
        return Ok(None);
    }
    let number: Option<String> = connection
        .prepare_cached("SELECT number FROM submission WHERE id = ?1")?
        .query_row([of], |row| row.get(0))
        .optional()?;
    Ok(number.map(|number| Undone::Erasure { number, fields }))
}

fn fields(detail: &Value, key: &str) -> Vec<CorrectionField> {
    let words = detail.get(key).and_then(Value::as_array).into_iter().flatten();
    words.filter_map(|word| CorrectionField::from_word(word.as_str()?)).collect()
}

/// The letter that takes this one back, or stands in its place, where a person granted that. What staff wrote beside this one since,
/// is why it stands.
fn withdrawal(connection: &Connection, id: i64) -> Result<Option<String>> {
    Ok(connection
        .prepare_cached(
            "SELECT s.number FROM relation AS r JOIN submission AS s ON s.id = r.submission_id
             WHERE r.earlier_id = ?1 AND r.submission_id <> ?1 AND r.kind IN ('withdraws', 'replaces') AND r.basis <> 'same_sender'
                 AND s.status IN ('handled', 'accepted', 'late')
                 AND coalesce((SELECT max(n.id) FROM correction AS n WHERE n.submission_id = ?1 AND n.field = 'review_note'), 0)
                     < (SELECT max(k.id) FROM correction AS k WHERE k.submission_id = s.id AND k.field = 'status')
             ORDER BY r.id DESC LIMIT 1",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?)
}
