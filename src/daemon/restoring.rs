//! `restore`: while no daemon runs, and none may start.

use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};

use super::lock::Lock;
use super::{DaemonError, LockError};
use crate::config::Settings;
use crate::store::{RestoreError, Restored, Restoring, Store};
use crate::vocabulary::shanghai;
use crate::world::World;

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum NotRestored {
    /// A daemon runs.
    #[error(transparent)]
    Daemon(#[from] DaemonError),
    /// The backup, or the store's files.
    #[error(transparent)]
    Restore(#[from] RestoreError),
}

/// Puts a backup into the store's place; behind the highest number known to be given, so many are given to nobody.
///
/// # Errors
/// Then the store is as it was.
pub fn restore(settings: &Settings, from: &Path, skip: i64, actor: &str) -> Result<Restored, NotRestored> {
    let store = std::fs::canonicalize(&settings.store_path).unwrap_or_else(|_| settings.store_path.clone());
    let lock = Lock::take(&store).map_err(DaemonError::from)?;
    let (_stopper, world) = World::new();
    let now = world.now();
    let at = shanghai(now);
    let time = format!("{}-{:02}{:02}{:02}", at.date(), at.hour(), at.minute(), at.second());
    let kept_as = free_name(&store, &format!(".before-{time}"));
    let prefixes: Vec<&str> =
        settings.consultations.iter().map(|consultation| consultation.number_prefix.as_str()).collect();
    let restored = Store::restore(&Restoring {
        from,
        store: &store,
        kept_as: &kept_as,
        skip,
        prefixes: &prefixes,
        actor,
        now,
    });
    give_back(&lock, &store)?;
    Ok(restored?)
}

/// A name for the old store that none of its files has: a second restore may come within the same second, when somebody has
/// taken away the first one's main file alone.
fn free_name(store: &Path, ending: &str) -> PathBuf {
    let named = |ending: &str| {
        let mut name = store.as_os_str().to_os_string();
        name.push(ending);
        PathBuf::from(name)
    };
    let is_free =
        |ending: &str| ["", "-wal", "-shm"].iter().all(|part| !named(&format!("{ending}{part}")).exists());
    let mut further = (2..).map(|count| format!("{ending}-{count}"));
    let first = is_free(ending).then(|| ending.to_owned());
    named(&first.or_else(|| further.find(|ending| is_free(ending))).unwrap_or_default())
}

/// A lock file that root made would lock the service out.
fn give_back(lock: &Lock, store: &Path) -> Result<(), NotRestored> {
    let folder = store.parent().unwrap_or(Path::new("/"));
    let like = std::fs::metadata(store).or_else(|_| std::fs::metadata(folder));
    if let Some(like) = like.ok().filter(|_| rustix::process::geteuid().is_root()) {
        chown(lock.path(), Some(like.uid()), Some(like.gid()))
            .map_err(|source| DaemonError::from(LockError::Io { path: lock.path().to_path_buf(), source }))?;
    }
    Ok(())
}
