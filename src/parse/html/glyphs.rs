//! Characters that mean another one by how they are set: raised figures, letters of a font of pictures, pictures of emoji.

use super::MARKUP;

/// The character that a letter of Wingdings shows; `None`: a picture without a character of its own.
pub(super) fn picture(c: char) -> Option<char> {
    let shown = MARKUP.words("letter and picture").find_map(|pair| pair.strip_prefix(c));
    shown.and_then(|shown| shown.chars().next()).or_else(|| c.is_whitespace().then_some(c))
}

/// A raised figure behind a figure or a unit: 10 with a raised 2 is not 102.
pub(super) fn raised(c: char) -> Option<char> {
    Some(match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        '-' | '−' => '⁻',
        '+' => '⁺',
        _ => return None,
    })
}

/// The longest text that stands for a picture of an emoji, in characters: families and flags take many.
const EMOJI_CHARS: usize = 12;

/// Whether the text behind a picture is an emoji or the name of one in brackets (`[强]`): the picture is then part of what is
/// said.
pub(super) fn is_emoji(alt: &str) -> bool {
    let alt = alt.trim();
    let chars = alt.chars().count();
    let is_named = alt.starts_with('[') && alt.ends_with(']') && chars <= 6;
    let is_picture = !alt.contains(|c: char| {
        c.is_alphanumeric() && !c.is_ascii_digit() || c.is_ascii_punctuation() || c.is_whitespace()
    });
    chars > 0 && chars <= EMOJI_CHARS && (is_picture && !alt.is_ascii() || is_named && !is_placeholder(alt))
}

/// `[图片]`: no emoji, but a client's word for a picture.
fn is_placeholder(alt: &str) -> bool {
    MARKUP.words("placeholder of a picture").any(|word| alt.contains(word))
}
