//! Messages as data: `tests/corpus/parse-*.eml`, and beside each what is expected of it (`.json`). Only the
//! keys that stand there are compared; an unknown key fails.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::*;

mod hostile;

pub(super) fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("parse-") && name.ends_with(".eml")
        })
        .collect();
    files.sort();
    files
}

fn mailboxes(list: &[Address]) -> Value {
    list.iter().map(|one| json!([one.display, one.address])).collect()
}

fn seen(message: &Message, key: &str) -> Value {
    match key {
        "subject" => json!(message.subject),
        "subject_as_received" => json!(message.subject_as_received),
        "from" => mailboxes(&message.from),
        "from_fields" => json!(message.from_fields),
        "reply_to" => mailboxes(&message.reply_to),
        "recipients" => mailboxes(&message.recipients),
        "date" => json!(message.date.map(|date| date.as_written())),
        "message_id" => json!(message.message_id),
        "thread" => json!(message.thread),
        "return_path" => match &message.return_path {
            None => Value::Null,
            Some(ReturnPath::Null) => json!("<>"),
            Some(ReturnPath::Address(address)) => json!(address),
        },
        "received" => message
            .received
            .iter()
            .map(|hop| json!([hop.from, hop.recorded, hop.by, hop.time.map(|time| time.instant.to_string())]))
            .collect(),
        "text" => json!(message.text),
        "text_source" => json!(format!("{:?}", message.text_source)),
        "attachments" => {
            message.attachments.iter().map(|file| json!([file.filename, file.media_type])).collect()
        }
        "sizes" => message.attachments.iter().map(|file| json!(file.size_bytes)).collect(),
        "sha256" => message.attachments.iter().map(|file| json!(file.sha256)).collect(),
        "report" => message.report.as_ref().map_or(Value::Null, |report| {
            json!([
                report.report_type,
                report.original_message_id,
                report.action,
                report.status,
                report.diagnostic
            ])
        }),
        "defects" => {
            let defects = message.defects;
            let named = [
                ("charset_repaired", defects.charset_repaired),
                ("charset_lossy", defects.charset_lossy),
                ("limit_reached", defects.limit_reached),
                ("no_header", defects.no_header),
                ("no_body", defects.no_body),
            ];
            named.iter().filter(|(_, set)| *set).map(|(name, _)| json!(name)).collect()
        }
        key if key.starts_with("header:") => json!(message.header(key.trim_start_matches("header:"))),
        other => panic!("unknown key {other}"),
    }
}

#[test]
fn corpus_reads_as_expected() {
    let mut wrong = Vec::new();
    let files = corpus();
    assert!(files.len() >= 60, "the corpus is gone");
    for path in files {
        let message = parse(&fs::read(&path).unwrap(), ParseLimits::default());
        let beside = fs::read_to_string(path.with_extension("json"))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let expected: Value = serde_json::from_str(&beside).unwrap();
        for (key, expected) in expected.as_object().unwrap() {
            if key == "why" {
                continue;
            }
            let seen = seen(&message, key);
            if seen != *expected {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                wrong.push(format!("{name}: {key}\n  expected {expected}\n  seen     {seen}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_and_garbage() {
    for raw in [&b""[..], b"\r\n", b"\xff\xfe\x00", b"\r\n\r\n", b"no header here"] {
        let message = parse(raw, ParseLimits::default());
        assert!(message.defects.no_header, "{raw:?}");
    }
    assert_eq!(parse(b"no header here", ParseLimits::default()).text, "no header here");
}

/// Without the feature `full_encoding` the engine turns every GBK text into U+FFFD in silence.
#[test]
fn the_engine_has_its_charsets() {
    let gbk = mail_parser::Charset::from_label(b"gbk").unwrap();
    assert_eq!(gbk.decode(&[0xd2, 0xe2, 0xbc, 0xfb]), "意见");
}
