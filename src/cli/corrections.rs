//! What staff corrected, as `show` and `correct` say it.

use std::fmt::Write;

use super::table::when;
use super::{sentences, table, whom};
use crate::store::{CorrectionRow, Shown};
use crate::vocabulary::{CorrectionField, SenderKind, Status, Word};
use crate::words;

/// Cells of a value in a line about a correction.
const CHANGE: usize = 40;

/// Who changed what, and what stood there before, each value cut.
pub(super) fn said(correction: &CorrectionRow) -> String {
    let both = (correction.old_value.as_deref(), correction.new_value.as_deref());
    format!("{} {}{}", what(correction), change(&correction.field, both), when_and_why(correction))
}

fn what(correction: &CorrectionRow) -> String {
    let item = correction.opinion.map_or_else(String::new, |item| format!("意见{item}"));
    format!("{item}{}", sentences::column(&correction.field))
}

fn when_and_why(correction: &CorrectionRow) -> String {
    let note = correction.note.as_deref().map_or_else(String::new, |note| format!("：{note}"));
    format!("（{}，{}{note}）", when(correction.at), correction.actor)
}

/// `教师 → 学生`: a column's value before and after, each cut.
pub(super) fn change(field: &str, (old, new): (Option<&str>, Option<&str>)) -> String {
    format!("{} → {}", shown_value(field, old, Some(CHANGE)), shown_value(field, new, Some(CHANGE)))
}

/// A value as people read it, in so many cells.
fn shown_value(field: &str, value: Option<&str>, most: Option<usize>) -> String {
    let value = value.unwrap_or_default();
    let value = match field {
        "status" => words::short(Status::KIND, value),
        "sender_kind" => words::short(SenderKind::KIND, value),
        "flags" => &sentences::flags(value),
        "review_reasons" => {
            &sentences::review(&serde_json::from_str::<Vec<String>>(value).unwrap_or_default())
        }
        field if field == CorrectionField::Items.as_str() => &sentences::items(value, most.is_none()),
        _ => value,
    };
    match most {
        _ if value.is_empty() => "（空）".to_owned(),
        Some(most) => table::cut(value, most),
        None => value.to_owned(),
    }
}

/// Every correction of a submission, none of them cut.
pub(super) fn all(shown: &Shown, is_further: bool) -> String {
    let mut text = if is_further { "\n".to_owned() } else { String::new() };
    let _ = writeln!(text, "{}", whom::masked(shown));
    if shown.corrections.is_empty() {
        let _ = writeln!(text, "没有更正。");
    }
    for correction in &shown.corrections {
        let _ = writeln!(text, "\n更正：{}{}", what(correction), when_and_why(correction));
        let (old, new) = (correction.old_value.as_deref(), correction.new_value.as_deref());
        for (label, value) in [("原值", old), ("新值", new)] {
            let _ = writeln!(text, "{label}：{}", shown_value(&correction.field, value, None));
        }
    }
    text
}
