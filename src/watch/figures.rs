//! The figures, as they are at one moment.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use crate::config::{MailboxSource, Settings};
use crate::ruling::JudgedBy;
use crate::store::{Counts, Store, StoreError, StoreStatus};
use crate::vocabulary::{FolderKey, LaneFault};
use crate::world;

/// What lies further in the future than this was written down by a wrong clock.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(2);
/// Letters that came within so long are of now.
const LATELY: SignedDuration = SignedDuration::from_hours(24);

/// What is measured.
#[derive(Debug, Clone)]
pub struct Figures {
    /// When.
    pub now: Timestamp,
    /// What the store tells.
    pub status: StoreStatus,
    /// Entries that were judged under other rules.
    pub other_rules: u64,
    /// Of the store's write-ahead log.
    pub wal_bytes: u64,
    /// Of the store's disk.
    pub space: Option<Space>,
    /// Until when each server's certificate is good, by lane.
    pub certificates: Vec<(&'static str, Timestamp)>,
    /// Clocks that cannot be right.
    pub wrong_clocks: u64,
    /// Letters that came lately while no consultation was open.
    pub came_to_none: u64,
    /// By consultation, when it closes.
    pub closes: Vec<(String, Timestamp)>,
    /// The store cannot be written, as far as whoever asks knows.
    pub unwritable: bool,
    /// For how long the configuration has been another one than the daemon works by; `None`: it is the same, or no daemon works.
    pub configuration_differs: Option<i64>,
    /// When the newest backup was made, where somebody says where they are; the inner `None`: there is none.
    pub newest_backup: Option<Option<Timestamp>>,
}

/// Room on a disk, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Left for an ordinary user.
    pub free: u64,
    /// All of it.
    pub all: u64,
}

impl Figures {
    /// Gathers what the store and the machine tell; what only the caller knows is for him to fill in.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn gather(settings: &Settings, store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let status = store.status()?;
        let open = settings.consultations.iter().any(|consultation| consultation.closes > now);
        let lately = now.saturating_sub(LATELY).unwrap_or(Timestamp::MIN);
        let certificates = [("mailbox", status.mailbox_certificate), ("outbox", status.outbox_certificate)];
        Ok(Self {
            now,
            other_rules: judged_otherwise(settings, store)?,
            wal_bytes: store.wal_bytes(),
            space: space(&settings.store_path),
            certificates: certificates.into_iter().filter_map(|(lane, at)| Some((lane, at?))).collect(),
            wrong_clocks: wrong_clocks(&status, now),
            came_to_none: if open { 0 } else { store.filed_since(lately)? },
            closes: settings.consultations.iter().map(|found| (found.id.clone(), found.closes)).collect(),
            unwritable: false,
            configuration_differs: None,
            newest_backup: None,
            status,
        })
    }

    /// The kind of trouble that the mailbox lane is in.
    pub fn mailbox_fault(&self) -> Option<LaneFault> {
        self.status.last_fault.as_deref().and_then(LaneFault::from_word)
    }

    /// The same of the outbox.
    pub fn outbox_fault(&self) -> Option<LaneFault> {
        self.status.outbox_fault.as_ref().and_then(|(word, ..)| LaneFault::from_word(word))
    }

    /// Entries of one disposition.
    pub fn entries(&self, disposition: &str) -> u64 {
        count(&self.status.entries, &[disposition])
    }

    /// Answers in one state.
    pub fn answers(&self, state: &str) -> u64 {
        count(&self.status.acknowledgements, &[state])
    }

    /// Letters that wait for a person.
    pub fn waiting_for_review(&self) -> u64 {
        count(&self.status.submissions, &["review"])
    }

    /// Answers that wait.
    pub fn waiting(&self) -> u64 {
        count(&self.status.acknowledgements, &["queued", "deferred"])
    }

    /// Letters in quarantine, and announced ones that never came.
    pub fn owed(&self) -> u64 {
        self.status.set_aside + self.status.gaps
    }

    /// The time to the next deadline, in seconds.
    pub fn next_deadline(&self) -> Option<i64> {
        self.closes
            .iter()
            .map(|(_, closes)| closes.duration_since(self.now).as_secs())
            .filter(|left| *left > 0)
            .min()
    }
}

/// The sum of some words' counts.
fn count(counts: &Counts, words: &[&str]) -> u64 {
    counts.iter().filter(|(word, _)| words.contains(&word.as_str())).map(|(_, count)| count).sum()
}

/// Entries that were judged under other rules than those of now.
///
/// # Errors
/// When the store cannot be read.
pub fn judged_otherwise(settings: &Settings, store: &Store) -> Result<u64, StoreError> {
    let by = JudgedBy::new(&settings.consultations);
    let folders = match &settings.mailbox.source {
        MailboxSource::Pop3(_) => vec![crate::pop3::folder().name],
        MailboxSource::Maildir(path) => vec![FolderKey::files(path).name],
        MailboxSource::Imap(imap) => imap.folders.clone(),
    };
    folders.iter().map(|folder| store.count_judged_otherwise(folder, &by)).sum()
}

/// When the newest backup of a folder was made, by its file's time.
///
/// # Errors
/// When the folder cannot be read.
pub fn newest_backup(folder: &Path) -> std::io::Result<Option<Timestamp>> {
    let mut newest = None;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "sqlite3") {
            let at = Timestamp::try_from(entry.metadata()?.modified()?).ok();
            newest = newest.max(at);
        }
    }
    Ok(newest)
}

/// Room on the disk of a file; `None` when the system does not say.
pub fn space(store: &Path) -> Option<Space> {
    let found = rustix::fs::statvfs(store).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Some(Space { free: bytes(found.f_bavail), all: bytes(found.f_blocks) })
}

fn wrong_clocks(status: &StoreStatus, now: Timestamp) -> u64 {
    let future = status.last_good_pass.is_some_and(|at| at.duration_since(now) > TOLERANCE);
    u64::from(now < world::built()) + u64::from(future)
}
