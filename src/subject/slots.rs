//! The tag as a notice prints it: what must stand in a subject, and the slots that its writer fills in or leaves out
//! (`+单位名称`, `（姓名）`, `XX市`, `-姓名-联系方式`).

use std::sync::LazyLock;

use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::{Regex, pattern};

language_table!(
    /// What notices call their slots.
    TAG_SLOTS, "language/tag_slots.tsv");

word_list!(SLOT_NAMES, TAG_SLOTS, "slot");

pattern!(
    /// A word that is nothing but slots and what joins them.
    SLOT, TAG_SLOTS,
    r"^(?:⟨slot⟩|⟨around⟩|⟨joiner⟩|[xX×*○〇□_]{2,}|某{2,})+$"
);
pattern!(
    /// A sign that stands for something, with the noun behind it: `XX单位`.
    PLACEHOLDER, TAG_SLOTS,
    r"(?:[xX×*○〇□]{2,}|_{2,}|某{2,}|…+)(?:⟨place noun⟩)?"
);

/// What separates the words of a tag; brackets and quotation marks are among it.
static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\p{Alphabetic}\p{N}×*○〇□…]+|_{2,}").expect("a constant pattern that the tests compile")
});

/// A tag taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// What must stand in a subject, in any order, as printed.
    pub(super) pieces: Vec<String>,
    /// The slots between them, as printed.
    pub(super) slots: Vec<String>,
}

/// Takes a printed tag apart. `in_title`: whether a word stands in the document's own title, where nothing is a slot.
pub(super) fn read(tag: &str, in_title: impl Fn(&str) -> bool) -> Written {
    let tag: String = tag.chars().map(plain).collect();
    let mut written = Written { pieces: vec![String::new()], slots: Vec::new() };
    let mut read = 0;
    for word in WORD.find_iter(&tag) {
        written.literal(tag.get(read..word.start()).unwrap_or_default());
        read = word.end();
        if is_slot(word.as_str()) && !in_title(word.as_str()) {
            written.slot(word.as_str());
            continue;
        }
        let mut from = 0;
        for found in PLACEHOLDER.find_iter(word.as_str()) {
            if in_title(found.as_str()) || is_part_of_latin(word.as_str(), found.start(), found.end()) {
                continue;
            }
            written.literal(word.as_str().get(from..found.start()).unwrap_or_default());
            written.slot(found.as_str());
            from = found.end();
        }
        written.literal(word.as_str().get(from..).unwrap_or_default());
    }
    written.literal(tag.get(read..).unwrap_or_default());
    written.pieces.retain(|piece| piece.contains(char::is_alphanumeric));
    written
}

impl Written {
    fn literal(&mut self, text: &str) {
        if let Some(piece) = self.pieces.last_mut() {
            piece.push_str(text);
        }
    }

    fn slot(&mut self, name: &str) {
        self.slots.push(name.to_owned());
        self.pieces.push(String::new());
    }
}

/// Whether a word is a slot or several: one name at least, or a sign that stands for one.
fn is_slot(word: &str) -> bool {
    SLOT.is_match(word) && (SLOT_NAMES.inside(word) || PLACEHOLDER.is_match(word))
}

/// `XXL` is a word; the signs of a placeholder touch no Latin letter.
fn is_part_of_latin(word: &str, start: usize, end: usize) -> bool {
    let before = word.get(..start).and_then(|text| text.chars().next_back());
    let behind = word.get(end..).and_then(|text| text.chars().next());
    before.into_iter().chain(behind).any(|c| c.is_ascii_alphanumeric())
}

/// The usual width of the signs that stand for something.
const fn plain(c: char) -> char {
    match c {
        'Ｘ' | '╳' | '✕' => 'X',
        '＊' => '*',
        '＿' => '_',
        '◯' => '○',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken_apart(tag: &str, title: &str) -> (Vec<String>, Vec<String>) {
        let written = read(tag, |word| title.contains(word));
        let plain = |piece: String| piece.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        (written.pieces.into_iter().map(plain).collect(), written.slots)
    }

    #[test]
    fn slots_are_told_from_what_must_be_there() {
        for (tag, pieces, slots) in [
            ("渔港管理意见反馈+单位名称", &["渔港管理意见反馈"][..], &["单位名称"][..]),
            ("渔港管理意见反馈＋单位（或姓名）", &["渔港管理意见反馈"], &["单位", "或姓名"]),
            ("【渔港管理征求意见】-姓名-联系方式", &["渔港管理征求意见"], &["姓名", "联系方式"]),
            ("XX单位关于渔港管理的意见", &["关于渔港管理的意见"], &["XX单位"]),
            ("××市+渔港管理意见", &["渔港管理意见"], &["××市"]),
            ("姓名、电话：渔港管理意见", &["渔港管理意见"], &["姓名", "电话"]),
            ("渔港管理意见（请注明单位和联系人）", &["渔港管理意见"], &["请注明单位和联系人"]),
            ("渔港管理意见____", &["渔港管理意见"], &["____"]),
            ("渔港管理——意见反馈", &["渔港管理意见反馈"], &[]),
            ("渔港管理单位名录意见", &["渔港管理单位名录意见"], &[]),
            ("XXL码船只意见", &["XXL码船只意见"], &[]),
        ] {
            let found = taken_apart(tag, "渔港管理条例");
            assert_eq!(found.0, pieces, "{tag}");
            assert_eq!(found.1, slots, "{tag}");
        }
        // What the title itself says is no slot.
        let (pieces, slots) = taken_apart("《某某市姓名、名称登记条例》意见建议", "某某市姓名、名称登记条例");
        assert_eq!((pieces.concat(), slots.len()), ("某某市姓名名称登记条例意见建议".to_owned(), 0));
    }
}
