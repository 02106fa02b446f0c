//! Wiring: store, lanes, pacing, signals, watchdog.

mod answering;
mod copying;
mod figures;
mod head;
mod lock;
mod passed;
mod reload;
mod restoring;
mod serving;
mod signals;
mod starting;
mod telling;
mod tokens;
mod trouble;
mod watch;
mod watching;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Settings;
use crate::lane::acknowledge::{self, Carried, MailTransport, OutboxPass};
use crate::lane::intake::{self, ImportError, Imported, Mailbox, Pass, PassError};
use crate::lane::{Lane, LaneConfig, SharedStore, clock, place_filed, release_stranded};
use crate::maillog;
use crate::notify;
use crate::schedule::{LONGEST_WAIT, MAILBOX_FIRST_PAUSE, Pacing, throttle_pause};
use crate::smtp::SmtpError;
use crate::store::{Fact, Head, Store, StoreError};
use crate::watch::MAILBOX;
use crate::world::{Home, Stopper, World};

use lock::Lock;
pub use lock::LockError;
use passed::remember_pass;
use reload::Prepared;
pub use restoring::{NotRestored, restore};
use signals::{Ended, Signals};
pub use tokens::unwritten as unwritten_tokens;
use trouble::Teller;
pub use trouble::{Trouble, running, trouble};

/// What keeps the program from doing its work at all.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another daemon has it.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The SMTP server's TLS roots.
    #[error(transparent)]
    Smtp(#[from] SmtpError),
    /// An import.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Signals cannot be received.
    #[error("signals cannot be received: {0}")]
    Signals(std::io::Error),
}

/// What `run --once` did.
#[derive(Debug)]
pub struct Once {
    /// The pass over the mailbox.
    pub mailbox: Result<Pass, PassError>,
    /// The pass over the outbox.
    pub outbox: OutboxPass,
    /// `submission.id` before the pass: later ones are new.
    pub submissions_before: i64,
    /// The end of the record's event log.
    pub head: Option<Head>,
}

/// Both lanes, put together.
#[derive(Debug)]
pub struct Daemon {
    settings: Settings,
    lane: Lane,
    mailbox: Mailbox,
    transport: MailTransport,
    stopper: Stopper,
    lock: Lock,
}

impl Daemon {
    /// Opens the store, takes its lock and prepares both lanes. No server is contacted yet.
    ///
    /// # Errors
    /// When the store is not ours, newer than the program, or another daemon's.
    pub fn new(settings: Settings) -> Result<Self, DaemonError> {
        let prepared = Prepared::new(settings)?;
        // Before the lock file is made: nothing is left behind where there is nothing to do.
        Store::check(&prepared.settings.store_path)?;
        let lock = Lock::take(&prepared.settings.store_path)?;
        Self::working_by(prepared, lock)
    }

    /// With a configuration that was checked, under the lock.
    fn working_by(prepared: Prepared, lock: Lock) -> Result<Self, DaemonError> {
        let Prepared { settings, mailbox, transport } = prepared;
        let (stopper, world) = World::new();
        let lane = open_lane(&settings, LaneConfig::new(&settings), world)?;
        lane.store.with(Store::watch)?;
        Ok(Self { settings, lane, mailbox, transport, stopper, lock })
    }

    /// One full pass over the mailbox and one over the outbox; `None` when signals stopped it before it was finished.
    ///
    /// # Errors
    /// When the store fails.
    ///
    /// # Panics
    /// When a lane panicked: that is our mistake.
    pub async fn once(self) -> Result<Option<Once>, DaemonError> {
        let Self { settings, lane, mut mailbox, mut transport, stopper, lock: _lock } = self;
        let submissions_before = lane.store.read(Store::last_submission_id)?;
        let work = async move {
            let began = lane.world.now();
            let result = mailbox.pass(&lane).await;
            mailbox.close().await;
            let result = remember_pass(&lane, began, result)?;
            let outbox = if settings.acknowledgement.enabled {
                acknowledge::pass(&lane, &mut transport, &mut Carried::default()).await?
            } else {
                OutboxPass::default()
            };
            tokens::say(&settings);
            copying::copy_once(&lane, &settings).await;
            let head = head::say(&lane)?;
            Ok(Once { mailbox: result, outbox, submissions_before, head })
        };
        // A task of its own: while it waits for the store, signals are heard all the same.
        match Signals::new()?.watch(stopper, tokio::spawn(work), || false).await.done() {
            Some(done) => done.expect("a pass does not panic").map(Some),
            None => Ok(None),
        }
    }

