//! Whether a cell tells of somebody whom no row of the store names: by his number, his address, or his name behind what he is.

use unicode_normalization::UnicodeNormalization;

use super::place;
use crate::details::person::name::{Reading, is_certain, read_labelled};
use crate::details::text::fold::is_han;
use crate::mask;
use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::pattern;

language_table!(PUBLISHED, "language/published.tsv");
word_list!(
    /// What somebody is: 联系人, 市民. Behind it stands his name, with a mark or without.
    PERSONS, PUBLISHED, "person"
);
word_list!(
    /// What stands between that and the name: 联系人是王小明.
    JOINS, PUBLISHED, "joins"
);
word_list!(
    /// What somebody does, or is called: 王小明反映.
    SAYS, PUBLISHED, "says"
);
word_list!(
    /// What else goes on behind a name: 市民王小明的.
    BEHIND, PUBLISHED, "behind"
);

pattern!(
    /// An address whose @ is written in some other way: `zhangwei at example.com`, `zhangwei#example dot com`.
    SPELT, PUBLISHED,
    r"(?ix) (?: ^ | [^a-z0-9._-] ) [a-z0-9][a-z0-9._-]{2,} (?: \s? ⟨at⟩ \s? | \s at \s ) [a-z0-9-]+ (?: \s? ⟨dot⟩ \s? [a-z0-9-]+ )* \s? ⟨dot⟩ \s?
          (?: com | cn | net | org | edu | gov | info | top | vip | cc | me | hk | tw ) (?: $ | [^a-z0-9] )"
);

pattern!(
    /// A plate with blanks in it.
    PLATE,
    r"(?i)[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[a-hj-np-z]\s?[·•.-]?\s?[a-hj-np-z0-9]{4}\s?[a-hj-np-z0-9]{1,2}(?:$|[^a-z0-9])"
);

/// What ends a sentence.
const ENDS: [char; 6] = ['。', ';', '；', '!', '！', '\n'];
/// Most characters of a name in Han.
const LONGEST_NAME: usize = 4;
/// Most characters that are read behind what somebody is.
const LONGEST_BEHIND: usize = 12;

/// What a cell tells of somebody, whoever he is.
pub(super) fn what(cell: &str) -> Option<&'static str> {
    let folded: String = cell.nfkc().collect();
    let tells = |text: &str| mask::text(text) != text;
    if tells(cell) || tells(&place::joined(cell)) {
        return Some("疑似姓名、电话、号码或者地址");
    }
    if SPELT.is_match(&folded) {
        return Some("疑似邮箱");
    }
    if PLATE.is_match(&folded) {
        return Some("疑似车牌");
    }
    if is_named(&folded) {
        return Some("疑似姓名");
    }
    place::has_house(cell).then_some("疑似住址（路名和门牌号）")
}

/// Whether somebody who has this name, or calls himself so, is named. Whoever writes may call himself 政务服务 or 方便, and Li stands in
/// online: such a name has to stand by itself.
pub(super) fn names(cell: &str, name: &str) -> bool {
    let is_han_name = name.chars().all(is_han);
    if is_han_name && is_certain(name) {
        return cell.contains(name);
    }
    let (cell, name) = (cell.to_lowercase(), name.to_lowercase());
    cell.match_indices(&name).any(|(at, _)| {
        let before = cell.get(..at).unwrap_or_default();
        let rest = cell.get(at + name.len()..).unwrap_or_default();
        let (last, next) = (before.chars().next_back(), rest.chars().next());
        if !is_han_name {
            let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            return !goes_on(last) && !goes_on(next);
        }
        let begins = last.is_none_or(|c| !is_han(c)) || PERSONS.at_end(before).is_some();
        let ends = next.is_none_or(|c| !is_han(c)) || SAYS.at_start(rest).is_some();
        begins && ends
    })
}

/// A name behind what somebody is, or at the beginning: nothing goes on behind it, or what goes on behind names.
fn is_named(text: &str) -> bool {
    if text.split(ENDS).any(|sentence| begins_with_name(sentence, |rest| SAYS.at_start(rest).is_some())) {
        return true;
    }
    let places = text.char_indices().map(|(at, _)| at);
    places.filter_map(|at| text.get(at..)).any(|from| {
        let behind = PERSONS.at_start(from).and_then(|person| from.strip_prefix(person));
        behind.is_some_and(|behind| {
            begins_with_name(behind, |rest| SAYS.at_start(rest).or(BEHIND.at_start(rest)).is_some())
        })
    })
}

fn begins_with_name(behind: &str, goes_on: impl Fn(&str) -> bool) -> bool {
    let bare = JOINS.at_start(behind).and_then(|word| behind.strip_prefix(word));
    [Some(behind), bare].into_iter().flatten().any(|text| {
        let text = text.trim_start_matches(|c: char| c.is_whitespace() || "：:“\"「『《(".contains(c));
        let han: Vec<char> = text.chars().take(LONGEST_BEHIND).take_while(|c| is_han(*c)).collect();
        (2..=LONGEST_NAME.min(han.len())).any(|length| {
            let name: String = han.iter().take(length).collect();
            let rest = text.get(name.len()..).unwrap_or_default();
            let ends = rest.chars().next().is_none_or(|c| !is_han(c)) || goes_on(rest);
            ends && is_certain(&name) && matches!(read_labelled(&name), Reading::Name(read) if read == name)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_an_everyday_word_has_to_stand_by_itself() {
        for (cell, name, due) in [
            ("认为王小明等人说得对", "王小明", true),
            ("服务更方便", "方便", false),
            ("方便群众办事", "方便", false),
            ("阳光政务", "阳光", false),
            ("市民方便反映", "方便", true),
            ("（方便）", "方便", true),
            ("online办理", "Li", false),
            ("LI认为", "Li", true),
            ("by li wei.", "Li Wei", true),
            ("快乐的小鱼提出", "快乐的小鱼", true),
            ("优化政务服务", "政务服务", false),
        ] {
            assert_eq!(names(cell, name), due, "{cell} {name}");
        }
    }
}
