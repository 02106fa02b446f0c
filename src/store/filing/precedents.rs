//! What the store already knows that bears on a new message.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use super::number::NUMBERED;
use crate::ruling::{self, Copied, Earlier, Likeness, SeenBefore, Signer};
use crate::store::read::{instant, is_forged};
use crate::store::{Result, Writing};
use crate::vocabulary::{
    Disposition, FolderKey, ReceivedBasis, ReviewReason, Status, rfc3339_utc, sender_key, sha256_hex,
    start_of_day,
};

/// A kept message with the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownMessage {
    /// `message.id`
    pub message_id: i64,
    /// What was done with its first entry.
    pub disposition: Disposition,
    /// Whether an entry refers to it at all; none does when its row was lost.
    pub has_entry: bool,
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct LookUp<'a> {
    /// Message-IDs that the message answers.
    pub thread: &'a [String],
    /// Numbers of ours that stand in its subject or text.
    pub numbers: &'a [String],
    /// The sender.
    pub from_address: &'a str,
    /// What it is compared by.
    pub likeness: &'a Likeness,
    /// Its own Message-ID.
    pub message_id: Option<&'a str>,
    /// The digest of its bytes.
    pub sha256: &'a str,
    /// When it arrived.
    pub received_at: Timestamp,
    /// It asks for something, and nothing else says that it is for us, or which letter it means.
    pub asks: bool,
    /// It says that an earlier one was not late.
    pub disputes: bool,
}

/// What was found.
pub use crate::ruling::Precedents;

/// Most submissions with the same content that are looked at; they differ in consultation or in standing.
pub const MOST_PRECEDENTS: usize = 32;

/// Most messages with one Message-ID that are looked at: whoever gives all his letters the same must not make each cost as much
/// as there are.
const MOST_OF_ONE_ID: usize = 256;

/// As the macro says, of a submission `s`.
pub(super) const IS_FORGED: &str = is_forged!();

/// The columns that [`earlier`] reads, of a submission `s`.
fn columns() -> String {
    format!(
        "s.id, s.number, s.received_at, s.status, s.consultation, s.message_id, {IS_FORGED},
        s.name, s.name_hint, s.organization, s.phones, s.occupation, s.from_address, s.sender_kind IS 'agency'"
    )
}

/// From a submission `d` to the one that it repeats, or itself.
const REPEATED: &str = "JOIN submission AS d ON s.id = coalesce(d.duplicate_of, d.id)";

