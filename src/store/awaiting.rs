//! What letters wait for beside a decision, kept in `awaiting` for whoever counts and lists them.

mod enclosed;
mod undone;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use super::filing::counted_copies;
use super::read::{texts, unsigned};
use super::{Columns, NotEntered, Result, Store, Writing, corrections};
use crate::ruling::{self, Awaits, Enclosed, Known, Owed, Unentered};
use crate::vocabulary::{
    AcknowledgementKind, AcknowledgementState, CorrectionField, Flag, ReviewReason, Status,
};

/// Letters of which an answer is owed, or a deed: what holds of a submission `s`.
pub(super) const UNANSWERED: &str = "s.id IN (SELECT submission_id FROM awaiting WHERE state IN (1, 4) UNION ALL SELECT submission_id FROM awaiting WHERE file = 3)";
/// Letters that count and of whose opinion nothing is entered, for it stands in a file.
pub(super) const UNENTERED: &str = "s.id IN (SELECT submission_id FROM awaiting WHERE file > 0)";
/// Letters that wait while others are asked.
pub(super) const WITH_OTHERS: &str = "s.id IN (SELECT submission_id FROM awaiting WHERE state = 2)";

/// Letters that count and whose writers were told only that they are looked at.
pub(super) const UNTOLD: &str = "s.id IN (SELECT submission_id FROM awaiting WHERE state = 3)";

/// Marks every letter of which anything may be asked or noted.
pub(super) const MARK_ALL: &str =
    "INSERT INTO awaiting (submission_id, state) SELECT id, -1 FROM submission AS s
    WHERE review_reasons <> '[]' OR EXISTS (SELECT 1 FROM correction AS c WHERE c.submission_id = s.id AND c.field = 'status')
        OR EXISTS (SELECT 1 FROM relation AS r WHERE r.earlier_id = s.id AND r.kind IN ('withdraws', 'replaces'))
        OR NOT EXISTS (SELECT 1 FROM opinion AS o WHERE o.submission_id = s.id AND o.adoption IS NULL)
    ON CONFLICT (submission_id) DO UPDATE SET state = -1";

impl Awaits {
    /// `awaiting.state`
    const fn state(self) -> i64 {
        match self {
            Self::Answer => 1,
            Self::Others => 2,
            Self::Word => 3,
            Self::Deed => 4,
        }
    }
}

impl Unentered {
    /// `awaiting.file`
    const fn state(self) -> i64 {
        match self {
            Self::Enter => 1,
            Self::Fetch => 2,
            Self::Resend => 3,
        }
    }

    const fn from_state(state: i64) -> Option<Self> {
        match state {
            1 => Some(Self::Enter),
            2 => Some(Self::Fetch),
            3 => Some(Self::Resend),
            _ => None,
        }
    }
}

/// Marks one letter by hand, where no trigger does: what became of its answers changed, or a decision on it.
pub(super) fn mark(connection: &Connection, submission_id: i64) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO awaiting (submission_id, state) VALUES (?1, -1) ON CONFLICT (submission_id) DO UPDATE SET state = -1",
        )?
        .execute([submission_id])?;
    Ok(())
}

/// Decides anew what the marked letters wait for.
pub(super) fn settle(connection: &Connection) -> Result<()> {
    let due: Vec<i64> = connection
        .prepare_cached("SELECT submission_id FROM awaiting WHERE state = -1")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in due {
        let known = known(connection, id)?;
        let state = ruling::awaits(&known).map_or(0, Awaits::state);
        let file = ruling::unentered(&known).map_or(0, Unentered::state);
        if state == 0 && file == 0 {
            connection.prepare_cached("DELETE FROM awaiting WHERE submission_id = ?1")?.execute([id])?;
        } else {
            connection
                .prepare_cached("UPDATE awaiting SET state = ?2, file = ?3 WHERE submission_id = ?1")?
                .execute([id, state, file])?;
        }
    }
    Ok(())
}

