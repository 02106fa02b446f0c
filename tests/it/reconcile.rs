//! `reconcile`, and the intake lane's own comparison: an entry of the mailbox that has no row is found, named and fetched.

use std::fs;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;

use crate::imap::imap_server::{Act, Fake, Setup, folder, message, reads_a_message, run, say};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::support::{free_port, wait_for};

const HANG: Duration = Duration::from_mins(1);

/// What `reconcile --json` says, and its exit status. It changes nothing.
async fn reconcile(office: &mut Office, setup: Setup) -> (Value, Option<i32>) {
    let before = office.rows().dump();
    let (finished, commands) = run(office, setup, &["reconcile", "--json"]).await;
    assert!(
        commands.iter().all(|command| !reads_a_message(command) && !command.starts_with("SELECT")),
        "it only lists: {commands:?}"
    );
    assert_eq!(office.rows().dump(), before);
    let json = serde_json::from_str(&finished.stdout).unwrap_or_else(|e| panic!("{e}: {finished:?}"));
    (json, finished.code)
}

fn tamper(office: &Office, sql: &str) {
    Connection::open(office.store_path()).unwrap().execute_batch(sql).unwrap();
}

/// A mailbox with something of every disposition.
fn of_every_kind() -> Setup {
    let mut setup = folder(1..=2);
    let mut add = |letter: Letter| {
        let n = setup.messages.len() + 1;
        setup.messages.push(message(n, letter.raw()));
    };
    add(Letter { message_id: "again@example.com".to_owned(), ..letter(1) });
    add(Letter { subject: "周末聚餐".to_owned(), text: "老地方见。".to_owned(), ..letter(4) });
    add(Letter { subject: "自动回复：我已收到".to_owned(), ..letter(5) });
    setup.messages.push(message(6, Vec::new()));
    let nothing = b"* 6 FETCH (UID 60 INTERNALDATE \"12-Mar-2024 10:00:02 +0800\" RFC822.SIZE 0 BODY[] \"\")\r\n$T OK done\r\n";
    setup.on("UID FETCH 60 ", vec![Act::Say(nothing.to_vec())])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_sum_holds_for_every_disposition_and_the_mailbox_is_complete() {
    let mut office = Office::over_imap(1);
    office.set("limits", "batch_messages", 1);
    let (finished, _) = run(&mut office, of_every_kind(), &["run", "--once"]).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let (found, code) = reconcile(&mut office, of_every_kind()).await;
    assert_eq!(code, Some(0), "{found}");
    let inbox = &found["folders"][0];
    assert_eq!(inbox["recorded"]["filed"], 2, "{found}");
    for word in ["duplicate", "not_ours", "automatic", "quarantined"] {
        assert_eq!(inbox["recorded"][word], 1, "{word}: {found}");
    }
    assert_eq!(
        (&inbox["in_mailbox"], &inbox["balanced"], &found["complete"]),
        (&6.into(), &true.into(), &true.into())
    );
    let (finished, _) = run(&mut office, of_every_kind(), &["reconcile"]).await;
    let sum = "邮箱现有 6 + 已不在邮箱 0 = 登记 2 + 补充 0 + 重复 1 + 与征集无关 1 + 自动邮件 1 + 隔离待查 1 + 待重新收取 0 + 尚未读取 0 + 缺失 0：相符";
    assert!(finished.stdout.contains(sum), "{finished:?}");

    // People delete, and mail arrives: no gap.
    let mut later = of_every_kind();
    later.messages.remove(1);
    later.messages.push(message(9, letter(9).raw()));
    let (found, code) = reconcile(&mut office, later).await;
    let inbox = &found["folders"][0];
    assert_eq!(code, Some(0), "{found}");
    assert_eq!((&inbox["no_longer_in_mailbox"], &inbox["not_read_yet"]), (&1.into(), &1.into()), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_message_behind_the_position_without_a_row_is_named_and_fetched_on_the_next_pass() {
    let mut office = Office::over_imap(1);
    run(&mut office, folder([1, 3]), &["run", "--once"]).await;
    // It turns up below what was read already.
    let (found, code) = reconcile(&mut office, folder(1..=3)).await;
    assert_eq!(code, Some(1), "{found}");
    let missing = &found["folders"][0]["missing"];
    assert_eq!(missing.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(missing[0]["uid"], "20");
    assert_eq!(missing[0]["size_bytes"], letter(2).raw().len());
    assert_eq!(missing[0]["arrived"], "2024-03-12T02:00:02Z");
    let (finished, _) = run(&mut office, folder(1..=3), &["reconcile"]).await;
    assert!(finished.stdout.contains("缺失：UID 20，") && finished.stdout.contains("有缺口"), "{finished:?}");

    let (finished, _) = run(&mut office, folder(1..=3), &["run", "--once"]).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stderr.contains("has no row"), "it says so: {finished:?}");
    let (found, code) = reconcile(&mut office, folder(1..=3)).await;
    assert_eq!((code, &found["folders"][0]["recorded"]["filed"]), (Some(0), &3.into()), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_daemon_finds_by_the_count_what_a_listing_left_out() {
    let mut office = Office::over_imap(1);
    office.set("mailbox", "idle", false);
    // On the first pass the server neither counts nor lists the first message; later it counts it.
    let state =
        "* FLAGS (\\Seen)\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 31] ok\r\n$T OK done\r\n";
    let size = letter(2).raw().len();
    let partly = format!(
        "* 1 FETCH (UID 20 RFC822.SIZE {size})\r\n* 2 FETCH (UID 30 RFC822.SIZE {size})\r\n$T OK done\r\n"
    );
    let setup = folder(1..=3).once("EXAMINE", vec![say(state)]).once("UID FETCH 1:*", vec![say(partly)]);
    let server = Fake::start(setup).await;
    office.set("mailbox", "port", server.port());
    let running = office.start(&["run"]);
    tokio::task::block_in_place(|| {
        wait_for("the third letter", Duration::from_secs(40), || {
            let store = Connection::open(office.store_path()).ok()?;
            let count: i64 = store.query_row("SELECT count(*) FROM submission", [], |row| row.get(0)).ok()?;
            (count == 3).then_some(())
        });
        running.terminate();
        let finished = running.finish(HANG);
        assert!(finished.stderr.contains("has no row"), "{finished:?}");
    });
    let listings = server.commands().iter().filter(|command| command.starts_with("UID FETCH 1:*")).count();
    assert_eq!(
        listings,
        2,
        "once at the start, once because the count did not agree: {:?}",
        server.commands()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_owed_is_a_gap_and_what_does_not_go_together_is_named() {
    let mut office = Office::over_imap(1);
    let nothing = "* 2 FETCH (UID 20 RFC822.SIZE 500 BODY[] \"\")\r\n$T OK done\r\n";
    office.set("limits", "batch_messages", 1);
    let failing = folder(1..=2).on("UID FETCH 20 ", vec![say(nothing)]);
    run(&mut office, failing, &["run", "--once"]).await;
    let (found, code) = reconcile(&mut office, folder(1..=2)).await;
    assert_eq!(code, Some(1), "{found}");
    assert_eq!(found["folders"][0]["owed"][0]["uid"], "20", "{found}");
    assert_eq!(found["folders"][0]["balanced"], true, "{found}");
    run(&mut office, folder(1..=2), &["run", "--once"]).await;
    assert_eq!(reconcile(&mut office, folder(1..=2)).await.1, Some(0));

    for (sql, undo, word) in [
        (
            "UPDATE mailbox_entry SET disposition = 'supplement' WHERE uid = 10",
            "UPDATE mailbox_entry SET disposition = 'filed' WHERE uid = 10",
            "supplement_without_row",
        ),
        (
            "UPDATE mailbox_entry SET disposition = 'duplicate' WHERE uid = 10",
            "UPDATE mailbox_entry SET disposition = 'filed' WHERE uid = 10",
            "duplicate_without_submission",
        ),
        (
            "UPDATE mailbox_entry SET message_id = 2 WHERE uid = 10",
            "UPDATE mailbox_entry SET message_id = 1 WHERE uid = 10",
            "submission_without_entry",
        ),
        (
            "UPDATE mailbox_entry SET message_id = NULL WHERE uid = 10",
            "UPDATE mailbox_entry SET message_id = 1 WHERE uid = 10",
            "filed_without_submission",
        ),
        ("UPDATE folder SET last_uid = 10", "UPDATE folder SET last_uid = 20", "position_behind_entries"),
        (
            "INSERT INTO gap (folder, uid_validity, uid, attempts, reason, first_seen_at, next_attempt_at) VALUES ('INBOX', 7, 10, 1, 'x', '', '')",
            "DELETE FROM gap",
            "recorded_and_owed",
        ),
    ] {
        tamper(&office, sql);
        let (found, code) = reconcile(&mut office, folder(1..=2)).await;
        assert_eq!(code, Some(1), "{sql}: {found}");
        let words: Vec<&str> = found["inconsistencies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["what"].as_str().unwrap())
            .collect();
        assert!(words.contains(&word), "{sql}: {found}");
        tamper(&office, undo);
    }
    assert_eq!(reconcile(&mut office, folder(1..=2)).await.1, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn another_uidvalidity_is_said_and_is_no_gap() {
    let mut office = Office::over_imap(1);
    run(&mut office, folder(1..=2), &["run", "--once"]).await;
    let state = "* FLAGS (\\Seen)\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 8] ok\r\n$T OK done\r\n";
    let (found, code) = reconcile(&mut office, folder(1..=2).on("EXAMINE", vec![say(state)])).await;
    assert_eq!(code, Some(0), "{found}");
    let inbox = &found["folders"][0];
    assert_eq!((&inbox["uid_validity_before"], &inbox["not_read_yet"]), (&7.into(), &2.into()), "{found}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_unreachable_mailbox_is_69_and_an_unknown_folder_hides_no_other() {
    let mut office = Office::over_imap(1);
    run(&mut office, folder(1..=2), &["run", "--once"]).await;
    office.set("mailbox", "port", free_port());
    assert_eq!(office.run(&["reconcile"]).code, Some(69));
    office.set("mailbox", "folders", "[\"Nowhere\", \"INBOX\"]");
    let unknown = folder(1..=2).on("EXAMINE \"Nowhere\"", vec![say("$T NO there is none\r\n")]);
    let (found, code) = reconcile(&mut office, unknown).await;
    assert_eq!(code, Some(69), "{found}");
    assert!(found["folders"][0]["problem"].as_str().unwrap().contains("Nowhere"), "{found}");
    assert_eq!(
        (&found["folders"][1]["balanced"], &found["complete"]),
        (&true.into(), &false.into()),
        "{found}"
    );
}

#[test]
fn a_maildir_is_compared_by_names() {
    let office = Office::at_maildir();
    let mailbox = office.path().join("mailbox");
    for n in 1..=3 {
        letter(n).deliver(&mailbox);
    }
    office.run_ok(&["run", "--once"]);
    fs::write(office.path().join("one.eml"), letter(7).raw()).unwrap();
    office.run_ok(&["import", "one.eml"]);
    let found = office.json(&["reconcile", "--json"]);
    assert_eq!(found["folders"][0]["recorded"]["filed"], 3, "{found}");
    assert_eq!(found["recorded_elsewhere"][0]["entries"], 1, "what was imported: {found}");

    // A row that somebody took away: the file was there before the last pass began.
    tamper(
        &office,
        "DELETE FROM mailbox_entry WHERE id = 2; UPDATE fact SET value = '2099-01-01T00:00:00Z' WHERE key = 'last_pass_started_at'",
    );
    let finished = office.run(&["reconcile"]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(
        finished
            .stdout
            .contains(&format!("缺失：UID {}.letter-2@example.com", crate::support::letter::ARRIVAL)),
        "{finished:?}"
    );
    assert!(finished.stdout.contains("登记件没有对应的邮箱来信"), "{finished:?}");

    // A file that came since is not read yet.
    tamper(&office, "UPDATE fact SET value = '2024-03-12T00:00:00Z' WHERE key = 'last_pass_started_at'");
    office.run_ok(&["run", "--once"]);
    letter(9).deliver(&mailbox);
    let found = office.json(&["reconcile", "--json"]);
    assert_eq!(found["folders"][0]["not_read_yet"], 1, "{found}");
}
