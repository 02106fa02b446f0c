//! A POP3 mailbox: every letter filed once, none deleted, the arrival by the office's own servers, whatever the server does.

use std::time::Duration;

use zwfw_intake::vocabulary::LiveFault;

use crate::imap::imap_server::Authority;
use crate::live::fails;
use crate::support::certificates::Certificates;
use crate::support::daemon::{Finished, Office};
use crate::support::dovecot::{Dovecot, INTAKE, INTAKE_PASSWORD, greeting};
use crate::support::letter::letter;
use crate::support::pop3_server::{Act, GREETING, Pop3Server};
use crate::support::{Area, free_port, servers_dir, wait_for};

/// The letter of citizen `n` as the office's server took it over.
fn received(raw: &[u8]) -> Vec<u8> {
    let line = "Received: from mail.example.com (mail.example.com [203.0.113.7])\r\n\tby mx.ln.gov.cn (Postfix) with ESMTPS id 4Tv;\r\n\tTue, 12 Mar 2024 23:59:58 +0800 (CST)\r\n";
    [line.as_bytes(), raw].concat()
}

fn letters(numbers: impl IntoIterator<Item = usize>) -> Vec<(String, Vec<u8>)> {
    numbers.into_iter().map(|n| (format!("uid-{n}"), received(&letter(n).raw()))).collect()
}

struct Desk {
    office: Office,
    server: Pop3Server,
}

impl Desk {
    async fn new(letters: Vec<(String, Vec<u8>)>) -> Self {
        let server = Pop3Server::start(letters, None).await;
        let mut office = Office::over_imap(server.address.port());
        office.text("mailbox", "kind", "pop3");
        office.text("limits", "step_timeout", "20s");
        Self { office, server }
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        let finished =
            tokio::task::block_in_place(|| self.office.start(arguments).finish(Duration::from_mins(1)));
        assert!(!finished.said().contains("panicked"), "{finished:?}");
        finished
    }

