//! Seals: digests of rows that stand in the event log, by which `verify` finds a row that was changed behind the program's
//! back.
//!
//! Each row is sealed by itself. Nobody calls for it: SQLite tells which rows a transaction touched, and its COMMIT
//! ([`sealing`](super::sealing)) compares them with what stood there before and logs one event `sealed` for each submission:
//!
//! ```text
//! { "new":     { table: { id: digest of the row } },
//!   "changed": { table: { id: { "was": { column: digest }, "is": { column: digest } } } },
//!   "gone":    { table: [ id ] } }
//! ```
//!
//! A row's digest is made of the digests of its columns. Of a changed row all columns stand there as they are and those that
//! changed as they were: both digests of the row follow from them, the one sealed before and the one sealed now. Which
//! events may lead to which change, [`explanation`](super::explanation) says.
//!
//! Of an acknowledgement the columns that sending changes are left out; of a message the raw bytes, which `message.sha256`
//! covers, but not whether they are there. A column that is NULL is left out: one that a later version adds leaves old seals
//! valid. The digests of what belongs to a submission begin with random bytes (table `seal`) that an erasure draws anew:
//! nobody can test guesses against the old digests then.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row};
use sha2::{Digest as _, Sha256};

use crate::store::Result;
use crate::vocabulary::hex;

/// 128 bits of SHA-256: more than anybody can search for a second text.
pub(in crate::store) type Digest = [u8; 16];

/// The columns of a row that are not NULL, each with its digest.
pub(in crate::store) type Cells = BTreeMap<String, Digest>;

/// A table whose rows are sealed.
#[derive(Debug)]
pub(in crate::store) struct Table {
    pub(in crate::store) name: &'static str,
    /// Its key, which is SQLite's rowid.
    key: &'static str,
    /// The submission that a row belongs to, of the row `t`; NULL where it belongs to none.
    owner: &'static str,
    /// What is sealed in place of columns.
    instead: &'static str,
    left_out: &'static [&'static str],
}

const OF_SUBMISSION: &str = "t.submission_id";

/// Every table whose rows are sealed.
pub(in crate::store) static TABLES: [Table; 15] = [
    Table { name: "submission", key: "id", owner: "t.id", instead: "", left_out: &[] },
    Table { name: "opinion", key: "id", owner: OF_SUBMISSION, instead: "", left_out: &[] },
    Table { name: "supplement", key: "id", owner: OF_SUBMISSION, instead: "", left_out: &[] },
    Table {
        name: "message",
        key: "id",
        owner: "coalesce((SELECT id FROM submission WHERE message_id = t.id), (SELECT submission_id FROM supplement WHERE message_id = t.id))",
        instead: ", t.raw IS NOT NULL AS has_raw",
        left_out: &["raw"],
    },
    Table {
        name: "attachment",
        key: "id",
        owner: "coalesce((SELECT id FROM submission AS s WHERE s.message_id = t.message_id),
            (SELECT submission_id FROM supplement AS p WHERE p.message_id = t.message_id))",
        instead: "",
        left_out: &[],
    },
    Table {
        name: "acknowledgement",
        key: "id",
        owner: OF_SUBMISSION,
        // What sending changes is compared with the events that settled it; why an answer is withheld changes by no sending.
        instead: ", iif(t.state = 'withheld', t.reason, NULL) AS withheld_as, iif(t.state = 'withheld', t.reason_detail, NULL) AS withheld_detail",
        left_out: &["state", "reason", "reason_detail", "attempts", "next_attempt_at", "sent_at"],
    },
    Table { name: "correction", key: "id", owner: OF_SUBMISSION, instead: "", left_out: &[] },
    Table { name: "relation", key: "id", owner: "t.earlier_id", instead: "", left_out: &[] },
    Table { name: "likeness", key: "message_id", owner: OF_SUBMISSION, instead: "", left_out: &[] },
    Table { name: "wording", key: "id", owner: OF_SUBMISSION, instead: "", left_out: &[] },
    Table {
        name: "mailbox_entry",
        key: "id",
        owner: "NULL",
        instead: "",
        // Learned later: they decide only what is fetched once more.
        left_out: &["listed_size_bytes", "listed_date", "judged_by"],
    },
    // A group is nobody's; what is remarked on an item belongs to whoever wrote it.
    Table { name: "opinion_group", key: "id", owner: "NULL", instead: "", left_out: &[] },
    Table {
        name: "opinion_group_member",
        key: "opinion_id",
        owner: "iif(t.remark IS NULL, NULL, (SELECT submission_id FROM opinion WHERE id = t.opinion_id))",
        instead: "",
        left_out: &[],
    },
    Table { name: "opinion_group_change", key: "id", owner: OF_SUBMISSION, instead: "", left_out: &[] },
    Table { name: "folder", key: "rowid", owner: "NULL", instead: "", left_out: &["uid_next", "doubt_from"] },
];

