//! An answer to our acknowledgement that adds nothing, or that says the letter was not the sender's.
//!
//! Thanks, a reaction and the wish to get no more mail are no content: nothing is counted, and nobody is answered again. Who
//! says that he never wrote must be heard by a person, for somebody used his name.

use unicode_normalization::UnicodeNormalization;

use crate::details::Details;
use crate::parse::{Message, Signal};
use crate::vocabulary::language::language_table;
use crate::vocabulary::pattern;
use crate::vocabulary::traditional::simplified;

language_table!(
    /// What people write who only confirm, refuse or disown.
    REPLIES, "language/replies.tsv");

/// The longest such answer, in characters that are letters or digits.
const MOST_CHARS: usize = 120;

/// How much of a text is looked through, in characters.
const READ_CHARS: usize = 600;

pattern!(
    /// The whole of an answer without content.
    SAYS_NOTHING, REPLIES,
    r"^\s*(?:(?:⟨thanks⟩|⟨little⟩|⟨greeting⟩|⟨refusal⟩|⟨resigned⟩|⟨no more⟩|⟨again⟩|⟨not⟩\s*(?:(?:⟨again⟩|⟨little⟩)\s*)*⟨send⟩\s*(?:(?:⟨little⟩|⟨mail⟩)\s*)*)\s*)+$"
);
pattern!(
    /// Words of thanks stand in a greeting too.
    GREETING, REPLIES, r"⟨greeting⟩"
);
pattern!(
    /// It holds something of these, and is no greeting alone.
    CONFIRMS, REPLIES,
    r"⟨thanks⟩|⟨refusal⟩|⟨not⟩|⟨resigned⟩|⟨no more⟩"
);
pattern!(
    /// Nothing is added: in an answer, nothing; in a first letter, what an office was asked for.
    NO_MORE, REPLIES, r"⟨no more⟩");
pattern!(
    /// `没赶上就算了`: asked, it is a reproach.
    RESIGNED, REPLIES, r"⟨resigned⟩");
pattern!(
    /// What a client writes below the sign.
    REACTS, REPLIES,
    r"⟨reaction⟩"
);
pattern!(
    /// A sign of QQ or other programs in words: `[强]`.
    SIGN_IN_WORDS, r"\[\p{Han}{1,4}\]"
);
pattern!(
    /// A number of ours, whatever its prefix, and what it is called.
    NUMBER, REPLIES, r"(?:⟨number⟩\s*:?\s*)?[a-z]{1,12}[a-z0-9]*(?:-[a-z0-9]+)*-[0-9]{4,9}");
pattern!(
    /// The letter is not his.
    DISOWNS, REPLIES,
    r"(?x) ⟨denies⟩ [^,。;\n]{0,8} ⟨did⟩ [^,。;\n]{0,4} (?:⟨this⟩|⟨letter⟩)
      | ⟨who⟩ [^,。;\n]{0,6} ⟨denies⟩ [^,。;\n]{0,8} ⟨did, alone⟩ \s* (?:[,.。;!\n]|$)
      | ⟨who⟩ [^,。;\n]{0,6} ⟨denies⟩ [^,。;\n]{0,6} ⟨do⟩ [^,。;\n]{0,3} ⟨this⟩ [^,。;\n]{0,4} ⟨letter⟩
      | ⟨not mine⟩
      | ⟨misused⟩ [^,。;\n]{0,3} ⟨who⟩ [^,。;\n]{0,6} ⟨mine⟩
      | ⟨who⟩ [^,。;\n]{0,4} ⟨mine⟩ [^,。;\n]{0,8} ⟨misused⟩"
);

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reply {
    /// Something.
    #[default]
    Content,
    /// Thanks, a reaction, the wish to get no more mail.
    Nothing,
    /// That its writer did not write what was filed.
    Disowns {
        /// The words that say so.
        in_words: String,
    },
}

/// Reads what was written in answer to something; whether that was ours the record knows.
/// `is_first`: it answers nothing.
pub(super) fn read(message: &Message, comment: &str, details: &Details, is_first: bool) -> Reply {
    let beginning: String = comment.chars().take(READ_CHARS).collect();
    let folded = folded(&beginning);
    let is_reaction = message.signal == Some(Signal::Reaction);
    let brings_files = !message.attachments.is_empty() && !is_reaction;
    if let Some(found) = DISOWNS.find(&folded) {
        Reply::Disowns { in_words: found.as_str().to_owned() }
    } else if brings_files || is_first && NO_MORE.is_match(&folded) {
        Reply::Content
    } else if is_reaction || REACTS.is_match(&folded) || is_empty_of_content(comment, &folded, details) {
        Reply::Nothing
    } else {
        Reply::Content
    }
}

