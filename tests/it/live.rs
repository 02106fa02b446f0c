//! `check --live`: each fault that it has a word for is provoked, and told with cause and remedy in both languages, in the
//! words that `docs/check.md` has beside them (`words` compares that page).

mod machine;
mod openssl;
mod steps;

use std::path::Path;
use std::time::Duration;

use jiff::{ToSpan, tz::TimeZone};
use zwfw_intake::vocabulary::LiveFault;
use zwfw_intake::words::Chinese;

use crate::imap::imap_server::{Act, Authority, Fake, Setup, folder, message, own_certificate, say};
use crate::smtp::smtp_server::{self, PASSWORD, Protection, SmtpServer, Step, USER, rule};
use crate::support::daemon::{Finished, Office};
use crate::support::letter::letter;
use crate::support::{free_port, now};

/// What is provoked in another file, as a fault of its kind.
const ELSEWHERE: &[(&str, &[LiveFault])] = &[
    (
        include_str!("proxies.rs"),
        &[LiveFault::ProxyUnreachable, LiveFault::ProxyLogin, LiveFault::ProxyRefused, LiveFault::ProxyOther],
    ),
    (
        include_str!("tokens.rs"),
        &[LiveFault::LoginToken, LiveFault::TokenCommand, LiveFault::TokenEndpoint, LiveFault::TokenGrant],
    ),
];

fn check(office: &Office) -> Finished {
    tokio::task::block_in_place(|| office.start(&["check", "--live"]).finish(Duration::from_mins(1)))
}

/// The report tells of this fault: what it is called, what to do, and both in English.
#[track_caller]
fn tells(finished: &Finished, fault: LiveFault) {
    let said = &finished.stdout;
    let to_do = fault.to_do().unwrap();
    let is_told = said.contains(fault.short()) && said.contains(to_do);
    assert!(is_told && said.contains(&format!("      {fault}: ")), "{fault}: {finished:?}");
    assert!(said.contains(fault.english()), "{fault}: {finished:?}");
    assert!(!finished.said().contains("panicked"), "{finished:?}");
}

/// The same, and the end is no good one.
#[track_caller]
pub(crate) fn fails(finished: &Finished, fault: LiveFault) {
    tells(finished, fault);
    assert!(!matches!(finished.code, Some(0) | None), "{fault}: {finished:?}");
}

