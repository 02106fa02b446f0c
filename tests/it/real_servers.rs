//! The program against IMAP servers of Debian other than Dovecot, and against pymap. Ignored by `cargo test`, because `tests/run` unpacks them.
//!
//! Each of them has ways of its own with UIDs, placeholders and refusals; what holds with all of them is that every letter is filed
//! once, and that `reconcile` does not say complete while one is missing.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::support::daemon::{Finished, Office};
use crate::support::dovecot::{INTAKE, INTAKE_PASSWORD};
use crate::support::letter::letter;
use crate::support::real_server::{Kind, RealServer};
use crate::support::{Random, wait_for, wait_until};

const FILED: &str = "SELECT count(*) FROM submission WHERE status <> 'duplicate'";

/// An office that reads this server's INBOX.
fn office(server: &RealServer) -> Office {
    let mut office = Office::over_imap(server.port);
    office.text("mailbox", "username", INTAKE);
    office.write_secret("mailbox-password", INTAKE_PASSWORD);
    office.open_until("2999-12-31");
    office
}

/// The numbers of the citizens whose letter is on file, as something that counts.
fn on_file(office: &Office) -> BTreeSet<usize> {
    let rows = office.rows().rows("SELECT from_address FROM submission WHERE status <> 'duplicate'");
    rows.iter().map(|row| number(&row["from_address"])).collect()
}

fn number(address: &str) -> usize {
    let digits = address.trim_start_matches("citizen").split('@').next().unwrap();
    digits.parse().unwrap()
}

fn said(finished: &Finished) -> String {
    format!("{finished:?}")
}

/// Passes until nothing is missing, as the daemon would make them; the last pass finds nothing new, and `reconcile` agrees.
#[track_caller]
fn comes_to_rest(office: &Office, letters: usize) {
    for _ in 0..6 {
        office.run(&["run", "--once"]);
        if on_file(office).len() == letters && office.run(&["reconcile"]).code == Some(0) {
            break;
        }
    }
    let finished = office.run(&["reconcile"]);
    let entries = office.rows().rows("SELECT uid, disposition, reason FROM mailbox_entry ORDER BY id");
    assert_eq!(on_file(office), (1..=letters).collect(), "{finished:?} {entries:#?}");
    assert_eq!(finished.code, Some(0), "{}", said(&finished));
    assert_eq!(
        office.rows().count("SELECT count(*) FROM submission"),
        i64::try_from(letters).unwrap(),
        "no number twice"
    );
    assert_eq!(
        office.rows().count("SELECT count(*) FROM acknowledgement WHERE state = 'sent'"),
        i64::try_from(letters).unwrap()
    );
}

/// A file name as Postfix gives them: second, device and inode, microseconds.
fn postfix_name(second: u64, micro: u64) -> String {
    format!("{second}.Vfe01I{micro:x}M{micro:06}.mail")
}

fn every_letter_is_filed_once(kind: Kind) {
    let server = RealServer::start(kind);
    let office = office(&server);
    let mut client = server.client();
    for n in 1..=12 {
        client.append("INBOX", &letter(n).raw());
    }
    let checked = office.run(&["check", "--live"]);
    assert_eq!(checked.code, Some(0), "{}", said(&checked));
    comes_to_rest(&office, 12);
    let again = office.run(&["run", "--once"]);
    assert_eq!(again.code, Some(0), "{}", said(&again));
    assert_eq!(on_file(&office).len(), 12);
}

#[test]
#[ignore = "a real server: tests/run"]
fn courier_hands_over_every_letter_once() {
    every_letter_is_filed_once(Kind::Courier);
}

#[test]
#[ignore = "a real server: tests/run"]
fn cyrus_hands_over_every_letter_once() {
    every_letter_is_filed_once(Kind::Cyrus);
}

#[test]
#[ignore = "a real server: tests/run"]
fn imap4d_hands_over_every_letter_once() {
    every_letter_is_filed_once(Kind::Imap4d);
}

#[test]
#[ignore = "a real server: tests/run"]
fn pymap_hands_over_every_letter_once() {
    every_letter_is_filed_once(Kind::Pymap);
}

