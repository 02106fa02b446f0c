//! What a mail server tells beside the letters, or refuses, and what people hear of it in the log, in `status` and in
//! `check --live`.

use std::time::Duration;

use rusqlite::Connection;

use crate::imap::imap_server::{Act, Fake, Message, Setup, say};
use crate::smtp::smtp_server::{self, PASSWORD, Protection, SmtpServer, Step, USER, rule};
use crate::support::daemon::{Finished, Office};
use crate::support::letter::letter;
use crate::support::wait_for;

const HANG: Duration = Duration::from_mins(2);

fn letters(count: usize) -> Setup {
    let mut setup = Setup::default();
    setup.messages = (1..=count)
        .map(|n| Message {
            uid: u32::try_from(n * 10).unwrap(),
            date: "12-Mar-2024 10:00:02 +0800",
            raw: letter(n).raw(),
        })
        .collect();
    setup
}

fn office(server: &Fake) -> Office {
    let mut office = Office::over_imap(server.port());
    office.set("mailbox", "idle", false);
    office
}

fn run(office: &Office, arguments: &[&str]) -> Finished {
    tokio::task::block_in_place(|| office.start(arguments).finish(HANG))
}

fn filed(office: &Office) -> i64 {
    office.rows().count("SELECT count(*) FROM submission")
}

fn commands(server: &Fake, prefix: &str) -> usize {
    server.commands().iter().filter(|command| command.starts_with(prefix)).count()
}

/// After three refusals it asks once an hour; another password in its file ends that wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_is_taken_and_ends_the_long_wait_after_refusals() {
    let setup = letters(1)
        .on("LOGIN \"zwfw@ln.gov.cn\" \"another\"", [say("$T OK in\r\n")])
        .on("LOGIN", [say("$T NO [AUTHENTICATIONFAILED] Authentication failed.\r\n")]);
    let server = Fake::start(setup).await;
    let office = office(&server);
    let daemon = office.start(&["run"]);
    wait_for("an hour's wait", HANG, || daemon.said().contains("pause_seconds=3600").then_some(()));
    assert_eq!(commands(&server, "LOGIN"), 3);
    assert!(daemon.said().contains("a new password in it is taken"), "{}", daemon.said());
    let status = office.json(&["status", "--json"]);
    assert_eq!(status["last_fault"], "login_refused", "{status}");
    assert!(!status["next_pass_at"].is_null(), "{status}");
    office.write_secret("mailbox-password", "another");
    wait_for("the letter", HANG, || (filed(&office) == 1).then_some(()));
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

/// The same where answers leave.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_is_taken_where_answers_leave_too() {
    let server = SmtpServer::start(Protection::Plain, vec![]).await;
    let mut office = Office::at_maildir();
    office.answer_over_smtp(server.address.port());
    office.text("acknowledgement", "username", USER);
    office.text("acknowledgement", "password_file", "smtp-password");
    office.write_secret("smtp-password", "an old one");
    letter(1).deliver(&office.path().join("mailbox"));
    let daemon = office.start(&["run"]);
    let refused = || server.lines().iter().filter(|line| line.starts_with("AUTH")).count();
    wait_for("a refused login", HANG, || (refused() == 1).then_some(()));
    let fault = || office.json(&["status", "--json"])["outbox"]["fault"].clone();
    wait_for("its own state in status", HANG, || (fault() == "login_refused").then_some(()));
    // Not within the pause after a refusal, were the file not looked at.
    office.write_secret("smtp-password", PASSWORD);
    wait_for("the answer", HANG, || (server.taken().len() == 1).then_some(()));
    assert_eq!(refused(), 2);
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_that_fills_up_and_an_alert_are_told_everywhere() {
    for (used, is_full) in [(89, false), (90, true), (100, true)] {
        let quota = format!("* QUOTAROOT INBOX \"\"\r\n* QUOTA \"\" (STORAGE {used} 100)\r\n$T OK done\r\n");
        let setup = letters(1)
            .capabilities("IMAP4rev1 QUOTA")
            .noise("EXAMINE", "* OK [ALERT] The disk is changed on Sunday\r\n")
            .on("GETQUOTAROOT", [say(quota)]);
        let server = Fake::start(setup).await;
        let office = office(&server);
        let (percent, alert) = (format!("{used}%"), "The disk is changed on Sunday");

        let finished = run(&office, &["run", "--once"]);
        assert_eq!((finished.code, filed(&office)), (Some(0), 1), "{finished:?}");
        assert_eq!(finished.stderr.contains("quota"), is_full, "{finished:?}");
        assert_eq!(finished.stderr.matches(alert).count(), 1, "{finished:?}");

        let status = run(&office, &["status"]);
        assert!(status.stdout.contains(&format!("已用 {percent}")), "{status:?}");
        let checked = run(&office, &["check", "--live"]);
        assert!(checked.stdout.contains(&percent) && checked.stdout.contains(alert), "{checked:?}");
        assert_eq!(checked.code, Some(i32::from(is_full)), "{checked:?}");
        assert_eq!(checked.stdout.contains("将满"), is_full, "{checked:?}");
    }
}

