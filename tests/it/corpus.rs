//! Whole messages as clients send them, from bytes to ruling: `tests/corpus/mail-*.eml`, the expectation beside each.

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{GBK, WINDOWS_1252};
use serde_json::{Value, json};
use zwfw_intake::automatic::{Origin, suppresses_answer};
use zwfw_intake::parse::{Message, ParseLimits, parse};
use zwfw_intake::respond::recipient;
use zwfw_intake::ruling::{Precedents, Reading, Rules, Ruling, read, rule};
use zwfw_intake::vocabulary::{EntryUid, FetchedMessage, Flag, FolderKey, Reason, ReviewReason, Word};

use crate::support::kinds::Kinds;
use crate::support::{liaoning, repository};

/// One message with all that is said of it.
struct Judged {
    message: Message,
    reading: Reading,
    ruling: Ruling,
}

fn judge(raw: Vec<u8>, rules: &Rules) -> Judged {
    let entry = FolderKey::imap("INBOX", 1).entry(EntryUid::Imap(1));
    let announced_size_bytes = raw.len() as u64;
    let fetched = FetchedMessage { entry, raw, time: None, announced_size_bytes, truncated: false };
    let message = parse(&fetched.raw, ParseLimits::default());
    let reading = read(&message, &fetched, rules, "2024-03-05T04:00:00Z".parse().unwrap());
    let ruling = rule(&message, &fetched, &reading, Precedents::default(), rules).ruling;
    Judged { message, reading, ruling }
}

fn rules() -> Rules {
    Rules::new(&[liaoning::consultation()], &["mx.ln.gov.cn".to_owned()])
}

/// What one key of an expectation speaks of: a column of the database, or a finding of a stage. `None`: no such key.
fn seen(judged: &Judged, key: &str) -> Option<Value> {
    let Judged { message, reading, ruling } = judged;
    let found = match key {
        "disposition" => json!(ruling.disposition().as_str()),
        "reason" => json!(ruling.reason().word()),
        "mark" => match ruling {
            Ruling::Automatic { mark, .. } => json!(mark.to_string()),
            _ => json!(null),
        },
        "delivery" => json!(ruling.reason().detail().and_then(|detail| detail.get("delivery").cloned())),
        "subject" => json!(message.subject),
        "from" => message.from.iter().map(|one| json!([one.display, one.address])).collect(),
        "text" => json!(message.text),
        "full_text" => json!(message.whole_text()),
        "attachments" => message.attachments.iter().map(|file| json!(file.filename)).collect(),
        "charset_repaired" => json!(message.defects.charset_repaired),
        "charset_lossy" => json!(message.defects.charset_lossy),
        "machine" => match &reading.origin {
            Origin::Person => json!("person"),
            Origin::Suspected { .. } => json!("suspected"),
            Origin::Machine { kind, .. } => json!(kind.as_str()),
        },
        "answerable" => json!(suppresses_answer(message).is_none()),
        "bounce_of" => {
            let report = message.report.as_ref().and_then(|report| report.original_message_id.as_ref());
            json!(report.or(message.attached_id.as_ref()))
        }
        key => return filed(ruling, key),
    };
    Some(found)
}

/// What a filing says, under the names of the database's columns; null where nothing is filed.
fn filed(ruling: &Ruling, key: &str) -> Option<Value> {
    let filing = ruling.filing();
    let found = match key {
        "status" => json!(filing.map(|filing| filing.status.as_str())),
        "subject_match" => json!(filing.map(|filing| filing.subject_match().as_str())),
        "review_reasons" => json!(filing.map(|filing| {
            filing.review_reasons.iter().copied().map(ReviewReason::as_str).collect::<Vec<_>>()
        })),
        "flags" => {
            json!(filing.map(|filing| filing.flags.iter().copied().map(Flag::as_str).collect::<Vec<_>>()))
        }
        "comment" => json!(filing.map(|filing| &filing.reading.cut.comment)),
        "only_quoted" => json!(filing.map(|filing| filing.reading.cut.only_quoted)),
        "name" => json!(filing.map(|filing| &filing.reading.details.name)),
        "name_hint" => json!(filing.map(|filing| &filing.reading.details.name_hint)),
        "organization" => json!(filing.map(|filing| &filing.reading.details.organization)),
        "occupation" => json!(filing.map(|filing| &filing.reading.details.occupation)),
        "phones" => json!(filing.map(|filing| &filing.reading.details.phones)),
        "opinions" => json!(filing.map(|filing| {
            filing.reading.details.opinions.iter().map(|item| &item.text).collect::<Vec<_>>()
        })),
        _ => return None,
    };
    Some(found)
}

