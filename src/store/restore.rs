//! `restore`: a backup takes the store's place. All is done in a copy beside the store and checked there; then the old store gets
//! another name, and the copy its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use super::holders::beside;
use super::{Fact, Store, StoreError, Writing, facts, schema};
use crate::vocabulary::{WithheldReason, rfc3339_utc};

/// Until it has its place it is for its maker alone.
const MODE: u32 = 0o600;
/// Of a store where there was none: the group reads.
const USUAL_MODE: u32 = 0o640;
const PAGES: i32 = 2_000;

/// What is to be restored.
#[derive(Debug)]
pub struct Restoring<'a> {
    /// The backup.
    pub from: &'a Path,
    /// The store's place, links resolved.
    pub store: &'a Path,
    /// What the old store is called from now on.
    pub kept_as: &'a Path,
    /// So many numbers are given to nobody, behind the highest that is known to be given.
    pub skip: i64,
    /// The prefixes of all consultations.
    pub prefixes: &'a [&'a str],
    /// Who wants it.
    pub actor: &'a str,
    /// When.
    pub now: Timestamp,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Letters with a number, in the backup.
    pub submissions: i64,
    /// When the last event of the backup happened.
    pub last_event: Option<Timestamp>,
    /// Where the old store is, and how many letters with a number it has, where it could be read.
    pub kept: Option<(PathBuf, Option<i64>)>,
    /// By prefix, the last number that is known to be given, and the last that will not be given.
    pub numbers: Vec<(String, i64, i64)>,
    /// Answers that waited when the backup was made and may have left since: they are withheld.
    pub withheld: u64,
}

