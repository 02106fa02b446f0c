//! What staff decide of a submission: it counts, it does not, or the decision is taken back.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use crate::ruling;
use crate::store::filing::number::TYPED;
use crate::store::read::texts;
use crate::store::{Result, Store, Writing, awaiting};
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
    /// Done.
    Done(Done),
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

/// What a decision did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The status now.
    pub status: Status,
    /// The number of a repetition that waits for a person in its place, or that it stands for again.
    pub repetition: Option<String>,
    /// The late letters that it calls in time, and where they stand by the same decision.
    pub disputed: Vec<(String, Status)>,
}

/// What either decision would make of a submission that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// Its status when it is confirmed.
    pub confirmed: Status,
    /// Its status when it is denied.
    pub denied: Status,
    /// It asks for something and holds nothing that may be an opinion.
    pub only_asks: bool,
    /// It waits for nothing but an answer or a change that staff make: once that is done, its opinion counts as before.
    pub is_answerable: bool,
    /// The numbers of late letters that it calls in time, and that count as such when it is confirmed.
    pub disputed: Vec<String>,
}

impl Store {
    /// What either decision would make of a submission.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outcomes(&self, submission_id: i64) -> Result<Outcomes> {
        outcomes(&self.connection, submission_id)
    }
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
        let found: Option<(i64, String)> = self
            .transaction
            .prepare_cached(&format!("SELECT id, status FROM submission WHERE id = {TYPED}"))?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((submission_id, status)) = found else { return Ok(Decided::NoSubmission) };
        let status = Status::from_word(&status).unwrap_or(Status::Review);
        if status == Status::Erased {
            return Ok(Decided::NotWaiting(status));
        }
        let outcomes = outcomes(&self.transaction, submission_id)?;
        // Where it stood before the decision that holds now.
        let before = decisions(&self.transaction, submission_id)?
            .pop()
            .filter(|(_, to)| *to == status)
            .map(|(from, _)| from);
        // Late by the clock alone, or because a person did not believe who said otherwise; a person found out since.
        let may_be_called_in_time = status == Status::Late
            && note.is_some()
            && (before.is_none() || was_denied_last(&self.transaction, submission_id)?);
        let (new, action) = match (decision, status, before) {
            (Decision::Reopen, Status::Review, _) => return Ok(Decided::Already(status)),
            (Decision::Reopen, _, Some(before)) => (before, "reopened"),
            (Decision::Confirm, ..) if may_be_called_in_time => (Status::Accepted, "confirmed"),
            (Decision::Confirm, ..) => (outcomes.confirmed, "confirmed"),
            (Decision::Deny, Status::Review, _) | (Decision::Deny, Status::Late, Some(Status::Review)) => {
                (outcomes.denied, "denied")
            }
            (Decision::Deny, ..) => (Status::Denied, "denied"),
            (Decision::Reopen, _, None) => return Ok(Decided::NotWaiting(status)),
        };
        match (decision, status) {
            (Decision::Reopen, _) | (_, Status::Review) => {}
            (Decision::Confirm, _) if may_be_called_in_time => {}
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
        // Its writer was told something else, where it never waited too.
        awaiting::mark(&self.transaction, submission_id)?;
        let repetition = match decision {
            Decision::Deny if new == Status::Denied => self.release_repetitions(submission_id, actor, now)?,
            Decision::Reopen => self.take_repetitions_back(submission_id, actor, now)?,
            Decision::Deny | Decision::Confirm => None,
        };
        let disputed = match (status, new) {
            (_, Status::Handled) => self.dispute(submission_id, (Status::Late, Status::Accepted), note)?,
            (Status::Handled, _) => self.dispute(submission_id, (Status::Accepted, Status::Late), note)?,
            _ => Vec::new(),
        };
        Ok(Decided::Done(Done { status: new, repetition, disputed }))
    }

    /// A letter that calls others in time was confirmed, or that was taken back: so is what was decided on them by it.
    fn dispute(
        &self,
        submission_id: i64,
        (from, to): (Status, Status),
        note: (Option<&str>, &str, Timestamp),
    ) -> Result<Vec<(String, Status)>> {
        let action = if to == Status::Accepted { "confirmed" } else { "reopened" };
        let mut changed = Vec::new();
        for (id, number) in disputed(&self.transaction, submission_id, from)? {
            // In time by its arrival, or by another decision, it stays so.
            if to == Status::Late
                && decisions(&self.transaction, id)?.pop() != Some((Status::Late, Status::Accepted))
            {
                continue;
            }
            self.change(id, CorrectionField::Status, Some(from.as_str()), Some(to.as_str()), note)?;
            let (_, actor, now) = note;
            let detail = json!({ "from": from.as_str(), "to": to.as_str(), "by": submission_id });
            self.log(now, actor, action, Some(id), &detail)?;
            changed.push((number, to));
        }
        Ok(changed)
    }
}

