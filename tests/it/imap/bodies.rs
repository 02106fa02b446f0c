//! Fetching: what does not come whole, large messages, exact bytes.

use super::*;
use zwfw_intake::vocabulary::FolderKey;

/// Fetches all of the default folder with this answer to the body fetch; each message was listed with so many bytes.
async fn fetched_of(size_bytes: u64, answer: impl AsRef<[u8]>) -> zwfw_intake::imap::FetchedBatch {
    let (_server, mut session, mut listed) = opened(Setup::default().on("UID FETCH 10", [say(answer)])).await;
    for entry in &mut listed {
        entry.size_bytes = size_bytes;
    }
    bounded(session.fetch(&FolderKey::imap("INBOX", 7), &listed)).await.unwrap()
}

async fn fetched(answer: impl AsRef<[u8]>) -> zwfw_intake::imap::FetchedBatch {
    fetched_of(2, answer).await
}

/// A placeholder comes with its own size; the listing had the letter's.
#[tokio::test]
async fn less_than_was_listed_is_short_though_the_answer_says_otherwise() {
    let answer = "* 1 FETCH (UID 10 RFC822.SIZE 5 BODY[] {5}\r\nabcde)\r\n$T OK\r\n";
    let found = reasons(&fetched_of(813, answer).await);
    assert_eq!(found, ["10 short 5/5", "20 vanished", "30 vanished"]);
}

fn reasons(batch: &zwfw_intake::imap::FetchedBatch) -> Vec<String> {
    let mut all: Vec<(u32, String)> = batch
        .missing
        .iter()
        .map(|(uid, reason)| {
            let reason = match reason {
                MissingReason::Vanished => "vanished".to_owned(),
                MissingReason::Empty => "empty".to_owned(),
                MissingReason::Short(message) => {
                    format!("short {}/{}", message.raw.len(), message.announced_size_bytes)
                }
                MissingReason::Unreadable => "unreadable".to_owned(),
                MissingReason::Refused(words) => format!("refused {words}"),
            };
            (*uid, reason)
        })
        .collect();
    for message in &batch.messages {
        let EntryUid::Imap(uid) = message.entry.uid else { panic!() };
        all.push((uid, format!("{} bytes", message.raw.len())));
    }
    all.sort();
    all.into_iter().map(|(uid, reason)| format!("{uid} {reason}")).collect()
}

#[tokio::test]
async fn what_does_not_come_whole_is_told_apart() {
    let whole = "INTERNALDATE \"12-Mar-2024 10:00:02 +0800\" RFC822.SIZE 5 BODY[] {5}\r\nabcde";
    for (what, answer, expected) in [
        ("nothing", "$T OK\r\n".to_owned(), ["10 vanished", "20 vanished", "30 vanished"]),
        (
            "empty, NIL, short",
            concat!(
                "* 1 FETCH (UID 10 RFC822.SIZE 5 BODY[] {0}\r\n)\r\n* 2 FETCH (UID 20 RFC822.SIZE 5 BODY[] NIL)\r\n",
                "* 3 FETCH (UID 30 RFC822.SIZE 5 BODY[] {3}\r\nabc)\r\n$T OK\r\n"
            )
            .to_owned(),
            ["10 empty", "20 empty", "30 short 3/5"],
        ),
        (
            "no body at all, longer than announced, announced nowhere",
            concat!(
                "* 1 FETCH (UID 10 RFC822.SIZE 5)\r\n* 2 FETCH (UID 20 RFC822.SIZE 2 BODY[] {3}\r\nabc)\r\n",
                "* 3 FETCH (UID 30 BODY[] {4}\r\nabcd)\r\n$T OK\r\n"
            )
            .to_owned(),
            ["10 empty", "20 3 bytes", "30 4 bytes"],
        ),
        (
            "out of order, twice, in parts, and one nobody asked for",
            format!(
                "* 3 FETCH (UID 30 {whole})\r\n* 9 FETCH (UID 99 {whole})\r\n* 1 FETCH (UID 10 RFC822.SIZE 5)\r\n\
                 * 1 FETCH (BODY[] {{5}}\r\nabcde UID 10)\r\n* 3 FETCH (UID 30 BODY[] {{1}}\r\nx)\r\n\
                 * 2 FETCH (UID 20 FLAGS (\\Seen))\r\n* 2 FETCH (UID 20 {whole})\r\n$T OK\r\n"
            ),
            ["10 5 bytes", "20 5 bytes", "30 5 bytes"],
        ),
        (
            "refused in the middle",
            format!("* 1 FETCH (UID 10 {whole})\r\n$T NO [EXPUNGEISSUED] gone\r\n"),
            ["10 5 bytes", "20 refused [EXPUNGEISSUED] gone", "30 refused [EXPUNGEISSUED] gone"],
        ),
        (
            "one unreadable",
            format!("* 1 FETCH (UID 10 {whole})\r\n* 2 FETCH (UID 20 BODY[] oops\r\n* 3 FETCH (UID 30 {whole})\r\n$T OK\r\n"),
            ["10 5 bytes", "20 unreadable", "30 5 bytes"],
        ),
    ] {
        assert_eq!(reasons(&fetched(answer).await), expected, "{what}");
    }
}

