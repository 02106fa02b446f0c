//! A consultation that is configured, or mended, after its first letters came.

use std::fs;

use crate::imap::imap_server::{Act, Setup, message, reads_a_message, run};
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

/// A letter to somebody else in the house.
fn foreign() -> Letter {
    Letter { subject: "供暖投诉".to_owned(), ..letter(9) }
}

fn consultation(office: &Office) -> std::path::PathBuf {
    office.path().join("consultations/liaoning.toml")
}

/// Writes another title into the consultation; gives the text as it was.
fn misname(office: &Office) -> String {
    let text = fs::read_to_string(consultation(office)).unwrap();
    let other: String = text
        .lines()
        .filter(|line| !line.starts_with("subject_tag") && !line.starts_with("anchors"))
        .map(|line| {
            if line.starts_with("title") {
                "title = \"沈阳市养犬管理条例（草案）\"\n".to_owned()
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    fs::write(consultation(office), other).unwrap();
    text
}

/// What stands in the store: submissions, answers, kept messages, entries that are not ours.
fn counts(office: &Office) -> [i64; 4] {
    ["submission", "acknowledgement", "message", "mailbox_entry WHERE disposition = 'not_ours'"]
        .map(|of| office.rows().count(&format!("SELECT count(*) FROM {of}")))
}

fn otherwise(office: &Office) -> serde_json::Value {
    office.json(&["status", "--json"])["judged_under_other_rules"].clone()
}

fn letters() -> Setup {
    let mut setup = Setup::default();
    let raws = [letter(1).raw(), foreign().raw(), letter(2).raw(), letter(3).raw()];
    setup.messages = (1..).zip(raws).map(|(n, raw)| message(n, raw)).collect();
    setup
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn mail_that_came_before_its_consultation_is_filed_once_and_answered_once() {
    for how in [&["run", "--once"][..], &["refetch", "--not-ours"]] {
        let mut office = Office::over_imap(1);
        let right = misname(&office);
        let mut before = letters();
        before.messages.pop();
        let (finished, _) = run(&mut office, before, &["run", "--once"]).await;
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert_eq!(counts(&office), [0, 0, 0, 3]);
        assert_eq!(otherwise(&office), 0);

        fs::write(consultation(&office), right).unwrap();
        assert_eq!(otherwise(&office), 3);
        let (finished, _) = run(&mut office, letters(), &["reconcile"]).await;
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert!(finished.said().contains("3 条记录"), "{finished:?}");

        let (finished, _) = run(&mut office, letters(), how).await;
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert_eq!(counts(&office), [3, 3, 3, 1]);
        assert_eq!(otherwise(&office), 0);
        let late = office
            .rows()
            .count("SELECT count(*) FROM submission WHERE received_at <> '2024-03-12T02:00:02Z'");
        assert_eq!(late, 0, "the arrival is the mailbox's, not the time of the second look");

        // Nothing more is fetched, and what checks say is good.
        let (finished, commands) = run(&mut office, letters(), &["run", "--once"]).await;
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert!(!commands.iter().any(|command| reads_a_message(command)), "{commands:?}");
        assert_eq!(counts(&office), [3, 3, 3, 1]);
        let (finished, _) = run(&mut office, letters(), &["reconcile"]).await;
        assert_eq!(finished.code, Some(0), "{finished:?}");
        office.run_ok(&["verify"]);
        let replayed = office.run_ok(&["reprocess"]);
        assert!(replayed.said().contains("无变化"), "{replayed:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_deleted_meanwhile_is_owed_by_nobody() {
    let mut office = Office::over_imap(1);
    let right = misname(&office);
    run(&mut office, letters(), &["run", "--once"]).await;
    fs::write(consultation(&office), right).unwrap();
    let mut rest = letters();
    rest.messages.remove(0);
    let (finished, _) = run(&mut office, rest.clone(), &["run", "--once"]).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(counts(&office), [2, 2, 2, 2]);
    let (finished, _) = run(&mut office, rest, &["reconcile"]).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
}

#[test]
fn files_of_a_maildir_are_judged_again_too() {
    let office = Office::at_maildir();
    let right = misname(&office);
    for letter in [letter(1), letter(2), foreign()] {
        letter.deliver(&office.path().join("mailbox"));
    }
    office.run_ok(&["run", "--once"]);
    assert_eq!(counts(&office), [0, 0, 0, 3]);
    fs::write(consultation(&office), right).unwrap();
    assert_eq!(office.run(&["reconcile"]).code, Some(1));
    for _ in 0..2 {
        office.run_ok(&["run", "--once"]);
        assert_eq!(counts(&office), [2, 2, 2, 1]);
        office.run_ok(&["reconcile"]);
    }
    office.run_ok(&["verify"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_that_cannot_be_fetched_again_keeps_no_other_waiting() {
    let mut office = Office::over_imap(1);
    let right = misname(&office);
    run(&mut office, letters(), &["run", "--once"]).await;
    fs::write(consultation(&office), right).unwrap();
    let mut more = letters();
    more.messages.push(message(5, letter(5).raw()));
    let with_trouble = more
        .clone()
        .on("UID FETCH 10 ", [Act::Close])
        .on("UID FETCH 10,", [Act::Close])
        .on("UID FETCH 10:", [Act::Close]);
    for _ in 0..3 {
        run(&mut office, with_trouble.clone(), &["run", "--once"]).await;
    }
    assert_eq!(counts(&office)[0], 3, "all but the one in trouble");
    let store = rusqlite::Connection::open(office.store_path()).unwrap();
    store.execute("UPDATE gap SET next_attempt_at = '2020-01-01T00:00:00Z'", []).unwrap();
    let (finished, _) = run(&mut office, more, &["run", "--once"]).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(counts(&office), [4, 4, 4, 1]);
}
