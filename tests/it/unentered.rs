//! Letters that count and have all of their opinion in a file, or behind a link: somebody's task until it is entered.

use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};
use crate::told::{of, says, says_not};

use super::review::{IN_TIME, import};

/// A letter of these words with a file of these bytes.
fn with_file(letter: &Letter, name: &str, bytes: &str) -> String {
    let plain = String::from_utf8(letter.raw()).unwrap();
    let (header, text) = plain.split_once("\r\n\r\n").unwrap();
    let header = header.split("Content-Type:").next().unwrap();
    format!(
        "Received: from mail.example.com (mail.example.com [192.0.2.7]) by mx.ln.gov.cn; {IN_TIME}\r\n\
         {header}Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n--part\r\nContent-Type: application/octet-stream; name={name}\r\n\
         Content-Disposition: attachment; filename={name}\r\n\r\n{bytes}\r\n--part--\r\n"
    )
}

fn file(office: &Office, letter: &Letter, name: &str, bytes: &str) {
    std::fs::write(office.path().join("f.eml"), with_file(letter, name, bytes)).unwrap();
    office.run_ok(&["import", "f.eml"]);
}

const POINTS: &str = "意见见附件。";
const SHUT: (&str, &str) = ("opinion.docx", "no document");
const OPEN: (&str, &str) = ("opinion.docx", "PK\u{3}\u{4}...");

fn numbers(office: &Office, list: &str) -> Vec<u64> {
    let found = office.json(&["list", list, "--json"]);
    let number = |row: &serde_json::Value| {
        row["number"].as_str().unwrap().rsplit('-').next().unwrap().parse().unwrap()
    };
    found.as_array().unwrap().iter().map(number).collect()
}

fn office() -> Office {
    let office = Office::at_maildir();
    file(&office, &of(1, "shut", "", POINTS), SHUT.0, SHUT.1);
    file(&office, &of(2, "open", "", POINTS), OPEN.0, OPEN.1);
    let agency =
        Letter { from: "office@fgw.ln.gov.cn".to_owned(), ..of(3, "agency", "", "反馈意见见附件。") };
    file(&office, &agency, SHUT.0, SHUT.1);
    // With items of its own; and a letter without any file.
    file(&office, &of(4, "both", "", "建议窗口延长办理时间，周末也开放，方便上班的人。"), SHUT.0, SHUT.1);
    import(&office, "5.eml", &letter(5), IN_TIME);
    office
}

#[test]
fn an_opinion_in_a_file_is_somebodys_task_and_counts_as_before() {
    let office = office();
    let standing = office.rows().rows("SELECT status FROM submission");
    assert!(standing.iter().all(|row| row["status"] == "accepted"), "{standing:?}");
    assert_eq!(numbers(&office, "--unentered"), [1, 2, 3]);
    // A file that opens is to be read; what nobody can open, its writer is to be told of, an agency too.
    assert_eq!(numbers(&office, "--unanswered"), [1, 3]);
    says(&office.run_ok(&["show", "1"]).stdout, &["附件：opinion.docx（", "，打不开：内容与后缀不符）"]);
    says_not(&office.run_ok(&["show", "2"]).stdout, &["打不开"]);
    let list = office.run_ok(&["list", "--unentered"]).stdout;
    says(&list, &["打开附件，录入意见：", "告知附件打不开，请其重发：", "item add 编号"]);
    let owed = office.run_ok(&["list", "--unanswered"]).stdout;
    says(&owed, &["告知附件打不开，请其重发", "review answered LNZX-2024-0001 LNZX-2024-0003"]);
    says_not(&owed, &["LNZX-2024-0002", "LNZX-2024-0004"]);
    let json = office.json(&["list", "--unanswered", "--json"]);
    assert_eq!(json[0]["owed"][0]["what"], "resend", "{json}");
    let status = office.run_ok(&["status"]).stdout;
    says(
        &status,
        &["尚未录入：计入而意见全在附件中、尚未录入的 3 件", "附件打不开的 2 件", "list --unentered"],
    );
    let status = office.json(&["status", "--json"]);
    assert_eq!((&status["unentered"]["letters"], &status["unanswered"]), (&3.into(), &2.into()), "{status}");
    assert_eq!(status["unentered"]["command"], "list --unentered");
    let figures = office.run_ok(&["stats"]).stdout;
    says(&figures, &["其中意见全在附件中、尚未录入的 3 件，计件不计条", "尚未录入：计入件中"]);
    assert_eq!(office.json(&["stats", "--json"])["consultations"][0]["unentered"], 3);
    says(
        &office.run_ok(&["report", "--partial"]).stdout,
        &["其中意见全在附件中、尚未逐条录入的3件计件不计条"],
    );
    assert!(
        office.run_ok(&["report", "--partial", "--format", "html"]).stdout.contains("尚未逐条录入的 3 件")
    );
    office.run_ok(&["verify"]);
}

