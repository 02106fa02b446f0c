//! What differs, into the record: the rows, the event that names them, and the seals.

use serde_json::json;

use super::context::{Look, Replay, Result};
use super::difference::Difference;
use crate::lane::intake::record;
use crate::ruling::Ruling;
use crate::store::{Filed, Given, Place};
use crate::vocabulary::ReviewReason;

/// Writes what differs in the rows of one message.
pub(super) fn write(replay: &Replay<'_>, look: Look<'_>, difference: &Difference) -> Result<()> {
    let placed = place_again(replay, look, difference)?;
    let changes = &difference.finding.changes;
    if changes.is_empty() && !placed {
        return Ok(());
    }
    let (real, now, actor) = (replay.real, replay.world.now(), &*replay.request.actor);
    let submission = look.kept.submission.as_ref().map(|submission| submission.id);
    rows(replay, look, difference)?;
    if let Some((items, submission)) = difference.opinions.as_ref().zip(submission) {
        real.amend_opinions(submission, look.id, items)?;
    }
    if changes.iter().any(|change| change.field == "duplicate_of") {
        // It stands by itself now: what it repeated is put in question, as if it had come now.
        for doubted in replay.scratch.doubted_by(look.id)? {
            real.reopen(&[ReviewReason::VouchedCopy], doubted, None, now)?;
        }
    }
    let fields: Vec<String> =
        changes.iter().map(|change| format!("{}.{}", change.table, change.field)).collect();
    real.log(now, actor, "reprocessed", submission, &json!({ "message": look.id, "fields": fields }))
}

fn rows(replay: &Replay<'_>, look: Look<'_>, difference: &Difference) -> Result<()> {
    for (table, id, columns) in &difference.rows {
        replay.real.amend(table, *id, columns, &difference.finding.changes)?;
    }
    difference.attachments.as_ref().map_or(Ok(()), |found| replay.real.amend_attachments(look.id, found))
}

/// What the message is compared by follows what is read of it; this changes nothing that a person sees by itself. Whether it
/// was placed anew.
fn place_again(replay: &Replay<'_>, look: Look<'_>, difference: &Difference) -> Result<bool> {
    let (Some(submission), Some(ruled)) =
        (&look.kept.submission, replay.scratch.message(look.id)?.and_then(|found| found.submission))
    else {
        return Ok(false);
    };
    // What people decided stands in the record only.
    let stands_as = if submission.is_decided { submission } else { &ruled };
    let likeness = record::likeness(look.prepared, &stands_as.consultation, replay.config);
    let Some(likeness) = likeness.as_deref() else { return Ok(false) };
    let is_submission = look.kept.is_submission;
    let is_duplicate = is_submission && stands_as.duplicate_of.is_some();
    let stands = replay.real.rows("likeness", "message_id = ?1", look.id)?.pop();
    let stands = stands.and_then(|row| row.get("opinion_sha256"));
    if difference.finding.changes.is_empty()
        && stands.as_ref() == likeness.opinion_sha256.as_ref().filter(|_| !is_duplicate)
    {
        return Ok(false);
    }
    let place = Place {
        message_id: look.id,
        submission_id: submission.id,
        is_submission,
        is_duplicate,
        consultation: &stands_as.consultation,
        from_address: &look.sender(),
    };
    replay.real.place_again(&place, likeness)?;
    Ok(true)
}

/// Decides the answer anew to a letter of which more came: as if all of it had come at first. Where a person decided, his word
/// was the answer's occasion, and `outbox release` is at hand.
pub(super) fn answer(replay: &Replay<'_>, look: Look<'_>) -> Result<()> {
    let own = look.kept.submission.as_ref().filter(|own| !own.is_decided && !own.is_moved);
    let Some(own) = own else { return Ok(()) };
    replay.scratch.take_back()?;
    let Some(ruled) = record::rule(&replay.scratch, look.prepared, replay.config)? else { return Ok(()) };
    let is_filed_so = match &ruled.ruling {
        Ruling::File { .. } | Ruling::Duplicate { .. } => look.kept.is_submission,
        Ruling::Supplement { of, .. } => !look.kept.is_submission && of.submission_id == own.id,
        _ => false,
    };
    if !is_filed_so {
        return Ok(());
    }
    let filed = Filed { submission_id: own.id, number: own.number.clone() };
    let at = (replay.world.now(), replay.world.random());
    record::file_answer_anew(replay.real, look.prepared, &ruled.ruling, replay.config, (look.id, &filed), at)
}

/// Files a message out of quarantine: into the record, by the same function and by what the scratch store has of the mail
/// before it; and into the scratch store, with the ids and the number that it got there. Returns the number.
pub(super) fn unquarantine(
    replay: &mut Replay<'_>,
    look: Look<'_>,
    read: &Difference,
) -> Result<Option<String>> {
    let Some(ruled) = record::rule(&replay.scratch, look.prepared, replay.config)? else { return Ok(None) };
    rows(replay, look, read)?;
    let (now, token) = (replay.world.now(), replay.world.random());
    record::file(replay.real, look.prepared, &ruled.ruling, replay.config, look.id, (now, token))?;
    for (_, entry, _) in read.rows.iter().filter(|(table, ..)| *table == "mailbox_entry") {
        replay.real.unquarantine(look.id, *entry, &replay.request.actor, now)?;
    }
    let filed = replay.real.message(look.id)?.and_then(|filed| filed.submission);
    let number = filed.as_ref().map(|filed| filed.number.clone());
    let submission_id = filed.map(|filed| filed.id);
    replay.file(look, Some(Given { message_id: Some(look.id), submission_id, number: number.clone() }))?;
    Ok(number)
}
