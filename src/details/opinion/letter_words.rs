//! Sentences all of whose words speak of letters: who sends, how it was written, what comes with it, who is to answer (`爷爷手写的意见，
//! 拍照发给你们，一共两页`; `收到请回复，谢谢`; `以下为个人意见，不代表所在单位`). They say nothing of the draft, whatever order their words
//! stand in. One word of the matter, or of praise or blame, and a sentence is the writer's opinion.

use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::text::letters::{LETTERS, is_polite};
use crate::vocabulary::language::{language_table, word_list};

language_table!(LETTER_WORDS, "language/letter_words.tsv");

word_list!(
    /// What letters are made of: one of these stands in each such sentence.
    LETTER, LETTER_WORDS, "letter"
);
word_list!(
    /// What else such a sentence may say.
    BESIDE, LETTER_WORDS, "beside"
);
word_list!(
    /// 见谅: only of a letter is it said.
    PARDON, LETTERS, "asks pardon"
);
word_list!(
    /// Whose hand it may be: 儿子帮我发的.
    RELATIVES, SELF_DESCRIPTIONS, "relative"
);
word_list!(
    /// What the office calls its draft, where it is only named.
    DRAFT, LETTER_WORDS, "names the draft"
);

/// The longest of these sentences, in characters, without what it quotes.
const CHARS: usize = 70;

/// Whether a sentence, without the marks around it, speaks of the letter alone.
pub(super) fn are_all(plain: &str) -> bool {
    let named;
    let plain = if plain.contains('《') {
        named = without_titles(plain);
        &named
    } else {
        plain
    };
    let speaks_of_it = || LETTER.inside(plain) || PARDON.inside(plain);
    plain.chars().take(CHARS + 1).count() <= CHARS
        && speaks_of_it()
        && (covers(plain)
            || plain.split(',').map(str::trim).all(|clause| is_polite(clause) || covers(clause)))
}

/// Whether words of the tables, numbers and marks fill a text without a rest.
fn covers(text: &str) -> bool {
    let mut reached = vec![false; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    let mut far = 0;
    for (at, c) in text.char_indices() {
        if at > far {
            return false;
        }
        if !reached.get(at).is_some_and(|here| *here) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let mark = (!c.is_alphabetic()).then(|| c.len_utf8());
        let words = [&LETTER, &BESIDE, &PARDON, &RELATIVES, &DRAFT];
        let words = words.iter().flat_map(|list| list.all_at_start(rest));
        for length in words.map(str::len).chain(mark) {
            far = far.max(at + length);
            if let Some(there) = reached.get_mut(at + length) {
                *there = true;
            }
        }
    }
    reached.last().is_some_and(|end| *end)
}

/// The text without what stands in 《》: the draft's title.
fn without_titles(text: &str) -> String {
    let mut within = false;
    let keep = |c: &char| {
        within |= *c == '《';
        let keeps = !within;
        within &= *c != '》';
        keeps
    };
    text.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_of_the_letter_alone_is_no_opinion() {
        for said in [
            "爷爷手写的意见,拍照发给你们,一共两页",
            "代居民收集意见三份,见下表",
            "以下为个人意见,不代表所在单位",
            "以下是我们公司的想法",
            "等你们答复",
            "希望能回复我",
            "老师们辛苦了",
            "收到请回复,谢谢",
            "随信画了一张流程图",
            "看到《某某方案(征求意见稿)》在征求意见,我说两句",
            "请给我个回复,打电话就行",
            "我不会打字,意见写在纸上,让孙女拍了照片",
            "上次发过没收到回复,再发一次",
            "以上是我个人的看法",
            "邻居托我代发",
            "我不会打字,意见写在纸上拍了照片,儿子帮我发的",
            "手机打字,错别字请见谅",
            "打扰了",
            "不知道说得对不对,仅供参考",
            "以上是我个人看法",
            "我文化不高,写得不好,领导别笑话",
            "前几天发的那封格式不对,以这封为准",
            "我是用语音输入的,可能有错字,请谅解",
            "就这些,耽误你们时间了",
            "我在公众号上看到你们征求意见,就写几句",
            "第一次给政府写信,有不礼貌的地方,请多包涵",
            "因为眼睛不好,字打得大了点,不好意思",
            "这信是孙女帮俺打的",
            "想到哪说到哪,见笑了,祝工作顺利",
            "手写的信,共3页",
        ] {
            assert!(are_all(said), "{said}");
        }
        for said in [
            "请及时回复群众来信",
            "建议发邮件答复",
            "回复太慢了",
            "意见箱没人看",
            "附件太多",
            "没有意见",
            "同意",
            "支持",
            "建议电话答复",
            "信件应当在七日内答复",
            "请公开意见",
            "答复要写明理由",
            "我们公司两次没有收到答复",
            "希望电话能打通",
            "建议网上可以发送附件",
            "谢谢",
            "我们公司",
            "请增加附件",
            "我不会打字,也不会用智能手机,网上办事对我太难",
            "上次去办证没收到回复,再发一次短信提醒",
            "年纪大了",
            "手机打字的老人需要大字版",
            "耽误大家时间",
            "就这些窗口不够",
            "以上材料是重复的",
            "在网上看到办事指南",
            "字太小",
            "表格错字多",
            "说明写得不好",
            "写得不好",
            "图片小了点",
            "字大一点",
            "答复有点乱",
            "回复不好",
            "以收到时间为准",
            "希望公开征求意见的结果",
            "我有意见",
            "领导水平有限",
            "希望公众号能回复",
            // The draft has annexes too, and what points to the letter's own is read as that.
            "见附件1",
            "意见见附件",
        ] {
            assert!(!are_all(said), "{said}");
        }
    }
}
