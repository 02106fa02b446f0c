//! Everything known about one message → one ruling with its reasons.
//!
//! Two steps, both pure: [`read`] judges the message by itself, and [`rule`] joins what the record already holds
//! ([`Precedents`]). The order of the questions is the order of the lines in [`rule`]: unreadable, machine, thread,
//! subject, deadline, same content.

pub mod campaign;
mod duplicate;
mod evidence;
mod likeness;
mod reading;
pub mod relation;
mod status;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::automatic::{self, Origin};
use crate::deadline::{self, Arrival};
use crate::details::Details;
use crate::parse::Message;
use crate::quote::Cut;
use crate::subject::SubjectOutcome;
use crate::vocabulary::{
    Disposition, EntryReason, FetchedMessage, Flag, Mark, ReviewReason, Status, SubjectMatch, SubjectReason,
    Timeliness,
};

use evidence::evidence;
pub use likeness::Likeness;
pub use reading::{Reading, Rules, likeness_of_filed, read};
pub use status::{confirmed, denied, reopened};

/// Rules on a message.
pub fn rule(
    message: &Message,
    fetched: &FetchedMessage,
    reading: &Reading,
    precedents: Precedents,
    rules: &Rules,
) -> Ruling {
    let answered = precedents.answered;
    let consultation = answered
        .as_ref()
        .and_then(|earlier| rules.index_of(&earlier.consultation))
        .unwrap_or(reading.consultation);
    let by = if precedents.answered_by_number { "number" } else { "reply" };
    let belongs = answered.as_ref().map(|earlier| (earlier, by));
    let evidence = evidence(message, reading, rules, consultation, belongs);
    let ruling = |disposition, reason, filing| Ruling {
        disposition,
        reason,
        arrival: Some(reading.arrival.clone()),
        filing,
        evidence: evidence.clone(),
    };
    let answers = |earlier: &Earlier| EntryReason::Answers { number: earlier.number.clone() };
    if let Some((disposition, reason)) = not_filed(reading, answered.is_some()) {
        return ruling(disposition, reason, None);
    }
    let Some(window) = rules.consultation(consultation) else {
        let reason = EntryReason::Subject(SubjectReason::NoConsultation);
        return ruling(Disposition::NotOurs, reason, None);
    };
    let timeliness = deadline::judge(&reading.arrival, message.date, window.opens, window.closes);
    let mut review_reasons = review_reasons(message, reading, timeliness);
    if answered.is_some() {
        // Neither its subject nor its time is in question: only what it asks for may need a person.
        review_reasons
            .retain(|reason| matches!(reason, ReviewReason::Withdraw | ReviewReason::InfoDisclosure));
    }
    let alone = status::alone(&review_reasons, timeliness);
    let threaded = answered.is_some();
    let duplicate::Repetition { repeated, told } =
        duplicate::find(precedents.same_content, &window.id, &reading.details, alone);
    let mut adds_opinions = true;
    let (disposition, reason, earlier, status) = match (repeated, answered) {
        // Who answers with the same opinion and writes what was missing around it supplements that.
        (Some(copy), Some(earlier)) if !copy.whole && copy.earlier.submission_id == earlier.submission_id => {
            adds_opinions = false;
            (Disposition::Supplement, answers(&earlier), Some(earlier), alone)
        }
        (Some(copy), _) => (
            Disposition::Duplicate,
            EntryReason::SameContent { number: copy.earlier.number.clone() },
            Some(copy.earlier),
            Status::Duplicate,
        ),
        (None, Some(earlier)) => (Disposition::Supplement, answers(&earlier), Some(earlier), alone),
        (None, None) => (Disposition::Filed, EntryReason::Subject(reading.subject.reason), None, alone),
    };
    let mut flags = flags(message, fetched, reading, precedents.message_id_reused);
    if disposition == Disposition::Supplement {
        // Who wrote is known from the submission.
        flags.retain(|flag| *flag != Flag::DetailsMissing);
    }
    let filing = Filing {
        disposition,
        consultation,
        threaded,
        earlier,
        repeats: told.filter(|_| disposition == Disposition::Filed),
        numbers: reading.numbers.clone(),
        adds_opinions,
        status,
        subject_match: match reading.subject.outcome {
            SubjectOutcome::Match => SubjectMatch::Match,
            _ => SubjectMatch::NearMiss,
        },
        timeliness,
        review_reasons: if status == Status::Duplicate { Vec::new() } else { review_reasons },
        flags,
        from_address: message.author().map(|author| author.address.clone()).unwrap_or_default(),
        no_answer: match &reading.origin {
            Origin::Suspected { mark } => Some(mark.clone()),
            _ => automatic::suppresses_answer(message),
        },
        likeness: reading.likeness.clone(),
        cut: Arc::clone(&reading.cut),
        details: Arc::clone(&reading.details),
    };
    ruling(disposition, reason, Some(filing))
}

/// What becomes of a message of which nothing is filed, and why; `None`: it is filed.
fn not_filed(reading: &Reading, answers: bool) -> Option<(Disposition, EntryReason)> {
    if let Some(reason) = reading.unreadable {
        return Some((Disposition::Quarantined, EntryReason::Unreadable(reason)));
    }
    if let Origin::Machine { kind, mark } = &reading.origin {
        return Some((Disposition::Automatic, EntryReason::Machine { kind: *kind, mark: mark.clone() }));
    }
    let is_ours = answers || reading.subject.outcome != SubjectOutcome::NotOurs;
    (!is_ours).then_some((Disposition::NotOurs, EntryReason::Subject(reading.subject.reason)))
}

