//! Telephone numbers as people write them. Whose they are is asked in `whose`.

use std::ops::Range;

use crate::details::contact::identifiers::{NUMBERS, identifier_ranges};
use crate::details::text::fold::{fold, last_bytes};
use crate::details::text::numeral::digit;
use crate::vocabulary::pattern;

/// A number as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phone {
    /// `13800138000`, `024-25550101`, `024-25550101-8012`.
    pub(crate) normal: String,
    /// Its place in the line's folded text.
    pub(crate) range: Range<usize>,
}

/// More numbers than this on one line are a list of something else.
const MAX_PER_LINE: usize = 50;

pattern!(
    MOBILE,
    r"^(?:\(?(?:\+|00?)?\s?86\)?[\s-]{0,3})?\(?0?(1[\s-]?[3-9][\s-]?\d)\)?[\s.·_-]{0,3}((?:\d[\s.·_-]{0,3}){7}\d)"
);

pattern!(
    LANDLINE,
    r"(?x)^ (?: \(? (?:\+|00?)? \s? 86 \)? [\s-]{0,3} (?P<bare> \(? (?:10|2\d|[3-9]\d{2}) \)? )
              | (?: \(? (?:\+|00?)? \s? 86 \)? [\s-]{0,3} )? (?P<area> [(\[【〔<]? 0 \)? (?:10|2\d|[3-9]\d{2}) [)\]】〕>]? ) )
          [\s/_.·一ー-]{0,3} (?P<number> [2-8] \d{2,3} [\s-]? \d{4} | [2-8] (?: [\s.·-]? \d ){7} | [2-8] (?: [\s.·-]? \d ){6} )"
);

pattern!(
    EXTENSION,
    r"(?i)^[\s,]{0,2}(?:(?:\(\s?)?(?:转(?:分机|内线)?|分机号?|内线|ext\.?|extension|x)\s?:?\s?|[-#*])(\d{1,6})"
);

pattern!(
    /// A second number of the same exchange: `024-25550117/25550118`.
    SECOND,
    r"^(?:\s?\((?:[^()0-9]{1,8})\))?(?:\s?(?:[/、,;|]|或|和)\s?|\s{1,4})([2-8]\d{2,3}[\s-]?\d{4})"
);

pattern!(
    /// A second number that gives only the digits in which it differs: `024-25550101/02`.
    DIFFERENT_END,
    r"^\s?(?:/|、|或)\s?(\d{1,4})(?:[^0-9年月日号楼室元万%./-]|$)"
);

pattern!(
    /// A day without marks, which looks like a number of eight digits.
    DAY,
    r"^(?:19|20)\d{2}[\s-]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$"
);

pattern!(
    /// What stands directly before a number that is not a telephone's.
    NOT_A_PHONE, NUMBERS,
    r"(?i)(?:⟨not a telephone⟩|(?:^|\W)(?:vx|wx)|[^话机系络电个的老新用同]号)\s?(?:码)?\s?[:是为]?\s?$"
);

/// The telephone numbers of a folded line, without faxes, messengers and account numbers.
pub(crate) fn find(text: &str) -> Vec<Phone> {
    let mut found = find_all(text);
    found.retain(|phone| !is_other_number(text, 0, phone.range.start));
    found
}

/// Everything in a folded line that looks like a telephone number.
pub(crate) fn find_all(text: &str) -> Vec<Phone> {
    let mut found = Vec::new();
    if text.bytes().filter(u8::is_ascii_digit).take(10).count() < 10 {
        return found;
    }
    let identifiers = identifier_ranges(text);
    let mut blocked = identifiers.iter().peekable();
    let mut at = 0;
    let mut before = ' ';
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        while blocked.peek().is_some_and(|range| range.end <= at) {
            blocked.next();
        }
        if let Some(range) = blocked.peek().filter(|range| range.contains(&at)) {
            at = range.end;
            before = '0';
            continue;
        }
        let begins = c.is_ascii_digit() || matches!(c, '+' | '(');
        let bounded = !before.is_ascii_alphanumeric() && !matches!(before, '.' | '_' | '@' | '+');
        if begins
            && bounded
            && let Some(numbers) = at_start(text, at)
        {
            let end = numbers.last().map_or(at, |phone| phone.range.end);
            found.extend(numbers);
            if found.len() >= MAX_PER_LINE {
                break;
            }
            at = end.max(at + 1);
            before = '0';
            continue;
        }
        // `电话：__13800138000__`: the line of a form to write on.
        before = if c == '_' && matches!(before, '_' | ':' | ' ') { ' ' } else { c };
        at += c.len_utf8();
    }
    found
}

/// Mobile numbers that are spelled in Han, as people dictate them: 一三八零零….
pub(crate) fn find_spelled(text: &str) -> Vec<Phone> {
    const DIGITS: usize = 11;
    let (mut found, mut normal, mut start) = (Vec::new(), String::new(), 0);
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if let Some(digit) = digit(c).filter(|_| !c.is_ascii()) {
            if normal.is_empty() {
                start = at;
            }
            normal.push(digit);
        } else if !normal.is_empty() {
            let is_mobile = normal.len() == DIGITS && normal.starts_with('1') && !normal.starts_with("10");
            if is_mobile && found.len() < MAX_PER_LINE {
                found.push(Phone { normal: normal.clone(), range: start..at });
            }
            normal.clear();
        }
    }
    found
}

