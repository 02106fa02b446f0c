//! Who keeps the store from being written, or its log from being moved: for `status`.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::daemon::{self, Trouble};
use crate::store::{Holder, Locks};
use crate::vocabulary::{StoreFault, Word, rfc3339_utc, shanghai};
use crate::words;

/// Who is met for so long does not write: he holds the store. A batch of letters takes less.
const PATIENCE: Duration = Duration::from_secs(2);
const GLANCE: Duration = Duration::from_millis(100);

/// What was found.
#[derive(Debug)]
pub(super) struct Holding {
    /// The daemon of this store, where one is known to run.
    pub(super) daemon: Option<u32>,
    pub(super) unwritable: Option<Unwritable>,
    /// Who reads from the log or moves it, at this moment.
    pub(super) readers: Vec<Holder>,
}

/// The store cannot be written.
#[derive(Debug)]
pub(super) struct Unwritable {
    /// Where the daemon said so.
    since: Option<Timestamp>,
    fault: String,
    problem: String,
    holders: Vec<Holder>,
}

/// Looks, and waits a moment where somebody writes.
pub(super) fn look(store: &Path) -> Holding {
    let told = daemon::trouble(store);
    let daemon = daemon::running(store).or(told.as_ref().map(|told| told.process));
    let others = |holders: Vec<Holder>| -> Vec<Holder> {
        holders.into_iter().filter(|holder| Some(holder.process) != daemon).collect()
    };
    let locks = Locks::of(store);
    let mut holders = locks.as_ref().map_or_else(Vec::new, |locks| others(locks.writers()));
    let began = Instant::now();
    while let Some(locks) = locks.as_ref().filter(|_| !holders.is_empty() && began.elapsed() < PATIENCE) {
        std::thread::sleep(GLANCE);
        let now = locks.writers();
        holders.retain(|holder| now.contains(holder));
    }
    let readers = locks.map_or_else(Vec::new, |locks| others(locks.readers()));
    Holding { daemon, unwritable: unwritable(told, holders), readers }
}

/// What the daemon said, with what was seen now: it may see less of other people's processes.
fn unwritable(told: Option<Trouble>, seen: Vec<Holder>) -> Option<Unwritable> {
    let Some(told) = told else {
        let held = StoreFault::Held.as_str().to_owned();
        let unwritable = Unwritable { since: None, fault: held, problem: String::new(), holders: seen };
        return (!unwritable.holders.is_empty()).then_some(unwritable);
    };
    let holders = if seen.is_empty() { told.holders } else { seen };
    Some(Unwritable { since: Some(told.since), fault: told.fault, problem: told.problem, holders })
}

impl Holding {
    /// How long the last good pass is ago, in seconds, where a daemon runs that should have made others since.
    pub(super) fn late_by(&self, last: Option<Timestamp>, poll: Duration, now: Timestamp) -> Option<i64> {
        let seconds = now.duration_since(last?).as_secs();
        let usual = i64::try_from(poll.saturating_mul(3).as_secs()).unwrap_or(i64::MAX);
        (self.daemon.is_some() && seconds > usual).then_some(seconds)
    }
}

impl Unwritable {
    /// Label and words of its line.
    pub(super) fn line(&self, now: Timestamp) -> (String, String) {
        let since =
            self.since.map_or_else(|| "现在".to_owned(), |since| format!("自{}起", clock(since, now)));
        let row = words::row(StoreFault::KIND, &self.fault);
        let fault = row.map_or(self.fault.as_str(), |row| row.short());
        let to_do = row.and_then(|row| row.to_do()).map_or_else(String::new, |to_do| format!("；{to_do}"));
        let named = if self.fault == StoreFault::Held.as_str() {
            named(&self.holders)
        } else {
            format!("（{}）", self.problem)
        };
        (format!("{since}无法写入"), format!("{fault}{named}{to_do}"))
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "since": self.since.map(rfc3339_utc),
            "fault": self.fault,
            "problem": self.problem,
            "holders": self.holders,
        })
    }
}

/// All who hold anything of the store, for a command that failed for it.
pub(super) fn everybody(store: &Path) -> String {
    named(&Locks::of(store).map_or_else(Vec::new, |locks| locks.all()))
}

/// `（进程 2208，用户 root，程序 python3）`; empty where nobody is known. What the system hides is said to be hidden.
pub(super) fn named(holders: &[Holder]) -> String {
    let named = |holder: &Holder| {
        let Holder { process, user, program } = holder;
        if *process == 0 {
            return "进程号看不到，可能在容器或另一台机器上".to_owned();
        }
        if user.is_none() && program.is_none() {
            return format!("进程 {process}，其用户和程序在此看不到，请以 root 运行 ps -fp {process}");
        }
        let user = user.as_ref().map_or_else(String::new, |user| format!("，用户 {user}"));
        let program = program.as_ref().map_or_else(String::new, |program| format!("，程序 {program}"));
        format!("进程 {process}{user}{program}")
    };
    let all: Vec<String> = holders.iter().map(named).collect();
    if all.is_empty() { String::new() } else { format!("（{}）", all.join("；")) }
}

/// `12:17`, with its day where that is not today.
fn clock(at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (shanghai(at), shanghai(now));
    let day =
        if at.date() == now.date() { String::new() } else { format!("{}月{}日", at.month(), at.day()) };
    format!("{day}{:02}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn holder(process: u32, program: &str) -> Holder {
        Holder { process, user: Some("root".to_owned()), program: Some(program.to_owned()) }
    }

    #[test]
    fn since_when_and_who_in_one_line() {
        let now = at("2024-03-12T05:00:00Z");
        let told = Trouble {
            process: 1,
            since: at("2024-03-12T04:17:25Z"),
            fault: "held".to_owned(),
            problem: "another program holds the store; held by process 2208".to_owned(),
            holders: vec![Holder { process: 2208, user: None, program: None }],
        };
        let seen = vec![holder(2208, "python3")];
        let (label, words) = unwritable(Some(told.clone()), seen.clone()).unwrap().line(now);
        assert_eq!(label, "自12:17起无法写入");
        assert!(words.starts_with("数据库被另一程序占用（进程 2208，用户 root，程序 python3）"), "{words}");
        let (_, words) = unwritable(Some(told.clone()), Vec::new()).unwrap().line(now);
        let hidden = "数据库被另一程序占用（进程 2208，其用户和程序在此看不到，请以 root 运行 ps -fp 2208）";
        assert!(words.starts_with(hidden), "{words}");
        assert_eq!(named(&[holder(7, "sqlite3")]), "（进程 7，用户 root，程序 sqlite3）");
        let elsewhere = named(&[Holder { process: 0, user: None, program: None }]);
        assert_eq!(elsewhere, "（进程号看不到，可能在容器或另一台机器上）");
        let (label, _) =
            unwritable(Some(told.clone()), seen.clone()).unwrap().line(at("2024-03-14T05:00:00Z"));
        assert_eq!(label, "自3月12日12:17起无法写入");
        let (label, _) = unwritable(None, seen).unwrap().line(now);
        assert_eq!(label, "现在无法写入");
        let full = Trouble {
            fault: "disk_full".to_owned(),
            holders: Vec::new(),
            problem: "store: full".to_owned(),
            ..told
        };
        let (_, words) = unwritable(Some(full), Vec::new()).unwrap().line(now);
        assert!(words.starts_with("磁盘已满（store: full）；"), "{words}");
        assert!(unwritable(None, Vec::new()).is_none());
    }
}
