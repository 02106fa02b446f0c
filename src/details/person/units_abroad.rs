//! Units whose names are written in other letters than Han: `Example Trading Co., Ltd.`, 심양시조선족기업가협회.

use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::pattern;

language_table!(ORGANIZATIONS, "language/organizations.tsv");
word_list!(KOREAN_ENDINGS, ORGANIZATIONS, "ending in Korean");

pattern!(
    /// Firms with English names: `Example Trading Co., Ltd.`
    LATIN,
    r"^[A-Z][A-Za-z0-9&.,' ()-]{3,80} (?:Co\.?,? ?Ltd\.?|Inc\.?|LLC|Corp\.?|Corporation|Limited|Company|University|Institute|Association|Forum|Council|Society|Federation|Foundation|Club|Group|GmbH|Chamber of Commerce)$"
);

/// Whether a text is the name of one, and nothing else.
pub(super) fn is_one(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase()) && LATIN.is_match(text) || is_korean(text)
}

/// `심양시조선족기업가협회`
fn is_korean(text: &str) -> bool {
    const SYLLABLES: usize = 5;
    const BYTES: usize = 90;
    let is_syllable = |c: char| matches!(c, '가'..='힣' | ' ' | '(' | ')');
    text.len() <= BYTES
        && text.starts_with(|c| matches!(c, '가'..='힣'))
        && text.chars().all(is_syllable)
        && text.chars().nth(SYLLABLES - 1).is_some()
        && text.chars().filter(|c| *c == ' ').take(3).count() < 3
        && KOREAN_ENDINGS.at_end(text).is_some()
}
