//! The record can be proved: a seal is led to by a recorded change, nothing is sealed over what somebody changed behind the
//! program's back, and what no seal covers is compared with what can be.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zwfw_intake::store::{Decided, Decision, Difference, Store};

use super::{office, verify};
use crate::support::daemon::{Finished, Office};
use crate::support::hex;
use crate::support::letter::{Letter, letter};
use crate::support::wait_until;

fn open(office: &Office) -> Connection {
    Connection::open(office.store_path()).unwrap()
}

fn sql(office: &Office, statements: &str) {
    open(office).execute_batch(&format!("PRAGMA foreign_keys = OFF; {statements}")).unwrap();
}

fn one(office: &Office, query: &str) -> String {
    open(office).query_row(query, [], |row| row.get::<_, String>(0)).unwrap()
}

#[track_caller]
fn refused(finished: &Finished, number: &str) {
    assert_eq!(finished.code, Some(74), "{finished:?}");
    assert!(finished.stderr.contains(number), "{finished:?}");
}

// ---- an appended seal -----------------------------------------------------------------------------------------

/// The bytes that hexadecimal digits stand for.
fn octets(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// The formula is public: whoever writes the file can use it.
fn digest(parts: &[&[u8]], rest: &[u8]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.update(rest);
    hex(&hasher.finalize()[..16], "").to_lowercase()
}

fn cell(salt: &[u8], table: &str, name: &str, value: ValueRef<'_>) -> Option<String> {
    let (kind, bytes) = match value {
        ValueRef::Null => return None,
        ValueRef::Integer(value) => (b'i', value.to_be_bytes().to_vec()),
        ValueRef::Real(value) => (b'r', value.to_be_bytes().to_vec()),
        ValueRef::Text(value) => (b't', value.to_vec()),
        ValueRef::Blob(value) => (b'b', value.to_vec()),
    };
    let mut rest = vec![kind];
    rest.extend((bytes.len() as u64).to_be_bytes());
    rest.extend(bytes);
    Some(digest(&[salt, table.as_bytes(), name.as_bytes()], &rest))
}

/// The columns of the first row of a table, digested.
fn cells(store: &Connection, table: &str) -> BTreeMap<String, String> {
    let salt: Vec<u8> =
        store.query_row("SELECT salt FROM seal WHERE submission_id = 1", [], |row| row.get(0)).unwrap();
    let instead = if table == "message" { ", raw IS NOT NULL AS has_raw" } else { "" };
    let mut statement = store.prepare(&format!("SELECT *{instead} FROM {table} WHERE id = 1")).unwrap();
    let names: Vec<String> = statement.column_names().map(ToString::to_string).collect();
    let mut rows = statement.query([]).unwrap();
    let row = rows.next().unwrap().unwrap();
    let digested = |(index, name): (usize, &String)| {
        Some((name.clone(), cell(&salt, table, name, row.get_ref(index).unwrap())?))
    };
    names.iter().enumerate().filter(|(_, name)| *name != "raw").filter_map(digested).collect()
}

/// Appends an event with the right hash.
fn append(store: &Connection, action: &str, detail: &Value) {
    let (previous, at): (String, String) = store
        .query_row("SELECT hash, at FROM event ORDER BY id DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let detail = detail.to_string();
    let mut hasher = Sha256::new();
    for field in [&*previous, &*at, "boss", action, "1", &*detail] {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    let hash = hex(&hasher.finalize(), "").to_lowercase();
    store
        .execute(
            "INSERT INTO event (at, actor, action, submission_id, detail, hash) VALUES (?1, 'boss', ?2, 1, ?3, ?4)",
            params![at, action, detail, hash],
        )
        .unwrap();
}

/// Changes the name, and seals that with the right digests; `lead` may append something that seems to lead to it.
fn forge(store: &Connection, lead: impl Fn(&Connection)) {
    forge_in(store, "submission", "name = '李四'", lead);
}

/// The same with the first row of a table.
fn forge_in(store: &Connection, table: &str, change: &str, lead: impl Fn(&Connection)) {
    let before = cells(store, table);
    store.execute(&format!("UPDATE {table} SET {change} WHERE id = 1"), []).unwrap();
    let is = cells(store, table);
    lead(store);
    let was: BTreeMap<&String, &String> =
        before.iter().filter(|(name, digest)| is.get(*name) != Some(digest)).collect();
    assert_eq!(was.len(), 1);
    let mut detail = json!({ "changed": { table: { "1": { "was": was, "is": is } } } });
    let correction: Option<i64> =
        store.query_row("SELECT max(id) FROM correction", [], |row| row.get(0)).unwrap();
    if let Some(id) = correction {
        detail["new"] = json!({ "correction": { id.to_string(): "0".repeat(32) } });
    }
    append(store, "sealed", &detail);
    let rest: Vec<u8> = is
        .iter()
        .flat_map(|(name, digest)| {
            let mut bytes = (name.len() as u64).to_be_bytes().to_vec();
            bytes.extend(name.as_bytes());
            bytes.extend(octets(digest));
            bytes
        })
        .collect();
    let row = digest(&[table.as_bytes()], &rest);
    let row = octets(&row);
    store
        .execute("UPDATE sealed_row SET digest = ?1 WHERE name = ?2 AND row_id = 1", params![row, table])
        .unwrap();
}

fn correction(store: &Connection, old: &str) {
    store
        .execute(
            "INSERT INTO correction (submission_id, field, old_value, new_value, actor, at, after_message)
             VALUES (1, 'name', ?1, '李四', 'boss', '2024-03-12T00:00:00Z', 1)",
            [old],
        )
        .unwrap();
}

#[test]
fn a_seal_that_no_recorded_change_leads_to_is_named() {
    let leads: [fn(&Connection); 4] = [
        |_| {},
        // Words without a correction, of another command, or with other values.
        |store| append(store, "corrected", &json!({ "field": "name", "item": null })),
        |store| append(store, "released", &json!({ "acknowledgement": 1 })),
        |store| {
            correction(store, "王五");
            append(store, "corrected", &json!({ "field": "name", "item": null }));
        },
    ];
    for (n, lead) in leads.into_iter().enumerate() {
        let office = office();
        let head = office.json(&["verify", "--json"])["head"].as_str().unwrap().to_owned();
        forge(&open(&office), lead);
        let finished = office.run(&["verify", "--head", &head]);
        assert_eq!(finished.code, Some(1), "{finished:?}");
        let (_, found) = verify(&office.store_path());
        let unexplained = found.iter().any(|found| {
            found.table == "submission"
                && found.number.as_deref() == Some("LNZX-2024-0001")
                && found.difference == Difference::Unexplained
        });
        assert!(unexplained, "{found:?}");
        // It is what the seal says all the same: this is the check that finds it.
        assert!(
            !found
                .iter()
                .any(|found| found.table == "submission" && found.difference == Difference::SealBroken)
        );
        let replayed = office.run(&["verify", "--replay"]);
        assert_eq!(replayed.code, Some(1), "{replayed:?}");
        // What staff corrected is not asked of the mail again; the correction stands in the record under a name.
        let words = "与按现行规则重读原件的结果不同（name";
        assert_eq!(replayed.stdout.contains(words), n != 3, "{replayed:?}");
    }
}

/// More of a letter may take the place of its beginning: of the bytes that the event names, and no others.
#[test]
fn other_bytes_follow_from_no_event_that_names_others() {
    let (other, third) = ("1".repeat(64), "2".repeat(64));
    for (says, holds) in [(&other, true), (&third, false)] {
        let office = office();
        let store = open(&office);
        let was = one(&office, "SELECT sha256 FROM message WHERE id = 1");
        forge_in(&store, "message", &format!("sha256 = '{other}'"), |store| {
            append(store, "grew", &json!({ "entry": 1, "message": 1, "was": was, "sha256": says }));
        });
        let (_, found) = verify(&office.store_path());
        let unexplained =
            found.iter().any(|found| found.table == "message" && found.difference == Difference::Unexplained);
        assert_eq!(!unexplained, holds, "{found:?}");
        // The bytes themselves are another question.
        assert!(found.iter().any(|found| found.table == "message"), "{found:?}");
    }
}

#[test]
fn a_seal_in_the_form_of_older_versions_is_out_of_place() {
    let office = office();
    sql(&office, "UPDATE opinion SET text = '完全赞成' WHERE submission_id = 1");
    append(&open(&office), "sealed", &json!({ "opinion": "0".repeat(32) }));
    append(&open(&office), "entry_sealed", &json!({ "entry": 1, "row": "0".repeat(32) }));
    let (_, found) = verify(&office.store_path());
    let has =
        |table: &str, difference| found.iter().any(|one| one.table == table && one.difference == difference);
    assert!(has("event", Difference::SealMisplaced) && has("opinion", Difference::SealBroken), "{found:?}");
}

// ---- nothing is sealed over -----------------------------------------------------------------------------------

#[test]
fn no_command_seals_what_somebody_changed_and_the_way_back_is_open() {
    let office = office();
    let number = "LNZX-2024-0001";
    sql(&office, "UPDATE submission SET name = '李四', occupation = NULL WHERE id = 1");
    let before = office.rows().count("SELECT count(*) FROM event");
    for command in [
        &["correct", number, "name", "赵六"][..],
        &["correct", number, "organization", "某公司"],
        &["review", "deny", number, "--note", "来信人要求"],
    ] {
        refused(&office.run(command), number);
        assert_eq!(one(&office, "SELECT name FROM submission WHERE id = 1"), "李四");
    }
    assert_eq!(office.rows().count("SELECT count(*) FROM event"), before);
    assert_eq!(office.run(&["verify"]).code, Some(1));

    // What the mail says is again what was sealed: nothing new is sealed.
    office.run_ok(&["reprocess", number, "--apply"]);
    office.run_ok(&["verify"]);
    office.run_ok(&["correct", number, "name", "赵六"]);
    office.run_ok(&["verify"]);
    // A decision is no rule's to bring back; the office goes on from what stands there, and that is told.
    sql(
        &office,
        "UPDATE submission SET name = '李四' WHERE id = 1; DELETE FROM opinion WHERE submission_id = 1",
    );
    refused(&office.run(&["correct", number, "name", "孙七"]), number);
    office.run_ok(&["verify", "--accept", number]);
    let finished = office.run_ok(&["verify"]);
    assert!(finished.stdout.contains("按现状接受"), "{finished:?}");
    office.run_ok(&["correct", number, "name", "孙七"]);
    office.run_ok(&["verify"]);
}

#[test]
fn many_changes_in_one_transaction_follow_each_other_by_number_and_not_as_text() {
    let office = office();
    let now = crate::support::now();
    let mut store = Store::open(&office.store_path(), now).unwrap();
    // As text the tenth correction stands before the ninth, which says something else than the last.
    let (deny, reopen) = (Decision::Deny, Decision::Reopen);
    for decisions in [&[deny][..], &[reopen, deny, reopen, deny, reopen]] {
        let writing = store.begin().unwrap();
        for decision in decisions {
            let decided =
                writing.decide("LNZX-2024-0001", *decision, Some("withdrawn"), "staff", now).unwrap();
            assert!(matches!(decided, Decided::Done(..)), "{decided:?}");
        }
        writing.commit().unwrap();
    }
    drop(store);
    office.run_ok(&["verify"]);
}

#[test]
fn letters_are_filed_beside_a_broken_seal_and_the_seal_stays_broken() {
    let office = office();
    let answer = one(&office, "SELECT rfc822_message_id FROM acknowledgement WHERE id = 1");
    sql(
        &office,
        "UPDATE submission SET name = '李四' WHERE id = 1; UPDATE folder SET last_uid = last_uid + 1000",
    );
    let mailbox = office.path().join("mailbox");
    let supplements = office.rows().count("SELECT count(*) FROM supplement");
    for (id, text) in [("later", "1. 建议公布办理时限。"), ("back", "我申请撤回我此前提交的意见。")]
    {
        Letter {
            message_id: format!("{id}@example.com"),
            in_reply_to: Some(answer.clone()),
            subject: "回复：来信收悉".to_owned(),
            text: format!("{text}\r\n"),
            ..letter(1)
        }
        .deliver(&mailbox);
    }
    letter(70).deliver(&mailbox);
    let finished = office.run_ok(&["run", "--once"]);
    assert!(finished.stderr.contains("LNZX-2024-0001"), "it is said: {finished:?}");
    assert_eq!(office.rows().count("SELECT count(*) FROM supplement"), supplements + 2);
    assert_eq!(one(&office, "SELECT status FROM submission WHERE id = 1"), "review", "a person sees it");
    let (_, found) = verify(&office.store_path());
    let of_it: Vec<_> = found.iter().map(|found| (found.table.as_str(), &found.difference)).collect();
    assert_eq!(of_it, [("submission", &Difference::SealBroken)], "{found:?}");
    refused(&office.run(&["review", "deny", "LNZX-2024-0001", "--note", "来信人要求"]), "LNZX-2024-0001");
}

// ---- what no seal covers --------------------------------------------------------------------------------------

#[test]
fn rows_beside_the_sealed_ones_are_covered_or_must_be_possible() {
    let office = office();
    Letter { from: "no-reply@example.com".to_owned(), ..letter(72) }.deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    office.run_ok(&["correct", "LNZX-2024-0002", "name", "赵六"]);
    office.run_ok(&["verify"]);
    let whole = std::fs::read(office.store_path()).unwrap();
    for (table, change) in [
        (
            "relation",
            "INSERT INTO relation (kind, earlier_id, submission_id, message_id, basis, created_at)
            VALUES ('withdraws', 1, 2, 2, 'answers', '2024-03-12T00:00:00Z')",
        ),
        (
            "correction",
            "INSERT INTO correction (submission_id, field, old_value, new_value, actor, at, after_message)
            VALUES (1, 'name', 'a', 'b', 'boss', '2024-03-12T00:00:00Z', 1)",
        ),
        ("likeness", "UPDATE likeness SET sender = 'x@example.com' WHERE submission_id = 1"),
        ("likeness", "UPDATE likeness SET opinion_sha256 = '0' WHERE submission_id = 1"),
        ("likeness", "DELETE FROM likeness"),
        ("wording", "UPDATE wording SET group_number = 7 WHERE id = 1"),
        ("wording", "UPDATE wording SET compared = NULL WHERE compared IS NOT NULL"),
        ("acknowledgement", "UPDATE acknowledgement SET attempts = 99 WHERE id = 1"),
        ("acknowledgement", "UPDATE acknowledgement SET reason = 'lie' WHERE id = 1"),
        ("acknowledgement", "UPDATE acknowledgement SET reason = 'own_address' WHERE state = 'withheld'"),
        (
            "acknowledgement",
            "UPDATE acknowledgement SET next_attempt_at = '2999-01-01T00:00:00Z' WHERE id = 1",
        ),
        (
            "acknowledgement",
            "UPDATE acknowledgement SET next_attempt_at = '2999-01-01T00:00:00Z', state = 'queued', sent_at = NULL WHERE id = 1",
        ),
        ("fact", "UPDATE fact SET value = '2000-01-01T00:00:00Z' WHERE key = 'created_at'"),
        ("fact", "INSERT OR REPLACE INTO fact VALUES ('breaker', 'caps.per_hour')"),
        ("fact", "INSERT OR REPLACE INTO fact VALUES ('last_pass_finished_at', '2999-01-01T00:00:00Z')"),
        ("fact", "INSERT OR REPLACE INTO fact VALUES ('last_pass_finished_at', '2000-01-01T00:00:00Z')"),
        ("fact", "INSERT OR REPLACE INTO fact VALUES ('last_pass_finished_for', '1')"),
        ("fact", "UPDATE fact SET value = 'elsewhere' WHERE key = 'home'"),
        ("fact", "INSERT OR REPLACE INTO fact VALUES ('breaker_released_at', '2026-01-01T00:00:00Z')"),
        (
            "fact",
            "INSERT OR REPLACE INTO fact VALUES ('made_by', 'itself'), ('first_contact_released_at', '2026-01-01T00:00:00Z')",
        ),
        ("word", "UPDATE word SET short = '不计入' WHERE kind = 'status' AND word = 'accepted'"),
        ("word", "DELETE FROM word WHERE kind = 'flag'"),
        ("acknowledgement", "UPDATE acknowledgement SET reason_detail = '{}' WHERE state = 'sent'"),
        (
            "folder_pass",
            "INSERT OR REPLACE INTO folder_pass (folder, read_at) VALUES ('INBOX', '2999-01-01T00:00:00Z')",
        ),
        ("folder_pass", "INSERT OR REPLACE INTO folder_pass (folder, problem) VALUES ('INBOX', 'x')"),
        ("number_sequence", "DELETE FROM number_sequence"),
        ("folder", "INSERT INTO folder (folder, uid_validity, last_uid) VALUES ('INBOX', 7, 1000)"),
        (
            "gap",
            "INSERT INTO gap VALUES ('INBOX', 7, 5, 0, 'x', '2024-03-12T00:00:00Z', '2024-03-12T00:00:00Z', NULL)",
        ),
        ("pending_mark", "INSERT INTO pending_mark VALUES ('INBOX', 7, 1, 0, '2024-03-12T00:00:00Z')"),
        ("number_sequence", "UPDATE number_sequence SET last = 0"),
        ("number_sequence", "UPDATE number_sequence SET last = 99999999999"),
        ("sealed_row", "DELETE FROM sealed_row WHERE name = 'opinion'"),
        ("sealed_row", "UPDATE sealed_row SET digest = x'00' WHERE name = 'submission' AND row_id = 1"),
    ] {
        std::fs::write(office.store_path(), &whole).unwrap();
        for suffix in ["wal", "shm"] {
            let _ = std::fs::remove_file(office.path().join(format!("store.sqlite3-{suffix}")));
        }
        sql(&office, change);
        let finished = office.run(&["verify"]);
        assert_eq!(finished.code, Some(1), "{change}: {finished:?}");
        let (_, found) = verify(&office.store_path());
        assert!(found.iter().any(|found| found.table == table), "{change}: {found:?}");
    }
}

/// What another version calls a word was changed by nobody; who changes one behind the program's back did not write its digest.
#[test]
fn words_of_another_version_are_told_and_are_no_difference() {
    let office = office();
    let older = "UPDATE word SET short = '曾用词' WHERE kind = 'status' AND word = 'accepted'";
    sql(&office, older);
    assert_eq!(office.run(&["verify"]).code, Some(1));
    let rows = office.rows().rows("SELECT kind, word, short, long, to_do FROM word ORDER BY kind, word");
    let of = |row: &std::collections::BTreeMap<String, String>| {
        ["kind", "word", "short", "long", "to_do"].map(|column| row[column].clone() + "\0").concat()
    };
    let digest = hex(&Sha256::digest(rows.iter().map(of).collect::<String>().as_bytes()), "").to_lowercase();
    sql(&office, &format!("INSERT OR REPLACE INTO fact VALUES ('words_digest', '{digest}')"));
    let finished = office.run_ok(&["verify"]);
    assert!(finished.stdout.contains("词语是另一版本的程序写下的"), "{}", finished.stdout);
    assert_eq!(office.json(&["verify", "--json"])["words_of_another_version"], true);
    // The next start puts today's there.
    office.run_ok(&["run", "--once"]);
    assert!(!office.run_ok(&["verify"]).stdout.contains("另一版本"));
}

#[test]
fn an_answer_that_waits_longer_than_any_pause_is_named() {
    let office = office();
    let path = office.path().join("later.eml");
    std::fs::write(&path, letter(73).raw()).unwrap();
    office.run_ok(&["import", path.to_str().unwrap()]);
    let wait = |days: &str| {
        sql(
            &office,
            &format!(
                "UPDATE acknowledgement SET next_attempt_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '{days}') WHERE state = 'queued'"
            ),
        );
        verify(&office.store_path()).1
    };
    assert_eq!(wait("+3 hours"), []);
    let found = wait("+3 days");
    assert!(!found.is_empty() && found.iter().all(|found| found.table == "acknowledgement"), "{found:?}");
}

#[test]
fn a_restored_backup_with_numbers_skipped_verifies() {
    let office = office();
    sql(&office, "UPDATE number_sequence SET last = last + 1000");
    letter(71).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    office.run_ok(&["verify"]);
}

#[test]
fn the_head_goes_into_the_log_at_the_start_and_after_each_decision() {
    let office = office();
    // Nothing else is written meanwhile.
    office.run_ok(&["run", "--once"]);
    let head = || office.json(&["verify", "--json"])["head"].as_str().unwrap().to_owned();
    let daemon = office.start(&["run"]);
    let says =
        |hash: &str| daemon.said().lines().any(|line| line.contains("record head") && line.contains(hash));
    wait_until("the head is said", || daemon.said().contains("record head"));
    office.run_ok(&["correct", "LNZX-2024-0001", "name", "赵六"]);
    let decided = head();
    wait_until("the head after a correction is said", || says(&decided));
    office.run_ok(&["verify", "--head", &decided]);
    daemon.terminate();
}
