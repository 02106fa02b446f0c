//! Fetching and recording.

use super::{assert_code, assert_filed_once, entries_of, folder, message, owed, pass, uids};
use crate::imap::imap_server::{Act, Message, Setup, fetch_response, say};
use crate::support::daemon::Office;
use crate::support::letter::letter;

fn office() -> Office {
    Office::over_imap(1)
}

/// What a server in order answers to a fetch of these messages.
fn bodies<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Vec<u8> {
    messages
        .into_iter()
        .enumerate()
        .flat_map(|(index, message)| fetch_response(index + 1, message, None))
        .collect()
}

/// The same with another body than the announced one.
fn shortened(message: &Message, length: usize) -> Vec<u8> {
    let whole = String::from_utf8(fetch_response(1, message, None)).unwrap();
    let (head, _) = whole.split_once('{').unwrap();
    let body = String::from_utf8(message.raw[..length].to_vec()).unwrap();
    format!("{head}{{{length}}}\r\n{body})\r\n").into_bytes()
}

fn done(mut bytes: Vec<u8>) -> Vec<Act> {
    bytes.extend(b"$T OK done\r\n");
    vec![Act::Say(bytes)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_empty_body_after_an_announced_size_is_owed_and_fetched_on_the_next_pass() {
    let mut office = office();
    let good = folder(1..=3);
    let [first, second, third] = &good.messages[..] else { panic!() };
    let answer = [bodies([first]), shortened(second, 0), bodies([third])].concat();
    let (finished, _) = pass(&mut office, good.clone().on("UID FETCH 10,20,30", done(answer))).await;
    assert_code(&finished, 75);
    assert_eq!(uids(&office), [10, 30]);
    assert_eq!(owed(&office), [(20, 1)].into());
    assert_eq!(office.json(&["status", "--json"])["backlog"], 1);

    let (finished, commands) = pass(&mut office, good).await;
    assert_code(&finished, 0);
    assert!(commands.iter().any(|command| command.starts_with("UID FETCH 20 ")), "{commands:?}");
    assert!(owed(&office).is_empty());
    assert_filed_once(&office, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_body_that_is_short_again_and_again_is_recorded_on_the_third_pass() {
    let mut office = office();
    let good = folder(1..=2);
    let short = shortened(&good.messages[1], good.messages[1].raw.len() - 5);
    let whole = bodies(&good.messages[..1]);
    let lying =
        good.on("UID FETCH 10,20 ", done([whole, short.clone()].concat())).on("UID FETCH 20 ", done(short));
    for attempt in 1..=2 {
        let (finished, _) = pass(&mut office, lying.clone()).await;
        assert_code(&finished, 75);
        assert_eq!((uids(&office), owed(&office)), (vec![10], [(20, attempt)].into()));
    }
    let (finished, _) = pass(&mut office, lying).await;
    assert_code(&finished, 0);
    assert!(owed(&office).is_empty());
    assert_filed_once(&office, 2);
}

/// The server hangs up over one message of three, every time.
fn poisoned(last: usize) -> Setup {
    let mut setup = folder(1..=last);
    for set in ["10,20,30 ", "10,20,30,40 ", "20,30,40 ", "20,30 ", "20 "] {
        setup = setup.on(&format!("UID FETCH {set}"), [Act::Close]);
    }
    setup
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_message_over_which_the_server_hangs_up_is_owed_and_the_others_get_through() {
    let mut office = office();
    // Every pass is a new process, as from cron: nothing may rest on what an earlier one remembered.
    for _ in 0..3 {
        let (finished, _) = pass(&mut office, poisoned(3)).await;
        assert_code(&finished, 69);
        assert!(finished.stderr.contains("fetching messages"), "{finished:?}");
    }
    assert_eq!(uids(&office), [10, 30]);
    assert_eq!(owed(&office).into_keys().collect::<Vec<_>>(), [20]);
    let (finished, _) = pass(&mut office, poisoned(4)).await;
    assert_code(&finished, 69);
    assert_eq!(uids(&office), [10, 30, 40], "later mail goes on");

    let rows = rusqlite::Connection::open(office.store_path()).unwrap();
    rows.execute("UPDATE gap SET next_attempt_at = '2024-01-01T00:00:00Z'", []).unwrap();
    let (finished, _) = pass(&mut office, folder(1..=4)).await;
    assert_code(&finished, 0);
    assert!(owed(&office).is_empty());
    assert_filed_once(&office, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_uid_that_vanishes_between_list_and_fetch_stops_nothing() {
    let mut office = office();
    let good = folder(1..=3);
    let answer = bodies([&good.messages[0], &good.messages[2]]);
    let (finished, _) = pass(&mut office, good.clone().on("UID FETCH 10,20,30", done(answer))).await;
    assert_code(&finished, 75);
    assert_eq!(uids(&office), [10, 30]);
    let mut without = good;
    without.messages.remove(1);
    let (finished, _) = pass(&mut office, without).await;
    assert_code(&finished, 0);
    assert!(owed(&office).is_empty(), "nobody can hand over what was removed");
    assert_filed_once(&office, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn no_to_a_fetch_is_owed_and_made_good() {
    let mut office = office();
    let refusing = folder(1..=2).on("UID FETCH 10,20 ", [say("$T NO [SERVERBUG] try later\r\n")]);
    let (finished, _) = pass(&mut office, refusing).await;
    assert_code(&finished, 75);
    assert_eq!(owed(&office), [(10, 1), (20, 1)].into());
    assert!(finished.stderr.contains("try later"), "{finished:?}");
    let (finished, _) = pass(&mut office, folder(1..=2)).await;
    assert_code(&finished, 0);
    assert_filed_once(&office, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_changed_uidvalidity_files_nothing_twice_and_answers_nobody_twice() {
    let mut office = office();
    let (finished, _) = pass(&mut office, folder(1..=3)).await;
    assert_code(&finished, 0);
    let mut renumbered = folder(1..=4);
    for (uid, message) in (5..).zip(&mut renumbered.messages) {
        message.uid = uid;
    }
    let examined =
        "* FLAGS ()\r\n* 4 EXISTS\r\n* OK [UIDVALIDITY 3] ok\r\n* OK [UIDNEXT 9] ok\r\n$T OK done\r\n";
    let renumbered = renumbered.on("EXAMINE", [say(examined)]);
    for _ in 0..2 {
        let (finished, _) = pass(&mut office, renumbered.clone()).await;
        assert_code(&finished, 0);
        let rows = office.rows();
        let under = |validity| {
            rows.count(&format!("SELECT count(*) FROM mailbox_entry WHERE uid_validity = {validity}"))
        };
        assert_eq!((under(7), under(3)), (3, 4));
        assert_filed_once(&office, 4);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_connection_cut_in_mid_literal_keeps_what_came_before() {
    let mut office = office();
    office.set("limits", "batch_messages", 2);
    let good = folder(1..=4);
    let mut cut = bodies(&good.messages[2..]);
    cut.truncate(cut.len() - 100);
    let cutting = good
        .clone()
        .on("UID FETCH 30,40 ", [Act::Say(cut.clone()), Act::Close])
        .on("UID FETCH 30 ", [Act::Say(cut[..200].to_vec()), Act::Close]);
    let (finished, _) = pass(&mut office, cutting).await;
    assert_code(&finished, 69);
    assert!(finished.stderr.contains("closed the connection during fetching messages"), "{finished:?}");
    assert!(uids(&office).starts_with(&[10, 20]));
    let (finished, _) = pass(&mut office, good).await;
    assert_code(&finished, 0);
    assert_filed_once(&office, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_folder_in_trouble_does_not_keep_the_others_from_being_read() {
    let troubles: [(&str, Vec<Act>, &str); 5] = [
        ("EXAMINE \"Archive\"", vec![say("$T NO [NONEXISTENT] no such folder\r\n")], "no such folder"),
        ("EXAMINE \"Archive\"", vec![say("$T NO [UNAVAILABLE] its disk is away\r\n")], "its disk is away"),
        ("EXAMINE \"Archive\"", vec![say("* 3 EXISTS\r\n$T OK done\r\n")], "UIDVALIDITY"),
        (
            "EXAMINE \"Archive\"",
            vec![say("* BYE this folder crashes me\r\n"), Act::Close],
            "this folder crashes me",
        ),
        ("EXAMINE \"Archive\"", vec![say("$T BAD what?\r\n")], "what?"),
    ];
    for (command, acts, words) in troubles {
        let mut office = office();
        office.set("mailbox", "folders", r#"["INBOX", "Archive", "Junk"]"#);
        let (finished, _) = pass(&mut office, folder(1..=2).on(command, acts)).await;
        assert_code(&finished, 69);
        assert!(finished.stderr.contains(words) && finished.stderr.contains("Archive"), "{finished:?}");
        assert_eq!(entries_of(&office, "INBOX").len(), 2, "{words}");
        assert_eq!(entries_of(&office, "Archive").len(), 0, "{words}");
        assert_eq!(entries_of(&office, "Junk").len(), 2, "{words}");
        let status = office.json(&["status", "--json"]);
        assert!(status["last_problem"].as_str().unwrap().contains(words), "{status}");
        assert!(status["last_good_pass"].is_null(), "{status}");
        assert_filed_once(&office, 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hang_at_any_stage_ends_with_its_name() {
    let hang = [Act::Hang];
    let good = || folder(1..=2);
    let rows: Vec<(Setup, &str)> = vec![
        (good().greeting(hang.clone()), "greeting"),
        (good().on("CAPABILITY", hang.clone()), "CAPABILITY"),
        (good().on("LOGIN", hang.clone()), "LOGIN"),
        (good().on("ID", hang.clone()), "ID"),
        (good().on("EXAMINE", hang.clone()), "EXAMINE"),
        (good().on("UID FETCH 1:*", hang.clone()), "listing the folder"),
        (good().on("UID FETCH 10,20", hang.clone()).on("UID FETCH 10 ", hang.clone()), "fetching messages"),
    ];
    // Side by side, for each waits for its deadline.
    let mut running = tokio::task::JoinSet::new();
    for (setup, stage) in rows {
        running.spawn(async move {
            let mut office = office();
            office.text("limits", "step_timeout", "1s");
            office.text("limits", "pass_timeout", "20s");
            let (finished, _) = pass(&mut office, setup).await;
            assert_code(&finished, 69);
            let naming = finished.stderr.lines().filter(|line| line.starts_with("zwfw-intake: "));
            let naming: Vec<&str> = naming.collect();
            assert_eq!(naming.len(), 1, "{stage}: {finished:?}");
            assert!(
                ["no answer in time", "limits.step_timeout", stage]
                    .iter()
                    .all(|word| naming[0].contains(word)),
                "{stage}: {finished:?}"
            );
            let (finished, _) = pass(&mut office, good()).await;
            assert_code(&finished, 0);
            assert_filed_once(&office, 2);
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_oversize_message_is_filed_with_its_text_and_answered() {
    let mut office = office();
    office.set("limits", "message_bytes", 1 << 20);
    office.set("limits", "oversize_fetch_bytes", 64 << 10);
    let mut raw = String::from_utf8(letter(1).raw()).unwrap();
    let text = raw.split_off(raw.find("\r\n\r\n").unwrap() + 4);
    let head =
        raw.replace("Content-Type: text/plain; charset=utf-8", "Content-Type: multipart/mixed; boundary=b");
    let mut raw = format!(
        "{head}--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b\r\nContent-Type: application/pdf\r\n\
         Content-Disposition: attachment; filename=plan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    while raw.len() < 3 << 20 {
        raw.push_str(&"QUJD".repeat(19));
        raw.push_str("\r\n");
    }
    raw.push_str("--b--\r\n");
    let size = raw.len();
    let mut setup = folder(2..=2);
    setup.messages.insert(0, message(1, raw.into_bytes()));
    let (finished, _) = pass(&mut office, setup).await;
    assert_code(&finished, 0);
    assert_filed_once(&office, 2);
    let rows = office.rows();
    let found = &rows.rows("SELECT flags, comment, from_address FROM submission ORDER BY id")[0];
    assert!(found["flags"].contains("\"oversize\""), "{found:?}");
    assert!(found["comment"].contains("这是第1条意见"), "{found:?}");
    let announced = "SELECT size_bytes FROM mailbox_entry WHERE uid = 10";
    assert_eq!(rows.count(announced), i64::try_from(size).unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_poison_message_is_set_aside_and_the_others_are_filed() {
    let mut office = office();
    let nested = {
        let mut raw = letter(2).raw();
        let head = raw.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        raw.truncate(head);
        for depth in 0..5000 {
            raw.extend(
                format!("\r\nContent-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}").bytes(),
            );
        }
        raw
    };
    let mut setup = folder(1..=5);
    setup.messages[1].raw = nested;
    setup.messages[2].raw = vec![0; 70_000];
    setup.messages[3].raw = b"\r\n\r\nno header at all".to_vec();
    let (finished, _) = pass(&mut office, setup.clone()).await;
    assert_code(&finished, 0);
    let entries = entries_of(&office, "INBOX");
    assert_eq!(entries.len(), 5, "{entries:?}");
    for uid in [30, 40] {
        assert!(entries[&uid].starts_with("quarantined"), "{entries:?}");
    }
    for uid in [10, 50] {
        assert!(entries[&uid].starts_with("filed"), "{entries:?}");
    }
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM message JOIN mailbox_entry e ON e.message_id = message.id WHERE e.disposition = 'quarantined' AND raw IS NOT NULL"), 2);
    let before = rows.dump();
    let (finished, _) = pass(&mut office, setup).await;
    assert_code(&finished, 0);
    assert_eq!(before, office.rows().dump());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_server_that_throttles_is_left_alone_and_no_letter_is_counted_against() {
    let mut office = office();
    let words = "$T BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds\r\n";
    let (finished, commands) = pass(&mut office, folder(1..=20).on("UID FETCH 10", [say(words)])).await;
    assert_code(&finished, 75);
    let fetches = commands.iter().filter(|command| command.contains("BODY.PEEK")).count();
    assert_eq!((fetches, owed(&office).len()), (1, 0), "{commands:?}");
    let status = office.json(&["status", "--json"]);
    assert_eq!(
        (status["last_fault"].as_str(), status["last_good_pass"].is_null()),
        (Some("throttled"), true)
    );
    let (finished, _) = pass(&mut office, folder(1..=20)).await;
    assert_code(&finished, 0);
    assert_filed_once(&office, 20);
}
