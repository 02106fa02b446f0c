//! What mail programs write in the place of a picture.

use crate::details::text::letters::LETTERS;
use crate::vocabulary::language::word_list;

word_list!(
    /// What stands in brackets in the place of a picture.
    PICTURES, LETTERS, "stands for a picture"
);

/// `[图片]`, `[image]`: what a mail program writes where a picture stood, and nothing else.
pub(super) fn stand_in(text: &str) -> bool {
    let text = text.trim();
    let inside = text.strip_prefix(['[', '【']).and_then(|inside| inside.strip_suffix([']', '】']));
    inside.is_some_and(|inside| PICTURES.contains(inside.to_lowercase().as_str()))
}
