//! Is this file ours, and of which version? Creation and migrations.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::group_seals;
use super::keep::{Migrated, keep};
use super::old_seals;
use super::restate::restate;
use super::sums;
use super::views;
use crate::store::{Given, Maker, Result, StoreError, Writing, awaiting, facts, search};
use crate::vocabulary::rfc3339_utc;

/// `zwfw` in ASCII: SQLite's `application_id`, byte 68 of the file.
const APPLICATION_ID: u32 = 0x7A77_6677;
/// The schema this program writes: SQLite's `user_version`, byte 60 of the file.
pub const VERSION: u32 = 33;
static SCHEMA: LazyLock<String> =
    LazyLock::new(|| format!("{}\n{}\n{}", include_str!("schema.sql"), sums::all(), *VIEWS));
/// They hold nothing and are made anew by every migration.
static VIEWS: LazyLock<String> = LazyLock::new(views::all);
/// What brings a store from one version to the next but for its views, the step from version 1 first.
const STEPS: [&str; VERSION as usize - 1] = [
    include_str!("migrate_2.sql"),
    "",
    include_str!("migrate_4.sql"),
    include_str!("migrate_5.sql"),
    include_str!("migrate_6.sql"),
    include_str!("migrate_7.sql"),
    // Only views differ: what is no opinion leaves the counts.
    "",
    // One more word for where a submission stands, and the views that leave it out.
    "",
    include_str!("migrate_10.sql"),
    include_str!("migrate_11.sql"),
    // Only views differ: what 收到 counts, and how far a request has come.
    "",
    include_str!("migrate_13.sql"),
    include_str!("migrate_14.sql"),
    include_str!("migrate_15.sql"),
    include_str!("migrate_16.sql"),
    include_str!("migrate_17.sql"),
    include_str!("migrate_18.sql"),
    include_str!("migrate_19.sql"),
    include_str!("migrate_20.sql"),
    include_str!("migrate_21.sql"),
    // Only a view differs: a group is shown by its first letter's first item, not by 姓名：….
    "",
    include_str!("migrate_23.sql"),
    include_str!("migrate_24.sql"),
    // Only views differ: what does not count leads no group.
    "",
    include_str!("migrate_26.sql"),
    // Only views differ: who leads a group goes on leading it while he counts.
    "",
    // Sums are kept, which every migration makes.
    "",
    include_str!("migrate_29.sql"),
    // More sums: of items by where their letters stand, and of reasons.
    "",
    // The letters of each telephone number, which is made like a sum.
    "",
    include_str!("migrate_32.sql"),
    include_str!("migrate_33.sql"),
];

/// The version before which reasons and evidence were sentences.
const RESTATED: u32 = 5;

/// The version that seals each row by itself.
const ROWS_SEALED: u32 = 6;

/// The version that seals the groups of opinion items.
const GROUPS_SEALED: u32 = 17;

/// The version that brought seals: rows of an older one have none.
const SEALS: u32 = 2;

/// Looks at the file's first 100 bytes without opening it as a database, so that a file that is not ours
/// is not even locked. `false`: there is no file, or an empty one.
///
/// Not while this process has the store open: closing the file drops every POSIX lock that the process holds on it,
/// SQLite's among them (<https://sqlite.org/howtocorrupt.html>, section 2.2).
pub(in crate::store) fn is_ours(path: &Path) -> Result<bool> {
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
pub(in crate::store) fn create(connection: &mut Connection, now: Timestamp, maker: Maker) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    // Two programs may have found the file empty at once; the second finds it made.
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        transaction.execute_batch(&SCHEMA)?;
        facts::begin(&transaction, now, maker)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        // Two stores may be made in one second: what hangs on the first event tells them apart.
        let id: String = transaction.query_row("SELECT lower(hex(randomblob(8)))", [], |row| row.get(0))?;
        let writing = Writing { transaction, given: Given::default(), session: None };
        let detail = serde_json::json!({ "created_at": rfc3339_utc(now), "id": id });
        writing.log(now, "intake", "created", None, &detail)?;
        return writing.commit();
    }
    Ok(transaction.commit()?)
}

