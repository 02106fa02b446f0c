//! Reading for people: lists, one submission.

use rusqlite::{OptionalExtension, params_from_iter};

use super::filter::Filter;
use super::rows::{CorrectionRow, EventRow, ListRow, OpinionRow, Shown, SupplementRow, list_row};
use crate::store::awaiting::{UNTOLD, WITH_OTHERS};
use crate::store::filing::number::TYPED;
use crate::store::filing::unpack;
use crate::store::read::{instant, is_forged, names, texts, unsigned};
use crate::store::{NumbersOfOthers, Result, Store};
use crate::vocabulary::Adoption;

/// Letters of a submission: `message.id`, and the bytes where they are kept.
pub type Letters = Vec<(i64, Option<Vec<u8>>)>;

/// Which submissions to list.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    /// Which are meant.
    pub filter: Filter,
    /// At most so many, the newest.
    pub most: usize,
    /// At most so many, the oldest.
    pub oldest: bool,
    /// Only submissions filed after this id.
    pub after_id: i64,
}

/// What is listed of a submission `s`.
fn listed() -> String {
    format!(concat!(
    "SELECT s.id, s.number, s.status, s.subject_match, s.timeliness, s.received_at, s.from_address, s.name,
        s.organization, s.occupation, s.comment, s.flags, s.review_reasons,
        (SELECT state FROM acknowledgement AS a WHERE a.submission_id = s.id ORDER BY a.id LIMIT 1),
        (SELECT w.group_number FROM likeness AS l JOIN wording AS w ON w.id = l.leader_id WHERE l.message_id = s.message_id AND NOT ",
    is_forged!(),
    "), ",
    names!("s"),
    ", (SELECT json_group_array(DISTINCT old_value) FROM correction AS c
        WHERE c.submission_id = s.id AND c.field = 'number' AND c.old_value <> s.number), s.sender_kind, s.consultation, s.signatories,
        (SELECT text FROM opinion AS o WHERE o.submission_id = s.id AND o.adoption IS NOT '{no_opinion}' ORDER BY o.ordinal LIMIT 1),
        (SELECT old_value FROM correction AS c WHERE c.submission_id = s.id AND c.field = 'status' ORDER BY c.id DESC LIMIT 1),
        (SELECT r.kind FROM relation AS r LEFT JOIN submission AS l ON l.id = r.submission_id
            WHERE r.earlier_id = s.id AND r.kind IN ('withdraws', 'replaces', 'disowns') AND r.basis <> 'same_sender' AND l.status IS NOT 'denied'
            ORDER BY r.id LIMIT 1),
        s.status = 'erased' OR EXISTS (SELECT 1 FROM correction AS c
            WHERE c.submission_id = s.id AND c.field IN ('name', 'organization') AND c.old_value IS NULL AND c.new_value IS NULL)
     FROM submission AS s "
), no_opinion = Adoption::NoOpinion.as_str())
}

