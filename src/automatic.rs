//! Was this written by a machine? (RFC 3834 section 2, RFC 3464, RFC 8098, and providers' own marks.)
//!
//! A proof leads to disposition `automatic` and to no answer, so the marks that count are those a person's mail
//! never bears. Marks that people's mail does bear (Exchange stamps `X-Auto-Response-Suppress` on it:
//! osTicket/osTicket#5320; a list or a company's gateway adds `List-*`) raise a suspicion or withhold the answer.

mod delivery;
mod headers;
mod placeholder;
mod prose;
mod sender;

use std::cell::LazyCell;
use std::sync::LazyLock;

use crate::parse::{Message, ReturnPath, Signal};
use crate::vocabulary::language::language_table;
use crate::vocabulary::markers::{Front, MarkerKind, read_front};
use crate::vocabulary::{Machine, Mark, Regex};

pub use delivery::{delivery, is_delay};
pub use placeholder::{Placeholder, placeholder};
pub use sender::is_robot;

language_table!(
    /// The words and addresses by which machines are known.
    MACHINES, "language/machines.tsv");

/// How much of a bounce is searched for its reason, in bytes.
const BOUNCE_BYTES: usize = 16 * 1024;

/// How much of a recall notice is searched for what a person would say, in bytes.
const RECALL_BYTES: usize = 2 * 1024;

/// The longest recall notice, in characters; with the subject that it quotes.
const RECALL_CHARS: usize = 400;

/// What the marks say.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nothing speaks against a person.
    Person,
    /// List mail, bulk precedence or a null return path: filed, looked at by a person, not answered.
    Suspected {
        /// What raised the suspicion.
        mark: Mark,
    },
    /// Proved to be a machine's.
    Machine {
        /// What kind.
        kind: Machine,
        /// What proves it.
        mark: Mark,
    },
}

impl From<MarkerKind> for Machine {
    fn from(kind: MarkerKind) -> Self {
        match kind {
            MarkerKind::AutoReply => Self::AutoReply,
            MarkerKind::Bounce => Self::Bounce,
            MarkerKind::Receipt => Self::Receipt,
            MarkerKind::Recall => Self::Recall,
        }
    }
}

/// Judges the marks of a message.
pub fn judge(message: &Message) -> Origin {
    let front = read_front(message.subject.as_deref().unwrap_or_default());
    let daemon = sender::mail_daemon(message);
    let says = LazyCell::new(|| prose::says(&message.text));
    let proof = report(message)
        .or_else(|| calendar_answer(message))
        .or_else(|| headers::proof(message))
        .or_else(|| marker(&front, &message.text))
        .or_else(|| marker_behind_tag(front.rest, &message.text))
        .or_else(|| sender::qq_envelope(message).map(|mark| (Machine::AutoReply, mark)))
        .or_else(|| returned(message, &front, daemon.as_ref()))
        .or_else(|| nobodys_bulk(message))
        .or_else(|| recalled(&message.text))
        .or_else(|| headers::list_server(message))
        .or_else(|| answer_in_prose((*says)?, message, &front));
    if let Some((kind, mark)) = proof {
        return Origin::Machine { kind: refine(kind, &front, daemon.is_some()), mark };
    }
    let suspicion = headers::suspicion(message).or_else(|| null_return_path(message)).or(daemon);
    let in_prose = || says.or_else(|| prose::in_heading(front.rest, &message.text)).map(mark_of);
    let receipt = || receipt_of_an_office(message, &front);
    suspicion.or_else(in_prose).or_else(receipt).map_or(Origin::Person, |mark| Origin::Suspected { mark })
}

fn calendar_answer(message: &Message) -> Option<(Machine, Mark)> {
    (message.signal == Some(Signal::CalendarAnswer)).then_some((Machine::Generated, Mark::CalendarAnswer))
}

/// What came back, as far as it can be told without a report of RFC 3464: a null return path together with the mail system's
/// own address, or either of them, or a robot's address, together with the words of a report. Each alone proves nothing.
fn returned(message: &Message, front: &Front<'_>, daemon: Option<&Mark>) -> Option<(Machine, Mark)> {
    let is_null = message.return_path == Some(ReturnPath::Null);
    let is_report = || prose::is_report(&message.text);
    let mark = match daemon {
        Some(daemon) => Some(daemon.clone())
            .filter(|_| is_null || sender::is_report_subject(front.rest) || is_report())?,
        None if is_null => Some(Mark::NullReturnPath).filter(|_| is_report())?,
        None => sender::unanswerable(message)
            .filter(|mark| matches!(mark, Mark::NoReplyAddress { .. }) && is_report())?,
    };
    Some((Machine::Bounce, mark))
}

