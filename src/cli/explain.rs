//! `explain`: why one mail was treated as it was, step by step, in words that staff can pass on.

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use super::submissions::{
    acknowledgement_in_chinese, log_unmasked, mask_shown, status_in_chinese, timeliness_in_chinese, when,
};
use super::{Exit, Failure, Outcome, open_for_reading, print, run, words};
use crate::config::Settings;
use crate::details::mask;
use crate::mail::{Disposition, rfc3339_utc};
use crate::store::{Explained, ExplainedMessage};

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// A registration number like LNZX-2024-0001, or a Message-ID with or without angle brackets
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
        let message = format!(
            "nothing is recorded under {which}: neither a registration number nor the Message-ID of a mail that was ever seen"
        );
        return Err(Failure::new(Exit::Data, message));
    }
    if arguments.unmasked {
        log_unmasked(settings, which, found.len())?;
    } else {
        found.iter_mut().for_each(mask_explained);
    }
    if arguments.json {
        print(&format!("{:#}\n", Value::Array(found.iter().map(to_json).collect())))?;
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

fn to_json(explained: &Explained) -> Value {
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
        "message": message,
        "submission": explained.submission.as_ref().map(super::submissions::shown_json),
    })
}

fn to_text(explained: &Explained, settings: &Settings) -> String {
    let mut text = String::new();
    let mut step = |label: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "【{label}】{value}");
        }
    };
    let disposition = Disposition::from_word(&explained.disposition).map_or("？", run::in_chinese);
    step("结论", &format!("{disposition}——{}", words::reason(&explained.reason)));
    step(
        "邮箱条目",
        &format!(
            "文件夹 {}，UID {}，{} 字节，读取于 {}",
            explained.folder,
            explained.uid,
            explained.size_bytes,
            when(explained.seen_at)
        ),
    );
    step(
        "原件摘要",
        &explained
            .sha256
            .as_deref()
            .map_or("没有取得原件".to_owned(), |sha256| format!("SHA-256 {sha256}")),
    );
    let Some(message) = &explained.message else {
        step("保存", "未保存主题和正文：与征集无关的邮件和自动邮件只留条目、摘要和理由。");
        return text;
    };
    step("主题", message.subject.as_deref().unwrap_or("（无主题）"));
    for (label, value) in judged(&message.evidence) {
        step(label, &value);
    }
    step("到达时间", &arrival(message));
    step(
        "发件时间",
        &message
            .sent_as_written
            .as_deref()
            .map_or_else(String::new, |sent| format!("{sent}（Date 字段，仅供参考，不作依据）")),
    );
    if let Some(shown) = &explained.submission {
        let row = &shown.row;
        if let Some(consultation) = settings.consultations.iter().find(|found| found.id == shown.consultation)
        {
            step(
                "时限",
                &format!(
                    "{}（截止 {}，北京时间）",
                    timeliness_in_chinese(&row.timeliness),
                    consultation.closes_in_words
                ),
            );
        }
        step("登记", &format!("编号 {}，状态：{}", row.number, status_in_chinese(&row.status)));
        let reasons: Vec<&str> = row.review_reasons.iter().map(|reason| words::review(reason)).collect();
        step("待核原因", &reasons.join("；"));
        step("重复于", shown.duplicate_of.as_deref().unwrap_or_default());
        let flags: Vec<String> =
            row.flags.iter().map(|flag| format!("{}（{flag}）", words::flag(flag))).collect();
        step("标记", &flags.join("、"));
        for acknowledgement in &shown.acknowledgements {
            let reason = acknowledgement
                .reason
                .as_deref()
                .map_or_else(String::new, |reason| format!("：{}", words::withheld(reason)));
            step(
                "回执",
                &format!(
                    "{}，{}{reason}",
                    words::kind(&acknowledgement.kind),
                    acknowledgement_in_chinese(&acknowledgement.state)
                ),
            );
        }
    }
    text
}

/// What the steps saw, in their order.
fn judged(evidence: &Value) -> Vec<(&'static str, String)> {
    let text =
        |pointer: &str| evidence.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |pointer: &str| -> Vec<&Value> {
        evidence
            .pointer(pointer)
            .and_then(Value::as_array)
            .map(|items| items.iter().collect())
            .unwrap_or_default()
    };
    let origin = match (text("/origin").as_str(), text("/origin/suspected"), text("/origin/mark")) {
        ("person", ..) => "未见自动发送的标志，按个人来信处理".to_owned(),
        (_, suspected, _) if !suspected.is_empty() => format!("可能是自动发送（{suspected}），交人工核对"),
        (_, _, mark) if !mark.is_empty() => format!("自动发送（{mark}）"),
        _ => String::new(),
    };
    let stripped: Vec<&str> = list("/subject/stripped").into_iter().filter_map(Value::as_str).collect();
    let mut steps = vec![
        ("来源判断", origin),
        ("主题判断", format!("{}（{}）", words::reason(&text("/subject/reason")), text("/subject/evidence"))),
        ("主题前缀", stripped.join(" ")),
        (
            "引用切除",
            Some(text("/quote_header"))
                .filter(|header| !header.is_empty())
                .map_or_else(String::new, |header| {
                    format!("自“{}”起为引用，不计入意见；全文另存", header.trim())
                }),
        ),
    ];
    for footer in list("/footers").into_iter().filter_map(Value::as_str) {
        steps.push(("落款广告", footer.trim().to_owned()));
    }
    for item in list("/details") {
        let part = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let line = item.get("line").and_then(Value::as_u64).unwrap_or(0);
        let place = if line == 0 { "正文之外".to_owned() } else { format!("第 {line} 行") };
        steps.push((
            "提取",
            format!(
                "{}：{place}“{}”，依据：{}",
                words::field(part("field")),
                part("as_written"),
                words::rule(part("rule"))
            ),
        ));
    }
    steps
}

fn arrival(message: &ExplainedMessage) -> String {
    let basis = match message.received_basis.as_deref() {
        Some("received") => "本单位边界服务器的 Received 记录",
        Some("internaldate") => "邮箱服务器的接收时间（INTERNALDATE）",
        Some("file") => "文件时间",
        _ => return String::new(),
    };
    let evidence = message.received_evidence.as_deref().unwrap_or_default();
    format!("{}（北京时间），依据：{basis}\n    {evidence}", when(message.received_at))
}
