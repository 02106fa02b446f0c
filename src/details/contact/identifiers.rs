//! Numbers that identify people and companies: identity cards, bank cards, credit codes.

use std::ops::Range;

use crate::details::text::fold::last_bytes;
use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::pattern;

language_table!(pub(crate) NUMBERS, "language/numbers.tsv");
word_list!(CASE_NUMBERS, NUMBERS, "case number");

/// What kind of number stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identifier {
    /// 公民身份号码, GB 11643: 18 places, or 15 before 1999 behind its label.
    IdentityCard,
    /// A payment card, 16 to 19 digits (ISO/IEC 7812).
    BankCard,
    /// 统一社会信用代码, GB 32100: a company's, not personal.
    CreditCode,
    /// Any other long run of digits.
    Other,
}

pattern!(
    /// Runs of digits and letters.
    RUN,
    r"[0-9A-Za-z]{14,}"
);

pattern!(
    /// Numbers written in groups, as on the card.
    GROUPED,
    r"(?-u:\b)(?:\d{6}[ -]\d{8}[ -]\d{3}[\dXx]|\d{6}[ -]\d{4}[ -]\d{4}[ -]\d{3}[\dXx]|\d{4}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?|\d{6}[ -]\d{10,13})(?-u:\b)"
);

pattern!(pub(crate) CARD_18, r"^[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]$");

pattern!(CARD_15, r"^[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}$");

pattern!(
    /// Mobile numbers behind a country code are long runs of digits too.
    INTERNATIONAL,
    r"^(?:00)?860?1[3-9]\d{9}$"
);

/// All identifying numbers of a folded line, in order, with their places.
pub(crate) fn find(text: &str) -> Vec<(Identifier, Range<usize>)> {
    if !has_digits_enough(text) {
        return Vec::new();
    }
    let mut found: Vec<(Identifier, Range<usize>)> = RUN
        .find_iter(text)
        .filter_map(|run| {
            let before = last_bytes(text, run.start(), 40);
            Some((kind(run.as_str(), before)?, run.range()))
        })
        .collect();
    let single = found.len();
    if text.contains([' ', '-']) {
        found.extend(GROUPED.find_iter(text).map(|run| (grouped_kind(run.as_str()), run.range())));
    }
    if found.len() > single {
        found.sort_by_key(|(_, range)| range.start);
    }
    found
}

/// Whether a line has as many digits as the shortest identifying number, a credit code; most have not.
fn has_digits_enough(text: &str) -> bool {
    const FEWEST: usize = 8;
    let ascii = text.bytes().filter(u8::is_ascii_digit).take(FEWEST).count();
    ascii == FEWEST || ascii + text.chars().filter(|c| is_foreign_digit(*c)).take(FEWEST).count() >= FEWEST
}

/// Decimal digits of other scripts, which `\d` takes too; none stands among Han and their punctuation.
fn is_foreign_digit(c: char) -> bool {
    matches!(c, '\u{660}'..='\u{1fff}' | '\u{a620}'..) && c.is_numeric()
}

/// The places of a line where no telephone number may be looked for.
pub(crate) fn identifier_ranges(text: &str) -> Vec<Range<usize>> {
    find(text).into_iter().map(|(_, range)| range).collect()
}

fn grouped_kind(run: &str) -> Identifier {
    let plain: String = run.chars().filter(char::is_ascii_alphanumeric).collect();
    if CARD_18.is_match(&plain) { Identifier::IdentityCard } else { Identifier::BankCard }
}

fn kind(plain: &str, before: &str) -> Option<Identifier> {
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    if INTERNATIONAL.is_match(plain) {
        return None;
    }
    let trimmed = before.trim_end_matches([' ', ':', '是', '为']);
    if CASE_NUMBERS.at_end(trimmed).is_some() {
        return Some(Identifier::Other);
    }
    if CARD_18.is_match(plain) {
        return Some(Identifier::IdentityCard);
    }
    if CARD_15.is_match(plain) && before.contains("身份证") {
        return Some(Identifier::IdentityCard);
    }
    if plain.len() == 18
        && (8..18).contains(&digits)
        && plain.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
    {
        return Some(Identifier::CreditCode);
    }
    if digits == plain.len() && (16..=19).contains(&digits) {
        return Some(Identifier::BankCard);
    }
    (digits >= 14).then_some(Identifier::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Identifier> {
        find(text).into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn kinds_of_long_numbers() {
        assert_eq!(kinds("身份证210102199003071234"), [Identifier::IdentityCard]);
        assert_eq!(kinds("11010519491231002X"), [Identifier::IdentityCard]);
        assert_eq!(kinds("身份证号:210102900307123"), [Identifier::IdentityCard]);
        assert_eq!(kinds("6222020000000000000"), [Identifier::BankCard]);
        assert_eq!(kinds("6222 0200 0000 0000"), [Identifier::BankCard]);
        assert_eq!(kinds("91210100MA0XYZ1234"), [Identifier::CreditCode]);
        assert_eq!(kinds("008613800138000 024-25550101-8012"), []);
    }
}