/// The place of a table in [`TABLES`].
pub(in crate::store) fn place_of(name: &str) -> Option<usize> {
    TABLES.iter().position(|table| table.name == name)
}

/// A row as it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Sealable {
    pub(in crate::store) id: i64,
    /// The submission that it belongs to.
    pub(in crate::store) owner: Option<i64>,
    pub(in crate::store) cells: Cells,
}

impl Sealable {
    pub(in crate::store) fn digest(&self, table: &str) -> Digest {
        row_digest(table, &self.cells)
    }
}

impl Table {
    /// Selects rows, to be read by [`Self::sealable`].
    pub(in crate::store) fn select(&self, connection: &Connection, condition: &str) -> Result<String> {
        let Self { name, key, owner, instead, left_out } = self;
        let all = connection.prepare_cached(&format!("SELECT * FROM {name} LIMIT 0"))?;
        // What is not sealed is not read: a letter's bytes are most of its row.
        let sealed = all.column_names().filter(|column| !left_out.contains(column));
        let columns: Vec<String> =
            sealed.map(|column| format!("t.\"{}\"", column.replace('"', "\"\""))).collect();
        Ok(format!(
            "SELECT {}{instead}, t.{key} AS row_key, {owner} AS row_owner FROM {name} AS t WHERE {condition} ORDER BY t.{key}",
            columns.join(", ")
        ))
    }

    /// Reads rows by their key.
    pub(in crate::store) fn reader<'c>(&'static self, connection: &'c Connection) -> Result<Reader<'c>> {
        let statement =
            connection.prepare_cached(&self.select(connection, &format!("t.{} = ?1", self.key))?)?;
        Ok(Reader { table: self, connection, statement })
    }

    /// The highest key.
    pub(in crate::store) fn newest(&self, connection: &Connection) -> Result<i64> {
        let Self { name, key, .. } = self;
        Ok(connection
            .prepare_cached(&format!("SELECT coalesce(max({key}), 0) FROM {name}"))?
            .query_row([], |row| row.get(0))?)
    }

    /// The ids of the rows that belong to a submission, or to none. There is no index for it in every table: for what happens rarely.
    pub(in crate::store) fn owned(&self, connection: &Connection, owner: Option<i64>) -> Result<Vec<i64>> {
        const LETTERS: &str = "(SELECT message_id FROM submission WHERE id = ?1 UNION ALL SELECT message_id FROM supplement WHERE submission_id = ?1)";
        let Self { name, key, owner: of, .. } = self;
        // By an index, where the owner of each row would have to be looked up.
        let condition = match *name {
            "message" if owner.is_some() => format!("t.id IN {LETTERS}"),
            "attachment" if owner.is_some() => format!("t.message_id IN {LETTERS}"),
            _ => format!("{of} IS ?1"),
        };
        let mut statement =
            connection.prepare_cached(&format!("SELECT t.{key} FROM {name} AS t WHERE {condition}"))?;
        let rows = statement.query_map([owner], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A row that [`Self::select`] gave.
    pub(in crate::store) fn sealable(&self, connection: &Connection, row: &Row<'_>) -> Result<Sealable> {
        self.salted(row, |owner| salt(connection, owner))
    }

    fn salted<S: AsRef<[u8]>>(
        &self,
        row: &Row<'_>,
        salt: impl FnOnce(Option<i64>) -> Result<S>,
    ) -> Result<Sealable> {
        let statement = row.as_ref();
        // The key and the owner stand last.
        let columns = statement.column_count().saturating_sub(2);
        let (id, owner) = (row.get(columns)?, row.get(columns + 1)?);
        let salt = salt(owner)?;
        let mut cells = Cells::new();
        for index in 0..columns {
            let name = statement.column_name(index)?;
            if !self.left_out.contains(&name)
                && let Some(cell) = cell(salt.as_ref(), self.name, name, row.get_ref(index)?)
            {
                cells.insert(name.to_owned(), cell);
            }
        }
        Ok(Sealable { id, owner, cells })
    }
}

/// Reads the rows of one table by their key.
pub(in crate::store) struct Reader<'c> {
    table: &'static Table,
    connection: &'c Connection,
    statement: CachedStatement<'c>,
}

impl Reader<'_> {
    /// The row of this key.
    pub(in crate::store) fn row(&mut self, id: i64) -> Result<Option<Sealable>> {
        let connection = self.connection;
        self.salted(id, |owner| salt(connection, owner))
    }

