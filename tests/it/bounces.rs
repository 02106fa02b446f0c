//! An acknowledgement that comes back: settled as failed, in the words of the report.

use std::fs;
use std::path::Path;

use crate::support::daemon::Office;
use crate::support::letter::{ARRIVAL, letter};
use crate::support::mailhost::set_modified;

/// What an answer of ours is known by.
struct Answer {
    number: String,
    message_id: String,
    recipient: String,
}

/// Header of a report, and where its body begins.
fn report(subject: &str, from: &str, content_type: &str, body: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: <{from}>\r\nTo: <zwfw@ln.gov.cn>\r\nDate: Tue, 12 Mar 2024 11:00:00 +0800\r\n\
         Subject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: {content_type}\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"
    )
}

const STATUS: &str =
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n";

const MIXED: &str = "multipart/mixed; boundary=b";
const STANDARD: &str = "multipart/report; report-type=delivery-status; boundary=b";

/// What it is, the message, and the words that must stand in the record; `None`: no failure.
type Form = (&'static str, String, Option<&'static str>);

/// Our answer as reports return it.
fn returned(message_id: &str) -> String {
    format!("From: zwfw@ln.gov.cn\r\nMessage-ID: <{message_id}>\r\nSubject: x\r\n\r\ntext\r\n")
}

/// The forms in which providers return mail.
fn forms(answer: &Answer) -> Vec<Form> {
    let Answer { number, message_id, recipient } = answer;
    let ours = returned(message_id);
    vec![
        (
            "RFC 3464 with the message",
            report(
                "Undelivered Mail Returned to Sender",
                "MAILER-DAEMON@example.com",
                STANDARD,
                &format!(
                    "--b\r\n\r\nsorry\r\n--b\r\n{STATUS}Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\
                 --b\r\nContent-Type: message/rfc822\r\n\r\n{ours}--b--"
                ),
            ),
            Some("550 no such user"),
        ),
        (
            "RFC 3464 with the header only",
            report(
                "failure notice",
                "postmaster@example.com",
                STANDARD,
                &format!(
                    "--b\r\n\r\nsorry\r\n--b\r\n{STATUS}Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 mailbox full\r\n\
                 --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{ours}--b--"
                ),
            ),
            Some("552 mailbox full"),
        ),
        (
            "QQ: an ordinary mail with the answer attached",
            report(
                "来自qq.com的退信",
                "PostMaster@qq.com",
                MIXED,
                &format!(
                    "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>退信原因：收件人邮箱不存在</p>\r\n\
                 --b\r\nContent-Type: message/rfc822\r\n\r\n{ours}--b--"
                ),
            ),
            Some("收件人邮箱不存在"),
        ),
        (
            "Coremail: HTML that names the number and the address",
            report(
                "系统退信/The email is returned",
                "postmaster@163.com",
                "text/html; charset=utf-8",
                &format!(
                    "<p>抱歉，您的邮件被退回来了</p><p>主题：自动回执〔{number}〕您的意见建议已收到</p><p>收件人：{recipient}</p>\
                 <p>退信原因：550 User not found</p>"
                ),
            ),
            Some("550 User not found"),
        ),
        (
            "a text that quotes the Message-ID",
            report(
                "退信通知",
                "postmaster@example.com",
                "text/plain; charset=utf-8",
                &format!("原因：对方服务器拒收\r\nMessage-ID: <{message_id}>"),
            ),
            Some("对方服务器拒收"),
        ),
        (
            "Exchange: the number in the subject, the address in the text",
            report(
                &format!("未送达: 自动回执〔{number}〕您的意见建议已收到"),
                "postmaster@example.com",
                "text/plain; charset=utf-8",
                &format!("未能向以下收件人传递邮件：\r\n{}\r\n原因：找不到邮箱", recipient.to_uppercase()),
            ),
            Some("找不到邮箱"),
        ),
        (
            "the header without its Message-ID",
            report(
                "failure notice",
                "postmaster@example.com",
                STANDARD,
                &format!(
                    "--b\r\n\r\nsorry\r\n--b\r\n{STATUS}Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 gone\r\n\
                 --b\r\nContent-Type: text/rfc822-headers\r\n\r\nTo: <{recipient}>\r\nSubject: [{number}]\r\n\r\n--b--"
                ),
            ),
            Some("550 gone"),
        ),
    ]
}

