//! The circuit breaker: when more answers left within an hour or a day than the caps allow, the rest waits.
//!
//! It opens when something is due and a cap is reached, and stays open until no more than half of the cap left within its
//! window: a storm does not go on at the cap's rate, and an honest rush before a deadline goes on by itself. A person who
//! has looked may close it at once: counting then begins anew at that instant.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::config::Caps;
use crate::maillog;
use crate::store::{BREAKER, BREAKER_RELEASED_AT, BREAKER_SINCE, Store, StoreError};

/// How many answers may leave now, or why none may. What it found is remembered, so that `status` shows it.
pub(super) fn room(
    store: &mut Store,
    caps: &Caps,
    now: Timestamp,
) -> Result<Result<usize, String>, StoreError> {
    let before = store.fact(BREAKER)?.unwrap_or_default();
    let released = store.fact_instant(BREAKER_RELEASED_AT)?.unwrap_or(Timestamp::UNIX_EPOCH);
    let windows = [("per_hour", caps.per_hour, 1, "hour"), ("per_day", caps.per_day, 24, "24 hours")];
    let mut room = u32::MAX;
    let mut reason = None;
    for (key, cap, hours, words) in windows {
        let since = (now - SignedDuration::from_hours(hours)).max(released);
        let sent = store.sent_since(since)?;
        let holds = before.starts_with(&format!("caps.{key} ")) && sent > cap / 2;
        if holds || sent >= cap {
            reason.get_or_insert(format!("caps.{key} = {cap}: {sent} answers left within the last {words}"));
        }
        room = room.min(cap.saturating_sub(sent));
    }
    match (reason, before.is_empty()) {
        (None, true) => Ok(Ok(room as usize)),
        (None, false) => {
            change(store, "breaker_closed", "", now)?;
            maillog::breaker_closed();
            Ok(Ok(room as usize))
        }
        // Nothing waits: there is nothing to hold.
        (Some(_), true) if store.due(now, 1)?.is_empty() => Ok(Ok(0)),
        (Some(reason), true) => {
            change(store, "breaker_opened", &reason, now)?;
            maillog::breaker_opened(&reason);
            Ok(Err(reason))
        }
        (Some(reason), false) => {
            if reason != before {
                store.remember(BREAKER, &reason)?;
            }
            Ok(Err(reason))
        }
    }
}

fn change(store: &mut Store, action: &str, reason: &str, now: Timestamp) -> Result<(), StoreError> {
    store.remember(BREAKER, reason)?;
    store.remember_instant(BREAKER_SINCE, now)?;
    let writing = store.begin()?;
    writing.log(now, "acknowledge", action, None, &json!({ "reason": reason }))?;
    writing.commit()
}
