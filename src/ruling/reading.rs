//! What a message says by itself: judged before the record is asked.

use std::borrow::Cow;

use jiff::Timestamp;

use super::choice::{self, persons_subject};
use super::likeness::{Likeness, likeness};
use super::numbers;
use super::reply::{self, Reply};
use super::rules::{Rule, Rules};
use crate::automatic::{self, Origin};
use crate::charset::without_radicals;
use crate::deadline::{self, Arrival};
use crate::details::{self, Details, DetailsInput, Opinion, Request};
use crate::parse::{Message, TextSource};
use crate::quote::{self, Cut};
use crate::sender::Sender;
use crate::subject::{self, SubjectOutcome, SubjectVerdict};
use crate::vocabulary::{
    ArrivalEvidence, EntryTime, FetchedMessage, Flag, Machine, ReceivedBasis, SubjectReason, Unreadable,
};

/// What a message says by itself.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Person or machine.
    pub origin: Origin,
    /// The consultation whose tag the subject fits best.
    pub consultation: usize,
    /// How it fits.
    pub subject: SubjectVerdict,
    /// The subject that fits; of several fields one that carries the tag.
    pub subject_line: Option<String>,
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
    /// What it says as an answer to ours.
    pub reply: Reply,
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
    let (consultation, subject, subject_line) =
        choice::consultation((message, &fetched.raw), &origin, &numbers, rules, arrived_at);
    let arrival_unknown = arrival.is_none();
    let arrival = arrival.unwrap_or(Arrival {
        at: seen_at,
        basis: match fetched.time {
            Some(EntryTime::File(_)) => ReceivedBasis::File,
            _ => ReceivedBasis::Internaldate,
        },
        evidence: ArrivalEvidence::NoClock,
        first_foreign_hop: None,
        latest_own_hop: None,
    });
    let is_form = is_form(&origin, &message.text) && subject.outcome == SubjectOutcome::Match;
    let may_ask = subject.reason == SubjectReason::NoTag
        && !matches!(origin, Origin::Machine { .. })
        && details::may_ask(subject_line.as_deref().unwrap_or_default(), &message.text);
    let may_be_filed = (is_form || !matches!(origin, Origin::Machine { .. }))
        && (subject.outcome != SubjectOutcome::NotOurs || !message.thread.is_empty());
    let (cut, mut details, likeness) = match rules.consultations.get(consultation) {
        Some(rule) if may_be_filed => Some(taken_apart(message, subject_line.as_deref(), rule)),
        Some(rule) if may_ask => {
            let taken = taken_apart(message, subject_line.as_deref(), rule);
            Some(taken).filter(|(_, details, _)| !details.requests.is_empty())
        }
        _ => None,
    }
    .unwrap_or_default();
    let (consultation, subject) =
        asks_of_earlier(&details, rules.only_open(arrived_at), consultation, subject);
    let is_first = message.thread.is_empty() && numbers.is_empty();
    let reply = match reply::read(message, &cut.comment, &details, is_first) {
        // What it disowns, nobody knows.
        Reply::Disowns { .. } if is_first => Reply::Content,
        reply => reply,
    };
    if reply == Reply::Nothing {
        details.opinions.clear();
    }
    Reading {
        origin: if is_form && !details.opinions.is_empty() { suspected(origin) } else { origin },
        reply,
        consultation,
        subject,
        subject_line,
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

/// A letter that takes an earlier one back means us where one consultation is open, whatever its subject says and whichever
/// address it comes from.
fn asks_of_earlier(
    details: &Details,
    open: Option<usize>,
    consultation: usize,
    subject: SubjectVerdict,
) -> (usize, SubjectVerdict) {
    let takes_back =
        details.requests.iter().any(|asked| matches!(asked, Request::Replaces | Request::Withdraws));
    match open {
        Some(open) if takes_back && subject.reason == SubjectReason::NoTag => {
            let (outcome, reason) = (SubjectOutcome::NearMiss, SubjectReason::AsksOfEarlier);
            (open, SubjectVerdict { outcome, reason, ..subject })
        }
        _ => (consultation, subject),
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
        (other.cut, other.details, other.likeness) =
            taken_apart(message, reading.subject_line.as_deref(), rule);
    }
    other
}

/// The message as one that a person moved to this consultation: its subject is held against the tag there, too. `None`: the
/// consultation is not configured, or nothing can be read.
pub fn read_for(message: &Message, reading: &Reading, rules: &Rules, consultation: &str) -> Option<Reading> {
    let index = rules.index_of(consultation).filter(|_| reading.unreadable.is_none())?;
    let mut there = for_consultation(message, reading, rules, index);
    let tag = rules.consultations.get(index).map(|rule| &rule.tag)?;
    let is_first = reading.subject_line == message.subject;
    let line =
        if is_first { persons_subject(message, &reading.origin) } else { reading.subject_line.as_deref() };
    there.subject.outcome = tag.judge(line).outcome;
    Some(there)
}

/// What a message says and what it is compared by.
fn taken_apart(message: &Message, subject: Option<&str>, rule: &Rule) -> (Cut, Details, Likeness) {
    let (cut, mut details) = written(message, subject, rule);
    let author = message.author().map_or("", |author| author.address.as_str());
    details::of_sender(&mut details, author, &cut.comment);
    let digests: Vec<&str> = message.attachments.iter().map(|found| found.sha256.as_str()).collect();
    let likeness = likeness(&cut.comment, &details, &digests, &rule.titles);
    // It is as long as the comment, and nothing asks for it any more.
    details.opinion_text = String::new();
    (cut, details, likeness)
}

/// A program that writes by itself, among them the forms of web sites.
fn is_form(origin: &Origin, text: &str) -> bool {
    matches!(origin, Origin::Machine { kind: Machine::Generated, mark } if automatic::is_form(mark, text))
}

/// An opinion under the whole tag that a form sent: a person looks.
fn suspected(origin: Origin) -> Origin {
    match origin {
        Origin::Machine { mark, .. } => Origin::Suspected { mark },
        other => other,
    }
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
        comment: &without_radicals(comment),
        signature: "",
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
fn written(message: &Message, subject: Option<&str>, rule: &Rule) -> (Cut, Details) {
    let subject = subject.unwrap_or_default();
    let forwards = subject::is_forward(subject);
    let mut cut = match &message.forwarded {
        _ if message.text_source == TextSource::Forwarded => quote::only_quoted(&message.text),
        Some(attached) => quote::cut_above(&message.text, forwards, attached),
        None => quote::cut(&message.text, forwards),
    };
    let files = message.attachments.iter().filter(|attachment| attachment.is_file());
    let attachments: Vec<String> =
        files.map(|file| file.filename.clone().unwrap_or_else(|| file.media_type.clone())).collect();
    let as_read = without_radicals(&cut.comment);
    let input = DetailsInput {
        comment: &as_read,
        signature: &without_radicals(&cut.signature),
        display: message.author().and_then(|author| author.display.as_deref()),
        attachments: &attachments,
        subject,
        consultation: &rule.consultation,
    };
    let mut details = details::extract_with(&input, &rule.lexicon);
    if let Cow::Owned(as_read) = &as_read {
        as_sent(&mut details, as_read, &cut.comment);
    }
    if message.external_file {
        details.flags.retain(|flag| *flag != Flag::AttachmentMissing);
        details.flags.push(Flag::CloudAttachment);
        details.flags.sort_unstable();
        details.flags.dedup();
    }
    if message.illegible.is_some() {
        // Nobody read it: it holds no opinion yet, and its files may be the letter.
        details.opinions.clear();
        details.flags.retain(|flag| *flag != Flag::AttachmentOnly);
    }
    if cut.only_quoted {
        // Whoever is quoted or forwarded is not the one who wrote, unless he signs it whom its head names: a person decides whose
        // opinion it is.
        let nobody = Details {
            opinions: details.opinions,
            opinion_text: details.opinion_text,
            signatories: 1,
            ..Details::default()
        };
        let person = passed_on_by_its_writer(&as_read, &input, rule).unwrap_or(nobody);
        details = Details { flags: details.flags, requests: details.requests, ..person };
    }
    if cut.refers_to_quoted {
        // Who wrote is known from what he wrote himself; what he means stands below it, and its items are proposed.
        let below = DetailsInput { signature: "", display: None, subject: "", ..input };
        details.opinions = meant(&cut.quoted, &below, rule).unwrap_or(details.opinions);
        cut.comment = format!("{}\n\n{}", cut.comment, cut.quoted.trim());
    }
    (cut, details)
}

/// The items of a letter below the words of somebody who agrees with it: without the head that says whose it is.
fn meant(quoted: &str, input: &DetailsInput<'_>, rule: &Rule) -> Option<Vec<Opinion>> {
    let passed_on = quote::agreed_with(quoted)?;
    let details =
        details::extract_with(&DetailsInput { comment: &passed_on.letter, ..*input }, &rule.lexicon);
    (!details.opinions.is_empty()).then_some(details.opinions)
}

/// Who wrote a letter that was passed on, where it is signed by him whom its head calls its sender: no notice and no answer of
/// somebody else's, but what he asked to be sent here, or sent on himself.
fn passed_on_by_its_writer(text: &str, input: &DetailsInput<'_>, rule: &Rule) -> Option<Details> {
    let passed_on = quote::passed_on(text)?;
    let below =
        DetailsInput { comment: &passed_on.letter, signature: "", display: None, subject: "", ..*input };
    let details = details::extract_with(&below, &rule.lexicon);
    let name = details.name.as_deref()?;
    passed_on.sender.contains(name).then_some(())?;
    Some(details)
}

/// Puts the items back as they were sent: places in a text are the same with characters in place of radicals.
fn as_sent(details: &mut Details, as_read: &str, comment: &str) {
    let mut from = 0;
    for opinion in &mut details.opinions {
        let Some(at) = as_read.get(from..).and_then(|rest| rest.find(&opinion.text)) else { continue };
        let place = from + at..from + at + opinion.text.len();
        from = place.end;
        if let Some(sent) = comment.get(place) {
            sent.clone_into(&mut opinion.text);
        }
    }
}
