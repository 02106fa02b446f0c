//! The comment as the rules look at it: lines of folded text beside the lines as written.

use std::borrow::Cow;
use std::ops::Range;

use super::topics::Topics;

/// Most lines told apart. No letter has more; behind them the rest counts as one line, so that nothing of it is lost and
/// a megabyte of line ends does not become fifty of lines.
const MAX_LINES: usize = 10_000;

/// How many non-empty lines at the end are looked at for a signature.
pub(super) const TAIL_LINES: usize = 6;

/// One line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: usize,
    /// As written, without invisible characters.
    pub(super) raw: &'a str,
    /// Folded: one character for each of `raw`.
    pub(super) text: &'a str,
    /// What the line can concern; a piece of a line keeps those of the whole.
    pub(super) topics: Topics,
}

impl<'a> Line<'a> {
    /// What stands in `raw` where `range` is in `text`.
    pub(super) fn raw_of(&self, range: Range<usize>) -> &'a str {
        if self.raw.len() == self.text.len() {
            return self.raw.get(range).unwrap_or_default();
        }
        let before = self.text.get(..range.start).map_or(0, |text| text.chars().count());
        let inside = self.text.get(range).map_or(0, |text| text.chars().count());
        let mut bounds = self.raw.char_indices().map(|(at, _)| at).chain([self.raw.len()]).skip(before);
        let start = bounds.next().unwrap_or(self.raw.len());
        let end = if inside == 0 { start } else { bounds.nth(inside - 1).unwrap_or(self.raw.len()) };
        self.raw.get(start..end).unwrap_or_default()
    }
}

/// The text without invisible characters, LF line ends, in two spellings of equal length in characters.
pub(super) struct Text {
    raw: String,
    folded: String,
}

impl Text {
    pub(super) fn new(comment: &str) -> Self {
        let ends: Cow<'_, str> = if comment.contains("\r\n") {
            Cow::Owned(comment.replace("\r\n", "\n"))
        } else {
            Cow::Borrowed(comment)
        };
        let mut raw = String::with_capacity(ends.len());
        raw.extend(ends.chars().map(|c| if c == '\r' { '\n' } else { c }).filter(|c| !is_invisible(*c)));
        let folded = fold(&raw);
        Self { raw, folded }
    }

    pub(super) fn lines(&self) -> Vec<Line<'_>> {
        self.raw
            .splitn(MAX_LINES, '\n')
            .zip(self.folded.splitn(MAX_LINES, '\n'))
            .enumerate()
            .map(|(index, (raw, text))| Line { number: index + 1, raw, text, topics: Topics::of(text) })
            .collect()
    }
}

/// The index of the first of the last six non-empty lines.
pub(super) fn tail_start(lines: &[Line<'_>]) -> usize {
    lines
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, line)| !line.text.trim().is_empty())
        .take(TAIL_LINES)
        .last()
        .map_or(lines.len(), |(index, _)| index)
}

/// Full-width forms, odd blanks, colons and dashes in their plain spelling, character for character.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    folded.extend(text.chars().map(fold_char));
    folded
}

/// Folded text in lower case. Han, kana and their punctuation have no case and need no look into tables.
pub(super) fn fold_case(text: &str) -> String {
    let mut folded = fold(text);
    if folded.chars().all(|c| c.is_ascii() || matches!(c, '\u{2000}'..='\u{20ff}' | '\u{2e80}'..='\u{a63f}'))
    {
        folded.make_ascii_lowercase();
        return folded;
    }
    folded.to_lowercase()
}

fn fold_char(c: char) -> char {
    // Nearly every character there is: one look decides.
    if matches!(c, '\u{4e00}'..='\u{9fff}' | '\0'..='\u{9f}') {
        return c;
    }
    match c {
        '\u{a0}' | '\u{3000}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '∶' | '﹕' | '︰' | '\u{fe13}' => ':',
        '﹙' => '(',
        '﹚' => ')',
        '—' | '–' | '―' | '‐' | '‑' | '‒' | '−' | '─' => '-',
        _ => c,
    }
}

/// Format and control characters that carry no text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        || c.is_control() && !matches!(c, '\n' | '\t')
}

/// Whether the character is a Chinese one.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_in_the_folded_line_finds_what_was_written() {
        let text = Text::new("职业：退休（教师）\u{200b}，电话１３８\r\n第二行");
        let lines = text.lines();
        let line = lines[0];
        assert_eq!(line.text, "职业:退休(教师),电话138");
        let start = line.text.find("退休").unwrap();
        let end = line.text.find(',').unwrap();
        assert_eq!(line.raw_of(start..end), "退休（教师）");
        assert_eq!(line.raw_of(line.text.len() - 3..line.text.len()), "１３８");
        assert_eq!(lines[1].raw, "第二行");
    }

    #[test]
    fn what_is_behind_too_many_lines_is_one_line() {
        let text = Text::new(&"好\n".repeat(MAX_LINES + 2));
        let lines = text.lines();
        assert_eq!(lines.len(), MAX_LINES);
        let last = lines.last().unwrap();
        assert_eq!((last.number, last.raw, last.text), (MAX_LINES, "好\n好\n好\n", "好\n好\n好\n"));
    }

    #[test]
    fn folding_the_case_is_folding_and_lower_case() {
        for c in (0..=0x1_ffff).filter_map(char::from_u32) {
            let text = format!("A{c}办");
            assert_eq!(fold_case(&text), fold(&text).to_lowercase(), "{c:?}");
        }
    }

    #[test]
    fn the_tail_is_six_lines_that_say_something() {
        let text = Text::new("1\n2\n\n3\n4\n\n\n5\n6\n7\n");
        let lines = text.lines();
        assert_eq!(lines[tail_start(&lines)].text, "2");
    }
}
