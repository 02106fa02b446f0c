//! One daemon per store.

use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::process::{Pid, test_kill_process};

/// For nobody but the service: whoever can open a file can lock it.
const MODE: u32 = 0o600;

/// The lock could not be taken, or is not ours any more.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error(
        "another zwfw-intake ({holder}) runs on {store}; stop it first, or give this one a store of its own"
    )]
    Held {
        /// The store.
        store: PathBuf,
        /// Who holds it.
        holder: String,
    },
    /// Something holds it that is no daemon.
    #[error("{path} is locked, and not by a running zwfw-intake; `lslocks` names the process: end it")]
    HeldByStranger {
        /// The lock file.
        path: PathBuf,
    },
    /// A link stands where the file should be: whoever put it there wants another file written to.
    #[error(
        "{path} is a symbolic link or no file; nothing was written through it: find out who made it, and remove it"
    )]
    NoFile {
        /// The lock file.
        path: PathBuf,
    },
    /// It was removed or replaced while the daemon ran; a second daemon could have started.
    #[error(
        "{path} was removed or replaced while this program held it, and no longer keeps a second one out: this one ends, the service starts again by itself"
    )]
    Gone {
        /// The lock file.
        path: PathBuf,
    },
    /// The lock file cannot be used.
    #[error("{path}: {source}")]
    Io {
        /// The lock file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
}

/// Held as long as this value lives; the kernel releases it with the process, so that nothing is left over after a crash.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock of a store: an advisory lock on a file of its own, since SQLite locks the store itself. However the
    /// store is called, its lock is one file: links are followed to the store, and not from the lock.
    pub(super) fn take(store: &Path) -> Result<Self, LockError> {
        let real = std::fs::canonicalize(store).unwrap_or_else(|_| store.to_path_buf());
        let mut name = real.into_os_string();
        name.push(".lock");
        let path = PathBuf::from(name);
        let io = |source| LockError::Io { path: path.clone(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(MODE)
            .custom_flags(flags.cast_signed())
            .open(&path)
            .map_err(|source| match std::fs::symlink_metadata(&path) {
                Ok(found) if !found.is_file() => LockError::NoFile { path: path.clone() },
                _ => io(source),
            })?;
        let found = file.metadata().map_err(io)?;
        if !found.is_file() {
            return Err(LockError::NoFile { path });
        }
        if found.permissions().mode() & 0o777 != MODE {
            // An older version let the group read it. Who may not change it is told by what follows.
            file.set_permissions(Permissions::from_mode(MODE)).ok();
        }
        match file.try_lock() {
            Ok(()) => {
                // For people; the lock is the kernel's, whatever stands here.
                let process = format!("{}\n", std::process::id());
                // A full disk must not keep a daemon from starting.
                file.set_len(0).and_then(|()| file.write_all(process.as_bytes())).ok();
                Ok(Self { file, path })
            }
            Err(TryLockError::WouldBlock) => Err(match holder(&mut file) {
                Some(process) => {
                    LockError::Held { store: store.to_path_buf(), holder: format!("process {process}") }
                }
                None => LockError::HeldByStranger { path },
            }),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    /// Whether the file at the path is still the one that is locked.
    pub(super) fn is_in_place(&self) -> bool {
        let found = std::fs::symlink_metadata(&self.path);
        found
            .ok()
            .zip(self.file.metadata().ok())
            .is_some_and(|(found, ours)| (found.dev(), found.ino()) == (ours.dev(), ours.ino()))
    }

    /// The lock file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The process that the holder wrote down, if it still runs.
fn holder(file: &mut File) -> Option<i32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    let process: i32 = text.trim().parse().ok()?;
    let alive = match test_kill_process(Pid::from_raw(process)?) {
        Ok(()) => true,
        Err(error) => error == rustix::io::Errno::PERM,
    };
    // A number is given to another process sooner or later.
    let name = std::fs::read_to_string(format!("/proc/{process}/comm"));
    (alive && name.map_or(true, |name| name.starts_with("zwfw"))).then_some(process)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_lock_is_refused_until_the_first_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store.sqlite3");
        let first = Lock::take(&store).unwrap();
        let refused = Lock::take(&store).unwrap_err();
        assert!(matches!(&refused, LockError::Held { .. }));
        assert!(refused.to_string().contains(&format!("process {}", std::process::id())), "{refused}");
        drop(first);
        Lock::take(&store).unwrap();
    }
}
