//! One daemon per store.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// The lock could not be taken.
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
    _file: File,
}

impl Lock {
    /// Takes the lock of a store: an advisory lock on a file of its own, since SQLite locks the store itself.
    pub(super) fn take(store: &Path) -> Result<Self, LockError> {
        let mut name = store.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let io = |source| LockError::Io { path: path.clone(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        let mut file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {
                // For people; the lock is the kernel's, whatever stands here.
                let process = format!("{}\n", std::process::id());
                // A full disk must not keep a daemon from starting.
                file.set_len(0).and_then(|()| file.write_all(process.as_bytes())).ok();
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                Err(LockError::Held { store: store.to_path_buf(), holder: holder(&mut file) })
            }
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }
}

/// `process 1234`, as the holder wrote it down.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(20).read_to_string(&mut text);
    match read.ok().and_then(|_| text.trim().parse::<u32>().ok()) {
        Some(process) => format!("process {process}"),
        None => "process unknown".to_owned(),
    }
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
