//! The same letter again: in another folder, or from another server that wrote it anew.

use super::{LETTERS, at_rest, count, filed, folder, message, once, under};
use crate::imap::imap_server::Setup;
use crate::support::daemon::Office;
use crate::support::letter::{Letter, letter};

/// The folder with every letter rewritten, under another UIDVALIDITY.
fn migrated(uid_validity: u32, rewrite: impl Fn(&[u8]) -> Vec<u8>) -> Setup {
    let mut setup = folder(&LETTERS[..3]);
    setup.messages.iter_mut().for_each(|message| message.raw = rewrite(&message.raw));
    under(uid_validity, setup)
}

fn with_line(line: &str, raw: &[u8]) -> Vec<u8> {
    [line.as_bytes(), raw].concat()
}

/// As base64 instead of 8bit.
fn encoded_anew(raw: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let text = String::from_utf8(raw.to_vec()).unwrap();
    let (header, body) = text.split_once("\r\n\r\n").unwrap();
    let body = base64::engine::general_purpose::STANDARD.encode(body);
    let header = header.replace("Transfer-Encoding: 8bit", "Transfer-Encoding: base64");
    format!("{header}\r\n\r\n{body}\r\n").into_bytes()
}

type Rewrite = Box<dyn Fn(&[u8]) -> Vec<u8>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_mailbox_from_another_server_brings_rows_and_no_numbers() {
    let mut office = Office::over_imap(1);
    once(&mut office, folder(&LETTERS[..3])).await;
    let rewritten: [(u32, Rewrite); 4] = [
        (100, Box::new(|raw| with_line("X-MS-Exchange-Organization-AuthSource: mail.example\r\n", raw))),
        (
            101,
            Box::new(|raw| {
                with_line(
                    "Received: from old.example by new.example; Wed, 13 Mar 2024 09:00:00 +0800\r\n",
                    raw,
                )
            }),
        ),
        (102, Box::new(|raw| with_line("X-UID: 17\r\nStatus: RO\r\nX-Keywords:\r\n", raw))),
        (103, Box::new(encoded_anew)),
    ];
    for (uid_validity, rewrite) in rewritten {
        let setup = migrated(uid_validity, rewrite);
        let finished = once(&mut office, setup.clone()).await;
        assert_eq!((finished.code, filed(&office)), (Some(0), 3), "{uid_validity}: {finished:?}");
        let rows = format!(
            "SELECT count(*) FROM mailbox_entry AS e JOIN submission AS s ON s.message_id = e.message_id
             WHERE e.uid_validity = {uid_validity} AND e.disposition = 'duplicate' AND e.reason = 'same_message'"
        );
        assert_eq!(count(&office, &rows), 3, "{uid_validity}");
        at_rest(&mut office, setup).await;
    }
    assert_eq!(count(&office, "SELECT count(*) FROM acknowledgement WHERE state = 'sent'"), 3);
    assert_eq!(count(&office, "SELECT count(*) FROM message"), 3);
    assert_eq!(office.run(&["stats"]).code, Some(0));
    assert_eq!(office.run(&["reprocess"]).code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn another_text_or_another_sender_under_a_used_message_id_is_another_letter() {
    let first = letter(1);
    let mut from_another = letter(2);
    from_another.message_id.clone_from(&first.message_id);
    from_another.text.clone_from(&first.text);
    let mut other_text = letter(3);
    (other_text.message_id, other_text.from) = (first.message_id.clone(), first.from.clone());
    for other in [from_another, other_text] {
        let mut office = Office::over_imap(1);
        once(&mut office, folder(&LETTERS[..1])).await;
        let mut setup = Setup::default();
        setup.messages = vec![message(10, other.raw())];
        once(&mut office, under(99, setup)).await;
        assert_eq!(filed(&office), 2, "{other:?}");
    }
}

/// Nothing is said in it: what it is known by is its subject and its arrival.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_letter_without_text_is_known_again_by_its_subject_and_arrival() {
    let empty = |date: &str| {
        let letter = Letter { text: String::new(), ..letter(1) };
        with_line(&format!("Received: from a.example by mx.ln.gov.cn; {date}\r\n"), &letter.raw())
    };
    let (then, another) = ("Tue, 12 Mar 2024 10:00:01 +0800", "Tue, 12 Mar 2024 18:00:00 +0800");
    for (date, submissions) in [(then, 1), (another, 2)] {
        let mut office = Office::over_imap(1);
        let mut setup = Setup::default();
        setup.messages = vec![message(10, empty(then))];
        once(&mut office, setup.clone()).await;
        setup.messages[0].raw = with_line("Status: O\r\nX-IMAPbase: 1 2\r\n", &empty(date));
        once(&mut office, under(99, setup)).await;
        assert_eq!(filed(&office), submissions, "{date}");
    }
}

/// A server that adds to the header of what it shows, under one UIDVALIDITY.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_letter_whose_header_grows_under_its_uid_is_the_same() {
    let mut office = Office::over_imap(1);
    once(&mut office, folder(&LETTERS[..3])).await;
    let mut setup = folder(&LETTERS[..3]);
    setup.messages.iter_mut().for_each(|message| message.raw = with_line("Status: O\r\n", &message.raw));
    let finished = once(&mut office, setup.clone()).await;
    assert_eq!((finished.code, filed(&office)), (Some(0), 3), "{finished:?}");
    at_rest(&mut office, setup).await;
}

/// What our own mail system calls forged is nobody's letter seen again.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_forged_copy_stands_alone() {
    let mut office = Office::over_imap(1);
    once(&mut office, folder(&LETTERS[..1])).await;
    let mut setup = Setup::default();
    let trace = "Authentication-Results: mx.ln.gov.cn; dmarc=fail header.from=example.com\r\n\
        Received: from evil.example by mx.ln.gov.cn; Tue, 12 Mar 2024 11:00:00 +0800\r\n";
    setup.messages = vec![message(10, with_line(trace, &letter(1).raw()))];
    once(&mut office, under(99, setup)).await;
    assert_eq!(count(&office, "SELECT count(*) FROM mailbox_entry WHERE reason = 'same_message'"), 0);
}
