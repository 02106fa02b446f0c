//! What holds for any bytes at all. The fuzz targets (`fuzz/`) look for bytes for which it does not; the test
//! [`crate::any_bytes`] asks again of everything in the corpus, what they once found included.

pub(crate) mod decode;
pub(crate) mod reply;
pub(crate) mod ruling;
pub(crate) mod sender_part;

/// One line of text: nothing that could end it or steer a terminal.
#[track_caller]
pub(crate) fn assert_line(what: &str, text: &str) {
    let bad = text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    assert!(bad.is_none(), "{what} holds {bad:?}: {text:?}");
}

/// Running text: LF and tab are its only control characters.
#[track_caller]
pub(crate) fn assert_text(what: &str, text: &str) {
    let bad = text
        .chars()
        .find(|c| c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{2028}' | '\u{2029}'));
    assert!(bad.is_none(), "{what} holds {bad:?}: {text:?}");
}

/// How many letters, digits and Han a text holds; a radical (U+2E80 to U+2FDF) is no letter to Unicode, and is read as the Han
/// that it shows.
pub(crate) fn weight(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric() || matches!(c, '\u{2E80}'..='\u{2FDF}')).count()
}