/// What is known of a letter that bears on what it waits for.
fn known(connection: &Connection, id: i64) -> Result<Known> {
    let found: Option<(String, Vec<String>)> = connection
        .prepare_cached("SELECT status, review_reasons FROM submission WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, texts(row, 1)?)))
        .optional()?;
    let Some((status, reasons)) = found else { return Ok(Known::default()) };
    let reason = |word: &String| ReviewReason::from_word(word);
    let (withheld, was_released) = withheld(connection, id)?;
    // What waits to leave will be told.
    let told: Option<String> = connection
        .prepare_cached(
            "SELECT a.kind FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id AND s.message_id = a.message_id
             WHERE a.submission_id = ?1 AND a.state IN ('queued', 'deferred', 'sent') ORDER BY a.id DESC LIMIT 1",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let is_taken_back = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM relation WHERE earlier_id = ?1 AND kind IN ('withdraws', 'replaces') AND basis <> 'same_sender')",
        )?
        .query_row([id], |row| row.get(0))?;
    let (asked, last) = last_written(connection, id)?;
    let made = corrections::of_submission(connection, id)?;
    let last_of = |field: CorrectionField| {
        made.iter().rev().find(|row| row.get("field").as_deref() == Some(field.as_str()))
    };
    let after = |row: &Columns| row.number("after_message").unwrap_or_default();
    let decided = last_of(CorrectionField::Status);
    let place = |field: CorrectionField| {
        made.iter().rposition(|row| row.get("field").as_deref() == Some(field.as_str()))
    };
    let is_since = place(CorrectionField::ReviewNote) > place(CorrectionField::Status);
    let noted = last_of(CorrectionField::ReviewNote).filter(|row| row.get("new_value").is_some());
    let notes_last = [
        decided.filter(|row| after(row) >= last).and_then(|row| row.get("note")),
        noted.filter(|row| after(row) >= last).and_then(|row| row.get("new_value")),
    ];
    let decided_because = decided.filter(|row| after(row) >= asked).and_then(|row| row.get("note"));
    let beside = noted.filter(|row| after(row) >= asked).and_then(|row| row.get("new_value"));
    let is_unreadable = reasons.iter().any(|word| word == ReviewReason::Unreadable.as_str());
    let status = Status::from_word(&status);
    let reasons: Vec<ReviewReason> = reasons.iter().filter_map(reason).collect();
    Ok(Known {
        status,
        is_decided: decided.is_some(),
        told: told.and_then(|kind| AcknowledgementKind::from_word(&kind)),
        is_taken_back: is_taken_back || reasons.contains(&ReviewReason::Withdraw),
        counts_elsewhere: status == Some(Status::Denied) && !counted_copies(connection, id, 1)?.is_empty(),
        reasons,
        withheld: withheld.iter().filter_map(reason).collect(),
        was_released,
        notes_since: decided_because.clone().into_iter().chain(beside.clone().filter(|_| is_since)).collect(),
        notes: decided_because.into_iter().chain(beside).collect(),
        is_noted: noted.is_some_and(|row| after(row) >= last),
        undone: undone::of(connection, id)?,
        notes_last: notes_last.into_iter().flatten().collect(),
        enclosed: enclosed::of(connection, id)?
            .map(|found| Enclosed { points: found.points || is_unreadable, ..found }),
    })
}

/// For what its answers are withheld, and whether a person let one go that he did not hold back again: what was held, is withheld for
/// what it was before.
fn withheld(connection: &Connection, id: i64) -> Result<(Vec<String>, bool)> {
    let withheld = connection
        .prepare_cached(
            "SELECT CASE a.reason WHEN 'held' THEN (SELECT json_extract(e.detail, '$.withheld_as') FROM event AS e
                WHERE e.submission_id = ?1 AND e.action = 'released' AND json_extract(e.detail, '$.acknowledgement') = a.id
                ORDER BY e.id DESC LIMIT 1) ELSE a.reason END AS because
             FROM acknowledgement AS a WHERE a.submission_id = ?1 AND a.state = ?2 AND because IS NOT NULL",
        )?
        .query_map(params![id, AcknowledgementState::Withheld.as_str()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let was_released = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM event AS r WHERE r.submission_id = ?1 AND r.action = 'released'
                AND NOT EXISTS (SELECT 1 FROM event AS h WHERE h.submission_id = ?1 AND h.action = 'held' AND h.id > r.id))",
        )?
        .query_row([id], |row| row.get(0))?;
    Ok((withheld, was_released))
}

