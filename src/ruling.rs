//! Everything known about one message → one ruling with its reasons.
//!
//! Two steps, both pure: [`read`] judges the message by itself, and [`rule`] joins what the record already holds
//! ([`Precedents`]). The order of the questions is the order of the lines in [`rule`]: unreadable, machine, subject
//! or thread; then deadline and same content.

mod answered;
mod awaiting;
pub mod bounce;
pub mod campaign;
mod choice;
mod duplicate;
mod enclosed;
mod evidence;
mod given;
mod judged;
mod judged_by;
mod likeness;
mod moved;
mod numbers;
mod reading;
pub mod relation;
mod reply;
mod rules;
mod signer;
mod status;
mod thread;

use jiff::Timestamp;
use serde_json::Value;

use crate::automatic::{self, Origin};
use crate::deadline;
use crate::parse::{Attachment, Message};
use crate::sender::Verdict;
use crate::subject::SubjectOutcome;
use crate::vocabulary::{
    Delivery, Disposition, EntryReason, FetchedMessage, Flag, Machine, Mark, ReviewReason, Status,
    SubjectMatch, SubjectReason, Timeliness, Unreadable,
};

pub use awaiting::{Awaits, Enclosed, Known, Owed, Undone, Unentered, awaits, owed, unentered};
use duplicate::Repetition;
pub use duplicate::{SeenBefore, seen_before};
use evidence::evidence;
pub use given::{Given, flags_with_details, flags_with_wishes, given, wishes};
use judged::{Standing, filing, questions};
pub use judged_by::JudgedBy;
pub use likeness::Likeness;
pub use moved::{Stood, moved};
pub use numbers::typed as typed_number;
pub use reading::{Reading, likeness_of_filed, read, read_for};
pub use reply::Reply;
pub use rules::Rules;
pub use signer::Signer;
pub use status::{confirmed, confirmed_again, denied, only_asks, opines, reopened};
pub use thread::takes_more;

/// The longest text of a program that answers our answer and proves itself by no more than its precedence, in characters.
const MOST_BULK_CHARS: usize = 300;

/// Rules on a message: the first case that it falls into.
pub fn rule(
    message: &Message,
    fetched: &FetchedMessage,
    reading: &Reading,
    precedents: Precedents,
    rules: &Rules,
) -> Ruled {
    let disowning = match &reading.reply {
        Reply::Disowns { in_words } if precedents.answered.is_some() || !reading.numbers.is_empty() => {
            Some(thread::disowning(reading, in_words))
        }
        _ => None,
    };
    let reading = disowning.as_ref().unwrap_or(reading);
    let latest = precedents.latest_of_sender.clone();
    let (precedents, beside) = thread::decide(reading, precedents, rules.replies_per_day());
    let read = beside.as_ref().and_then(|beside| thread::spoken_of(reading, beside));
    let is_capped = beside.as_ref().is_some_and(|beside| beside.why == thread::Why::Capped);
    let answered = precedents.answered.as_ref();
    let consultation = answered
        .or(beside.as_ref().filter(|_| read.is_some()).map(|beside| &beside.earlier))
        .and_then(|earlier| rules.index_of(&earlier.consultation))
        .unwrap_or(reading.consultation);
    let reading = read.as_ref().unwrap_or(reading);
    let brings_files = message.attachments.iter().any(Attachment::is_file);
    let by_number = precedents.answered_by_number;
    let empty =
        answered.and_then(|earlier| thread::without_our_words(reading, (earlier, by_number), brings_files));
    let reading = empty.as_ref().unwrap_or(reading);
    // A letter is read for the consultation of what it belongs to, whatever its subject fits best.
    let there = (consultation != reading.consultation && empty.is_none())
        .then(|| reading::for_consultation(message, reading, rules, consultation));
    let reading = there.as_ref().unwrap_or(reading);
    let by = if precedents.answered_by_number { "number" } else { "reply" };
    let thread =
        evidence::Thread { answered: answered.map(|earlier| (earlier, by)), beside: beside.as_ref() };
    let evidence = evidence(message, reading, rules, consultation, thread);
    let meant = answered.or(beside.as_ref().map(|beside| &beside.earlier));
    let own = rules
        .consultation(consultation)
        .map(|window| deadline::judge(&reading.arrival, message.date, window.opens, window.closes));
    let disputed = thread::disputed(reading, meant, latest.as_ref(), own);
    let told = thread::not_disputed(reading, disputed);
    let reading = told.as_ref().unwrap_or(reading);
    let ruling = unreadable(reading)
        .or_else(|| automatic_mail(message, reading))
        .or_else(|| bulk_answer(reading, &precedents))
        .or_else(|| not_ours(reading, answered))
        .unwrap_or_else(|| filed((message, fetched, reading), precedents, is_capped, (consultation, rules)));
    Ruled { ruling, evidence }
}

