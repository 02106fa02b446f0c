//! Questions about the consultation itself: whether a letter came, until when one may write, what became of the opinions.
//!
//! A person answers them, and none is an opinion. Who asks why things are as they are (`为什么中午没有人？`) proposes something, and is
//! not asked back.

use super::question_abroad;
use crate::details::text::topics::{QUESTIONS, Topic};
use crate::vocabulary::pattern;

/// The longest sentence that asks, in characters: a longer one tells a story and asks in the end.
const MOST_CHARS: usize = 60;

pattern!(
    /// Something is asked, and not for effect.
    ASKS, QUESTIONS, r"⟨marker⟩|(?:^|[,!。~])\s*⟨whether⟩|\?|(?:吗|么|呢|吧)\s*[!。~]*\s*$");
pattern!(
    /// It says by itself that it is a question to somebody.
    SAYS_SO, QUESTIONS, r"⟨marker⟩");
pattern!(
    /// What only the office that holds the consultation knows.
    OF_THE_PROCESS, QUESTIONS,
    r"(?x) ⟨publish⟩ [^,:。?]{0,6} ⟨result⟩ | ⟨result⟩ [^,:。?]{0,10} (?:⟨publish⟩|⟨see⟩)
      | ⟨letter⟩ [^,:。?]{0,12} ⟨arrived⟩ | ⟨arrived⟩ [^,:。?]{0,8} ⟨letter⟩ | (?:⟨whether⟩|有没有|是不是) ⟨arrived⟩
      | ⟨collection⟩ [^,:。?]{0,14} ⟨period⟩ | 截止 [^,:。?]{0,8} ⟨when⟩ | ⟨when⟩ [^,:。?]{0,4} 截止
      | ⟨letter⟩ [^,:。?]{0,14} (?:还能|还可以|⟨whether⟩) [^,:。?]{0,6} ⟨send⟩
      | (?:还能|还可以) [^,:。?]{0,10} ⟨send⟩ [^,:。?]{0,6} ⟨letter⟩
      | ⟨how⟩ [^,:。?]{0,6} ⟨send⟩ [^,:。?]{0,6} ⟨letter⟩ | ⟨letter⟩ [^,:。?]{0,6} ⟨how⟩ [^,:。?]{0,6} ⟨send⟩
      | ⟨letter⟩ [^,:。?]{0,8} ⟨progress⟩ | ⟨progress⟩ [^,:。?]{0,6} (?:⟨how⟩|如何|\?)
      | ⟨draft⟩ [^,:。?]{0,8} ⟨where⟩ | ⟨where⟩ [^,:。?]{0,8} ⟨see⟩ [^,:。?]{0,8} ⟨draft⟩
      | (?:这|你们|您|是)[^,:。?]{0,6} ⟨by machine⟩ [^,:。?]{0,8} ⟨answer⟩ [^,:。?]{0,2} (?:吧|吗|么|\?) | ⟨answer⟩ [^,:。?]{0,3} ⟨by machine⟩ [^,:。?]{0,4} (?:吧|吗|么|\?) | ⟨person⟩ [^,:。?]{0,6} (?:看|读|处理|⟨answer⟩)
      | ⟨when⟩ [^,:。?]{0,6} (?:⟨result⟩|⟨told⟩ [^,:。?]{0,3} ⟨us⟩|⟨comes⟩ [^,:。?]{0,2} ⟨outcome⟩) | ⟨how⟩ [^,:。?]{0,4} ⟨see⟩ [^,:。?]{0,2} ⟨outcome⟩
      | (?:^|⟨marker⟩) [^,:。?]{0,3} ⟨outcome⟩ [^,:。?]{0,6} ⟨where⟩ | ⟨result⟩ [^,:。?]{0,6} ⟨where⟩ | ⟨result⟩ [^,:。?]{0,3} ⟨told⟩ [^,:。?]{0,3} ⟨us⟩
      | ⟨letter⟩ [^,:。?]{0,6} (?:⟨whether⟩|会|能) [^,:。?]{0,4} ⟨adopted⟩ | ⟨letter⟩ [^,:。?]{0,8} ⟨opened⟩
      | ⟨number⟩ [^,:。?]{0,3} (?:什么|啥|⟨how⟩) | ⟨others⟩ [^,:。?]{0,3} ⟨contact⟩ | ⟨marker⟩ [^,:。?]{0,2} ⟨progress⟩ | ⟨you⟩ [^,:。?]{0,3} ⟨arrived⟩"
);
pattern!(
    /// How one takes part in a hearing, and where the papers of the draft are shown. Who wants others to be heard (`听证会能不能多请几个老人`)
    /// proposes something.
    OF_TAKING_PART, QUESTIONS,
    r"(?x) ⟨event⟩ [^。?]{0,14} (?:⟨how⟩|⟨where⟩|⟨when⟩|几点|啥条件|什么条件) | (?:⟨how⟩|⟨where⟩) [^,。?]{0,6} ⟨sign up⟩ [^,。?]{0,10} ⟨event⟩
      | ⟨whether⟩ [^,:。?]{0,3} ⟨sign up⟩ [^,:。?]{0,10} ⟨event⟩ | ⟨event⟩ [^,:。?]{0,4} ⟨whether⟩ [^,:。?]{0,2} ⟨sign up⟩
      | ⟨paper⟩ [^,:。?]{0,10} (?:会|能|⟨whether⟩|⟨when⟩|⟨where⟩) [^,:。?]{0,8} (?:⟨adopted⟩|⟨see⟩|⟨publish⟩) | ⟨paper⟩ [^,:。?]{0,4} ⟨where⟩"
);
pattern!(
    /// Who applies for a place there.
    WANTS_TO_ATTEND, QUESTIONS,
    r"^[^,。?]{0,6}(?:想|申请|要求|报名|请求)[^,。?]{0,4}⟨sign up⟩[^,。?]{0,12}⟨event⟩[^,。?]{0,6}[。!~]*$"
);
pattern!(
    /// When the draft takes effect, and who answers for it: asked by whoever says that he asks, and of no opinion.
    OF_THE_DRAFT, QUESTIONS,
    r"⟨text of the draft⟩[^,:。?]{0,6}⟨when⟩[^,:。?]{0,6}(?:⟨publish⟩|⟨takes effect⟩)|⟨when⟩[^,:。?]{0,4}(?:⟨publish⟩|⟨takes effect⟩)[^,:。?]{0,4}⟨text of the draft⟩|⟨letter⟩[^,:。?]{0,6}⟨when⟩[^,:。?]{0,4}⟨publish⟩"
);
pattern!(
    /// What goes on from such a question: `发word可以吗？`.
    GOES_ON, QUESTIONS, r"^(?:(?:如果|要是|若|假如)[^,:。?]{0,8},)?[^,:。?]{0,4}(?:谁|⟨where⟩|⟨when⟩|⟨how⟩)[^,:。?]{0,6}\?|^[^,:。?]{0,4}(?:有没有|需不需要|要不要)[^,。?]{0,10}\?|^[^,:。?]{0,12}(?:可以|行|能行)[^,:。?]{0,4}(?:吗|么|\?)");
