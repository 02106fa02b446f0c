//! What the reasons of a case rest on: of the steps that were taken, those that led to them.

use serde_json::Value;

use super::Case;
use super::{arrival, steps};
use crate::cli::sentences;
use crate::config::Settings;
use crate::details::phones_in;
use crate::store::{Explained, Shown};
use crate::vocabulary::{CorrectionField, Disposition, ReviewReason};

/// Titles of the steps that say why; those that are not here say it in a line of their own (what the letter asks for).
const STEPS: [(ReviewReason, &[&str]); 15] = [
    (ReviewReason::NearMiss, &[steps::SUBJECT]),
    (ReviewReason::LateSentInTime, &[arrival::TITLE, "时限"]),
    (ReviewReason::BeforeOpen, &["时限"]),
    (ReviewReason::NoArrivalTime, &[arrival::TITLE]),
    (ReviewReason::ArrivalDisputed, &[arrival::TITLE, "时限"]),
    (ReviewReason::MachineSuspected, &["来源"]),
    (ReviewReason::AuthenticationFailed, &["发件核验"]),
    (ReviewReason::OnlyQuoted, &["引用和落款"]),
    (ReviewReason::EmptyBody, &["正文"]),
    (ReviewReason::Unreadable, &["正文"]),
    (ReviewReason::OriginalDenied, &["内容比对"]),
    (ReviewReason::RepliesCapped, &["归属"]),
    (ReviewReason::LateDisputed, &["时限"]),
    (ReviewReason::NotLate, &["时限"]),
    (ReviewReason::NothingSaid, &["正文"]),
];

/// What a supplement may give otherwise than the letter did.
const GIVEN: [CorrectionField; 3] =
    [CorrectionField::Name, CorrectionField::Occupation, CorrectionField::Phones];

/// What stands in front of what a supplement gives.
const GIVEN_LATER: &str = "补充来信写的";

/// How the line begins that says what a supplement gives.
pub(super) fn given(field: CorrectionField) -> String {
    format!("{GIVEN_LATER}{}：", sentences::column(field.as_str()))
}

/// What a supplement gives as it is registered: nobody has to decide on that.
pub(super) fn same(explained: &Explained, registered: Option<&Shown>) -> Vec<CorrectionField> {
    let (Some(message), Some(shown)) = (&explained.message, registered) else { return Vec::new() };
    let details = message.evidence.pointer("/details").and_then(Value::as_array);
    let written = |field: CorrectionField| {
        let of = |item: &&Value| item.get("field").and_then(Value::as_str) == Some(field.as_str());
        let items = details.into_iter().flatten().filter(of);
        items.filter_map(|item| item.get("as_written")?.as_str()).collect::<Vec<_>>()
    };
    let is_known = |field: CorrectionField, value: &str| match field {
        CorrectionField::Phones => {
            let found = phones_in(value);
            !found.is_empty() && found.iter().all(|phone| shown.phones.contains(phone))
        }
        CorrectionField::Occupation => [&shown.row.occupation, &shown.occupation_as_written]
            .iter()
            .any(|known| known.as_deref() == Some(value)),
        _ => shown.row.name.as_deref() == Some(value),
    };
    let is_same = |field: &CorrectionField| written(*field).iter().all(|value| is_known(*field, value));
    GIVEN.into_iter().filter(is_same).collect()
}

/// The lines of one mail that say why a case waits.
pub(super) fn lines(case: &Case<'_>, settings: &Settings, reasons: &[ReviewReason]) -> Vec<String> {
    let mut found = Vec::new();
    let is_supplement = case.explained.disposition == Disposition::Supplement.as_str();
    let is_own = case.explained.disposition == Disposition::Filed.as_str();
    let of_clocks = [ReviewReason::ArrivalDisputed, ReviewReason::NoArrivalTime]
        .iter()
        .any(|reason| reasons.contains(reason));
    // When it was sent and came, and the close, stand beside each other in the block.
    let tells_times = !of_clocks && reasons.contains(&ReviewReason::LateSentInTime);
    let differs = is_supplement && reasons.contains(&ReviewReason::DetailsDiffer);
    for step in steps::all(case, settings) {
        let leads = |reason: &&ReviewReason| {
            STEPS.iter().any(|(of, titles)| of == *reason && titles.contains(&step.title))
        };
        let is_asked = |line: &String| {
            let says = |reason: &ReviewReason| {
                line.starts_with(&format!("{}：", sentences::column(reason.as_str())))
            };
            step.title == "提取" && reasons.iter().any(says)
        };
        if step.title == sentences::SENT_BY {
            // Whose letter it is, a person has to know whatever is asked.
            found.extend(step.lines);
        } else if step.title == steps::SUBJECT && !is_own {
            // Of an answer to a receipt nothing is asked in its subject: it is not what the case waits for.
        } else if step.title == "时限" && tells_times {
            // The block has a line of its own for them.
        } else if reasons.iter().any(|reason| leads(&reason)) {
            // The subject stands beside it, and what the notice asks for is the same for all.
            let from = if step.title == steps::SUBJECT { step.lines.len().saturating_sub(1) } else { 0 };
            // How the server wrote the time down tells only whoever has to choose between two.
            let is_raw = |at: usize| step.title == arrival::TITLE && at == 1 && !of_clocks;
            let is_told = |(at, line): &(usize, String)| {
                step.title == arrival::TITLE && tells_times && (*at == 0 || arrival::is_of_its_time(line))
            };
            let lines = step.lines.iter().cloned().enumerate();
            let kept = lines.filter(|(at, _)| !is_raw(*at)).filter(|line| !is_told(line));
            found.extend(kept.map(|(_, line)| line).skip(from));
        } else if step.title == "提取" && differs {
            let gives = |line: &&String| {
                GIVEN
                    .iter()
                    .any(|field| line.starts_with(&format!("{}：", sentences::column(field.as_str()))))
            };
            found.extend(step.lines.iter().filter(gives).map(|line| format!("{GIVEN_LATER}{line}")));
            found.extend(step.lines.into_iter().filter(is_asked));
        } else {
            found.extend(step.lines.into_iter().filter(is_asked));
        }
    }
    found
}
