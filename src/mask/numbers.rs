//! Numbers and addresses that reach somebody or name somebody, wherever they stand in a line.

use std::ops::Range;

use super::values::{email, identifier, phone};
use super::words::MASKING;
use crate::details::contact::email as addresses;
use crate::details::contact::identifiers::{self, CARD_18, Identifier, NUMBERS};
use crate::details::contact::{labelled, phone as phones};
use crate::vocabulary::pattern;

pattern!(
    /// Numbers that only their label tells: passports, service cards, hospital numbers, plates, doors.
    LABELLED, NUMBERS,
    r"(?ix) (?: ⟨document⟩ | ⟨document, not sensitive⟩ )
          (?:证)? \s? (?:号码?|编号)? \s? [:是为]? \s? (?P<number> (?: \p{Han}{1,3} 字 第? \s? )? [\p{Han}]?[a-z]{0,3}[·.-]?[a-z0-9]{4,20} )
        | (?P<plate> ⟨plate⟩[a-hj-np-z] \s? [·•]? \s? [a-hj-np-z0-9]{5,6} )
        | (?P<door> [0-9]{1,4} (?: 号楼 | 栋 | 幢 ) \s? (?: [0-9]{1,3} 单元 )? \s? [0-9]{1,5} (?: 室 | 号 | 户 )? )"
);

pattern!(
    /// A local number behind what one does with it or its label: 打23456782找我.
    LOCAL, MASKING,
    r"(?ix) ⟨calls⟩ \s? (?:号码?)? \s? [:是为]? \s? (?P<local> [2-8][0-9]{2,3} [\s-]? [0-9]{4} ) (?: $ | [^0-9元万亿块余多次个件人户%.] )"
);

pattern!(
    /// What one does with a number, or its label.
    CALLS, MASKING,
    r"(?i)⟨calls⟩\s?(?:号码?)?\s?(?:\([^()0-9]{0,12}\))?\s?[:是为]?\s?"
);

pattern!(
    /// Passports and permits by their form: GA 36, E12345678, H0123456789.
    PASSPORT,
    r"(?-u:\b)(?:E[A-HJ-NP-Z][0-9]{7}|[EGDSPKCWHMT][0-9]{8}|[HM][0-9]{10})(?-u:\b)"
);

pattern!(
    /// A day of birth behind its label.
    BIRTH, MASKING,
    r"⟨birth⟩\s?[:是为在]?\s?(?P<day>(?:公历|农历|阳历|阴历)?\s?(?:[0-9]{4}\s?[年./-]\s?[0-9]{1,2}\s?(?:[月./-]\s?(?:[0-9]{1,2}\s?[日号]?)?)?|(?:19|20)[0-9]{6}))"
);

pattern!(
    /// A day that somebody was born on: 1990年1月2日出生, 1990年1月2日生人.
    BORN, MASKING,
    r"(?P<day>[0-9]{4}\s?[年./-]\s?[0-9]{1,2}\s?[月./-]\s?[0-9]{1,2}\s?[日号]?)\s?⟨born⟩"
);

pattern!(
    /// A number with its country's code: +1 415 555 2671.
    ABROAD,
    r"\+[1-9][0-9]{0,2}(?:[ .()-]{1,2}[0-9]{2,4}){2,5}"
);

pattern!(
    /// A day of eight digits is no number of anybody.
    DAY,
    r"^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])$"
);

pattern!(DIGITS, r"[0-9]{11,}");

pattern!(MOBILE, r"^1[3-9][0-9]{9}$");

pattern!(
    /// Digits in groups, with whatever is used to part them; at most two signs, and no words.
    GROUPS,
    r"[0-9]+(?:[^0-9A-Za-z\p{Han}]{1,2}[0-9]+)*(?:[^0-9A-Za-z\p{Han}]{0,2}[Xx](?-u:\b))?"
);

/// How the digits of mobile numbers are grouped: 138/1234/5678.
const MOBILE_GROUPS: [&[usize]; 6] = [&[11], &[3, 4, 4], &[3, 8], &[7, 4], &[5, 6], &[4, 3, 4]];

