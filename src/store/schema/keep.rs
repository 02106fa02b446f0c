//! What opening a store did to its schema, and the copy that is kept of one of an older version.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::store::holders::beside;
use crate::store::{Result, StoreError};

/// It holds every letter: for whoever made it alone.
const MODE: u32 = 0o600;
/// Pages of one step.
const PAGES: i32 = 2_000;

/// What opening did to the schema.
#[derive(Debug, Default)]
pub struct Brought {
    /// From which version it was brought to today's.
    pub migrated: Option<Migrated>,
    /// Views, indexes and triggers that were missing and were made again: somebody took them away.
    pub mended: Vec<String>,
}

/// A store that an older program left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// Its version.
    pub from: u32,
    /// The copy of it as it was.
    pub copy: PathBuf,
}

/// Copies the store of an older version to its side, for whoever has to go back to the program before. Nothing was changed yet: where
/// there is no room, the store stays as it is.
pub(super) fn keep(path: &Path, connection: &Connection, version: u32) -> Result<PathBuf> {
    let copy = beside(path, &format!(".schema-{version}"));
    let made = beside(&copy, ".part");
    let written = write(connection, &made).and_then(|()| fs::rename(&made, &copy).map_err(io(&copy)));
    if written.is_err() {
        remove(&made).ok();
    }
    written.map(|()| copy)
}

fn write(connection: &Connection, made: &Path) -> Result<()> {
    // What one left that was killed.
    remove(made).map_err(io(made))?;
    let file = File::options().write(true).create_new(true).mode(MODE).open(made).map_err(io(made))?;
    let mut to = Connection::open(made)?;
    Backup::new(connection, &mut to)?.run_to_completion(PAGES, Duration::from_millis(50), None)?;
    // One file that is whole by itself.
    to.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    to.close().map_err(|(_, error)| error)?;
    file.sync_all().map_err(io(made))
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |source| StoreError::Io { path, source }
}
