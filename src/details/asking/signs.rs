//! A clause as a row of signs: one for each word that a request can be made of, by what the word is there.

use std::cmp::Reverse;
use std::sync::LazyLock;

use crate::details::text::topics::REQUESTS;
use crate::vocabulary::by_character::ByCharacter;
use crate::vocabulary::pattern;

/// The sign of each meaning. `-` stands for nothing: such a word may be anywhere.
const SIGNS: &[(char, &str)] = &[
    ('A', "asks the office"),
    ('a', "asks"),
    ('-', "little"),
    ('o', "own"),
    ('P', "possessive"),
    ('e', "earlier"),
    ('s', "sent"),
    ('j', "about"),
    ('l', "letter"),
    ('L', "letter or verb"),
    ('n', "earlier letter"),
    ('N', "number label"),
    ('w', "take back"),
    ('W', "takes it all back"),
    ('B', "sent wrong"),
    ('k', "delete"),
    ('v', "see"),
    ('G', "give"),
    ('c', "becomes"),
    ('I', "is"),
    ('m', "correct"),
    ('b', "wrong"),
    ('i', "instead"),
    ('y', "by"),
    ('h', "this one"),
    ('H', "this"),
    ('R', "again"),
    ('K', "corrected copy"),
    ('V', "revised copy"),
    ('z', "not"),
    ('u', "publish"),
    ('g', "personal data"),
    ('d', "particular"),
    ('D', "name"),
    ('T', "date unit"),
];

/// So many digits are a telephone number, or one of as much weight.
const LONG_DIGITS: usize = 7;

pattern!(
    /// A number of ours, whatever its prefix.
    NUMBER, r"^[a-z]{1,12}[a-z0-9]*(?:-[a-z0-9]+)*-[0-9]{3,9}$");

pattern!(
    /// `请在登记完成后`, `待统计结束以后`: when something shall be done.
    WHEN_IT_IS_DONE, REQUESTS,
    r"^\s*(?P<asks>(?:⟨asks the office⟩|⟨asks⟩)?)(?P<when>[在等待于][^在等待]{1,12}?(?:之后|以后|后|之前|以前|前)(?:再|即|就|立即)?)"
);

/// The words with their signs, by their first character, the longest first.
static LEXICON: LazyLock<ByCharacter<(&'static str, char)>> = LazyLock::new(|| {
    let words = SIGNS.iter().flat_map(|(sign, meaning)| REQUESTS.words(meaning).map(|word| (word, *sign)));
    let mut words: Vec<(&str, char)> = words.collect();
    words.sort_by_key(|(word, _)| Reverse(word.len()));
    ByCharacter::new(words.into_iter().filter_map(|found| Some((found.0.chars().next()?, found))))
});

/// A clause in signs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// One sign for each word that says something, `x` for what no rule knows, `9` for a telephone number or an address,
    /// `0` for other digits, `t` for a date, `q` for a quotation mark.
    pub(super) row: String,
    /// Something is asked for.
    pub(super) asks: bool,
    /// Somebody else is asked to do it.
    pub(super) asks_office: bool,
}

impl Signs {
    /// The signs of a folded clause.
    pub(super) fn of(clause: &str) -> Self {
        let clause = without_mark(clause).to_ascii_lowercase();
        // 请在登记完成后删除我的电话: when it shall be done changes nothing of what is asked, of one's own.
        if let Some(found) = WHEN_IT_IS_DONE.captures(&clause)
            && let (Some(asks), Some(when)) = (found.name("asks"), found.name("when"))
            && let Some(done) = clause.get(when.end()..)
        {
            let rest = Self::read(&format!("{}{done}", asks.as_str()));
            if rest.row.contains('o') {
                return rest;
            }
        }
        Self::read(&clause)
    }

    /// The signs of a clause in lower case.
    fn read(clause: &str) -> Self {
        let mut row: Vec<char> = Vec::new();
        let mut rest = clause;
        while let Some(first) = rest.chars().next() {
            let (sign, length) = next(rest, first);
            row.extend(sign);
            rest = rest.get(length..).unwrap_or_default();
        }
        Self::joined(row)
    }

