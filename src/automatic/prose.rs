//! What a text says of itself: that a program answers, that somebody is away, that mail could not be handed over.
//!
//! Prose proves less than a field. What names itself an automatic answer is one; who says no more than that he is away and
//! answers later is one where he answers us, and else waits for a person. One word of his own, and it is a person.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::vocabulary::language::{Words, language_table, word_list};
use crate::vocabulary::markers::{MarkerKind, is_invisible, read_front};
use crate::vocabulary::traditional::simplified;
use crate::vocabulary::{Regex, pattern};

language_table!(
    /// Sentences of machines.
    PROSE, "language/machine_prose.tsv");

word_list!(SAYS_SO, PROSE, "says so");
word_list!(AWAY, PROSE, "away");
word_list!(AFTER, PROSE, "after");
word_list!(URGENT, PROSE, "urgent");
word_list!(RECEIVED, PROSE, "received");
word_list!(GREETING, PROSE, "greeting");
word_list!(AWAY_ELSEWHERE, PROSE, "away, other tongues");
word_list!(BESIDE_ELSEWHERE, PROSE, "beside away, other tongues");
word_list!(UNATTENDED, PROSE, "unattended, other tongues");
word_list!(STILL_TRYING, PROSE, "still trying");
word_list!(RECEIPT_OF_AN_OFFICE, PROSE, "receipt of an office");

/// The longest text that is no more than an automatic answer, in characters.
const ANSWER_CHARS: usize = 600;

/// The longest line that says what the mail is, in characters.
const LINE_CHARS: usize = 80;

/// How much of a subject is searched for the words, and the longest text below them, in characters.
const HEADING_CHARS: usize = 40;
const HEADING_TEXT_CHARS: usize = 120;

/// A sentence that says nothing, in characters: a name, a date, a place.
const EMPTY_CHARS: usize = 8;

/// How much of a report is read, in bytes.
const REPORT_BYTES: usize = 4 * 1024;

pattern!(
    /// `这是一封自动回复邮件`, and not `这是对自动回复的意见`.
    ANSWERS_ITSELF, PROSE,
    r"(?:^|[,，。!！:：、~\s])(?:这|此|该|本)[^对关就,，。]{0,22}⟨says so⟩的?(?:邮件|信息|消息|内容|信函|信|函)?(?:[,，。.!！;；:：~\s]|$)"
);

pattern!(
    /// The words, and a colon.
    IN_HEADING, PROSE, r"⟨says so⟩[)\]】]? ?[:：]"
);

pattern!(
    /// What only a person says.
    OWN, PROSE, r"⟨own⟩"
);

pattern!(
    /// That something arrived, as the whole of a clause: the matter's word is not the writer's own then.
    RECEIPT, PROSE, r"⟨matter⟩⟨taken⟩(?:[,，。.!！;；~\s]|$)"
);

pattern!(
    /// A report names what it could not do, and an address or the reply of a server.
    FAILED, PROSE,
    r"⟨report⟩"
);

static WHERE_TO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[a-z0-9._%+=-]+@[a-z0-9-]+\.[a-z0-9.-]+|(?:^|[^0-9])[45][0-9]{2}[ -]|(?:^|[^0-9.])[45]\.[0-9]{1,3}\.[0-9]{1,3}(?:[^0-9]|$)")
        .expect("a constant pattern that the tests compile")
});