impl Writing<'_> {
    /// A kept message with the same bytes, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn known_message(&self, sha256: &str) -> Result<Option<KnownMessage>> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT m.id, coalesce(e.disposition,
                    (SELECT iif(duplicate_of IS NULL, 'filed', 'duplicate') FROM submission WHERE message_id = m.id),
                    (SELECT 'supplement' FROM supplement WHERE message_id = m.id), 'quarantined'), e.id IS NOT NULL
                 FROM message AS m LEFT JOIN mailbox_entry AS e ON e.message_id = m.id
                 WHERE m.sha256 = ?1 ORDER BY e.id LIMIT 1",
            )?
            .query_row([sha256], |row| {
                let word: String = row.get(1)?;
                Ok(KnownMessage {
                    message_id: row.get(0)?,
                    disposition: Disposition::from_word(&word).unwrap_or(Disposition::Quarantined),
                    has_entry: row.get(2)?,
                })
            })
            .optional()?)
    }

    /// Whether a machine's mail with these bytes or this Message-ID was read before: its folder was moved, or the server
    /// numbers its mail anew.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn read_before(&self, sha256: &str, message_id: Option<&str>) -> Result<bool> {
        let by_id = message_id.map(|id| sha256_hex(id.as_bytes()));
        Ok(self
            .transaction
            .prepare_cached(&format!(
                "SELECT 1 FROM mailbox_entry WHERE sha256 = ?1 AND disposition = 'automatic'
                 UNION ALL SELECT 1 FROM (SELECT disposition FROM mailbox_entry WHERE message_id_sha256 = ?2
                    ORDER BY id DESC LIMIT {MOST_OF_ONE_ID}) WHERE disposition = 'automatic'"
            ))?
            .exists(params![sha256, by_id])?)
    }

    /// Looks up everything that bears on a message.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn precedents(&self, wanted: &LookUp<'_>) -> Result<Precedents> {
        let mut closed = None;
        let answered = self.answered(wanted, &mut closed)?;
        let replies_of_day = match &answered {
            Some((of, _)) => self.replies_of_day(of.submission_id, wanted.received_at)?,
            None => 0,
        };
        Ok(Precedents {
            replies_of_day,
            answered_by_number: answered.as_ref().is_some_and(|(_, by_number)| *by_number),
            answered: answered.map(|(earlier, _)| earlier),
            closed,
            latest_of_sender: if wanted.asks { self.latest_of_sender(wanted)? } else { None },
            same_content: self.same_content(wanted)?,
            message_id_reused: self.message_id_reused(wanted)?,
        })
    }

    /// The submission whose acknowledgement this message answers: by Message-ID, which only its recipient knows, or by
    /// its number, which anybody may quote and which therefore counts for the same sender only. Of a repetition it is
    /// the submission that it repeats: that is the one that counts and that was answered before.
    /// With it, whether the number told. `closed`: the first that is found and takes nothing more.
    fn answered(&self, wanted: &LookUp<'_>, closed: &mut Option<Earlier>) -> Result<Option<(Earlier, bool)>> {
        let columns = columns();
        let mut by_id = self.transaction.prepare_cached(&format!(
            "SELECT {columns} FROM submission AS s {REPEATED} JOIN acknowledgement AS a ON a.submission_id = d.id
             WHERE a.rfc822_message_id = ?1"
        ))?;
        for id in wanted.thread {
            match by_id.query_row([id], earlier).optional()? {
                Some(found) if ruling::takes_more(&found) => return Ok(Some((found, false))),
                found => *closed = closed.take().or(found),
            }
        }
        let sender = sender_key(wanted.from_address);
        let mut by_number = self.transaction.prepare_cached(&format!(
            "SELECT {columns} FROM submission AS s {REPEATED} JOIN likeness AS l ON l.message_id = d.message_id
             WHERE d.id = {NUMBERED} AND l.sender = ?2"
        ))?;
        for number in wanted.numbers {
            match by_number.query_row([number, &sender], earlier).optional()? {
                Some(found) if ruling::takes_more(&found) => return Ok(Some((found, true))),
                found => *closed = closed.take().or(found),
            }
        }
        Ok(None)
    }

    /// The sender's latest submission that counts or waits; of one who calls a letter in time, the latest late one before all others.
    fn latest_of_sender(&self, wanted: &LookUp<'_>) -> Result<Option<Earlier>> {
        let (sender, columns) = (sender_key(wanted.from_address), columns());
        if sender.is_empty() {
            return Ok(None);
        }
        Ok(self
            .transaction
            .prepare_cached(&format!(
                "SELECT {columns} FROM likeness AS l JOIN submission AS s ON s.message_id = l.message_id
                 WHERE l.sender = ?1 AND s.duplicate_of IS NULL AND s.status NOT IN ('handled', 'denied', 'erased') AND NOT {IS_FORGED}
                 ORDER BY ?2 AND s.status <> 'late', l.message_id DESC LIMIT 1"
            ))?
            .query_row(params![sender, wanted.disputes], earlier)
            .optional()?)
    }

    /// The submissions of the same sender with the same opinion and attachments, as themselves or as a supplement, oldest
    /// first. Who is not named is nobody's same sender. What a person turned down or erased, and what is forged as far as anybody
    /// knows, stands for nothing.
    fn same_content(&self, wanted: &LookUp<'_>) -> Result<Vec<Copied>> {
        let Likeness { content_sha256, opinion_sha256: Some(opinion), .. } = wanted.likeness else {
            return Ok(Vec::new());
        };
        let (sender, columns) = (sender_key(wanted.from_address), columns());
        if sender.is_empty() {
            return Ok(Vec::new());
        }
        self.transaction
            .prepare_cached(&format!(
                "SELECT * FROM (SELECT {columns},
                    coalesce((CASE WHEN s.message_id = l.message_id THEN s.content_sha256
                              ELSE (SELECT p.content_sha256 FROM supplement AS p WHERE p.message_id = l.message_id) END) = ?3, 0),
                    s.message_id <> l.message_id OR coalesce((SELECT json_extract(evidence, '$.sender.verdict') FROM message WHERE id = s.message_id) = 'pass', 0)
                 FROM likeness AS l JOIN submission AS s ON s.id = l.submission_id
                 WHERE l.opinion_sha256 = ?1 AND l.sender = ?2 AND s.duplicate_of IS NULL
                   AND s.status NOT IN ('denied', 'erased') AND NOT {IS_FORGED}
                 ORDER BY l.message_id LIMIT {MOST_PRECEDENTS}) ORDER BY 6, 12 DESC"
            ))?
            .query_map(params![opinion, sender, content_sha256], |row| {
                Ok(Copied { earlier: earlier(row)?, whole: row.get(14)?, vouched: row.get(15)? })
            })?
            .map(|row| Ok(row?))
            .collect()
    }

    /// Kept messages of submissions and supplements with this Message-ID and other bytes, oldest first. `elsewhere`: only those of
    /// which the folder, under this UIDVALIDITY, has no entry.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn kept_with_message_id(
        &self,
        id: &str,
        sha256: &str,
        elsewhere: Option<&FolderKey>,
    ) -> Result<Vec<SeenBefore>> {
        let (folder, uid_validity) = elsewhere.map(|key| (key.name.as_str(), key.uid_validity)).unzip();
        self.transaction
            .prepare_cached(&format!(
                "SELECT m.id, t.number, t.status, t.review_reasons, coalesce(p.from_address, s.from_address) AS from_address, m.subject,
                    iif(p.id IS NULL, s.content_sha256, p.content_sha256) AS content_sha256, m.received_at, m.received_basis
                 FROM (SELECT * FROM message WHERE rfc822_message_id = ?1 AND sha256 <> ?2 ORDER BY id LIMIT {MOST_OF_ONE_ID}) AS m
                    LEFT JOIN submission AS s ON s.message_id = m.id LEFT JOIN supplement AS p ON p.message_id = m.id
                    JOIN submission AS t ON t.id = coalesce(s.id, p.submission_id)
                 WHERE NOT EXISTS (SELECT 1 FROM mailbox_entry AS e
                    WHERE e.message_id = m.id AND e.folder = ?3 AND e.uid_validity = ?4)
                 ORDER BY m.id LIMIT {MOST_PRECEDENTS}"
            ))?
            .query_map(params![id, sha256, folder, uid_validity], |row| {
                let (status, basis): (String, Option<String>) = (row.get("status")?, row.get("received_basis")?);
                let reasons: String = row.get("review_reasons")?;
                let reasons: Vec<String> = serde_json::from_str(&reasons).unwrap_or_default();
                Ok(SeenBefore {
                    message_id: row.get("id")?,
                    number: row.get("number")?,
                    status: Status::from_word(&status).unwrap_or(Status::Review),
                    review_reasons: reasons.iter().filter_map(|word| ReviewReason::from_word(word)).collect(),
                    from_address: row.get("from_address")?,
                    subject: row.get("subject")?,
                    content_sha256: row.get("content_sha256")?,
                    arrived: instant(row.get("received_at")?)
                        .zip(basis.as_deref().and_then(ReceivedBasis::from_word)),
                })
            })?
            .map(|row| Ok(row?))
            .collect()
    }

    /// The supplements that came to a submission on the day (in Beijing) of an arrival, whichever was filed first.
    fn replies_of_day(&self, submission_id: i64, received_at: Timestamp) -> Result<u32> {
        let begins = start_of_day(received_at);
        let ends = begins + SignedDuration::from_hours(24);
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT count(*) FROM supplement WHERE submission_id = ?1 AND received_at >= ?2 AND received_at < ?3",
            )?
            .query_row(params![submission_id, rfc3339_utc(begins), rfc3339_utc(ends)], |row| row.get(0))?)
    }

    fn message_id_reused(&self, wanted: &LookUp<'_>) -> Result<bool> {
        let Some(id) = wanted.message_id else { return Ok(false) };
        Ok(self
            .transaction
            .prepare_cached(&format!(
                "SELECT 1 FROM (SELECT id FROM message WHERE rfc822_message_id = ?1 AND sha256 <> ?2 ORDER BY id LIMIT {MOST_OF_ONE_ID}) AS m
                    LEFT JOIN submission AS s ON s.message_id = m.id
                 WHERE NOT coalesce({IS_FORGED}, 0)"
            ))?
            .exists([id, wanted.sha256])?)
    }
}

fn earlier(row: &Row<'_>) -> rusqlite::Result<Earlier> {
    let (status, phones): (String, String) = (row.get(3)?, row.get(10)?);
    Ok(Earlier {
        submission_id: row.get(0)?,
        number: row.get(1)?,
        received_at: instant(row.get(2)?),
        consultation: row.get(4)?,
        status: Status::from_word(&status).unwrap_or(Status::Review),
        is_forged: row.get(6)?,
        signer: Signer {
            name: row.get(7)?,
            name_hint: row.get(8)?,
            organization: row.get(9)?,
            phones: serde_json::from_str(&phones).unwrap_or_default(),
            occupation: row.get(11)?,
            address: row.get(12)?,
        },
        is_agency: row.get(13)?,
    })
}
