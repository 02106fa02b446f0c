//! One batch of fetched entries, read side by side and recorded in one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::pass::Pass;
use super::record::{self, Prepared, Recorded};
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

/// Most messages read at once. Each reader has working memory of its own, and two keep the disk busy.
const READERS: usize = 2;

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

    /// Records the batch beside whatever goes on: everything in it commits together, before the task ends.
    pub(super) fn record(self, lane: &Lane) -> JoinHandle<Result<Pass, StoreError>> {
        let lane = lane.clone();
        tokio::task::spawn_blocking(move || record(&lane, self))
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

/// Waits for the COMMIT of a batch.
pub(super) async fn committed(
    recording: JoinHandle<Result<Pass, StoreError>>,
    pass: &mut Pass,
) -> Result<(), StoreError> {
    let recorded =
        recording.await.expect("recording does not panic: messages are read under catch_unwind")?;
    pass.add(&recorded);
    Ok(())
}

fn record(lane: &Lane, batch: Batch) -> Result<Pass, StoreError> {
    crash::here(Step::Fetched);
    let now = lane.world.now();
    let Batch { messages, missing, position, mark, looks, standing } = batch;
    let prepared = prepare(messages.into_iter().map(|message| (message, now)).collect(), &lane.config);
    let mut pass = Pass::default();
    let recorded = lane.store.write(|writing| {
        let mut recorded = Vec::with_capacity(prepared.len());
        let mut doubts = Vec::new();
        for prepared in prepared {
            let stands_in = prepared.placeholder();
            if stands_in != Some(Placeholder::Passing) {
                let new = record::record(writing, &prepared, &lane.config, now, lane.world.random())?;
                doubts.extend(
                    new.iter().filter_map(|new| doubt(writing, new, &prepared, &standing).transpose()),
                );
                learn(writing, &prepared, new.is_some(), &looks)?;
                recorded.extend(new);
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
            let new = record::record(writing, &came, &lane.config, now, lane.world.random())?;
            learn(writing, &came, new.is_some(), &looks)?;
            recorded.extend(new);
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
        Ok(recorded)
    })?;
    crash::here(Step::Committed);
    maillog::wal(lane.store.with(|store| store.relieve_wal(false)));
    for Recorded { entry, disposition, reason, .. } in recorded {
        maillog::entry(&entry, disposition, &reason);
        pass.count(disposition, 1);
    }
    Ok(pass)
}

/// Reads the messages of a batch side by side, in order: reading is pure and costs more than recording. With each
/// comes the time at which it was seen, which stands in where no clock gives the arrival.
pub(in crate::lane) fn prepare(
    messages: Vec<(FetchedMessage, Timestamp)>,
    config: &LaneConfig,
) -> Vec<Prepared> {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(READERS);
    let share = messages.len().div_ceil(workers).max(8);
    let mut shares: Vec<Vec<(FetchedMessage, Timestamp)>> = Vec::new();
    for message in messages {
        match shares.last_mut().filter(|last| last.len() < share) {
            Some(last) => last.push(message),
            None => shares.push(vec![message]),
        }
    }
    let read = |share: Vec<(FetchedMessage, Timestamp)>| -> Vec<Prepared> {
        share.into_iter().map(|(fetched, seen_at)| record::prepare(fetched, config, seen_at)).collect()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = shares.into_iter().map(|share| scope.spawn(|| read(share))).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("messages are read under catch_unwind"))
            .collect()
    })
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
            Ok(Some(record::prepare(message, &lane.config, now)))
        }
        _ => {
            maillog::gap(&entry, &reason, attempts);
            Ok(None)
        }
    }
}

/// Remembers how an entry looks, where that is more than its row says: it is known and looks otherwise, or the server lists
/// another size than it hands over.
fn learn(
    writing: &Writing<'_>,
    prepared: &Prepared,
    is_new: bool,
    looks: &BTreeMap<EntryUid, Looks>,
) -> Result<(), StoreError> {
    let Prepared { fetched, sha256, .. } = prepared;
    let Some(looks) = looks.get(&fetched.entry.uid) else { return Ok(()) };
    let as_fetched =
        Looks { size_bytes: Some(fetched.announced_size_bytes), date: fetched.time.map(record::instant_of) };
    if is_new && looks.may_be(as_fetched) {
        return Ok(());
    }
    let rows = writing.rows_named(&fetched.entry)?;
    let row = rows.iter().find(|row| row.sha256.as_ref() == Some(sha256));
    row.map_or(Ok(()), |row| writing.learn(row.id, *looks))
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
