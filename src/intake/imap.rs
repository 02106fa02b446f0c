//! One pass over the folders of an IMAP mailbox.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::reconcile::compare;
use super::{Batch, Lane, Missing, Pass, PassError, Recorded};
use crate::config::ImapSettings;
use crate::cursor::{self, Plan, Position};
use crate::imap::{IdleEnd, ImapError, Listed, MissingReason, Session, batches};
use crate::mail::{EntryKey, EntryUid};
use crate::maillog;
use crate::store::{self, StoreError};

/// How often a folder is compared with the record, UID by UID. Between two comparisons every pass compares counts, which
/// costs nothing: EXAMINE tells how many there are.
const COMPARISON_INTERVAL: Duration = Duration::from_hours(1);
/// Where counts say that an entry has no row, the UIDs are compared at once, and then this often while the counts go on
/// saying so (a server may count what it does not list).
const SURPLUS_INTERVAL: Duration = Duration::from_mins(5);

/// The last comparison of a folder with the record.
#[derive(Debug)]
struct Comparison {
    at: tokio::time::Instant,
    /// Entries that the server counted and did not list.
    surplus: u64,
}

/// An IMAP mailbox and its session, which lives on between passes.
#[derive(Debug)]
pub struct ImapMailbox {
    settings: ImapSettings,
    session: Option<Session>,
    /// Up to this UID of a folder, messages are fetched one by one: the session ended while they were fetched
    /// together, and one of them may be the reason.
    careful_until: HashMap<String, u32>,
    /// By folder.
    compared: HashMap<String, Comparison>,
}

impl ImapMailbox {
    /// Prepares; nothing is connected yet.
    pub fn new(settings: ImapSettings) -> Self {
        Self { settings, session: None, careful_until: HashMap::new(), compared: HashMap::new() }
    }

