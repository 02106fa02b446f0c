//! `status`: whether the daemon does its job, in one look.

mod arguments;
mod monitor;
mod span;
mod study;

use std::fmt::Write;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::copied;
use super::held::held;
use super::holding::{self, Holding, Unwritable, named};
use super::opening::open_for_reading;
use super::outcome::{Exit, Outcome, print, print_json};
use super::reconcile::otherwise_in_words;
use super::review::{unanswered, unentered};
use crate::config::Settings;
use crate::store::{Counts, FolderPass, Store, StoreStatus};
use crate::vocabulary::{
    BreakerReason, Consultation, Disposition, LaneFault, ReviewReason, Status, Word, rfc3339_utc, shanghai,
};
use crate::watch::judged_otherwise;
use crate::words::{self, Chinese};
use crate::world::World;

pub(super) use arguments::StatusArguments;
pub(super) use monitor::could_not_look;
use span::span;

pub(super) fn status(settings: &Settings, file: &Path, wanted: &StatusArguments) -> Outcome {
    if wanted.check {
        return monitor::check(settings, file, wanted);
    }
    let as_json = wanted.json;
    let holding = holding::look(&settings.store_path);
    let store = open_for_reading(settings)?;
    let found = store.status()?;
    let (_stopper, world) = World::new();
    let now = world.now();
    let disk = disk(settings, &store);
    let otherwise = judged_otherwise(settings, &store)?;
    let studies = study::found(&store, &settings.consultations)?;
    if as_json {
        let mut value = to_json(settings, &found, disk, now);
        if let Some(value) = value.as_object_mut() {
            value.insert("judged_under_other_rules".to_owned(), json!(otherwise));
            value.insert("study".to_owned(), study::to_json(&settings.consultations, &studies, now));
            value.insert("reading_copy".to_owned(), copied::to_json(settings, &found, now));
            value.insert("daemon".to_owned(), json!(holding.daemon));
            value
                .insert("unwritable".to_owned(), json!(holding.unwritable.as_ref().map(Unwritable::to_json)));
            value.insert("log_readers".to_owned(), json!(holding.readers));
        }
        print_json(&value)?;
    } else {
        let otherwise =
            otherwise_in_words(otherwise).map_or_else(String::new, |words| format!("待重新判断：{words}\n"));
        print(
            &(to_text(settings, &found, disk, &holding, now)
                + &study::lines(&settings.consultations, &studies, now)
                + &copied::line(settings, &found, now)
                + &otherwise),
        )?;
    }
    Ok(if holding.unwritable.is_some() { Exit::Difference } else { Exit::Ok })
}

/// Space, in bytes.
#[derive(Clone, Copy)]
struct Disk {
    /// Of the store with its WAL.
    used: u64,
    /// Of the WAL alone.
    wal: u64,
    /// Left for an ordinary user on the store's file system; `None` when the system does not say.
    free: Option<u64>,
}

fn disk(settings: &Settings, store: &Store) -> Disk {
    let wal = store.wal_bytes();
    let used = wal + std::fs::metadata(&settings.store_path).map_or(0, |metadata| metadata.len());
    let free = rustix::fs::statvfs(&settings.store_path)
        .ok()
        .map(|found| found.f_bavail.saturating_mul(found.f_frsize));
    Disk { used, wal, free }
}

fn count(counts: &Counts, words: &[&str]) -> u64 {
    counts.iter().filter(|(word, _)| words.contains(&word.as_str())).map(|(_, count)| count).sum()
}

fn seconds_since(at: Option<Timestamp>, now: Timestamp) -> Option<i64> {
    at.map(|at| now.duration_since(at).as_secs())
}

