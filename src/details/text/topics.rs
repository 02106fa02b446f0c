//! Which rules a piece of text can concern at all.
//!
//! Each rule's expression needs one of a few words. They are all looked for in one pass, so that the
//! expressions, which cost far more, run only where one of their words stands. A topic that is missing
//! proves that the rule finds nothing; one that is there proves nothing.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// A rule, or several that need the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Joint,
    Anonymous,
    NoPublish,
    Withdraw,
    Disclosure,
    Cloud,
    Health,
    /// The writer and his family.
    Own,
    Account,
    Religion,
    /// An age or a school.
    Age,
    Address,
    /// `我叫张三`
    Introduction,
    /// `我是…`, `作为一名…`
    Description,
}

/// The words of each topic; `|` stands between them.
const WORDS: &[(Topic, &str)] = &[
    (
        Topic::Joint,
        "联名|联署|联合签|共同签|集体签|签名|敬上|谨上|代表|我们0|我们1|我们2|我们3|我们4|我们5|我们6|我们7|\
        我们8|我们9|我们一|我们二|我们三|我们四|我们五|我们六|我们七|我们八|我们九|我们十|我们百|\
        联合署|共同署|附议|共同提|共同反|共同建|共同要|共同请|联合提|联合反|联合建|联合要|联合请|集体提|集体反|集体建|集体要|集体请|\
        一致提|一致反|一致建|一致要|一致请|一致签|签字",
    ),
    (Topic::Anonymous, "匿名|姓名|身份|真名|名字|署名|留名|具名"),
    (
        Topic::NoPublish,
        "公开|公布|公示|披露|泄露|外泄|透露|转发|刊登|发布|见报|保密|保护我|保护好我|保护本人|保护好本人|给别人|给他人|给第三方|给其他人|外传|转给|转交|转到|告知|告诉",
    ),
    (
        Topic::Withdraw,
        "撤回|收回|撤销|作废|忽略|撤掉|不要采用|取消|不算|无效|为准|发错了|删除|更正|查阅|勿采用|不作数|替换|取代|代替|替代|更新|覆盖|\
         修改|更改|修订|订正|重新提交|重新发送|重发|复制|注销|清除|改正|改为|改成|查询|查看|提供|错|有误",
    ),
    (Topic::Disclosure, "公开|信息"),
    (Topic::Cloud, "com/|net/|cn/|ftn|超大附件|云附件|下载"),
    (
        Topic::Health,
        "癌|瘤|病|症|艾滋|乙肝|抑郁|残疾|炎|确诊|高血压|脑梗|脑出血|中风|偏瘫|瘫痪|精神分裂|肝硬化|肺结核|脑瘫|\
        截瘫|失明|聋哑|怀孕|流产|透析|化疗|放疗|手术|住院",
    ),
    (Topic::Own, "我|本人|老伴|家父|家母|父亲|母亲|妻子|丈夫|爱人|儿子|女儿|孩子|婆婆|岳父|岳母|奶奶|爷爷"),
    (
        Topic::Account,
        "银行卡|卡号|银行账号|银行帐号|账号|帐号|账户|支付宝|存折|护照|军官证|士兵证|通行证|社保|医保|残疾证|\
        住院|病历|病案|就诊卡",
    ),
    (Topic::Religion, "信仰|信奉|信教|信佛|基督徒|穆斯林|教徒|回族教"),
    (Topic::Age, "岁|个月大|幼儿园|小学|年级|出生"),
    (Topic::Address, "@|at)|at]| at |#|艾特"),
    (
        Topic::Introduction,
        "本人|我是|我系|我叫|我的名字|我名叫|我姓|俺叫|在下|敝人|鄙人|笔者|my name is|i am |i'm |i’m |this is ",
    ),
    (Topic::Description, "我|本人|俺|笔者|作为|身为"),
];

/// The topics of a piece of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Topics(u32);

impl Topics {
    /// The topics of folded text.
    pub(crate) fn of(text: &str) -> Self {
        let bits = SEARCHER
            .words
            .find_overlapping_iter(text)
            .filter_map(|word| SEARCHER.bits.get(word.pattern().as_usize()))
            .fold(0, |all, bit| all | bit);
        Self(bits)
    }

    /// Whether one of the topic's words stands there.
    pub(crate) const fn has(self, topic: Topic) -> bool {
        self.0 & bit(topic) != 0
    }
}

const fn bit(topic: Topic) -> u32 {
    1 << topic as u32
}

struct Searcher {
    words: AhoCorasick,
    /// The bit of each word.
    bits: Vec<u32>,
}

static SEARCHER: LazyLock<Searcher> = LazyLock::new(|| {
    let words = || WORDS.iter().flat_map(|(topic, words)| words.split('|').map(|word| (*topic, word)));
    Searcher {
        words: AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words().map(|(_, word)| word))
            .expect("a few hundred constant words"),
        bits: words().map(|(topic, _)| bit(topic)).collect(),
    }
});

/// Asserts over the bodies of the test cases, clause by clause, that whatever an expression matches has
/// its topic.
#[cfg(test)]
pub(crate) fn assert_complete(topic: Topic, expression: &regex::Regex) {
    let cases: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/cases/bodies.json")).unwrap();
    let bodies = cases.as_array().unwrap().iter().map(|case| case["body"].as_str().unwrap());
    let folded: String = bodies.map(|body| crate::details::text::line::fold(body) + "\n").collect();
    let matched: Vec<&str> =
        folded.split(['\n', '。', ';', '!', '?', ',']).filter(|piece| expression.is_match(piece)).collect();
    assert!(!matched.is_empty(), "no case has anything for {topic:?}");
    for piece in matched {
        assert!(Topics::of(piece).has(topic), "{topic:?} lacks a word of {piece:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_overlap() {
        let topics = Topics::of("我们三户要求政府信息公开");
        for topic in [Topic::Joint, Topic::Own, Topic::Disclosure, Topic::NoPublish] {
            assert!(topics.has(topic), "{topic:?}");
        }
        assert!(!topics.has(Topic::Health));
        assert!(Topics::of("MAIL.QQ.COM/").has(Topic::Cloud));
        assert_eq!(Topics::of(""), Topics::default());
    }
}
