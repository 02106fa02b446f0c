//! Telephone numbers and where they count as the writer's.
//!
//! A number counts behind a phone label, behind the writer's name on the same line, in the signature, or
//! in a self-introduction; a number in a sentence about somebody else does not.

use std::ops::Range;

use crate::details::contact::identifiers::{NUMBERS, identifier_ranges};
use crate::details::text::fold::{fold, is_han, last_bytes};
use crate::vocabulary::language::word_list;
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
    r"^(?:\(?(?:\+|00)?\s?86\)?[\s-]{0,3})?\(?0?(1[\s-]?[3-9][\s-]?\d)\)?[\s.·_-]{0,2}((?:\d[\s.·_-]?){7}\d)"
);

pattern!(
    LANDLINE,
    r"(?x)^ (?: \(? (?:\+|00)? \s? 86 \)? [\s-]{0,3} (?P<bare> \(? (?:10|2\d|[3-9]\d{2}) \)? )
              | (?: \(? (?:\+|00)? \s? 86 \)? [\s-]{0,3} )? (?P<area> \(? 0 \)? (?:10|2\d|[3-9]\d{2}) \)? ) )
          [\s/_-]{0,3} (?P<number> [2-8] \d{2,3} [\s-]? \d{4} )"
);

pattern!(
    EXTENSION,
    r"(?i)^[\s,]{0,2}(?:(?:\(\s?)?(?:转(?:分机|内线)?|分机号?|内线|ext\.?|extension|x)\s?:?\s?|[-#*])(\d{1,6})"
);

pattern!(
    /// A second number of the same exchange: `024-25550117/25550118`.
    SECOND,
    r"^\s?(?:[/、,;|]|或|和)\s?([2-8]\d{2,3}[\s-]?\d{4})"
);