pattern!(
    /// Whoever waits and heard nothing, in so many words: `咋没信儿呢？`, `提了半个月了，一点动静都没有`. 交了材料… waits for something else.
    HEARS_NOTHING, QUESTIONS,
    r"(?x)^ (?: (?:⟨letter⟩|⟨us⟩)? [^,。?材料件证]{0,5} (?:发|寄|提|写|提交|发过去|交上去|反映) (?:了|过|出|去|上) [^,。?材料证]{0,10} ,\s? | (?:都|已经|过)? [^,。?]{0,3} [天日周月] (?:多|过去)* 了 ,\s? )?
      (?:⟨letter⟩|⟨you⟩|这边|那边|你们那边)? (?:⟨how⟩|也|还|一直|到现在|至今|为什么|为何|都|就)*
      (?: 没 (?:有)? (?:个|一点|点|任何|什么|啥)? ⟨news⟩ (?:给⟨us⟩)? | (?:一点|半点|什么|啥|任何)? ⟨news⟩ (?:都|也) 没 (?:有)? | 石沉大海 | 杳无音信 )
      (?:了|呢|啊|呀|吗|么|嘛)* \s* [?!。.~]* $"
);
pattern!(
    /// The telephone that the notice gives does not answer.
    DEAD_LINE, QUESTIONS,
    r"^[^,。?]{0,6}⟨notice⟩[^,。?]{0,4}的?[^,。?]{0,4}⟨contact⟩[^,。?]{0,6}⟨dead⟩"
);
pattern!(
    /// Words that make the sentence a proposal or a reproach, whatever it asks.
    PROPOSES, QUESTIONS, r"⟨proposes⟩|为什么|为何|凭什么|怎么(?:就|又|还|这么)");

