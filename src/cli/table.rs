//! Columns for a terminal where a Han character is two cells wide.

/// Cells that a text takes on a terminal: East Asian wide characters take two.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    match c as u32 {
        0x1100..=0x115F
        | 0x2E80..=0x303E
        | 0x3041..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// The beginning of a text that fits, on one line; `…` says that there is more.
pub(super) fn cut(text: &str, cells: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if width(&line) <= cells {
        return line;
    }
    let mut taken = String::new();
    let mut used = 0;
    for c in line.chars() {
        if used + char_width(c) + 2 > cells {
            break;
        }
        used += char_width(c);
        taken.push(c);
    }
    taken + "…"
}

/// Rows as columns, two blanks apart; the first row is the head.
pub(super) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in rows {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_characters_are_two_cells_wide() {
        assert_eq!(width("张三 ab"), 7);
        assert_eq!(cut("建议增加夜间服务", 9), "建议增…");
        assert_eq!(cut("一 \n 二", 20), "一 二");
        assert_eq!(
            columns(&[vec!["编号".into(), "名".into()], vec!["A".into(), "张".into()]]),
            "编号  名\nA     张\n"
        );
    }
}
