//! `outbox`: what waits, what failed and why, and what a person may do about it.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::smtp::smtp_server::{Protection, Rule, SmtpServer, Step, rule, say};
use crate::support::daemon::{Finished, Office};
use crate::support::letter::{Letter, letter};
use crate::support::{field, wait_until};

fn office(letters: impl IntoIterator<Item = Letter>) -> Office {
    let office = Office::at_maildir();
    for letter in letters {
        letter.deliver(&office.path().join("mailbox"));
    }
    office
}

async fn server(rules: impl Into<Vec<Rule>>) -> SmtpServer {
    SmtpServer::start(Protection::Plain, rules.into()).await
}

/// A command while the servers of this runtime go on.
fn run(office: &Office, arguments: &[&str]) -> Finished {
    tokio::task::block_in_place(|| office.run(arguments))
}

fn pass(office: &mut Office, server: &SmtpServer) -> Finished {
    office.answer_over_smtp(server.address.port());
    run(office, &["run", "--once"])
}

fn listed(office: &Office, arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["outbox", "list", "--json"];
    all.extend(arguments);
    office.json(&all)["rows"].as_array().unwrap().clone()
}

fn events(office: &Office, action: &str) -> i64 {
    office.rows().count(&format!(
        "SELECT count(*) FROM event WHERE action = '{action}' AND actor NOT IN ('intake', 'acknowledge')"
    ))
}

