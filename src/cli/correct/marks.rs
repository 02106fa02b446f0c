//! A mark that only a supplement has: who takes it off decides on it as on one of the letter's own.

use super::value::{Place, normal};
use crate::store::{Shown, words};
use crate::vocabulary::{CorrectionField, Flag};
use crate::words::Chinese;

/// The program's and not a person's, where it stands beside a correction.
const INTAKE: &str = "intake";

/// The marks with those that the typed value takes off and that only a supplement has: they are put on the letter first, so that
/// taking them off is written down and can be taken back.
pub(super) fn with_later(
    field: CorrectionField,
    written: &str,
    place: &Place<'_>,
    shown: &Shown,
) -> Option<String> {
    if field != CorrectionField::Flags {
        return None;
    }
    let own = &shown.row.flags;
    let is_on = |flag: &Flag| own.iter().any(|word| word == flag.as_str());
    let is_later = |flag: &Flag| {
        shown.supplements.iter().any(|later| later.flags.iter().any(|word| word == flag.as_str()))
    };
    // One mail that wants all of it kept from the public is enough.
    let hides = |flags: &Vec<String>| {
        let has = |flag: Flag| flags.iter().any(|word| word == flag.as_str());
        has(Flag::NoPublish) && !has(Flag::NoPublishDetails)
    };
    let is_hidden = hides(own) || shown.supplements.iter().any(|later| hides(&later.flags));
    let later: Vec<Flag> = [Flag::Anonymous, Flag::NoPublish, Flag::NoPublishDetails]
        .into_iter()
        .filter(|flag| is_later(flag) && !is_on(flag) && !is_taken_off(shown, *flag))
        .filter(|flag| !is_hidden || *flag != Flag::NoPublishDetails)
        .collect();
    let with = |more: &[Flag]| -> Vec<String> {
        let has = |flag: &&Flag| is_on(flag) || more.contains(flag);
        Flag::ALL.iter().filter(has).map(|flag| flag.as_str().to_owned()).collect()
    };
    let all = with(&later);
    let left = normal(field, written, &Place { flags: &all, ..*place }).ok().flatten()?;
    let left: Vec<String> = serde_json::from_str(&left).ok()?;
    // What asks for more than a supplement's mark takes nothing off: all of it is hidden by the one mark.
    let is_for_more = hides(&left);
    let later = later.into_iter().filter(|flag| !is_for_more || *flag != Flag::NoPublishDetails);
    let taken: Vec<Flag> = later.filter(|flag| !left.iter().any(|word| word == flag.as_str())).collect();
    (!taken.is_empty()).then(|| words(with(&taken).iter().map(String::as_str)))
}

/// That what was to be kept from the public was who he is, and is what he wrote now too.
pub(super) fn for_more(field: CorrectionField, (old, new): (Option<&str>, Option<&str>)) -> Option<String> {
    let has = |value: Option<&str>, flag: Flag| {
        value.is_some_and(|value| value.contains(&format!("\"{}\"", flag.as_str())))
    };
    let (all, details) = (Flag::NoPublish, Flag::NoPublishDetails);
    let is_more = field == CorrectionField::Flags && has(old, details) && !has(new, details) && has(new, all);
    is_more.then(|| {
        format!(
            "“{}”改为“{}”：其意见也不再公布（export --public 只计数）；只是不愿公开姓名的，撤销本次更正后加“{}”",
            details.short(),
            all.short(),
            Flag::Anonymous.short()
        )
    })
}

/// Whether a person took it off before.
fn is_taken_off(shown: &Shown, flag: Flag) -> bool {
    let has = |value: &Option<String>| {
        let flags: Vec<String> =
            serde_json::from_str(value.as_deref().unwrap_or_default()).unwrap_or_default();
        flags.iter().any(|word| word == flag.as_str())
    };
    let mut of_flags = shown.corrections.iter().filter(|made| made.field == CorrectionField::Flags.as_str());
    let last = of_flags.rfind(|made| has(&made.old_value) != has(&made.new_value));
    last.is_some_and(|made| has(&made.old_value) && made.actor != INTAKE)
}
