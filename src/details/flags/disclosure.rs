//! Applications for the disclosure of government information (政府信息公开条例 art. 29), in any sentence of a letter.
//!
//! What counts is that the writer applies; a sentence about how applications are handled applies for nothing. Stricter than
//! `vocabulary::disclosure`, which judges subjects that name no draft: here both words may stand and nothing be applied for.

use crate::details::text::fold::fold;
use crate::details::text::sentences::{FLAGS, Said};
use crate::details::text::topics::Topic;
use crate::vocabulary::pattern;

pattern!(
    /// The words of an application, and their clause speaks of no rule.
    WORDS,
    r"(?x) (?:政府)?信息公开申请(?:表|书)?
      | (?:申请|要求|请求|请)(?:贵局|贵单位|贵厅|你局|依法)?[^,。]{0,20}(?:公开|提供|获取|书面公开)
        (?:以下|下列|如下|该|上述|相关|有关)?(?:政府)?信息
      | 依申请公开 | 申请(?:政府)?信息公开
      | (?:依据|根据|按照)《?(?:中华人民共和国)?政府信息公开条例》?[^。]{0,40}(?:申请|要求|请求)
      | (?:^|[,:;、\s]|我们?|本人|公司|单位|现|特|特此|并|故|依法|正式)(?:还|也|再|另|想|要){0,3}申请公开"
);
pattern!(
    /// Talk about how disclosure works, which applies for nothing.
    AS_TOPIC, FLAGS, r"⟨about disclosure⟩"
);

pattern!(
    /// The writer applies, and says for what: `本人申请公开…平台的支出`, `申请获取…的复印件`.
    APPLIES, FLAGS,
    r"(?x) (?:^|[,:;]|我们?|本人|本公司|我公司|我单位|我司|现|特|特此|故|另|一并|并) \s?
      (?:依据|根据|依照|按照)? (?:向[^,。]{1,14})? (?:现|特|特此|依法|正式|书面|据此|在此|也|还|另|想){0,2}
      (?:提出)? (?:申请|要求申请) (?:人)? (?:向?(?:贵|你|该|市|省|区|县)[^,。]{0,8}?)? (?:依法|主动|书面|予以){0,2}
      (?:公开|获取|提供|查阅|复制|索取|调取|告知|查询) (?P<what>[^,。;!?]{2,60})"
);

pattern!(
    /// With the statute beside it, asking is applying.
    BY_STATUTE, r"信息公开条例"
);
pattern!(
    ASKS,
    FLAGS,
    r"(?:申请|要求|请求|请|望)(?:贵|你|该)?[^,。]{0,12}?(?:公开|获取|提供|查阅|复制|索取|调取|告知)(?P<what>[^,。;!?]{2,60})"
);

pattern!(
    /// What is applied for is something that an office keeps, not how it works.
    KEPT, FLAGS,
    r"⟨kept by an office⟩"
);
pattern!(
    /// `申请公开的流程`, `申请提供的材料太多`.
    OF_PROCEDURE, FLAGS,
    r"^的?⟨procedure⟩|^的(?:材料|事项|信息|人|群众|企业)[^,。]{0,4}(?:太|应|要|不|多|少|难)"
);
pattern!(
    /// A proposal about what others may apply for.
    PROPOSED, r"(?:建议|希望|应当?|支持|允许|可以|能够?|方便|让|鼓励|推行|实行|企业|群众|申请人|办事人|市民|用户)[^,。;]{0,16}$"
);

/// Where the writer applies, in the text or in the subject.
pub(super) fn evidence(said: &Said<'_, '_>, subject: &str) -> Option<(usize, String)> {
    let in_words = || said.find(Topic::Disclosure, &WORDS, &AS_TOPIC);
    let applied = || {
        said.about(Topic::Disclosure)
            .find(|sentence| applies(sentence.text))
            .map(|sentence| (sentence.line, sentence.text.chars().take(80).collect()))
    };
    let in_subject = || {
        let folded = fold(subject);
        (WORDS.is_match(&folded) || applies(&folded)).then(|| (0, subject.chars().take(80).collect()))
    };
    in_words().or_else(applied).or_else(in_subject)
}

fn applies(sentence: &str) -> bool {
    let fits = |found: &regex::Captures<'_>| {
        let (Some(whole), Some(what)) = (found.get(0), found.name("what")) else { return false };
        let before = sentence.get(..whole.start()).unwrap_or_default();
        KEPT.is_match(what.as_str())
            && !OF_PROCEDURE.is_match(what.as_str())
            && !PROPOSED.is_match(before)
            && !PROPOSED.is_match(whole.as_str().split("申请").next().unwrap_or_default())
    };
    APPLIES.captures_iter(sentence).take(10).any(|found| fits(&found))
        || BY_STATUTE.is_match(sentence) && ASKS.captures_iter(sentence).take(10).any(|found| fits(&found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::topics::assert_complete;
    use crate::vocabulary::disclosure::is_application;

    #[test]
    fn an_opinion_on_disclosure_applies_for_nothing() {
        let opinion = "建议信息公开栏目公布申请材料";
        assert!(is_application(opinion) && !WORDS.is_match(opinion) && !applies(opinion));
        assert!(WORDS.is_match("现申请贵局公开以下信息"));
        for (sentence, expected) in [
            ("本人申请公开贵局去年大厅改造的合同", true),
            ("另向贵局申请获取窗口排班表的复印件", true),
            ("根据政府信息公开条例,请提供近三年的办件量数据", true),
            ("建议企业可以申请公开办理结果", false),
            ("申请公开的流程太复杂", false),
            ("群众申请获取证明材料要跑三趟", false),
            ("请公开办件量数据", false),
        ] {
            assert_eq!(applies(sentence), expected, "{sentence}");
        }
    }

    #[test]
    fn whatever_an_expression_matches_has_its_topic() {
        assert_complete(Topic::Disclosure, &WORDS);
    }
}
