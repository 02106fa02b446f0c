//! A submission under another consultation: the number that it gets there, what stands written of it, and what becomes of the letters
//! that repeated it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use crate::store::filing::number::TYPED;
use crate::store::read::{instant, texts};
use crate::store::{Result, Writing, words};
use crate::vocabulary::{CorrectionField, ReviewReason, Status};

/// Where a submission stands: what a move may change and a move back restores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// `submission.status`
    pub status: Status,
    /// `submission.review_reasons`
    pub review_reasons: Vec<ReviewReason>,
    /// `submission.duplicate_of`
    pub duplicate_of: Option<i64>,
}

/// A submission that is to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movable {
    /// `submission.id`
    pub id: i64,
    /// `submission.number`
    pub number: String,
    /// `submission.consultation`
    pub consultation: String,
    /// `submission.message_id`
    pub message_id: i64,
    /// Where it stands.
    pub standing: Standing,
    /// Supplements hang on it, or staff worked on its opinion items: then it becomes nobody's repetition.
    pub is_built_on: bool,
    /// The last move that was not taken back.
    pub last: Option<LastMove>,
}

/// A move, and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMove {
    /// The consultation that it came from.
    pub from: String,
    to: String,
    was: Standing,
    is: Standing,
}

/// Where a submission is moved to.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// The consultation.
    pub consultation: &'a str,
    /// What its numbers begin with.
    pub number_prefix: &'a str,
    /// It comes from there.
    pub is_back: bool,
}

/// What a move did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The number that it has now.
    pub number: String,
    /// A repetition that waits for a person where it was, in its place.
    pub released: Option<String>,
    /// A repetition that repeats it again.
    pub taken_back: Option<String>,
}

/// An answer, and the number that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedAnswer {
    /// `acknowledgement.kind`
    pub kind: String,
    /// `acknowledgement.state`
    pub state: String,
    /// What its Message-ID begins with: `LNZX-2024-0001.accepted.k3v9@…`.
    pub number: String,
    /// When it left.
    pub sent_at: Option<Timestamp>,
}

impl Standing {
    fn json(&self) -> Value {
        let reasons: Vec<&str> = self.review_reasons.iter().map(|reason| reason.as_str()).collect();
        json!({ "status": self.status.as_str(), "review_reasons": reasons, "duplicate_of": self.duplicate_of })
    }

    fn read(value: &Value) -> Option<Self> {
        let reasons = value.get("review_reasons")?.as_array()?.iter().filter_map(Value::as_str);
        Some(Self {
            status: Status::from_word(value.get("status")?.as_str()?)?,
            review_reasons: reasons.filter_map(ReviewReason::from_word).collect(),
            duplicate_of: value.get("duplicate_of")?.as_i64(),
        })
    }
}

impl LastMove {
    fn read(detail: &Value) -> Option<Self> {
        let text = |key: &str| detail.get(key)?.as_str().map(ToOwned::to_owned);
        Some(Self {
            from: text("from")?,
            to: text("to")?,
            was: Standing::read(detail.get("was")?)?,
            is: Standing::read(detail.get("is")?)?,
        })
    }

    /// Where it stood before, if nobody and no supplement has changed since where it stands.
    pub fn untouched(&self, now: &Standing) -> Option<&Standing> {
        (self.is == *now).then_some(&self.was)
    }
}

