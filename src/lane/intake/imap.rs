//! One pass over the folders of an IMAP mailbox.

mod doubt;
mod health;
mod rests;
mod second_look;
mod wait;
mod worklist;

use std::collections::HashMap;

use tokio::time::Instant;

use super::batch::{Batch, Missing};
use super::pass::{Pass, PassError};
use super::recording::{self, Recording};
use crate::config::{AfterFiling, ImapSettings};
use crate::cursor::{self, FolderState, Heard, Plan};
use crate::imap::{FetchedBatch, ImapError, Session};
use crate::lane::Lane;
use crate::maillog;
use crate::net::Logins;
use crate::vocabulary::{EntryUid, FolderKey, GapReason};

use health::Health;
use rests::Rests;
use wait::Wakings;
use worklist::{Comparison, Worklist};

/// Filed messages that are marked at a time.
const MARKS: usize = 500;

/// Folders that a message names.
const FOLDERS_NAMED: usize = 40;

/// An IMAP mailbox and its session, which lives on between passes.
#[derive(Debug)]
pub struct ImapMailbox {
    settings: ImapSettings,
    session: Option<Session>,
    /// Up to this UID of a folder, messages are fetched one by one: the session ended while they were fetched
    /// together, and one of them may be the reason.
    singly_until: HashMap<String, u32>,
    wakings: Wakings,
    /// Folders that could not be read.
    unread: Rests,
    /// Folders that could not be marked.
    unmarked: Rests,
    health: Health,
    logins: Logins,
    /// The last comparison of each folder with the record.
    compared: HashMap<String, Comparison>,
    /// When the session ended while entries of a folder were told apart.
    told_apart: HashMap<String, Instant>,
}

/// Where a folder is taken up.
struct Start {
    folder: FolderKey,
    /// What is below was recorded by an earlier pass, or is a gap.
    first_uid: u32,
    /// What the server says of it, and what was heard before.
    state: FolderState,
    heard: Heard,
    /// UIDNEXT before and now, where it fell.
    fell: Option<(u32, u32)>,
    /// Nothing is recorded under this UIDVALIDITY yet.
    unknown: bool,
    /// When the pass ends.
    until: Instant,
}

impl ImapMailbox {
    /// Prepares; nothing is connected yet.
    pub fn new(settings: ImapSettings) -> Self {
        Self {
            settings,
            session: None,
            singly_until: HashMap::new(),
            wakings: Wakings::default(),
            unread: Rests::default(),
            unmarked: Rests::default(),
            health: Health::default(),
            logins: Logins::default(),
            compared: HashMap::new(),
            told_apart: HashMap::new(),
        }
    }