/// Whether nothing but thanks is left once the writer's own name is taken out; signs and emoji say no more.
fn is_empty_of_content(comment: &str, folded: &str, details: &Details) -> bool {
    if comment.chars().count() > READ_CHARS {
        return false;
    }
    let plain = NUMBER.replace_all(folded, " ");
    let mut letters = letters_of(&SIGN_IN_WORDS.replace_all(&plain, " "));
    for name in [&details.name, &details.name_hint].into_iter().flatten() {
        if let Some(rest) = letters.strip_suffix(&letters_of(&self::folded(name))) {
            letters = rest.to_owned();
        }
    }
    if letters.trim().is_empty() {
        // A thumb, or a row of signs.
        return comment.chars().any(|c| !c.is_whitespace());
    }
    letters.chars().count() <= MOST_CHARS
        && SAYS_NOTHING.is_match(&letters)
        && !(folded.contains('?') && RESIGNED.is_match(&letters))
        && CONFIRMS.is_match(&GREETING.replace_all(&letters, " "))
}

/// Letters and digits, with a blank for whatever stands between them.
fn letters_of(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Plain width, lower case, simplified.
fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).map(simplified).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(comment: &str) -> Reply {
        read(&Message::default(), comment, &Details::default(), false)
    }

    #[test]
    fn thanks_and_refusals_are_no_content() {
        for comment in [
            "谢谢！",
            "收到，谢谢您的回复。",
            "好的，辛苦了🙏",
            "👍👍",
            "已收悉，感謝貴局！",
            "谢谢你们的辛苦付出与及时回复",
            "非常感谢贵局的及时回复和耐心解答。",
            "OK, thank you very much!",
            "请不要再给我发邮件了",
            "停！别给我发邮件",
            "TD",
            "不用回复我，谢谢",
            "[强][玫瑰]",
            "好的，我会耐心等待结果，谢谢！",
            "您的来件已收悉，我们会尽快处理，请耐心等待。",
            "LNZX-2024-0001，收到，谢谢！",
            "编号：LNZX-2024-0001，已收到，感谢",
            "没赶上就算了，下次吧",
            "晚了就晚了，没关系",
            "没赶上就没赶上吧，谢谢",
            "逾期就算了，不麻烦了",
            "已收到，无其他意见。",
            "收到了，没有补充",
            "知道了，没有别的意见了",
            "已阅，无补充意见",
        ] {
            assert_eq!(reply(comment), Reply::Nothing, "{comment}");
        }
        for comment in [
            "",
            "支持！",
            "您好",
            "同意第三条",
            "谢谢，另外建议周末也开门。",
            "收到。什么时候公布结果？",
            "请删除我的电话",
            "无意见",
            "不要取消窗口",
            "同意LNZX-2024-0001的意见，谢谢",
            "没赶上就算了？",
            "没赶上末班窗口就算了，应当延时",
            "逾期就算了的规定不合理",
            "无其他意见，但第三条的期限太短",
            "收到，第二条没有补充说明",
        ] {
            assert_eq!(reply(comment), Reply::Content, "{comment}");
        }
        let first = |comment| read(&Message::default(), comment, &Details::default(), true);
        assert_eq!((first("已收到，无其他意见。"), first("收到，谢谢！")), (Reply::Content, Reply::Nothing));
        let signed = Details { name: Some("赵某某".to_owned()), ..Details::default() };
        assert_eq!(read(&Message::default(), "收到，谢谢！\n\n赵某某", &signed, false), Reply::Nothing);
    }

    #[test]
    fn who_did_not_write_says_so() {
        for comment in [
            "我没有发过这封邮件，请核实。",
            "本人从未给贵局写过信",
            "这封信不是我写的",
            "有人冒用我的邮箱",
            "我的账号被盗了，之前的请忽略",
            "本人並未提交該意見",
            "I never sent this email.",
            "I didn't submit any comment. Someone used my address.",
        ] {
            assert!(matches!(reply(comment), Reply::Disowns { .. }), "{comment}");
        }
        for comment in [
            "我没有收到这封邮件的回复",
            "我没有写电话，现补充：13800138000",
            "我以前没有提过，现在想说两点",
            "建议防止他人冒用企业名义注册",
            "没有人给我发通知",
        ] {
            assert!(!matches!(reply(comment), Reply::Disowns { .. }), "{comment}");
        }
    }
}
