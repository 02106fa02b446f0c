//! Lists in a letter that hold no opinions: of attachments, of sources, of those who sign.

use crate::details::text::fold::is_han;
use crate::details::text::letters::LETTERS;
use crate::details::text::numeral::is_to_ten;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

/// The longest line that begins or continues such a list, in bytes.
const LINE_BYTES: usize = 300;

pattern!(
    /// `附件：1.旧表格样张`, `参考文件：`, `签名住户：`.
    HEADING, LETTERS,
    r"^\s*[(\[【]?(?:⟨list of papers⟩(?:如下|目录|清单)?|⟨signatures⟩(?:的)?⟨who signs in a list⟩?(?:名单|如下)?)[)\]】]?\s?:"
);

word_list!(
    /// What no list of papers says.
    PROPOSES, LETTERS, "proposes"
);

/// Whether a line is the heading of such a list.
pub(super) fn begins(text: &str) -> bool {
    text.len() <= LINE_BYTES
        && text.contains(':')
        && HEADING.find(text).is_some_and(|heading| {
            let rest = text.get(heading.end()..).unwrap_or_default();
            !PROPOSES.inside(rest) && !rest.contains('。')
        })
}

/// Whether a line below goes on with the list: a numbered line, or a few words.
pub(super) fn goes_on(text: &str) -> bool {
    const WORDS: usize = 16;
    let numbered = text.trim_start().trim_start_matches(['(', '[', '【']).starts_with(|c: char| {
        c.is_ascii_digit() || is_to_ten(c) || matches!(c, '①'..='⑳' | '-' | '·' | '•' | '●' | '《')
    });
    let words = text.chars().filter(|c| is_han(*c)).count();
    text.len() <= LINE_BYTES
        && (numbered || words <= WORDS && !text.contains(['。', '!', '?']))
        && !PROPOSES.inside(text)
}
