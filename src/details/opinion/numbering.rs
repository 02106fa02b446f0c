//! Numbered points: `一、` `（一）` `1.` `（1）` `①` `第一，` `一是`.

use std::collections::HashMap;

use crate::details::text::fold::is_han;
use crate::details::text::letters::LETTERS;
use crate::details::text::line::Line;
use crate::details::text::numeral::{is_to_ten, number};
use crate::vocabulary::language::word_list;

/// How a point is numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
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
    /// The first cell of a table's row.
    Row,
}

/// A number found in the text.
#[derive(Debug, Clone, Copy)]
struct Mark {
    kind: Kind,
    number: u32,
    line: usize,
    start: usize,
    end: usize,
    at_line_start: bool,
    /// `2.24小时` and `（2）24小时`: a point only if its neighbour is one, else a decimal or a citation.
    doubtful: bool,
}

/// More numbers than this are not points; the remainder belongs to the last one.
const MAX_MARKS: usize = 2000;
const MAX_ITEMS: usize = 300;

/// A point's place: from the end of its number to the start of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    /// Index of the line and byte in its folded text where the point's words begin.
    pub(crate) from: (usize, usize),
    /// Where they end; `None` is the end of the body.
    pub(crate) to: Option<(usize, usize)>,
}

/// The top-level points; empty when the text is not numbered. Points of a lower level stay inside theirs.
pub(crate) fn points(body: &[Line<'_>]) -> Vec<Point> {
    let marks = settled(find(body));
    let Some(top) = top_kind(&marks) else { return rows(body) };
    let mut last = 0;
    let mut accepted: Vec<&Mark> = Vec::new();
    for mark in marks.iter().filter(|mark| mark.kind == top) {
        // Numbers within a line must follow one another; at a line's start people misnumber or begin anew.
        let follows = mark.number == last + 1;
        let restarts =
            mark.at_line_start && (mark.number == 1 || mark.number >= last && mark.number <= last + 3);
        if (follows || restarts) && accepted.len() < MAX_ITEMS {
            accepted.push(mark);
            last = mark.number;
        }
    }
    let ends = accepted.iter().skip(1).map(|mark| Some((mark.line, mark.start))).chain([None]);
    accepted.iter().zip(ends).map(|(mark, to)| Point { from: (mark.line, mark.end), to }).collect()
}

/// Without the doubtful marks that no neighbour of their kind bears out: 2.24小时 stands behind a 1 or before a 3.
fn settled(mut marks: Vec<Mark>) -> Vec<Mark> {
    if !marks.iter().any(|mark| mark.doubtful) {
        return marks;
    }
    settle(marks.iter_mut(), |before, number| before + 1 == number);
    settle(marks.iter_mut().rev(), |behind, number| number + 1 == behind);
    marks.retain(|mark| !mark.doubtful);
    marks
}

/// Takes the doubt from marks whose last sure neighbour goes on to them.
fn settle<'a>(marks: impl Iterator<Item = &'a mut Mark>, goes_on: fn(u32, u32) -> bool) {
    let mut sure: HashMap<Kind, u32> = HashMap::new();
    for mark in marks {
        mark.doubtful &= !sure.get(&mark.kind).is_some_and(|sure| goes_on(*sure, mark.number));
        if !mark.doubtful {
            sure.insert(mark.kind, mark.number);
        }
    }
}

