//! One number in front of a point, at the start of a text: its kind, its value and its length.

use crate::details::text::fold::is_han;
use crate::details::text::letters::LETTERS;
use crate::details::text::numeral::{is_to_ten, number};
use crate::vocabulary::language::word_list;

/// How a point is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Han,
    HanBrackets,
    Digit,
    DigitBrackets,
    Circled,
    Ordinal,
    Is,
    Word,
    /// `A、` `(a)` `Ⅰ、`: letters.
    Letter,
    /// `1 统一标准`, `1-统一标准`: a number and hardly a mark, at a line's start.
    Loose,
    /// `第一条：`
    Article,
    /// `第一条，公布电话。第二条，…`: points that are counted so.
    Count,
    /// The first cell of a table's row.
    Row,
    /// `1.2`, at a line's start.
    Decimal,
    /// `甲、`
    Stem,
    /// `一来`
    Come,
    /// `首先`, `其次`, `最后`
    Sequence,
}

/// The heavenly stems, in their order.
pub(super) const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";

/// `1.2 网上`: the second number counts within the first.
pub(super) fn decimal(text: &str) -> Option<Found> {
    let digits = |text: &str| text.bytes().take(3).take_while(u8::is_ascii_digit).count();
    let first = digits(text);
    let inner = text.get(first..)?.strip_prefix('.')?;
    let second = digits(inner);
    let rest = inner.get(second..)?.trim_start_matches([' ', '、', '.', '\t']);
    let begins_words = rest.starts_with(|c: char| is_han(c) || matches!(c, '“' | '《'));
    let number: u32 = inner.get(..second)?.parse().ok()?;
    ((1..=2).contains(&first) && (1..=2).contains(&second) && begins_words && number > 0).then_some((
        Kind::Decimal,
        number,
        text.len() - rest.len(),
    ))
}

/// Numbers that are one character with their brackets or dot.
pub(super) fn enclosed(c: char) -> Option<(Kind, u32)> {
    let from = |first: char| u32::from(c).checked_sub(u32::from(first)).map(|offset| offset + 1);
    let (kind, number) = match c {
        '①'..='⑳' => (Kind::Circled, from('①')),
        '❶'..='❿' => (Kind::Circled, from('❶')),
        '⑴'..='⒇' => (Kind::DigitBrackets, from('⑴')),
        '⒈'..='⒛' => (Kind::Digit, from('⒈')),
        '㈠'..='㈩' => (Kind::HanBrackets, from('㈠')),
        _ => return None,
    };
    number.map(|number| (kind, number))
}

word_list!(
    /// What may stand before a point's number: `建议1：`, `No. 1`.
    BEFORE_NUMBERS, LETTERS, "before a number"
);
word_list!(BEFORE_NUMBERS_IN_BRACKETS, LETTERS, "before a number in brackets");

/// The kind of a number at the start of a text, its value and its length in bytes.
pub(super) type Found = (Kind, u32, usize);

/// The number at the start of the text.
pub(super) fn mark_at(text: &str) -> Option<Found> {
    let first = text.chars().next()?;
    if let Some((kind, number)) = enclosed(first) {
        return Some((kind, number, first.len_utf8() + usize::from(text.chars().nth(1) == Some('.'))));
    }
    if let Some(found) = letter(text) {
        return Some(found);
    }
    if let Some(inner) = text.strip_prefix(['[', '【']) {
        return in_square_brackets(text, inner);
    }
    if let Some(inner) = text.strip_prefix('(') {
        return in_round_brackets(inner);
    }
    if let Some(found) = BEFORE_NUMBERS.all().iter().find_map(|word| behind_word(text, word)) {
        return Some(found);
    }
    if let Some(found) = stem(first, text) {
        return Some(found);
    }
    // 头一件，…；第二件，…
    if let Some(inner) = text
        .strip_prefix(['第', '其'])
        .or_else(|| text.strip_prefix('头').filter(|inner| inner.starts_with("一件")))
    {
        return ordinal(text, inner);
    }
    counted(text)
}

/// `（一）` `(1)`; `inner` is what follows the bracket.
fn in_round_brackets(inner: &str) -> Option<Found> {
    let (han, number, length) = numeral(inner)?;
    let behind = inner.get(length..)?.strip_prefix(')')?;
    // （二）3 and （二）条 cite the draft; （二）第三条 is a point about it.
    if behind.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '条' | '项' | '款' | '点')) {
        return None;
    }
    let kind = if han { Kind::HanBrackets } else { Kind::DigitBrackets };
    let more = behind.len() - behind.trim_start_matches(['、', '.', ',', ' ']).len();
    Some((kind, number, length + 2 + more))
}

