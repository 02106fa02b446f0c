//! Each step of a session at which a server may go, refuse, fall silent or speak of something else: IMAP, POP3 and SMTP.

use zwfw_intake::vocabulary::LiveFault;

use super::{check, fails, over_imap};
use crate::imap::imap_server::{Act, Setup, folder, say};
use crate::smtp::smtp_server::{self, PASSWORD, Protection, SmtpServer, Step, USER, rule};
use crate::support::daemon::{Finished, Office};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_imap_server_that_goes_at_any_step() {
    for command in ["", "CAPABILITY", "LOGIN", "ID", "EXAMINE", "UID FETCH", "FETCH", "GETQUOTAROOT"] {
        let setup = folder([1, 2]).capabilities("IMAP4rev1 ID IDLE QUOTA");
        let setup = match command {
            "" => setup.greeting([Act::Close]),
            command => setup.on(command, [Act::Close]),
        };
        fails(&over_imap(setup, |_| {}).await, LiveFault::Closed);
    }
    let starttls = |office: &mut Office| office.text("mailbox", "security", "starttls");
    let files = tempfile::tempdir().unwrap();
    let tls = || crate::imap::imap_server::certificate(files.path(), false, |_| {});
    for (fault, setup) in [
        (LiveFault::Lacks, Setup::default().tls(tls())),
        (
            LiveFault::Closed,
            Setup::default().tls(tls()).capabilities("IMAP4rev1 STARTTLS").on("STARTTLS", [Act::Close]),
        ),
        (
            LiveFault::TlsNotTls,
            Setup::default()
                .tls(tls())
                .capabilities("IMAP4rev1 STARTTLS")
                .on("STARTTLS", [say("$T OK go on\r\n"), say("no\r\n")]),
        ),
    ] {
        fails(&over_imap(setup, starttls).await, fault);
    }
}

/// A folder that is gone, or is one in name only, with the names of those that there are; a mailbox without any room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_and_room() {
    let there = "* LIST () \"/\" INBOX\r\n* LIST (\\Noselect) \"/\" &V4NXPpCuTvY-\r\n$T OK done\r\n";
    for words in ["[NONEXISTENT] Unknown Mailbox", "Mailbox is not selectable", "[NOPERM] Permission denied"]
    {
        let refused =
            Setup::default().on("EXAMINE", [say(format!("$T NO {words}\r\n"))]).on("LIST", [say(there)]);
        let finished = over_imap(refused, |office| office.set("mailbox", "folders", "[\"垃圾邮件\"]")).await;
        fails(&finished, LiveFault::FolderUnknown);
        let named = "the folders of this mailbox are: INBOX";
        assert!(finished.stdout.contains(named) && finished.stdout.contains(words), "{finished:?}");
    }
    let full = "* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE 100 100)\r\n$T OK done\r\n";
    for (used, is_fault) in [(89, false), (90, true), (100, true)] {
        let quota = full.replace("100 100", &format!("{used} 100"));
        let setup = Setup::default().capabilities("IMAP4rev1 QUOTA").on("GETQUOTAROOT", [say(quota)]);
        let finished = over_imap(setup, |_| {}).await;
        if is_fault {
            fails(&finished, LiveFault::Quota);
        }
        assert_eq!(finished.code, Some(i32::from(is_fault)), "{finished:?}");
        assert!(finished.stdout.contains(&format!("已用 {used}%")), "{finished:?}");
        assert!(finished.stdout.contains("不支持 IDLE，按 poll_interval 收取（no IDLE）"), "{finished:?}");
    }
}

async fn over_smtp(
    protection: Protection,
    step: Step,
    act: smtp_server::Act,
    change: impl FnOnce(&mut Office),
) -> Finished {
    let server = SmtpServer::start(protection, vec![rule(step, act)]).await;
    let mut office = Office::at_maildir();
    office.answer_over_smtp(server.address.port());
    office.text("limits", "step_timeout", "20s");
    office.text("acknowledgement", "username", USER);
    office.text("acknowledgement", "password_file", "smtp-password");
    office.write_secret("smtp-password", PASSWORD);
    change(&mut office);
    check(&office)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_smtp_server_at_any_step() {
    let line = smtp_server::say;
    for (fault, step, act) in [
        (LiveFault::Closed, Step::Greeting, smtp_server::Act::Close),
        (LiveFault::Closed, Step::Ehlo, smtp_server::Act::Close),
        (LiveFault::Closed, Step::Auth, smtp_server::Act::Close),
        (LiveFault::Closed, Step::Mail, smtp_server::Act::Close),
        (LiveFault::Closed, Step::Rcpt, smtp_server::Act::Close),
        (LiveFault::Protocol, Step::Greeting, line("HTTP/1.1 400 Bad Request")),
        (LiveFault::Protocol, Step::Greeting, line("* OK IMAP4rev1 ready")),
        (LiveFault::RefusedConnection, Step::Greeting, line("554 5.7.1 no")),
        (LiveFault::RefusedConnection, Step::Greeting, line("421 4.3.2 too many connections")),
        (LiveFault::RefusedConnection, Step::Ehlo, line("550 not you")),
        (LiveFault::Lacks, Step::Ehlo, line("250 mx.example.net")),
        (LiveFault::LoginPassword, Step::Auth, line("535 5.7.8 authentication failed")),
        (LiveFault::LoginCode, Step::Auth, line("535 use an application-specific password")),
        (LiveFault::LoginLocked, Step::Auth, line("535 5.7.0 account disabled")),
        (LiveFault::LoginTooOften, Step::Auth, line("454 4.7.0 Login frequency limited")),
        (LiveFault::LoginBusy, Step::Auth, line("454 4.7.0 temporary authentication failure")),
        (LiveFault::Refused, Step::Mail, line("451 4.3.0 not now")),
        (
            LiveFault::SendingSender,
            Step::Mail,
            line("501 mail from address must be same as authorization user"),
        ),
    ] {
        fails(&over_smtp(Protection::Plain, step, act, |_| {}).await, fault);
    }
    let impatient = |office: &mut Office| office.text("limits", "step_timeout", "1s");
    fails(
        &over_smtp(Protection::Plain, Step::Greeting, smtp_server::Act::Hang, impatient).await,
        LiveFault::Silent,
    );
}