/// All of them in the image of a line, with their masks.
pub(super) fn find(folded: &str, found: &mut Vec<(Range<usize>, String)>) {
    let known = identifiers::find(folded);
    for (kind, range) in &known {
        let number = folded.get(range.clone()).unwrap_or_default();
        let number: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
        if let Some(mask) = identifier(*kind, &number) {
            found.push((range.clone(), mask));
        }
    }
    found.extend(phones::find_all(folded).into_iter().map(|found| (found.range, phone(&found.normal))));
    // Numbers of other countries, toll-free ones and those without area code are told by their label.
    for label in CALLS.find_iter(folded) {
        let behind = folded.get(label.end()..).unwrap_or_default();
        found.extend(labelled::find(behind).into_iter().map(|number| {
            (label.end() + number.range.start..label.end() + number.range.end, phone(&number.normal))
        }));
    }
    found.extend(addresses::find(folded).into_iter().map(|(address, range)| (range, email(&address))));
    for captures in LABELLED.captures_iter(folded) {
        let place = ["number", "plate", "door"].iter().find_map(|name| captures.name(name));
        // 医保卡办理 is no number; every document's number holds digits.
        if let Some(place) =
            place.filter(|place| place.as_str().bytes().filter(u8::is_ascii_digit).count() >= 2)
        {
            found.push((place.range(), "***".to_owned()));
        }
    }
    let is_code = |range: &Range<usize>| {
        known.iter().any(|(kind, code)| *kind == Identifier::CreditCode && code.contains(&range.start))
    };
    for groups in GROUPS.find_iter(folded).filter(|groups| !is_code(&groups.range())) {
        let behind = |end: usize| folded.get(end..).unwrap_or_default();
        if let Some(mask) = grouped(groups.as_str(), behind(groups.end())) {
            found.push((groups.range(), mask));
            continue;
        }
        // tel13812345678end, 3.13812345678
        let alone = DIGITS.find_iter(groups.as_str()).filter_map(|digits| {
            let range = groups.start() + digits.start()..groups.start() + digits.end();
            grouped(digits.as_str(), behind(range.end)).map(|mask| (range, mask))
        });
        found.extend(alone);
    }
    let not_a_day =
        |number: &str| !DAY.is_match(number.trim_start_matches(|c: char| c.is_ascii_alphabetic()));
    found.extend(LOCAL.captures_iter(folded).filter_map(|captures| {
        let local = captures.name("local").filter(|local| not_a_day(local.as_str()))?;
        Some((local.range(), phone(&local.as_str().replace([' ', '-'], ""))))
    }));
    let passports = PASSPORT.find_iter(folded).filter(|number| not_a_day(number.as_str()));
    found.extend(passports.map(|number| (number.range(), "***".to_owned())));
    let births =
        BIRTH.captures_iter(folded).filter_map(|captures| captures.name("day").map(|day| day.range()));
    let born = BORN.captures_iter(folded).filter_map(|captures| captures.name("day").map(|day| day.range()));
    found.extend(births.chain(born).map(|range| (range, "***".to_owned())));
    found.extend(ABROAD.find_iter(folded).filter_map(|number| {
        let digits: String = number.as_str().chars().filter(char::is_ascii_digit).collect();
        (9..=15).contains(&digits.len()).then(|| (number.range(), phone(&digits)))
    }));
}

/// The mask of digits that stand in groups, or glued to letters, if they are a mobile number, an identity card or a bank card.
fn grouped(groups: &str, behind: &str) -> Option<String> {
    let plain: String = groups.chars().filter(|c| c.is_ascii_digit() || matches!(c, 'x' | 'X')).collect();
    let sizes: Vec<usize> = groups
        .split(|c: char| !c.is_ascii_digit())
        .map(str::len)
        .filter(|size| *size > 0)
        .take(plain.len())
        .collect();
    let one_by_one = sizes.iter().all(|size| *size == 1);
    // 13800138000元 is a sum, and `13800138000@163.com` an address.
    let counts = behind.starts_with(['元', '万', '亿', '块', '%', '@']);
    if MOBILE.is_match(&plain) && !counts && (one_by_one || MOBILE_GROUPS.contains(&sizes.as_slice())) {
        return Some(phone(&plain));
    }
    if CARD_18.is_match(&plain) {
        return identifier(Identifier::IdentityCard, &plain);
    }
    let fours = sizes.len() >= 4 && sizes.iter().take(4).all(|size| *size == 4) && sizes.len() <= 5;
    if (16..=19).contains(&plain.len()) && fours {
        return identifier(Identifier::BankCard, &plain);
    }
    None
}

/// Whether digits that end a line and those that begin the next are one number.
pub(super) fn is_broken_number(end: &str, start: &str) -> bool {
    let number = [end, start].concat();
    end.len() >= 2 && start.len() >= 2 && (MOBILE.is_match(&number) || CARD_18.is_match(&number))
}
