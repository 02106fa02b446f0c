//! `move`: a submission under another consultation, in one transaction. It gets a number there, is read for that consultation and
//! compared with what came there; its supplements go with it, what repeated it stays. Nobody is answered by it.

use jiff::Timestamp;

use super::LaneConfig;

use super::intake::readers::Beside;
use super::intake::record::{self, Prepared, prepare_all};
use super::reprocess::{self, Finding};
use crate::ruling::{Ruling, Stood};
use crate::store::{
    Destination, Movable, Moved, NewFiling, NumberedAnswer, Place, Standing, Store, StoreError, Writing,
};
use crate::vocabulary::{Consultation, ReviewReason, Status};
use crate::world::World;

/// What a person wants.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    /// A number that the submission has or had.
    pub(crate) number: &'a str,
    /// The consultation; `None`: back where it came from.
    pub(crate) to: Option<&'a str>,
    /// Why.
    pub(crate) note: Option<&'a str>,
    /// Who.
    pub(crate) actor: &'a str,
}

/// What was done.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) moved: Moved,
    /// What it was called, and where it stood.
    pub(crate) was: Movable,
    /// What is read otherwise of it and its supplements.
    pub(crate) findings: Vec<Finding>,
    /// A letter of the same sender that says the same, and for which it does not stand, nor that for it.
    pub(crate) beside: Option<String>,
    /// Each answer that left or waits to leave.
    pub(crate) answers: Vec<NumberedAnswer>,
}

/// Why nothing was done.
#[derive(Debug)]
pub(crate) enum Refused {
    NoSubmission,
    /// There is no move to take back.
    NothingToUndo(String),
    /// This consultation is not configured.
    Unconfigured(String),
    /// It is there already.
    Same(Movable),
    /// It does not count, by a person's decision.
    Denied(Movable),
    Erased(Movable),
    /// A letter that says the same counts in its place there.
    Replaced(Movable, String),
    /// Its bytes cannot be read any more.
    Unreadable(Movable),
}

/// Moves a submission.
pub(crate) fn move_submission(
    store: &mut Store,
    config: &LaneConfig,
    world: &World,
    wish: &Wish<'_>,
) -> Result<Result<Done, Refused>, StoreError> {
    let writing = store.begin()?;
    let (movable, to) = match wanted(&writing, config, wish)? {
        Ok(wanted) => wanted,
        Err(refused) => return Ok(Err(refused)),
    };
    let now = world.now();
    let Some(prepared) = read(&writing, config, movable.message_id)? else {
        return Ok(Err(Refused::Unreadable(movable)));
    };
    let destination = Destination {
        consultation: &to.id,
        number_prefix: &to.number_prefix,
        is_back: movable.last.as_ref().is_some_and(|last| last.from == to.id),
    };
    let Standing { status, review_reasons, .. } = &movable.standing;
    let stood = Stood { status: *status, review_reasons, is_built_on: movable.is_built_on };
    let Some(ruling) = record::moved(&writing, &prepared, config, (movable.id, &to.id), Some(stood))? else {
        return Ok(Err(Refused::Unreadable(movable)));
    };
    let becomes = becomes(&writing, &movable, &destination, &ruling)?;
    let moved = writing.move_to(&movable, &destination, &becomes, (wish.note, wish.actor, now))?;
    place(&writing, config, &prepared, &movable, (to, &ruling, &becomes), now)?;
    let findings = reprocess::within(&writing, config, world, &moved.number, wish.actor)?;
    let answers = writing.answers_of(movable.id)?;
    let beside = match &ruling {
        Ruling::File { repeats, .. } => repeats.as_ref().map(|earlier| earlier.number.clone()),
        Ruling::Duplicate { of, .. } if becomes.duplicate_of.is_none() => Some(of.number.clone()),
        _ => None,
    };
    writing.commit()?;
    Ok(Ok(Done { moved, was: movable, findings, beside, answers }))
}

/// The submission, and where it goes.
fn wanted<'a>(
    writing: &Writing<'_>,
    config: &'a LaneConfig,
    wish: &Wish<'_>,
) -> Result<Result<(Movable, &'a Consultation), Refused>, StoreError> {
    let Some(movable) = writing.movable(wish.number)? else { return Ok(Err(Refused::NoSubmission)) };
    let to = match (wish.to, &movable.last) {
        (Some(to), _) => to.to_owned(),
        (None, Some(last)) => last.from.clone(),
        (None, None) => return Ok(Err(Refused::NothingToUndo(movable.number))),
    };
    let Some(to) = config.rules.consultation_named(&to) else { return Ok(Err(Refused::Unconfigured(to))) };
    Ok(match movable.standing.status {
        Status::Erased => Err(Refused::Erased(movable)),
        Status::Denied => Err(Refused::Denied(movable)),
        _ if movable.consultation == to.id => Err(Refused::Same(movable)),
        _ => match writing.counted_in_place_of(movable.id, Some(&to.id))? {
            Some(number) => Err(Refused::Replaced(movable, number)),
            None => Ok((movable, to)),
        },
    })
}

fn read(writing: &Writing<'_>, config: &LaneConfig, message_id: i64) -> Result<Option<Prepared>, StoreError> {
    let original = writing.original(message_id)?;
    let Some(fetched) = original.and_then(|original| Some((original.fetched?, original.seen_at))) else {
        return Ok(None);
    };
    Ok(prepare_all(vec![fetched], config, Beside::Recording).pop())
}

/// Where it stands from now on. Moved back, it stands where it stood, unless somebody decided otherwise meanwhile.
fn becomes(
    writing: &Writing<'_>,
    movable: &Movable,
    to: &Destination<'_>,
    ruling: &Ruling,
) -> Result<Standing, StoreError> {
    let restored =
        movable.last.as_ref().filter(|_| to.is_back).and_then(|last| last.untouched(&movable.standing));
    if let Some(before) = restored {
        return Ok(match before.duplicate_of {
            Some(original) if !writing.may_be_repeated(original, to.consultation)? => {
                let review_reasons = vec![ReviewReason::OriginalDenied];
                Standing { status: Status::Review, review_reasons, duplicate_of: None }
            }
            _ => before.clone(),
        });
    }
    let (status, review_reasons) = match ruling.filing() {
        Some(filing) => (filing.status, filing.review_reasons.clone()),
        None => (Status::Review, movable.standing.review_reasons.clone()),
    };
    Ok(Standing {
        status,
        review_reasons,
        duplicate_of: ruling.earlier().map(|earlier| earlier.submission_id),
    })
}

/// It is compared with the mail there from now on, joins its group there, and says there what it says of earlier letters.
fn place(
    writing: &Writing<'_>,
    config: &LaneConfig,
    prepared: &Prepared,
    movable: &Movable,
    (to, ruling, becomes): (&Consultation, &Ruling, &Standing),
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(filing) = ruling.filing() else { return Ok(()) };
    if let Some(likeness) = record::likeness(prepared, &to.id, config) {
        let place = Place {
            message_id: movable.message_id,
            submission_id: movable.id,
            is_submission: true,
            is_duplicate: becomes.duplicate_of.is_some(),
            consultation: &to.id,
            from_address: &filing.from_address,
        };
        writing.place_again(&place, &likeness)?;
    }
    let new: NewFiling<'_> = record::as_filed(ruling, filing, to, "");
    writing.relate(&new, Some(movable.id), movable.message_id, now)
}
