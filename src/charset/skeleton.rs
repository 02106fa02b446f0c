//! Texts compared as a reader would compare them.

use unicode_normalization::UnicodeNormalization;

/// What remains of a text when only its letters, digits and Han count: NFKC, without format characters,
/// punctuation, symbols and blanks, in lower case. Two texts that a reader would call the same have one skeleton.
pub fn skeleton(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| counts(*c)).collect()
}

/// Whether a character of a normalised text is one that a reader reads.
fn counts(c: char) -> bool {
    match c {
        // Letters by their Unicode class, but marks or fillers to the eye.
        '\u{02b0}'..='\u{02ff}' | '\u{0345}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => false,
        c => c.is_alphanumeric() && !is_format(c),
    }
}

/// Whether a character is invisible (general category Cf, or a filler): it stays in texts but never counts.
pub(crate) fn is_format(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}
