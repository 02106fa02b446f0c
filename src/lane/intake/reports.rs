//! What a machine's report says of our answers and of filed mail: bounces and recall notices.

use jiff::Timestamp;

use crate::maillog;
use crate::parse::Message;
use crate::ruling::{Reading, bounce};
use crate::sender::Verdict;
use crate::store::{Recall, StoreError, Writing};
use crate::vocabulary::Machine;
use crate::vocabulary::markers::read_front;

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

/// A bounce of one of our own answers settles that answer as failed, in the report's words.
fn settle_bounce(
    writing: &Writing<'_>,
    message: &Message,
    numbers: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    if !bounce::is_final(message) {
        return Ok(());
    }
    let mut answers = Vec::new();
    for number in numbers {
        answers.extend(writing.sent_answers(number)?);
    }
    let meant = bounce::answers_meant(message, numbers, &answers);
    if let Some(bounced) = writing.bounced(&meant, &bounce::words(message), now)? {
        maillog::bounced(&bounced.number);
    }
    Ok(())
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