/// What the writer's own part of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// It calls itself an automatic answer, in this word.
    So(&'static str),
    /// Nobody is there, and nothing else, in this word.
    Away(&'static str),
}

/// What a text says of itself; `None`: a person may have written it.
pub(super) fn says(text: &str) -> Option<Says> {
    let own = own_part(text)?;
    let first = own.lines().next().unwrap_or_default();
    if read_front(first).marker == Some(MarkerKind::AutoReply) {
        return Some(Says::So(word_in(&SAYS_SO, &own).unwrap_or_default()));
    }
    if is_own(&own) {
        return None;
    }
    let is_line = first.chars().count() <= LINE_CHARS;
    if let Some(word) = word_in(&SAYS_SO, first).filter(|_| is_line)
        && (ANSWERS_ITSELF.is_match(first) || !has_chinese(first) || !has_han(word))
    {
        return Some(Says::So(word));
    }
    // `While on vacation` says so of anybody, once and in passing.
    let away = || word_in(&AWAY_ELSEWHERE, &own).filter(|_| BESIDE_ELSEWHERE.inside(&own));
    if !has_chinese(&own)
        && let Some(elsewhere) = word_in(&UNATTENDED, &own).or_else(away)
    {
        return Some(Says::Away(elsewhere));
    }
    away_only(&own).map(Says::Away)
}

/// A subject in which the words stand before the matter (`白某甲的自动回复：…`), over a text without a word of a person's own.
pub(super) fn in_heading(subject: &str, text: &str) -> Option<Says> {
    let head: String = subject.chars().take(HEADING_CHARS).collect();
    let head = folded(head.split(['《', '〈']).next().unwrap_or_default());
    let found = IN_HEADING.find(&head)?;
    let own = own_part(text).unwrap_or_default();
    let is_short = own.chars().count() <= HEADING_TEXT_CHARS;
    (is_short && !is_own(&own)).then(|| word_in(&SAYS_SO, found.as_str()).map(Says::So)).flatten()
}

/// Whether a person speaks in a text.
fn is_own(text: &str) -> bool {
    OWN.is_match(text) && OWN.is_match(&RECEIPT.replace_all(text, " "))
}

/// Whether a text is an answer of a program like this one, which a gateway has stripped of its marks: two of them would answer
/// each other.
pub(super) fn receipt_of_an_office(text: &str) -> Option<&'static str> {
    let own = lines_above_quotes(text);
    own.iter().find_map(|line| {
        RECEIPT_OF_AN_OFFICE.all().iter().copied().find(|beginning| line.starts_with(beginning))
    })
}

/// Whether a text is short and holds no word of a person's own.
pub(super) fn is_brief(text: &str) -> bool {
    own_part(text).is_some_and(|own| own.chars().count() <= HEADING_TEXT_CHARS && !OWN.is_match(&own))
}

/// Whether a text is that of a delivery report.
pub(super) fn is_report(text: &str) -> bool {
    let beginning = folded(text.get(..text.floor_char_boundary(REPORT_BYTES)).unwrap_or(text));
    FAILED.is_match(&beginning) && WHERE_TO.is_match(&beginning)
}

/// Whether a line says that something was not handed over.
pub(super) fn is_failure(line: &str) -> bool {
    FAILED.is_match(&folded(line))
}

/// Whether a report says that the mail is still on its way.
pub(super) fn is_still_trying(text: &str) -> bool {
    STILL_TRYING.inside(&folded(text.get(..text.floor_char_boundary(REPORT_BYTES)).unwrap_or(text)))
}

/// Every sentence of a Chinese text is one of somebody who is away, and there are two sorts of them.
fn away_only(own: &str) -> Option<&'static str> {
    let away = word_in(&AWAY, own)?;
    let is_said_twice = AWAY.all().iter().filter(|word| own.contains(**word)).nth(1).is_some();
    let more = is_said_twice || AFTER.inside(own) || URGENT.inside(own) || RECEIVED.inside(own);
    let kinds: [&Words; 5] = [&AWAY, &AFTER, &URGENT, &RECEIVED, &GREETING];
    let mut sentences = own.split(['。', '.', '!', '！', ';', '；', '，', ',', '\n', '~']).map(str::trim);
    let is_of_one = |sentence: &str| {
        sentence.chars().filter(|c| c.is_alphabetic()).count() <= EMPTY_CHARS
            || kinds.iter().any(|words| words.inside(sentence))
            || RECEIPT.is_match(sentence)
    };
    (more && sentences.all(is_of_one)).then_some(away)
}

