//! How far the study of the opinions is, and how long the office has for its answer.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::cli::outcome::Failure;
use crate::store::{Store, Study};
use crate::vocabulary::{Consultation, shanghai};

pub(super) fn found(store: &Store, consultations: &[Consultation]) -> Result<Vec<Study>, Failure> {
    consultations.iter().map(|consultation| Ok(store.study(&consultation.id)?)).collect()
}

/// A line for each consultation of which there is anything to say.
pub(super) fn lines(consultations: &[Consultation], studies: &[Study], now: Timestamp) -> String {
    let mut text = String::new();
    for (consultation, study) in consultations.iter().zip(studies) {
        if *study != Study::default() || consultation.feedback_due.is_some() {
            let due =
                consultation.feedback_due.map_or_else(String::new, |due| format!("；{}", term(due, now)));
            let _ = writeln!(text, "研究〔{}〕：{}{due}", consultation.id, told(study));
        }
    }
    text
}

fn told(study: &Study) -> String {
    let Study { items, studied, ungrouped, unassigned, to_check, to_answer } = *study;
    // Rounded down: all of it is 100 per cent, and nothing else is.
    let percent =
        (studied * 100).checked_div(items).map_or_else(String::new, |percent| format!("（{percent}%）"));
    let ungrouped = if ungrouped > 0 { format!("，未归类 {ungrouped} 条") } else { String::new() };
    format!(
        "已研究 {studied}/{items} 条{percent}{ungrouped}，未分派 {unassigned} 类；待核 {}（其中只待答复或更正的 {to_answer}）",
        to_check + to_answer
    )
}

fn days_left(due: Date, now: Timestamp) -> i32 {
    due.since(shanghai(now).date()).map_or(0, |span| span.get_days())
}

fn term(due: Date, now: Timestamp) -> String {
    let left = match days_left(due, now) {
        0 => "今天到期".to_owned(),
        days if days > 0 => format!("还有 {days} 天"),
        days => format!("已过 {} 天", -days),
    };
    format!("反馈期限 {due}（{left}）")
}

pub(super) fn to_json(consultations: &[Consultation], studies: &[Study], now: Timestamp) -> Value {
    let told = consultations.iter().zip(studies).map(|(consultation, study)| {
        json!({
            "consultation": consultation.id,
            "items": study.items,
            "studied": study.studied,
            "ungrouped_items": study.ungrouped,
            "unassigned_groups": study.unassigned,
            "to_check": study.to_check,
            "to_answer": study.to_answer,
            "feedback_due": consultation.feedback_due.map(|due| due.to_string()),
            "days_left": consultation.feedback_due.map(|due| days_left(due, now)),
        })
    });
    Value::Array(told.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_to_do_stands_in_one_line() {
        let study =
            Study { items: 710, studied: 412, ungrouped: 0, unassigned: 31, to_check: 3, to_answer: 5 };
        assert_eq!(told(&study), "已研究 412/710 条（58%），未分派 31 类；待核 8（其中只待答复或更正的 5）");
        let nearly = Study { studied: 709, ungrouped: 2, ..study };
        assert!(told(&nearly).starts_with("已研究 709/710 条（99%），未归类 2 条，"));
        assert!(told(&Study::default()).starts_with("已研究 0/0 条，未分派 0 类"));
        let due = "2024-04-13".parse().unwrap();
        let at = |text: &str| term(due, text.parse().unwrap());
        assert_eq!(at("2024-04-03T16:00:00Z"), "反馈期限 2024-04-13（还有 9 天）");
        assert_eq!(at("2024-04-13T15:59:59Z"), "反馈期限 2024-04-13（今天到期）");
        assert_eq!(at("2024-04-13T16:00:00Z"), "反馈期限 2024-04-13（已过 1 天）");
        assert_eq!(at("2025-04-13T16:00:00Z"), "反馈期限 2024-04-13（已过 366 天）");
    }
}
