//! Bad input: each fault is named in one clear line, and nothing is damaged.

use std::fs;
use std::time::Duration;

use rusqlite::Connection;

use crate::end_to_end::{answers_due, check, fill, summary};
use crate::support::daemon::{Finished, Office, Security};
use crate::support::dovecot::INTAKE;
use crate::support::mailhost::Mailhost;
use crate::support::mailset::generate;
use crate::support::{holds_for, wait_for};

/// One of the words stands in what the program said, whatever its case.
#[track_caller]
fn assert_names(finished: &Finished, words: &[&str]) {
    let said = finished.said().to_lowercase();
    let named = words.iter().any(|word| said.contains(&word.to_lowercase()));
    assert!(named, "none of {words:?} is named: {finished:?}");
    assert!(!said.contains("panicked"), "{finished:?}");
}

#[test]
fn faults_of_the_servers_are_named_and_give_exit_69() {
    let mut host = Mailhost::start();
    let at = |host: &Mailhost| Office::at(host, Security::Tls, Security::Starttls);

    let wrong_password = at(&host);
    wrong_password.write_secret("mailbox-password", "not-the-password");

    let mut unknown_folder = at(&host);
    unknown_folder.set("mailbox", "folders", "[\"INBOX\", \"没有的文件夹\"]");

    let mut untrusted = at(&host);
    let other_ca = host.certificates.other_ca.to_str().unwrap().to_owned();
    untrusted.text("mailbox", "ca_file", &other_ca);

    let mut nobody_there = at(&host);
    nobody_there.set("mailbox", "port", crate::support::free_port());

    for (office, words) in [
        (&wrong_password, &["login", "password", "authenticat"][..]),
        (&unknown_folder, &["没有的文件夹"]),
        (&untrusted, &["certificate"]),
        (&nobody_there, &["refused", "connect"]),
    ] {
        let once = office.run(&["run", "--once"]);
        assert_eq!(once.code, Some(69), "{words:?}: {once:?}");
        assert_names(&once, words);
        assert!(!once.said().contains("not-the-password"), "the password is printed: {once:?}");
        let live = office.run(&["check", "--live"]);
        assert_ne!(live.code, Some(0), "{live:?}");
        assert_names(&live, words);
    }

    // Two clocks that disagree: mail from the future.
    let sound = at(&host);
    let live = sound.run(&["check", "--live"]);
    assert_eq!(live.code, Some(0), "{live:?}");
    assert!(live.stdout.contains("正常  时钟"), "{live:?}");
    let year_2100 = 4_102_444_800;
    host.put(INTAKE, "INBOX", "future.1.test", "", year_2100, b"Subject: x\r\n\r\ny\r\n");
    let live = sound.run(&["check", "--live"]);
    assert_eq!(live.code, Some(1), "{live:?}");
    assert_names(&live, &["请校时"]);

    // The other server's faults.
    let wrong_smtp_password = {
        let mut office = at(&host);
        office.write_secret("smtp-password", "not-the-password");
        office.text("acknowledgement", "password_file", "smtp-password");
        office
    };
    let live = wrong_smtp_password.run(&["check", "--live"]);
    assert_ne!(live.code, Some(0), "{live:?}");
    assert_names(&live, &["smtp"]);
    let mut untrusted_smtp = at(&host);
    untrusted_smtp.text("acknowledgement", "ca_file", &other_ca);
    let live = untrusted_smtp.run(&["check", "--live"]);
    assert_ne!(live.code, Some(0), "{live:?}");
    assert_names(&live, &["certificate"]);

    // Down altogether.
    let down = at(&host);
    host.dovecot.stop();
    host.stop_exim();
    let once = down.run(&["run", "--once"]);
    assert_eq!(once.code, Some(69), "{once:?}");
    assert_names(&once, &["refused", "connect"]);
}

#[test]
fn the_daemon_outlives_a_mail_server_that_is_down() {
    let mut host = Mailhost::start();
    let specimens = generate(7, 20);
    fill(&host, &specimens);
    let office = Office::at(&host, Security::Starttls, Security::Tls);
    host.dovecot.stop();
    let mut daemon = office.start(&["run"]);
    holds_for("the daemon without its server", Duration::from_secs(3), || !daemon.ended());
    let Mailhost { dovecot, area, .. } = &mut host;
    dovecot.run(area);
    wait_for("the first pass after the server came back", Duration::from_mins(2), || {
        assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
        (host.delivered_total(INTAKE) == answers_due(&specimens)).then_some(())
    });

    // It goes away in the middle of the day, too.
    host.dovecot.stop();
    holds_for("the daemon without its server", Duration::from_secs(2), || !daemon.ended());
    let Mailhost { dovecot, area, .. } = &mut host;
    dovecot.run(area);
    let more = generate(8, 30);
    fill(&host, &more[20..]);
    wait_for("mail that came later", Duration::from_mins(2), || {
        assert!(!daemon.ended(), "the daemon ended: {}", daemon.said());
        (office.rows().count("SELECT count(*) FROM mailbox_entry") == 30).then_some(())
    });
    daemon.terminate();
    assert_eq!(daemon.finish(Duration::from_secs(5)).code, Some(0));
    let rows = office.rows();
    let faults = check(&specimens, &rows, &host);
    // The totals differ by the later mail; every single message must be right.
    let single: Vec<String> = faults.into_iter().filter(|fault| fault.contains("subject ")).collect();
    assert!(single.is_empty(), "{}", summary(&single));
}

