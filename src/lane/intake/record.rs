//! One message into one transaction: from bytes to rows and a queued answer.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;

use super::answer::{ReplyContext, answer, answer_anew};
use super::readers::{self, Beside};
use super::reports::note_report;
use crate::automatic::{self, Origin, Placeholder};
use crate::lane::LaneConfig;
use crate::parse::{self, Message, ParseLimits};
use crate::ruling::{self, Filing, Likeness, Precedents, Reading, Ruled, Rules, Ruling, SeenBefore, Stood};
use crate::sender::Verdict;
use crate::store::{
    self, Compressed, Filed, KnownMessage, LookUp, NewEntry, NewFiling, NewMessage, StoreError, Writing,
};
use crate::vocabulary::{
    Consultation, Disposition, EntryKey, EntryReason, EntryTime, FetchedMessage, Flag, SubjectReason,
    Unreadable, sha256_hex,
};
use crate::words;

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

impl Prepared {
    /// Whether the mail server wrote it in the place of the letter.
    pub(super) fn placeholder(&self) -> Option<Placeholder> {
        self.read.as_ref().and_then(|(message, _)| automatic::placeholder(message))
    }
}

/// From so many octets on a message is packed while it is read: it is alone in its batch, and the other processor has nothing
/// to do.
const PACKED_BESIDE: usize = 1 << 20;

/// Reads a message; total.
fn prepare(mut fetched: FetchedMessage, limits: ParseLimits, rules: &Rules, now: Timestamp) -> Prepared {
    let read = || {
        // Nothing is shared with the closure that a panic could leave half-changed.
        catch_unwind(AssertUnwindSafe(|| {
            let message = parse::parse(&fetched.raw, limits);
            let reading = ruling::read(&message, &fetched, rules, now);
            (message, reading)
        }))
        .ok()
    };
    let pack = || (sha256_hex(&fetched.raw), store::compress(&fetched.raw));
    let (read, (sha256, raw)) = if fetched.raw.len() < PACKED_BESIDE {
        (read(), pack())
    } else {
        std::thread::scope(|scope| {
            let packing = scope.spawn(pack);
            (
                read(),
                packing.join().expect("packing fails only for want of memory, which ends the process anyway"),
            )
        })
    };
    fetched.raw = Vec::new();
    Prepared { fetched, raw, sha256, read }
}

/// Reads the messages of a batch side by side, in order: reading is pure and costs more than recording. With each
/// comes the time at which it was seen, which stands in where no clock gives the arrival.
pub(in crate::lane) fn prepare_all(
    messages: Vec<(FetchedMessage, Timestamp)>,
    config: &LaneConfig,
    beside: Beside,
) -> Vec<Prepared> {
    let (limits, rules) = (config.parse_limits(), Arc::clone(&config.rules));
    readers::map(messages, beside, move |(fetched, seen_at)| prepare(fetched, limits, &rules, seen_at))
}

/// What became of one entry: said in the log, but only after COMMIT.
#[derive(Debug)]
pub(in crate::lane) struct Recorded {
    pub(super) entry: EntryKey,
    pub(in crate::lane) disposition: Disposition,
    pub(super) reason: EntryReason,
    /// Another letter has a row under the same name.
    pub(super) displaces: bool,
}

impl Recorded {
    /// Whether it became part of the record of what citizens say.
    pub(super) const fn is_filed(&self) -> bool {
        matches!(self.disposition, Disposition::Filed | Disposition::Supplement | Disposition::Duplicate)
    }
}

/// Records one message of which the record has nothing; a replay's, for what comes from a mailbox may be known by its name.
pub(in crate::lane) fn record(
    writing: &Writing<'_>,
    prepared: &Prepared,
    config: &LaneConfig,
    now: Timestamp,
    token: u64,
) -> Result<Option<Recorded>, StoreError> {
    record_as(writing, prepared, config, (&prepared.fetched.entry, Row::None), (now, token))
}

/// What the record has under the name of an entry.
#[derive(Clone, Copy)]
pub(super) enum Row {
    /// Nothing.
    None,
    /// Another letter.
    Other,
    /// The letter itself, of which nothing is kept: it was for no consultation, or from a machine. It is judged again.
    Again(i64),
}

