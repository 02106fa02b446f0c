//! Lines as they are compared and as they are kept.

use std::borrow::Cow;

use crate::vocabulary::invisible::{is_ignorable, is_invisible};

/// The text with LF line ends only.
pub(super) fn line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A line in the form in which headers are recognised: blanks plain, invisible characters gone,
/// full-width colons and digits half-width. Clients put NBSP into dashed rules and U+200E into dates.
pub(super) fn probe(line: &str) -> Cow<'_, str> {
    if line.is_ascii() && !line.contains("&nbsp;") {
        return Cow::Borrowed(line);
    }
    let mut folded = String::with_capacity(line.len());
    folded.extend(line.chars().filter_map(fold));
    if folded.contains("&nbsp;") {
        folded = folded.replace("&nbsp;", " ");
    }
    Cow::Owned(folded)
}

fn fold(c: char) -> Option<char> {
    // Nearly every character there is: one look decides.
    if matches!(c, '\u{4e00}'..='\u{9fff}' | '\0'..='\u{9f}') {
        return Some(c);
    }
    match c {
        '\u{a0}' | '\u{3000}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => Some(' '),
        c if is_ignorable(c) => None,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '—' | '–' | '―' | '─' | '━' => Some('-'),
        '∶' | '﹕' => Some(':'),
        _ => Some(c),
    }
}

/// Joins lines: trailing blanks cut, three or more empty lines become one, no empty line at either end.
pub(super) fn join_tidied<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut tidied = Tidied::default();
    tidied.extend(lines);
    tidied.text
}

/// Lines being joined as [`join_tidied`] does: ten thousand of them cost no more than their text.
#[derive(Default)]
pub(super) struct Tidied {
    pub(super) text: String,
    /// Empty lines since the last one that was not.
    empty: usize,
}

impl<'a> Extend<&'a str> for Tidied {
    fn extend<T: IntoIterator<Item = &'a str>>(&mut self, lines: T) {
        lines.into_iter().for_each(|line| self.push(line));
    }
}

impl Tidied {
    pub(super) fn push(&mut self, line: &str) {
        let line = line.trim_end_matches(is_blank);
        if line.trim_matches(is_blank).is_empty() {
            self.empty += 1;
            return;
        }
        if !self.text.is_empty() {
            let kept = if self.empty > 2 { 1 } else { self.empty };
            self.text.extend(std::iter::repeat_n('\n', kept + 1));
        }
        self.empty = 0;
        self.text.push_str(line);
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}