    /// The same with random bytes that `salt` knows.
    pub(in crate::store) fn salted<S: AsRef<[u8]>>(
        &mut self,
        id: i64,
        salt: impl FnOnce(Option<i64>) -> Result<S>,
    ) -> Result<Option<Sealable>> {
        let mut rows = self.statement.query([id])?;
        rows.next()?.map(|row| self.table.salted(row, salt)).transpose()
    }
}

/// The random bytes of a submission; none where there is no submission.
pub(in crate::store) fn salt(connection: &Connection, owner: Option<i64>) -> Result<Vec<u8>> {
    let Some(owner) = owner else { return Ok(Vec::new()) };
    Ok(connection
        .prepare_cached("SELECT salt FROM seal WHERE submission_id = ?1")?
        .query_row([owner], |row| Ok(row.get_ref(0)?.as_bytes_or_null()?.unwrap_or_default().to_vec()))
        .optional()?
        .unwrap_or_default())
}

/// The digest of one column: name, type and value, each behind its length. `None` for NULL.
pub(in crate::store) fn cell(salt: &[u8], table: &str, name: &str, value: ValueRef<'_>) -> Option<Digest> {
    let mut hasher = Sha256::new();
    for part in [salt, table.as_bytes(), name.as_bytes()] {
        add(&mut hasher, part);
    }
    let (kind, bytes): (u8, &[u8]) = match &value {
        ValueRef::Null => return None,
        ValueRef::Integer(value) => (b'i', &value.to_be_bytes()),
        ValueRef::Real(value) => (b'r', &value.to_be_bytes()),
        ValueRef::Text(value) => (b't', value),
        ValueRef::Blob(value) => (b'b', value),
    };
    hasher.update([kind]);
    add(&mut hasher, bytes);
    Some(short(hasher))
}

/// The digest of a row, out of those of its columns.
pub(in crate::store) fn row_digest(table: &str, cells: &Cells) -> Digest {
    let mut hasher = Sha256::new();
    add(&mut hasher, table.as_bytes());
    for (name, cell) in cells {
        add(&mut hasher, name.as_bytes());
        hasher.update(cell);
    }
    short(hasher)
}

fn add(hasher: &mut Sha256, part: &[u8]) {
    hasher.update((part.len() as u64).to_be_bytes());
    hasher.update(part);
}

fn short(hasher: Sha256) -> Digest {
    let mut digest = Digest::default();
    for (to, from) in digest.iter_mut().zip(hasher.finalize()) {
        *to = from;
    }
    digest
}

/// A digest as it stands in an event.
pub(in crate::store) fn written(digest: &Digest) -> String {
    hex(digest)
}

/// A digest that stands in an event; `None` when it is none.
pub(in crate::store) fn read_digest(text: &str) -> Option<Digest> {
    let mut digest = Digest::default();
    if text.len() != digest.len() * 2 {
        return None;
    }
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(digest)
}
