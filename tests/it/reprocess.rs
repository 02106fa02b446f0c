//! Today's rules over what older ones filed: what differs is shown, then changed; what staff decided stays.
//!
//! An older program is played by changing rows as it would have left them, and sealing them: nothing is ruled on again that
//! somebody changed behind the program's back.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use jiff::Timestamp;
use rusqlite::Connection;
use zwfw_intake::store::Store;

use crate::moves::{THERE, consultation};
use crate::store::first_broken;
use crate::support::daemon::{Finished, Office};
use crate::support::letter::{ARRIVAL, Letter, letter};
use crate::support::mailhost::set_modified;
use crate::support::mailset::generate;
use crate::support::sql::Rows;
use crate::support::{Random, long, until_some_instant, wait_for};

/// A folder of generated mail, with an empty file and a copy of one message under another name.
fn folder(seed: u64, count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (index, specimen) in generate(seed, count).iter().enumerate() {
        let at = UNIX_EPOCH + Duration::from_secs(u64::try_from(specimen.internal_date).unwrap());
        for name in [Some(format!("{index:04}.eml")), (index == 3).then(|| "copy.eml".to_owned())] {
            let Some(name) = name else { continue };
            let path = folder.path().join(name);
            fs::write(&path, &specimen.raw).unwrap();
            set_modified(&path, at);
        }
    }
    fs::write(folder.path().join("empty.eml"), "").unwrap();
    // The first one filed, and what its writer adds in the end.
    let first = Letter { from: "first@example.com".to_owned(), ..letter(1) };
    let more = Letter {
        message_id: "more@example.com".to_owned(),
        subject: "补充：LNZX-2024-0001".to_owned(),
        text: "1. 再补充一条意见，建议推行跨域办。\r\n2. 建议公布办理时限。\r\n".to_owned(),
        ..first.clone()
    };
    for (name, letter) in [("0.eml", first), ("z.eml", more)] {
        fs::write(folder.path().join(name), letter.raw()).unwrap();
        set_modified(&folder.path().join(name), UNIX_EPOCH + Duration::from_secs(ARRIVAL));
    }
    folder
}

fn imported(folder: &Path) -> Office {
    let office = Office::at_maildir();
    office.run_ok(&["import", folder.to_str().unwrap()]);
    office
}

/// As an older program left it.
pub(crate) fn older(office: &Office, sql: &str) -> usize {
    let store = Connection::open(office.store_path()).unwrap();
    let changed = store.execute(sql, []).unwrap_or_else(|e| panic!("{sql}: {e}"));
    assert!(changed > 0, "{sql} changed nothing");
    drop(store);
    sealed_as_found(office);
    changed
}

/// Everything that two stores of the same mail have to agree in.
fn everything(rows: &Rows) -> Vec<String> {
    let mut lines = rows.canonical();
    for sql in [
        "SELECT sha256, sent_as_written, received_evidence, received_evidence_detail, evidence FROM message",
        "SELECT m.sha256, s.signatories, s.content_sha256 FROM submission AS s JOIN message AS m ON m.id = s.message_id",
        "SELECT m.sha256, p.received_at, p.timeliness, p.from_address, p.comment, p.full_text, p.flags, p.details,
            p.content_sha256 FROM supplement AS p JOIN message AS m ON m.id = p.message_id",
        "SELECT folder, uid, size_bytes, message_id_sha256 FROM mailbox_entry",
        "SELECT m.sha256, o.ordinal, om.sha256 AS own FROM opinion AS o JOIN message AS om ON om.id = o.message_id
            JOIN submission AS s ON s.id = o.submission_id JOIN message AS m ON m.id = s.message_id",
    ] {
        lines.extend(rows.rows(sql).iter().map(|row| format!("{row:?}")));
    }
    lines.sort();
    lines
}

#[track_caller]
fn assert_same(found: &[String], expected: &[String]) {
    if found == expected {
        return;
    }
    let lost: Vec<_> = expected.iter().filter(|line| !found.contains(line)).take(4).collect();
    let added: Vec<_> = found.iter().filter(|line| !expected.contains(line)).take(4).collect();
    panic!("lost: {lost:#?}\nadded: {added:#?}");
}