/// A delay settles nothing, in whatever form it is told.
fn delays(answer: &Answer) -> Vec<Form> {
    let Answer { message_id, recipient, .. } = answer;
    let ours = returned(message_id);
    let delayed = |said: &str, status: &str| {
        format!(
            "--b\r\n\r\n{said}\r\n--b\r\n{STATUS}Final-Recipient: rfc822;{recipient}\r\nAction: delayed\r\nStatus: {status}\r\n\
             --b\r\nContent-Type: message/rfc822\r\n\r\n{ours}--b--"
        )
    };
    vec![
        (
            "a delay with a report",
            report(
                "Delivery Status Notification (Delay)",
                "mailer-daemon@example.com",
                STANDARD,
                &format!(
                    "--b\r\n\r\nlater\r\n--b\r\n{STATUS}Action: delayed\r\nStatus: 4.4.1\r\n\
                 --b\r\nContent-Type: message/rfc822\r\n\r\n{ours}--b--"
                ),
            ),
            None,
        ),
        (
            "a delay without a report",
            report(
                "Mail delivery delayed",
                "mailer-daemon@example.com",
                MIXED,
                &format!("--b\r\n\r\nlater\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{ours}--b--"),
            ),
            None,
        ),
        (
            "a delay whose status is one of a failure",
            report(
                "Delivery Status Notification",
                "mailer-daemon@example.com",
                STANDARD,
                &delayed("later", "5.4.7"),
            ),
            None,
        ),
        (
            "a delay whose report stands in an ordinary mail",
            report("failure notice", "mailer-daemon@example.com", MIXED, &delayed("sorry", "4.4.7")),
            None,
        ),
        (
            "a delay in words",
            report(
                "Warning: message has not yet been delivered",
                "mailer-daemon@example.com",
                "text/plain; charset=utf-8",
                &format!(
                    "{recipient} does not answer.\r\nWe will continue to attempt delivery.\r\nMessage-ID: <{message_id}>"
                ),
            ),
            None,
        ),
    ]
}

/// Reports and answers that settle nothing.
fn harmless(answer: &Answer) -> Vec<Form> {
    let Answer { number, message_id, recipient } = answer;
    let ours = returned(message_id);
    vec![
        (
            "a number and another address",
            report(
                "系统退信",
                "postmaster@163.com",
                "text/plain; charset=utf-8",
                &format!("自动回执〔{number}〕\r\n收件人：somebody-else@example.com\r\n550 User not found"),
            ),
            None,
        ),
        (
            "a number and an address in words of its own",
            report(
                "Undelivered Mail Returned to Sender",
                "MAILER-DAEMON@evil.example",
                "text/plain; charset=utf-8",
                &format!("550 5.1.1 {recipient} {number} user unknown"),
            ),
            None,
        ),
        (
            "our subject, and an address that only holds the recipient's",
            report(
                &format!("未送达: 自动回执〔{number}〕您的意见建议已收到"),
                "postmaster@example.com",
                "text/plain; charset=utf-8",
                &format!("x{recipient} {recipient}.cn 找不到邮箱"),
            ),
            None,
        ),
        (
            "the right Message-ID, and our own server calls the sender forged",
            format!(
                "Authentication-Results: mx.ln.gov.cn; dmarc=fail header.from=example.com\r\n\
                 Received: from evil.example (evil.example [203.0.113.9]) by mx.ln.gov.cn; Tue, 12 Mar 2024 11:00:00 +0800\r\n{}",
                report(
                    "failure notice",
                    "postmaster@example.com",
                    STANDARD,
                    &format!(
                        "--b\r\n\r\nsorry\r\n--b\r\n{STATUS}Action: failed\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{ours}--b--"
                    ),
                )
            ),
            None,
        ),
        (
            "an automatic answer in the thread",
            report(
                &format!("自动回复:自动回执〔{number}〕"),
                recipient,
                "text/plain; charset=utf-8",
                "休假中",
            )
            .replacen("MIME-Version", &format!("In-Reply-To: <{message_id}>\r\nMIME-Version"), 1),
            None,
        ),
    ]
}

