//! Whether a note says that whoever wrote a letter was answered, and not only that he is to be.

use crate::vocabulary::language::language_table;

language_table!(
    /// Words of an answer, what says that it was given, and what says that it was not.
    ANSWERED, "language/answered.tsv");

/// Signs at which something else begins to be said. A question mark belongs to what is asked.
const BREAKS: [char; 16] =
    ['，', '。', '；', '、', '：', '！', '（', '）', ',', ';', ':', '!', '(', ')', '\n', '—'];

/// What else a note says of a letter leaves open whether its writer was answered.
pub(super) fn tells_of_an_answer(note: &str) -> bool {
    note.split(BREAKS).any(says_so)
}

fn says_so(clause: &str) -> bool {
    let starts = |text: &str, meaning: &str| ANSWERED.words(meaning).any(|word| text.starts_with(word));
    let answers = ANSWERED.words("answer").flat_map(|word| clause.match_indices(word));
    answers.into_iter().any(|(at, word)| {
        let (before, behind) = clause.split_at(at);
        let behind = behind.get(word.len()..).unwrap_or_default();
        if ANSWERED.words("not behind").any(|word| behind.contains(word)) {
            return false;
        }
        last_mark(before).unwrap_or_else(|| starts(behind, "done behind"))
    })
}

/// Whether the last word before an answer that says anything of it says that it was given; of two that end there, the longer one.
fn last_mark(before: &str) -> Option<bool> {
    let mut found = None;
    for (meaning, is_done) in [("done", true), ("not", false)] {
        for word in ANSWERED.words(meaning) {
            if let Some(at) = before.rfind(word) {
                found = found.max(Some((at + word.len(), word.len(), is_done)));
            }
        }
    }
    found.map(|(.., is_done)| is_done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_tells_of_an_answer_only_where_one_was_given() {
        for note in [
            "已答复",
            "已回信",
            "已电话答复",
            "已回复",
            "同意，已于3月5日回信说明",
            "已将情况答复来信人",
            "已按要求回复",
            "核实后已电话告知本人",
            "昨天答复了",
            "电话答复过",
            "回信已发出",
            "尚未登记的问题，已答复",
        ] {
            assert!(tells_of_an_answer(note), "{note}");
        }
        for note in [
            "待答复来信人",
            "尚未答复",
            "待回信",
            "未答复",
            "没有答复",
            "还没回复",
            "需答复",
            "须回信",
            "请办公室答复",
            "已转办公室答复",
            "已核实，待回复",
            "已核实待回复",
            "已去信，等回复",
            "对方已回复",
            "是否已答复不清楚",
            "答复了没有",
            "已回信吗？",
            "已回信被退回",
            "已写好答复草稿",
            "答复来信人",
            "电话打不通",
            "没有收到附件，待请来信人重发",
            "同意撤回",
            "",
        ] {
            assert!(!tells_of_an_answer(note), "{note}");
        }
    }
}
