//! Whole messages as clients send them, from bytes to ruling: `tests/corpus/mail-*.eml`, the expectation beside each.

use std::fs;

use serde_json::{Value, json};
use zwfw_intake::mail::{EntryKey, EntryUid, FetchedMessage, Flag, ReviewReason};
use zwfw_intake::parse::{ParseLimits, parse};
use zwfw_intake::ruling::{Precedents, Rules, read, rule};

use crate::support::{liaoning, repository};

/// What a ruling says, under the names of the database's columns.
fn ruling(raw: Vec<u8>) -> Value {
    let rules = Rules::new(&[liaoning::consultation()], &["mx.ln.gov.cn".to_owned()]);
    let entry = EntryKey { folder: "INBOX".to_owned(), uid_validity: 1, uid: EntryUid::Imap(1) };
    let announced_size_bytes = raw.len() as u64;
    let fetched = FetchedMessage { entry, raw, time: None, announced_size_bytes, truncated: false };
    let message = parse(&fetched.raw, ParseLimits::default());
    let reading = read(&message, &fetched, &rules, "2024-03-05T04:00:00Z".parse().unwrap());
    let ruling = rule(&message, &fetched, &reading, Precedents::default(), &rules);
    let Some(filing) = ruling.filing else { return json!({ "disposition": ruling.disposition.as_str() }) };
    json!({
        "disposition": ruling.disposition.as_str(),
        "status": filing.status.as_str(),
        "subject_match": filing.subject_match.as_str(),
        "review_reasons": filing.review_reasons.iter().copied().map(ReviewReason::as_str).collect::<Vec<_>>(),
        "flags": filing.flags.iter().copied().map(Flag::as_str).collect::<Vec<_>>(),
        "comment": filing.cut.comment,
        "name": filing.details.name,
        "occupation": filing.details.occupation,
        "phones": filing.details.phones,
        "opinions": filing.details.opinions.iter().map(|item| &item.text).collect::<Vec<_>>(),
        "full_text": message.whole_text(),
    })
}

#[test]
fn whole_messages_are_ruled_on_as_expected() {
    let mut wrong = Vec::new();
    let mut read = 0;
    for file in fs::read_dir(repository().join("tests/corpus")).unwrap().flatten() {
        let path = file.path();
        let name = file.file_name().into_string().unwrap();
        if !name.starts_with("mail-") || path.extension().is_none_or(|extension| extension != "eml") {
            continue;
        }
        read += 1;
        let expected = fs::read_to_string(path.with_extension("json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let found = ruling(fs::read(&path).unwrap());
        for (key, expected) in expected.as_object().unwrap() {
            if found[key] != *expected {
                wrong.push(format!("{name}: {key}: expected {expected}, found {}", found[key]));
            }
        }
    }
    assert!(read > 0, "no messages found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
