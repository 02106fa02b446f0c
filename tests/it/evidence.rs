//! `verify`: a changed byte in anything that is kept is found and named; what the program changes itself is not.

mod letters;
mod proved;
mod restated;
mod schema;
mod sealed_again;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use zwfw_intake::parse::ParseLimits;
use zwfw_intake::store::{Difference, Look, Mismatch, Store, Verified};

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::mailset::generate;
use crate::support::{Random, field, long, repository};

const LIMITS: ParseLimits =
    ParseLimits { text_bytes: 2 << 20, header_bytes: 1 << 20, attachments: 200, keep_files: false };
/// Columns that sending changes, and with them nothing that was ruled. What became of an answer stands in the event log.
const MUTABLE: [&str; 4] = ["reason", "reason_detail", "attempts", "next_attempt_at"];
const SEALED: [&str; 7] =
    ["mailbox_entry", "message", "submission", "supplement", "opinion", "attachment", "acknowledgement"];

fn look() -> Look<'static> {
    Look { limits: LIMITS, head: None, now: crate::support::now() }
}

fn verify(store: &Path) -> (Verified, Vec<Mismatch>) {
    let mut found = Vec::new();
    let verified =
        Store::open_read_only(store).unwrap().verify(look(), &mut |mismatch| found.push(mismatch)).unwrap();
    // `copy` takes the triggers away; another test is about them.
    found.retain(|mismatch: &Mismatch| !mismatch.table.starts_with("event_is_append_only"));
    (verified, found)
}

/// A letter with two attachments.
fn with_attachments(letter: &Letter) -> Vec<u8> {
    let plain = String::from_utf8(letter.raw()).unwrap();
    let (head, text) = plain.split_once("\r\n\r\n").unwrap();
    let head = head.split("Content-Type:").next().unwrap();
    let part = |name: &str, content: &str| {
        format!(
            "--b\r\nContent-Type: application/pdf; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{content}\r\n"
        )
    };
    format!(
        "{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n{}{}--b--\r\n",
        part("one.pdf", "%PDF one"),
        part("two.pdf", "%PDF two")
    )
    .into_bytes()
}

/// Letters of every kind, a supplement, a repetition, something that cannot be read, answers on their way.
fn office() -> Office {
    let office = Office::at_maildir();
    let mailbox = office.path().join("mailbox");
    letter(1).deliver(&mailbox);
    office.run_ok(&["run", "--once"]);
    let answer = fs::read_dir(office.path().join("acknowledgement/new")).unwrap().next().unwrap().unwrap();
    let id = field(&fs::read(answer.path()).unwrap(), "Message-ID");
    let supplement = Letter {
        message_id: "more@example.com".to_owned(),
        in_reply_to: Some(id.trim_matches(['<', '>']).to_owned()),
        subject: "回复：来信收悉".to_owned(),
        text: "补充：\r\n1. 建议增设夜间窗口。\r\n2. 建议增设周末窗口。\r\n".to_owned(),
        ..letter(1)
    };
    supplement.deliver(&mailbox);
    Letter { message_id: "again@example.com".to_owned(), ..letter(1) }.deliver(&mailbox);
    fs::write(mailbox.join("new/attached"), with_attachments(&letter(2))).unwrap();
    fs::write(mailbox.join("new/empty"), "").unwrap();
    fs::write(mailbox.join("new/broken"), "no header\r\n").unwrap();
    let folder = office.path().join("mails");
    fs::create_dir(&folder).unwrap();
    for (index, specimen) in generate(3, 12).iter().enumerate() {
        fs::write(folder.join(format!("{index}.eml")), &specimen.raw).unwrap();
    }
    office.run_ok(&["run", "--once"]);
    office.run_ok(&["import", "mails"]);
    office
}

/// A copy of the store in one file, without triggers.
fn copy(office: &Office) -> (PathBuf, Vec<u8>) {
    let path = office.path().join("copy.sqlite3");
    let store = Connection::open(office.store_path()).unwrap();
    store.execute("VACUUM INTO ?1", [path.to_str().unwrap()]).unwrap();
    let copy = Connection::open(&path).unwrap();
    for trigger in 1..=3 {
        copy.execute_batch(&format!("DROP TRIGGER event_is_append_only_{trigger}")).unwrap();
    }
    copy.close().unwrap();
    let bytes = fs::read(&path).unwrap();
    (path, bytes)
}

