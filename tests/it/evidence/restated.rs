//! Stores whose reasons and evidence were sentences: what they say stays, and so do their seals.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use zwfw_intake::store::{Difference, Store};

use super::verify;
use crate::support::daemon::Office;
use crate::support::repository;

/// A store as version 3 wrote it: every kind of subject, arrival, machine and answer, staff's decisions, two gaps, an open
/// breaker.
fn version_3(path: &Path) {
    let dump = fs::read_to_string(repository().join("tests/stores/store_3.sql")).unwrap();
    Connection::open(path).unwrap().execute_batch(&dump).unwrap();
}

fn migrate(path: &Path) -> Connection {
    drop(Store::open(path, Timestamp::UNIX_EPOCH).unwrap());
    Connection::open(path).unwrap()
}

fn lines(store: &Connection, sql: &str) -> Vec<String> {
    let mut statement = store.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn sentences_become_words_with_parameters_and_every_seal_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    version_3(&path);
    let contents = "SELECT number || status || subject_match || coalesce(name, '') || comment FROM submission
        UNION ALL SELECT text FROM opinion UNION ALL SELECT rfc822_message_id || state FROM acknowledgement
        WHERE rfc822_message_id IS NOT NULL UNION ALL SELECT sha256 || disposition FROM mailbox_entry
        UNION ALL SELECT at || action || detail || hash FROM event WHERE id <= 81 ORDER BY 1";
    let before = lines(&Connection::open(&path).unwrap(), contents);
    let store = migrate(&path);
    assert_eq!(lines(&store, contents), before, "nothing else changes");
    let (verified, found) = verify(&path);
    assert_eq!((found, verified.submissions, verified.entries), (vec![], 29, 41));
    assert_eq!(verified.submissions_unsealed + verified.entries_unsealed, 0);
    let sealed = "SELECT DISTINCT actor FROM event WHERE id > 81 AND action LIKE '%sealed'";
    assert_eq!(lines(&store, sealed), ["migration_6"], "each new seal names the step");

    let no_words = "SELECT reason FROM mailbox_entry WHERE reason GLOB '*[^a-z0-9_]*' UNION ALL
        SELECT reason FROM acknowledgement WHERE reason GLOB '*[^a-z0-9_]*' UNION ALL
        SELECT reason FROM gap WHERE reason GLOB '*[^a-z0-9_]*' UNION ALL
        SELECT received_evidence FROM message WHERE received_evidence GLOB '*[^a-z0-9_]*' UNION ALL
        SELECT evidence FROM message WHERE json_type(evidence, '$.subject.evidence.word') IS NOT 'text'
            OR json_type(evidence, '$.arrival.evidence.word') IS NOT 'text' OR json_type(evidence, '$.origin.word') IS NOT 'text'
            UNION ALL
        SELECT evidence FROM message WHERE evidence LIKE '%as_written\"}%'";
    assert_eq!(lines(&store, no_words), [""; 0]);
    let reasons = |table: &str| -> Vec<(String, Value)> {
        let sql = format!(
            "SELECT DISTINCT json_array(reason, json(reason_detail)) FROM {table} WHERE reason_detail IS NOT NULL ORDER BY 1"
        );
        let rows = lines(&store, &sql).into_iter();
        rows.map(|row| serde_json::from_str(&row).unwrap()).collect()
    };
    let entries = reasons("mailbox_entry");
    let number = json!({ "number": "LNZX-2024-0001" });
    for (word, detail) in [
        ("answers", number.clone()),
        ("same_content", number),
        (
            "auto_reply",
            json!({ "mark": { "word": "field_value", "field": "auto-submitted", "value": "auto-replied" } }),
        ),
        ("bounce", json!({ "mark": { "word": "report", "report_type": "delivery-status" } })),
        ("receipt", json!({ "mark": { "word": "field", "field": "x-autoreply" } })),
    ] {
        assert!(entries.contains(&(word.to_owned(), detail)), "{word} is not in {entries:?}");
    }
    let answers = reasons("acknowledgement");
    let seen = json!({ "word": "closed" });
    for (word, detail) in [
        ("refused", json!({ "code": 550, "reply": "5.1.1 <gone@example.com>: no such user" })),
        ("broken", json!({ "server": "SMTP 127.0.0.1:2599", "step": "RCPT TO", "seen": seen })),
        (
            "outcome_unknown",
            json!({ "server": "SMTP 127.0.0.1:2599", "step": "message content", "seen": seen }),
        ),
        ("returned", json!({ "words": "smtp; 552 5.2.2 mailbox full" })),
        (
            "marked_no_answer",
            json!({ "mark": { "word": "no_reply_address", "field": "from", "local": "noreply" } }),
        ),
    ] {
        assert!(answers.contains(&(word.to_owned(), detail)), "{word} is not in {answers:?}");
    }
    let gaps = reasons("gap");
    assert_eq!(gaps, [("refused".to_owned(), json!({ "words": "[INUSE] mailbox is busy" }))]);
    let fact = |key: &str| lines(&store, &format!("SELECT value FROM fact WHERE key = '{key}'")).remove(0);
    assert_eq!(fact("breaker"), "caps.per_hour");
    assert_eq!(fact("breaker_detail"), r#"{"cap":6,"sent":6}"#);
    let events = lines(&store, "SELECT count(*) || '' FROM event");
    drop(store);
    assert_eq!(lines(&migrate(&path), "SELECT count(*) || '' FROM event"), events, "once is enough");
}

/// What the step makes of a sentence is what today's rules write of the same message. That version did not keep the line for
/// which a late letter waits: with one letter, the evidence has it since.
#[test]
fn what_was_restated_is_what_is_written_today() {
    let office = Office::at_maildir();
    version_3(&office.store_path());
    drop(migrate(&office.store_path()));
    let again = office.run(&["reprocess", "--details"]).stdout;
    // Nor did it say what kind of sender wrote.
    assert!(again.contains("LNZX-2024-0024\n  来信人类别：（空） → 个人\n  判定依据：有变化\n"), "{again}");
    let others = again.lines().filter(|line| line.starts_with("  ") && !line.contains("来信人类别"));
    let others: Vec<&str> = others.filter(|line| !line.contains("人工更正保留")).collect();
    assert_eq!(others, ["  判定依据：有变化"], "{again}");
}

/// The step does not hide what somebody changed before it.
#[test]
fn a_seal_that_was_broken_before_stays_broken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    version_3(&path);
    let tampered = "UPDATE submission SET comment = 'x' WHERE id = 3;
        UPDATE mailbox_entry SET disposition = 'not_ours' WHERE id = 22;
        UPDATE message SET subject = 'x' WHERE id = (SELECT message_id FROM mailbox_entry WHERE reason = 'no_header')";
    Connection::open(&path).unwrap().execute_batch(tampered).unwrap();
    drop(migrate(&path));
    let (_, found) = verify(&path);
    let broken = |table: &str, id: i64| {
        found.iter().any(|one| one.table == table && one.id == id && one.difference == Difference::SealBroken)
    };
    assert!(broken("submission", 3) && broken("mailbox_entry", 22), "{found:?}");
    assert!(found.iter().any(|one| one.table == "message" && one.number.is_none()), "{found:?}");
    let others = found.iter().filter(|one| {
        !matches!((one.table.as_str(), one.id), ("submission" | "message", 3) | ("mailbox_entry", 22))
    });
    assert_eq!(others.count(), 1, "{found:?}");
}

#[test]
fn a_store_without_seals_gets_none_by_the_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let dump = fs::read_to_string(repository().join("tests/stores/store_1.sql")).unwrap();
    Connection::open(&path).unwrap().execute_batch(&dump).unwrap();
    let store = migrate(&path);
    assert_eq!(lines(&store, "SELECT action FROM event WHERE action LIKE '%sealed'"), [""; 0]);
    let (verified, found) = verify(&path);
    assert_eq!((found, verified.submissions_unsealed, verified.entries_unsealed), (vec![], 4, 4));
    let words =
        lines(&store, "SELECT DISTINCT json_extract(evidence, '$.subject.evidence.word') FROM message");
    assert_eq!(words, ["title"]);
}
