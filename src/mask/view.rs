//! A line as numbers and words are looked for in it: in one spelling, without what nobody sees, and digits as digits however
//! they are drawn. Each place of it leads back to the text.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use crate::details::text::fold::fold;
use crate::vocabulary::invisible::is_ignorable;

/// Digits that are no plain ones count from this many on: 二〇二四年 and ① are words and marks.
const FEWEST_DIGITS: usize = 7;

/// A line and its image.
pub(super) struct View<'a> {
    raw: &'a str,
    /// The image.
    pub(super) text: String,
    /// Where each character of the image begins, there and in the raw text.
    places: Vec<(usize, usize)>,
}

impl<'a> View<'a> {
    /// The characters of the image in lower case, with where each begins there.
    pub(super) fn signs(&self) -> (Vec<usize>, Vec<char>) {
        self.text.char_indices().map(|(at, c)| (at, c.to_ascii_lowercase())).unzip()
    }

    pub(super) fn of(raw: &'a str) -> Self {
        let seen =
            raw.char_indices().filter(|(_, c)| c.is_ascii() || !is_ignorable(*c) && c.width() != Some(0));
        let plain: String = seen.clone().map(|(_, c)| c).collect();
        // Folding goes character by character.
        let mut signs: Vec<(char, usize)> = fold(&plain).chars().zip(seen.map(|(at, _)| at)).collect();
        spell_digits(&mut signs);
        let mut view =
            Self { raw, text: String::with_capacity(raw.len()), places: Vec::with_capacity(signs.len()) };
        for (c, at) in signs {
            view.places.push((view.text.len(), at));
            view.text.push(c);
        }
        view
    }

    /// Where a range of the image lies in the raw text.
    pub(super) fn raw_range(&self, range: &Range<usize>) -> Range<usize> {
        let at = |image: usize| {
            let place = self.places.partition_point(|(start, _)| *start < image);
            self.places.get(place).map_or(self.raw.len(), |(_, raw)| *raw)
        };
        at(range.start)..at(range.end)
    }

    /// The raw text with masks for these ranges of the image. Of two that overlap the first counts, the longer of two that begin
    /// together.
    pub(super) fn masked(&self, mut found: Vec<(Range<usize>, String)>, masked: &mut String) {
        found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let (mut done, mut raw_done) = (0, 0);
        for (range, mask) in found {
            if range.start < done || range.is_empty() {
                continue;
            }
            let raw = self.raw_range(&range);
            masked.push_str(self.raw.get(raw_done..raw.start).unwrap_or_default());
            masked.push_str(&mask);
            (done, raw_done) = (range.end, raw.end);
        }
        masked.push_str(self.raw.get(raw_done..).unwrap_or_default());
    }
}

/// Digits that people draw, circle or write out, as plain ones, where they make a number.
fn spell_digits(signs: &mut [(char, usize)]) {
    let mut at = 0;
    while let Some(rest) = signs.get_mut(at..).filter(|rest| !rest.is_empty()) {
        let (length, makes_number) = run(rest);
        if makes_number {
            rest.iter_mut().take(length).for_each(|(c, _)| *c = digit(*c).unwrap_or(*c));
        }
        at += length.max(1);
    }
}

/// How many signs from here on are digits with single blanks, and whether they make a number that is not written plainly.
fn run(signs: &[(char, usize)]) -> (usize, bool) {
    let (mut length, mut digits, mut drawn) = (0, 0, false);
    for (index, (c, _)) in signs.iter().enumerate() {
        if digit(*c).is_some() {
            digits += 1;
            drawn |= !c.is_ascii();
            length = index + 1;
        } else if index == 0 || index > length || !matches!(c, ' ' | '-' | '.' | '_') {
            break;
        }
    }
    (length, drawn && digits >= FEWEST_DIGITS)
}

/// The digit that a sign stands for.
pub(super) fn digit(c: char) -> Option<char> {
    if c.is_ascii_digit() {
        return Some(c);
    }
    let code = u32::from(c);
    let from = |zero: u32| char::from_digit(code - zero, 10);
    let han = |digits: &str| {
        digits
            .chars()
            .position(|found| found == c)
            .and_then(|at| char::from_digit(u32::try_from(at).ok()?, 10))
    };
    match c {
        '①'..='⑨' => from(0x2460 - 1),
        '❶'..='❾' => from(0x2776 - 1),
        '➀'..='➈' => from(0x2780 - 1),
        '➊'..='➒' => from(0x278a - 1),
        '⓵'..='⓽' => from(0x24f5 - 1),
        '⑴'..='⑼' => from(0x2474 - 1),
        '⒈'..='⒐' => from(0x2488 - 1),
        '㈠'..='㈨' => from(0x3220 - 1),
        '㊀'..='㊈' => from(0x3280 - 1),
        '⓪' | '⓿' | '🄋' | '🄌' | '〇' | '○' | '零' => Some('0'),
        '₀'..='₉' => from(0x2080),
        '⁰' | '⁴'..='⁹' => from(0x2070),
        '¹' | '幺' => Some('1'),
        '²' | '³' => from(0xb0),
        '𝟎'..='𝟿' => char::from_digit((code - 0x1d7ce) % 10, 10),
        '\u{660}'..='\u{669}' => from(0x660),
        '\u{6f0}'..='\u{6f9}' => from(0x6f0),
        '\u{966}'..='\u{96f}' => from(0x966),
        '\u{f20}'..='\u{f29}' => from(0xf20),
        '\u{1810}'..='\u{1819}' => from(0x1810),
        '\u{4e00}'..='\u{9fff}' => han("零一二三四五六七八九")
            .or_else(|| han("零壹贰叁肆伍陆柒捌玖"))
            .or_else(|| han("零壹貳參肆伍陸柒捌玖")),
        _ => None,
    }
}
