//! `reconcile`: the mailbox beside the record.

use std::fmt::Write;

use serde_json::{Value, json};

use super::opening::{open_for_reading, runtime};
use super::outcome::{Exit, Failure, Outcome, print, print_json};
use super::{sentences, submissions};
use crate::config::Settings;
use crate::lane::{FolderReport, MissingEntry, ReconcileError, reconcile as compare};
use crate::store::{Counts, Inconsistency};
use crate::vocabulary::{Disposition, FolderKey, rfc3339_utc};
use crate::watch;
use crate::words::Chinese;

/// Entries of one kind that are named one by one in the text; JSON has them all.
const NAMED: usize = 200;

type Compared = (String, Result<FolderReport, ReconcileError>);

pub(super) fn reconcile(settings: &Settings, as_json: bool) -> Outcome {
    let store = open_for_reading(settings)?;
    let reports = runtime()?
        .block_on(compare(&settings.mailbox, &settings.limits, &store))
        .map_err(|error| failure(&error))?;
    let inconsistencies = store.inconsistencies()?;
    let mut elsewhere = store.recorded_folders()?;
    elsewhere.retain(|(folder, _)| !reports.iter().any(|(read, _)| read == folder));
    let judged_otherwise = watch::judged_otherwise(settings, &store)?;
    let gap = !inconsistencies.is_empty()
        || judged_otherwise > 0
        || reports.iter().any(|(_, report)| report.as_ref().is_ok_and(|report| !report.is_complete()));
    if as_json {
        let mut found = to_json(&reports, &inconsistencies, &elsewhere, gap);
        if let Some(found) = found.as_object_mut() {
            found.insert("judged_under_other_rules".to_owned(), json!(judged_otherwise));
        }
        print_json(&found)?;
    } else {
        let otherwise = otherwise_in_words(judged_otherwise).map_or_else(String::new, |words| words + "\n");
        print(&(otherwise + &to_text(&reports, &inconsistencies, &elsewhere, gap)))?;
    }
    if gap {
        return Ok(Exit::Difference);
    }
    match reports.into_iter().find_map(|(_, report)| report.err()) {
        Some(error) => Err(failure(&error)),
        None => Ok(Exit::Ok),
    }
}

/// What it means that entries were judged under other rules, where there are any.
pub(super) fn otherwise_in_words(count: u64) -> Option<String> {
    (count > 0).then(|| {
        format!(
            "{count} 条记录是按其他征集设置判为无关的，尚未按现在的设置重新判断；服务重新启动后，或用 refetch --not-ours，重新读取"
        )
    })
}

fn failure(error: &ReconcileError) -> Failure {
    match error {
        ReconcileError::Store(store) => Failure::from(store),
        ReconcileError::Maildir(_) => Failure::new(Exit::Io, error.to_string()),
        ReconcileError::Imap(_)
        | ReconcileError::Pop3(_)
        | ReconcileError::NoUidValidity(_)
        | ReconcileError::TooLong(_) => Failure::new(Exit::Unavailable, error.to_string()),
    }
}

fn count(report: &FolderReport, disposition: Disposition) -> u64 {
    let counts = &report.record.by_disposition;
    counts.iter().filter(|(word, _)| word == disposition.as_str()).map(|(_, count)| count).sum()
}

fn to_text(reports: &[Compared], inconsistencies: &[Inconsistency], elsewhere: &Counts, gap: bool) -> String {
    let mut text = String::new();
    let mut unread = false;
    for (folder, report) in reports {
        match report {
            Err(error) => {
                unread = true;
                let _ = writeln!(text, "文件夹 {folder}：无法核对：{error}");
            }
            Ok(report) => folder_text(&mut text, report),
        }
    }
    for (folder, count) in elsewhere {
        let _ =
            writeln!(text, "另有 {count} 条记录属于 {folder}（导入的，或不再读取的文件夹），不与邮箱核对");
    }
    for found in inconsistencies.iter().take(NAMED) {
        let _ = writeln!(text, "记录不一致：{}：{}", found.place, found.kind.short());
    }
    if inconsistencies.len() > NAMED {
        let _ = writeln!(text, "记录不一致：另有 {} 处未列出", inconsistencies.len() - NAMED);
    }
    text.push_str(match (gap, unread) {
        (true, _) => "结论：有缺口。缺失、不同、待重新收取和待重新判断的邮件，下次收取时会再次读取。\n",
        (false, true) => "结论：有文件夹无法核对。\n",
        (false, false) => "结论：完整，邮箱中的每一封都有记录。\n",
    });
    text
}

