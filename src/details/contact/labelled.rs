//! Numbers behind a phone label, where less must prove them: without area code, of other countries, toll-free, spread by
//! blanks, or spelled in Han. No code is invented for a number that has none.

use crate::details::contact::phone::{self, Phone};
use crate::details::text::fold::is_han;
use crate::details::text::numeral::digit;
use crate::vocabulary::pattern;

/// More numbers than this behind one label are a list of something else.
const MOST: usize = 50;

/// The longest value that is looked at, in bytes.
const VALUE_BYTES: usize = 400;

pattern!(
    /// What may stand between two numbers, and before the first.
    BETWEEN,
    r"^(?:[\s/、,;|:-]|或者?|和|及|转|\((?:[^()0-9]{0,12})\)|\[[^\[\]0-9]{0,12}\]|办公室?|宅电?|住宅|家庭?|手机号?码?|移动|固定?电?话|座机|电话|小灵通|微信同号|同微信|tel|mobile|[oOhHmM]\b){0,12}"
);

pattern!(
    /// The area code without its 0, which only a mark behind it shows: `24-25550101`, `（24）25550101`.
    WITHOUT_ZERO,
    r"^(?:\((?P<bracketed>10|2\d|[3-9]\d{2})\)[\s-]?|(?P<marked>10|2\d|[3-9]\d{2})[-/])(?P<number>[2-8]\d{2,3}[\s-]?\d{4})"
);

pattern!(
    /// `400-810-1234`, `800 810 1234`.
    TOLL_FREE,
    r"^[48]00[\s-]?(?:\d[\s-]?){6}\d"
);

pattern!(
    /// A country's code and a number of its own: `+852 9123 4567`, `（+853）6612 3456`, `00886-2-2345-6789`, `852-91234567`.
    FOREIGN,
    r"^(?:\(?(?:\+|00)[\s-]?[1-9]\d{0,3}\)?(?:[\s.-]?\(?\d{1,4}\)?){2,6}|\(?85[23]\)?[\s-]?[2-9]\d{3}[\s-]?\d{4}|\(?886\)?[\s-]{1,2}\(?0?\d\)?(?:[\s-]?\d{2,4}){2,3}|09\d{2}[\s-]?\d{3}[\s-]?\d{3})"
);

pattern!(
    /// Seven or eight digits, as one writes them for people of the same city.
    LOCAL,
    r"^[2-9]\d{2,3}[\s-]?\d{4}"
);

/// Whether the text begins with a telephone number.
pub(crate) fn begins_with_number(text: &str) -> bool {
    find(text)
        .first()
        .is_some_and(|first| text.get(..first.range.start).is_some_and(|before| !before.contains(is_han)))
}

/// The numbers at the beginning of a label's value, with their places in it.
pub(crate) fn find(value: &str) -> Vec<Phone> {
    let value = value.get(..value.floor_char_boundary(VALUE_BYTES)).unwrap_or(value);
    let image = joined_digits(value);
    let text = image.as_ref().map_or(value, |image| image.text.as_str());
    let mut found: Vec<Phone> = Vec::new();
    let mut at = 0;
    while found.len() < MOST
        && let Some(rest) = text.get(at..)
    {
        let start = at + BETWEEN.find(rest).map_or(0, |between| between.end());
        let Some(numbers) = at_start(text, start, found.last()) else { break };
        at = numbers.last().map_or(text.len(), |last| last.range.end);
        found.extend(numbers);
    }
    if let Some(image) = image {
        for phone in &mut found {
            let last = image.place(phone.range.end.saturating_sub(1));
            let length = value.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            phone.range = image.place(phone.range.start)..last + length;
        }
    }
    found
}

/// The numbers that begin at byte `at`; `before` is the one that stands before them.
fn at_start(text: &str, at: usize, before: Option<&Phone>) -> Option<Vec<Phone>> {
    let rest = text.get(at..)?;
    if let Some(numbers) = phone::at_start(text, at) {
        return Some(numbers);
    }
    if let Some(numbers) = country_or_toll_free(rest, at) {
        return Some(numbers);
    }
    if let Some(found) = WITHOUT_ZERO.captures(rest)
        && let Some(area) = found.name("bracketed").or_else(|| found.name("marked"))
    {
        let end = found.get(0)?.end();
        let area = format!("0{}-", area.as_str());
        let normal = format!("{area}{}", phone::digits(found.name("number")?.as_str()));
        return phone::is_free(rest, end).then(|| phone::with_exchange(rest, at, (normal, end), &area));
    }
    let found = LOCAL
        .find(rest)
        .filter(|found| phone::is_free(rest, found.end()) && !phone::is_day(found.as_str()))?;
    // 024-25550101(办) 13800138000 25550102: the area code of the landline before it.
    let area =
        before.and_then(|before| before.normal.split_once('-')).filter(|(area, _)| area.starts_with('0'));
    let area = area.map_or(String::new(), |(area, _)| format!("{area}-"));
    let normal = format!("{area}{}", phone::digits(found.as_str()));
    Some(phone::with_exchange(rest, at, (normal, found.end()), &area))
}

