//! Columns for a terminal where a Han character is two cells wide.

use jiff::Timestamp;
use unicode_width::UnicodeWidthStr;

use crate::vocabulary::{formula, printable, shanghai};

/// Cells that a text takes on a terminal: East Asian wide characters take two, combining ones none.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The beginning of a text that fits, on one line; `…` says that there is more.
pub(super) fn cut(text: &str, cells: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if width(&line) <= cells {
        return line;
    }
    let mut taken = String::new();
    for c in line.chars() {
        taken.push(c);
        // What follows a character may join it: the text is measured as a whole.
        if width(&taken) + 2 > cells {
            taken.pop();
            break;
        }
    }
    taken + "…"
}

/// A text as a cell of CSV (RFC 4180): between quotes, and nothing that a spreadsheet takes for a formula.
pub(super) fn csv_cell(text: &str) -> String {
    format!("\"{}\"", formula::neutral(&printable::text(text)).replace('"', "\"\""))
}

/// A line of CSV, with its end.
pub(super) fn csv_line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    cells.into_iter().map(csv_cell).collect::<Vec<_>>().join(",") + "\r\n"
}

/// Rows as columns, two blanks apart; the first row is the head.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    // As wide as what will be shown of it.
    let shown = |cell: &String| printable::line(cell).into_owned();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(shown).collect()).collect();
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, wide) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(wide.saturating_sub(width(cell)) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Beijing time to the second, as it stands in lists.
pub(super) fn when(instant: Option<Timestamp>) -> String {
    instant.map_or_else(String::new, |instant| {
        let t = shanghai(instant);
        format!("{} {:02}:{:02}:{:02}", t.date(), t.hour(), t.minute(), t.second())
    })
}

/// The same to the minute, where room is dear.
pub(super) fn to_the_minute(instant: Option<Timestamp>) -> String {
    let text = when(instant);
    text.rsplit_once(':').map_or_else(String::new, |(minute, _)| minute.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_characters_are_two_cells_wide() {
        assert_eq!(width("张三 ab"), 7);
        assert_eq!(width("𠮷野"), 4, "Han beyond the first plane");
        assert_eq!(width("e\u{301}\u{200b}"), 1, "a combining accent and a blank of no width");
        assert_eq!(width("👍"), 2);
        assert_eq!(cut("建议增加夜间服务", 9), "建议增…");
        assert_eq!(cut("一 \n 二", 20), "一 二");
        assert_eq!(
            columns(&[vec!["编号".into(), "名".into()], vec!["A".into(), "张".into()]]),
            "编号  名\nA     张\n"
        );
    }
}
