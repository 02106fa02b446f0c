//! What each step saw, kept with the message.

use serde_json::{Value, json};

use super::thread::Beside;
use super::{Earlier, Reading, Rules};
use crate::automatic::Origin;
use crate::parse::{Message, TextSource};
use crate::subject::SubjectOutcome;

/// What a mail belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thread<'a> {
    /// The submission that it is part of, and what tells so: our answer's Message-ID or the number.
    pub(super) answered: Option<(&'a Earlier, &'static str)>,
    /// One that it answers or names without becoming part of it.
    pub(super) beside: Option<&'a Beside>,
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
    json!({
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
        "sender": { "verdict": reading.sender.verdict.as_str(), "results": reading.sender.results },
        "body": {
            "source": match message.text_source {
                TextSource::None => "none",
                TextSource::Plain => "plain",
                TextSource::Html => "html",
                TextSource::Forwarded => "forwarded",
                TextSource::Tnef => "tnef",
            },
            "characters": message.text.trim().chars().count(),
            "hidden_characters": message.hidden.trim().chars().count(),
            "all_hidden": message.all_hidden,
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
    })
}
