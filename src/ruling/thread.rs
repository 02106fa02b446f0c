//! Whose thread a mail belongs to, and when to nobody's.

use super::{Earlier, Likeness, Precedents, Reading, Reply};
use crate::details::{Details, Evidence};
use crate::quote::Cut;
use crate::sender::Verdict;
use crate::subject::SubjectOutcome;
use crate::vocabulary::{Flag, ReviewReason, Status, SubjectEvidence, SubjectReason, Timeliness};

/// The longest receipt of ours as it is quoted, in characters: what an attribution and the marks add included.
const MOST_RECEIPT_CHARS: usize = 2_000;

/// An earlier submission that a mail answers or names without becoming part of it.
#[derive(Debug)]
pub(super) struct Beside {
    /// The submission.
    pub(super) earlier: Earlier,
    /// Why not.
    pub(super) why: Why,
}

/// Why a mail stays by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// A person turned the earlier one down, or it was erased: what hangs on it nobody would see.
    Closed,
    /// Nobody knows yet who wrote the earlier one.
    Unconfirmed,
    /// The earlier one had many replies on that day: a person decides what becomes of more.
    Capped,
    /// It asks to take the earlier one out, nobody vouches for its sender, and all that speaks for it is a number, which anybody
    /// may write down.
    OnlyNumber,
    /// It bears the whole tag and somebody else's name: an old answer was taken up for a new letter.
    OtherSigner,
    /// Neither answers nor names it, and asks for something: the sender has written before, so that one may be meant.
    LatestOfSender,
}

impl Why {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Unconfirmed => "unconfirmed",
            Self::Capped => "capped",
            Self::OnlyNumber => "only_number",
            Self::OtherSigner => "other_signer",
            Self::LatestOfSender => "latest_of_sender",
        }
    }
}

/// Whether later mail may become part of a submission, or be a repetition of it.
pub const fn takes_more(earlier: &Earlier) -> bool {
    !earlier.is_forged && !matches!(earlier.status, Status::Denied | Status::Erased)
}

/// What of the record bears on a mail, and the submission beside which it stands. On a forged mail nothing does: it is part of
/// nothing and repeats nothing.
pub(super) fn decide(
    reading: &Reading,
    mut precedents: Precedents,
    replies_per_day: u32,
) -> (Precedents, Option<Beside>) {
    let verdict = reading.sender.verdict;
    if verdict == Verdict::Fail {
        return (Precedents::default(), None);
    }
    if precedents.answered_by_number && verdict != Verdict::Pass && asks_to_take_out(reading) {
        precedents.answered_by_number = false;
        let earlier = precedents.answered.take();
        return (precedents, earlier.map(|earlier| Beside { earlier, why: Why::OnlyNumber }));
    }
    let is_new_letter = reading.subject.outcome == SubjectOutcome::Match && reading.reply == Reply::Content;
    if let Some(earlier) =
        precedents.answered.take_if(|earlier| is_new_letter && earlier.signer.is_another(&reading.details))
    {
        precedents.answered_by_number = false;
        return (precedents, Some(Beside { earlier, why: Why::OtherSigner }));
    }
    if precedents.replies_of_day >= replies_per_day
        && let Some(earlier) = precedents.answered.take()
    {
        precedents.answered_by_number = false;
        return (precedents, Some(Beside { earlier, why: Why::Capped }));
    }
    let closed = precedents.closed.take().filter(|_| precedents.answered.is_none());
    let beside = closed.map(|earlier| {
        let why = if earlier.is_forged { Why::Unconfirmed } else { Why::Closed };
        Beside { earlier, why }
    });
    // Under the whole tag it means us by itself.
    let is_for_us = precedents.answered.is_some() || reading.subject.outcome != SubjectOutcome::NotOurs;
    let latest = precedents.latest_of_sender.take().filter(|_| !is_for_us);
    let latest = latest.map(|earlier| Beside { earlier, why: Why::LatestOfSender });
    (precedents, beside.or(latest))
}

/// Whether the submission that a mail becomes part of would wait for a person by it, and count no more until then.
fn asks_to_take_out(reading: &Reading) -> bool {
    let asked = ReviewReason::ASKED.iter().filter_map(|reason| reason.flag());
    asked.into_iter().any(|flag| reading.details.flags.contains(&flag))
}

