//! Names and addresses behind their labels.

use std::ops::Range;
use std::sync::LazyLock;

use super::values::{joined, name};
use super::words::MASKING;
use crate::details::form::label_words;
use crate::details::lexicon::occupations;
use crate::details::person::name::{Reading, read_labelled};
use crate::details::text::fold::is_han;
use crate::vocabulary::language::word_list;
use crate::vocabulary::{Regex, pattern};

word_list!(
    /// Labels behind which something else than a name may stand: 申请人：应当提交材料.
    MAY_BE_NO_NAME, MASKING, "may be no name"
);
word_list!(
    /// Labels of a list of people.
    SIGNERS, MASKING, "signers"
);
word_list!(
    /// What only an address holds.
    OF_ADDRESSES, MASKING, "of an address"
);

/// Behind these stands who somebody is or where he lives. A label stands where no word goes before it.
static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
    let is_somebody =
        |word: &str| !MAY_BE_NO_NAME.contains(word) && !SIGNERS.contains(word) && !is_signing(word);
    let names = label_words::alternatives(&["name", "contact"], is_somebody);
    let addresses = label_words::alternatives(&["address"], |_| true);
    MASKING.pattern(&format!(
        r"(?ix) (?: ^ | [^\p{{Han}}a-z0-9] | [0-9][.、)] ) \s*
          (?: (?P<list> ⟨signers⟩ (?: 签[名字] | 名单 )? | ⟨together⟩? 签[名字] (?: 人 | 者 | 如下 )? )
            | (?P<name> ⟨whose name⟩? (?: 姓 \s* 名 | 名 \s* 字 ) | {names} | ⟨other person⟩ )
            | (?P<weak> ⟨may be no name⟩ )
            | (?P<address> ⟨kind of address⟩? ⟨address⟩ | ⟨home⟩ | {addresses} )
          ) (?: \s? \( [^)]{{0,12}} \) )? \s* [:\t|│] \s*"
    ))
});

/// 签名, 签字: behind these stand all who sign.
fn is_signing(word: &str) -> bool {
    word.starts_with('签')
}

pattern!(
    /// Where the value before a label ends.
    NEXT_LABEL, MASKING,
    r"(?i)[。;!?\t|│]|\s\s|⟨ends a value⟩|[意见建议内容]{2}\s*:"
);

/// Behind these labels the first word is somebody, whatever it looks like; behind others only what reads as a name.
const ANY_WORD: usize = 8;

/// Longest value looked at, in bytes: a list of signers, and anything else. Many labels on a long line must not make
/// the whole line be read for each of them.
const VALUE_BYTES: (usize, usize) = (4096, 600);

/// What stands behind the label of a name or an address.
pub(super) fn find(folded: &str, found: &mut Vec<(Range<usize>, String)>) {
    let mut at = 0;
    while let Some(captures) = PERSONAL.captures_at(folded, at) {
        let start = captures.get_match().end();
        let rest = folded.get(start..).unwrap_or_default();
        let each = captures.name("list").is_some();
        let most = rest.floor_char_boundary(if each { VALUE_BYTES.0 } else { VALUE_BYTES.1 });
        let value = rest.get(..most).unwrap_or_default();
        let end = NEXT_LABEL.find(value).map_or(value.len(), |next| next.start());
        let value = value.get(..end).unwrap_or_default().trim_end();
        if captures.name("address").is_some() {
            if OF_ADDRESSES.inside(value) {
                found.push((start..start + value.len(), "***".to_owned()));
            }
        } else {
            let first = captures.name("weak").is_none();
            find_names((folded, start..start + value.len()), each, first, found);
        }
        // The label behind may need the mark before it.
        at = folded.floor_char_boundary((start + end).saturating_sub(1)).max(at + 1);
        at = folded.ceil_char_boundary(at);
    }
}

/// The names in the value of a label, which stands in this place: every word (`each`), the first (`first`), and whatever
/// reads as a name.
fn find_names(
    (folded, place): (&str, Range<usize>),
    each: bool,
    first: bool,
    found: &mut Vec<(Range<usize>, String)>,
) {
    let start = place.start;
    let value = folded.get(place).unwrap_or_default();
    let is_part = |c: char| is_han(c) || c == '·';
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, c) in value.char_indices() {
        let end = at + c.len_utf8();
        match words.last_mut() {
            _ if !is_part(c) => {}
            Some(word) if word.end == at => word.end = end,
            // 张 伟
            Some(word)
                if value.get(word.clone()).is_some_and(|word| word.chars().count() == 1)
                    && value.get(word.end..at).is_some_and(|gap| gap.trim().is_empty()) =>
            {
                word.end = end;
            }
            _ => words.push(at..end),
        }
    }
    if words.is_empty() && first && value.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let end = value.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'')));
        let latin = value.get(..end.unwrap_or(value.len())).unwrap_or_default().trim_end();
        found.push((start..start + latin.len(), name(latin)));
    }
    for (index, word) in words.into_iter().enumerate() {
        let text = value.get(word.clone()).unwrap_or_default();
        let length = text.chars().filter(|c| is_han(*c)).count();
        let is_role =
            index > 0 && is_role_in_brackets(folded.get(start + word.start..), value.get(..word.start));
        let certain = (each || first && index == 0) && (2..=ANY_WORD).contains(&length);
        if !is_role && (certain || length >= 2 && read_labelled(text) != Reading::Nothing) {
            found.push((start + word.start..start + word.end, name(&joined(text))));
        }
    }
}

/// `张三（个体户）`: what somebody is, behind who he is; 单位 in it ends the value as a label would.
fn is_role_in_brackets(from_here: Option<&str>, before: Option<&str>) -> bool {
    let inside = from_here.and_then(|text| text.split([')', ',', ' ']).next()).unwrap_or_default();
    before.is_some_and(|before| before.trim_end().ends_with('(')) && occupations::is_whole(inside)
}
