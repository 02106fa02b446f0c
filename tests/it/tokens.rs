//! Logins by access token: where tokens come from, when they are renewed, and what is said when there is none. Nobody's token is
//! told.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zwfw_intake::config::{
    ImapSettings, Kept, Oauth, Secret, Secrets, Security, ServerSettings, TokenEndpoint, TokenSource,
};
use zwfw_intake::imap::Session;
use zwfw_intake::smtp::Sender;
use zwfw_intake::vocabulary::{LaneFault, LiveFault};

use crate::imap::imap_server::{Act, Authority, Fake, Setup, folder, say};
use crate::live::fails;
use crate::smtp::smtp_server::{CHALLENGE, Protection, SmtpServer, USER};
use crate::support::daemon::{Finished, Office};
use crate::support::pop3_server::{Act as Act3, Pop3Server};
use crate::support::token_server::{Answer, TokenServer, json, token};

const GOOD: &str = "good.token-1234567890";
const STALE: &str = "stale.token-0987654321";
const REFRESH: &str = "refresh/token+1";
const CLIENT_SECRET: &str = "client secret &1";

/// What the mailbox's server is shown.
fn shown(mechanism: &str, port: u16, token: &str) -> String {
    BASE64.encode(match mechanism {
        "XOAUTH2" => format!("user={USER}\x01auth=Bearer {token}\x01\x01"),
        _ => format!("n,a={USER},\x01host=localhost\x01port={port}\x01auth=Bearer {token}\x01\x01"),
    })
}

/// Takes this token only, shown by XOAUTH2, and says what is wrong with others; `initial`: together with the command.
fn takes(setup: Setup, token: &str, initial: bool) -> Setup {
    let refuses = [
        say(format!("+ {}\r\n", BASE64.encode(CHALLENGE))),
        Act::ReadLine,
        say("$T NO AUTHENTICATE failed.\r\n"),
    ];
    let response = shown("XOAUTH2", 0, token);
    if initial {
        let setup = setup.capabilities("IMAP4rev1 IDLE UIDPLUS LOGINDISABLED SASL-IR AUTH=XOAUTH2");
        let setup = setup.on(&format!("AUTHENTICATE XOAUTH2 {response}"), [say("$T OK welcome\r\n")]);
        setup.on("AUTHENTICATE XOAUTH2", refuses)
    } else {
        let setup = setup.capabilities("IMAP4rev1 IDLE UIDPLUS AUTH=PLAIN AUTH=OAUTHBEARER AUTH=XOAUTH2");
        setup.on("AUTHENTICATE OAUTHBEARER", [say("+\r\n"), Act::ReadLine, say("$T OK welcome\r\n")])
    }
}

/// An office both of whose servers want tokens.
struct Tokens {
    office: Office,
    imap: Fake,
    smtp: SmtpServer,
    _files: tempfile::TempDir,
}

impl Tokens {
    async fn new(initial: bool) -> Self {
        let files = tempfile::tempdir().unwrap();
        let tls = Authority::new(files.path()).certificate(true, |_| {});
        let setup = takes(folder([1, 2]).tls(tls), GOOD, initial);
        let ca_file = setup.ca_file().unwrap().to_owned();
        let imap = Fake::start(setup).await;
        let offers = ["8BITMIME", "AUTH LOGIN XOAUTH2"];
        let smtp = SmtpServer::start_with(Protection::Starttls, Vec::new(), &offers, &["localhost"]).await;
        smtp.take_token(GOOD);
        let mut office = Office::over_imap(imap.port());
        office.answer_over_smtp(smtp.address.port());
        office.unset("mailbox", "password_file");
        for (section, security, ca_file) in
            [("mailbox", "tls", &ca_file), ("acknowledgement", "starttls", &smtp.ca_file)]
        {
            office.text(section, "host", "localhost");
            office.text(section, "security", security);
            office.text(section, "ca_file", ca_file.to_str().unwrap());
            office.text(section, "username", USER);
        }
        office.text("limits", "step_timeout", "10s");
        Self { office, imap, smtp, _files: files }
    }

    /// Both sections have this key.
    fn both(&mut self, key: &'static str, value: &str) {
        for section in ["mailbox.oauth", "acknowledgement.oauth"] {
            self.office.text(section, key, value);
        }
    }

