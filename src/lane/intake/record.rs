//! One message into one transaction: from bytes to rows and a queued answer.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use super::answer::{Case, answer};
use crate::automatic::{self, Machine, Origin};
use crate::config::{AcknowledgementSettings, Limits, Settings};
use crate::maillog;
use crate::parse::{self, Message, ParseLimits};
use crate::ruling::{self, Filing, Reading, Rules, Ruling};
use crate::store::{self, Compressed, LookUp, NewEntry, NewFiling, NewMessage, Recall, StoreError, Writing};
use crate::vocabulary::markers::read_front;
use crate::vocabulary::{Consultation, Disposition, EntryKey, EntryTime, FetchedMessage, sha256_hex};

/// Most Message-IDs looked up that one report quotes for one number.
const MOST_IDS: usize = 8;

/// This lane in the event log.
pub(super) const ACTOR: &str = "intake";

/// Everything that recording needs besides the message: made once, the same for every message.
#[derive(Debug)]
pub struct Desk {
    /// The consultations, compiled.
    pub rules: Rules,
    pub(super) acknowledgement: AcknowledgementSettings,
    pub(super) not_before: Timestamp,
    pub(super) own_addresses: Vec<String>,
    pub(super) trusted_authserv_ids: Vec<String>,
    pub(in crate::lane) limits: Limits,
}

impl Desk {
    /// Prepares for a configuration. `first_contact`: when the store was created; nothing that arrived before it is
    /// answered unless the configuration says otherwise.
    pub fn new(settings: &Settings, first_contact: Timestamp) -> Self {
        let acknowledgement = settings.acknowledgement.clone();
        let mut own_addresses = vec![acknowledgement.from.clone()];
        own_addresses.extend(settings.mailbox.login_name().map(ToOwned::to_owned));
        own_addresses.extend(settings.consultations.iter().flat_map(|c| c.office_addresses.clone()));
        own_addresses.retain(|address| !address.is_empty());
        Self {
            rules: Rules::new(&settings.consultations, &settings.mailbox.trusted_received_hosts),
            not_before: acknowledgement.not_before.unwrap_or(first_contact),
            acknowledgement,
            own_addresses,
            // The hosts that write believable Received lines write believable Authentication-Results.
            trusted_authserv_ids: [
                settings.mailbox.trusted_authserv_ids.as_slice(),
                &settings.mailbox.trusted_received_hosts,
            ]
            .concat(),
            limits: settings.limits,
        }
    }
}

/// A fetched message with everything that can be said of it without the record.
#[derive(Debug)]
pub(in crate::lane) struct Prepared {
    /// Without its bytes: they are compressed by now.
    pub(in crate::lane) fetched: FetchedMessage,
    pub(in crate::lane) raw: Compressed,
    pub(in crate::lane) sha256: String,
    /// `None`: reading it panicked. It is quarantined and the others go on.
    pub(in crate::lane) read: Option<(Message, Reading)>,
}

/// Reads a message; total.
pub(super) fn prepare(mut fetched: FetchedMessage, desk: &Desk, now: Timestamp) -> Prepared {
    let limits = ParseLimits {
        text_bytes: desk.limits.text_bytes,
        header_bytes: desk.limits.header_bytes,
        attachments: desk.limits.attachments,
    };
    // Nothing is shared with the closure that a panic could leave half-changed.
    let read = catch_unwind(AssertUnwindSafe(|| {
        let message = parse::parse(&fetched.raw, limits);
        let reading = ruling::read(&message, &fetched, &desk.rules, now);
        (message, reading)
    }));
    let raw = std::mem::take(&mut fetched.raw);
    Prepared { sha256: sha256_hex(&raw), raw: store::compress(&raw), fetched, read: read.ok() }
}

/// What became of one entry: said in the log, but only after COMMIT.
#[derive(Debug)]
pub(in crate::lane) struct Done {
    pub(super) entry: EntryKey,
    pub(in crate::lane) disposition: Disposition,
    pub(super) reason: String,
}

