//! One batch of fetched entries, read side by side and recorded in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::entry::{self, Seen};
use super::pass::Pass;
use super::readers::Beside;
use super::record::{Prepared, Recorded, prepare_all};
use crate::automatic::Placeholder;
use crate::crash::{self, Step};
use crate::cursor::Looks;
use crate::imap::{FetchedBatch, MissingReason};
use crate::lane::{Lane, LaneConfig};
use crate::maillog;
use crate::schedule;
use crate::store::{StoreError, Writing};
use crate::vocabulary::{
    Disposition, EntryKey, EntryReason, EntryUid, FetchedMessage, FolderKey, GapReason, StoredReason,
    sha256_hex,
};

/// A batch that was fetched: what came, and what did not.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) messages: Vec<FetchedMessage>,
    pub(super) missing: Vec<Missing>,
    /// How far the folder is recorded once this batch is.
    pub(super) position: Option<(FolderKey, u32)>,
    /// What is filed is to be marked on the server afterwards.
    pub(super) mark: bool,
    /// How the entries looked in the listing.
    pub(super) looks: BTreeMap<EntryUid, Looks>,
    /// UIDs that stand in the folder beside those of the batch, ascending.
    pub(super) standing: Arc<[u32]>,
}

/// A batch whose messages are read.
pub(super) struct ReadBatch {
    batch: Batch,
    prepared: Vec<Prepared>,
    /// When it was fetched.
    now: Timestamp,
}

/// An entry that was announced but not handed over as announced.
#[derive(Debug)]
pub(super) struct Missing {
    pub(super) entry: EntryKey,
    pub(super) reason: GapReason,
    /// What did come, where it is less than announced.
    pub(super) came: Option<FetchedMessage>,
}

impl Batch {
    /// What one FETCH brought of a folder.
    pub(super) fn fetched(fetched: FetchedBatch, folder: &FolderKey) -> Self {
        let missing = fetched.missing.into_iter();
        let missing = missing
            .map(|(uid, reason)| Missing::fetched(folder.entry(EntryUid::Imap(uid)), reason))
            .collect();
        Self { messages: fetched.messages, missing, ..Self::default() }
    }

    /// Reads what came; nothing of it depends on the record.
    pub(super) fn read(mut self, config: &LaneConfig, now: Timestamp) -> ReadBatch {
        crash::here(Step::Fetched);
        let messages = std::mem::take(&mut self.messages);
        let messages = messages.into_iter().map(|message| (message, now)).collect();
        let prepared = prepare_all(messages, config, Beside::Recording);
        ReadBatch { batch: self, prepared, now }
    }
}

impl ReadBatch {
    /// Everything in it commits together, before this returns.
    pub(super) fn record(self, lane: &Lane) -> Result<Pass, StoreError> {
        record(lane, self)
    }
}

impl Missing {
    /// One that was not mentioned is missing too: whether it is really gone, the next listing tells.
    fn fetched(entry: EntryKey, reason: MissingReason) -> Self {
        let (reason, came) = match reason {
            MissingReason::Vanished => (GapReason::NotMentioned, None),
            MissingReason::Empty => (GapReason::EmptyBody, None),
            MissingReason::Short(came) => {
                (GapReason::ShortBody { sha256: sha256_hex(&came.raw) }, Some(*came))
            }
            MissingReason::Unreadable => (GapReason::UnreadableAnswer, None),
            MissingReason::Refused(words) => (GapReason::Refused { words }, None),
        };
        Self { entry, reason, came }
    }

    /// Nothing came.
    pub(super) fn entirely(entry: EntryKey, reason: GapReason) -> Self {
        Self { entry, reason, came: None }
    }
}

