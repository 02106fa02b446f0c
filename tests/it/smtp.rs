//! The SMTP client against a server that misbehaves at every step.

mod rows;
#[path = "support/smtp_server.rs"]
pub(crate) mod smtp_server;

use std::time::{Duration, Instant};

use rows::{Expect, rows};
use smtp_server::{Act, PASSWORD, Protection, SmtpServer, Step, USER, rule, say};
use zwfw_intake::config::{Limits, Secret, Security, ServerSettings};
use zwfw_intake::net::{DialCause, DialError};
use zwfw_intake::smtp::{Sender, SmtpError};
use zwfw_intake::vocabulary::{Breakage, OutboundMessage, SendOutcome};

/// Deadline of a step in these tests.
const STEP: Duration = Duration::from_millis(150);

fn limits() -> Limits {
    Limits {
        message_bytes: 1 << 20,
        oversize_fetch_bytes: 1 << 20,
        batch_bytes: 1 << 20,
        batch_messages: 100,
        text_bytes: 1 << 20,
        header_bytes: 1 << 20,
        attachments: 100,
        step_timeout: STEP,
        slowest_bytes_per_second: 10_240,
        pass_timeout: Duration::from_mins(1),
    }
}

/// For tests that count connections: no pause of a busy machine makes one idle for too long.
fn patient() -> Limits {
    Limits { step_timeout: Duration::from_secs(20), ..limits() }
}

fn settings(server: &SmtpServer, security: Security) -> ServerSettings {
    ServerSettings {
        host: if security == Security::Plaintext { "127.0.0.1".into() } else { "localhost".into() },
        port: server.address.port(),
        security,
        ca_file: (security != Security::Plaintext).then(|| server.ca_file.clone()),
        username: Some(USER.into()),
        password: Some(Secret::new(PASSWORD.into())),
        oauth: None,
        proxy: None,
    }
}

fn message() -> OutboundMessage {
    OutboundMessage {
        envelope_from: Some("zwfw@ln.example.com".into()),
        envelope_to: "citizen@example.org".into(),
        message_id: "LNZX-2024-0001.accepted.t@ln.example.com".into(),
        octets: b"Subject: hello\r\n\r\n.a dot first\r\n..\r\nend\r\n".to_vec(),
    }
}

fn is(outcome: &SendOutcome, expect: Expect) -> bool {
    match (outcome, expect) {
        (SendOutcome::Accepted { .. }, Expect::Accepted)
        | (SendOutcome::Unknown(_), Expect::Unknown)
        | (SendOutcome::Unavailable { .. }, Expect::Unavailable) => true,
        (SendOutcome::Transient { code, .. }, Expect::Transient(expected)) => Some(*code) == expected,
        (SendOutcome::Broken(_), Expect::Transient(expected)) => expected.is_none(),
        (SendOutcome::Permanent { code, .. }, Expect::Permanent(expected)) => *code == expected,
        _ => false,
    }
}

