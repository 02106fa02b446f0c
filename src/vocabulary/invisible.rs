//! Characters that nobody sees. There are two sets, because leaving a character out of a text that is kept must not
//! change how its neighbours look, and a comparison need not care.

/// Format characters that leave no trace when they are left out of a text: soft hyphens, zero-width blanks and joiners,
/// marks of direction, tags, byte order marks (Unicode general category Cf, but for what [`is_ignorable`] adds).
pub const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What does not count when texts are compared: the invisible characters, and those that only change how a neighbour is
/// drawn (variation selectors, the grapheme joiner). The second kind stays in a text that is kept: without it another
/// form of a person's name, or another emoji, would stand there.
pub const fn is_ignorable(c: char) -> bool {
    is_invisible(c)
        || matches!(c,
            '\u{34f}' | '\u{180b}'..='\u{180d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0080}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_invisible_is_ignorable_and_nothing_that_can_be_seen_is() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            assert!(!is_invisible(c) || is_ignorable(c), "{c:?}");
            assert!(!is_ignorable(c) || !c.is_alphanumeric() && !c.is_whitespace(), "{c:?}");
        }
        assert!(is_ignorable('\u{fe0f}') && !is_invisible('\u{fe0f}'));
        assert!(is_invisible('\u{200b}') && is_invisible('\u{feff}'));
    }
}
