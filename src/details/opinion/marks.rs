//! Numbers in front of points: `一、` `（一）` `1.` `（1）` `①` `1.1` `甲、` `第一，` `一是` `首先`.

use crate::details::text::fold::is_han;
use crate::details::text::letters::LETTERS;
use crate::details::text::line::Line;
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

/// A number found in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) kind: Kind,
    pub(super) number: u32,
    pub(super) line: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) at_line_start: bool,
    /// `2.24小时`, `（2）24小时` and `1.排队久2.叫号快`: a point only if its neighbour is one, else a decimal, a citation or a
    /// number within a sentence.
    pub(super) doubtful: bool,
}

/// More numbers than this are not points; the remainder belongs to the last one.
const MAX_MARKS: usize = 2000;

/// The numbers of the text, in order.
pub(super) fn find(body: &[Line<'_>]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut sequence = 0;
    for (line, piece) in body.iter().enumerate() {
        let mut before = '\n';
        let mut at_line_start = true;
        for (at, c) in piece.text.char_indices() {
            if begins_number(c)
                && let Some(rest) = piece.text.get(at..)
            {
                let anchored = anchors(before, c);
                let found =
                    if anchored { at_anchor(rest, before, &mut sequence) } else { glued(rest, before) };
                for (kind, number, length, doubtful) in found.into_iter().flatten() {
                    marks.push(Mark {
                        kind,
                        number,
                        line,
                        start: at,
                        end: at + length,
                        at_line_start,
                        doubtful,
                    });
                    if marks.len() >= MAX_MARKS {
                        return marks;
                    }
                }
            }
            // Bullets, emoji and the bar at the start of a drawn table's row do not begin a line's words.
            at_line_start &= !c.is_alphanumeric();
            if !at_line_start || before != '\n' || matches!(c, '(' | '[' | '【') {
                before = c;
            }
        }
    }
    marks
}

/// A number, whether it is in doubt.
type Doubtful = (Kind, u32, usize, bool);

/// The numbers at a place where one may stand. `1.1万人` may be two: the second of a level, or the first of the one above.
fn at_anchor(rest: &str, before: char, sequence: &mut u32) -> [Option<Doubtful>; 2] {
    let starts = before == '\n';
    let fits = |(kind, ..): &Doubtful| {
        (starts || !matches!(kind, Kind::Row | Kind::Letter | Kind::Loose | Kind::Article))
            && (before != ','
                || matches!(kind, Kind::Is | Kind::Ordinal | Kind::Word | Kind::Come | Kind::Sequence))
    };
    let sure = |(kind, number, length): Found| (kind, number, length, false);
    let found = in_sequence(rest, sequence)
        .or_else(|| mark_at(rest))
        .map(sure)
        .or_else(|| before_digits(rest).filter(|_| starts));
    let decimal = decimal(rest).filter(|_| starts).map(sure);
    [found.filter(fits), decimal]
}

/// `首先`, `其次`, `最后`: each counts from the one before it.
fn in_sequence(text: &str, last: &mut u32) -> Option<Found> {
    let (word, number) = if let Some(word) = FIRST.at_start(text) {
        (word, 1)
    } else if let Some(word) = SECOND.at_start(text).filter(|_| *last >= 1) {
        (word, *last + 1)
    } else {
        (FURTHER.at_start(text).filter(|_| *last >= 2)?, *last + 1)
    };
    *last = number;
    let rest = text.get(word.len()..)?;
    Some((Kind::Sequence, number, text.len() - rest.trim_start_matches([',', '、', ':', ' ']).len()))
}

/// `1.2 网上`: the second number counts within the first.
fn decimal(text: &str) -> Option<Found> {
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

/// `…太久2.叫号太快`: a number glued to the words before it, in doubt.
fn glued(rest: &str, before: char) -> [Option<Doubtful>; 2] {
    const PARTS_OF_NUMBERS: &str = "第前后每共约至到和或与及从达满超近有是为按分到减增元月年";
    let may_end = is_han(before) && !PARTS_OF_NUMBERS.contains(before) || matches!(before, '”' | '》' | ')');
    let found = || {
        let digits = rest.bytes().take(3).take_while(u8::is_ascii_digit).count();
        let number: u32 = rest.get(..digits).filter(|_| digits <= 2)?.parse().ok()?;
        let words = rest.get(digits..)?.strip_prefix(['.', '、', ')'])?;
        let bracket = rest.get(digits..)?.starts_with(')');
        let kind = if bracket { Kind::DigitBrackets } else { Kind::Digit };
        let words = words.trim_start_matches(' ');
        words.starts_with(|c: char| is_han(c) && c != '第' || matches!(c, '“' | '《')).then_some((
            kind,
            number,
            rest.len() - words.len(),
            true,
        ))
    };
    [may_end.then(found).flatten(), None]
}

fn begins_number(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(
            c,
            '(' | '['
                | '【'
                | '第'
                | '其'
                | '建'
                | '意'
                | '修'
                | '具'
                | '问'
                | 'N'
                | 'n'
                | '首'
                | '再'
                | '最'
                | '另'
                | '此'
                | '还'
        )
        || matches!(c, 'a'..='f' | 'A'..='F' | 'I' | 'V' | 'i' | 'v' | 'Ⅰ'..='Ⅻ')
        || is_to_ten(c)
        || STEMS.contains(c)
        || enclosed(c).is_some()
}

/// The heavenly stems, in their order.
const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";

word_list!(
    /// What begins a row of points in words.
    FIRST, LETTERS, "first of a sequence"
);
word_list!(
    /// What goes on with it.
    SECOND, LETTERS, "next of a sequence"
);
word_list!(
    /// What goes on with it where two points stand before.
    FURTHER, LETTERS, "further of a sequence"
);

fn anchors(before: char, c: char) -> bool {
    matches!(before, '\n' | '。' | ';' | '!' | '?' | ':' | ' ' | '\t' | ',')
        || matches!(enclosed(c), Some((Kind::Circled, _)))
}

/// Numbers that are one character with their brackets or dot.
fn enclosed(c: char) -> Option<(Kind, u32)> {
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
type Found = (Kind, u32, usize);

/// The number at the start of the text.
fn mark_at(text: &str) -> Option<Found> {
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
    if let Some(inner) = text.strip_prefix(['第', '其']) {
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
    let counted = ["个方面", "方面", "个建议", "个意见", "个问题", "点建议", "点意见", "点", "个", "项"];
    let behind = counted.iter().find_map(|word| behind.strip_prefix(word)).unwrap_or(behind);
    let behind = behind.strip_prefix([',', '、', ':', '是'])?;
    Some((Kind::Ordinal, number, text.len() - behind.trim_start_matches([',', ':']).len()))
}

/// `一、` `1.` `一是` `1 统一标准`: a number and what may stand behind it.
fn counted(text: &str) -> Option<Found> {
    let (han, number, length) = numeral(text)?;
    let behind = text.get(length..)?;
    if han && let Some(rest) = behind.strip_prefix('是') {
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
    // 二、（二）3 cites the draft.
    let cites = rest.trim_start().strip_prefix(['第', '(']).is_some_and(|inner| {
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
fn before_digits(text: &str) -> Option<(Kind, u32, usize, bool)> {
    let bracketed = text.strip_prefix('(');
    let (han, number, length) = numeral(bracketed.unwrap_or(text))?;
    let behind = bracketed.unwrap_or(text).get(length..)?;
    let rest = behind.strip_prefix(if bracketed.is_some() { ')' } else { '.' })?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let words = rest.get(digits..)?;
    if digits == 0 || words.starts_with(['条', '项', '款', '点', '.', '-', '/', '年', '月']) {
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