/// What names no sender to whom it could come back and calls itself bulk is a program's, which fears to be answered, where it says
/// little and asks for nothing; the form of a web site may be sent so too.
fn nobodys_bulk(message: &Message) -> Option<(Machine, Mark)> {
    let bulk = headers::suspicion(message).filter(
        |mark| matches!(mark, Mark::FieldValue { value, .. } if value == "bulk" || value == "junk"),
    )?;
    let is_list = message.headers.iter().any(|(name, _)| name.starts_with("list-"));
    let is_answer = !is_list && prose::is_brief(&message.text);
    null_return_path(message).filter(|_| is_answer).map(|_| (Machine::AutoReply, bulk))
}

/// An answer whose text says that nobody wrote it. Who only says that he is away is a program where he answers something.
fn answer_in_prose(says: prose::Says, message: &Message, front: &Front<'_>) -> Option<(Machine, Mark)> {
    let answers = !message.thread.is_empty() || front.is_reply();
    (answers || matches!(says, prose::Says::So(_))).then(|| (Machine::AutoReply, mark_of(says)))
}

/// The text of an office's answer, and nothing that it answers: who replies to ours, or passes it on, writes above it.
fn receipt_of_an_office(message: &Message, front: &Front<'_>) -> Option<Mark> {
    let says = prose::receipt_of_an_office(&message.text)?;
    let passes_on = front.is_reply() || front.is_forward() || !message.thread.is_empty();
    (!passes_on).then(|| Mark::Text { says: says.to_owned() })
}

fn mark_of(says: prose::Says) -> Mark {
    let (prose::Says::So(word) | prose::Says::Away(word)) = says;
    Mark::Text { says: word.to_owned() }
}

/// A mark that forbids an automatic answer though it proves nothing about the writer
/// (`X-Auto-Response-Suppress`, a no-reply address, …); `None` when there is none.
pub fn suppresses_answer(message: &Message) -> Option<Mark> {
    headers::suppression(message)
        .or_else(|| headers::forwarded(message))
        .or_else(|| headers::loops(message))
        .or_else(|| sender::unanswerable(message))
}

/// Whether a mark is one that the forms of web sites bear too, and the text is not an automatic answer's: then what stands in
/// it decides.
pub fn is_form(mark: &Mark, text: &str) -> bool {
    headers::is_form(mark) && prose::says(text).is_none()
}

/// Whether a mark is `Precedence: junk`, by which a program says that nobody wrote.
pub fn is_junk(mark: &Mark) -> bool {
    matches!(mark, Mark::FieldValue { field, value } if field.ends_with("precedence") && value == "junk")
}

/// A delivery status notification (RFC 3464) or a message disposition notification (RFC 8098).
fn report(message: &Message) -> Option<(Machine, Mark)> {
    let report = message.report.as_ref()?;
    let kind = match report.report_type.as_str() {
        "disposition-notification" => Machine::Receipt,
        "delivery-status" => Machine::Bounce,
        _ => Machine::Generated,
    };
    Some((kind, Mark::Report { report_type: report.report_type.clone() }))
}

/// A leading marker of the subject.
fn marker(front: &Front<'_>, text: &str) -> Option<(Machine, Mark)> {
    let kind = front.marker?;
    let written = front.marker_written()?;
    if kind == MarkerKind::Recall && is_a_persons_wish(written, text) {
        return None;
    }
    Some((kind.into(), Mark::Subject { marker: written.to_owned() }))
}

/// A marker behind a bracketed group that is no gateway's: the tag of a list. People bracket the matter of their letter, so the
/// text must say the same.
fn marker_behind_tag(subject: &str, text: &str) -> Option<(Machine, Mark)> {
    static TAG: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\s*[\[【〔][^\[\]【】〔〕]{1,40}[\]】〕]\s*")
            .expect("a constant pattern that the tests compile")
    });
    let head = subject.get(..subject.floor_char_boundary(RECALL_BYTES)).unwrap_or(subject);
    let behind = head.get(TAG.find(head)?.end()..)?;
    let front = read_front(behind);
    let kind = front.marker?;
    let says_the_same = match kind {
        MarkerKind::AutoReply => prose::says(text).is_some(),
        MarkerKind::Bounce => prose::is_report(text),
        MarkerKind::Recall => is_recall_notice(text),
        MarkerKind::Receipt => false,
    };
    let marker = front.marker_written()?.to_owned();
    says_the_same.then(|| (kind.into(), Mark::Subject { marker }))
}

