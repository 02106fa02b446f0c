//! Applications for disclosure of government information (政府信息公开条例 art. 29), which are no opinions.
//!
//! This rule is for a subject that names no draft: such a letter has one matter, and two words anywhere tell which. An
//! opinion may hold both words and apply for nothing (建议信息公开栏目公布申请材料); for its sentences `details/flags/fill.rs` asks
//! that they stand as a request does.

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
