//! A line that dates a letter, with the place where it was written: `二〇二四年三月八日于新宾`, `甲辰年正月廿九`.

use std::sync::LazyLock;

use crate::details::lexicon::roles;
use crate::details::text::letters::with_dates;
use crate::details::text::line::Line;
use crate::vocabulary::{Regex, pattern};

/// The longest such line, in bytes.
const LINE_BYTES: usize = 90;

static DATED: LazyLock<Regex> = LazyLock::new(|| {
    with_dates(
        r"(?x)^\s* (?P<place>\p{Han}{2,10})?? [\s,、]*
          (?: (?: ⟨calendar⟩ \s* )? (?: ⟨year⟩ \s* [年./-] \s* )? ⟨month and day⟩
            | (?: ⟨calendar⟩ \s* )? (?: (?: ⟨year⟩ | ⟨celestial stem⟩? ⟨sign of a year⟩ ) 年 \s* )?
              ⟨lunar month⟩ ⟨lunar day⟩ 日? )
          (?: \s* \(? (?:星期|周)[一二三四五六日天] \)? )? \s* (?: ⟨time of day⟩ | [0-9]{1,2}:[0-9]{2} )?
          \s* (?: (?:[\s,]*⟨written at⟩ \s* \p{Han}{2,12}) | [\s,]*(?P<behind>\p{Han}{2,10}) )? \s* [。.]? \s*$",
    )
});

/// A line that is a date, wherever it stands.
static DATE_LINE: LazyLock<Regex> = LazyLock::new(|| {
    with_dates(
        r"^\s*(?:⟨year⟩\s*[年./-]\s*)?⟨month and day⟩\s*(?:[上下]午|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|星期.|周.)?\s*$",
    )
});

pattern!(
    /// `二〇二四年三月`, `2024.3`, `2024年3月上旬`
    MONTH,
    r"^\s*(?:20[0-9]{2}|２０[０-９]{2}|二[〇○零O0][〇○零O0一二三四五六七八九]{2})\s*(?:年\s*[0-9０-９一二三四五六七八九十]{1,3}\s*月\s*(?:[上中下]旬|初|中|末|底)?|[./-]\s*(?:0?[1-9]|1[0-2]))\s*[。.]?\s*$"
);

pattern!(
    /// What leaves a sentence open for a date on the next line: `完成时限改为：`, `延长到`.
    OPEN, r"(?:为|至|到|于|由|自|从|、|“)\s*$|(?:改|定|延|长|推|迟|前|限|写|完善|调整)(?:为|成|到|至|于|在)\s*:\s*$");

/// Whether a line dates the letter. `placed`: it stands near its head or its end, where a month does so too.
pub(crate) fn is_date_line(lines: &[Line<'_>], index: usize, placed: bool) -> bool {
    let Some(line) = lines.get(index) else { return false };
    let above = index.checked_sub(1).and_then(|above| lines.get(above)).map_or("", |above| above.text);
    (DATE_LINE.is_match(line.text) || placed && is_dated(line.text)) && !OPEN.is_match(above)
}

/// Whether a line holds a date and nothing else but the place.
pub(crate) fn is_dated(text: &str) -> bool {
    // 2024年3月8日（盖章）
    let text = text.trim_end();
    let text = text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once('('))
        .filter(|(_, inside)| inside.chars().count() <= 4)
        .map_or(text, |(date, _)| date);
    let may_be =
        text.len() <= LINE_BYTES && (text.contains('月') || text.contains(|c: char| c.is_ascii_digit()));
    if may_be && MONTH.is_match(text) {
        return true;
    }
    let Some(found) = may_be.then(|| DATED.captures(text)).flatten() else { return false };
    [found.name("place"), found.name("behind")]
        .into_iter()
        .flatten()
        .all(|place| roles::is_place(place.as_str().trim_end_matches('于')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_with_their_places() {
        for text in [
            "二〇二四年三月八日于新宾",
            "甲辰年正月廿九",
            "2024年3月8日",
            "2024.3.9",
            "农历二月初二",
            "龙年正月十五",
            "2024年3月8日晚 于广州",
            "广州 2024年3月8日",
            "2024年3月8日于广州市图书馆",
            "二〇二四年三月",
            "2024年3月8日星期五 于广州",
            "2024年3月",
            "2024.3",
        ] {
            assert!(is_dated(text), "{text}");
        }
        for text in [
            "三月八日停电",
            "2024年3月8日起执行",
            "办理时限3-5日",
            "1.5倍",
            "正月十五也要上班",
            "2024年3月起执行",
            "三月",
            "2000.55",
        ] {
            assert!(!is_dated(text), "{text}");
        }
    }
}
