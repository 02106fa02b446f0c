//! The marks at the beginning of quoted lines.

use super::signs::HEADERS;
use crate::vocabulary::language::word_list;

word_list!(NUMERALS, HEADERS, "numeral");
word_list!(
    /// Behind a number they make it a day or an hour.
    OF_A_DAY, HEADERS, "of a day");
word_list!(
    /// Words of a line that announces a list of one's own.
    LIST_AHEAD, HEADERS, "own list ahead");
word_list!(
    /// Verbs that end a line which tells who is quoted.
    SPEAKS, HEADERS, "not own list ahead");

/// `>`, as mail has it, and as a web mail leaves it that escapes what it shows.
pub(super) fn is_angle(line: &str) -> bool {
    line.trim_start_matches([' ', '\u{a0}', '\u{3000}', '\u{200e}']).starts_with(['>', '＞'])
        || line.trim_start().starts_with("&gt;")
}

/// Quoting as bulletin boards and old clients do it: `: text`.
pub(super) fn is_bbs(line: &str) -> bool {
    line.starts_with(": ") || line == ":"
}

/// Marks that count only right behind an attribution, because people draw tables and arrows with them.
pub(super) fn is_rare(line: &str) -> bool {
    line.trim_start().starts_with(['|', '}']) || line.starts_with("--] ") || line == "--]"
}

/// Whether a line alone that begins with `: ` quotes something: a value behind a label (`: 138…`) does not.
pub(super) fn is_bbs_sentence(line: &str) -> bool {
    is_bbs(line) && line.chars().filter(|c| c.is_alphabetic()).count() >= SENTENCE_LETTERS
}

/// The letters that a quoted sentence has at least.
const SENTENCE_LETTERS: usize = 6;

/// Whether a line that begins with `>` says how much, and does not quote: `> 50人的单位`, `>30%的住户`. A number of a list
/// stands before a stop: `> 1、`.
pub(super) fn is_comparison(line: &str) -> bool {
    let behind = line.trim_start().trim_start_matches("&gt;").trim_start_matches(['>', '＞', '=', '＝', ' ']);
    let unit = behind.trim_start_matches(|c: char| {
        c.is_numeric() || matches!(c, '.' | ',') || NUMERALS.contains(c.encode_utf8(&mut [0; 4]))
    });
    let is_number = unit.len() < behind.len()
        && !behind.get(..behind.len() - unit.len()).is_some_and(|number| number.ends_with(['.', ',']));
    is_number
        && unit
            .trim_start()
            .starts_with(|c: char| c.is_alphabetic() || matches!(c, '%' | '％' | '‰' | '㎡' | '℃'))
        && OF_A_DAY.at_start(unit.trim_start()).is_none()
}

/// Whether what was written so far ends with words that announce a list: a line that names an address or a time tells who
/// is quoted.
pub(super) fn announces(own: &[&str]) -> bool {
    let Some(line) = own.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty()) else {
        return false;
    };
    line.ends_with(['：', ':'])
        && !line.contains('@')
        && !line.contains(|c: char| c.is_ascii_digit())
        && SPEAKS.at_end(line.trim_end_matches(['：', ':'])).is_none()
        && LIST_AHEAD.inside(line)
}
