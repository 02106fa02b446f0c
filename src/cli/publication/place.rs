//! Whether a text tells where somebody lives or can be called, in ways that no list of the store has: a street with a house's
//! number, a telephone number in single digits.

use unicode_normalization::UnicodeNormalization;

/// What a house's number stands behind.
const STREETS: [&str; 11] = ["路", "街", "巷", "弄", "大道", "胡同", "小区", "花园", "村", "屯", "苑"];
/// What it is a number of.
const HOUSES: [&str; 6] = ["号", "弄", "栋", "幢", "单元", "室"];
/// Behind 号 these make it a window, a file or a day.
const NOT_A_HOUSE: &str = "窗线文令厅台机岗车站前后至到起开以之上下当";
const NUMERALS: &str = "0123456789一二三四五六七八九十百零〇两-甲乙丙丁";
/// Most characters of a house's number.
const LONGEST: usize = 6;

/// A street, and the number of a house in it.
pub(super) fn has_house(text: &str) -> bool {
    let text: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    STREETS.iter().any(|street| {
        text.match_indices(street).any(|(at, _)| {
            // 106路 is a bus.
            let before = text.get(..at).unwrap_or_default().chars().next_back();
            let behind = text.get(at + street.len()..).unwrap_or_default();
            let digits: usize =
                behind.chars().take_while(|c| NUMERALS.contains(*c)).map(char::len_utf8).sum();
            let (number, rest) = behind.split_at_checked(digits).unwrap_or_default();
            let house = HOUSES.iter().find_map(|house| rest.strip_prefix(house));
            before.is_some_and(|c| !NUMERALS.contains(c))
                && (1..=LONGEST).contains(&number.chars().count())
                && house.is_some_and(|rest| !rest.starts_with(|c| NOT_A_HOUSE.contains(c)))
        })
    })
}

/// The text with single digits that stand apart put together: `1 3 8` is read as it is meant.
pub(super) fn joined(text: &str) -> String {
    let chars: Vec<char> = text.nfkc().collect();
    let at = |place: Option<usize>| place.and_then(|place| chars.get(place)).copied().unwrap_or(' ');
    let is_sign = |c: char| c.is_ascii_digit() || c == '-';
    let stands_alone = |place: Option<usize>| {
        let around = (place.and_then(|place| place.checked_sub(1)), place.map(|place| place + 1));
        is_sign(at(place)) && !is_sign(at(around.0)) && !is_sign(at(around.1))
    };
    let goes = |place: usize| {
        at(Some(place)).is_whitespace() && stands_alone(place.checked_sub(1)) && stands_alone(Some(place + 1))
    };
    chars.iter().enumerate().filter(|(place, _)| !goes(*place)).map(|(_, c)| *c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_is_told_from_a_window_a_bus_and_a_day() {
        for house in [
            "住甲市乙区三好街12号",
            "三好街 １２ 号",
            "中山大道甲3号",
            "幸福小区5栋",
            "柳条胡同十二号院",
            "王家村12号",
            "文化路3-5号楼",
        ] {
            assert!(has_house(house), "{house}");
        }
        for other in [
            "106路3号车",
            "政务大厅12号窗口",
            "道路12345热线",
            "街道办事处3号窗口",
            "国发〔2024〕3号文",
            "我村12号前交材料",
            "一网通办路线",
            "在街上走了3公里",
        ] {
            assert!(!has_house(other), "{other}");
        }
        assert_eq!(joined("打 0 2 4 - 2 5 5 5 0 1 0 1 找他"), "打 024-25550101 找他");
        assert_eq!(joined("3 月 12 日，1 至 5 天，100 200"), "3 月 12 日,1 至 5 天,100 200");
    }
}