/// What either decision makes of a submission.
fn outcomes(connection: &Connection, submission_id: i64) -> Result<Outcomes> {
    let (timeliness, reasons, flags, items): (String, Vec<String>, Vec<String>, u32) = connection
        .prepare_cached(&format!(
            "SELECT timeliness, review_reasons, flags,
                (SELECT count(*) FROM opinion AS o WHERE o.submission_id = s.id AND o.adoption IS NOT '{}')
             FROM submission AS s WHERE id = ?1",
            Adoption::NoOpinion
        ))?
        .query_row([submission_id], |row| Ok((row.get(0)?, texts(row, 1)?, texts(row, 2)?, row.get(3)?)))?;
    let timeliness = Timeliness::from_word(&timeliness).unwrap_or(Timeliness::OnTime);
    let reasons: Vec<ReviewReason> =
        reasons.iter().filter_map(|word| ReviewReason::from_word(word)).collect();
    let flags: Vec<Flag> = flags.iter().filter_map(|word| Flag::from_word(word)).collect();
    let only_asks = ruling::only_asks(&flags, &reasons, items as usize);
    let stood = decisions(connection, submission_id)?.pop().map(|(_, to)| to);
    let asked = asked_since(connection, submission_id)?;
    let again = stood.and_then(|stood| ruling::confirmed_again(stood, &asked));
    let disputed = if only_asks { disputed(connection, submission_id, Status::Late)? } else { Vec::new() };
    Ok(Outcomes {
        confirmed: again.unwrap_or_else(|| ruling::confirmed(&reasons, timeliness, only_asks)),
        denied: ruling::denied(&reasons, only_asks),
        only_asks,
        is_answerable: !reasons.is_empty() && reasons.iter().all(|reason| reason.is_answerable()),
        disputed: disputed.into_iter().map(|(_, number)| number).collect(),
    })
}

/// The submissions of this status that a letter calls in time and plainly means: others of its sender are only named.
fn disputed(connection: &Connection, submission_id: i64, status: Status) -> Result<Vec<(i64, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.id, e.number FROM relation AS r JOIN submission AS e ON e.id = r.earlier_id
         JOIN submission AS s ON s.id = r.submission_id AND instr(s.review_reasons, '\"late_disputed\"')
         WHERE r.submission_id = ?1 AND r.kind = 'disputes' AND r.basis <> 'same_sender' AND e.status = ?2 ORDER BY r.id",
    )?;
    let rows =
        statement.query_map(params![submission_id, status.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What supplements asked since a person decided last.
fn asked_since(connection: &Connection, submission_id: i64) -> Result<Vec<ReviewReason>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT r.value FROM event AS e, json_each(e.detail, '$.reasons') AS r
         WHERE e.submission_id = ?1 AND e.action = 'reopened' AND e.id > (SELECT coalesce(max(id), 0) FROM event
            WHERE submission_id = ?1 AND action IN ('confirmed', 'denied'))",
    )?;
    let words = statement.query_map([submission_id], |row| row.get::<_, String>(0))?;
    let words = words.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(words.iter().filter_map(|word| ReviewReason::from_word(word)).collect())
}

/// Whether the last decision that a person took, and did not take back, was to deny.
fn was_denied_last(connection: &Connection, submission_id: i64) -> Result<bool> {
    let action: Option<String> = connection
        .prepare_cached(
            "SELECT action FROM event WHERE submission_id = ?1 AND action IN ('confirmed', 'denied', 'reopened') ORDER BY id DESC LIMIT 1",
        )?
        .query_row([submission_id], |row| row.get(0))
        .optional()?;
    Ok(action.as_deref() == Some("denied"))
}

/// What staff decided and did not take back, in order: from where to where.
fn decisions(connection: &Connection, submission_id: i64) -> Result<Vec<(Status, Status)>> {
    let mut statement = connection.prepare_cached(
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
