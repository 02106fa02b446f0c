//! What keeps answers from leaving, remembered for `status` and `check --live`.

use jiff::Timestamp;

use crate::store::{Fact, Store, StoreError};
use crate::vocabulary::LaneFault;

/// Remembers a fault; since when it lasts stays.
pub(super) fn remember(
    store: &mut Store,
    fault: LaneFault,
    problem: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !is_remembered(store)? {
        store.remember_instant(Fact::OutboxFaultSince, now)?;
    }
    store.remember(Fact::OutboxFault, fault.as_str())?;
    store.remember(Fact::OutboxProblem, problem)
}

/// Forgets it, once an answer left or none waits any more: a pass in which nothing was due proves nothing.
pub(super) fn forget(store: &mut Store, sent: bool) -> Result<(), StoreError> {
    if is_remembered(store)? && (sent || !store.answers_wait()?) {
        store.remember(Fact::OutboxProblem, "")?;
    }
    Ok(())
}

fn is_remembered(store: &Store) -> Result<bool, StoreError> {
    Ok(store.fact(Fact::OutboxProblem)?.is_some_and(|problem| !problem.is_empty()))
}
