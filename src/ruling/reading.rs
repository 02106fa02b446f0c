//! What a message says by itself: judged before the record is asked.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};

use super::judged_by::JudgedBy;
use super::likeness::{Likeness, likeness, titles};
use super::numbers;
use crate::automatic::{self, Origin};
use crate::deadline::{self, Arrival};
use crate::details::{self, Details, DetailsInput};
use crate::parse::{Message, TextSource};
use crate::quote::{self, Cut};
use crate::sender::{self, Sender};
use crate::subject::{self, Carries, SubjectOutcome, SubjectVerdict, Tag};
use crate::vocabulary::markers::{MarkerKind, read_front};
use crate::vocabulary::{
    ArrivalEvidence, Consultation, EntryTime, FetchedMessage, ReceivedBasis, SubjectEvidence, SubjectReason,
    Unreadable,
};

/// How much of a body is searched for the title when the subject is not ours, in bytes.
const SEARCHED_BYTES: usize = 64 * 1024;
/// The consultations with everything derived from them once.
#[derive(Debug)]
pub struct Rules {
    consultations: Vec<Rule>,
    judged_by: JudgedBy,
    trusted_received_hosts: Vec<String>,
    trusted_authserv_ids: Vec<String>,
    replies_per_day: u32,
    internaldate_is_arrival: bool,
}

/// Replies that become part of one submission on one day, where nothing else is configured.
const REPLIES_PER_DAY: u32 = 20;

#[derive(Debug)]
struct Rule {
    consultation: Consultation,
    tag: Tag,
    lexicon: details::Lexicon,
    titles: Vec<String>,
}

impl Rules {
    /// Compiles the consultations. `trusted_received_hosts` are those of [`deadline::arrival`].
    pub fn new(consultations: &[Consultation], trusted_received_hosts: &[String]) -> Self {
        let judged_by = JudgedBy::new(consultations);
        let consultations = consultations
            .iter()
            .map(|consultation| Rule {
                consultation: consultation.clone(),
                tag: Tag::new(consultation),
                lexicon: details::Lexicon::new(consultation),
                titles: titles(&consultation.title),
            })
            .collect();
        Self {
            consultations,
            judged_by,
            trusted_received_hosts: trusted_received_hosts.to_vec(),
            // The hosts that write believable Received lines write believable Authentication-Results.
            trusted_authserv_ids: trusted_received_hosts.to_vec(),
            replies_per_day: REPLIES_PER_DAY,
            internaldate_is_arrival: true,
        }
    }

    /// So many replies become part of one submission on one day.
    #[must_use]
    pub const fn taking(mut self, replies_per_day: u32) -> Self {
        self.replies_per_day = replies_per_day;
        self
    }

    pub(super) const fn replies_per_day(&self) -> u32 {
        self.replies_per_day
    }

    /// Whether the mailbox's INTERNALDATE tells when a letter arrived; after a migration that made all dates new, it does not.
    #[must_use]
    pub const fn with_internaldate_as_arrival(mut self, holds: bool) -> Self {
        self.internaldate_is_arrival = holds;
        self
    }

    /// The mailbox's own time of a message, where it is believed.
    pub(super) fn entry_time(&self, fetched: &FetchedMessage) -> Option<EntryTime> {
        fetched.time.filter(|time| self.internaldate_is_arrival || matches!(time, EntryTime::File(_)))
    }

    /// Further hosts whose `Authentication-Results:` are believed (RFC 8601 section 2.5: the authserv-id), lower case,
    /// `.ln.gov.cn` for a whole domain.
    #[must_use]
    pub fn trusting(mut self, authserv_ids: &[String]) -> Self {
        self.trusted_authserv_ids.extend_from_slice(authserv_ids);
        self
    }

    /// The consultations, told apart from others.
    pub const fn judged_by(&self) -> &JudgedBy {
        &self.judged_by
    }

