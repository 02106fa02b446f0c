//! Whether the store's files are still those that are open.
//!
//! Whoever renames, removes or overwrites the file under a running daemon leaves it with a file that nobody will see again:
//! letters filed there are lost, and answered all the same. SQLite does not look (<https://sqlite.org/howtocorrupt.html>,
//! sections 1 and 2). So the daemon compares before every transaction, and ends where something differs.
//!
//! What is committed stays wherever that is possible: the log goes into the file it belongs to before the daemon ends, and
//! a log that belongs to another file than the one at the path is put beside it, for the next program that opens the file
//! would mix the two.

use std::fs::{File, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::holders::{self, Holder, beside};
use super::wal;
use super::{Result, Store, StoreError};
use crate::vocabulary::StoreFault;
use crate::world::user_name;

/// How long moving the log into the file waits for readers before the daemon ends.
const PATIENCE: Duration = Duration::from_secs(2);

/// What became of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// Nothing is at the path any more.
    Gone,
    /// Another file is at the path.
    Other,
    /// The write-ahead log, or its index, was removed or is another file.
    Log,
    /// Somebody wrote another content into the file.
    Overwritten,
}

impl std::fmt::Display for Replaced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Gone => "was renamed or removed",
            Self::Other => "was replaced by another file",
            Self::Log => "lost its -wal or -shm file",
            Self::Overwritten => "was overwritten",
        })
    }
}

/// The files as they were opened. They stay open as long as the connection, and are closed after it: closing a file drops
/// every POSIX lock that the process holds on it, SQLite's among them.
#[derive(Debug)]
pub(super) struct Watch {
    path: PathBuf,
    main: File,
    /// The write-ahead log and its index.
    beside: [(PathBuf, File); 2],
    seen: Content,
    replaced: Option<Replaced>,
}

/// What tells an overwritten file from one into which SQLite has moved its log: SQLite notes in the index how far it moves
/// before it touches the file, and how far it moved afterwards (<https://sqlite.org/walformat.html>, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Content {
    bytes: u64,
    header: [u8; 100],
    moves: Moves,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moves {
    salts: [u8; 8],
    moved: [u8; 4],
    begun: [u8; 4],
}

impl Moves {
    fn of(index: &File) -> std::io::Result<Self> {
        Ok(Self { salts: read(index, 32)?, moved: read(index, 96)?, begun: read(index, 128)? })
    }
}

impl Content {
    fn of(main: &File, index: &File) -> std::io::Result<Self> {
        let mut moves = Moves::of(index)?;
        loop {
            let (bytes, header) = (main.metadata()?.len(), read(main, 0)?);
            let after = std::mem::replace(&mut moves, Moves::of(index)?);
            // Another process moved meanwhile.
            if after == moves {
                return Ok(Self { bytes, header, moves });
            }
        }
    }

    /// Whether the file is another one now although nothing was moved.
    fn overwritten_by(&self, now: &Self) -> bool {
        let at_rest = self.moves.moved == self.moves.begun;
        at_rest && self.moves == now.moves && (self.bytes, self.header) != (now.bytes, now.header)
    }
}

/// So many bytes of a file; zeros behind its end.
fn read<const N: usize>(file: &File, at: u64) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    match file.read_exact_at(&mut bytes, at) {
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => Err(error),
        _ => Ok(bytes),
    }
}

/// Whether a path leads to this very file.
fn is_at(path: &Path, file: &File) -> std::io::Result<Found> {
    let same = |found: &Metadata, open: &Metadata| (found.dev(), found.ino()) == (open.dev(), open.ino());
    match std::fs::metadata(path) {
        Ok(found) if same(&found, &file.metadata()?) => Ok(Found::Same),
        Ok(_) => Ok(Found::Other),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Found::Nothing),
        Err(error) => Err(error),
    }
}

#[derive(PartialEq)]
enum Found {
    Same,
    Other,
    Nothing,
}

impl Watch {
    fn look(&mut self) -> std::io::Result<Option<Replaced>> {
        match is_at(&self.path, &self.main)? {
            Found::Same => {}
            Found::Other => return Ok(Some(Replaced::Other)),
            Found::Nothing => return Ok(Some(Replaced::Gone)),
        }
        for (path, file) in &self.beside {
            if is_at(path, file)? != Found::Same {
                return Ok(Some(Replaced::Log));
            }
        }
        let [_, (_, index)] = &self.beside;
        let now = Content::of(&self.main, index)?;
        let before = std::mem::replace(&mut self.seen, now);
        Ok(before.overwritten_by(&now).then_some(Replaced::Overwritten))
    }

