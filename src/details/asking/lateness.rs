//! Who says that his letter was sent before the close, and is not late.
//!
//! The receipt of a late letter promises that a person will look. Who complains of late offices, or tells how a window called him
//! late, proposes something.

use crate::details::text::topics::{LATENESS, Topic};
use crate::vocabulary::pattern;

/// The longest such sentence, in characters: a longer one tells a story.
const MOST_CHARS: usize = 80;

pattern!(
    /// A sending with its time before the close.
    SENT_IN_TIME, LATENESS,
    r"(?x) ⟨in time⟩ [^。?]{0,16} ⟨sent⟩ | ⟨sent⟩ [^。?]{0,12} ⟨in time⟩
      | (?:⟨i⟩|⟨letter⟩) [^。?]{0,10} (?:⟨day⟩|\d{1,2}\s*[日号]) [^。?]{0,10} ⟨sent⟩
      | ⟨sent⟩ (?:⟨when⟩)? [^。?]{0,8} (?:⟨day⟩|\d{1,2}\s*[日号])"
);
pattern!(
    /// It denies being late, or asks to look at it again.
    DENIES, LATENESS,
    r"(?x) (?:⟨not⟩|⟨why⟩) [^,。?]{0,6} ⟨late⟩ | ⟨late⟩ [^。?]{0,14} ⟨objects⟩ | ⟨objects⟩ [^。?]{0,14} ⟨late⟩
      | ⟨carrier⟩ [^,。?]{0,6} ⟨delayed⟩"
);
pattern!(
    /// Somebody shall look.
    ASKS_TO_LOOK, LATENESS, r"⟨verify⟩");
pattern!(
    /// The letter is spoken of by its name.
    NAMES_A_LETTER, LATENESS, r"⟨letter⟩");
pattern!(
    /// It is about an office and its terms, or about others.
    OF_OTHERS, LATENESS, r"⟨others⟩");

pattern!(
    /// The writer speaks of himself.
    OF_HIMSELF, LATENESS, r"⟨i⟩");

/// Whether a folded sentence disputes that a letter came late. `alone`: the letter holds nothing else; else the sentence has to
/// name the letter.
pub(super) fn disputes(sentence: &str, alone: bool) -> bool {
    let fits = |wanted: &crate::vocabulary::Regex| wanted.is_match(sentence);
    sentence.chars().take(MOST_CHARS + 1).count() <= MOST_CHARS
        && (fits(&SENT_IN_TIME) || fits(&DENIES))
        && (alone || fits(&NAMES_A_LETTER) || speaks_of_his_sending(sentence))
        && !fits(&OF_OTHERS)
}

/// `我13日就发了，不应算逾期`: beside an opinion too nobody says so of anything but his letter.
fn speaks_of_his_sending(sentence: &str) -> bool {
    let fits = |wanted: &crate::vocabulary::Regex| wanted.is_match(sentence);
    fits(&OF_HIMSELF) && fits(&SENT_IN_TIME) && (fits(&DENIES) || fits(&ASKS_TO_LOOK))
}

/// Whether a sentence beside such a one belongs to it: `请核实`.
pub(super) fn asks_to_look(sentence: &str) -> bool {
    ASKS_TO_LOOK.is_match(sentence) && !OF_OTHERS.is_match(sentence)
}

/// The topic without which no sentence is looked at.
pub(super) const TOPIC: Topic = Topic::Lateness;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::fold::fold;

    #[test]
    fn who_was_in_time_says_so_and_who_complains_of_terms_does_not() {
        for sentence in [
            "我是13日晚11点发的，附截图，请核实",
            "我的邮件3月13日晚上就发出了，怎么会逾期？",
            "本人在截止前已经发送，请查证",
            "明明是截止日期之前寄出的",
            "我的意见没有逾期",
            "对逾期认定有异议",
            "服务器延迟，不应算我逾期",
            "发送时间是13号23点50分，不能算晚",
            "昨晚十一点半发的，没超过截止时间",
        ] {
            assert!(disputes(&fold(sentence), true), "{sentence}");
        }
        for sentence in [
            "逾期未办结的应当问责",
            "窗口说我逾期，其实我13日就交了材料",
            "办理时限不应逾期",
            "材料在截止前提交的，窗口也应当受理",
            "建议对逾期办件亮红灯",
            "系统经常延迟，办事慢",
            "13日我去大厅办事",
        ] {
            assert!(!disputes(&fold(sentence), true), "{sentence}");
        }
        assert!(disputes("我的邮件是截止前发的", false) && !disputes("13日就发了", false));
    }
}
