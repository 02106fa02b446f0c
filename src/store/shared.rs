//! One handle for both lanes.

use std::sync::{Mutex, PoisonError};

use super::Store;

/// Works on the store while nobody else of this process does.
///
/// It may take as long as another process holds the file: the runtime is told, so that signals and deadlines
/// are heard meanwhile. Not from a task of a current-thread runtime.
///
/// A panic while the store was locked left no half-written state: its transaction was rolled back.
pub fn with<T>(store: &Mutex<Store>, action: impl FnOnce(&mut Store) -> T) -> T {
    tokio::task::block_in_place(|| action(&mut store.lock().unwrap_or_else(PoisonError::into_inner)))
}
