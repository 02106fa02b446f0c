//! Mobile numbers whose digits are parted as no form parts them: `1 5 6 - 4023 - 7718`. They count where a label or a
//! signature shows that a number stands there.

use crate::details::contact::phone::{self, Phone};
use crate::vocabulary::pattern;

/// The longest text that is looked at, in bytes.
const TEXT_BYTES: usize = 400;

pattern!(ELEVEN_DIGITS, r"1[\s.()-]{0,3}[3-9](?:[\s.()-]{0,3}[0-9]){9}");

/// The first such number of a folded text, with its place.
pub(crate) fn find(text: &str) -> Option<Phone> {
    let text = text.get(..text.floor_char_boundary(TEXT_BYTES))?;
    let found = ELEVEN_DIGITS.find(text)?;
    let before = text.get(..found.start())?;
    let parted =
        !before.trim_end().ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+'));
    (parted && phone::is_free(text, found.end()))
        .then(|| Phone { normal: phone::digits(found.as_str()), range: found.range() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eleven_digits_however_they_are_parted() {
        for text in ["1 5 6 - 4023 - 7718", "电话 15 640 23 7718", "156.40.23.77.18"] {
            assert_eq!(find(text).map(|phone| phone.normal).as_deref(), Some("15640237718"), "{text}");
        }
        for text in ["1.5 6 4023", "2024-1-5 640237718 22", "1 5 6 - 4023 - 77189", "第1条 3 4 5"] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
