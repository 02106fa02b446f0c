//! A line that dates a letter, with the place where it was written: `二〇二四年三月八日于新宾`, `甲辰年正月廿九`.

use std::sync::LazyLock;

use crate::details::lexicon::roles;
use crate::details::text::letters::with_dates;
use crate::vocabulary::Regex;

/// The longest such line, in bytes.
const LINE_BYTES: usize = 90;

static DATED: LazyLock<Regex> = LazyLock::new(|| {
    with_dates(
        r"(?x)^\s* (?P<place>\p{Han}{2,10})?? [\s,、]*
          (?: (?: ⟨calendar⟩ \s* )? (?: ⟨year⟩ \s* [年./-] \s* )? ⟨month and day⟩
            | (?: ⟨calendar⟩ \s* )? (?: (?: ⟨year⟩ | ⟨celestial stem⟩? ⟨sign of a year⟩ ) 年 \s* )?
              ⟨lunar month⟩ ⟨lunar day⟩ 日? )
          \s* (?: ⟨time of day⟩ | [0-9]{1,2}:[0-9]{2} )?
          \s* (?: (?:[\s,]*⟨written at⟩ \s* \p{Han}{2,12}) | [\s,]*(?P<behind>\p{Han}{2,10}) )? \s* [。.]? \s*$",
    )
});

/// Whether a line holds a date and nothing else but the place.
pub(crate) fn is_dated(text: &str) -> bool {
    let may_be =
        text.len() <= LINE_BYTES && (text.contains('月') || text.contains(|c: char| c.is_ascii_digit()));
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
        ] {
            assert!(is_dated(text), "{text}");
        }
        for text in ["三月八日停电", "2024年3月8日起执行", "办理时限3-5日", "1.5倍", "正月十五也要上班"]
        {
            assert!(!is_dated(text), "{text}");
        }
    }
}
