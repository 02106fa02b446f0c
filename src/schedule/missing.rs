//! A message that the mailbox announces and does not hand over: when it is asked for again.

use jiff::{SignedDuration, Timestamp};

/// A server that hands over less than it announced this many times in a row does not have more: some compute
/// RFC822.SIZE from another form of the message than they send.
const SHORT_ATTEMPTS: u32 = 3;
/// So many attempts follow each other pass by pass.
const WITHOUT_PAUSE: u32 = 3;
/// From then on the pause doubles this often at most: four hours.
const MOST_DOUBLINGS: u32 = 8;

/// Whether what came is recorded though it is less than announced. `attempts` counts this one; `came_before`: the very same
/// bytes came the time before. What never comes is asked for as long as it stands in the mailbox: an outage of a night, or of a
/// week, must not cost a letter.
pub const fn takes_what_came(attempts: u32, came_before: bool) -> bool {
    came_before && attempts >= SHORT_ATTEMPTS
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
    }

    #[test]
    fn what_is_short_is_taken_when_the_same_came_before() {
        for (attempts, came_before, taken) in
            [(1, false, false), (2, true, false), (3, false, false), (3, true, true), (99, false, false)]
        {
            assert_eq!(takes_what_came(attempts, came_before), taken, "{attempts} {came_before}");
        }
    }
}