    /// Runs until asked to stop. SIGTERM or SIGINT finishes the message in hand; a second one stops at once. SIGHUP has it
    /// `load` its configuration: what is wrong with it is said, and nothing changes; else the lanes finish what is in hand and
    /// begin anew with it.
    ///
    /// # Errors
    /// When signals cannot be received. Trouble with servers, disk or mail is logged, and the lanes go on.
    ///
    /// # Panics
    /// When a lane panicked: that is our mistake, and systemd starts the process again.
    pub async fn run(self, load: impl Fn() -> Result<Settings, String>) -> Result<(), DaemonError> {
        let mut signals = Signals::new()?;
        let mut daemon = self;
        while let Some((prepared, lock)) = daemon.work(&mut signals, &load).await? {
            daemon = Self::working_by(prepared, lock)?;
        }
        Ok(())
    }

    /// Works by one configuration, until there is another one or it is asked to stop.
    async fn work(
        self,
        signals: &mut Signals,
        load: &dyn Fn() -> Result<Settings, String>,
    ) -> Result<Option<(Prepared, Lock)>, DaemonError> {
        let Self { settings, lane, mailbox, transport, stopper, lock } = self;
        starting::say(&settings);
        for consultation in &settings.consultations {
            maillog::consultation(&consultation.id, consultation.closes);
            if let Some(days) = consultation.closed_for(lane.world.now()) {
                maillog::consultation_closed(&consultation.id, days);
            }
        }
        for remark in &settings.remarks {
            maillog::remark(&remark.to_string());
        }
        warn_of_short_watchdog(&settings);
        let (whole, enabled) = (lane.clone(), settings.acknowledgement.enabled);
        let (other, all, watched_by) = (lane.clone(), settings.clone(), settings.clone());
        let stop = stopper.clone();
        let teller = Teller::of(&settings.store_path);
        let telling = teller.clone();
        let (old, store) = (settings.clone(), lane.store.clone());
        let mut next = None;
        let work = async {
            notify::ready();
            let poll = intake_loop(whole.clone(), mailbox, settings.clone(), telling.clone());
            let (shared, current) = (whole.store.clone(), settings.clone());
            let intake = async move {
                // In a task: while it waits for the store, signals are heard.
                reload::holds(&shared, Some(&current));
                poll.await
            };
            let intake = tokio::spawn(or_all_stop(stop.clone(), intake));
            let acknowledge =
                answering::acknowledge_loop(whole.clone(), transport, settings, telling.clone());
            let acknowledge = enabled.then(|| tokio::spawn(or_all_stop(stop.clone(), acknowledge)));
            let head = tokio::spawn(head::keep_saying(whole.clone()));
            let copies = tokio::spawn(async move { copying::keep_copying(other, &all).await });
            let figures = tokio::spawn(watching::keep_watching(whole.clone(), watched_by, telling.clone()));
            let looking = tokio::spawn(telling.keep_looking(whole.world.clone()));
            let watched = or_all_stop(stop, watch::watch(&whole, &lock)).await;
            let answered = match acknowledge {
                Some(acknowledge) => acknowledge.await.expect("the acknowledgement lane does not panic"),
                None => Ok(()),
            };
            head.await.expect("saying the head does not panic");
            copies.await.expect("keeping the reading copy does not panic");
            figures.await.expect("watching does not panic");
            looking.await.expect("looking who holds the store does not panic");
            intake.await.expect("the intake lane does not panic").and(answered).and(watched)
        };
        let ended = signals
            .watch(stopper, work, || {
                next = reload::read(&old, load, &store).or(next.take());
                next.is_some()
            })
            .await;
        teller.end();
        if next.is_none() && !matches!(ended, Ended::Stopped(None)) {
            reload::holds(&store, None);
        }
        match ended {
            Ended::Done(ended) => {
                ended.inspect_err(|error| maillog::ends(&error.to_string()))?;
                Ok(next.map(|next| (next, lock)))
            }
            Ended::Stopped(Some(ended)) => {
                ended.inspect_err(|error| maillog::ends(&error.to_string())).map(|()| None)
            }
            Ended::Stopped(None) => {
                maillog::stopped_early();
                Ok(None)
            }
        }
    }
}

