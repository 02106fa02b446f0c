//! What staff decide of a submission: it counts, it does not, or the decision is taken back.

use jiff::Timestamp;
use rusqlite::OptionalExtension;
use serde_json::json;

use crate::ruling;
use crate::store::filing::number::TYPED;
use crate::store::read::texts;
use crate::store::{Result, Writing};
use crate::vocabulary::{Adoption, CorrectionField, Flag, ReviewReason, Status, Timeliness};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// Done; the status now, and the number of a repetition that waits for a person in its place, or that it stands for
    /// again.
    Done(Status, Option<String>),
    /// The repetition of this number counts in its place: nothing counts twice unasked.
    Replaced(String),
    /// Staff had decided so before; the status stays as it is.
    Already(Status),
    /// It does not wait for a person, for `deny` does not count either, for `reopen` was never decided; its status.
    NotWaiting(Status),
    /// It counts, or a person decided so: to take it out needs a reason. Its status.
    NeedsNote {
        /// Where it stands.
        status: Status,
        /// A person decided that it does.
        is_decided: bool,
    },
    /// There is no such submission.
    NoSubmission,
}

impl Writing<'_> {
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
            .prepare_cached(&format!(
                "SELECT id, status, timeliness, review_reasons FROM submission WHERE id = {TYPED}"
            ))?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, texts(row, 3)?)))
            .optional()?;
        let Some((submission_id, status, timeliness, reasons)) = found else {
            return Ok(Decided::NoSubmission);
        };
        let status = Status::from_word(&status).unwrap_or(Status::Review);
        let reasons: Vec<ReviewReason> =
            reasons.iter().filter_map(|word| ReviewReason::from_word(word)).collect();
        let only_asks = self.only_asks(submission_id)?;
        // Where it stood before the decision that holds now.
        let before =
            self.decisions(submission_id)?.pop().filter(|(_, to)| *to == status).map(|(from, _)| from);
        let (new, action) = match (decision, status, before) {
            (Decision::Reopen, Status::Review, _) => return Ok(Decided::Already(status)),
            (Decision::Reopen, _, Some(before)) => (before, "reopened"),
            (Decision::Confirm, ..) => {
                let timeliness = Timeliness::from_word(&timeliness).unwrap_or(Timeliness::OnTime);
                (ruling::confirmed(&reasons, timeliness, only_asks), "confirmed")
            }
            (Decision::Deny, Status::Review, _) | (Decision::Deny, Status::Late, Some(Status::Review)) => {
                (ruling::denied(&reasons, only_asks), "denied")
            }
            (Decision::Deny, ..) => (Status::Denied, "denied"),
            (Decision::Reopen, _, None) => return Ok(Decided::NotWaiting(status)),
        };
        match (decision, status) {
            (Decision::Reopen, _) | (_, Status::Review) => {}
            _ if before.is_some() && status == new => return Ok(Decided::Already(status)),
            // What counts may be taken out by a person: its sender withdrew it in another letter.
            (Decision::Deny, Status::Accepted | Status::Late | Status::Handled) => {
                if note.is_none() {
                    return Ok(Decided::NeedsNote { status, is_decided: before.is_some() });
                }
            }
            _ => return Ok(Decided::NotWaiting(status)),
        }
        if decision == Decision::Reopen
            && let Some(number) = self.counted_in_place_of(submission_id, None)?
        {
            return Ok(Decided::Replaced(number));
        }
        let note = (note, actor, now);
        self.change(submission_id, CorrectionField::Status, Some(status.as_str()), Some(new.as_str()), note)?;
        let detail = json!({ "from": status.as_str(), "to": new.as_str() });
        self.log(now, actor, action, Some(submission_id), &detail)?;
        let other = match decision {
            Decision::Deny if new == Status::Denied => self.release_repetitions(submission_id, actor, now)?,
            Decision::Reopen => self.take_repetitions_back(submission_id, actor, now)?,
            Decision::Deny | Decision::Confirm => None,
        };
        Ok(Decided::Done(new, other))
    }

    /// Whether it asks for something and holds nothing that may be an opinion.
    fn only_asks(&self, submission_id: i64) -> Result<bool> {
        let (flags, items): (Vec<String>, u32) = self
            .transaction
            .prepare_cached(&format!(
                "SELECT flags, (SELECT count(*) FROM opinion AS o WHERE o.submission_id = s.id AND o.adoption IS NOT '{}')
                 FROM submission AS s WHERE id = ?1",
                Adoption::NoOpinion
            ))?
            .query_row([submission_id], |row| Ok((texts(row, 0)?, row.get(1)?)))?;
        let flags: Vec<Flag> = flags.iter().filter_map(|word| Flag::from_word(word)).collect();
        Ok(ruling::only_asks(&flags, items as usize))
    }

    /// What staff decided and did not take back, in order: from where to where.
    fn decisions(&self, submission_id: i64) -> Result<Vec<(Status, Status)>> {
        let mut statement = self.transaction.prepare_cached(
            // Where it stands because it was moved, nobody decided.
            "SELECT old_value, new_value FROM correction AS s WHERE submission_id = ?1 AND field = 'status'
                AND old_value IS NOT NULL AND new_value IS NOT NULL
                AND NOT (EXISTS (SELECT 1 FROM correction AS n WHERE n.id = s.id - 1 AND n.submission_id = ?1 AND n.field = 'number')
                    AND EXISTS (SELECT 1 FROM correction AS c WHERE c.id = s.id + 1 AND c.submission_id = ?1 AND c.field = 'consultation'))
             ORDER BY id",
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
}
