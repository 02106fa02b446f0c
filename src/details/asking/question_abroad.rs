//! Questions to the office in other languages: `When will the regulation be published?`, `최종 조례는 언제 공포됩니까?`
//!
//! Told by two kinds of words in one sentence that ends with its mark: that something is asked, and that it is about the
//! consultation. Who asks why the stairs are not repaired has said something of the matter.

use crate::details::text::fold::is_han;
use crate::details::text::topics::QUESTIONS;
use crate::vocabulary::language::word_list;

word_list!(ASKS, QUESTIONS, "asks abroad");
word_list!(
    /// What asks only where a letter says nothing else: whether something will be.
    ASKS_ALONE, QUESTIONS, "asks abroad, alone"
);
word_list!(OF_THE_PROCESS, QUESTIONS, "process abroad");
word_list!(
    /// What makes a proposal of a question.
    PROPOSES, QUESTIONS, "proposes abroad"
);
word_list!(
    /// Whoever has asked waits for an answer: `알려 주시면 감사하겠습니다.`
    WAITS, QUESTIONS, "waits for an answer abroad"
);

/// The longest sentence that asks, in bytes.
const SENTENCE_BYTES: usize = 400;

/// Whether a folded sentence asks so. `alone`: the letter holds nothing else.
pub(super) fn asks(sentence: &str, alone: bool) -> bool {
    if sentence.len() > SENTENCE_BYTES || !sentence.ends_with('?') || !is_abroad(sentence) {
        return false;
    }
    let lower = sentence.to_lowercase();
    (ASKS.inside(&lower) || alone && ASKS_ALONE.inside(&lower))
        && OF_THE_PROCESS.inside(&lower)
        && !PROPOSES.inside(&lower)
}

/// Whether a sentence behind such a question only waits for the answer.
pub(super) fn goes_on(sentence: &str) -> bool {
    sentence.len() <= SENTENCE_BYTES && is_abroad(sentence) && WAITS.inside(&sentence.to_lowercase())
}

/// Whether a sentence is in another language than Chinese. Japanese has kana.
fn is_abroad(sentence: &str) -> bool {
    let kana = |c: char| matches!(c, '\u{3041}'..='\u{30ff}');
    !sentence.contains(is_han) || sentence.contains(kana)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::fold::fold;

    #[test]
    fn who_asks_the_office_in_another_language() {
        for sentence in [
            "Is there an English translation of the draft regulation available?",
            "When will the final text be published?",
            "Have you received my letter?",
            "How can I register for the hearing?",
            "그리고 최종 조례는 언제 공포됩니까?",
            "条例はいつ公布されますか？",
            "Когда закон вступит в силу?",
        ] {
            assert!(asks(&fold(sentence), false), "{sentence}");
        }
        for sentence in [
            "When will the lifts be repaired?",
            "Why is the draft not published in English?",
            "Should the results not be published every year?",
            "노인 식당은 언제 문을 엽니까?",
            "Is there an English translation of the draft.",
            "请问什么时候公布？",
        ] {
            assert!(!asks(&fold(sentence), true), "{sentence}");
        }
        assert!(asks("Will the hearing be open to the public?", true));
        assert!(!asks("Will the hearing be open to the public?", false));
        assert!(goes_on("알려 주시면 감사하겠습니다."));
    }
}
