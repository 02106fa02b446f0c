//! The clock, randomness and the stop signal: what the lanes take from the world besides servers and disk.
//!
//! They have this one home so that every stage gets time and random numbers as arguments. The same for what the machine says of
//! itself.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::vocabulary::sha256_hex;

/// How often a long wait looks whether what it waits for has been mended.
const GLANCE: Duration = Duration::from_secs(10);

/// When this program was built, by the clock of then: a clock that shows less is wrong.
pub fn built() -> Timestamp {
    env!("ZWFW_BUILT").parse().ok().and_then(|at| Timestamp::from_second(at).ok()).unwrap_or(Timestamp::MIN)
}

/// How long the machine has been up, asleep or awake: no clock that anybody sets.
fn up() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    let (seconds, nanos) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or(0), nanos.unwrap_or(0))
}

/// What a user is called.
pub fn user_name(uid: u32) -> String {
    uzers::get_user_by_uid(uid)
        .map_or_else(|| format!("uid {uid}"), |user| user.name().to_string_lossy().into_owned())
}

/// Where a store is at home: a copy of it elsewhere must not answer beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// What tells the machine from others; `None` where it has no id, as in many containers.
    pub machine: Option<String>,
    /// The store's path, symbolic links resolved.
    pub path: String,
}

impl Home {
    /// Where the store at a path is now.
    pub fn of(store: &Path) -> Self {
        let absolute = std::path::absolute(store).unwrap_or_else(|_| store.to_path_buf());
        let path = std::fs::canonicalize(&absolute).unwrap_or(absolute);
        let id = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
        // machine-id(5): 32 hexadecimal digits, and not to be given away as it is.
        let is_id = id.trim().len() == 32 && id.trim().bytes().all(|byte| byte.is_ascii_hexdigit());
        let digest = || sha256_hex(format!("zwfw-intake {}", id.trim()).as_bytes());
        Self { machine: is_id.then(digest), path: path.display().to_string() }
    }

    /// Whether it is the same place, as far as both are known: a machine without an id is told from no other.
    pub fn is_same(&self, other: &Self) -> bool {
        let machines = self.machine.as_ref().zip(other.machine.as_ref());
        self.path == other.path && machines.is_none_or(|(one, other)| one == other)
    }
}

/// Handed to both lanes.
#[derive(Debug, Clone)]
pub struct World {
    stop: watch::Receiver<bool>,
    wake: watch::Receiver<()>,
    /// The wall clock at the last look, and at the same time one that nobody sets.
    clocks: Arc<Mutex<(Timestamp, Duration)>>,
}

/// Tells every [`World`] made with it to stop, or to go on at once.
#[derive(Debug, Clone)]
pub struct Stopper {
    stop: watch::Sender<bool>,
    wake: watch::Sender<()>,
}

impl Stopper {
    /// Asks everybody to stop at the next safe point.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Ends every pause that is under way.
    pub fn wake(&self) {
        self.wake.send_replace(());
    }
}

impl World {
    /// A world that runs until its stopper is used.
    pub fn new() -> (Stopper, Self) {
        let (stopper, stop) = watch::channel(false);
        let (waker, wake) = watch::channel(());
        let world = Self { stop, wake, clocks: Arc::default() };
        world.jump();
        (Stopper { stop: stopper, wake: waker }, world)
    }

    /// How far the wall clock has jumped since this was asked last; less than nothing: back.
    pub fn jump(&self) -> SignedDuration {
        let (now, up) = (self.now(), up());
        let mut clocks = self.clocks.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, up_before) = std::mem::replace(&mut *clocks, (now, up));
        let passed = SignedDuration::try_from(up.saturating_sub(up_before)).unwrap_or(SignedDuration::MAX);
        now.duration_since(before) - passed
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "the clock's one home")]
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// 64 random bits from the operating system: Message-IDs made with them cannot be guessed.
    ///
    /// # Panics
    /// When the operating system gives none, which it does once it is up.
    pub fn random(&self) -> u64 {
        let mut bytes = [0_u8; 8];
        let source = rustls::crypto::ring::default_provider().secure_random;
        source.fill(&mut bytes).expect("the operating system gives random numbers once it is up");
        u64::from_ne_bytes(bytes)
    }

    /// Whether to stop at the next safe point.
    pub fn stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Waits for a while, or until asked to stop or to go on.
    pub async fn rest(&self, pause: Duration) {
        let mut wake = self.wake.clone();
        wake.mark_unchanged();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.stopped() => {}
            Ok(()) = wake.changed() => {}
        }
    }

    /// The same, and `mended` is asked now and then: what has been mended ends the wait. Whether something ended it early.
    pub async fn rest_until(&self, pause: Duration, mended: impl Fn() -> bool) -> bool {
        let until = Instant::now() + pause;
        let mut wake = self.wake.clone();
        wake.mark_unchanged();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.stopping() {
                return false;
            }
            self.rest(left.min(GLANCE)).await;
            if wake.has_changed().unwrap_or(false) || mended() {
                return true;
            }
        }
    }

    /// Waits until asked to stop.
    pub async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // An error means that the stopper is gone without having been used: nobody will ask any more.
        if stop.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
