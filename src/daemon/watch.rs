//! What may change around a daemon while it runs: the store's files, its own lock, the clock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{DaemonError, Lock, LockError};
use crate::lane::Lane;
use crate::maillog;
use crate::store::{Fact, Store, StoreError};
use crate::vocabulary::start_of_day;
use crate::world::{self, World};

/// How often it is looked at.
const INTERVAL: Duration = Duration::from_secs(5);
/// What a clock may be off by without a word: less than anybody plans by.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// Looks until asked to stop.
///
/// # Errors
/// When the store or the lock is not the one that this daemon has: nothing may be filed or answered any more.
pub(super) async fn watch(lane: &Lane, lock: &Lock) -> Result<(), DaemonError> {
    let mut clock = Clock::read(&lane.world);
    loop {
        lane.world.rest(INTERVAL).await;
        if lane.world.stopping() {
            return Ok(());
        }
        if !lock.is_in_place() {
            return Err(LockError::Gone { path: lock.path().to_path_buf() }.into());
        }
        match lane.store.with(|store| store.in_place().and_then(|()| clock.look(store, &lane.world))) {
            Err(error @ StoreError::Replaced { .. }) => return Err(error.into()),
            // A full disk, another writer: the passes say so, and this looks again.
            Ok(()) | Err(_) => {}
        }
    }
}

/// The wall clock, and at the same time one that nobody sets.
struct Clock {
    wall: Timestamp,
    up: Duration,
}

impl Clock {
    fn read(world: &World) -> Self {
        Self { wall: world.now(), up: world.up() }
    }

    /// Names a jump since the last look.
    fn look(&mut self, store: &mut Store, world: &World) -> Result<(), StoreError> {
        let now = Self::read(world);
        let passed = SignedDuration::try_from(now.up.saturating_sub(self.up)).unwrap_or_default();
        let jump = now.wall.duration_since(self.wall) - passed;
        if jump.abs() > TOLERANCE {
            jumped(store, jump, now.wall)?;
            believe(store, now.wall)?;
        }
        *self = now;
        Ok(())
    }
}

/// At the start: whether the clock went back since the store was last written.
pub(super) fn look_at_start(store: &mut Store, now: Timestamp) -> Result<(), StoreError> {
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