/// Courier numbers new files only for the moment as long as a folder is opened by EXAMINE; a client that appends gets the
/// number for its letter, and the others move on.
#[test]
#[ignore = "a real server: tests/run"]
fn courier_gives_known_numbers_to_a_letter_that_somebody_appends() {
    let server = RealServer::start(Kind::Courier);
    let office = office(&server);
    for n in 1..=3 {
        server.deliver(&postfix_name(1_710_208_800 + n as u64, 10), &letter(n).raw());
    }
    office.run(&["run", "--once"]);
    assert_eq!(on_file(&office), BTreeSet::from([1, 2, 3]));
    server.client().append("INBOX", &letter(4).raw());
    comes_to_rest(&office, 4);
}

/// As above, the letter rescued from the junk folder by a clerk.
#[test]
#[ignore = "a real server: tests/run"]
fn courier_gives_known_numbers_to_a_letter_that_a_clerk_copies() {
    let server = RealServer::start(Kind::Courier);
    let office = office(&server);
    let mut clerk = server.client();
    clerk.ok("CREATE INBOX.Junk");
    clerk.append("INBOX.Junk", &letter(4).raw());
    for n in 1..=3 {
        server.deliver(&postfix_name(1_710_208_800 + n as u64, 10), &letter(n).raw());
    }
    office.run(&["run", "--once"]);
    clerk.ok("SELECT INBOX.Junk");
    clerk.ok("COPY 1 INBOX");
    comes_to_rest(&office, 4);
}

/// Without another client: what is delivered later sorts before what was delivered earlier.
#[test]
#[ignore = "a real server: tests/run"]
fn courier_gives_a_known_number_to_a_file_whose_name_sorts_first() {
    let server = RealServer::start(Kind::Courier);
    let office = office(&server);
    server.deliver(&postfix_name(1_710_208_800, 900_000), &letter(1).raw());
    office.run(&["run", "--once"]);
    server.deliver(&postfix_name(1_710_208_800, 100_000), &letter(2).raw());
    comes_to_rest(&office, 2);
    // The last of several takes the place of one in their midst.
    for n in 3..=6 {
        server.deliver(&postfix_name(1_710_208_900, 100_000 * n as u64), &letter(n).raw());
    }
    office.run(&["run", "--once"]);
    server.deliver(&postfix_name(1_710_208_900, 350_000), &letter(7).raw());
    comes_to_rest(&office, 7);
}

/// A file goes without the server's doing; the next delivery takes over a number that was another's.
#[test]
#[ignore = "a real server: tests/run"]
fn courier_gives_a_known_number_after_a_file_was_removed() {
    let server = RealServer::start(Kind::Courier);
    let office = office(&server);
    for n in 1..=2 {
        server.deliver(&postfix_name(1_710_208_800 + n as u64, 10), &letter(n).raw());
    }
    office.run(&["run", "--once"]);
    let first = |folder: &str| {
        let files = fs::read_dir(server.maildir().join(folder)).unwrap().flatten();
        files.map(|file| file.path()).find(|path| path.to_str().unwrap().contains("1710208801"))
    };
    fs::remove_file(first("new").or(first("cur")).unwrap()).unwrap();
    server.deliver(&postfix_name(1_710_208_803, 10), &letter(3).raw());
    comes_to_rest(&office, 3);
}

/// A file that Courier cannot read is announced and handed over as a message of the server's own.
#[test]
#[ignore = "a real server: tests/run"]
fn courier_says_message_unavailable_and_the_letter_comes_later() {
    let server = RealServer::start(Kind::Courier);
    let office = office(&server);
    for n in 1..=3 {
        server.deliver(&postfix_name(1_710_208_800 + n as u64, 10), &letter(n).raw());
    }
    // Numbered, and thereby moved to `cur`.
    server.client().ok("SELECT INBOX");
    let path = fs::read_dir(server.maildir().join("cur")).unwrap().flatten().next().unwrap().path();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    let finished = office.run(&["run", "--once"]);
    assert_eq!(on_file(&office).len(), 2, "{}", said(&finished));
    assert_eq!(office.run(&["reconcile"]).code, Some(1), "a letter is missing");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    office.run(&["refetch"]);
    comes_to_rest(&office, 3);
}

