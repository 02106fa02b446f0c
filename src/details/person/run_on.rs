//! Who writes, in letters that know no marks: `你好我叫晏小龙在韶关跑外卖电话131…我觉得…`, or blanks in their place.
//!
//! Read only from the beginning of a line up to the first number, and only when every piece before it says who the writer is.

use std::ops::Range;

use crate::details::contact::phone;
use crate::details::lexicon::occupations::{Known, Occupations};
use crate::details::person::described::{self, SELF_DESCRIPTIONS};
use crate::details::person::oneself::{self, Says};
use crate::vocabulary::language::word_list;

word_list!(
    /// What such a letter greets with.
    GREETS, SELF_DESCRIPTIONS, "greets without a mark"
);
word_list!(
    /// What a piece begins with behind the first: 在韶关跑外卖, 是一名护士.
    BEGINS, SELF_DESCRIPTIONS, "begins a piece"
);
word_list!(LABELS, SELF_DESCRIPTIONS, "before a number");

/// The longest such introduction, in bytes.
const HEAD_BYTES: usize = 220;

/// The most places at which a piece is tried to end.
const PIECES: usize = 12;

/// An introduction without marks.
#[derive(Debug)]
pub(crate) struct RunOn {
    /// The pieces that say who the writer is.
    pieces: Vec<Range<usize>>,
    /// Where his number stands.
    pub(crate) number: Range<usize>,
}

/// The introduction with which a folded line begins, greeting and number included.
pub(crate) fn read(text: &str) -> Option<RunOn> {
    let start = text.len() - behind_greetings(text).len();
    let said = text.get(start..)?;
    if !oneself::begins(said) {
        return None;
    }
    let head = said.get(..said.floor_char_boundary(HEAD_BYTES))?;
    let number = phone::find(head).into_iter().next()?.range;
    let before = said.get(..number.start)?;
    if before.contains([',', '。', '!', '?', ';', '、']) {
        return None;
    }
    let plain = before.trim_end_matches([' ', ':', '是', '为']);
    let plain = LABELS.at_end(plain).and_then(|label| plain.strip_suffix(label))?.trim_end();
    let pieces = pieces(plain, 0, &mut Vec::new())?;
    Some(RunOn {
        pieces: pieces.into_iter().map(|piece| piece.start + start..piece.end + start).collect(),
        number: number.start + start..number.end + start,
    })
}

impl RunOn {
    /// The name, and the piece that says it.
    pub(crate) fn name<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        self.pieces.iter().filter_map(|piece| text.get(piece.clone())).find_map(|piece| {
            let name = oneself::name_of(piece)?;
            Some((name, piece))
        })
    }

    /// The occupation as the writer says it, and what it is known as.
    pub(crate) fn occupation(&self, text: &str, occupations: &Occupations) -> Option<(String, Known)> {
        let pieces: Vec<&str> = self.pieces.iter().filter_map(|piece| text.get(piece.clone())).collect();
        let sentence = pieces.join(",");
        described::self_descriptions(&sentence).into_iter().find_map(|place| {
            let said = sentence.get(place)?;
            Some((said.to_owned(), described::map_described(said, occupations, None)?))
        })
    }
}

/// The text behind `领导您好`.
fn behind_greetings(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(behind) = GREETS.at_start(rest).and_then(|word| rest.strip_prefix(word)) {
        rest = behind.trim_start_matches([' ', '~']);
    }
    rest
}

/// Takes an introduction apart into pieces that are nothing but that. `failed`: from where that is known not to go.
fn pieces(text: &str, from: usize, failed: &mut Vec<usize>) -> Option<Vec<Range<usize>>> {
    if failed.contains(&from) {
        return None;
    }
    let rest = text.get(from..)?;
    let skipped = from + (rest.len() - rest.trim_start().len());
    let rest = rest.trim_start();
    if rest.is_empty() {
        return Some(Vec::new());
    }
    let ends = rest.char_indices().skip(1).filter(|(at, c)| {
        *c == ' ' || rest.get(*at..).is_some_and(|behind| BEGINS.at_start(behind).is_some())
    });
    for end in ends.map(|(at, _)| at).take(PIECES).chain([rest.len()]) {
        let piece = rest.get(..end)?;
        let says = if from == 0 { oneself::introduces(piece) } else { oneself::goes_on(piece) };
        if says.is_some_and(|says| says != Says::Contact)
            && let Some(behind) = pieces(text, skipped + end, failed)
        {
            return Some(std::iter::once(skipped..skipped + end).chain(behind).collect());
        }
    }
    failed.push(from);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_introduction_without_marks() {
        for (text, name) in [
            ("你好我叫晏小龙在韶关跑外卖电话13900139421我觉得健康证应该通用", "晏小龙"),
            ("领导您好我是湛江的出租车司机王大海手机13900139421我想说年审能不能网上办", "王大海"),
            ("我叫韩小雪 今年45岁 家住和平区 电话 13900139421 希望早点开门", "韩小雪"),
        ] {
            let found = read(text).unwrap();
            assert_eq!(found.name(text).unwrap().0, name, "{text}");
            assert!(text.get(found.number).unwrap().ends_with("139421"));
        }
        for text in [
            "我叫了车去大厅打电话13900139421没人接",
            "我是昨天去的大厅电话13900139421没人接",
            "我打了12345电话13900139421也没人接",
            "你好大厅电话13900139421没人接",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
