//! Texts compared as a reader would compare them.

use unicode_normalization::UnicodeNormalization;

use super::radicals::unified;
use crate::vocabulary::invisible::is_ignorable;

/// Most characters normalised together. Normalising holds eight bytes for each of a run of marks, and no letter bears
/// more than thirty (UAX #15, Stream-Safe Text Format).
const RUN_CHARS: usize = 1_000;

/// What remains of a text when only its letters, digits and Han count: NFKC, without format characters,
/// punctuation, symbols and blanks, in lower case. Two texts that a reader would call the same have one skeleton.
pub fn skeleton(text: &str) -> String {
    let mut skeleton = String::with_capacity(text.len());
    skeleton_into(text, &mut skeleton);
    skeleton
}

/// [`skeleton`] character by character: it may be several times as long as the text.
pub fn skeleton_into(text: &str, skeleton: &mut impl Extend<char>) {
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        let stands_alone = |next: Option<&(usize, char)>| next.is_none_or(|(_, next)| is_plain(*next));
        if is_plain(c) && stands_alone(rest.peek()) {
            match c {
                '\u{4e00}'..='\u{9fff}' => skeleton.extend([c]),
                c if c.is_ascii_alphanumeric() => skeleton.extend([c.to_ascii_lowercase()]),
                _ => {}
            }
            continue;
        }
        let mut characters = 1;
        while characters < RUN_CHARS && rest.next_if(|(_, c)| !is_plain(*c)).is_some() {
            characters += 1;
        }
        let end = rest.peek().map_or(text.len(), |(end, _)| *end);
        let odd = text.get(start..end).unwrap_or_default();
        skeleton.extend(odd.chars().map(abridged).nfkc().flat_map(char::to_lowercase).filter(|c| counts(*c)));
    }
}

/// Two signs of whole phrases stand for a letter each: written out as eighteen and eight letters, a text of them would
/// cost ten times what another costs. A radical is the character that it looks like.
fn abridged(c: char) -> char {
    match c {
        '\u{fdfa}' => 'ص',
        '\u{fdfb}' => 'ج',
        c => unified(c),
    }
}

/// Whether a character never joins what stands before it, and means the same by itself under NFKC, case apart:
/// ASCII, Han, and the punctuation of Chinese texts, of which nothing remains. What follows may still join it.
const fn is_plain(c: char) -> bool {
    matches!(c, '\0'..='\u{7f}' | '\u{4e00}'..='\u{9fff}' | '，' | '。' | '、' | '：' | '；' | '！' | '？'
        | '（' | '）' | '《' | '》' | '“' | '”')
}

/// Whether a character of a normalised text is one that a reader reads.
fn counts(c: char) -> bool {
    match c {
        // Letters by their Unicode class, but marks or fillers to the eye.
        '\u{02b0}'..='\u{02ff}' | '\u{0345}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => false,
        c => c.is_alphanumeric() && !is_ignorable(c),
    }
}
