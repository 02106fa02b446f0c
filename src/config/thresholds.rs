//! From where on what is watched is worth a warning, and from where on it is critical.

use std::collections::BTreeMap;

use super::section::parse_duration;
use crate::vocabulary::Watched;

/// What a figure is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A length of time.
    Seconds,
    /// Of a whole.
    Percent,
    /// Pieces.
    Count,
}

/// Two bounds; `None`: never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// A warning from here on.
    pub warning: Option<i64>,
    /// Critical from here on.
    pub critical: Option<i64>,
}

/// The bounds of everything that is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thresholds(BTreeMap<Watched, Threshold>);

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Default for Thresholds {
    fn default() -> Self {
        let of = |what| {
            let (warning, critical) = match what {
                Watched::Pass | Watched::Outbox => (Some(15 * MINUTE), Some(HOUR)),
                Watched::Login | Watched::Store => (None, Some(1)),
                Watched::Answers => (Some(HOUR), Some(6 * HOUR)),
                Watched::Refused
                | Watched::Breaker
                | Watched::Owed
                | Watched::OtherRules
                | Watched::Clock
                | Watched::NoneOpen => (Some(1), None),
                Watched::Review => (Some(3 * DAY), Some(7 * DAY)),
                Watched::Disk => (Some(10), Some(2)),
                Watched::Quota => (Some(90), Some(97)),
                Watched::Certificate => (Some(14 * DAY), Some(3 * DAY)),
                Watched::Configuration => (Some(HOUR), None),
                Watched::Backup => (Some(2 * DAY), Some(7 * DAY)),
            };
            (what, Threshold { warning, critical })
        };
        Self(Watched::ALL.iter().copied().map(of).collect())
    }
}

impl Thresholds {
    /// Those of one thing.
    pub fn of(&self, what: Watched) -> Threshold {
        self.0.get(&what).copied().unwrap_or(Threshold { warning: None, critical: None })
    }

    /// Takes `WARNING:CRITICAL` for one thing; an empty half means never.
    ///
    /// # Errors
    /// What would be right.
    pub fn set(&mut self, name: &str, bounds: &str) -> Result<(), String> {
        let Some(what) = Watched::from_word(name) else {
            let known: Vec<&str> = Watched::ALL.iter().map(|what| what.as_str()).collect();
            return Err(format!("\"{name}\" is not watched; known are: {}", known.join(", ")));
        };
        let (warning, critical) = bounds.split_once(':').unwrap_or((bounds, ""));
        let wrong = || format!("\"{bounds}\" is no pair of thresholds for {name}; {}", example(what));
        let half = |text: &str| match text.trim() {
            "" => Ok(None),
            text => value(unit(what), text).map(Some).ok_or_else(wrong),
        };
        let (warning, critical) = (half(warning)?, half(critical)?);
        let in_order = warning.zip(critical).is_none_or(|(warning, critical)| {
            if falls(what) { critical <= warning } else { warning <= critical }
        });
        if !in_order {
            let side = if falls(what) { "below" } else { "above" };
            return Err(format!("\"{bounds}\": of {name} the critical one lies {side} the other"));
        }
        self.0.insert(what, Threshold { warning, critical });
        Ok(())
    }

    /// Takes `NAME=WARNING:CRITICAL`.
    ///
    /// # Errors
    /// What would be right.
    pub fn set_written(&mut self, text: &str) -> Result<(), String> {
        let (name, bounds) = text.split_once('=').ok_or_else(|| {
            format!("\"{text}\" is no threshold; write NAME=WARNING:CRITICAL, like review=1d:3d")
        })?;
        self.set(name.trim(), bounds)
    }
}

/// What it is counted in.
pub const fn unit(what: Watched) -> Unit {
    match what {
        Watched::Pass
        | Watched::Outbox
        | Watched::Answers
        | Watched::Review
        | Watched::Certificate
        | Watched::Configuration
        | Watched::Backup => Unit::Seconds,
        Watched::Disk | Watched::Quota => Unit::Percent,
        Watched::Login
        | Watched::Store
        | Watched::Refused
        | Watched::Breaker
        | Watched::Owed
        | Watched::OtherRules
        | Watched::Clock
        | Watched::NoneOpen => Unit::Count,
    }
}

/// Whether less of it is worse.
pub const fn falls(what: Watched) -> bool {
    matches!(what, Watched::Disk | Watched::Certificate)
}

fn value(unit: Unit, text: &str) -> Option<i64> {
    match unit {
        Unit::Seconds => i64::try_from(parse_duration(text)?.as_secs()).ok(),
        Unit::Percent => {
            text.trim_end_matches('%').trim().parse().ok().filter(|percent| (0..=100).contains(percent))
        }
        Unit::Count => text.parse().ok().filter(|count| *count >= 0),
    }
}

fn example(what: Watched) -> &'static str {
    match (unit(what), falls(what)) {
        (Unit::Seconds, true) => "write times, like \"14d:3d\"",
        (Unit::Seconds, false) => "write times, like \"15m:1h\"; an empty half means never",
        (Unit::Percent, true) => "write percents, like \"10:2\"",
        (Unit::Percent, false) => "write percents, like \"90:97\"",
        (Unit::Count, _) => "write numbers, like \"1:10\"; an empty half means never",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_times_percents_or_numbers_in_their_order() {
        let mut all = Thresholds::default();
        for (written, warning, critical) in [
            ("review=1d:3d", Some(86_400), Some(3 * 86_400)),
            ("pass=90:", Some(90), None),
            ("disk=20%:5", Some(20), Some(5)),
            ("certificate=:7d", None, Some(7 * 86_400)),
            ("owed=3", Some(3), None),
            ("login=:", None, None),
        ] {
            all.set_written(written).unwrap();
            let name = written.split_once('=').unwrap().0;
            let found = all.of(Watched::from_word(name).unwrap());
            assert_eq!(found, Threshold { warning, critical }, "{written}");
        }
        for (wrong, words) in [
            ("reviews=1d", "is not watched; known are: pass"),
            ("review", "is no threshold"),
            ("review=soon", "write times"),
            ("disk=101", "write percents"),
            ("owed=-1", "write numbers"),
            ("pass=1h:15m", "lies above"),
            ("disk=2:10", "lies below"),
        ] {
            let said = all.clone().set_written(wrong).unwrap_err();
            assert!(said.contains(words), "{wrong}: {said}");
        }
    }
}
