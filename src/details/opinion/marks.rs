//! Numbers in front of points: `一、` `（一）` `1.` `（1）` `①` `1.1` `甲、` `第一，` `一是` `首先`.

use std::sync::LazyLock;

use crate::details::opinion::number_at::{Found, Kind, STEMS, before_digits, decimal, enclosed, mark_at};
use crate::details::text::fold::is_han;
use crate::details::text::letters::LETTERS;
use crate::details::text::line::Line;
use crate::details::text::numeral::is_to_ten;
use crate::vocabulary::language::word_list;

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
    let rest = text.get(word.len()..)?.trim_start_matches([',', '、', ':', ' ']);
    // 首先是年检的问题
    let rest = rest.strip_prefix('是').filter(|behind| !behind.starts_with(['否', '不'])).unwrap_or(rest);
    Some((Kind::Sequence, number, text.len() - rest.len()))
}

/// `…太久2.叫号太快`: a number glued to the words before it, in doubt.
fn glued(rest: &str, before: char) -> [Option<Doubtful>; 2] {
    const PARTS_OF_NUMBERS: &str = "第前后每共约至到和或与及从达满超近有是为按分到减增元月年";
    const CITED: &str = "分章条款项节部件";
    let may_end = is_han(before) && !PARTS_OF_NUMBERS.contains(before) || matches!(before, '”' | '》' | ')');
    let found = || {
        // （1）表少（2）章少
        if rest.starts_with('(') && !CITED.contains(before) {
            let (kind, number, length) = mark_at(rest)?;
            let words = rest.get(length..)?;
            let fits = matches!(kind, Kind::DigitBrackets | Kind::HanBrackets) && words.starts_with(is_han);
            return fits.then_some((kind, number, length, true));
        }
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

/// What the words of a sequence begin with.
static COUNTED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let words = [&FIRST, &SECOND, &FURTHER].into_iter().flat_map(|words| words.all());
    let mut first: Vec<char> = words.filter_map(|word| word.chars().next()).collect();
    first.sort_unstable();
    first.dedup();
    first
});

fn begins_number(c: char) -> bool {
    c.is_ascii_digit()
        || matches!(c, '(' | '[' | '【' | '第' | '头' | '其' | '建' | '意' | '修' | '具' | '问' | 'N' | 'n')
        || matches!(c, 'a'..='f' | 'A'..='F' | 'I' | 'V' | 'i' | 'v' | 'Ⅰ'..='Ⅻ')
        || COUNTED.binary_search(&c).is_ok()
        || is_to_ten(c)
        || STEMS.contains(c)
        || enclosed(c).is_some()
}

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
