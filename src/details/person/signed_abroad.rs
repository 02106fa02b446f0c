//! Who signs in other letters than Han: `Best regards` / `Peter Brown`, `김민수 / 139…`, `Emma Schulz, piano teacher in Dalian`.

use crate::details::person::abroad;
use crate::details::person::name::{Reading, hangul, latin, latin_by_itself};
use crate::details::person::signers::{Words, without_contacts, without_frame};
use crate::details::person::standing::{above_is_closing, below_is_appendix};
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;

/// Who signs on a line, and what he says that he is.
pub(super) fn signer(lines: &[Line<'_>], index: usize) -> Option<Words> {
    let text = lines.get(index)?.text.trim();
    let is_mark = |c: char| !c.is_alphanumeric() && !matches!(c, ')' | ']' | '】');
    let plain = without_frame(text.trim_end_matches(is_mark));
    let one = |name: String, occupation| Words { readings: vec![Reading::Name(name)], occupation };
    if let Some(name) = latin(plain).filter(|name| name.len() == plain.len() && name.contains(' '))
        && above_is_closing(lines, index)
    {
        return Some(one(name, None));
    }
    if text.contains(is_han) || !below_is_appendix(lines, index) {
        return None;
    }
    let short = |name: &String| name.chars().count() <= 4;
    if let Some(name) = latin_by_itself(plain).or_else(|| hangul(plain).filter(short)) {
        return Some(one(name, None));
    }
    // 김민수 / 139…
    if plain.starts_with(|c| matches!(c, '가'..='힣')) {
        let rest = without_contacts(plain);
        let name = hangul(rest.trim_matches([' ', '/', ',', '|'])).filter(short)?;
        return abroad::is_korean_name(&name).then(|| one(name, None));
    }
    let (name, what) = plain.split_once(", ")?;
    let name = latin(name).filter(|read| read.len() == name.len() && read.contains(' '))?;
    Some(one(name, Some(abroad::trade(what)?.to_owned())))
}
