//! Reading for people: status, lists, one submission.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{BREAKER, BREAKER_SINCE, Membership, RelationRow, Result, Store, instant};

/// Rows by word.
pub type Counts = Vec<(String, u64)>;

/// What `status` shows of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreStatus {
    /// Mailbox entries by disposition.
    pub entries: Counts,
    /// Submissions by status.
    pub submissions: Counts,
    /// Acknowledgements by state.
    pub acknowledgements: Counts,
    /// Entries announced but not read yet.
    pub gaps: u64,
    /// The oldest submission that waits for a person.
    pub oldest_review: Option<Timestamp>,
    /// The oldest acknowledgement that waits.
    pub oldest_waiting: Option<Timestamp>,
    /// When the last complete pass over the mailbox ended.
    pub last_good_pass: Option<Timestamp>,
    /// What stopped the last pass, when it failed.
    pub last_problem: Option<String>,
    /// Why sending is held, when the breaker is open.
    pub breaker: Option<String>,
    /// Since when.
    pub breaker_since: Option<Timestamp>,
    /// Highest UID recorded, by folder.
    pub folders: Vec<(String, u32, u32)>,
}

/// Which submissions to list.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    /// Only this status.
    pub status: Option<String>,
    /// Only this consultation.
    pub consultation: Option<String>,
    /// At most so many, the newest.
    pub most: usize,
    /// Only submissions filed after this id.
    pub after_id: i64,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// `submission.id`
    pub id: i64,
    /// `submission.number`
    pub number: String,
    /// `submission.status`
    pub status: String,
    /// `submission.subject_match`
    pub subject_match: String,
    /// `submission.timeliness`
    pub timeliness: String,
    /// `submission.received_at`
    pub received_at: Option<Timestamp>,
    /// `submission.from_address`
    pub from_address: String,
    /// `submission.name`
    pub name: Option<String>,
    /// Every name that it has or had: `name`, `name_hint`, and what `correction` holds of the first.
    pub names: Vec<String>,
    /// `submission.organization`
    pub organization: Option<String>,
    /// `submission.occupation`
    pub occupation: Option<String>,
    /// `submission.comment`
    pub comment: String,
    /// `submission.flags`
    pub flags: Vec<String>,
    /// `submission.review_reasons`
    pub review_reasons: Vec<String>,
    /// State of its first acknowledgement.
    pub acknowledgement: Option<String>,
    /// 组号 of the letters that say the same, when others sent it too.
    pub group: Option<u32>,
}

/// One acknowledgement of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgementRow {
    /// `acknowledgement.kind`
    pub kind: String,
    /// `acknowledgement.recipient`
    pub recipient: Option<String>,
    /// `acknowledgement.state`
    pub state: String,
    /// `acknowledgement.reason`
    pub reason: Option<String>,
    /// `acknowledgement.attempts`
    pub attempts: u32,
    /// `acknowledgement.next_attempt_at`
    pub next_attempt_at: Option<String>,
    /// `acknowledgement.sent_at`
    pub sent_at: Option<String>,
}

/// A supplement as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplementRow {
    /// When it arrived.
    pub received_at: Option<Timestamp>,
    /// What it says.
    pub comment: String,
    /// Its own flags: a wish not to be named may come afterwards.
    pub flags: Vec<String>,
}

/// One opinion item of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpinionRow {
    /// `opinion.clause`
    pub clause: Option<String>,
    /// `opinion.text`
    pub text: String,
    /// `opinion.adoption`
    pub adoption: Option<String>,
    /// `opinion.adoption_reason`
    pub adoption_reason: Option<String>,
}

/// One correction or decision by staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionRow {
    /// `correction.opinion`
    pub opinion: Option<i64>,
    /// `correction.field`
    pub field: String,
    /// `correction.old_value`
    pub old_value: Option<String>,
    /// `correction.new_value`
    pub new_value: Option<String>,
    /// `correction.actor`
    pub actor: String,
    /// `correction.at`
    pub at: Option<Timestamp>,
    /// `correction.note`
    pub note: Option<String>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// `event.at`
    pub at: String,
    /// `event.actor`
    pub actor: String,
    /// `event.action`
    pub action: String,
    /// `event.detail`
    pub detail: String,
}

/// Everything `show` prints of one submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// As listed.
    pub row: ListRow,
    /// `submission.consultation`
    pub consultation: String,
    /// `message.subject`
    pub subject: Option<String>,
    /// `message.sent_as_written`
    pub sent_as_written: Option<String>,
    /// `message.received_basis`
    pub received_basis: Option<String>,
    /// `submission.name_hint`
    pub name_hint: Option<String>,
    /// `submission.occupation_as_written`
    pub occupation_as_written: Option<String>,
    /// `submission.phones`
    pub phones: Vec<String>,
    /// `submission.emails`
    pub emails: Vec<String>,
    /// `submission.signatories`
    pub signatories: u32,
    /// `submission.full_text`
    pub full_text: String,
    /// Number of the submission this one repeats.
    pub duplicate_of: Option<String>,
    /// It repeats what a supplement of that one says.
    pub repeats_supplement: bool,
    /// Its opinion items, in order.
    pub opinions: Vec<OpinionRow>,
    /// What staff corrected and decided, in order.
    pub corrections: Vec<CorrectionRow>,
    /// File name, media type and size in bytes of each attachment.
    pub attachments: Vec<(Option<String>, String, u64)>,
    /// Its supplements, in order.
    pub supplements: Vec<SupplementRow>,
    /// Its acknowledgements.
    pub acknowledgements: Vec<AcknowledgementRow>,
    /// Its events.
    pub events: Vec<EventRow>,
    /// The group of the same letter from several senders that it belongs to.
    pub membership: Option<Membership>,
    /// What it says of earlier submissions, and what later mail says of it.
    pub relations: Vec<RelationRow>,
}

