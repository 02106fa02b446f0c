//! The store as both lanes share it: one handle, one writer at a time.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use crate::maillog;
use crate::store::{Store, StoreError, Writing};

/// One store for several tasks. Every call waits for its turn, and for as long as another process holds the file.
#[derive(Debug, Clone)]
pub struct SharedStore(Arc<Mutex<Store>>);

impl SharedStore {
    /// Shares a store that letters are filed into.
    pub fn new(store: Store) -> Self {
        store.keep_undo_in_memory();
        Self(Arc::new(Mutex::new(store)))
    }

    /// Looks something up.
    ///
    /// # Errors
    /// What the action gives.
    pub fn read<T>(&self, action: impl FnOnce(&Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.with(|store| action(store))
    }

    /// One transaction: when this returns `Ok`, what the action wrote survives a power cut; otherwise nothing of it stays.
    ///
    /// # Errors
    /// What the action gives, or when the transaction cannot begin or commit.
    pub fn write<T>(
        &self,
        action: impl FnOnce(&Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with(|store| {
            let writing = store.begin()?;
            let value = action(&writing)?;
            maillog::not_as_sealed(&writing.commit_beside_broken_seals()?);
            Ok(value)
        })
    }

    /// Works on the store while nobody else of this process does.
    ///
    /// A runtime with several workers is told that this one may block, so that signals and deadlines are heard
    /// meanwhile; one with a single worker cannot be told, and waits.
    pub fn with<T>(&self, action: impl FnOnce(&mut Store) -> T) -> T {
        // A panic while the store was locked left no half-written state: its transaction was rolled back.
        let locked = || action(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
        match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
            Ok(RuntimeFlavor::MultiThread) => block_in_place(locked),
            _ => locked(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_of_any_kind_may_use_it_and_so_may_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let store = SharedStore::new(Store::open(&path, "2024-03-05T04:00:00Z".parse().unwrap()).unwrap());
        let count = || store.read(Store::last_submission_id).unwrap();
        let runtimes = [
            tokio::runtime::Builder::new_current_thread().build().unwrap(),
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap(),
        ];
        for runtime in runtimes {
            assert_eq!(runtime.block_on(async { count() }), 0);
            let store = store.clone();
            let task = runtime.spawn(async move { store.read(Store::last_submission_id).unwrap() });
            assert_eq!(runtime.block_on(task).unwrap(), 0);
        }
        assert_eq!(count(), 0);
    }
}
