//! The circuit breaker: when more answers left within an hour or a day than the caps allow, the rest waits.
//!
//! It opens when something is due and a cap is reached, and stays open until no more than half of the cap left within its
//! window: a storm does not go on at the cap's rate, and an honest rush before a deadline goes on by itself. A person who
//! has looked may close it at once: counting then begins anew at that instant.

use jiff::{SignedDuration, Timestamp};

use crate::config::Caps;
use crate::maillog;
use crate::store::{Fact, Store, StoreError};
use crate::vocabulary::{BreakerReason, StoredReason};

/// How many answers may leave now, or why none may.
pub(super) enum Room {
    /// So many.
    For(usize),
    /// None.
    Held(BreakerReason),
}

/// Looks. What it found is remembered, so that `status` shows it.
pub(super) fn room(store: &mut Store, caps: &Caps, now: Timestamp) -> Result<Room, StoreError> {
    let before = store.breaker()?;
    let released = store.fact_instant(Fact::BreakerReleasedAt)?.filter(|released| *released <= now);
    let sent_within = |hours| {
        let since = now - SignedDuration::from_hours(hours);
        store.sent_between((released.map_or(since, |released| since.max(released)), now))
    };
    let windows = [
        BreakerReason::PerHour { cap: caps.per_hour, sent: sent_within(1)? },
        BreakerReason::PerDay { cap: caps.per_day, sent: sent_within(24)? },
    ];
    let room = windows.iter().map(|window| window.cap().saturating_sub(window.sent())).min().unwrap_or(0);
    let open = windows.into_iter().find(|window| {
        let was_open = before.as_ref().is_some_and(|before| before.word == window.as_str());
        window.sent() >= window.cap() || was_open && window.sent() > window.cap() / 2
    });
    let Some(reason) = open else {
        if before.is_some() {
            change(store, None, now)?;
            maillog::breaker_closed();
        }
        return Ok(Room::For(room as usize));
    };
    // Nothing waits: there is nothing to hold.
    if before.is_none() && store.due(now, 1)?.is_empty() {
        return Ok(Room::For(0));
    }
    if before.as_ref() != Some(&StoredReason::from(&reason)) {
        change(store, Some(&reason), now)?;
    }
    if before.is_none() {
        maillog::breaker_opened(&reason);
    }
    Ok(Room::Held(reason))
}

fn change(store: &mut Store, reason: Option<&BreakerReason>, now: Timestamp) -> Result<(), StoreError> {
    let writing = store.begin()?;
    writing.set_breaker(reason, now)?;
    writing.commit()
}
