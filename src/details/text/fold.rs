//! One spelling of characters for comparing, and what kind of character it is.

/// Full-width forms, odd blanks, colons and dashes in their plain spelling, character for character.
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
