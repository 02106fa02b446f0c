//! Opinions that stand in a file or behind a link: somebody's task until they are entered, or somebody wrote down why not.

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::told::{of, reply, says, says_not};

use super::review::{IN_TIME, import};

const POINTS: &str = "您好，具体意见详见附件。";

/// Imports a letter of this text with a file.
fn with_file(office: &Office, n: usize, letter: &Letter) {
    let received = format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n"
    );
    let name = format!("file-{n}.eml");
    let raw = [received.as_bytes(), &letter.with_attachment(n, 4000)].concat();
    std::fs::write(office.path().join(&name), raw).unwrap();
    office.run_ok(&["import", &name]);
}

fn pointing(n: usize) -> Letter {
    Letter { text: format!("{POINTS}\r\n"), ..letter(n) }
}

#[test]
fn what_a_letter_only_points_to_is_a_task_until_it_is_entered_or_somebody_says_why_not() {
    let office = Office::at_maildir();
    for n in 1..=4 {
        with_file(&office, n, &pointing(n));
    }
    // Who says it himself and brings a file, and who has no objection, leaves nothing to enter.
    with_file(&office, 5, &letter(5));
    let none = Letter { text: "无意见。\r\n".to_owned(), ..letter(6) };
    with_file(&office, 6, &none);
    let listed = || office.run_ok(&["list", "--unentered"]).stdout;
    says(&listed(), &["LNZX-2024-0001", "LNZX-2024-0004", "--save-attachments", "item add LNZX-2024-"]);
    says_not(&listed(), &["LNZX-2024-0005", "LNZX-2024-0006"]);
    says(&office.run_ok(&["status"]).stdout, &["意见待录入", "4 件", "list --unentered"]);
    assert_eq!(office.json(&["status", "--json"])["unentered"], 4);
    says(&office.run_ok(&["stats"]).stdout, &["其中 4 件的意见在附件中或者链接里，尚未录入"]);
    assert_eq!(office.json(&["stats", "--json"])["consultations"][0]["unentered"], 4);
    says(&office.run_ok(&["review", "list"]).stdout, &["尚未录入的计入件 4 件"]);

    office.run_ok(&["item", "add", "1", "建议窗口延长办理时间。"]);
    says_not(&listed(), &["LNZX-2024-0001"]);
    // What was entered and is no opinion was none.
    office.run_ok(&["item", "drop", "1", "1"]);
    says(&listed(), &["LNZX-2024-0001"]);
    office.run_ok(&["item", "add", "1", "建议周末也办理。"]);
    office.run_ok(&["review", "note", "2", "--note", "附件打不开，已请其重发"]);
    office.run_ok(&["review", "answered", "3", "--note", "附件打不开，已请其重发"]);
    office.run_ok(&["review", "deny", "4", "--note", "与本次征求意见无关"]);
    assert_eq!(listed(), "没有符合条件的登记。\n");
    office.run_ok(&["review", "reopen", "4"]);
    says(&listed(), &["LNZX-2024-0004"]);
    office.run_ok(&["correct", "4", "标记", "+无意见"]);
    assert_eq!(office.json(&["status", "--json"])["unentered"], 0);
    office.run_ok(&["verify", "--replay"]);
}

#[test]
fn what_is_sent_again_is_a_task_again() {
    let office = Office::at_maildir();
    with_file(&office, 1, &pointing(1));
    office.run_ok(&["review", "note", "1", "--note", "附件打不开，已请其重发"]);
    let count = || office.json(&["status", "--json"])["unentered"].clone();
    assert_eq!(count(), 0);
    let sql = "SELECT rfc822_message_id AS id FROM acknowledgement WHERE submission_id = 1 LIMIT 1";
    let in_reply_to = Some(office.rows().rows(sql)[0]["id"].clone());
    with_file(&office, 2, &Letter { in_reply_to, ..of(1, "again", "Re: 自动回执", "重新发送，见附件。") });
    assert_eq!(count(), 1);
    office.run_ok(&["item", "add", "1", "建议窗口延长办理时间。"]);
    assert_eq!(count(), 0);
    office.run_ok(&["correct", "--undo", "1", "意见条目"]);
    assert_eq!(count(), 1);
}

/// An answer to what else a letter asks does not say that its file was read.
#[test]
fn a_question_that_was_answered_leaves_the_file_to_be_read() {
    let office = Office::at_maildir();
    with_file(&office, 1, &pointing(1));
    reply(&office, 1, "asks", "请问征求意见的结果什么时候公布？");
    office.run_ok(&["review", "confirm", "1"]);
    says(&office.run_ok(&["list", "--unanswered"]).stdout, &["LNZX-2024-0001"]);
    office.run_ok(&["review", "answered", "1", "--note", "电话答复"]);
    says(&office.run_ok(&["list", "--unentered"]).stdout, &["LNZX-2024-0001"]);
}

/// Filed by a version that kept no such list.
#[test]
fn letters_of_an_older_store_are_listed_too() {
    let office = Office::at_maildir();
    with_file(&office, 1, &pointing(1));
    let store = rusqlite::Connection::open(office.store_path()).unwrap();
    store
        .execute_batch(
            "DROP TRIGGER file_awaits; DROP TRIGGER flagged_awaits; DROP TRIGGER later_file_awaits; DROP TRIGGER item_awaits;
             DROP TRIGGER entered_awaits; DELETE FROM awaiting; PRAGMA user_version = 32",
        )
        .unwrap();
    drop(store);
    import(&office, "2.eml", &letter(2), IN_TIME);
    assert_eq!(office.json(&["status", "--json"])["unentered"], 1);
}