#[track_caller]
fn assert_verifies(office: &Office) {
    office.run_ok(&["verify"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_failed_is_listed_in_the_servers_words_and_tried_again_by_hand() {
    let mut office = office([]);
    for (n, rules) in [
        (1, vec![rule(Step::Rcpt, say("550 5.1.1 <citizen1@example.com> 13800138000: no such user"))]),
        (2, vec![rule(Step::Rcpt, say("451 4.3.0 later"))]),
        (3, vec![]),
    ] {
        letter(n).deliver(&office.path().join("mailbox"));
        let server = server(rules).await;
        assert_eq!(pass(&mut office, &server).code, Some(0));
    }
    let rows = listed(&office, &[]);
    let states: Vec<&str> = rows.iter().map(|row| row["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["failed", "deferred"], "what has left is not listed: {rows:?}");
    assert_eq!(rows[0]["recipient"], "c***@example.com");
    assert_eq!((&rows[0]["reason"], &rows[0]["reason_detail"]["code"]), (&json!("refused"), &json!(550)));
    let reason = rows[0]["reason_detail"]["reply"].as_str().unwrap();
    assert!(
        reason.contains("no such user") && !reason.contains("citizen1") && !reason.contains("13800138000"),
        "{reason}"
    );
    assert_eq!(listed(&office, &["--state", "sent"]).len(), 1);
    assert_eq!(run(&office, &["outbox", "list", "--state", "lost"]).code, Some(64));
    let text = office.run_ok(&["outbox", "list", "--limit", "1"]).stdout;
    assert!(text.contains("LNZX-2024-0002") && text.contains("共 2 封，只列出最后 1 封"), "{text}");

    let good = server([]).await;
    assert_eq!(pass(&mut office, &good).code, Some(0));
    assert_eq!(good.taken().len(), 0, "nothing is due");
    let finished = run(&office, &["outbox", "retry", "lnzx-2024-0001", "LNZX-2024-0002"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(pass(&mut office, &good).code, Some(0));
    assert_eq!(good.taken().len(), 2);
    assert_eq!(
        office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'sent' AND attempts = 2"),
        2
    );
    assert_eq!(events(&office, "retried"), 2);
    assert_verifies(&office);
    for number in ["LNZX-2024-0003", "LNZX-2024-9999"] {
        assert_eq!(run(&office, &["outbox", "retry", number]).code, Some(65), "{number}");
    }
    assert_eq!(run(&office, &["outbox", "retry"]).code, Some(64));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_failed_is_tried_again_at_once() {
    let mut office = office((1..=3).map(letter));
    let refusing = server([rule(Step::Rcpt, say("550 5.1.1 no such user"))]).await;
    pass(&mut office, &refusing);
    assert!(office.run_ok(&["outbox", "retry", "--all-failed"]).stdout.contains("重新排入 3 封"));
    let good = server([]).await;
    pass(&mut office, &good);
    assert_eq!(good.taken().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn caps_hold_an_address_and_a_domain_but_not_strangers_at_one_provider() {
    let from = |n: usize, from: &str| Letter { from: from.to_owned(), ..letter(n) };
    let mut office = office([
        from(1, "wang@one.example.cn"),
        from(2, "Wang@one.example.cn"),
        from(3, "li@one.example.cn"),
        from(4, "zhao@ONE.example.cn"),
        from(5, "a@vip.qq.com"),
        from(6, "b@vip.qq.com"),
        from(7, "c@vip.qq.com"),
        from(8, "d@vip.qq.com"),
        from(9, "e@myqq.com"),
    ]);
    office.set("acknowledgement", "caps", "{ per_address = 1, per_domain = 2 }");
    let server = server([]).await;
    assert_eq!(pass(&mut office, &server).code, Some(0));
    let withheld: Vec<(String, String)> = listed(&office, &[])
        .iter()
        .map(|row| (row["number"].as_str().unwrap().to_owned(), row["reason"].as_str().unwrap().to_owned()))
        .collect();
    let expected = [("LNZX-2024-0002", "address_cap"), ("LNZX-2024-0004", "domain_cap")];
    assert_eq!(withheld, expected.map(|(number, reason)| (number.to_owned(), reason.to_owned())));
    assert_eq!(server.taken().len(), 7);
    let text = office.run_ok(&["outbox", "list"]).stdout;
    assert!(text.contains("该邮箱域名当日答复已达上限"), "{text}");

    // By a person's decision it leaves, once, as it would have.
    let finished = run(&office, &["outbox", "release", "LNZX-2024-0004"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(events(&office, "released"), 1);
    assert_eq!(pass(&mut office, &server).code, Some(0));
    let last = server.taken().pop().unwrap();
    assert!(last.to.contains("zhao@ONE.example.cn"), "{last:?}");
    assert_eq!(field(&last.octets, "In-Reply-To"), "<letter-4@example.com>");
    assert_eq!(field(&last.octets, "Auto-Submitted"), "auto-replied");
    assert!(field(&last.octets, "Message-ID").contains("LNZX-2024-0004"));
    assert_eq!(run(&office, &["outbox", "release", "LNZX-2024-0004"]).code, Some(65));
    assert_verifies(&office);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_may_let_go_what_a_doubt_withheld_but_never_to_the_office_itself() {
    let mut office = office([
        Letter { from: "no-reply@example.com".to_owned(), ..letter(1) },
        Letter { from: "zwfw@ln.gov.cn".to_owned(), ..letter(2) },
    ]);
    let server = server([]).await;
    pass(&mut office, &server);
    let rows = listed(&office, &["--state", "withheld"]);
    assert!(rows.len() == 2 && server.taken().is_empty(), "{rows:?}");

    let finished = run(&office, &["outbox", "release", "LNZX-2024-0001", "LNZX-2024-0002"]);
    assert_eq!(finished.code, Some(65), "{finished:?}");
    assert!(
        finished.stdout.contains("LNZX-2024-0001（王")
            && finished.stdout.contains("”）：“")
            && finished.stdout.contains("收件人是本单位地址"),
        "{finished:?}"
    );
    pass(&mut office, &server);
    assert_eq!(server.taken().len(), 1);
    assert_verifies(&office);

    // Nothing is queued where nothing would ever leave.
    office.set("acknowledgement", "enabled", false);
    letter(5).deliver(&office.path().join("mailbox"));
    run(&office, &["run", "--once"]);
    let finished = run(&office, &["outbox", "release", "LNZX-2024-0003"]);
    assert!(finished.code == Some(65) && finished.stdout.contains("回执功能已关闭"), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_withheld_ones_of_a_kind_one_is_let_go() {
    let mut office = office([letter(1)]);
    let server = server([]).await;
    pass(&mut office, &server);
    let id = field(&server.taken()[0].octets, "Message-ID");
    for n in 1..=3 {
        let reply = Letter {
            message_id: format!("reply-{n}@example.com"),
            in_reply_to: Some(id.trim_matches(['<', '>']).to_owned()),
            subject: "回复：来信收悉".to_owned(),
            text: format!("补充第{n}点：建议增设夜间窗口。\r\n"),
            ..letter(1)
        };
        reply.deliver(&office.path().join("mailbox"));
    }
    // The first supplement is withheld by the cap, the others too.
    office.set("acknowledgement", "caps", "{ per_address = 1 }");
    pass(&mut office, &server);
    assert_eq!(listed(&office, &[]).len(), 3);
    let finished = run(&office, &["outbox", "release", "LNZX-2024-0001"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    pass(&mut office, &server);
    assert_eq!(server.taken().len(), 2, "each kind of answer leaves once");
    assert_eq!(field(&server.taken()[1].octets, "In-Reply-To"), "<reply-1@example.com>");
    assert_eq!(run(&office, &["outbox", "release", "LNZX-2024-0001"]).code, Some(65));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_breaker_stays_open_until_half_of_the_cap_is_free_or_a_person_closes_it() {
    let mut office = office((1..=9).map(letter));
    office.set("acknowledgement", "caps", "{ per_hour = 4 }");
    let server = server([]).await;
    assert_eq!(pass(&mut office, &server).code, Some(75));
    assert_eq!(server.taken().len(), 4);
    let text = office.run_ok(&["outbox", "list"]).stdout;
    assert!(
        text.contains("回执发送：已暂停") && text.contains("caps.per_hour = 4") && text.contains("等待发送"),
        "{text}"
    );
    assert!(office.run_ok(&["status"]).stdout.contains("回执发送：已暂停"));
    let json = office.json(&["outbox", "list", "--json"]);
    assert!(json["breaker_since"].is_string() && json["matching"] == 5, "{json}");

    // One left more than an hour ago: three are still over the half.
    let hours_pass = |ids: &str| {
        let sql = format!("UPDATE acknowledgement SET sent_at = '2024-03-12T00:00:00Z' WHERE id IN ({ids})");
        Connection::open(office.store_path()).unwrap().execute(&sql, []).unwrap();
    };
    hours_pass("1");
    assert_eq!(run(&office, &["run", "--once"]).code, Some(75));
    assert_eq!(server.taken().len(), 4, "it does not flutter at the cap");
    hours_pass("2");
    assert_eq!(run(&office, &["run", "--once"]).code, Some(75));
    assert_eq!(server.taken().len(), 6, "closed by itself, and open again at the cap");

    assert!(office.run_ok(&["outbox", "release", "--breaker"]).stdout.contains("回执已恢复发送"));
    assert!(office.run_ok(&["outbox", "release", "--breaker"]).stdout.contains("没有暂停"));
    let said = office.run(&["verify"]).stdout;
    assert!(!said.contains("fact"), "a person closed it, and the log says when: {said}");
    // Counting is by whole seconds.
    let second = || office.rows().count("SELECT unixepoch()");
    let released = second();
    wait_until("the next second", || second() > released);
    assert_eq!(run(&office, &["run", "--once"]).code, Some(0));
    assert_eq!(server.taken().len(), 9);
    let rows = office.rows();
    for (action, count) in [("breaker_opened", 2), ("breaker_closed", 1), ("breaker_released", 1)] {
        let found = rows.count(&format!("SELECT count(*) FROM event WHERE action = '{action}'"));
        assert_eq!(found, count, "{action}");
    }
    // The two whose time this test turned back, and nothing else, are not as the log has them.
    let verified = office.run(&["verify"]);
    assert_eq!(verified.code, Some(1), "{verified:?}");
    assert_eq!(verified.stdout.matches("不一致：").count(), 2, "{verified:?}");
    assert_eq!(verified.stdout.matches("与事件记录不符").count(), 2, "{verified:?}");
}