    /// The consultation at an index of [`super::Filing::consultation`].
    pub fn consultation(&self, index: usize) -> Option<&Consultation> {
        self.consultations.get(index).map(|rule| &rule.consultation)
    }

    /// What our own mail system says of a message's sender.
    pub fn sender(&self, message: &Message) -> Sender {
        let trusted_lines = deadline::trusted_lines(&message.received, &self.trusted_received_hosts);
        sender::judge(message, trusted_lines, &self.trusted_authserv_ids)
    }

    /// Whether a consultation is among them.
    pub fn knows(&self, id: &str) -> bool {
        self.index_of(id).is_some()
    }

    /// The consultation of this id.
    pub fn consultation_named(&self, id: &str) -> Option<&Consultation> {
        self.index_of(id).and_then(|index| self.consultation(index))
    }

    pub(super) fn index_of(&self, id: &str) -> Option<usize> {
        self.consultations.iter().position(|rule| rule.consultation.id == id)
    }
}

/// What a message says by itself.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Person or machine.
    pub origin: Origin,
    /// The consultation whose tag the subject fits best.
    pub consultation: usize,
    /// How it fits.
    pub subject: SubjectVerdict,
    /// When it arrived.
    pub arrival: Arrival,
    /// No clock gave the arrival; it is the time of reading.
    pub arrival_unknown: bool,
    /// What our own mail system says of the sender.
    pub sender: Sender,
    /// Comment and quote.
    pub cut: Cut,
    /// Who wrote and what.
    pub details: Details,
    /// What it is compared by.
    pub likeness: Likeness,
    /// Numbers of ours in subject and text.
    pub numbers: Vec<String>,
    /// Why it cannot be processed at all.
    pub unreadable: Option<Unreadable>,
}

/// Judges a message by itself. `seen_at` stands in when no clock gives the arrival.
pub fn read(message: &Message, fetched: &FetchedMessage, rules: &Rules, seen_at: Timestamp) -> Reading {
    let unreadable = match () {
        () if fetched.raw.is_empty() => Some(Unreadable::Empty),
        () if message.defects.no_header => Some(Unreadable::NoHeader),
        () if automatic::placeholder(message).is_some() => Some(Unreadable::Placeholder),
        () => None,
    };
    let prefixes = rules.consultations.iter().map(|rule| rule.consultation.number_prefix.as_str());
    let numbers = numbers::of(message, prefixes);
    let origin = automatic::judge(message);
    let arrival =
        deadline::arrival(&message.received, &rules.trusted_received_hosts, rules.entry_time(fetched));
    let arrived_at = arrival.as_ref().map_or(seen_at, |arrival| arrival.at);
    let subject = persons_subject(message, &origin);
    let (consultation, subject) = best_subject(message, subject, rules, arrived_at);
    let is_undecided = rules.consultations.len() > 1 && subject.carries < Carries::Mentioned;
    let (consultation, subject) = rescued(subject, consultation, &numbers, is_undecided);
    let arrival_unknown = arrival.is_none();
    let arrival = arrival.unwrap_or(Arrival {
        at: seen_at,
        basis: match fetched.time {
            Some(EntryTime::File(_)) => ReceivedBasis::File,
            _ => ReceivedBasis::Internaldate,
        },
        evidence: ArrivalEvidence::NoClock,
        first_foreign_hop: None,
    });
    let may_be_filed = !matches!(origin, Origin::Machine { .. })
        && (subject.outcome != SubjectOutcome::NotOurs || !message.thread.is_empty());
    let (cut, details, likeness) = match rules.consultations.get(consultation) {
        Some(rule) if may_be_filed => taken_apart(message, rule),
        _ => (Cut::default(), Details::default(), Likeness::default()),
    };
    Reading {
        origin,
        consultation,
        subject,
        arrival,
        arrival_unknown,
        sender: rules.sender(message),
        likeness,
        numbers: numbers.into_iter().map(|(_, number)| number).collect(),
        cut,
        details,
        unreadable,
    }
}

