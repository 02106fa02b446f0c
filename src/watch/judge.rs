//! Figures against thresholds.

use crate::config::{Thresholds, falls};
use crate::vocabulary::{LaneFault, Watched};

use super::Figures;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be, or nothing that could be measured.
    Ok,
    /// Worth a look.
    Warning,
    /// At once.
    Critical,
}

impl Level {
    /// For scripts and monitors.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// One thing that is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub what: Watched,
    /// How bad.
    pub level: Level,
    /// The figure, in the unit of what is watched; `None`: there is nothing to measure.
    pub value: Option<i64>,
}

/// Compares everything, in the order of the words.
pub fn judge(figures: &Figures, thresholds: &Thresholds) -> Vec<Finding> {
    let finding = |what: &Watched| {
        let value = value(figures, *what);
        Finding {
            what: *what,
            level: value.map_or(Level::Ok, |value| level(*what, value, thresholds)),
            value,
        }
    };
    Watched::ALL.iter().map(finding).collect()
}

fn level(what: Watched, value: i64, thresholds: &Thresholds) -> Level {
    let bounds = thresholds.of(what);
    let beyond = |bound: Option<i64>| {
        bound.is_some_and(|bound| if falls(what) { value <= bound } else { value >= bound })
    };
    match (beyond(bounds.critical), beyond(bounds.warning)) {
        (true, _) => Level::Critical,
        (_, true) => Level::Warning,
        _ => Level::Ok,
    }
}

fn value(figures: &Figures, what: Watched) -> Option<i64> {
    let Figures { status, now, .. } = figures;
    let age = |at: Option<jiff::Timestamp>| at.map(|at| now.duration_since(at).as_secs().max(0));
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let for_a_person = |fault: Option<LaneFault>| {
        matches!(fault, Some(LaneFault::LoginRefused | LaneFault::LoginToken | LaneFault::LoginBlocked))
    };
    match what {
        // A store without a pass began when it was made.
        Watched::Pass => age(status.last_good_pass.or(Some(status.origin.created_at))),
        Watched::Login => {
            let faults = [figures.mailbox_fault(), figures.outbox_fault()];
            Some(number(faults.into_iter().filter(|fault| for_a_person(*fault)).count() as u64))
        }
        Watched::Store => Some(i64::from(figures.unwritable)),
        Watched::Outbox => {
            Some(status.outbox_fault.as_ref().and_then(|(.., since)| age(*since)).unwrap_or(0))
        }
        Watched::Answers => Some(age(status.oldest_waiting).unwrap_or(0)),
        Watched::Refused => {
            let ours = figures.outbox_fault() == Some(LaneFault::RefusesUs);
            Some(if ours { number(figures.waiting()).max(1) } else { 0 })
        }
        Watched::Breaker => Some(i64::from(status.breaker.is_some())),
        Watched::Review => Some(age(status.oldest_review).unwrap_or(0)),
        Watched::Owed => Some(number(figures.owed())),
        Watched::OtherRules => Some(number(figures.other_rules)),
        Watched::Disk => figures.space.and_then(|space| percent(space.free, space.all)),
        Watched::Quota => status.quota.and_then(|(used, limit)| percent(used, limit)),
        Watched::Certificate => {
            let ends = figures.certificates.iter().map(|(_, until)| until.duration_since(*now).as_secs());
            ends.min()
        }
        Watched::Clock => Some(number(figures.wrong_clocks)),
        Watched::Configuration => {
            let refused = status.configuration_problem.is_some().then_some(i64::MAX);
            Some(refused.or(figures.configuration_differs).unwrap_or(0))
        }
        // None at all is as old as can be.
        Watched::Backup => figures.newest_backup.map(|newest| age(newest).unwrap_or(i64::MAX)),
        Watched::NoneOpen => Some(number(figures.came_to_none)),
    }
}

fn percent(part: u64, whole: u64) -> Option<i64> {
    let percent = u128::from(part).saturating_mul(100).checked_div(u128::from(whole))?;
    i64::try_from(percent).ok()
}
