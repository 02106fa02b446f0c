//! What stands beside a name in a signature and is none: an occupation, a role, a place, a department.

use crate::details::lexicon::occupations;
use crate::details::lexicon::places::{self, place_at_start};
use crate::details::text::fold::is_han;
use crate::vocabulary::language::{language_table, word_list};

language_table!(pub(crate) ROLE_WORDS, "language/roles.tsv");
word_list!(
    /// Parts of a role that say nothing of their own: 一名普通的退休教师.
    MODIFIERS, ROLE_WORDS, "modifier"
);
word_list!(
    /// Roles that are no occupation.
    pub(crate) ROLES, ROLE_WORDS, "role"
);
word_list!(pub(crate) ARTICLES, ROLE_WORDS, "article");
word_list!(
    /// How one counts oneself behind what one is: 护林员一名.
    COUNTED_BEHIND, ROLE_WORDS, "counted behind"
);
word_list!(PARENTS, ROLE_WORDS, "parent");
word_list!(PLACE_ENDINGS, ROLE_WORDS, "place ending");
word_list!(POSTS, ROLE_WORDS, "post");
word_list!(SHOPS, ROLE_WORDS, "shop ending");
word_list!(DEPARTMENTS, ROLE_WORDS, "department ending");

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
    let word = uncounted(without_place(word));
    if word.is_empty() {
        return Some(Role::Other);
    }
    // 退休干部 is what he is, though 干部 alone is not.
    if word.starts_with(['退', '离']) && occupations::is_whole(word) {
        return Some(Role::Occupation);
    }
    let plain = without_modifiers(word);
    if ROLES.contains(plain) || plain.ends_with("职员") || is_place(plain) || is_department(plain) {
        return Some(Role::Other);
    }
    occupations::is_whole(plain).then_some(Role::Occupation)
}

/// 甜甜妈, 宝爸: by whose parent somebody is called.
pub(crate) fn is_parent(word: &str) -> bool {
    const CHARS: usize = 5;
    (2..=CHARS).contains(&word.chars().count())
        && !PARENTS.contains(word)
        && PARENTS.behind_something(word).is_some()
}

/// `护林员一名`: without how many one is.
pub(crate) fn uncounted(word: &str) -> &str {
    COUNTED_BEHIND.at_end(word).and_then(|count| word.strip_suffix(count)).unwrap_or(word)
}

/// `一名退休教师` without how many he is.
pub(crate) fn without_article(words: &str) -> &str {
    ARTICLES.at_start(words).and_then(|article| words.strip_prefix(article)).unwrap_or(words)
}

/// `一名普通教师`: a writer who gives his occupation in the place of his name.
pub(crate) fn is_anonymous_occupation(line: &str) -> bool {
    ARTICLES.at_start(line).is_some() && read(line) == Some(Role::Occupation)
}

/// The text without a role glued to its front, as 市民 before a name with a middle dot.
pub(crate) fn without_role(text: &str) -> &str {
    let rest = without_modifiers(without_place(text));
    ROLES.at_start(rest).and_then(|role| rest.strip_prefix(role)).unwrap_or(text)
}

/// A city, a district, a town, or several of them in one word.
pub(crate) fn is_place(word: &str) -> bool {
    let length = word.chars().count();
    without_place(word).is_empty()
        || places::is_known(word)
        || (2..=12).contains(&length) && PLACE_ENDINGS.at_end(word).is_some() && word.chars().all(is_han)
}

/// The word without place names at its front; a bare 市 belongs to 市民.
fn without_place(word: &str) -> &str {
    let mut rest = word;
    while let Some(behind) = place_at_start(rest).and_then(|place| rest.strip_prefix(place)) {
        rest = behind;
        // A county may be called as its city is.
        let is_county = matches!(rest, "县" | "区");
        let unit = rest.chars().next().filter(|c| is_county || matches!(c, '省' | '市'));
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
    while let Some(behind) = MODIFIERS.at_start(rest).and_then(|modifier| rest.strip_prefix(modifier)) {
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
        && DEPARTMENTS.at_end(word).is_some()
        && !word.ends_with("干部")
        // 某某公司提一处修改
        && !word.starts_with('提')
}

/// `法规处 韦明`, `秘书长 费小宇`: a department or a post before the name in a field that asks for one.
pub(crate) fn stands_before_a_name(word: &str) -> bool {
    is_department(word) || POSTS.contains(word) || is_shop(word) || read(word) == Some(Role::Occupation)
}

/// `裁缝铺`, `理发店`: a shop that stands before its keeper's name.
pub(crate) fn is_shop(word: &str) -> bool {
    (3..=8).contains(&word.chars().count()) && word.chars().all(is_han) && SHOPS.at_end(word).is_some()
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
            ("广州市民", Some(Role::Other)),
            ("山东广州", Some(Role::Other)),
            ("综合部", Some(Role::Other)),
            ("贺小兰", None),
            ("建议教师", None),
        ] {
            assert_eq!(read(word), expected, "{word}");
        }
    }
}
