//! One batch of fetched entries, read side by side and recorded in one transaction.

use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::pass::Pass;
use super::record::{self, Prepared, Recorded};
use crate::crash::{self, Step};
use crate::imap::{FetchedBatch, MissingReason};
use crate::lane::{Lane, LaneConfig};
use crate::maillog;
use crate::schedule::{self, NextFetch};
use crate::store::{StoreError, Writing};
use crate::vocabulary::{EntryKey, EntryUid, FetchedMessage, FolderKey, GapReason};

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
            MissingReason::Short(came) => (GapReason::ShortBody, Some(*came)),
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
    let Batch { messages, missing, position, mark } = batch;
    let prepared = prepare(messages.into_iter().map(|message| (message, now)).collect(), &lane.config);
    let mut pass = Pass::default();
    let recorded = lane.store.write(|writing| {
        let mut recorded = Vec::with_capacity(prepared.len());
        for prepared in prepared {
            recorded.extend(record::record(writing, &prepared, &lane.config, now, lane.world.random())?);
        }
        for missing in missing {
            match still_missing(writing, missing, lane, now)? {
                Some(given_up) => recorded.push(given_up),
                None => pass.gaps += 1,
            }
        }
        if let Some((folder, last_uid)) = &position {
            writing.advance(folder, *last_uid)?;
        }
        for filed in recorded.iter().filter(|recorded| mark && recorded.is_filed()) {
            writing.want_mark(&filed.entry, now)?;
        }
        crash::here(Step::Committing);
        Ok(recorded)
    })?;
    crash::here(Step::Committed);
    maillog::wal(lane.store.with(|store| store.relieve_wal(false)));
    for Recorded { entry, disposition, reason } in recorded {
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

/// Writes down a gap, or records the entry after all when there is no more to be had; `None`: it stays a gap.
fn still_missing(
    writing: &Writing<'_>,
    missing: Missing,
    lane: &Lane,
    now: Timestamp,
) -> Result<Option<Recorded>, StoreError> {
    let Missing { entry, reason, came } = missing;
    let attempts = writing.note_gap(&entry, &reason, now)?;
    let on_server = matches!(entry.uid, EntryUid::Imap(_));
    match (schedule::next_fetch(attempts, came.is_some(), on_server), came) {
        (NextFetch::TakeWhatCame, Some(message)) => {
            let prepared = record::prepare(message, &lane.config, now);
            record::record(writing, &prepared, &lane.config, now, lane.world.random())
        }
        (NextFetch::GiveUp, _) => {
            maillog::unreadable(&entry, &reason, attempts);
            record::unreadable(writing, &entry, reason, now)
        }
        _ => {
            maillog::gap(&entry, &reason, attempts);
            Ok(None)
        }
    }
}
