//! Sensitive personal information (PIPL art. 28): health, religion, account and identity numbers, a
//! child under 14. General proposals about hospitals and schools are none.

use crate::details::contact::identifiers::NUMBERS;
use crate::details::text::numeral::number;
use crate::details::text::sentences::Sentence;
use crate::details::text::topics::Topic;
use crate::vocabulary::language::language_table;
use crate::vocabulary::{Regex, pattern};

language_table!(SENSITIVE, "language/sensitive.tsv");

pattern!(HEALTH, SENSITIVE, r"⟨has⟩[^,。]{0,8}⟨ill⟩|⟨illness⟩");
pattern!(PERSON, SENSITIVE, r"我(?:⟨behind I⟩|[,，0-9])|⟨oneself⟩|^\s*⟨family⟩");
pattern!(POLICY, SENSITIVE, r"⟨policy⟩");
pattern!(RELIGION, SENSITIVE, r"(?:我|本人)[^,。]{0,8}⟨religion⟩|(?:宗教信仰)\s?:\s?[^无没\s]");
pattern!(ACCOUNT, SENSITIVE, r"(?i)⟨account⟩[^0-9a-z,。]{0,8}[0-9]{6,}");
pattern!(
    DOCUMENT,
    NUMBERS,
    r"(?i)⟨document⟩(?:证)?(?:号码?|编号)[^0-9a-z,。]{0,4}[a-z]{0,2}[0-9]{4,}|(?:护照|军官证|残疾证)[^0-9a-z,。]{0,4}[a-z]{0,2}[0-9]{6,}"
);
pattern!(
    CHILD,
    SENSITIVE,
    r"(?:我(?:的|家|们家)?|本人的?|家里|家有|家中)[^,。]{0,8}⟨child⟩[^。]{0,16}?(?:(?P<age>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?(?:周?岁|个月大)|(?P<school>幼儿园|小学|[一二三四五六]年级|刚出生|出生[0-9一二三四五六七八九十]+个?[天周月]))"
);
pattern!(
    PUPIL,
    r"(?:(?:我|本人)(?:是|今年|现在)?[^,。]{0,12}?|我叫[^,。]{2,6}[,，]我?(?:今年)?)(?:(?P<age>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?周?岁|(?P<school>小学生|(?:小学)?[一二三四五六]年级(?:的)?(?:小?学生|同学)?))"
);

/// The first sentence with sensitive information; card numbers are looked for in whole lines, beside this.
pub(crate) fn evidence(sentences: &[Sentence<'_>]) -> Option<(usize, String)> {
    let sentence = sentences.iter().find(|sentence| is_sensitive(sentence))?;
    Some((sentence.line, sentence.text.chars().take(80).collect()))
}

fn is_sensitive(sentence: &Sentence<'_>) -> bool {
    let Sentence { text, topics, .. } = sentence;
    topics.has(Topic::Account)
        && text.bytes().any(|b| b.is_ascii_digit())
        && (ACCOUNT.is_match(text) || DOCUMENT.is_match(text))
        || topics.has(Topic::Religion) && RELIGION.is_match(text)
        || topics.has(Topic::Age) && (is_under_14(&CHILD, text) || is_under_14(&PUPIL, text))
        || topics.has(Topic::Health) && topics.has(Topic::Own) && text.split(',').any(is_diagnosis)
}

/// 我建议住院费用直接结算 is a proposal; 我因癌症住院 is a diagnosis.
fn is_diagnosis(clause: &str) -> bool {
    HEALTH.find(clause).is_some_and(|found| {
        let before = clause.get(..found.start()).unwrap_or_default();
        PERSON.is_match(clause) && !POLICY.is_match(before)
    })
}

/// PIPL art. 28 draws the line at 14 years.
fn is_under_14(pattern: &Regex, sentence: &str) -> bool {
    pattern.captures_iter(sentence).take(10).any(|found| {
        let age = found.name("age").and_then(|age| number(age.as_str()));
        age.map_or(found.name("school").is_some(), |age| age < 14)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::topics::assert_complete;

    #[test]
    fn whatever_an_expression_matches_has_its_topic() {
        assert_complete(Topic::Health, &HEALTH);
        assert_complete(Topic::Own, &PERSON);
        assert_complete(Topic::Account, &ACCOUNT);
        assert_complete(Topic::Account, &DOCUMENT);
        assert_complete(Topic::Religion, &RELIGION);
        assert_complete(Topic::Age, &CHILD);
    }
}
