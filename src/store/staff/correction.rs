//! What staff decide and correct: the new value, the old one beside it, and an event without either.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use crate::ruling;
use crate::store::read::texts;
use crate::store::{Result, Writing};
use crate::vocabulary::{CorrectionField, ReviewReason, Status, Timeliness, rfc3339_utc};

/// A correction to make.
#[derive(Debug, Clone, Copy)]
pub struct NewCorrection<'a> {
    /// The submission's number.
    pub number: &'a str,
    /// The opinion item's ordinal, for a field of an item.
    pub item: Option<i64>,
    /// Which column.
    pub field: CorrectionField,
    /// The value as it is to stand there; `None` empties it.
    pub value: Option<&'a str>,
    /// Why.
    pub note: Option<&'a str>,
}

/// What became of a correction.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corrected {
    /// Done and written down.
    Done,
    /// That value stood there already; nothing was written.
    Same,
    /// There is no such submission.
    NoSubmission,
    /// It was erased: there is nothing left to correct.
    Erased,
    /// It has no such item.
    NoItem,
}

/// A decision by staff on a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It counts, from its arrival.
    Confirm,
    /// It does not, whether it waits or counts.
    Deny,
    /// An earlier decision is taken back; it stands where it stood before.
    Reopen,
}

/// What became of a decision.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// Done; the status now.
    Done(Status),
    /// Staff had decided so before; the status stays as it is.
    Already(Status),
    /// It does not wait for a person, for `deny` does not count either, for `reopen` was never decided; its status.
    NotWaiting(Status),
    /// There is no such submission.
    NoSubmission,
}

