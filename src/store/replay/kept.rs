//! Kept messages, what each is part of, and the rows that were made of it.

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, Row, ToSql, TransactionBehavior, params};
use serde_json::json;

use crate::store::Given;
use crate::store::columns::Columns;
use crate::store::filing::unpack;
use crate::store::read::{instant, names, texts};
use crate::store::{Result, Store, Writing, corrections};
use crate::vocabulary::{Disposition, EntryKey, EntryTime, EntryUid, FetchedMessage, FolderKey, WrittenTime};

/// A kept message and what it is part of.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) message_id: i64,
    pub(crate) size_bytes: u64,
    /// Whether the bytes are still there: an erasure takes them.
    pub(crate) has_raw: bool,
    /// Whether only its beginning was fetched, as its flags have it.
    pub(crate) truncated: bool,
    /// Whether it is a submission of its own; else it is a supplement of `submission`.
    pub(crate) is_submission: bool,
    /// `None`: it is in quarantine.
    pub(crate) submission: Option<KeptSubmission>,
}

/// A submission in few words.
#[derive(Debug)]
pub(crate) struct KeptSubmission {
    pub(crate) id: i64,
    pub(crate) number: String,
    pub(crate) consultation: String,
    /// It was erased, or what it repeats was, if only in part: there is nothing left to read, or to compare it with.
    pub(crate) is_erased: bool,
    /// A person decided on it, if only that it is to wait again, or where it belongs: its status is not the rules' any more.
    pub(crate) is_decided: bool,
    /// A person moved it from one consultation to another.
    pub(crate) is_moved: bool,
    /// The number under which it was filed.
    pub(crate) first_number: String,
    pub(crate) duplicate_of: Option<i64>,
    /// `message_id` of its last supplement.
    pub(crate) last_supplement: Option<i64>,
}

/// A kept message as it came.
#[derive(Debug)]
pub(crate) struct Original {
    pub(crate) sha256: String,
    /// Its bytes as they were fetched; `None` when they cannot be unpacked.
    pub(crate) fetched: Option<FetchedMessage>,
    /// When its entry was recorded.
    pub(crate) seen_at: Timestamp,
    /// What was done with the entry by which it came.
    pub(crate) disposition: Disposition,
}

/// Columns that are not the rules' to say: keys, originals, times of recording, what staff write of an item.
const GIVEN: &[&str] = &[
    "id",
    "number",
    "message_id",
    "submission_id",
    "filed_at",
    "internal_date",
    "folder",
    "uid_validity",
    "uid",
    "seen_at",
    "adoption",
    "adoption_reason",
];

impl Store {
    /// The record as it stands now, however long the looking takes: for reading, and no writer is held up.
    pub(crate) fn snapshot(&mut self) -> Result<Writing<'_>> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        Ok(Writing { transaction, given: Given::default(), session: None })
    }
}