/// `撤回：《…》意见建议` is how Outlook's recall begins, and how a citizen heads a letter that withdraws an earlier one. The
/// program says what it does (`… 将撤回邮件`), the citizen what he wants.
fn is_a_persons_wish(marker: &str, text: &str) -> bool {
    static WISH: LazyLock<Regex> = LazyLock::new(|| {
        MACHINES.pattern("⟨wish⟩[^，。,\n]{0,20}⟨act⟩|⟨act on one's own⟩[^，。,\n]{0,8}⟨oneself⟩")
    });
    let beginning = text.get(..text.floor_char_boundary(RECALL_BYTES)).unwrap_or(text);
    marker.trim_end_matches([':', '：']).trim() == "撤回"
        && WISH.is_match(beginning)
        && !is_recall_notice(text)
}

/// A client's recall notice under a word that means other things too (`Rappel :`, `Отзыв:`): it is short, and says so.
fn recalled(text: &str) -> Option<(Machine, Mark)> {
    static RECALLS: LazyLock<Regex> = LazyLock::new(|| MACHINES.pattern("(?i)⟨recalls⟩"));
    let beginning = text.get(..text.floor_char_boundary(RECALL_BYTES)).unwrap_or(text);
    let says = RECALLS.find(beginning)?.as_str().to_lowercase();
    (text.trim().chars().count() <= RECALL_CHARS).then_some((Machine::Recall, Mark::Text { says }))
}

/// Whether a text is that of a client's recall notice.
fn is_recall_notice(text: &str) -> bool {
    static NOTICE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(?i)(?:将|将要|将會|希望|想要|已|已经|尝试)(?:要)?(?:撤回|召回|收回)(?:此|该|这封|該|這封)?(?:邮件|消息|郵件|訊息|一封邮件)|(?:邮件|消息|郵件)已(?:被)?(?:发件人|发信人|对方|寄件者)?(?:撤回|召回)|would like to recall|recall the message|recalled (?:this|a|the) message")
            .expect("a constant pattern that the tests compile")
    });
    NOTICE.is_match(text.get(..text.floor_char_boundary(RECALL_BYTES)).unwrap_or(text))
}

/// RFC 3834 section 5 lets bounces and receipts say `auto-replied` or `auto-generated` too; the subject's
/// marker and the sender know better what they are.
fn refine(kind: Machine, front: &Front<'_>, from_daemon: bool) -> Machine {
    match (kind, front.marker) {
        (Machine::AutoReply | Machine::Generated, Some(marker)) => marker.into(),
        (Machine::AutoReply | Machine::Generated, None) if from_daemon => Machine::Bounce,
        _ => kind,
    }
}

fn null_return_path(message: &Message) -> Option<Mark> {
    (message.return_path == Some(ReturnPath::Null)).then_some(Mark::NullReturnPath)
}

/// A line of a bounce that gives the reason: an SMTP reply or the word itself.
static BOUNCE_REASON: LazyLock<Regex> =
    LazyLock::new(|| MACHINES.pattern(r"(?i)\b[45][0-9]{2}[ -]|\b[45]\.[0-9]\.[0-9]{1,3}\b|⟨reason⟩"));

/// What a bounce without a report says went wrong: the subject, and the line that gives the reason with the next one.
pub fn bounce_words(message: &Message) -> String {
    let beginning = message.text.get(..message.text.floor_char_boundary(BOUNCE_BYTES)).unwrap_or_default();
    let lines = beginning.lines().map(str::trim).filter(|line| !line.is_empty());
    let reason: Vec<&str> = lines.skip_while(|line| !BOUNCE_REASON.is_match(line)).take(2).collect();
    let subject = message.subject.as_deref().unwrap_or_default().trim();
    let words: Vec<&str> = std::iter::once(subject).chain(reason).filter(|part| !part.is_empty()).collect();
    words.join("; ").replace(['\t', '\r'], " ")
}
