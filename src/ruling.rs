//! Everything known about one message → one ruling with its reasons.
//!
//! Two steps, both pure: [`read`] judges the message by itself, and [`rule`] joins what the record already holds
//! ([`Precedents`]). The order of the questions is the order of the lines in [`rule`]: unreadable, machine, thread,
//! subject, deadline, same content.

use jiff::Timestamp;
use regex::Regex;
use serde_json::{Value, json};

use crate::automatic::{self, Origin};
use crate::charset::skeleton;
use crate::deadline::{self, Arrival};
use crate::details::{self, Details, DetailsInput};
use crate::mail::{
    Consultation, Disposition, EntryTime, FetchedMessage, Flag, ReceivedBasis, ReviewReason, Status,
    SubjectMatch, Timeliness, sha256_hex,
};
use crate::parse::{Message, TextSource};
use crate::quote::{self, Cut};
use crate::subject::{self, SubjectOutcome, SubjectVerdict, Tag};

/// How much of a body is searched for the title when the subject is not ours, in bytes.
const SEARCHED_BYTES: usize = 64 * 1024;
/// Most numbers of ours that are looked up for one message.
const MOST_NUMBERS: usize = 8;

/// The consultations with everything derived from them once.
#[derive(Debug)]
pub struct Rules {
    consultations: Vec<Rule>,
    trusted_received_hosts: Vec<String>,
}

#[derive(Debug)]
struct Rule {
    consultation: Consultation,
    tag: Tag,
    catalogue: details::Catalogue,
    number: Regex,
}

impl Rules {
    /// Compiles the consultations. `trusted_received_hosts` are those of [`deadline::arrival`].
    ///
    /// # Panics
    /// Never: an escaped prefix and a digit class are a valid expression.
    pub fn new(consultations: &[Consultation], trusted_received_hosts: &[String]) -> Self {
        let consultations = consultations
            .iter()
            .map(|consultation| {
                let prefix = regex::escape(&consultation.number_prefix);
                Rule {
                    consultation: consultation.clone(),
                    tag: Tag::new(consultation),
                    catalogue: details::Catalogue::new(&consultation.clauses),
                    number: Regex::new(&format!(r"{prefix}-\d{{4,9}}"))
                        .expect("an escaped prefix and a digit class are a valid expression"),
                }
            })
            .collect();
        Self { consultations, trusted_received_hosts: trusted_received_hosts.to_vec() }
    }

    /// The consultation at an index of [`Filing::consultation`].
    pub fn consultation(&self, index: usize) -> Option<&Consultation> {
        self.consultations.get(index).map(|rule| &rule.consultation)
    }

