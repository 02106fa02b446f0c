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

/// The longest wait of all: after refused logins, for which providers lock accounts, and where a server asks for it.
pub const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// So many refused logins follow each other at the usual pauses; then one is tried an hour.
const REFUSED_LOGINS: u32 = 3;

/// Counts failures in a row.
#[derive(Debug)]
pub struct Pacing {
    first_pause: Duration,
    longest: Duration,
    failures: u32,
}

impl Pacing {
    /// No failures yet.
    pub const fn new(first_pause: Duration) -> Self {
        Self { first_pause, longest: LONGEST_PAUSE, failures: 0 }
    }

    /// With another longest pause.
    #[must_use]
    pub const fn up_to(mut self, longest: Duration) -> Self {
        self.longest = longest;
        self
    }

    /// Forgets all failures.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Counts one more failure; returns the pause that follows: between half and the whole of the doubled one, so that
    /// many clients of one server do not come back at the same instant.
    pub fn failed(&mut self, random: u64) -> Duration {
        let whole = doubled(self.first_pause, self.failures, self.longest);
        self.failures = self.failures.saturating_add(1);
        let half = whole / 2;
        half + half * u32::try_from(random % 1000).unwrap_or(0) / 1000
    }

    /// The same after a refused login, of which there were so many in a row.
    pub fn refused(&mut self, logins: u32, random: u64) -> Duration {
        let pause = self.failed(random);
        if logins < REFUSED_LOGINS { pause } else { LONGEST_WAIT }
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