/// `建议1：`, `No. 1`, `意见①`.
fn behind_word(text: &str, word: &str) -> Option<Found> {
    let inner = text.strip_prefix(word)?;
    if let Some((_, number)) = inner.chars().next().and_then(enclosed) {
        let behind = inner.trim_start_matches(|c| enclosed(c).is_some()).trim_start_matches([':', '、', ' ']);
        return Some((Kind::Word, number, text.len() - behind.len()));
    }
    let bracketed = inner.strip_prefix('(');
    let inner = bracketed.unwrap_or(inner);
    let (_, number, length) = numeral(inner)?;
    let behind = inner.get(length..)?;
    // 建议1）…；2）…: the word stands before the first alone.
    if bracketed.is_none()
        && let Some(rest) = behind.strip_prefix(')')
    {
        return Some((Kind::DigitBrackets, number, text.len() - rest.trim_start().len()));
    }
    let rest = if bracketed.is_some() {
        behind.strip_prefix(')')?.trim_start_matches([':', '、', '.', ',', ' '])
    } else {
        behind.strip_prefix([':', '、', '.', ',', ' '])?
    };
    Some((Kind::Word, number, text.len() - rest.len()))
}

/// `甲、`
fn stem(first: char, text: &str) -> Option<Found> {
    let place = STEMS.chars().position(|stem| stem == first)?;
    let rest = text.get(first.len_utf8()..)?.strip_prefix(['、', '.', ':'])?;
    Some((Kind::Stem, u32::try_from(place).ok()? + 1, text.len() - rest.trim_start().len()))
}

/// What is counted as a point even without a mark behind it.
const PROPOSED: [&str; 5] = ["个建议", "个意见", "个问题", "点建议", "点意见"];

/// `第一，` `其二、` `第一条：`; `inner` is what follows the first character.
fn ordinal(text: &str, inner: &str) -> Option<Found> {
    let (_, number, length) = numeral(inner)?;
    let behind = inner.get(length..)?;
    if let Some(behind) = behind.strip_prefix('条') {
        let behind = behind.strip_prefix("建议").or_else(|| behind.strip_prefix("意见")).unwrap_or(behind);
        let rest = behind.strip_prefix([':', ',', '、', '是'])?;
        let kind = if behind.starts_with(':') { Kind::Article } else { Kind::Count };
        return Some((kind, number, text.len() - rest.trim_start_matches([',', ':']).len()));
    }
    let counted = [
        "件事",
        "件",
        "桩",
        "个方面",
        "方面",
        "个建议",
        "个意见",
        "个问题",
        "点建议",
        "点意见",
        "点",
        "个",
        "项",
    ];
    let behind = counted.iter().find_map(|word| behind.strip_prefix(word)).unwrap_or(behind);
    // 第一个建议 关于…, where other words may stand behind a blank.
    let is_headed =
        || PROPOSED.iter().any(|word| inner.get(length..).is_some_and(|rest| rest.starts_with(word)));
    let behind = behind
        .strip_prefix([',', '、', ':', '是'])
        .or_else(|| behind.strip_prefix(' ').filter(|_| is_headed() || text.starts_with('其')))?;
    Some((Kind::Ordinal, number, text.len() - behind.trim_start_matches([',', ':']).len()))
}

/// `一、` `1.` `一是` `1 统一标准`: a number and what may stand behind it.
fn counted(text: &str) -> Option<Found> {
    let (han, number, length) = numeral(text)?;
    let behind = text.get(length..)?;
    if han && let Some(rest) = behind.strip_prefix(['是', '曰']) {
        return Some((Kind::Is, number, text.len() - rest.trim_start_matches([',', ':', ' ']).len()));
    }
    // 一来…，二来…
    if han && let Some(rest) = behind.strip_prefix('来').filter(|rest| !rest.starts_with("二去")) {
        return Some((Kind::Come, number, text.len() - rest.trim_start_matches([',', ':', ' ']).len()));
    }
    // The keycap of a phone: 1️⃣.
    if let Some(rest) = behind.strip_prefix('\u{fe0f}').unwrap_or(behind).strip_prefix('\u{20e3}') {
        return Some((Kind::Circled, number, text.len() - rest.len()));
    }
    // 1 、窗口
    let spaced = behind.trim_start_matches(' ');
    let behind = if spaced.starts_with(['、', ')']) { spaced } else { behind };
    // 1\. is how Markdown writes 1.
    let behind = behind.strip_prefix('\\').filter(|behind| behind.starts_with(['.', ')'])).unwrap_or(behind);
    let mark = behind.chars().next()?;
    let rest = behind.get(mark.len_utf8()..)?;
    if matches!(mark, ' ' | '-' | '#' | ',' | '>' | '/') || han && matches!(mark, ')' | ':') {
        let rest = rest.trim_start_matches([' ', '-']);
        if rest.starts_with('|') {
            return Some((Kind::Row, number, text.len() - rest.trim_start_matches(['|', ' ']).len()));
        }
        let begins_words = rest.chars().next().is_some_and(|c| is_han(c) || matches!(c, '“' | '《' | '"'));
        return begins_words.then_some((Kind::Loose, number, text.len() - rest.len()));
    }
    if !matches!(mark, '、' | '.' | ')' | ':' | '。' | '\t') {
        return None;
    }
    let is_decimal = matches!(mark, '.' | ':') && rest.starts_with(|c: char| c.is_ascii_digit());
    // 二、（二）3 and 二、第（二）条 cite the draft; 2.第（二）条 is a point about it.
    let is_about = !han && rest.trim_start().starts_with('第');
    let cites = !is_about
        && rest.trim_start().strip_prefix(['第', '(']).is_some_and(|inner| {
            inner.trim_start_matches('(').chars().nth(1) == Some(')')
                && inner
                    .trim_start_matches('(')
                    .chars()
                    .nth(2)
                    .is_some_and(|c| c.is_ascii_digit() || matches!(c, '第' | '条' | '项' | '款'))
        });
    if is_decimal || cites || han && mark == '\t' {
        return None;
    }
    let kind = match (han, mark) {
        (true, _) => Kind::Han,
        (false, ')') => Kind::DigitBrackets,
        (false, '\t') => Kind::Row,
        (false, _) => Kind::Digit,
    };
    Some((kind, number, text.len() - rest.trim_start_matches([' ', '、', '.']).len()))
}