fn unreadable(reading: &Reading) -> Option<Ruling> {
    reading.unreadable.map(Ruling::Quarantined)
}

fn automatic_mail(message: &Message, reading: &Reading) -> Option<Ruling> {
    match &reading.origin {
        Origin::Machine { kind, mark } => Some(Ruling::Automatic {
            kind: *kind,
            mark: mark.clone(),
            delivery: automatic::delivery(*kind, message).map(Box::new),
        }),
        Origin::Person | Origin::Suspected { .. } => None,
    }
}

/// What calls itself junk and answers our answer by its Message-ID is a program that answers; a long letter is a letter.
fn bulk_answer(reading: &Reading, precedents: &Precedents) -> Option<Ruling> {
    let Origin::Suspected { mark } = &reading.origin else { return None };
    let is_short = reading.cut.comment.chars().take(MOST_BULK_CHARS + 1).count() <= MOST_BULK_CHARS;
    let answers_us = precedents.answered.is_some() && !precedents.answered_by_number;
    (answers_us && is_short && automatic::is_junk(mark)).then(|| Ruling::Automatic {
        kind: Machine::AutoReply,
        mark: mark.clone(),
        delivery: None,
    })
}

fn not_ours(reading: &Reading, answered: Option<&Earlier>) -> Option<Ruling> {
    let is_ours = answered.is_some() || reading.subject.outcome != SubjectOutcome::NotOurs;
    (!is_ours).then_some(Ruling::NotOurs(reading.subject.reason))
}

/// A submission of its own, part of an earlier one, or the same once more.
fn filed(
    (message, fetched, reading): (&Message, &FetchedMessage, &Reading),
    precedents: Precedents,
    is_capped: bool,
    (consultation, rules): (usize, &Rules),
) -> Ruling {
    let Some(window) = rules.consultation(consultation) else {
        return Ruling::NotOurs(SubjectReason::NoConsultation);
    };
    let Precedents { answered, answered_by_number, same_content, message_id_reused, .. } = precedents;
    let (timeliness, mut review_reasons) = questions((message, fetched, reading), window, rules);
    if is_capped {
        review_reasons.push(ReviewReason::RepliesCapped);
    }
    if answered.is_some() {
        // Neither its subject nor its time is in question: only what it asks for may need a person, or what nobody can read.
        review_reasons
            .retain(|reason| *reason == ReviewReason::Unreadable || ReviewReason::ASKED.contains(reason));
    }
    let status = status::alone(&review_reasons, timeliness);
    let standing = Standing { status, timeliness, review_reasons };
    let filing = Filing {
        consultation,
        threaded: answered.is_some(),
        by_number: answered_by_number,
        ..filing((message, fetched, reading), standing, message_id_reused)
    };
    if let Some(of) = answered.clone().filter(|_| reading.reply != Reply::Content) {
        // Nothing of it is an opinion, be it the first time or the tenth.
        return Ruling::supplement(of, filing, false);
    }
    let mut same_content = same_content;
    if !reading.details.requests.is_empty() {
        // The same words under a subject that asks for something ask for it: what counts without a question does not say so.
        same_content.retain(|copy| copy.earlier.status == Status::Review);
    }
    // Who answers our answer got it: what he repeats is his.
    let vouched = reading.sender.verdict == Verdict::Pass && answered.is_none();
    let Repetition { repeated, told, doubted } =
        duplicate::find(same_content, &window.id, &reading.details, (status, vouched));
    match (repeated, answered) {
        // Who answers with the same opinion and writes what was missing around it supplements that.
        (Some(copy), Some(of)) if !copy.whole && copy.earlier.submission_id == of.submission_id => {
            Ruling::supplement(of, filing, false)
        }
        (Some(copy), _) => Ruling::duplicate(copy.earlier, filing),
        (None, Some(of)) => Ruling::supplement(of, filing, true),
        (None, None) => Ruling::File { filing, repeats: told, doubted },
    }
}