/// Checks the version once more through the database itself (the file's header can lag behind its WAL).
pub(in crate::store) fn check_version(path: &Path, connection: &Connection) -> Result<u32> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    newer(path, version)?;
    Ok(version)
}

/// Brings an older schema up to date: all steps in one transaction, so that a crash leaves the version it had.
/// What was there stays beside it as it was.
pub(in crate::store) fn migrate(
    path: &Path,
    connection: &mut Connection,
    now: Timestamp,
) -> Result<Option<Migrated>> {
    let from = check_version(path, connection)?;
    if from == VERSION {
        return Ok(None);
    }
    let copy = keep(path, connection, from)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another program may have been faster.
    let version = check_version(path, &transaction)?;
    drop_views(&transaction)?;
    for (from, step) in (1_u32..).zip(STEPS) {
        if from >= version {
            transaction.execute_batch(step)?;
        }
    }
    sums::make(&transaction)?;
    adopt_tables(&transaction)?;
    transaction.execute_batch(&VIEWS)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    let writing = Writing { transaction, given: Given::default(), session: None };
    let held = (version < ROWS_SEALED).then(|| old_seals::find(&writing)).transpose()?;
    if version < RESTATED {
        restate(&writing, now)?;
    }
    if version < SEALS {
        writing.begin_sealing(now)?;
    }
    if let Some(held) = &held {
        old_seals::seal_rows(&writing, now, held)?;
    } else if version < GROUPS_SEALED {
        group_seals::seal_groups(&writing, now)?;
    }
    writing.commit()?;
    Ok(Some(Migrated { from, copy }))
}

/// Gives tables that got columns from `ALTER TABLE` the text that a new store has for them, comments and all; SQLite appends
/// a column without. Only the text differs (<https://sqlite.org/lang_altertable.html#otheralter> has the procedure).
fn adopt_tables(connection: &Connection) -> Result<()> {
    let ours = Connection::open_in_memory()?;
    ours.execute_batch(&SCHEMA)?;
    let columns = |connection: &Connection, table: &str| -> Result<Vec<(String, String, bool, i64)>> {
        let mut statement = connection
            .prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1) ORDER BY cid")?;
        let rows =
            statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    connection.pragma_update(None, "writable_schema", true)?;
    let mut statement = ours.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")?;
    let tables = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for table in tables {
        let (name, sql): (String, String) = table?;
        if columns(&ours, &name)? == columns(connection, &name)? {
            connection.execute(
                "UPDATE sqlite_schema SET sql = ?2 WHERE type = 'table' AND name = ?1 AND sql <> ?2",
                [name, sql],
            )?;
        }
    }
    connection.execute_batch("PRAGMA writable_schema = RESET")?;
    Ok(())
}

/// Takes our views away, as far as they are there.
fn drop_views(connection: &Connection) -> Result<()> {
    let ours = Connection::open_in_memory()?;
    ours.execute_batch(&SCHEMA)?;
    let mut statement = ours.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'")?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    for name in names {
        connection.execute_batch(&format!("DROP VIEW IF EXISTS {}", name?))?;
    }
    Ok(())
}

/// Refuses a store that waits for [`migrate`]: whoever may only read cannot bring it up to date.
pub(in crate::store) fn check_current(path: &Path, connection: &Connection) -> Result<()> {
    let found = check_version(path, connection)?;
    if found < VERSION {
        return Err(StoreError::Older { path: path.to_path_buf(), found, known: VERSION });
    }
    Ok(())
}

