//! What a correction leaves to say: that a class is registered in place of the words that were typed, that a joint letter still
//! counts as one person and another one as many, and how what was typed otherwise is typed.

use std::fmt::Write;

use serde_json::from_str;

use super::{Act, Meant, marks};
use crate::cli::outcome::{Exit, Failure};
use crate::store::Shown;
use crate::vocabulary::{Adoption, CorrectionField, Flag, typed};
use crate::words::Chinese;

/// More people than sign one letter, unless somebody says why.
const MANY: u32 = 10_000;
/// So many times the people of a joint letter are a digit too many.
const TIMES: u32 = 10;

impl Act<'_> {
    /// What a correction leaves to do: an opinion that is published no more, a decision that owes its reason.
    pub(super) fn more_to_do(
        &self,
        meant: &Meant,
        field: CorrectionField,
        both: (Option<&str>, Option<&str>),
    ) -> Option<String> {
        if field != CorrectionField::Adoption {
            return marks::for_more(field, both);
        }
        let at = usize::try_from(self.item?).ok()?.checked_sub(1)?;
        let is_said = meant.wanted.iter().any(|(field, _)| *field == CorrectionField::AdoptionReason)
            || meant.shown.opinions.get(at).is_some_and(|item| {
                item.adoption_reason.as_deref().is_some_and(|reason| !reason.trim().is_empty())
            });
        let number = &meant.shown.row.number;
        (both.1 == Some(Adoption::Rejected.as_str()) && !is_said).then(|| {
            format!(
                "{REASON_OWED}：correct {number} --item {} {} 理由",
                at + 1,
                CorrectionField::AdoptionReason.short()
            )
        })
    }
}

/// What stands beside a decision against an opinion that says no reason.
pub(in crate::cli) const REASON_OWED: &str = "不采纳的没有写理由，公开反馈时须说明；补写";

/// The words that were typed for an occupation, where a class of the notice is registered in their place.
pub(super) fn typed_for_class<'a>(
    field: CorrectionField,
    written: &'a str,
    value: Option<&str>,
) -> Option<&'a str> {
    let written = written.trim();
    let is_other = |value: &&str| typed::folded(value) != typed::folded(written);
    value.filter(|_| field == CorrectionField::Occupation).filter(is_other).map(|_| written)
}

/// The note that is kept with a correction: what was typed for the class stands in it.
pub(super) fn note(note: Option<&str>, typed: Option<&str>) -> Option<String> {
    let typed = typed.map(typed::in_note);
    match (note, typed) {
        (Some(note), Some(typed)) => Some(format!("{note}（{typed}）")),
        (note, typed) => note.map(ToOwned::to_owned).or(typed),
    }
}

/// Of a letter that was flagged as joint, or is none any more, how many people it counts for and what to type.
pub(super) fn people(
    field: CorrectionField,
    (old, new): (Option<&str>, Option<&str>),
    (number, signatories): (&str, u32),
) -> Option<String> {
    if field != CorrectionField::Flags {
        return None;
    }
    let joint = Flag::Joint.as_str();
    let has = |flags: Option<&str>| {
        let flags: Vec<String> = from_str(flags.unwrap_or_default()).unwrap_or_default();
        flags.iter().any(|flag| flag == joint)
    };
    let people = CorrectionField::Signatories.short();
    match (has(old), has(new)) {
        (false, true) if signatories <= 1 => {
            Some(format!("{people}仍为 1；联名的人数另行写明：correct {number} {people} 人数"))
        }
        (true, false) if signatories > 1 => {
            Some(format!("{people}仍为 {signatories}；不是联名的，改为 1：correct {number} {people} 1"))
        }
        _ => None,
    }
}

/// Why so many people are not believed unasked.
pub(super) fn too_many(field: CorrectionField, value: Option<&str>) -> Option<String> {
    let people = people_in(field, value).filter(|people| *people > MANY)?;
    let called = field.short();
    Some(format!("{called} {people} 超过 {MANY}，多半是误写，没有更正；确有其事的，加 --note 写明依据"))
}

