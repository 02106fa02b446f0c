//! All SQL: one SQLite file, opened, checked, migrated, read and written here and nowhere else.
//!
//! The rules that the rest of the program relies on:
//! - WAL with `synchronous = FULL`: a power cut after COMMIT returned loses nothing (measured: WAL with
//!   `NORMAL` and a rollback journal with `FULL` both do lose).
//! - One writer: every write is a `BEGIN IMMEDIATE` transaction with a busy timeout, so that two handles queue
//!   instead of failing half-way.
//! - Unique keys, not checks in code, make filing and acknowledging idempotent.
//! - Times are RFC 3339 UTC text, lists are JSON text, words are those of [`crate::vocabulary`].
//! - `-wal` and `-shm` stay when a handle closes (`SQLITE_FCNTL_PERSIST_WAL`): staff who may not write the folder open the file.

mod awaiting;
mod backup;
mod columns;
pub(crate) mod corrections;
#[cfg(test)]
mod cost;
mod erasure;
mod evidence;
mod facts;
mod filing;
mod holders;
mod mailbox;
mod notices;
mod outbox;
mod place;
mod read;
mod reading_copy;
mod reasons;
mod replay;
mod restore;
mod schema;
mod search;
mod staff;
mod wal;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, FileControl, OpenFlags, TransactionBehavior};

use crate::vocabulary::StoreFault;
pub use backup::{Backed, BackupError};
pub use columns::{Change, Columns};
pub use erasure::{AlsoHeld, Aside, Departure, ERASABLE, Erasable, Erased, Eraser, Swept, Traces, Wordings};
use evidence::Session;
pub use evidence::{Difference, Head, Inconsistency, InconsistencyKind, Look, Mismatch, Verified};
pub use facts::Fact;
pub(crate) use filing::Given;
pub use filing::{
    Answer, Compressed, Filed, KnownMessage, LookUp, MOST_PRECEDENTS, Membership, NewAcknowledgement,
    NewEntry, NewFiling, NewMessage, NumbersOfOthers, Place, Precedents, Recall, RelationRow, Unplaced,
    compress, rows, words,
};
pub use holders::{Holder, Locks, held_by, holder_of_whole};
pub use mailbox::{FolderPass, FolderRecord, Gap, KeptUnder, KnownEntry, NamedRow};
pub use outbox::{Bounced, OutboxRow, Queued, Undecided, Withheld};
pub use place::Replaced;
pub use read::Counts;
pub use reading_copy::CopyError;
pub(crate) use replay::{Kept, KeptSubmission, Original};
pub use restore::{RestoreError, Restored, Restoring};
pub use schema::{Brought, Migrated, VERSION};
pub use staff::{
    AcknowledgementRow, AdoptionUndone, Arranged, Arrangement, CLOSE_UNDONE, CLOSED, Cell, ChainedEvent,
    Closing, Completeness, Corrected, CorrectionRow, Decided, Decision, Destination, Done, EventRow,
    Explained, ExplainedMessage, Figures, FileRow, FiledMessage, Filter, GroupFigures, GroupedItem,
    ImportedRow, LastMove, Letters, ListFilter, ListRow, Movable, Moved, NewCorrection, NotEntered,
    NotOursRow, Noted, NumberedAnswer, OpinionRow, Outcomes, Personal, Scope, Sheet, Shown, Standing,
    StoreStatus, Study, SupplementDetails, SupplementRow, Undone, UnitLetter, WorkbookRow, group_field,
};
use wal::BUSY_TIMEOUT;
pub use wal::WalNews;

