//! Whether a note says that whoever wrote a letter was answered. Only one word at its head says so: what else stands in a note is
//! written for people, and is not guessed at.

use crate::vocabulary::language::language_table;

language_table!(
    /// Words with which a note begins that says so.
    ANSWERED, "language/answered.tsv");

/// Signs behind which it may go on.
const BREAKS: [char; 14] = ['，', '。', '；', '、', '：', '！', '（', ',', ';', ':', '!', '(', '\n', ' '];

pub(super) fn tells_of_an_answer(note: &str) -> bool {
    let ends = |rest: &str| rest.chars().next().is_none_or(|sign| BREAKS.contains(&sign));
    ANSWERED.words("answered").any(|word| note.trim_start().strip_prefix(word).is_some_and(ends))
}

/// Whether it says that what was asked to be erased is kept: nobody has to erase it then.
pub(super) fn tells_of_keeping(note: &str) -> bool {
    ANSWERED.words("keeps").any(|word| note.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_tells_of_an_answer_only_where_it_begins_with_the_word_for_it() {
        for note in
            ["已答复", "已答复：3月5日电话", "已答复，本人同意", "已答复；电话答复", " 已答复（回信）"]
        {
            assert!(tells_of_an_answer(note), "{note}");
        }
        for note in [
            "已回信核实",
            "已电话核实本人身份",
            "已回信询问是哪一条",
            "已电话答复",
            "已转办公室答复",
            "已去信，等回复",
            "尚未答复",
            "是否已答复不清楚",
            "已答复不了",
            "已答复草稿",
            "已答复？",
            "同意撤回",
            "",
        ] {
            assert!(!tells_of_an_answer(note), "{note}");
        }
    }
}