impl Writing<'_> {
    /// The submission of a number, to be moved.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn movable(&self, number: &str) -> Result<Option<Movable>> {
        let found = self
            .transaction
            .prepare_cached(&format!(
                "SELECT id, number, consultation, message_id, status, review_reasons, duplicate_of,
                    EXISTS (SELECT 1 FROM supplement AS p WHERE p.submission_id = submission.id)
                 FROM submission WHERE id = {TYPED}"
            ))?
            .query_row([number], |row| {
                let status: String = row.get(4)?;
                Ok(Movable {
                    id: row.get(0)?,
                    number: row.get(1)?,
                    consultation: row.get(2)?,
                    message_id: row.get(3)?,
                    standing: Standing {
                        status: Status::from_word(&status).unwrap_or(Status::Review),
                        review_reasons: texts(row, 5)?
                            .iter()
                            .filter_map(|word| ReviewReason::from_word(word))
                            .collect(),
                        duplicate_of: row.get(6)?,
                    },
                    is_built_on: row.get(7)?,
                    last: None,
                })
            })
            .optional()?;
        let Some(mut movable) = found else { return Ok(None) };
        movable.is_built_on |= self.is_worked_on(movable.id)?;
        movable.last = self.last_move(movable.id)?;
        Ok(Some(movable))
    }

    fn last_move(&self, submission_id: i64) -> Result<Option<LastMove>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT detail FROM event WHERE submission_id = ?1 AND action = 'moved' ORDER BY id",
        )?;
        let mut standing: Vec<LastMove> = Vec::new();
        for detail in statement.query_map([submission_id], |row| row.get::<_, String>(0))? {
            let Some(found) = serde_json::from_str(&detail?).ok().as_ref().and_then(LastMove::read) else {
                continue;
            };
            // Back to where the last one began: that one was taken back.
            if standing.last().is_some_and(|last| last.from == found.to && last.to == found.from) {
                standing.pop();
            } else {
                standing.push(found);
            }
        }
        Ok(standing.pop())
    }

    /// Moves a submission. Its number there is the one that it had there before, or the next one. What repeated it stays where it is.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn move_to(
        &self,
        movable: &Movable,
        to: &Destination<'_>,
        becomes: &Standing,
        (note, actor, now): (Option<&str>, &str, Timestamp),
    ) -> Result<Moved> {
        let Movable { id, standing: was, .. } = movable;
        let number = match self.number_there(*id, to.consultation)? {
            Some(number) => number,
            None => self.next_number(to.number_prefix)?,
        };
        let released = self.release_repetitions(*id, actor, now)?;
        let id_text = |id: Option<i64>| id.map(|id| id.to_string());
        let reasons = |of: &Standing| words(of.review_reasons.iter().map(|reason| reason.as_str()));
        // What stands between the first and the third is no decision of itself, and the view of moves reads the two together.
        let both = [
            (CorrectionField::Number, Some(movable.number.clone()), Some(number.clone())),
            (
                CorrectionField::Status,
                Some(was.status.as_str().to_owned()),
                Some(becomes.status.as_str().to_owned()),
            ),
            (
                CorrectionField::Consultation,
                Some(movable.consultation.clone()),
                Some(to.consultation.to_owned()),
            ),
            (CorrectionField::ReviewReasons, Some(reasons(was)), Some(reasons(becomes))),
            (CorrectionField::DuplicateOf, id_text(was.duplicate_of), id_text(becomes.duplicate_of)),
        ];
        for (field, old, new) in both {
            if old != new {
                self.change(*id, field, old.as_deref(), new.as_deref(), (note, actor, now))?;
            }
        }
        let detail = json!({
            "from": movable.consultation, "to": to.consultation, "old_number": movable.number, "new_number": number,
            "was": was.json(), "is": becomes.json(),
        });
        self.log(now, actor, "moved", Some(*id), &detail)?;
        let taken_back = if to.is_back { self.take_repetitions_back(*id, actor, now)? } else { None };
        Ok(Moved { number, released, taken_back })
    }

    /// The number that a submission had when it was last in a consultation.
    fn number_there(&self, submission_id: i64, consultation: &str) -> Result<Option<String>> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT n.old_value FROM correction AS n JOIN correction AS c ON c.id BETWEEN n.id + 1 AND n.id + 2 AND c.submission_id = n.submission_id
                 WHERE n.submission_id = ?1 AND n.field = 'number' AND c.field = 'consultation' AND c.old_value = ?2
                 ORDER BY n.id DESC LIMIT 1",
            )?
            .query_row(params![submission_id, consultation], |row| row.get(0))
            .optional()?)
    }

    /// Whether a submission may be repeated by one of this consultation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn may_be_repeated(&self, original: i64, consultation: &str) -> Result<bool> {
        Ok(self
            .transaction
            .prepare_cached(
                "SELECT 1 FROM submission WHERE id = ?1 AND consultation = ?2 AND duplicate_of IS NULL
                    AND status NOT IN ('denied', 'erased')",
            )?
            .exists(params![original, consultation])?)
    }

    /// The answers of a submission that left or wait to leave.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn answers_of(&self, submission_id: i64) -> Result<Vec<NumberedAnswer>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT kind, state, rfc822_message_id, sent_at FROM acknowledgement
             WHERE submission_id = ?1 AND rfc822_message_id IS NOT NULL ORDER BY id",
        )?;
        let rows = statement.query_map([submission_id], |row| {
            let message_id: String = row.get(2)?;
            Ok(NumberedAnswer {
                kind: row.get(0)?,
                state: row.get(1)?,
                number: message_id.split(['.', '@']).next().unwrap_or_default().to_owned(),
                sent_at: instant(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
