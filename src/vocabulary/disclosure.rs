//! Applications for disclosure of government information (政府信息公开条例 art. 29), which are no opinions.

use crate::vocabulary::language::language_table;

language_table!(WORDS, "language/disclosure.tsv");

/// Whether a heading (a subject's letters and Han) names such an application.
pub fn is_application(heading: &str) -> bool {
    let holds = |meaning: &str| WORDS.words(meaning).any(|word| heading.contains(word));
    holds("application") || holds("information") && holds("apply")
}

/// The words that the rule rests on.
pub fn words() -> impl Iterator<Item = &'static str> {
    WORDS.rows().iter().map(|row| row.word)
}
