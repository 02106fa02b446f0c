//! What the reasons of a case rest on: of the steps that were taken, those that led to them.

use super::Case;
use super::steps;
use crate::cli::sentences;
use crate::config::Settings;
use crate::vocabulary::ReviewReason;

/// Titles of the steps that say why; those that are not here say it in a line of their own (what the letter asks for).
const STEPS: [(ReviewReason, &[&str]); 15] = [
    (ReviewReason::NearMiss, &["主题"]),
    (ReviewReason::LateSentInTime, &["到达", "时限"]),
    (ReviewReason::BeforeOpen, &["时限"]),
    (ReviewReason::NoArrivalTime, &["到达"]),
    (ReviewReason::ArrivalDisputed, &["到达", "时限"]),
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

/// The lines of one mail that say why a case waits.
pub(super) fn lines(case: &Case<'_>, settings: &Settings, reasons: &[ReviewReason]) -> Vec<String> {
    let mut found = Vec::new();
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
        } else if reasons.iter().any(|reason| leads(&reason)) {
            // The subject stands beside it, and what the notice asks for is the same for all.
            let from = if step.title == "主题" { step.lines.len().saturating_sub(1) } else { 0 };
            found.extend(step.lines.into_iter().skip(from));
        } else {
            found.extend(step.lines.into_iter().filter(is_asked));
        }
    }
    found
}
