//! Which consultation a letter is for: its subject, its text, the names of its attachments, a number of ours.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};
use unicode_normalization::UnicodeNormalization;

use super::enclosed;
use super::rules::Rules;
use crate::automatic::Origin;
use crate::parse::Message;
use crate::subject::{Carries, SubjectOutcome, SubjectVerdict, Tag, is_forward};
use crate::vocabulary::markers::{MarkerKind, read_front};
use crate::vocabulary::{Consultation, SubjectEvidence, SubjectReason};

/// How much of a body is searched for the title when the subject is not ours, in bytes.
const SEARCHED_BYTES: usize = 64 * 1024;

/// A consultation that closed so long ago shares its mailbox with nobody.
const SHARED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The consultation that a letter is for, how its subject fits, and that subject.
pub(super) fn consultation(
    (message, raw): (&Message, &[u8]),
    origin: &Origin,
    numbers: &[(usize, String)],
    rules: &Rules,
    arrived_at: Timestamp,
) -> (usize, SubjectVerdict, Option<String>) {
    let (consultation, subject, line) = best_line(message, origin, rules, arrived_at);
    let is_undecided = rules.consultations.len() > 1 && subject.carries < Carries::Mentioned;
    let (consultation, subject) = rescued(subject, consultation, numbers, is_undecided);
    let is_left = subject.reason == SubjectReason::NoTag && !matches!(origin, Origin::Machine { .. });
    let enclosed =
        is_left.then(|| enclosed::title_in_files((message, raw), line, rules, arrived_at)).flatten();
    let (consultation, subject) = match enclosed {
        Some((index, found)) => (index, SubjectVerdict { stripped: subject.stripped, ..found }),
        None => (consultation, subject),
    };
    (consultation, subject, line.map(str::to_owned))
}

/// [`best_subject`] of the message's subject, or of a further one that fits better; and that subject. One that is garbled and
/// fits nothing is as good as none: what it said nobody knows.
fn best_line<'a>(
    message: &'a Message,
    origin: &Origin,
    rules: &Rules,
    arrived_at: Timestamp,
) -> (usize, SubjectVerdict, Option<&'a str>) {
    let first = persons_subject(message, origin);
    let (mut consultation, mut verdict) = best_subject(message, first, rules, arrived_at);
    let mut line = message.subject.as_deref();
    for further in &message.further_subjects {
        let (index, found) = best_subject(message, Some(further), rules, arrived_at);
        if (found.outcome, found.carries) > (verdict.outcome, verdict.carries) {
            (consultation, verdict, line) = (index, found, Some(further.as_str()));
        }
    }
    if message.subject_garbled && verdict.outcome != SubjectOutcome::Match {
        if verdict.outcome == SubjectOutcome::NotOurs {
            (consultation, verdict) = best_subject(message, None, rules, arrived_at);
        }
        if verdict.reason == SubjectReason::EmptySubject {
            verdict.reason = SubjectReason::GarbledSubject;
        }
    }
    (consultation, verdict, line)
}

/// The subject without the marker of a recall notice where a person wrote it: `撤回：《…》意见建议`. Any other leading marker
/// stays: a text under it is a machine's.
pub(super) fn persons_subject<'a>(message: &'a Message, origin: &Origin) -> Option<&'a str> {
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
        if verdict.reason == SubjectReason::AskWordsBeside && rules.only_open(arrived_at) != Some(index) {
            let is_open = rule.consultation.time_beside(arrived_at).is_zero();
            if let Some(text) = catch_words(message, &rule.consultation).filter(|_| is_open) {
                take(&mut verdict, SubjectEvidence::Anchor { text }, false);
            } else if !(is_open && enclosed::is_from_agency(message)) {
                verdict = SubjectVerdict {
                    stripped: verdict.stripped,
                    ..SubjectVerdict::nothing(SubjectReason::NoTag)
                };
            }
        }
        let is_generic = verdict.reason == SubjectReason::ExactTag
            && rule.tag.is_generic()
            && shares_mailbox(rules, index, arrived_at);
        if is_generic {
            verdict.outcome = SubjectOutcome::NearMiss;
            verdict.reason = SubjectReason::GenericTag;
            verdict.carries = Carries::AskWords(true);
        }
        // A subject that is bare or empty fits every consultation: the text says which.
        let says_nothing = several && verdict.carries < Carries::Mentioned;
        let needs_no_tag = is_generic || rule.tag.demands_nothing();
        let asks_text = verdict.outcome == SubjectOutcome::NotOurs || says_nothing || needs_no_tag;
        if asks_text
            && verdict.outcome != SubjectOutcome::Match
            && let Some(evidence) = mention(message, &rule.tag)
        {
            take(&mut verdict, evidence, needs_no_tag && !is_forward(subject.unwrap_or_default()));
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
        || (0, SubjectVerdict::nothing(SubjectReason::NoConsultation)),
        |(index, verdict, _)| (index, verdict),
    )
}

/// Takes over what the text or an attachment's name says. Where the notice demands no tag, or one that does not tell which
/// draft is meant, the whole title there is as good as in the subject; a subject of another sort stays what it is.
fn take(verdict: &mut SubjectVerdict, evidence: SubjectEvidence, is_enough: bool) {
    use SubjectReason::{
        Anchor, AnchorAndAskWord, AskWordsBeside, BareAskWords, EmptySubject, GenericTag, NoTag,
    };
    let is_title =
        matches!(evidence, SubjectEvidence::Title { .. } | SubjectEvidence::TitleWithoutIssuer { .. });
    let says_little = matches!(
        verdict.reason,
        NoTag | EmptySubject | BareAskWords | AskWordsBeside | GenericTag | Anchor | AnchorAndAskWord
    );
    if is_enough && is_title && says_little {
        verdict.outcome = SubjectOutcome::Match;
    } else if verdict.carries < Carries::Mentioned {
        verdict.outcome = SubjectOutcome::NearMiss;
    } else {
        return;
    }
    verdict.reason = SubjectReason::MentionedInBody;
    verdict.evidence = evidence;
    verdict.carries = verdict.carries.max(Carries::Mentioned);
}

/// Two words of a draft that the text holds: where several drafts are open, they say which one a unit's 反馈意见 is about.
fn catch_words(message: &Message, of: &Consultation) -> Option<String> {
    const FEWEST_CHARS: usize = 3;
    let text: String = beginning(message).nfkc().collect();
    let words = of.clauses.iter().flat_map(|clause| std::iter::once(&clause.name).chain(&clause.also));
    let mut found: Vec<&str> = words
        .chain(&of.anchors)
        .map(String::as_str)
        .filter(|word| word.chars().count() >= FEWEST_CHARS && text.contains(*word))
        .collect();
    found.dedup();
    match found.as_slice() {
        [first, second, ..] => Some(format!("{first} {second}")),
        _ => None,
    }
}

/// Whether another consultation is open, or was until lately, so that a tag without its title may mean either.
fn shares_mailbox(rules: &Rules, index: usize, arrived_at: Timestamp) -> bool {
    let mut others = rules.consultations.iter().enumerate().filter(|(other, _)| *other != index);
    others.any(|(_, rule)| rule.consultation.time_beside(arrived_at) <= SHARED_FOR)
}

/// As much of a text as is searched.
fn beginning(message: &Message) -> String {
    let text = message.whole_text();
    let end = text.floor_char_boundary(SEARCHED_BYTES);
    text.get(..end).unwrap_or_default().to_owned()
}

fn mention(message: &Message, tag: &Tag) -> Option<SubjectEvidence> {
    tag.mentioned_in(&beginning(message)).or_else(|| {
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
