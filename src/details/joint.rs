//! Joint letters: how many people sign.

use std::sync::LazyLock;

use crate::mail::Regex;

use super::labels::{Field, Label};
use super::name::{Reading, read_labelled};
use super::signature::Signature;
use super::text::Line;
use super::topics::Topic;

/// A number of people, in a sentence that speaks of signing together.
static COUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:等|共计?|合计|我们)?\s?(?P<count>[0-9]{1,5}|[一二三四五六七八九十百两]{1,5})\s?(?:人|名|位|户)",
    )
    .expect("a constant pattern")
});

/// 联名 as an act of writers, not as in 联名卡 or 各部门联名推动.
static TOGETHER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"联名(?:[^卡款账帐户推发下印制开]|发起|$)|联署|联合签[名署]|共同签[名署]|集体签[名字]|签名如下|以下签名|全体签名|等[0-9一二三四五六七八九十百]+(?:人|名|位|户)[^。]{0,8}(?:签名|联名|敬上|谨上|代表)|我们[0-9一二三四五六七八九十百]+(?:名|位|户|个)").expect("a constant pattern")
});

/// A proposal about signing is not a joint letter.
static PROPOSAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:建议|希望|允许|支持)[^,。;]{0,20}(?:联名|联署|签名)").expect("a constant pattern")
});

/// `联名人：张伟、李娜、王强` and `张伟、李娜、王强 联名`.
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:联名|联署|签名|签字)(?:建议|提议)?(?:人|人员|者|居民|群众|业主|代表)?(?:签字|签名)?(?:\([^)]{1,12}\))?\s?:\s?(?P<names>.{2,})$|^\s*(?P<before>.{2,}?)\s?(?:联名|联署|共同签名)[。.!]?\s*$")
        .expect("a constant pattern")
});

/// What makes a letter joint.
pub(super) fn evidence(lines: &[Line<'_>]) -> Option<(usize, String)> {
    lines.iter().filter(|line| line.topics.has(Topic::Joint)).find_map(|line| {
        let sentence = line
            .text
            .split(['。', '!', '?', ';'])
            .find(|part| TOGETHER.is_match(part) && !PROPOSAL.is_match(part))?;
        Some((line.number, sentence.trim().chars().take(60).collect()))
    })
}

/// How many sign: the larger of a number in words and of the names listed.
pub(super) fn signatories(lines: &[Line<'_>], fields: &[Field], signature: &Signature) -> u32 {
    let labelled = fields.iter().filter(|field| field.label == Label::Name).map(|field| field.text(lines));
    let named = lines.iter().filter_map(|line| {
        let found = LISTED.captures(line.text)?;
        found.name("names").or_else(|| found.name("before")).map(|names| names.as_str())
    });
    let in_table = fields
        .iter()
        .filter(|field| field.label == Label::Name && field.rule == "table_column")
        .filter(|field| matches!(read_labelled(field.text(lines)), Reading::Name(_)))
        .count();
    let listed =
        labelled.chain(named).map(names_in).max().unwrap_or(0).max(signature.names.len()).max(in_table);
    let stated = lines
        .iter()
        .filter(|line| line.topics.has(Topic::Joint))
        .flat_map(|line| line.text.split(['。', '!', '?', ';']))
        .filter(|sentence| TOGETHER.is_match(sentence) && !PROPOSAL.is_match(sentence))
        .flat_map(|sentence| {
            COUNT.captures_iter(sentence).take(10).filter_map(|found| number(found.name("count")?.as_str()))
        })
        .chain(signature.stated)
        .max()
        .unwrap_or(1);
    u32::try_from(listed).unwrap_or(u32::MAX).max(stated).max(1)
}

/// How many names stand at the beginning of a list.
fn names_in(list: &str) -> usize {
    list.split(['、', ',', ' ', '/'])
        .take_while(|part| part.is_empty() || matches!(read_labelled(part), Reading::Name(_)))
        .filter(|part| part.chars().count() > 1)
        .count()
}

/// Reads `23`, `二十三`, `两百`; up to 9,999.
pub(super) fn number(text: &str) -> Option<u32> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let (mut total, mut digit) = (0_u32, 0_u32);
    for c in text.chars() {
        match c {
            '两' => digit = 2,
            '十' => {
                total += digit.max(1) * 10;
                digit = 0;
            }
            '百' => {
                total += digit.max(1) * 100;
                digit = 0;
            }
            _ => digit = u32::try_from("〇一二三四五六七八九".chars().position(|d| d == c)?).ok()?,
        }
    }
    Some(total + digit)
}

#[cfg(test)]
mod tests {
    use super::super::topics::assert_complete;
    use super::*;

    #[test]
    fn whatever_the_expression_matches_has_its_topic() {
        assert_complete(Topic::Joint, &TOGETHER);
    }

    #[test]
    fn numbers_in_words() {
        for (text, expected) in
            [("12", 12), ("十二", 12), ("二十", 20), ("三百零五", 0), ("一百二十三", 123), ("两百", 200)]
        {
            assert_eq!(number(text).unwrap_or(0), expected, "{text}");
        }
    }
}
