//! What is in question of a letter, and what is filed of it.

use super::{Filing, Reading, Rules, status};
use crate::automatic::{self, Origin};
use crate::deadline;
use crate::parse::{Attachment, Message};
use crate::sender::Verdict;
use crate::subject::SubjectOutcome;
use crate::vocabulary::{Consultation, FetchedMessage, Flag, ReviewReason, Status, Timeliness};

/// On which side of the deadline a message lies, and why a person must look.
pub(super) fn questions(
    (message, fetched, reading): (&Message, &FetchedMessage, &Reading),
    window: &Consultation,
    rules: &Rules,
) -> (Timeliness, Vec<ReviewReason>) {
    let timeliness = deadline::judge(&reading.arrival, message.date, window.opens, window.closes);
    let disputed = deadline::is_disputed(&reading.arrival, rules.entry_time(fetched), window.closes);
    (timeliness, review_reasons(message, reading, timeliness, disputed))
}

/// Where a letter stands.
pub(super) struct Standing {
    pub(super) status: Status,
    pub(super) timeliness: Timeliness,
    pub(super) review_reasons: Vec<ReviewReason>,
}

pub(super) fn filing(
    (message, fetched, reading): (&Message, &FetchedMessage, &Reading),
    Standing { status, timeliness, review_reasons }: Standing,
    message_id_reused: bool,
) -> Filing {
    Filing {
        reading: reading.clone(),
        consultation: reading.consultation,
        threaded: false,
        by_number: false,
        status,
        timeliness,
        review_reasons,
        flags: flags(message, fetched, reading, message_id_reused),
        from_address: message.author().map(|author| author.address.clone()).unwrap_or_default(),
        no_answer: match &reading.origin {
            Origin::Suspected { mark } => Some(mark.clone()),
            _ => automatic::suppresses_answer(message),
        },
    }
}

fn review_reasons(
    message: &Message,
    reading: &Reading,
    timeliness: Timeliness,
    arrival_disputed: bool,
) -> Vec<ReviewReason> {
    let has = |flag| reading.details.flags.contains(&flag);
    let files = || message.attachments.iter().filter(|attachment| attachment.is_file());
    // No word of its own, and no file but pictures, which nobody has looked at yet.
    let says_nothing = || reading.cut.comment.is_empty() && files().all(Attachment::is_picture);
    let empty = message.all_hidden
        || reading.details.only_points && has(Flag::AttachmentMissing)
        || !reading.cut.only_quoted && message.illegible.is_none() && says_nothing();
    // Thanks, or who wrote: a letter of its own that would count with nothing in it.
    let (flags, items) = (&reading.details.flags, reading.details.opinions.len());
    let speaks = status::opines(flags, items)
        || status::only_asks(flags, &[], items)
        || reading.cut.only_quoted
        || message.illegible.is_some()
        || files().next().is_some();
    [
        (reading.subject.outcome != SubjectOutcome::Match, ReviewReason::NearMiss),
        (timeliness == Timeliness::LateSentInTime, ReviewReason::LateSentInTime),
        (timeliness == Timeliness::BeforeOpen, ReviewReason::BeforeOpen),
        (
            reading.cut.only_quoted || reading.cut.refers_to_quoted || has(Flag::OnlyQuoted),
            ReviewReason::OnlyQuoted,
        ),
        (has(Flag::Disowned), ReviewReason::Disowned),
        (has(Flag::Withdraw), ReviewReason::Withdraw),
        (has(Flag::PersonalData), ReviewReason::PersonalData),
        (has(Flag::PublicationRequest), ReviewReason::PublicationRequest),
        (has(Flag::CorrectionRequest), ReviewReason::CorrectionRequest),
        (has(Flag::LateDisputed), ReviewReason::LateDisputed),
        (has(Flag::NotLate), ReviewReason::NotLate),
        (has(Flag::Question), ReviewReason::Question),
        (has(Flag::InfoDisclosure), ReviewReason::InfoDisclosure),
        (matches!(reading.origin, Origin::Suspected { .. }), ReviewReason::MachineSuspected),
        (empty, ReviewReason::EmptyBody),
        (!empty && !speaks, ReviewReason::NothingSaid),
        (message.illegible.is_some(), ReviewReason::Unreadable),
        (message.from_fields > 1 || message.from.len() > 1, ReviewReason::SeveralFrom),
        (reading.sender.verdict == Verdict::Fail, ReviewReason::AuthenticationFailed),
        (reading.arrival_unknown, ReviewReason::NoArrivalTime),
        (arrival_disputed, ReviewReason::ArrivalDisputed),
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
