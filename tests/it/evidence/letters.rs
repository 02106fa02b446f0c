//! A supplement has a seal of its own: the next one leaves it as it is, and so does what staff do to the submission.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;
use rusqlite::types::Value;
use zwfw_intake::store::{Difference, Store};

use super::{copy, office, tamper, verify};
use crate::support::letter::{Letter, letter};
use crate::support::repository;

/// What each seal of the first submission speaks of: new rows, changed ones, by table.
const SEALS: &str = "SELECT group_concat(k.key || ' ' || t.key, ', ') FROM event AS e, json_each(e.detail) AS k, json_each(k.value) AS t
    WHERE e.submission_id = 1 AND e.action = 'sealed' GROUP BY e.id ORDER BY e.id";

fn lines(path: &Path, sql: &str) -> Vec<String> {
    let store = Connection::open(path).unwrap();
    let mut statement = store.prepare(sql).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn version_5(path: &Path) -> Connection {
    let dump = fs::read_to_string(repository().join("tests/stores/store_5.sql")).unwrap();
    let store = Connection::open(path).unwrap();
    store.execute_batch(&dump).unwrap();
    store
}

#[test]
fn what_comes_later_seals_itself_and_what_it_changed() {
    let office = office();
    let path = office.store_path();
    let letter_of = |row: &str| {
        format!("new acknowledgement, new attachment, new likeness, new message, new opinion, new {row}")
            .replace("new attachment, ", "")
    };
    let supplement = "new acknowledgement, new likeness, new message, new opinion, new supplement";
    let mut seals = vec![letter_of("submission"), supplement.to_owned()];
    seals[0].push_str(", new wording");
    assert_eq!(lines(&path, SEALS), seals);

    let more = |id: &str, text: &str| Letter {
        message_id: format!("{id}@example.com"),
        subject: "补充：LNZX-2024-0001".to_owned(),
        text: format!("{text}\r\n"),
        ..letter(1)
    };
    more("second", "1. 建议公布办理时限。").deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    seals.push(supplement.to_owned());
    assert_eq!(lines(&path, SEALS), seals, "nothing else is sealed again");

    // This one makes the submission wait for a person.
    let answer = lines(&path, "SELECT rfc822_message_id FROM acknowledgement WHERE id = 1").remove(0);
    Letter { in_reply_to: Some(answer), ..more("third", "我申请撤回我此前提交的意见。") }
        .deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    seals.push(
        "changed submission, new acknowledgement, new likeness, new message, new relation, new supplement"
            .to_owned(),
    );
    assert_eq!(lines(&path, SEALS), seals);

    let item = lines(
        &path,
        "SELECT CAST(max(ordinal) AS TEXT) FROM opinion WHERE message_id = (SELECT min(message_id) FROM supplement)",
    );
    office.run_ok(&["correct", "LNZX-2024-0001", "adoption", "采纳", "--item", &item[0]]);
    seals.push("changed opinion, new correction".to_owned());
    assert_eq!(lines(&path, SEALS), seals);
    assert_eq!(verify(&path).1, []);
}

#[test]
fn whatever_is_changed_in_a_supplement_is_named_with_the_number() {
    let office = office();
    let (path, original) = copy(&office);
    let of_it = "message_id = (SELECT message_id FROM supplement LIMIT 1)";
    for (table, sql) in [
        ("supplement", "UPDATE supplement SET comment = ?1".to_owned()),
        ("opinion", format!("UPDATE opinion SET text = ?1 WHERE {of_it} AND ordinal % 2 = 0")),
        (
            "message",
            format!("UPDATE message SET subject = ?1 WHERE {}", of_it.replacen("message_id", "id", 1)),
        ),
        ("acknowledgement", format!("UPDATE acknowledgement SET recipient = ?1 WHERE {of_it}")),
        (
            "attachment",
            format!(
                "INSERT INTO attachment (message_id, ordinal, media_type, size_bytes, sha256)
             SELECT message_id, 1, ?1, 1, 'x' FROM supplement WHERE {of_it}"
            ),
        ),
    ] {
        assert_eq!(tamper(&path, &original, &sql, &Value::Text("x".to_owned())), 1, "{sql}");
        let (_, found) = verify(&path);
        let named = found.iter().any(|found| {
            (found.table.as_str(), found.number.as_deref()) == (table, Some("LNZX-2024-0001"))
                && matches!(found.difference, Difference::SealBroken | Difference::Unsealed)
        });
        assert!(named, "{sql}: {found:?}");
    }
    // What belongs to no letter stands under no seal.
    let loose = "INSERT INTO opinion (submission_id, message_id, ordinal, text)
        SELECT 1, message_id, 99, ?1 FROM mailbox_entry WHERE reason = 'no_header'";
    assert_eq!(tamper(&path, &original, loose, &Value::Text("x".to_owned())), 1);
    assert!(
        verify(&path)
            .1
            .iter()
            .any(|found| found.table == "opinion" && found.difference == Difference::Unsealed)
    );
    assert_eq!(
        tamper(&path, &original, "DELETE FROM supplement WHERE ?1 IS NOT NULL", &Value::Integer(1)),
        1
    );
    assert!(
        verify(&path)
            .1
            .iter()
            .any(|found| found.table == "supplement" && found.difference == Difference::RowMissing)
    );
}

#[test]
fn an_older_seal_over_a_submission_is_divided_into_rows_where_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.sqlite3");
    drop(version_5(&whole));
    drop(Store::open(&whole, Timestamp::UNIX_EPOCH).unwrap());
    let (verified, found) = verify(&whole);
    assert_eq!((found, verified.submissions), (vec![], 20));

    // The step hides nothing: neither what was changed, nor what was taken away.
    for (n, (change, table, difference)) in [
        ("UPDATE supplement SET comment = 'x'", "supplement", Difference::SealBroken),
        ("DELETE FROM opinion WHERE submission_id = 3", "submission", Difference::SealBroken),
        ("DELETE FROM mailbox_entry WHERE disposition = 'not_ours'", "mailbox_entry", Difference::RowMissing),
        ("UPDATE mailbox_entry SET reason = 'x' WHERE id = 2", "mailbox_entry", Difference::SealBroken),
    ]
    .into_iter()
    .enumerate()
    {
        let broken = folder.path().join(format!("broken-{n}.sqlite3"));
        version_5(&broken).execute_batch(change).unwrap();
        drop(Store::open(&broken, Timestamp::UNIX_EPOCH).unwrap());
        let (_, found) = verify(&broken);
        assert!(
            found.iter().any(|found| found.table == table && found.difference == difference),
            "{change}: {found:?}"
        );
        // And nothing is made of it.
        let mut store = Store::open(&broken, Timestamp::UNIX_EPOCH).unwrap();
        store.begin().unwrap().commit().unwrap();
    }
}
