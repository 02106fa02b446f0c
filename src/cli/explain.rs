//! `explain`: why one mail was treated as it was, in words that staff can pass on: the answer first, then every step
//! with what it saw.

mod conclusion;
mod steps;

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use super::submissions::{log_unmasked, mask_shown};
use super::{Exit, Failure, Outcome, open_for_reading, print};
use crate::config::Settings;
use crate::details::mask;
use crate::mail::rfc3339_utc;
use crate::store::Explained;

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
    let mut found = store.explain_number(which).map_err(|error| Failure::from(&error))?;
    if found.is_empty() {
        found = store.explain_message_id(which).map_err(|error| Failure::from(&error))?;
    }
    if found.is_empty() {
        found = store.explain_entry(which).map_err(|error| Failure::from(&error))?;
    }
    if found.is_empty() {
        let message = format!(
            "nothing is recorded under {which}: neither a registration number nor the Message-ID, UID or digest of a mail that was ever seen"
        );
        return Err(Failure::new(Exit::Data, message));
    }
    if arguments.unmasked {
        log_unmasked(settings, which, found.len())?;
    } else {
        found.iter_mut().for_each(mask_explained);
    }
    if arguments.json {
        let all = found.iter().map(|explained| to_json(explained, settings)).collect();
        print(&format!("{:#}\n", Value::Array(all)))?;
    } else {
        let texts: Vec<String> = found.iter().map(|explained| to_text(explained, settings)).collect();
        print(&texts.join("\n"))?;
    }
    Ok(Exit::Ok)
}

fn mask_explained(explained: &mut Explained) {
    if let Some(shown) = &mut explained.submission {
        mask_shown(shown);
    }
    if let Some(message) = &mut explained.message {
        message.subject = message.subject.as_deref().map(mask::text);
        mask_values(&mut message.evidence);
        for (_, _, text) in &mut message.opinions {
            *text = mask::text(text);
        }
        if let Some(acknowledgement) = &mut message.acknowledgement {
            acknowledgement.recipient = acknowledgement.recipient.as_deref().map(mask::email);
        }
    }
}

/// Masks every value that quotes the mail; `as_written` of a name or organisation is masked as a name.
fn mask_values(value: &mut Value) {
    match value {
        Value::String(text) => *text = mask::text(text),
        Value::Array(items) => items.iter_mut().for_each(mask_values),
        Value::Object(map) => {
            let is_name =
                map.get("field").and_then(Value::as_str).is_some_and(|field| field.starts_with("name"));
            for (key, value) in map.iter_mut() {
                match value {
                    Value::String(text) if is_name && key == "as_written" => *text = mask::name(text),
                    other => mask_values(other),
                }
            }
        }
        _ => {}
    }
}

fn to_json(explained: &Explained, settings: &Settings) -> Value {
    let message = explained.message.as_ref().map(|message| {
        json!({
            "subject": message.subject,
            "sent_as_written": message.sent_as_written,
            "internal_date": message.internal_date.map(rfc3339_utc),
            "received_at": message.received_at.map(rfc3339_utc),
            "received_basis": message.received_basis,
            "received_evidence": message.received_evidence,
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
        "reason": explained.reason,
        "conclusion": conclusion::of(explained, settings),
        "steps": steps,
        "message": message,
        "submission": explained.submission.as_ref().map(super::submissions::shown_json),
    })
}

fn to_text(explained: &Explained, settings: &Settings) -> String {
    let mut text = format!("结论：{}\n", conclusion::of(explained, settings));
    for (number, step) in (1..).zip(steps::all(explained, settings)) {
        for (index, line) in step.lines.iter().enumerate() {
            let _ = match index {
                0 => writeln!(text, "{number:>3}. {}：{line}", step.title),
                _ => writeln!(text, "     {line}"),
            };
        }
    }
    text
}
