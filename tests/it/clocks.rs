//! A machine whose clock was wrong for a while: nothing that was written down then stops letters or answers for years, and
//! the jump has a name.

use rusqlite::Connection;

use crate::smtp::smtp_server::{Protection, Rule, SmtpServer, Step, rule, say};
use crate::support::daemon::{Finished, Office};
use crate::support::letter::letter;
use zwfw_intake::store::Store;
use zwfw_intake::vocabulary::{EntryUid, FolderKey, GapReason};

const FUTURE: &str = "2037-11-25T18:41:40Z";

fn office(letters: usize) -> Office {
    let office = Office::at_maildir();
    for n in 1..=letters {
        letter(n).deliver(&office.path().join("mailbox"));
    }
    office
}

async fn server(rules: impl Into<Vec<Rule>>) -> SmtpServer {
    SmtpServer::start(Protection::Plain, rules.into()).await
}

fn pass(office: &Office) -> Finished {
    tokio::task::block_in_place(|| office.run(&["run", "--once"]))
}

/// What a clock in 2037 has written.
fn as_written_in_2037(office: &Office, sql: &str) {
    Connection::open(office.store_path()).unwrap().execute_batch(&sql.replace("FUTURE", FUTURE)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_deferred_by_a_clock_in_the_future_is_due() {
    let mut office = office(1);
    let server = server([rule(Step::Rcpt, say("451 4.3.0 later")).on_connection(1)]).await;
    office.answer_over_smtp(server.address.port());
    assert_eq!(pass(&office).code, Some(0));
    as_written_in_2037(
        &office,
        "UPDATE acknowledgement SET next_attempt_at = 'FUTURE', queued_at = 'FUTURE'",
    );
    assert_eq!(pass(&office).code, Some(0));
    assert_eq!(server.taken().len(), 1);
}

/// Honest pauses are kept: an hour, and the longest that is ever planned.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_waits_as_long_as_any_does_goes_on_waiting() {
    let mut office = office(1);
    let server = server([rule(Step::Rcpt, say("451 4.3.0 later")).on_connection(1)]).await;
    office.answer_over_smtp(server.address.port());
    assert_eq!(pass(&office).code, Some(0));
    for hours in [1, 5] {
        let later = format!("strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+{hours} hours')");
        as_written_in_2037(&office, &format!("UPDATE acknowledgement SET next_attempt_at = {later}"));
        assert_eq!(pass(&office).code, Some(0));
        assert_eq!(server.taken().len(), 0, "{hours} h");
    }
}

#[test]
fn an_owed_letter_and_a_mark_planned_by_a_clock_in_the_future_are_due() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let (now, future) = ("2024-03-12T02:00:00Z".parse().unwrap(), FUTURE.parse().unwrap());
    let mut store = Store::open(&path, now).unwrap();
    let inbox = FolderKey::imap("INBOX", 7);
    let writing = store.begin().unwrap();
    for (uid, at) in [(1, now), (2, future)] {
        let entry = inbox.entry(EntryUid::Imap(uid));
        for _ in 0..5 {
            writing.note_gap(&entry, &GapReason::EmptyBody, at).unwrap();
        }
        writing.want_mark(&entry, at).unwrap();
    }
    writing.commit().unwrap();
    assert_eq!(store.gaps_due(&inbox, now).unwrap(), [2], "the other one rests some minutes");
    assert!(!store.gap_is_resting(&inbox.entry(EntryUid::Imap(2)), now).unwrap());
    assert!(store.gap_is_resting(&inbox.entry(EntryUid::Imap(1)), now).unwrap());
    assert_eq!(store.marks_due(&inbox, now, 10).unwrap(), [1, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caps_and_breaker_do_not_count_the_future() {
    let mut office = office(4);
    let server = server([]).await;
    office.answer_over_smtp(server.address.port());
    office.set("acknowledgement.caps", "per_hour", 4);
    office.set("acknowledgement.caps", "per_domain", 4);
    assert_eq!(pass(&office).code, Some(0));
    as_written_in_2037(
        &office,
        "UPDATE acknowledgement SET sent_at = 'FUTURE', queued_at = 'FUTURE';
         INSERT OR REPLACE INTO fact VALUES ('breaker', 'caps.per_hour'), ('breaker_since', 'FUTURE'), ('breaker_released_at', 'FUTURE')",
    );
    for n in 5..=8 {
        letter(n).deliver(&office.path().join("mailbox"));
    }
    pass(&office);
    assert_eq!(server.taken().len(), 8);
    // And they count today's all the same, whenever a person is said to have closed it.
    letter(9).deliver(&office.path().join("mailbox"));
    pass(&office);
    assert_eq!(server.taken().len(), 8);
}

#[test]
fn a_clock_that_went_back_is_named_in_log_status_and_check() {
    let office = office(1);
    office.run_ok(&["run", "--once"]);
    as_written_in_2037(&office, "UPDATE fact SET value = 'FUTURE' WHERE key = 'last_pass_finished_at'");
    let status = office.run_ok(&["status"]).stdout;
    assert!(status.contains("在将来") && !status.contains("（0 秒前）"), "{status}");
    let check = office.run(&["check", "--live"]);
    assert!(check.code == Some(1) && check.stdout.contains("故障  时钟"), "{check:?}");

    let pass = office.run_ok(&["run", "--once"]);
    assert!(pass.stderr.contains("the clock jumped back"), "{pass:?}");
    let status = office.run_ok(&["status"]).stdout;
    assert!(status.contains("时钟向后跳变了"), "{status}");
    assert!(office.json(&["status", "--json"])["clock_jump_seconds"].as_i64().unwrap() < -86_400);
    let said = office.run_ok(&["run", "--once"]).stderr;
    assert!(!said.contains("jumped"), "once: {said}");
}

#[test]
fn a_store_made_by_a_wrong_clock_counts_from_the_first_day_with_a_right_one() {
    for (created, right_since) in [(FUTURE, None), ("1970-01-01T00:10:00Z", Some(""))] {
        let mut office = office(1);
        office.unset("acknowledgement", "not_before");
        office.open_until("2099-12-31");
        office.run_ok(&["init"]);
        as_written_in_2037(&office, &format!("UPDATE fact SET value = '{created}' WHERE key = 'created_at'"));
        if let Some(right_since) = right_since {
            let fact = format!("INSERT INTO fact VALUES ('clock_right_since', '{right_since}')");
            as_written_in_2037(&office, &fact);
        }
        // A letter of today, and an old one.
        std::fs::write(office.path().join("mailbox/new/today"), letter(2).raw()).unwrap();
        let pass = office.run_ok(&["run", "--once"]);
        assert!(pass.stderr.contains("the clock was wrong when this store was made"), "{pass:?}");
        let rows = office.rows();
        let sql = "SELECT s.from_address, a.state FROM acknowledgement AS a JOIN submission AS s ON s.id = a.submission_id
                   ORDER BY 1";
        let states: Vec<String> = rows.rows(sql).iter().map(|row| row["state"].clone()).collect();
        assert_eq!(states, ["withheld", "sent"], "{created}");
        let check = office.run(&["check", "--live"]);
        assert!(check.code == Some(1) && check.stdout.contains("建立时间"), "{created}: {check:?}");
    }
}