/// An open store.
#[derive(Debug)]
pub struct Store {
    /// Closed before the connection: the last one to close leaves the log to those who only read. `None`: nothing is sealed.
    session: Option<Session>,
    connection: Connection,
    wal: wal::Wal,
    /// What the file is called, and SQLite's count of changes of its schema when it was last compared with ours; `None` in a
    /// store that is not written to, or nobody else's.
    compared: Option<(PathBuf, i64)>,
    /// What opening it did to its schema.
    brought: Brought,
    /// Behind the connection: its files are closed after it.
    watch: Option<place::Watch>,
}

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is something else; it was not touched.
    #[error("{path} is not a zwfw-intake store ({found}); name another store.path, nothing was changed")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        found: String,
    },
    /// A newer program wrote the file; it was not touched.
    #[error(
        "{path} was written by a newer zwfw-intake (schema {found}, this program knows {known}); install that version, nothing was changed"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// An older program wrote the file, and whoever only reads cannot bring it up to date.
    #[error(
        "{path} was written by an older zwfw-intake (schema {found}, this program knows {known}); start the service once, or `run --once`, as its own user: that brings it up to date"
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The file does not exist and may not be created here.
    #[error("{path}: there is no store yet; `init` makes one")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Somebody changed what the program works with.
    #[error(
        "{path}: not as this program made it: {names}; `verify` names all that differs. Take away what was added (DROP …) or restore the backup; nothing was changed"
    )]
    SchemaChanged {
        /// The file.
        path: PathBuf,
        /// What differs: kind and name of each.
        names: String,
    },
    /// Somebody changed a row behind the program's back: nothing is made of it.
    #[error(
        "{what}: not what it was when it was sealed last, nothing was changed; `verify` names what differs, `reprocess NUMBER` what the mail says; restore the backup, or accept it as it stands: `verify --accept`"
    )]
    NotAsSealed {
        /// The submission's number, or table and id.
        what: String,
    },
    /// A mistake of ours: a change that no event leads to.
    #[error("{what} changed, and no event leads to it: src/store/evidence/explanation.rs says which may")]
    Unexplained {
        /// Table, id and columns.
        what: String,
    },
    /// A file that only the service makes is not there, and whoever only reads cannot make it.
    #[error("{path} has no {missing} file")]
    NotRunning {
        /// The file.
        path: PathBuf,
        /// The end of the other file's name.
        missing: &'static str,
    },
    /// There is a store where one is to be made.
    #[error("{path} is a store already, made at {created_at}; it stays as it is")]
    Exists {
        /// The file.
        path: PathBuf,
        /// When it was made.
        created_at: Timestamp,
    },
    /// The store would be made in a folder of another user, who could then not write it.
    #[error(
        "{path} would belong to {us} in {folder}, which is {owner}'s and locked out by it; run this as its user: sudo -u {owner} zwfw-intake …"
    )]
    OthersFolder {
        /// The file.
        path: PathBuf,
        /// The folder that exists.
        folder: PathBuf,
        /// Whose it is.
        owner: String,
        /// Who runs this.
        us: String,
    },
    /// The file at the path is not the one that is open; nothing is written or answered any more.
    #[error(
        "{path} {what} while it was open: this program ends before anything else is filed or answered; see that the right store is in its place, the service starts again by itself"
    )]
    Replaced {
        /// The file.
        path: PathBuf,
        /// What became of it.
        what: Replaced,
    },
    /// The file or its folder cannot be used.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// SQLite's own words; [`StoreError::remedy`] has ours.
    #[error("store: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl StoreError {
    /// What keeps the store from being used, as a word.
    pub fn fault(&self) -> StoreFault {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, FileLockingProtocolFailed,
            NotADatabase, PermissionDenied, ReadOnly, SystemIoFailure,
        };
        let Self::Sqlite(sqlite) = self else { return StoreFault::Other };
        match sqlite.sqlite_error_code() {
            Some(DatabaseBusy | DatabaseLocked | FileLockingProtocolFailed) => StoreFault::Held,
            Some(DatabaseCorrupt | NotADatabase) => StoreFault::Damaged,
            Some(DiskFull) => StoreFault::DiskFull,
            Some(SystemIoFailure) => StoreFault::DiskFails,
            Some(PermissionDenied | ReadOnly | CannotOpen) => StoreFault::NotAllowed,
            _ => StoreFault::Other,
        }
    }

    /// Whether the same call may succeed later without anybody's help.
    pub fn is_transient(&self) -> bool {
        matches!(self.fault(), StoreFault::Held | StoreFault::DiskFull | StoreFault::DiskFails)
    }

    /// Whether another program is in the way.
    pub fn is_held(&self) -> bool {
        self.fault() == StoreFault::Held
    }

    /// What the operator can do about it, as the end of a sentence; empty when that is not known.
    pub fn remedy(&self) -> &'static str {
        match self.fault() {
            StoreFault::Held => {
                "; another program holds it, or its -shm file: `status` and `lslocks` name it; close that one, or try again"
            }
            StoreFault::Damaged => "; it is damaged: stop the service and restore the backup",
            StoreFault::DiskFull => "; make room on its disk",
            StoreFault::DiskFails => {
                "; its disk fails, is full or became read-only: look into the kernel's log"
            }
            StoreFault::NotAllowed => {
                "; look at the rights of the file and its folder, and at the user that runs this"
            }
            StoreFault::Other => "",
        }
    }
}

type Result<T> = std::result::Result<T, StoreError>;

/// Who makes a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Maker {
    /// A person, by `init`.
    Person,
    /// A program that found none.
    Itself,
}

impl Store {
    /// Whether the file can be opened at all: ours, or absent where we may make it. Touches nothing.
    ///
    /// # Errors
    /// [`StoreError::Foreign`], [`StoreError::Newer`], [`StoreError::OthersFolder`].
    pub fn check(path: &Path) -> Result<()> {
        if schema::is_ours(path)? { Ok(()) } else { place::may_make(path) }
    }

    /// Whether there is a store; an empty file is none.
    ///
    /// # Errors
    /// [`StoreError::Foreign`], [`StoreError::Newer`].
    pub fn is_there(path: &Path) -> Result<bool> {
        schema::is_ours(path)
    }

    /// Opens the store for reading and writing; migrates it, or creates it if there is none: then it answers nothing older
    /// than itself over SMTP until somebody says so.
    ///
    /// # Errors
    /// [`StoreError::Foreign`] and [`StoreError::Newer`] leave the file as it was.
    pub fn open(path: &Path, now: Timestamp) -> Result<Self> {
        Self::open_or_make(path, now, Maker::Itself)
    }

