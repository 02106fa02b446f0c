//! What a correction leaves to say: that a class is registered in place of the words that were typed, and that a joint letter still
//! counts as one person.

use serde_json::from_str;

use crate::vocabulary::{CorrectionField, Flag, typed};
use crate::words::Chinese;

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
