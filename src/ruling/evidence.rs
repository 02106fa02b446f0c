//! What each step saw, kept with the message.

use serde_json::{Value, json};

use super::reading::Reading;
use crate::automatic::Origin;
use crate::subject::SubjectOutcome;

/// What each step saw, as JSON: for staff who ask why a mail was treated so.
pub(super) fn evidence(reading: &Reading) -> Value {
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