fn record(lane: &Lane, read: ReadBatch) -> Result<Pass, StoreError> {
    let ReadBatch { batch, prepared, now } = read;
    let Batch { missing, position, mark, looks, standing, .. } = batch;
    let mut pass = Pass::default();
    let (recorded, lengths) = lane.store.write(|writing| {
        let mut recorded = Vec::with_capacity(prepared.len());
        let mut lengths = Vec::new();
        let mut doubts = Vec::new();
        for prepared in prepared {
            let stands_in = prepared.placeholder();
            if stands_in != Some(Placeholder::Passing) {
                match entry::record(writing, &prepared, lane, &looks, now)? {
                    Seen::New(new) => {
                        doubts.extend(doubt(writing, &new, &prepared, &standing).transpose());
                        recorded.push(new);
                    }
                    Seen::Known => {}
                    length => lengths.push((prepared.fetched.entry.clone(), length)),
                }
            }
            if stands_in.is_some() {
                let entry = prepared.fetched.entry;
                still_missing(writing, Missing::entirely(entry, GapReason::Placeholder), lane, now)?;
                pass.gaps += 1;
            }
        }
        for missing in missing {
            let Some(came) = still_missing(writing, missing, lane, now)? else {
                pass.gaps += 1;
                continue;
            };
            match entry::record(writing, &came, lane, &looks, now)? {
                Seen::New(new) => recorded.push(new),
                Seen::Known => {}
                length => lengths.push((came.fetched.entry, length)),
            }
        }
        if let Some((folder, last_uid)) = &position {
            writing.advance(folder, *last_uid)?;
            for uid in doubts {
                writing.doubt(folder, uid?)?;
            }
        }
        for filed in recorded.iter().filter(|recorded| mark && recorded.is_filed()) {
            writing.want_mark(&filed.entry, now)?;
        }
        crash::here(Step::Committing);
        Ok((recorded, lengths))
    })?;
    crash::here(Step::Committed);
    if recorded.iter().any(Recorded::is_filed) {
        lane.filed.notify_one();
    }
    maillog::wal(lane.store.with(|store| store.relieve_wal(false)));
    let number = |entry: &EntryKey| lane.store.read(|store| store.number_of_entry(entry));
    for recorded in recorded {
        let has_number = recorded.is_filed();
        let Recorded { entry, disposition, reason, .. } = recorded;
        let number = if has_number { number(&entry)? } else { None };
        maillog::entry(&entry, disposition, &reason, number.as_deref());
        pass.count(disposition, 1);
    }
    for (entry, length) in lengths {
        match length {
            Seen::Longer { was, bytes } => {
                maillog::grew(&entry, number(&entry)?.as_deref(), was, bytes);
                pass.completed += 1;
            }
            Seen::Shorter { kept, came } => maillog::shrank(&entry, kept, came),
            Seen::New(_) | Seen::Known => {}
        }
    }
    Ok(pass)
}

/// Writes down a gap; what did come, where there is no more to be had.
fn still_missing(
    writing: &Writing<'_>,
    missing: Missing,
    lane: &Lane,
    now: Timestamp,
) -> Result<Option<Prepared>, StoreError> {
    let Missing { entry, mut reason, came } = missing;
    let before = writing.gap_reason(&entry)?;
    let came_before = came.is_some() && before == StoredReason::from(&reason);
    let says_what_came = matches!(reason, GapReason::ShortBody { .. } | GapReason::Placeholder);
    if !says_what_came && writing.rows_named(&entry)?.iter().any(|row| !row.is_stand_in) {
        reason = GapReason::Differs { problem: reason.as_str().to_owned() };
    }
    let attempts = writing.note_gap(&entry, &reason, now)?;
    match came {
        Some(message) if schedule::takes_what_came(attempts, came_before) => {
            maillog::short(&entry, message.announced_size_bytes, message.raw.len());
            Ok(prepare_all(vec![(message, now)], &lane.config, Beside::Recording).pop())
        }
        _ => {
            maillog::gap(&entry, &reason, attempts);
            Ok(None)
        }
    }
}

/// The UID from which on the bytes of a folder are to be compared, where a new row is a sign that UIDs moved: the same bytes
/// stand under a lower UID, which is still there (Courier numbers anew what it showed to EXAMINE), or another letter has the
/// UID of a known one.
fn doubt(
    writing: &Writing<'_>,
    new: &Recorded,
    prepared: &Prepared,
    standing: &[u32],
) -> Result<Option<u32>, StoreError> {
    let EntryUid::Imap(uid) = new.entry.uid else { return Ok(None) };
    if new.reason == EntryReason::SameBytes {
        let lower = writing.lower_uid_with(&new.entry.folder, uid, &prepared.sha256)?;
        return Ok(lower.filter(|lower| standing.binary_search(lower).is_ok()));
    }
    Ok((new.displaces && new.disposition != Disposition::Duplicate).then_some(uid))
}