/// Records it under this name.
pub(super) fn record_as(
    writing: &Writing<'_>,
    prepared: &Prepared,
    config: &LaneConfig,
    (key, row): (&EntryKey, Row),
    (now, token): (Timestamp, u64),
) -> Result<Option<Recorded>, StoreError> {
    let Prepared { fetched, sha256, read, .. } = prepared;
    let mut entry = NewEntry {
        entry: key,
        sha256: Some(sha256),
        size_bytes: fetched.announced_size_bytes,
        listed_at: fetched.time.map(instant_of),
        disposition: Disposition::Quarantined,
        reason: &EntryReason::Unreadable(Unreadable::Panicked),
        message_id: None,
        judged_by: None,
        again: if let Row::Again(id) = row { Some(id) } else { None },
        rfc822_message_id: None,
    };
    let own_id = read.as_ref().and_then(|(message, _)| message.message_id.clone());
    entry.rfc822_message_id = own_id.as_deref();
    if let Some(known) = writing.known_message(sha256)? {
        as_known(&mut entry, &known);
        return close(writing, &entry, now);
    }
    if let Some(seen) = seen_before(writing, prepared, matches!(row, Row::Other))? {
        let reason = EntryReason::SameMessage { number: seen.number };
        entry.disposition = Disposition::Duplicate;
        entry.reason = &reason;
        entry.message_id = Some(seen.message_id);
        return close(writing, &entry, now);
    }
    let (Some(read), Some(ruled)) = (read, rule(writing, prepared, config)?) else {
        entry.message_id = Some(writing.keep_message(&bare(prepared))?);
        return close(writing, &entry, now);
    };
    let reason = ruled.ruling.reason();
    entry.disposition = ruled.ruling.disposition();
    entry.reason = &reason;
    let (message, reading) = read;
    if let Origin::Machine { kind, .. } = &reading.origin {
        note_report(writing, *kind, (message, sha256), reading, now)?;
    }
    let kept = as_read(prepared, read, &ruled);
    match &ruled.ruling {
        Ruling::NotOurs(_) => entry.judged_by = Some(config.rules.judged_by().digest()),
        Ruling::Automatic { .. } => {}
        Ruling::Quarantined(_) => entry.message_id = Some(writing.keep_message(&kept)?),
        Ruling::File { .. } | Ruling::Supplement { .. } | Ruling::Duplicate { .. } => {
            let message_id = writing.keep_message(&kept)?;
            entry.message_id = Some(message_id);
            file(writing, prepared, &ruled.ruling, config, message_id, (now, token))?;
        }
    }
    close(writing, &entry, now)
}

/// Bytes that are kept already came once more.
fn as_known(entry: &mut NewEntry<'_>, known: &KnownMessage) {
    entry.message_id = Some(known.message_id);
    if !known.has_entry {
        // Its row was lost: it is the one that the message came from.
        entry.disposition = known.disposition;
        entry.reason = &EntryReason::RowRestored;
        return;
    }
    entry.reason = &EntryReason::SameBytes;
    if known.disposition != Disposition::Quarantined {
        entry.disposition = Disposition::Duplicate;
    }
}

/// The kept message that this one is once more, in another folder or from another server.
fn seen_before(
    writing: &Writing<'_>,
    prepared: &Prepared,
    has_row: bool,
) -> Result<Option<SeenBefore>, StoreError> {
    // Replayed is what was kept, and that has its rows.
    let Some((message, reading)) = prepared.read.as_ref().filter(|_| !writing.is_scratch()) else {
        return Ok(None);
    };
    let Some(id) = message.message_id.as_deref() else { return Ok(None) };
    // Delivered twice into one folder, it is a repetition.
    let elsewhere = (!has_row).then_some(&prepared.fetched.entry.folder);
    let kept = writing.kept_with_message_id(id, &prepared.sha256, elsewhere)?;
    Ok(ruling::seen_before(message, reading, kept))
}

/// Rules on a message by what the record has of others; `None`: it could not be read.
pub(in crate::lane) fn rule(
    writing: &Writing<'_>,
    prepared: &Prepared,
    config: &LaneConfig,
) -> Result<Option<Ruled>, StoreError> {
    let Some((message, reading)) = &prepared.read else { return Ok(None) };
    // On a forged mail nothing bears: it is not looked for.
    let precedents = match reading.sender.verdict {
        Verdict::Fail => Precedents::default(),
        _ => writing.precedents(&look_up(message, reading, &prepared.sha256))?,
    };
    Ok(Some(ruling::rule(message, &prepared.fetched, reading, precedents, &config.rules)))
}

/// What a submission is in the consultation that a person moves it to, or moved it to: what the record has of others bears on it as
/// on any letter there. `stood`: where it stands; `None`: nobody asks. `None` where it cannot be read for that consultation.
pub(in crate::lane) fn moved(
    writing: &Writing<'_>,
    prepared: &Prepared,
    config: &LaneConfig,
    (own, consultation): (i64, &str),
    stood: Option<Stood<'_>>,
) -> Result<Option<Ruling>, StoreError> {
    let Some((message, reading)) = &prepared.read else { return Ok(None) };
    let Some(there) = ruling::read_for(message, reading, &config.rules, consultation) else {
        return Ok(None);
    };
    let precedents = match there.sender.verdict {
        Verdict::Fail => Precedents::default(),
        _ => writing.precedents(&look_up(message, &there, &prepared.sha256))?,
    };
    let others = precedents.same_content.into_iter().filter(|copy| copy.earlier.submission_id != own);
    let beside = (others.collect(), precedents.message_id_reused);
    Ok(ruling::moved((message, &prepared.fetched, &there), beside, stood, &config.rules))
}