/// Records one message; returns what was done, or `None` when the entry was there already.
pub(in crate::lane) fn record(
    writing: &Writing<'_>,
    prepared: &Prepared,
    desk: &Desk,
    now: Timestamp,
    token: u64,
) -> Result<Option<Done>, StoreError> {
    let Prepared { fetched, raw, sha256, read } = prepared;
    let mut entry = NewEntry {
        entry: &fetched.entry,
        sha256: Some(sha256),
        size_bytes: fetched.announced_size_bytes,
        disposition: Disposition::Quarantined,
        reason: "panicked",
        message_id: None,
        rfc822_message_id: None,
    };
    let own_id = read.as_ref().and_then(|(message, _)| message.message_id.clone());
    entry.rfc822_message_id = own_id.as_deref();
    if let Some(known) = writing.known_message(sha256)? {
        entry.message_id = Some(known.message_id);
        if !known.has_entry {
            // Its row was lost: it is the one that the message came from.
            entry.disposition = known.disposition;
            entry.reason = "row_restored";
            return close(writing, &entry, now);
        }
        entry.reason = "same_bytes";
        if known.disposition != Disposition::Quarantined {
            entry.disposition = Disposition::Duplicate;
        }
        return close(writing, &entry, now);
    }
    let (Some((message, reading)), Some(ruling)) = (read, rule(writing, prepared, desk)?) else {
        entry.message_id = Some(keep_unfiled(writing, &bare(fetched, sha256, raw), now)?);
        return close(writing, &entry, now);
    };
    entry.disposition = ruling.disposition;
    entry.reason = &ruling.reason;
    match &reading.origin {
        Origin::Machine { kind: Machine::Bounce, .. } => {
            settle_bounce(writing, message, &reading.numbers, now)?;
        }
        Origin::Machine { kind: Machine::Recall, .. } => {
            mark_recalled(writing, message, reading.arrival.at, now)?;
        }
        _ => {}
    }
    let kept = as_read(message, &ruling, fetched, sha256, raw);
    match &ruling.filing {
        None if ruling.disposition == Disposition::Quarantined => {
            entry.message_id = Some(keep_unfiled(writing, &kept, now)?);
        }
        None => {}
        Some(_) => {
            let message_id = writing.keep_message(&kept)?;
            entry.message_id = Some(message_id);
            file_kept(writing, prepared, &ruling, desk, (message_id, now), (now, token))?;
        }
    }
    close(writing, &entry, now)
}

/// Rules on a message by what the record has of others; `None`: it could not be read.
pub(in crate::lane) fn rule(
    writing: &Writing<'_>,
    prepared: &Prepared,
    desk: &Desk,
) -> Result<Option<Ruling>, StoreError> {
    let Some((message, reading)) = &prepared.read else { return Ok(None) };
    let precedents = writing.precedents(&look_up(message, reading, &prepared.sha256))?;
    Ok(Some(ruling::rule(message, &prepared.fetched, reading, precedents, &desk.rules)))
}

/// Files a message that is kept already. The time at which it was seen stands in where no clock gives the arrival.
pub(in crate::lane) fn file_kept(
    writing: &Writing<'_>,
    prepared: &Prepared,
    ruling: &Ruling,
    desk: &Desk,
    (message_id, seen_at): (i64, Timestamp),
    (now, token): (Timestamp, u64),
) -> Result<(), StoreError> {
    let (Some((message, _)), Some(filing)) = (&prepared.read, &ruling.filing) else { return Ok(()) };
    let Some(consultation) = desk.rules.consultation(filing.consultation) else { return Ok(()) };
    let received_at = ruling.arrival.as_ref().map_or(seen_at, |arrival| arrival.at);
    file(writing, &Case { desk, message, ruling, filing, consultation, message_id, received_at, now, token })
}

