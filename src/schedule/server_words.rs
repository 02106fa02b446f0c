//! What mail servers say, as data: `rules/language/server_words.tsv`.

use crate::vocabulary::language::language_table;

language_table!(pub(super) SERVER_WORDS, "language/server_words.tsv");

/// A server's words, made ready to be asked.
pub(super) struct Said {
    words: String,
    /// The enhanced status code at their beginning (RFC 3463): `5.7.1`.
    code: Option<String>,
}

impl Said {
    pub(super) fn new(words: &str) -> Self {
        let words = words.to_lowercase();
        let first = words.split([' ', '-', '\t']).next().unwrap_or_default();
        let code = is_enhanced(first).then(|| first.to_owned());
        Self { words, code }
    }

    /// Whether a word of one meaning stands in them, from the beginning of a word on.
    pub(super) fn has(&self, meaning: &str) -> bool {
        SERVER_WORDS.words(meaning).any(|word| !is_enhanced(word) && self.contains(word))
    }

    /// Whether the enhanced status code has this meaning.
    pub(super) fn has_code(&self, meaning: &str) -> bool {
        self.code.as_deref().is_some_and(|code| SERVER_WORDS.words(meaning).any(|word| word == code))
    }

    fn contains(&self, word: &str) -> bool {
        let opens_a_word = word.starts_with(|c: char| c.is_ascii_alphanumeric());
        self.words.match_indices(word).any(|(at, _)| {
            let before = self.words.get(..at).and_then(|text| text.chars().next_back());
            !(opens_a_word && before.is_some_and(|c| c.is_ascii_alphanumeric()))
        })
    }

    pub(super) fn words(&self) -> &str {
        &self.words
    }
}

/// Whether a word has the form of an enhanced status code of a final refusal.
fn is_enhanced(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(is_number)
}
