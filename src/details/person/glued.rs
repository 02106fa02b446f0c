//! A role and the name glued to it: `市民谷雨轩`.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::details::lexicon::name_words::is_word;
use crate::details::lexicon::occupations::is_whole;
use crate::details::lexicon::roles::{ROLE_WORDS, Role, is_place, read};
use crate::details::lexicon::surnames::{is_common, is_given, is_only_a_surname, surname_length};
use crate::details::person::name::is_certain;
use crate::details::person::posts;
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;
use crate::vocabulary::language::word_list;

word_list!(SOMEBODY, ROLE_WORDS, "somebody");

/// What only the rest of a sentence holds.
static ALWAYS: LazyLock<HashSet<char>> = LazyLock::new(|| ROLE_WORDS.characters("rest of a sentence"));

/// What also ends a name that begins with one of the common surnames.
static UNCOMMON: LazyLock<HashSet<char>> =
    LazyLock::new(|| ROLE_WORDS.characters("rest of a sentence, after a rarer surname"));

/// `市民谷雨轩`, `退休教师谷雨轩`: the role and the name glued to it. `proved`: something beside the word shows that it names
/// somebody, as a number does.
pub(crate) fn split_glued(word: &str, proved: bool) -> Option<(&str, Role, &str)> {
    const LIMIT_CHARS: usize = 18;
    if word.chars().count() > LIMIT_CHARS || !word.chars().all(is_han) {
        return None;
    }
    word.char_indices().skip(2).find_map(|(at, _)| {
        let (front, name) = word.split_at_checked(at)?;
        let length = name.chars().count();
        let common = name.chars().next().is_some_and(is_common);
        let double = length == 4 && surname_length(name) == 2;
        if !(length == 3 || double || length == 2 && (common || proved))
            || !is_certain(name)
            || says_something(name)
        {
            return None;
        }
        let from = front.strip_prefix("来自").and_then(|from| from.strip_suffix('的'));
        let role = from.map_or_else(
            || read(front).or_else(|| posts::is_post(front).then_some(Role::Occupation)),
            |place| is_place(place).then_some(Role::Other),
        )?;
        // 我父亲退休, 学生家长的孩子: what is said of somebody is no role.
        if SOMEBODY.inside(front) && !is_whole(front) {
            return None;
        }
        // 村民路难走, 律师查档难: beside an occupation, only a surname that is hardly another word will do.
        let proved = proved
            || common
            || role != Role::Occupation
            || front.contains('名')
            || front.starts_with(['退', '离']);
        // 广州市和平区: a place alone is glued to more of a place.
        (proved && (from.is_some() || !is_place(front))).then_some((front, role, name))
    })
}

/// `导游黄晓梅本尊`: the name without what insists on it.
pub(super) fn without_oneself(clause: &str) -> &str {
    let plain = clause.trim().trim_end_matches(|c: char| !c.is_alphanumeric());
    ["本尊", "本人", "是也"].iter().find_map(|word| plain.strip_suffix(word)).unwrap_or(plain)
}

/// How a clause begins that says what the writer is.
const OWN: [&str; 2] = ["我是", "本人是"];

/// `我是退休教师龙国庆`: the name behind what its bearer is, in a clause that says nothing else.
pub(crate) fn presents(clause: &str) -> Option<&str> {
    let who = OWN.iter().find_map(|own| clause.trim().strip_prefix(own))?;
    let last = who.rsplit_once('的').map_or(who, |(_, last)| last);
    let (_, role, name) = split_glued(last, false).or_else(|| behind_trade(last))?;
    // 我是市民路难走: whoever is no more than one of the people has a surname that is hardly another word.
    let certain = role == Role::Occupation || name.chars().next().is_some_and(is_common);
    certain.then_some(name)
}

/// `快递员马文博`: behind 我是 and what is an occupation a whole name, though its surname is another word too.
fn behind_trade(word: &str) -> Option<(&str, Role, &str)> {
    split_glued(word, true).filter(|(trade, role, name)| {
        *role == Role::Occupation && is_whole(trade) && name.chars().count() == 2 + surname_length(name)
    })
}

/// Whether a word of three characters begins with one of the common surnames, or with a double one, or ends as given names alone do:
/// behind the last sentence such a word is who signs.
pub(super) fn is_unmistakable(name: &str) -> bool {
    let length = name.chars().count();
    let begins_with_word =
        || name.char_indices().nth(2).is_some_and(|(at, _)| name.get(..at).is_some_and(is_word));
    surname_length(name) == 2 && length <= 4
        || is_given(name)
        || length == 3 && name.chars().next().is_some_and(is_only_a_surname) && !begins_with_word()
}

/// Whether a name signs that stands behind the last sentence: by itself, or parted from it by a blank.
pub(super) fn signs_behind(segment: &str, name: &str) -> bool {
    is_unmistakable(name) || segment.starts_with(' ') && name.chars().count() == 3 && is_certain(name)
}

/// `修鞋的老冀` and at the end 冀广发: the letter calls somebody by the surname of the name.
pub(super) fn is_nicknamed(lines: &[Line<'_>], name: &str) -> bool {
    let Some(surname) = name.chars().next().filter(|_| surname_length(name) == 1) else { return false };
    let called = [format!("老{surname}"), format!("小{surname}")];
    lines.iter().any(|line| called.iter().any(|called| line.text.contains(called.as_str())))
}

/// Whether what stands behind a role is the rest of a sentence: 居民楼太旧, 学生戴眼镜.
pub(super) fn says_something(name: &str) -> bool {
    let common = name.chars().next().is_some_and(is_common);
    name.chars().skip(1).any(|c| ALWAYS.contains(&c) || !common && UNCOMMON.contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_with_the_name_glued_to_them() {
        for (word, name) in [
            ("市民谷雨轩", Some("谷雨轩")),
            ("广州市民张伟", Some("张伟")),
            ("一名普通教师贺小兰", Some("贺小兰")),
            ("来自深圳的谷雨轩", Some("谷雨轩")),
            ("广州市和平区", None),
            ("党员干部", None),
            ("群众满意", None),
            ("市民热线", None),
        ] {
            assert_eq!(split_glued(word, false).map(|(_, _, name)| name), name, "{word}");
        }
        for (clause, name) in [
            ("我是快递员马文博", Some("马文博")),
            ("我是全职妈妈杨俊杰", Some("杨俊杰")),
            ("我是公司法务司马永刚", Some("司马永刚")),
            ("我是小学教师易晓东", Some("易晓东")),
            ("我是律师查档难", None),
            ("我是村民路难走", None),
            ("我是全职妈妈带孩子", None),
            ("我是快递员易被罚", None),
        ] {
            assert_eq!(presents(clause), name, "{clause}");
        }
        assert_eq!(split_glued("广州市民石磊", false), None);
        assert!(split_glued("广州市民石磊", true).is_some());
    }
}