/// One pass over the mailbox; `None`: a daemon runs, and its next pass is it.
///
/// # Errors
/// When the store fails.
pub async fn pass(settings: &Settings) -> Result<Option<Result<Pass, PassError>>, DaemonError> {
    let _lock = match Lock::take(&settings.store_path) {
        Err(LockError::Held { .. }) => return Ok(None),
        taken => taken?,
    };
    let (_stopper, world) = World::new();
    let lane = open_lane(settings, LaneConfig::new(settings), world)?;
    let mut mailbox = Mailbox::new(&settings.mailbox);
    let began = lane.world.now();
    let result = mailbox.pass(&lane).await;
    mailbox.close().await;
    tokens::say(settings);
    Ok(Some(remember_pass(&lane, began, result)?))
}

/// Files messages from paths through the same lane; without `answers`, what would be answered is withheld.
///
/// # Errors
/// When a path cannot be read, or the store fails.
pub async fn import(settings: &Settings, paths: &[PathBuf], answers: bool) -> Result<Imported, DaemonError> {
    let (_stopper, world) = World::new();
    let lane = open_lane(settings, LaneConfig::new(settings).answering(answers), world)?;
    lane.store.with(Store::watch)?;
    Ok(intake::import(paths, &lane).await?)
}

/// Makes a store where there is none.
///
/// # Errors
/// When there is one, or a daemon that makes one; when it cannot be made.
pub fn init(settings: &Settings) -> Result<(), DaemonError> {
    let (_stopper, world) = World::new();
    Store::check(&settings.store_path)?;
    // Where a store is, `init` says so by itself and leaves nothing behind.
    let is_there = Store::is_there(&settings.store_path)?;
    let _lock = (!is_there).then(|| Lock::take(&settings.store_path)).transpose()?;
    let mut store = Store::init(&settings.store_path, world.now())?;
    store.know(&settings.consultations)?;
    Ok(store.remember_home(&Home::of(&settings.store_path))?)
}

fn open_lane(settings: &Settings, config: LaneConfig, world: World) -> Result<Lane, StoreError> {
    let was_there = Store::is_there(&settings.store_path)?;
    let mut store = Store::open(&settings.store_path, world.now())?;
    if !was_there {
        maillog::store_made(&settings.store_path, answers_folder(settings).is_none());
    }
    store.warn_of_wal(settings.wal_warning_bytes);
    maillog::brought(store.brought());
    store.know(&settings.consultations)?;
    let here = Home::of(&settings.store_path);
    match store.home()? {
        Some(home) if !home.is_same(&here) => maillog::store_copied(&home, &here),
        Some(home) if home.machine.is_some() || here.machine.is_none() => {}
        // A store of an older version, or a machine that has got its id.
        Some(_) | None => store.remember_home(&here)?,
    }
    clock::look_at_start(&mut store, world.now())?;
    let config = Arc::new(config);
    place_filed(&mut store, &config, world.now())?;
    release_stranded(&mut store, world.now())?;
    Ok(Lane { store: SharedStore::new(store), config, world, here: Arc::new(here), filed: Arc::default() })
}

