//! One spelling of characters for comparing, and what kind of character it is.

use crate::vocabulary::traditional::{simplified, without_radical};

/// Full-width forms, odd blanks, colons and dashes in their plain spelling, traditional characters and radicals as the
/// simplified ones, character for character. Every rule reads folded text, so that none asks how a word is written.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    folded.extend(text.chars().map(fold_char));
    folded
}

/// Folded text in lower case. Han, kana and their punctuation have no case and need no look into tables.
pub(crate) fn fold_case(text: &str) -> String {
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
    match c {
        '\u{4e00}'..='\u{9fff}' => return simplified(c),
        '\0'..='\u{9f}' => return c,
        _ => {}
    }
    match c {
        '\u{2e80}'..='\u{2fdf}' => simplified(c),
        '\u{a0}' | '\u{3000}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '∶' | '﹕' | '︰' | '\u{fe13}' => ':',
        '﹫' => '@',
        '﹙' => '(',
        '﹚' => ')',
        '—' | '–' | '―' | '‐' | '‑' | '‒' | '−' | '─' => '-',
        _ => c,
    }
}

/// A word found in `folded` as the writer spelled it in `raw`, of which `folded` is the fold: 陳 stays 陳. Where the word
/// differs from the text (a dot in its plain form), it stays.
pub(crate) fn as_written(word: &str, folded: &str, raw: &str) -> String {
    let mut pairs = folded.chars().zip(raw.chars());
    let spelled = |c: char| {
        let mut rest = pairs.clone();
        let written = rest.by_ref().find(|(folded, _)| *folded == c);
        if let Some((_, written)) = written {
            pairs = rest;
            return if is_han(c) { without_radical(written) } else { c };
        }
        c
    };
    if folded.len() == raw.len() && folded == raw {
        word.to_owned()
    } else {
        word.chars().map(spelled).collect()
    }
}

/// Whether the character is a picture or an ornament: emoji, arrows, dingbats.
pub(crate) fn is_symbol(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{20e3}')
        && !matches!(c, '\u{2460}'..='\u{24ff}' | '\u{2776}'..='\u{2793}')
}

/// Whether the character is a Chinese one.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

/// At most `limit` bytes of the text before `at`.
pub(crate) fn last_bytes(text: &str, at: usize, limit: usize) -> &str {
    let start = (at.saturating_sub(limit)..=at).find(|start| text.is_char_boundary(*start)).unwrap_or(at);
    text.get(start..at).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_the_case_is_folding_and_lower_case() {
        for c in (0..=0x1_ffff).filter_map(char::from_u32) {
            let text = format!("A{c}办");
            assert_eq!(fold_case(&text), fold(&text).to_lowercase(), "{c:?}");
        }
    }
}