fn folder_text(text: &mut String, report: &FolderReport) {
    let FolderReport { folder: FolderKey { name, uid_validity }, listed, gone, .. } = report;
    let validity = match uid_validity {
        0 => String::new(),
        validity => format!("（UIDVALIDITY {validity}）"),
    };
    let _ = writeln!(text, "文件夹 {name}{validity}");
    if let Some(before) = report.uid_validity_before {
        let _ = writeln!(
            text,
            "  UIDVALIDITY 自上次收取后由 {before} 变为 {uid_validity}：旧值下有 {} 条记录，下次收取时按摘要重新对应",
            report.record.under_other_validity
        );
    }
    let dispositions: Vec<String> = Disposition::ALL
        .iter()
        .map(|disposition| format!("{} {}", disposition.short(), count(report, *disposition)))
        .collect();
    let _ = writeln!(
        text,
        "  邮箱现有 {listed} + 已不在邮箱 {gone} = {} + 待重新收取 {} + 尚未读取 {} + 缺失 {}{}：{}",
        dispositions.join(" + "),
        report.owed(),
        report.not_read_yet,
        report.missing.len(),
        if report.differing.is_empty() {
            String::new()
        } else {
            format!(" + 与记录不同 {}", report.differing.len())
        },
        if report.is_balanced() { "相符" } else { "不相符" }
    );
    if report.exists > *listed {
        let _ =
            writeln!(text, "  服务器故障：报告 {} 封，只列出 {listed} 封；未列出的无法读取", report.exists);
    }
    if let Some((before, now)) = report.uid_next_fell {
        let _ = writeln!(
            text,
            "  服务器故障：UIDNEXT 由 {before} 退回到 {now}，邮箱可能恢复过备份，UID 会重复使用；下次收取时按内容核对"
        );
    }
    let looks = |entry: &MissingEntry| {
        format!("UID {}，{} 字节，到达 {}", entry.uid, entry.size_bytes, submissions::when(entry.arrived))
    };
    named(text, "与记录不同", &report.differing, |entry| {
        format!("{}；下次收取时重新读取", looks(entry))
    });
    named(text, "缺失", &report.missing, looks);
    if !report.gaps.is_empty() {
        let _ = writeln!(
            text,
            "  没有原件的来信：{} 封；服务器交出后自动登记，refetch 可立即再取",
            report.gaps.len()
        );
    }
    named(text, "待重新收取", &report.gaps, |owed| {
        format!("UID {}，已试 {} 次：{}", owed.uid, owed.attempts, sentences::entry(&owed.reason))
    });
}

/// A line for each entry of a kind, as far as they are few.
fn named<T>(text: &mut String, kind: &str, entries: &[T], line: impl Fn(&T) -> String) {
    for entry in entries.iter().take(NAMED) {
        let _ = writeln!(text, "  {kind}：{}", line(entry));
    }
    if entries.len() > NAMED {
        let _ = writeln!(text, "  {kind}：另有 {} 封未列出，--json 列出全部", entries.len() - NAMED);
    }
}

fn to_json(reports: &[Compared], inconsistencies: &[Inconsistency], elsewhere: &Counts, gap: bool) -> Value {
    let folders: Vec<Value> = reports
        .iter()
        .map(|(folder, report)| match report {
            Err(error) => json!({ "folder": folder, "problem": error.to_string() }),
            Ok(report) => json!({
                "folder": folder,
                "problem": null,
                "uid_validity": report.folder.uid_validity,
                "uid_validity_before": report.uid_validity_before,
                "last_uid": report.record.position.map(|position| position.last_uid),
                "in_mailbox": report.listed,
                "no_longer_in_mailbox": report.gone,
                "recorded": Disposition::ALL.iter()
                    .map(|disposition| (disposition.as_str().to_owned(), json!(count(report, *disposition))))
                    .collect::<serde_json::Map<_, _>>(),
                "not_read_yet": report.not_read_yet,
                "owed": report.gaps.iter().map(|owed| json!({
                    "uid": owed.uid.to_string(), "attempts": owed.attempts, "reason": owed.reason.word, "reason_detail": owed.reason.detail,
                })).collect::<Vec<_>>(),
                "exists": report.exists,
                "uid_next_fell": report.uid_next_fell.map(|(before, now)| json!({ "before": before, "now": now })),
                "differing": report.differing.iter().map(|entry| json!({
                    "uid": entry.uid.to_string(), "size_bytes": entry.size_bytes, "arrived": entry.arrived.map(rfc3339_utc),
                })).collect::<Vec<_>>(),
                "missing": report.missing.iter().map(|missing| json!({
                    "uid": missing.uid.to_string(), "size_bytes": missing.size_bytes,
                    "arrived": missing.arrived.map(rfc3339_utc),
                })).collect::<Vec<_>>(),
                "balanced": report.is_balanced(),
            }),
        })
        .collect();
    json!({
        "complete": !gap && reports.iter().all(|(_, report)| report.is_ok()),
        "folders": folders,
        "recorded_elsewhere": elsewhere.iter()
            .map(|(folder, count)| json!({ "folder": folder, "entries": count }))
            .collect::<Vec<_>>(),
        "inconsistencies": inconsistencies.iter()
            .map(|found| json!({ "what": found.kind.as_str(), "where": found.place }))
            .collect::<Vec<_>>(),
    })
}