    /// One pass over every folder. A session that ended is replaced by a fresh one: a folder in trouble keeps no other
    /// folder from being read, and the pass says so at its end.
    pub(super) async fn pass(&mut self, lane: &Lane) -> Result<Pass, PassError> {
        let mut pass = Pass::default();
        let mut session = self.kept_session().await;
        for folder in &self.settings.folders.clone() {
            let mut again = true;
            while again {
                again = false;
                let opened = tokio::select! {
                    biased;
                    () = lane.world.stopped() => {
                        pass.incomplete = true;
                        return Ok(pass);
                    }
                    opened = self.session(session.take(), lane) => opened?,
                };
                let opened = session.insert(opened);
                let careful = self.careful_until.contains_key(folder);
                match self.folder(opened, folder, lane, &mut pass).await {
                    Ok(()) => {}
                    // The session goes on.
                    Err(PassError::Imap(error @ ImapError::FolderUnknown { .. })) => {
                        fail(folder, error.to_string(), &mut pass);
                    }
                    Err(PassError::Imap(error)) => {
                        session = None;
                        // Messages that were fetched together ended it: one by one, the others get through, and in
                        // this pass, for the next one may be another process.
                        again = !careful && self.careful_until.contains_key(folder);
                        if !again {
                            fail(folder, format!("folder {folder:?}: {error}"), &mut pass);
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        self.session = session;
        Ok(pass)
    }

    /// The session of the last pass, if it outlived the pause: that it died in its sleep is no failure of this pass.
    async fn kept_session(&mut self) -> Option<Session> {
        let mut session = self.session.take()?;
        session.noop().await.is_ok().then_some(session)
    }

    async fn session(&self, session: Option<Session>, lane: &Lane) -> Result<Session, ImapError> {
        match session {
            Some(session) => Ok(session),
            None => Session::open(&self.settings, &lane.limits).await,
        }
    }

    async fn folder(
        &mut self,
        session: &mut Session,
        folder: &str,
        lane: &Lane,
        pass: &mut Pass,
    ) -> Result<(), PassError> {
        let state = session.examine(folder).await?;
        let position = with_store(lane, |store| store.position(folder))?;
        let (uid_validity, first_uid) = match cursor::plan(position, state) {
            Plan::From { uid_validity, first_uid } => (uid_validity, first_uid),
            Plan::Rescan { uid_validity } => {
                maillog::rescan(folder, position.map_or(0, |position| position.uid_validity), uid_validity);
                (uid_validity, 1)
            }
            Plan::Unusable => {
                fail(
                    folder,
                    format!(
                        "folder {folder:?}: the server gives no UIDVALIDITY, nothing can be recorded safely"
                    ),
                    pass,
                );
                return Ok(());
            }
        };
        let mut owed = with_store(lane, |store| store.gaps_due(folder, uid_validity, lane.world.now()))?;
        let listed =
            self.list(session, folder, (uid_validity, first_uid), state.exists, &mut owed, lane).await?;
        let (new, old): (Vec<Listed>, Vec<Listed>) =
            listed.into_iter().partition(|listed| listed.uid >= first_uid);
        let gone = owed.iter().filter(|uid| old.binary_search_by_key(*uid, |listed| listed.uid).is_err());
        forget(gone.map(|uid| key(folder, uid_validity, *uid)), lane)?;

        // What is new comes first: an owed entry may be one that ends every session.
        let careful_until = self.careful_until.remove(folder).unwrap_or(0);
        let (singly, together) = new.split_at(new.partition_point(|listed| listed.uid <= careful_until));
        let owed: Vec<Listed> =
            old.into_iter().filter(|listed| owed.binary_search(&listed.uid).is_ok()).collect();
        let runs = singly
            .chunks(1)
            .chain(batches(together, lane.limits.batch_bytes, lane.limits.batch_messages))
            .chain(owed.chunks(1));
        let mut recording = Recording::default();
        let mut filed = Vec::new();
        let mut result = Ok(());
        for wanted in runs {
            let fetched = tokio::select! {
                fetched = session.fetch(folder, uid_validity, wanted) => fetched,
                () = lane.world.stopped() => {
                    pass.incomplete = true;
                    break;
                }
            };
            filed.extend(recording.finish(pass).await?);
            let last_uid = wanted.last().map_or(0, |listed| listed.uid);
            let position = Some((folder.to_owned(), Position { uid_validity, last_uid }));
            match (fetched, wanted) {
                (Ok(fetched), _) => {
                    let missing = fetched.missing.into_iter();
                    let missing = missing
                        .map(|(uid, reason)| missing_entry(key(folder, uid_validity, uid), reason))
                        .collect();
                    recording.begin(lane, Batch { messages: fetched.messages, missing, position });
                }
                (Err(error), [alone]) => {
                    // This very message ended the session, perhaps not for the first time: it is owed, and the next
                    // pass goes on behind it.
                    let entry = key(folder, uid_validity, alone.uid);
                    let missing = vec![Missing { entry, reason: "session_ended".to_owned(), came: None }];
                    recording.begin(lane, Batch { messages: Vec::new(), missing, position });
                    result = Err(error);
                    break;
                }
                (Err(error), _) => {
                    self.careful_until.insert(folder.to_owned(), last_uid);
                    result = Err(error);
                    break;
                }
            }
        }
        filed.extend(recording.finish(pass).await?);
        result?;
        if new.is_empty() && position.is_none_or(|position| position.uid_validity != uid_validity) {
            let position = Some((folder.to_owned(), Position { uid_validity, last_uid: 0 }));
            lane.record(Batch { position, ..Batch::default() }).await?;
        }
        // Everything of this folder is committed: only now may anything change on the server.
        if !pass.incomplete {
            session.mark(folder, uid_validity, &filed, &self.settings.after_filing).await?;
        }
        Ok(())
    }

    /// Lists what is new and what is owed. When it is time, or when the folder holds more entries than the record knows,
    /// all of it, to find entries that have no row though the position is beyond them: those are owed from now on.
    async fn list(
        &mut self,
        session: &mut Session,
        folder: &str,
        (uid_validity, first_uid): (u32, u32),
        exists: u32,
        owed: &mut Vec<u32>,
        lane: &Lane,
    ) -> Result<Vec<Listed>, PassError> {
        let last = self.compared.get(folder);
        let rested = |interval: Duration| last.is_none_or(|last| last.at.elapsed() >= interval);
        if !rested(COMPARISON_INTERVAL) {
            let lowest = owed.iter().copied().chain([first_uid]).min().unwrap_or(first_uid);
            let listed = session.list(lowest).await?;
            let new = listed.iter().filter(|entry| entry.uid >= first_uid).count() as u64;
            let known = with_store(lane, |store| store.known_below(folder, uid_validity, first_uid))?;
            let surplus = u64::from(exists).saturating_sub(new).saturating_sub(known);
            let explained = last.map_or(0, |last| last.surplus);
            if surplus == 0 || (surplus <= explained && !rested(SURPLUS_INTERVAL)) {
                return Ok(listed);
            }
        }
        let listed = session.list(1).await?;
        let surplus = u64::from(exists).saturating_sub(listed.len() as u64);
        self.compared.insert(folder.to_owned(), Comparison { at: tokio::time::Instant::now(), surplus });
        let entries: Vec<(EntryUid, u64)> =
            listed.iter().map(|entry| (EntryUid::Imap(entry.uid), entry.size_bytes)).collect();
        let record = with_store(lane, |store| store.folder_record(folder, uid_validity))?;
        let report = compare(folder, uid_validity, &entries, record, |uid| *uid >= EntryUid::Imap(first_uid));
        maillog::reconciled(folder, listed.len(), report.missing.len());
        for missing in report.missing {
            let EntryUid::Imap(uid) = missing.uid else { continue };
            let entry = key(folder, uid_validity, uid);
            maillog::not_recorded(&entry);
            with_store(lane, |store| {
                let writing = store.begin()?;
                writing.owe(&entry, "not_recorded", lane.world.now())?;
                writing.commit()
            })?;
            owed.push(uid);
        }
        owed.sort_unstable();
        Ok(listed)
    }

    /// Waits until the next pass is due, or the server announces mail in the first folder.
    pub(super) async fn wait(&mut self, lane: &Lane, poll_interval: Duration) {
        let idle = async {
            match (&mut self.session, self.settings.folders.first()) {
                (Some(session), Some(folder)) if self.settings.idle && session.can_idle() => {
                    idle(session, folder, poll_interval).await
                }
                _ => {
                    tokio::time::sleep(poll_interval).await;
                    Ok(())
                }
            }
        };
        let ended = tokio::select! {
            ended = idle => ended,
            () = lane.world.stopped() => Err(None),
        };
        match ended {
            Ok(()) => {}
            // An IDLE cut off or broken leaves the session in an unknown state.
            Err(Some(error)) => {
                tracing::debug!(%error, "IDLE ended");
                self.session = None;
                tokio::select! {
                    () = tokio::time::sleep(poll_interval.min(Duration::from_secs(5))) => {}
                    () = lane.world.stopped() => {}
                }
            }
            Err(None) => self.session = None,
        }
    }

    /// Logs out, if there is a session.
    pub(super) async fn close(&mut self) {
        if let Some(session) = self.session.take() {
            session.logout().await;
        }
    }
}

async fn idle(session: &mut Session, folder: &str, longest: Duration) -> Result<(), Option<ImapError>> {
    session.examine(folder).await.map_err(Some)?;
    let began = tokio::time::Instant::now();
    match session.idle(longest).await.map_err(Some)? {
        IdleEnd::NewMail | IdleEnd::TimedOut => {}
        IdleEnd::Refused(words) => {
            tracing::debug!(words, "IDLE refused; polling instead");
            tokio::time::sleep_until(began + longest).await;
        }
    }
    Ok(())
}

/// The recording that runs beside the next fetch.
#[derive(Default)]
struct Recording(Option<JoinHandle<Result<Recorded, StoreError>>>);

impl Recording {
    fn begin(&mut self, lane: &Lane, batch: Batch) {
        let lane = lane.clone();
        self.0 = Some(tokio::spawn(async move { lane.record(batch).await }));
    }

    /// Waits for COMMIT; returns the UIDs of which something was filed.
    async fn finish(&mut self, pass: &mut Pass) -> Result<Vec<u32>, StoreError> {
        let Some(running) = self.0.take() else { return Ok(Vec::new()) };
        let done = running.await.expect("recording does not panic: messages are read under catch_unwind")?;
        pass.add(&done.pass);
        Ok(done.filed.iter().filter_map(imap_uid).collect())
    }
}

/// What is owed of an entry. One that was not mentioned is owed too: whether it is really gone, the next listing tells.
fn missing_entry(entry: EntryKey, reason: MissingReason) -> Missing {
    let (reason, came) = match reason {
        MissingReason::Vanished => ("not_mentioned".to_owned(), None),
        MissingReason::Empty => ("empty_body".to_owned(), None),
        MissingReason::Short(came) => ("short_body".to_owned(), Some(*came)),
        MissingReason::Unreadable => ("unreadable_answer".to_owned(), None),
        MissingReason::Refused(words) => (format!("refused: {words}"), None),
    };
    Missing { entry, reason, came }
}

fn fail(folder: &str, problem: String, pass: &mut Pass) {
    maillog::folder_failed(folder, &problem);
    pass.failed_folders.push((folder.to_owned(), problem));
}

fn key(folder: &str, uid_validity: u32, uid: u32) -> EntryKey {
    EntryKey { folder: folder.to_owned(), uid_validity, uid: EntryUid::Imap(uid) }
}

/// What is owed and not listed any more was removed from the mailbox by somebody: nobody can hand it over.
fn forget(gone: impl Iterator<Item = EntryKey>, lane: &Lane) -> Result<(), StoreError> {
    for entry in gone {
        maillog::vanished(&entry);
        with_store(lane, |store| {
            let writing = store.begin()?;
            writing.settle_gap(&entry)?;
            writing.commit()
        })?;
    }
    Ok(())
}

fn imap_uid(entry: &EntryKey) -> Option<u32> {
    match entry.uid {
        EntryUid::Imap(uid) => Some(uid),
        EntryUid::Name(_) => None,
    }
}

fn with_store<T>(
    lane: &Lane,
    action: impl FnOnce(&mut store::Store) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    store::with(&lane.store, action)
}