    /// Saves what can be saved. Failures are no further harm: the store is lost to this process already.
    fn leave(&self, connection: &Connection, replaced: Replaced) {
        let [(log_path, log), _] = &self.beside;
        let ours_is_there = || matches!(is_at(log_path, log), Ok(Found::Same));
        let foreign_log = !ours_is_there() && std::fs::metadata(log_path).is_ok_and(|found| found.len() > 0);
        let may_move = match replaced {
            // Into the file that it belongs to, wherever that is now.
            Replaced::Gone | Replaced::Other => true,
            // Unless somebody has written into the file without it: then the two would be mixed.
            Replaced::Log => !foreign_log,
            Replaced::Overwritten => false,
        };
        let moved = may_move
            && connection.busy_timeout(PATIENCE).is_ok()
            && connection
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))
                .is_ok_and(|busy| !busy);
        if !moved {
            let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        }
        if replaced != Replaced::Log && ours_is_there() && log.metadata().is_ok_and(|found| found.len() > 0) {
            let _ = std::fs::rename(log_path, beside(&self.path, "-wal.set-aside"));
        }
    }
}

/// Why whoever may not write the folder cannot read a store in WAL mode: the service makes the files that are missing.
pub(super) fn explained(path: &Path, error: StoreError) -> StoreError {
    let is_missing = |suffix: &&str| {
        std::fs::metadata(beside(path, suffix)).is_err_and(|error| error.kind() == ErrorKind::NotFound)
    };
    match ["-shm", "-wal"].into_iter().find(is_missing) {
        Some(missing) if error.fault() == StoreFault::NotAllowed => {
            StoreError::NotRunning { path: path.to_path_buf(), missing }
        }
        _ => error,
    }
}

/// Refuses to make a store in a folder of another user. Root's own folders are no other user's: `/tmp`, and those in
/// which systemd has yet to make the service's.
pub(super) fn may_make(path: &Path) -> Result<()> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let found = path.ancestors().skip(1).find_map(|folder| Some((folder, std::fs::metadata(folder).ok()?)));
    let us = rustix::process::geteuid().as_raw();
    match found {
        Some((folder, metadata)) if ![0, us].contains(&metadata.uid()) => Err(StoreError::OthersFolder {
            folder: folder.to_path_buf(),
            owner: user_name(metadata.uid()),
            us: user_name(us),
            path,
        }),
        _ => Ok(()),
    }
}

impl Store {
    /// Compares the files at the store's path with the open ones from now on, before every transaction. For whoever has the
    /// store open for long.
    ///
    /// # Errors
    /// When the files cannot be opened.
    pub fn watch(&mut self) -> Result<()> {
        let path = self.wal.store();
        let io = |path: &Path| {
            let path = path.to_path_buf();
            move |source| StoreError::Io { path, source }
        };
        // The first look into the log makes it.
        self.connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        let open = |path: PathBuf| {
            let file = File::open(&path).map_err(io(&path))?;
            Ok::<_, StoreError>((path, file))
        };
        let (path, main) = open(path)?;
        let beside = [open(beside(&path, "-wal"))?, open(beside(&path, "-shm"))?];
        let [_, (_, index)] = &beside;
        let seen = Content::of(&main, index).map_err(io(&path))?;
        self.watch = Some(Watch { path, main, beside, seen, replaced: None });
        Ok(())
    }

    /// Who reads from the log for long, where the store is watched.
    pub(super) fn readers(&self) -> Vec<Holder> {
        let index = self.watch.as_ref().map(|watch| &watch.beside[1].1);
        index.map_or_else(Vec::new, holders::readers)
    }

    /// Whether the files were found not to be those that are open.
    pub(super) fn is_replaced(&self) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.replaced.is_some())
    }

    /// Whether the store's files are still those that are open, if it is watched.
    ///
    /// # Errors
    /// [`StoreError::Replaced`] when they are not, for good; when nobody can tell.
    pub fn in_place(&mut self) -> Result<()> {
        let Some(watch) = &mut self.watch else { return Ok(()) };
        if watch.replaced.is_none() {
            let look = watch.look().map_err(|source| StoreError::Io { path: watch.path.clone(), source })?;
            if let Some(replaced) = look {
                watch.replaced = look;
                watch.leave(&self.connection, replaced);
                self.connection.busy_timeout(wal::BUSY_TIMEOUT)?;
            }
        }
        match watch.replaced {
            None => Ok(()),
            Some(what) => Err(StoreError::Replaced { path: watch.path.clone(), what }),
        }
    }
}