/// Deliveries beside a daemon that polls, with names like Postfix's.
fn two_hundred_deliveries(kind: Kind) {
    let server = RealServer::start(kind);
    let mut office = office(&server);
    office.set("mailbox", "idle", false);
    let daemon = office.start(&["run"]);
    let mut random = Random::new(7);
    let mut client = server.client();
    let (mut second, mut micro) = (1_710_208_800_u64, 0);
    for n in 1..=200 {
        if matches!(kind, Kind::Courier | Kind::Pymap) {
            micro += 50_000 + random.below(900_000);
            second += micro / 1_000_000;
            micro %= 1_000_000;
            server.deliver(&postfix_name(second, micro), &letter(n).raw());
        } else {
            client.append("INBOX", &letter(n).raw());
        }
        crate::support::until_some_instant(&mut random, Duration::from_millis(150));
    }
    wait_until("all letters to be filed", || office.rows().count(FILED) >= 200);
    drop(daemon);
    comes_to_rest(&office, 200);
}

#[test]
#[ignore = "a real server: tests/run"]
fn courier_loses_none_of_two_hundred() {
    two_hundred_deliveries(Kind::Courier);
}

#[test]
#[ignore = "a real server: tests/run"]
fn cyrus_loses_none_of_two_hundred() {
    two_hundred_deliveries(Kind::Cyrus);
}

#[test]
#[ignore = "a real server: tests/run"]
fn pymap_loses_none_of_two_hundred() {
    two_hundred_deliveries(Kind::Pymap);
}

/// Another client deletes for good while a pass runs: what went before we had it is gone and named so, nothing else is lost.
fn expunged_in_mid_pass(kind: Kind) {
    let server = RealServer::start(kind);
    let mut office = office(&server);
    office.set("mailbox", "idle", false);
    let mut client = server.client();
    for n in 1..=60 {
        client.append("INBOX", &letter(n).raw());
    }
    client.ok("SELECT INBOX");
    let daemon = office.start(&["run"]);
    wait_until("the first letters", || office.has_store() && office.rows().count(FILED) > 0);
    client.ok("UID STORE 40:60 +FLAGS (\\Deleted)");
    client.ok("EXPUNGE");
    wait_until("the letters that stayed", || (1..=39).all(|n| on_file(&office).contains(&n)));
    drop(daemon);
    office.run(&["run", "--once"]);
    let strange = "SELECT * FROM mailbox_entry WHERE disposition NOT IN ('filed', 'quarantined')";
    assert_eq!(office.rows().rows(strange), [], "what was deleted is not mail of somebody else");
    let reconciled = office.run(&["reconcile"]);
    assert_eq!(reconciled.code, Some(0), "{}", said(&reconciled));
}

#[test]
#[ignore = "a real server: tests/run"]
fn courier_deletes_in_mid_pass() {
    expunged_in_mid_pass(Kind::Courier);
}

#[test]
#[ignore = "a real server: tests/run"]
fn cyrus_deletes_in_mid_pass() {
    expunged_in_mid_pass(Kind::Cyrus);
}

#[test]
#[ignore = "a real server: tests/run"]
fn pymap_deletes_in_mid_pass() {
    expunged_in_mid_pass(Kind::Pymap);
}

/// A local delivery into the mbox changes UIDVALIDITY, and imap4d writes fields of its own into every message: the same letters all the same.
#[test]
#[ignore = "a real server: tests/run"]
fn imap4d_begins_its_numbers_anew_and_no_letter_is_filed_twice() {
    let server = RealServer::start(Kind::Imap4d);
    let office = office(&server);
    let mut client = server.client();
    let mut empty = letter(1);
    empty.text = String::new();
    client.append("INBOX", &empty.raw());
    client.append("INBOX", &letter(2).raw());
    client.ok("LOGOUT");
    office.run(&["run", "--once"]);
    let mbox = server.area.path().join("spool").join(INTAKE);
    for n in 3..=4 {
        let mut text = fs::read(&mbox).unwrap();
        text.extend_from_slice(b"From citizen@example.com Tue Mar 12 10:00:02 2024\n");
        text.extend(letter(n).raw().into_iter().filter(|byte| *byte != b'\r'));
        text.extend_from_slice(b"\n");
        server.area.write(&mbox, text);
        office.run(&["run", "--once"]);
    }
    let validities = office.rows().count("SELECT count(DISTINCT uid_validity) FROM mailbox_entry");
    assert!(validities > 1, "the server began its numbers anew");
    comes_to_rest(&office, 4);
}

