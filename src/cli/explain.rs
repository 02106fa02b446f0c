//! `explain`: why one mail was treated as it was, in words that staff can pass on: the answer first, then every step
//! with what it saw.

mod conclusion;
mod steps;

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use super::masking::mask_explained;
use super::opening::open_for_reading;
use super::outcome::{Exit, Failure, Outcome, print, print_json};
use super::submissions::log_unmasked;
use crate::config::Settings;
use crate::store::Explained;
use crate::vocabulary::{printable, rfc3339_utc};

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// A registration number like LNZX-2024-0001, or a Message-ID with or without angle brackets; a UID, a file name or
    /// the beginning of a SHA-256 digest will do too
    #[arg(value_name = "NUMBER|MESSAGE-ID")]
    which: String,
    /// Print names, phones and addresses in full; the event log records it
    #[arg(long)]
    unmasked: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn explain(settings: &Settings, arguments: &ExplainArguments) -> Outcome {
    let store = open_for_reading(settings)?;
    let which = arguments.which.trim().trim_start_matches('<').trim_end_matches('>');
    let mut found = store.explain_number(which)?;
    if found.is_empty() {
        found = store.explain_message_id(which)?;
    }
    if found.is_empty() {
        found = store.explain_entry(which)?;
    }
    if found.is_empty() {
        let message =
            format!("没有关于 {which} 的记录：既不是登记编号，也不是读到过的邮件的标识、UID、文件名或摘要");
        return Err(Failure::new(Exit::Data, message));
    }
    if arguments.unmasked {
        log_unmasked(settings, which, found.len())?;
    } else {
        found.iter_mut().for_each(mask_explained);
    }
    if arguments.json {
        let all = found.iter().map(|explained| to_json(explained, settings)).collect();
        print_json(&Value::Array(all))?;
    } else {
        let texts: Vec<String> = found.iter().map(|explained| to_text(explained, settings)).collect();
        print(&texts.join("\n"))?;
    }
    Ok(Exit::Ok)
}

fn to_json(explained: &Explained, settings: &Settings) -> Value {
    let message = explained.message.as_ref().map(|message| {
        json!({
            "subject": message.subject,
            "sent_as_written": message.sent_as_written,
            "internal_date": message.internal_date.map(rfc3339_utc),
            "received_at": message.received_at.map(rfc3339_utc),
            "received_basis": message.received_basis,
            "received_evidence": message.received_evidence.word,
            "received_evidence_detail": message.received_evidence.detail,
            "evidence": message.evidence,
        })
    });
    let steps: Vec<Value> = steps::all(explained, settings)
        .into_iter()
        .map(|step| json!({ "step": step.title, "lines": step.lines }))
        .collect();
    json!({
        "entry": {
            "folder": explained.folder,
            "uid_validity": explained.uid_validity,
            "uid": explained.uid,
            "sha256": explained.sha256,
            "size_bytes": explained.size_bytes,
            "seen_at": explained.seen_at.map(rfc3339_utc),
        },
        "disposition": explained.disposition,
        "reason": explained.reason.word,
        "reason_detail": explained.reason.detail,
        "conclusion": conclusion::of(explained, settings),
        "steps": steps,
        "message": message,
        "submission": explained.submission.as_ref().map(super::submissions::shown_json),
    })
}

fn to_text(explained: &Explained, settings: &Settings) -> String {
    let mut text = format!("结论：{}\n", conclusion::of(explained, settings));
    for (number, step) in (1..).zip(steps::all(explained, settings)) {
        for (index, line) in step.lines.iter().map(|line| printable::line(line)).enumerate() {
            let _ = match index {
                0 => writeln!(text, "{number:>3}. {}：{line}", step.title),
                _ => writeln!(text, "     {line}"),
            };
        }
    }
    text
}
