//! Who does not want to be called: `不要打我电话`, `请勿来电`. Who says how an office should reach people (`不要打电话催群众`) proposes
//! something.

use crate::details::text::topics::REQUESTS;
use crate::vocabulary::pattern;

/// The longest such sentence, in characters.
const MOST_CHARS: usize = 40;

pattern!(
    /// One clause that says so of its writer, and nothing else.
    REFUSES, REQUESTS,
    r"(?x)^\s* (?: ⟨asks the office⟩ | ⟨asks⟩ | 你们 | 以后 | 今后 | 千万 | 也 | 就 | 更 | 都 | 再 | 那 )*
      (?: 不要 | 不用 | 不必 | 不需 | 不需要 | 无需 | 无须 | 别 | 勿 | 请勿 | 请不要 | 请别 | 不想 | 不希望 | 拒绝 ) (?: 再 | 随便 | 老 | 总 | 一直 | 你们 | 接到 )*
      (?: (?:打|拨打|拨) (?:我|本人)? 的? (?:家|家里|手机|办公室|单位)? 的? (?:电话|手机|号码) (?: (?:给|找|问|联系|通知|打扰) (?:我|本人) )?
        | (?:给|跟|和|与|找) (?:我|本人) (?:打|拨|来|通|联系|联络) (?:电话|手机)?
        | (?:打|拨|打电话|来电|电话|致电|联系|联络|骚扰|打扰|短信) (?:给|到)? (?:我|本人) (?:家|家里|单位)? (?:的?手机|电话)?
        | 来电 | 来电话 | 致电 | 电话联系 | 电话回访 | 回访 | 电话打扰 )
      (?: 了 | 啦 | 吧 | 啊 | 呀 | 核实 | 确认 | 谢谢 )* \s* [!。.~]* $"
);
pattern!(
    /// A clause beside it that only says how else.
    OTHERWISE, REQUESTS,
    r"^\s*(?:谢谢|多谢|麻烦了|(?:有事|如有事|有问题|需要的话|如需联系|要联系)?(?:就|请|可以|可)?(?:用|走|以)?(?:发|写|回)?(?:邮件|邮箱|短信|微信|电邮)(?:联系|回复|即可|就行|告知|通知|给我|吧)*|我?(?:在|要)?(?:上班|休息|开会|不方便接|不方便接电话|不便接听|接不了电话|怕打扰))\s*[!。.~]*$"
);

/// Whether a folded sentence asks not to be called, and nothing else.
pub(super) fn refuses(sentence: &str) -> bool {
    if sentence.chars().take(MOST_CHARS + 1).count() > MOST_CHARS {
        return false;
    }
    let mut any = false;
    sentence.split(',').all(|clause| {
        let refuses = REFUSES.is_match(clause);
        any |= refuses;
        refuses || OTHERWISE.is_match(clause)
    }) && any
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::fold::fold;

    #[test]
    fn who_does_not_want_to_be_called_says_so_of_himself() {
        for sentence in [
            "不要打我电话！",
            "别给我打电话",
            "有事发邮件，请不要打电话给我",
            "请勿来电",
            "请不要再联系我了",
            "不要打我手机，我上班",
            "你们以后别打我电话了，谢谢",
        ] {
            assert!(refuses(&fold(sentence)), "{sentence}");
        }
        for sentence in [
            "不要打电话催群众，短信通知就行",
            "建议不要只打电话通知",
            "别让群众打电话排队",
            "不要给企业打电话要数据，应从系统取",
            "窗口不要打电话给我孩子",
            "不要总让我打电话催",
            "电话没人接",
            "请发邮件",
        ] {
            assert!(!refuses(&fold(sentence)), "{sentence}");
        }
    }
}