/// A part of the daemon; what ends it with an error ends all.
async fn or_all_stop(
    stopper: Stopper,
    part: impl Future<Output = Result<(), DaemonError>>,
) -> Result<(), DaemonError> {
    part.await.inspect_err(|_| stopper.stop())
}

async fn intake_loop(
    lane: Lane,
    mut mailbox: Mailbox,
    settings: Settings,
    teller: Teller,
) -> Result<(), DaemonError> {
    let poll_interval = settings.mailbox.poll_interval;
    let mut pacing = Pacing::new(MAILBOX_FIRST_PAUSE);
    // Passes in a row that a server ended because too much was asked of it.
    let mut throttled = 0_u32;
    while !lane.world.stopping() {
        let began = lane.world.now();
        let result = mailbox.pass(&lane).await;
        tokens::say(&settings);
        let random = lane.world.random();
        let result = remember_pass(&lane, began, result);
        teller.passes.ended(MAILBOX, matches!(result, Ok(Ok(_))), lane.world.now());
        if !matches!(result, Err(_) | Ok(Err(PassError::Store(_)))) {
            teller.succeeded();
        }
        let (problem, wait) = match result {
            Ok(Ok(pass)) => {
                notify::status(&format!("last pass recorded {} entries, {} owed", pass.total(), pass.gaps));
                (None, None)
            }
            // The others keep their pace; what is broken rests by itself.
            Ok(Err(error @ PassError::Folders(_))) if error.some_were_read() => {
                notify::status(&error.to_string());
                (None, None)
            }
            Ok(Err(PassError::Store(error @ StoreError::Replaced { .. })))
            | Err(error @ StoreError::Replaced { .. }) => return Err(error.into()),
            Ok(Err(PassError::Store(error))) | Err(error) => {
                (Some(teller.failed(&error, lane.world.now())), None)
            }
            Ok(Err(error)) => (Some(error.to_string()), error.asks_to_wait()),
        };
        // A pass that failed has ended too: it is a pass that never ends that the watchdog is for.
        notify::pass_ended();
        let Some(problem) = problem else {
            if pacing.failures() > 0 {
                maillog::passes_again(pacing.failures());
            }
            pacing.succeeded();
            throttled = 0;
            mailbox.wait(&lane, poll_interval).await;
            continue;
        };
        let usual = pacing.refused(mailbox.refused_logins(), random);
        let pause = wait.map_or(usual, |wait| usual.max(throttle_pause(wait, throttled)));
        throttled = if wait.is_some() { throttled.saturating_add(1) } else { 0 };
        maillog::pass_failed(&problem, pause.as_secs(), pacing.failures());
        notify::status(&format!("{problem} (trying again in {} s)", pause.as_secs()));
        let next = lane.world.now() + pause;
        let unwritable = teller.is_telling();
        if !unwritable
            && let Err(error) = lane.store.with(|store| store.remember_instant(Fact::NextPassAt, next))
        {
            maillog::next_pass_not_noted(&error.to_string());
        }
        let refused = mailbox.refused_logins() > 0;
        let mended = || refused && mailbox.password_changed() || unwritable && !teller.is_telling();
        lane.world.rest_until(pause, mended).await;
    }
    mailbox.close().await;
    Ok(())
}

fn warn_of_short_watchdog(settings: &Settings) {
    let longest = settings.limits.pass_timeout + settings.mailbox.poll_interval.max(LONGEST_WAIT);
    if let Some(watchdog) = notify::watchdog_interval().filter(|watchdog| *watchdog < longest) {
        maillog::watchdog_short(watchdog.as_secs(), longest.as_secs());
    }
}

/// Where answers are put, when they do not leave over SMTP.
pub fn answers_folder(settings: &Settings) -> Option<&Path> {
    match &settings.acknowledgement.transport {
        crate::config::Transport::Maildir(path) if settings.acknowledgement.enabled => Some(path),
        _ => None,
    }
}