/// What is to be done with one message, and why.
#[must_use]
#[derive(Debug, Clone)]
pub struct Ruled {
    /// What is to be done.
    pub ruling: Ruling,
    /// Every step with what it saw, for staff.
    pub evidence: Value,
}

/// What is to be done with one message.
#[must_use]
#[derive(Debug, Clone)]
pub enum Ruling {
    /// A submission of its own.
    File {
        /// What to file.
        filing: Filing,
        /// An earlier submission of the same sender with the same content that does not stand for this one, because it
        /// waits for a person or came too late.
        repeats: Option<Earlier>,
        /// Earlier ones that would stand for this one if anybody vouched for their sender, as our own mail server does for this
        /// one's: a person looks at them.
        doubted: Vec<Earlier>,
    },
    /// Part of an earlier submission, whose acknowledgement it answers.
    Supplement {
        /// The submission.
        of: Earlier,
        /// What to file.
        filing: Filing,
        /// Whether the opinion items are new; it may say the same once more.
        adds_opinions: bool,
    },
    /// The same content as an earlier submission, which stands for it.
    Duplicate {
        /// The submission.
        of: Earlier,
        /// What to file.
        filing: Filing,
    },
    /// Nothing of it is kept but digests and the reason.
    NotOurs(SubjectReason),
    /// A machine's.
    Automatic {
        /// What kind.
        kind: Machine,
        /// What proves it.
        mark: Mark,
        /// What it reports of a mail, where it reports of one.
        delivery: Option<Box<Delivery>>,
    },
    /// Its bytes are kept, and a person looks.
    Quarantined(Unreadable),
}

impl Ruling {
    fn supplement(of: Earlier, mut filing: Filing, adds_opinions: bool) -> Self {
        // Who wrote is known from the submission.
        filing.flags.retain(|flag| *flag != Flag::DetailsMissing);
        if given::given(&of, &filing).differs {
            filing.flags.push(Flag::DetailsDiffer);
            filing.flags.sort_unstable();
            filing.review_reasons.push(ReviewReason::DetailsDiffer);
        }
        Self::Supplement { of, filing, adds_opinions }
    }

    fn duplicate(of: Earlier, filing: Filing) -> Self {
        Self::Duplicate {
            of,
            filing: Filing { status: Status::Duplicate, review_reasons: Vec::new(), ..filing },
        }
    }

    /// The entry's disposition.
    pub const fn disposition(&self) -> Disposition {
        match self {
            Self::File { .. } => Disposition::Filed,
            Self::Supplement { .. } => Disposition::Supplement,
            Self::Duplicate { .. } => Disposition::Duplicate,
            Self::NotOurs(_) => Disposition::NotOurs,
            Self::Automatic { .. } => Disposition::Automatic,
            Self::Quarantined(_) => Disposition::Quarantined,
        }
    }