fn review_reasons(message: &Message, reading: &Reading, timeliness: Timeliness) -> Vec<ReviewReason> {
    let has = |flag| reading.details.flags.contains(&flag);
    let empty = reading.cut.comment.is_empty() && message.attachments.is_empty() && !reading.cut.only_quoted;
    [
        (reading.subject.outcome != SubjectOutcome::Match, ReviewReason::NearMiss),
        (timeliness == Timeliness::LateSentInTime, ReviewReason::LateSentInTime),
        (timeliness == Timeliness::BeforeOpen, ReviewReason::BeforeOpen),
        (reading.cut.only_quoted || has(Flag::OnlyQuoted), ReviewReason::OnlyQuoted),
        (has(Flag::Withdraw), ReviewReason::Withdraw),
        (has(Flag::InfoDisclosure), ReviewReason::InfoDisclosure),
        (matches!(reading.origin, Origin::Suspected { .. }), ReviewReason::MachineSuspected),
        (empty, ReviewReason::EmptyBody),
        (message.from_fields > 1 || message.from.len() > 1, ReviewReason::SeveralFrom),
        (reading.arrival_unknown, ReviewReason::NoArrivalTime),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect()
}

fn flags(
    message: &Message,
    fetched: &FetchedMessage,
    reading: &Reading,
    message_id_reused: bool,
) -> Vec<Flag> {
    let seen = [
        (reading.cut.only_quoted, Flag::OnlyQuoted),
        (reading.cut.quote_header.is_some(), Flag::QuotedCut),
        (message_id_reused, Flag::MessageIdReused),
        (message.defects.charset_repaired, Flag::CharsetRepaired),
        (message.defects.charset_lossy, Flag::CharsetLossy),
        (fetched.truncated || message.defects.limit_reached, Flag::Oversize),
    ];
    Flag::ALL
        .iter()
        .copied()
        .filter(|flag| {
            reading.details.flags.contains(flag) || seen.iter().any(|(holds, seen)| *holds && seen == flag)
        })
        .collect()
}

/// What is to be done with one message.
#[must_use]
#[derive(Debug, Clone)]
pub struct Ruling {
    /// The entry's disposition.
    pub disposition: Disposition,
    /// Why.
    pub reason: EntryReason,
    /// When it arrived.
    pub arrival: Option<Arrival>,
    /// What to file; `None` for `not_ours`, `automatic` and `quarantined`.
    pub filing: Option<Filing>,
    /// Every step with what it saw, for staff.
    pub evidence: Value,
}

/// What to file.
#[derive(Debug, Clone)]
pub struct Filing {
    /// The entry's disposition.
    pub disposition: Disposition,
    /// Index of the consultation in the configuration's list.
    pub consultation: usize,
    /// Whether it answers an acknowledgement of ours.
    pub threaded: bool,
    /// For a supplement or a duplicate: the earlier submission.
    pub earlier: Option<Earlier>,
    /// An earlier submission of the same sender with the same content that does not stand for this one, because it waits
    /// for a person or came too late.
    pub repeats: Option<Earlier>,
    /// Numbers of ours that the message gives.
    pub numbers: Vec<String>,
    /// Whether the opinion items are new; a supplement may say the same once more.
    pub adds_opinions: bool,
    /// Status of the new submission row.
    pub status: Status,
    /// How the subject carries the tag.
    pub subject_match: SubjectMatch,
    /// On which side of the deadline.
    pub timeliness: Timeliness,
    /// Why a person must look; empty unless `status` is `review`.
    pub review_reasons: Vec<ReviewReason>,
    /// All flags.
    pub flags: Vec<Flag>,
    /// Comment and quote.
    pub cut: Arc<Cut>,
    /// Who wrote and what.
    pub details: Arc<Details>,
    /// What later mail is compared with.
    pub likeness: Likeness,
    /// Where the answer would go: the first `From:` mailbox, or empty.
    pub from_address: String,
    /// A mark that withholds the answer, as `automatic::suppresses_answer` or the suspicion names it.
    pub no_answer: Option<Mark>,
}

/// An earlier submission that this message belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// `submission.id`.
    pub submission_id: i64,
    /// `submission.number`.
    pub number: String,
    /// `submission.consultation`.
    pub consultation: String,
    /// When the earlier one arrived.
    pub received_at: Option<Timestamp>,
    /// Where the earlier one stands.
    pub status: Status,
}

/// An earlier submission with the same opinion and attachments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The submission.
    pub earlier: Earlier,
    /// The whole comment is the same, not only the opinion part.
    pub whole: bool,
    /// `submission.name`
    pub name: Option<String>,
    /// `submission.organization`
    pub organization: Option<String>,
}

/// What the record already holds that bears on a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Precedents {
    /// The submission whose acknowledgement this message answers.
    pub answered: Option<Earlier>,
    /// It is known by its number in the text only, not by the Message-ID of our answer.
    pub answered_by_number: bool,
    /// Submissions of the same sender with the same opinion and attachments, oldest first.
    pub same_content: Vec<Copied>,
    /// The same Message-ID came before with other bytes.
    pub message_id_reused: bool,
}