fn word_in(words: &'static Words, text: &str) -> Option<&'static str> {
    words.longest_inside(text)
}

fn has_han(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{4e00}'..='\u{9fff}'))
}

/// Han without kana or hangul beside them.
fn has_chinese(text: &str) -> bool {
    has_han(text) && !text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{ac00}'..='\u{d7a3}'))
}

/// What stands above the first quoted line, folded; `None` where that is nothing, or too long for an automatic answer.
fn own_part(text: &str) -> Option<String> {
    let own = lines_above_quotes(text).join("\n");
    (!own.is_empty() && own.chars().count() <= ANSWER_CHARS).then_some(own)
}

/// The lines above the first quoted one, folded, as far as an automatic answer is long.
fn lines_above_quotes(text: &str) -> Vec<String> {
    // Two of them: what fits at one end alone is told by the first or the last character.
    pattern!(BEGINS_QUOTE, r"^(?:>|-{4,}|_{8,}|发件人 ?[:：]|from ?:)");
    pattern!(ENDS_ATTRIBUTION, r"(?:写道|wrote|schrieb|a écrit) ?[:：]$");
    let is_quoted = |line: &str| BEGINS_QUOTE.is_match(line) || ENDS_ATTRIBUTION.is_match(line);
    let beginning = text.get(..text.floor_char_boundary(ANSWER_CHARS * 6)).unwrap_or(text);
    let folded = folded(beginning);
    let lines = folded.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take_while(|line| !is_quoted(line)).map(str::to_owned).collect()
}

/// Plain width, lower case, simplified; lines stay.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else if matches!(c, '\u{4e00}'..='\u{9fff}') {
            // Han have neither a compatibility form nor a case, and most letters are nothing else.
            folded.push(simplified(c));
        } else if !is_invisible(c) {
            folded.extend(std::iter::once(c).nfkc().flat_map(char::to_lowercase));
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_automatic_answer_says_so_or_says_nothing_else() {
        for text in [
            "这是一封自动回复邮件，您的来信我已收到。",
            "此邮件为系统自动回复，请勿直接回复。",
            "自动回复：您好，我在外地出差，4月8日返回。",
            "【自动回复】来信收悉",
            "本邮件為自動答覆，感謝您的來信",
            "This is an automatic reply. I am away until Monday.",
            "Dies ist eine automatische Antwort.",
            "これは自動返信です。",
        ] {
            assert!(matches!(says(text), Some(Says::So(_))), "{text}");
        }
        for text in [
            "您好，我在外地出差，4月8日返回，如有急事请联系小刘13800138000。谢谢！",
            "來信收到，本人正在休假，六月一日後回覆您。\n趙某某",
            "您好，受理单号 7919，建议收到。",
            "尊敬的市民：您的意见已收到，受理编号20240312，我们会尽快处理。",
            "Ich bin vom 3. bis 9. Juni nicht im Büro.",
            "Je suis en congé jusqu'au 12 mars.\n\nLe 5 mars, X a écrit :\n> 建议",
            "現在、休暇をいただいております。",
        ] {
            assert!(matches!(says(text), Some(Says::Away(_))), "{text}");
        }
        for text in [
            "",
            "谢谢",
            "收到，我在外地出差，下周补充附件。",
            "我正在休假，建议大厅周末也开门。",
            "受理单号 7919，建议收到后给个答复。",
            "上次的意见已收到，受理单号 7919，希望早日答复。",
            "建议收到证照后再办理，受理单号写在回执上。",
            "这是自动回复吗？有没有人看",
            "这是对自动回复功能的意见",
            "自动回复功能太慢",
            "我外出打工多年，家里老人办事全靠邻居带着去镇上的大厅跑好几趟",
            "> 这是一封自动回复邮件",
        ] {
            assert_eq!(says(text), None, "{text}");
        }
    }

    #[test]
    fn a_report_names_what_failed_and_where() {
        for text in [
            "Could not be delivered to: <li@example.com>",
            "抱歉，您的邮件被退回来了：收件人不存在 (li@example.com)",
            "550 5.1.1 User unknown",
            "送信できませんでした。宛先 li@example.com",
        ] {
            assert!(is_report(text), "{text}");
        }
        for text in ["快递无法送达我们村", "a@example.com 是我的邮箱", "第5.1条 不合理", ""]
        {
            assert!(!is_report(text), "{text}");
        }
    }
}