/// Changes the store behind the program's back.
fn tamper(path: &Path, original: &[u8], sql: &str, value: &Value) -> usize {
    fs::write(path, original).unwrap();
    let store = Connection::open(path).unwrap();
    store.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
    let changed = store.execute(sql, [value]).unwrap_or_else(|error| panic!("{sql}: {error}"));
    store.close().unwrap();
    changed
}

/// A value that is another one.
fn other(value: Value, kind: &str) -> Value {
    match value {
        Value::Null if kind == "INTEGER" => Value::Integer(1),
        Value::Null if kind == "BLOB" => Value::Blob(vec![1]),
        Value::Null => Value::Text("x".to_owned()),
        Value::Integer(value) => Value::Integer(value + 1_000_000),
        Value::Real(value) => Value::Real(value + 1.0),
        Value::Text(value) => Value::Text(value + "x"),
        Value::Blob(mut value) => {
            let middle = value.len() / 2;
            value[middle] ^= 1;
            Value::Blob(value)
        }
    }
}

/// Name and type of every column.
fn columns(store: &Connection, table: &str) -> Vec<(String, String)> {
    let mut statement = store.prepare(&format!("PRAGMA table_info({table})")).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(1)?, row.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn whatever_column_of_whatever_row_is_changed_the_table_is_named() {
    let office = office();
    let finished = office.run_ok(&["verify"]);
    assert!(finished.stdout.contains("全部一致"), "{finished:?}");
    let (path, original) = copy(&office);
    let (verified, found) = verify(&path);
    assert_eq!(found, []);
    let rows = office.rows();
    for (count, table) in [
        (verified.messages, "message"),
        (verified.attachments, "attachment"),
        (verified.events, "event"),
        (verified.submissions, "submission"),
        (verified.entries, "mailbox_entry"),
    ] {
        let expected = rows.count(&format!("SELECT count(*) FROM {table}"));
        assert!(expected > 1 && i64::try_from(count) == Ok(expected), "{table}: {count} of {expected}");
    }
    let quarantined =
        "SELECT count(*) FROM mailbox_entry WHERE disposition = 'quarantined' AND message_id IS NOT NULL";
    assert_eq!(rows.count(quarantined), 2);

    let store = Connection::open(&path).unwrap();
    let mut changes = Vec::new();
    for table in SEALED.into_iter().chain(["event", "seal"]) {
        let key = match table {
            "seal" => "submission_id",
            _ => "id",
        };
        let of = |aggregate: &str| -> i64 {
            store.query_row(&format!("SELECT {aggregate} FROM {table}"), [], |row| row.get(0)).unwrap()
        };
        for (column, kind) in columns(&store, table) {
            let mutable = table == "acknowledgement" && MUTABLE.contains(&column.as_str());
            // An event's place in the chain is its order, not its id.
            // How an entry looks is learned from every listing, and decides only what is fetched once more.
            // By which consultations mail was for none of them, likewise.
            let learned = table == "mailbox_entry"
                && (column.starts_with("listed_") || column == "judged_by")
                || table == "folder" && ["uid_next", "doubt_from"].contains(&column.as_str());
            if mutable || learned || (table, column.as_str()) == ("event", "id") {
                continue;
            }
            for id in [of(&format!("min({key})")), of(&format!("max({key})"))] {
                let sql = format!("SELECT {column} FROM {table} WHERE {key} = {id}");
                let value: Value = store.query_row(&sql, [], |row| row.get(0)).unwrap();
                let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {key} = {id}");
                changes.push((table, sql, other(value, &kind)));
            }
        }
        for id in [of(&format!("min({key})")), of(&format!("max({key})"))] {
            let last = id == of(&format!("max({key})"));
            // A log that is merely cut off at its end is whole: against that stands --head.
            if !(table == "event" && last) {
                changes.push((
                    table,
                    format!("DELETE FROM {table} WHERE {key} = {id} AND ?1 IS NOT NULL"),
                    Value::Integer(1),
                ));
            }
        }
    }
    drop(store);
    for (table, sql, value) in changes {
        assert_eq!(tamper(&path, &original, &sql, &value), 1, "{sql}");
        let (_, found) = verify(&path);
        // A missing row is named where it was referred to, or by what it sealed.
        let named = found
            .iter()
            .any(|found| found.table == table || sql.starts_with("DELETE") || table.ends_with("seal"));
        assert!(named, "{sql} to {value:?}: {found:?}");
    }
}

#[test]
fn a_row_that_somebody_adds_has_no_seal() {
    let office = office();
    let (path, original) = copy(&office);
    for (table, sql) in [
        (
            "opinion",
            "INSERT INTO opinion (submission_id, message_id, ordinal, text) SELECT id, message_id, 99, ?1 FROM submission LIMIT 1",
        ),
        (
            "mailbox_entry",
            "INSERT INTO mailbox_entry (folder, uid_validity, uid, size_bytes, disposition, reason, seen_at)
             VALUES ('INBOX', 1, 1, 1, 'not_ours', ?1, '2024-03-12T00:00:00Z')",
        ),
        (
            "submission",
            "INSERT INTO submission (number, consultation, message_id, status, subject_match, timeliness, review_reasons,
                received_at, from_address, phones, emails, signatories, comment, full_text, flags, filed_at)
             SELECT 'LNZX-2024-9999', consultation, 99999, status, subject_match, timeliness, review_reasons,
                received_at, from_address, phones, emails, signatories, ?1, full_text, flags, filed_at FROM submission LIMIT 1",
        ),
        ("message", "INSERT INTO message (sha256, size_bytes) VALUES (?1, 0)"),
    ] {
        assert_eq!(tamper(&path, &original, sql, &Value::Text("x".to_owned())), 1);
        let (_, found) = verify(&path);
        assert!(found.iter().any(|found| found.table == table), "{table}: {found:?}");
    }
}