/// Tables, indexes, views and triggers that are not as this program made them, by name: what was altered, is missing or was
/// added, the triggers that keep the event log append-only among them. What SQLite adds by itself is named too: its
/// statistics (`sqlite_stat1`) decide how it looks for rows, and this program never makes any.
pub(in crate::store) fn differences(connection: &Connection) -> Result<Vec<Altered>> {
    const MADE: &str = "SELECT CAST(name AS BLOB), CAST(type AS BLOB), CAST(sql AS BLOB) FROM sqlite_schema WHERE sql IS NOT NULL";
    type Made = BTreeMap<Vec<u8>, (Vec<u8>, Vec<u8>)>;
    let made = |connection: &Connection| -> Result<Made> {
        let mut statement = connection.prepare(MADE)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        Ok(rows.collect::<rusqlite::Result<Made>>()?)
    };
    let ours = Connection::open_in_memory()?;
    ours.execute_batch(&SCHEMA)?;
    let (ours, found) = (made(&ours)?, made(connection)?);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let altered = |name: &[u8], (kind, sql): &(Vec<u8>, Vec<u8>), how: How| Altered {
        name: text(name),
        kind: text(kind),
        sql: text(sql),
        how,
    };
    let changed = ours.iter().filter_map(|(name, made)| match found.get(name) {
        None => Some(altered(name, made, How::Missing)),
        Some(found) => (found != made).then(|| altered(name, made, How::Changed)),
    });
    let added = found.iter().filter(|(name, _)| !ours.contains_key(*name));
    Ok(changed.chain(added.map(|(name, made)| altered(name, made, How::Added))).collect())
}

/// Refuses to work in a store whose schema somebody changed: a trigger runs on every statement of ours, and what a view
/// or an index is asked for decides what is found. What is merely missing and holds nothing is made again, and an event
/// says so; its names. SQLite's own statistics are left to `verify`.
pub(in crate::store) fn compare(
    path: &Path,
    connection: &mut Connection,
    now: Timestamp,
) -> Result<Vec<String>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
    refuse(path, &transaction)?;
    let missing = differences(&transaction)?.into_iter().filter(|altered| altered.how == How::Missing);
    let mut names = Vec::new();
    for Altered { name, sql, .. } in missing {
        transaction.execute_batch(&sql)?;
        names.push(name);
    }
    if names.is_empty() {
        return Ok(names);
    }
    // While a trigger was missing, what changed was not marked.
    if names.iter().any(|name| name.contains("_is_searched")) {
        transaction.execute(search::MARK_ALL, [])?;
    }
    if names.iter().any(|name| name.ends_with("_awaits")) {
        transaction.execute(awaiting::MARK_ALL, [])?;
    }
    if names.iter().any(|name| name.contains(sums::KEEPERS)) {
        sums::make(&transaction)?;
    }
    let writing = Writing { transaction, given: Given::default(), session: None };
    writing.log(now, "intake", "schema_mended", None, &serde_json::json!({ "names": names }))?;
    writing.commit()?;
    Ok(names)
}

/// Refuses a schema in which anything was changed or added.
pub(in crate::store) fn refuse(path: &Path, connection: &Connection) -> Result<()> {
    let strange = |altered: &Altered| match altered.how {
        How::Missing => altered.hides_rows(),
        How::Changed => true,
        How::Added => !altered.name.starts_with("sqlite_"),
    };
    let names: Vec<String> = differences(connection)?
        .iter()
        .filter(|altered| strange(altered))
        .map(|Altered { name, kind, how, .. }| match how {
            How::Added => format!("{kind} {name} was added"),
            How::Changed => format!("{kind} {name} was changed"),
            How::Missing => format!("{kind} {name} is missing"),
        })
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    Err(StoreError::SchemaChanged { path: path.to_path_buf(), names: names.join(", ") })
}

/// Something of the schema that is not as this program made it.
pub(in crate::store) struct Altered {
    pub(in crate::store) name: String,
    /// `table`, `index`, `view` or `trigger`.
    kind: String,
    /// As it is to be made, or was found.
    sql: String,
    how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Missing,
    Changed,
    Added,
}

impl Altered {
    /// Nothing can be compared with rows of a table that is not what it was.
    pub(in crate::store) fn hides_rows(&self) -> bool {
        self.how != How::Added && self.kind == "table"
    }
}
