//! The words of labels, and how they may be spread.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::details::form::label::Label;
use crate::vocabulary::language::{language_table, word_list};

language_table!(pub(super) LABELS, "language/labels.tsv");
word_list!(
    /// Whose a thing is, before its label: 本人电话.
    pub(crate) OWNERS, LABELS, "owner"
);
language_table!(SIGNATURES, "language/signatures.tsv");
word_list!(
    /// Whose contact person is asked for: 秘书处联系人.
    pub(crate) BEFORE_A_CONTACT, SIGNATURES, "before a contact"
);
/// The labels, by the meaning of their words.
const MEANINGS: [(Label, &str); 12] = [
    (Label::Name, "name"),
    (Label::Contact, "contact"),
    (Label::Occupation, "occupation"),
    (Label::Position, "position"),
    (Label::Organization, "organization"),
    (Label::Phone, "phone"),
    (Label::Email, "email"),
    (Label::Fax, "fax"),
    (Label::Messenger, "messenger"),
    (Label::Opinion, "opinion"),
    (Label::Other, "address"),
    (Label::Other, "other"),
];

/// The words of a label as alternatives of an expression that folds case, with the blanks by which people spread them.
pub(crate) fn alternatives(meanings: &[&str], wanted: impl Fn(&str) -> bool) -> String {
    let mut words: Vec<&str> = meanings.iter().flat_map(|meaning| LABELS.words(meaning)).collect();
    words.retain(|word| wanted(word));
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let spread = |word: &&str| {
        let signs =
            word.chars().map(|c| if c == ' ' { r"\s".to_owned() } else { regex::escape(&c.to_string()) });
        signs.collect::<Vec<_>>().join(if word.is_ascii() { "" } else { r"\s*" })
    };
    words.iter().map(spread).collect::<Vec<_>>().join("|")
}

type ByFirst = HashMap<char, Vec<(Vec<char>, Label)>>;

/// The words by their first character, longest first.
static BY_FIRST: LazyLock<ByFirst> = LazyLock::new(|| {
    let mut by_first: ByFirst = HashMap::new();
    let words =
        MEANINGS.iter().flat_map(|(label, meaning)| LABELS.words(meaning).map(move |word| (word, *label)));
    for (word, label) in words {
        let word: Vec<char> = word.chars().collect();
        if let Some(first) = word.first() {
            by_first.entry(*first).or_default().push((word, label));
        }
    }
    for words in by_first.values_mut() {
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }
    by_first
});

/// The longest word of the table at the start of `text`, and its length with the blanks inside.
pub(crate) fn longest_word(text: &str) -> Option<(Label, usize)> {
    let first = text.chars().next()?.to_ascii_lowercase();
    BY_FIRST.get(&first)?.iter().find_map(|(word, label)| Some((*label, word_length(text, word)?)))
}

fn word_length(text: &str, word: &[char]) -> Option<usize> {
    const BLANKS: usize = 8;
    let mut at = 0;
    for (index, expected) in word.iter().enumerate() {
        let mut rest = text.get(at..)?;
        // 姓　名, 联 系 电 话; Latin words are not spread.
        if index > 0 && !expected.is_ascii() {
            let trimmed = rest.trim_start_matches(' ');
            let blanks = rest.len() - trimmed.len();
            if blanks > BLANKS {
                return None;
            }
            at += blanks;
            rest = trimmed;
        }
        let c = rest.chars().next()?;
        if c != *expected && c.to_ascii_lowercase() != *expected {
            return None;
        }
        at += c.len_utf8();
    }
    let ends_latin = word.last().is_some_and(char::is_ascii_alphanumeric);
    let behind = text.get(at..)?;
    // tel13800138000: a number of seven digits at least is no part of the word.
    let goes_on = behind.starts_with(|c: char| c.is_ascii_alphanumeric())
        && behind.bytes().take_while(u8::is_ascii_digit).count() < 7;
    (!(ends_latin && goes_on)).then_some(at)
}