fn to_json(settings: &Settings, found: &StoreStatus, disk: Disk, now: Timestamp) -> Value {
    let object = |counts: &Counts| {
        Value::Object(counts.iter().map(|(word, count)| (word.clone(), json!(count))).collect())
    };
    json!({
        "now": rfc3339_utc(now),
        "last_good_pass": found.last_good_pass.map(rfc3339_utc),
        "last_good_pass_age_seconds": seconds_since(found.last_good_pass, now),
        "last_problem": found.last_problem,
        "last_fault": found.last_fault,
        "next_pass_at": found.next_pass.map(rfc3339_utc),
        "entries": object(&found.entries),
        "backlog": found.gaps,
        "quarantine": found.set_aside,
        "submissions": object(&found.submissions),
        "review": {
            "waiting": count(&found.submissions, &["review"]),
            "oldest_received_at": found.oldest_review.map(rfc3339_utc),
            "oldest_age_seconds": seconds_since(found.oldest_review, now),
            "reasons": object(&found.reviews),
        },
        "unanswered": found.unanswered,
        "unentered": {
            "letters": found.unentered.letters,
            "linked": found.unentered.linked,
            "not_opening": found.unentered.shut,
            "command": "list --unentered",
        },
        "outbox": {
            "states": object(&found.acknowledgements),
            "waiting": count(&found.acknowledgements, &["queued", "deferred"]),
            "oldest_queued_at": found.oldest_waiting.map(rfc3339_utc),
            "oldest_age_seconds": seconds_since(found.oldest_waiting, now),
            "fault": found.outbox_fault.as_ref().map(|(word, ..)| word),
            "problem": found.outbox_fault.as_ref().map(|(_, problem, _)| problem),
            "fault_since": found.outbox_fault.as_ref().and_then(|(.., since)| *since).map(rfc3339_utc),
        },
        "held": held(settings, found, now).iter().map(|held| held.word).collect::<Vec<_>>(),
        "held_at_first_contact": found.held_at_first_contact,
        "held_after_restore": found.held_after_restore,
        "restored_at": found.origin.restored_at.map(rfc3339_utc),
        "clock_jump_seconds": found.clock_jump.map(|(_, seconds)| seconds),
        "breaker": found.breaker.as_ref().map(|reason| &reason.word),
        "breaker_detail": found.breaker.as_ref().map(|reason| &reason.detail),
        "breaker_since": found.breaker.as_ref().and(found.breaker_since).map(rfc3339_utc),
        "folders": found.folders.iter().map(|(folder, uid_validity, last_uid)| {
            json!({ "folder": folder, "uid_validity": uid_validity, "last_uid": last_uid })
        }).collect::<Vec<_>>(),
        "mailbox_quota": found.quota.map(|(used_kib, limit_kib)| {
            json!({ "used_kib": used_kib, "limit_kib": limit_kib })
        }),
        "folder_passes": found.folder_passes.iter().map(|pass| json!({
            "folder": pass.folder,
            "read_at": pass.read_at.map(rfc3339_utc),
            "problem": pass.problem,
            "failing_since": pass.failing_at.map(rfc3339_utc),
        })).collect::<Vec<_>>(),
        "certificates": certificates(found),
        "store": settings.store_path.display().to_string(),
        "disk": {
            "store_bytes": disk.used,
            "wal_bytes": disk.wal,
            "wal_warning_bytes": settings.wal_warning_bytes,
            "free_bytes": disk.free,
        },
        "deadlines": settings.consultations.iter().map(|consultation| json!({
            "consultation": consultation.id,
            "closes": rfc3339_utc(consultation.closes),
            "seconds_left": consultation.closes.duration_since(now).as_secs().max(0),
        })).collect::<Vec<_>>(),
    })
}

