//! Bytes to text: encoded-words (RFC 2047), declared, undeclared and wrongly declared charsets.
//!
//! The rule: strict UTF-8 that is declared, or that yields CJK, is UTF-8; declared Big5 is Big5; strict
//! GB18030 is GB18030; then what was declared; then U+FFFD and a flag. The condition "yields CJK" is there
//! because one in thirty two-character names in GBK is also valid UTF-8 (of Latin or Greek letters).
//! What writes Chinese in seven bits (HZ, ISO-2022, UTF-7) is read as what it is before that.

mod choose;
mod encoded_words;
mod label;
mod looks;
mod mojibake;
mod radicals;
mod seven_bit;
mod skeleton;

pub use radicals::without_radicals;
pub use skeleton::{skeleton, skeleton_into};

pub(crate) use choose::decode_plain;
pub(crate) use encoded_words::{decode_text_words, hex_byte, unescape, word_end};
pub(crate) use looks::{is_beyond_gb2312, mostly_utf8};

use label::Label;

/// Text made from bytes, and how much had to be worked out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decoded {
    /// The text; never holds control characters other than tab and line feed.
    pub text: String,
    /// The charset was missing, wrong or unknown, or raw 8-bit stood where none may be.
    pub repaired: bool,
    /// Some bytes could not be read; U+FFFD stands for them. One that the sender wrote himself, in valid bytes, is text.
    pub lossy: bool,
    /// It was read wrongly on its way and cannot be turned back without a loss: a person has to see it.
    pub garbled: bool,
}

impl Decoded {
    /// Takes over what decoding some other text met.
    pub(crate) fn note(&mut self, other: &Self) {
        self.repaired |= other.repaired;
        self.lossy |= other.lossy;
        self.garbled |= other.garbled;
    }

    /// Appends another text, and what decoding it met.
    pub(crate) fn append(&mut self, other: &Self) {
        self.text.push_str(&other.text);
        self.note(other);
    }

    /// The same text with `edit` applied; the flags stay.
    fn map(self, edit: impl FnOnce(&str) -> String) -> Self {
        Self { text: edit(&self.text), ..self }
    }
}

/// Text of a header field's raw value (folds included, line end excluded).
///
/// The text is one line without control characters: a line break inside an encoded-word, which some use to
/// smuggle further fields into answers, becomes a blank. Outer blanks are cut. `beside`: the charset that the message
/// declares for its text, which is what raw 8-bit in its header is in, if anything says so.
pub fn decode_header(raw: &[u8], beside: Option<&str>) -> Decoded {
    encoded_words::decode_words(raw, Label::of_header(beside)).map(one_line)
}

/// The same of a field in which encoded-words are nothing but their letters. Raw 8-bit that is UTF-8 is UTF-8 there (RFC 6532
/// section 3.1), whatever hanzi its bytes would make.
pub(crate) fn undecoded_header(raw: &[u8], beside: Option<&str>) -> Decoded {
    match std::str::from_utf8(raw) {
        Ok(text) if !raw.is_ascii() => Decoded { text: one_line(text), repaired: true, ..Decoded::default() },
        _ => choose::as_declared(raw, Label::of_header(beside)).map(one_line),
    }
}

/// Raw text of a header field, encoded-words and control characters kept.
pub(crate) fn decode_raw(raw: &[u8], beside: Option<&str>) -> Decoded {
    choose::decode_labelled(raw, Label::of_header(beside))
}

/// Text of a body part after its transfer encoding was undone. Line ends become LF, other control characters
/// except tab are dropped.
pub fn decode_body(bytes: &[u8], declared: Option<&str>) -> Decoded {
    decode_plain(bytes, declared).map(clean_lines)
}

/// [`decode_body`] of which at most so many bytes of text are kept, and whether that is less than all. One byte may
/// become three, so the text is cut before it is copied.
pub(crate) fn decode_body_within(bytes: &[u8], declared: Option<&str>, most: usize) -> (Decoded, bool) {
    let mut decoded = decode_plain(bytes, declared);
    let cut = decoded.text.len() > most;
    if cut {
        decoded.text.truncate(decoded.text.floor_char_boundary(most));
        decoded.text.shrink_to_fit();
    }
    (decoded.map(clean_lines), cut)
}

/// One line of text without control characters, outer blanks cut.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' | '\n' => {
                if c == '\r' {
                    chars.next_if_eq(&'\n');
                }
                // The blank behind a fold stands for it (RFC 5322 section 2.2.3); other breaks part words.
                if !matches!(chars.peek(), Some(' ' | '\t')) {
                    line.push(' ');
                }
            }
            '\t' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => line.push(' '),
            c if c.is_control() => {}
            c => line.push(c),
        }
    }
    let trimmed = line.trim();
    if trimmed.len() == line.len() { line } else { trimmed.to_owned() }
}

/// Text with LF line ends and no control character but tab and LF.
fn clean_lines(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\n' | '\t' => clean.push(c),
            // All of these end a line (UAX #14, class BK); databases and editors write them into texts.
            '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => clean.push('\n'),
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

#[cfg(test)]
mod tests;
