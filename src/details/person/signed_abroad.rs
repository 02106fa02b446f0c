//! Who signs in other letters than Han: `Best regards` / `Peter Brown`, `김민수 / 139…`, `Emma Schulz, piano teacher in Dalian`.

use crate::details::person::abroad;
use crate::details::person::name::{Reading, hangul, latin, latin_by_itself};
use crate::details::person::signers::{Words, without_contacts, without_frame};
use crate::details::person::standing::{above_is_closing, below_is_appendix, number_is_below};
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::vocabulary::language::word_list;

word_list!(
    /// Thanks and greetings, which stand where names do.
    NO_NAMES, abroad::ABROAD, "no name abroad"
);

/// A name in letters of which no list of names is: `ئايگۈل تۇرسۇن`, `བཀྲ་ཤིས་`. Told by its place alone: below a finished sentence,
/// few words of one script, no mark, and nothing but dates and numbers below it.
fn in_other_scripts(lines: &[Line<'_>], index: usize) -> Option<String> {
    const WORDS: usize = 4;
    const NAME_CHARS: usize = 40;
    let text = lines.get(index)?.text.trim();
    let script = |c: char| {
        let ranges = [('\u{600}', '\u{6ff}'), ('\u{f00}', '\u{fff}'), ('\u{1800}', '\u{18af}')];
        ranges.iter().position(|(first, last)| (*first..=*last).contains(&c))
    };
    // The number may stand on the line.
    let plain = without_contacts(text);
    let plain = plain.trim();
    let own = script(plain.chars().next()?)?;
    let is_letter = |c: char| {
        script(c) == Some(own) && !matches!(c, '،' | '؛' | '؟' | '۔' | '།' | '༎' | '᠂' | '᠃') || c == ' '
    };
    let words = plain.split_whitespace().count();
    let numbered = plain.len() < text.len() || number_is_below(lines, index);
    let above =
        lines.get(..index)?.iter().rev().map(|line| line.text.trim_end()).find(|text| !text.is_empty())?;
    let ends = above.ends_with(['.', '!', '?', '؟', '۔', '།', '༎', '᠃', '。']);
    let fewest = if own == 0 && !numbered { 2 } else { 1 };
    let fits = (fewest..=WORDS).contains(&words)
        && plain.chars().all(is_letter)
        && plain.chars().take(NAME_CHARS + 1).count() <= NAME_CHARS
        && ends
        && index > 0
        && !NO_NAMES.inside(plain);
    fits.then(|| plain.to_owned())
}

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
    if let Some(name) = in_other_scripts(lines, index) {
        return Some(one(name, None));
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