/// The last supplement that asks for something, and the last one at all, as `message.id`; 0: none.
fn last_written(connection: &Connection, id: i64) -> Result<(i64, i64)> {
    let (mut asked, mut last) = (0, 0);
    let mut statement =
        connection.prepare_cached("SELECT message_id, flags FROM supplement WHERE submission_id = ?1")?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        let message: i64 = row.get(0)?;
        last = last.max(message);
        let asks = |flag: Flag| ReviewReason::ASKED.iter().any(|asked| asked.flag() == Some(flag));
        if texts(row, 1)?.iter().filter_map(|word| Flag::from_word(word)).any(asks) {
            asked = asked.max(message);
        }
    }
    Ok((asked, last))
}

impl Store {
    /// What the writer of a letter is owed that was decided on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unanswered(&self, submission_id: i64) -> Result<Owed> {
        Ok(ruling::owed(&known(&self.connection, submission_id)?))
    }

    /// Whether the writer of a letter that was decided on is owed something, a deed too, or may be told besides.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn may_be_told(&self, submission_id: i64) -> Result<bool> {
        let known = known(&self.connection, submission_id)?;
        let awaits = ruling::awaits(&known);
        Ok(matches!(awaits, Some(Awaits::Answer | Awaits::Word | Awaits::Deed))
            || ruling::unentered(&known).is_some())
    }

    /// How many letters were decided on and not answered, or what was granted is not done.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn count_unanswered(&self) -> Result<u64> {
        let sql = "SELECT (SELECT count(*) FROM awaiting WHERE state IN (1, 4)) + (SELECT count(*) FROM awaiting WHERE file = 3 AND state NOT IN (1, 4))";
        Ok(self.connection.query_row(sql, [], |row| unsigned(row, 0))?)
    }

    /// How many letters count and have their opinion in a file from which nobody entered it; of a consultation, or of all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn count_unentered(&self, consultation: Option<&str>) -> Result<NotEntered> {
        self.unentered_until(consultation, None)
    }

    /// The same of the letters up to this one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unentered_until(&self, consultation: Option<&str>, last: Option<i64>) -> Result<NotEntered> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*), coalesce(sum(a.file = 2), 0), coalesce(sum(a.file = 3), 0), coalesce(sum(s.status = 'accepted'), 0)
             FROM awaiting AS a CROSS JOIN submission AS s ON s.id = a.submission_id
             WHERE a.file > 0 AND (?1 IS NULL OR s.consultation = ?1) AND (?2 IS NULL OR s.id <= ?2)",
        )?;
        Ok(statement.query_row((consultation, last), |row| {
            Ok(NotEntered {
                letters: unsigned(row, 0)?,
                linked: unsigned(row, 1)?,
                shut: unsigned(row, 2)?,
                registered: unsigned(row, 3)?,
            })
        })?)
    }

    /// What is left to do with the file in which all of a letter's opinion stands.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unentered(&self, submission_id: i64) -> Result<Option<Unentered>> {
        let mut statement =
            self.connection.prepare_cached("SELECT file FROM awaiting WHERE submission_id = ?1")?;
        let found: Option<i64> = statement.query_row([submission_id], |row| row.get(0)).optional()?;
        Ok(found.and_then(Unentered::from_state))
    }
}

impl Writing<'_> {
    /// Writes down that a letter was confirmed which asks to have these details of a letter (`of`) erased, and they are registered:
    /// until they are erased it stands on a list.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn leave_to_erase(
        &self,
        number: &str,
        (of, fields): (&str, &[CorrectionField]),
        actor: &str,
        now: Timestamp,
    ) -> Result<()> {
        let mut id = self.transaction.prepare_cached("SELECT id FROM submission WHERE number = ?1")?;
        let submission_id: i64 = id.query_row([number], |row| row.get(0))?;
        let of: i64 = id.query_row([of], |row| row.get(0))?;
        let fields: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
        let detail = json!({ "of": of, "fields": fields });
        self.log(now, actor, undone::LEFT, Some(submission_id), &detail)
    }
}
