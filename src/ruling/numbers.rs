//! Numbers of ours, as people write them down.

use unicode_normalization::UnicodeNormalization;

use crate::parse::Message;
use crate::vocabulary::invisible::is_ignorable;

/// Most numbers of ours that are looked up for one message.
const MOST_NUMBERS: usize = 8;
/// How many digits such a number has at least and at most.
const FEWEST_DIGITS: usize = 4;
const MOST_DIGITS: usize = 9;
/// Most characters that stand between two parts of a number: a dash with blanks around it, two dashes.
const MOST_BETWEEN: usize = 6;
/// Most characters nobody sees that are skipped in one number.
const MOST_UNSEEN: usize = 64;

/// Numbers of ours in the subject, the text, the header of a message that was returned, and the Message-IDs that the message
/// answers (those of our answers begin with the number), as they stand in the store, each with the index of its consultation,
/// whose prefixes these are.
pub(super) fn of<'a>(message: &Message, prefixes: impl Iterator<Item = &'a str>) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (index, prefix) in prefixes.enumerate() {
        let places =
            [message.subject.as_deref(), Some(message.text.as_str()), message.returned_header.as_deref()];
        let further = message.further_subjects.iter().map(String::as_str);
        let places =
            places.into_iter().flatten().chain(further).chain(message.thread.iter().map(String::as_str));
        for digits in places.flat_map(|place| in_text(prefix, place).take(MOST_NUMBERS)) {
            let number = (index, format!("{prefix}-{digits}"));
            if !found.contains(&number) {
                found.push(number);
            }
        }
    }
    found.truncate(MOST_NUMBERS);
    found
}

/// A number as a person types or pastes it, in the form in which numbers are given out, but for the case of its letters: with any
/// dash or blank between its parts, in any width, with what nobody sees in it, in brackets.
pub fn typed(text: &str) -> String {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    let (mut number, mut apart) = (String::new(), false);
    for c in text.chars() {
        if is_dash(c) || c.is_whitespace() {
            apart = true;
        } else if !is_ignorable(c) {
            if std::mem::take(&mut apart) {
                number.push('-');
            }
            number.extend(std::iter::once(c).nfkc());
        }
    }
    number
}

/// The digits behind each `prefix-` that stands by itself in a text. Letters and digits may be of any case and width, with
/// characters between them that nobody sees; for a dash there may stand any dash, with blanks around it, or blanks alone.
fn in_text(prefix: &str, text: &str) -> impl Iterator<Item = String> {
    let first = prefix.chars().next();
    let mut before = None;
    text.char_indices().filter_map(move |(at, c)| {
        let begins = !before.is_some_and(joins);
        if !is_ignorable(c) {
            before = Some(c);
        }
        let may_begin = begins && first.is_some_and(|first| folded(c) == Some(first.to_ascii_lowercase()));
        if may_begin { Reader::at(text.get(at..)?).number(prefix) } else { None }
    })
}

/// Whether a character goes on with a word: then what stands beside it is another one.
fn joins(c: char) -> bool {
    folded(c).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A character in its ordinary width and in lower case; `None` where it is several.
fn folded(c: char) -> Option<char> {
    // Letters to be lost no time with: Latin ones, and Han.
    if c.is_ascii() || ('\u{3000}'..='\u{d7ff}').contains(&c) {
        return Some(c.to_ascii_lowercase());
    }
    let mut all = std::iter::once(c).nfkc();
    let one = all.next()?;
    all.next().is_none().then(|| one.to_ascii_lowercase())
}

/// Dashes (Unicode category Pd), the minus signs, and what keyboards have for them.
const fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{58a}' | '\u{5be}' | '\u{1400}' | '\u{1806}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2e17}'
                | '\u{2e1a}'
                | '\u{2e3a}'
                | '\u{2e3b}'
                | '\u{2e40}'
                | '\u{2e5d}'
                | '\u{301c}'
                | '\u{3030}'
                | '\u{30a0}'
                | '\u{fe31}'
                | '\u{fe32}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
                | '\u{10ead}'
                | '\u{ad}'
                | '\u{2d7}'
                | '\u{2043}'
                | '\u{207b}'
                | '\u{208b}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{30fc}'
                | '\u{ff70}'
    )
}

/// Reads one number from its first character on.
struct Reader<'a> {
    rest: std::str::Chars<'a>,
    unseen: usize,
}

impl<'a> Reader<'a> {
    fn at(text: &'a str) -> Self {
        Self { rest: text.chars(), unseen: 0 }
    }

