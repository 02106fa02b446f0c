//! Is this file ours, and of which version? Creation and migrations.

use std::io::Read;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::{Result, StoreError};
use crate::mail::rfc3339_utc;

/// `zwfw` in ASCII: SQLite's `application_id`, byte 68 of the file.
const APPLICATION_ID: u32 = 0x7A77_6677;
/// The schema this program writes: SQLite's `user_version`, byte 60 of the file.
const VERSION: u32 = 1;
const SCHEMA: &str = include_str!("schema.sql");

/// Looks at the file's first 100 bytes without opening it as a database, so that a file that is not ours
/// is not even locked. `false`: there is no file, or an empty one.
///
/// Not while this process has the store open: closing the file drops every POSIX lock that the process holds on it,
/// SQLite's among them (<https://sqlite.org/howtocorrupt.html>, section 2.2).
pub(super) fn is_ours(path: &Path) -> Result<bool> {
    let io = |source| StoreError::Io { path: path.to_path_buf(), source };
    let mut header = Vec::with_capacity(100);
    match std::fs::File::open(path) {
        Ok(file) => {
            file.take(100).read_to_end(&mut header).map_err(io)?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(io(error)),
    }
    if header.is_empty() {
        return Ok(false);
    }
    let foreign = |found: &str| StoreError::Foreign { path: path.to_path_buf(), found: found.to_owned() };
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(foreign("not an SQLite file"));
    }
    let big_endian = |at: usize| {
        header.get(at..at + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()).map_or(0, u32::from_be_bytes)
    };
    if big_endian(68) != APPLICATION_ID {
        return Err(foreign("an SQLite file of another program"));
    }
    newer(path, big_endian(60))?;
    Ok(true)
}

fn newer(path: &Path, found: u32) -> Result<()> {
    if found > VERSION {
        return Err(StoreError::Newer { path: path.to_path_buf(), found, known: VERSION });
    }
    Ok(())
}

/// Writes the schema into an empty file, in rollback-journal mode so that the mark of ownership stands in the
/// file itself from the first commit on.
pub(super) fn create(connection: &mut Connection, now: Timestamp) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    // Two programs may have found the file empty at once; the second finds it made.
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        transaction.execute_batch(SCHEMA)?;
        transaction.execute("INSERT INTO fact (key, value) VALUES ('created_at', ?1)", [rfc3339_utc(now)])?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    Ok(transaction.commit()?)
}

/// Checks the version once more through the database itself (the file's header can lag behind its WAL).
pub(super) fn check_version(path: &Path, connection: &Connection) -> Result<u32> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    newer(path, version)?;
    Ok(version)
}

/// Brings an older schema up to date. Version 1 is the first: there is nothing to do yet.
pub(super) fn migrate(path: &Path, connection: &mut Connection) -> Result<()> {
    check_version(path, connection).map(|_| ())
}
