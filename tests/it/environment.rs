//! The servers of the tests by themselves: whatever fails here is not the program's fault.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};

use crate::support::dovecot::{INTAKE, INTAKE_PASSWORD};
use crate::support::mailhost::Mailhost;
use crate::support::mailset::generate;
use crate::support::wait_for;

/// A mail as a citizen's provider would hand it over.
const MAIL: &[u8] = b"From: c001@example.com\r\nTo: intake@example.test\r\nSubject: test\r\n\
    Message-ID: <one@example.com>\r\n\r\nHello\r\n";

#[test]
fn mail_sent_with_starttls_and_auth_arrives_in_the_citizens_mailbox() {
    let host = Mailhost::start();
    let tls = |host: &Mailhost| {
        let pem = std::fs::read(&host.certificates.ca).unwrap();
        TlsParameters::builder("127.0.0.1".to_owned())
            .add_root_certificate(Certificate::from_pem(&pem).unwrap())
            .build_rustls()
            .unwrap()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let envelope = || {
        let from = "intake@example.test".parse().unwrap();
        Envelope::new(Some(from), vec!["c001@example.com".parse().unwrap()]).unwrap()
    };
    let credentials = || Credentials::new(INTAKE.to_owned(), INTAKE_PASSWORD.to_owned());
    for (port, tls) in [
        (host.submission_port, Tls::Required(tls(&host))),
        (host.submissions_port, Tls::Wrapper(tls(&host))),
        (host.plaintext_port, Tls::None),
    ] {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
            .port(port)
            .tls(tls)
            .credentials(credentials())
            .build();
        runtime.block_on(transport.send_raw(&envelope(), MAIL)).unwrap();
    }
    let inbox = wait_for("three mails", Duration::from_secs(20), || {
        let inbox = host.inbox("c001");
        (inbox.len() == 3).then_some(inbox)
    });
    assert!(inbox.iter().all(|raw| String::from_utf8_lossy(raw).contains("<one@example.com>")));
    host.wait_until_delivered();
    assert_eq!(host.delivered_total(INTAKE), 3);

    // A wrong password and a sender who has not logged in are refused.
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(host.submission_port)
        .tls(Tls::Required(tls(&host)));
    let wrong = Credentials::new(INTAKE.to_owned(), "wrong".to_owned());
    let error = runtime.block_on(transport.clone().credentials(wrong).build().send_raw(&envelope(), MAIL));
    assert!(error.unwrap_err().to_string().contains("535"));
    let error = runtime.block_on(transport.build().send_raw(&envelope(), MAIL)).unwrap_err();
    assert!(error.to_string().contains("authentication required"), "{error}");
}

#[test]
fn imap_gives_the_bytes_of_the_files_and_their_time_and_reading_changes_nothing() {
    let host = Mailhost::start();
    let arrival = 1_710_208_802; // 2024-03-12T10:00:02+08:00
    host.put(INTAKE, "INBOX", "1700000001.M1P1.test", "S", arrival, MAIL);
    host.put_new(INTAKE, "INBOX", "1700000002.M2P2.test", arrival + 60, b"Subject: second\r\n\r\nbody\r\n");
    host.put(
        INTAKE,
        "&Xn9USpCuTvY-",
        "1700000003.M3P3.test",
        "F",
        arrival,
        b"Subject: third\r\n\r\nbody\r\n",
    );
    host.deliver("c002@example.com", "intake@example.test", b"Subject: fourth\r\n\r\n.dot\r\n");
    let before = host.snapshot(INTAKE);

    let mut imap = Imap::connect(&host);
    imap.command(&format!("LOGIN {INTAKE} {INTAKE_PASSWORD}"));
    let folders = imap.command("LIST \"\" *");
    assert!(folders.contains("&Xn9USpCuTvY-") && folders.contains("Junk"), "{folders}");
    let examined = imap.command("EXAMINE INBOX");
    assert!(examined.contains("* 3 EXISTS"), "{examined}");
    let fetched = imap.command("UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])");
    assert!(fetched.contains(&String::from_utf8_lossy(MAIL).into_owned()), "{fetched}");
    let size = format!("RFC822.SIZE {}", MAIL.len());
    assert!(fetched.contains(&size), "{fetched}");
    // 02:00:02 UTC in whatever zone the server runs.
    assert!(fetched.contains(":00:02 "), "{fetched}");
    assert!(fetched.contains("FLAGS (\\Seen") && fetched.contains("\r\n.dot\r\n"), "{fetched}");
    assert!(imap.command("EXAMINE \"&Xn9USpCuTvY-\"").contains("* 1 EXISTS"));
    imap.command("LOGOUT");

    assert_eq!(before, host.snapshot(INTAKE));
}

#[test]
fn a_mail_host_comes_back_with_its_mail_after_being_killed() {
    let mut host = Mailhost::start();
    host.deliver("c003@example.com", "c004@example.com", MAIL);
    host.dovecot.stop();
    assert!(TcpStream::connect(("127.0.0.1", host.dovecot.imap_port)).is_err());
    let Mailhost { dovecot, area, .. } = &mut host;
    dovecot.run(area);
    host.stop_exim();
    assert!(TcpStream::connect(("127.0.0.1", host.submission_port)).is_err());
    host.run_exim();
    host.deliver("c003@example.com", "c004@example.com", MAIL);
    assert_eq!(host.inbox("c004").len(), 2);
}

/// As much of an IMAP client over TLS as the tests of the servers need.
struct Imap {
    stream: BufReader<rustls::StreamOwned<rustls::ClientConnection, TcpStream>>,
}

impl Imap {
    fn connect(host: &Mailhost) -> Self {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&host.certificates.ca).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
        let socket = TcpStream::connect(("127.0.0.1", host.dovecot.imaps_port)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut stream = BufReader::new(rustls::StreamOwned::new(connection, socket));
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        assert!(line.starts_with("* OK"), "{line}");
        Self { stream }
    }

    /// Sends one command and gives everything up to its tagged OK.
    fn command(&mut self, command: &str) -> String {
        let stream = self.stream.get_mut();
        stream.write_all(format!("a {command}\r\n").as_bytes()).unwrap();
        stream.flush().unwrap();
        let mut answer = Vec::new();
        loop {
            let start = answer.len();
            let read = self.stream.by_ref().take(1 << 20).read_until(b'\n', &mut answer).unwrap();
            assert!(read > 0, "the server hung up on {command}");
            let line = String::from_utf8_lossy(&answer[start..]).into_owned();
            if line.starts_with("a ") {
                assert!(line.starts_with("a OK"), "{command}: {line}");
                return String::from_utf8_lossy(&answer).into_owned();
            }
        }
    }
}

#[test]
fn the_generated_mail_is_what_it_claims_to_be() {
    let specimens = generate(1, 1000);
    assert_eq!(
        specimens.iter().map(|s| &s.raw).collect::<Vec<_>>(),
        generate(1, 1000).iter().map(|s| &s.raw).collect::<Vec<_>>(),
        "the same seed gives the same mail"
    );
    let distinct: BTreeSet<&[u8]> = specimens.iter().map(|s| &*s.raw).collect();
    let copies = specimens.iter().filter(|s| s.what.contains("a copy of")).count();
    assert_eq!((copies, distinct.len()), (25, 1000 - 25));
    for disposition in ["filed", "duplicate", "not_ours", "automatic"] {
        assert!(specimens.iter().filter(|s| s.expect.disposition == disposition).count() >= 25);
    }
    for charset in ["utf-8", "gb2312", "GBK", "gb18030", "big5"] {
        let count = specimens.iter().filter(|s| s.what.contains(&format!(", {charset}, "))).count();
        assert!(count >= 30, "only {count} in {charset}");
    }
    // An independent reader finds the texts that are to be filed, but for bodies without a label.
    for specimen in specimens.iter().filter(|s| !s.what.contains("Unlabelled")) {
        let message = mail_parser::MessageParser::default().parse(&specimen.raw).unwrap();
        let text = message.body_text(0).unwrap_or_default().into_owned();
        for wanted in specimen.expect.submission.iter().flat_map(|filed| &filed.texts) {
            assert!(text.contains(wanted), "{}: {wanted} is not in {text}", specimen.what);
        }
        for line in specimen.raw.split(|byte| *byte == b'\n') {
            assert!(line.len() < 998, "{}: a line of {} bytes", specimen.what, line.len());
        }
    }
}
