//! What a machine's report says of our answers and of filed mail: bounces and recall notices.

use jiff::Timestamp;

use crate::automatic;
use crate::charset::skeleton;
use crate::maillog;
use crate::parse::{self, Message, ParseLimits};
use crate::ruling::Reading;
use crate::sender::Verdict;
use crate::store::{Recall, SentAnswer, StoreError, Writing};
use crate::vocabulary::Machine;
use crate::vocabulary::markers::read_front;

/// Most Message-IDs looked up that one report quotes for one number.
const MOST_IDS: usize = 8;

/// How much of a report's text is searched for what our answer said, in bytes.
const SEARCHED_BYTES: usize = 16 * 1024;

/// What a report says, where it is about mail of ours or about mail that was filed. A forged one says nothing; one that was read before says nothing new:
/// what happened since then stays.
pub(super) fn note_report(
    writing: &Writing<'_>,
    kind: Machine,
    (message, sha256): (&Message, &str),
    reading: &Reading,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !matches!(kind, Machine::Bounce | Machine::Recall)
        || reading.sender.verdict == Verdict::Fail
        || writing.read_before(sha256, message.message_id.as_deref())?
    {
        return Ok(());
    }
    match kind {
        Machine::Bounce => settle_bounce(writing, message, &reading.numbers, now),
        _ => mark_recalled(writing, message, reading.arrival.at, now),
    }
}

/// A bounce of one of our own answers settles that answer as failed, in the report's words. Coremail and QQ return the
/// answer as an attachment of an ordinary mail, or name it in the text only; a report of a delay settles nothing.
fn settle_bounce(
    writing: &Writing<'_>,
    message: &Message,
    numbers: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    if automatic::is_delay(message) {
        return Ok(());
    }
    let report = message.report.as_ref();
    let returned =
        report.and_then(|report| report.original_message_id.as_ref()).or(message.attached_id.as_ref());
    let mut ids: Vec<String> = returned.into_iter().chain(&message.thread).cloned().collect();
    ids.extend(numbers.iter().flat_map(|number| ids_in(&message.text, number)));
    // What comes back under another Message-ID is another mail, whatever it names.
    if returned.is_none() {
        for number in numbers {
            let answers = writing.sent_answers(number)?.into_iter();
            ids.extend(
                answers.filter(|answer| is_named(message, number, answer)).map(|answer| answer.message_id),
            );
        }
    }
    let diagnostic = report.and_then(|report| report.diagnostic.clone());
    let mut words = diagnostic.unwrap_or_else(|| automatic::bounce_words(message));
    let end = words.floor_char_boundary(500);
    words.truncate(end);
    if let Some(bounced) = writing.bounced(&ids, words, now)? {
        maillog::bounced(bounced.submission_id);
    }
    Ok(())
}

/// Whether a report without a Message-ID is about an answer of ours. Numbers are consecutive and addresses are known: it must
/// name both as the header of what it returns has them. A provider's report that returns nothing quotes that header in its
/// text: our subject word for word, and the address that the answer went to.
fn is_named(message: &Message, number: &str, answer: &SentAnswer) -> bool {
    if let Some(header) = &message.returned_header {
        return header.contains(number) && names(header, &answer.recipient);
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

/// A client's notice that its user recalled a mail marks what was filed of that mail; it deletes nothing.
fn mark_recalled(
    writing: &Writing<'_>,
    message: &Message,
    received_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let subject = message.subject.as_deref().unwrap_or_default();
    let recall = Recall {
        from_address: message.author().map_or("", |author| author.address.as_str()),
        thread: &message.thread,
        subject: read_front(subject).rest,
        received_at,
    };
    writing.recalled(&recall, now).map(|_| ())
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
