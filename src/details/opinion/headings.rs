//! Lines that only head what stands below them: `对总则的意见`, `第二部分 附则`, `总体评价`, `联名信`.

use crate::details::opinion::point::Point;
use crate::details::opinion::{departments, framing};
use crate::details::text::line::Line;
use crate::vocabulary::language::language_table;
use crate::vocabulary::pattern;

language_table!(HEADINGS, "language/headings.tsv");

/// The longest such line, in bytes.
const LINE_BYTES: usize = 120;

pattern!(
    /// `一、`, `(二)`, `3.`, `【`
    NUMBER, r"^\s*[【\[]?\s*(?:[0-9]{1,2}[.、)]|[(]?[一二三四五六七八九十]{1,3}[)、])?\s*"
);
pattern!(
    /// `第二部分 附则`: which part begins, and what it is called.
    PART_BEGINS, r"^第\s?[一二三四五六七八九十0-9]{1,3}\s?(?:部分|章|节|篇|编)(?:[\s:、,]+|$)"
);
pattern!(
    /// `对总则的意见`, `附则部分`: which part of the draft is spoken of, and not yet what is said of it.
    NAMES_A_PART, HEADINGS,
    r"(?x) ^ (?: ⟨part of a draft⟩ (?:部分|方面)?
      | (?:对于?|关于|针对) (?:⟨part of a draft⟩|第[一二三四五六七八九十百0-9]{1,4}(?:条|章|节|部分|款)) (?:部分|方面|内容)? 的?
        (?:⟨what sort⟩)? (?:意见(?:[和与及、]?建议)?|建议|看法|问题) ) $"
);
pattern!(
    /// `总体评价`, `意见和建议`, `其他`: of what sort is what follows.
    NAMES_A_SORT, HEADINGS,
    r"(?x) ^ (?: ⟨what sort⟩ (?:⟨what sort⟩)? 的? ⟨what is said⟩ (?: [和与及、]? ⟨what is said⟩ )?
      | ⟨what is said⟩ [和与及、]? ⟨what is said⟩ | ⟨heading by itself⟩ ) (?:如下)? $"
);
pattern!(
    /// `联名信`, `全体业主联名信`
    TITLE, HEADINGS, r"^(?:(?:\p{Han}{0,12}⟨who writes it⟩)的?)?⟨title of a letter⟩$"
);

/// Whether a line only names who speaks, or of what: the item is what stands below it.
pub(super) fn is_heading(text: &str) -> bool {
    if text.len() > LINE_BYTES {
        return false;
    }
    let (plain, titled) = unnumbered(text);
    departments::names_one(text)
        || titled == Some("")
        || names(titled.unwrap_or(plain))
        || titled.is_none() && TITLE.is_match(plain)
}

/// A line without its number and its brackets; and what stands behind 第二部分, where it begins so.
fn unnumbered(text: &str) -> (&str, Option<&str>) {
    let plain = NUMBER.find(text).and_then(|number| text.get(number.end()..)).unwrap_or(text);
    let plain = plain.trim_end_matches([':', ' ', '】', ']', '\t']);
    (plain, PART_BEGINS.find(plain).and_then(|part| plain.get(part.end()..)))
}

/// Parts of the draft that head what is said of each, two at least, where no number counts: 第一章 总则 / … / 第二章 附则 / ….
pub(super) fn points(body: &[Line<'_>]) -> Vec<Point> {
    const MOST: usize = 100;
    let heads: Vec<usize> = (0..body.len())
        .filter(|at| body.get(*at).is_some_and(|line| names_a_part(line.text)))
        .take(MOST)
        .collect();
    let says = |line: &Line<'_>| line.text.chars().filter(|c| c.is_alphanumeric()).nth(FEWEST - 1).is_some();
    let ends = || heads.iter().skip(1).copied().chain([body.len()]);
    let all_say = heads.iter().zip(ends()).all(|(from, to)| {
        body.get(from + 1..to)
            .is_some_and(|below| below.iter().any(|line| says(line) && !is_heading(line.text)))
    });
    let first = heads.first().copied();
    let lead = first.and_then(|first| body.get(..first)).unwrap_or_default();
    if heads.len() < 2 || !all_say || !lead.iter().all(|line| framing::announces_below(line.text)) {
        return Vec::new();
    }
    let points = heads.iter().zip(ends()).map(|(head, end)| Point {
        from: (head + 1, 0),
        to: (end < body.len()).then_some((end, 0)),
        heading: Some(((*head, 0), (head + 1, 0))),
    });
    points.collect()
}

/// Fewest characters that say something of a part.
const FEWEST: usize = 6;

fn names_a_part(text: &str) -> bool {
    let (plain, titled) = if text.len() <= LINE_BYTES { unnumbered(text) } else { return false };
    titled.is_some_and(|rest| rest.is_empty() || names(rest)) || NAMES_A_PART.is_match(plain)
}

fn names(plain: &str) -> bool {
    NAMES_A_PART.is_match(plain) || NAMES_A_SORT.is_match(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_say_nothing_by_themselves() {
        for line in [
            "政策法规科:",
            "对总则的意见",
            "一、关于附则的建议:",
            "针对第三条的修改意见",
            "一、对附件的意见",
            "第二部分 附则",
            "第一章:总则",
            "第三部分",
            "二、附则",
            "一、总体评价",
            "三、其他建议",
            "【具体修改意见】",
            "(二)存在的问题和建议:",
            "意见和建议如下:",
            "四、其他",
            "联名信",
            "某某小区全体业主联名信",
        ] {
            assert!(is_heading(line), "{line}");
        }
        for line in [
            "建议第二部分增加附则",
            "第二部分 太笼统",
            "第二部分 增加附则",
            "第二部分缺少附则",
            "关于增加自助机的建议",
            "对总则的意见是过于笼统",
            "附则应当删去",
            "总体评价不高",
            "其他建议没有采纳",
            "存在问题较多",
            "具体问题具体分析",
            "建议公开联名信",
            "没有人看意见书",
            "建议政务服务中心:",
        ] {
            assert!(!is_heading(line), "{line}");
        }
    }
}