/// Every name that the submission of this alias has or had, as a JSON list: what is masked in its texts.
macro_rules! names {
    ($s:literal) => {
        concat!(
            "(SELECT json_group_array(n) FROM (SELECT ",
            $s,
            ".name AS n UNION SELECT ",
            $s,
            ".name_hint
              UNION SELECT old_value FROM correction WHERE submission_id = ",
            $s,
            ".id AND field = 'name'
              UNION SELECT new_value FROM correction WHERE submission_id = ",
            $s,
            ".id AND field = 'name') WHERE n <> '')"
        )
    };
}
pub(super) use names;

const LIST: &str = concat!(
    "SELECT s.id, s.number, s.status, s.subject_match, s.timeliness, s.received_at, s.from_address, s.name,
        s.organization, s.occupation, s.comment, s.flags, s.review_reasons,
        (SELECT state FROM acknowledgement AS a WHERE a.submission_id = s.id ORDER BY a.id LIMIT 1),
        (SELECT w.group_number FROM likeness AS l JOIN wording AS w ON w.id = l.leader_id WHERE l.message_id = s.message_id), ",
    names!("s"),
    " FROM submission AS s "
);

impl Store {
    /// Gathers the status.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn status(&self) -> Result<StoreStatus> {
        let mut folders = self
            .connection
            .prepare_cached("SELECT folder, uid_validity, last_uid FROM folder ORDER BY folder")?;
        Ok(StoreStatus {
            entries: self.counts("SELECT disposition, count(*) FROM mailbox_entry GROUP BY 1 ORDER BY 1")?,
            submissions: self.counts("SELECT status, count(*) FROM submission GROUP BY 1 ORDER BY 1")?,
            acknowledgements: self
                .counts("SELECT state, count(*) FROM acknowledgement GROUP BY 1 ORDER BY 1")?,
            gaps: self.connection.query_row("SELECT count(*) FROM gap", [], |row| unsigned(row, 0))?,
            oldest_review: self.oldest("SELECT min(received_at) FROM submission WHERE status = 'review'")?,
            oldest_waiting: self
                .oldest("SELECT min(queued_at) FROM acknowledgement WHERE state IN ('queued', 'deferred')")?,
            last_good_pass: instant(self.fact("last_pass_finished_at")?),
            last_problem: self.fact("last_pass_problem")?.filter(|problem| !problem.is_empty()),
            breaker: self.fact(BREAKER)?.filter(|reason| !reason.is_empty()),
            breaker_since: self.fact_instant(BREAKER_SINCE)?,
            folders: folders
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?,
        })
    }

    pub(super) fn counts(&self, sql: &str) -> Result<Counts> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn oldest(&self, sql: &str) -> Result<Option<Timestamp>> {
        Ok(instant(self.connection.query_row(sql, [], |row| row.get(0))?))
    }

    /// The highest `submission.id` so far; 0 when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_submission_id(&self) -> Result<i64> {
        Ok(self.connection.query_row("SELECT coalesce(max(id), 0) FROM submission", [], |row| row.get(0))?)
    }

    /// Submissions, in the order of filing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self, filter: &ListFilter) -> Result<Vec<ListRow>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT * FROM ({LIST} WHERE (?1 IS NULL OR s.status = ?1) AND (?2 IS NULL OR s.consultation = ?2) AND s.id > ?3
             ORDER BY s.id DESC LIMIT ?4) ORDER BY 1"
        ))?;
        let most = i64::try_from(filter.most).unwrap_or(i64::MAX);
        let rows = statement
            .query_map(params![filter.status, filter.consultation, filter.after_id, most], list_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn supplements_of(&self, submission_id: i64) -> Result<Vec<SupplementRow>> {
        self.rows(
            "SELECT received_at, comment, flags FROM supplement WHERE submission_id = ?1 ORDER BY id",
            submission_id,
            |row| {
                Ok(SupplementRow {
                    received_at: instant(row.get(0)?),
                    comment: row.get(1)?,
                    flags: texts(row, 2)?,
                })
            },
        )
    }

    /// One submission by its number, with everything that belongs to it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn show(&self, number: &str) -> Result<Option<Shown>> {
        let found = self
            .connection
            .prepare_cached(&format!("{LIST} WHERE s.number = ?1 COLLATE NOCASE"))?
            .query_row([number], list_row)
            .optional()?;
        let Some(row) = found else { return Ok(None) };
        let id = row.id;
        let shown = self.connection.query_row(
            "SELECT s.consultation, m.subject, m.sent_as_written, m.received_basis, s.name_hint, s.occupation_as_written,
                s.phones, s.emails, s.signatories, s.full_text, d.number, s.message_id,
                d.content_sha256 IS NOT s.content_sha256 AND EXISTS (SELECT 1 FROM supplement AS p
                    WHERE p.submission_id = d.id AND p.content_sha256 = s.content_sha256)
             FROM submission AS s JOIN message AS m ON m.id = s.message_id
             LEFT JOIN submission AS d ON d.id = s.duplicate_of WHERE s.id = ?1",
            [id],
            |found| {
                let shown = Shown {
                    row,
                    consultation: found.get(0)?,
                    subject: found.get(1)?,
                    sent_as_written: found.get(2)?,
                    received_basis: found.get(3)?,
                    name_hint: found.get(4)?,
                    occupation_as_written: found.get(5)?,
                    phones: texts(found, 6)?,
                    emails: texts(found, 7)?,
                    signatories: found.get(8)?,
                    full_text: found.get(9)?,
                    duplicate_of: found.get(10)?,
                    repeats_supplement: found.get(12)?,
                    opinions: Vec::new(),
                    corrections: Vec::new(),
                    attachments: Vec::new(),
                    supplements: Vec::new(),
                    acknowledgements: Vec::new(),
                    events: Vec::new(),
                    membership: None,
                    relations: Vec::new(),
                };
                Ok((shown, found.get::<_, i64>(11)?))
            },
        )?;
        let (mut shown, message_id) = shown;
        shown.opinions = self.rows(
            "SELECT clause, text, adoption, adoption_reason FROM opinion WHERE submission_id = ?1 ORDER BY ordinal",
            id,
            |row| {
                Ok(OpinionRow {
                    clause: row.get(0)?,
                    text: row.get(1)?,
                    adoption: row.get(2)?,
                    adoption_reason: row.get(3)?,
                })
            },
        )?;
        shown.corrections = self.rows(
            "SELECT opinion, field, old_value, new_value, actor, at, note FROM correction WHERE submission_id = ?1 ORDER BY id",
            id,
            |row| {
                Ok(CorrectionRow {
                    opinion: row.get(0)?,
                    field: row.get(1)?,
                    old_value: row.get(2)?,
                    new_value: row.get(3)?,
                    actor: row.get(4)?,
                    at: instant(row.get(5)?),
                    note: row.get(6)?,
                })
            },
        )?;
        shown.attachments = self.rows(
            "SELECT filename, media_type, size_bytes FROM attachment WHERE message_id = ?1 ORDER BY ordinal",
            message_id,
            |row| Ok((row.get(0)?, row.get(1)?, unsigned(row, 2)?)),
        )?;
        shown.supplements = self.supplements_of(id)?;
        shown.acknowledgements = self.rows(
            "SELECT kind, recipient, state, reason, attempts, next_attempt_at, sent_at FROM acknowledgement
             WHERE submission_id = ?1 ORDER BY id",
            id,
            acknowledgement_row,
        )?;
        shown.events = self.rows(
            "SELECT at, actor, action, detail FROM event WHERE submission_id = ?1 AND action <> 'sealed' ORDER BY id",
            id,
            |row| {
                Ok(EventRow { at: row.get(0)?, actor: row.get(1)?, action: row.get(2)?, detail: row.get(3)? })
            },
        )?;
        shown.membership = self.membership(message_id)?;
        shown.relations = self.relations(id)?;
        Ok(Some(shown))
    }

    pub(super) fn rows<T>(
        &self,
        sql: &str,
        id: i64,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([id], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

pub(super) fn list_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<ListRow> {
    Ok(ListRow {
        id: row.get(0)?,
        number: row.get(1)?,
        status: row.get(2)?,
        subject_match: row.get(3)?,
        timeliness: row.get(4)?,
        received_at: instant(row.get(5)?),
        from_address: row.get(6)?,
        name: row.get(7)?,
        organization: row.get(8)?,
        occupation: row.get(9)?,
        comment: row.get(10)?,
        flags: texts(row, 11)?,
        review_reasons: texts(row, 12)?,
        acknowledgement: row.get(13)?,
        group: row.get(14)?,
        names: texts(row, 15)?,
    })
}

/// `kind, recipient, state, reason, attempts, next_attempt_at, sent_at` of an acknowledgement.
pub(super) fn acknowledgement_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<AcknowledgementRow> {
    Ok(AcknowledgementRow {
        kind: row.get(0)?,
        recipient: row.get(1)?,
        state: row.get(2)?,
        reason: row.get(3)?,
        attempts: row.get(4)?,
        next_attempt_at: row.get(5)?,
        sent_at: row.get(6)?,
    })
}

/// A column that holds a JSON list of texts.
pub(super) fn texts(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let text: String = row.get(column)?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

pub(super) fn unsigned(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    Ok(u64::try_from(value).unwrap_or(0))
}