    /// Tokens from this endpoint, for both.
    fn ask_endpoint(&mut self, endpoint: &TokenServer, scheme: &str, ca_file: Option<&Path>) {
        self.office.write_secret("refresh", REFRESH);
        self.office.write_secret("client", CLIENT_SECRET);
        let host = if scheme == "https" { "localhost" } else { "127.0.0.1" };
        self.both("token_endpoint", &format!("{scheme}://{host}:{}/tenant/token", endpoint.address.port()));
        self.both("client_id", "office-client");
        self.both("client_secret_file", "client");
        self.both("refresh_token_file", "refresh");
        self.both("scope", "imap smtp");
        if let Some(path) = ca_file {
            self.both("ca_file", path.to_str().unwrap());
        }
    }

    /// Tokens from a program of this text, for both.
    fn ask_program(&mut self, text: &str) {
        let path = self.office.path().join("give-token");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        self.both("command", "give-token");
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        let finished =
            tokio::task::block_in_place(|| self.office.start(arguments).finish(Duration::from_mins(1)));
        let said = finished.said();
        for secret in [GOOD, STALE, REFRESH, CLIENT_SECRET, "refresh%2Ftoken%2B1"] {
            let port = self.imap.port();
            let blobs = ["XOAUTH2", "OAUTHBEARER"].map(|mechanism| shown(mechanism, port, secret));
            let told = said.contains(secret) || blobs.iter().any(|blob| said.contains(blob));
            assert!(!told, "{secret} is told: {finished:?}");
        }
        assert!(!said.contains("panicked"), "{finished:?}");
        finished
    }