impl Writing<'_> {
    /// The newest `message.id`, and how many entries there are of which no bytes were kept.
    pub(crate) fn extent(&self) -> Result<(i64, u64)> {
        let sql = "SELECT (SELECT coalesce(max(id), 0) FROM message), (SELECT count(*) FROM mailbox_entry WHERE message_id IS NULL)";
        let (last, count): (i64, i64) =
            self.transaction.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((last, u64::try_from(count).unwrap_or(0)))
    }

    /// The messages of the submissions with these numbers, their supplements among them, in order.
    pub(crate) fn messages_of(&self, numbers: &[String]) -> Result<Vec<i64>> {
        self.ids(
            "WITH wanted(id) AS MATERIALIZED (SELECT s.id FROM json_each(?1) JOIN submission AS s ON s.number = value COLLATE NOCASE
                UNION SELECT submission_id FROM json_each(?1) JOIN correction ON old_value = value COLLATE NOCASE WHERE field = 'number')
             SELECT message_id FROM submission WHERE id IN wanted
             UNION SELECT message_id FROM supplement WHERE submission_id IN wanted ORDER BY 1",
            params![json!(numbers).to_string()],
        )
    }

    /// The submissions that bear on a message: those that its sender had part in from `seen` on, what was answered by what it
    /// answers, its own, and what those repeat.
    pub(crate) fn bearing(
        &self,
        id: i64,
        (sender, seen): (&str, i64),
        thread: &[String],
    ) -> Result<Vec<i64>> {
        self.ids(
            "WITH near(id) AS (SELECT submission_id FROM likeness WHERE sender = ?2 AND ?2 <> '' AND message_id >= ?4 AND message_id < ?1
                UNION SELECT a.submission_id FROM json_each(?3) JOIN acknowledgement AS a ON a.rfc822_message_id = value
                UNION SELECT id FROM submission WHERE message_id = ?1)
             SELECT id FROM near
             UNION SELECT s.duplicate_of FROM near JOIN submission AS s USING (id) WHERE s.duplicate_of IS NOT NULL",
            params![id, sender, json!(thread).to_string(), seen],
        )
    }

    /// The messages of a submission before one.
    pub(crate) fn letters_before(&self, submission_id: i64, id: i64) -> Result<Vec<i64>> {
        self.ids(
            "SELECT message_id FROM submission WHERE id = ?1 AND message_id < ?2
             UNION ALL SELECT message_id FROM supplement WHERE submission_id = ?1 AND message_id < ?2",
            params![submission_id, id],
        )
    }

    /// The filed messages from one to before another, with the submissions that they belong to.
    pub(crate) fn letters_between(&self, from: i64, before: i64) -> Result<Vec<(i64, i64)>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT message_id, id FROM submission WHERE message_id >= ?1 AND message_id < ?2
             UNION ALL SELECT message_id, submission_id FROM supplement WHERE message_id >= ?1 AND message_id < ?2",
        )?;
        let rows = statement.query_map([from, before], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The first messages with a Message-ID before one: that there are some says all.
    pub(crate) fn with_message_id(&self, message_id: Option<&str>, before: i64) -> Result<Vec<i64>> {
        self.ids(
            "SELECT id FROM message WHERE rfc822_message_id = ?1 AND id < ?2 ORDER BY id LIMIT 8",
            params![message_id, before],
        )
    }

    pub(super) fn ids(&self, sql: &str, parameters: &[&dyn ToSql]) -> Result<Vec<i64>> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        let rows = statement.query_map(parameters, |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The next kept messages, oldest first: those behind `after` and up to `last`, or those `only` of them.
    pub(crate) fn messages(
        &self,
        after: i64,
        last: i64,
        most: usize,
        only: Option<&[i64]>,
    ) -> Result<Vec<Kept>> {
        let among = if only.is_some() { "IN (SELECT value FROM json_each(?4))" } else { "IS NOT ?4" };
        let mut statement = self.transaction.prepare_cached(&format!(
            "SELECT m.id, m.size_bytes, m.raw IS NOT NULL AS has_raw, s.id IS NOT NULL AS is_submission,
                EXISTS (SELECT 1 FROM json_each(coalesce(s.flags, p.flags, '[]')) WHERE value = 'oversize') AS truncated,
                t.id AS submission_id, t.number, t.consultation, t.duplicate_of,
                'erased' IN (t.status, coalesce((SELECT status FROM submission WHERE id = t.duplicate_of), ''))
                    OR EXISTS (SELECT 1 FROM event WHERE submission_id = t.duplicate_of AND action = 'erased') AS is_erased,
                (SELECT max(message_id) FROM supplement WHERE submission_id = t.id) AS last_supplement,
                EXISTS (SELECT 1 FROM correction WHERE submission_id = t.id AND field IN ('status', 'consultation')) AS is_decided,
                EXISTS (SELECT 1 FROM correction WHERE submission_id = t.id AND field = 'consultation') AS is_moved,
                coalesce((SELECT old_value FROM correction WHERE submission_id = t.id AND field = 'number' ORDER BY id LIMIT 1),
                    t.number) AS first_number
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
    pub(crate) fn message(&self, id: i64) -> Result<Option<Kept>> {
        Ok(self.messages(id - 1, id, 1, None)?.pop())
    }

    /// A kept message as its mailbox handed it over; `None` when no entry leads to it.
    pub(crate) fn original(&self, id: i64) -> Result<Option<Original>> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT m.sha256, m.raw, m.size_bytes, m.internal_date, e.seen_at, e.disposition, e.folder, e.uid_validity, e.uid,
                    e.size_bytes AS announced
                 FROM message AS m JOIN mailbox_entry AS e ON e.message_id = m.id WHERE m.id = ?1 ORDER BY e.id LIMIT 1",
            )?
            .query_row([id], original)
            .optional()?)
    }

    /// The rows that `condition` (over `?1`) selects, but for the octets of mail.
    pub(crate) fn rows(&self, table: &str, condition: &str, key: i64) -> Result<Vec<Columns>> {
        Columns::read(&self.transaction, table, condition, key)
    }

    /// The corrections of a submission in order, with what each takes back.
    pub(crate) fn corrections(&self, submission_id: i64) -> Result<Vec<Columns>> {
        corrections::of_submission(&self.transaction, submission_id)
    }

    /// The consultation under which a submission was filed.
    pub(crate) fn first_consultation(&self, id: i64) -> Result<String> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT coalesce((SELECT old_value FROM correction WHERE submission_id = ?1 AND field = 'consultation' ORDER BY id LIMIT 1),
                    consultation) FROM submission WHERE id = ?1",
            )?
            .query_row([id], |row| row.get(0))?)
    }

    /// A submission's row.
    pub(crate) fn submission(&self, id: i64) -> Result<Columns> {
        Ok(self.rows("submission", "id = ?1", id)?.pop().unwrap_or_default())
    }

    /// The submissions that a letter put in question, because it is vouched for and they are not.
    pub(crate) fn doubted_by(&self, message_id: i64) -> Result<Vec<i64>> {
        self.ids(
            "SELECT s.id FROM relation AS r JOIN submission AS s ON s.id = r.earlier_id
             WHERE r.message_id = ?1 AND r.kind = 'repeats'
               AND EXISTS (SELECT 1 FROM json_each(s.review_reasons) WHERE value = 'vouched_copy')",
            params![message_id],
        )
    }

    /// The rows of `table` that were made of a message, with their ids: what the rules said in them.
    pub(crate) fn made(&self, table: &'static str, message_id: i64) -> Result<Vec<(i64, Columns)>> {
        let condition = match table {
            "message" => "id = ?1",
            // Of mail that is not ours, the entry leads to no message: it is the one that was recorded last.
            "mailbox_entry" if self.is_scratch() => "?1 ORDER BY id DESC LIMIT 1",
            "mailbox_entry" => "message_id = ?1 ORDER BY id LIMIT 1",
            "attachment" | "opinion" => "message_id = ?1 ORDER BY ordinal",
            _ => "message_id = ?1",
        };
        let mut given = GIVEN.to_vec();
        match table {
            "message" | "mailbox_entry" => {
                given.extend(["sha256", "size_bytes", "listed_size_bytes", "listed_date", "judged_by"]);
            }
            "opinion" => given.push("ordinal"),
            _ => {}
        }
        let rows = self.rows(table, condition, message_id)?.into_iter();
        Ok(rows.map(|row| (row.number("id").unwrap_or_default(), row.only(&given, false))).collect())
    }

    /// Whether staff decided on an item of a submission or corrected one.
    pub(crate) fn is_worked_on(&self, submission_id: i64) -> Result<bool> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM correction WHERE submission_id = ?1 AND (opinion IS NOT NULL OR field = 'items'))
                    OR EXISTS (SELECT 1 FROM opinion WHERE submission_id = ?1 AND coalesce(adoption, adoption_reason) IS NOT NULL)",
            )?
            .query_row([submission_id], |row| row.get(0))?)
    }

    /// Every name that a submission has or had, for masking.
    pub(crate) fn names(&self, submission_id: i64) -> Result<Vec<String>> {
        Ok(self
            .transaction
            .prepare_cached(concat!("SELECT ", names!("s"), " FROM submission AS s WHERE s.id = ?1"))?
            .query_row([submission_id], |row| texts(row, 0))?)
    }
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let submission = |id| -> rusqlite::Result<KeptSubmission> {
        Ok(KeptSubmission {
            id,
            number: row.get("number")?,
            consultation: row.get("consultation")?,
            is_erased: row.get("is_erased")?,
            is_decided: row.get("is_decided")?,
            is_moved: row.get("is_moved")?,
            first_number: row.get("first_number")?,
            duplicate_of: row.get("duplicate_of")?,
            last_supplement: row.get("last_supplement")?,
        })
    };
    Ok(Kept {
        message_id: row.get("id")?,
        size_bytes: u64::try_from(row.get::<_, i64>("size_bytes")?).unwrap_or(0),
        has_raw: row.get("has_raw")?,
        truncated: row.get("truncated")?,
        is_submission: row.get("is_submission")?,
        submission: row.get::<_, Option<i64>>("submission_id")?.map(submission).transpose()?,
    })
}

