//! Out of the file itself: SQLite leaves what was deleted in free pages and in the log until something is written over it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::store::holders::{Holder, Locks, beside};
use crate::store::{Result, Store};

/// Another store, or a log that was set aside.
fn holds_letters(path: &Path) -> bool {
    let mut begins = [0; 16];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut begins));
    read.is_ok()
        && (begins == *b"SQLite format 3\0" || path.extension().is_some_and(|end| end == "set-aside"))
}

/// What of the store's files was made anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Swept {
    /// Who reads from the log and keeps it from being emptied; the log may hold what was erased until he has left.
    pub readers: Vec<Holder>,
    /// Whether the log is empty.
    pub log_is_empty: bool,
    /// Other stores beside this one, which hold what this one held: `restore` keeps the old one.
    pub beside: Vec<PathBuf>,
}

impl Store {
    /// Writes the file anew, without free pages, and empties the log. It takes as long as a backup does, and as much room; nobody
    /// else writes meanwhile.
    ///
    /// # Errors
    /// When the disk is full or fails, or another program holds the store. What was committed stays committed.
    pub fn sweep(&mut self) -> Result<Swept> {
        self.in_place()?;
        // What is moved within a page is written over too.
        self.connection.pragma_update(None, "secure_delete", true)?;
        // What was taken out of the index stands in it until its parts are joined.
        self.connection.execute("INSERT INTO search_index (search_index) VALUES ('optimize')", [])?;
        self.connection.execute_batch("VACUUM")?;
        let busy: i64 = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        let log_is_empty = busy == 0 && self.wal_bytes() == 0;
        let locks = Locks::of(&self.wal.store()).filter(|_| !log_is_empty);
        let readers = locks.map_or_else(Vec::new, |locks| locks.readers());
        Ok(Swept { readers, log_is_empty, beside: self.others_beside() })
    }

    fn others_beside(&self) -> Vec<PathBuf> {
        let store = self.wal.store();
        let own = ["", "-wal", "-shm"].map(|suffix| beside(&store, suffix));
        let Some((folder, name)) = store.parent().zip(store.file_name()) else { return Vec::new() };
        let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                let found = path.file_name().map(OsStr::as_encoded_bytes).unwrap_or_default();
                found.starts_with(name.as_encoded_bytes()) && !own.contains(path) && holds_letters(path)
            })
            .collect();
        found.sort();
        found
    }
}
