//! Answering over SMTP: what leaves, what waits, what is given up, and that no two programs answer each other for ever.

use rusqlite::Connection;

use super::{HANG, assert_code};
use crate::smtp::smtp_server::{Act, Protection, Rule, SmtpServer, Step, Taken, rule, say};
use crate::support::daemon::{Finished, Office};
use crate::support::letter::{Letter, letter};
use crate::support::sql::SAID;
use crate::support::{field, free_port};

/// An office with the letters of so many citizens, before its first pass.
fn office(letters: usize) -> Office {
    let office = Office::at_maildir();
    for n in 1..=letters {
        deliver(&office, &letter(n));
    }
    office
}

fn deliver(office: &Office, letter: &Letter) {
    letter.deliver(&office.path().join("mailbox"));
}

async fn server(rules: impl Into<Vec<Rule>>) -> SmtpServer {
    SmtpServer::start(Protection::Plain, rules.into()).await
}

fn pass(office: &mut Office, server: &SmtpServer) -> Finished {
    office.answer_over_smtp(server.address.port());
    office.start(&["run", "--once"]).finish(HANG)
}

/// State, attempts and reason of every acknowledgement, in order.
fn outbox(office: &Office) -> Vec<(String, i64, String)> {
    let sql = format!("SELECT state, attempts, {SAID} AS reason FROM acknowledgement ORDER BY id");
    let rows = office.rows().rows(&sql);
    rows.iter()
        .map(|row| (row["state"].clone(), row["attempts"].parse().unwrap(), row["reason"].clone()))
        .collect()
}

fn states(office: &Office) -> Vec<(String, i64)> {
    outbox(office).into_iter().map(|(state, attempts, _)| (state, attempts)).collect()
}

fn state(word: &str, attempts: i64) -> (String, i64) {
    (word.to_owned(), attempts)
}

/// What waits for its next attempt is due now.
fn time_passes(office: &Office) {
    let store = Connection::open(office.store_path()).unwrap();
    let sql = "UPDATE acknowledgement SET next_attempt_at = '2024-03-12T00:00:00Z' WHERE next_attempt_at IS NOT NULL";
    store.execute(sql, []).unwrap();
}

