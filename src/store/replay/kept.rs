//! Kept messages, what each is part of, and the rows that were made of it.

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;

use crate::store::columns::Columns;
use crate::store::read::{names, texts, unsigned};
use crate::store::{Result, Store, Writing, instant};
use crate::vocabulary::{
    CorrectionField, Disposition, EntryKey, EntryTime, EntryUid, FetchedMessage, FolderKey, WrittenTime,
};

/// The record at one moment, for reading.
#[derive(Debug)]
pub struct Snapshot<'a> {
    transaction: rusqlite::Transaction<'a>,
}

impl Store {
    /// Looks at the record as it stands now, however long the looking takes. Holds no writer up.
    pub fn snapshot(&mut self) -> Result<Snapshot<'_>> {
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Deferred)?;
        Ok(Snapshot { transaction })
    }
}

impl Snapshot<'_> {
    /// The record as it stood when this began.
    pub fn record(&self) -> Record<'_> {
        Record(&self.transaction)
    }
}

impl Writing<'_> {
    /// The record as this transaction sees it.
    pub fn record(&self) -> Record<'_> {
        Record(&self.transaction)
    }
}

/// A kept message and what it is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// `message.id`; earlier messages have smaller ones.
    pub message_id: i64,
    /// Length of its bytes.
    pub size_bytes: u64,
    /// Whether the bytes are still there: an erasure takes them.
    pub has_raw: bool,
    /// Whether only its beginning was fetched, as its flags have it.
    pub truncated: bool,
    /// What it is.
    pub part: Part,
    /// The submission that it is or belongs to; `None`: it is in quarantine.
    pub submission: Option<KeptSubmission>,
}

/// What a kept message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A submission of its own.
    Submission,
    /// A supplement.
    Supplement,
    /// Nothing yet: it is in quarantine.
    Neither,
}

/// A submission in few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSubmission {
    /// `submission.id`
    pub id: i64,
    /// `submission.number`
    pub number: String,
    /// `submission.consultation`
    pub consultation: String,
    /// Whether it was erased.
    pub is_erased: bool,
    /// Whether a person decided on it, if only that it is to wait again: its status is not the rules' any more.
    pub is_decided: bool,
    /// `submission.duplicate_of`
    pub duplicate_of: Option<i64>,
    /// `message_id` of its last supplement.
    pub last_supplement: Option<i64>,
}

/// A kept message as it came.
#[derive(Debug, Clone)]
pub struct Original {
    /// `message.sha256`
    pub sha256: String,
    /// Its bytes as they were fetched; `None` when they cannot be unpacked.
    pub fetched: Option<FetchedMessage>,
    /// When its entry was recorded.
    pub seen_at: Timestamp,
    /// The entry by which it came.
    pub entry_id: i64,
    /// What was done with that entry.
    pub disposition: Disposition,
}

/// An opinion item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The message it was found in.
    pub message_id: i64,
    /// `opinion.ordinal`
    pub ordinal: i64,
    /// `opinion.clause`
    pub clause: Option<String>,
    /// `opinion.text`
    pub text: String,
    /// Whether its adoption is decided or explained.
    pub decided: bool,
}

/// A correction by staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Ordinal of the item; `None`: the submission.
    pub opinion: Option<i64>,
    /// Which column.
    pub field: CorrectionField,
    /// What stood there before.
    pub old_value: Option<String>,
}

/// The rows that are made of one message: how they are found, and the columns that are not the rules' to say.
const MADE: [(&str, &str, &[&str]); 5] = [
    ("message", "id = ?1", &["id", "sha256", "raw", "size_bytes", "internal_date"]),
    (
        "mailbox_entry",
        "message_id = ?1 ORDER BY id LIMIT 1",
        &["id", "folder", "uid_validity", "uid", "sha256", "size_bytes", "message_id", "seen_at"],
    ),
    ("submission", "message_id = ?1", &["id", "number", "message_id", "filed_at"]),
    ("supplement", "message_id = ?1", &["id", "submission_id", "message_id"]),
    ("attachment", "message_id = ?1 ORDER BY ordinal", &["id", "message_id"]),
];

