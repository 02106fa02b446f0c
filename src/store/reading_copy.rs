//! The reading copy: what the views show as ordinary tables of one small file, for staff and whatever tool they have.
//!
//! It is written beside its place and renamed into it, so that whoever has the old one open keeps it whole. It is no store: nothing is
//! read back from it. docs/decisions/0034-reading-copy.md has the reasons.

use std::fs::{File, Permissions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params_from_iter};

use super::holders::beside;
use super::schema::{self, Kind};
use super::wal::UnderWay;
use super::{Store, StoreError};
use crate::crash::{self, Step};

/// `zwfr` in ASCII, SQLite's `application_id`: no other file is written over.
const APPLICATION_ID: u32 = 0x7A77_6672;
/// While it is written; and for its readers, who are the group of its folder.
const WRITTEN: u32 = 0o600;
const MADE: u32 = 0o640;
/// How many steps of SQLite pass before it is asked whether to stop.
const STEPS: std::ffi::c_int = 10_000;

/// Why no reading copy was made; the one before stays.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Something else is at its place.
    #[error(
        "{0} is no reading copy: nothing was written over it; name another store.reading_copy, or take the file away"
    )]
    Foreign(PathBuf),
    /// The readers could not read it.
    #[error("{folder} is of a group that this user cannot give a file to ({source}): chmod g+s {folder}")]
    Group {
        /// The folder.
        folder: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// The file or its folder cannot be used.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// SQLite cannot write it.
    #[error("{path}: {source}")]
    Written {
        /// The file.
        path: PathBuf,
        /// SQLite's words.
        source: rusqlite::Error,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for CopyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl CopyError {
    /// Whether it was asked to stop.
    pub fn is_stopped(&self) -> bool {
        let Self::Store(StoreError::Sqlite(error)) = self else { return false };
        error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted)
    }
}

impl Store {
    /// Lets go of whatever is being read as soon as this says so.
    ///
    /// # Errors
    /// SQLite's own.
    pub fn read_until(&mut self, stopping: impl Fn() -> bool + Send + 'static) -> Result<(), StoreError> {
        Ok(self.connection.progress_handler(STEPS, Some(stopping))?)
    }

    /// Makes the reading copy anew at this path: all of it as of one moment. Nobody who writes the store waits for it.
    ///
    /// # Errors
    /// Then the copy before stays as it was, and nothing is left beside it.
    pub fn copy_for_reading(&self, to: &Path, masked: bool) -> Result<(), CopyError> {
        let io = |source| CopyError::Io { path: to.to_path_buf(), source };
        let _under_way = UnderWay::begin();
        let _turn = turn(to);
        self.may_be_written_over(to)?;
        let made = beside(to, ".tmp");
        // What a writer left that was killed.
        remove(&made).map_err(io)?;
        let copied = self.write_copy(&made, masked).and_then(|()| publish(&made, to));
        if copied.is_err() {
            // A full disk has its room back.
            remove(&made).ok();
        }
        copied
    }

    /// Neither the store nor anything else that is not ours: no file is opened before it is known not to be the store.
    fn may_be_written_over(&self, to: &Path) -> Result<(), CopyError> {
        let io = |source| CopyError::Io { path: to.to_path_buf(), source };
        let foreign = || Err(CopyError::Foreign(to.to_path_buf()));
        let found = match std::fs::metadata(to) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(io(error)),
        };
        let is_store = std::fs::metadata(self.wal.store())
            .is_ok_and(|store| (store.dev(), store.ino()) == (found.dev(), found.ino()));
        if is_store || !found.is_file() {
            return foreign();
        }
        let mut header = Vec::with_capacity(72);
        File::open(to).and_then(|file| file.take(72).read_to_end(&mut header)).map_err(io)?;
        let is_ours =
            header.starts_with(b"SQLite format 3\0") && header.ends_with(&APPLICATION_ID.to_be_bytes());
        if header.is_empty() || is_ours { Ok(()) } else { foreign() }
    }

    fn write_copy(&self, made: &Path, masked: bool) -> Result<(), CopyError> {
        let written = |source| CopyError::Written { path: made.to_path_buf(), source };
        let created = File::options().write(true).create_new(true).mode(WRITTEN).open(made);
        created.map_err(|source| CopyError::Io { path: made.to_path_buf(), source })?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let copy = Connection::open_with_flags(made, flags).map_err(written)?;
        // A file that is thrown away when anything fails needs no journal; it is synced once, when it is whole.
        let begin = format!(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA application_id = {APPLICATION_ID}; BEGIN"
        );
        copy.execute_batch(&begin).map_err(written)?;
        let _one_moment = self.connection.unchecked_transaction()?;
        let page = schema::reading_copy();
        let last = schema::views().len();
        for (index, view) in schema::views().iter().enumerate() {
            // The dictionary is the last: it explains the others, and is no view of the record.
            let numbered = index + 1 < last;
            let table = if numbered { format!("{:02}{}", index + 1, view.name) } else { view.name.clone() };
            let columns: Vec<(&str, Kind)> =
                view.column.iter().map(|column| (column.name.as_str(), column.kind)).collect();
            let mut insert = create(&copy, &table, &columns).map_err(written)?;
            self.each_row(
                &view.name,
                masked,
                |_| {},
                |cells| insert.execute(params_from_iter(cells)).map(drop).map_err(written),
            )?;
            if numbered {
                // A name that begins with a digit has to be quoted in SQL; this one has not.
                let alias = format!("CREATE VIEW \"{}\" AS SELECT * FROM \"{table}\"", view.name);
                copy.execute_batch(&alias).map_err(written)?;
            }
            if numbered && columns.iter().any(|(name, _)| *name == page.numbered) {
                let index = format!("CREATE INDEX \"{table}.{0}\" ON \"{table}\" (\"{0}\")", page.numbered);
                copy.execute_batch(&index).map_err(written)?;
            }
        }
        let columns = page.columns.each_ref().map(|name| (name.as_str(), Kind::Text));
        let mut insert = create(&copy, &page.notes, &columns).map_err(written)?;
        let mut made_now = self.connection.prepare(&schema::notes())?;
        let mut rows = made_now.query([masked])?;
        while let Some(row) = rows.next()? {
            let (name, note): (String, String) = (row.get(0)?, row.get(1)?);
            insert.execute([name, note]).map_err(written)?;
        }
        for told in &page.told {
            insert.execute(told.each_ref()).map_err(written)?;
        }
        drop(insert);
        copy.execute_batch("COMMIT").map_err(written)?;
        copy.close().map_err(|(_, source)| written(source))
    }
}

