//! Sensitive personal information (PIPL art. 28): health, religion, account and identity numbers, a
//! child under 14. General proposals about hospitals and schools are none.

use std::sync::LazyLock;

use crate::vocabulary::Regex;

use crate::details::text::numeral::number;
use crate::details::text::sentences::{Sentence, pattern};
use crate::details::text::topics::Topic;

pattern!(
    HEALTH,
    r"(?:患有?|得了|确诊|查出|罹患|身患|因)[^,。]{0,8}(?:癌|瘤|病|症|艾滋|乙肝|抑郁|残疾|炎)|(?:癌症?|肿瘤|白血病|尿毒症|糖尿病|高血压|心脏病|脑梗|脑出血|中风|偏瘫|瘫痪|抑郁症|精神分裂|精神病|艾滋病|乙肝|肝硬化|肺结核|自闭症|孤独症|脑瘫|截瘫|失明|聋哑|残疾|怀孕|流产|透析|化疗|放疗|病历|确诊|手术|住院)"
);
pattern!(
    PERSON,
    r"我(?:先天|从小|后天|今年|曾|因|患|得|怀|做|确诊|住|截|失明|残|查出|被诊|是|的|在|家|妈|爸|父|母|爱人|妻|丈夫|老公|老婆|老伴|儿|女|孩|奶奶|爷爷|现|本人|有|一|也|被|去年|[,，]|[0-9])|本人|老伴|家父|家母|我们家|^\s*(?:老?父亲|老?母亲|妻子|丈夫|爱人|儿子|女儿|孩子|婆婆|岳父|岳母|奶奶|爷爷)"
);
pattern!(POLICY, r"建议|希望|应当|应该|能否|优化|推进|制度|政策|患者|病人|参保人|群众");
pattern!(
    RELIGION,
    r"(?:我|本人)[^,。]{0,8}(?:信仰|信奉|信教|信佛|基督徒|佛教徒|穆斯林|天主教徒|教徒|回族教)|(?:宗教信仰)\s?:\s?[^无没\s]"
);
pattern!(
    ACCOUNT,
    r"(?i)(?:银行卡|卡号|银行账号|银行帐号|账号|帐号|账户|支付宝|存折)[^0-9a-z,。]{0,8}[0-9]{6,}|(?:护照|军官证|士兵证|通行证|社保卡?|医保卡?|残疾证|住院|病历|病案|就诊卡)(?:证)?(?:号码?|编号)[^0-9a-z,。]{0,4}[a-z]{0,2}[0-9]{4,}|(?:护照|军官证|残疾证)[^0-9a-z,。]{0,4}[a-z]{0,2}[0-9]{6,}"
);
pattern!(
    CHILD,
    r"(?:我(?:的|家|们家)?|本人的?|家里|家有|家中)[^,。]{0,8}(?:孩子|女儿|儿子|小孩|孙子|孙女|外孙女?|宝宝|闺女|娃)[^。]{0,16}?(?:(?P<age>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?(?:周?岁|个月大)|(?P<school>幼儿园|小学|[一二三四五六]年级|刚出生|出生[0-9一二三四五六七八九十]+个?[天周月]))"
);
pattern!(
    PUPIL,
    r"(?:我|本人)(?:是|今年|现在)?[^,。]{0,12}?(?:(?P<age>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?周?岁|(?P<school>小学生|(?:小学)?[一二三四五六]年级(?:的)?(?:小?学生|同学)?))"
);

/// The first sentence with sensitive information; card numbers are looked for in whole lines, beside this.
pub(crate) fn evidence(sentences: &[Sentence<'_>]) -> Option<(usize, String)> {
    let sentence = sentences.iter().find(|sentence| is_sensitive(sentence))?;
    Some((sentence.line, sentence.text.chars().take(80).collect()))
}

fn is_sensitive(sentence: &Sentence<'_>) -> bool {
    let Sentence { text, topics, .. } = sentence;
    topics.has(Topic::Account) && text.bytes().any(|b| b.is_ascii_digit()) && ACCOUNT.is_match(text)
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
        assert_complete(Topic::Religion, &RELIGION);
        assert_complete(Topic::Age, &CHILD);
    }
}