#[test]
fn a_store_that_is_not_ours_or_newer_is_refused_untouched() {
    let office = Office::at_maildir();
    let path = office.store_path();
    let refused = |what: &str| {
        let before = fs::read(&path).unwrap();
        for arguments in [&["run", "--once"][..], &["import", "."], &["list"]] {
            let finished = office.run(arguments);
            assert!(matches!(finished.code, Some(65 | 74 | 78)), "{what}, {arguments:?}: {finished:?}");
            assert_names(&finished, &["store.sqlite3"]);
            assert!(before == fs::read(&path).unwrap(), "{what}: {arguments:?} changed the file");
        }
    };

    fs::write(&path, "This is a text file that somebody put here by mistake.\n").unwrap();
    refused("a text file");

    fs::remove_file(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE recipe (id INTEGER PRIMARY KEY, title TEXT)").unwrap();
    other.close().unwrap();
    refused("another program's database");

    office.remove_store();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA user_version = 3; CREATE TABLE message (id INTEGER PRIMARY KEY)").unwrap();
    other.close().unwrap();
    refused("another program's database with a version and a table named like ours");

    office.remove_store();
    office.run_ok(&["run", "--once"]);
    let newer = Connection::open(&path).unwrap();
    newer.execute_batch("PRAGMA user_version = 99999; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    newer.close().unwrap();
    refused("a store of a newer program");
}

#[test]
fn every_mistake_of_a_configuration_is_listed_at_once() {
    let mut office = Office::at_maildir();
    office.text("mailbox", "kind", "imap");
    office.text("mailbox", "host", "imap.ln.gov.cn");
    office.text("mailbox", "username", "zwfw@ln.gov.cn");
    office.text("mailbox", "password", "secret-in-the-file");
    office.text("mailbox", "poll_interval", "soon");
    office.text("mailbox", "security", "ssl");
    office.text("acknowledgement", "not_before", "yesterday");
    office.text("acknowledgement", "colour", "blue");
    office.open_until("2024-13-45");
    for arguments in [&["check"][..], &["run", "--once"], &["run"]] {
        let finished = office.run(arguments);
        assert_eq!(finished.code, Some(78), "{arguments:?}: {finished:?}");
        for key in ["password", "poll_interval", "security", "not_before", "colour", "deadline"] {
            assert_names(&finished, &[key]);
        }
        for file in ["config.toml", "liaoning.toml"] {
            assert_names(&finished, &[file]);
        }
        assert!(!finished.said().contains("secret-in-the-file"), "the secret is printed: {finished:?}");
        assert!(!office.store_path().exists(), "the store was opened with a wrong configuration");
    }
}

#[test]
fn plaintext_is_for_loopback_only() {
    let mut office = Office::at_maildir();
    office.text("mailbox", "kind", "imap");
    office.text("mailbox", "host", "imap.ln.gov.cn");
    office.text("mailbox", "security", "plaintext");
    office.text("mailbox", "username", "zwfw@ln.gov.cn");
    office.text("mailbox", "password_file", "mailbox-password");
    office.write_secret("mailbox-password", "secret");
    let finished = office.run(&["check"]);
    assert_eq!(finished.code, Some(78), "{finished:?}");
    assert_names(&finished, &["loopback"]);
}

#[test]
fn usage_errors_and_missing_files_have_their_exit_codes() {
    let office = Office::at_maildir();
    assert_eq!(office.run(&["nonsense"]).code, Some(64));
    assert_eq!(office.run(&["run", "--nonsense"]).code, Some(64));
    assert_eq!(office.run(&["--help"]).code, Some(0));
    let missing = office.path().join("no-such-file.toml");
    let finished = office.start_with(&missing, &["check"]).finish(Duration::from_secs(20));
    assert_eq!(finished.code, Some(78), "{finished:?}");
    assert_names(&finished, &["no-such-file.toml"]);
    assert_ne!(office.run(&["import", "no-such-folder"]).code, Some(0));
}
