//! What staff corrected, as `show` and `correct` say it.

use std::fmt::Write;

use super::table::when;
use super::{sentences, table, whom};
use crate::store::{CorrectionRow, Shown};
use crate::vocabulary::{Adoption, CorrectionField, SenderKind, Status, Word};
use crate::words;

/// Cells of a value in a line about a correction.
const CHANGE: usize = 40;
/// What stands in place of values that were erased.
pub(super) const ERASED: &str = "已删除";
/// Who filled in what came with a supplement.
const PROGRAM: &str = "intake";

/// Who changed what, and what stood there before, each value cut.
pub(super) fn said(shown: &Shown, correction: &CorrectionRow) -> String {
    let both = (correction.old_value.as_deref(), correction.new_value.as_deref());
    let mut change = change(&correction.field, both);
    if stood_erased(shown, correction)
        && let Some((_, new)) = change.split_once(" → ")
    {
        change = format!("{ERASED} → {new}");
    }
    format!("{} {change}{}", what(correction), when_and_why(correction))
}

/// Whether the program filled a field in from a supplement: the letter did not give it.
pub(super) fn was_filled_in(shown: &Shown, field: CorrectionField) -> bool {
    let is_nothing = |value: &Option<String>| value.as_deref().is_none_or(|value| matches!(value, "" | "[]"));
    let last = shown.corrections.iter().rev().find(|found| found.field == field.as_str());
    last.is_some_and(|last| {
        last.actor == PROGRAM && is_nothing(&last.old_value) && !is_nothing(&last.new_value)
    })
}

/// Whether a field was erased: nothing became nothing.
pub(super) fn was_erased(shown: &Shown, field: CorrectionField) -> bool {
    erasure(shown, field).is_some()
}

/// What an erasure left of a field, the last one.
pub(super) fn erasure(shown: &Shown, field: CorrectionField) -> Option<&CorrectionRow> {
    let mut of_field = shown.corrections.iter().filter(|found| found.field == field.as_str());
    of_field.rfind(|found| is_erased((found.old_value.as_deref(), found.new_value.as_deref())))
}

fn what(correction: &CorrectionRow) -> String {
    let item = correction.opinion.map_or_else(String::new, |item| format!("意见{item}"));
    let back = match correction.undoes {
        Some(_) if was_dropped(&correction.field, correction.old_value.as_deref()) => "恢复为意见：",
        Some(_) => "撤销更正：",
        None => "",
    };
    let column = sentences::column(&correction.field);
    // 意见5内容, not 意见5意见内容.
    let column = if item.is_empty() { column } else { column.trim_start_matches("意见") };
    format!("{back}{item}{column}")
}

/// Whether the value of a field says that an item is no opinion: `item drop` wrote it.
pub(super) fn was_dropped(field: &str, value: Option<&str>) -> bool {
    field == CorrectionField::Adoption.as_str() && value == Some(Adoption::NoOpinion.as_str())
}

pub(super) fn when_and_why(correction: &CorrectionRow) -> String {
    let note = correction.note.as_deref().map_or_else(String::new, |note| format!("：{note}"));
    // What a supplement filled in by itself.
    let actor = if correction.actor == PROGRAM { "程序" } else { correction.actor.as_str() };
    format!("（{}，{actor}{note}）", when(correction.at))
}

/// `教师 → 学生`: a column's value before and after, each cut.
pub(super) fn change(field: &str, (old, new): (Option<&str>, Option<&str>)) -> String {
    if is_erased((old, new)) {
        return ERASED.to_owned();
    }
    let whole = [old, new].map(|value| shown_value(field, value, None));
    let cut = [old, new].map(|value| shown_value(field, value, Some(CHANGE)));
    let [old, new] =
        if cut[0] == cut[1] && whole[0] != whole[1] { from_where_they_differ(&whole) } else { cut };
    // 乔** → 乔**: nothing is corrected to what it is.
    let hidden = if old == new { "（隐去或略去的部分不同）" } else { "" };
    format!("{old} → {new}{hidden}")
}

/// Two long texts with the same beginning, each from shortly before where it is another one.
fn from_where_they_differ(values: &[String; 2]) -> [String; 2] {
    /// Characters that are the same.
    const BEFORE: usize = 6;
    let [old, new] = values;
    let same = old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
    let skipped = same.saturating_sub(BEFORE);
    values.each_ref().map(|value| {
        let rest: String = value.chars().skip(skipped).collect();
        format!("{}{}", if skipped > 0 { "…" } else { "" }, table::cut(&rest, CHANGE))
    })
}

/// Nothing became nothing: nobody corrects that, an erasure left it.
fn is_erased((old, new): (Option<&str>, Option<&str>)) -> bool {
    [old, new].iter().all(|value| value.is_none_or(str::is_empty))
}

/// Whether nothing stood there before a correction because it was erased.
fn stood_erased(shown: &Shown, correction: &CorrectionRow) -> bool {
    let is_before = |found: &&CorrectionRow| {
        found.field == correction.field && found.opinion == correction.opinion && found.id < correction.id
    };
    let last = shown.corrections.iter().rfind(is_before);
    is_nothing(correction.old_value.as_deref())
        && last.is_some_and(|last| is_erased((last.old_value.as_deref(), last.new_value.as_deref())))
}

fn is_nothing(value: Option<&str>) -> bool {
    value.is_none_or(|value| matches!(value, "" | "[]"))
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
        _ if matches!(value, "" | "[]") => "（空）".to_owned(),
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
    for (number, correction) in (1..).zip(&shown.corrections) {
        let _ = writeln!(text, "\n更正 {number}：{}{}", what(correction), when_and_why(correction));
        let back = shown.corrections.iter().position(|earlier| Some(earlier.id) == correction.undoes);
        if let Some(back) = back {
            let _ = writeln!(text, "撤销的是：更正 {}", back + 1);
        }
        let (old, new) = (correction.old_value.as_deref(), correction.new_value.as_deref());
        if is_erased((old, new)) {
            let _ = writeln!(text, "{ERASED}");
            continue;
        }
        for (label, value) in [("原值", old), ("新值", new)] {
            let erased = label == "原值" && stood_erased(shown, correction);
            let value = shown_value(&correction.field, value, None);
            let _ = writeln!(text, "{label}：{}", if erased { ERASED } else { &value });
        }
        if old == new {
            let _ = writeln!(text, "（隐去的部分不同：加 --unmasked）");
        }
    }
    text
}
