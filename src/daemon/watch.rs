//! What may change around a daemon while it runs: the store's files, its own lock, the clock.

use std::time::Duration;

use super::{DaemonError, Lock, LockError};
use crate::lane::{Lane, clock};
use crate::store::{Store, StoreError};

/// How often it is looked at.
const INTERVAL: Duration = Duration::from_secs(5);

/// Looks until asked to stop.
///
/// # Errors
/// When the store or the lock is not the one that this daemon has: nothing may be filed or answered any more.
pub(super) async fn watch(lane: &Lane, lock: &Lock) -> Result<(), DaemonError> {
    loop {
        lane.world.rest(INTERVAL).await;
        if lane.world.stopping() {
            return Ok(());
        }
        if !lock.is_in_place() {
            return Err(LockError::Gone { path: lock.path().to_path_buf() }.into());
        }
        // A full disk, another writer: the passes say so.
        if let Err(error @ StoreError::Replaced { .. }) =
            lane.store.with(Store::in_place).and_then(|()| clock::look(lane))
        {
            return Err(error.into());
        }
    }
}