    fn index_of(&self, id: &str) -> Option<usize> {
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
    /// Comment and quote.
    pub cut: Cut,
    /// Who wrote and what.
    pub details: Details,
    /// Digest of the normalised comment and the attachments; `None` when there is neither.
    pub content_sha256: Option<String>,
    /// Numbers of ours in subject and text.
    pub numbers: Vec<String>,
    /// Why it cannot be processed at all.
    pub unreadable: Option<&'static str>,
}

/// Judges a message by itself. `seen_at` stands in when no clock gives the arrival.
pub fn read(message: &Message, fetched: &FetchedMessage, rules: &Rules, seen_at: Timestamp) -> Reading {
    let unreadable = match () {
        () if fetched.raw.is_empty() => Some("empty"),
        () if message.defects.no_header => Some("no_header"),
        () => None,
    };
    let (consultation, subject) = best_subject(message, rules);
    let arrival = deadline::arrival(&message.received, &rules.trusted_received_hosts, fetched.time);
    let arrival_unknown = arrival.is_none();
    let arrival = arrival.unwrap_or_else(|| Arrival {
        at: seen_at,
        basis: match fetched.time {
            Some(EntryTime::File(_)) => ReceivedBasis::File,
            _ => ReceivedBasis::Internaldate,
        },
        evidence: "no clock gave the arrival; the time of reading stands in".to_owned(),
        first_foreign_hop: None,
    });
    let origin = automatic::judge(message);
    let numbers = numbers(message, rules);
    let may_be_filed = !matches!(origin, Origin::Machine { .. })
        && (subject.outcome != SubjectOutcome::NotOurs || !message.thread.is_empty() || !numbers.is_empty());
    let (cut, details) = match rules.consultations.get(consultation) {
        Some(rule) if may_be_filed => written(message, rule),
        _ => (Cut::default(), Details::default()),
    };
    Reading {
        origin,
        consultation,
        subject,
        arrival,
        arrival_unknown,
        content_sha256: content_digest(&cut.comment, message),
        numbers,
        cut,
        details,
        unreadable,
    }
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
    let attachments: Vec<String> = message.attachments.iter().filter_map(|a| a.filename.clone()).collect();
    let input = DetailsInput {
        comment: &cut.comment,
        display: message.author().and_then(|author| author.display.as_deref()),
        attachments: &attachments,
        subject,
        consultation: &rule.consultation,
    };
    let mut details = details::extract_with(&input, &rule.catalogue);
    if cut.only_quoted {
        // Whoever is quoted or forwarded is not the one who wrote: a person decides whose opinion it is.
        details = Details {
            flags: details.flags,
            opinions: details.opinions,
            signatories: 1,
            ..Details::default()
        };
    }
    (cut, details)
}

/// The consultation that the subject fits best; where it fits none, one whose title the body or an attachment's name
/// holds.
fn best_subject(message: &Message, rules: &Rules) -> (usize, SubjectVerdict) {
    let mut best: Option<(usize, SubjectVerdict)> = None;
    for (index, rule) in rules.consultations.iter().enumerate() {
        let mut verdict = rule.tag.judge(message.subject.as_deref());
        if verdict.outcome == SubjectOutcome::NotOurs
            && let Some(evidence) = mention(message, &rule.tag)
        {
            verdict.outcome = SubjectOutcome::NearMiss;
            verdict.reason = "mentioned_in_body";
            verdict.evidence = evidence;
        }
        let stronger =
            |found: &SubjectVerdict| (verdict.outcome, verdict.strength) > (found.outcome, found.strength);
        if best.as_ref().is_none_or(|(_, found)| stronger(found)) {
            best = Some((index, verdict));
        }
    }
    best.unwrap_or_else(|| {
        let nothing = SubjectVerdict {
            outcome: SubjectOutcome::NotOurs,
            reason: "no_consultation",
            evidence: String::new(),
            stripped: Vec::new(),
            strength: 0,
        };
        (0, nothing)
    })
}

fn mention(message: &Message, tag: &Tag) -> Option<String> {
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

fn numbers(message: &Message, rules: &Rules) -> Vec<String> {
    let subject = message.subject.as_deref().unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for rule in &rules.consultations {
        let hits = rule.number.find_iter(subject).chain(rule.number.find_iter(&message.text));
        for hit in hits.take(MOST_NUMBERS) {
            if !found.iter().any(|number| number == hit.as_str()) {
                found.push(hit.as_str().to_owned());
            }
        }
    }
    found.truncate(MOST_NUMBERS);
    found
}

/// The same-content rule compares letters, digits and Han of what was written now, and the attachments' bytes.
fn content_digest(comment: &str, message: &Message) -> Option<String> {
    let text = skeleton(comment);
    if text.is_empty() && message.attachments.is_empty() {
        return None;
    }
    let mut digests: Vec<&str> =
        message.attachments.iter().map(|attachment| attachment.sha256.as_str()).collect();
    digests.sort_unstable();
    Some(sha256_hex(format!("{text}\n{}", digests.join("\n")).as_bytes()))
}

/// Rules on a message.
pub fn rule(
    message: &Message,
    fetched: &FetchedMessage,
    reading: &Reading,
    precedents: Precedents,
    rules: &Rules,
) -> Ruling {
    let evidence = evidence(reading);
    let ruling = |disposition, reason: String, filing| Ruling {
        disposition,
        reason,
        arrival: Some(reading.arrival.clone()),
        filing,
        evidence: evidence.clone(),
    };
    if let Some(reason) = reading.unreadable {
        return ruling(Disposition::Quarantined, reason.to_owned(), None);
    }
    if let Origin::Machine { kind, mark } = &reading.origin {
        return ruling(Disposition::Automatic, format!("{}: {mark}", kind.as_str()), None);
    }
    let answered = precedents.answered;
    if answered.is_none() && reading.subject.outcome == SubjectOutcome::NotOurs {
        return ruling(Disposition::NotOurs, reading.subject.reason.to_owned(), None);
    }
    let consultation = answered
        .as_ref()
        .and_then(|earlier| rules.index_of(&earlier.consultation))
        .unwrap_or(reading.consultation);
    let Some(window) = rules.consultation(consultation) else {
        return ruling(Disposition::NotOurs, "no_consultation".to_owned(), None);
    };
    let timeliness = deadline::judge(&reading.arrival, message.date, window.opens, window.closes);
    let review_reasons = review_reasons(message, reading, timeliness);
    let alone = match timeliness {
        _ if !review_reasons.is_empty() => Status::Review,
        Timeliness::Late => Status::Late,
        _ => Status::Accepted,
    };
    let repeated = precedents
        .same_content
        .into_iter()
        .find(|earlier| earlier.consultation == window.id && counts_already(earlier.status, alone));
    let (disposition, reason, earlier, status) = match (repeated, answered) {
        (Some(earlier), _) => (
            Disposition::Duplicate,
            format!("same_content as {}", earlier.number),
            Some(earlier),
            Status::Duplicate,
        ),
        (None, Some(earlier)) => {
            (Disposition::Supplement, format!("answers {}", earlier.number), Some(earlier), alone)
        }
        (None, None) => (Disposition::Filed, reading.subject.reason.to_owned(), None, alone),
    };
    let mut flags = flags(message, fetched, reading, precedents.message_id_reused);
    if disposition == Disposition::Supplement {
        // Who wrote is known from the submission.
        flags.retain(|flag| *flag != Flag::DetailsMissing);
    }
    let filing = Filing {
        consultation,
        earlier,
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
            Origin::Suspected { mark } => Some(format!("machine_suspected: {mark}")),
            _ => automatic::suppresses_answer(message),
        },
        content_sha256: reading.content_sha256.clone(),
        cut: reading.cut.clone(),
        details: reading.details.clone(),
    };
    ruling(disposition, reason, Some(filing))
}

/// Whether an earlier submission with the same content stands for this one. One that waits for a person, or that a
/// person turned down, must not swallow a later mail that needs nobody.
const fn counts_already(earlier: Status, alone: Status) -> bool {
    match earlier {
        Status::Accepted | Status::Late | Status::Duplicate => true,
        Status::Review => matches!(alone, Status::Review),
        Status::Denied | Status::Erased => false,
    }
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
        (fetched.truncated, Flag::Oversize),
    ];
    Flag::ALL
        .iter()
        .copied()
        .filter(|flag| {
            reading.details.flags.contains(flag) || seen.iter().any(|(holds, seen)| *holds && seen == flag)
        })
        .collect()
}

