//! Cells that a spreadsheet would take for a formula: `=HYPERLINK(…)`, `+1+1`, `@SUM(…)` in a citizen's letter.

use std::borrow::Cow;

use super::invisible::is_ignorable;

/// A formula begins with one of these; spreadsheets set for Chinese take the full-width and small forms too.
pub const OPENERS: &str = "-=+@－＝＋＠﹣﹦﹢﹫−";

/// Blanks that may stand before it, as far as the store's texts hold any.
pub const BLANKS: [u32; 44] = [
    9, 10, 11, 12, 13, 32, 160, 173, 6158, 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201, 8202,
    8203, 8204, 8205, 8206, 8207, 8232, 8233, 8234, 8235, 8236, 8237, 8238, 8239, 8288, 8289, 8290, 8291,
    8292, 8294, 8295, 8296, 8297, 12288, 65279,
];

/// The text as a cell that stays text: an apostrophe stands before what might be taken for a formula, as people write it
/// themselves to the same end.
pub fn neutral(text: &str) -> Cow<'_, str> {
    let is_blank = |c: char| c.is_whitespace() || c.is_control() || is_ignorable(c);
    let opens = text.trim_start_matches(is_blank).starts_with(|c| OPENERS.contains(c));
    if opens || text.starts_with(['\t', '\r', '\n']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_a_formula_is_marked_once() {
        for text in ["=1+1", " =1", "\u{200b}＝1", "\t甲", "\r=1", "－1", "@x", "\u{3000}-甲", "−1"] {
            let marked = neutral(text).into_owned();
            assert_eq!(marked, format!("'{text}"));
            assert_eq!(neutral(&marked), marked);
        }
        for text in ["", "建议=1", "'=1", "2024-03-13", "(=1)", "一、-1", "·建议", "—建议"] {
            assert_eq!(neutral(text), text);
        }
    }
}
