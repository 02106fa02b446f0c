//! `status --check`: one line for a monitor, in the form that Nagios, Icinga and their kin read: state, words, figures.

use std::fmt::Write;
use std::path::Path;
use std::time::SystemTime;

use jiff::Timestamp;

use super::arguments::StatusArguments;
use super::span::span;
use crate::cli::holding;
use crate::cli::opening::open_for_reading;
use crate::cli::outcome::{Exit, Failure, Outcome, print};
use crate::config::{Settings, Thresholds, Unit, falls, unit};
use crate::vocabulary::Watched;
use crate::watch::{Figures, Finding, Level, judge, newest_backup};
use crate::words::Chinese;
use crate::world::World;

/// What the line begins with, and how the command ends.
const fn state(level: Level) -> (&'static str, Exit) {
    match level {
        Level::Ok => ("OK", Exit::Ok),
        Level::Warning => ("WARNING", Exit::Difference),
        Level::Critical => ("CRITICAL", Exit::Critical),
    }
}

/// Nobody could look.
pub(in crate::cli) fn could_not_look(failure: &Failure) -> Exit {
    let words = failure.message.split_whitespace().collect::<Vec<_>>().join(" ");
    // The bar is where the figures begin.
    drop(print(&format!("ZWFW UNKNOWN - {}\n", words.replace('|', "/"))));
    Exit::Unknown
}

pub(super) fn check(settings: &Settings, file: &Path, wanted: &StatusArguments) -> Outcome {
    let mut thresholds = settings.alert.thresholds.clone();
    for written in &wanted.threshold {
        thresholds.set_written(written).map_err(|problem| Failure::new(Exit::Usage, problem))?;
    }
    let holding = holding::look(&settings.store_path);
    let store = open_for_reading(settings)?;
    let (_stopper, world) = World::new();
    let mut figures = Figures::gather(settings, &store, world.now())?;
    figures.unwritable = holding.unwritable.is_some();
    figures.configuration_differs = differs(settings, file, &figures);
    if let Some(folder) = &wanted.backups {
        let newest = newest_backup(folder)
            .map_err(|error| Failure::new(Exit::Io, format!("{}: {error}", folder.display())))?;
        figures.newest_backup = Some(newest);
    }
    let findings = judge(&figures, &thresholds);
    let (line, exit) = line(&figures, &findings, &thresholds);
    print(&line)?;
    Ok(exit)
}

/// For how long the file has been another one than the daemon works by, by the file's time.
fn differs(settings: &Settings, file: &Path, figures: &Figures) -> Option<i64> {
    let works_by = figures.status.configuration.as_ref()?;
    if *works_by == settings.as_written.digest() {
        return None;
    }
    let changed =
        std::fs::metadata(file).and_then(|found| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let changed = Timestamp::try_from(changed).unwrap_or(Timestamp::UNIX_EPOCH);
    Some(figures.now.duration_since(changed).as_secs().max(1))
}

fn line(figures: &Figures, findings: &[Finding], thresholds: &Thresholds) -> (String, Exit) {
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    let (word, exit) = state(worst);
    let mut bad: Vec<&Finding> = findings.iter().filter(|finding| finding.level > Level::Ok).collect();
    bad.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    let mut said: Vec<String> = bad.iter().map(|finding| in_words(finding)).collect();
    if said.is_empty() {
        said.push("正常".to_owned());
    }
    if let Some(left) = figures.next_deadline() {
        said.push(format!("距截止 {}", span(left)));
    }
    let mut text = format!("ZWFW {word} - {} |", said.join("；"));
    for finding in findings {
        if let Some(value) = finding.value {
            let _ = write!(text, " {}", perfdata(finding.what, value, thresholds));
        }
    }
    let _ = write!(text, " waiting={};;;0", figures.waiting());
    if let Some(left) = figures.next_deadline() {
        let _ = write!(text, " deadline={left}s;;;0");
    }
    text.push('\n');
    (text, exit)
}

/// `最早待核来信 3 天 2 小时（review）`: the word is what a threshold is called by.
fn in_words(finding: &Finding) -> String {
    let what = finding.what;
    let value = match (finding.value.unwrap_or(0), unit(what)) {
        (i64::MAX, _) => String::new(),
        (value, Unit::Seconds) if value < 0 => format!(" 已过 {}", span(-value)),
        (value, Unit::Seconds) => format!(" {}", span(value)),
        (value, Unit::Percent) => format!(" {value}%"),
        (value, Unit::Count) => format!(" {value}"),
    };
    format!("{}{value}（{}）", what.short(), what.as_str())
}

/// `review=93600s;259200;604800;0`: value with its unit, warning, critical, least. Where less is worse, the bound is written as the
/// range that is good begins: `10:`.
fn perfdata(what: Watched, value: i64, thresholds: &Thresholds) -> String {
    let bounds = thresholds.of(what);
    let colon = if falls(what) { ":" } else { "" };
    let bound = |bound: Option<i64>| bound.map_or_else(String::new, |bound| format!("{bound}{colon}"));
    let mark = match unit(what) {
        Unit::Seconds => "s",
        Unit::Percent => "%",
        Unit::Count => "",
    };
    // What cannot be told is unknown in this form.
    let value = if value == i64::MAX { "U".to_owned() } else { format!("{value}{mark}") };
    format!("{}={value};{};{};0", what.as_str(), bound(bounds.warning), bound(bounds.critical))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_stands_with_its_bounds_and_its_unit() {
        let bounds = Thresholds::default();
        for (what, value, text) in [
            (Watched::Pass, 60, "pass=60s;900;3600;0"),
            (Watched::Disk, 40, "disk=40%;10:;2:;0"),
            (Watched::Owed, 2, "owed=2;1;;0"),
            (Watched::Backup, i64::MAX, "backup=U;172800;604800;0"),
        ] {
            assert_eq!(perfdata(what, value, &bounds), text);
        }
        let finding = |what, value| in_words(&Finding { what, level: Level::Warning, value: Some(value) });
        assert!(finding(Watched::Review, 266_400).ends_with(" 3 天 2 小时（review）"));
        assert!(finding(Watched::Certificate, -60).ends_with(" 已过 1 分钟（certificate）"));
    }
}