/// The letter that a case describes: fields that replace the usual ones, and a body in some charset or as octets.
fn written(case: &Value) -> Vec<u8> {
    let tag = STANDARD.encode(&liaoning::consultation().subject_tag);
    let usual = [
        "Received: from mail.example.com by mx.ln.gov.cn with ESMTP id x; Tue, 5 Mar 2024 10:00:02 +0800"
            .to_owned(),
        "From: qiao@example.com".to_owned(),
        "To: zwfw@ln.gov.cn".to_owned(),
        format!("Subject: =?utf-8?B?{tag}?="),
        "Date: Tue, 5 Mar 2024 10:00:00 +0800".to_owned(),
        "Message-ID: <case@example.com>".to_owned(),
    ];
    let own: Vec<&str> = case["fields"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let name = |field: &str| field.split(':').next().unwrap_or_default().to_lowercase();
    let usual =
        usual.iter().map(String::as_str).filter(|field| !own.iter().any(|one| name(one) == name(field)));
    let mut text = usual.chain(own.iter().copied()).flat_map(|field| [field, "\n"]).collect::<String>();
    text.push('\n');
    let line_end = case["line_ends"].as_str().unwrap_or("\r\n");
    let mut raw = text.replace('\n', line_end).into_bytes();
    let body = case["body"].as_str().unwrap_or_default().replace('\n', line_end);
    match case["in"].as_str().unwrap_or("utf-8") {
        "utf-8" => raw.extend_from_slice(body.as_bytes()),
        "latin1" => raw.extend(body.chars().map(|c| u8::try_from(u32::from(c)).unwrap())),
        charset => {
            let encoding = encoding_rs::Encoding::for_label(charset.as_bytes()).unwrap();
            raw.extend_from_slice(&encoding.encode(&body).0);
        }
    }
    if let Some(octets) = case["body_base64"].as_str() {
        raw.extend(STANDARD.decode(octets).unwrap());
    }
    raw
}

/// What one more key of a case says beside those of the corpus: words that must stand somewhere, or must not.
fn holds(judged: &Judged, key: &str, expected: &Value) -> Option<(bool, Value)> {
    let found = |name: &str| seen(judged, name).unwrap();
    let words = || expected.as_array().into_iter().flatten().filter_map(Value::as_str);
    let comment = found("comment").as_str().unwrap_or_default().to_owned();
    let flags = found("flags");
    let has_flag = |word: &str| flags.as_array().is_some_and(|flags| flags.contains(&json!(word)));
    Some(match key {
        "comment_has" => (words().all(|word| comment.contains(word)), json!(comment)),
        "comment_hasnt" => (!words().any(|word| comment.contains(word)), json!(comment)),
        "flags_has" => (words().all(has_flag), flags),
        "flags_hasnt" => (!words().any(has_flag), flags),
        "opinions_n" => {
            let opinions = found("opinions");
            (
                opinions.as_array().map(Vec::len) == expected.as_u64().and_then(|n| usize::try_from(n).ok()),
                opinions,
            )
        }
        "joined" => {
            let joined: String = comment.chars().filter(|c| !c.is_whitespace()).collect();
            (joined == expected.as_str().unwrap_or_default(), json!(joined))
        }
        "date" => {
            let date = json!(judged.message.date.map(|date| date.as_written()));
            (date == *expected, date)
        }
        "recipient" => {
            let from = judged.message.author().map_or("", |author| author.address.as_str());
            let recipient = json!(recipient(&judged.message, from));
            (recipient == *expected, recipient)
        }
        "subject_line" => {
            let line = json!(judged.reading.subject_line);
            (line == *expected, line)
        }
        _ => return None,
    })
}

/// The cases of a file, by kind; beside each kind the honest letters that look like it.
fn of_each_kind(of: &'static str, cases: &str) {
    let rules = rules();
    let cases: Value = serde_json::from_str(cases).unwrap();
    let mut kinds = Kinds::new(of);
    for (index, case) in cases.as_array().unwrap().iter().enumerate() {
        let kind = case["kind"].as_str().unwrap();
        let judged = judge(written(case), &rules);
        let mut wrong = Vec::new();
        for (key, expected) in case["expect"].as_object().unwrap() {
            let (holds, found) = holds(&judged, key, expected).unwrap_or_else(|| {
                let found = seen(&judged, key).unwrap_or_else(|| panic!("{kind}: unknown key {key}"));
                (found == *expected, found)
            });
            if !holds {
                wrong.push(format!("no. {}: {key}\n  expected {expected}\n  found    {found}", index + 1));
            }
        }
        kinds.case(kind.trim_end_matches(": honest"), wrong);
    }
    let few: Vec<_> = kinds.sizes().filter(|(_, all)| *all < 3).collect();
    assert!(few.is_empty(), "{few:?}");
    kinds.tell();
}

/// What programs, gateways and relays leave of charsets, encodings, structure and fields.
#[test]
fn bytes_of_each_kind_are_read() {
    of_each_kind("bytes", include_str!("../cases/bytes.json"));
}

/// What machines report of mail that went out: whom it did not reach, and with which status.
#[test]
fn reports_of_each_kind_are_read() {
    of_each_kind("reports", include_str!("../cases/reports.json"));
}

/// The files of the corpus whose names begin so, in order.
fn corpus(prefix: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(repository().join("tests/corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix))
        .collect();
    files.sort();
    files
}

#[test]
fn whole_messages_are_ruled_on_as_expected() {
    let rules = rules();
    let mut kinds = Kinds::new("whole messages");
    let files = corpus("mail-");
    assert!(files.len() >= 100, "the corpus is gone");
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let expected =
            fs::read_to_string(path.with_extension("json")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected: Value =
            serde_json::from_str(&expected).unwrap_or_else(|error| panic!("{name}: {error}"));
        let judged = judge(fs::read(&path).unwrap(), &rules);
        let mut wrong = Vec::new();
        for (key, expected) in expected.as_object().unwrap() {
            if key == "why" {
                continue;
            }
            let found = seen(&judged, key).unwrap_or_else(|| panic!("{name}: unknown key {key}"));
            if found != *expected {
                wrong.push(format!("{name}: {key}\n  expected {expected}\n  found    {found}"));
            }
        }
        // `mail-quote-foxmail` is of the kind `quote`.
        kinds.case(name.split('-').nth(1).unwrap(), wrong);
    }
    kinds.tell();
}

/// Messages whose bytes are broken, or whose sender wrote U+FFFD: what nobody can read.
const BROKEN: [&str; 4] = [
    "mail-charset-body-broken-byte",
    "mail-charset-body-gbk-broken-byte",
    "mail-charset-body-sender-fffd",
    "parse-body-utf8-one-broken-byte",
];

/// Text read in the wrong charset gives itself away: written back in that charset, it is Chinese in the right one.
fn mojibake(text: &str) -> Option<String> {
    let chinese = |bytes: &[u8]| {
        let utf8 = std::str::from_utf8(bytes).ok().map(str::to_owned);
        let gbk = || GBK.decode_without_bom_handling_and_without_replacement(bytes).map(String::from);
        utf8.filter(|text| text.chars().filter(|c| is_han(*c)).count() > 1).or_else(gbk)
    };
    text.split(|c: char| c.is_ascii()).filter(|run| run.chars().count() > 1).find_map(|run| {
        let private =
            run.chars().any(|c| matches!(c, '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | '\u{fffd}'));
        let (as_gbk, _, unmapped) = GBK.encode(run);
        let utf8_as_gbk = !unmapped
            && std::str::from_utf8(&as_gbk).is_ok_and(|text| text.chars().filter(|c| is_han(*c)).count() > 1);
        let (as_latin, _, unmapped) = WINDOWS_1252.encode(run);
        let letters = run.chars().filter(|c| matches!(c, '\u{c0}'..='\u{ff}')).count();
        let as_latin1 = !unmapped
            && letters > 1
            && run.chars().count() >= 4
            && chinese(&as_latin).is_some_and(|text| text.chars().any(is_han));
        (private || utf8_as_gbk || as_latin1).then(|| run.to_owned())
    })
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}')
}

#[test]
fn nothing_people_read_is_garbled() {
    let (utf8, gbk) = ("请求意见".as_bytes(), GBK.encode("意见建议").0);
    for garbled in
        [GBK.decode(utf8).0, WINDOWS_1252.decode(utf8).0, WINDOWS_1252.decode(&gbk).0, "意\u{fffd}".into()]
    {
        assert!(mojibake(&garbled).is_some(), "{garbled}");
    }
    for text in [liaoning::TITLE, "王小明，café", "𠮷镕喆堃", "遼寧關於", "👍同意"] {
        assert_eq!(mojibake(text), None);
    }
    let rules = rules();
    let mut wrong = Vec::new();
    let files = corpus("");
    assert!(files.len() > 400, "the corpus is gone");
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // What the fuzzers found is garbage by nature.
        if name.starts_with("fuzz-") {
            continue;
        }
        let Judged { message, reading, .. } = judge(fs::read(&path).unwrap(), &rules);
        let names = message.from.iter().filter_map(|one| one.display.as_deref());
        let files = message.attachments.iter().filter_map(|file| file.filename.as_deref());
        let texts = [message.subject.as_deref(), reading.details.name.as_deref()].into_iter().flatten();
        let texts =
            texts.chain([message.text.as_str(), reading.cut.comment.as_str()]).chain(names).chain(files);
        let garbled: Vec<String> = texts.filter_map(mojibake).collect();
        // What a fuzzer made is broken by nature, and need not show it.
        if name.starts_with("fuzz-") {
            continue;
        }
        if garbled.is_empty() == BROKEN.contains(&name.as_str()) {
            wrong.push(format!("{name}: {garbled:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
