//! Who sends a letter for somebody else: `代我爱人提交：`, `（我是他妻子，邮箱是我的，有事打他电话）`. The form below names who proposes;
//! who sends it is part of the frame.

use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::vocabulary::language::word_list;
use crate::vocabulary::pattern;

pattern!(
    /// `代我爱人提交：`, `替不会上网的老母亲填写`
    SENDS_FOR, SELF_DESCRIPTIONS,
    r"^(?:以下|这)?(?:是)?(?:我|本人|现)?(?:代|替|帮|帮着|代替|受)(?:我|本人|俺|咱)?(?:家)?(?:的)?(?:⟨cannot write⟩的?)?(?:⟨relative⟩)(?:之托|的?委托|所托)?,?(?:代为|来|给)?⟨sends⟩(?:的)?(?:如下|意见|建议|一封?信|这封信|一下|此信|此表|表格|的)?$"
);

pattern!(
    /// `这是我母亲写的意见`
    WHOSE, SELF_DESCRIPTIONS,
    r"^(?:这|以下|下面)(?:就)?是(?:我|本人|俺)?(?:家)?的?(?:⟨relative⟩)(?:写|口述|说|提)?的(?:意见|建议|意见建议|想法|话|信)$"
);

pattern!(
    /// `我是他妻子`
    WHO, SELF_DESCRIPTIONS, r"^我是(?:他|她|本人|填表人|建议人|上述)的?(?:⟨relative⟩)$"
);

word_list!(
    /// What somebody who sends for another says of his mailbox and of the other's telephone.
    ABOUT_SENDING, SELF_DESCRIPTIONS, "about sending"
);
word_list!(
    /// What makes it more than that.
    OUGHT, SELF_DESCRIPTIONS, "asks for more"
);

/// The longest such line, in bytes.
const LINE_BYTES: usize = 180;

/// Whether a line says for whom a letter is sent, and by whom, and nothing else.
pub(super) fn is_note(text: &str) -> bool {
    let plain =
        text.trim().trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | '【' | '】' | '*' | ' '));
    let begins = plain.starts_with(['代', '替', '帮', '受', '我', '本', '以', '这', '现', '下']);
    if !begins || text.len() > LINE_BYTES {
        return false;
    }
    let plain = plain.trim_end_matches([':', '。', '!', '.', '~', ',']);
    let mut sentences = plain.split(['。', ';', '!']);
    let first = sentences.next().unwrap_or_default();
    let mut clauses = first.split(',');
    let opening = clauses.next().unwrap_or_default();
    if !SENDS_FOR.is_match(opening) && !WHO.is_match(opening) && !WHOSE.is_match(opening) {
        return SENDS_FOR.is_match(plain);
    }
    clauses.chain(sentences.flat_map(|sentence| sentence.split(','))).all(is_about_sending)
}

/// 邮箱是我的, 有事打他电话
fn is_about_sending(clause: &str) -> bool {
    const CHARS: usize = 14;
    let clause = clause.trim();
    clause.is_empty()
        || SENDS_FOR.is_match(clause)
        || WHO.is_match(clause)
        || clause.chars().take(CHARS + 1).count() <= CHARS
            && ABOUT_SENDING.inside(clause)
            && !OUGHT.inside(clause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::text::fold::fold;

    #[test]
    fn who_sends_for_whom() {
        for line in [
            "代我爱人提交：",
            "（我是他妻子，邮箱是我的，有事打他电话）",
            "替不会上网的老母亲填写。",
            "受邻居委托代为发送，他不会打字。",
            "这是我母亲写的意见，她不会用邮箱，我代她发过来。",
        ] {
            assert!(is_note(&fold(line)), "{line}");
        }
        for line in [
            "代办人应当能替老人提交材料。",
            "代我爱人提交材料时，窗口说必须本人到场。",
            "我是他妻子，为什么不能代办？",
            "替老母亲办事跑了四趟。",
            "这是我母亲的意见，窗口应当认电话委托。",
            "我是她女儿，窗口应当认电话委托。",
        ] {
            assert!(!is_note(&fold(line)), "{line}");
        }
    }
}
