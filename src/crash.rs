//! Places at which the tests end the process as `kill -9` would, to the instruction.
//!
//! `ZWFW_CRASH_AT=committed:3` kills the process when it comes to that place for the third time. Only builds with debug
//! assertions look at the variable: in a release build [`here`] is empty.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Signal, getpid, kill_process};

/// A place between two steps that must not come apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A batch was fetched; nothing of it is written.
    Fetched,
    /// Everything of a batch is written, COMMIT comes next.
    Committing,
    /// COMMIT of a batch returned; nothing is marked or answered.
    Committed,
    /// An attempt to send is counted, and not made.
    Counted,
    /// The server took an answer (250 after DATA); that is not written down.
    Accepted,
    /// What became of an answer is written, COMMIT comes next.
    Settling,
    /// A reading copy is whole beside the old one, and not in its place.
    Copied,
}

impl Step {
    const fn word(self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::Committing => "committing",
            Self::Committed => "committed",
            Self::Counted => "counted",
            Self::Accepted => "accepted",
            Self::Settling => "settling",
            Self::Copied => "copied",
        }
    }
}

/// Where to end: the place's word and how many times it is yet to be passed.
static WANTED: LazyLock<Option<(String, AtomicU32)>> = LazyLock::new(|| {
    #[expect(
        clippy::disallowed_methods,
        reason = "not a setting: the tests' own switch, absent from releases"
    )]
    let wanted = std::env::var("ZWFW_CRASH_AT").ok()?;
    let (word, times) = wanted.split_once(':')?;
    Some((word.to_owned(), AtomicU32::new(times.parse().ok()?)))
});

/// Ends the process here, if the tests ask for it.
#[inline]
pub fn here(step: Step) {
    if !cfg!(debug_assertions) {
        return;
    }
    let Some((word, left)) = &*WANTED else { return };
    if word == step.word() && left.fetch_sub(1, Ordering::Relaxed) == 1 {
        // Nothing is flushed, dropped or closed on the way out.
        let _ = kill_process(getpid(), Signal::KILL);
        loop {
            std::thread::park();
        }
    }
}