fn to_text(
    settings: &Settings,
    found: &StoreStatus,
    disk: Disk,
    holding: &Holding,
    now: Timestamp,
) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "{label}：{value}");
    };
    let ago = |at: Option<Timestamp>| {
        at.map_or_else(
            || "从未".to_owned(),
            |at| match now.duration_since(at).as_secs() {
                // A few seconds are the difference of two readings.
                seconds if seconds < -60 => format!("{}（在将来，时钟有误）", beijing(at)),
                seconds => format!("{}（{}前）", beijing(at), span(seconds)),
            },
        )
    };
    if let Some(unwritable) = &holding.unwritable {
        let (label, words) = unwritable.line(now);
        line(&label, &words);
    }
    // Whatever either lane would do, nobody does it.
    let stopped = if holding.daemon.is_none() { "；服务未运行" } else { "" };
    line("最近一次收信", &format!("{}{stopped}", ago(found.last_good_pass)));
    if let Some(late) = late(settings, found, holding, now) {
        line("收信迟了", &late);
    }
    if let Some(problem) = &found.last_problem {
        line("上次收取的故障", &fault(found.last_fault.as_deref().unwrap_or_default(), problem));
    }
    if let Some(next) = found.next_pass.filter(|next| *next > now) {
        line("下次收取", &format!("{}（{}后）", beijing(next), span(next.duration_since(now).as_secs())));
    }
    for (label, words) in servers(found, now) {
        line(&label, &words);
    }
    if let Some((used, limit)) = found.quota {
        line("邮箱配额", &quota(used, limit));
    }
    let entries = Disposition::ALL
        .iter()
        .map(|disposition| {
            format!("{} {}", disposition.short(), count(&found.entries, &[disposition.as_str()]))
        })
        .collect::<Vec<_>>()
        .join("，");
    line("邮箱来信", &entries);
    let owed = if found.gaps == 0 {
        "0 封".to_owned()
    } else {
        format!(
            "{} 封没有原件：服务器报告了却没有交出，会再取；refetch 可立即再取，reconcile 逐封列出",
            found.gaps
        )
    };
    line("待重新收取", &owed);
    let states = found
        .submissions
        .iter()
        .map(|(word, count)| format!("{} {count}", words::short(Status::KIND, word)))
        .collect::<Vec<_>>()
        .join("，");
    line("登记件", if states.is_empty() { "无" } else { &states });
    let waiting = count(&found.submissions, &["review"]);
    if waiting > 0 {
        line(
            "待核",
            &format!("{waiting} 件（只待答复或更正的在内），最早一件收到于 {}", ago(found.oldest_review)),
        );
        line("待核原因", &by_reason(found));
    }
    for (label, words) in outstanding(found) {
        line(label, &words);
    }
    let acknowledgements = &found.acknowledgements;
    line(
        "回执",
        &format!(
            "已发 {}，待发 {}，失败 {}，不发 {}",
            count(acknowledgements, &["sent"]),
            count(acknowledgements, &["queued", "deferred"]),
            count(acknowledgements, &["failed"]),
            count(acknowledgements, &["withheld"])
        ),
    );
    if let Some(oldest) = found.oldest_waiting {
        line("最早待发回执", &ago(Some(oldest)));
    }
    if let Some((word, problem, since)) = &found.outbox_fault {
        line("回执发送的故障", &format!("{} 起，{}", ago(*since), fault(word, problem)));
    }
    line("回执发送", &sending(found, holding, &ago(found.breaker_since)));
    for held in held(settings, found, now) {
        line(held.label, &held.words);
    }
    let free = disk.free.map_or_else(String::new, |free| format!("，磁盘剩余 {} MiB", free >> 20));
    line("数据库", &format!("{}（{} KiB{free}）", settings.store_path.display(), disk.used.div_ceil(1024)));
    if disk.wal >= settings.wal_warning_bytes {
        line("预写日志过大", &large_log(disk.wal, holding));
    }
    for consultation in &settings.consultations {
        line(&format!("截止〔{}〕", consultation.id), &deadline(consultation, now));
    }
    text
}

/// What is owed to those whose letters were decided on, and what is not entered of those that count.
fn outstanding(found: &StoreStatus) -> impl Iterator<Item = (&'static str, String)> {
    let answers = (found.unanswered > 0).then(|| ("尚未答复", unanswered(found.unanswered)));
    let files = (found.unentered.letters > 0).then(|| ("尚未录入", unentered(found.unentered)));
    answers.into_iter().chain(files)
}

/// How each folder fared, and how long the servers' certificates are good.
fn servers(found: &StoreStatus, now: Timestamp) -> Vec<(String, String)> {
    let folder = |pass: &FolderPass| {
        let problem = pass.problem.as_ref().map_or_else(String::new, |problem| {
            format!("；{} 起读不了：{problem}", pass.failing_at.map_or_else(String::new, beijing))
        });
        let at = pass.read_at.map_or_else(|| "从未".to_owned(), beijing);
        (format!("文件夹 {}", pass.folder), format!("最近收取于 {at}{problem}"))
    };
    let certificates = [("收信", found.mailbox_certificate), ("发信", found.outbox_certificate)];
    let certificates = certificates
        .into_iter()
        .filter_map(|(lane, until)| Some((format!("证书〔{lane}〕"), certificate(until?, now))));
    found.folder_passes.iter().map(folder).chain(certificates).collect()
}