/// It is named with the folders that there are; the others keep their pace, and each has a time of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_is_gone_is_named_beside_those_that_are_there() {
    let setup = |count| {
        letters(count)
            .on("EXAMINE \"Bak\"", [say("$T NO [NONEXISTENT] no such folder\r\n")])
            .on("LIST", [say("* LIST () \"/\" INBOX\r\n* LIST () \"/\" \"Archive 2023\"\r\n$T OK done\r\n")])
    };
    let mut server = Fake::start(setup(1)).await;
    let mut office = office(&server);
    office.set("mailbox", "folders", r#"["INBOX", "Bak"]"#);
    for arguments in [&["run", "--once"], &["check", "--live"]] {
        let finished = run(&office, arguments);
        assert_eq!(finished.code, Some(69), "{finished:?}");
        let line = finished.said();
        let line = line.lines().find(|line| line.contains("the folders of this mailbox are")).unwrap();
        assert!(line.contains("Bak") && line.contains("INBOX, Archive 2023"), "{line}");
    }
    let status = office.json(&["status", "--json"]);
    let told = |folder: &str| {
        let passes = status["folder_passes"].as_array().unwrap();
        passes
            .iter()
            .find(|pass| pass["folder"] == folder)
            .unwrap_or_else(|| panic!("{folder}: {status}"))
            .clone()
    };
    assert!(told("INBOX")["problem"].is_null() && !told("INBOX")["read_at"].is_null(), "{status}");
    assert!(told("Bak")["problem"].to_string().contains("no such folder"), "{status}");
    assert!(told("Bak")["read_at"].is_null(), "{status}");

    let (inbox, bak) = ("EXAMINE \"INBOX\"", "EXAMINE \"Bak\"");
    let begun = (commands(&server, inbox), commands(&server, bak));
    let daemon = office.start(&["run"]);
    wait_for("twelve looks", HANG, || (commands(&server, inbox) >= begun.0 + 12).then_some(()));
    let looks = (commands(&server, inbox) - begun.0, commands(&server, bak) - begun.1);
    assert!(looks.1 < looks.0, "{looks:?}");
    server.turn_into(setup(2));
    wait_for("the second letter", HANG, || (filed(&office) == 2).then_some(()));
    daemon.terminate();
    daemon.finish(HANG);
}

/// The check says before the first letter that the server takes no marks; letters are filed all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_no_keywords_is_found_out_by_the_check() {
    for (flags, takes) in [("(\\Seen)", false), ("(\\Seen \\*)", true), ("(\\Seen $ZwfwFiled)", true)] {
        let state = "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 11] ok\r\n";
        let selected = format!("{state}* OK [PERMANENTFLAGS {flags}] these\r\n$T OK [READ-WRITE] done\r\n");
        let server = Fake::start(letters(1).on("SELECT", [say(selected)])).await;
        let mut office = office(&server);
        office.text("mailbox", "after_filing", "keyword");
        let checked = run(&office, &["check", "--live"]);
        assert_eq!(checked.code, Some(if takes { 0 } else { 69 }), "{flags}: {checked:?}");
        assert_eq!(checked.stdout.contains("无法加标记"), !takes, "{flags}: {checked:?}");
        let finished = run(&office, &["run", "--once"]);
        assert_eq!((finished.code, filed(&office)), (checked.code, 1), "{flags}: {finished:?}");
        assert_eq!(finished.stderr.contains("are filed, not marked"), !takes, "{flags}: {finished:?}");
        assert!(!finished.stderr.contains("not read on this pass"), "{finished:?}");
    }
}

/// Letters go on being filed and answered while the folder for what is filed is away; the marks are made up for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_for_what_is_filed_may_be_away_for_a_while() {
    let mut server =
        Fake::start(letters(2).on("UID MOVE", [say("$T NO [TRYCREATE] no such folder\r\n")])).await;
    let mut office = office(&server);
    office.text("mailbox", "after_filing", "move");
    office.text("mailbox", "move_to", "Filed");
    let finished = run(&office, &["run", "--once"]);
    assert_eq!(finished.code, Some(69), "{finished:?}");
    assert!(finished.stderr.contains("are filed, not marked"), "{finished:?}");
    let rows = office.rows();
    assert_eq!(filed(&office), 2);
    assert_eq!(rows.count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), 2);
    assert_eq!(rows.count("SELECT count(*) FROM pending_mark"), 2);
    server.turn_into(letters(2));
    let store = Connection::open(office.store_path()).unwrap();
    store.execute("UPDATE pending_mark SET next_attempt_at = '2024-03-12T00:00:00Z'", []).unwrap();
    assert_eq!(run(&office, &["run", "--once"]).code, Some(0));
    assert_eq!(office.rows().count("SELECT count(*) FROM pending_mark"), 0);
    assert_eq!((commands(&server, "UID MOVE"), filed(&office)), (2, 2));
}

