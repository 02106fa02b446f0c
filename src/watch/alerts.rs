//! Which findings somebody is told of: what has crossed a threshold since, and what has cleared; of one cause once an hour at most.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Finding, Level};
use crate::vocabulary::Watched;

/// Of one cause nobody is told more often.
const AT_MOST_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// What was told last, by cause. Kept in the store: a service that starts again and again tells nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Told(BTreeMap<String, Said>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Said {
    level: String,
    at: Timestamp,
}

impl Told {
    /// What is to be told now; it counts as told.
    pub fn news(&mut self, findings: &[Finding], now: Timestamp) -> Vec<Finding> {
        let mut news = Vec::new();
        for finding in findings {
            let before = self.0.get(finding.what.as_str());
            let level = before.map_or(Level::Ok.as_str(), |said| said.level.as_str());
            // A clock that was set back holds nothing up for years.
            let rests = before.is_some_and(|said| {
                let ago = now.duration_since(said.at);
                ago < AT_MOST_EVERY && ago > -AT_MOST_EVERY
            });
            if level == finding.level.as_str() || rests {
                continue;
            }
            let said = Said { level: finding.level.as_str().to_owned(), at: now };
            self.0.insert(finding.what.as_str().to_owned(), said);
            news.push(*finding);
        }
        news
    }

    /// The same, of causes that are still known.
    #[must_use]
    pub fn known(mut self) -> Self {
        self.0.retain(|word, _| Watched::from_word(word).is_some());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossing_and_clearing_are_told_once_an_hour_at_most() {
        let start: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let mut told = Told::default();
        let mut at = |minute: i64, level: Level| {
            let finding = Finding { what: Watched::Review, level, value: Some(1) };
            let now = start + SignedDuration::from_mins(minute);
            told = serde_json::from_str::<Told>(&serde_json::to_string(&told).unwrap()).unwrap().known();
            told.news(&[finding], now).first().map(|finding| finding.level)
        };
        for (minute, level, said) in [
            (0, Level::Ok, None),
            (1, Level::Warning, Some(Level::Warning)),
            (2, Level::Warning, None),
            // Back and forth within the hour is told once it is over, as it stands then.
            (3, Level::Ok, None),
            (4, Level::Critical, None),
            (60, Level::Critical, None),
            (61, Level::Critical, Some(Level::Critical)),
            (62, Level::Ok, None),
            (121, Level::Ok, Some(Level::Ok)),
            (200, Level::Ok, None),
            (201, Level::Warning, Some(Level::Warning)),
            // Set back by a day.
            (201 - 1440, Level::Ok, Some(Level::Ok)),
        ] {
            assert_eq!(at(minute, level), said, "{minute}");
        }
    }
}
