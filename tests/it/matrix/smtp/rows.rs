//! The table.

use std::time::Duration;

use super::{Row, Stand, row};
use crate::smtp::smtp_server::{Act, Protection, Rule, Step, rule, say};

pub(super) fn rows() -> Vec<Row> {
    [sessions(), refusals(), limits(), ends(), lacks()].into_iter().flatten().collect()
}

fn at(step: Step, act: Act) -> [Rule; 1] {
    [rule(step, act)]
}

fn closing(line: &str) -> Act {
    Act::SayAndClose(format!("{line}\r\n").into_bytes())
}

/// No session comes about: nothing is said of any message, so everything waits.
fn sessions() -> Vec<Row> {
    use Protection::{Starttls, StarttlsStripped, Tls};
    let waits = |name, rules: [Rule; 1], words: &[&'static str]| {
        let all: Vec<_> = words.iter().copied().chain(["acknowledgements wait in the outbox"]).collect();
        row(name, Stand::Wait, rules, &all)
    };
    vec![
        row("no answer from the resolver", Stand::Wait, [], &["no answer in time while resolving the name"])
            .office(|office| {
                crate::matrix::hang_resolver(office);
                office.text("acknowledgement", "host", "localhost");
            })
            .also(|_, office| crate::matrix::mend_resolver(office)),
        waits("SYN without an answer", at(Step::Connect, Act::Hang), &["no answer in time while connecting"]),
        waits("hang before the greeting", at(Step::Greeting, Act::Hang), &["greeting/EHLO: no answer within"]),
        waits("closed before the greeting", at(Step::Greeting, Act::Close), &["the server closed the connection"]),
        waits("421 for a greeting", at(Step::Greeting, closing("421 HL:ICC too many")), &["421", "HL:ICC"]),
        waits("554 for a greeting", at(Step::Greeting, closing("554 5.7.1 go away")), &["554", "go away"]),
        waits("garbage for a greeting", at(Step::Greeting, say("HTTP/1.1 400 Bad Request")), &["greeting/EHLO: "]),
        waits("an endless line for a greeting", at(Step::Greeting, Act::EndlessLine), &["has no end"]),
        waits("hang in EHLO", at(Step::Ehlo, Act::Hang), &["greeting/EHLO: no answer within"]),
        waits("451 to EHLO", at(Step::Ehlo, say("451 4.3.2 not now")), &["451", "not now"]),
        waits("550 to EHLO", at(Step::Ehlo, say("550 5.7.1 not you")), &["550", "not you"]),
        waits("endless lines in EHLO", at(Step::Ehlo, Act::EndlessLines), &["has no end"]),
        waits(
            "EHLO a byte at a time",
            at(Step::Ehlo, Act::Slowly(Duration::from_millis(200))),
            &["greeting/EHLO: no answer within"],
        ),
        row("STARTTLS stripped", Stand::Wait, [], &["does not offer STARTTLS"]).protected(StarttlsStripped),
        waits("STARTTLS refused", at(Step::Starttls, say("454 4.7.0 no TLS today")), &["STARTTLS: refused: 454"])
            .protected(Starttls),
        waits("hang in STARTTLS", at(Step::Starttls, Act::Hang), &["STARTTLS: no answer within"])
            .protected(Starttls),
        waits("hang in the TLS handshake", at(Step::Handshake, Act::Hang), &["no answer in time while the TLS handshake"])
            .protected(Tls),
        row("a certificate for another name", Stand::Wait, [], &["made out for another name than localhost"])
            .protected(Tls)
            .names(&["mail.example.cn"]),
        row("a certificate of nobody we trust", Stand::Wait, [], &["TLS handshake", "signed by no authority"])
            .protected(Starttls)
            .names(&[]),
        waits("AUTH refused", at(Step::Auth, say("535 5.7.8 wrong code")), &["AUTH: refused: 535", "wrong code"])
            .protected(Tls)
            .login(),
        waits("AUTH refused for now", at(Step::Auth, say("454 4.7.0 not now")), &["AUTH: refused: 454"])
            .protected(Tls)
            .login(),
        waits("hang in AUTH", at(Step::Auth, Act::Hang), &["AUTH: no answer within"]).protected(Tls).login(),
        row("AUTH not offered", Stand::Wait, [], &["does not offer AUTH"])
            .protected(Tls)
            .login()
            .offers(&["8BITMIME", "SMTPUTF8"]),
        row(
            "no session for a month",
            Stand::Wait,
            at(Step::Greeting, closing("421 4.3.2 closed for repair")),
            &["421"],
        )
        .given_up(
            |_, office| {
                let store = rusqlite::Connection::open(office.store_path()).unwrap();
                store.busy_timeout(Duration::from_secs(20)).unwrap();
                let sql = "UPDATE acknowledgement SET queued_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-31 days')";
                store.execute(sql, []).unwrap();
            },
            "given up 720 h after queueing",
        ),
    ]
}