/// The folder is made again with the same letters and a further one: nothing twice, nothing lost.
fn made_anew(kind: Kind) {
    let server = RealServer::start(kind);
    let mut office = office(&server);
    let folder = if kind == Kind::Pymap { "Opinions" } else { "INBOX.Opinions" };
    office.set("mailbox", "folders", format!("[\"INBOX\", \"{folder}\"]"));
    let mut client = server.client();
    client.ok(&format!("CREATE {folder}"));
    for n in 1..=5 {
        client.append(folder, &letter(n).raw());
    }
    office.run(&["run", "--once"]);
    assert_eq!(on_file(&office).len(), 5);
    client.ok(&format!("DELETE {folder}"));
    client.ok(&format!("CREATE {folder}"));
    for n in 1..=6 {
        client.append(folder, &letter(n).raw());
    }
    comes_to_rest(&office, 6);
}

#[test]
#[ignore = "a real server: tests/run"]
fn courier_makes_a_folder_anew() {
    made_anew(Kind::Courier);
}

#[test]
#[ignore = "a real server: tests/run"]
fn cyrus_makes_a_folder_anew() {
    made_anew(Kind::Cyrus);
}

#[test]
#[ignore = "a real server: tests/run"]
fn pymap_makes_a_folder_anew() {
    made_anew(Kind::Pymap);
}

/// A folder that is not there does not make the others wait: of each letter that comes it is the own poll that finds it.
fn a_broken_folder_slows_nobody(kind: Kind) {
    let server = RealServer::start(kind);
    let mut office = office(&server);
    office.set("mailbox", "folders", "[\"INBOX\", \"Missing\"]");
    office.set("mailbox", "idle", false);
    let daemon = office.start(&["run"]);
    let mut client = server.client();
    for n in 1..=40 {
        client.append("INBOX", &letter(n).raw());
        // The poll is one second; pauses that double would be minutes long by the tenth letter.
        wait_for("the letter", Duration::from_secs(20), || {
            (office.has_store() && on_file(&office).contains(&n)).then_some(())
        });
    }
    drop(daemon);
}

#[test]
#[ignore = "a real server: tests/run"]
fn cyrus_reads_inbox_at_its_pace_beside_a_missing_folder() {
    a_broken_folder_slows_nobody(Kind::Cyrus);
}

#[test]
#[ignore = "a real server: tests/run"]
fn courier_reads_inbox_at_its_pace_beside_a_missing_folder() {
    a_broken_folder_slows_nobody(Kind::Courier);
}

/// Servers without keywords: `check --live` says so, and so does a pass, whose letters are filed and not marked.
fn takes_no_keywords(kind: Kind) {
    let server = RealServer::start(kind);
    let mut office = office(&server);
    office.text("mailbox", "after_filing", "keyword");
    let mut client = server.client();
    client.append("INBOX", &letter(1).raw());
    client.ok("LOGOUT");
    let checked = office.run(&["check", "--live"]);
    assert_ne!(checked.code, Some(0), "{}", said(&checked));
    office.run(&["run", "--once"]);
    assert_eq!(on_file(&office), BTreeSet::from([1]));
}

#[test]
#[ignore = "a real server: tests/run"]
fn imap4d_takes_no_keywords_and_is_named_before_the_first_pass() {
    takes_no_keywords(Kind::Imap4d);
}

#[test]
#[ignore = "a real server: tests/run"]
fn pymap_takes_no_keywords_and_is_named_before_the_first_pass() {
    takes_no_keywords(Kind::Pymap);
}

/// The server goes and comes again under a running daemon.
#[test]
#[ignore = "a real server: tests/run"]
fn cyrus_starts_again_under_the_daemon() {
    let mut server = RealServer::start(Kind::Cyrus);
    let office = office(&server);
    let daemon = office.start(&["run"]);
    server.client().append("INBOX", &letter(1).raw());
    wait_until("the first letter", || office.has_store() && on_file(&office).contains(&1));
    server.stop();
    server.run();
    server.client().append("INBOX", &letter(2).raw());
    wait_until("the second letter", || on_file(&office).contains(&2));
    drop(daemon);
    comes_to_rest(&office, 2);
}
