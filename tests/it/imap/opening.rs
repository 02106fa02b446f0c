//! From the greeting to a logged-in session, in plaintext and in TLS.

use tokio::net::TcpStream;

use crate::imap::imap_server::{Tls, own_certificate};

use super::*;

/// The error of `Session::open` against this server, as text.
async fn refused(setup: Setup) -> (ImapError, String) {
    let server = Fake::start(setup).await;
    let error = open(&server).await.expect_err("the session opened");
    let text = error.to_string();
    assert!(!text.contains('\n') && !text.contains("ss\\word"), "{text}");
    assert!(text.contains(&format!("localhost:{}", server.settings().server.port)), "{text}");
    (error, text)
}

#[tokio::test]
async fn greetings_that_end_it() {
    let (error, text) = refused(Setup::default().greeting([say("* BYE too many\r\n"), Act::Close])).await;
    assert!(matches!(error, ImapError::Greeting { .. }) && error.is_transient());
    assert!(text.contains("too many"), "{text}");
    for greeting in
        [say("HTTP/1.1 400 Bad Request\r\n"), say("\0\0\u{1}\r\n"), say("* 3 EXISTS\r\n"), say("\r\n")]
    {
        let (error, _) = refused(Setup::default().greeting([greeting])).await;
        assert!(matches!(error, ImapError::Protocol { stage: Stage::Greeting, .. }), "{error}");
    }
    let (error, _) = refused(Setup::default().impatient().greeting([Act::Hang])).await;
    assert!(matches!(error, ImapError::Timeout { stage: Stage::Greeting, .. }), "{error}");
    let (error, _) = refused(Setup::default().greeting([Act::Close])).await;
    assert!(matches!(error, ImapError::Closed { stage: Stage::Greeting, .. }), "{error}");
    let (error, _) = refused(Setup::default().greeting([say("* OK half a li"), Act::Close])).await;
    assert!(matches!(error, ImapError::Closed { stage: Stage::Greeting, .. }), "{error}");
}

#[tokio::test]
async fn preauth_needs_no_login() {
    let server = Fake::start(Setup::default().greeting([say("* PREAUTH hello\r\n")])).await;
    let mut session = open(&server).await.unwrap();
    session.examine("INBOX").await.unwrap();
    assert!(!server.commands().iter().any(|command| command.starts_with("LOGIN")));
}

#[tokio::test]
async fn a_refused_login_says_what_helps_and_not_the_password() {
    let words = r#"$T NO [AUTHENTICATIONFAILED] 登录失败 pa"ss\word"#;
    let (error, text) = refused(Setup::default().on("LOGIN", [say(format!("{words}\r\n"))])).await;
    assert!(matches!(error, ImapError::Login { temporary: false, .. }) && !error.is_transient());
    assert!(text.contains("登录失败 ***") && text.contains("授权码"), "{text}");
    let (error, _) = refused(Setup::default().on("LOGIN", [say("$T NO [UNAVAILABLE] later\r\n")])).await;
    assert!(error.is_transient(), "{error}");
    let (error, _) = refused(Setup::default().on("LOGIN", [say("$T BAD what\r\n")])).await;
    assert!(matches!(error, ImapError::Login { .. }));
    let (error, _) = refused(Setup::default().impatient().on("LOGIN", [Act::Hang])).await;
    assert!(matches!(error, ImapError::Timeout { stage: Stage::Login, .. }));
    let (error, text) = refused(Setup::default().on("LOGIN", [say("* BYE go away\r\n"), Act::Close])).await;
    assert!(
        matches!(error, ImapError::Closed { stage: Stage::Login, .. }) && text.contains("go away"),
        "{text}"
    );
    let (error, _) = refused(Setup::default().capabilities("IMAP4rev1 LOGINDISABLED")).await;
    assert!(matches!(error, ImapError::Unsupported { .. }));
}

/// A server that repeats the command as it read it repeats the password in its quoted form.
#[tokio::test]
async fn a_password_in_quoted_form_is_kept_out_of_what_is_said() {
    let repeated = r#"$T NO cannot parse: LOGIN "zwfw@example.com" "pa\"ss\\word""#;
    let (error, text) = refused(Setup::default().on("LOGIN", [say(format!("{repeated}\r\n"))])).await;
    for said in [text, error.to_string(), format!("{error:?}")] {
        assert!(!said.contains("pa\\") && !said.contains("word\"") && !said.contains("ss\\"), "{said}");
    }
}