#[test]
fn a_byte_of_the_file_that_changes_is_found_or_changes_nothing() {
    let office = office();
    let (path, original) = copy(&office);
    let content = |path: &Path| {
        let store = Connection::open(path).unwrap();
        let mut all = Vec::new();
        for table in SEALED.into_iter().chain(["event"]) {
            for (column, _) in columns(&store, table) {
                // What is learned later of an entry is not sealed: it decides only what is fetched once more.
                let learned = ["listed_size_bytes", "listed_date", "judged_by"];
                if table == "acknowledgement" && MUTABLE.contains(&column.as_str())
                    || table == "mailbox_entry" && learned.contains(&column.as_str())
                {
                    continue;
                }
                let mut statement =
                    store.prepare(&format!("SELECT {column} FROM {table} ORDER BY id")).unwrap();
                // A damaged text need not be UTF-8, which `Value` insists on.
                let values = statement.query_map([], |row| Ok(format!("{:?}", row.get_ref(0)?))).unwrap();
                all.push((table, column, values.collect::<Result<Vec<_>, _>>().unwrap()));
            }
        }
        all
    };
    let before = content(&path);
    let mut random = Random::new(8);
    let mut noticed = 0;
    let flips = if long() { 2000 } else { 80 };
    for _ in 0..flips {
        let mut bytes = original.clone();
        // Behind the header, whose damage keeps the file from being opened as ours.
        let at = 100 + random.index(bytes.len() - 100);
        bytes[at] ^= 1 << random.below(8);
        fs::write(&path, &bytes).unwrap();
        let mut found = Vec::new();
        let verified = Store::open_read_only(&path)
            .and_then(|store| store.verify(look(), &mut |mismatch| found.push(mismatch)));
        found.retain(|mismatch: &Mismatch| !mismatch.table.starts_with("event_is_append_only"));
        if verified.is_ok() && found.is_empty() {
            let after = content(&path);
            let changed: Vec<_> =
                before.iter().zip(&after).filter(|(before, after)| before != after).collect();
            assert!(changed.is_empty(), "byte {at} changed what verify did not see: {changed:?}");
        } else {
            noticed += 1;
        }
    }
    // Pages are not full.
    assert!(noticed > flips / 5, "{noticed} of {flips}");
}

/// Whoever takes the triggers away can rewrite the event log; the chain shows what was rewritten, and this that it could be.
#[test]
fn a_trigger_taken_away_or_added_is_named() {
    for (change, named) in [
        ("DROP TRIGGER event_is_append_only_2", "event_is_append_only_2"),
        (
            "CREATE TRIGGER quiet AFTER INSERT ON submission BEGIN UPDATE submission SET name = NULL; END",
            "quiet",
        ),
        ("DROP VIEW 意见汇总", "意见汇总"),
    ] {
        let office = office();
        Connection::open(office.store_path()).unwrap().execute_batch(change).unwrap();
        let finished = office.run(&["verify"]);
        assert_eq!(finished.code, Some(1), "{change}: {finished:?}");
        assert!(finished.stdout.contains(named), "{change}: {finished:?}");
    }
}

#[test]
fn a_damaged_name_of_a_column_is_damage_and_no_crash() {
    let office = office();
    let (path, original) = copy(&office);
    let name = b"    from_address          TEXT";
    let at = original.windows(name.len()).position(|window| window == name).unwrap() + 6;
    for (byte, what) in [(original[at] ^ 0x80, "not UTF-8"), (b'x', "another name")] {
        let mut bytes = original.clone();
        bytes[at] = byte;
        fs::write(&path, &bytes).unwrap();
        let (_, found) = verify(&path);
        assert!(!found.is_empty(), "{what}");
    }
}