#[test]
fn what_is_entered_answered_or_sent_again_is_no_task_any_more() {
    let office = office();
    // Told to send it again.
    office.run_ok(&["review", "answered", "1,3"]);
    assert_eq!((numbers(&office, "--unentered"), numbers(&office, "--unanswered")), (vec![2], vec![]));
    // What it says of nothing else is nothing that was told.
    office.run_ok(&["review", "note", "2", "--note", "正在打印"]);
    assert_eq!(numbers(&office, "--unentered"), [2]);
    office.run_ok(&["item", "add", "2", "建议周末开放窗口。"]);
    assert_eq!(numbers(&office, "--unentered"), [0_u64; 0]);
    // What was entered was none after all.
    office.run_ok(&["item", "drop", "2", "1"]);
    assert_eq!(numbers(&office, "--unentered"), [2]);
    office.run_ok(&["correct", "--undo", "2", "--item", "1", "采纳情况"]);
    assert_eq!(numbers(&office, "--unentered"), [0_u64; 0]);
    // He sends it again, and it opens: it is to be entered. Another one's does not open either.
    let again = |n: usize, id: &str| Letter {
        subject: format!("补充 LNZX-2024-000{n}"),
        ..of(n, id, "", "重新发送附件，请查收。")
    };
    file(&office, &again(1, "again"), OPEN.0, OPEN.1);
    assert_eq!((numbers(&office, "--unentered"), numbers(&office, "--unanswered")), (vec![1], vec![]));
    let agency = Letter { from: "office@fgw.ln.gov.cn".to_owned(), ..again(3, "agency-again") };
    file(&office, &agency, SHUT.0, "again no document");
    assert_eq!((numbers(&office, "--unentered"), numbers(&office, "--unanswered")), (vec![1, 3], vec![3]));
    // What does not count is nobody's task, and the file that says that there is nothing to say is read.
    office.run_ok(&["review", "deny", "3", "--note", "重复"]);
    office.run_ok(&["correct", "1", "标记", "+无意见"]);
    assert_eq!((numbers(&office, "--unentered"), numbers(&office, "--unanswered")), (vec![], vec![]));
    says_not(&office.run_ok(&["status"]).stdout, &["尚未录入"]);
    office.run_ok(&["review", "reopen", "3"]);
    assert_eq!(numbers(&office, "--unentered"), [3]);
    office.run_ok(&["verify", "--replay"]);
}

#[test]
fn a_file_behind_a_link_is_to_be_fetched_while_it_lies_there() {
    let office = Office::at_maildir();
    let text = "意见在附件中。\r\n从QQ邮箱发来的超大附件\r\n意见.docx (12.03M, 2024年4月12日 21:59 到期)\
                进入下载页面：http://mail.qq.com/cgi-bin/ftnExs_download?k=1";
    import(&office, "1.eml", &of(1, "cloud", "", text), IN_TIME);
    assert_eq!(numbers(&office, "--unentered"), [1]);
    says(&office.run_ok(&["list", "--unentered"]).stdout, &["尽快下载网盘附件，录入意见："]);
    says(&office.run_ok(&["status"]).stdout, &["只有网盘链接、会过期的 1 件"]);
    office.run_ok(&["item", "add", "1", "建议周末开放窗口。"]);
    assert_eq!(numbers(&office, "--unentered"), [0_u64; 0]);
}
