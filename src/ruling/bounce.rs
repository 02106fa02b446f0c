//! Which of our answers came back, by a machine's report.

use crate::automatic;
use crate::charset::skeleton;
use crate::parse::{self, Message, ParseLimits};

/// Most Message-IDs that one report may quote for one number.
const MOST_IDS: usize = 8;

/// How much of a report's text is searched for what our answer said, in bytes.
const SEARCHED_BYTES: usize = 16 * 1024;

/// How much of a report's words is kept, in bytes.
const WORDS_BYTES: usize = 500;

/// An answer that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentAnswer {
    /// `submission.number`
    pub number: String,
    /// `acknowledgement.rfc822_message_id`
    pub message_id: String,
    /// `acknowledgement.recipient`
    pub recipient: String,
    /// `acknowledgement.octets`
    pub octets: Vec<u8>,
}

/// Whether the report says that a mail came back for good; one of a delay settles nothing.
pub fn is_final(message: &Message) -> bool {
    !automatic::is_delay(message)
}

/// An answer that a report may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// Its Message-ID.
    pub message_id: String,
    /// The number, where it is known by that and its address alone: whoever knows both can write such a report.
    pub by_number: Option<String>,
}

/// The answers that the report may mean, the surest first. `answers` are those that went out for `numbers`.
///
/// Coremail and QQ return the answer as an attachment of an ordinary mail, or name it in the text only. Where a mail comes back
/// under a Message-ID, that one is meant, whatever else the report names: all else in it may be the sender's.
pub fn answers_meant(message: &Message, numbers: &[String], answers: &[SentAnswer]) -> Vec<Meant> {
    let by_id = |message_id: String| Meant { message_id, by_number: None };
    let report = message.report.as_ref();
    let returned = report.and_then(|report| report.original_message_id.as_ref());
    if let Some(returned) = returned.or(message.attached_id.as_ref()) {
        return vec![by_id(returned.clone())];
    }
    let quoted = numbers.iter().flat_map(|number| ids_in(&message.text, number));
    let named = answers.iter().filter(|answer| is_named(message, answer));
    let named = named.map(|answer| Meant {
        message_id: answer.message_id.clone(),
        by_number: Some(answer.number.clone()),
    });
    message.thread.iter().cloned().chain(quoted).map(by_id).chain(named).collect()
}

/// What the report says went wrong.
pub fn words(message: &Message) -> String {
    let diagnostic = message.report.as_ref().and_then(|report| report.diagnostic.clone());
    let mut words = diagnostic.unwrap_or_else(|| automatic::bounce_words(message));
    let end = words.floor_char_boundary(WORDS_BYTES);
    words.truncate(end);
    words
}

/// Whether a report without a Message-ID is about an answer of ours. Numbers are consecutive and addresses are known: it must
/// name both as the header of what it returns has them. A provider's report that returns nothing quotes that header in its
/// text: our subject word for word, and the address that the answer went to.
fn is_named(message: &Message, answer: &SentAnswer) -> bool {
    if let Some(header) = &message.returned_header {
        return header.contains(&answer.number) && names(header, &answer.recipient);
    }
    let own = parse::parse(&answer.octets, ParseLimits::default());
    let subject = skeleton(own.subject.as_deref().unwrap_or_default());
    let quotes = |place: &str| !subject.is_empty() && skeleton(place).contains(&subject);
    let failed = message.header("x-failed-recipients").unwrap_or_default();
    let beginning = message.text.get(..message.text.floor_char_boundary(SEARCHED_BYTES)).unwrap_or_default();
    (quotes(message.subject.as_deref().unwrap_or_default()) || quotes(beginning))
        && (names(beginning, &answer.recipient) || names(failed, &answer.recipient))
}

/// Message-IDs of our answers to a number, which begin with it, as a text quotes them.
fn ids_in<'a>(text: &'a str, number: &'a str) -> impl Iterator<Item = String> + 'a {
    text.split(|c: char| !c.is_ascii_graphic() || matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | ';'))
        .filter(move |word| word.starts_with(number) && word.contains('@'))
        .take(MOST_IDS)
        .map(str::to_owned)
}

/// Whether a text names an address, and not one that only holds it.
fn names(text: &str, address: &str) -> bool {
    let (text, address) = (text.to_lowercase(), address.to_lowercase());
    let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~@".contains(c);
    let within = |c: char| atext(c) || !address.is_ascii() && c.is_alphanumeric();
    !address.is_empty()
        && text.match_indices(&address).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let mut behind = text.get(at + address.len()..).unwrap_or_default().chars();
            let goes_on = match behind.next() {
                // The end of a sentence, or another label.
                Some('.') => behind.next().is_some_and(within),
                next => next.is_some_and(within),
            };
            !goes_on && !before.is_some_and(|c| within(c) || c == '.')
        })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn an_address_is_named_whole_or_not_at_all() {
        let address = "zhang.san@qq.com";
        for text in [
            "zhang.san@qq.com",
            "rfc822;Zhang.San@QQ.com",
            "收件人：zhang.san@qq.com。",
            "收件人zhang.san@qq.com不存在",
            "<zhang.san@qq.com>: 550. xzhang.san@qq.com",
            "To: zhang.san@qq.com.\r\nBye",
        ] {
            assert!(names(text, address), "{text}");
        }
        for text in [
            "",
            "xzhang.san@qq.com",
            "a.zhang.san@qq.com",
            "zhang.san@qq.com.cn",
            "zhang.san@qq.community",
            "san@qq.com",
        ] {
            assert!(!names(text, address), "{text}");
        }
        assert!(
            !names("小张三@例子.中国", "张三@例子.中国") && names("（张三@例子.中国）", "张三@例子.中国")
        );
    }
}