impl Writing<'_> {
    /// Corrects one value.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn correct(&self, new: &NewCorrection<'_>, actor: &str, now: Timestamp) -> Result<Corrected> {
        let found: Option<(i64, String)> = self
            .transaction
            .prepare_cached("SELECT id, status FROM submission WHERE number = ?1 COLLATE NOCASE")?
            .query_row([new.number], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (submission_id, row) = match found {
            None => return Ok(Corrected::NoSubmission),
            Some((_, status)) if status == Status::Erased.as_str() => return Ok(Corrected::Erased),
            Some((id, _)) => match new.item {
                None => (id, Some(id)),
                Some(ordinal) => (id, self.item_id(id, ordinal)?),
            },
        };
        let Some(row) = row else { return Ok(Corrected::NoItem) };
        let table = if new.item.is_some() { "opinion" } else { "submission" };
        let column = new.field.as_str();
        let old: Option<String> = self
            .transaction
            .prepare_cached(&format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE id = ?1"))?
            .query_row([row], |row| row.get(0))?;
        if old.as_deref() == new.value {
            return Ok(Corrected::Same);
        }
        self.transaction
            .prepare_cached(&format!("UPDATE {table} SET {column} = ?2 WHERE id = ?1"))?
            .execute(params![row, new.value])?;
        let correction = self.write_down(new, submission_id, old.as_deref(), actor, now)?;
        let length = |text: Option<&str>| text.map_or(0, |text| text.chars().count());
        let detail = json!({
            "correction": correction,
            "field": new.field.as_str(),
            "item": new.item,
            "old_characters": length(old.as_deref()),
            "new_characters": length(new.value),
        });
        self.log(now, actor, "corrected", Some(submission_id), &detail)?;
        self.seal_corrected(now, actor, submission_id, new.item)?;
        Ok(Corrected::Done)
    }

    /// The correction stands under the seal of the submission's own letter, an item under that of the letter it stands in.
    fn seal_corrected(
        &self,
        now: Timestamp,
        actor: &str,
        submission_id: i64,
        item: Option<i64>,
    ) -> Result<()> {
        let letters: Vec<i64> = self
            .transaction
            .prepare_cached(
                "SELECT message_id FROM submission WHERE id = ?1
                 UNION SELECT message_id FROM opinion WHERE submission_id = ?1 AND ordinal = ?2",
            )?
            .query_map(params![submission_id, item], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        letters.into_iter().try_for_each(|letter| self.seal_letter(now, actor, letter))
    }

    fn item_id(&self, submission_id: i64, ordinal: i64) -> Result<Option<i64>> {
        Ok(self
            .transaction
            .prepare_cached("SELECT id FROM opinion WHERE submission_id = ?1 AND ordinal = ?2")?
            .query_row([submission_id, ordinal], |row| row.get(0))
            .optional()?)
    }

    /// Decides on a submission. Its arrival time, its reasons and its answer stay as they are.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn decide(
        &self,
        number: &str,
        decision: Decision,
        note: Option<&str>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Decided> {
        let found: Option<(i64, String, String, Vec<String>)> = self
            .transaction
            .prepare_cached(
                "SELECT id, status, timeliness, review_reasons FROM submission WHERE number = ?1 COLLATE NOCASE",
            )?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, texts(row, 3)?)))
            .optional()?;
        let Some((submission_id, status, timeliness, reasons)) = found else {
            return Ok(Decided::NoSubmission);
        };
        let status = Status::from_word(&status).unwrap_or(Status::Review);
        // Where it stood before the decision that holds now.
        let before =
            self.decisions(submission_id)?.pop().filter(|(_, to)| *to == status).map(|(from, _)| from);
        let (new, action) = match (decision, status, before) {
            (Decision::Reopen, Status::Review, _) => return Ok(Decided::Already(status)),
            (Decision::Reopen, _, Some(before)) => (before, "reopened"),
            (Decision::Confirm, ..) => {
                let timeliness = Timeliness::from_word(&timeliness).unwrap_or(Timeliness::OnTime);
                (ruling::confirmed(timeliness), "confirmed")
            }
            (Decision::Deny, Status::Review, _) | (Decision::Deny, Status::Late, Some(Status::Review)) => {
                let reasons: Vec<ReviewReason> =
                    reasons.iter().filter_map(|word| ReviewReason::from_word(word)).collect();
                (ruling::denied(&reasons), "denied")
            }
            (Decision::Deny, ..) => (Status::Denied, "denied"),
            (Decision::Reopen, _, None) => return Ok(Decided::NotWaiting(status)),
        };
        match (decision, status) {
            (Decision::Reopen, _) | (_, Status::Review) => {}
            _ if before.is_some() && status == new => return Ok(Decided::Already(status)),
            // What counts may be taken out by a person: its sender withdrew it in another letter.
            (Decision::Deny, Status::Accepted | Status::Late) => {}
            _ => return Ok(Decided::NotWaiting(status)),
        }
        self.transaction
            .prepare_cached("UPDATE submission SET status = ?2 WHERE id = ?1")?
            .execute(params![submission_id, new.as_str()])?;
        let correction = NewCorrection {
            number,
            item: None,
            field: CorrectionField::Status,
            value: Some(new.as_str()),
            note,
        };
        let correction = self.write_down(&correction, submission_id, Some(status.as_str()), actor, now)?;
        let detail = json!({ "correction": correction, "from": status.as_str(), "to": new.as_str() });
        self.log(now, actor, action, Some(submission_id), &detail)?;
        self.seal_corrected(now, actor, submission_id, None)?;
        Ok(Decided::Done(new))
    }

    /// What staff decided and did not take back, in order: from where to where.
    fn decisions(&self, submission_id: i64) -> Result<Vec<(Status, Status)>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT old_value, new_value FROM correction WHERE submission_id = ?1 AND field = 'status'
                AND old_value IS NOT NULL AND new_value IS NOT NULL ORDER BY id",
        )?;
        let rows = statement.query_map([submission_id], |row| {
            let status = |word: String| Status::from_word(&word).unwrap_or(Status::Review);
            Ok((status(row.get(0)?), status(row.get(1)?)))
        })?;
        let mut standing: Vec<(Status, Status)> = Vec::new();
        for row in rows {
            let (from, to) = row?;
            // Back to where the last one began: that one was taken back.
            if standing.last() == Some(&(to, from)) {
                standing.pop();
            } else {
                standing.push((from, to));
            }
        }
        Ok(standing)
    }

    fn write_down(
        &self,
        new: &NewCorrection<'_>,
        submission_id: i64,
        old: Option<&str>,
        actor: &str,
        now: Timestamp,
    ) -> Result<i64> {
        Ok(self
            .transaction
            .prepare_cached(
                "INSERT INTO correction (submission_id, opinion, field, old_value, new_value, actor, at, note, after_message)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (SELECT coalesce(max(id), 0) FROM message))",
            )?
            .insert(params![
                submission_id,
                new.item,
                new.field.as_str(),
                old,
                new.value,
                actor,
                rfc3339_utc(now),
                new.note
            ])?)
    }
}
