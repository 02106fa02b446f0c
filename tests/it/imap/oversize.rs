//! Oversize messages: the text is looked for where the server says it stands.

use super::*;
use zwfw_intake::vocabulary::FolderKey;

const TEXT: &str = "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") NIL NIL \"8BIT\" 20 1)";
const FILE: &str = "(\"APPLICATION\" \"PDF\" (\"NAME\" \"a.pdf\") NIL NIL \"BASE64\" 4000000)";
const EMPTY: &str = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1)";

/// Fetches one message of 5 MB with 4 MB as the limit; the server answers these to BODYSTRUCTURE and to the part.
async fn fetched(structure: &[Act], part: &[Act]) -> (Fake, Session, Vec<u8>) {
    let mut setup = Setup::default().impatient();
    let mut raw = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".to_vec();
    raw.resize(5_000_000, b'A');
    setup.messages[0].raw = raw;
    let setup =
        setup.on("UID FETCH 10 (UID BODYSTRUCTURE)", structure).on("UID FETCH 10 (UID BODY.PEEK[", part);
    let (server, mut session, listed) = opened(setup).await;
    let batch = bounded(session.fetch(&FolderKey::imap("INBOX", 7), &listed[..1])).await.unwrap();
    assert!(batch.missing.is_empty(), "{batch:?}");
    let message = batch.messages.into_iter().next().unwrap();
    assert!(message.truncated && message.announced_size_bytes == 5_000_000);
    (server, session, message.raw)
}

fn structure(parts: &str) -> Vec<Act> {
    vec![say(format!(
        "* 1 FETCH (UID 10 BODYSTRUCTURE ({parts} \"MIXED\" (\"BOUNDARY\" \"b\")))\r\n$T OK\r\n"
    ))]
}

fn part(section: &str, header: &str, body: &str) -> Vec<Act> {
    vec![say(format!(
        "* 1 FETCH (UID 10 BODY[{section}.MIME] {{{}}}\r\n{header} BODY[{section}]<0> {{{}}}\r\n{body})\r\n$T OK\r\n",
        header.len(),
        body.len()
    ))]
}

#[tokio::test]
async fn a_text_behind_files_is_put_behind_the_beginning() {
    let header = "Content-Type: text/plain; charset=utf-8\r\n\r\n";
    for (what, parts, section) in [
        ("last", format!("{FILE}{TEXT}"), "2"),
        ("nested", format!("{FILE}({TEXT}{TEXT} \"ALTERNATIVE\" (\"BOUNDARY\" \"i\"))"), "2.1"),
        ("behind an empty one", format!("{EMPTY}{FILE}{TEXT}"), "3"),
        (
            "behind a text that is a file",
            format!(
                "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"8BIT\" 4000000 9 NIL (\"ATTACHMENT\" (\"FILENAME\" \"a.txt\"))){TEXT}"
            ),
            "2",
        ),
    ] {
        for header in [header, header.trim_ascii_end(), "\r\n", ""] {
            let (server, mut session, raw) =
                fetched(&structure(&parts), &part(section, header, "what they say")).await;
            let begins = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nAAA";
            assert!(raw.starts_with(begins), "{what}");
            let expected = match header.trim_ascii_end() {
                "" => "\r\n--b\r\n\r\nwhat they say\r\n--b--\r\n".to_owned(),
                header => format!("\r\n--b\r\n{header}\r\n\r\nwhat they say\r\n--b--\r\n"),
            };
            assert!(
                raw.ends_with(expected.as_bytes()),
                "{what}: {}",
                String::from_utf8_lossy(&raw[raw.len() - 200..])
            );
            let asked = format!("UID FETCH 10 (UID BODY.PEEK[{section}.MIME] BODY.PEEK[{section}]<0.20>)");
            assert_eq!(server.commands().last().unwrap(), &asked, "{what}");
            session.noop().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_text_that_the_beginning_holds_is_not_fetched_again() {
    for parts in [format!("{TEXT}{FILE}"), FILE.to_owned(), EMPTY.to_owned()] {
        let (server, _, raw) = fetched(&structure(&parts), &[]).await;
        assert_eq!(raw.len(), 1 << 20, "{parts}");
        assert!(!server.commands().iter().any(|command| command.contains("MIME")), "{parts}");
    }
}

/// Whatever the server makes of the question, the beginning is filed.
#[tokio::test]
async fn a_server_that_cannot_tell_leaves_the_beginning() {
    let good = structure(&format!("{FILE}{TEXT}"));
    let boundary = |boundary: &str| {
        vec![say(format!(
            "* 1 FETCH (UID 10 BODYSTRUCTURE ({FILE}{TEXT} \"MIXED\" (\"BOUNDARY\" \"{boundary}\")))\r\n$T OK\r\n"
        ))]
    };
    for (what, structure, part, usable) in [
        ("refused", vec![say("$T NO not now\r\n")], vec![], true),
        (
            "garbage",
            vec![say("* 1 FETCH (UID 10 BODYSTRUCTURE ((((\"TEXT\" oops))\r\n$T OK\r\n")],
            vec![],
            true,
        ),
        ("of another message", vec![say("* 2 FETCH (UID 20 BODYSTRUCTURE NIL)\r\n$T OK\r\n")], vec![], true),
        (
            "one part",
            vec![say(format!("* 1 FETCH (UID 10 BODYSTRUCTURE {TEXT})\r\n$T OK\r\n"))],
            vec![],
            true,
        ),
        ("no boundary", boundary(""), vec![], true),
        ("an endless boundary", boundary(&"b".repeat(500)), vec![], true),
        ("part refused", good.clone(), vec![say("$T NO\r\n")], true),
        ("part vanished", good.clone(), vec![say("$T OK\r\n")], true),
        ("another part", good.clone(), self::part("1", "\r\n", "x"), true),
        ("hang", vec![Act::Hang], vec![], false),
        ("close", vec![Act::Close], vec![], false),
        ("part cut", good, vec![say("* 1 FETCH (UID 10 BODY[2.MIME] {20}\r\nabc"), Act::Close], false),
    ] {
        let (_server, mut session, raw) = fetched(&structure, &part).await;
        assert_eq!(raw.len(), 1 << 20, "{what}");
        assert_eq!(session.noop().await.is_ok(), usable, "{what}");
    }
}