fn country_or_toll_free(rest: &str, at: usize) -> Option<Vec<Phone>> {
    [&TOLL_FREE, &FOREIGN].into_iter().find_map(|pattern| {
        let found = pattern.find(rest)?;
        let plain = phone::digits(found.as_str());
        let plain = plain.strip_prefix("00").unwrap_or(&plain).to_owned();
        // What begins with 86 and is no number of the mainland is a broken one.
        let fits =
            (7..=15).contains(&plain.len()) && !plain.starts_with("86") && phone::is_free(rest, found.end());
        fits.then(|| vec![Phone { normal: plain, range: at..at + found.end() }])
    })
}

/// A value whose digits are spread by blanks or spelled in Han, written plainly.
struct Image {
    text: String,
    /// Where each byte of the text stands in the value, and where the value ends.
    places: Vec<usize>,
}

impl Image {
    fn place(&self, at: usize) -> usize {
        self.places.get(at).or(self.places.last()).copied().unwrap_or(0)
    }
}

/// The plain writing of `0 2 4 - 2 5 5 5 0 1 0 1` and 一三八零零…; nothing where the digits are written plainly.
fn joined_digits(value: &str) -> Option<Image> {
    const FEWEST: usize = 7;
    let spelled = value
        .chars()
        .take_while(|c| digit(*c).is_some() || matches!(c, ' ' | '-'))
        .filter(|c| is_han(*c))
        .count();
    let words: Vec<&str> = value.split(' ').filter(|word| !word.is_empty()).take(40).collect();
    let single = words.iter().take_while(|word| word.chars().count() == 1 && !word.contains(is_han)).count();
    if spelled < FEWEST && single < FEWEST {
        return None;
    }
    let mut image = Image { text: String::new(), places: Vec::new() };
    for (at, c) in value.char_indices() {
        let plain = match c {
            ' ' if single >= FEWEST => continue,
            c if spelled >= FEWEST => digit(c).unwrap_or(c),
            c => c,
        };
        image.text.push(plain);
        image.places.resize(image.text.len(), at);
    }
    image.places.push(value.len());
    Some(image)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::fold::fold;

    fn normals(text: &str) -> Vec<String> {
        find(&fold(text)).into_iter().map(|phone| phone.normal).collect()
    }

    #[test]
    fn numbers_behind_a_label() {
        for (written, expected) in [
            ("85550123（城里）", vec!["85550123"]),
            ("7788-0123", vec!["77880123"]),
            ("0 4 1 3 - 5 2 6 0 1 2 3", vec!["0413-5260123"]),
            ("一三九零零一三九零零零", vec!["13900139000"]),
            ("零四一二，八八五五零一二三", vec![]),
            ("29-88550123", vec!["029-88550123"]),
            ("（531）88550123 转 6", vec!["0531-88550123-6"]),
            ("400 123 4567", vec!["4001234567"]),
            ("+81-3-1234-5678", vec!["81312345678"]),
            ("00852-2123 4567", vec!["85221234567"]),
            ("(+853)2812 3456", vec!["85328123456"]),
            ("0571.88550123", vec!["0571-88550123"]),
            ("0571-88550123/24", vec!["0571-88550123", "0571-88550124"]),
            ("0571-88550123（单位） 88550124（家）", vec!["0571-88550123", "0571-88550124"]),
            ("13700137000   85550123", vec!["13700137000", "85550123"]),
            ("020-88550123 20240305", vec!["020-88550123"]),
            ("我打过三次", vec![]),
            ("12345", vec![]),
        ] {
            assert_eq!(normals(written), expected, "{written}");
        }
    }

    #[test]
    fn places_lead_back_to_what_was_written() {
        let value = "0 4 1 3 - 5 2 6 0 1 2 3 下午打";
        let found = find(value);
        assert_eq!(value.get(found[0].range.clone()), Some("0 4 1 3 - 5 2 6 0 1 2 3"));
        let value = "一三九零零一三九零零零（手机）";
        assert_eq!(value.get(find(value)[0].range.clone()), Some("一三九零零一三九零零零"));
    }
}
