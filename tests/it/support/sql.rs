//! The store as an outsider reads it: a read-only connection and the contract's tables.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

/// A read-only view of the store.
pub(crate) struct Rows(Connection);

/// One row: column name → value as text; NULL is absent.
pub(crate) type Row = BTreeMap<String, String>;

impl Rows {
    pub(crate) fn open(path: &Path) -> Self {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        Self(connection)
    }

    /// Every row of a query.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Row> {
        let mut statement = self.0.prepare(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut result = Vec::new();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let mut values = Row::new();
            for (index, name) in names.iter().enumerate() {
                let value = match row.get_ref(index).unwrap() {
                    ValueRef::Null => continue,
                    ValueRef::Integer(number) => number.to_string(),
                    ValueRef::Real(number) => number.to_string(),
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    ValueRef::Blob(bytes) => format!("blob of {} bytes", bytes.len()),
                };
                values.insert(name.clone(), value);
            }
            result.push(values);
        }
        result
    }

    /// The number that a query gives.
    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.0.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// Everything in the contract's tables, to see that nothing changed.
    pub(crate) fn dump(&self) -> Vec<String> {
        let tables =
            ["mailbox_entry", "message", "submission", "opinion", "attachment", "acknowledgement", "event"];
        let mut lines = Vec::new();
        for table in tables {
            let mut rows: Vec<String> = self
                .rows(&format!("SELECT * FROM {table}"))
                .iter()
                .map(|row| format!("{table}: {row:?}"))
                .collect();
            rows.sort();
            lines.extend(rows);
        }
        lines
    }

    /// What was decided about every message, without what depends on the order of work or on the clock: row
    /// numbers, numbers of submissions, times of reading and sending. Two passes over the same mailbox have to
    /// agree in it.
    pub(crate) fn canonical(&self) -> Vec<String> {
        let number = Regex::new(r"LNZX-2024-\d+").unwrap();
        let mut lines = Vec::new();
        for (table, sql) in CANONICAL {
            for row in self.rows(sql) {
                lines.push(number.replace_all(&format!("{table}: {row:?}"), "NUMBER").into_owned());
            }
        }
        lines.sort();
        lines
    }
}

/// `acknowledgement.reason` with what goes with it, as one text.
pub(crate) const SAID: &str = "trim(coalesce(reason, '') || ' ' ||
    coalesce(json_extract(reason_detail, '$.code') || ' ' || json_extract(reason_detail, '$.reply'), reason_detail, ''))";

/// The contract's columns, joined by digests instead of row numbers.
const CANONICAL: [(&str, &str); 6] = [
    (
        "mailbox_entry",
        "SELECT e.folder, e.uid, e.sha256, e.disposition, e.reason, e.reason_detail, m.sha256 AS message
         FROM mailbox_entry e LEFT JOIN message m ON m.id = e.message_id",
    ),
    (
        "message",
        "SELECT sha256, rfc822_message_id, subject, raw, size_bytes, sent_at, internal_date, received_at,
                received_basis FROM message",
    ),
    (
        "submission",
        "SELECT m.sha256 AS message, s.consultation, s.status, s.subject_match, s.timeliness, s.review_reasons,
                s.received_at, s.from_address, s.name, s.name_hint, s.organization, s.sender_kind, s.occupation,
                s.occupation_as_written, s.phones, s.emails, s.comment, s.full_text, s.flags,
                (SELECT om.sha256 FROM submission o JOIN message om ON om.id = o.message_id
                 WHERE o.id = s.duplicate_of OR o.number = s.duplicate_of) AS duplicate_of
         FROM submission s JOIN message m ON m.id = s.message_id",
    ),
    (
        "opinion",
        "SELECT m.sha256 AS message, o.ordinal, o.clause, o.text, o.adoption
         FROM opinion o JOIN submission s ON s.id = o.submission_id JOIN message m ON m.id = s.message_id",
    ),
    (
        "attachment",
        "SELECT m.sha256 AS message, a.filename, a.media_type, a.size_bytes, a.sha256
         FROM attachment a JOIN message m ON m.id = a.message_id",
    ),
    (
        "acknowledgement",
        "SELECT m.sha256 AS message, a.kind, a.recipient, a.state, a.reason, a.reason_detail
         FROM acknowledgement a JOIN submission s ON s.id = a.submission_id
         JOIN message m ON m.id = s.message_id",
    ),
];
