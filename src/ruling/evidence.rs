//! What each step saw, kept with the message.

use serde_json::{Value, json};

use super::thread::Beside;
use super::{Earlier, Reading, Rules};
use crate::automatic::Origin;
use crate::details;
use crate::parse::{Message, TextSource};
use crate::sender::Verdict;
use crate::subject::SubjectOutcome;
use crate::vocabulary::same_address;

/// What a mail belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thread<'a> {
    /// The submission that it is part of, and what tells so: our answer's Message-ID or the number.
    pub(super) answered: Option<(&'a Earlier, &'static str)>,
    /// One that it answers or names without becoming part of it.
    pub(super) beside: Option<&'a Beside>,
}

/// Who really sent it, where its writer is somebody else (RFC 5322 section 3.6.2).
fn sent_by(message: &Message) -> Option<String> {
    let author = message.author()?;
    let by = details::emails_in(message.header("sender")?).into_iter().next()?;
    (!same_address(&by, &author.address)).then_some(by)
}

/// What each step saw, as JSON: for staff who ask why a mail was treated so. `consultation` is the one that the message
/// was judged against.
pub(super) fn evidence(
    message: &Message,
    reading: &Reading,
    rules: &Rules,
    consultation: usize,
    Thread { answered, beside }: Thread<'_>,
) -> Value {
    let origin = match &reading.origin {
        Origin::Person => json!({ "word": "person" }),
        Origin::Suspected { mark } => json!({ "word": "suspected", "mark": mark }),
        Origin::Machine { kind, mark } => json!({ "word": kind.as_str(), "mark": mark }),
    };
    let mut thread = json!({
        "cited": message.thread.len(),
        "numbers": reading.numbers,
        "answers": answered.map(|(earlier, _)| &earlier.number),
    });
    if let (Some((_, by)), Some(thread)) = (answered, thread.as_object_mut()) {
        thread.insert("by".to_owned(), json!(by));
    }
    if let (Some(beside), Some(thread)) = (beside, thread.as_object_mut()) {
        let beside = json!({ "number": beside.earlier.number, "why": beside.why.as_str() });
        thread.insert("beside".to_owned(), beside);
    }
    let mut evidence = json!({
        "origin": origin,
        "consultation": rules.consultation(consultation).map(|found| &found.id),
        "thread": thread,
        "subject": {
            "outcome": match reading.subject.outcome {
                SubjectOutcome::Match => "match",
                SubjectOutcome::NearMiss => "near_miss",
                SubjectOutcome::NotOurs => "not_ours",
            },
            "reason": reading.subject.reason.as_str(),
            "evidence": reading.subject.evidence,
            "stripped": reading.subject.stripped,
        },
        "arrival": {
            "basis": reading.arrival.basis.as_str(),
            "evidence": reading.arrival.evidence,
        },
        "body": {
            "source": match message.text_source {
                TextSource::None => "none",
                TextSource::Plain => "plain",
                TextSource::Html => "html",
                TextSource::Forwarded => "forwarded",
                TextSource::Tnef => "tnef",
            },
            "characters": message.text.trim().chars().count(),
            "kept_characters": reading.cut.comment.trim().chars().count(),
            "limit_reached": message.defects.limit_reached,
        },
        "quote_header": reading.cut.quote_header,
        "footers": reading.cut.footers,
        "details": reading.details.evidence.iter().map(|item| json!({
            "field": item.field,
            "rule": item.rule,
            "line": item.line,
            "as_written": item.as_written,
        })).collect::<Vec<_>>(),
    });
    if let Some(arrival) = evidence.pointer_mut("/arrival").and_then(Value::as_object_mut)
        && let Some(found) = rules.consultation(consultation)
    {
        if let Some(hop) = reading.arrival.claim_of_line(found.closes) {
            let beyond = json!({ "sent": hop.time.as_written(), "line": hop.line });
            arrival.insert("beyond".to_owned(), beyond);
        }
        if let Some(hop) = reading.arrival.contradiction(found.closes) {
            let above = json!({ "at": hop.time.as_written(), "line": hop.line });
            arrival.insert("above".to_owned(), above);
        }
    }
    // Where there was nothing to see nothing is said: of most letters, and of those that an older version filed.
    if let Some(evidence) = evidence.as_object_mut()
        && (reading.sender.verdict != Verdict::Silent || !reading.sender.results.is_empty())
    {
        let sender = json!({ "verdict": reading.sender.verdict.as_str(), "results": reading.sender.results });
        evidence.insert("sender".to_owned(), sender);
    }
    if let (Some(by), Some(evidence)) = (sent_by(message), evidence.as_object_mut()) {
        evidence.insert("sent_by".to_owned(), json!(by));
    }
    let hidden = message.hidden.trim().chars().count();
    if let Some(body) = evidence.pointer_mut("/body").and_then(Value::as_object_mut)
        && (hidden > 0 || message.all_hidden)
    {
        body.insert("hidden_characters".to_owned(), json!(hidden));
        body.insert("all_hidden".to_owned(), json!(message.all_hidden));
    }
    if let Some(body) = evidence.pointer_mut("/body").and_then(Value::as_object_mut)
        && let Some(why) = message.illegible
    {
        body.insert("illegible".to_owned(), json!(why.as_str()));
    }
    evidence
}