/// A refusal at each step.
fn refusals() -> Vec<Row> {
    let deferred = |name, step, line: &'static str, code: &'static str| {
        row(name, Stand::Deferred, at(step, say(line)), &["acknowledgement deferred", code]).reason(line)
    };
    let failed = |name, step, line: &'static str, code: &'static str| {
        row(name, Stand::Failed, at(step, say(line)), &["acknowledgement failed for good", code]).reason(line)
    };
    let waits = |name, step, line: &'static str, words: &'static str| {
        row(name, Stand::Wait, at(step, say(line)), &["SMTP server unavailable", words])
    };
    vec![
        deferred("451 to MAIL", Step::Mail, "451 4.3.0 later", "451 4.3.0"),
        waits("550 to MAIL", Step::Mail, "550 5.7.1 not you", "MAIL FROM: refused: 550"),
        waits(
            "the sender is not the login",
            Step::Mail,
            "553 Mail from must equal authorized user",
            "must equal authorized user",
        ),
        waits("the null sender refused", Step::Mail, "501 Invalid MAIL FROM", "set envelope_sender")
            .office(|office| office.text("acknowledgement", "envelope_sender", "null")),
        waits("a login asked for", Step::Mail, "530 5.7.0 authentication required", "530"),
        deferred("450 to RCPT", Step::Rcpt, "450 4.2.0 <citizen1@example.com>: mailbox busy", "450 4.2.0"),
        failed("550 to RCPT", Step::Rcpt, "550 5.1.1 <citizen1@example.com>: no such user", "550 5.1.1"),
        waits(
            "no relaying, the recipient in the answer",
            Step::Rcpt,
            "554 5.7.1 <citizen1@example.com>: Relay access denied",
            "Relay access denied",
        ),
        deferred("451 to DATA", Step::Data, "451 4.3.0 queue full", "451 4.3.0"),
        failed("554 to DATA", Step::Data, "554 5.5.1 no valid recipients", "554 5.5.1"),
        deferred("452 to the content", Step::Dot, "452 4.3.1 disk full", "452 4.3.1"),
        failed("554 to the content", Step::Dot, "554 5.7.1 looks like spam", "554 5.7.1"),
        deferred("250 for DATA, where 354 is due", Step::Data, "250 2.0.0 ok", "DATA: no usable reply").reason("250"),
        row("252 for the content", Stand::Sent, at(Step::Dot, say("252 2.0.0 taken")), &["accepted by the server"]),
        row(
            "a refusal in GBK",
            Stand::Failed,
            at(Step::Rcpt, Act::Say(b"550 \xd3\xca\xcf\xe4\xb2\xbb\xb4\xe6\xd4\xda\r\n".to_vec())),
            &["failed for good", "550"],
        )
        .reason("邮箱不存在"),
        row(
            "refused for days",
            Stand::Deferred,
            at(Step::Rcpt, say("451 4.3.0 later")),
            &["acknowledgement deferred"],
        )
        .given_up(
            |_, office| {
                let change = "queued_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-6 days'), next_attempt_at = '2024-03-12T00:00:00Z'";
                super::time_passes(office, change);
            },
            "given up 120 h after queueing: 451 4.3.0",
        ),
    ]
}

