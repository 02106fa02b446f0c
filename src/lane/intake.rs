//! Lane 1: the mailbox, entry by entry, into the record. Order is its subject.
//!
//! For every batch: fetch, read (pure), then **one transaction** for entries, messages, submissions, attachments,
//! queued answers, events and the folder's new position; only after COMMIT returned is anything marked on the server.
//! While one batch is being recorded, the next is fetched. A crash at any instruction loses nothing: whatever
//! was not committed is fetched again, and unique keys make recording twice impossible.

mod answer;
mod files;
mod imap;
mod maildir;
mod place;
mod reconcile;
pub(super) mod record;
mod release;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::config::{Limits, MailboxSettings, MailboxSource};
use crate::crash::{self, Step};
use crate::cursor::Position;
use crate::imap::ImapError;
use crate::maildir::MaildirError;
use crate::maillog;
use crate::store::{self, GAP_ATTEMPTS, Store, StoreError, Writing};
use crate::vocabulary::{Disposition, EntryKey, EntryUid, FetchedMessage};
use crate::world::World;

pub use files::{ImportError, Imported, import};
pub use imap::ImapMailbox;
pub use place::place_filed;
pub use reconcile::{FolderReport, MissingEntry, ReconcileError, reconcile};
pub use record::Desk;
use record::Done;
pub(super) use record::Prepared;
pub use release::{Refusal, release};

/// The store as both lanes share it.
pub type SharedStore = Arc<Mutex<Store>>;

/// What one pass did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pass {
    /// Newly recorded entries by disposition, in the order of [`Disposition::ALL`].
    pub recorded: Vec<(Disposition, u64)>,
    /// Entries announced but not readable this time.
    pub owed: u64,
    /// Folders that could not be read, with the reason.
    pub failed_folders: Vec<(String, String)>,
    /// The pass ended early, at a safe point: asked to stop, or its time was up.
    pub incomplete: bool,
}

impl Pass {
    fn count(&mut self, disposition: Disposition) {
        match self.recorded.iter_mut().find(|(found, _)| *found == disposition) {
            Some((_, count)) => *count += 1,
            None => self.recorded.push((disposition, 1)),
        }
    }

    fn add(&mut self, other: &Self) {
        for (disposition, count) in &other.recorded {
            for _ in 0..*count {
                self.count(*disposition);
            }
        }
        self.owed += other.owed;
    }

    /// All newly recorded entries.
    pub fn total(&self) -> u64 {
        self.recorded.iter().map(|(_, count)| count).sum()
    }
}

