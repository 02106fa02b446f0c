//! A table that fits its terminal: columns give way one by one, in the order that the table says, until no row wraps.

use std::io::IsTerminal;

use super::table;
use crate::vocabulary::printable;

/// Blanks between two columns.
const APART: usize = 2;

/// What a column does when there is too little room.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gives {
    /// It is cut, down to so many cells.
    To(usize),
    /// It goes.
    Away,
}

/// Cells of a line of the terminal that standard output is; `None`: it is none, and who reads it wants every cell.
pub(super) fn terminal() -> Option<usize> {
    let out = std::io::stdout();
    let size = out.is_terminal().then(|| rustix::termios::tcgetwinsize(&out).ok()).flatten()?;
    Some(usize::from(size.ws_col)).filter(|cells| *cells > 0)
}

/// The rows within so many cells, the head first. Columns without any cell go; then each column of `order` gives as much as is
/// needed; the last of a row has what is left.
pub(super) fn fit(rows: &[Vec<String>], order: &[(usize, Gives)], cells: usize) -> Vec<Vec<String>> {
    let line = |cell: &String| printable::line(cell).split_whitespace().collect::<Vec<_>>().join(" ");
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(line).collect()).collect();
    let count = rows.first().map_or(0, Vec::len);
    let of = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    // Of a column without cells nothing is left, not even its head.
    let is_empty = |column: usize| of(column).skip(1).all(String::is_empty);
    let natural: Vec<usize> =
        (0..count)
            .map(|column| {
                if is_empty(column) {
                    0
                } else {
                    of(column).map(|cell| table::width(cell)).max().unwrap_or(0)
                }
            })
            .collect();
    let mut widths = natural.clone();
    for (column, gives) in order {
        let over = taken(&widths).saturating_sub(cells);
        let Some(width) = widths.get_mut(*column).filter(|_| over > 0) else { continue };
        *width = match gives {
            Gives::Away => 0,
            Gives::To(least) => (*width).min((*width).saturating_sub(over).max(*least)),
        };
    }
    // What was given too much goes to the last column.
    let left = cells.saturating_sub(taken(&widths));
    if let (Some(last), Some(natural)) = (widths.last_mut().filter(|last| **last > 0), natural.last()) {
        *last = (*last + left).min(*natural);
    }
    let shown = |row: &Vec<String>| -> Vec<String> {
        let cells = row.iter().zip(&widths).filter(|(_, wide)| **wide > 0);
        cells.map(|(cell, wide)| table::cut(cell, *wide)).collect()
    };
    rows.iter().map(shown).collect()
}

/// The rows of a table of which nothing more is known within so many cells: the widest columns give first. As they are where
/// that leaves too little of each.
pub(super) fn alike(rows: Vec<Vec<String>>, cells: usize) -> Vec<Vec<String>> {
    const LEAST: [usize; 5] = [30, 20, 16, 12, 10];
    let count = rows.first().map_or(0, Vec::len);
    let order: Vec<(usize, Gives)> =
        LEAST.iter().flat_map(|least| (0..count).rev().map(|column| (column, Gives::To(*least)))).collect();
    // Nothing but noughts says least: the last such column goes first, and only where even the narrowest cells do not help.
    let is_nought = |column: usize| {
        rows.len() > 1 && rows.iter().skip(1).all(|row| row.get(column).is_some_and(|cell| cell == "0"))
    };
    let noughts = (0..count).rev().filter(|column| is_nought(*column)).map(|column| (column, Gives::Away));
    let order: Vec<(usize, Gives)> = order.into_iter().chain(noughts).collect();
    let fitted = fit(&rows, &order, cells);
    let fits = table::columns(&fitted).lines().all(|line| table::width(line) <= cells);
    // Whole columns are worth more than a whole line.
    if fits { fitted } else { rows }
}

/// Cells of a row.
fn taken(widths: &[usize]) -> usize {
    let there = widths.iter().filter(|wide| **wide > 0);
    there.map(|wide| wide + APART).sum::<usize>().saturating_sub(APART)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[&str; 4]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.map(ToOwned::to_owned).to_vec()).collect()
    }

    #[test]
    fn a_column_of_noughts_goes_before_a_row_wraps() {
        let rows = table(&[["日期", "待核", "件数", "已删除"], ["2024-03-12", "0", "3", "0"]]);
        for (cells, due) in
            [(30, "2024-03-12  0     3     0"), (26, "2024-03-12  0     3"), (16, "2024-03-12  3")]
        {
            let text = table::columns(&alike(rows.clone(), cells));
            assert_eq!(text.lines().nth(1), Some(due), "{cells}");
        }
        let none = table(&[["日期", "待核", "件数", "已删除"], ["2024-03-12", "1", "3", "0"]]);
        assert_eq!(table::columns(&alike(none, 24)).lines().nth(1), Some("2024-03-12  1     3"));
    }

    #[test]
    fn columns_give_way_until_no_row_wraps() {
        let rows = table(&[
            ["编号", "类别", "空", "内容"],
            ["L-24-0001", "个人", "", "建议窗口延长办理时间，方便上班的人来办事"],
            ["L-24-0002", "机关单位", "", "𠮷野\u{200b}👍 一 \n 二"],
        ]);
        let order = [(3, Gives::To(20)), (1, Gives::To(4)), (1, Gives::Away), (3, Gives::To(4))];
        for (cells, second) in [
            (100, "L-24-0001  个人      建议窗口延长办理时间，方便上班的人来办事"),
            (60, "L-24-0001  个人      建议窗口延长办理时间，方便上班的人来…"),
            (41, "L-24-0001  个人      建议窗口延长办理时…"),
            (37, "L-24-0001  个人  建议窗口延长办理时…"),
            (34, "L-24-0001  建议窗口延长办理时间…"),
            (20, "L-24-0001  建议窗…"),
        ] {
            let text = table::columns(&fit(&rows, &order, cells));
            assert_eq!(text.lines().nth(1), Some(second), "{cells}");
            for line in text.lines() {
                assert!(table::width(line) <= cells, "{cells}: {line}");
            }
        }
    }
}