fn ids(taken: &[Taken]) -> Vec<String> {
    taken.iter().map(|taken| field(&taken.octets, "Message-ID")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_refusal_for_now_waits_for_its_time_and_is_sent_then() {
    let mut office = office(1);
    let server = server([rule(Step::Rcpt, say("451 4.3.0 come back later")).on_connection(1)]).await;
    assert_code(&pass(&mut office, &server), 0);
    let [(state_found, 1, reason)] = &outbox(&office)[..] else { panic!("{:?}", outbox(&office)) };
    assert!(
        state_found == "deferred" && reason.contains("451") && reason.contains("come back later"),
        "{reason}"
    );
    let early = "SELECT count(*) FROM acknowledgement WHERE next_attempt_at > strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+50 seconds')";
    assert_eq!(office.rows().count(early), 1);

    assert_code(&pass(&mut office, &server), 0);
    assert_eq!(
        (server.connections(), states(&office)),
        (1, vec![state("deferred", 1)]),
        "its time has not come"
    );

    time_passes(&office);
    assert_code(&pass(&mut office, &server), 0);
    assert_eq!(states(&office), [state("sent", 2)]);
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_refusal_for_good_fails_in_the_servers_words() {
    let mut office = office(2);
    let server = server([rule(Step::Rcpt, say("550 5.1.1 no such citizen"))]).await;
    assert_code(&pass(&mut office, &server), 0);
    let found = outbox(&office);
    assert!(
        found.iter().all(|(state, attempts, reason)| {
            state == "failed"
                && *attempts == 1
                && reason.contains("550")
                && reason.contains("no such citizen")
        }),
        "{found:?}"
    );
    time_passes(&office);
    assert_code(&pass(&mut office, &server), 0);
    assert_eq!((server.connections(), server.taken().len()), (1, 0), "given up is given up");
    let status = office.json(&["status", "--json"]);
    assert_eq!(status["outbox"]["states"]["failed"], 2, "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_cut_after_the_final_dot_repeats_the_message_under_its_id() {
    let mut office = office(1);
    let server = server([rule(Step::Dot, Act::TakeAndClose).on_connection(1)]).await;
    assert_code(&pass(&mut office, &server), 0);
    let found = outbox(&office);
    assert!(found[0].0 == "deferred" && found[0].2.contains("outcome_unknown"), "{found:?}");
    time_passes(&office);
    assert_code(&pass(&mut office, &server), 0);
    assert_eq!(states(&office), [state("sent", 2)]);
    let taken = server.taken();
    let [first, second] = &taken[..] else { panic!("{taken:?}") };
    assert_eq!(first.octets, second.octets);
    assert!(!field(&first.octets, "Message-ID").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_421_in_mid_pass_stops_and_keeps_the_rest() {
    let mut office = office(3);
    let busy = Act::SayAndClose(b"421 4.7.0 too many messages\r\n".to_vec());
    let server = server([rule(Step::Rcpt, busy).on_connection(1).on_message(2)]).await;
    let finished = pass(&mut office, &server);
    assert_code(&finished, 69);
    assert!(finished.stderr.contains("too many messages"), "{finished:?}");
    assert_eq!(states(&office), [state("sent", 1), state("deferred", 1), state("queued", 0)]);
    time_passes(&office);
    assert_code(&pass(&mut office, &server), 0);
    assert_eq!(states(&office), [state("sent", 1), state("sent", 2), state("sent", 1)]);
    let mut ids = ids(&server.taken());
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_server_that_is_down_costs_no_attempt() {
    let mut office = office(2);
    office.answer_over_smtp(free_port());
    for _ in 0..2 {
        let finished = office.start(&["run", "--once"]).finish(HANG);
        assert_code(&finished, 69);
        assert!(finished.stderr.contains("refused"), "{finished:?}");
        assert_eq!(states(&office), [state("queued", 0), state("queued", 0)]);
    }
    let server = server([]).await;
    assert_code(&pass(&mut office, &server), 0);
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_breaker_holds_what_exceeds_the_cap_and_says_so() {
    let mut office = office(3);
    office.set("acknowledgement", "caps", "{ per_hour = 2 }");
    let server = server([]).await;
    for _ in 0..2 {
        let finished = pass(&mut office, &server);
        assert_code(&finished, 75);
        assert!(finished.stderr.contains("per_hour"), "{finished:?}");
        assert_eq!(server.taken().len(), 2);
        let status = office.json(&["status", "--json"]);
        assert!(status["breaker"].as_str().unwrap().contains("per_hour"), "{status}");
        assert_eq!(states(&office), [state("sent", 1), state("sent", 1), state("queued", 0)]);
    }
    let store = Connection::open(office.store_path()).unwrap();
    store
        .execute("UPDATE acknowledgement SET sent_at = '2024-03-12T00:00:00Z' WHERE state = 'sent'", [])
        .unwrap();
    assert_code(&pass(&mut office, &server), 0);
    assert_eq!(server.taken().len(), 3);
    let status = office.json(&["status", "--json"]);
    assert!(status["breaker"].is_null(), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_envelope_sender_is_the_mailbox_or_nobody_as_configured() {
    for (word, expected) in [("mailbox", "MAIL FROM:<zwfw@ln.gov.cn>"), ("null", "MAIL FROM:<>")] {
        let mut office = office(1);
        office.text("acknowledgement", "envelope_sender", word);
        let server = server([]).await;
        assert_code(&pass(&mut office, &server), 0);
        let taken = server.taken();
        assert!(taken[0].from.starts_with(expected), "{word}: {taken:?}");
        assert_eq!(field(&taken[0].octets, "Auto-Submitted"), "auto-replied");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn first_contact_with_an_old_mailbox_answers_nobody() {
    let mut office = office(3);
    office.unset("acknowledgement", "not_before");
    office.open_until("2099-12-31");
    let server = server([]).await;
    assert_code(&pass(&mut office, &server), 0);
    let found = outbox(&office);
    assert_eq!(found, vec![("withheld".to_owned(), 0, "before_not_before".to_owned()); 3]);
    assert_eq!(server.connections(), 0);
    // What comes from now on is answered, with the time that the file has.
    std::fs::write(office.path().join("mailbox/new/later"), letter(4).raw()).unwrap();
    assert_code(&pass(&mut office, &server), 0);
    assert_eq!(states(&office).last(), Some(&state("sent", 1)));
    assert_eq!(server.taken().len(), 1);
}

/// A program without any mark of one answers whatever we send, at once. How many answers it gets of us.
async fn answers_to_a_robot(what: &str, reply: impl Fn(usize, &str) -> Letter) -> usize {
    let mut office = office(1);
    let server = server([]).await;
    assert_code(&pass(&mut office, &server), 0);
    for round in 1..=6 {
        let last = ids(&server.taken()).pop().unwrap();
        let mut reply = reply(round, last.trim_matches(['<', '>']));
        reply.message_id = format!("reply-{round}@example.com");
        deliver(&office, &reply);
        assert_code(&pass(&mut office, &server), 0);
    }
    let found = outbox(&office);
    assert_eq!(found.len(), 7, "{what}: every reply is recorded: {found:?}");
    // Bare thanks say nothing and get no answer at all.
    let is_last = |reason: &str| matches!(reason, "answered_again" | "nothing_said");
    assert!(
        found.iter().any(|(state, _, reason)| state == "withheld" && is_last(reason)),
        "{what}: {found:?}"
    );
    server.taken().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_robot_that_answers_every_answer_gets_two_at_most_and_then_silence() {
    let threaded = |text: String| {
        move |last: &str| Letter {
            in_reply_to: Some(last.to_owned()),
            subject: "回复：来信收悉".to_owned(),
            text: text.clone(),
            ..letter(1)
        }
    };
    let mut found = Vec::new();
    let always_the_same =
        |_: usize, last: &str| threaded("您的邮件已收到，谢谢！\r\n".to_owned())(last);
    found.push(("the same words", answers_to_a_robot("the same words", always_the_same).await));
    let never_the_same =
        |round: usize, last: &str| threaded(format!("您的第{round}封邮件已收到。\r\n"))(last);
    found.push(("other words each time", answers_to_a_robot("other words each time", never_the_same).await));
    let echo = |_: usize, last: &str| threaded(letter(1).text)(last);
    found.push(("the citizen's own words", answers_to_a_robot("the citizen's own words", echo).await));
    // First a repetition, then answers to the answer to it.
    let mixed = |round: usize, last: &str| match round {
        1 => threaded(letter(1).text)(last),
        _ => threaded(format!("您的第{round}封邮件已收到。\r\n"))(last),
    };
    found.push(("an echo, then other words", answers_to_a_robot("an echo, then other words", mixed).await));
    // No thread at all: the letter again and again.
    let repeat = |_: usize, _: &str| letter(1);
    found.push(("the letter again", answers_to_a_robot("the letter again", repeat).await));
    // An echo of one's own words in answer to our answer is not even answered once more.
    let expected = |what: &str| match what {
        // Nothing but thanks, and so not even one answer more.
        "the same words" | "the citizen's own words" => 1,
        _ => 2,
    };
    assert!(found.iter().all(|(what, answers)| *answers == expected(what)), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_supplement_to_a_repetition_joins_what_it_repeats() {
    let mut office = office(1);
    let server = server([]).await;
    assert_code(&pass(&mut office, &server), 0);
    deliver(&office, &Letter { message_id: "again@example.com".to_owned(), ..letter(1) });
    assert_code(&pass(&mut office, &server), 0);
    let answer_to_repetition = ids(&server.taken()).pop().unwrap();
    deliver(
        &office,
        &Letter {
            message_id: "more@example.com".to_owned(),
            in_reply_to: Some(answer_to_repetition.trim_matches(['<', '>']).to_owned()),
            subject: "回复：来信收悉".to_owned(),
            text: "补充一点：建议增设夜间窗口。\r\n".to_owned(),
            ..letter(1)
        },
    );
    assert_code(&pass(&mut office, &server), 0);
    let rows = office.rows();
    assert_eq!(rows.count("SELECT count(*) FROM supplement"), 1);
    let seen = "SELECT count(*) FROM 意见汇总 WHERE 意见建议内容 LIKE '%夜间窗口%'";
    assert_eq!(rows.count(seen), 1, "staff see what was added");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_final_refusal_that_is_about_us_fails_nobody_and_leaves_once_it_is_mended() {
    for (step, reply) in [
        (Step::Rcpt, "550 5.7.1 Sender address rejected: not owned by user zwfw"),
        (Step::Dot, "554 the limit on the number of allowed outgoing messages was exceeded"),
    ] {
        let mut office = office(4);
        let refusing = server([rule(step, say(reply))]).await;
        let finished = pass(&mut office, &refusing);
        assert_code(&finished, 69);
        assert!(
            outbox(&office).iter().all(|(state, attempts, _)| state != "failed" && *attempts == 0),
            "{reply}"
        );
        let status = office.json(&["status", "--json"]);
        assert_eq!(status["outbox"]["fault"], "refuses_us", "{status}");
        time_passes(&office);
        let good = server([]).await;
        assert_code(&pass(&mut office, &good), 0);
        assert_eq!(good.taken().len(), 4, "{reply}");
        assert!(office.json(&["status", "--json"])["outbox"]["fault_since"].is_null());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_same_words_to_three_in_a_row_are_about_us_and_to_one_about_him() {
    let mut office = office(4);
    let refusing = server([rule(Step::Rcpt, say("550 5.7.1 policy says no"))]).await;
    assert_code(&pass(&mut office, &refusing), 69);
    assert!(outbox(&office).iter().all(|(state, ..)| state != "failed"), "{:?}", outbox(&office));
    time_passes(&office);
    let one = server([rule(Step::Rcpt, say("550 5.1.1 no such user")).on_message(4)]).await;
    assert_code(&pass(&mut office, &one), 0);
    let failed = outbox(&office).into_iter().filter(|(state, ..)| state == "failed").count();
    assert_eq!((failed, one.taken().len()), (1, 3));
}