    fn files_and_answers(&self) {
        let checked = self.run(&["check", "--live"]);
        assert_eq!(checked.code, Some(0), "{checked:?}");
        let ran = self.run(&["run", "--once"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let filed = self.office.rows().count("SELECT count(*) FROM submission");
        assert_eq!((filed, self.smtp.taken().len()), (2, 2), "{ran:?}");
        assert!(self.smtp.taken().iter().all(|taken| taken.authenticated && taken.encrypted));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_a_program_logs_in_at_both_servers() {
    let mut tokens = Tokens::new(true).await;
    tokens.ask_program(&format!("echo noise >&2; echo {GOOD}"));
    tokens.files_and_answers();
    let commands = tokens.imap.commands();
    let response = shown("XOAUTH2", 0, GOOD);
    assert!(commands.contains(&format!("AUTHENTICATE XOAUTH2 {response}")), "{commands:?}");
    assert!(tokens.smtp.lines().contains(&format!("AUTH XOAUTH2 {response}")), "{:?}", tokens.smtp.lines());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_an_endpoint_logs_in_at_both_servers() {
    let files = tempfile::tempdir().unwrap();
    let authority = Authority::new(files.path());
    let body = format!(r#"{{"access_token":"{GOOD}","expires_in":3599}}"#);
    let (one, other) = body.split_at(9);
    // In pieces, and the end of the connection without a word of TLS.
    let chunked = Answer::Say(format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n{:x}\r\n{other}\r\n0\r\n\r\n",
        one.len(),
        other.len()
    ));
    let endpoint = TokenServer::start(&[chunked], Some(authority.certificate(true, |_| {}))).await;
    let mut tokens = Tokens::new(false).await;
    tokens.ask_endpoint(&endpoint, "https", Some(&authority.ca_file));
    tokens.files_and_answers();
    // The response goes by itself where the server has no SASL-IR.
    let commands = tokens.imap.commands();
    let port = tokens.imap.port();
    assert!(commands.contains(&"AUTHENTICATE OAUTHBEARER".to_owned()), "{commands:?}");
    assert!(commands.contains(&shown("OAUTHBEARER", port, GOOD)), "{commands:?}");
    let asked = endpoint.asked();
    let form = "grant_type=refresh_token&refresh_token=refresh%2Ftoken%2B1&client_id=office-client&client_secret=client%20secret%20%261&scope=imap%20smtp";
    assert!(asked.iter().all(|request| request.starts_with("POST /tenant/token HTTP/1.1\r\n")), "{asked:?}");
    assert!(asked.iter().all(|request| request.ends_with(form)), "{asked:?}");
    assert!(asked[0].contains(&format!("\r\nHost: localhost:{}\r\n", endpoint.address.port())), "{asked:?}");
    // Each lane of each of the two commands asked once.
    assert_eq!(asked.len(), 4, "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_of_a_token_has_its_words() {
    let mut tokens = Tokens::new(true).await;
    let twice = |checked: &Finished, fault: LiveFault| {
        fails(checked, fault);
        assert_eq!(checked.stdout.matches(&format!("      {fault}: ")).count(), 2, "{checked:?}");
    };
    for (program, words) in [
        (format!("echo {GOOD}; exit 7"), "exit status: 7"),
        (format!("echo {GOOD}; echo {GOOD}"), "more than one line"),
        (format!("echo Token: {GOOD}"), "a line with blanks"),
        ("true".to_owned(), "it prints nothing"),
        ("yes".to_owned(), "more than 16384 bytes"),
    ] {
        tokens.ask_program(&program);
        let checked = tokens.run(&["check", "--live"]);
        twice(&checked, LiveFault::TokenCommand);
        assert!(checked.stdout.contains(words), "{words}: {checked:?}");
    }
    tokens.office.text("limits", "step_timeout", "1s");
    tokens.ask_program("sleep 60");
    twice(&tokens.run(&["check", "--live"]), LiveFault::TokenCommand);
    for section in ["mailbox.oauth", "acknowledgement.oauth"] {
        tokens.office.unset(section, "command");
    }
    let endpoint = TokenServer::start(&[Answer::Hang], None).await;
    tokens.ask_endpoint(&endpoint, "http", None);
    let echo = format!(r#"{{"error":"invalid_grant","error_description":"{REFRESH} has expired"}}"#);
    for (answer, fault, words) in [
        (Answer::Hang, LiveFault::TokenEndpoint, "no answer in time"),
        (Answer::Flood, LiveFault::TokenEndpoint, "longer than 65536 bytes"),
        (json(200, "<html>log in</html>"), LiveFault::TokenEndpoint, "no JSON"),
        (json(503, "<html>later</html>"), LiveFault::TokenEndpoint, "HTTP status 503"),
        (Answer::Say("SSH-2.0-OpenSSH_9.6\r\n".into()), LiveFault::TokenEndpoint, "none of HTTP"),
        (json(400, &echo), LiveFault::TokenGrant, "invalid_grant: *** has expired"),
        (json(401, r#"{"error":"invalid_client"}"#), LiveFault::TokenGrant, "invalid_client"),
    ] {
        endpoint.turn_into(&[answer]);
        let checked = tokens.run(&["check", "--live"]);
        twice(&checked, fault);
        assert!(checked.stdout.contains(words), "{words}: {checked:?}");
    }
    assert_eq!(tokens.imap.connections() + tokens.smtp.connections(), 0, "nobody dials without a token");
    // The daemon's own words.
    assert_ne!(tokens.run(&["run", "--once"]).code, Some(0));
    let status = tokens.run(&["status", "--json"]).stdout;
    assert!(status.contains("login_token"), "{status}");

    // A server that takes no token at all, however fresh, and says so.
    tokens.office.text("limits", "step_timeout", "10s");
    endpoint.turn_into(&[token(STALE, 3600)]);
    let before = endpoint.asked().len();
    let checked = tokens.run(&["check", "--live"]);
    twice(&checked, LiveFault::LoginToken);
    let told = checked.stdout.matches(r#"{"status":"401","schemes":"bearer""#).count();
    assert_eq!(told, 2, "both servers' challenges are told: {checked:?}");
    assert_eq!(endpoint.asked().len() - before, 4, "each lane asks anew once");
    assert_eq!((tokens.imap.connections(), tokens.smtp.connections()), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_echoes_a_token_and_one_that_takes_none() {
    let mut tokens = Tokens::new(true).await;
    tokens.ask_program(&format!("echo {STALE}"));
    let blob = shown("XOAUTH2", 0, STALE);
    let caps = "IMAP4rev1 SASL-IR AUTH=XOAUTH2";
    let files = tempfile::tempdir().unwrap();
    let authority = Authority::new(files.path());
    tokens.office.text("mailbox", "ca_file", authority.ca_file.to_str().unwrap());
    let tls = |setup: Setup| setup.tls(authority.certificate(true, |_| {}));
    let echo = [say(format!("$T NO not {blob}, not {STALE}\r\n"))];
    let echoing = Fake::start(tls(Setup::default().capabilities(caps).on("AUTHENTICATE", echo))).await;
    let without = Fake::start(tls(Setup::default().capabilities("IMAP4rev1 AUTH=PLAIN"))).await;
    let endless = vec![[say("+ e30=\r\n"), Act::ReadLine]; 9].concat();
    let endless = Fake::start(tls(Setup::default().capabilities(caps).on("AUTHENTICATE", endless))).await;
    for (server, fault, words) in [
        (&echoing, LiveFault::LoginToken, "not ***, not ***"),
        (&without, LiveFault::Lacks, "neither AUTH=OAUTHBEARER nor AUTH=XOAUTH2"),
        (&endless, LiveFault::Protocol, "challenges without end"),
    ] {
        tokens.office.set("mailbox", "port", server.port());
        let checked = tokens.run(&["check", "--live"]);
        fails(&checked, fault);
        assert!(checked.stdout.contains(words), "{words}: {checked:?}");
    }
}

fn settings(endpoint: &TokenServer, refresh_token: Option<Secret>) -> Oauth {
    let server = ServerSettings {
        host: "127.0.0.1".to_owned(),
        port: endpoint.address.port(),
        security: Security::Plaintext,
        ca_file: None,
        username: None,
        password: None,
        oauth: None,
        proxy: None,
    };
    let path = "/".to_owned();
    let client_id = "office-client".to_owned();
    let client_secret = Some(Secret::new(CLIENT_SECRET.to_owned()));
    let endpoint = TokenEndpoint { server, path, client_id, client_secret, refresh_token, scope: None };
    Oauth { source: TokenSource::Endpoint(Box::new(endpoint)), kept: Kept::default() }
}

fn over_imap(imap: &Fake, oauth: &Oauth) -> ImapSettings {
    let mut settings = imap.settings();
    settings.server.username = Some(USER.to_owned());
    settings.server.password = None;
    settings.server.oauth = Some(Box::new(oauth.clone()));
    settings
}

#[tokio::test]
async fn tokens_are_kept_renewed_early_and_asked_for_anew_after_a_refusal() {
    let endpoint = TokenServer::start(&[token(GOOD, 3600)], None).await;
    let imap = Fake::start(takes(Setup::default(), GOOD, true)).await;
    let oauth = settings(&endpoint, None);
    let settings = over_imap(&imap, &oauth);
    for _ in 0..3 {
        Session::open(&settings, &imap.limits()).await.unwrap();
    }
    assert_eq!(endpoint.asked().len(), 1, "it is good for an hour");
    assert!(
        endpoint.asked()[0].contains("grant_type=client_credentials&client_id="),
        "{:?}",
        endpoint.asked()
    );
    // One that runs out at once is renewed before each login.
    oauth.kept.forget();
    endpoint.turn_into(&[token(GOOD, 0)]);
    for _ in 0..2 {
        Session::open(&settings, &imap.limits()).await.unwrap();
    }
    assert_eq!(endpoint.asked().len(), 3);
    // One that was taken back is refused once, and a fresh one is taken.
    endpoint.turn_into(&[token(STALE, 3600), token(GOOD, 3600)]);
    let before = imap.connections();
    Session::open(&settings, &imap.limits()).await.unwrap();
    assert_eq!((endpoint.asked().len(), imap.connections() - before), (5, 2));

    // The same for answers; a long token goes on a line of its own.
    let long = "l".repeat(3000);
    let smtp =
        SmtpServer::start_with(Protection::Plain, Vec::new(), &["AUTH XOAUTH2 OAUTHBEARER"], &["localhost"])
            .await;
    smtp.take_token(&long);
    oauth.kept.forget();
    endpoint.turn_into(&[token(STALE, 3600), token(&long, 3600)]);
    let server =
        ServerSettings { host: "127.0.0.1".to_owned(), port: smtp.address.port(), ..settings.server.clone() };
    let mut sender = Sender::new(&server, &imap.limits()).unwrap();
    sender.probe(None).await.unwrap();
    assert_eq!((endpoint.asked().len(), smtp.connections()), (7, 2));
    assert!(smtp.lines().contains(&"AUTH OAUTHBEARER".to_owned()), "{:?}", smtp.lines());
    // And for POP3.
    let pop3 = Pop3Server::start(Vec::new(), None).await;
    pop3.with(|state| {
        state.rules = vec![("AUTH XOAUTH2", Act3::Say("+ \r\n".to_owned()))];
        state.rules.push(("dXNlcj", Act3::Say("+OK\r\n".to_owned())));
    });
    let mailbox = ServerSettings { port: pop3.address.port(), ..server.clone() };
    zwfw_intake::pop3::Session::open(&mailbox, &imap.limits()).await.unwrap().quit().await;
    assert!(pop3.take_commands().contains(&shown("XOAUTH2", 0, &long)));
    pop3.with(|state| {
        state.rules = vec![("AUTH XOAUTH2", Act3::Say("+ \r\n".to_owned()))];
        state.rules.push(("dXNlcj", Act3::Say(format!("+ {}\r\n", BASE64.encode(CHALLENGE)))));
        state.rules.push(("", Act3::Say("-ERR no\r\n".to_owned())));
    });
    let error = zwfw_intake::pop3::Session::open(&mailbox, &imap.limits()).await.unwrap_err();
    assert_eq!(error.live_fault(), LiveFault::LoginToken, "{error}");
    assert!(error.to_string().contains("\"401\""), "{error}");
    // Neither is good, and it is told after the second one.
    smtp.take_token("another");
    endpoint.turn_into(&[token(STALE, 3600)]);
    let error = sender.probe(None).await.unwrap_err();
    assert_eq!((error.live_fault(), sender.fault()), (LiveFault::LoginToken, LaneFault::LoginToken));
    assert_eq!((sender.refused_logins(), smtp.connections()), (1, 4), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_refresh_token_takes_the_place_of_the_old_one() {
    let mut tokens = Tokens::new(true).await;
    let renewed =
        json(200, &format!(r#"{{"access_token":"{GOOD}","expires_in":0,"refresh_token":"second"}}"#));
    let endpoint = TokenServer::start(std::slice::from_ref(&renewed), None).await;
    tokens.ask_endpoint(&endpoint, "http", None);
    let path = tokens.office.path().join("refresh");
    assert_eq!(tokens.run(&["check", "--live"]).code, Some(0));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "second\n");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let asked = endpoint.asked();
    assert!(asked[0].contains("=refresh%2Ftoken%2B1&") && asked[1].contains("=second&"), "{asked:?}");

    // Where it cannot be written, it counts as long as the process lives, or until somebody writes another one.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refresh");
    std::fs::write(&path, "first\n").unwrap();
    std::fs::create_dir_all(folder.path().join("refresh.new/in-the-way")).unwrap();
    tokens.both("refresh_token_file", path.to_str().unwrap());
    tokens.run(&["check"]);
    let config = tokens.office.config_path();
    let read = zwfw_intake::config::load(&config, &[], Secrets::Read).unwrap();
    let zwfw_intake::config::MailboxSource::Imap(imap) = read.mailbox.source else { panic!("no IMAP") };
    let before = endpoint.asked().len();
    for _ in 0..2 {
        Session::open(&imap, &read.limits).await.unwrap();
    }
    std::fs::write(&path, "by hand\n").unwrap();
    Session::open(&imap, &read.limits).await.unwrap();
    let problem = imap.server.oauth.as_ref().unwrap().kept.take_unwritten().unwrap();
    assert!(problem.contains("refresh") && !problem.contains("second"), "{problem}");
    let asked = endpoint.asked().split_off(before);
    for (request, token) in asked.iter().zip(["=first&", "=second&", "=by%20hand&"]) {
        assert!(request.contains(token), "{token}: {asked:?}");
    }
    assert_eq!(asked.len(), 3);
    // Both say so: the service in its log, and whoever checks.
    let said = tokens.run(&["run", "--once"]);
    assert!(said.stderr.contains("a new refresh token could not be written"), "{said:?}");
    let said = tokens.run(&["check", "--live"]);
    assert!(said.stdout.contains("新的更新令牌，写不进文件") && !said.said().contains("second"), "{said:?}");
}
