//! Many replies to one submission: a day's worth becomes part of it, further ones wait for a person, and none is lost.

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use crate::support::daemon::Office;
use crate::support::letter::{ARRIVAL, Letter, letter};
use crate::support::mailhost::set_modified;

const DAY: u64 = 86_400;

/// The first letter and `count` replies that name its number, all on one day but for the last.
fn office(count: usize, most: u32) -> Office {
    let mut office = Office::at_maildir();
    office.set("acknowledgement.caps", "per_submission", most);
    fs::create_dir(office.path().join("mails")).unwrap();
    for n in 0..=count {
        let reply = Letter {
            subject: "回复：LNZX-2024-0001".to_owned(),
            message_id: format!("reply{n}@example.com"),
            text: format!("1. 建议增设第{n}个窗口，{}。\r\n", "再多设几个".repeat(n + 1)),
            ..letter(1)
        };
        let path = office.path().join(format!("mails/{n:04}.eml"));
        fs::write(&path, if n == 0 { letter(1) } else { reply }.raw()).unwrap();
        let at = ARRIVAL + if n == count { DAY } else { 0 };
        set_modified(&path, UNIX_EPOCH + Duration::from_secs(at));
    }
    office.run_ok(&["import", "mails"]);
    office
}

#[test]
fn replies_beyond_a_days_worth_wait_for_a_person_unanswered_and_count_when_confirmed() {
    let office = office(7, 3);
    let rows = office.rows();
    let count = |sql: &str| rows.count(sql);
    assert_eq!(count("SELECT count(*) FROM message"), 8, "all are kept");
    // Three of that day, and the one of the next.
    assert_eq!(count("SELECT count(*) FROM supplement WHERE submission_id = 1"), 4);
    let waiting =
        "SELECT count(*) FROM submission WHERE status = 'review' AND review_reasons LIKE '%replies_capped%'";
    assert_eq!(count(waiting), 3);
    let unanswered = "SELECT count(*) FROM acknowledgement AS a JOIN submission AS s ON s.message_id = a.message_id
        WHERE s.review_reasons LIKE '%replies_capped%' AND a.state = 'withheld' AND a.reason = 'replies_capped'";
    assert_eq!(count(unanswered), 3);
    assert_eq!(count("SELECT count(*) FROM submission WHERE id = 1 AND status = 'accepted'"), 1);
    let list = office.run_ok(&["review", "list"]).stdout;
    for number in ["LNZX-2024-0002", "LNZX-2024-0003", "LNZX-2024-0004"] {
        assert!(list.contains(number), "{list}");
    }
    let explained = office.run_ok(&["explain", "LNZX-2024-0002"]).stdout;
    assert!(explained.contains("LNZX-2024-0001") && explained.contains("当日的补充已多"), "{explained}");

    let items = || rows.count("SELECT count(*) FROM 意见汇总 WHERE 编号 = 'LNZX-2024-0002'");
    let before = items();
    office.run_ok(&["review", "confirm", "LNZX-2024-0002"]);
    office.run_ok(&["review", "deny", "LNZX-2024-0003"]);
    assert_eq!((before, items()), (0, 1));
    assert_eq!(count(waiting), 1);
    office.run_ok(&["verify"]);
    let found = office.json(&["reprocess", "--json"]);
    assert_eq!((&found["changed"], &found["left_to_a_person"]), (&0.into(), &0.into()), "{found}");
}

#[test]
fn who_adds_a_few_times_is_filed_and_answered_as_ever() {
    let office = office(7, 20);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM supplement"), 7);
    assert_eq!(rows.count("SELECT count(*) FROM submission"), 1);
    assert_eq!(
        rows.count("SELECT count(*) FROM acknowledgement WHERE kind = 'supplement' AND state <> 'withheld'"),
        1
    );
}

/// One number by itself is ruled on as with all others, whatever its sender sent besides.
#[test]
fn one_number_of_a_diligent_writer_is_ruled_on_as_with_all() {
    let office = office(7, 3);
    for number in ["LNZX-2024-0001", "LNZX-2024-0003"] {
        let found = office.json(&["reprocess", "--json", number]);
        assert_eq!(
            (&found["changed"], &found["left_to_a_person"]),
            (&0.into(), &0.into()),
            "{number}: {found}"
        );
    }
    let store = rusqlite::Connection::open(office.store_path()).unwrap();
    store.execute("UPDATE supplement SET comment = 'older'", []).unwrap();
    let trial = office.run(&["reprocess", "--json", "LNZX-2024-0001"]);
    let found: serde_json::Value = serde_json::from_str(&trial.stdout).unwrap();
    assert_eq!((trial.code, &found["changed"]), (Some(1), &4.into()), "{found}");
    office.run(&["reprocess", "--apply", "LNZX-2024-0001"]);
    office.run_ok(&["reprocess"]);
}
