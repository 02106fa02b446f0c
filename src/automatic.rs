//! Was this written by a machine? (RFC 3834 section 2, RFC 3464, RFC 8098, and providers' own marks.)
//!
//! A proof leads to disposition `automatic` and to no answer, so the marks that count are those a person's mail
//! never bears. Marks that people's mail does bear (Exchange stamps `X-Auto-Response-Suppress` on it:
//! osTicket/osTicket#5320; a list or a company's gateway adds `List-*`) raise a suspicion or withhold the answer.

mod headers;
mod placeholder;
mod sender;

use std::sync::LazyLock;

use crate::parse::{Message, ReturnPath};
use crate::vocabulary::language::language_table;
use crate::vocabulary::markers::{Front, MarkerKind, read_front};
use crate::vocabulary::{Machine, Mark, Regex};

pub use placeholder::{Placeholder, placeholder};
pub use sender::is_robot;

language_table!(
    /// The words and addresses by which machines are known.
    MACHINES, "language/machines.tsv");

/// How much of a bounce is searched for its reason, in bytes.
const BOUNCE_BYTES: usize = 16 * 1024;

/// How much of a recall notice is searched for what a person would say, in bytes.
const RECALL_BYTES: usize = 2 * 1024;

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
    let proof = report(message)
        .or_else(|| headers::proof(message))
        .or_else(|| marker(&front, &message.text))
        .or_else(|| sender::qq_envelope(message).map(|mark| (Machine::AutoReply, mark)))
        .or_else(|| {
            let mark = daemon.clone().filter(|_| sender::is_report_subject(front.rest))?;
            Some((Machine::Bounce, mark))
        });
    if let Some((kind, mark)) = proof {
        return Origin::Machine { kind: refine(kind, &front, daemon.is_some()), mark };
    }
    match headers::suspicion(message).or_else(|| null_return_path(message)).or(daemon) {
        Some(mark) => Origin::Suspected { mark },
        None => Origin::Person,
    }
}

/// A mark that forbids an automatic answer though it proves nothing about the writer
/// (`X-Auto-Response-Suppress`, a no-reply address, …); `None` when there is none.
pub fn suppresses_answer(message: &Message) -> Option<Mark> {
    headers::suppression(message)
        .or_else(|| headers::loops(message))
        .or_else(|| sender::unanswerable(message))
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

/// `撤回：《…》意见建议` is how Outlook's recall begins, and how a citizen heads a letter that withdraws an earlier one. The
/// program says what it does (`… 将撤回邮件`), the citizen what he wants.
fn is_a_persons_wish(marker: &str, text: &str) -> bool {
    static WISH: LazyLock<Regex> = LazyLock::new(|| {
        MACHINES.pattern("⟨wish⟩[^，。,\n]{0,20}⟨act⟩|⟨act on one's own⟩[^，。,\n]{0,8}⟨oneself⟩")
    });
    static NOTICE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(?i)(?:将|希望|想要|已|尝试)(?:要)?(?:撤回|召回)(?:此|该|这封)?(?:邮件|消息)|would like to recall|recall the message")
            .expect("a constant pattern that the tests compile")
    });
    let text = text.get(..text.floor_char_boundary(RECALL_BYTES)).unwrap_or(text);
    marker.trim_end_matches([':', '：']).trim() == "撤回" && WISH.is_match(text) && !NOTICE.is_match(text)
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

/// Whether a bounce only says that delivery takes longer.
pub fn is_delay(message: &Message) -> bool {
    let subject = message.subject.as_deref().unwrap_or_default().to_lowercase();
    MACHINES.words("delay").any(|word| subject.contains(word))
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