fn original(row: &Row<'_>) -> rusqlite::Result<Original> {
    let packed: Option<Vec<u8>> = row.get("raw")?;
    let size_bytes = row.get("size_bytes")?;
    let raw = packed.and_then(|packed| unpack(&packed, size_bytes));
    let disposition: String = row.get("disposition")?;
    let uid = match row.get_ref("uid")? {
        ValueRef::Integer(uid) => EntryUid::Imap(u32::try_from(uid).unwrap_or(u32::MAX)),
        name => EntryUid::Name(name.as_str().unwrap_or_default().to_owned()),
    };
    let uid_validity: u32 = row.get("uid_validity")?;
    // IMAP's time had an offset; nothing depends on it.
    let time = instant(row.get("internal_date")?).map(|at| match uid_validity {
        0 => EntryTime::File(at),
        _ => EntryTime::InternalDate(WrittenTime { instant: at, offset_seconds: 0 }),
    });
    let folder = FolderKey { name: row.get("folder")?, uid_validity: row.get("uid_validity")? };
    let entry = EntryKey { folder, uid };
    let announced_size_bytes = u64::try_from(row.get::<_, i64>("announced")?).unwrap_or(0);
    Ok(Original {
        sha256: row.get("sha256")?,
        fetched: raw.map(|raw| FetchedMessage { entry, raw, time, announced_size_bytes, truncated: false }),
        seen_at: instant(row.get("seen_at")?).unwrap_or(Timestamp::UNIX_EPOCH),
        disposition: Disposition::from_word(&disposition).unwrap_or(Disposition::Quarantined),
    })
}