/// What stopped a pass.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// The IMAP server.
    #[error(transparent)]
    Imap(#[from] ImapError),
    /// The Maildir.
    #[error(transparent)]
    Maildir(#[from] MaildirError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Some folders could not be read; the others were.
    #[error("{}", .0.failed_folders.iter().map(|(_, problem)| problem.as_str()).collect::<Vec<_>>().join("; "))]
    Folders(Pass),
    /// The pass took longer than `limits.pass_timeout`.
    #[error("the pass took longer than limits.pass_timeout ({0} s) and was cut off; what it recorded stays")]
    TooLong(u64),
}

/// The mailbox to read, with what it keeps between passes.
#[derive(Debug)]
pub enum Mailbox {
    /// IMAP, with its session.
    Imap(Box<ImapMailbox>),
    /// A Maildir.
    Maildir(std::path::PathBuf),
}

impl Mailbox {
    /// Prepares; nothing is connected yet.
    pub fn new(settings: &MailboxSettings) -> Self {
        match &settings.source {
            MailboxSource::Imap(imap) => Self::Imap(Box::new(ImapMailbox::new(imap.clone()))),
            MailboxSource::Maildir(path) => Self::Maildir(path.clone()),
        }
    }

    /// One pass over everything that is new.
    ///
    /// # Errors
    /// What stopped it. Everything recorded until then stays recorded.
    pub async fn pass(&mut self, lane: &Lane) -> Result<Pass, PassError> {
        let whole = lane.limits.pass_timeout;
        let pass = match self {
            Self::Imap(mailbox) => {
                // What ends it in order comes first; this is for what nobody thought of.
                let until = tokio::time::Instant::now() + whole;
                tokio::time::timeout_at(until, mailbox.pass(lane, until)).await
            }
            Self::Maildir(path) => tokio::time::timeout(whole, maildir::pass(path, lane)).await,
        };
        maillog::wal(store::with(&lane.store, |store| store.relieve_wal(true)));
        pass.unwrap_or(Err(PassError::TooLong(whole.as_secs())))
    }

    /// Waits until there may be new mail: `poll_interval`, or less where the server tells (IDLE).
    pub async fn wait(&mut self, lane: &Lane, poll_interval: std::time::Duration) {
        match self {
            Self::Imap(mailbox) => mailbox.wait(lane, poll_interval).await,
            Self::Maildir(_) => {
                tokio::select! {
                    () = tokio::time::sleep(poll_interval) => {}
                    () = lane.world.stopped() => {}
                }
            }
        }
    }

    /// Ends the session politely.
    pub async fn close(&mut self) {
        if let Self::Imap(mailbox) = self {
            mailbox.close().await;
        }
    }
}

/// What lane 1 works with.
#[derive(Debug, Clone)]
pub struct Lane {
    /// Rules and answers.
    pub desk: Arc<Desk>,
    /// The record.
    pub store: SharedStore,
    /// Limits.
    pub limits: Limits,
    /// Clock, randomness, the wish to stop.
    pub world: World,
}

/// A batch that was fetched: what came, and what did not.
#[derive(Debug, Default)]
struct Batch {
    messages: Vec<FetchedMessage>,
    /// Entries that were announced but not handed over as announced.
    missing: Vec<Missing>,
    /// Where the folder stands once this batch is recorded.
    position: Option<(String, Position)>,
    /// What is filed is to be marked on the server afterwards.
    mark: bool,
}

/// An entry that was announced but not handed over as announced.
#[derive(Debug)]
struct Missing {
    entry: EntryKey,
    reason: String,
    /// What did come, where it is less than announced.
    came: Option<FetchedMessage>,
}

/// A server that hands over less than it announced this many times in a row does not have more: some compute
/// RFC822.SIZE from another form of the message than they send. What came is then recorded.
const SHORT_ATTEMPTS: u32 = 3;

impl Lane {
    /// Records one batch: everything in it commits together.
    async fn record(&self, batch: Batch) -> Result<Pass, StoreError> {
        let lane = self.clone();
        tokio::task::spawn_blocking(move || record_batch(&lane, batch))
            .await
            .expect("recording does not panic: messages are read under catch_unwind")
    }
}

fn record_batch(lane: &Lane, batch: Batch) -> Result<Pass, StoreError> {
    crash::here(Step::Fetched);
    let now = lane.world.now();
    let messages = batch.messages.into_iter().map(|message| (message, now)).collect();
    let prepared = prepare(messages, &lane.desk);
    let mut recorded = Pass::default();
    let mut done = Vec::with_capacity(prepared.len());
    let mut store = lane.store.lock().unwrap_or_else(PoisonError::into_inner);
    let writing = store.begin()?;
    let last_entry = writing.last_entry_id()?;
    for prepared in prepared {
        done.extend(record::record(&writing, &prepared, &lane.desk, now, lane.world.random())?);
    }
    for missing in batch.missing {
        match owe(&writing, missing, lane, now)? {
            Some(resolved) => done.push(resolved),
            None => recorded.owed += 1,
        }
    }
    if let Some((folder, position)) = &batch.position {
        writing.advance(folder, *position)?;
    }
    let filed = |done: &&Done| {
        matches!(done.disposition, Disposition::Filed | Disposition::Supplement | Disposition::Duplicate)
    };
    for done in done.iter().filter(|_| batch.mark).filter(filed) {
        writing.want_mark(&done.entry, now)?;
    }
    writing.seal_entries(now, record::ACTOR, last_entry)?;
    crash::here(Step::Committing);
    writing.commit()?;
    crash::here(Step::Committed);
    maillog::wal(store.relieve_wal(false));
    drop(store);
    for Done { entry, disposition, reason } in done {
        maillog::entry(&entry, disposition, &reason);
        recorded.count(disposition);
    }
    Ok(recorded)
}

/// Most messages read at once. Each reader has working memory of its own, and two keep the disk busy.
const READERS: usize = 2;

/// Reads the messages of a batch side by side, in order: reading is pure and costs more than recording. With each
/// comes the time at which it was seen, which stands in where no clock gives the arrival.
pub(super) fn prepare(messages: Vec<(FetchedMessage, Timestamp)>, desk: &Desk) -> Vec<Prepared> {
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(READERS);
    let share = messages.len().div_ceil(workers).max(8);
    let mut shares: Vec<Vec<(FetchedMessage, Timestamp)>> = Vec::new();
    for message in messages {
        match shares.last_mut().filter(|last| last.len() < share) {
            Some(last) => last.push(message),
            None => shares.push(vec![message]),
        }
    }
    let read = |share: Vec<(FetchedMessage, Timestamp)>| -> Vec<record::Prepared> {
        share.into_iter().map(|(fetched, seen_at)| record::prepare(fetched, desk, seen_at)).collect()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = shares.into_iter().map(|share| scope.spawn(|| read(share))).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("messages are read under catch_unwind"))
            .collect()
    })
}

/// Writes down that an entry is owed, or records it after all when there is no more to be had; `None`: it stays owed.
fn owe(
    writing: &Writing<'_>,
    missing: Missing,
    lane: &Lane,
    now: Timestamp,
) -> Result<Option<Done>, StoreError> {
    let Missing { entry, reason, came } = missing;
    let attempts = writing.owe(&entry, &reason, now)?;
    match came {
        Some(message) if attempts >= SHORT_ATTEMPTS => {
            let prepared = record::prepare(message, &lane.desk, now);
            record::record(writing, &prepared, &lane.desk, now, lane.world.random())
        }
        // A file stays where it is until somebody mends its rights; a message on a server is given up after a day.
        None if attempts >= GAP_ATTEMPTS && matches!(entry.uid, EntryUid::Imap(_)) => {
            maillog::unreadable(&entry, &reason, attempts);
            record::unreadable(writing, &entry, &reason, now)
        }
        _ => {
            maillog::owed(&entry, &reason, attempts);
            Ok(None)
        }
    }
}
