//! Sentences all of whose words speak of letters: who sends, how it was written, what comes with it, who is to answer (`爷爷手写的意见，
//! 拍照发给你们，一共两页`; `收到请回复，谢谢`; `以下为个人意见，不代表所在单位`). They say nothing of the draft, whatever order their words
//! stand in. One word of the matter, or of praise or blame, and a sentence is the writer's opinion.

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
    /// What the office calls its draft, where it is only named.
    DRAFT, LETTER_WORDS, "names the draft"
);

/// The longest of these sentences, in characters, without what it quotes.
const CHARS: usize = 40;

/// Whether a sentence, without the marks around it, speaks of the letter alone.
pub(super) fn are_all(plain: &str) -> bool {
    let named;
    let plain = if plain.contains('《') {
        named = without_titles(plain);
        &named
    } else {
        plain
    };
    plain.chars().take(CHARS + 1).count() <= CHARS && covers(plain) && LETTER.inside(plain)
}

/// Whether words of the tables, and marks, fill a text without a rest.
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
        let mark = (!c.is_alphanumeric()).then(|| c.len_utf8());
        let words =
            LETTER.all_at_start(rest).chain(BESIDE.all_at_start(rest)).chain(DRAFT.all_at_start(rest));
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
            // The draft has annexes too, and what points to the letter's own is read as that.
            "见附件1",
            "意见见附件",
        ] {
            assert!(!are_all(said), "{said}");
        }
    }
}