pattern!(
    /// What stands directly before a number that is not a telephone's.
    NOT_A_PHONE, NUMBERS,
    r"(?i)(?:⟨not a telephone⟩|(?:^|\W)(?:vx|wx)|[^话机系络电]号)\s?(?:码)?\s?[:是为]?\s?$"
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

/// The number, or the two of one exchange, that begin at byte `at`.
fn at_start(text: &str, at: usize) -> Option<Vec<Phone>> {
    let rest = text.get(at..)?;
    if let Some(found) = MOBILE.captures(rest) {
        let end = found.get(0)?.end();
        if is_free(rest, end) {
            let normal = digits(found.get(1)?.as_str()) + &digits(found.get(2)?.as_str());
            return Some(vec![Phone { normal, range: at..at + end }]);
        }
    }
    let found = LANDLINE.captures(rest)?;
    let area = match found.name("area") {
        Some(area) => digits(area.as_str()),
        None => format!("0{}", digits(found.name("bare")?.as_str())),
    };
    let mut end = found.get(0)?.end();
    // Seven digits where eight stand is half a number.
    if !is_free(rest, end) {
        return None;
    }
    let mut normal = format!("{area}-{}", digits(found.name("number")?.as_str()));
    if let Some(extension) = rest.get(end..).and_then(|behind| EXTENSION.captures(behind)) {
        let length = extension.get(0)?.end();
        if is_free(rest, end + length) {
            normal = format!("{normal}-{}", extension.get(1)?.as_str());
            end += length;
        }
    }
    let mut numbers = vec![Phone { normal, range: at..at + end }];
    while numbers.len() < MAX_PER_LINE
        && let Some(second) = rest.get(end..).and_then(|behind| SECOND.captures(behind))
    {
        let length = second.get(0)?.end();
        if !is_free(rest, end + length) {
            break;
        }
        let number = second.get(1)?;
        let normal = format!("{area}-{}", digits(number.as_str()));
        numbers.push(Phone { normal, range: at + end + number.start()..at + end + length });
        end += length;
    }
    Some(numbers)
}

/// Whether a number may end here: `13800138000@163.com` is an address, a twelfth digit another kind of
/// number.
fn is_free(text: &str, end: usize) -> bool {
    let mut behind = text.get(end..).unwrap_or_default().chars();
    match behind.next() {
        Some(c) if c.is_ascii_digit() || matches!(c, '@' | '元' | '万' | '亿' | '块' | '%') => false,
        Some('_') => behind.next().is_none_or(|c| matches!(c, '_' | ' ')),
        Some('.') => !behind.next().is_some_and(|c| c.is_ascii_digit()),
        _ => true,
    }
}

/// Whether the words before a number, from byte `from` on, make it a fax's, a messenger's, an account's.
pub(crate) fn is_other_number(text: &str, from: usize, at: usize) -> bool {
    text.get(from..at).is_some_and(|before| NOT_A_PHONE.is_match(last_bytes(before, before.len(), 40)))
}

fn digits(text: &str) -> String {
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

pattern!(
    /// A speaker's own number: 我的电话是…, 本人手机…
    INTRODUCED,
    r"(?:我|本人|俺|笔者|联系人)[^。!?;:]{0,30}?(?:电话|手机|联系方式|号码)[^。!?;]{0,8}$"
);

pattern!(
    /// `请回电13800138000`, `可联系我：`, directly before a number.
    CALL_ME,
    r"(?:回电|联系我|联系本人|致电我|致电本人|(?:打|拨|致电|联系)(?:我的?|本人的?)(?:手机|电话|联系电话|号码|座机)(?:号码?)?)[:,是为]?\s?$"
);

pattern!(
    /// `欢迎致电13800138000与我沟通`.
    INVITED,
    r"(?:欢迎|敬请|可以?|请|烦请)(?:随时)?(?:致电|来电|电联|拨打)[:,]?\s?$"
);

word_list!(
    /// Words that make a sentence one about somebody or something else.
    ABOUT_OTHERS, NUMBERS, "about somebody else"
);

/// Whether words speak of somebody or something else; 其他 is an occupation of the notice.
pub(crate) fn is_about_others(text: &str) -> bool {
    if text.contains("其他") || text.contains("其它") {
        return ABOUT_OTHERS.inside(&text.replace("其他", "").replace("其它", ""));
    }
    ABOUT_OTHERS.inside(text)
}

/// Whether nobody answers the number at the beginning of the text.
pub(crate) fn is_unanswered(text: &str) -> bool {
    UNANSWERED.is_match(text)
}

pattern!(
    /// What people say behind a number that nobody answers.
    UNANSWERED, NUMBERS,
    r"^[0-9\s()+.-]{7,24}[^。!?;]{0,12}⟨nobody answers⟩"
);

/// Whether the text before a number, on its line, introduces it as the writer's own.
pub(crate) fn is_introduced(text: &str, at: usize) -> bool {
    if text.get(at..).is_some_and(|number| UNANSWERED.is_match(number)) {
        return false;
    }
    let before = last_bytes(text, at, 180);
    let sentence = before.rsplit(['。', '!', '?', ';']).next().unwrap_or(before);
    CALL_ME.is_match(sentence)
        || INVITED.is_match(sentence) && text.contains(['我', '本'])
        || INTRODUCED.is_match(sentence) && !is_about_others(sentence)
}

pattern!(
    /// `王女士，` or `李师傅 电话：` directly before a number that ends its line.
    TITLED,
    r"(?:^|[,。;\s])(?P<who>\p{Han}{1,2}(?:先生|女士|小姐|师傅))[,\s:]*(?:联系电话|电话|手机)?[:\s]*$"
);

/// Who signs with surname and title before a number at the end of a line: `…，王女士，13800138000`.
pub(crate) fn titled_signer<'a>(text: &'a str, phone: &Phone) -> Option<&'a str> {
    let behind = text.get(phone.range.end..)?;
    let before = last_bytes(text, phone.range.start, 120);
    let ends_line = behind.chars().all(|c| c.is_whitespace() || matches!(c, '。' | '.' | ')' | '!'));
    TITLED.captures(before).filter(|_| ends_line)?.name("who").map(|who| who.as_str())
}

/// Whether a line of the signature zone is a signature's and not a sentence.
pub(crate) fn is_signature_line(text: &str, numbers: &[Phone]) -> bool {
    if text.len() > 240 || is_about_others(text) {
        return false;
    }
    let mut rest = String::new();
    let mut at = 0;
    for phone in numbers {
        rest.push_str(text.get(at..phone.range.start).unwrap_or_default());
        at = phone.range.end;
    }
    rest.push_str(text.get(at..).unwrap_or_default());
    let rest = rest.trim().trim_end_matches(['。', '.', '!']);
    let words = rest.chars().filter(|c| is_han(*c)).count();
    words <= 12 && !rest.contains(['。', '!', '?', ';'])
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
        assert_eq!(normals("0410-7550105"), ["0410-7550105"]);
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