/// Reads the record, inside whatever transaction.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a>(&'a Connection);

impl Record<'_> {
    /// The newest `message.id`; 0 when none is kept.
    pub fn last_message(self) -> Result<i64> {
        Ok(self.0.query_row("SELECT coalesce(max(id), 0) FROM message", [], |row| row.get(0))?)
    }

    /// How many entries there are of which no bytes were kept.
    pub fn entries_without_bytes(self) -> Result<u64> {
        let sql = "SELECT count(*) FROM mailbox_entry WHERE message_id IS NULL";
        Ok(self.0.query_row(sql, [], |row| unsigned(row, 0))?)
    }

    /// The messages of the submissions with these numbers, their supplements among them, in order.
    pub fn messages_of(self, numbers: &[String]) -> Result<Vec<i64>> {
        self.ids(
            "WITH wanted(id) AS MATERIALIZED (SELECT s.id FROM json_each(?1) JOIN submission AS s ON s.number = value COLLATE NOCASE)
             SELECT message_id FROM submission WHERE id IN wanted
             UNION SELECT message_id FROM supplement WHERE submission_id IN wanted ORDER BY 1",
            params![json!(numbers).to_string()],
        )
    }

    /// What bears on a message among what was kept before it: everything of its sender, what was answered by what it
    /// answers, what it repeats, and who had its Message-ID.
    pub fn bearing(
        self,
        message_id: i64,
        sender: &str,
        thread: &[String],
        own_id: Option<&str>,
    ) -> Result<Vec<i64>> {
        self.ids(
            "WITH near(id) AS (SELECT submission_id FROM likeness WHERE sender = ?2 AND ?2 <> ''
                UNION SELECT a.submission_id FROM json_each(?3) JOIN acknowledgement AS a ON a.rfc822_message_id = value
                UNION SELECT id FROM submission WHERE message_id = ?1),
             wanted(id) AS MATERIALIZED (SELECT id FROM near
                UNION SELECT s.duplicate_of FROM near JOIN submission AS s USING (id) WHERE s.duplicate_of IS NOT NULL)
             SELECT message_id FROM submission WHERE id IN wanted AND message_id < ?1
             UNION SELECT message_id FROM supplement WHERE submission_id IN wanted AND message_id < ?1
             UNION SELECT id FROM message WHERE rfc822_message_id = ?4 AND id < ?1 ORDER BY 1",
            params![message_id, sender, json!(thread).to_string(), own_id],
        )
    }

    fn ids(self, sql: &str, parameters: &[&dyn rusqlite::ToSql]) -> Result<Vec<i64>> {
        let mut statement = self.0.prepare_cached(sql)?;
        let rows = statement.query_map(parameters, |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The next kept messages, oldest first: those behind `after` and up to `last`, or those `only` of them.
    pub fn messages(self, after: i64, last: i64, most: usize, only: Option<&[i64]>) -> Result<Vec<Kept>> {
        let among = if only.is_some() { "IN (SELECT value FROM json_each(?4))" } else { "IS NOT ?4" };
        let mut statement = self.0.prepare_cached(&format!(
            "SELECT m.id, m.size_bytes, m.raw IS NOT NULL AS has_raw, s.id IS NOT NULL AS is_submission,
                EXISTS (SELECT 1 FROM json_each(coalesce(s.flags, p.flags, '[]')) WHERE value = 'oversize') AS truncated,
                t.id AS submission_id, t.number, t.consultation, t.status = 'erased' AS is_erased, t.duplicate_of,
                (SELECT max(message_id) FROM supplement WHERE submission_id = t.id) AS last_supplement,
                EXISTS (SELECT 1 FROM correction WHERE submission_id = t.id AND field = 'status') AS is_decided
             FROM message AS m LEFT JOIN submission AS s ON s.message_id = m.id LEFT JOIN supplement AS p ON p.message_id = m.id
                LEFT JOIN submission AS t ON t.id = coalesce(s.id, p.submission_id)
             WHERE m.id > ?1 AND m.id <= ?2 AND m.id {among} ORDER BY m.id LIMIT ?3"
        ))?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let only = only.map(|only| json!(only).to_string());
        let rows = statement.query_map(params![after, last, most, only], kept)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One kept message.
    pub fn message(self, message_id: i64) -> Result<Option<Kept>> {
        Ok(self.messages(message_id - 1, message_id, 1, None)?.pop())
    }

    /// A kept message as its mailbox handed it over; `None` when no entry leads to it.
    pub fn original(self, message_id: i64) -> Result<Option<Original>> {
        Ok(self
            .0
            .prepare_cached(
                "SELECT m.sha256, m.raw, m.size_bytes, m.internal_date, e.seen_at, e.id AS entry_id, e.disposition, e.folder,
                    e.uid_validity, e.uid, e.size_bytes AS announced
                 FROM message AS m JOIN mailbox_entry AS e ON e.message_id = m.id WHERE m.id = ?1 ORDER BY e.id LIMIT 1",
            )?
            .query_row([message_id], original)
            .optional()?)
    }

    /// What the rules said in the rows of `table` that were made of a message.
    pub fn made(self, table: &str, message_id: i64) -> Result<Vec<Columns>> {
        let Some((_, condition, given)) = MADE.iter().find(|(found, ..)| *found == table) else {
            return Ok(Vec::new());
        };
        Columns::read(self.0, table, condition, message_id, given)
    }

    /// The id of the first row of `table` that was made of a message.
    pub fn id_of(self, table: &str, message_id: i64) -> Result<Option<i64>> {
        let condition =
            MADE.iter().find(|(found, ..)| *found == table).map_or("false", |(_, found, _)| found);
        Ok(self
            .0
            .prepare_cached(&format!("SELECT id FROM {table} WHERE {condition}"))?
            .query_row([message_id], |row| row.get(0))
            .optional()?)
    }

    /// Whole rows, but for the octets of mail.
    pub(super) fn whole(self, table: &str, condition: &str, key: i64) -> Result<Vec<Columns>> {
        Columns::read(self.0, table, condition, key, &["raw", "octets"])
    }

    /// What was said of the entry that was recorded last.
    pub fn last_entry(self) -> Result<Columns> {
        let given =
            MADE.iter().find(|(table, ..)| *table == "mailbox_entry").map_or(&[][..], |(_, _, given)| given);
        let found = Columns::read(self.0, "mailbox_entry", "?1 ORDER BY id DESC LIMIT 1", 1, given)?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// The opinion items of a submission, its supplements' among them, in order.
    pub fn items(self, submission_id: i64) -> Result<Vec<Item>> {
        let mut statement = self.0.prepare_cached(
            "SELECT message_id, ordinal, clause, text, adoption IS NOT NULL OR adoption_reason IS NOT NULL AS decided
             FROM opinion WHERE submission_id = ?1 ORDER BY ordinal",
        )?;
        let rows = statement.query_map([submission_id], |row| {
            Ok(Item {
                message_id: row.get("message_id")?,
                ordinal: row.get("ordinal")?,
                clause: row.get("clause")?,
                text: row.get("text")?,
                decided: row.get("decided")?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What staff corrected in a submission, in order.
    pub fn corrections(self, submission_id: i64) -> Result<Vec<Correction>> {
        let mut statement = self.0.prepare_cached(
            "SELECT opinion, field, old_value FROM correction WHERE submission_id = ?1 ORDER BY id",
        )?;
        let rows = statement.query_map([submission_id], |row| {
            let field: String = row.get("field")?;
            let (opinion, old_value) = (row.get("opinion")?, row.get("old_value")?);
            Ok(CorrectionField::from_word(&field).map(|field| Correction { opinion, field, old_value }))
        })?;
        Ok(rows.filter_map(rusqlite::Result::transpose).collect::<rusqlite::Result<_>>()?)
    }

    /// What the supplements of a submission say in their flags.
    pub fn flags_of_supplements(self, submission_id: i64) -> Result<Vec<String>> {
        let mut statement = self.0.prepare_cached(
            "SELECT DISTINCT value FROM supplement AS p, json_each(p.flags) WHERE p.submission_id = ?1",
        )?;
        let rows = statement.query_map([submission_id], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every name that a submission has or had, for masking.
    pub fn names(self, submission_id: i64) -> Result<Vec<String>> {
        Ok(self
            .0
            .prepare_cached(concat!("SELECT ", names!("s"), " FROM submission AS s WHERE s.id = ?1"))?
            .query_row([submission_id], |row| texts(row, 0))
            .optional()?
            .unwrap_or_default())
    }

    /// A submission's row.
    pub fn submission(self, submission_id: i64) -> Result<Option<Columns>> {
        Ok(Columns::read(self.0, "submission", "id = ?1", submission_id, &[])?.pop())
    }

    /// What a message is compared by.
    pub fn opinion_sha256(self, message_id: i64) -> Result<Option<String>> {
        let found = Columns::read(self.0, "likeness", "message_id = ?1", message_id, &[])?.pop();
        Ok(found.and_then(|row| row.get("opinion_sha256")))
    }

    /// The number of a submission.
    pub fn number(self, submission_id: i64) -> Result<Option<String>> {
        Ok(self
            .0
            .prepare_cached("SELECT number FROM submission WHERE id = ?1")?
            .query_row([submission_id], |row| row.get(0))
            .optional()?)
    }
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let submission: Option<i64> = row.get("submission_id")?;
    let part = match submission {
        None => Part::Neither,
        Some(_) if row.get("is_submission")? => Part::Submission,
        Some(_) => Part::Supplement,
    };
    let submission = match submission {
        None => None,
        Some(id) => Some(KeptSubmission {
            id,
            number: row.get("number")?,
            consultation: row.get("consultation")?,
            is_erased: row.get("is_erased")?,
            is_decided: row.get("is_decided")?,
            duplicate_of: row.get("duplicate_of")?,
            last_supplement: row.get("last_supplement")?,
        }),
    };
    Ok(Kept {
        message_id: row.get("id")?,
        size_bytes: u64::try_from(row.get::<_, i64>("size_bytes")?).unwrap_or(0),
        has_raw: row.get("has_raw")?,
        truncated: row.get("truncated")?,
        part,
        submission,
    })
}

fn original(row: &Row<'_>) -> rusqlite::Result<Original> {
    let packed: Option<Vec<u8>> = row.get("raw")?;
    let size_bytes: usize = usize::try_from(row.get::<_, i64>("size_bytes")?).unwrap_or(0);
    let raw = packed.and_then(|packed| zstd::bulk::decompress(&packed, size_bytes).ok());
    let disposition: String = row.get("disposition")?;
    let uid = match row.get_ref("uid")? {
        ValueRef::Integer(uid) => EntryUid::Imap(u32::try_from(uid).unwrap_or(u32::MAX)),
        name => EntryUid::Name(name.as_str().unwrap_or_default().to_owned()),
    };
    // IMAP's time had an offset; nothing depends on it.
    let time = instant(row.get("internal_date")?).map(|at| match uid {
        EntryUid::Imap(_) => EntryTime::InternalDate(WrittenTime { instant: at, offset_seconds: 0 }),
        EntryUid::Name(_) => EntryTime::File(at),
    });
    let folder = FolderKey { name: row.get("folder")?, uid_validity: row.get("uid_validity")? };
    let entry = EntryKey { folder, uid };
    let announced_size_bytes = u64::try_from(row.get::<_, i64>("announced")?).unwrap_or(0);
    Ok(Original {
        sha256: row.get("sha256")?,
        fetched: raw.map(|raw| FetchedMessage { entry, raw, time, announced_size_bytes, truncated: false }),
        seen_at: instant(row.get("seen_at")?).unwrap_or(Timestamp::UNIX_EPOCH),
        entry_id: row.get("entry_id")?,
        disposition: Disposition::from_word(&disposition).unwrap_or(Disposition::Quarantined),
    })
}