#[tokio::test]
async fn a_date_that_is_none_does_not_lose_the_message() {
    for date in ["NIL", "\"\"", "\"yesterday\"", "\"32-Mar-2024 10:00:02 +0800\""] {
        let answer = format!(
            "* 1 FETCH (UID 10 INTERNALDATE {date} RFC822.SIZE 5 BODY[] {{5}}\r\nabcde)\r\n$T OK\r\n"
        );
        let batch = fetched(answer).await;
        assert_eq!(batch.messages.len(), 1, "{date}");
        assert_eq!(batch.messages[0].time, None);
    }
}

#[tokio::test]
async fn bytes_are_handed_on_as_they_are() {
    let mut setup = Setup::default();
    let mut raw: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    raw.extend(b"\r\nz6 OK done\r\n* BYE\r\n)\r\n{500000000}\r\nINTERNALDATE NIL ((((((\r\n");
    setup.messages[1].raw = raw.clone();
    let (_server, mut session, listed) = opened(setup).await;
    let batch = session.fetch(&FolderKey::imap("INBOX", 7), &listed).await.unwrap();
    assert!(batch.messages[1].raw == raw);
}

#[tokio::test]
async fn far_more_bytes_than_listed_end_the_session_and_pieces_still_get_the_message() {
    let (_server, mut session, _) = opened(Setup::default()).await;
    let mut setup = Setup::default();
    setup.messages[1].raw = vec![b'x'; 3_000_000];
    setup = setup.on("UID FETCH 1:*", [say("* 2 FETCH (UID 20 RFC822.SIZE 25)\r\n$T OK\r\n")]);
    let (server, mut liar, listed) = opened(setup).await;
    let error = bounded(liar.fetch(&FolderKey::imap("INBOX", 7), &listed)).await.unwrap_err();
    assert!(matches!(error, ImapError::Protocol { stage: Stage::Fetch, .. }), "{error}");
    let mut again = open(&server).await.unwrap();
    again.examine("INBOX").await.unwrap();
    let batch = bounded(again.fetch_in_pieces(&FolderKey::imap("INBOX", 7), listed[0])).await.unwrap();
    assert_eq!(batch.messages[0].raw.len(), 3_000_000);
    assert!(!batch.messages[0].truncated);
    // Of another folder or another UIDVALIDITY nothing is fetched.
    assert!(matches!(
        session.fetch(&FolderKey::imap("Junk", 7), &listed).await,
        Err(ImapError::Unusable { .. })
    ));
    assert!(matches!(
        session.fetch(&FolderKey::imap("INBOX", 8), &listed).await,
        Err(ImapError::Unusable { .. })
    ));
    session.noop().await.unwrap();
}

