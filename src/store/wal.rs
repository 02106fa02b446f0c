//! The write-ahead log: how large it is, and how it becomes small again.
//!
//! SQLite moves the log into the file by itself once it has 1,000 pages, and begins it anew when nobody reads from it.
//! A reader that stays in one transaction prevents that, and so do many short ones of which one is always there: the
//! log then grows by everything that is written. Nothing is lost and nobody waits, but the disk fills. So the daemon
//! moves it by hand when it has grown: it waits a moment for readers to leave, and says how large the log is when one
//! does not.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::holders::{Holder, beside};
use super::{Result, Store};

/// How long a writer waits for another one before the attempt counts as a temporary failure.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a look waits for a writer: longer than a batch takes to be written.
pub(super) const PROBED: Duration = Duration::from_secs(5);

/// A log that was moved into the file keeps this much space on the disk, in bytes, so as not to be made anew each time.
pub(super) const KEPT_BYTES: i64 = 8 << 20;
/// A log that grew by this many bytes is moved by hand: twice what SQLite lets it grow to where nobody reads.
const STEP_BYTES: u64 = 8 << 20;
/// How long the move waits for readers when the log has doubled since it last met one: longer than most of them take, and a
/// fraction of what lies between two looks into the mailbox, for nothing is filed meanwhile.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long it waits at the end of every pass.
const GLANCE: Duration = Duration::from_millis(100);

/// How many reading copies this process is making: their readers stay for as long as they take, and no filing waits for them.
static COPYING: AtomicUsize = AtomicUsize::new(0);

/// A reading copy under way.
pub(super) struct UnderWay(());

impl UnderWay {
    pub(super) fn begin() -> Self {
        COPYING.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        COPYING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What is worth saying about the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalNews {
    /// It passed the size to warn of, or doubled since: somebody reads in one long transaction. Bytes, and who.
    Large(u64, Vec<Holder>),
    /// It was large, and is moved into the file. Bytes before.
    Emptied(u64),
}

/// The log's size through time.
#[derive(Debug)]
pub(super) struct Wal {
    store: PathBuf,
    path: PathBuf,
    /// The size at which to try again.
    next_attempt_bytes: u64,
    /// The size to warn of.
    warning_bytes: u64,
    /// The size last warned of; zero when all is well.
    warned_bytes: u64,
}

impl Wal {
    pub(super) fn of(store: &Path) -> Self {
        Self {
            store: store.to_path_buf(),
            path: beside(store, "-wal"),
            next_attempt_bytes: STEP_BYTES,
            warning_bytes: u64::MAX,
            warned_bytes: 0,
        }
    }

    /// The store's own path.
    pub(super) fn store(&self) -> PathBuf {
        self.store.clone()
    }

    fn bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }
}

impl Store {
    /// Sets the size of the write-ahead log to warn of, in bytes.
    pub fn warn_of_wal(&mut self, bytes: u64) {
        self.wal.warning_bytes = bytes;
    }

    /// Size of the write-ahead log, in bytes.
    pub fn wal_bytes(&self) -> u64 {
        self.wal.bytes()
    }

    /// Moves the log into the file if it has grown, after a batch; `pass_ended`: also if an earlier attempt met a reader.
    /// `Some`: what the operator should hear.
    ///
    /// # Errors
    /// When the disk fails. What was committed stays committed.
    pub fn relieve_wal(&mut self, pass_ended: bool) -> Result<Option<WalNews>> {
        if self.is_replaced() || COPYING.load(Ordering::Relaxed) > 0 {
            return Ok(None);
        }
        let before = self.wal.bytes();
        let doubled = before >= self.wal.next_attempt_bytes;
        if doubled || (pass_ended && before >= STEP_BYTES) {
            self.connection.busy_timeout(if doubled { PATIENCE } else { GLANCE })?;
            // A reader in the way is an answer here (its first column), not an error.
            let moved = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            self.connection.busy_timeout(BUSY_TIMEOUT)?;
            moved?;
        }
        let after = self.wal.bytes();
        if doubled || after < STEP_BYTES {
            self.wal.next_attempt_bytes = STEP_BYTES.max(after * 2);
        }
        if after >= self.wal.warning_bytes.max(self.wal.warned_bytes * 2) {
            self.wal.warned_bytes = after;
            return Ok(Some(WalNews::Large(after, self.readers())));
        }
        if self.wal.warned_bytes > 0 && after < STEP_BYTES {
            self.wal.warned_bytes = 0;
            return Ok(Some(WalNews::Emptied(before)));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_copy_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let mut store = Store::open(&path, "2024-03-12T02:00:00Z".parse().unwrap()).unwrap();
        let reader = rusqlite::Connection::open(&path).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM fact").unwrap();
        let large = "INSERT INTO message (id, sha256, raw, size_bytes) VALUES (1, 'x', zeroblob(9 << 20), 1)";
        store.connection.execute_batch(large).unwrap();
        let copying = UnderWay::begin();
        assert_eq!(store.relieve_wal(false).unwrap(), None);
        assert_eq!(store.wal.next_attempt_bytes, STEP_BYTES, "it was not tried");
        drop(copying);
        assert_eq!(store.relieve_wal(false).unwrap(), None);
        assert!(store.wal.next_attempt_bytes > STEP_BYTES, "a reader was met");
        reader.execute_batch("COMMIT").unwrap();
        store.relieve_wal(true).unwrap();
        assert_eq!(store.wal_bytes(), 0);
    }
}
