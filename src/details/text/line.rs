//! The comment as the rules look at it: lines of folded text beside the lines as written.

use std::borrow::Cow;
use std::ops::Range;

use crate::details::text::fold::{as_written, fold};
use crate::details::text::letters::announcement_length;
use crate::details::text::topics::Topics;
use crate::vocabulary::invisible;

/// Most lines told apart. No letter has more; behind them the rest counts as one line, so that nothing of it is lost and
/// a megabyte of line ends does not become fifty of lines.
const MAX_LINES: usize = 10_000;

/// The longest line that rules look at, in bytes: no expression runs over more. A longer one is cut into several.
const LINE_BYTES: usize = 16 * 1024;

/// How far before that a good place to cut is looked for, in bytes.
const CUT_BYTES: usize = 1024;

/// How many non-empty lines at the end are looked at for a signature.
pub(crate) const TAIL_LINES: usize = 6;

/// One line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    /// Counted from 1.
    pub(crate) number: usize,
    /// As written, without invisible characters.
    pub(crate) raw: &'a str,
    /// Folded: one character for each of `raw`.
    pub(crate) text: &'a str,
    /// What the line can concern; a piece of a line keeps those of the whole.
    pub(crate) topics: Topics,
    /// It goes on with a line that was too long.
    pub(crate) continues: bool,
}

impl<'a> Line<'a> {
    /// A word found in this line, as the writer spelled it.
    pub(crate) fn spelled(&self, word: &str) -> String {
        as_written(word, self.text, self.raw)
    }

    /// What stands in `raw` where `range` is in `text`.
    pub(crate) fn raw_of(&self, range: Range<usize>) -> &'a str {
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
pub(crate) struct Text<'a> {
    raw: Cow<'a, str>,
    folded: String,
}

impl<'a> Text<'a> {
    pub(crate) fn new(comment: &'a str) -> Self {
        let ends: Cow<'_, str> = if comment.contains("\r\n") {
            Cow::Owned(comment.replace("\r\n", "\n"))
        } else {
            Cow::Borrowed(comment)
        };
        let raw = if ends.contains(|c| c == '\r' || is_invisible(c)) {
            let mut raw = String::with_capacity(ends.len());
            raw.extend(ends.chars().map(|c| if c == '\r' { '\n' } else { c }).filter(|c| !is_invisible(*c)));
            Cow::Owned(raw)
        } else {
            ends
        };
        let folded = fold(&raw);
        Self { raw, folded }
    }

    /// The lines of a text that stands outside the comment: evidence has no line there.
    pub(crate) fn lines_outside(&self) -> Vec<Line<'_>> {
        let mut lines = self.lines();
        for line in &mut lines {
            line.number = 0;
        }
        lines
    }

    pub(crate) fn lines(&self) -> Vec<Line<'_>> {
        let raw = self.raw.splitn(MAX_LINES, '\n');
        let mut lines = Vec::with_capacity(raw.clone().count());
        for (index, (mut raw, mut text)) in raw.zip(self.folded.splitn(MAX_LINES, '\n')).enumerate() {
            let mut line = Line { number: index + 1, raw, text, topics: Topics::default(), continues: false };
            // `补充个人信息：张三，职业是教师`: what is announced is a line of its own.
            let mut announced = announcement_length(text);
            while text.len() > LINE_BYTES || announced > 0 {
                let is_announcement = announced > 0;
                let at = if announced > 0 { std::mem::take(&mut announced) } else { cut(text) };
                let (piece, rest) = text.split_at_checked(at).unwrap_or((text, ""));
                let characters = piece.chars().count();
                let end = raw.char_indices().nth(characters).map_or(raw.len(), |(at, _)| at);
                let (raw_piece, raw_rest) = raw.split_at_checked(end).unwrap_or((raw, ""));
                lines.push(Line { raw: raw_piece, text: piece, topics: Topics::of(piece), ..line });
                line.continues = !is_announcement;
                (raw, text) = (raw_rest, rest);
            }
            lines.push(Line { raw, text, topics: Topics::of(text), ..line });
        }
        lines
    }
}

/// Where a text that is longer than [`LINE_BYTES`] is cut, in bytes: behind the last sentence, clause or word that ends
/// before the limit, if one does.
pub(crate) fn cut(text: &str) -> usize {
    let end = text.floor_char_boundary(LINE_BYTES);
    let near = text.floor_char_boundary(LINE_BYTES - CUT_BYTES);
    let tail = text.get(near..end).unwrap_or_default();
    let behind = |ends: fn(char) -> bool| {
        tail.char_indices().rfind(|(_, c)| ends(*c)).map(|(at, c)| near + at + c.len_utf8())
    };
    behind(|c| matches!(c, '\n' | '。' | ';' | '!' | '?' | '；' | '！' | '？'))
        .or_else(|| behind(|c| matches!(c, ',' | '，' | '、')))
        .or_else(|| behind(char::is_whitespace))
        .or_else(|| behind(|c| !c.is_alphanumeric()))
        .unwrap_or(end)
}

/// The pieces of a text, each no longer than [`LINE_BYTES`].
pub(crate) fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let end = if text.len() > LINE_BYTES { cut(text) } else { text.len() };
        let (piece, rest) = text.split_at_checked(end)?;
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The index of the first of the last six non-empty lines.
pub(crate) fn tail_start(lines: &[Line<'_>]) -> usize {
    lines
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, line)| !line.text.trim().is_empty())
        .take(TAIL_LINES)
        .last()
        .map_or(lines.len(), |(index, _)| index)
}

/// Format and control characters that carry no text.
fn is_invisible(c: char) -> bool {
    invisible::is_invisible(c) || c.is_control() && !matches!(c, '\n' | '\t')
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
        let comment = "好\n".repeat(MAX_LINES + 2);
        let text = Text::new(&comment);
        let lines = text.lines();
        assert_eq!(lines.len(), MAX_LINES);
        let last = lines.last().unwrap();
        assert_eq!((last.number, last.raw, last.text), (MAX_LINES, "好\n好\n好\n", "好\n好\n好\n"));
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_behind_a_sentence() {
        let long = "建议：增加窗口。".repeat(2_000) + &"１".repeat(2 * LINE_BYTES);
        let text = Text::new(&long);
        let lines = text.lines();
        assert_eq!(lines.iter().map(|line| line.raw).collect::<String>(), long);
        assert!(lines.iter().all(|line| line.text.len() <= LINE_BYTES && line.number == 1));
        assert!(lines[0].text.ends_with('。') && !lines[0].continues && lines[1].continues);
        assert_eq!(pieces(&long).collect::<String>(), long);
        assert!(pieces(&long).all(|piece| piece.len() <= LINE_BYTES));
    }

    #[test]
    fn the_tail_is_six_lines_that_say_something() {
        let text = Text::new("1\n2\n\n3\n4\n\n\n5\n6\n7\n");
        let lines = text.lines();
        assert_eq!(lines[tail_start(&lines)].text, "2");
    }
}
