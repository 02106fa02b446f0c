//! What becomes of repetitions when what they repeat counts no more, or again: no letter hangs on a decision about another.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use crate::store::filing::counted_copies;
use crate::store::{Result, Store, Writing, words};
use crate::vocabulary::{CorrectionField, ReviewReason, Status};

/// Letters with the same content that are named.
const MOST_NAMED: usize = 5;

/// A repetition, as much of it as is asked for here.
struct Repetition {
    id: i64,
    number: String,
    status: String,
    reasons: String,
    duplicate_of: Option<i64>,
}

impl Writing<'_> {
    /// A submission was denied or erased: the oldest of its repetitions waits for a person in its place, and the others
    /// repeat that one from now on. Returns the number of the one that waits.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn release_repetitions(&self, original: i64, actor: &str, now: Timestamp) -> Result<Option<String>> {
        let found = self.repeating(original)?;
        let Some((heir, others)) = found.split_first() else { return Ok(None) };
        let reasons = words([ReviewReason::OriginalDenied.as_str()].into_iter());
        self.stand_as(heir, (Status::Review, &reasons), None, actor, now)?;
        self.compare_by(heir.id, Some(original))?;
        for other in others {
            self.stand_as(other, (Status::Duplicate, &other.reasons), Some(heir.id), actor, now)?;
        }
        Ok(Some(heir.number.clone()))
    }

    /// What was denied counts or waits again: what stood in its place and does not count repeats it again, whether it waited or was
    /// denied for nothing but that. One to which something was added stays, for that would be lost with it. Returns its number.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(super) fn take_repetitions_back(
        &self,
        original: i64,
        actor: &str,
        now: Timestamp,
    ) -> Result<Option<String>> {
        let waits = words([ReviewReason::OriginalDenied.as_str()].into_iter());
        let mut back = None;
        for found in self.stood_in(original, None)? {
            let stands_in = [Status::Review, Status::Denied].map(Status::as_str).contains(&&*found.status);
            if stands_in && found.reasons == waits && !self.has_supplements(found.id)? {
                let found = self.wait_again(found, actor, now)?;
                self.stand_as(&found, (Status::Duplicate, "[]"), Some(original), actor, now)?;
                self.compare_by(found.id, None)?;
                // What repeated it came from the original, or came while it stood there: nothing repeats a repetition.
                for other in self.repeating(found.id)? {
                    self.stand_as(&other, (Status::Duplicate, &other.reasons), Some(original), actor, now)?;
                }
                back = Some(found.number);
            }
        }
        Ok(back)
    }

    /// A repetition whose denial is taken back with that of what it repeats: else a later decision would lead back to it.
    fn wait_again(&self, found: Repetition, actor: &str, now: Timestamp) -> Result<Repetition> {
        if found.status != Status::Denied.as_str() {
            return Ok(found);
        }
        self.stand_as(&found, (Status::Review, &found.reasons), found.duplicate_of, actor, now)?;
        Ok(Repetition { status: Status::Review.as_str().to_owned(), ..found })
    }

    /// Says whether later mail is compared with a repetition: with what it had in common with the original where it stands by
    /// itself now, and not at all where it repeats one.
    pub(in crate::store) fn compare_by(&self, repetition: i64, original: Option<i64>) -> Result<()> {
        self.transaction
            .prepare_cached(
                "UPDATE likeness SET opinion_sha256 = (SELECT o.opinion_sha256 FROM likeness AS o
                    LEFT JOIN submission AS s ON s.message_id = o.message_id LEFT JOIN supplement AS p ON p.message_id = o.message_id
                    WHERE o.submission_id = ?2 AND o.opinion_sha256 IS NOT NULL
                    ORDER BY coalesce(s.content_sha256, p.content_sha256) IS NOT
                        (SELECT content_sha256 FROM submission WHERE id = ?1), o.message_id LIMIT 1)
                 WHERE message_id = (SELECT message_id FROM submission WHERE id = ?1)",
            )?
            .execute(params![repetition, original])?;
        Ok(())
    }

    /// The number of a repetition that a person counted in place of a submission that was denied, or moved from this consultation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn counted_in_place_of(&self, original: i64, consultation: Option<&str>) -> Result<Option<String>> {
        let counts = |status: &str| [Status::Accepted, Status::Late].map(Status::as_str).contains(&status);
        Ok(self
            .stood_in(original, consultation)?
            .into_iter()
            .find(|found| counts(&found.status))
            .map(|found| found.number))
    }

    /// The submissions in a consultation, or in its own, that repeated this one until it was denied or moved, what stands by
    /// itself first.
    fn stood_in(&self, original: i64, consultation: Option<&str>) -> Result<Vec<Repetition>> {
        self.repetitions(
            "id IN (SELECT submission_id FROM correction WHERE field = 'duplicate_of' AND old_value = CAST(?1 AS TEXT))
                AND consultation = coalesce(?2, (SELECT consultation FROM submission WHERE id = ?1))
             ORDER BY duplicate_of IS NOT NULL, received_at, id",
            params![original, consultation],
        )
    }

    /// What repeats a submission today, the oldest first.
    fn repeating(&self, original: i64) -> Result<Vec<Repetition>> {
        self.repetitions(
            "duplicate_of = ?1 AND status = 'duplicate' ORDER BY received_at, id",
            params![original],
        )
    }

    fn repetitions(&self, condition: &str, parameters: &[&dyn rusqlite::ToSql]) -> Result<Vec<Repetition>> {
        self.transaction
            .prepare_cached(&format!(
                "SELECT id, number, status, review_reasons, duplicate_of FROM submission WHERE {condition}"
            ))?
            .query_map(parameters, |row| {
                Ok(Repetition {
                    id: row.get(0)?,
                    number: row.get(1)?,
                    status: row.get(2)?,
                    reasons: row.get(3)?,
                    duplicate_of: row.get(4)?,
                })
            })?
            .map(|row| Ok(row?))
            .collect()
    }

    fn has_supplements(&self, submission_id: i64) -> Result<bool> {
        Ok(self
            .transaction
            .prepare_cached("SELECT 1 FROM supplement WHERE submission_id = ?1")?
            .exists([submission_id])?)
    }

    /// Says where a repetition stands, why, and what it repeats; each change written down.
    fn stand_as(
        &self,
        found: &Repetition,
        (status, reasons): (Status, &str),
        duplicate_of: Option<i64>,
        actor: &str,
        now: Timestamp,
    ) -> Result<()> {
        let id = |of: Option<i64>| of.map(|id| id.to_string());
        let (before, after) = (id(found.duplicate_of), id(duplicate_of));
        for (field, old, new) in [
            (CorrectionField::Status, Some(found.status.as_str()), Some(status.as_str())),
            (CorrectionField::ReviewReasons, Some(found.reasons.as_str()), Some(reasons)),
            (CorrectionField::DuplicateOf, before.as_deref(), after.as_deref()),
        ] {
            if old != new {
                self.change(found.id, field, old, new, (None, actor, now))?;
            }
        }
        let detail = json!({ "from": found.duplicate_of, "to": duplicate_of });
        self.log(now, actor, "repeats_otherwise", Some(found.id), &detail)
    }

    /// Releases what an older version left behind: repetitions of what was denied. How many wait now.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn release_stranded(&self, actor: &str, now: Timestamp) -> Result<u64> {
        let mut released = 0;
        loop {
            let next = stranded(&self.transaction)?;
            let Some(original) = next else { return Ok(released) };
            self.release_repetitions(original, actor, now)?;
            released += 1;
        }
    }
}

/// What was denied or erased and still has repetitions that hang on it.
fn stranded(connection: &Connection) -> Result<Option<i64>> {
    Ok(connection
        .prepare_cached(
            "SELECT o.id FROM submission AS d JOIN submission AS o ON o.id = d.duplicate_of
             WHERE d.duplicate_of IS NOT NULL AND d.status = 'duplicate' AND o.status IN ('denied', 'erased') LIMIT 1",
        )?
        .query_row([], |row| row.get(0))
        .optional()?)
}

impl Store {
    /// Whether repetitions hang on what was denied or erased.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn has_stranded(&self) -> Result<bool> {
        Ok(stranded(&self.connection)?.is_some())
    }

    /// Numbers of other letters of the same sender with the same opinion that count.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn counted_copies(&self, submission_id: i64) -> Result<Vec<String>> {
        counted_copies(&self.connection, submission_id, MOST_NAMED)
    }
}
