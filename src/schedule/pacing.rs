//! How long to rest after failures in a row: doubling, bounded, with jitter.

use std::time::Duration;

use super::back_off::doubled;

/// The first pause after a failed pass over the mailbox.
pub const MAILBOX_FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The first pause after the outbox could not be emptied: every try may be a login, and providers lock accounts that
/// try often.
pub const OUTBOX_FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause: short enough that a server's return before a deadline is noticed.
pub const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// Counts failures in a row.
#[derive(Debug)]
pub struct Pacing {
    first_pause: Duration,
    failures: u32,
}

impl Pacing {
    /// No failures yet.
    pub const fn new(first_pause: Duration) -> Self {
        Self { first_pause, failures: 0 }
    }

    /// Forgets all failures.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Counts one more failure; returns the pause that follows: between half and the whole of the doubled one, so that
    /// many clients of one server do not come back at the same instant.
    pub fn failed(&mut self, random: u64) -> Duration {
        let whole = doubled(self.first_pause, self.failures, LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        let half = whole / 2;
        half + half * u32::try_from(random % 1000).unwrap_or(0) / 1000
    }

    /// Failures in a row.
    pub const fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST_PAUSE: Duration = MAILBOX_FIRST_PAUSE;

    #[test]
    fn pauses_double_up_to_the_longest_and_start_again_after_success() {
        let mut pacing = Pacing::new(FIRST_PAUSE);
        let pauses: Vec<Duration> = (0..8).map(|_| pacing.failed(999)).collect();
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");
        assert!(pauses[0] >= FIRST_PAUSE / 2 && pauses[0] <= FIRST_PAUSE);
        assert!(pauses[7] > LONGEST_PAUSE / 2 && pauses[7] <= LONGEST_PAUSE);
        pacing.succeeded();
        assert!(pacing.failed(999) <= FIRST_PAUSE);
    }

    #[test]
    fn jitter_spreads_a_pause_over_its_second_half() {
        let pause = |random| Pacing::new(FIRST_PAUSE).failed(random);
        assert_eq!(pause(0), FIRST_PAUSE / 2);
        assert!(pause(500) > pause(0) && pause(999) > pause(500));
    }
}