/// Of a letter that counts for many more people than it did: what it says itself, and how to go back.
pub(super) fn jump(field: CorrectionField, value: Option<&str>, shown: &Shown) -> Option<String> {
    let (people, own) = (people_in(field, value)?, shown.signatories);
    let is_joint = shown.row.flags.iter().any(|flag| flag == Flag::Joint.as_str());
    let is_plain = if is_joint { own <= 1 || people < own.saturating_mul(TIMES) } else { people <= own };
    if is_plain {
        return None;
    }
    let joint =
        if is_joint { String::new() } else { format!("，没有“{}”标记", Flag::Joint.short()) };
    let (number, called) = (&shown.row.number, field.short());
    Some(format!(
        "注意：本件原登记 {own} {called}{joint}，现按 {people} {called}统计；如系误写，撤销：correct --undo {number} {called}"
    ))
}

fn people_in(field: CorrectionField, value: Option<&str>) -> Option<u32> {
    value.filter(|_| field == CorrectionField::Signatories)?.parse().ok()
}

/// Refuses marks that are typed one behind the other as if each were a value: where a field is to stand there is a sign.
pub(super) fn marks_apart(number: &str, first: &str, more: &[String]) -> Result<(), Failure> {
    let is_signed =
        |word: &str| word.starts_with(['+', '＋', '-', '−', '–', '—']) && word.chars().nth(1).is_some();
    let Some(at) = more.iter().step_by(2).position(|word| is_signed(word)) else { return Ok(()) };
    let behind = more.iter().skip(at * 2).take_while(|word| is_signed(word)).map(String::as_str);
    let before = if at == 0 { Some(first) } else { more.get(at * 2 - 1).map(String::as_str) };
    let marks: Vec<&str> = before.filter(|word| is_signed(word)).into_iter().chain(behind).collect();
    let called = CorrectionField::Flags.short();
    let message = format!(
        "几个标记要连着写，或者每个前面都写“{called}”：correct {number} {called} {}；或者 correct {number} {called} {}；没有更正",
        marks.join("、"),
        marks.join(&format!(" {called} "))
    );
    Err(Failure::new(Exit::Usage, message))
}

/// How an item that was dropped counts again: it is no arrangement that is taken back, but a decision on that item.
pub(super) fn dropped(field: CorrectionField, shown: &Shown) -> String {
    if field != CorrectionField::Items {
        return String::new();
    }
    let no_opinion = Adoption::NoOpinion.as_str();
    let items = (1..).zip(&shown.opinions).filter(|(_, item)| item.adoption.as_deref() == Some(no_opinion));
    let (number, adoption) = (&shown.row.number, CorrectionField::Adoption.short());
    items.fold(String::new(), |mut said, (at, _)| {
        let _ =
            write!(said, "第 {at} 条列为非意见的，撤销：correct --undo {number} --item {at} {adoption}；");
        said
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_for_a_class_is_kept() {
        let of = |written, value| typed_for_class(CorrectionField::Occupation, written, Some(value));
        assert_eq!(of("社区保安", "工人"), Some("社区保安"));
        assert_eq!((of("其他（自填）", "其他(自填)"), of("教师", "教师")), (None, None));
        assert_eq!(typed_for_class(CorrectionField::Name, "王某", Some("王")), None);
        assert_eq!(note(None, Some("保安")).as_deref(), Some("原写“保安”"));
        assert_eq!(note(Some("来电说明"), Some("保安")).as_deref(), Some("来电说明（原写“保安”）"));
        for written in [note(None, Some("保安")), note(Some("来电说明"), Some("保安"))] {
            assert_eq!(written.as_deref().and_then(typed::of_note), Some("保安"));
        }
        assert_eq!(typed::of_note("来信写“保安”"), None);
        assert_eq!(note(Some("来电说明"), None).as_deref(), Some("来电说明"));
    }

    #[test]
    fn a_joint_letter_that_counts_for_one_is_said_to() {
        let of = |old, new, signatories| {
            people(CorrectionField::Flags, (Some(old), Some(new)), ("7", signatories))
        };
        assert!(of("[]", r#"["joint"]"#, 1).is_some_and(|said| said.ends_with("correct 7 人次 人数")));
        assert!(of(r#"["joint"]"#, "[]", 5).is_some_and(|said| said.ends_with("correct 7 人次 1")));
        assert_eq!((of("[]", r#"["joint"]"#, 5), of("[]", r#"["anonymous"]"#, 1)), (None, None));
    }
}
