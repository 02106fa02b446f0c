//! The step to version 6: until then one seal covered a submission with all its supplements, so that each further one
//! sealed all of them again. Those whose seal holds are sealed letter by letter; one that was broken stays broken.
//! A seal of a submission without supplements is the same in both forms.

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use crate::store::evidence::{Digests, MUTABLE, NONE, Part, digests};
use crate::store::{Result, Writing};

/// Who seals again in this step.
const ACTOR: &str = "migration_6";

const PARTS: [Part; 7] = [
    ("submission", "SELECT * FROM submission WHERE id = ?1", NONE),
    ("opinion", "SELECT * FROM opinion WHERE submission_id = ?1 ORDER BY ordinal, id", NONE),
    ("supplement", "SELECT * FROM supplement WHERE submission_id = ?1 ORDER BY id", NONE),
    (
        "message",
        "SELECT * FROM message WHERE id IN (SELECT message_id FROM submission WHERE id = ?1 UNION ALL
            SELECT message_id FROM supplement WHERE submission_id = ?1) ORDER BY id",
        NONE,
    ),
    (
        "attachment",
        "SELECT * FROM attachment WHERE message_id IN (SELECT message_id FROM submission WHERE id = ?1 UNION ALL
            SELECT message_id FROM supplement WHERE submission_id = ?1) ORDER BY message_id, ordinal",
        NONE,
    ),
    ("acknowledgement", "SELECT * FROM acknowledgement WHERE submission_id = ?1 ORDER BY id", MUTABLE),
    ("correction", "SELECT * FROM correction WHERE submission_id = ?1 ORDER BY id", NONE),
];

/// Seals every submission with supplements letter by letter.
pub(super) fn split(writing: &Writing<'_>, now: Timestamp) -> Result<()> {
    let ids: Vec<i64> = {
        let mut statement =
            writing.transaction.prepare("SELECT DISTINCT submission_id FROM supplement ORDER BY 1")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for id in ids {
        let sealed = latest(writing, id)?;
        if sealed.is_some_and(|sealed| sealed.contains_key("supplement")) && holds(writing, id)? {
            writing.seal_submission(now, ACTOR, id)?;
        }
    }
    Ok(())
}

/// Whether a submission with its supplements is what its seal says.
pub(super) fn holds(writing: &Writing<'_>, submission_id: i64) -> Result<bool> {
    let salt = "SELECT salt FROM seal WHERE submission_id = ?1";
    let Some(sealed) = latest(writing, submission_id)? else { return Ok(false) };
    Ok(digests(&writing.transaction, salt, &PARTS, submission_id)? == sealed)
}

fn latest(writing: &Writing<'_>, submission_id: i64) -> Result<Option<Digests>> {
    let sealed: Option<String> = writing
        .transaction
        .prepare_cached(
            "SELECT detail FROM event WHERE submission_id = ?1 AND action = 'sealed' ORDER BY id DESC LIMIT 1",
        )?
        .query_row([submission_id], |row| row.get(0))
        .optional()?;
    Ok(sealed.and_then(|sealed| serde_json::from_str(&sealed).ok()))
}
