//! One pass over a POP3 mailbox: a session of its own, in which everything that is not recorded is fetched, and QUIT.

use tokio::time::Instant;

use super::batch::{Batch, Missing};
use super::due::due;
use super::pass::{Pass, PassError};
use super::recording::Recording;
use crate::config::ServerSettings;
use crate::cursor::Looks;
use crate::lane::Lane;
use crate::net::Logins;
use crate::pop3::{self, Listed, Pop3Error, Session};
use crate::store::Fact;
use crate::vocabulary::{EntryUid, GapReason};

/// A POP3 mailbox.
#[derive(Debug)]
pub struct Pop3Mailbox {
    settings: ServerSettings,
    logins: Logins,
}

impl Pop3Mailbox {
    /// Prepares; nothing is connected yet.
    pub fn new(settings: ServerSettings) -> Self {
        Self { settings, logins: Logins::default() }
    }

    /// Refused logins in a row.
    pub(super) const fn refused_logins(&self) -> u32 {
        self.logins.refused()
    }

    /// Whether a file with a secret holds another one by now.
    pub(super) fn password_changed(&self) -> bool {
        self.settings.secret_changed()
    }

    /// Reads and records every message that is not recorded as it is. It begins none any more when half of its time is over.
    pub(super) async fn pass(&mut self, lane: &Lane, until: Instant) -> Result<Pass, PassError> {
        let mut pass = Pass::default();
        let mut session = tokio::select! {
            biased;
            () = lane.world.stopped() => {
                pass.incomplete = true;
                return Ok(pass);
            }
            opened = self.session(lane) => opened?,
        };
        if let Some(until) = session.certificate_until() {
            lane.store.with(|store| store.remember_instant(Fact::MailboxCertificateUntil, until))?;
        }
        let mut recording = Recording::default();
        let now = Instant::now();
        let halfway = now + until.saturating_duration_since(now) / 2;
        let fetched = fetch(&mut session, (lane, &mut recording), halfway, &mut pass).await;
        // Whatever became of it: until then the server lets nobody else in.
        session.quit().await;
        recording.finish(&mut pass).await?;
        fetched?;
        Ok(pass)
    }

    async fn session(&mut self, lane: &Lane) -> Result<Session, Pop3Error> {
        self.logins.begin(&mut self.settings);
        let opened = Session::open(&self.settings, &lane.config.limits).await;
        self.logins.note(&opened, Pop3Error::is_refused_login);
        opened
    }
}

async fn fetch(
    session: &mut Session,
    (lane, recording): (&Lane, &mut Recording),
    halfway: Instant,
    pass: &mut Pass,
) -> Result<(), PassError> {
    let folder = pop3::folder();
    let limits = &lane.config.limits;
    let listing = session.list().await?;
    let uid = |listed: &Listed| EntryUid::Name(listed.name.clone());
    let entries: Vec<(EntryUid, Looks)> =
        listing.messages.iter().map(|listed| (uid(listed), listed.looks())).collect();
    let due = due(&folder, &entries, lane)?;
    let (mut batch, mut bytes) = (Batch::default(), 0);
    for listed in listing.messages.iter().filter(|listed| due.contains(&uid(listed))) {
        if lane.world.stopping() || Instant::now() >= halfway {
            pass.incomplete = true;
            break;
        }
        match session.fetch(listed).await {
            Ok(message) => {
                bytes += message.raw.len() as u64;
                batch.looks.insert(uid(listed), listed.looks());
                batch.messages.push(message);
            }
            // This very message is refused or ended the session, perhaps not for the first time: it becomes a gap, and the next
            // pass goes on behind it.
            Err(error) => {
                let reason = match &error {
                    Pop3Error::Refused { words, .. } => GapReason::Refused { words: words.clone() },
                    _ => GapReason::SessionEnded,
                };
                let is_throttled = error.asks_to_wait().is_some();
                if !is_throttled {
                    batch.missing.push(Missing::entirely(folder.entry(uid(listed)), reason));
                }
                if !error.is_an_answer() || is_throttled {
                    recording.begin(lane, batch, pass).await?;
                    return Err(error.into());
                }
            }
        }
        if bytes >= limits.batch_bytes || batch.messages.len() >= limits.batch_messages {
            recording.begin(lane, std::mem::take(&mut batch), pass).await?;
            // Two large messages at once are too many for memory.
            if bytes > limits.batch_bytes {
                recording.finish(pass).await?;
            }
            bytes = 0;
        }
    }
    recording.begin(lane, batch, pass).await?;
    let listed = listing.messages.len() as u64;
    if listed < listing.announced {
        pass.lists_fewer(&folder.name, listing.announced, listed);
    } else {
        pass.read_folders.push(folder.name);
    }
    Ok(())
}