    /// The next character that is seen, without taking it. A soft hyphen is a dash, seen or not.
    fn peek(&mut self) -> Option<char> {
        loop {
            let next = self.rest.clone().next()?;
            if !is_ignorable(next) || next == '\u{ad}' || self.unseen == MOST_UNSEEN {
                return Some(next);
            }
            self.unseen += 1;
            self.rest.next();
        }
    }

    fn number(mut self, prefix: &str) -> Option<String> {
        let mut parts = prefix.split('-');
        self.word(parts.next()?)?;
        for part in parts {
            self.dash(true)?;
            self.word(part)?;
        }
        // Digits behind digits and a blank are a sum or a telephone number.
        self.dash(prefix.contains(|c: char| c.is_ascii_alphabetic()))?;
        let mut digits = String::new();
        while let Some(digit) = self.peek().and_then(folded).filter(char::is_ascii_digit) {
            self.rest.next();
            digits.push(digit);
            if digits.len() > MOST_DIGITS {
                return None;
            }
        }
        let ends = digits.len() >= FEWEST_DIGITS && !self.peek().is_some_and(joins);
        ends.then_some(digits)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        for wanted in word.chars() {
            let found = self.peek().and_then(folded)?;
            if found != wanted.to_ascii_lowercase() {
                return None;
            }
            self.rest.next();
        }
        Some(())
    }

    fn dash(&mut self, blank_will_do: bool) -> Option<()> {
        let (mut count, mut dashes) = (0, 0);
        while let Some(next) = self.peek().filter(|c| is_dash(*c) || c.is_whitespace()) {
            self.rest.next();
            count += 1;
            dashes += usize::from(is_dash(next));
        }
        let separates = if blank_will_do { count > 0 } else { dashes > 0 };
        (separates && count <= MOST_BETWEEN).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{in_text, typed};

    #[test]
    fn what_is_typed_becomes_what_was_given_out() {
        for (text, number) in [
            ("LNZX-2024-0001", "LNZX-2024-0001"),
            (" 〔ＬＮＺＸ－２０２４－０００１〕 ", "LNZX-2024-0001"),
            ("LNZX—2024 — 0001", "LNZX-2024-0001"),
            ("LNZX 2024\u{3000}0001。", "LNZX-2024-0001"),
            ("lnzx-2024\u{ad}00\u{200b}01", "lnzx-2024-0001"),
            ("——", ""),
            ("", ""),
        ] {
            assert_eq!(typed(text), number, "{text:?}");
        }
    }

    #[test]
    fn numbers_stand_by_themselves() {
        let found = |text| in_text("LNZX-2024", text).collect::<Vec<_>>();
        assert_eq!(found("编号LNZX-2024-0007，lnzx-2024-123456789。"), ["0007", "123456789"]);
        assert_eq!(found("LNZX-2024-0001.accepted.k3v9@ln.gov.cn"), ["0001"]);
        for none in [
            "XLNZX-2024-0007",
            "LNZX-2024-007",
            "LNZX-2024-1234567890",
            "LNZX-2024-0007a",
            "LNZX-2024-0007_",
            "LNZX-2024",
            "LNZX2024-0007",
            "LNZX-2025-0007",
            "-0007",
            "意-0007",
            "",
        ] {
            assert_eq!(found(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn any_dash_any_width_and_what_nobody_sees() {
        for written in [
            "LNZX—2024—0001",
            "LNZX——2024——0001",
            "LNZX\u{2010}2024\u{2011}0001",
            "LNZX–2024–0001",
            "LNZX−2024−0001",
            "LNZX\u{ad}2024\u{ad}0001",
            "LNZX－２０２４－０００１",
            "ｌｎｚｘ-2024-0001",
            "LNZX - 2024 - 0001",
            "LNZX 2024 0001",
            "LNZX\u{3000}2024\u{a0}0001",
            "LNZX-2024-\r\n0001",
            "L\u{200b}NZX-2024-00\u{feff}0\u{2060}1",
            "\u{200b}LNZX\u{200d}-\u{200d}2024-0001\u{200b}",
            "〔LNZX-2024-0001〕",
        ] {
            assert_eq!(in_text("LNZX-2024", written).collect::<Vec<_>>(), ["0001"], "{written:?}");
        }
        // Where the prefix is nothing but digits, a blank before other digits says nothing.
        assert_eq!(in_text("2024", "2024 0001，2024-0002").collect::<Vec<_>>(), ["0002"]);
        assert_eq!(in_text("", "-0001").count(), 0);
    }

    #[test]
    fn a_flood_of_beginnings_costs_no_more_than_its_length() {
        let flood = "LNZX-2024-".repeat(20_000) + &"L\u{200b}".repeat(200_000);
        assert_eq!(in_text("LNZX-2024", &flood).count(), 0);
    }
}