/// The same message as one for this consultation: cut, taken apart and compared by what is called so there. Its subject, its
/// sender and its time are what they were.
pub(super) fn for_consultation(
    message: &Message,
    reading: &Reading,
    rules: &Rules,
    consultation: usize,
) -> Reading {
    let mut other = Reading { consultation, ..reading.clone() };
    if let Some(rule) = rules.consultations.get(consultation)
        && reading.unreadable.is_none()
        && !matches!(reading.origin, Origin::Machine { .. })
    {
        (other.cut, other.details, other.likeness) = taken_apart(message, rule);
    }
    other
}

/// The message as one that a person moved to this consultation: its subject is held against the tag there, too. `None`: the
/// consultation is not configured, or nothing can be read.
pub fn read_for(message: &Message, reading: &Reading, rules: &Rules, consultation: &str) -> Option<Reading> {
    let index = rules.index_of(consultation).filter(|_| reading.unreadable.is_none())?;
    let mut there = for_consultation(message, reading, rules, index);
    let tag = rules.consultations.get(index).map(|rule| &rule.tag)?;
    there.subject.outcome = tag.judge(persons_subject(message, &reading.origin)).outcome;
    Some(there)
}

/// What a message says and what it is compared by.
fn taken_apart(message: &Message, rule: &Rule) -> (Cut, Details, Likeness) {
    let (cut, mut details) = written(message, rule);
    let digests: Vec<&str> = message.attachments.iter().map(|found| found.sha256.as_str()).collect();
    let likeness = likeness(&cut.comment, &details, &digests, &rule.titles);
    // It is as long as the comment, and nothing asks for it any more.
    details.opinion_text = String::new();
    (cut, details, likeness)
}

/// What an already filed text is compared by; `None` when its consultation is not configured any more. `attachments`: file
/// name and digest of each.
pub fn likeness_of_filed(
    comment: &str,
    subject: &str,
    attachments: &[(Option<String>, String)],
    consultation: &str,
    rules: &Rules,
) -> Option<Likeness> {
    let rule = rules.consultations.get(rules.index_of(consultation)?)?;
    let names: Vec<String> = attachments.iter().filter_map(|(name, _)| name.clone()).collect();
    let input = DetailsInput {
        comment,
        display: None,
        attachments: &names,
        subject,
        consultation: &rule.consultation,
    };
    let details = details::extract_with(&input, &rule.lexicon);
    let digests: Vec<&str> = attachments.iter().map(|(_, digest)| digest.as_str()).collect();
    Some(likeness(comment, &details, &digests, &rule.titles))
}

/// What was written now, and by whom. The costly part of reading: left out for mail that cannot be filed.
fn written(message: &Message, rule: &Rule) -> (Cut, Details) {
    let subject = message.subject.as_deref().unwrap_or_default();
    let forwards = subject::is_forward(subject);
    let cut = match &message.forwarded {
        _ if message.text_source == TextSource::Forwarded => quote::only_quoted(&message.text),
        Some(attached) => quote::cut_above(&message.text, forwards, attached),
        None => quote::cut(&message.text, forwards),
    };
    // A detached signature (RFC 8551 section 3.5.3, RFC 3156) is nothing that the citizen attached.
    let is_signature =
        |name: &String| [".p7s", "signature.asc"].iter().any(|end| name.to_ascii_lowercase().ends_with(end));
    let names = message.attachments.iter().filter_map(|attachment| attachment.filename.clone());
    let attachments: Vec<String> = names.filter(|name| !is_signature(name)).collect();
    let input = DetailsInput {
        comment: &cut.comment,
        display: message.author().and_then(|author| author.display.as_deref()),
        attachments: &attachments,
        subject,
        consultation: &rule.consultation,
    };
    let mut details = details::extract_with(&input, &rule.lexicon);
    if cut.only_quoted {
        // Whoever is quoted or forwarded is not the one who wrote: a person decides whose opinion it is.
        details = Details {
            flags: details.flags,
            opinions: details.opinions,
            request: details.request,
            opinion_text: details.opinion_text,
            signatories: 1,
            ..Details::default()
        };
    }
    (cut, details)
}

