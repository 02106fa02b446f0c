//! Numbers in words: 二十三, 两百, 叁.

/// Whether a number in words may hold the character.
pub(crate) fn is_numeral(c: char) -> bool {
    is_to_ten(c) || matches!(c, '百' | '两')
}

/// Whether the character is one to ten, as points and dates are numbered.
pub(crate) fn is_to_ten(c: char) -> bool {
    "一二三四五六七八九十壹贰叁肆伍".contains(c)
}

/// The digit that a character writes, as numbers are dictated: 一三八零, 幺.
pub(crate) fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '〇' | '零' | '○' => Some('0'),
        '一' | '幺' => Some('1'),
        '二' | '两' => Some('2'),
        '三' => Some('3'),
        '四' => Some('4'),
        '五' => Some('5'),
        '六' => Some('6'),
        '七' => Some('7'),
        '八' => Some('8'),
        '九' => Some('9'),
        _ => None,
    }
}

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
            _ => {
                let position = |digits: &str| digits.chars().position(|d| d == c);
                let value = position("〇一二三四五六七八九").or_else(|| Some(position("壹贰叁肆伍")? + 1))?;
                digit = u32::try_from(value).ok()?;
            }
        }
    }
    Some(total + digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (text, expected) in [
            ("12", 12),
            ("十二", 12),
            ("二十", 20),
            ("三百零五", 0),
            ("一百二十三", 123),
            ("两百", 200),
            ("叁", 3),
        ] {
            assert_eq!(number(text).unwrap_or(0), expected, "{text}");
        }
    }
}