/// Another mail came back, whatever is said of our answer beside it.
fn of_another_mail(answer: &Answer) -> Vec<Form> {
    let Answer { number, message_id, recipient } = answer;
    vec![
        (
            "number and address under another Message-ID",
            report(
                "Undelivered Mail Returned to Sender",
                "MAILER-DAEMON@evil.example",
                STANDARD,
                &format!(
                    "--b\r\n\r\nsorry\r\n--b\r\n{STATUS}Action: failed\r\nStatus: 5.1.1\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n\
                 To: <{recipient}>\r\nSubject: 自动回执〔{number}〕您的意见建议已收到\r\nMessage-ID: <{number}.accepted.0000@ln.gov.cn>\r\n\r\n--b--"
                ),
            ),
            None,
        ),
        (
            "another mail of the thread came back, and our answer stands among its references",
            report(
                "failure notice",
                "postmaster@example.com",
                STANDARD,
                &format!(
                    "--b\r\n\r\nMessage-ID: <{message_id}>\r\n--b\r\n{STATUS}Action: failed\r\n--b\r\n\
                     Content-Type: message/rfc822\r\n\r\n{}--b--",
                    returned("clerk.0001@ln.gov.cn")
                ),
            )
            .replacen("MIME-Version", &format!("References: <{message_id}>\r\nMIME-Version"), 1),
            None,
        ),
    ]
}

fn deliver(maildir: &Path, name: &str, raw: &str) {
    let path = maildir.join("new").join(format!("{ARRIVAL}.{name}"));
    fs::write(&path, raw).unwrap();
    set_modified(&path, std::time::UNIX_EPOCH + std::time::Duration::from_secs(ARRIVAL));
}

#[test]
fn bounces_settle_the_answer_that_came_back() {
    let office = Office::at_maildir();
    let mailbox = office.path().join("mailbox");
    let none = Answer { number: String::new(), message_id: String::new(), recipient: String::new() };
    let all =
        |answer: &Answer| [forms(answer), delays(answer), harmless(answer), of_another_mail(answer)].concat();
    let count = all(&none).len();
    for n in 0..count {
        letter(n).deliver(&mailbox);
    }
    office.run_ok(&["run", "--once"]);
    let sent =
        "SELECT s.number, a.rfc822_message_id, a.recipient, a.state, a.reason || coalesce(a.reason_detail, '') AS reason FROM acknowledgement AS a
                JOIN submission AS s ON s.id = a.submission_id ORDER BY a.id";
    let answers = office.rows().rows(sent);
    assert_eq!(answers.len(), count);
    let mut expected = Vec::new();
    for (n, row) in answers.iter().enumerate() {
        assert_eq!(row["state"], "sent");
        let answer = Answer {
            number: row["number"].clone(),
            message_id: row["rfc822_message_id"].clone(),
            recipient: row["recipient"].clone(),
        };
        let (form, raw, words) = all(&answer).swap_remove(n);
        deliver(&mailbox, &format!("bounce-{n}"), &raw);
        expected.push((form, words));
    }
    office.run_ok(&["run", "--once"]);
    assert_eq!(office.rows().count("SELECT count(*) FROM submission"), i64::try_from(count).unwrap());
    for (row, (form, words)) in office.rows().rows(sent).iter().zip(expected) {
        let state = if words.is_some() { "failed" } else { "sent" };
        assert_eq!(row["state"], state, "{form}: {row:?}");
        if let Some(words) = words {
            assert!(row["reason"].contains(words), "{form}: {row:?}");
        }
    }
}

#[test]
fn a_bounce_says_which_answer_came_back() {
    let office = Office::at_maildir();
    let mailbox = office.path().join("mailbox");
    letter(1).deliver(&mailbox);
    office.run_ok(&["run", "--once"]);
    let row = office.rows().rows("SELECT rfc822_message_id AS id, recipient FROM acknowledgement").remove(0);
    let answer = Answer {
        number: "LNZX-2024-0001".to_owned(),
        message_id: row["id"].clone(),
        recipient: row["recipient"].clone(),
    };
    let (_, raw, _) = forms(&answer).swap_remove(0);
    deliver(&mailbox, "bounce", &raw);
    office.run_ok(&["run", "--once"]);
    let explained = office.run_ok(&["explain", &format!("{ARRIVAL}.bounce")]).stdout;
    assert!(explained.contains("退回的是编号 LNZX-2024-0001 的回执"), "{explained}");
}

