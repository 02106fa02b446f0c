//! Personal data as it is shown to people: enough to tell cases apart, not enough to reach anybody.

use std::ops::Range;
use std::sync::LazyLock;

use crate::mail::Regex;

use super::identifiers::{self, Identifier};
use super::text::{fold, is_han, pieces};
use super::{email as addresses, phone as phones, surnames};

/// `张*`, `张**`, `欧阳**`, `D**** C***`.
pub fn name(name: &str) -> String {
    let name = name.trim();
    let kept = if name.chars().next().is_some_and(is_han) {
        surnames::surname_length(name).clamp(1, name.chars().count().saturating_sub(1).max(1))
    } else {
        1
    };
    let mut kept_of_word = 0;
    let is_latin = !name.chars().any(is_han);
    name.chars()
        .map(|c| {
            if is_latin && (c == ' ' || c == '.') {
                kept_of_word = 0;
                return c;
            }
            if c == '·' {
                return c;
            }
            kept_of_word += 1;
            if kept_of_word <= kept { c } else { '*' }
        })
        .collect()
}

/// `138****8000`, `024-8398****`; an extension is left out.
pub fn phone(phone: &str) -> String {
    let mut parts = phone.split('-');
    let first = parts.next().unwrap_or_default();
    match parts.next() {
        Some(number) => format!("{first}-{}****", head(number, number.chars().count().saturating_sub(4))),
        None if phone.chars().count() == 11 => format!("{}****{}", head(phone, 3), tail(phone, 4)),
        None => format!("{}****", head(phone, phone.chars().count().saturating_sub(4).min(4))),
    }
}

/// `z***@example.com`.
pub fn email(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", head(local, 1)),
        None => format!("{}***", head(address, 1)),
    }
}

/// Running text with identity and card numbers, telephone numbers, addresses and labelled document
/// numbers masked. Names stay: what is a name in a sentence cannot be told for certain.
pub fn text(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            masked.push('\n');
        }
        for piece in pieces(line) {
            mask_line(piece, &mut masked);
        }
    }
    masked
}

/// Numbers that only their label tells: passports, service cards, hospital numbers, plates, doors.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) (?: 护照 | 军官证 | 士兵证 | 文职干部证 | 通行证 | 住院 | 病历 | 病案 | 就诊卡 | 社保卡? | 医保卡? | 残疾证 | 学籍 | 房产证 | 不动产权证 | 车牌 )
          (?:证)? \s? (?:号码?|编号)? \s? [:是为]? \s? (?P<number> [\p{Han}]?[a-z]{0,3}[·.-]?[a-z0-9]{4,20} )
        | (?P<plate> [京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-hj-np-z] \s? [·•]? \s? [a-hj-np-z0-9]{5,6} )
        | (?P<door> [0-9]{1,4} (?: 号楼 | 栋 | 幢 ) \s? (?: [0-9]{1,3} 单元 )? \s? [0-9]{1,5} (?: 室 | 号 | 户 )? )",
    )
    .expect("a constant pattern")
});

fn mask_line(raw: &str, masked: &mut String) {
    if !raw.chars().any(|c| c.is_numeric() || matches!(c, '@' | '＠' | '#' | '＃' | '特'))
        && !["at)", "at]", "at）", "AT)"].iter().any(|at| raw.contains(at))
    {
        masked.push_str(raw);
        return;
    }
    let folded = fold(raw);
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    for (kind, range) in identifiers::find(&folded) {
        let number = folded.get(range.clone()).unwrap_or_default();
        if let Some(mask) = identifier(kind, number) {
            found.push((range, mask));
        }
    }
    found.extend(phones::find_all(&folded).into_iter().map(|found| (found.range, phone(&found.normal))));
    found.extend(addresses::find(&folded).into_iter().map(|(address, range)| (range, email(&address))));
    for captures in LABELLED.captures_iter(&folded) {
        let place = ["number", "plate", "door"].iter().find_map(|name| captures.name(name));
        // 医保卡办理 is no number; every document's number holds digits.
        if let Some(place) =
            place.filter(|place| place.as_str().bytes().filter(u8::is_ascii_digit).count() >= 2)
        {
            found.push((place.range(), "***".to_owned()));
        }
    }
    found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));

    // Folding keeps the number of characters, not of bytes: walk both texts together.
    let mut ranges = found.into_iter().peekable();
    let mut skipping_to = 0;
    for ((at, _), c) in folded.char_indices().zip(raw.chars()) {
        while ranges.peek().is_some_and(|(range, _)| range.start < at.min(skipping_to)) {
            ranges.next();
        }
        if at >= skipping_to
            && let Some((range, mask)) = ranges.next_if(|(range, _)| range.start == at)
        {
            masked.push_str(&mask);
            skipping_to = range.end;
        }
        if at >= skipping_to {
            masked.push(c);
        }
    }
}

fn identifier(kind: Identifier, number: &str) -> Option<String> {
    match kind {
        Identifier::IdentityCard if number.len() == 15 => {
            Some(format!("{}*******{}", head(number, 6), tail(number, 2)))
        }
        Identifier::IdentityCard => Some(format!("{}********{}", head(number, 6), tail(number, 4))),
        Identifier::BankCard => Some(format!("{} **** **** {}", head(number, 4), tail(number, 4))),
        // A company's code is public (GB 32100).
        Identifier::CreditCode => None,
        Identifier::Other => Some(format!("{}****{}", head(number, 3), tail(number, 2))),
    }
}

fn head(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

fn tail(text: &str, characters: usize) -> String {
    let length = text.chars().count();
    text.chars().skip(length.saturating_sub(characters)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        assert_eq!(name("张三"), "张*");
        assert_eq!(name("张建国"), "张**");
        assert_eq!(name("欧阳娜娜"), "欧阳**");
        assert_eq!(name("阿依古丽·买买提"), "阿***·***");
        assert_eq!(name("David Chen"), "D**** C***");
        assert_eq!(name(""), "");
        assert_eq!(phone("13800138000"), "138****8000");
        assert_eq!(phone("024-83988812"), "024-8398****");
        assert_eq!(phone("024-25550101-8012"), "024-2555****");
        assert_eq!(phone("0410-7550105"), "0410-755****");
        assert_eq!(email("zhang@example.com"), "z***@example.com");
    }

    #[test]
    fn running_text() {
        for (plain, masked) in [
            ("身份证11010519491231002X。", "身份证110105********002X。"),
            ("身份证号：210102900307123", "身份证号：210102*******23"),
            ("卡6222020000000000000", "卡6222 **** **** 0000"),
            ("电话１３８００１３８０００，谢谢", "电话138****8000，谢谢"),
            ("拨打（024）83988812无人接听", "拨打024-8398****无人接听"),
            ("写信到z@example.com", "写信到z***@example.com"),
            ("住院号88213，护照E12345678", "住院号***，护照***"),
            ("车牌辽A12345", "车牌***"),
            ("统一社会信用代码91210100MA0XYZ1234", "统一社会信用代码91210100MA0XYZ1234"),
            ("传真024-25550101", "传真024-2555****"),
            ("2024年3月13日前，12345热线", "2024年3月13日前，12345热线"),
        ] {
            assert_eq!(text(plain), masked, "{plain}");
        }
    }
}