/// The number, or the several of one exchange, that begin at byte `at`.
pub(crate) fn at_start(text: &str, at: usize) -> Option<Vec<Phone>> {
    let rest = text.get(at..)?;
    if let Some(found) = MOBILE.captures(rest) {
        let end = found.get(0)?.end();
        if is_free(rest, end) {
            let normal = digits(found.get(1)?.as_str()) + &digits(found.get(2)?.as_str());
            let mut numbers = vec![Phone { normal, range: at..at + end }];
            with_different_ends(rest, at, &mut numbers);
            return Some(numbers);
        }
    }
    let found = LANDLINE.captures(rest)?;
    let area = match found.name("area") {
        Some(area) => digits(area.as_str()),
        None => format!("0{}", digits(found.name("bare")?.as_str())),
    };
    let end = found.get(0)?.end();
    // Seven digits where eight stand is half a number.
    let number = digits(found.name("number")?.as_str());
    if !is_free(rest, end) || is_day(&number) {
        return None;
    }
    let normal = format!("{area}-{number}");
    Some(with_exchange(rest, at, (normal, end), &format!("{area}-")))
}

/// A landline with its extension, and those of the same exchange that follow; `area` is the code before each, with its
/// dash. `rest` begins at byte `at`; the number itself ends at `end` of it.
pub(crate) fn with_exchange(
    rest: &str,
    at: usize,
    (mut normal, mut end): (String, usize),
    area: &str,
) -> Vec<Phone> {
    if let Some((extension, length)) = extension(rest, end) {
        normal = format!("{normal}-{extension}");
        end += length;
    }
    let mut numbers = vec![Phone { normal, range: at..at + end }];
    while numbers.len() < MAX_PER_LINE
        && let Some(second) = rest.get(end..).and_then(|behind| SECOND.captures(behind))
        && let (Some(whole), Some(number)) = (second.get(0), second.get(1))
        && is_free(rest, end + whole.end())
        && !DAY.is_match(number.as_str())
    {
        let mut normal = format!("{area}{}", digits(number.as_str()));
        let start = at + end + number.start();
        end += whole.end();
        if let Some((extension, length)) = extension(rest, end) {
            normal = format!("{normal}-{extension}");
            end += length;
        }
        numbers.push(Phone { normal, range: start..at + end });
    }
    with_different_ends(rest, at, &mut numbers);
    numbers
}

/// The extension behind byte `end`, and how many bytes it takes.
fn extension(rest: &str, end: usize) -> Option<(String, usize)> {
    let found = EXTENSION.captures(rest.get(end..)?)?;
    let length = found.get(0)?.end();
    is_free(rest, end + length).then(|| Some((found.get(1)?.as_str().to_owned(), length)))?
}

/// Adds `02` of `024-25550101/02` as 024-25550102.
fn with_different_ends(rest: &str, at: usize, numbers: &mut Vec<Phone>) {
    while numbers.len() < MAX_PER_LINE
        && let Some(last) = numbers.last()
        && last.normal.rsplit('-').next().is_none_or(|end| end.len() >= 7)
        && let Some(found) = rest.get(last.range.end - at..).and_then(|behind| DIFFERENT_END.captures(behind))
        && let Some(end) = found.get(1)
        && !goes_on(rest.get(last.range.end - at + end.end()..).unwrap_or_default())
    {
        let kept = last.normal.len().saturating_sub(end.as_str().len());
        let normal = last.normal.get(..kept).unwrap_or_default().to_owned() + end.as_str();
        let from = last.range.end;
        numbers.push(Phone { normal, range: from + end.start()..from + end.end() });
    }
}

/// Whether more digits follow: `024-25550101 / 138 0013 8000` gives a second number, and no other end of the first.
fn goes_on(behind: &str) -> bool {
    behind.trim_start_matches([' ', '-']).starts_with(|c: char| c.is_ascii_digit())
}

/// Whether digits are a day.
pub(crate) fn is_day(digits: &str) -> bool {
    DAY.is_match(digits)
}

/// Whether a number may end here: `13800138000@163.com` is an address, a twelfth digit another kind of
/// number.
pub(crate) fn is_free(text: &str, end: usize) -> bool {
    let mut behind = text.get(end..).unwrap_or_default().chars();
    match behind.next() {
        Some(c) if c.is_ascii_digit() || matches!(c, '@' | '元' | '万' | '亿' | '块' | '%') => false,
        Some('_') => behind.next().is_none_or(|c| matches!(c, '_' | ' ')),
        Some('.') => !behind.next().is_some_and(|c| c.is_ascii_digit()),
        _ => true,
    }
}

