//! Kept messages with what stands about them: what `reprocess` reads again and compares.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::columns::first_id;
use crate::store::read::{names, texts, unsigned};
use crate::store::{Columns, Result, instant};
use crate::vocabulary::{
    CorrectionField, Disposition, EntryKey, EntryTime, EntryUid, FetchedMessage, Flag, FolderKey,
    ReviewReason, Status, Timeliness, WrittenTime,
};

/// The record at one moment, for reading.
#[derive(Debug)]
pub struct Snapshot<'a> {
    transaction: rusqlite::Transaction<'a>,
}

impl<'a> Snapshot<'a> {
    pub(in crate::store) fn new(transaction: rusqlite::Transaction<'a>) -> Self {
        Self { transaction }
    }

    /// The record as it stood when this began.
    pub fn record(&self) -> Record<'_> {
        Record::new(&self.transaction)
    }
}

/// A kept message as later ones meet it: what it was filed as, in few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// `message.id`; earlier messages have smaller ones.
    pub message_id: i64,
    /// Its Message-ID.
    pub rfc822_message_id: Option<String>,
    /// Length of its bytes.
    pub size_bytes: u64,
    /// Whether the bytes are still there: an erasure takes them.
    pub has_raw: bool,
    /// Whether only its beginning was fetched, as its flags have it.
    pub truncated: bool,
    /// The Message-IDs of our answers to it, each with the submission that it acknowledged.
    pub answers: Vec<(i64, String)>,
    /// `likeness.opinion_sha256`
    pub opinion_sha256: Option<String>,
    /// What it is part of.
    pub part: KnownPart,
}

/// What a kept message is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownPart {
    /// A submission of its own.
    Submission(Box<KnownSubmission>),
    /// A supplement.
    Supplement {
        /// The submission that it was added to.
        submission_id: i64,
        /// Its sender.
        from_address: String,
        /// What it asks of a person.
        reasons: Vec<ReviewReason>,
        /// Its content digest.
        content_sha256: Option<String>,
    },
    /// Nothing: it is in quarantine.
    Neither,
}

/// A submission as later messages meet it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSubmission {
    /// `submission.id`
    pub id: i64,
    /// `submission.number`
    pub number: String,
    /// `submission.consultation`
    pub consultation: String,
    /// `submission.status`
    pub status: Status,
    /// `submission.timeliness`
    pub timeliness: Timeliness,
    /// `submission.review_reasons`
    pub review_reasons: Vec<ReviewReason>,
    /// `submission.received_at`
    pub received_at: Option<Timestamp>,
    /// `submission.from_address`
    pub from_address: String,
    /// Every name that it has or had, for masking.
    pub names: Vec<String>,
    /// `submission.flags`
    pub flags: Vec<Flag>,
    /// `submission.duplicate_of`
    pub duplicate_of: Option<i64>,
    /// `submission.content_sha256`
    pub content_sha256: Option<String>,
    /// `submission.name` and `submission.organization`: who speaks.
    pub proposer: (Option<String>, Option<String>),
    /// `message_id` of each supplement, and what it asks of a person.
    pub supplements: Vec<(i64, Vec<ReviewReason>)>,
    /// What staff decided, in order: the last `message.id` then, and the status.
    pub decisions: Vec<(i64, Status)>,
}

/// A kept message to read again.
#[derive(Debug, Clone)]
pub struct Kept {
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

/// An opinion item as it stands.
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

/// Reads the record, inside whatever transaction.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a>(&'a Connection);

impl<'a> Record<'a> {
    pub(in crate::store) fn new(connection: &'a Connection) -> Self {
        Self(connection)
    }

    /// The newest `message.id`; 0 when none is kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_message(self) -> Result<i64> {
        Ok(self.0.query_row("SELECT coalesce(max(id), 0) FROM message", [], |row| row.get(0))?)
    }