/// Whether a folded sentence asks the office about the consultation. `alone`: the letter holds nothing else; else the sentence has
/// to say so itself, for polite letters end in `不知能否采纳？`.
pub(super) fn asks(sentence: &str, alone: bool) -> bool {
    let fits = |wanted: &crate::vocabulary::Regex| wanted.is_match(sentence);
    let asks = || {
        fits(if alone { &ASKS } else { &SAYS_SO })
            && (fits(&OF_THE_PROCESS)
                || fits(&OF_TAKING_PART)
                || alone && fits(&SAYS_SO) && fits(&OF_THE_DRAFT))
            && !fits(&PROPOSES)
    };
    if question_abroad::asks(sentence, alone) {
        return true;
    }
    sentence.chars().take(MOST_CHARS + 1).count() <= MOST_CHARS
        && (asks()
            || alone
                && (fits(&WANTS_TO_ATTEND) || fits(&HEARS_NOTHING) || fits(&DEAD_LINE) && !fits(&PROPOSES)))
}

/// Whether a sentence behind a question asks on.
pub(super) fn asks_on(sentence: &str) -> bool {
    (GOES_ON.is_match(sentence) || question_abroad::goes_on(sentence)) && !PROPOSES.is_match(sentence)
}

/// The topic without which no sentence is looked at.
pub(super) const TOPIC: Topic = Topic::Question;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::fold::fold;

    #[test]
    fn questions_about_the_consultation_are_told_from_opinions() {
        for sentence in [
            "请问意见建议是13号当天还能发吗？",
            "谢谢回复，请问什么时候公布采纳结果？",
            "我的邮件你们收到了吗？",
            "请问是否收到我昨天发的附件",
            "征求意见什么时候截止？",
            "怎么提交意见？",
            "征求意见稿全文在哪里可以下载？",
            "你们这是自动回复吧？",
            "能不能有个人看!",
            "这个回执是机器发的吧",
            "想咨询一下采纳情况何时公布",
            "请问我的意见进度如何？",
            "请问这个方案什么时候开始实施？",
            "请问意见什么时候公布？",
            "咋没信儿呢？",
            "怎么还没回音？",
            "提了半个月了，一点动静都没有",
            "发过去好几天了，咋还没消息呢",
            "公告里的电话是空号",
            "公告上的电话打不通",
            "公布的咨询电话一直没人接",
            "你们公告的联系电话是错的",
            "想报名参加立法听证会，请问怎么报名？",
            "怎么报名参加听证会？",
            "请问听证会什么时候开？",
            "我能不能旁听论证会？",
            "申请旁听立法听证会",
            "草案说明会公开吗？",
            "听证会记录在哪里可以看到？",
        ] {
            assert!(asks(&fold(sentence), true), "{sentence}");
        }
        for sentence in [
            "为什么大厅中午没有人？",
            "能否延长窗口时间？",
            "何时才能不跑腿？",
            "建议公布办理结果，什么时候能公布？",
            "办事结果什么时候能短信告知？",
            "收到材料后能不能一次告知？",
            "请问老人不会用手机怎么办？",
            "能不能有个人在大厅引导？",
            "谁来管？",
            "办事进度怎么查询？应当能在网上看到",
            "方案什么时候才能实施？",
            "请问窗口什么时候实施轮班？",
            "窗口办事咋没人管呢？",
            "交了材料半个月了，怎么没下文了",
            "热线打了咋没人接呢",
            "投诉以后一直没有回音",
            "大厅电话打不通",
            "12345热线打不通",
            "方案公布的投诉电话应当有人接",
            "公告栏的电话牌子坏了",
            "听证会能不能多请几个老人？",
            "老人怎么报名助餐？",
            "检查报告会公开吗？",
            "建议召开听证会，时间何时定？",
        ] {
            assert!(!asks(&fold(sentence), true), "{sentence}");
        }
        assert!(asks_on("如果公开,在哪里可以查到?") && asks_on("有没有名额限制?"));
        // At the end of an opinion only what says so is a question.
        assert!(!asks("不知我的意见能否采纳?", false) && asks("请问采纳结果何时公布?", false));
    }
}