/// What each step saw, as JSON: for staff who ask why a mail was treated so.
fn evidence(reading: &Reading) -> Value {
    let origin = match &reading.origin {
        Origin::Person => json!("person"),
        Origin::Suspected { mark } => json!({ "suspected": mark }),
        Origin::Machine { kind, mark } => json!({ "machine": kind.as_str(), "mark": mark }),
    };
    json!({
        "origin": origin,
        "subject": {
            "outcome": match reading.subject.outcome {
                SubjectOutcome::Match => "match",
                SubjectOutcome::NearMiss => "near_miss",
                SubjectOutcome::NotOurs => "not_ours",
            },
            "reason": reading.subject.reason,
            "evidence": reading.subject.evidence,
            "stripped": reading.subject.stripped,
        },
        "arrival": {
            "basis": reading.arrival.basis.as_str(),
            "evidence": reading.arrival.evidence,
        },
        "quote_header": reading.cut.quote_header,
        "footers": reading.cut.footers,
        "details": reading.details.evidence.iter().map(|item| json!({
            "field": item.field,
            "rule": item.rule,
            "line": item.line,
            "as_written": item.as_written,
        })).collect::<Vec<_>>(),
    })
}

/// What is to be done with one message.
#[must_use]
#[derive(Debug, Clone)]
pub struct Ruling {
    /// The entry's disposition.
    pub disposition: Disposition,
    /// Why, as a stable word or two (`exact_title`, `auto_reply: auto-submitted`, …).
    pub reason: String,
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
    /// Index of the consultation in the configuration's list.
    pub consultation: usize,
    /// For a supplement or a duplicate: the earlier submission.
    pub earlier: Option<Earlier>,
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
    pub cut: Cut,
    /// Who wrote and what.
    pub details: Details,
    /// Digest of sender-independent content, for the same-content rule.
    pub content_sha256: Option<String>,
    /// Where the answer would go: the first `From:` mailbox, or empty.
    pub from_address: String,
    /// A mark that withholds the answer, as `automatic::suppresses_answer` or the suspicion names it.
    pub no_answer: Option<String>,
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

/// What the record already holds that bears on a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Precedents {
    /// The submission whose acknowledgement this message answers.
    pub answered: Option<Earlier>,
    /// Submissions of the same sender with the same content, oldest first.
    pub same_content: Vec<Earlier>,
    /// The same Message-ID came before with other bytes.
    pub message_id_reused: bool,
}
