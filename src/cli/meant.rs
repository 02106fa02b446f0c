//! A word of the database as staff type it: the word itself, what the lists call it, or another word for it
//! (`rules/language/typed.tsv`).

use super::outcome::{Exit, Failure};
use crate::vocabulary::typed;
use crate::words::Chinese;

/// The value that is meant; the message of the failure names every one, as the lists call it.
pub(super) fn meant<W: Chinese + Copy>(what: &str, all: &[W], written: &str) -> Result<W, Failure> {
    let wanted = typed::folded(written);
    let is = |word: &str| typed::folded(word).eq_ignore_ascii_case(&wanted);
    let called = |value: &&W| [value.word(), value.short(), value.long()].into_iter().any(is);
    let otherwise =
        || typed::meanings(written).find_map(|word| all.iter().find(|value| value.word() == word));
    all.iter().find(called).or_else(otherwise).copied().ok_or_else(|| {
        let known: Vec<String> =
            all.iter().map(|value| format!("{}（{}）", value.short(), value.word())).collect();
        Failure::new(Exit::Usage, format!("没有“{written}”这种{what}；可写：{}", known.join("、")))
    })
}