/// Greylisting and rate limits.
fn limits() -> Vec<Row> {
    let rests = |name, step, line: &'static str, code: &'static str, seconds| {
        row(name, Stand::Deferred, at(step, say(line)), &["acknowledgement deferred", code])
            .reason(line)
            .rests(seconds)
    };
    vec![
        rests("greylisting", Step::Rcpt, "450 4.7.1 greylisted, come back", "450 4.7.1", 180),
        row(
            "421 HL:IFC in mid-session",
            Stand::FirstDeferred,
            at(Step::Mail, closing("421 HL:IFC too many messages")),
            &["acknowledgement deferred", "421"],
        )
        .reason("HL:IFC")
        .rests(900),
        rests("450 MI:CEL", Step::Rcpt, "450 MI:CEL too many recipients", "450", 900),
        rests("451 MI:SFQ", Step::Dot, "451 MI:SFQ quarter-hour quota", "451", 900),
        rests("451 DT:SPM", Step::Dot, "451 DT:SPM, please try again", "451", 120),
        row(
            "554 DT:SPM",
            Stand::Failed,
            at(Step::Dot, say("554 DT:SPM 126 smtp")),
            &["failed for good", "554"],
        )
        .reason("DT:SPM"),
        // It is about us: no citizen's answer is counted for it.
        row(
            "550 that means 450 (QQ)",
            Stand::Held,
            at(Step::Rcpt, say("550 Ip frequency limited")),
            &["SMTP server unavailable", "550 Ip frequency limited"],
        ),
    ]
}

/// The connection ends or falls silent in the middle.
fn ends() -> Vec<Row> {
    let deferred = |name, step, act, words: &'static str| {
        row(name, Stand::Deferred, at(step, act), &["acknowledgement deferred", words])
    };
    let closed = "the server closed the connection";
    vec![
        deferred("closed at MAIL", Step::Mail, Act::Close, closed),
        deferred("closed at RCPT", Step::Rcpt, Act::Close, closed),
        deferred("closed at DATA", Step::Data, Act::Close, closed),
        deferred("closed at the final dot", Step::Dot, Act::Close, closed).reason("outcome_unknown"),
        deferred("taken, then closed before the reply", Step::Dot, Act::TakeAndClose, closed)
            .reason("outcome_unknown")
            .may_arrive_twice(),
        deferred("hang at MAIL", Step::Mail, Act::Hang, "MAIL FROM: no answer within 1 s"),
        deferred("hang at RCPT", Step::Rcpt, Act::Hang, "RCPT TO: no answer within 1 s"),
        deferred("hang at DATA", Step::Data, Act::Hang, "DATA: no answer within 1 s"),
        deferred("hang at the final dot", Step::Dot, Act::Hang, "message content: no answer within 10 s")
            .reason("outcome_unknown"),
        deferred("an endless line for RCPT", Step::Rcpt, Act::EndlessLine, "RCPT TO: no usable reply"),
        row(
            "the connection closed between two messages",
            Stand::Sent,
            at(Step::Idle, Act::Close),
            &["accepted by the server"],
        ),
        row(
            "421 between two messages",
            Stand::Sent,
            at(Step::Idle, closing("421 4.4.2 idle")),
            &["accepted by the server"],
        ),
        row(
            "hang in RSET",
            Stand::Deferred,
            [rule(Step::Rcpt, say("451 4.3.0 later")), rule(Step::Rset, Act::Hang)],
            &["acknowledgement deferred"],
        ),
        row("hang in QUIT", Stand::Sent, at(Step::Quit, Act::Hang), &["accepted by the server"]),
    ]
}

/// Extensions that are not there.
fn lacks() -> Vec<Row> {
    vec![
        row("SMTPUTF8 missing", Stand::Failed, [], &["failed for good", "550 5.6.7"])
            .offers(&["8BITMIME"])
            .from("李雷@example.cn")
            .reason("SMTPUTF8"),
        row("no extension at all", Stand::Sent, [], &["accepted by the server"]).offers(&[]),
    ]
}
