//! The end of the record's event log, said to the log: that may be kept on another machine.

use std::time::Duration;

use crate::lane::Lane;
use crate::maillog;
use crate::store::{Head, StoreError};

/// It is said at least this often.
const INTERVAL: Duration = Duration::from_hours(24);

/// How often is looked for what people did.
const LOOK: Duration = Duration::from_secs(5);

/// Says it once.
pub(super) fn say(lane: &Lane) -> Result<Option<Head>, StoreError> {
    // What people did is not asked: to count all of it takes the longer the more there is.
    let head = lane.store.read(|store| store.head(i64::MAX))?;
    if let Some(head) = &head {
        maillog::head(&head.hash, head.event);
    }
    Ok(head)
}

/// Says it at the start, once a day and after what people did.
pub(super) async fn keep_saying(lane: Lane) {
    // The first is said whatever people did.
    let (mut seen, mut said): (i64, Option<tokio::time::Instant>) = (i64::MAX, None);
    while !lane.world.stopping() {
        // A store that cannot be read is the lanes' to tell.
        if let Ok(Some(head)) = lane.store.read(|store| store.head(seen)) {
            let due = said.is_none_or(|at| at.elapsed() >= INTERVAL);
            if due || head.by_people > 0 {
                maillog::head(&head.hash, head.event);
                said = Some(tokio::time::Instant::now());
            }
            seen = head.event;
        }
        lane.world.rest(LOOK).await;
    }
}
