//! One pass over the folders of an IMAP mailbox.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::reconcile::compare;
use super::{Batch, Lane, Missing, Pass, PassError};
use crate::config::{AfterFiling, ImapSettings};
use crate::cursor::{self, Plan, Position};
use crate::imap::{FetchedBatch, IdleEnd, ImapError, Listed, MissingReason, Session, batches};
use crate::maillog;
use crate::store::{self, StoreError};
use crate::vocabulary::{EntryKey, EntryUid, GapReason};

/// Filed messages that are marked at a time.
const MARKS: usize = 500;
/// The first pause after IDLE broke off.
const BROKEN_IDLE_PAUSE: Duration = Duration::from_secs(5);
/// The first pause after IDLE announced what was not there.
const FALSE_ALARM_PAUSE: Duration = Duration::from_secs(1);
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
    /// IDLE ended early, with news or with an error.
    woken: bool,
    /// How often in a row IDLE ended early and the pass then found nothing.
    woken_in_vain: u32,
    /// By folder.
    compared: HashMap<String, Comparison>,
}

impl ImapMailbox {
    /// Prepares; nothing is connected yet.
    pub fn new(settings: ImapSettings) -> Self {
        Self {
            settings,
            session: None,
            careful_until: HashMap::new(),
            woken: false,
            woken_in_vain: 0,
            compared: HashMap::new(),
        }
    }