/// `[1]` `【一】` `【建议一】`; `inner` is what follows the bracket.
fn in_square_brackets(text: &str, inner: &str) -> Option<Found> {
    let inner =
        BEFORE_NUMBERS_IN_BRACKETS.at_start(inner).and_then(|word| inner.strip_prefix(word)).unwrap_or(inner);
    let (han, number, length) = numeral(inner)?;
    let behind = inner.get(length..)?.strip_prefix([']', '】'])?;
    let kind = if han { Kind::HanBrackets } else { Kind::DigitBrackets };
    Some((kind, number, text.len() - behind.trim_start_matches(['、', '.', ',', ':', ' ']).len()))
}

/// A mark right before a number: `1.12345热线`, `（2）24小时`. Whether it is in doubt: no decimal has four digits and words
/// behind them.
pub(super) fn before_digits(text: &str) -> Option<(Kind, u32, usize, bool)> {
    let bracketed = text.strip_prefix('(');
    let (han, number, length) = numeral(bracketed.unwrap_or(text))?;
    let behind = bracketed.unwrap_or(text).get(length..)?;
    let rest = behind.strip_prefix(if bracketed.is_some() { ')' } else { '.' })?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let words = rest.get(digits..)?;
    let dated = words.starts_with(['年', '月']) && (bracketed.is_none() || han);
    if digits == 0 || dated || words.starts_with(['条', '项', '款', '点', '.', '-', '/']) {
        return None;
    }
    let kind = match (bracketed.is_some(), han) {
        (true, true) => Kind::HanBrackets,
        (true, false) => Kind::DigitBrackets,
        (false, true) => return None,
        (false, false) => Kind::Digit,
    };
    let certain = !han && digits >= 4 && words.starts_with(is_han);
    Some((kind, number, text.len() - rest.len(), !certain))
}

/// `A.` `a)` `(a)` `Ⅰ、` `II.`
fn letter(text: &str) -> Option<Found> {
    let inner = text.strip_prefix('(').unwrap_or(text);
    let bracketed = inner.len() < text.len();
    let first = inner.chars().next()?;
    let value = |c: char| u32::from(c) - u32::from(if c.is_ascii_lowercase() { 'a' } else { 'A' }) + 1;
    let (number, length) = match first {
        'Ⅰ'..='Ⅻ' => (u32::from(first) - u32::from('Ⅰ') + 1, first.len_utf8()),
        'I' | 'V' | 'i' | 'v' => {
            let length = inner.bytes().take(4).take_while(|b| b"IViv".contains(b)).count();
            let numeral = inner.get(..length)?.to_ascii_lowercase();
            let numerals = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii"];
            (u32::try_from(numerals.iter().position(|known| *known == numeral)?).ok()? + 1, length)
        }
        'a'..='f' | 'A'..='F' => (value(first), 1),
        _ => return None,
    };
    let behind = inner.get(length..)?;
    let rest =
        if bracketed { behind.strip_prefix(')')? } else { behind.strip_prefix(['.', '、', ')', ':'])? };
    let rest = rest.trim_start_matches([' ', '、', '.']);
    rest.chars().next().is_some_and(|c| is_han(c) || matches!(c, '“' | '《')).then_some((
        Kind::Letter,
        number,
        text.len() - rest.len(),
    ))
}

/// A numeral of at most three characters: whether it is Chinese, its value, its length in bytes.
fn numeral(text: &str) -> Option<(bool, u32, usize)> {
    let han = is_to_ten(text.chars().next()?);
    let fits = |c: &char| if han { is_to_ten(*c) } else { c.is_ascii_digit() };
    let characters = text.chars().take(4).take_while(fits).count();
    let length = text.chars().take(characters).map(char::len_utf8).sum();
    if characters == 0 || characters > if han { 3 } else { 2 } {
        return None;
    }
    let number = number(text.get(..length)?)?;
    (1..=99).contains(&number).then_some((han, number, length))
}
