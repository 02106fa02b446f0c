//! What may reach a terminal, a log or a file that people open. Mail, file names, servers and the store itself may hold
//! characters that move the cursor, turn the reading direction or cannot be seen: whatever the program says passes here once,
//! at the edge, and not where it is put together.
//!
//! Line ends and tabs stay. What cannot be seen is left out, a joiner between emoji too (terminals draw such sequences each in
//! their own width). Other control characters become U+FFFD. Of signs that stand on top of each other the first few stay.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

use super::invisible::is_ignorable;

/// Signs drawn on top of one character at most. Tibetan and Vietnamese need four.
const MOST_STACKED: usize = 6;

/// What becomes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Shown,
    LeftOut,
    Blank,
    Replaced,
}

/// `stacked`: how many signs stand on the last character by now.
fn fate(c: char, stacked: &mut usize) -> Fate {
    if matches!(c, ' '..='~' | '\n' | '\t' | '\u{4e00}'..='\u{9fff}') {
        *stacked = 0;
        return Fate::Shown;
    }
    // Letters that are blank and format characters outside the general sets: Hangul fillers, vowels of Khmer that are not
    // drawn, shorthand, music.
    let is_unseen = is_ignorable(c)
        || matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{17b4}' | '\u{17b5}' | '\u{180f}'
            | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    match c {
        _ if is_unseen => Fate::LeftOut,
        '\u{2028}' | '\u{2029}' => Fate::Blank,
        c if c.is_control() => Fate::Replaced,
        c if c.width() == Some(0) => {
            *stacked += 1;
            if *stacked > MOST_STACKED { Fate::LeftOut } else { Fate::Shown }
        }
        _ => {
            *stacked = 0;
            Fate::Shown
        }
    }
}

fn is_harmless(text: &str) -> bool {
    let mut stacked = 0;
    text.chars().all(|c| fate(c, &mut stacked) == Fate::Shown)
}

/// A text of one or more lines.
pub fn text(text: &str) -> Cow<'_, str> {
    if is_harmless(text) {
        return Cow::Borrowed(text);
    }
    let mut stacked = 0;
    let mut shown = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match fate(c, &mut stacked) {
            Fate::Shown => shown.push(c),
            Fate::LeftOut => {}
            Fate::Blank => shown.push(' '),
            Fate::Replaced => shown.push(char::REPLACEMENT_CHARACTER),
        }
    }
    Cow::Owned(shown)
}

/// One line: a line end inside would let what stands behind it pass for a line of ours.
pub fn line(line: &str) -> Cow<'_, str> {
    match text(line) {
        shown if shown.contains(['\n', '\t']) => Cow::Owned(shown.replace(['\n', '\t'], " ")),
        shown => shown,
    }
}

/// A JSON text: nothing is lost, for JSON has a way to write each character in ASCII.
pub fn json(json: &str) -> Cow<'_, str> {
    if is_harmless(json) {
        return Cow::Borrowed(json);
    }
    let mut stacked = 0;
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if fate(c, &mut stacked) == Fate::Shown {
            shown.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a text cannot fail.
            let _ = write!(shown, "\\u{unit:04x}");
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_does_not_reach_it() {
        for (raw, shown) in [
            ("意见\u{202e}xcod.exe", "意见xcod.exe"),
            ("\u{1b}]0;x\u{7}\u{9b}31m", "\u{fffd}]0;x\u{fffd}\u{fffd}31m"),
            ("一\r\n二\r三\t四", "一\n二\u{fffd}三\t四"),
            ("a\u{200b}b\u{feff}\u{e0041}\u{3164}\u{61c}\u{2066}\u{ad}", "ab"),
            ("一\u{2028}二\u{85}", "一 二\u{fffd}"),
            ("👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}", "👨👩👧 ❤"),
            // Vietnamese, Tibetan, Uyghur and Mongolian are written as people write them.
            ("Nguyễn e\u{302}\u{301}", "Nguyễn e\u{302}\u{301}"),
            ("བསྒྲུབས་", "བསྒྲུབས་"),
            ("ئۇيغۇر ᠮᠣᠩᠭᠣᠯ", "ئۇيغۇر ᠮᠣᠩᠭᠣᠯ"),
            ("𠮷野家 ①", "𠮷野家 ①"),
        ] {
            assert_eq!(text(raw), shown, "{raw:?}");
        }
        let stacked = text(&format!("x{}y", "\u{301}".repeat(30))).into_owned();
        assert_eq!(stacked, format!("x{}y", "\u{301}".repeat(MOST_STACKED)));
        assert_eq!(line("甲\n2026-01-01 ERROR"), "甲 2026-01-01 ERROR");
    }

    #[test]
    fn json_says_the_same_in_ascii() {
        let value = "a\u{202e}\u{e0041}\u{9b}\u{7f}b";
        let written = serde_json::to_string(value).unwrap();
        let shown = json(&written);
        assert!(shown.is_ascii(), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), value);
    }
}
