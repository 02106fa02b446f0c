//! What staff corrected, as `show` and `correct` say it.

use std::fmt::Write;

use super::table::when;
use super::{sentences, table, whom};
use crate::store::{CorrectionRow, Shown};
use crate::vocabulary::{CorrectionField, SenderKind, Status, Word};
use crate::words;

/// Who changed what, and what stood there before, each value cut to so many cells.
pub(super) fn said(correction: &CorrectionRow, most: Option<usize>) -> String {
    let item = correction.opinion.map_or_else(String::new, |item| format!("意见{item}"));
    format!(
        "{item}{} {}（{}，{}{}）",
        sentences::column(&correction.field),
        change(&correction.field, (correction.old_value.as_deref(), correction.new_value.as_deref()), most),
        when(correction.at),
        correction.actor,
        correction.note.as_deref().map_or_else(String::new, |note| format!("：{note}")),
    )
}

/// Cells of a value in a line about a correction.
pub(super) const CHANGE: usize = 40;

/// `教师 → 学生`: a column's value before and after, each cut to so many cells.
pub(super) fn change(field: &str, (old, new): (Option<&str>, Option<&str>), most: Option<usize>) -> String {
    let lists = field == CorrectionField::Items.as_str();
    let value = |value: Option<&str>| {
        let value = value.unwrap_or_default();
        let value = match (field, value) {
            ("status", value) => words::short(Status::KIND, value),
            ("sender_kind", value) => words::short(SenderKind::KIND, value),
            ("flags", value) => &sentences::flags(value),
            ("review_reasons", value) => {
                &sentences::review(&serde_json::from_str::<Vec<String>>(value).unwrap_or_default())
            }
            (_, value) if lists => &sentences::items(value, most.is_none()),
            (_, value) => value,
        };
        match most {
            _ if value.is_empty() => "（空）".to_owned(),
            Some(most) => table::cut(value, most),
            None => value.to_owned(),
        }
    };
    let arrow = if lists && most.is_none() { "\n→ " } else { " → " };
    format!("{}{arrow}{}", value(old), value(new))
}

/// Every correction of a submission, none of them cut.
pub(super) fn all(shown: &Shown, is_further: bool) -> String {
    let mut text = if is_further { "\n".to_owned() } else { String::new() };
    let _ = writeln!(text, "{}", whom::masked(shown));
    if shown.corrections.is_empty() {
        let _ = writeln!(text, "没有更正。");
    }
    for correction in &shown.corrections {
        let _ = writeln!(text, "更正：{}", said(correction, None));
    }
    text
}
