//! Folders that cannot be read, or not be marked, rest ever longer, while the others are read at their pace.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::schedule::{MAILBOX_FIRST_PAUSE, Pacing};

/// The longest rest of one folder: it costs one command, and somebody may just be renaming it back.
const LONGEST_REST: Duration = Duration::from_mins(30);

/// What rests, by folder.
#[derive(Debug, Default)]
pub(super) struct Rests(HashMap<String, Rest>);

#[derive(Debug)]
struct Rest {
    pacing: Pacing,
    until: Instant,
    problem: String,
}

impl Rests {
    /// Why a folder is left alone for now.
    pub(super) fn problem(&self, folder: &str) -> Option<&str> {
        let rest = self.0.get(folder).filter(|rest| rest.until > Instant::now())?;
        Some(&rest.problem)
    }

    /// It was tried and failed.
    pub(super) fn failed(&mut self, folder: &str, problem: &str, random: u64) {
        let rest = self.0.entry(folder.to_owned()).or_insert_with(|| Rest {
            pacing: Pacing::new(MAILBOX_FIRST_PAUSE).up_to(LONGEST_REST),
            until: Instant::now(),
            problem: String::new(),
        });
        rest.until = Instant::now() + rest.pacing.failed(random);
        problem.clone_into(&mut rest.problem);
    }

    /// It was tried and is in order.
    pub(super) fn mended(&mut self, folder: &str) {
        self.0.remove(folder);
    }

    /// Nothing rests any more: with no folder read, the whole mailbox is what is in trouble.
    pub(super) fn end(&mut self) {
        let now = Instant::now();
        self.0.values_mut().for_each(|rest| rest.until = now);
    }

    /// How long at most until the next one is due, within `longest`.
    pub(super) fn shorten(&self, longest: Duration) -> Duration {
        let now = Instant::now();
        let due = self.0.values().map(|rest| rest.until.saturating_duration_since(now));
        due.fold(longest, Duration::min).max(Duration::from_millis(100).min(longest))
    }
}