/// Records an entry whose bytes never came: it stands in the quarantine, so that somebody looks into the mailbox.
pub(super) fn unreadable(
    writing: &Writing<'_>,
    entry: &EntryKey,
    reason: &str,
    now: Timestamp,
) -> Result<Option<Done>, StoreError> {
    let disposition = Disposition::Quarantined;
    close(
        writing,
        &NewEntry {
            entry,
            sha256: None,
            size_bytes: 0,
            disposition,
            reason,
            message_id: None,
            rfc822_message_id: None,
        },
        now,
    )
}

/// What to look for in the record.
fn look_up<'a>(message: &'a Message, reading: &'a Reading, sha256: &'a str) -> LookUp<'a> {
    LookUp {
        thread: &message.thread,
        numbers: &reading.numbers,
        from_address: message.author().map_or("", |author| author.address.as_str()),
        likeness: &reading.likeness,
        message_id: message.message_id.as_deref(),
        sha256,
    }
}

/// The message as it was read.
pub(in crate::lane) fn as_read<'a>(
    message: &'a Message,
    ruling: &'a Ruling,
    fetched: &'a FetchedMessage,
    sha256: &'a str,
    raw: &'a Compressed,
) -> NewMessage<'a> {
    NewMessage {
        rfc822_message_id: message.message_id.as_deref(),
        subject: message.subject.as_deref(),
        sent: message.date,
        arrival: ruling.arrival.as_ref(),
        attachments: &message.attachments,
        evidence: Some(&ruling.evidence),
        ..bare(fetched, sha256, raw)
    }
}

/// Keeps a message of which nothing is filed; one that is filed is sealed with its submission.
fn keep_unfiled(writing: &Writing<'_>, message: &NewMessage<'_>, now: Timestamp) -> Result<i64, StoreError> {
    let id = writing.keep_message(message)?;
    writing.seal_message(now, ACTOR, id)?;
    Ok(id)
}

fn bare<'a>(fetched: &FetchedMessage, sha256: &'a str, raw: &'a Compressed) -> NewMessage<'a> {
    NewMessage {
        sha256,
        raw,
        rfc822_message_id: None,
        subject: None,
        sent: None,
        internal_date: fetched.time.map(|time| match time {
            EntryTime::InternalDate(written) => written.instant,
            EntryTime::File(at) => at,
        }),
        arrival: None,
        attachments: &[],
        evidence: None,
    }
}

fn close(writing: &Writing<'_>, entry: &NewEntry<'_>, now: Timestamp) -> Result<Option<Done>, StoreError> {
    let new = writing.record_entry(entry, now)?;
    Ok(new.then(|| Done {
        entry: entry.entry.clone(),
        disposition: entry.disposition,
        reason: entry.reason.to_owned(),
    }))
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
    if let Some(bounced) = writing.bounced(&ids, &words, now)? {
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

/// Makes rows of a filing and queues its answer.
fn file(writing: &Writing<'_>, case: &Case<'_>) -> Result<(), StoreError> {
    let full_text = case.message.whole_text();
    let new = as_filed(case.filing, case.consultation, &full_text, case.received_at);
    let filed = if case.ruling.disposition == Disposition::Supplement {
        writing.file_supplement(&new, case.message_id, case.now)?
    } else {
        Some(writing.file_submission(&new, case.message_id, case.now)?)
    };
    if writing.is_scratch() {
        return Ok(());
    }
    let Some(filed) = filed else { return writing.seal_message(case.now, ACTOR, case.message_id) };
    answer(writing, case, &filed)?;
    writing.seal_submission(case.now, ACTOR, filed.submission_id)
}

/// The filing as it becomes rows.
fn as_filed<'a>(
    filing: &'a Filing,
    consultation: &'a Consultation,
    full_text: &'a str,
    received_at: Timestamp,
) -> NewFiling<'a> {
    NewFiling {
        filing,
        consultation: &consultation.id,
        number_prefix: &consultation.number_prefix,
        full_text,
        received_at,
    }
}
