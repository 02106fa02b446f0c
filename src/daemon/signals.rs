//! SIGTERM and SIGINT end the daemon, SIGHUP has it read its configuration again.

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::DaemonError;
use crate::maillog;
use crate::notify;
use crate::world::Stopper;

/// After the first signal, what is in hand gets this long to finish.
const GRACE: Duration = Duration::from_millis(4_500);

/// How work ended.
pub(super) enum Ended<T> {
    /// By itself, or because another configuration is to be worked by.
    Done(T),
    /// It was asked to stop, and finished what was in hand; `None`: it was dropped.
    Stopped(Option<T>),
}

impl<T> Ended<T> {
    /// What was done, however it came about.
    pub(super) fn done(self) -> Option<T> {
        match self {
            Self::Done(done) => Some(done),
            Self::Stopped(done) => done,
        }
    }
}

/// What the daemon is told from outside. Made once: what comes between one configuration and the next is heard by the next.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// Also sent by a terminal that closes, which ends no daemon.
    hangup: Signal,
}

impl Signals {
    pub(super) fn new() -> Result<Self, DaemonError> {
        let listen = |kind| signal(kind).map_err(DaemonError::Signals);
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    /// Runs `work` until it ends; the first SIGTERM or SIGINT asks it to stop and gives it [`GRACE`], a second one drops
    /// it. At SIGHUP `reload` says whether it is to end for what comes after it; else no pause is waited out.
    pub(super) async fn watch<T>(
        &mut self,
        stopper: Stopper,
        work: impl Future<Output = T>,
        mut reload: impl FnMut() -> bool,
    ) -> Ended<T> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ended::Done(done),
                () = either(&mut self.terminate, &mut self.interrupt) => break,
                _ = self.hangup.recv() => {
                    maillog::asked_to_go_on();
                    if reload() { stopper.stop() } else { stopper.wake() }
                }
            }
        }
        notify::stopping();
        maillog::asked_to_stop();
        stopper.stop();
        Ended::Stopped(tokio::select! {
            done = &mut work => Some(done),
            () = either(&mut self.terminate, &mut self.interrupt) => None,
            () = tokio::time::sleep(GRACE) => None,
        })
    }
}

async fn either(left: &mut Signal, right: &mut Signal) {
    tokio::select! {
        _ = left.recv() => {}
        _ = right.recv() => {}
    }
}