fn words(outcome: &SendOutcome) -> String {
    match outcome {
        SendOutcome::Accepted { reply }
        | SendOutcome::Transient { reply, .. }
        | SendOutcome::Permanent { reply, .. }
        | SendOutcome::Unavailable { reply } => reply.clone(),
        SendOutcome::Broken(Breakage { server, step, seen })
        | SendOutcome::Unknown(Breakage { server, step, seen }) => format!("{server}: {step}: {seen}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_has_its_outcome() {
    let mut failures = Vec::new();
    for row in rows() {
        let server = SmtpServer::start(row.protection, row.rules).await;
        let security = match row.protection {
            Protection::Plain => Security::Plaintext,
            Protection::Tls => Security::Tls,
            Protection::Starttls | Protection::StarttlsStripped => Security::Starttls,
        };
        let mut sender = Sender::new(&settings(&server, security), &limits()).unwrap();
        let begun = Instant::now();
        let outcome = sender.send(&message()).await;
        let elapsed = begun.elapsed();
        sender.quit().await;
        let said = words(&outcome);
        // The longest wait is the one behind the final dot.
        let sound = is(&outcome, row.expect)
            && said.contains(row.words)
            && !said.contains(PASSWORD)
            && said.chars().count() < 450
            && !said.chars().any(char::is_control)
            && elapsed < STEP * 14
            && server.taken().len() == row.taken;
        if !sound {
            failures.push(format!(
                "{}: {outcome:?} after {elapsed:?}, taken {}",
                row.name,
                server.taken().len()
            ));
        }
        if row.expect == Expect::Accepted {
            let taken = server.taken().remove(0);
            assert_eq!(taken.octets, message().octets, "{}", row.name);
            assert_eq!(taken.from, "MAIL FROM:<zwfw@ln.example.com>");
            assert_eq!(taken.to, "RCPT TO:<citizen@example.org>");
            assert_eq!(taken.encrypted, row.protection != Protection::Plain, "{}", row.name);
            assert!(taken.authenticated);
        }
        assert!(server.lines().iter().all(|line| !line.starts_with("EHLO") || line == "EHLO ln.example.com"));
        drop(sender);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn accepted(outcome: &SendOutcome) -> bool {
    matches!(outcome, SendOutcome::Accepted { .. })
}

fn numbered(number: usize) -> OutboundMessage {
    let octets = format!("Subject: {number}\r\n\r\nbody {number}\r\n").into_bytes();
    OutboundMessage { octets, ..message() }
}

#[tokio::test]
async fn messages_share_one_connection() {
    let server = SmtpServer::start(Protection::Tls, vec![]).await;
    let mut sender = Sender::new(&settings(&server, Security::Tls), &patient()).unwrap();
    for number in 0..20 {
        assert!(accepted(&sender.send(&numbered(number)).await));
    }
    sender.quit().await;
    assert_eq!(server.connections(), 1);
    assert_eq!(server.open_connections().await, 0);
    assert_eq!(server.lines().last().map(String::as_str), Some("QUIT"));
    let taken: Vec<_> = server.taken().into_iter().map(|taken| taken.octets).collect();
    let sent: Vec<_> = (0..20).map(|number| numbered(number).octets).collect();
    assert_eq!(taken, sent);
}

/// lettre#743: the server closes the connection between two messages.
#[tokio::test]
async fn a_stale_connection_is_replaced_once() {
    let closings = [
        ("close", Act::Close),
        ("421, then close", Act::SayAndClose(b"421 4.4.2 idle too long\r\n".to_vec())),
        ("a second reply", Act::Say(b"250 and another\r\n".to_vec())),
        ("half a reply", Act::Say(b"25".to_vec())),
    ];
    for (name, act) in closings {
        let server = SmtpServer::start(Protection::Starttls, vec![rule(Step::Idle, act).on_message(1)]).await;
        let mut sender = Sender::new(&settings(&server, Security::Starttls), &limits()).unwrap();
        for number in 0..3 {
            let outcome = sender.send(&numbered(number)).await;
            // What the server says or does of its own accord, behind its reply, arrives meanwhile.
            tokio::time::sleep(Duration::from_millis(20)).await;
            assert!(accepted(&outcome), "{name}: {outcome:?}");
        }
        assert_eq!(server.taken().len(), 3, "{name}");
        assert_eq!(server.connections(), 3, "{name}");
    }
    // Found out only at MAIL FROM: 421 in reply to it, silence, the end of the stream.
    for (name, act) in [
        ("421 at MAIL", Act::SayAndClose(b"421 too many messages\r\n".to_vec())),
        ("hang at MAIL", Act::Hang),
        ("close at MAIL", Act::Close),
    ] {
        let rules = vec![rule(Step::Mail, act.clone()).on_connection(1).on_message(2)];
        let server = SmtpServer::start(Protection::Plain, rules).await;
        let mut sender = Sender::new(&settings(&server, Security::Plaintext), &limits()).unwrap();
        assert!(accepted(&sender.send(&numbered(1)).await));
        assert!(accepted(&sender.send(&numbered(2)).await), "{name}");
        assert_eq!((server.taken().len(), server.connections()), (2, 2), "{name}");
        // On a fresh connection there is no second try.
        let server = SmtpServer::start(Protection::Plain, vec![rule(Step::Mail, act)]).await;
        let mut sender = Sender::new(&settings(&server, Security::Plaintext), &limits()).unwrap();
        assert!(!accepted(&sender.send(&numbered(1)).await));
        assert_eq!(server.connections(), 1, "{name}");
    }
}

/// An idle connection may be dead without anybody's knowing; trying it would cost a step's deadline.
#[tokio::test]
async fn a_connection_long_idle_is_not_tried() {
    let server = SmtpServer::start(Protection::Plain, vec![]).await;
    let mut sender = Sender::new(&settings(&server, Security::Plaintext), &limits()).unwrap();
    assert!(accepted(&sender.send(&numbered(1)).await));
    // Time has to pass for a connection to be an old one.
    tokio::time::sleep(STEP * 2).await;
    assert!(accepted(&sender.send(&numbered(2)).await));
    assert_eq!((server.connections(), server.taken().len()), (2, 2));
    assert!(server.lines().contains(&"QUIT".to_owned()));
}

/// A send dropped half-way must not leave its connection to the next one: in lettre's pool the next message
/// read the first one's replies and counted as accepted while the server said 554.
#[tokio::test]
async fn a_cancelled_send_takes_its_connection_along() {
    for step in [Step::Mail, Step::Rcpt, Step::Data, Step::Dot] {
        let pause = Act::Slowly(Duration::from_millis(5));
        let rules = vec![
            rule(step, pause).on_connection(1).on_message(2),
            rule(Step::Dot, say("554 5.7.1 refused")).on_connection(2),
        ];
        let server = SmtpServer::start(Protection::Plain, rules).await;
        let mut sender = Sender::new(&settings(&server, Security::Plaintext), &limits()).unwrap();
        assert!(accepted(&sender.send(&numbered(1)).await));
        let cancelled = tokio::time::timeout(Duration::from_millis(15), sender.send(&numbered(2))).await;
        assert!(cancelled.is_err(), "{step:?}");
        let outcome = sender.send(&numbered(3)).await;
        assert!(is(&outcome, Expect::Permanent(554)), "{step:?}: {outcome:?}");
        assert_eq!(server.connections(), 2);
    }
}

#[tokio::test]
async fn a_refused_message_leaves_the_session_fit_for_the_next() {
    let rules = vec![
        rule(Step::Rcpt, say("550 5.1.1 unknown")).on_message(1),
        rule(Step::Mail, say("451 4.3.0 later")).on_message(1).on_connection(9),
    ];
    let server = SmtpServer::start(Protection::Plain, rules).await;
    let mut sender = Sender::new(&settings(&server, Security::Plaintext), &patient()).unwrap();
    for _ in 0..3 {
        assert!(is(&sender.send(&message()).await, Expect::Permanent(550)));
    }
    assert_eq!(server.connections(), 1);
    let resets = server.lines().iter().filter(|line| *line == "RSET").count();
    assert_eq!(resets, 3);
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn the_certificate_must_be_the_servers_and_trusted() {
    let server =
        SmtpServer::start_with(Protection::Tls, vec![], &["AUTH PLAIN"], &["other.example.com"]).await;
    let mut sender = Sender::new(&settings(&server, Security::Tls), &limits()).unwrap();
    let outcome = sender.send(&message()).await;
    assert!(
        is(&outcome, Expect::Unavailable) && words(&outcome).contains("made out for another name"),
        "{outcome:?}"
    );

    let stranger = SmtpServer::start(Protection::Tls, vec![]).await;
    let mut wrong_root = settings(&stranger, Security::Tls);
    wrong_root.ca_file = Some(server.ca_file.clone());
    let outcome = Sender::new(&wrong_root, &limits()).unwrap().send(&message()).await;
    assert!(words(&outcome).contains("signed by no authority we trust"), "{outcome:?}");

    let mut no_file = settings(&stranger, Security::Tls);
    no_file.ca_file = Some("/nonexistent/ca.pem".into());
    let error = Sender::new(&no_file, &limits()).unwrap_err();
    assert!(
        matches!(error, SmtpError::Dial(DialError { cause: DialCause::Settings(_), .. }))
            && !error.is_transient(),
        "{error}"
    );
    assert!(error.to_string().contains("/nonexistent/ca.pem"));
    assert!(server.taken().is_empty() && stranger.taken().is_empty());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let mut absent = ServerSettings {
        host: "127.0.0.1".into(),
        port,
        security: Security::Plaintext,
        ca_file: None,
        username: None,
        password: None,
        oauth: None,
        proxy: None,
    };
    let outcome = Sender::new(&absent, &limits()).unwrap().send(&message()).await;
    assert!(words(&outcome).contains(&format!("127.0.0.1:{port}: cannot connect: ")), "{outcome:?}");
    absent.host = "no-such-host.invalid".into();
    let outcome = Sender::new(&absent, &limits()).unwrap().send(&message()).await;
    assert!(
        is(&outcome, Expect::Unavailable) && words(&outcome).contains("its name cannot be resolved"),
        "{outcome:?}"
    );
    // An address of the documentation range (RFC 5737): a connect would run into its deadline.
    absent.host = "192.0.2.1".into();
    let outcome = Sender::new(&absent, &limits()).unwrap().send(&message()).await;
    assert!(words(&outcome).contains("\"plaintext\" is for loopback addresses only"), "{outcome:?}");
    absent.username = Some("u".into());
    assert!(matches!(
        Sender::new(&absent, &limits()),
        Err(SmtpError::Dial(DialError { cause: DialCause::Settings(_), .. }))
    ));
}

#[tokio::test]
async fn envelopes_of_every_kind() {
    let message = message();
    let null = OutboundMessage { envelope_from: None, ..message.clone() };
    let chinese = OutboundMessage { envelope_to: "李四@例子.example.org".into(), ..message.clone() };
    let malformed = OutboundMessage { envelope_to: "a@b.example>\r\nDATA\r\n".into(), ..message.clone() };
    let bare =
        OutboundMessage { octets: b"Subject: x\r\n\r\na\n.\nMAIL FROM:<x>\r\n".to_vec(), ..message.clone() };

    let server = SmtpServer::start(Protection::Plain, vec![]).await;
    let mut sender = Sender::new(&settings(&server, Security::Plaintext), &patient()).unwrap();
    assert!(accepted(&sender.send(&null).await));
    assert!(accepted(&sender.send(&chinese).await));
    assert!(is(&sender.send(&malformed).await, Expect::Permanent(550)));
    assert!(is(&sender.send(&bare).await, Expect::Permanent(550)));
    let taken = server.taken();
    assert_eq!(taken[0].from, "MAIL FROM:<>");
    assert_eq!(taken[1].from, "MAIL FROM:<zwfw@ln.example.com> SMTPUTF8");
    assert_eq!(taken.len(), 2);

    let plain = SmtpServer::start_with(Protection::Plain, vec![], &["AUTH PLAIN"], &["localhost"]).await;
    let mut sender = Sender::new(&settings(&plain, Security::Plaintext), &patient()).unwrap();
    let outcome = sender.send(&chinese).await;
    assert!(is(&outcome, Expect::Permanent(550)) && words(&outcome).contains("SMTPUTF8"), "{outcome:?}");
    // The address is what cannot be sent, and not what the answer says, though that is beyond ASCII too.
    let octets = "Subject: x\r\n\r\n意见已收到\r\n".as_bytes().to_vec();
    let outcome = sender.send(&OutboundMessage { octets, ..chinese.clone() }).await;
    assert!(words(&outcome).contains("5.6.7") && words(&outcome).contains("SMTPUTF8"), "{outcome:?}");
    // The session is still good.
    assert!(accepted(&sender.send(&message).await));
    assert_eq!(plain.connections(), 1);
    // 163: no null sender. The answers wait for the settings to be mended.
    let rules = vec![rule(Step::Mail, say("553 Mail from must equal authorized user"))];
    let netease = SmtpServer::start(Protection::Plain, rules).await;
    let mut sender = Sender::new(&settings(&netease, Security::Plaintext), &patient()).unwrap();
    let outcome = sender.send(&null).await;
    assert!(is(&outcome, Expect::Unavailable), "{outcome:?}");
    assert!(
        words(&outcome).contains("553 Mail from must equal authorized user (the server takes no null sender")
    );
}

#[tokio::test]
async fn login_by_what_the_server_knows() {
    let only_login = SmtpServer::start_with(Protection::Plain, vec![], &["AUTH LOGIN"], &["localhost"]).await;
    let mut sender = Sender::new(&settings(&only_login, Security::Plaintext), &limits()).unwrap();
    assert!(accepted(&sender.send(&message()).await));
    assert!(only_login.taken()[0].authenticated);

    let none = SmtpServer::start_with(Protection::Plain, vec![], &["8BITMIME"], &["localhost"]).await;
    let mut sender = Sender::new(&settings(&none, Security::Plaintext), &limits()).unwrap();
    let outcome = sender.send(&message()).await;
    assert!(words(&outcome).contains("does not offer AUTH"), "{outcome:?}");

    // A wrong password is offered once only: accounts are locked for repetitions.
    let server = SmtpServer::start(Protection::Plain, vec![]).await;
    let mut wrong = settings(&server, Security::Plaintext);
    wrong.password = Some(Secret::new("not-this-one".into()));
    let outcome = Sender::new(&wrong, &limits()).unwrap().send(&message()).await;
    assert!(words(&outcome).contains("AUTH: refused: 535"), "{outcome:?}");
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("AUTH")).count(), 1);
    assert!(!format!("{wrong:?} {outcome:?}").contains("not-this-one"));
}

/// RFC 2554's draft wrote `AUTH=`; some servers go on doing so.
#[tokio::test]
async fn an_offer_in_the_old_form_is_understood() {
    let old = SmtpServer::start_with(Protection::Plain, vec![], &["AUTH=LOGIN"], &["localhost"]).await;
    let mut sender = Sender::new(&settings(&old, Security::Plaintext), &limits()).unwrap();
    assert!(accepted(&sender.send(&message()).await));
    assert!(old.taken()[0].authenticated);
}

#[tokio::test]
async fn what_a_server_offers_is_named_where_nothing_of_it_fits() {
    for (offered, named) in
        [("AUTH NTLM GSSAPI", "NTLM GSSAPI"), ("AUTH=NTLM", "NTLM"), ("AUTH XOAUTH2", "XOAUTH2")]
    {
        let server = SmtpServer::start_with(Protection::Plain, vec![], &[offered], &["localhost"]).await;
        let mut sender = Sender::new(&settings(&server, Security::Plaintext), &limits()).unwrap();
        let said = words(&sender.send(&message()).await);
        assert!(said.contains(named), "{offered}: {said}");
        assert!(server.lines().iter().all(|line| !line.starts_with("AUTH")), "{:?}", server.lines());
    }
}

/// The name that greets is the login's domain, else the office's own: servers refuse an address literal.
#[tokio::test]
async fn the_name_that_greets_is_the_offices_domain() {
    for (user, from, greets) in [
        (Some("zwfw"), "zwfw@ln.gov.cn", "EHLO ln.gov.cn"),
        (Some("zwfw@mail.ln.gov.cn"), "zwfw@ln.gov.cn", "EHLO mail.ln.gov.cn"),
        (None, "zwfw@ln.gov.cn", "EHLO ln.gov.cn"),
    ] {
        let server = SmtpServer::start(Protection::Plain, vec![]).await;
        let mut as_whom = settings(&server, Security::Plaintext);
        as_whom.username = user.map(ToOwned::to_owned);
        _ = Sender::new(&as_whom, &limits()).unwrap().speaking_for(from).send(&message()).await;
        assert_eq!(server.lines()[0], greets, "{user:?}");
    }
}

#[tokio::test]
async fn a_probe_names_the_fault_and_sends_nothing() {
    let server = SmtpServer::start(Protection::Starttls, vec![]).await;
    let mut sender = Sender::new(&settings(&server, Security::Starttls), &limits()).unwrap();
    let probed = sender.probe(Some(Some("zwfw@ln.example.com"))).await.unwrap();
    assert!(
        probed.protection == Some("STARTTLS") && probed.logged_in && probed.sender_accepted,
        "{probed:?}"
    );
    assert!(server.taken().is_empty());
    assert_eq!(server.open_connections().await, 0);

    let rules = vec![rule(Step::Mail, say("501 mail from address must be same as authorization user"))];
    let server = SmtpServer::start(Protection::Plain, rules).await;
    let mut sender = Sender::new(&settings(&server, Security::Plaintext), &limits()).unwrap();
    let error = sender.probe(Some(None)).await.unwrap_err();
    assert!(error.to_string().contains("MAIL FROM: refused: 501"), "{error}");
    assert!(!error.is_transient());
    assert!(sender.probe(None).await.is_ok());
}

/// Whatever the server says, and wherever: an outcome in time, words fit for a log, no panic, and nothing counts as
/// accepted that the server did not answer with 2yz.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_at_every_step() {
    const PIECES: &[&[u8]] = &[
        b"220 ",
        b"250-",
        b"250 ",
        b"354 ",
        b"334 ",
        b"421 ",
        b"550 ",
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\x1b[31m",
        b"\xff\xfe",
        b"AUTH PLAIN",
        b"STARTTLS",
        b"999 ",
        b"25",
        b"-",
        b" ",
        b"\xd3\xca\xcf\xe4",
        b"250",
    ];
    const STEPS: &[Step] = &[
        Step::Greeting,
        Step::Ehlo,
        Step::Starttls,
        Step::Auth,
        Step::Mail,
        Step::Rcpt,
        Step::Data,
        Step::Dot,
    ];
    let mut random = fastrand::Rng::with_seed(11);
    let short = Limits { step_timeout: Duration::from_millis(10), ..limits() };
    for round in 0..400 {
        let step = STEPS[round % STEPS.len()];
        let mut said: Vec<u8> = Vec::new();
        for _ in 0..random.usize(1..8) {
            said.extend_from_slice(PIECES[random.usize(..PIECES.len())]);
        }
        let act = if random.bool() { Act::Say(said.clone()) } else { Act::SayAndClose(said.clone()) };
        let server = SmtpServer::start(Protection::Starttls, vec![rule(step, act)]).await;
        let mut sender = Sender::new(&settings(&server, Security::Starttls), &short).unwrap();
        let message = message();
        let send = tokio::time::timeout(Duration::from_secs(5), sender.send(&message));
        let outcome = send.await.expect("an outcome in time");
        let words = words(&outcome);
        assert!(!words.chars().any(char::is_control) && words.chars().count() < 450, "{words:?}");
        if accepted(&outcome) && step == Step::Dot {
            let text = String::from_utf8_lossy(&said);
            assert!(text.trim_start().starts_with('2'), "{text:?}");
        }
    }
}