/// What came back need not be an answer of ours: staff write from the same mailbox, and want to know whom they did not reach.
#[test]
fn a_bounce_says_whom_it_did_not_reach_and_with_which_status() {
    let office = Office::at_maildir();
    let mailbox = office.path().join("mailbox");
    let recipient = "sun.moujia@school.example";
    let failed = format!(
        "--b\r\n\r\nsorry\r\n--b\r\n{STATUS}Final-Recipient: rfc822;{recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n{}--b--",
        returned("clerk.0001@ln.gov.cn")
    );
    let delayed = format!("暂时无法投递到 {recipient}，邮箱已满，将继续投递。");
    for (name, subject, content_type, body) in [
        ("failed", "Undelivered Mail Returned to Sender", STANDARD, &failed),
        ("delayed", "投递状态通知", "text/plain; charset=utf-8", &delayed),
    ] {
        deliver(&mailbox, name, &report(subject, "MAILER-DAEMON@example.com", content_type, body));
    }
    office.run_ok(&["run", "--once"]);
    for (name, said, status) in [
        ("failed", "未能送到", "状态码 5.1.1"),
        ("delayed", "暂未送到", "报告没有写明状态码，按其文字相当于 4.2.2"),
    ] {
        let which = format!("{ARRIVAL}.{name}");
        let explained = office.run_ok(&["explain", &which]).stdout;
        assert!(explained.contains(said) && explained.contains(status), "{explained}");
        assert!(!explained.contains(recipient), "masked unless somebody asks: {explained}");
        let explained = office.run_ok(&["explain", "--unmasked", &which]).stdout;
        assert!(explained.contains(&format!("{said} {recipient}，")), "{explained}");
        let explained = office.json(&["explain", "--json", "--unmasked", &which]);
        assert_eq!(explained[0]["reason_detail"]["delivery"]["recipient"], recipient, "{explained}");
        assert_eq!(explained[0]["reason_detail"]["delivery"]["word"], name, "{explained}");
    }
    assert_eq!(office.json(&["verify", "--json"])["mismatches"], 0);
}

/// Whoever knows number and address can write a report that names no Message-ID: what it rests on is said, and a person may send
/// the answer again.
#[test]
fn a_report_that_only_describes_the_answer_is_told_from_one_that_names_it() {
    for (form, described) in [(0, false), (6, true)] {
        let office = Office::at_maildir();
        let mailbox = office.path().join("mailbox");
        letter(1).deliver(&mailbox);
        office.run_ok(&["run", "--once"]);
        let row =
            office.rows().rows("SELECT rfc822_message_id AS id, recipient FROM acknowledgement").remove(0);
        let answer = Answer {
            number: "LNZX-2024-0001".to_owned(),
            message_id: row["id"].clone(),
            recipient: row["recipient"].clone(),
        };
        deliver(&mailbox, "bounce", &forms(&answer).swap_remove(form).1);
        office.run_ok(&["run", "--once"]);
        let list = office.run_ok(&["outbox", "list"]).stdout;
        assert!(list.contains("550"), "{list}");
        assert_eq!(list.contains("仅凭编号 LNZX-2024-0001 和地址认定"), described, "{list}");
        let event = office.rows().rows("SELECT detail FROM event WHERE action = 'bounced'").remove(0);
        assert!(
            event["detail"].contains(if described { "\"number\"" } else { "\"message_id\"" }),
            "{event:?}"
        );
        office.run_ok(&["outbox", "retry", "LNZX-2024-0001"]);
        office.run_ok(&["run", "--once"]);
        assert_eq!(office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), 1);
    }
}

/// A mailbox is moved, or its folder numbered anew: what was read before says nothing new.
#[test]
fn a_bounce_that_is_read_again_does_not_undo_what_happened_later() {
    let office = Office::at_maildir();
    let mailbox = office.path().join("mailbox");
    letter(1).deliver(&mailbox);
    office.run_ok(&["run", "--once"]);
    let answer = || {
        office.rows().rows("SELECT rfc822_message_id AS id, recipient, state FROM acknowledgement").remove(0)
    };
    let row = answer();
    let first = Answer {
        number: "LNZX-2024-0001".to_owned(),
        message_id: row["id"].clone(),
        recipient: row["recipient"].clone(),
    };
    let (_, raw, _) = forms(&first).swap_remove(0);
    let with_id = |id: &str| {
        raw.replacen("MIME-Version", &format!("Message-ID: <{id}@mx.example.com>\r\nMIME-Version"), 1)
    };
    let state = |name: &str, raw: &str| {
        deliver(&mailbox, name, raw);
        office.run_ok(&["run", "--once"]);
        answer()["state"].clone()
    };
    assert_eq!(state("bounce", &with_id("b1")), "failed");
    office.run_ok(&["outbox", "retry", "LNZX-2024-0001"]);
    office.run_ok(&["run", "--once"]);
    assert_eq!(state("moved", &with_id("b1")), "sent", "the same bytes");
    assert_eq!(
        state("rendered", &format!("X-Moved: yes\r\n{}", with_id("b1"))),
        "sent",
        "the same Message-ID"
    );
    assert_eq!(state("second", &with_id("b2")), "failed", "it came back once more");
}
