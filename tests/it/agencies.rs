//! Letters of offices, firms and associations: what kind of sender each is, and what becomes of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::review::{IN_TIME, import};
use crate::support::daemon::Office;
use crate::support::kinds::Kinds;
use crate::support::letter::{Letter, letter};
use crate::support::mailset::TITLE;
use crate::support::repository;

/// A letter of `tests/cases/agencies.json` as it came.
fn raw(case: &Value) -> String {
    let word = |text: &str| format!("=?utf-8?B?{}?=", BASE64.encode(text));
    let said = |key: &str| case[key].as_str().unwrap().replace("TITLE", TITLE);
    let mut raw = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n\
         From: <{}>\r\nTo: <zwfw@ln.gov.cn>\r\nDate: Tue, 12 Mar 2024 10:00:00 +0800\r\n\
         Message-ID: <{}@example.com>\r\nSubject: {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
        said("from"),
        said("id"),
        word(&said("subject")),
        said("body").replace('\n', "\r\n"),
    );
    for file in case["attachments"].as_array().into_iter().flatten().map(|name| word(name.as_str().unwrap()))
    {
        write!(
            raw,
            "--part\r\nContent-Type: application/msword; name=\"{file}\"\r\n\
             Content-Disposition: attachment; filename=\"{file}\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
        )
        .unwrap();
    }
    raw + "--part--\r\n"
}

/// What became of each letter, by its Message-ID.
fn filed(office: &Office) -> BTreeMap<String, Value> {
    let rows = office.rows().rows(
        "SELECT m.rfc822_message_id AS id, s.status, s.organization, s.sender_kind, s.flags, s.review_reasons,
            (SELECT count(*) FROM opinion AS o WHERE o.submission_id = s.id) AS items, a.state AS answer, a.reason
         FROM submission AS s JOIN message AS m ON m.id = s.message_id LEFT JOIN acknowledgement AS a ON a.message_id = m.id",
    );
    let value = |text: &str| serde_json::from_str::<Value>(text).ok().filter(|value| !value.is_string());
    let row = |row: &BTreeMap<String, String>| {
        let columns = row.iter().map(|(column, text)| (column.clone(), value(text).unwrap_or(json!(text))));
        columns.collect::<serde_json::Map<_, _>>().into()
    };
    rows.iter().map(|found| (found["id"].clone(), row(found))).collect()
}

/// What of a case is not as expected.
fn wrong(case: &Value, filed: &BTreeMap<String, Value>) -> Vec<String> {
    let id = case["id"].as_str().unwrap();
    let not_ours = json!({ "status": "not_ours" });
    let found = filed.get(&format!("{id}@example.com")).unwrap_or(&not_ours);
    let mut wrong = Vec::new();
    for (key, wanted) in case["expect"].as_object().unwrap() {
        let holds = match (&found[key], wanted) {
            (Value::Array(found), Value::Array(wanted)) => wanted.iter().all(|one| found.contains(one)),
            (found, Value::Null) => found.is_null() || found == "",
            (found, wanted) => found == wanted,
        };
        if !holds {
            wrong.push(format!("{id}: {key}: expected {wanted}, found {}", found[key]));
        }
    }
    wrong
}

#[test]
fn every_letter_of_an_office_and_every_one_that_is_none_is_filed_as_expected() {
    let office = Office::at_maildir();
    let cases = fs::read_to_string(repository().join("tests/cases/agencies.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    let folder = office.path().join("letters");
    fs::create_dir(&folder).unwrap();
    for (n, case) in cases.iter().enumerate() {
        fs::write(folder.join(format!("{n:03}.eml")), raw(case)).unwrap();
    }
    office.run_ok(&["import", "letters"]);
    let filed = filed(&office);
    let mut kinds = Kinds::new("senders");
    for case in &cases {
        kinds.case(case["kind"].as_str().unwrap(), wrong(case, &filed));
    }
    kinds.tell();
}

/// A letter of an office, a reply of its clerk from a private address, and what a person lets go.
#[test]
fn an_office_is_answered_by_a_person_only() {
    let office = Office::at_maildir();
    let text = "建议第二部分增加部门数据回流机制。\r\n某甲市数据局\r\n";
    import(&office, "1.eml", &Letter { text: text.to_owned(), ..letter(1) }, IN_TIME);
    let reply = Letter {
        subject: "补充：LNZX-2024-0001".to_owned(),
        message_id: "second@example.com".to_owned(),
        text: "再补充一条：建议统一证照目录。\r\n".to_owned(),
        ..letter(1)
    };
    import(&office, "2.eml", &reply, IN_TIME);
    let rows = office.rows();
    let states = "SELECT group_concat(kind || ' ' || state || ' ' || coalesce(reason, ''), ', ') AS all_of_them FROM acknowledgement";
    let states = || rows.rows(states)[0]["all_of_them"].clone();
    assert_eq!(states(), "accepted withheld agency, supplement withheld agency");
    for command in [&["show", "LNZX-2024-0001"][..], &["explain", "LNZX-2024-0001"], &["outbox", "list"]] {
        let said = office.run_ok(command).stdout;
        assert!(said.contains("机关单位来信，不自动答复"), "{command:?}: {said}");
    }
    assert!(
        office.run_ok(&["explain", "LNZX-2024-0001"]).stdout.contains("“局”，依据单位名称，归为“机关单位”")
    );
    office.run_ok(&["outbox", "release", "LNZX-2024-0001"]);
    assert!(states().starts_with("accepted queued"), "{}", states());
    office.run_ok(&["verify"]);
}

#[test]
fn an_office_is_answered_where_the_configuration_says_so() {
    let mut office = Office::at_maildir();
    office.set("acknowledgement", "answer_agencies", true);
    let text = "建议第二部分增加部门数据回流机制。\r\n某甲市数据局\r\n";
    import(&office, "1.eml", &Letter { text: text.to_owned(), ..letter(1) }, IN_TIME);
    assert_eq!(office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'queued'"), 1);
}

/// A store of the version before senders had a kind.
#[test]
fn what_was_filed_without_a_kind_gets_one_from_reprocess_and_every_seal_holds() {
    let office = Office::at_maildir();
    let dump = fs::read_to_string(repository().join("tests/stores/store_6.sql")).unwrap();
    Connection::open(office.store_path()).unwrap().execute_batch(&dump).unwrap();
    office.run_ok(&["run", "--once"]);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE sender_kind IS NULL"), 20);
    assert_eq!(rows.count("SELECT count(*) FROM 意见汇总 WHERE 来信人类别 <> '未判定'"), 0);
    office.run_ok(&["verify"]);
    office.run_ok(&["reprocess", "--apply"]);
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE sender_kind = 'agency'"), 1);
    assert_eq!(rows.count("SELECT count(*) FROM submission WHERE sender_kind = 'citizen'"), 19);
    assert_eq!(rows.count("SELECT count(*) FROM 意见汇总 WHERE 来信人类别 = '机关单位'"), 1);
    office.run_ok(&["verify", "--replay"]);
    assert!(office.run_ok(&["show", "LNZX-2024-0013"]).stdout.contains("来信人类别：机关单位"));
    office.run_ok(&["correct", "LNZX-2024-0013", "sender_kind", "社会组织"]);
    assert!(office.run_ok(&["list", "--json"]).stdout.contains("\"sender_kind\": \"association\""));
    office.run_ok(&["verify"]);
}
