//! What stands beside a name in a signature and is none: an occupation, a role, a place, a department.

use crate::details::lexicon::occupations;
use crate::details::lexicon::places;
use crate::details::text::line::is_han;

/// Parts of a role that say nothing of their own: 一名普通的退休教师.
const MODIFIERS: &[&str] = &[
    "一名",
    "一位",
    "一个",
    "1名",
    "名",
    "普通的",
    "普通",
    "热心的",
    "热心",
    "您的",
    "你们的",
    "老",
    "基层",
    "在职",
    "关心家乡发展的",
    "关心发展的",
];

/// Roles that are no occupation.
const ROLES: &[&str] = &[
    "市民",
    "公民",
    "居民",
    "网友",
    "群众",
    "业主",
    "党员",
    "老党员",
    "百姓",
    "老百姓",
    "代表",
    "家长",
    "学生家长",
    "志愿者",
    "人大代表",
    "政协委员",
    "消费者",
    "患者",
    "办事群众",
    "职员",
    "干部",
    "负责人",
    "经营者",
    "业主代表",
    "居民代表",
    "村民代表",
    "读者",
    "用户",
    "人士",
    "女士",
    "先生",
    "同志",
    "小姐",
    "建议人",
    "提案人",
    "提出人",
    "反馈人",
    "来信人",
    "写信人",
    "落款",
    "署名",
    "签名",
    "纳税人",
    "创业者",
    "返乡创业者",
    "个人",
];

/// What a word beside a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Occupation,
    Other,
}

/// Reads a whole word as something that may stand beside a name.
pub(crate) fn read(word: &str) -> Option<Role> {
    if word.chars().count() > 14 || word.is_empty() {
        return None;
    }
    let word = without_place(word);
    if word.is_empty() {
        return Some(Role::Other);
    }
    let plain = without_modifiers(word);
    if ROLES.contains(&plain) || plain.ends_with("职员") || is_place(plain) || is_department(plain) {
        return Some(Role::Other);
    }
    occupations::is_whole(plain).then_some(Role::Occupation)
}

/// `一名普通教师`: a writer who gives his occupation in the place of his name.
pub(crate) fn is_anonymous_occupation(line: &str) -> bool {
    ["一名", "一位", "一个"].iter().any(|article| line.starts_with(article))
        && read(line) == Some(Role::Occupation)
}

/// The text without a role glued to its front, as 市民 before a name with a middle dot.
pub(crate) fn without_role(text: &str) -> &str {
    let rest = without_modifiers(without_place(text));
    ROLES.iter().find_map(|role| rest.strip_prefix(role)).unwrap_or(text)
}

/// A city, a district, a town, or several of them in one word.
pub(crate) fn is_place(word: &str) -> bool {
    let length = word.chars().count();
    without_place(word).is_empty()
        || places::is_known(word)
        || (2..=12).contains(&length)
            && word.ends_with(['省', '市', '区', '县', '镇', '乡', '村', '街'])
            && word.chars().all(is_han)
}

/// The word without place names at its front; a bare 市 belongs to 市民.
fn without_place(word: &str) -> &str {
    let mut rest = word;
    while let Some(behind) = places::behind_place(rest) {
        rest = behind;
        let unit = rest.chars().next().filter(|c| matches!(c, '省' | '市'));
        if let Some(unit) = unit
            && !rest.starts_with("市民")
        {
            rest = rest.get(unit.len_utf8()..).unwrap_or_default();
        }
    }
    rest
}

fn without_modifiers(word: &str) -> &str {
    let mut rest = word;
    while let Some(behind) = MODIFIERS.iter().find_map(|modifier| rest.strip_prefix(modifier)) {
        if behind.chars().count() < 2 {
            break;
        }
        rest = behind;
    }
    rest
}

/// 综合部, 办公室, 法规科: part of an organisation that stands beside it.
pub(crate) fn is_department(word: &str) -> bool {
    (2..=8).contains(&word.chars().count())
        && word.chars().all(is_han)
        && (word.ends_with(['部', '科', '处', '股']) || word.ends_with("办公室") || word.ends_with("科室"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_beside_a_name() {
        for (word, expected) in [
            ("教师", Some(Role::Occupation)),
            ("退休工人", Some(Role::Occupation)),
            ("一名普通教师", Some(Role::Occupation)),
            ("沈阳市民", Some(Role::Other)),
            ("辽宁沈阳", Some(Role::Other)),
            ("综合部", Some(Role::Other)),
            ("贺小兰", None),
            ("建议教师", None),
        ] {
            assert_eq!(read(word), expected, "{word}");
        }
    }
}