/// Why nothing was restored. The store is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is no backup at the path.
    #[error("{}: there is no backup; nothing was changed", .0.display())]
    Missing(PathBuf),
    /// The store itself is named.
    #[error("{} is the store itself; name a backup, nothing was changed", .0.display())]
    Itself(PathBuf),
    /// The backup is damaged.
    #[error("{}: the backup is damaged ({found}); take the one before it, nothing was changed", path.display())]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// What SQLite found first.
        found: String,
    },
    /// A file cannot be written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The backup is nothing that this program can work with.
    #[error("{0}")]
    Backup(#[source] StoreError),
    /// The store, or the copy that was to take its place.
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Result<T> = std::result::Result<T, RestoreError>;

/// What the old store tells of what happened since the backup.
#[derive(Debug, Default)]
struct Old {
    submissions: i64,
    last: BTreeMap<String, i64>,
    /// Message-IDs of answers that have not left.
    waiting: BTreeSet<String>,
}

impl Store {
    /// Puts a backup into the store's place. Nobody else may work on the store.
    ///
    /// # Errors
    /// Then the store is as it was.
    pub fn restore(wanted: &Restoring<'_>) -> Result<Restored> {
        let Restoring { from, store, .. } = *wanted;
        if !schema::is_ours(from).map_err(RestoreError::Backup)? {
            return Err(RestoreError::Missing(from.to_path_buf()));
        }
        if fs::canonicalize(from).ok().is_some_and(|from| from == store) {
            return Err(RestoreError::Itself(store.to_path_buf()));
        }
        if let Err(error) = Self::can_write(store)
            && error.is_held()
        {
            return Err(error.into());
        }
        let made = beside(store, ".restoring");
        clear(&made)?;
        let restored = copy(from, &made).and_then(|()| prepare(wanted, &made)).and_then(|restored| {
            let kept = swap(wanted, &made)?;
            Ok(Restored { kept: kept.map(|kept| (kept, restored.kept.and_then(|(_, old)| old))), ..restored })
        });
        if restored.is_err() {
            clear(&made).ok();
        }
        restored
    }
}

/// Copies the backup, and looks for damage.
fn copy(from: &Path, made: &Path) -> Result<()> {
    let damaged = |source: rusqlite::Error| match StoreError::from(source) {
        StoreError::Sqlite(source)
            if matches!(
                source.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
            ) =>
        {
            RestoreError::Damaged { path: from.to_path_buf(), found: source.to_string() }
        }
        error => error.into(),
    };
    File::options().write(true).create_new(true).mode(MODE).open(made).map_err(io(made))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let backup = Connection::open_with_flags(from, flags).map_err(damaged)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut copy = Connection::open_with_flags(made, flags).map_err(StoreError::from)?;
    Backup::new(&backup, &mut copy)
        .and_then(|backup| backup.run_to_completion(PAGES, Duration::from_millis(50), None))
        .map_err(damaged)?;
    let found: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(damaged)?;
    if found != "ok" {
        return Err(RestoreError::Damaged { path: from.to_path_buf(), found });
    }
    Ok(())
}

/// Makes of the copy what may go on: brought to today's schema, with numbers skipped and answers withheld.
fn prepare(wanted: &Restoring<'_>, made: &Path) -> Result<Restored> {
    let mut store = Store::open(made, wanted.now).map_err(RestoreError::Backup)?;
    // The backup itself stays as it was.
    if let Some(migrated) = &store.brought().migrated {
        remove(&migrated.copy)?;
    }
    let old = old(wanted.store);
    let count = "SELECT count(*) FROM submission";
    let submissions = store.connection.query_row(count, [], |row| row.get(0)).map_err(StoreError::from)?;
    let last_event: Option<String> = store
        .connection
        .query_row("SELECT at FROM event ORDER BY id DESC LIMIT 1", [], |row| row.get(0))
        .ok();
    let writing = store.begin()?;
    let numbers = writing.skip_numbers(wanted, old.as_ref())?;
    let withheld = writing.withhold_waiting(wanted, old.as_ref())?;
    writing.note_restored(wanted, &numbers, withheld)?;
    writing.commit()?;
    // One file that is whole by itself.
    store
        .connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .map_err(StoreError::from)?;
    drop(store);
    for suffix in ["-wal", "-shm"] {
        remove(&beside(made, suffix))?;
    }
    let kept = old.map(|old| (PathBuf::new(), Some(old.submissions)));
    let last_event = last_event.and_then(|at| at.parse().ok());
    Ok(Restored { submissions, last_event, kept, numbers, withheld })
}

/// What can be read of the old store; `None`: nothing, there is none, or it is damaged.
fn old(store: &Path) -> Option<Old> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(store, flags).ok()?;
    let read = || -> rusqlite::Result<Old> {
        let submissions = connection.query_row("SELECT count(*) FROM submission", [], |row| row.get(0))?;
        let last = connection
            .prepare("SELECT prefix, last FROM number_sequence")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let waiting = connection
            .prepare("SELECT rfc822_message_id FROM acknowledgement WHERE state IN ('queued', 'deferred') AND attempts = 0")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Old { submissions, last, waiting })
    };
    read().ok()
}

