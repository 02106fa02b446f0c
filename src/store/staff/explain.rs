//! Everything the record holds of one entry of the mailbox, for `explain`: entry by entry, for one number may stand for
//! thousands. Their submission is named, and read once by whoever shows it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};

use super::rows::{AcknowledgementRow, FileRow};
use crate::store::filing::number::{NUMBERED, TYPED};
use crate::store::read::{instant, texts, unsigned};
use crate::store::reasons::stored;
use crate::store::{NumbersOfOthers, Result, Store};
use crate::vocabulary::{Machine, StoredReason, maildir_base_name, rfc3339_utc, sha256_hex};

/// One entry and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// `mailbox_entry.folder`
    pub folder: String,
    /// `mailbox_entry.uid_validity`
    pub uid_validity: u32,
    /// `mailbox_entry.uid` as text
    pub uid: String,
    /// `mailbox_entry.sha256`
    pub sha256: Option<String>,
    /// `mailbox_entry.size_bytes`
    pub size_bytes: u64,
    /// `mailbox_entry.disposition`
    pub disposition: String,
    /// `mailbox_entry.reason`
    pub reason: StoredReason,
    /// `mailbox_entry.seen_at`
    pub seen_at: Option<Timestamp>,
    /// Of a bounce: the number of the submission whose answer came back, where the time leaves no doubt.
    pub bounced: Option<String>,
    /// The kept message; `None` when nothing is kept.
    pub message: Option<ExplainedMessage>,
    /// The number of the submission that came of it, or that it was added to.
    pub submission: Option<String>,
}

/// The kept message of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedMessage {
    /// `message.id`
    pub id: i64,
    /// `message.subject`
    pub subject: Option<String>,
    /// `message.sent_as_written`
    pub sent_as_written: Option<String>,
    /// `message.internal_date`
    pub internal_date: Option<Timestamp>,
    /// `message.received_at`
    pub received_at: Option<Timestamp>,
    /// `message.received_basis`
    pub received_basis: Option<String>,
    /// `message.received_evidence`
    pub received_evidence: StoredReason,
    /// `message.evidence`, parsed; `Null` when there is none.
    pub evidence: serde_json::Value,
    /// Numbers that it gives and that were never given out.
    pub unknown_numbers: Vec<String>,
    /// Numbers that it gives of letters of which its sender is not known to be the writer.
    pub numbers_of_others: NumbersOfOthers,
    /// What was filed of this message: a submission's or a supplement's columns.
    pub filed: Option<FiledMessage>,
    /// Its files, in order.
    pub attachments: Vec<FileRow>,
    /// Ordinal, clause and text of the opinion items that stand in this message.
    pub opinions: Vec<(i64, Option<String>, String)>,
    /// The answers to this message.
    pub acknowledgements: Vec<AcknowledgementRow>,
}

/// What stands in `submission` or `supplement` of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledMessage {
    /// `timeliness`
    pub timeliness: String,
    /// `flags`
    pub flags: Vec<String>,
}

/// Fewest digits of a digest that name an entry.
const SHORTEST_DIGEST: usize = 8;

const ENTRY: &str = "SELECT e.folder, e.uid_validity, CAST(e.uid AS TEXT), e.sha256, e.size_bytes, e.disposition, e.reason, e.seen_at,
        m.id, m.subject, m.sent_as_written, m.internal_date, m.received_at, m.received_basis, m.received_evidence, m.received_evidence_detail,
        m.evidence, e.reason_detail
     FROM mailbox_entry AS e LEFT JOIN message AS m ON m.id = e.message_id WHERE e.id = ?1";

