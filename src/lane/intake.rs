//! Lane 1: the mailbox, entry by entry, into the record. Order is its subject.
//!
//! For every batch: fetch, read (pure), then **one transaction** for entries, messages, submissions, attachments,
//! queued answers, events and the folder's new position; only after COMMIT returned is anything marked on the server.
//! While one batch is being recorded, the next is fetched. A crash at any instruction loses nothing: whatever
//! was not committed is fetched again, and unique keys make recording twice impossible.

mod answer;
mod batch;
mod due;
mod entry;
mod files;
mod imap;
mod maildir;
mod pass;
mod pop3;
pub(super) mod readers;
pub(super) mod record;
mod recording;
mod reports;

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::Instant;

use super::{Lane, clock};
use crate::config::{MailboxSettings, MailboxSource};
use crate::maillog;
use crate::store::Store;

pub use files::{ImportError, Imported, import};
pub use imap::ImapMailbox;
pub use pass::{Pass, PassError};
pub use pop3::Pop3Mailbox;

/// The mailbox to read, with what it keeps between passes.
#[derive(Debug)]
pub enum Mailbox {
    /// IMAP, with its session.
    Imap(Box<ImapMailbox>),
    /// POP3, without one: each pass has its own.
    Pop3(Box<Pop3Mailbox>),
    /// A Maildir.
    Maildir(PathBuf),
}

impl Mailbox {
    /// Prepares; nothing is connected yet.
    pub fn new(settings: &MailboxSettings) -> Self {
        match &settings.source {
            MailboxSource::Imap(imap) => Self::Imap(Box::new(ImapMailbox::new(imap.clone()))),
            MailboxSource::Pop3(server) => Self::Pop3(Box::new(Pop3Mailbox::new((**server).clone()))),
            MailboxSource::Maildir(path) => Self::Maildir(path.clone()),
        }
    }

    /// One pass over everything that is new.
    ///
    /// # Errors
    /// What stopped it. Everything recorded until then stays recorded.
    pub async fn pass(&mut self, lane: &Lane) -> Result<Pass, PassError> {
        lane.store.with(Store::in_place)?;
        clock::look(lane)?;
        let whole = lane.config.limits.pass_timeout;
        let pass = match self {
            Self::Imap(mailbox) => {
                // What ends it in order comes first; this is for what nobody thought of.
                let until = Instant::now() + whole;
                tokio::time::timeout_at(until, mailbox.pass(lane, until)).await
            }
            Self::Pop3(mailbox) => {
                let until = Instant::now() + whole;
                tokio::time::timeout_at(until, mailbox.pass(lane, until)).await
            }
            Self::Maildir(path) => tokio::time::timeout(whole, maildir::pass(path, lane)).await,
        };
        maillog::wal(lane.store.with(|store| store.relieve_wal(true)));
        pass.unwrap_or(Err(PassError::TooLong(whole.as_secs())))
    }

    /// Waits until there may be new mail: `poll_interval`, or less where the server tells (IDLE).
    pub async fn wait(&mut self, lane: &Lane, poll_interval: Duration) {
        match self {
            Self::Imap(mailbox) => mailbox.wait(lane, poll_interval).await,
            Self::Pop3(_) | Self::Maildir(_) => lane.world.rest(poll_interval).await,
        }
    }

    /// Refused logins in a row.
    pub const fn refused_logins(&self) -> u32 {
        match self {
            Self::Imap(mailbox) => mailbox.refused_logins(),
            Self::Pop3(mailbox) => mailbox.refused_logins(),
            Self::Maildir(_) => 0,
        }
    }

    /// Whether the password's file holds another password by now.
    pub fn password_changed(&self) -> bool {
        match self {
            Self::Imap(mailbox) => mailbox.password_changed(),
            Self::Pop3(mailbox) => mailbox.password_changed(),
            Self::Maildir(_) => false,
        }
    }

    /// Ends the session politely.
    pub async fn close(&mut self) {
        if let Self::Imap(mailbox) = self {
            mailbox.close().await;
        }
    }
}
