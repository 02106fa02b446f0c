//! The wall clock, which others set: a jump is named before anything is planned or answered by it.

use jiff::{SignedDuration, Timestamp};

use super::Lane;
use crate::maillog;
use crate::store::{Fact, Store, StoreError};
use crate::vocabulary::start_of_day;
use crate::world;

/// What a clock may be off by without a word: less than anybody plans by.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// Names a jump since the last look, whoever looked.
///
/// # Errors
/// When the store fails.
pub fn look(lane: &Lane) -> Result<(), StoreError> {
    let jump = lane.world.jump();
    if jump.abs() <= TOLERANCE {
        return Ok(());
    }
    let now = lane.world.now();
    lane.store.with(|store| jumped(store, jump, now).and_then(|()| believe(store, now)))
}

/// At the start: whether the clock went back since the store was last written.
///
/// # Errors
/// When the store fails.
pub fn look_at_start(store: &mut Store, now: Timestamp) -> Result<(), StoreError> {
    let last = store.fact_instant(Fact::LastPassFinishedAt)?;
    if let Some(jump) = last.map(|last| now.duration_since(last)).filter(|jump| *jump < -TOLERANCE) {
        jumped(store, jump, now)?;
    }
    believe(store, now)
}

fn jumped(store: &mut Store, jump: SignedDuration, now: Timestamp) -> Result<(), StoreError> {
    maillog::clock_jumped(jump.as_secs());
    store.remember_instant(Fact::ClockJumpedAt, now)?;
    store.remember(Fact::ClockJumpSeconds, &jump.as_secs().to_string())
}

/// Where the store was made by a wrong clock, the first day with a right one counts as its beginning.
fn believe(store: &mut Store, now: Timestamp) -> Result<(), StoreError> {
    let (origin, built) = (store.origin()?, world::built());
    if now < built || origin.right_since.is_some() || origin.is_believable(now, built) {
        return Ok(());
    }
    let day = start_of_day(now);
    maillog::clock_was_wrong(origin.created_at, day);
    store.remember_instant(Fact::ClockRightSince, day)
}
