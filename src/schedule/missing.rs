//! A message that the mailbox announces and does not hand over: when it is asked for again, and when no more.

use jiff::{SignedDuration, Timestamp};

/// A server that hands over less than it announced this many times in a row does not have more: some compute
/// RFC822.SIZE from another form of the message than they send.
const SHORT_ATTEMPTS: u32 = 3;
/// After this many attempts, which take about a day, a message that never comes is given up.
const ATTEMPTS: u32 = 12;
/// So many attempts follow each other pass by pass.
const WITHOUT_PAUSE: u32 = 3;
/// From then on the pause doubles this often at most: four hours.
const MOST_DOUBLINGS: u32 = 8;

/// What follows an attempt that failed.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextFetch {
    /// Ask again, after [`pause_after`].
    Again,
    /// Record what came: there is no more.
    TakeWhatCame,
    /// Record that it cannot be read, so that a person looks into the mailbox.
    GiveUp,
}

/// Decides. `attempts` counts this one; `came`: something did, though less than announced; `on_server`: it is a message
/// on a server. A file stays where it is until somebody mends its rights.
pub const fn next_fetch(attempts: u32, came: bool, on_server: bool) -> NextFetch {
    match (came, on_server) {
        (true, _) if attempts >= SHORT_ATTEMPTS => NextFetch::TakeWhatCame,
        (false, true) if attempts >= ATTEMPTS => NextFetch::GiveUp,
        _ => NextFetch::Again,
    }
}

/// How long a missing message rests, or a filed one that the server did not mark: the next pass asks again, then ever
/// more rarely.
pub fn pause_after(attempts: u32) -> SignedDuration {
    match attempts.checked_sub(WITHOUT_PAUSE) {
        None | Some(0) => SignedDuration::ZERO,
        Some(doublings) => SignedDuration::from_mins(1 << doublings.min(MOST_DOUBLINGS)),
    }
}

/// When the furthest next fetch takes place that [`pause_after`] plans now. A time beyond it was planned by a wrong clock.
pub fn latest_fetch(now: Timestamp) -> Timestamp {
    now.saturating_add(pause_after(u32::MAX) + SignedDuration::from_mins(1)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_begin_after_three_attempts_and_double_up_to_four_hours() {
        let minutes: Vec<i64> = (0..=14).map(|attempts| pause_after(attempts).as_secs() / 60).collect();
        assert_eq!(minutes, [0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 256, 256, 256]);
        assert_eq!(pause_after(u32::MAX), pause_after(12));
        let day: i64 = (1..ATTEMPTS).map(|attempts| pause_after(attempts).as_hours().max(0)).sum();
        assert!((6..=24).contains(&day), "{day} h until it is given up");
    }

    #[test]
    fn what_is_short_is_taken_and_what_never_comes_is_given_up_on_a_server_only() {
        use NextFetch::{Again, GiveUp, TakeWhatCame};
        for (attempts, came, on_server, next) in [
            (1, false, true, Again),
            (11, false, true, Again),
            (12, false, true, GiveUp),
            (99, false, true, GiveUp),
            (12, false, false, Again),
            (2, true, true, Again),
            (3, true, true, TakeWhatCame),
            (3, true, false, TakeWhatCame),
        ] {
            assert_eq!(next_fetch(attempts, came, on_server), next, "{attempts} {came} {on_server}");
        }
    }
}