/// Makes a table that any SQLite reads, and what fills it.
fn create<'c>(
    copy: &'c Connection,
    table: &str,
    columns: &[(&str, Kind)],
) -> rusqlite::Result<rusqlite::Statement<'c>> {
    let kind = |kind| match kind {
        Kind::Text => "TEXT",
        Kind::Integer => "INTEGER",
        Kind::Real => "REAL",
    };
    let typed: Vec<String> = columns.iter().map(|(name, of)| format!("\"{name}\" {}", kind(*of))).collect();
    copy.execute_batch(&format!("CREATE TABLE \"{table}\" ({})", typed.join(", ")))?;
    let values = vec!["?"; columns.len()].join(", ");
    copy.prepare(&format!("INSERT INTO \"{table}\" VALUES ({values})"))
}

/// The folder that a copy stands in.
fn folder_of(to: &Path) -> &Path {
    to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// One at a time, daemon or command: a copy of an older moment, which may hold what was erased since, is never put over a newer one.
/// Where the system locks no folders, whoever comes last wins.
fn turn(to: &Path) -> Option<File> {
    let folder = File::open(folder_of(to)).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

/// Puts the whole file in the place of the one before.
fn publish(made: &Path, to: &Path) -> Result<(), CopyError> {
    let io = |source| CopyError::Io { path: to.to_path_buf(), source };
    let folder = folder_of(to);
    let file = File::options().read(true).write(true).open(made).map_err(io)?;
    let group = std::fs::metadata(folder).map_err(io)?.gid();
    if file.metadata().map_err(io)?.gid() != group {
        fchown(&file, None, Some(group))
            .map_err(|source| CopyError::Group { folder: folder.display().to_string(), source })?;
    }
    file.set_permissions(Permissions::from_mode(MADE)).map_err(io)?;
    file.sync_all().map_err(io)?;
    crash::here(Step::Copied);
    std::fs::rename(made, to).map_err(io)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
