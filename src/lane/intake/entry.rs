//! One entry of the mailbox into the record, by what stands there under its name: the same bytes, more of them or fewer, or
//! another letter.
//!
//! A file is read while it is written, and a server may hand over a letter cut off: where what is kept is the beginning of
//! what lies there now, it is the same letter and keeps its number. Its bytes take the place of those that are kept, an event
//! says so, and it is read again as `reprocess` reads it. Where the bytes differ otherwise, both are kept.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::record::{self, Prepared, Recorded, Row, record_as};
use crate::cursor::Looks;
use crate::lane::Lane;
use crate::lane::reprocess;
use crate::store::{KeptUnder, NamedRow, StoreError, Writing};
use crate::vocabulary::{Disposition, EntryUid, ReviewReason, sha256_hex};

/// What one entry of the mailbox was to the record.
#[derive(Debug)]
pub(super) enum Seen {
    /// It has a row now, or another one than before.
    New(Recorded),
    /// It is recorded as it is.
    Known,
    /// More of a letter that was recorded before: all of it has the old number now.
    Longer { was: u64, bytes: u64 },
    /// The beginning of a letter that is kept whole.
    Shorter { kept: u64, came: u64 },
}

/// Records one message. With other bytes than the row under its name has, which are neither more nor fewer of the same letter,
/// it gets a row of its own beside the one that is there: a UID, or a file's name, is no identity.
pub(super) fn record(
    writing: &Writing<'_>,
    prepared: &Prepared,
    lane: &Lane,
    looks: &BTreeMap<EntryUid, Looks>,
    now: Timestamp,
) -> Result<Seen, StoreError> {
    let Prepared { fetched, sha256, .. } = prepared;
    let named = writing.rows_named(&fetched.entry)?;
    let looks = looks.get(&fetched.entry.uid).copied();
    if let Some(row) = named.iter().find(|row| row.sha256.as_ref() == Some(sha256)) {
        let seen = once_more(writing, prepared, row, lane, now)?;
        return learned(writing, seen, row.id, looks);
    }
    match same_letter(writing, prepared, &named)? {
        Some(SameLetter::Shorter(row)) => {
            writing.close_gap(&fetched.entry)?;
            let seen = Seen::Shorter { kept: row.size_bytes, came: fetched.announced_size_bytes };
            learned(writing, seen, row.entry_id, looks)
        }
        Some(SameLetter::Longer(row)) => match longer(writing, prepared, &row, lane, now)? {
            Some(seen) => learned(writing, seen, row.entry_id, looks),
            None => beside(writing, prepared, (&named, Some(&row)), (lane, looks), now),
        },
        None => beside(writing, prepared, (&named, None), (lane, looks), now),
    }
}

fn learned(writing: &Writing<'_>, seen: Seen, row: i64, looks: Option<Looks>) -> Result<Seen, StoreError> {
    if let Some(looks) = looks {
        writing.learn(row, looks)?;
    }
    Ok(seen)
}

/// The bytes that are recorded, once more.
fn once_more(
    writing: &Writing<'_>,
    prepared: &Prepared,
    row: &NamedRow,
    lane: &Lane,
    now: Timestamp,
) -> Result<Seen, StoreError> {
    let entry = &prepared.fetched.entry;
    if prepared.placeholder().is_none() {
        writing.close_gap(entry)?;
    }
    if !row.is_not_ours || row.judged_by.as_deref() == Some(lane.config.rules.judged_by().digest()) {
        return Ok(Seen::Known);
    }
    // It may be for a consultation that was not configured then, or not so.
    let again = (entry, Row::Again(row.id));
    let recorded = record_as(writing, prepared, &lane.config, again, (now, lane.world.random()))?;
    Ok(recorded.map_or(Seen::Known, Seen::New))
}

/// Another letter than the rows under its name have; or the first one.
fn beside(
    writing: &Writing<'_>,
    prepared: &Prepared,
    (named, begun): (&[NamedRow], Option<&KeptUnder>),
    (lane, looks): (&Lane, Option<Looks>),
    now: Timestamp,
) -> Result<Seen, StoreError> {
    let Prepared { fetched, sha256, .. } = prepared;
    let config = &lane.config;
    let other: Vec<i64> = named.iter().filter(|row| row.is_not_ours).map(|row| row.id).collect();
    if !other.is_empty() {
        // Their letters do not lie under this name any more.
        writing.judged(&other, config.rules.judged_by().digest())?;
    }
    let mut key = fetched.entry.clone();
    if !named.is_empty() {
        key.uid = key.uid.with_digest(sha256);
    }
    let row = if named.is_empty() { Row::None } else { Row::Other };
    let mut recorded = record_as(writing, prepared, config, (&key, row), (now, lane.world.random()))?;
    let begun = begun.filter(|row| row.disposition == Disposition::Quarantined).map(|row| row.entry_id);
    let stands_in = |row: &NamedRow| row.is_stand_in || begun == Some(row.id);
    if !named.is_empty() && prepared.placeholder().is_none() {
        writing.close_gap(&fetched.entry)?;
        for row in named.iter().filter(|row| stands_in(row)) {
            writing.came_later(row.id, "intake", now)?;
        }
    }
    if let Some(recorded) = &mut recorded {
        recorded.displaces = named.iter().any(|row| !stands_in(row));
        recorded.entry = fetched.entry.clone();
    }
    learn(writing, prepared, recorded.is_some(), looks)?;
    Ok(recorded.map_or(Seen::Known, Seen::New))
}