#[test]
fn a_changed_original_an_event_and_a_ruling_are_named_on_the_command_line() {
    let office = office();
    let original = Connection::open(office.store_path()).unwrap();
    let raw: Vec<u8> = {
        let sql = "SELECT raw FROM message AS m JOIN submission AS s ON s.message_id = m.id WHERE s.number = 'LNZX-2024-0001'";
        original.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let mut text = zstd::bulk::decompress(&raw, 1 << 20).unwrap();
    let last = text.len() - 3;
    text[last] ^= 1;
    let changed = zstd::bulk::compress(&text, 3).unwrap();
    original
        .execute(
            "UPDATE message SET raw = ?1 WHERE id = (SELECT message_id FROM submission WHERE number = 'LNZX-2024-0001')",
            [changed],
        )
        .unwrap();
    original.execute("UPDATE submission SET status = 'denied' WHERE number = 'LNZX-2024-0002'", []).unwrap();
    original
        .execute_batch("DROP TRIGGER event_is_append_only_1; UPDATE event SET actor = 'nobody' WHERE id = 2")
        .unwrap();
    let finished = office.run(&["verify"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    for words in [
        "message 1（LNZX-2024-0001）：原件与登记的摘要或长度不符",
        "（LNZX-2024-0002）：与最近一次封存的摘要不符",
        "event 2：事件链从这一条起断开",
    ] {
        assert!(finished.stdout.contains(words), "{words}: {finished:?}");
    }
    let json: serde_json::Value = serde_json::from_str(&office.run(&["verify", "--json"]).stdout).unwrap();
    // The trigger that was taken away is the fourth.
    assert_eq!(json["mismatches"], 4, "{json}");
}

#[test]
fn a_log_cut_off_at_its_end_is_found_by_the_hash_kept_elsewhere() {
    let office = office();
    let head = office.json(&["verify", "--json"])["head"].as_str().unwrap().to_owned();
    letter(50).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    office.run_ok(&["verify", "--head", &head]);
    let store = Connection::open(office.store_path()).unwrap();
    store
        .execute_batch(&format!(
            "DROP TRIGGER event_is_append_only_2; PRAGMA foreign_keys = OFF; DELETE FROM event WHERE id >= (SELECT id FROM event WHERE hash = '{head}')"
        ))
        .unwrap();
    let finished = office.run(&["verify", "--head", &head]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("没有 --head 给出的值"), "{finished:?}");
}

#[test]
fn what_somebody_accepts_verifies_and_is_told_and_after_an_erasure_old_digests_tell_nothing() {
    let office = office();
    let path = office.store_path();
    let sealed = |store: &Connection| -> Vec<String> {
        let mut statement = store
            .prepare("SELECT detail FROM event WHERE action = 'sealed' AND submission_id = 1 ORDER BY id")
            .unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let raw = Connection::open(&path).unwrap();
    // As an erasure does it: personal columns and raw copy out.
    raw.execute_batch(
        "UPDATE submission SET status = 'erased', name = NULL, phones = '[]', comment = '', full_text = '', from_address = '' WHERE id = 1;
         UPDATE message SET raw = NULL WHERE id = 1; DELETE FROM opinion WHERE submission_id = 1;
         UPDATE acknowledgement SET recipient = NULL, octets = NULL WHERE submission_id = 1;
         UPDATE mailbox_entry SET disposition = 'duplicate', reason = 'same_bytes' WHERE disposition = 'not_ours';
         UPDATE message SET subject = 'x' WHERE id = (SELECT message_id FROM mailbox_entry WHERE reason = 'no_header')",
    )
    .unwrap();
    assert!(!verify(&path).1.is_empty());
    let mut store = Store::open(&path, Timestamp::UNIX_EPOCH).unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let writing = store.begin().unwrap();
    writing.accept(Some(1), "zhang", now).unwrap();
    writing.accept(None, "zhang", now).unwrap();
    writing.commit().unwrap();
    let (verified, found) = verify(&path);
    assert_eq!((found, verified.messages_erased, verified.accepted), (vec![], 1, 2));

    // An erasure draws the random bytes anew: what is put back does not meet the old digests.
    let before = sealed(&raw).len();
    for erasure in 1..=2 {
        let writing = store.begin().unwrap();
        writing.log(now, "erase", "erased", Some(1), &serde_json::json!({})).unwrap();
        writing.commit().unwrap();
        let (_, found) = verify(&path);
        assert_eq!(found, [], "erasure {erasure}");
    }
    let again = sealed(&raw);
    assert_eq!(again.len(), before + 2);
    assert_ne!(again[before], again[before + 1], "the same rows, other random bytes");
}

/// A store of schema 1 with the rows of this one, and its events but the seals, in a chain of their own.
fn as_schema_1(office: &Office) {
    let old = office.path().join("old.sqlite3");
    let store = Connection::open(&old).unwrap();
    store
        .execute_batch(&fs::read_to_string(repository().join("tests/stores/schema_1.sql")).unwrap())
        .unwrap();
    store.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    store.execute("ATTACH ?1 AS new", [office.store_path().to_str().unwrap()]).unwrap();
    for table in SEALED.into_iter().chain(["folder", "gap", "number_sequence", "fact"]) {
        let names: Vec<String> = columns(&store, table).into_iter().map(|(name, _)| name).collect();
        let names = names.join(", ");
        // The kind is younger than that schema.
        let values = names.replace(" kind,", " replace(kind, 'late_sent_in_time', 'late'),");
        let values = if table == "acknowledgement" { &values } else { &names };
        store
            .execute_batch(&format!("INSERT INTO main.{table} ({names}) SELECT {values} FROM new.{table}"))
            .unwrap();
    }
    let events: Vec<(String, String, String, Option<i64>, String)> = {
        let sql = "SELECT at, actor, action, submission_id, detail FROM new.event WHERE action NOT LIKE '%sealed' ORDER BY id";
        let mut statement = store.prepare(sql).unwrap();
        let rows = statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            .unwrap();
        rows.map(Result::unwrap).collect()
    };
    let mut hash = String::new();
    for (at, actor, action, submission, detail) in events {
        let id = submission.map(|id| id.to_string()).unwrap_or_default();
        let mut bytes = Vec::new();
        for text in [&hash, &at, &actor, &action, &id, &detail] {
            bytes.extend((text.len() as u64).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        hash = crate::support::hex(&Sha256::digest(&bytes), "").to_lowercase();
        store
            .execute(
                "INSERT INTO main.event (at, actor, action, submission_id, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![at, actor, action, submission, detail, hash],
            )
            .unwrap();
    }
    store.execute_batch("DETACH new; PRAGMA application_id = 2054645367; PRAGMA user_version = 1").unwrap();
    store.close().unwrap();
    office.remove_store();
    fs::rename(old, office.store_path()).unwrap();
}

/// What a store is made of, apart from comments and blanks.
fn schema(path: &Path) -> Vec<String> {
    let store = Connection::open(path).unwrap();
    let mut statement = store.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let mut all: Vec<String> = rows
        .map(|sql| {
            let sql = sql.unwrap();
            let lines: Vec<&str> =
                sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
            lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect();
    all.sort();
    all
}

#[test]
fn a_store_from_before_seals_is_brought_up_to_date_and_says_what_is_not_sealed() {
    let office = office();
    let fresh = schema(&office.store_path());
    let submissions = office.rows().count("SELECT count(*) FROM submission");
    let entries = office.rows().count("SELECT count(*) FROM mailbox_entry");
    as_schema_1(&office);
    let finished = office.run(&["verify"]);
    assert_eq!(finished.code, Some(75), "{finished:?}");
    assert!(finished.stderr.contains("older"), "{finished:?}");
    assert_eq!(
        Connection::open(office.store_path())
            .unwrap()
            .pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)),
        Ok(1)
    );

    letter(60).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    assert_eq!(schema(&office.store_path()), fresh, "a store that was brought up to date is like a new one");
    let found = office.json(&["verify", "--json"]);
    assert_eq!(found["mismatches"], 0, "{found}");
    assert_eq!(
        (&found["submissions_unsealed"], &found["submissions"]),
        (&submissions.into(), &1.into()),
        "{found}"
    );
    assert_eq!((&found["entries_unsealed"], &found["entries"]), (&entries.into(), &1.into()), "{found}");

    // A row that claims to be older than it is.
    let store = Connection::open(office.store_path()).unwrap();
    store
        .execute(
            "UPDATE submission SET status = 'denied' WHERE number LIKE '%60' OR id = ?1",
            [submissions + 1],
        )
        .unwrap();
    let (_, found) = verify(&office.store_path());
    let [Mismatch { table, difference: Difference::SealBroken, .. }] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(table, "submission");
}