impl Store {
    /// The entries (`mailbox_entry.id`) that a registration number stands for: the submission's own, then its supplements'.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn entries_of_number(&self, number: &str) -> Result<Vec<i64>> {
        let which = format!(
            "JOIN (SELECT message_id FROM submission WHERE id = {TYPED}
                   UNION SELECT message_id FROM supplement WHERE submission_id = {TYPED}) AS wanted ON wanted.message_id = e.message_id"
        );
        self.entries(&which, number)
    }

    /// The entries with this Message-ID, kept or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn entries_of_message_id(&self, message_id: &str) -> Result<Vec<i64>> {
        self.entries("WHERE e.message_id_sha256 = ?1", &sha256_hex(message_id.as_bytes()))
    }

    /// The entries with this UID or file name, or whose digest begins with this (eight hexadecimal digits or more): what
    /// the log names a mail by, and the only way to one without a Message-ID of which nothing is kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn entries_named(&self, uid_or_digest: &str) -> Result<Vec<i64>> {
        let digest = uid_or_digest.to_lowercase();
        if digest.len() >= SHORTEST_DIGEST && digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            // `g` follows every hexadecimal digit.
            let found = self.entries("WHERE e.sha256 >= ?1 AND e.sha256 < ?1 || 'g'", &digest)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        let found = self.entries("WHERE CAST(e.uid AS TEXT) = ?1", uid_or_digest)?;
        // A file as `ls` and `find` show it: with its folder, and in a Maildir with its flags, which come and go.
        let file = uid_or_digest.rsplit('/').next().unwrap_or_default();
        let file = maildir_base_name(file);
        if !found.is_empty() || file.is_empty() || file == uid_or_digest {
            return Ok(found);
        }
        self.entries("WHERE CAST(e.uid AS TEXT) = ?1", file)
    }

    fn entries(&self, which: &str, argument: &str) -> Result<Vec<i64>> {
        let mut statement = self
            .connection
            .prepare_cached(&format!("SELECT e.id FROM mailbox_entry AS e {which} ORDER BY e.id"))?;
        let rows = statement.query_map([argument], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One entry and what came of it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn explained(&self, entry_id: i64) -> Result<Explained> {
        let (mut explained, message) = self.connection.prepare_cached(ENTRY)?.query_row([entry_id], entry)?;
        if explained.reason.word == Machine::Bounce.as_str() {
            explained.bounced = self.bounced_then(&explained)?;
        }
        if let (Some(id), Some(message)) = (message, &mut explained.message) {
            self.complete(id, message)?;
            explained.submission = self.number_of(id)?;
        }
        Ok(explained)
    }

    /// Adds what stands of a message in other tables than its own.
    fn complete(&self, id: i64, message: &mut ExplainedMessage) -> Result<()> {
        let numbers = message.evidence.pointer("/thread/numbers").and_then(serde_json::Value::as_array);
        let mut numbered = self.connection.prepare_cached(&format!("SELECT {NUMBERED} IS NOT NULL"))?;
        for number in numbers.into_iter().flatten().filter_map(serde_json::Value::as_str) {
            if !numbered.query_row([number], |row| row.get::<_, bool>(0))? {
                message.unknown_numbers.push(number.to_owned());
            }
        }
        message.numbers_of_others = self.numbers_of_others(id)?;
        message.filed = self
            .connection
            .prepare_cached(
                "SELECT timeliness, flags FROM submission WHERE message_id = ?1
                 UNION ALL SELECT timeliness, flags FROM supplement WHERE message_id = ?1",
            )?
            .query_row([id], |row| Ok(FiledMessage { timeliness: row.get(0)?, flags: texts(row, 1)? }))
            .optional()?;
        message.attachments = self.attachments_of(id)?;
        message.opinions = self.rows(
            "SELECT ordinal, clause, text FROM opinion WHERE message_id = ?1 ORDER BY ordinal",
            id,
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        message.acknowledgements = self.acknowledgements_of("message_id", id)?;
        Ok(())
    }

    /// A bounce leaves no more than its time: what came back is certain when nothing else came back then.
    fn bounced_then(&self, explained: &Explained) -> Result<Option<String>> {
        let at = explained.seen_at.map(rfc3339_utc);
        let found: Vec<String> = self
            .connection
            .prepare_cached(
                "SELECT s.number FROM event AS v JOIN submission AS s ON s.id = v.submission_id
                 WHERE v.action = 'bounced' AND v.at = ?1
                   AND (SELECT count(*) FROM mailbox_entry AS e WHERE e.seen_at = ?1 AND e.reason = 'bounce') = 1",
            )?
            .query_map([at], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(<[String; 1]>::try_from(found).ok().map(|[number]| number))
    }

    /// The number of the submission that a message is or belongs to.
    fn number_of(&self, message: i64) -> Result<Option<String>> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT number FROM submission WHERE message_id = ?1
                 UNION ALL SELECT s.number FROM supplement AS p JOIN submission AS s ON s.id = p.submission_id
                 WHERE p.message_id = ?1",
            )?
            .query_row([message], |row| row.get(0))
            .optional()?)
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(Explained, Option<i64>)> {
    let kept: Option<i64> = row.get(8)?;
    let evidence: Option<String> = row.get(16)?;
    let detail: Option<String> = row.get(17)?;
    let message = ExplainedMessage {
        id: kept.unwrap_or_default(),
        subject: row.get(9)?,
        sent_as_written: row.get(10)?,
        internal_date: instant(row.get(11)?),
        received_at: instant(row.get(12)?),
        received_basis: row.get(13)?,
        received_evidence: stored(row, 14)?,
        evidence: evidence.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
        unknown_numbers: Vec::new(),
        numbers_of_others: NumbersOfOthers::default(),
        filed: None,
        attachments: Vec::new(),
        opinions: Vec::new(),
        acknowledgements: Vec::new(),
    };
    let explained = Explained {
        folder: row.get(0)?,
        uid_validity: row.get(1)?,
        uid: row.get(2)?,
        sha256: row.get(3)?,
        size_bytes: unsigned(row, 4)?,
        disposition: row.get(5)?,
        reason: StoredReason::read(row.get(6)?, detail.as_deref()),
        seen_at: instant(row.get(7)?),
        bounced: None,
        message: kept.map(|_| message),
        submission: None,
    };
    Ok((explained, kept))
}
