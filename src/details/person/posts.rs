//! What somebody is where he signs: his post with the firm and the department before it (`车队队长`, `某局科员`), his trade, his
//! people, who he is to the other signer. More than [`roles::read`] knows, and read only beside a name or a line that signs:
//! by itself such a word may be what somebody complains of.

use crate::details::lexicon::roles::{self, ROLE_WORDS, Role};
use crate::details::person::organization;
use crate::details::text::fold::is_han;
use crate::vocabulary::language::word_list;

word_list!(POSTS, ROLE_WORDS, "post");
word_list!(ENDINGS, ROLE_WORDS, "post ending");
word_list!(
    /// Posts in other languages, in lower case: `General Manager`.
    ABROAD, ROLE_WORDS, "post abroad"
);
word_list!(
    /// What sentences hold and posts do not: 没有院长.
    NO_POST, ROLE_WORDS, "no post"
);
word_list!(NO_POST_WORDS, ROLE_WORDS, "no post, words");
word_list!(PEOPLES, ROLE_WORDS, "people");

/// Reads a whole word as something that stands beside a name.
pub(crate) fn read(word: &str) -> Option<Role> {
    if let Some(role) = roles::read(word).filter(|_| word.contains('的') || !is_said(word)) {
        return Some(role);
    }
    if is_post(word) || is_abroad(word) {
        return Some(Role::Occupation);
    }
    let other =
        PEOPLES.contains(word) || organization::is_kind(word) || organization::read(word, "", true).is_some();
    other.then_some(Role::Other)
}

/// 缺老师, 不要辅导员: what is said of a post and is none.
pub(super) fn is_said(word: &str) -> bool {
    NO_POST.inside(word) || NO_POST_WORDS.inside(word)
}

/// A post in Chinese, with what stands before it: `投行部副总裁`.
pub(crate) fn is_post(word: &str) -> bool {
    const CHARS: usize = 20;
    const TRADE_CHARS: usize = 7;
    let length = word.chars().count();
    let plain = (2..=CHARS).contains(&length)
        && word.chars().all(|c| is_han(c) || c.is_ascii_alphanumeric() || matches!(c, '(' | ')' | '·'))
        && !is_said(word);
    plain
        && (POSTS.at_end(word).is_some()
            || (3..=TRADE_CHARS).contains(&length) && ENDINGS.at_end(word).is_some())
}

/// The post in such words: `HR` of `HR, Shenyang`.
pub(super) fn abroad(words: &str) -> Option<&str> {
    let front = words.split_once(", ").map(|(front, _)| front);
    let front = front.filter(|front| ABROAD.contains(front.to_ascii_lowercase().as_str()));
    front.or(Some(words)).filter(|_| is_abroad(words))
}

/// `General Manager`, `Sales Director`: the last words name the post.
fn is_abroad(words: &str) -> bool {
    const WORDS: usize = 5;
    const BYTES: usize = 60;
    if words.len() > BYTES || !words.is_ascii() || !words.starts_with(|c: char| c.is_ascii_uppercase()) {
        return false;
    }
    let lower = words.to_ascii_lowercase();
    // `Associate Professor, Example University`
    if lower.split_once(", ").is_some_and(|(post, _)| ABROAD.contains(post)) {
        return true;
    }
    let parts: Vec<&str> = lower.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '&' | '/'));
    (1..=WORDS).contains(&parts.len())
        && parts.iter().all(is_word)
        && (0..parts.len())
            .any(|from| parts.get(from..).is_some_and(|end| ABROAD.contains(end.join(" ").as_str())))
}

/// Whether a line holds nothing but where somebody works, and as what: `某某公司 投行部 副总裁`, `General Manager`.
pub(crate) fn are_where_one_works(text: &str, office: &str) -> bool {
    const WORDS: usize = 6;
    const BYTES: usize = 160;
    let text = text.trim().trim_start_matches(['-', ' ']);
    // 3、办事大厅 is a point of a list.
    if text.len() > BYTES || !text.starts_with(|c: char| c.is_alphabetic() || c == '(') {
        return false;
    }
    let mut words = text.split([' ', '\t', '|', '/', ',', '、', '(', ')']).filter(|word| !word.is_empty());
    is_abroad(text)
        || organization::read(text, office, true).is_some()
        || words.clone().count() <= WORDS
            && words.all(|word| {
                organization::read(word, office, true).is_some() || !is_said(word) && read(word).is_some()
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_name() {
        for word in [
            "车队队长",
            "某某市某局科员",
            "投行部",
            "副总裁",
            "证券公司",
            "盲人按摩师",
            "外卖骑手",
            "朝鲜族",
            "读者",
            "General Manager",
            "Sales Director",
        ] {
            assert!(read(word).is_some(), "{word}");
        }
        for word in [
            "换院长",
            "缺老师",
            "建议更换科长",
            "停车费太高",
            "校车停车时间长",
            "增加窗口",
            "经理不在",
            "我们主任",
            "Thank you",
            "Dear Manager please",
        ] {
            assert!(read(word).is_none(), "{word}");
        }
        assert!(are_where_one_works("证券公司 投行部 副总裁", ""));
        assert!(!are_where_one_works("证券公司 投行部 乱收费", ""));
    }
}