#[track_caller]
fn nothing_to_do(office: &Office) -> serde_json::Value {
    let found = office.json(&["reprocess", "--json"]);
    assert_eq!(found["changed"], 0, "{found:#}");
    found
}

#[track_caller]
fn sound(office: &Office) {
    let rows = office.rows();
    assert_eq!(rows.rows("PRAGMA integrity_check")[0]["integrity_check"], "ok");
    assert_eq!(rows.rows("PRAGMA foreign_key_check"), vec![]);
}

#[track_caller]
fn chain_holds(office: &Office) {
    sound(office);
    assert_eq!(first_broken(&Connection::open(office.store_path()).unwrap()), None);
}

/// The file and what stands beside it; `-shm` is scratch space of whoever reads.
fn bytes(office: &Office) -> Vec<Vec<u8>> {
    ["", "-wal"]
        .map(|suffix| fs::read(office.path().join(format!("store.sqlite3{suffix}"))).unwrap())
        .to_vec()
}

/// What older rules did to the store: each kind of row wrong in some way.
fn damage(office: &Office) {
    for sql in [
        "UPDATE submission SET name = '错名', name_hint = '错', phones = '[]' WHERE id % 3 = 0",
        "UPDATE submission SET comment = full_text || ' 引用', content_sha256 = 'old', signatories = 7 WHERE id % 4 = 1",
        "UPDATE submission SET subject_match = 'near_miss', status = 'review', review_reasons = '[\"near_miss\"]'
            WHERE status = 'accepted' AND id % 5 = 2",
        "UPDATE submission SET status = 'accepted', review_reasons = '[]', subject_match = 'match'
            WHERE review_reasons = '[\"near_miss\"]' AND id % 2 = 0",
        "UPDATE submission SET status = 'accepted', duplicate_of = NULL WHERE status = 'duplicate'",
        "UPDATE mailbox_entry SET disposition = 'filed', reason = 'older_rule', reason_detail = NULL WHERE disposition = 'duplicate'
            AND reason = 'same_content'",
        "UPDATE submission SET timeliness = 'on_time', status = 'accepted' WHERE status = 'late'",
        "UPDATE message SET received_at = '2024-03-01T00:00:00Z', received_evidence = 'older', subject = 'older'
            WHERE id % 7 = 3",
        "UPDATE submission SET received_at = '2024-03-01T00:00:00Z' WHERE message_id % 7 = 3",
        "DELETE FROM opinion WHERE id % 6 = 5",
        "DELETE FROM opinion WHERE message_id IN (SELECT s.message_id FROM submission AS s JOIN supplement AS p ON p.submission_id = s.id)",
        "UPDATE opinion SET text = 'older', clause = NULL WHERE id % 6 = 1",
        "DELETE FROM attachment WHERE id % 2 = 0",
        "UPDATE attachment SET filename = 'older.doc' WHERE id % 2 = 1",
        "UPDATE supplement SET comment = 'older', flags = '[]'",
        "UPDATE submission SET flags = '[]', occupation = NULL WHERE id % 5 = 4",
    ] {
        // Which ids there are depends on what was mended before: not every round finds some of every kind.
        let store = Connection::open(office.store_path()).unwrap();
        store.execute(sql, []).unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
    sealed_as_found(office);
}

/// Seals the store as it stands: what older rules left was sealed by the version that wrote it.
fn sealed_as_found(office: &Office) {
    let mut store = Store::open(&office.store_path(), Timestamp::UNIX_EPOCH).unwrap();
    let ids = office.rows().rows("SELECT id FROM submission");
    let writing = store.begin().unwrap();
    for row in ids {
        writing.accept(row["id"].parse().ok(), "older version", Timestamp::UNIX_EPOCH).unwrap();
    }
    writing.accept(None, "older version", Timestamp::UNIX_EPOCH).unwrap();
    writing.commit().unwrap();
}

/// Puts what was filed of one message back into quarantine, as if reading it had panicked.
fn quarantine(office: &Office, sha256: &str) {
    let message = format!("(SELECT id FROM message WHERE sha256 = '{sha256}')");
    let store = Connection::open(office.store_path()).unwrap();
    store
        .execute_batch(&format!(
            "PRAGMA foreign_keys = OFF; BEGIN;
             DELETE FROM likeness WHERE message_id = {message}; DELETE FROM relation WHERE message_id = {message};
             DELETE FROM acknowledgement WHERE message_id = {message};
             DELETE FROM opinion WHERE message_id = {message};
             DELETE FROM attachment WHERE message_id = {message};
             DELETE FROM submission WHERE message_id = {message};
             DELETE FROM submission_items WHERE submission_id NOT IN (SELECT id FROM submission);
             DELETE FROM seal WHERE submission_id NOT IN (SELECT id FROM submission);
             DELETE FROM awaiting WHERE submission_id NOT IN (SELECT id FROM submission);
             CREATE TEMP TABLE gone AS SELECT id FROM wording WHERE submission_id NOT IN (SELECT id FROM submission);
             UPDATE likeness SET wording_id = NULL, leader_id = NULL WHERE wording_id IN gone OR leader_id IN gone;
             DELETE FROM wording_band WHERE wording_id IN gone;
             DELETE FROM wording WHERE id IN gone OR leader_id IN gone;
             DELETE FROM relation WHERE earlier_id NOT IN (SELECT id FROM submission);
             UPDATE message SET rfc822_message_id = NULL, subject = NULL, sent_at = NULL, sent_as_written = NULL,
                received_at = NULL, received_basis = NULL, received_evidence = NULL, evidence = NULL WHERE id = {message};
             UPDATE mailbox_entry SET disposition = 'quarantined', message_id_sha256 = NULL,
                reason = CASE WHEN reason = 'same_bytes' THEN reason ELSE 'panicked' END WHERE message_id = {message};
             DROP TRIGGER IF EXISTS event_is_append_only_1; DROP TRIGGER IF EXISTS event_is_append_only_2;
             DELETE FROM event WHERE submission_id NOT IN (SELECT id FROM submission); COMMIT"
        ))
        .unwrap();
    drop(store);
    sealed_as_found(office);
}

#[test]
fn unchanged_rules_find_nothing_in_any_kind_of_mail() {
    let mail = folder(21, 300);
    let office = imported(mail.path());
    let found = nothing_to_do(&office);
    assert_eq!(found["messages"], serde_json::json!([]), "nor anything for a person");
    let count = |sql: &str| office.rows().count(sql);
    assert_eq!(found["examined"], count("SELECT count(*) FROM message"));
    assert_eq!(found["without_bytes"], count("SELECT count(*) FROM mailbox_entry WHERE message_id IS NULL"));
    // Wherever staff move some of them to, and back.
    let office = Office::at_maildir();
    consultation(&office, "2024-03-05", "2024-03-11T12:00:00+08:00");
    office.run_ok(&["import", mail.path().to_str().unwrap()]);
    let mut random = Random::new(21);
    let rows = office.rows();
    let numbers = rows.rows("SELECT number FROM submission WHERE status <> 'denied' ORDER BY id");
    for step in 0..24 {
        let number = &numbers[random.index(numbers.len())]["number"];
        let number = if step == 0 { "LNZX-2024-0001" } else { number };
        let back = rows.count(&format!("SELECT count(*) FROM submission WHERE number = '{number}'")) == 0;
        // What counts in its place may keep it away.
        let _ = office.run(&["move", number, if back { "--undo" } else { THERE }]);
    }
    assert!(rows.count("SELECT count(*) FROM correction WHERE field = 'number'") > 12);
    let found = nothing_to_do(&office);
    assert_eq!(found["left_to_a_person"], 0, "{found:#}");
    let dump = office.rows().dump();
    office.run_ok(&["reprocess", "--apply"]);
    assert_eq!(office.rows().dump(), dump);
    office.run_ok(&["verify"]);
    let demo = imported(&crate::support::repository().join("config/demo/maildir"));
    nothing_to_do(&demo);
    let dump = demo.rows().dump();
    demo.run_ok(&["reprocess", "--apply"]);
    assert_eq!(demo.rows().dump(), dump, "not even an event");
}

#[test]
fn what_older_rules_left_becomes_what_a_fresh_import_gives() {
    let mail = folder(22, 300);
    let expected = everything(&imported(mail.path()).rows());
    let office = imported(mail.path());
    damage(&office);
    let alone = "SELECT m.sha256 FROM submission AS s JOIN message AS m ON m.id = s.message_id
        WHERE s.duplicate_of IS NULL AND m.id > 100 AND NOT EXISTS (SELECT 1 FROM supplement AS p WHERE p.submission_id = s.id)
        AND NOT EXISTS (SELECT 1 FROM mailbox_entry AS e WHERE e.reason = 'same_content' AND json_extract(e.reason_detail, '$.number') = s.number)
        AND s.content_sha256 <> 'old' ORDER BY s.id LIMIT 2";
    let mut quarantined: Vec<String> =
        office.rows().rows(alone).iter().map(|row| row["sha256"].clone()).collect();
    let twice = "SELECT m.sha256 FROM mailbox_entry AS e JOIN message AS m ON m.id = e.message_id JOIN submission AS s
        ON s.message_id = m.id WHERE e.reason = 'same_bytes' AND s.duplicate_of IS NULL AND NOT EXISTS
        (SELECT 1 FROM supplement AS p WHERE p.submission_id = s.id) LIMIT 1";
    quarantined.extend(office.rows().rows(twice).iter().map(|row| row["sha256"].clone()));
    assert_eq!(quarantined.len(), 3);
    for sha256 in &quarantined {
        quarantine(&office, sha256);
    }
    let answers = office.rows().count("SELECT count(*) FROM acknowledgement");
    let raw = office.rows().rows("SELECT id, sha256, hex(raw) AS raw, internal_date FROM message");
    let numbers = office.rows().rows("SELECT id, number, message_id, filed_at FROM submission");

    // A trial shows it and changes not one byte.
    let before = bytes(&office);
    let trial = office.run(&["reprocess"]);
    assert_eq!(trial.code, Some(1), "{trial:?}");
    assert_eq!(bytes(&office), before);
    assert!(trial.stdout.contains("姓名：错*") && trial.stdout.contains("只是预览"), "{}", trial.stdout);
    assert!(!trial.stdout.contains("13800138000"), "not masked: {}", trial.stdout);

    let applied = office.json(&["reprocess", "--apply", "--json"]);
    assert_eq!(applied["unreadable"], 0, "{applied:#}");
    assert_same(&everything(&office.rows()), &expected);
    nothing_to_do(&office);
    let trial_changed = format!("会改 {}", applied["changed"]);
    assert!(trial.stdout.contains(&trial_changed), "{trial_changed}: {}", trial.stdout);
    assert_eq!(
        office.rows().count("SELECT count(*) FROM acknowledgement"),
        answers + 3,
        "one answer each, no more"
    );
    assert_eq!(office.rows().rows("SELECT id, sha256, hex(raw) AS raw, internal_date FROM message"), raw);
    let after = office.rows().rows("SELECT id, number, message_id, filed_at FROM submission");
    assert!(numbers.iter().all(|row| after.contains(row)), "numbers stay");
    let events = office.rows().rows("SELECT detail FROM event WHERE action = 'reprocessed'");
    assert!(events.iter().any(|event| event["detail"].contains("submission.name")), "{events:?}");
    assert_eq!(office.rows().count("SELECT count(*) FROM event WHERE action = 'released'"), 3);
    sound(&office);
    // What was taken out of quarantine is answered once, by the outbox as ever.
    let dump = office.rows().dump();
    office.run_ok(&["reprocess", "--apply"]);
    assert_eq!(office.rows().dump(), dump);
}

#[test]
fn what_staff_corrected_and_decided_stays() {
    let office = Office::at_maildir();
    let near = |n| Letter { subject: "关于高效办成一件事的建议".to_owned(), ..letter(n) };
    let points = Letter {
        text: "姓名：王小明\r\n\r\n1. 建议延长窗口时间。\r\n2. 建议推行跨域办。\r\n".to_owned(),
        ..letter(4)
    };
    for (n, letter) in (1..).zip([letter(1), near(2), near(3), points.clone(), letter(5)]) {
        fs::write(office.path().join(format!("{n}.eml")), letter.raw()).unwrap();
        set_modified(&office.path().join(format!("{n}.eml")), UNIX_EPOCH + Duration::from_secs(ARRIVAL));
        office.run_ok(&["import", &format!("{n}.eml")]);
    }
    office.run_ok(&["review", "confirm", "LNZX-2024-0002"]);
    office.run_ok(&["review", "deny", "LNZX-2024-0003", "--note", "来信人要求"]);
    office.run_ok(&["correct", "LNZX-2024-0001", "name", "王晓明"]);
    office.run_ok(&["correct", "LNZX-2024-0001", "phones", "13900139000"]);
    office.run_ok(&["correct", "LNZX-2024-0004", "clause", "二(一)1", "--item", "2"]);
    office.run_ok(&["correct", "LNZX-2024-0004", "text", "建议尽快推行跨域办", "--item", "2"]);
    office.run_ok(&["correct", "LNZX-2024-0004", "adoption", "采纳", "--item", "1"]);
    nothing_to_do(&office);
    let shown = office.run_ok(&["show", "LNZX-2024-0001"]).stdout;
    assert!(shown.contains("更正：姓名 王** → 王**（"), "{shown}");
    assert!(!shown.contains("王晓明") && !shown.contains("13900139000"), "not masked: {shown}");
    assert!(office.run_ok(&["show", "LNZX-2024-0004"]).stdout.contains("采纳情况：采纳"));
    let expected = office.rows().dump();
    let without_events = |dump: Vec<String>| -> Vec<String> {
        dump.into_iter().filter(|line| !line.starts_with("event")).collect()
    };

    // The rules of old were wrong beside it, too.
    older(
        &office,
        "UPDATE submission SET occupation = '工人', comment = 'older' WHERE number = 'LNZX-2024-0001'",
    );
    older(
        &office,
        "UPDATE submission SET timeliness = 'late' WHERE number IN ('LNZX-2024-0002', 'LNZX-2024-0003')",
    );
    let trial = office.run(&["reprocess", "LNZX-2024-0001"]);
    assert_eq!(trial.code, Some(1), "{trial:?}");
    assert!(trial.stdout.contains("人工更正保留　姓名：王** → 王**"), "{}", trial.stdout);
    assert!(trial.stdout.contains("职业：工人 → 教师"), "{}", trial.stdout);
    office.run_ok(&["reprocess", "--apply"]);
    assert_eq!(without_events(office.rows().dump()), without_events(expected.clone()));
    office.run_ok(&["verify"]);

    // Items that staff worked on stay even where they would be cut otherwise: then a person settles it.
    older(&office, "UPDATE opinion SET text = '1. 建议延长' WHERE text LIKE '%延长窗口时间。'");
    let items = office.rows().rows("SELECT * FROM opinion");
    let applied = office.run_ok(&["reprocess", "--apply"]);
    assert!(applied.stdout.contains("须人工处理　意见条目"), "{}", applied.stdout);
    assert_eq!(office.rows().rows("SELECT * FROM opinion"), items);
    // Where nobody touched them they follow the rules.
    older(
        &office,
        "UPDATE opinion SET text = 'older' WHERE submission_id = (SELECT id FROM submission WHERE number = 'LNZX-2024-0005')",
    );
    office.run_ok(&["reprocess", "--apply"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM opinion WHERE text = 'older'"), 0);
}

#[test]
fn mail_that_would_not_be_filed_today_waits_for_a_person_and_nothing_is_thrown_away() {
    let office = Office::at_maildir();
    for n in 1..=2 {
        letter(n).deliver(&office.path().join("mailbox"));
    }
    office.run_ok(&["run", "--once"]);
    let before = everything(&office.rows());
    let consultation = office.path().join("consultations/liaoning.toml");
    let text = fs::read_to_string(&consultation).unwrap();
    let elsewhere = text
        .replace("进一步优化政务服务提升行政效能推动“高效办成一件事”", "冬季供热价格调整")
        .replace(r#"anchors = ["高效办成一件事", "一件事"]"#, r#"anchors = ["供热价格"]"#);
    fs::write(&consultation, elsewhere).unwrap();
    office.run_ok(&["reprocess", "--apply"]);
    let rows = office.rows().rows("SELECT number, status, review_reasons, comment, name FROM submission");
    for row in &rows {
        assert_eq!((&*row["status"], &*row["review_reasons"]), ("review", r#"["ruled_otherwise"]"#));
        assert_eq!(row["name"], "王小明");
    }
    assert_eq!(
        office.rows().count("SELECT count(*) FROM 待核邮件 WHERE 待核原因 = '按现行规则不会单独登记'"),
        2
    );
    nothing_to_do(&office);
    office.run_ok(&["verify"]);
    office.run_ok(&["review", "deny", "LNZX-2024-0002", "--note", "来信人要求"]);
    nothing_to_do(&office);
    // The rules of before, and everything is as it was, but for what a person decided.
    fs::write(&consultation, &text).unwrap();
    office.run_ok(&["reprocess", "--apply"]);
    nothing_to_do(&office);
    let of = |lines: &[String], what: &str| -> Vec<String> {
        lines.iter().filter(|line| !line.contains(what)).cloned().collect()
    };
    let after = everything(&office.rows());
    assert_same(&of(&after, "citizen2@example.com"), &of(&before, "citizen2@example.com"));
    let decided =
        office.rows().rows("SELECT status, review_reasons FROM submission WHERE number = 'LNZX-2024-0002'");
    assert_eq!(
        (&*decided[0]["status"], &*decided[0]["review_reasons"]),
        ("denied", r#"["ruled_otherwise"]"#)
    );

    // A consultation that is not configured any more is nobody's to judge; erased mail cannot be read.
    fs::write(&consultation, text.replace("liaoning-2024-gxbc", "another")).unwrap();
    let found = nothing_to_do(&office);
    assert_eq!(found["unconfigured"], 2, "{found}");
    fs::write(&consultation, &text).unwrap();
    older(&office, "UPDATE message SET raw = NULL WHERE id = 1");
    older(
        &office,
        "UPDATE submission SET status = 'erased', comment = '', from_address = '' WHERE message_id = 1",
    );
    let found = nothing_to_do(&office);
    assert_eq!((&found["erased"], &found["examined"]), (&1.into(), &1.into()), "{found}");
    older(&office, "UPDATE message SET raw = x'00' WHERE id = 2");
    let found = nothing_to_do(&office);
    assert_eq!((&found["unreadable"], &found["examined"]), (&1.into(), &0.into()), "{found}");
}

#[test]
fn another_deadline_moves_what_it_has_to_and_only_what_was_asked_for() {
    let office = Office::at_maildir();
    for n in 1..=3 {
        letter(n).deliver(&office.path().join("mailbox"));
    }
    office.run_ok(&["run", "--once"]);
    office.open_until("2024-03-10");
    let refused: Finished = office.run(&["reprocess", "LNZX-2024-9999"]);
    assert_eq!(refused.code, Some(65), "{refused:?}");
    assert_eq!(office.run(&["reprocess", "--consultation", "nowhere"]).code, Some(64));
    office.run_ok(&["reprocess", "lnzx-2024-0002", "--apply"]);
    let late = "SELECT number FROM submission WHERE status = 'late'";
    assert_eq!(office.rows().rows(late).len(), 1);
    assert_eq!(office.rows().rows(late)[0]["number"], "LNZX-2024-0002");
    let found = office.run(&["reprocess", "--consultation", "liaoning-2024-gxbc", "--json"]);
    assert_eq!(found.code, Some(1), "{found:?}");
    let found: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!(found["changed"], 2, "{found:#}");
}

#[test]
fn a_withdrawal_found_in_an_old_supplement_takes_its_submission_up_again() {
    let office = Office::at_maildir();
    letter(1).deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    let answer =
        office.rows().rows("SELECT rfc822_message_id FROM acknowledgement")[0]["rfc822_message_id"].clone();
    let withdrawal = Letter {
        message_id: "withdrawal@example.com".to_owned(),
        in_reply_to: Some(answer),
        subject: "Re: 自动回执".to_owned(),
        text: "我要求撤回之前提交的意见。\r\n".to_owned(),
        ..letter(1)
    };
    withdrawal.deliver(&office.path().join("mailbox"));
    office.run_ok(&["run", "--once"]);
    let expected = everything(&office.rows());
    assert_eq!(office.rows().count("SELECT count(*) FROM submission WHERE status = 'review'"), 1);
    nothing_to_do(&office);

    older(&office, "UPDATE supplement SET flags = '[]'");
    older(&office, "UPDATE submission SET status = 'accepted', review_reasons = '[]'");
    older(
        &office,
        "INSERT INTO opinion (submission_id, message_id, ordinal, text) SELECT submission_id, message_id, 99, comment FROM supplement",
    );
    office.run_ok(&["reprocess", "--apply"]);
    assert_same(&everything(&office.rows()), &expected);
    nothing_to_do(&office);
    office.run_ok(&["review", "deny", "LNZX-2024-0001", "--note", "来信人要求"]);
    nothing_to_do(&office);
}

#[test]
fn a_kill_in_the_middle_leaves_a_store_that_the_next_run_completes() {
    let (count, kills) = if long() { (600, 30) } else { (150, 6) };
    let mail = folder(23, count);
    let expected = everything(&imported(mail.path()).rows());
    let mut office = imported(mail.path());
    office.set("limits", "batch_messages", 5);
    let mut random = Random::new(7);
    let events = || office.rows().count("SELECT count(*) FROM event WHERE action = 'reprocessed'");
    let mut interrupted = 0;
    for _ in 0..kills {
        damage(&office);
        let before = events();
        let running = office.start(&["reprocess", "--apply"]);
        wait_for("the first batch", Duration::from_mins(1), || (events() > before).then_some(()));
        until_some_instant(&mut random, Duration::from_millis(60));
        running.kill();
        chain_holds(&office);
        interrupted += usize::from(everything(&office.rows()) != expected);
        office.run_ok(&["reprocess", "--apply"]);
        assert_same(&everything(&office.rows()), &expected);
    }
    println!("{interrupted} of {kills} kills fell into the work");
    assert!(interrupted > 0, "every run was through before it was killed");
}

#[test]
fn it_works_beside_the_daemon() {
    let mut office = Office::at_maildir();
    office.text("mailbox", "poll_interval", "1s");
    let mailbox: PathBuf = office.path().join("mailbox");
    for n in 1..=40 {
        letter(n).deliver(&mailbox);
    }
    let daemon = office.start(&["run"]);
    let filed = |count: i64| {
        wait_for("the letters", Duration::from_mins(1), || {
            let store = Connection::open(office.store_path()).ok()?;
            let found: i64 = store.query_row("SELECT count(*) FROM submission", [], |row| row.get(0)).ok()?;
            (found == count).then_some(())
        });
    };
    filed(40);
    for round in 0..5 {
        older(&office, "UPDATE submission SET name = '错名' WHERE id % 2 = 0");
        for n in 1..=10 {
            letter(100 + round * 10 + n).deliver(&mailbox);
        }
        office.run_ok(&["reprocess", "--apply"]);
        office.run_ok(&["correct", "LNZX-2024-0001", "organization", &format!("第{round}社区")]);
        assert_eq!(office.rows().count("SELECT count(*) FROM submission WHERE name = '错名'"), 0);
    }
    filed(90);
    wait_for("the answers", Duration::from_mins(1), || {
        let sent = "SELECT count(*) FROM acknowledgement WHERE state = 'sent'";
        (office.rows().count(sent) == 90).then_some(())
    });
    daemon.terminate();
    assert_eq!(daemon.finish(Duration::from_mins(1)).code, Some(0));
    nothing_to_do(&office);
    chain_holds(&office);
    assert_eq!(office.rows().count("SELECT count(*) FROM acknowledgement"), 90);
}