async fn over_imap(setup: Setup, change: impl FnOnce(&mut Office)) -> Finished {
    let ca_file = setup.ca_file().map(Path::to_owned);
    let server = Fake::start(setup).await;
    let mut office = Office::over_imap(server.port());
    if let Some(path) = ca_file {
        office.text("mailbox", "host", "localhost");
        office.text("mailbox", "security", "tls");
        office.text("mailbox", "ca_file", path.to_str().unwrap());
    }
    change(&mut office);
    check(&office)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_keeps_a_session_from_coming_about() {
    let files = tempfile::tempdir().unwrap();
    let tls = || Authority::new(files.path()).certificate(true, |_| {});
    let refused = |words: &str| Setup::default().on("LOGIN", [say(format!("$T NO {words}\r\n"))]);
    for (fault, setup) in [
        (LiveFault::Closed, Setup::default().on("LOGIN", [Act::Close])),
        (LiveFault::Protocol, Setup::default().greeting([say("HTTP/1.1 400 Bad Request\r\n")])),
        (LiveFault::RefusedConnection, Setup::default().greeting([say("* BYE not you\r\n")])),
        (LiveFault::Lacks, Setup::default().capabilities("IMAP4rev1 LOGINDISABLED")),
        (LiveFault::LoginPassword, refused("no")),
        (LiveFault::LoginCode, refused("use the authorization code")),
        (LiveFault::LoginOauth, refused("LOGIN failed.")),
        (LiveFault::LoginAdmin, refused("[CONTACTADMIN] suspended")),
        (LiveFault::LoginExpired, refused("[EXPIRED] set a new one")),
        (LiveFault::LoginPrivacy, refused("[PRIVACYREQUIRED] not so")),
        (LiveFault::LoginBrowser, refused("please log in via your web browser")),
        (LiveFault::LoginLocked, refused("account disabled")),
        (LiveFault::LoginSwitchedOff, refused("imap access is disabled")),
        (LiveFault::LoginConnections, refused("Too many simultaneous connections.")),
        (LiveFault::LoginTooOften, refused("Login frequency limited")),
        (LiveFault::LoginBandwidth, refused("bandwidth limit exceeded")),
        (LiveFault::LoginBusy, refused("[UNAVAILABLE] not now")),
    ] {
        fails(&over_imap(setup, |_| {}).await, fault);
    }
    let impatient = |office: &mut Office| office.text("limits", "step_timeout", "1s");
    fails(&over_imap(Setup::default().greeting([Act::Hang]), impatient).await, LiveFault::Silent);
    let nobody = |office: &mut Office| office.set("mailbox", "port", free_port());
    fails(&over_imap(Setup::default(), nobody).await, LiveFault::Connect);
    let nowhere = |office: &mut Office| office.text("mailbox", "host", "nowhere.invalid");
    fails(&over_imap(Setup::default().tls(tls()), nowhere).await, LiveFault::Resolve);
    let trusts_nobody = |office: &mut Office| {
        office.unset("mailbox", "ca_file");
        office.environment("SSL_CERT_FILE", "/nonexistent");
        office.environment("SSL_CERT_DIR", "/nonexistent");
    };
    fails(&over_imap(Setup::default().tls(tls()), trusts_nobody).await, LiveFault::Settings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_tls_and_certificates() {
    type Mend = fn(&mut rcgen::CertificateParams);
    let mended: [(LiveFault, Mend); 5] = [
        (LiveFault::TlsExpired, |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1)),
        (LiveFault::TlsNotYetValid, |params| params.not_before = rcgen::date_time_ymd(2090, 1, 1)),
        (LiveFault::TlsWrongName, |params| {
            params.subject_alt_names = vec![rcgen::SanType::DnsName("mail.example.cn".try_into().unwrap())];
        }),
        (LiveFault::TlsNoNames, |params| params.subject_alt_names = Vec::new()),
        (LiveFault::TlsPurpose, |params| {
            params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
        }),
    ];
    let files = tempfile::tempdir().unwrap();
    for (fault, mend) in mended {
        let tls = Authority::new(files.path()).certificate(true, mend);
        fails(&over_imap(Setup::default().tls(tls), |_| {}).await, fault);
    }
    // Soon over, which is no fault yet.
    let soon = (now() + 120.hours()).to_zoned(TimeZone::UTC);
    let tls = Authority::new(files.path()).certificate(true, |params| {
        let (month, day) = (soon.month().unsigned_abs(), soon.day().unsigned_abs());
        params.not_after = rcgen::date_time_ymd(i32::from(soon.year()), month, day);
    });
    let ends = over_imap(Setup::default().tls(tls), |_| {}).await;
    tells(&ends, LiveFault::CertificateEnds);
    assert!(ends.code == Some(0) && ends.stdout.contains("证书签给 localhost，"), "{ends:?}");

    let elsewhere = tempfile::tempdir().unwrap();
    let another = Authority::new(elsewhere.path()).ca_file;
    let trusts_another = |office: &mut Office| office.text("mailbox", "ca_file", another.to_str().unwrap());
    let tls = own_certificate(files.path(), true, |_| {});
    fails(&over_imap(Setup::default().tls(tls), trusts_another).await, LiveFault::TlsSelfSigned);
    let tls = Authority::new(files.path()).certificate(true, |_| {});
    fails(&over_imap(Setup::default().tls(tls), trusts_another).await, LiveFault::TlsNoChain);
    // Another key under the same name.
    let tls = Authority::new(files.path()).certificate(true, |_| {});
    Authority::new(files.path());
    fails(&over_imap(Setup::default().tls(tls), |_| {}).await, LiveFault::TlsUnknownAuthority);

    let tls = Authority::new(files.path()).ca_file;
    let expects_tls = |office: &mut Office| {
        office.text("mailbox", "host", "localhost");
        office.text("mailbox", "security", "tls");
        office.text("mailbox", "ca_file", tls.to_str().unwrap());
    };
    fails(&over_imap(Setup::default(), expects_tls).await, LiveFault::TlsNotTls);
    for (alert, fault) in [
        (70, LiveFault::TlsTooOld),
        (40, LiveFault::TlsNoCipher),
        (112, LiveFault::TlsNameUnknown),
        (116, LiveFault::TlsClientCertificate),
        (80, LiveFault::TlsOther),
    ] {
        let setup = Setup::default().greeting([say([0x15, 3, 3, 0, 2, 2, alert])]);
        fails(&over_imap(setup, expects_tls).await, fault);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_mailbox() {
    let no = |command: &str, words: &str| Setup::default().on(command, [say(format!("$T {words}\r\n"))]);
    let state =
        |count: u32| format!("* {count} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 31] ok\r\n");
    let quota = "* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE 95 100)\r\n$T OK done\r\n";
    let future = "* 1 FETCH (INTERNALDATE \"12-Mar-2100 10:00:02 +0800\")\r\n$T OK done\r\n";
    for (fault, setup) in [
        (LiveFault::Throttled, no("EXAMINE", "NO [LIMIT] back off")),
        (LiveFault::Refused, no("EXAMINE", "BAD not so")),
        (LiveFault::FolderUnknown, no("EXAMINE", "NO no such folder")),
        (LiveFault::NoUidValidity, Setup::default().on("EXAMINE", [say("* 3 EXISTS\r\n$T OK done\r\n")])),
        (
            LiveFault::NotAllListed,
            Setup::default().on("EXAMINE", [say(format!("{}$T OK done\r\n", state(4)))]),
        ),
        (LiveFault::Quota, Setup::default().capabilities("IMAP4rev1 QUOTA").on("GETQUOTAROOT", [say(quota)])),
        (LiveFault::ClockSlow, folder([1]).on("FETCH *", [say(future)])),
    ] {
        fails(&over_imap(setup, |_| {}).await, fault);
    }
    let alert = Setup::default().greeting([say("* OK [ALERT] The disk is changed on Sunday\r\n")]);
    tells(&over_imap(alert, |_| {}).await, LiveFault::Alert);
    let only_seen = format!("{}* OK [PERMANENTFLAGS (\\Seen)] these\r\n$T OK done\r\n", state(3));
    let marks = |office: &mut Office| office.text("mailbox", "after_filing", "keyword");
    fails(&over_imap(Setup::default().on("SELECT", [say(only_seen)]), marks).await, LiveFault::NoMark);
    let moves = |office: &mut Office| {
        office.text("mailbox", "after_filing", "move");
        office.text("mailbox", "move_to", "Filed");
    };
    let fixed = Setup::default().capabilities("IMAP4rev1");
    fails(&over_imap(fixed, moves).await, LiveFault::NoMove);
    // Restored from a backup, and given to other letters.
    let mut server = Fake::start(folder([1, 2, 3])).await;
    let office = Office::over_imap(server.port());
    tokio::task::block_in_place(|| office.run_ok(&["run", "--once"]));
    let mut other = folder([1]);
    other.messages[0] = message(1, [letter(7).raw(), b"and more\r\n".to_vec()].concat());
    server.turn_into(other);
    let finished = check(&office);
    fails(&finished, LiveFault::UidNextFell);
    fails(&finished, LiveFault::LooksOtherwise);
    // A folder whose name travels in another form.
    let mut office = Office::over_imap(server.port());
    office.set("mailbox", "folders", "[\"INBOX\", \"垃圾邮件\"]");
    let finished = check(&office);
    assert!(finished.stdout.contains("文件夹 垃圾邮件：1 封，服务器上称 &V4NXPpCuTvY-"), "{finished:?}");
    assert!(finished.stdout.contains("已登录，已报 ID，支持 IDLE"), "{finished:?}");
    assert!(finished.stdout.contains("服务器不报配额（no QUOTA）"), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_keeps_answers_from_leaving() {
    let office = |server: &SmtpServer| {
        let mut office = Office::at_maildir();
        office.answer_over_smtp(server.address.port());
        office
    };
    for (fault, step, line, envelope) in [
        (LiveFault::SendingLimit, Step::Rcpt, "550 5.4.5 Daily user sending quota exceeded", "mailbox"),
        (LiveFault::SendingAccount, Step::Rcpt, "550 5.1.8 Access denied, bad outbound sender", "mailbox"),
        (LiveFault::SendingSender, Step::Mail, "553 Mail from must equal authorized user", "mailbox"),
        (LiveFault::SendingNullSender, Step::Mail, "550 no empty sender here", "null"),
        (LiveFault::SendingLogin, Step::Rcpt, "530 5.7.0 login first", "mailbox"),
        (LiveFault::SendingReputation, Step::Rcpt, "550 5.7.1 Client host blocked using a list", "mailbox"),
    ] {
        let server = SmtpServer::start(Protection::Plain, vec![rule(step, smtp_server::say(line))]).await;
        let mut office = office(&server);
        office.text("acknowledgement", "envelope_sender", envelope);
        fails(&check(&office), fault);
    }
    let refused = vec![rule(Step::Auth, smtp_server::say("535 5.7.8 no"))];
    let server = SmtpServer::start(Protection::Plain, refused).await;
    let mut office = office(&server);
    office.text("acknowledgement", "username", USER);
    office.text("acknowledgement", "password_file", "smtp-password");
    office.write_secret("smtp-password", PASSWORD);
    fails(&check(&office), LiveFault::LoginPassword);

    // Both are met by whoever sends a test, and the daemon had met one of them.
    let refused = vec![rule(Step::Dot, smtp_server::say("554 5.7.1 not that"))];
    let server = SmtpServer::start(Protection::Plain, refused).await;
    let mut office = Office::at_maildir();
    office.answer_over_smtp(server.address.port());
    let test = |office: &Office, to: &str| {
        tokio::task::block_in_place(|| office.run(&["check", "--live", "--send-test", to]))
    };
    fails(&test(&office, "admin@example.net"), LiveFault::TestRefused);
    fails(&test(&office, "nobody"), LiveFault::TestAddress);
    let alone = tokio::task::block_in_place(|| office.run(&["check", "--send-test", "admin@example.net"]));
    assert_eq!(alone.code, Some(64), "{alone:?}");
    let server = SmtpServer::start(Protection::Plain, Vec::new()).await;
    office.set("acknowledgement", "port", server.address.port());
    let sent = test(&office, "admin@example.net");
    assert!(sent.code == Some(0) && sent.stdout.contains("测试邮件：服务器已接收"), "{sent:?}");
    assert!(
        sent.stdout.contains(
            "：不加密，仅限本机（no TLS, loopback），未要求登录（no login asked for），接受发件地址"
        ),
        "{sent:?}"
    );
    assert_eq!(server.taken()[0].to, "RCPT TO:<admin@example.net>");
    tokio::task::block_in_place(|| office.run_ok(&["run", "--once"]));
    machine::set(&office, "('outbox_fault', 'refuses_us'), ('outbox_problem', '554 not you')");
    fails(&check(&office), LiveFault::AnswersHeld);
}

/// Each fault is provoked: in a file of this room, or in one that is named above.
#[test]
fn every_fault_is_provoked() {
    let (_, here) = include_str!("live.rs").split_once("async fn what_keeps_a_session").unwrap();
    let rooms = [
        here,
        include_str!("live/machine.rs"),
        include_str!("live/openssl.rs"),
        include_str!("live/steps.rs"),
    ];
    let named = |text: &str, fault: LiveFault| text.contains(&format!("LiveFault::{fault:?}"));
    let elsewhere =
        |fault| ELSEWHERE.iter().any(|(text, faults)| faults.contains(&fault) && named(text, fault));
    for fault in LiveFault::ALL {
        assert!(
            rooms.iter().any(|text| named(text, *fault)) || elsewhere(*fault),
            "{fault:?} is provoked nowhere"
        );
        assert!(fault.to_do().is_some(), "{fault:?}: what is to be done?");
    }
}