    /// One pass over every folder. A session that ended is replaced by a fresh one: a folder in trouble keeps no other
    /// folder from being read, and the pass says so at its end. It ends before `until`.
    pub(super) async fn pass(&mut self, lane: &Lane, until: Instant) -> Result<Pass, PassError> {
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
                match self.folder(opened, folder, lane, until, &mut pass).await {
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
                        if again {
                            maillog::one_by_one(folder, &error.to_string());
                        } else {
                            fail(folder, format!("folder {folder:?}: {error}"), &mut pass);
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        self.session = session;
        let in_vain = self.woken && pass.total() + pass.owed == 0;
        self.woken_in_vain = if in_vain { self.woken_in_vain.saturating_add(1) } else { 0 };
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
        until: Instant,
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
        session.set_end(halfway(until));
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
        let mark = self.settings.after_filing != AfterFiling::None;
        let mut recording = Recording::default();
        let mut result = Ok(());
        for wanted in runs {
            // Two large messages at once, one being recorded and one being fetched, are too many for memory.
            let large = wanted.iter().any(|listed| listed.size_bytes > lane.limits.batch_bytes);
            if large {
                recording.finish(pass).await?;
            }
            // Half of what is left and no more: what takes longer is owed, and the others still have their turn.
            session.set_end(halfway(until));
            let is_owed = wanted.first().is_some_and(|listed| listed.uid < first_uid);
            let fetching = async {
                match wanted {
                    [alone] if is_owed || alone.uid <= careful_until => {
                        fetch_alone(session, folder, uid_validity, *alone).await
                    }
                    _ => session.fetch(folder, uid_validity, wanted).await,
                }
            };
            let fetched = tokio::select! {
                fetched = fetching => fetched,
                () = lane.world.stopped() => {
                    pass.incomplete = true;
                    break;
                }
            };
            recording.finish(pass).await?;
            let last_uid = wanted.last().map_or(0, |listed| listed.uid);
            let position = Some((folder.to_owned(), Position { uid_validity, last_uid }));
            match (fetched, wanted) {
                (Ok(fetched), _) => {
                    let missing = fetched.missing.into_iter();
                    let missing = missing
                        .map(|(uid, reason)| missing_entry(key(folder, uid_validity, uid), reason))
                        .collect();
                    recording.begin(lane, Batch { messages: fetched.messages, missing, position, mark });
                    if large {
                        recording.finish(pass).await?;
                    }
                }
                (Err(error), [alone]) => {
                    // This very message ended the session, perhaps not for the first time: it is owed, and the next
                    // pass goes on behind it.
                    let entry = key(folder, uid_validity, alone.uid);
                    let missing = vec![Missing { entry, reason: GapReason::SessionEnded, came: None }];
                    recording.begin(lane, Batch { missing, position, ..Batch::default() });
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
        recording.finish(pass).await?;
        result?;
        if new.is_empty() && position.is_none_or(|position| position.uid_validity != uid_validity) {
            let position = Some((folder.to_owned(), Position { uid_validity, last_uid: 0 }));
            lane.record(Batch { position, ..Batch::default() }).await?;
        }
        // Everything of this folder is committed: only now may anything change on the server.
        if !pass.incomplete {
            self.mark(session, folder, uid_validity, lane).await?;
        }
        Ok(())
    }

    /// Marks what was filed, now or before a process ended that did not come to it.
    async fn mark(
        &self,
        session: &mut Session,
        folder: &str,
        uid_validity: u32,
        lane: &Lane,
    ) -> Result<(), PassError> {
        let how = &self.settings.after_filing;
        if *how == AfterFiling::None {
            return Ok(());
        }
        loop {
            let due = with_store(lane, |store| {
                let now = lane.world.now();
                let due = store.marks_due(folder, uid_validity, now, MARKS)?;
                if !due.is_empty() {
                    let writing = store.begin()?;
                    writing.count_marking(folder, uid_validity, &due, now)?;
                    writing.commit()?;
                }
                Ok(due)
            })?;
            if due.is_empty() {
                return Ok(());
            }
            session.mark(folder, uid_validity, &due, how).await?;
            with_store(lane, |store| {
                let writing = store.begin()?;
                writing.marked(folder, uid_validity, &due)?;
                writing.commit()
            })?;
        }
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
                writing.owe(&entry, &GapReason::NotRecorded, lane.world.now())?;
                writing.commit()
            })?;
            owed.push(uid);
        }
        owed.sort_unstable();
        Ok(listed)
    }

    /// Waits until the next pass is due, or the server announces mail in the first folder.
    pub(super) async fn wait(&mut self, lane: &Lane, poll_interval: Duration) {
        self.woken = false;
        if self.woken_in_vain > 0 {
            // A server that announces what it does not have would keep both sides busy for nothing.
            rest(lane, doubled(FALSE_ALARM_PAUSE, self.woken_in_vain - 1).min(poll_interval)).await;
        }
        let idle = async {
            match (&mut self.session, self.settings.folders.first()) {
                (Some(session), Some(folder)) if self.settings.idle && session.can_idle() => {
                    idle(session, folder, poll_interval).await
                }
                _ => {
                    tokio::time::sleep(poll_interval).await;
                    Ok(false)
                }
            }
        };
        let ended = tokio::select! {
            ended = idle => ended,
            () = lane.world.stopped() => Err(None),
        };
        match ended {
            Ok(news) => self.woken = news,
            // An IDLE cut off or broken leaves the session in an unknown state.
            Err(Some(error)) => {
                // Every other server ends idle connections now and then.
                maillog::idle_ended(&error.to_string(), matches!(error, ImapError::Closed { .. }));
                self.session = None;
                self.woken = true;
                rest(lane, doubled(BROKEN_IDLE_PAUSE, self.woken_in_vain).min(poll_interval)).await;
            }
            Err(None) => self.session = None,
        }
    }

    /// Logs out, if there is a session.
    pub(super) async fn close(&mut self) {
        if let Some(session) = self.session.take()
            && let Err(error) = session.logout().await
        {
            maillog::no_goodbye(&error.to_string());
        }
    }
}

/// Waits for news; whether there are any.
async fn idle(session: &mut Session, folder: &str, longest: Duration) -> Result<bool, Option<ImapError>> {
    session.examine(folder).await.map_err(Some)?;
    let began = Instant::now();
    match session.idle(longest).await.map_err(Some)? {
        IdleEnd::NewMail => Ok(true),
        IdleEnd::TimedOut => Ok(false),
        IdleEnd::Refused(words) => {
            maillog::idle_refused(&words);
            tokio::time::sleep_until(began + longest).await;
            Ok(false)
        }
    }
}

async fn rest(lane: &Lane, pause: Duration) {
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        () = lane.world.stopped() => {}
    }
}

fn doubled(pause: Duration, times: u32) -> Duration {
    pause.saturating_mul(1 << times.min(16))
}

/// The middle between now and `until`.
fn halfway(until: Instant) -> Instant {
    let now = Instant::now();
    now + until.saturating_duration_since(now) / 2
}

/// One message that was in trouble before, in pieces: the announced size may be what is wrong, and a piece is bounded by
/// what was asked for. Whole where the server takes no requests for pieces.
async fn fetch_alone(
    session: &mut Session,
    folder: &str,
    uid_validity: u32,
    wanted: Listed,
) -> Result<FetchedBatch, ImapError> {
    let fetched = session.fetch_in_pieces(folder, uid_validity, wanted).await?;
    match fetched.missing.as_slice() {
        [(_, MissingReason::Refused(_) | MissingReason::Unreadable)] => {
            session.fetch(folder, uid_validity, &[wanted]).await
        }
        _ => Ok(fetched),
    }
}

/// The recording that runs beside the next fetch.
#[derive(Default)]
struct Recording(Option<JoinHandle<Result<Pass, StoreError>>>);

impl Recording {
    fn begin(&mut self, lane: &Lane, batch: Batch) {
        let lane = lane.clone();
        self.0 = Some(tokio::spawn(async move { lane.record(batch).await }));
    }

    /// Waits for COMMIT.
    async fn finish(&mut self, pass: &mut Pass) -> Result<(), StoreError> {
        let Some(running) = self.0.take() else { return Ok(()) };
        let done = running.await.expect("recording does not panic: messages are read under catch_unwind")?;
        pass.add(&done);
        Ok(())
    }
}

/// What is owed of an entry. One that was not mentioned is owed too: whether it is really gone, the next listing tells.
fn missing_entry(entry: EntryKey, reason: MissingReason) -> Missing {
    let (reason, came) = match reason {
        MissingReason::Vanished => (GapReason::NotMentioned, None),
        MissingReason::Empty => (GapReason::EmptyBody, None),
        MissingReason::Short(came) => (GapReason::ShortBody, Some(*came)),
        MissingReason::Unreadable => (GapReason::UnreadableAnswer, None),
        MissingReason::Refused(words) => (GapReason::Refused { words }, None),
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

fn with_store<T>(
    lane: &Lane,
    action: impl FnOnce(&mut store::Store) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    store::with(&lane.store, action)
}