impl Store {
    /// The highest `submission.id` so far; 0 when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_submission_id(&self) -> Result<i64> {
        Ok(self.connection.query_row("SELECT coalesce(max(id), 0) FROM submission", [], |row| row.get(0))?)
    }

    /// Submissions that wait for a person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn waiting(&self) -> Result<u64> {
        // Read from the index of states alone.
        let sql = "SELECT count(*) FROM submission WHERE status = 'review'";
        Ok(self.connection.query_row(sql, [], |row| unsigned(row, 0))?)
    }

    /// Those of them that were filed after an id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn waiting_after(&self, id: i64) -> Result<u64> {
        // `+`: by the index of what waits, not through all letters behind the id.
        let sql = "SELECT count(*) FROM submission WHERE status = 'review' AND +id > ?1";
        Ok(self.connection.query_row(sql, [id], |row| unsigned(row, 0))?)
    }

    /// Submissions, in the order of filing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list(&self, filter: &ListFilter) -> Result<Vec<ListRow>> {
        let listed = listed();
        let order = if filter.oldest { "ASC" } else { "DESC" };
        let (condition, mut values) = filter.filter.condition();
        values.extend([filter.after_id.into(), i64::try_from(filter.most).unwrap_or(i64::MAX).into()]);
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT * FROM ({listed} WHERE {condition} AND s.id > ? ORDER BY s.id {order} LIMIT ?) ORDER BY 1"
        ))?;
        let rows = statement.query_map(params_from_iter(values), list_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The numbers of those that are meant and wait for a person, the earliest arrivals first, at most so many; of which staff wrote
    /// down how far they are stands behind all others.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn longest_waiting(&self, filter: &Filter, most: usize) -> Result<Vec<String>> {
        let found = |which: &str, most: usize| -> Result<Vec<String>> {
            let (condition, mut values) = filter.condition();
            values.push(i64::try_from(most).unwrap_or(i64::MAX).into());
            let mut statement = self.connection.prepare(&format!(
                "SELECT s.number FROM submission AS s WHERE s.status = 'review' AND {which} {WITH_OTHERS} AND {condition}
                 ORDER BY s.received_at, s.id LIMIT ?"
            ))?;
            let numbers = statement.query_map(params_from_iter(values), |row| row.get(0))?;
            Ok(numbers.collect::<rusqlite::Result<_>>()?)
        };
        let mut numbers = found("NOT", most)?;
        numbers.extend(found("", most - numbers.len())?);
        Ok(numbers)
    }

    /// How many of those that are meant wait while others are asked.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn count_with_others(&self, filter: &Filter) -> Result<u64> {
        let (condition, values) = filter.condition();
        let sql = format!("SELECT count(*) FROM submission AS s WHERE {WITH_OTHERS} AND {condition}");
        Ok(self.connection.prepare(&sql)?.query_row(params_from_iter(values), |row| unsigned(row, 0))?)
    }

    /// How many of the letters that are meant count, and their writers were told only that they are looked at; the first of their numbers.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn counted_untold(&self, filter: &Filter, most: usize) -> Result<(u64, Vec<String>)> {
        let meant = Filter { is_unanswered: false, ..filter.clone() };
        let (condition, mut values) = meant.condition();
        let which = format!("FROM submission AS s WHERE {UNTOLD} AND {condition}");
        let count = self
            .connection
            .prepare(&format!("SELECT count(*) {which}"))?
            .query_row(params_from_iter(values.iter()), |row| unsigned(row, 0))?;
        values.push(i64::try_from(most).unwrap_or(i64::MAX).into());
        let mut statement =
            self.connection.prepare(&format!("SELECT s.number {which} ORDER BY s.id LIMIT ?"))?;
        let numbers = statement.query_map(params_from_iter(values), |row| row.get(0))?;
        Ok((count, numbers.collect::<rusqlite::Result<_>>()?))
    }

    /// The letters of a submission, its own first: `message.id` and the bytes, `None` when they are erased. `None`: no such number.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letters_of(&self, number: &str) -> Result<Option<Letters>> {
        let Some((id, _)) = self.submission_numbered(number)? else { return Ok(None) };
        let letters = self.rows(
            "SELECT m.id, m.raw, m.size_bytes FROM message AS m WHERE m.id = (SELECT message_id FROM submission WHERE id = ?1)
             UNION ALL SELECT m.id, m.raw, m.size_bytes FROM supplement AS p JOIN message AS m ON m.id = p.message_id WHERE p.submission_id = ?1",
            id,
            |row| {
                let (packed, size): (Option<Vec<u8>>, i64) = (row.get(1)?, row.get(2)?);
                Ok((row.get(0)?, packed.and_then(|packed| unpack(&packed, size))))
            },
        )?;
        Ok(Some(letters))
    }

    fn supplements_of(&self, submission_id: i64) -> Result<Vec<SupplementRow>> {
        self.rows(
            "SELECT received_at, comment, flags, message_id, from_address,
                (SELECT json_group_array(coalesce(filename, media_type)) FROM attachment AS a WHERE a.message_id = supplement.message_id), details
             FROM supplement WHERE submission_id = ?1 ORDER BY id",
            submission_id,
            |row| {
                Ok(SupplementRow {
                    from_address: row.get(4)?,
                    received_at: instant(row.get(0)?),
                    comment: row.get(1)?,
                    flags: texts(row, 2)?,
                    message: row.get(3)?,
                    files: texts(row, 5)?,
                    given: serde_json::from_str(&row.get::<_, String>(6)?).unwrap_or_default(),
                })
            },
        )
    }

    fn corrections_of(&self, id: i64) -> Result<Vec<CorrectionRow>> {
        self.rows(
            // People know submissions by their numbers.
            "SELECT opinion, field,
                iif(field = 'duplicate_of', (SELECT number FROM submission WHERE id = old_value), old_value),
                iif(field = 'duplicate_of', (SELECT number FROM submission WHERE id = new_value), new_value), actor, at, note, id,
                (SELECT nullif(json_extract(e.detail, '$.undoes'), 0) FROM event AS e WHERE e.submission_id = ?1 AND e.action = 'corrected'
                    AND json_extract(e.detail, '$.correction') = correction.id)
             FROM correction WHERE submission_id = ?1 ORDER BY id",
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
                    id: row.get(7)?,
                    undoes: row.get(8)?,
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
            .prepare_cached(&format!("{} WHERE s.id = {TYPED}", listed()))?
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
                    numbers_of_others: NumbersOfOthers::default(),
                };
                Ok((shown, found.get::<_, i64>(11)?))
            },
        )?;
        let (mut shown, message_id) = shown;
        shown.opinions = self.rows(
            "SELECT clause, text, adoption, adoption_reason,
                (SELECT received_at FROM supplement AS p WHERE p.submission_id = o.submission_id AND p.message_id = o.message_id)
             FROM opinion AS o WHERE submission_id = ?1 ORDER BY ordinal",
            id,
            |row| {
                Ok(OpinionRow {
                    clause: row.get(0)?,
                    text: row.get(1)?,
                    adoption: row.get(2)?,
                    adoption_reason: row.get(3)?,
                    supplement_received_at: instant(row.get(4)?),
                })
            },
        )?;
        shown.corrections = self.corrections_of(id)?;
        shown.attachments = self.attachments_of(message_id)?;
        shown.supplements = self.supplements_of(id)?;
        shown.acknowledgements = self.acknowledgements_of("submission_id", id)?;
        shown.events = self.rows(
            "SELECT at, actor, action, detail FROM event WHERE submission_id = ?1 AND action <> 'sealed' ORDER BY id",
            id,
            |row| {
                Ok(EventRow { at: row.get(0)?, actor: row.get(1)?, action: row.get(2)?, detail: row.get(3)? })
            },
        )?;
        shown.membership = self.membership(message_id)?;
        shown.relations = self.relations(id)?;
        shown.numbers_of_others = self.numbers_of_others(message_id)?;
        Ok(Some(shown))
    }
}