impl Writing<'_> {
    /// Skips the numbers that may stand in citizens' mailboxes.
    fn skip_numbers(
        &self,
        wanted: &Restoring<'_>,
        old: Option<&Old>,
    ) -> super::Result<Vec<(String, i64, i64)>> {
        let known: Vec<String> = self
            .transaction
            .prepare("SELECT prefix FROM number_sequence")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let configured = wanted.prefixes.iter().map(|prefix| (*prefix).to_owned());
        let prefixes: BTreeSet<String> = known
            .into_iter()
            .chain(configured)
            .chain(old.iter().flat_map(|old| old.last.keys().cloned()))
            .collect();
        let mut skipped = Vec::new();
        for prefix in prefixes {
            let given = old.and_then(|old| old.last.get(&prefix).copied()).unwrap_or(0);
            let given = given.max(self.last_number(&prefix)?);
            // Whoever can be asked says that nobody has a number of it.
            let skip = if given == 0 && old.is_some() { 0 } else { wanted.skip };
            if given + skip > 0 {
                self.set_last_number(&prefix, given + skip)?;
            }
            skipped.push((prefix, given, given + skip));
        }
        Ok(skipped)
    }

    /// Withholds what waited when the backup was made and may have left since; how many.
    fn withhold_waiting(&self, wanted: &Restoring<'_>, old: Option<&Old>) -> super::Result<u64> {
        let waiting: Vec<(i64, i64, Option<String>)> = self
            .transaction
            .prepare(
                "SELECT id, submission_id, rfc822_message_id FROM acknowledgement WHERE state IN ('queued', 'deferred') ORDER BY id",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let still =
            |id: &Option<String>| old.zip(id.as_ref()).is_some_and(|(old, id)| old.waiting.contains(id));
        let mut withheld = 0;
        for (id, submission, _) in waiting.iter().filter(|(.., message_id)| !still(message_id)) {
            self.transaction
                .prepare_cached(
                    "UPDATE acknowledgement SET state = 'withheld', reason = ?2, reason_detail = NULL, next_attempt_at = NULL WHERE id = ?1",
                )?
                .execute(rusqlite::params![id, WithheldReason::Restored.as_str()])?;
            self.log(wanted.now, wanted.actor, "held", Some(*submission), &json!({ "acknowledgement": id }))?;
            withheld += 1;
        }
        Ok(withheld)
    }

    fn note_restored(
        &self,
        wanted: &Restoring<'_>,
        numbers: &[(String, i64, i64)],
        withheld: u64,
    ) -> super::Result<()> {
        for (fact, value) in [
            (Fact::RestoredAt, rfc3339_utc(wanted.now)),
            (Fact::NextPassAt, String::new()),
            (Fact::ConfigurationDigest, String::new()),
            (Fact::ConfigurationProblem, String::new()),
        ] {
            facts::write(&self.transaction, fact, &value)?;
        }
        let skipped: BTreeMap<&str, i64> =
            numbers.iter().map(|(prefix, _, last)| (prefix.as_str(), *last)).collect();
        let detail = json!({ "skipped_to": skipped, "withheld": withheld });
        self.log(wanted.now, wanted.actor, "restored", None, &detail)
    }
}

/// The old store gets its other name, the copy its place. Whatever ends the process in between, each of the two is whole under one of
/// its names, and the log of the one never lies beside the other.
fn swap(wanted: &Restoring<'_>, made: &Path) -> Result<Option<PathBuf>> {
    let Restoring { store, kept_as, .. } = *wanted;
    let folder = store.parent().unwrap_or(Path::new("/"));
    let found = fs::metadata(store).ok();
    let like = found.clone().map_or_else(|| fs::metadata(folder), Ok).map_err(io(folder))?;
    if rustix::process::geteuid().is_root() {
        chown(made, Some(like.uid()), Some(like.gid())).map_err(io(made))?;
    } else {
        // A group that staff read by; the service is in it then.
        chown(made, None, Some(like.gid())).ok();
    }
    let rights = if like.is_file() { like.mode() & 0o666 } else { USUAL_MODE };
    fs::set_permissions(made, Permissions::from_mode(rights)).map_err(io(made))?;
    File::open(made).and_then(|file| file.sync_all()).map_err(io(made))?;
    let sync = || File::open(folder).and_then(|folder| folder.sync_all()).map_err(io(folder));
    for suffix in ["", "-wal"] {
        let (from, to) = (beside(store, suffix), beside(kept_as, suffix));
        match fs::hard_link(&from, &to) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            linked => linked.map_err(io(&to))?,
        }
    }
    sync()?;
    for suffix in ["-wal", "-shm"] {
        remove(&beside(store, suffix))?;
    }
    sync()?;
    fs::rename(made, store).map_err(io(store))?;
    sync()?;
    Ok(found.map(|_| kept_as.to_path_buf()))
}

/// Takes away what a restoring left that was killed.
fn clear(made: &Path) -> Result<()> {
    ["", "-wal", "-shm", "-journal"].iter().try_for_each(|suffix| remove(&beside(made, suffix)))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io(path)(error)),
        _ => Ok(()),
    }
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> RestoreError {
    let path = path.to_path_buf();
    move |source| RestoreError::Io { path: path.clone(), source }
}