    /// One pass over every folder. A session that ended is replaced by a fresh one: a folder in trouble keeps no other
    /// folder from being read, and the pass says so at its end. It ends before `until`.
    pub(super) async fn pass(&mut self, lane: &Lane, until: Instant) -> Result<Pass, PassError> {
        let mut pass = Pass::default();
        let mut session = self.kept_session().await;
        for folder in &self.settings.folders.clone() {
            if let Some(problem) = self.unread.problem(folder) {
                pass.failed_folders.push((folder.clone(), problem.to_owned()));
                continue;
            }
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
                let singly = self.singly_until.contains_key(folder);
                let problem = match self.folder(opened, folder, lane, until, &mut pass).await {
                    Ok(problem) => problem,
                    // The session goes on.
                    Err(PassError::Imap(error @ ImapError::FolderUnknown { .. })) => {
                        Some(format!("{error}{}", known_folders(opened).await))
                    }
                    // Nothing more is asked in this pass.
                    Err(PassError::Imap(error @ ImapError::Throttled { .. })) => {
                        self.session = session;
                        return Err(error.into());
                    }
                    Err(PassError::Imap(error)) => {
                        session = None;
                        // Messages that were fetched together ended it: one by one, the others get through, and in
                        // this pass, for the next one may be another process.
                        again = !singly && self.singly_until.contains_key(folder);
                        if again {
                            maillog::one_by_one(folder, &error.to_string());
                        }
                        Some(format!("folder {folder:?}: {error}"))
                    }
                    Err(error) => return Err(error),
                };
                if !session.as_ref().is_some_and(Session::is_usable) {
                    session = None;
                }
                match problem {
                    _ if again => {}
                    Some(problem) => {
                        self.unread.failed(folder, &problem, lane.world.random());
                        pass.fail(folder, problem);
                    }
                    None => {
                        self.unread.mended(folder);
                        pass.read_folders.push(folder.clone());
                    }
                }
            }
        }
        if pass.read_folders.is_empty() {
            self.unread.end();
        }
        if let Some(open) = &mut session {
            match self.health.look(open, lane).await {
                // The letters are read; what is wrong with the session shows in the next pass.
                Ok(()) | Err(PassError::Imap(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.session = session;
        self.wakings.pass_found(pass.total() + pass.gaps);
        Ok(pass)
    }

    /// The session of the last pass, if it outlived the pause: that it died in its sleep is no failure of this pass.
    async fn kept_session(&mut self) -> Option<Session> {
        let mut session = self.session.take()?;
        session.noop().await.is_ok().then_some(session)
    }

    async fn session(&mut self, session: Option<Session>, lane: &Lane) -> Result<Session, ImapError> {
        if let Some(session) = session {
            return Ok(session);
        }
        self.logins.begin(&mut self.settings.server);
        let opened = Session::open(&self.settings, &lane.config.limits).await;
        self.logins.note(&opened, ImapError::is_refused_login);
        opened
    }

    /// Refused logins in a row.
    pub(super) const fn refused_logins(&self) -> u32 {
        self.logins.refused()
    }

    /// Whether the password's file holds another password by now.
    pub(super) fn password_changed(&self) -> bool {
        self.settings.server.secret_changed()
    }

    /// One folder, in the order of the data: list what is new and what is missing, fetch it batch by batch, each
    /// recorded and committed while the next is fetched, and only then mark what was filed. What is wrong with the folder
    /// itself.
    async fn folder(
        &mut self,
        session: &mut Session,
        name: &str,
        lane: &Lane,
        until: Instant,
        pass: &mut Pass,
    ) -> Result<Option<String>, PassError> {
        let Some(start) = open(session, name, lane, until).await? else {
            let problem = "the server gives no UIDVALIDITY, nothing can be recorded safely";
            return Ok(Some(format!("folder {name:?}: {problem}")));
        };
        session.set_end(halfway(until));
        let worklist = self.worklist(session, &start, lane).await?;
        self.second_look(session, &start, &worklist, lane, pass).await?;
        self.fetch(session, &start, &worklist, lane, pass).await?;
        self.compare_bytes(session, &start, &worklist, lane, pass).await?;
        self.tell_apart(session, &start, &worklist, lane, pass).await?;
        if start.unknown && worklist.has_nothing_new() {
            let position = Some((start.folder.clone(), 0));
            recording::record(lane, Batch { position, ..Batch::default() }, pass).await?;
        }
        if start.state.uid_next != start.heard.uid_next && !pass.incomplete {
            lane.store.write(|writing| writing.hear(&start.folder, start.state.uid_next))?;
        }
        if let Some((announced, listed)) = worklist.unlisted {
            pass.lists_fewer(name, announced, listed);
        }
        if !pass.incomplete {
            self.mark(session, &start.folder, lane, pass).await?;
        }
        Ok(None)
    }

    /// Marks what was filed. That it cannot be marked is no reason to read the folder more rarely.
    async fn mark(
        &mut self,
        session: &mut Session,
        folder: &FolderKey,
        lane: &Lane,
        pass: &mut Pass,
    ) -> Result<(), PassError> {
        if self.settings.after_filing == AfterFiling::None {
            return Ok(());
        }
        if let Some(problem) = self.unmarked.problem(&folder.name) {
            pass.unmarked.push((folder.name.clone(), problem.to_owned()));
            return Ok(());
        }
        match self.mark_due(session, folder, lane).await {
            Ok(()) => self.unmarked.mended(&folder.name),
            Err(PassError::Imap(error)) if !matches!(error, ImapError::Throttled { .. }) => {
                let problem = error.to_string();
                self.unmarked.failed(&folder.name, &problem, lane.world.random());
                pass.not_marked(&folder.name, problem);
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Fetches what stands on the list, and has each batch read and recorded while the next ones are fetched. When it returns,
    /// everything that came is committed.
    async fn fetch(
        &mut self,
        session: &mut Session,
        start: &Start,
        worklist: &Worklist,
        lane: &Lane,
        pass: &mut Pass,
    ) -> Result<(), PassError> {
        let mut recording = Recording::default();
        let fetched = self.fetch_beside(session, start, worklist, (lane, &mut recording), pass).await;
        recording.finish(pass).await?;
        fetched
    }

    async fn fetch_beside(
        &mut self,
        session: &mut Session,
        start: &Start,
        worklist: &Worklist,
        (lane, recording): (&Lane, &mut Recording),
        pass: &mut Pass,
    ) -> Result<(), PassError> {
        let Start { folder, until, .. } = start;
        let limits = &lane.config.limits;
        let mark = self.settings.after_filing != AfterFiling::None;
        let standing = worklist.standing();
        for run in worklist.runs(limits) {
            // Two large messages at once, one being recorded and one being fetched, are too many for memory.
            let large = run.is_large(limits);
            if large {
                recording.finish(pass).await?;
            }
            // Half of what is left and no more: what takes longer becomes a gap, and the others still have their turn.
            session.set_end(halfway(*until));
            let fetched = tokio::select! {
                fetched = run.fetch(session, folder) => fetched,
                () = lane.world.stopped() => {
                    pass.incomplete = true;
                    return Ok(());
                }
            };
            let position = Some((folder.clone(), run.last_uid()));
            match (fetched, run.alone()) {
                // What came is kept, and nothing is counted against the rest.
                (Ok(FetchedBatch { throttled: Some(error), messages, missing }), _) => {
                    let position = run.reached(&messages, &missing).map(|uid| (folder.clone(), uid));
                    let came = FetchedBatch { messages, missing, throttled: None };
                    let batch = Batch { position, mark, ..Batch::fetched(came, folder) };
                    recording.begin(lane, batch, pass).await?;
                    return Err(error.into());
                }
                (Err(error @ ImapError::Throttled { .. }), _) => return Err(error.into()),
                (Ok(fetched), _) => {
                    let looks = worklist.looks(&run, limits.message_bytes);
                    let batch = Batch { position, mark, looks, ..Batch::fetched(fetched, folder) };
                    recording.begin(lane, Batch { standing: standing.clone(), ..batch }, pass).await?;
                    if large {
                        recording.finish(pass).await?;
                    }
                }
                // This very message ended the session, perhaps not for the first time: it becomes a gap, and the next
                // pass goes on behind it.
                (Err(error), Some(uid)) => {
                    let entry = folder.entry(EntryUid::Imap(uid));
                    let missing = vec![Missing::entirely(entry, GapReason::SessionEnded)];
                    recording.begin(lane, Batch { missing, position, ..Batch::default() }, pass).await?;
                    return Err(error.into());
                }
                (Err(error), None) => {
                    self.singly_until.insert(folder.name.clone(), run.last_uid());
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    /// Marks what was filed, now or before a process ended that did not come to it. Everything of the folder is
    /// committed: only now may anything change on the server.
    async fn mark_due(
        &self,
        session: &mut Session,
        folder: &FolderKey,
        lane: &Lane,
    ) -> Result<(), PassError> {
        let how = &self.settings.after_filing;
        loop {
            let now = lane.world.now();
            let due = lane.store.read(|store| store.marks_due(folder, now, MARKS))?;
            if due.is_empty() {
                return Ok(());
            }
            lane.store.write(|writing| writing.count_marking(folder, &due, now))?;
            session.mark(folder, &due, how).await?;
            lane.store.write(|writing| writing.marked(folder, &due))?;
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

/// Opens a folder; `None`: the server gives no UIDVALIDITY.
async fn open(
    session: &mut Session,
    name: &str,
    lane: &Lane,
    until: Instant,
) -> Result<Option<Start>, PassError> {
    let state = session.examine(name).await?;
    let position = lane.store.read(|store| store.position(name))?;
    let (uid_validity, first_uid) = match cursor::plan(position, state) {
        Plan::From { uid_validity, first_uid } => (uid_validity, first_uid),
        Plan::Rescan { uid_validity } => {
            maillog::rescan(name, position.map_or(0, |position| position.uid_validity), uid_validity);
            (uid_validity, 1)
        }
        Plan::Unusable => return Ok(None),
    };
    let unknown = position.is_none_or(|position| position.uid_validity != uid_validity);
    let folder = FolderKey::imap(name, uid_validity);
    let mut heard = lane.store.read(|store| store.heard(&folder))?;
    let fell = cursor::uid_next_fell(position, heard, state);
    if let Some((_, now)) = fell {
        // Remembered first: a process that ends here must not take the next pass for one without a sign.
        lane.store.write(|writing| {
            writing.doubt(&folder, now)?;
            writing.hear(&folder, Some(now))
        })?;
        heard = lane.store.read(|store| store.heard(&folder))?;
    }
    Ok(Some(Start { folder, first_uid, state, heard, fell, unknown, until }))
}

/// The folders that there are, for whoever configured one that there is not.
async fn known_folders(session: &mut Session) -> String {
    match session.folders().await {
        Ok(folders) => {
            let more = if folders.len() > FOLDERS_NAMED { ", …" } else { "" };
            let named: Vec<String> = folders.into_iter().take(FOLDERS_NAMED).collect();
            format!("; the folders of this mailbox are: {}{more}", named.join(", "))
        }
        Err(_) => String::new(),
    }
}

/// The middle between now and `until`.
fn halfway(until: Instant) -> Instant {
    let now = Instant::now();
    now + until.saturating_duration_since(now) / 2
}
