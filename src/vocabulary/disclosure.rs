//! Applications for disclosure of government information (政府信息公开条例 art. 29), which are no opinions.

use super::language::language_table;
use super::traditional::simplified;

language_table!(WORDS, "language/disclosure.tsv");

/// Whether a heading (a mail's subject) names such an application. Signs and blanks do not count, nor does the spelling
/// in traditional characters.
pub fn is_application(heading: &str) -> bool {
    let core: String = heading.chars().filter(|c| c.is_alphanumeric()).map(simplified).collect();
    let holds = |meaning: &str| WORDS.words(meaning).any(|word| core.contains(word));
    holds("application") || holds("information") && holds("apply")
}