    /// Joins digits with what stands beside them and leaves out what may be anywhere.
    fn joined(all: Vec<char>) -> Self {
        let mut signs = Self::default();
        let mut kept: Vec<char> = Vec::with_capacity(all.len());
        for sign in all {
            match (sign, kept.last().copied()) {
                ('A', _) => (signs.asks, signs.asks_office) = (true, true),
                ('a', _) => signs.asks = true,
                ('-', _) | ('T', Some('n')) | ('0', Some('t')) => {}
                ('T', Some('0' | 't')) | ('0' | '9' | 'n', Some('N')) => {
                    kept.pop();
                    kept.push(if sign == 'T' { 't' } else { 'n' });
                }
                ('T', _) => kept.push('x'),
                (sign, _) => kept.push(sign),
            }
        }
        // A possessive matters where it makes a noun of a word that could be a verb.
        let mut at = kept.iter().peekable();
        while let Some(sign) = at.next() {
            let says_something = match sign {
                'P' => at.peek() == Some(&&'L'),
                'N' => false,
                _ => true,
            };
            if says_something {
                signs.row.push(*sign);
            }
        }
        signs
    }

    /// It only greets, thanks or names things.
    pub(super) fn says_nothing(&self) -> bool {
        self.row.chars().all(|sign| matches!(sign, 'o' | 'P' | 'l' | 'L' | 'e' | 's' | 'H' | 'h' | 'n' | 't'))
    }
}

/// The clause without the mark of a numbered point: `3.`
fn without_mark(clause: &str) -> &str {
    let clause = clause.trim_start();
    let behind = clause.trim_start_matches(|c: char| c.is_ascii_digit());
    match behind.strip_prefix(['.', '、']) {
        Some(rest) if behind.len() < clause.len() && !rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => clause,
    }
}

/// The sign of the word that a text begins with, and its length in bytes.
fn next(text: &str, first: char) -> (Option<char>, usize) {
    let length = first.len_utf8();
    if first.is_whitespace() || matches!(first, '、' | '·' | '-' | '*' | '/' | '.' | '_' | '|') {
        return (None, length);
    }
    if first == '《' {
        // A title says which document is meant, and nothing else.
        return (None, text.find('》').map_or(length, |end| end + '》'.len_utf8()));
    }
    if first.is_ascii_digit() {
        return digits(text);
    }
    let ends_here = |length: usize| {
        !first.is_ascii_alphanumeric()
            || !text.get(length..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    let word = LEXICON
        .under(first)
        .find(|(word, _)| text.starts_with(word) && ends_here(word.len()))
        .map(|(word, sign)| (*sign, word.len()));
    if first.is_ascii_alphabetic() {
        let run =
            text.find(|c: char| !(c.is_ascii_alphanumeric() || "@-._+".contains(c))).unwrap_or(text.len());
        let written = text.get(..run).unwrap_or_default();
        let written = written.trim_end_matches(['.', '-', '_']);
        let sign = match word {
            _ if NUMBER.is_match(written) => 'n',
            _ if written.contains('@') => '9',
            Some((sign, length)) => return (Some(sign), length),
            None => 'x',
        };
        return (Some(sign), written.len().max(1));
    }
    match word {
        Some((sign, length)) => (Some(sign), length),
        None if "“”‘’\"'「」『』".contains(first) => (Some('q'), length),
        None if first.is_alphanumeric() => (Some('x'), length),
        None => (None, length),
    }
}

/// Digits with the blanks and dashes between them.
fn digits(text: &str) -> (Option<char>, usize) {
    let run = text.find(|c: char| !(c.is_ascii_digit() || c == '-' || c == ' ')).unwrap_or(text.len());
    let end = text.get(..run).unwrap_or_default().trim_end_matches([' ', '-']).len();
    let count = text.get(..end).unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
    (Some(if count >= LONG_DIGITS { '9' } else { '0' }), end.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_clause_becomes_signs() {
        for (clause, row) in [
            ("请删除LNZX-2024-000012中我的个人信息", "knog"),
            ("我的建议是取消收费", "oPLIkxx"),
            ("我建议取消", "oLk"),
            ("登记编号LNZX-2024-0007的姓名改成张某", "nDcxx"),
            ("电话改为139 0000 1111", "dc9"),
            ("我3月2日发的那封信作废", "otslw"),
            ("please withdraw my comments", "wol"),
            ("3.请撤回LNZX-2024-0007号意见", "wnl"),
            ("withdrawal", "x"),
            ("谢谢", ""),
            ("请在登记完成后删除本人的手机号码", "kod"),
            ("昨天来信里我把第十八条写成了第十九条", "eloxxxbxxx"),
        ] {
            assert_eq!(Signs::of(clause).row, row, "{clause}");
        }
        assert!(Signs::of("请删除").asks_office && !Signs::of("我想删除").asks_office);
    }

    #[test]
    fn no_word_has_two_signs() {
        let mut seen = HashSet::new();
        for (_, meaning) in SIGNS {
            for word in REQUESTS.words(meaning) {
                assert!(seen.insert(word), "{word} has two signs");
            }
        }
    }
}