/// Who answers us or names a number of ours means us, whatever the subject says: a person looks. `None`: the subject says
/// enough.
pub(super) fn spoken_of(reading: &Reading, Beside { earlier, why }: &Beside) -> Option<Reading> {
    (reading.subject.outcome == SubjectOutcome::NotOurs).then(|| {
        let mut reading = reading.clone();
        reading.subject.outcome = SubjectOutcome::NearMiss;
        reading.subject.reason = match why {
            Why::LatestOfSender => SubjectReason::AsksOfEarlier,
            _ => SubjectReason::MentionsNumber,
        };
        reading.subject.evidence = SubjectEvidence::Number { number: earlier.number.clone() };
        reading
    })
}

/// An answer that is our own receipt from end to end, as a program quotes it above which nothing was written: none of its words
/// is the citizen's, least of all the one about applications for disclosure. Its files are. `None`: it may say something.
pub(super) fn without_our_words(
    reading: &Reading,
    (answered, by_number): (&Earlier, bool),
    brings_files: bool,
) -> Option<Reading> {
    let text = &reading.cut.comment;
    // Who only gives the number may pass on what somebody else says of it.
    let is_receipt = reading.cut.only_ours
        || !by_number
            && reading.cut.only_quoted
            && text.contains(&answered.number)
            && text.chars().take(MOST_RECEIPT_CHARS + 1).count() <= MOST_RECEIPT_CHARS;
    is_receipt.then(|| {
        let mut reading = reading.clone();
        reading.cut = Cut { quoted: std::mem::take(&mut reading.cut.comment), ..Cut::default() };
        reading.details = Details {
            flags: if brings_files { vec![Flag::AttachmentOnly] } else { Vec::new() },
            signatories: 1,
            ..Details::default()
        };
        reading.likeness = Likeness::default();
        reading.reply = if brings_files { Reply::Content } else { Reply::Nothing };
        reading
    })
}

/// What a letter that calls one in time is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disputed {
    /// One that is late, or that may be.
    Late,
    /// One that counts, which nobody called late.
    InTime,
    /// None that is known.
    Nothing,
}

/// Which of them: the one that it answers or names, else, where it proposes something, itself (`own`), else the sender's latest.
pub(super) fn disputed(
    reading: &Reading,
    meant: Option<&Earlier>,
    latest: Option<&Earlier>,
    own: Option<Timeliness>,
) -> Disputed {
    let is_late = matches!(own, Some(Timeliness::Late | Timeliness::LateSentInTime));
    let latest = latest.filter(|_| reading.details.opinions.is_empty());
    match meant.or(latest).map(|of| of.status) {
        Some(Status::Late | Status::Review) => Disputed::Late,
        Some(Status::Accepted) => Disputed::InTime,
        None if is_late => Disputed::Late,
        _ => Disputed::Nothing,
    }
}

/// A letter that calls one in time which nobody called late: its writer is to be told so, or has a question. `None`: it is
/// about one that is late, or about another matter.
pub(super) fn not_disputed(reading: &Reading, disputed: Disputed) -> Option<Reading> {
    let of_it = match disputed {
        Disputed::Late => return None,
        Disputed::InTime => Flag::NotLate,
        Disputed::Nothing => Flag::Question,
    };
    let at = reading.details.flags.iter().position(|flag| *flag == Flag::LateDisputed)?;
    let mut reading = reading.clone();
    let details = &mut reading.details;
    if let Some(flag) = details.flags.get_mut(at) {
        *flag = of_it;
    }
    details.flags.sort_unstable();
    details.flags.dedup();
    for seen in details.evidence.iter_mut().filter(|seen| seen.field == Flag::LateDisputed.as_str()) {
        seen.field = of_it.as_str();
    }
    Some(reading)
}

/// A reading of a letter by somebody who says that an earlier one was not his: a person decides on that one.
pub(super) fn disowning(reading: &Reading, in_words: &str) -> Reading {
    let mut reading = reading.clone();
    let details = &mut reading.details;
    details.flags.push(Flag::Disowned);
    details.flags.sort_unstable();
    let as_written = in_words.to_owned();
    details.evidence.push(Evidence { field: Flag::Disowned.as_str(), rule: "disowns", line: 0, as_written });
    reading
}