/// What a message is compared by in a consultation.
pub(in crate::lane) fn likeness<'a>(
    prepared: &'a Prepared,
    consultation: &str,
    config: &LaneConfig,
) -> Option<Cow<'a, Likeness>> {
    let (message, reading) = prepared.read.as_ref()?;
    let fits = config.rules.consultation(reading.consultation).is_some_and(|found| found.id == consultation);
    if fits {
        return Some(Cow::Borrowed(&reading.likeness));
    }
    ruling::read_for(message, reading, &config.rules, consultation).map(|there| Cow::Owned(there.likeness))
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
        received_at: reading.arrival.at,
        asks: !reading.details.requests.is_empty()
            && (reading.subject.reason == SubjectReason::NoTag
                || reading.details.flags.contains(&Flag::LateDisputed)),
        disputes: reading.details.flags.contains(&Flag::LateDisputed),
    }
}

/// The message as it was read.
pub(in crate::lane) fn as_read<'a>(
    prepared: &'a Prepared,
    (message, reading): &'a (Message, Reading),
    ruled: &'a Ruled,
) -> NewMessage<'a> {
    NewMessage {
        rfc822_message_id: message.message_id.as_deref(),
        subject: reading.subject_line.as_deref(),
        sent: message.date,
        arrival: Some(&reading.arrival),
        attachments: &message.attachments,
        evidence: Some(&ruled.evidence),
        ..bare(prepared)
    }
}

fn bare(prepared: &Prepared) -> NewMessage<'_> {
    let Prepared { fetched, raw, sha256, .. } = prepared;
    NewMessage {
        sha256,
        raw,
        rfc822_message_id: None,
        subject: None,
        sent: None,
        internal_date: fetched.time.map(instant_of),
        arrival: None,
        attachments: &[],
        evidence: None,
    }
}

pub(super) const fn instant_of(time: EntryTime) -> Timestamp {
    match time {
        EntryTime::InternalDate(written) => written.instant,
        EntryTime::File(at) => at,
    }
}

fn close(
    writing: &Writing<'_>,
    entry: &NewEntry<'_>,
    now: Timestamp,
) -> Result<Option<Recorded>, StoreError> {
    let new = writing.record_entry(entry, now)?;
    Ok(new.then(|| Recorded {
        entry: entry.entry.clone(),
        disposition: entry.disposition,
        reason: entry.reason.clone(),
        displaces: false,
    }))
}

/// Makes rows of what is to be filed of a kept message, and queues its answer.
pub(in crate::lane) fn file(
    writing: &Writing<'_>,
    prepared: &Prepared,
    ruling: &Ruling,
    config: &LaneConfig,
    message_id: i64,
    (now, token): (Timestamp, u64),
) -> Result<(), StoreError> {
    let (Some((message, _)), Some(filing)) = (&prepared.read, ruling.filing()) else { return Ok(()) };
    let Some(consultation) = config.rules.consultation(filing.consultation) else { return Ok(()) };
    let full_text = full_text(message);
    let new = as_filed(ruling, filing, consultation, &full_text);
    let filed = match ruling {
        Ruling::Supplement { .. } => writing.file_supplement(&new, message_id, now)?,
        _ => Some(writing.file_submission(&new, message_id, now)?),
    };
    if writing.is_scratch() {
        return Ok(());
    }
    let Some(filed) = filed else { return Ok(()) };
    let context = ReplyContext { config, message, ruling, filing, consultation, message_id, now, token };
    answer(writing, &context, &filed)
}

/// Decides the answer to a message anew, of which more came since it was filed.
pub(in crate::lane) fn file_answer_anew(
    writing: &Writing<'_>,
    prepared: &Prepared,
    ruling: &Ruling,
    config: &LaneConfig,
    (message_id, filed): (i64, &Filed),
    (now, token): (Timestamp, u64),
) -> Result<(), StoreError> {
    let (Some((message, _)), Some(filing)) = (&prepared.read, ruling.filing()) else { return Ok(()) };
    let Some(consultation) = config.rules.consultation(filing.consultation) else { return Ok(()) };
    let context = ReplyContext { config, message, ruling, filing, consultation, message_id, now, token };
    answer_anew(writing, &context, filed)
}

/// All that a letter says, hidden or not.
pub(in crate::lane) fn full_text(message: &Message) -> Cow<'_, str> {
    let text = message.whole_text();
    if message.hidden.is_empty() {
        return text;
    }
    let title = words::short("column", "hidden_text");
    format!("{text}\n\n{title}\n{}", message.hidden).into()
}

/// The filing as it becomes rows.
pub(in crate::lane) fn as_filed<'a>(
    ruling: &'a Ruling,
    filing: &'a Filing,
    consultation: &'a Consultation,
    full_text: &'a str,
) -> NewFiling<'a> {
    NewFiling {
        ruling,
        filing,
        consultation: &consultation.id,
        number_prefix: &consultation.number_prefix,
        full_text,
        received_at: filing.reading.arrival.at,
    }
}
