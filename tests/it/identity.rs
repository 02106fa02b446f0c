//! What lies in the mailbox, where the server is wrong about it: UIDs that name other letters than before, entries that are
//! counted and not listed, bodies that are not the letter's, and the same letter seen again.

mod again;
mod files;

use rusqlite::Connection;

use crate::imap::imap_server::{Message, Setup, reads_a_message, run, say};
use crate::support::daemon::{Finished, Office};
use crate::support::letter::letter;

const DATE: &str = "12-Mar-2024 10:00:02 +0800";

fn message(uid: u32, raw: Vec<u8>) -> Message {
    Message { uid, date: DATE, raw }
}

/// A folder with the letters of these citizens under these UIDs.
fn folder(letters: &[(u32, usize)]) -> Setup {
    let mut setup = Setup::default();
    setup.messages = letters.iter().map(|(uid, n)| message(*uid, letter(*n).raw())).collect();
    setup
}

/// The folder under another UIDVALIDITY.
fn under(uid_validity: u32, setup: Setup) -> Setup {
    let count = setup.messages.len();
    let next = setup.messages.last().map_or(1, |message| message.uid + 1);
    setup.on(
        "EXAMINE",
        [say(format!(
            "* {count} EXISTS\r\n* OK [UIDVALIDITY {uid_validity}] ok\r\n* OK [UIDNEXT {next}] ok\r\n$T OK done\r\n"
        ))],
    )
}

async fn once(office: &mut Office, setup: Setup) -> Finished {
    run(office, setup, &["run", "--once"]).await.0
}

fn count(office: &Office, sql: &str) -> i64 {
    office.rows().count(sql)
}

fn filed(office: &Office) -> i64 {
    count(office, "SELECT count(*) FROM submission")
}

/// As if every pause were over.
fn later(office: &Office) {
    let store = Connection::open(office.store_path()).unwrap();
    store.execute("UPDATE gap SET next_attempt_at = '2020-01-01T00:00:00Z'", []).unwrap();
}

/// `reconcile` is 0, `verify` is 0, and another pass fetches nothing.
async fn at_rest(office: &mut Office, setup: Setup) {
    let (finished, _) = run(office, setup.clone(), &["reconcile"]).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let (finished, commands) = run(office, setup, &["run", "--once"]).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(!commands.iter().any(|command| reads_a_message(command)), "{commands:?}");
    let verified = office.run(&["verify"]);
    assert_eq!(verified.code, Some(0), "{verified:?}");
}

