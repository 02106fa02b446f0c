//! A backup: the whole store as of one moment, made while the daemon writes on, and read again before it has its name.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::holders::beside;
use super::{Store, StoreError};

/// It holds every letter: for whoever made it alone, whatever the umask.
const MODE: u32 = 0o600;
/// Pages of one step.
const PAGES: i32 = 2_000;

/// Why there is no backup. Nothing is left of it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A backup is written over nothing.
    #[error("{} is there already, and a backup overwrites nothing: choose another name, or take the file away", .0.display())]
    Exists(PathBuf),
    /// The file or its folder cannot be used.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// SQLite cannot write it.
    #[error("{}: {source}", path.display())]
    Written {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        source: rusqlite::Error,
    },
    /// Read again, it is not what was written.
    #[error("{}: the copy is damaged ({found}), and so is the store or this disk: keep the backups before it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found first.
        found: String,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backed {
    /// Its size.
    pub bytes: u64,
    /// Letters with a number.
    pub submissions: i64,
    /// The end of its event log, for `verify --head`.
    pub head: Option<String>,
}

impl Store {
    /// Makes a backup under this name; `told` hears how many pages of how many are written.
    ///
    /// # Errors
    /// Then nothing stands at its place that did not stand there before.
    pub fn backup(&self, to: &Path, mut told: impl FnMut(i32, i32)) -> Result<Backed, BackupError> {
        let io = |source| BackupError::Io { path: to.to_path_buf(), source };
        if std::fs::symlink_metadata(to).is_ok() {
            return Err(BackupError::Exists(to.to_path_buf()));
        }
        let made = beside(to, ".part");
        // What one left that was killed.
        remove(&made).map_err(io)?;
        let backed = self.write_backup(&made, &mut told).and_then(|backed| {
            // Unlike a rename, a link takes nobody's place.
            std::fs::hard_link(&made, to).map_err(|source| match source.kind() {
                ErrorKind::AlreadyExists => BackupError::Exists(to.to_path_buf()),
                _ => io(source),
            })?;
            Ok(backed)
        });
        remove(&made).ok();
        if backed.is_ok() {
            let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()).map_err(io)?;
        }
        backed
    }

    fn write_backup(&self, made: &Path, told: &mut impl FnMut(i32, i32)) -> Result<Backed, BackupError> {
        let written = |source| BackupError::Written { path: made.to_path_buf(), source };
        let io = |source| BackupError::Io { path: made.to_path_buf(), source };
        let file =
            File::options().read(true).write(true).create_new(true).mode(MODE).open(made).map_err(io)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut copy = Connection::open_with_flags(made, flags).map_err(written)?;
        // One moment: without it each letter that is filed meanwhile would have SQLite begin anew.
        let moment = self.connection.unchecked_transaction().map_err(StoreError::from)?;
        moment.query_row("SELECT count(*) FROM fact", [], |_| Ok(())).map_err(StoreError::from)?;
        {
            let backup = Backup::new(&self.connection, &mut copy).map_err(written)?;
            loop {
                match backup.step(PAGES).map_err(written)? {
                    StepResult::Done => break,
                    StepResult::More => {
                        let progress = backup.progress();
                        told(progress.pagecount - progress.remaining, progress.pagecount);
                    }
                    // Busy or locked: somebody else's turn.
                    _ => std::thread::sleep(Duration::from_millis(50)),
                }
            }
        }
        drop(moment);
        // One file that is whole by itself, on any disk.
        copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(written)?;
        let found: String =
            copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(written)?;
        if found != "ok" {
            return Err(BackupError::Damaged { path: made.to_path_buf(), found });
        }
        let count = |sql: &str| copy.query_row(sql, [], |row| row.get(0)).map_err(written);
        let submissions = count("SELECT count(*) FROM submission")?;
        let head =
            copy.query_row("SELECT hash FROM event ORDER BY id DESC LIMIT 1", [], |row| row.get(0)).ok();
        copy.close().map_err(|(_, source)| written(source))?;
        file.sync_all().map_err(io)?;
        let bytes = file.metadata().map_err(io)?.len();
        Ok(Backed { bytes, submissions, head })
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