    #[track_caller]
    fn pass(&self, code: i32, filed: i64) -> Vec<String> {
        let ran = self.run(&["run", "--once"]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        assert_eq!(self.office.rows().count("SELECT count(*) FROM submission"), filed, "{ran:?}");
        self.server.take_commands()
    }
}

fn fetches(commands: &[String]) -> usize {
    commands.iter().filter(|command| command.starts_with("RETR") || command.starts_with("TOP")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn letters_are_filed_once_and_none_is_deleted() {
    let files = tempfile::tempdir().unwrap();
    let authority = Authority::new(files.path());
    for implicit in [true, false] {
        let tls = authority.certificate(implicit, |_| {});
        let mut desk = Desk::new(Vec::new()).await;
        desk.server = Pop3Server::start(letters([1, 2]), Some(tls)).await;
        desk.office.set("mailbox", "port", desk.server.address.port());
        desk.office.text("mailbox", "host", "localhost");
        desk.office.text("mailbox", "security", if implicit { "tls" } else { "starttls" });
        desk.office.text("mailbox", "ca_file", authority.ca_file.to_str().unwrap());
        let checked = desk.run(&["check", "--live"]);
        assert_eq!(checked.code, Some(0), "{checked:?}");
        assert!(checked.stdout.contains("已登录，2 封"), "{checked:?}");
        assert!(!checked.stdout.contains("Received"), "both came by a server of the office: {checked:?}");
        let commands = desk.server.take_commands();
        assert_eq!(commands.iter().filter(|command| command.starts_with("TOP ")).count(), 2, "{commands:?}");
        let commands = desk.pass(0, 2);
        assert_eq!(commands.last().map(String::as_str), Some("QUIT"), "{commands:?}");
        assert_eq!(commands.iter().any(|command| command == "STLS"), !implicit);
        // Known, and new ones beside them.
        assert_eq!(fetches(&desk.pass(0, 2)), 0);
        desk.server.with(|state| state.letters.push(letters([3]).remove(0)));
        let reconciled = desk.run(&["reconcile"]);
        assert_eq!(reconciled.code, Some(0), "what came behind all others is no gap: {reconciled:?}");
        assert_eq!(fetches(&desk.pass(0, 3)), 1);
        assert_eq!(desk.run(&["reconcile"]).code, Some(0));
        let arrivals = desk.office.rows().count(
            "SELECT count(*) FROM message WHERE received_at = '2024-03-12T15:59:58Z' AND received_basis = 'received'",
        );
        assert_eq!(arrivals, 3);
        let kept = desk
            .office
            .rows()
            .count("SELECT count(*) FROM mailbox_entry WHERE folder = 'POP3' AND uid = 'uid-1'");
        assert_eq!(kept, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_no_identity() {
    let mut dotted = letter(2);
    dotted.text = format!(".\r\n..\r\n{}", dotted.text);
    let mut all = letters([1]);
    all.push(("uid-2".to_owned(), received(&dotted.raw())));
    let desk = Desk::new(all).await;
    desk.pass(0, 2);
    let size = i64::try_from(received(&dotted.raw()).len()).unwrap();
    assert_eq!(
        desk.office.rows().count("SELECT max(size_bytes) FROM message"),
        size,
        "dots are as they were"
    );
    // The server numbers anew: nothing is filed twice.
    desk.server.with(|state| state.letters.iter_mut().for_each(|(name, _)| name.push_str("-new")));
    assert_eq!(fetches(&desk.pass(0, 2)), 2);
    assert_eq!(fetches(&desk.pass(0, 2)), 0);
    // Another letter under a known name, and the same name twice.
    desk.server.with(|state| {
        state.letters[0].1 = received(&letter(1234).raw());
        state.letters.extend(letters([4, 5]).into_iter().map(|(_, raw)| ("same".to_owned(), raw)));
    });
    assert_eq!(fetches(&desk.pass(0, 5)), 3);
    assert_eq!(fetches(&desk.pass(0, 5)), 0);
    // A server whose LIST counts otherwise than it sends.
    desk.server.with(|state| state.sizes = vec![(1, 7), (2, 7_000)]);
    assert_eq!(fetches(&desk.pass(0, 5)), 2);
    assert_eq!(fetches(&desk.pass(0, 5)), 0, "what it counts is remembered");
    assert_eq!(desk.run(&["reconcile"]).code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_is_too_large_is_filed_from_its_beginning() {
    let large = |n: usize| (format!("large-{n}"), received(&letter(n).with_attachment(n, 200_000)));
    let mut desk = Desk::new(vec![large(1), large(2), letters([3]).remove(0)]).await;
    desk.office.set("limits", "message_bytes", 65_536);
    desk.office.set("limits", "oversize_fetch_bytes", 20_000);
    // The second one hides how large it is.
    desk.server.with(|state| state.sizes = vec![(2, 300)]);
    let commands = desk.pass(0, 3);
    assert!(
        commands.contains(&"TOP 1 500".to_owned()) && commands.contains(&"RETR 2".to_owned()),
        "{commands:?}"
    );
    let rows = desk.office.rows();
    assert_eq!(
        rows.count("SELECT count(*) FROM submission WHERE flags LIKE '%oversize%' AND name = '王小明'"),
        2
    );
    assert_eq!(rows.count("SELECT count(*) FROM message WHERE size_bytes = 20000"), 2);
    assert_eq!(fetches(&desk.pass(0, 3)), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_letter_that_is_refused_keeps_no_other_back() {
    let desk = Desk::new(letters([1, 2, 3])).await;
    let refuses = |act: Act| desk.server.with(|state| state.rules = vec![("RETR 2", act)]);
    refuses(Act::Say("-ERR [SYS/TEMP] cannot be read\r\n".to_owned()));
    let commands = desk.pass(75, 2);
    assert_eq!(commands.last().map(String::as_str), Some("QUIT"));
    // Cut off in the middle: not taken for the whole.
    refuses(Act::SayAndClose("+OK\r\nSubject: half\r\n\r\nhalf a line".to_owned()));
    desk.pass(69, 2);
    desk.server.with(|state| state.rules.clear());
    desk.run(&["refetch"]);
    desk.server.take_commands();
    assert_eq!(fetches(&desk.pass(0, 3)), 0, "refetch brought it");
    let reconciled = desk.run(&["reconcile"]);
    assert_eq!(reconciled.code, Some(0), "{reconciled:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_has_its_words() {
    let mut desk = Desk::new(letters([1])).await;
    let say = |said: &str| Act::Say(format!("{said}\r\n"));
    for (at, act, fault) in [
        (GREETING, say("* OK IMAP4rev1"), LiveFault::Protocol),
        (GREETING, say("-ERR go away"), LiveFault::RefusedConnection),
        ("CAPA", Act::SayAndClose("+O".to_owned()), LiveFault::Closed),
        ("PASS", say("-ERR [AUTH] no"), LiveFault::LoginPassword),
        ("PASS", say("-ERR please use the authorization code"), LiveFault::LoginCode),
        ("PASS", say("-ERR [IN-USE] locked by another session"), LiveFault::LoginBusy),
        ("PASS", say("-ERR [LOGIN-DELAY] wait"), LiveFault::LoginBusy),
        ("UIDL", say("-ERR unknown"), LiveFault::Lacks),
        ("STAT", say("+OK 3 1000"), LiveFault::NotAllListed),
        ("STAT", say("+OK many"), LiveFault::Protocol),
        ("LIST", Act::SayForEver("+OK\r\n".to_owned()), LiveFault::Protocol),
        ("STAT", say(&format!("+OK {}", "9".repeat(10_000))), LiveFault::Protocol),
    ] {
        desk.server.with(|state| state.rules = vec![(at, act.clone())]);
        let checked = desk.run(&["check", "--live"]);
        fails(&checked, fault);
        assert!(!checked.said().contains("PASS secret"), "{checked:?}");
    }
    let connections = desk.server.with(|state| {
        state.rules = vec![("PASS", say("-ERR not secret"))];
        state.connections
    });
    let refused = desk.run(&["check", "--live"]);
    assert!(refused.stdout.contains("not ***"), "{refused:?}");
    assert_eq!(desk.server.with(|state| state.connections), connections + 1, "accounts are locked for more");
    // What a pass makes of it.
    assert_eq!(desk.run(&["run", "--once"]).code, Some(69));
    assert!(desk.run(&["status", "--json"]).stdout.contains("login_refused"));
    desk.server.with(|state| state.rules = vec![("PASS", say("-ERR [IN-USE] locked"))]);
    assert_eq!(desk.run(&["run", "--once"]).code, Some(75));
    // Fewer listed than announced: what is listed is filed all the same.
    desk.server.with(|state| state.rules = vec![("STAT", say("+OK 3 1000"))]);
    desk.pass(69, 1);
    let reconciled = desk.run(&["reconcile"]);
    assert_eq!(reconciled.code, Some(1), "{reconciled:?}");
    desk.office.text("limits", "step_timeout", "1s");
    desk.server.with(|state| state.rules = vec![("USER", Act::SayAndHang(String::new()))]);
    fails(&desk.run(&["check", "--live"]), LiveFault::Silent);
    // STLS that somebody has taken out of the way is not gone without.
    desk.server.with(|state| state.rules.clear());
    desk.office.text("mailbox", "security", "starttls");
    fails(&desk.run(&["check", "--live"]), LiveFault::Lacks);
}

/// Without the line of a server of the office's own no letter has an arrival: that is said before the first pass.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_live_looks_at_the_newest_letters() {
    let mut letters = letters(1..=60);
    for (_, raw) in letters.iter_mut().skip(20) {
        *raw =
            String::from_utf8(raw.clone()).unwrap().replace("mx.ln.gov.cn", "mx.elsewhere.cn").into_bytes();
    }
    let desk = Desk::new(letters).await;
    let checked = desk.run(&["check", "--live"]);
    let said = "最新 50 封中有 40 封的 Received 行不是 mailbox.trusted_received_hosts 所列主机写的";
    assert!(checked.code == Some(0) && checked.stdout.contains(said), "{checked:?}");
    assert!(checked.stdout.contains("否则到达时间无从得知"), "{checked:?}");
    assert!(desk.server.take_commands().contains(&"TOP 60 0".to_owned()));
    // It is a courtesy: a server that refuses it, or has too much to say, is as good as before.
    for act in [Act::Say("-ERR not now\r\n".to_owned()), Act::SayForEver("+OK\r\n".to_owned())] {
        desk.server.with(|state| state.rules = vec![("TOP", act)]);
        let checked = desk.run(&["check", "--live"]);
        assert!(checked.code == Some(0) && !checked.stdout.contains("trusted_received_hosts"), "{checked:?}");
    }
    desk.server.with(|state| state.rules = vec![("CAPA", Act::Say("-ERR unknown\r\n".to_owned()))]);
    let checked = desk.run(&["check", "--live"]);
    assert!(checked.code == Some(0) && checked.stdout.contains("no TOP"), "{checked:?}");
}

#[test]
#[ignore = "a real server: tests/run"]
fn dovecot_gives_its_letters_by_pop3_and_keeps_them() {
    let area = Area::new();
    let certificates = Certificates::make(&area);
    let (port, programs) = (free_port(), servers_dir().join("layers/pop3d/usr/lib/dovecot"));
    let dovecot = Dovecot::start_with_pop3(&area, &certificates, (port, &programs));
    wait_for("the greeting of POP3", Duration::from_mins(1), || greeting(port));
    let maildir = dovecot.maildir(INTAKE);
    let put = |n: usize, raw: &[u8]| {
        for part in ["tmp", "new", "cur"] {
            area.make_dir(maildir.join(part).strip_prefix(area.path()).unwrap());
        }
        area.write(&maildir.join(format!("new/17102088{n:02}.M{n}.host")), raw);
    };
    let mut dotted = letter(2);
    dotted.text = format!(".\r\n..\r\n{}", dotted.text);
    put(1, &received(&letter(1).raw()));
    put(2, &received(&dotted.raw()));
    put(3, &received(&letter(3).with_attachment(3, 300_000)));
    let mut office = Office::over_imap(port);
    office.text("mailbox", "kind", "pop3");
    office.text("mailbox", "host", "localhost");
    office.text("mailbox", "security", "starttls");
    office.text("mailbox", "ca_file", certificates.ca.to_str().unwrap());
    office.text("mailbox", "username", INTAKE);
    office.write_secret("mailbox-password", INTAKE_PASSWORD);
    office.set("limits", "message_bytes", 65_536);
    office.set("limits", "oversize_fetch_bytes", 20_000);
    office.run_ok(&["check", "--live"]);
    for filed in [3, 3, 4] {
        if filed == 4 {
            put(4, &received(&letter(4).raw()));
        }
        office.run_ok(&["run", "--once"]);
        assert_eq!(office.rows().count("SELECT count(*) FROM submission"), filed);
        office.run_ok(&["reconcile"]);
    }
    assert_eq!(office.rows().count("SELECT count(*) FROM mailbox_entry"), 4);
    assert_eq!(office.rows().count("SELECT count(*) FROM submission WHERE flags LIKE '%oversize%'"), 1);
    let whole = i64::try_from(received(&dotted.raw()).len()).unwrap();
    assert_eq!(office.rows().count(&format!("SELECT count(*) FROM message WHERE size_bytes = {whole}")), 1);
    let kept = ["new", "cur"].map(|part| std::fs::read_dir(maildir.join(part)).unwrap().count());
    assert_eq!(kept.iter().sum::<usize>(), 4, "nothing is deleted");
    office.write_secret("mailbox-password", "another");
    fails(&office.run(&["check", "--live"]), LiveFault::LoginPassword);
}