/// A row with bytes of the letter that lies there now.
enum SameLetter {
    /// Its beginning is kept.
    Longer(KeptUnder),
    /// More of it is kept.
    Shorter(KeptUnder),
}

fn same_letter(
    writing: &Writing<'_>,
    prepared: &Prepared,
    named: &[NamedRow],
) -> Result<Option<SameLetter>, StoreError> {
    if named.is_empty() {
        return Ok(None);
    }
    let Some(raw) = prepared.raw.unpacked() else { return Ok(None) };
    for (row, sha256) in named.iter().rev().filter_map(|row| Some((row, row.sha256.as_ref()?))) {
        let kept = writing.kept_under(row.id)?;
        let size = usize::try_from(kept.size_bytes).unwrap_or(usize::MAX);
        if raw.get(..size).is_some_and(|beginning| sha256_hex(beginning) == *sha256) {
            return Ok(Some(SameLetter::Longer(kept)));
        }
        let whole = match kept.message_id {
            Some(id) if size > raw.len() => writing.raw_of(id)?,
            _ => None,
        };
        if whole.is_some_and(|whole| whole.starts_with(&raw)) {
            return Ok(Some(SameLetter::Shorter(kept)));
        }
    }
    Ok(None)
}

/// More came of a letter than is kept. `None`: it cannot take the place of what is kept.
fn longer(
    writing: &Writing<'_>,
    prepared: &Prepared,
    row: &KeptUnder,
    lane: &Lane,
    now: Timestamp,
) -> Result<Option<Seen>, StoreError> {
    let Prepared { fetched, sha256, .. } = prepared;
    let seen = Seen::Longer { was: row.size_bytes, bytes: fetched.announced_size_bytes };
    let ends_elsewhere = row.is_shared || writing.known_message(sha256)?.is_some();
    match (row.message_id, row.disposition) {
        (Some(message), _) if !ends_elsewhere => {
            writing.grow(row, (sha256, &prepared.raw), fetched.announced_size_bytes, now)?;
            writing.close_gap(&fetched.entry)?;
            let found = reprocess::read_again(writing, message, &lane.config, &lane.world)?;
            if let Some(submission) =
                row.submission_id.filter(|_| found.is_none_or(|found| !found.left.is_empty()))
            {
                // What the rules may not change by themselves, a person looks at.
                writing.reopen(&[ReviewReason::RuledOtherwise], submission, None, now)?;
            }
            Ok(Some(seen))
        }
        (None, Disposition::NotOurs | Disposition::Automatic) => {
            writing.grow(row, (sha256, &prepared.raw), fetched.announced_size_bytes, now)?;
            writing.close_gap(&fetched.entry)?;
            let again = (&fetched.entry, Row::Again(row.entry_id));
            let recorded = record_as(writing, prepared, &lane.config, again, (now, lane.world.random()))?;
            Ok(Some(recorded.map_or(seen, Seen::New)))
        }
        (Some(_), _) => {
            if let Some(submission) = row.submission_id {
                // The whole letter is in the record already, under a number of its own.
                writing.reopen(&[ReviewReason::RuledOtherwise], submission, None, now)?;
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// Remembers how an entry looks, where that is more than its row says: it is known and looks otherwise, or the server lists
/// another size than it hands over.
fn learn(
    writing: &Writing<'_>,
    prepared: &Prepared,
    is_new: bool,
    looks: Option<Looks>,
) -> Result<(), StoreError> {
    let Prepared { fetched, sha256, read, .. } = prepared;
    let as_fetched =
        Looks { size_bytes: Some(fetched.announced_size_bytes), date: fetched.time.map(record::instant_of) };
    // No mailbox lists it: a file was imported, which may have been copied since it came. Its own bytes tell when, if they tell it.
    let arrived = || read.as_ref().filter(|(_, reading)| !reading.arrival_unknown);
    let imported = || arrived().map(|(_, reading)| Looks { date: Some(reading.arrival.at), ..as_fetched });
    let Some(looks) = looks.or_else(|| imported().filter(|_| is_new)) else { return Ok(()) };
    let is_dated = as_fetched.date.is_some() || looks.date.is_none();
    if is_new && is_dated && looks.may_be(as_fetched) {
        return Ok(());
    }
    let rows = writing.rows_named(&fetched.entry)?;
    let row = rows.iter().find(|row| row.sha256.as_ref() == Some(sha256));
    row.map_or(Ok(()), |row| writing.learn(row.id, looks))
}