    /// Why, as the entry's row says it.
    pub fn reason(&self) -> EntryReason {
        match self {
            Self::File { filing, .. } => EntryReason::Subject(filing.reading.subject.reason),
            Self::Supplement { of, .. } => EntryReason::Answers { number: of.number.clone() },
            Self::Duplicate { of, .. } => EntryReason::SameContent { number: of.number.clone() },
            Self::NotOurs(reason) => EntryReason::Subject(*reason),
            Self::Automatic { kind, mark, delivery } => {
                EntryReason::Machine { kind: *kind, mark: mark.clone(), delivery: delivery.clone() }
            }
            Self::Quarantined(reason) => EntryReason::Unreadable(*reason),
        }
    }

    /// What to file, if anything is.
    pub const fn filing(&self) -> Option<&Filing> {
        match self {
            Self::File { filing, .. } | Self::Supplement { filing, .. } | Self::Duplicate { filing, .. } => {
                Some(filing)
            }
            Self::NotOurs(_) | Self::Automatic { .. } | Self::Quarantined(_) => None,
        }
    }

    /// The submission that it supplements or repeats.
    pub const fn earlier(&self) -> Option<&Earlier> {
        match self {
            Self::Supplement { of, .. } | Self::Duplicate { of, .. } => Some(of),
            _ => None,
        }
    }
}

/// What to file.
#[derive(Debug, Clone)]
pub struct Filing {
    /// What the message says by itself.
    pub reading: Reading,
    /// Index of the consultation in the configuration's list.
    pub consultation: usize,
    /// Whether it answers an acknowledgement of ours.
    pub threaded: bool,
    /// It is known by the number in its text only.
    pub by_number: bool,
    /// Status of the new submission row.
    pub status: Status,
    /// On which side of the deadline.
    pub timeliness: Timeliness,
    /// Why a person must look; empty unless `status` is `review`.
    pub review_reasons: Vec<ReviewReason>,
    /// All flags.
    pub flags: Vec<Flag>,
    /// Where the answer would go: the first `From:` mailbox, or empty.
    pub from_address: String,
    /// A mark that withholds the answer, as `automatic::suppresses_answer` or the suspicion names it.
    pub no_answer: Option<Mark>,
}

impl Filing {
    /// How the subject carries the tag.
    pub const fn subject_match(&self) -> SubjectMatch {
        match self.reading.subject.outcome {
            SubjectOutcome::Match => SubjectMatch::Match,
            SubjectOutcome::NearMiss | SubjectOutcome::NotOurs => SubjectMatch::NearMiss,
        }
    }
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
    /// Our own mail server calls its sender forged, and no person has said otherwise.
    pub is_forged: bool,
    /// Who wrote it, as far as its text says.
    pub signer: Signer,
    /// An agency wrote it.
    pub is_agency: bool,
}

/// An earlier submission with the same opinion and attachments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The submission.
    pub earlier: Earlier,
    /// The whole comment is the same, not only the opinion part.
    pub whole: bool,
    /// Our own mail server vouches for its sender; or a supplement of the submission says the same.
    pub vouched: bool,
}

/// What the record already holds that bears on a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Precedents {
    /// The submission whose acknowledgement this message answers.
    pub answered: Option<Earlier>,
    /// One that it answers or names and that takes nothing more: see [`takes_more`].
    pub closed: Option<Earlier>,
    /// The sender's latest, where the message asks for something and nothing else says that it is for us.
    pub latest_of_sender: Option<Earlier>,
    /// It is known by its number in the text only, not by the Message-ID of our answer.
    pub answered_by_number: bool,
    /// Submissions of the same sender with the same opinion and attachments, oldest first.
    pub same_content: Vec<Copied>,
    /// The same Message-ID came before with other bytes.
    pub message_id_reused: bool,
    /// Replies that became part of the answered submission on the day of this one's arrival.
    pub replies_of_day: u32,
}
