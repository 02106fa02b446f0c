//! How a letter stands on a screen: its items with their clauses, and the rest of its text, in which each item is named and
//! not printed again.

use std::fmt::Write;
use std::ops::Range;

use super::corrections;
use super::table::when;
use crate::compose::printed;
use crate::details;
use crate::store::{ListRow, OpinionRow, Shown, SupplementRow};
use crate::vocabulary::{Adoption, Consultation, CorrectionField};

/// What stands in front of an item: `意见1〔附件13 二手房过户〕（补充来信 2024-03-13 10:00:02）`.
pub(super) fn label(number: usize, item: &OpinionRow, consultation: Option<&Consultation>) -> String {
    let clause = item.clause.as_deref().map_or_else(String::new, |code| {
        let name = title(code, consultation).map_or_else(String::new, |name| format!(" {}", printed(name)));
        format!("〔{code}{name}〕")
    });
    let came = match item.supplement_received_at {
        Some(at) => format!("（补充来信 {}）", when(Some(at))),
        None => String::new(),
    };
    let counts = item.adoption.as_deref() != Some(Adoption::NoOpinion.as_str());
    let counts = if counts { "" } else { "（非意见，不计条）" };
    format!("意见{number}{clause}{came}{counts}")
}

/// What a clause is called in the notice.
pub(super) fn title<'c>(code: &str, consultation: Option<&'c Consultation>) -> Option<&'c str> {
    let known = consultation?.clauses.iter().find(|clause| clause.code == code)?;
    Some(known.name.as_str()).filter(|name| !name.is_empty())
}

/// Names each item in the text of the letter that it stands in, so that nothing is printed twice. To be done before names are
/// masked: a mask may hide other words of an item than of the letter.
pub(super) fn name_items(shown: &mut Shown) {
    let items: Vec<(usize, &str)> =
        (1..).zip(&shown.opinions).map(|(number, item)| (number, item.text.as_str())).collect();
    shown.row.comment = without(&shown.row.comment, &items);
    for supplement in &mut shown.supplements {
        supplement.comment = without(&supplement.comment, &items);
    }
}

/// The text with `〔意见1〕` where the first item stands. Blanks and line ends may differ.
fn without(text: &str, items: &[(usize, &str)]) -> String {
    // Each byte of the text without its blanks, and where it stands.
    let mut bare = String::new();
    let mut places = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        bare.push(c);
        places.resize(bare.len(), at);
    }
    let mut taken: Vec<(Range<usize>, usize)> = Vec::new();
    let mut from = 0;
    for (number, item) in items {
        let item: String = item.chars().filter(|c| !c.is_whitespace()).collect();
        let found = |from: usize| Some(bare.get(from..)?.find(&item)? + from);
        let is_free =
            |at: &usize| taken.iter().all(|(range, _)| *at >= range.end || at + item.len() <= range.start);
        let at = found(from).or_else(|| found(0)).filter(is_free).filter(|_| !item.is_empty());
        if let Some(at) = at {
            from = at + item.len();
            taken.push((at..from, *number));
        }
    }
    taken.sort_by_key(|(range, _)| range.start);
    let mut named = String::new();
    let mut behind = 0;
    for (range, number) in taken {
        let start = places.get(range.start).copied().unwrap_or(text.len());
        named.push_str(text.get(behind..start).unwrap_or_default());
        let _ = write!(named, "〔意见{number}〕");
        behind = text.len() - last_of(text, &places, range.end).len();
    }
    named + text.get(behind..).unwrap_or_default()
}

/// How a supplement is announced, with its bracket left open: when it came and from where.
pub(super) fn supplement(shown: &Shown, supplement: &SupplementRow) -> String {
    let from = match supplement.from_address.as_str() {
        "" if corrections::was_erased(shown, CorrectionField::Emails) => "，地址已删除".to_owned(),
        "" => String::new(),
        from => format!("，{from}"),
    };
    format!("补充（{} 收到{from}", when(supplement.received_at))
}

/// What a letter holds besides its items, as one line: where a case rests on a quotation, the quoted words.
pub(super) fn beside_items(shown: &Shown) -> String {
    let items: Vec<(usize, &str)> = shown.opinions.iter().map(|item| (0, item.text.as_str())).collect();
    let rest = without(&shown.row.comment, &items).replace("〔意见0〕", " ");
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands behind the byte before `end` of the bare text.
fn last_of<'a>(text: &'a str, places: &[usize], end: usize) -> &'a str {
    let last = end.checked_sub(1).and_then(|last| places.get(last)).copied().unwrap_or(text.len());
    let rest = text.get(last..).unwrap_or_default();
    let mut rest = rest.chars();
    rest.next();
    rest.as_str()
}

/// What a letter without an item says first: not whom it greets. To be done before names are masked.
pub(super) fn says_first(row: &mut ListRow) {
    if row.opinion.is_none() {
        row.opinion = Some(details::without_frame(&row.comment)).filter(|said| !said.trim().is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_named_where_they_stand_and_nothing_else_is_lost() {
        for (text, items, due) in [
            (
                "领导好！\n一、建议甲。\n二、建议 乙，\n很长。\n谢谢！",
                &["建议甲。", "建议 乙， 很长。"][..],
                "领导好！\n一、〔意见1〕\n二、〔意见2〕\n谢谢！",
            ),
            ("建议甲。建议甲。", &["建议甲。", "建议甲。"], "〔意见1〕〔意见2〕"),
            ("先乙后甲", &["甲", "乙"], "先〔意见2〕后〔意见1〕"),
            ("建议甲。", &["改过的文字"], "建议甲。"),
            ("建议甲乙丙。", &["建议甲乙", "甲乙丙"], "〔意见1〕丙。"),
            ("", &["甲"], ""),
            ("建议𠮷野👍。完", &["建议𠮷野👍。"], "〔意见1〕完"),
        ] {
            let items: Vec<(usize, &str)> = (1..).zip(items.iter().copied()).collect();
            assert_eq!(without(text, &items), due, "{text:?}");
        }
    }
}
