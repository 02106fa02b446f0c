//! A server that asks to be left alone for a while, and how long.

use std::time::Duration;

use super::back_off::doubled;
use super::pacing::LONGEST_WAIT;
use super::server_words::{SERVER_WORDS, Said};

/// The first wait for a server that does not say how long.
const UNTOLD: Duration = Duration::from_mins(2);
/// The shortest wait: `0 milliseconds` is no reason to go on at once.
const SHORTEST: Duration = Duration::from_secs(10);

/// Whether a server says that too much is asked of it; with it how long it wants to rest, where it says so.
pub fn throttled(words: &str) -> Option<Option<Duration>> {
    let said = Said::new(words);
    said.has("throttled").then(|| told(said.words()))
}

/// The wait after `failures` throttled passes in a row, this one not counted.
pub fn throttle_pause(told: Option<Duration>, failures: u32) -> Duration {
    told.unwrap_or_else(|| doubled(UNTOLD, failures, LONGEST_WAIT)).clamp(SHORTEST, LONGEST_WAIT)
}

/// The first `<number> <unit of time>` of the words.
fn told(words: &str) -> Option<Duration> {
    let spaced: String = words.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let mut last: Option<u64> = None;
    for word in spaced.split_whitespace() {
        // `90s` and `90 s` alike; the number may also be glued to Chinese text before it.
        let word = word.trim_start_matches(|c: char| !c.is_ascii());
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = word.split_at_checked(digits).unwrap_or((word, ""));
        let number = if digits > 0 { number.parse().ok() } else { last };
        if let (Some(number), Some(milliseconds)) = (number, milliseconds_of(unit)) {
            return Some(Duration::from_millis(number.saturating_mul(milliseconds)));
        }
        last = number.filter(|_| digits > 0 && unit.is_empty());
    }
    None
}

fn milliseconds_of(unit: &str) -> Option<u64> {
    let units =
        [("unit millisecond", 1), ("unit second", 1000), ("unit minute", 60_000), ("unit hour", 3_600_000)];
    let is = |word: &str| word == unit || (!word.is_ascii() && unit.starts_with(word));
    units
        .into_iter()
        .find(|(meaning, _)| SERVER_WORDS.words(meaning).any(is))
        .map(|(_, milliseconds)| milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_throttles_is_left_alone_as_long_as_it_says() {
        let seconds = |words| throttled(words).map(|told| throttle_pause(told, 0).as_secs());
        for (words, pause) in [
            ("Request is throttled. Suggested Backoff Time: 299961 milliseconds", Some(299)),
            ("Request is throttled. Suggested Backoff Time: 90s", Some(90)),
            ("Fetch frequency limited", Some(120)),
            ("[LIMIT] too many commands, wait 5 minutes", Some(300)),
            ("Request is throttled. Suggested Backoff Time: 9 hours", Some(3600)),
            ("Request is throttled. Suggested Backoff Time: 0 milliseconds", Some(10)),
            ("[OVERQUOTA] Account exceeded command or bandwidth limits.", Some(120)),
            ("请求过于频繁，请10分钟后再试", Some(600)),
            ("message 17 is corrupt", None),
            ("Server Unavailable. 15", None),
            ("[UNAVAILABLE] FETCH Server error while fetching messages", None),
        ] {
            assert_eq!(seconds(words), pause, "{words}");
        }
        let waits: Vec<u64> = (0..7).map(|n| throttle_pause(None, n).as_secs() / 60).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60]);
    }
}