/// The rows of a table without numbers: lines with the same number of cells, three at least.
fn rows(body: &[Line<'_>]) -> Vec<Point> {
    let cells = |line: &Line<'_>| line.text.matches('\t').count() + 1;
    let Some(first) = body.iter().position(|line| cells(line) >= 3) else { return Vec::new() };
    let wanted = body.get(first).map_or(0, cells);
    let count = body.iter().skip(first).take_while(|line| cells(line) == wanted).count();
    if !(2..=MAX_ITEMS).contains(&count) {
        return Vec::new();
    }
    let last = body.get(first + count).is_none();
    (first..first + count)
        .map(|line| Point {
            from: (line, 0),
            to: (!last || line + 1 < first + count).then_some((line + 1, 0)),
        })
        .collect()
}

/// The kind whose 1 comes first among those that go on to 2.
fn top_kind(marks: &[Mark]) -> Option<Kind> {
    marks.iter().enumerate().filter(|(_, mark)| mark.number == 1).find_map(|(index, first)| {
        marks
            .iter()
            .skip(index + 1)
            .any(|mark| mark.kind == first.kind && mark.number == 2)
            .then_some(first.kind)
    })
}

fn find(body: &[Line<'_>]) -> Vec<Mark> {
    let mut marks = Vec::new();
    for (line, piece) in body.iter().enumerate() {
        let mut before = '\n';
        for (at, c) in piece.text.char_indices() {
            if anchors(before, c)
                && begins_number(c)
                && let Some(rest) = piece.text.get(at..)
                && let Some((kind, number, length, doubtful)) = mark_at(rest)
                    .map(|(kind, number, length)| (kind, number, length, false))
                    .or_else(|| before_digits(rest).filter(|_| before == '\n'))
                && (!matches!(kind, Kind::Row | Kind::Letter | Kind::Loose | Kind::Article) || before == '\n')
                && (before != ',' || matches!(kind, Kind::Is | Kind::Ordinal | Kind::Word))
            {
                let at_line_start = piece.text.get(..at).is_some_and(|text| text.trim().is_empty());
                marks.push(Mark { kind, number, line, start: at, end: at + length, at_line_start, doubtful });
                if marks.len() >= MAX_MARKS {
                    return marks;
                }
            }
            // The bar at the start of a drawn table's row.
            if !(c.is_whitespace() || matches!(c, '|' | '*' | '#')) || before != '\n' {
                before = c;
            }
        }
    }
    marks
}

fn begins_number(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '(' | '[' | '【' | '第' | '其' | '建' | '意' | '修' | '具' | '问' | 'N' | 'n')
        || matches!(c, 'a'..='f' | 'A'..='F' | 'I' | 'V' | 'i' | 'v' | 'Ⅰ'..='Ⅻ')
        || is_to_ten(c)
        || enclosed(c).is_some()
}

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
    let rest = if bracketed.is_some() {
        behind.strip_prefix(')')?.trim_start_matches([':', '、', '.', ' '])
    } else {
        behind.strip_prefix([':', '、', '.', ' '])?
    };
    Some((Kind::Word, number, text.len() - rest.len()))
}

/// `第一，` `其二、` `第一条：`; `inner` is what follows the first character.
fn ordinal(text: &str, inner: &str) -> Option<Found> {
    let (_, number, length) = numeral(inner)?;
    let behind = inner.get(length..)?;
    if let Some(behind) = behind.strip_prefix('条') {
        let behind = behind.strip_prefix("建议").or_else(|| behind.strip_prefix("意见")).unwrap_or(behind);
        let behind = behind.strip_prefix(':')?;
        return Some((Kind::Article, number, text.len() - behind.len()));
    }
    let behind = behind.strip_prefix('点').unwrap_or(behind).strip_prefix([',', '、', ':'])?;
    Some((Kind::Ordinal, number, text.len() - behind.len()))
}

/// `一、` `1.` `一是` `1 统一标准`: a number and what may stand behind it.
fn counted(text: &str) -> Option<Found> {
    let (han, number, length) = numeral(text)?;
    let behind = text.get(length..)?;
    if han && let Some(rest) = behind.strip_prefix('是') {
        return Some((Kind::Is, number, text.len() - rest.trim_start_matches([',', ':', ' ']).len()));
    }
    // The keycap of a phone: 1️⃣.
    if let Some(rest) = behind.strip_prefix('\u{fe0f}').unwrap_or(behind).strip_prefix('\u{20e3}') {
        return Some((Kind::Circled, number, text.len() - rest.len()));
    }
    // 1 、窗口
    let spaced = behind.trim_start_matches(' ');
    let behind = if spaced.starts_with(['、', ')']) { spaced } else { behind };
    let mark = behind.chars().next()?;
    let rest = behind.get(mark.len_utf8()..)?;
    if matches!(mark, ' ' | '-' | '#' | ',') || han && matches!(mark, ')' | ':') {
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
