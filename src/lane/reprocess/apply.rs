//! What differs, into the record: the rows, the event that names them, and the seals.

use serde_json::json;

use super::difference::Difference;
use super::replay::{Look, Replay};
use crate::lane::intake::record;
use crate::store::{Given, Place, StoreError, Writing};

type Result<T> = std::result::Result<T, StoreError>;

/// Writes what differs in the rows of one message.
pub(super) fn write(
    writing: &Writing<'_>,
    look: Look<'_>,
    difference: &Difference,
    replay: &Replay<'_>,
) -> Result<()> {
    let (kept, id) = (look.kept, look.kept.message_id);
    place_again(writing, look, difference, replay)?;
    let changes = &difference.finding.changes;
    if changes.is_empty() {
        return Ok(());
    }
    let (now, actor) = (replay.world.now(), &*replay.request.actor);
    rows(writing, id, difference)?;
    let submission = kept.submission.as_ref().map(|submission| submission.id);
    let fields: Vec<String> =
        changes.iter().map(|change| format!("{}.{}", change.table, change.field)).collect();
    writing.log(now, actor, "reprocessed", submission, &json!({ "message": id, "fields": fields }))?;
    if changes.iter().any(|change| change.table == "mailbox_entry") {
        writing.seal_entry(now, actor, look.original.entry_id)?;
    }
    match submission {
        Some(submission) => writing.seal_submission(now, actor, submission),
        None => writing.seal_message(now, actor, id),
    }
}

fn rows(writing: &Writing<'_>, message_id: i64, difference: &Difference) -> Result<()> {
    for (table, id, columns) in &difference.rows {
        writing.amend(table, *id, columns, &difference.finding.changes)?;
    }
    if let Some(attachments) = &difference.attachments {
        writing.amend_attachments(message_id, attachments)?;
    }
    if let Some((submission_id, opinions)) = &difference.opinions {
        writing.amend_opinions(*submission_id, message_id, opinions)?;
    }
    Ok(())
}

/// What the message is compared by follows what is read of it; this changes nothing that a person sees by itself.
fn place_again(
    writing: &Writing<'_>,
    look: Look<'_>,
    difference: &Difference,
    replay: &Replay<'_>,
) -> Result<()> {
    let Some(submission) = &look.kept.submission else { return Ok(()) };
    let id = look.kept.message_id;
    let Some(ruled) = replay.scratch.record().message(id)?.and_then(|found| found.submission) else {
        return Ok(());
    };
    let likeness = &look.reading.likeness;
    let is_duplicate = look.kept.is_submission() && ruled.duplicate_of.is_some();
    let opinion = likeness.opinion_sha256.as_ref().filter(|_| !is_duplicate);
    if difference.finding.changes.is_empty() && opinion == look.record.opinion_sha256(id)?.as_ref() {
        return Ok(());
    }
    let place = Place {
        message_id: id,
        submission_id: submission.id,
        is_submission: look.kept.is_submission(),
        is_duplicate,
        consultation: &ruled.consultation,
        from_address: look.message.author().map_or("", |author| author.address.as_str()),
    };
    writing.place_again(&place, likeness)
}

/// Files a message out of quarantine: into the record, by the same function and by what the scratch store has of the mail
/// before it, and with the ids and the number that it gets there into the scratch store. Returns the number.
pub(super) fn file_released(
    replay: &mut Replay<'_>,
    writing: &Writing<'_>,
    look: Look<'_>,
    read: &Difference,
) -> Result<Option<String>> {
    let id = look.kept.message_id;
    let Some(ruled) = record::rule(&replay.scratch, look.prepared, replay.config)? else { return Ok(None) };
    rows(
        writing,
        id,
        &Difference {
            rows: read.rows.iter().filter(|(table, ..)| *table == "message").cloned().collect(),
            finding: read.finding.clone(),
            attachments: read.attachments.clone(),
            opinions: None,
        },
    )?;
    record::file(
        writing,
        look.prepared,
        &ruled.ruling,
        replay.config,
        id,
        (replay.world.now(), replay.world.random()),
    )?;
    let filed = look.record.message(id)?.and_then(|filed| filed.submission);
    replay.file(
        look,
        Some(Given {
            message_id: Some(id),
            submission_id: filed.as_ref().map(|filed| filed.id),
            number: filed.as_ref().map(|filed| filed.number.clone()),
        }),
    )?;
    Ok(filed.map(|filed| filed.number))
}