/// The subject without the marker of a recall notice where a person wrote it: `撤回：《…》意见建议`. Any other leading marker
/// stays: a text under it is a machine's.
fn persons_subject<'a>(message: &'a Message, origin: &Origin) -> Option<&'a str> {
    let subject = message.subject.as_deref()?;
    let front = read_front(subject);
    let is_machine = matches!(origin, Origin::Machine { .. });
    Some(if front.marker == Some(MarkerKind::Recall) && !is_machine { front.rest } else { subject })
}

/// The consultation that the subject fits best; where it fits none, one whose title the body or an attachment's name
/// holds. Of those that it fits alike, the one that was open at the arrival: who writes no more than 意见建议 answers
/// the notice of these days, not one that ended. Where none was open, the one whose time lies nearest.
fn best_subject(
    message: &Message,
    subject: Option<&str>,
    rules: &Rules,
    arrived_at: Timestamp,
) -> (usize, SubjectVerdict) {
    let several = rules.consultations.len() > 1;
    let mut best: Option<(usize, SubjectVerdict, Reverse<SignedDuration>)> = None;
    for (index, rule) in rules.consultations.iter().enumerate() {
        let mut verdict = rule.tag.judge(subject);
        // A subject that is bare or empty fits every consultation: the text says which.
        let says_nothing = several && verdict.carries < Carries::Mentioned;
        if (verdict.outcome == SubjectOutcome::NotOurs || says_nothing)
            && let Some(evidence) = mention(message, &rule.tag)
        {
            verdict.outcome = SubjectOutcome::NearMiss;
            verdict.reason = SubjectReason::MentionedInBody;
            verdict.evidence = evidence;
            verdict.carries = Carries::Mentioned;
        }
        let beside = Reverse(rule.consultation.time_beside(arrived_at));
        let is_better = best.as_ref().is_none_or(|(_, found, found_beside)| {
            (verdict.outcome, verdict.carries, beside) > (found.outcome, found.carries, *found_beside)
        });
        if is_better {
            best = Some((index, verdict, beside));
        }
    }
    best.map_or_else(
        || {
            let nothing = SubjectVerdict {
                outcome: SubjectOutcome::NotOurs,
                reason: SubjectReason::NoConsultation,
                evidence: SubjectEvidence::Nothing,
                stripped: Vec::new(),
                carries: Carries::No,
            };
            (0, nothing)
        },
        |(index, verdict, _)| (index, verdict),
    )
}

fn mention(message: &Message, tag: &Tag) -> Option<SubjectEvidence> {
    let text = message.whole_text();
    let end = text.floor_char_boundary(SEARCHED_BYTES);
    let beginning = text.get(..end).unwrap_or_default();
    tag.mentioned_in(beginning).or_else(|| {
        message
            .attachments
            .iter()
            .filter_map(|attachment| attachment.filename.as_deref())
            .find_map(|name| tag.mentioned_in(name))
    })
}

/// A mail that names a number of ours is meant for us, even where the number is nobody's or somebody else's and the
/// subject says nothing: a person looks. Among several consultations the number also says which, where nothing else does.
fn rescued(
    verdict: SubjectVerdict,
    consultation: usize,
    numbers: &[(usize, String)],
    is_undecided: bool,
) -> (usize, SubjectVerdict) {
    match numbers.first() {
        Some((index, number)) if verdict.outcome == SubjectOutcome::NotOurs || is_undecided => {
            let evidence = SubjectEvidence::Number { number: number.clone() };
            (
                *index,
                SubjectVerdict {
                    outcome: SubjectOutcome::NearMiss,
                    reason: SubjectReason::MentionsNumber,
                    evidence,
                    ..verdict
                },
            )
        }
        _ => (consultation, verdict),
    }
}