pattern!(
    /// `手机同微信138…`, `电话（微信同号）…`: a telephone, whatever the last word says.
    SAME_AS_MESSENGER,
    r"(?:电话|手机)(?:号码?)?\s?[(,/]?\s?(?:同|和|与|即|也是|就是|加)?\s?微信(?:号)?(?:同号|同步|一样)?\)?\s?[:,是为]?\s?$|微信\s?(?:号)?(?:同|和|与|即|/|就是)\s?(?:手机|电话)(?:号码?)?(?:同号|一样)?\s?[:,是为]?\s?$|微信同号\s?[:,是为]?\s?$"
);

pattern!(
    /// 我的号码是…
    MY_NUMBER, r"(?:^|[^给诉留发])(?:我|本人|俺)的?号码?\s?[:是为]?\s?$"
);

/// Whether the words before a number say that the telephone is also the messenger's number.
pub(crate) fn is_same_as_messenger(before: &str) -> bool {
    SAME_AS_MESSENGER.is_match(before)
}

/// Whether the words before a number, from byte `from` on, make it a fax's, a messenger's, an account's.
pub(crate) fn is_other_number(text: &str, from: usize, at: usize) -> bool {
    text.get(from..at).is_some_and(|before| {
        let near = last_bytes(before, before.len(), 40);
        let own = is_same_as_messenger(last_bytes(before, before.len(), 60)) || MY_NUMBER.is_match(near);
        NOT_A_PHONE.is_match(near) && !own
    })
}

pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether the number is one of the office's own, however either is written.
pub(crate) fn is_office(normal: &str, office: &[String]) -> bool {
    let ours = digits(normal);
    office.iter().map(|phone| digits(&fold(phone))).any(|theirs| {
        let theirs =
            theirs.strip_prefix("0086").or_else(|| theirs.strip_prefix("86")).unwrap_or(&theirs).to_owned();
        !theirs.is_empty()
            && (ours.starts_with(&theirs) && theirs.len() >= 10
                || ours.starts_with(&format!("0{theirs}")) && theirs.len() >= 9
                || normal.split('-').nth(1).is_some_and(|number| number == theirs))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normals(text: &str) -> Vec<String> {
        find(&fold(text)).into_iter().map(|phone| phone.normal).collect()
    }

    #[test]
    fn mobiles_in_every_dress() {
        for written in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+86 13800138000",
            "0086-13800138000",
            "(+86)138 0013 8000",
            "013800138000",
            "１３８００１３８０００",
            "8613800138000",
            "+86-138-0013-8000",
            "1380 0138 000",
            "1 3 8 - 0013 - 8000",
            "138 - 0013 - 8000",
            "138  0013  8000",
        ] {
            assert_eq!(normals(written), ["13800138000"], "{written}");
        }
    }

    #[test]
    fn landlines_in_every_dress() {
        for written in [
            "024-25550101",
            "(024)25550101",
            "（024）2555 0101",
            "02425550101",
            "024 25550101",
            "+86 24 25550101",
            "0086-024-25550101",
            "024—25550101",
        ] {
            assert_eq!(normals(written), ["024-25550101"], "{written}");
        }
        for written in [
            "（024）25550101转8012",
            "024-25550101-8012",
            "024-25550101分机8012",
            "024-25550101 ext. 8012",
            "024-25550101（转8012）",
        ] {
            assert_eq!(normals(written), ["024-25550101-8012"], "{written}");
        }
        // Where numbers have seven digits, people part them as they please.
        for written in [
            "0410-7550105",
            "0410-755-0105",
            "0410-7550 105",
            "(0410)7550-105",
            "0410—7550-105",
            "0410-7-550-105",
            "0410 75 50 105",
            "0410-7550-10-5",
        ] {
            assert_eq!(normals(written), ["0410-7550105"], "{written}");
        }
        assert_eq!(normals("0410-7550105-8"), ["0410-7550105-8"]);
        assert_eq!(normals("0410-7550 105 转 8"), ["0410-7550105-8"]);
        assert_eq!(normals("024-255 501 01"), ["024-25550101"]);
        assert_eq!(normals("024-25550117/25550118"), ["024-25550117", "024-25550118"]);
        assert_eq!(normals("13800138000/13900139000"), ["13800138000", "13900139000"]);
    }

    #[test]
    fn numbers_that_are_none() {
        for written in [
            "6222020000000000000",
            "6222 0200 0000 0000 138",
            "210102199003071234",
            "91210100MA0XYZ1234",
            "微信：13800138000",
            "QQ：138001380001",
            "传真：024-25550101",
            "13800138000@163.com",
            "2024-03-13 10:00",
            "住院号88213",
            "138001380001",
            "abc13800138000",
            "12345",
        ] {
            assert_eq!(normals(written), Vec::<String>::new(), "{written}");
        }
    }

    #[test]
    fn the_office_is_known_by_its_digits() {
        let office = ["(024)83988812".to_owned()];
        assert!(is_office("024-83988812", &office));
        assert!(is_office("024-83988812-12", &office));
        assert!(!is_office("024-83988813", &office));
        assert!(is_office("024-83988812", &["83988812".to_owned()]));
        assert!(is_office("024-83988812", &["+86 24 83988812".to_owned()]));
    }
}