    /// Makes a store where there is none.
    ///
    /// # Errors
    /// As [`Store::open`], and [`StoreError::Exists`].
    pub fn init(path: &Path, now: Timestamp) -> Result<Self> {
        if schema::is_ours(path)? {
            let created_at = Self::open_read_only(path)?.created_at()?;
            return Err(StoreError::Exists { path: path.to_path_buf(), created_at });
        }
        Self::open_or_make(path, now, Maker::Person)
    }

    fn open_or_make(path: &Path, now: Timestamp, maker: Maker) -> Result<Self> {
        let fresh = !schema::is_ours(path)?;
        if fresh {
            place::may_make(path)?;
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::Io { path: folder.to_path_buf(), source })?;
        }
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        // No trigger runs before it is known to be ours.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        if fresh {
            schema::create(&mut connection, now, maker)?;
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.pragma_update(None, "journal_size_limit", wal::KEPT_BYTES)?;
        let mut keep = std::ffi::c_int::from(true);
        connection.file_control(None::<&str>, FileControl::PersistWal(&mut keep))?;
        // Partial indexes make SQLite plan a prepared statement anew whenever a bound value changes, unless it promises
        // one plan for all values; ours are the same for all.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(96);
        let migrated = schema::migrate(path, &mut connection, now)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        let brought = Brought { migrated, mended: schema::compare(path, &mut connection, now)? };
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
        schema::refresh_words(&mut connection)?;
        let compared = Some((path.to_path_buf(), schema_version(&connection)?));
        let session = Some(Session::attach(path, &mut connection, now)?);
        Ok(Self { session, connection, wal: wal::Wal::of(path), compared, brought, watch: None })
    }

    /// Opens the store for reading and writing; never creates it.
    ///
    /// # Errors
    /// As [`Store::open`], and [`StoreError::Missing`].
    pub fn open_existing(path: &Path, now: Timestamp) -> Result<Self> {
        if !schema::is_ours(path)? {
            return Err(StoreError::Missing { path: path.to_path_buf() });
        }
        Self::open(path, now)
    }

    /// Opens the store for reading only; never creates it.
    ///
    /// # Errors
    /// As [`Store::open`], [`StoreError::Missing`], and [`StoreError::Older`].
    pub fn open_read_only(path: &Path) -> Result<Self> {
        if !schema::is_ours(path)? {
            return Err(StoreError::Missing { path: path.to_path_buf() });
        }
        Self::open_beside(path)
    }

    /// The same in a process that has the store open: the file is opened by SQLite alone, since closing it otherwise drops the
    /// locks that the process holds on it.
    ///
    /// # Errors
    /// As [`Store::open_read_only`]; where there is no store, SQLite's own.
    pub fn open_beside(path: &Path) -> Result<Self> {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        schema::check_current(path, &connection).map_err(|error| place::explained(path, error))?;
        Ok(Self {
            session: None,
            connection,
            wal: wal::Wal::of(path),
            compared: None,
            brought: Brought::default(),
            watch: None,
        })
    }

    /// Whether somebody keeps others from writing, now and for a few seconds. Changes nothing.
    ///
    /// # Errors
    /// When the file cannot be opened, or is held ([`StoreError::is_held`]).
    pub fn can_write(path: &Path) -> Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(wal::PROBED)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
        Ok(())
    }

    /// Looks for damage; `Some`: what SQLite found first.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub fn quick_check(&self) -> Result<Option<String>> {
        let found: String = self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok((found != "ok").then_some(found))
    }

    /// What opening it did to its schema.
    pub const fn brought(&self) -> &Brought {
        &self.brought
    }

    /// Begins a writing transaction: everything about a batch of messages commits together or not at all.
    ///
    /// # Errors
    /// When another writer holds the store for longer than the busy timeout, or changed its schema since it was opened.
    pub fn begin(&mut self) -> Result<Writing<'_>> {
        self.in_place()?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some((path, version)) = &mut self.compared
            && schema_version(&transaction)? != *version
        {
            schema::refuse(path, &transaction)?;
            *version = schema_version(&transaction)?;
        }
        let session = self.session.as_ref();
        if let Some(session) = session {
            session.begin();
        }
        Ok(Writing { transaction, given: Given::default(), session })
    }
}

/// SQLite's count of changes of the schema.
fn schema_version(connection: &Connection) -> Result<i64> {
    Ok(connection.prepare_cached("PRAGMA schema_version")?.query_row([], |row| row.get(0))?)
}

/// A writing transaction; dropping it without [`Writing::commit`] leaves the store as it was.
#[derive(Debug)]
pub struct Writing<'a> {
    transaction: rusqlite::Transaction<'a>,
    /// Where what is filed was filed before.
    given: Given,
    /// What was touched and logged; `None` where nothing is sealed.
    session: Option<&'a Session>,
}
