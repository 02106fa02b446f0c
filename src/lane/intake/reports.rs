//! What a machine's report says of our answers and of filed mail: bounces and recall notices.

use jiff::Timestamp;

use crate::automatic;
use crate::maillog;
use crate::parse::Message;
use crate::ruling::Reading;
use crate::store::{Recall, StoreError, Writing};
use crate::vocabulary::Machine;
use crate::vocabulary::markers::read_front;

/// Most Message-IDs looked up that one report quotes for one number.
const MOST_IDS: usize = 8;

/// What a report says, where it is about mail of ours or about mail that was filed.
pub(super) fn note_report(
    writing: &Writing<'_>,
    kind: Machine,
    message: &Message,
    reading: &Reading,
    now: Timestamp,
) -> Result<(), StoreError> {
    match kind {
        Machine::Bounce => settle_bounce(writing, message, &reading.numbers, now),
        Machine::Recall => mark_recalled(writing, message, reading.arrival.at, now),
        _ => Ok(()),
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
    let report = message.report.as_ref();
    let action = report.and_then(|report| report.action.as_deref());
    if action.map_or_else(|| automatic::is_delay(message), |action| action != "failed") {
        return Ok(());
    }
    let mut ids: Vec<String> = Vec::new();
    ids.extend(report.and_then(|report| report.original_message_id.clone()));
    ids.extend(message.attached_id.clone());
    ids.extend(message.thread.iter().cloned());
    for number in numbers {
        ids.extend(ids_in(&message.text, number));
        // A number alone is no secret: the report must also name the address that the answer went to.
        for (id, recipient) in writing.sent_answers(number)? {
            if names(message, &recipient) {
                ids.push(id);
            }
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

/// Message-IDs of our answers to a number, which begin with it, as a text quotes them.
fn ids_in<'a>(text: &'a str, number: &'a str) -> impl Iterator<Item = String> + 'a {
    text.split(|c: char| !c.is_ascii_graphic() || matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | ';'))
        .filter(move |word| word.starts_with(number) && word.contains('@'))
        .take(MOST_IDS)
        .map(str::to_owned)
}

/// Whether a report names an address, in its text or in its header.
fn names(message: &Message, address: &str) -> bool {
    let address = address.to_lowercase();
    !address.is_empty()
        && (message.text.to_lowercase().contains(&address)
            || message
                .header("x-failed-recipients")
                .is_some_and(|list| list.to_lowercase().contains(&address)))
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
