//! Numbers in words.

/// Reads `23`, `二十三`, `两百`; up to 9,999.
pub(crate) fn number(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let (mut total, mut digit) = (0_u32, 0_u32);
    for c in text.chars() {
        match c {
            '两' => digit = 2,
            '十' => {
                total += digit.max(1) * 10;
                digit = 0;
            }
            '百' => {
                total += digit.max(1) * 100;
                digit = 0;
            }
            _ => digit = u32::try_from("〇一二三四五六七八九".chars().position(|d| d == c)?).ok()?,
        }
    }
    Some(total + digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (text, expected) in
            [("12", 12), ("十二", 12), ("二十", 20), ("三百零五", 0), ("一百二十三", 123), ("两百", 200)]
        {
            assert_eq!(number(text).unwrap_or(0), expected, "{text}");
        }
    }
}