#[tokio::test]
async fn server_words_in_gbk_are_read_and_bounded() {
    // 用户名或密码错误 in GBK, with no blank behind the response code.
    let mut line = b"$T NO [ALERT]".to_vec();
    line.extend(b"\xd3\xc3\xbb\xa7\xc3\xfb\xbb\xf2\xc3\xdc\xc2\xeb\xb4\xed\xce\xf3\x07");
    line.extend([b'x'; 5000]);
    line.extend(b"\r\n");
    let (_, text) = refused(Setup::default().on("LOGIN", [say(line)])).await;
    assert!(text.contains("用户名或密码错误 x") && text.len() < 1200, "{text}");
}

#[tokio::test]
async fn a_password_that_cannot_be_quoted_goes_as_a_literal() {
    let server = Fake::start(Setup::default()).await;
    let mut settings = server.settings();
    settings.server.username = Some("张三@example.com".to_owned());
    settings.server.password = Some(zwfw_intake::config::Secret::new("密\"码\r\n".to_owned()));
    let session = bounded(Session::open(&settings, &server.limits())).await.unwrap();
    let login = server.commands().remove(1);
    assert_eq!(login, "LOGIN {18}张三@example.com {9}密\"码\r\n");
    session.logout().await.ok();
    // Refused instead of invited.
    let server = Fake::start(Setup::default().on("LOGIN", [say("$T NO no literals\r\n")])).await;
    settings.server.port = server.settings().server.port;
    let error = bounded(Session::open(&settings, &server.limits())).await.unwrap_err();
    assert!(matches!(error, ImapError::Login { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_is_down_or_has_no_name() {
    let server = Fake::start(Setup::default()).await;
    let (mut settings, patience) = (server.settings(), server.limits());
    drop(server);
    while TcpStream::connect((settings.server.host.as_str(), settings.server.port)).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let error = bounded(Session::open(&settings, &patience)).await.unwrap_err();
    assert!(
        matches!(error, ImapError::Dial(DialError { cause: DialCause::Connect(_), .. }))
            && error.is_transient(),
        "{error}"
    );
    settings.server.host = "no such host.invalid".to_owned();
    let error = bounded(Session::open(&settings, &patience)).await.unwrap_err();
    assert!(
        matches!(
            error,
            ImapError::Dial(DialError {
                cause: DialCause::Resolve(_) | DialCause::Timeout(Stage::Resolve),
                ..
            })
        ) && error.is_transient(),
        "{error}"
    );
    settings.server.host = "192.0.2.1".to_owned();
    let error = bounded(Session::open(&settings, &patience)).await.unwrap_err();
    assert!(
        matches!(error, ImapError::Dial(DialError { cause: DialCause::Settings(_), .. }))
            && !error.is_transient(),
        "{error}"
    );
}

async fn over_tls(
    implicit: bool,
    mend: impl FnOnce(&mut rcgen::CertificateParams),
    change: impl FnOnce(&mut zwfw_intake::config::ServerSettings),
) -> Result<Session, ImapError> {
    let dir = tempfile::tempdir().unwrap();
    with_certificate(certificate(dir.path(), implicit, mend), change).await
}

async fn with_certificate(
    tls: Tls,
    change: impl FnOnce(&mut zwfw_intake::config::ServerSettings),
) -> Result<Session, ImapError> {
    let setup = Setup::default().capabilities("IMAP4rev1 STARTTLS").tls(tls);
    let server = Fake::start(setup).await;
    let mut settings = server.settings();
    change(&mut settings.server);
    bounded(Session::open(&settings, &server.limits())).await
}

fn tls_fault(result: Result<Session, ImapError>) -> (LiveFault, String) {
    let error = result.expect_err("the session opened");
    let text = error.to_string();
    match error {
        ImapError::Dial(DialError { cause: DialCause::Tls { fault, .. }, .. }) => (fault, text),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn tls_and_starttls_with_an_authority_of_ones_own() {
    for implicit in [true, false] {
        let mut session = over_tls(implicit, |_| {}, |_| {}).await.unwrap();
        // STARTTLS and Dovecot's IDLE share a timer: silence longer than a step is all right.
        assert_eq!(session.examine("INBOX").await.unwrap().exists, 3);
        assert_eq!(session.list(11).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn certificates_that_will_not_do_are_told_apart() {
    for implicit in [true, false] {
        let elsewhere = tempfile::tempdir().unwrap();
        certificate(elsewhere.path(), true, |_| {});
        let foreign = elsewhere.path().join("ca.pem");
        let (fault, text) = tls_fault(over_tls(implicit, |_| {}, |s| s.ca_file = Some(foreign)).await);
        assert!(fault == LiveFault::TlsNoChain && text.contains("ca_file"), "{text}");
        let expired = |p: &mut rcgen::CertificateParams| p.not_after = rcgen::date_time_ymd(2020, 1, 1);
        let (fault, text) = tls_fault(over_tls(implicit, expired, |_| {}).await);
        assert!(fault == LiveFault::TlsExpired && text.contains("expired"), "{text}");
        let other = |p: &mut rcgen::CertificateParams| {
            p.subject_alt_names = vec![rcgen::SanType::DnsName("mail.example.com".try_into().unwrap())];
        };
        let (fault, text) = tls_fault(over_tls(implicit, other, |_| {}).await);
        assert!(fault == LiveFault::TlsWrongName && text.contains("localhost"), "{text}");
    }
}

/// A server whose certificate signed itself is trusted when that very certificate is listed, and judged like any other.
#[tokio::test]
async fn a_listed_certificate_is_trusted_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    with_certificate(own_certificate(dir.path(), true, |_| {}), |_| {}).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    own_certificate(elsewhere.path(), true, |_| {});
    let another = elsewhere.path().join("ca.pem");
    let tls = own_certificate(dir.path(), true, |_| {});
    tls_fault(with_certificate(tls, |s| s.ca_file = Some(another)).await);
    let expired = |p: &mut rcgen::CertificateParams| p.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let (fault, text) = tls_fault(with_certificate(own_certificate(dir.path(), true, expired), |_| {}).await);
    assert!(fault == LiveFault::TlsExpired, "{text}");
    let other = |p: &mut rcgen::CertificateParams| {
        p.subject_alt_names = vec![rcgen::SanType::DnsName("mail.example.com".try_into().unwrap())];
    };
    let (fault, text) = tls_fault(with_certificate(own_certificate(dir.path(), true, other), |_| {}).await);
    assert!(fault == LiveFault::TlsWrongName, "{text}");
}

#[tokio::test]
async fn mistakes_about_ports_and_files_are_named() {
    // TLS to a port that greets in plaintext.
    let server = Fake::start(Setup::default()).await;
    let dir = tempfile::tempdir().unwrap();
    certificate(dir.path(), true, |_| {});
    let mut settings = server.settings();
    settings.server.security = zwfw_intake::config::Security::Tls;
    settings.server.ca_file = Some(dir.path().join("ca.pem"));
    let (fault, text) = tls_fault(bounded(Session::open(&settings, &server.limits())).await);
    assert!(fault == LiveFault::TlsNotTls && text.contains("security"), "{text}");
    for (name, content) in
        [("absent.pem", None), ("empty.pem", Some("")), ("key.pem", Some("not PEM at all"))]
    {
        let path = dir.path().join(name);
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        settings.server.ca_file = Some(path);
        let error = bounded(Session::open(&settings, &server.limits())).await.unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error, ImapError::Dial(DialError { cause: DialCause::Settings(_), .. }))
                && text.contains(name)
                && text.contains("PEM"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn starttls_that_is_stripped_injected_or_impossible() {
    let dir = tempfile::tempdir().unwrap();
    let tls = certificate(dir.path(), false, |_| {});
    let (error, text) = refused(Setup::default().tls(tls.clone())).await;
    assert!(matches!(error, ImapError::Unsupported { .. }) && text.contains("STARTTLS"), "{text}");
    let offered = || Setup::default().capabilities("IMAP4rev1 STARTTLS").tls(tls.clone());
    let injected = [say("$T OK go\r\n* CAPABILITY IMAP4rev1 INJECTED\r\n"), Act::Upgrade];
    let (error, text) = refused(offered().on("STARTTLS", injected)).await;
    assert!(
        matches!(error, ImapError::Protocol { stage: Stage::Starttls, .. }) && text.contains("plaintext"),
        "{text}"
    );
    let (error, _) = refused(offered().on("STARTTLS", [say("$T NO not now\r\n")])).await;
    assert!(matches!(error, ImapError::Refused { stage: Stage::Starttls, .. }));
    let (error, _) = refused(offered().greeting([say("* PREAUTH hello\r\n")])).await;
    assert!(matches!(error, ImapError::Unsupported { .. }));
    let (error, _) = refused(offered().impatient().on("STARTTLS", [say("$T OK go\r\n"), Act::Hang])).await;
    assert!(matches!(error, ImapError::Dial(DialError { cause: DialCause::Timeout(Stage::Tls), .. })));
}