/// Whether answers leave: what holds them, and whether anybody sends them.
fn sending(found: &StoreStatus, holding: &Holding, since: &str) -> String {
    match (&found.breaker, holding.daemon) {
        (Some(reason), daemon) => {
            let stopped = if daemon.is_none() { "；服务未运行" } else { "" };
            format!("已暂停，{}；开始于 {since}{stopped}", words::tell(BreakerReason::KIND, reason))
        }
        (None, Some(_)) => "正常（未达每小时、每日上限）".to_owned(),
        (None, None) => "服务未运行，待发的回执在下次运行时发出".to_owned(),
    }
}

/// That a daemon runs and finishes no pass.
fn late(settings: &Settings, found: &StoreStatus, holding: &Holding, now: Timestamp) -> Option<String> {
    let poll = settings.mailbox.poll_interval;
    let late = span(holding.late_by(found.last_good_pass, poll, now)?);
    let usual = span(i64::try_from(poll.as_secs()).unwrap_or(i64::MAX));
    Some(format!("服务在运行，已有 {late}没有收完一遍（每 {usual}收取一次），请看本页其余各行和日志"))
}

fn quota(used: u64, limit: u64) -> String {
    let percent = used.saturating_mul(100).checked_div(limit).unwrap_or(100);
    let full =
        if percent >= 90 { "：将满，届时服务器拒收来信，请清理或扩容" } else { "" };
    format!("已用 {percent}%（{used} / {limit} KiB）{full}")
}

/// Under so many days somebody should see to a new certificate.
const CERTIFICATE_DAYS: i64 = 14;

fn certificate(until: Timestamp, now: Timestamp) -> String {
    let left = until.duration_since(now).as_secs();
    let to_do = if left < CERTIFICATE_DAYS * 86_400 {
        "：请邮件服务器的管理员换证书，过期后无法连接"
    } else {
        ""
    };
    if left < 0 {
        format!("{} 已到期{to_do}", beijing(until))
    } else {
        format!("有效至 {}，还有 {}{to_do}", beijing(until), span(left))
    }
}

fn certificates(found: &StoreStatus) -> Value {
    json!({ "mailbox": found.mailbox_certificate.map(rfc3339_utc), "outbox": found.outbox_certificate.map(rfc3339_utc) })
}

fn large_log(bytes: u64, holding: &Holding) -> String {
    let (mib, who) = (bytes >> 20, named(&holding.readers));
    format!("{mib} MiB：有程序长时间打开读取{who}，请关闭它，以免占满磁盘")
}

/// A fault's kind, what to do about it, and the words of the server.
fn fault(word: &str, problem: &str) -> String {
    match words::row(LaneFault::KIND, word).filter(|_| word != LaneFault::Other.as_str()) {
        Some(row) => {
            let to_do = row.to_do().map_or_else(String::new, |to_do| format!("；{to_do}"));
            format!("{}{to_do}（{problem}）", row.short())
        }
        None => problem.to_owned(),
    }
}

fn deadline(consultation: &Consultation, now: Timestamp) -> String {
    let left = consultation.closes.duration_since(now).as_secs();
    let words = &consultation.closes_in_words;
    if left > 0 {
        format!("{words}（北京时间），还有 {}", span(left))
    } else {
        format!("{words}（北京时间），已截止")
    }
}

fn beijing(at: Timestamp) -> String {
    let t = shanghai(at);
    format!("{} {:02}:{:02}:{:02}", t.date(), t.hour(), t.minute(), t.second())
}

/// How many wait for each reason: most are of one kind, and quickly looked through.
fn by_reason(found: &StoreStatus) -> String {
    let each = found
        .reviews
        .iter()
        .map(|(word, count)| format!("{} {count}", words::short(ReviewReason::KIND, word)))
        .collect::<Vec<_>>();
    format!("{}（一件可有几种；只列一种：review list --reason 待核原因）", each.join("，"))
}