/// Who is refused the time of the newest letter does not say that there is none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_question_is_not_an_empty_mailbox() {
    for (setup, said) in [
        (letters(2).on("FETCH *", [say("$T BAD no such set\r\n")]), "没有说出收到时间"),
        (letters(0), "邮箱为空"),
    ] {
        let server = Fake::start(setup).await;
        let checked = run(&office(&server), &["check", "--live"]);
        assert!(checked.stdout.contains(said), "{said}: {checked:?}");
        assert_eq!(checked.stdout.contains("邮箱为空"), said == "邮箱为空", "{checked:?}");
    }
}

/// A server that knows no RSET sends all answers: the check says so, and it is no fault.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_rset_is_a_remark() {
    let unknown = vec![rule(Step::Rset, smtp_server::say("500 5.5.1 Expected MAIL or QUIT"))];
    let server = SmtpServer::start(Protection::Plain, unknown).await;
    let mut office = Office::at_maildir();
    office.answer_over_smtp(server.address.port());
    let checked = run(&office, &["check", "--live"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.stdout.contains("RSET refused (500"), "{checked:?}");
    letter(1).deliver(&office.path().join("mailbox"));
    assert_eq!(run(&office, &["run", "--once"]).code, Some(0));
    assert_eq!(server.taken().len(), 1);
}

/// A connection that was forgotten on the way while it waited for news costs one interval and one step.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_went_silent_while_it_waited_for_news_is_left() {
    let mut server = Fake::start(letters(1).on("IDLE", [say("+ idling\r\n"), Act::Hang])).await;
    let mut office = office(&server);
    office.set("mailbox", "idle", true);
    office.text("limits", "step_timeout", "2s");
    let daemon = office.start(&["run"]);
    wait_for("IDLE", HANG, || (commands(&server, "IDLE") > 0).then_some(()));
    server.turn_into(letters(2));
    wait_for("the second letter", HANG, || (filed(&office) == 2).then_some(()));
    daemon.terminate();
    assert_eq!(daemon.finish(HANG).code, Some(0));
}

/// Who configures another server hears at once whether answers can leave through it, before one has to wait for it. While all
/// answers left through the same one, nothing is asked that nobody needs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_is_tried_before_an_answer_waits_for_it() {
    let first = SmtpServer::start(Protection::Plain, vec![]).await;
    let mut office = Office::at_maildir();
    office.answer_over_smtp(first.address.port());
    assert_eq!((run(&office, &["run", "--once"]).code, first.connections()), (Some(0), 0));
    letter(1).deliver(&office.path().join("mailbox"));
    for _ in 0..2 {
        assert_eq!(run(&office, &["run", "--once"]).code, Some(0));
        assert_eq!(first.connections(), 1);
    }
    let other =
        SmtpServer::start_with(Protection::Plain, vec![], &["AUTH NTLM GSSAPI"], &["localhost"]).await;
    office.set("acknowledgement", "port", other.address.port());
    office.text("acknowledgement", "username", USER);
    office.text("acknowledgement", "password_file", "smtp-password");
    office.write_secret("smtp-password", PASSWORD);
    let finished = run(&office, &["run", "--once"]);
    assert_eq!(finished.code, Some(69), "{finished:?}");
    assert!(finished.stderr.contains("NTLM GSSAPI"), "it says what the server offers: {finished:?}");
    let told = || office.json(&["status", "--json"])["outbox"]["problem"].clone();
    assert!(told().to_string().contains("NTLM"), "{}", told());

    other.mend(Protection::Plain);
    let before = other.connections();
    for _ in 0..2 {
        assert_eq!(run(&office, &["run", "--once"]).code, Some(0));
        assert_eq!(other.connections(), before + 1);
    }
    assert!(office.json(&["status", "--json"])["outbox"]["problem"].is_null());
}

/// What is probably not meant is said by every start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_start_warns_of_a_closed_consultation_and_of_a_watchdog_that_is_too_quick() {
    for (watchdog_usec, last_day, warned) in
        [("60000000", "2024-03-13", true), ("14400000000", "2099-12-31", false)]
    {
        let server = Fake::start(letters(1)).await;
        let mut office = office(&server);
        office.open_until(last_day);
        office.environment("WATCHDOG_USEC", watchdog_usec);
        let daemon = office.start(&["run"]);
        let answers = office.path().join("acknowledgement/new");
        wait_for("the answer", HANG, || std::fs::read_dir(&answers).unwrap().next().is_some().then_some(()));
        daemon.terminate();
        let said = daemon.finish(HANG).stderr;
        assert_eq!(said.contains("mail for it is late"), warned, "{said}");
        assert_eq!(said.contains("WatchdogSec is shorter than"), warned, "{said}");
    }
}