    /// How many entries there are of which no bytes were kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn entries_without_bytes(self) -> Result<u64> {
        Ok(self.0.query_row("SELECT count(*) FROM mailbox_entry WHERE message_id IS NULL", [], |row| {
            unsigned(row, 0)
        })?)
    }

    /// The next kept messages, oldest first: those behind `after` and up to `last`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn known(self, after: i64, last: i64, most: usize) -> Result<Vec<Known>> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut statement = self.0.prepare_cached(concat!(
            r#"SELECT m.id, m.rfc822_message_id, m.size_bytes, m.raw IS NOT NULL,
                s.id, s.number, s.consultation, s.status, s.timeliness, s.review_reasons, s.received_at, s.from_address, "#,
            names!("s"),
            r#", s.flags, s.duplicate_of, s.content_sha256,
                p.submission_id, p.from_address, p.flags, p.content_sha256,
                coalesce(s.flags, p.flags, '') LIKE '%"oversize"%', s.name, s.organization, l.opinion_sha256
             FROM message AS m LEFT JOIN submission AS s ON s.message_id = m.id LEFT JOIN supplement AS p ON p.message_id = m.id
                  LEFT JOIN likeness AS l ON l.message_id = m.id
             WHERE m.id > ?1 AND m.id <= ?2 ORDER BY m.id LIMIT ?3"#,
        ))?;
        let rows = statement.query_map([after, last, most], known)?;
        let mut found: Vec<Known> = rows.collect::<rusqlite::Result<_>>()?;
        for known in &mut found {
            known.answers = self.answers(known.message_id)?;
            if let KnownPart::Submission(submission) = &mut known.part {
                submission.supplements = self.supplements(submission.id)?;
                submission.decisions = self.decisions(submission.id)?;
            }
        }
        Ok(found)
    }

    fn answers(self, message_id: i64) -> Result<Vec<(i64, String)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT submission_id, rfc822_message_id FROM acknowledgement
             WHERE message_id = ?1 AND rfc822_message_id IS NOT NULL ORDER BY id",
        )?;
        let rows = statement.query_map([message_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn supplements(self, submission_id: i64) -> Result<Vec<(i64, Vec<ReviewReason>)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT message_id, flags FROM supplement WHERE submission_id = ?1 ORDER BY message_id",
        )?;
        let rows = statement.query_map([submission_id], |row| Ok((row.get(0)?, asks(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn decisions(self, submission_id: i64) -> Result<Vec<(i64, Status)>> {
        let mut statement = self.0.prepare_cached(
            "SELECT after_message, new_value FROM correction WHERE submission_id = ?1 AND field = 'status' ORDER BY id",
        )?;
        let rows = statement.query_map([submission_id], |row| {
            let word: Option<String> = row.get(1)?;
            Ok((row.get(0)?, word.and_then(|word| Status::from_word(&word)).unwrap_or(Status::Review)))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A kept message with its bytes as its mailbox handed them over; `None` when it is gone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn kept(self, message_id: i64) -> Result<Option<Kept>> {
        let found = self
            .0
            .prepare_cached(
                "SELECT m.sha256, m.raw, m.size_bytes, m.internal_date, e.seen_at, e.id, e.disposition, e.folder,
                    e.uid_validity, e.uid, e.size_bytes
                 FROM message AS m JOIN mailbox_entry AS e ON e.message_id = m.id WHERE m.id = ?1 ORDER BY e.id LIMIT 1",
            )?
            .query_row([message_id], kept)
            .optional()?;
        Ok(found)
    }

    /// The columns of `expected` as they stand in the row of `table` with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn stored(self, table: &'static str, expected: &Columns, id: i64) -> Result<Option<Columns>> {
        Ok(expected.read(self.0, table, "id = ?1", id)?.pop())
    }

    /// The id of a message's supplement.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn supplement_id(self, message_id: i64) -> Result<Option<i64>> {
        first_id(self.0, "supplement", "message_id = ?1", message_id)
    }

    /// A message's attachments, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn attachments(self, message_id: i64) -> Result<Vec<Columns>> {
        Columns::named(&["ordinal", "filename", "media_type", "size_bytes", "sha256"]).read(
            self.0,
            "attachment",
            "message_id = ?1 ORDER BY ordinal",
            message_id,
        )
    }

    /// The opinion items of a submission, its supplements' among them, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn items(self, submission_id: i64) -> Result<Vec<Item>> {
        let mut statement = self.0.prepare_cached(
            "SELECT message_id, ordinal, clause, text, adoption IS NOT NULL OR adoption_reason IS NOT NULL
             FROM opinion WHERE submission_id = ?1 ORDER BY ordinal",
        )?;
        let rows = statement.query_map([submission_id], |row| {
            Ok(Item {
                message_id: row.get(0)?,
                ordinal: row.get(1)?,
                clause: row.get(2)?,
                text: row.get(3)?,
                decided: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What staff corrected in a submission, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn corrections(self, submission_id: i64) -> Result<Vec<Correction>> {
        let mut statement = self.0.prepare_cached(
            "SELECT opinion, field, old_value FROM correction WHERE submission_id = ?1 ORDER BY id",
        )?;
        let rows = statement
            .query_map(params![submission_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<Vec<(_, String, _)>>>()?;
        Ok(rows
            .into_iter()
            .filter_map(|(opinion, field, old_value)| {
                Some(Correction { opinion, field: CorrectionField::from_word(&field)?, old_value })
            })
            .collect())
    }
}

fn known(row: &Row<'_>) -> rusqlite::Result<Known> {
    let submission: Option<i64> = row.get(4)?;
    let supplements: Option<i64> = row.get(16)?;
    let part = match (submission, supplements) {
        (Some(id), _) => {
            let status: String = row.get(7)?;
            let timeliness: String = row.get(8)?;
            KnownPart::Submission(Box::new(KnownSubmission {
                id,
                number: row.get(5)?,
                consultation: row.get(6)?,
                status: Status::from_word(&status).unwrap_or(Status::Review),
                timeliness: Timeliness::from_word(&timeliness).unwrap_or(Timeliness::OnTime),
                review_reasons: texts(row, 9)?
                    .iter()
                    .filter_map(|word| ReviewReason::from_word(word))
                    .collect(),
                received_at: instant(row.get(10)?),
                from_address: row.get(11)?,
                names: texts(row, 12)?,
                flags: texts(row, 13)?.iter().filter_map(|word| Flag::from_word(word)).collect(),
                duplicate_of: row.get(14)?,
                content_sha256: row.get(15)?,
                proposer: (row.get(21)?, row.get(22)?),
                supplements: Vec::new(),
                decisions: Vec::new(),
            }))
        }
        (None, Some(submission_id)) => KnownPart::Supplement {
            submission_id,
            from_address: row.get(17)?,
            reasons: asks(row, 18)?,
            content_sha256: row.get(19)?,
        },
        (None, None) => KnownPart::Neither,
    };
    Ok(Known {
        message_id: row.get(0)?,
        rfc822_message_id: row.get(1)?,
        size_bytes: unsigned(row, 2)?,
        has_raw: row.get(3)?,
        truncated: row.get(20)?,
        opinion_sha256: row.get(23)?,
        answers: Vec::new(),
        part,
    })
}

/// What a supplement asks of a person stands in its flags.
fn asks(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<ReviewReason>> {
    let flags = texts(row, column)?;
    let asks =
        [(Flag::Withdraw, ReviewReason::Withdraw), (Flag::InfoDisclosure, ReviewReason::InfoDisclosure)];
    Ok(asks
        .into_iter()
        .filter(|(flag, _)| flags.iter().any(|found| found == flag.as_str()))
        .map(|(_, reason)| reason)
        .collect())
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let packed: Option<Vec<u8>> = row.get(1)?;
    let size_bytes = unsigned(row, 2)?;
    let raw = packed.and_then(|packed| {
        zstd::bulk::decompress(&packed, usize::try_from(size_bytes).unwrap_or(usize::MAX)).ok()
    });
    let time = instant(row.get(3)?);
    let disposition: String = row.get(6)?;
    let uid = match row.get_ref(9)? {
        rusqlite::types::ValueRef::Integer(uid) => EntryUid::Imap(u32::try_from(uid).unwrap_or(u32::MAX)),
        name => EntryUid::Name(name.as_str().unwrap_or_default().to_owned()),
    };
    // IMAP's time had an offset; nothing depends on it.
    let time = time.map(|at| match uid {
        EntryUid::Imap(_) => EntryTime::InternalDate(WrittenTime { instant: at, offset_seconds: 0 }),
        EntryUid::Name(_) => EntryTime::File(at),
    });
    let entry = EntryKey { folder: FolderKey { name: row.get(7)?, uid_validity: row.get(8)? }, uid };
    let announced_size_bytes = unsigned(row, 10)?;
    Ok(Kept {
        sha256: row.get(0)?,
        fetched: raw.map(|raw| FetchedMessage { entry, raw, time, announced_size_bytes, truncated: false }),
        seen_at: instant(row.get(4)?).unwrap_or(Timestamp::UNIX_EPOCH),
        entry_id: row.get(5)?,
        disposition: Disposition::from_word(&disposition).unwrap_or(Disposition::Quarantined),
    })
}