const LETTERS: [(u32, usize); 5] = [(10, 1), (20, 2), (30, 3), (40, 4), (50, 5)];

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn letters_under_used_uids_are_named_by_every_check_and_filed() {
    let mut office = Office::over_imap(1);
    once(&mut office, folder(&LETTERS)).await;
    // The mailbox is that of yesterday, and three citizens have written since.
    let longer = |n| [letter(n).raw(), b"And more.\r\n".to_vec()].concat();
    let mut restored = folder(&LETTERS[..3]);
    restored.messages.extend([message(40, longer(6)), message(50, longer(7)), message(60, longer(8))]);
    for command in [&["reconcile"][..], &["check", "--live"]] {
        let (finished, _) = run(&mut office, restored.clone(), command).await;
        assert_eq!(finished.code, Some(1), "{finished:?}");
        assert!(finished.stdout.contains("与记录"), "{finished:?}");
    }
    let finished = once(&mut office, restored.clone()).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let named = finished.stderr.lines().filter(|line| line.contains("uid_next_before=")).count();
    assert_eq!(named, 1, "{finished:?}");
    assert_eq!(
        (filed(&office), count(&office, "SELECT count(*) FROM acknowledgement WHERE state = 'sent'")),
        (8, 8)
    );
    at_rest(&mut office, restored).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_uidnext_that_fell_is_said_and_the_uids_behind_it_are_compared_by_their_bytes() {
    let mut office = Office::over_imap(1);
    once(&mut office, folder(&LETTERS)).await;
    let (finished, _) = run(&mut office, folder(&LETTERS[..3]), &["reconcile"]).await;
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stdout.contains("UIDNEXT 由 51 退回到 31"), "{finished:?}");
    // The letters that came since look just like those that had their UIDs.
    let restored = folder(&[(10, 1), (20, 2), (30, 3), (40, 6), (50, 7)]);
    let fallen = |setup: Setup| {
        setup.on(
            "EXAMINE",
            [say("* 5 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 31] ok\r\n$T OK done\r\n")],
        )
    };
    let finished = once(&mut office, fallen(restored.clone())).await;
    assert!(finished.stderr.contains(r#"uid_next_before="51" uid_next_now="31""#), "{finished:?}");
    assert_eq!(filed(&office), 7, "{finished:?}");
    let finished = once(&mut office, fallen(restored.clone())).await;
    assert!(!finished.stderr.contains("uid_next_before"), "once is enough: {finished:?}");
    at_rest(&mut office, restored).await;
}

/// What Courier does with letters that were shown to EXAMINE only: it numbers them anew by their file names.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn letters_that_are_numbered_anew_are_all_filed_once() {
    let first = [(10, 1), (20, 2)];
    let long = |n| [letter(n).raw(), b"And more.\r\n".to_vec()].concat();
    let moved: [(&str, Vec<Message>); 4] = [
        (
            "a letter is put before them, of another size",
            vec![message(10, long(3)), message(20, letter(1).raw()), message(30, letter(2).raw())],
        ),
        (
            "a letter is put before them, of the same size and second",
            vec![message(10, letter(3).raw()), message(20, letter(1).raw()), message(30, letter(2).raw())],
        ),
        (
            "a letter is put between them",
            vec![message(10, letter(1).raw()), message(20, letter(3).raw()), message(30, letter(2).raw())],
        ),
        ("the first is removed outside IMAP", vec![message(10, letter(2).raw()), message(20, long(3))]),
    ];
    for (what, messages) in moved {
        let mut office = Office::over_imap(1);
        once(&mut office, folder(&first)).await;
        let mut setup = Setup::default();
        setup.messages = messages;
        let finished = once(&mut office, setup.clone()).await;
        assert_eq!(filed(&office), 3, "{what}: {finished:?}");
        assert_eq!(count(&office, "SELECT count(DISTINCT from_address) FROM submission"), 3, "{what}");
        at_rest(&mut office, setup).await;
    }
}

/// A server that lists another size than it hands over, or changes its dates, costs one fetch and no letter.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_same_letters_with_other_sizes_or_dates_are_read_once_more_and_are_the_same() {
    let mut office = Office::over_imap(1);
    once(&mut office, folder(&LETTERS[..2])).await;
    let size = letter(1).raw().len() + 77;
    let sizes = format!(
        "* 1 FETCH (UID 10 RFC822.SIZE {size})\r\n* 2 FETCH (UID 20 RFC822.SIZE {size})\r\n$T OK\r\n"
    );
    let mut setup = folder(&LETTERS[..2]);
    setup.messages.iter_mut().for_each(|message| message.date = "12-Mar-2024 10:00:02 +0000");
    let dated = setup.clone();
    let finished = once(&mut office, dated.clone()).await;
    assert_eq!((finished.code, filed(&office)), (Some(0), 2), "{finished:?}");
    at_rest(&mut office, dated).await;
    let setup = setup.on("UID FETCH 1:* (UID RFC822.SIZE)", [say(sizes)]);
    // Less than announced: asked for three times, then believed.
    for _ in 0..3 {
        once(&mut office, setup.clone()).await;
        later(&office);
    }
    assert_eq!((filed(&office), count(&office, "SELECT count(*) FROM mailbox_entry")), (2, 2));
    at_rest(&mut office, setup).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_counted_and_not_listed_is_a_fault_and_what_is_listed_is_filed() {
    let line = |uid, size| format!("* 1 FETCH (UID {uid} RFC822.SIZE {size})\r\n");
    let size = letter(1).raw().len();
    for (what, listing, filed_then) in [
        ("no UID", format!("* 1 FETCH (RFC822.SIZE {size})\r\n* 2 FETCH (RFC822.SIZE {size})\r\n"), 0),
        ("nothing", String::new(), 0),
        ("one of three", line(10, size), 1),
    ] {
        let mut office = Office::over_imap(1);
        let setup =
            folder(&LETTERS[..3]).on("UID FETCH 1:* (UID RFC822.SIZE)", [say(listing + "$T OK done\r\n")]);
        for _ in 0..2 {
            let finished = once(&mut office, setup.clone()).await;
            assert_eq!(finished.code, Some(69), "{what}: {finished:?}");
            let words = format!("3 announced, {filed_then} listed");
            assert!(
                finished.stderr.contains("ERROR") && finished.stderr.contains(&words),
                "{what}: {finished:?}"
            );
            assert_eq!(filed(&office), filed_then, "{what}");
        }
        for command in [&["reconcile"][..], &["check", "--live"]] {
            let (finished, _) = run(&mut office, setup.clone(), command).await;
            assert_eq!(finished.code, Some(1), "{what}: {finished:?}");
        }
        let finished = once(&mut office, folder(&LETTERS[..3])).await;
        assert_eq!((finished.code, filed(&office)), (Some(0), 3), "{what}: {finished:?}");
        at_rest(&mut office, folder(&LETTERS[..3])).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn somebody_who_deletes_while_we_list_is_no_fault() {
    let mut office = Office::over_imap(1);
    // Counted at EXAMINE, gone when listed; the server says so at the next command.
    let setup = folder(&LETTERS[..2])
        .once(
            "EXAMINE",
            [say("* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 31] ok\r\n$T OK done\r\n")],
        )
        .on("NOOP", [say("* 3 EXPUNGE\r\n$T OK done\r\n")]);
    let finished = once(&mut office, setup).await;
    assert_eq!((finished.code, filed(&office)), (Some(0), 2), "{finished:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_refused_body_is_asked_for_as_long_as_it_lies_there() {
    let mut office = Office::over_imap(1);
    let refusing = || {
        let no = || vec![say("$T NO [SERVERBUG] cannot read it\r\n")];
        folder(&LETTERS[..3])
            .on("UID FETCH 10,20,30 (", no())
            .on("UID FETCH 10:30 (UID INTERNALDATE RFC", no())
            .on("UID FETCH 10 ", no())
            .on("UID FETCH 20 ", no())
            .on("UID FETCH 30 ", no())
    };
    for _ in 0..16 {
        let finished = once(&mut office, refusing()).await;
        assert_ne!(finished.code, Some(0), "{finished:?}");
        later(&office);
    }
    assert_eq!(count(&office, "SELECT count(*) FROM mailbox_entry"), 0);
    let (finished, _) = run(&mut office, refusing(), &["reconcile"]).await;
    assert!(finished.code == Some(1) && finished.stdout.contains("没有原件的来信：3 封"), "{finished:?}");
    for command in [&["status"][..], &["review", "list"]] {
        let said = office.run(command).stdout;
        assert!(said.contains("3 封没有原件") && !said.contains("reprocess"), "{said}");
    }
    // Long after the last attempt the pause is four hours; a person need not wait.
    Connection::open(office.store_path())
        .unwrap()
        .execute("UPDATE gap SET next_attempt_at = '2999-01-01T00:00:00Z'", [])
        .unwrap();
    let (finished, _) = run(&mut office, folder(&LETTERS[..3]), &["refetch"]).await;
    assert_eq!((finished.code, filed(&office)), (Some(0), 3), "{finished:?}");
    at_rest(&mut office, folder(&LETTERS[..3])).await;
}

/// A letter that an older version gave up stands in quarantine without its bytes.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_letter_that_was_given_up_comes_when_it_is_asked_for() {
    let mut office = Office::over_imap(1);
    once(&mut office, folder(&LETTERS[..1])).await;
    let store = Connection::open(office.store_path()).unwrap();
    store
        .execute_batch(
            "INSERT INTO mailbox_entry (folder, uid_validity, uid, size_bytes, disposition, reason, seen_at)
                VALUES ('INBOX', 7, 20, 0, 'quarantined', 'refused', '2024-03-12T03:00:00Z');
             UPDATE folder SET last_uid = 20",
        )
        .unwrap();
    let (finished, commands) = run(&mut office, folder(&LETTERS[..2]), &["refetch", "INBOX", "20"]).await;
    assert!(commands.iter().any(|command| command.starts_with("UID FETCH 20 ")), "{commands:?}");
    assert_eq!((finished.code, filed(&office)), (Some(0), 2), "{finished:?}");
    assert_eq!(count(&office, "SELECT count(*) FROM mailbox_entry WHERE disposition = 'quarantined'"), 0);
    let (finished, _) = run(&mut office, folder(&LETTERS[..2]), &["reconcile"]).await;
    assert_eq!(finished.code, Some(0), "{finished:?}");
    for wrong in [&["refetch", "INBOX", "abc"][..], &["refetch", "没有", "1"], &["refetch", "INBOX"]] {
        let (finished, _) = run(&mut office, folder(&LETTERS[..2]), wrong).await;
        assert_eq!(finished.code, Some(64), "{wrong:?}: {finished:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_message_of_the_servers_own_is_no_letter() {
    let courier = b"From: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n\r\nThis message is no longer available.\r\n";
    let exchange = b"From: Microsoft Exchange Server 2010\r\nTo: <zwfw@ln.gov.cn>\r\nSubject: Retrieval using the IMAP4 protocol failed for the following\r\n message: 752\r\nMIME-Version: 1.0\r\n\r\nThe server couldn't retrieve the following message.\r\n";
    for (what, placeholder, quarantined) in [("Courier", &courier[..], 0), ("Exchange", &exchange[..], 1)] {
        let mut office = Office::over_imap(1);
        let mut setup = folder(&LETTERS[..2]);
        setup.messages[0].raw = placeholder.to_vec();
        for _ in 0..5 {
            once(&mut office, setup.clone()).await;
            later(&office);
        }
        let kept = "SELECT count(*) FROM mailbox_entry AS e JOIN message AS m ON m.id = e.message_id WHERE e.disposition = 'quarantined'";
        assert_eq!((filed(&office), count(&office, kept)), (1, quarantined), "{what}");
        let (finished, _) = run(&mut office, setup, &["reconcile"]).await;
        assert!(
            finished.code == Some(1) && finished.stdout.contains("没有原件的来信：1 封"),
            "{what}: {finished:?}"
        );
        assert!(office.run(&["review", "list"]).stdout.contains("1 封没有原件"), "{what}");
        let finished = once(&mut office, folder(&LETTERS[..2])).await;
        assert_eq!(
            (finished.code, filed(&office), count(&office, kept)),
            (Some(0), 2, 0),
            "{what}: {finished:?}"
        );
        at_rest(&mut office, folder(&LETTERS[..2])).await;
        assert_eq!(office.run(&["stats"]).code, Some(0), "{what}");
        // Who removes the letter ends the asking.
        let mut office = Office::over_imap(1);
        let mut setup = folder(&LETTERS[..2]);
        setup.messages[0].raw = placeholder.to_vec();
        once(&mut office, setup).await;
        let gone = folder(&LETTERS[1..2]);
        once(&mut office, gone.clone()).await;
        at_rest(&mut office, gone).await;
    }
    // A citizen may write so.
    let mut office = Office::over_imap(1);
    let mut setup = folder(&LETTERS[..1]);
    let mut raw =
        b"Received: from a.example.com by mx.ln.gov.cn; Tue, 12 Mar 2024 10:00:01 +0800\r\n".to_vec();
    raw.extend_from_slice(courier);
    setup.messages.push(message(20, raw));
    once(&mut office, setup.clone()).await;
    assert_eq!(count(&office, "SELECT count(*) FROM mailbox_entry WHERE disposition = 'not_ours'"), 1);
    at_rest(&mut office, setup).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_large_letter_whose_pieces_cannot_be_read_comes_whole() {
    let mut office = Office::over_imap(1);
    let mut setup = folder(&[]);
    setup.messages.push(message(10, letter(1).with_attachment(1, 3_000_000)));
    let pieces = "UID FETCH 10 (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<";
    let misnumbered =
        setup.clone().on(pieces, [say("* 1 FETCH (UID 10 BODY[]<0.1048576> {3}\r\nabc)\r\n$T OK done\r\n")]);
    for _ in 0..2 {
        once(&mut office, misnumbered.clone()).await;
    }
    assert_eq!(filed(&office), 1);
    at_rest(&mut office, misnumbered).await;
}