#[tokio::test]
async fn large_messages_come_in_pieces_and_oversize_ones_in_their_beginning() {
    let mut setup = Setup::default();
    for (index, size) in [(0, 3 * 1024 * 1024), (1, 2 * 1024 * 1024 + 5), (2, 4 * 1024 * 1024 + 1)] {
        setup.messages[index].raw = (0..=250).cycle().take(size).collect();
    }
    let expected = setup.messages.clone();
    let (server, mut session, listed) = opened(setup).await;
    let batch = bounded(session.fetch(&FolderKey::imap("INBOX", 7), &listed)).await.unwrap();
    assert!(batch.missing.is_empty());
    assert!(batch.messages[0].raw == expected[0].raw && !batch.messages[0].truncated);
    assert!(batch.messages[1].raw == expected[1].raw && !batch.messages[1].truncated);
    let over = &batch.messages[2];
    assert!(over.truncated && over.announced_size_bytes == 4 * 1024 * 1024 + 1);
    assert!(over.raw == expected[2].raw[..1 << 20]);
    assert!(over.time.is_some());
    let pieces = |uid| {
        let command = format!("UID FETCH {uid} (UID INTERNALDATE ");
        server.commands().iter().filter(|found| found.starts_with(&command)).count()
    };
    assert_eq!(pieces(10), 4, "three full ones and one to see that there is no more");
    assert_eq!(pieces(30), 1, "its beginning and nothing behind");
}

#[tokio::test]
async fn pieces_that_go_wrong() {
    let large = |uid| Listed { uid, size_bytes: 2_500_000 };
    let big = vec![b'x'; 1 << 20];
    let piece = |origin: &str, body: &[u8]| {
        let mut answer =
            format!("* 1 FETCH (UID 10 RFC822.SIZE 2500000 BODY[]{origin} {{{}}}\r\n", body.len())
                .into_bytes();
        answer.extend_from_slice(body);
        answer.extend(b")\r\n$T OK\r\n");
        say(answer)
    };
    let first = || vec![piece("<0>", &big)];
    let cases: Vec<(&str, Vec<Act>, Vec<Act>, &str)> = vec![
        ("cut short", first(), vec![piece("<1048576>", b"abc")], "10 short 1048579/2500000"),
        ("nothing behind", first(), vec![piece("<1048576>", b"")], "10 short 1048576/2500000"),
        ("vanished between", first(), vec![say("$T OK\r\n")], "10 vanished"),
        ("refused between", first(), vec![say("$T NO slow down\r\n")], "10 refused slow down"),
        ("empty at once", vec![piece("<0>", b"")], vec![], "10 empty"),
        ("always the beginning", first(), vec![piece("<0>", &big)], "protocol"),
        ("no origin", first(), vec![piece("", &big)], "protocol"),
        ("more than asked", vec![piece("<0>", &vec![b'x'; (1 << 20) + 1])], vec![], "protocol"),
        (
            "mid-literal",
            vec![say("* 1 FETCH (UID 10 BODY[]<0> {1048576}\r\nabc"), Act::Close],
            vec![],
            "closed",
        ),
        ("stall", vec![say("* 1 FETCH (UID 10 BODY[]<0> {1048576}\r\nabc"), Act::Hang], vec![], "timeout"),
    ];
    for (what, one, two, expected) in cases {
        let setup = if what == "stall" { Setup::default().impatient() } else { Setup::default() };
        let setup = setup
            .on("UID FETCH 10 (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.", one)
            .on("UID FETCH 10 (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<1048576.", two);
        let (_server, mut session, _) = opened(setup).await;
        let seen = match bounded(session.fetch(&FolderKey::imap("INBOX", 7), &[large(10)])).await {
            Ok(batch) => reasons(&batch).join(" "),
            Err(ImapError::Protocol { .. }) => "protocol".to_owned(),
            Err(ImapError::Closed { .. }) => "closed".to_owned(),
            Err(ImapError::Timeout { .. }) => "timeout".to_owned(),
            Err(other) => panic!("{what}: {other}"),
        };
        assert_eq!(seen, expected, "{what}");
    }
}

#[tokio::test]
async fn a_slow_trickle_is_no_stall_and_a_byte_at_a_time_is_read() {
    let message = Setup::default().messages[0].clone();
    let mut acts = Vec::new();
    for byte in fetch_response(1, &message, None) {
        acts.push(say([byte]));
        if byte == b'\n' {
            acts.push(Act::Pause(30));
        }
    }
    acts.push(say("$T OK\r\n"));
    let (_server, mut session, listed) = opened(Setup::default().on("UID FETCH 10", acts)).await;
    let batch = session.fetch(&FolderKey::imap("INBOX", 7), &listed[..1]).await.unwrap();
    assert_eq!(batch.messages[0].raw, message.raw);
}
