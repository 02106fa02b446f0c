//! A cell's text: how two are compared, and how much room one takes. Writers leave row heights to the program that opens the file, and
//! some show one line then.

use crate::vocabulary::formula;

/// Characters that a row is as high as for; a spreadsheet's rows end at 409 points.
const MOST_LINES: u32 = 27;
/// Height of a line of ten points, as the fonts with the most air between lines have it.
const LINE_POINTS: u32 = 15;
/// Width of a Han character of ten points, and of another character, in sixteenths of a pixel.
const HAN: u32 = 214;
const OTHER: u32 = 118;
/// Most characters of a cell.
pub(super) const MOST_CHARS: usize = 32_767;

/// Sixteenths of a pixel of a column so many characters wide; a part is left free, for fonts differ.
const fn room(width: u16) -> u32 {
    (width as u32 * 7 - 1) * 15
}

const fn breadth(c: char) -> u32 {
    if (c as u32) < 0x1100 { OTHER } else { HAN }
}

/// Cuts a text so that no piece takes more lines than a row shows, each with its lines.
pub(super) fn pieces(text: &str, width: u16) -> Vec<(String, u32)> {
    let room = room(width);
    let mut pieces = Vec::new();
    let (mut piece, mut lines, mut used) = (String::new(), 1_u32, 0_u32);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let breaks = c == '\n';
        if breaks || used + breadth(c) > room {
            let full = lines == MOST_LINES;
            if full {
                pieces.push((std::mem::take(&mut piece), lines));
                lines = 0;
            }
            lines += 1;
            used = 0;
            if breaks && full {
                continue;
            }
        }
        // A word is not broken: what it takes is counted where it begins.
        if !breaks {
            used += breadth(c);
            if c == ' ' && rest.peek().is_some_and(char::is_ascii_alphanumeric) {
                used += OTHER;
            }
        }
        piece.push(c);
    }
    if !piece.is_empty() || pieces.is_empty() {
        pieces.push((piece, lines));
    }
    pieces
}

/// How many lines a text takes; no more than a row shows.
pub(super) fn lines(text: &str, width: u16) -> u32 {
    pieces(text, width).first().map_or(1, |(_, lines)| *lines)
}

/// The beginning of a text that one row shows whole.
pub(super) fn shown(text: &str, width: u16) -> String {
    let mut pieces = pieces(text, width).into_iter();
    let first = pieces.next().map(|(text, _)| text).unwrap_or_default();
    if pieces.next().is_some() {
        let kept = first.chars().count().saturating_sub(1);
        return first.chars().take(kept).chain(['…']).collect();
    }
    first
}

/// The height of a row of so many lines, in points.
pub(super) fn points(lines: u32) -> u32 {
    lines.clamp(1, MOST_LINES) * LINE_POINTS + 3
}

/// A text as two of them are compared: line ends and blanks around it do not count, nor the mark before what looks like a formula.
pub(super) fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{a0}'], " ");
    let text = text.trim();
    match text.strip_prefix('\'') {
        Some(rest) if formula::neutral(rest) != rest => rest.to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_text_and_none_is_higher_than_a_row() {
        let long: String = "延长政务服务大厅办理时间 and more，".repeat(200);
        let many = "一\n".repeat(100);
        for text in ["", "短", &long, &many, "甲\n\n乙"] {
            let pieces = pieces(text, 58);
            assert!(pieces.iter().all(|(_, lines)| points(*lines) <= 409 && *lines > 0));
            let whole: String = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
            assert_eq!(whole.replace('\n', ""), text.replace('\n', ""));
        }
        assert!(pieces(&long, 58).len() > 1);
        assert_eq!(lines("甲\n\n乙", 58), 3);
    }
}
