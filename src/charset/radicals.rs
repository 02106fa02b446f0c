//! Radicals that PDF readers put in place of characters.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::vocabulary::traditional::simplified;

const fn is_radical(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fd5}')
}

/// The character that a radical of the two radical blocks of Unicode looks like; any other is itself. The result takes
/// as many bytes of UTF-8: a place in one text is the same place in the other.
pub(super) fn unified(c: char) -> char {
    if !is_radical(c) {
        return c;
    }
    let single = simplified(std::iter::once(c).nfkc().next().unwrap_or(c));
    if single.len_utf8() == c.len_utf8() { single } else { c }
}

/// A text as its reader takes it: with characters in place of radicals.
pub fn without_radicals(text: &str) -> Cow<'_, str> {
    if text.contains(is_radical) {
        Cow::Owned(text.chars().map(unified).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_radical_is_read_as_its_character() {
        assert_eq!(without_radicals("姓名：⻢⼩⽅"), "姓名：马小方");
        assert_eq!(without_radicals("⾃由职业者，⻘年⼈"), "自由职业者，青年人");
        assert_eq!(without_radicals("马小方"), "马小方");
        let all: String = ('\u{2e80}'..='\u{2fd5}').collect();
        assert_eq!(without_radicals(&all).len(), all.len());
    }
}
