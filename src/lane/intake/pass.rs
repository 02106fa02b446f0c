//! What one pass over the mailbox did, or what stopped it.

use std::time::Duration;

use crate::imap::ImapError;
use crate::maildir::MaildirError;
use crate::maillog;
use crate::pop3::Pop3Error;
use crate::store::StoreError;
use crate::vocabulary::{Disposition, LaneFault};

/// What one pass did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pass {
    /// Newly recorded entries by disposition.
    pub recorded: Vec<(Disposition, u64)>,
    /// Letters of which the record had the beginning and has all now.
    pub completed: u32,
    /// Entries announced but not readable this time.
    pub gaps: u64,
    /// Entries without bytes in all folders after the pass, those that rest among them.
    pub owed: u64,
    /// Folders that could not be read, with the reason.
    pub failed_folders: Vec<(String, String)>,
    /// Folders that were read to their end.
    pub read_folders: Vec<String>,
    /// Folders whose letters were filed and could not be marked on the server, with the reason.
    pub unmarked: Vec<(String, String)>,
    /// The pass ended early, at a safe point: asked to stop, or its time was up.
    pub incomplete: bool,
}

impl Pass {
    pub(super) fn count(&mut self, disposition: Disposition, more: u64) {
        match self.recorded.iter_mut().find(|(found, _)| *found == disposition) {
            Some((_, count)) => *count += more,
            None => self.recorded.push((disposition, more)),
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (disposition, count) in &other.recorded {
            self.count(*disposition, *count);
        }
        self.completed += other.completed;
        self.gaps += other.gaps;
    }

    /// A folder could not be read; the others go on.
    pub(super) fn fail(&mut self, folder: &str, problem: String) {
        maillog::folder_failed(folder, &problem);
        self.failed_folders.push((folder.to_owned(), problem));
    }

    /// A folder was read as far as it was listed, which is less than the server counts.
    pub(super) fn lists_fewer(&mut self, folder: &str, announced: u64, listed: u64) {
        maillog::not_listed(folder, announced, listed);
        let problem = format!(
            "folder {folder:?}: {announced} announced, {listed} listed; what is not listed cannot be read"
        );
        self.failed_folders.push((folder.to_owned(), problem));
    }

    /// What was filed could not be marked.
    pub(super) fn not_marked(&mut self, folder: &str, problem: String) {
        maillog::not_marked(folder, &problem);
        self.unmarked.push((folder.to_owned(), problem));
    }

    /// Whether every folder was read and everything filed was marked.
    pub(crate) fn is_in_order(&self) -> bool {
        self.failed_folders.is_empty() && self.unmarked.is_empty()
    }

    /// Newly recorded entries of which this became.
    pub fn count_of(&self, disposition: Disposition) -> u64 {
        self.recorded.iter().find(|(found, _)| *found == disposition).map_or(0, |(_, count)| *count)
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
    /// The POP3 server.
    #[error(transparent)]
    Pop3(#[from] Pop3Error),
    /// The Maildir.
    #[error(transparent)]
    Maildir(#[from] MaildirError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Some folders could not be read, or not be marked; the others were.
    #[error("{}", problems(.0))]
    Folders(Pass),
    /// The pass took longer than `limits.pass_timeout`.
    #[error("the pass took longer than limits.pass_timeout ({0} s) and was cut off; what it recorded stays")]
    TooLong(u64),
}

impl PassError {
    /// Which kind of trouble it is, for `status`.
    pub fn fault(&self) -> LaneFault {
        match self {
            Self::Imap(error) => error.fault(),
            Self::Pop3(error) => error.fault(),
            Self::Maildir(_) | Self::Store(_) | Self::Folders(_) | Self::TooLong(_) => LaneFault::Other,
        }
    }

    /// Whether the server wants to be left alone for a while, and for how long, where it says so.
    pub fn asks_to_wait(&self) -> Option<Option<Duration>> {
        match self {
            Self::Imap(error) => error.asks_to_wait(),
            Self::Pop3(error) => error.asks_to_wait(),
            _ => None,
        }
    }

    /// Whether at least one folder was read.
    pub fn some_were_read(&self) -> bool {
        matches!(self, Self::Folders(pass) if !pass.read_folders.is_empty())
    }
}

fn problems(pass: &Pass) -> String {
    let failed = pass.failed_folders.iter().map(|(_, problem)| problem.clone());
    let unmarked = pass
        .unmarked
        .iter()
        .map(|(folder, problem)| format!("letters of {folder:?} are filed, not marked: {problem}"));
    failed.chain(unmarked).collect::<Vec<_>>().join("; ")
}
