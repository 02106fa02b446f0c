//! Bytes in; out come single responses, mended, and through async-imap's parser.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::imap::connection::{Connection, Received as _};
use crate::imap::limits::{LINE_BYTES, LITERAL_BYTES};

/// What comes out, response by response, when these bytes come in, in pieces of `step`.
fn through(bytes: &[u8], step: usize) -> Result<Vec<Vec<u8>>, Violation> {
    let mut framer = Framer::default();
    let mut inbox = Vec::new();
    let mut out = Vec::new();
    for piece in bytes.chunks(step) {
        framer.compact(&mut inbox);
        inbox.extend_from_slice(piece);
        while let Some(response) = framer.next(&inbox)? {
            let literals = framer.take_literals();
            let mut mended = Vec::new();
            mend(&inbox[response], &literals, &mut mended);
            out.push(mended);
        }
    }
    Ok(out)
}

/// What is read of a server that says this and hangs up: how many responses, how many of FETCH that cannot be read, how it
/// ends.
async fn read(bytes: &[u8]) -> (usize, u32, io::Result<()>) {
    let (mut server, client) = tokio::io::duplex(bytes.len().max(1));
    server.write_all(bytes).await.unwrap();
    drop(server);
    let mut connection = Connection::new(Box::new(client), Duration::from_secs(5));
    let mut responses = 0;
    loop {
        let end = match connection.next().await {
            Ok(Some(response)) => {
                // Looked at, so that what async-imap holds is known to be whole.
                assert!(!format!("{:?}", response.parsed()).is_empty());
                responses += 1;
                continue;
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        return (responses, connection.take_unreadable(), end);
    }
}

fn one(bytes: &[u8]) -> Vec<u8> {
    let mut all = through(bytes, bytes.len()).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

const SAMPLE: &[u8] = b"* OK [UIDVALIDITY 7] hi {3}\r\n* 1 FETCH (UID 10 BODY[] {13}\r\nz1 OK no\r\n* ( RFC822.SIZE 12)\r\n\
    * 2 FETCH (BODY[] {0}\r\n UID 11)\r\n* LIST () \"/\" {5}\r\na)\r\nb\r\n* 3 EXISTS\r\n+ go\r\nz1 OK done\r\n";

#[test]
fn responses_are_found_however_they_arrive() {
    let whole = through(SAMPLE, SAMPLE.len()).unwrap();
    assert_eq!(whole.len(), 7);
    assert_eq!(whole.concat(), SAMPLE);
    for step in 1..40 {
        assert_eq!(through(SAMPLE, step).unwrap(), whole, "in pieces of {step}");
    }
}

#[test]
fn limits_are_kept_before_anything_is_stored() {
    let most = LITERAL_BYTES;
    let announce = |n: String| format!("* 1 FETCH (BODY[] {{{n}}}\r\n").into_bytes();
    assert!(through(&announce(most.to_string()), 7).is_ok());
    assert_eq!(through(&announce((most + 1).to_string()), 7), Err(Violation::Literal(most as u64 + 1)));
    assert_eq!(through(&announce("9".repeat(30)), 7), Err(Violation::Literal(u64::MAX)));
    // Several literals of one response count together.
    let two = [announce("5".to_owned()), b"abcde BODY[1] ".to_vec(), format!("{{{most}}}\r\n").into_bytes()]
        .concat();
    assert_eq!(through(&two, 7), Err(Violation::Literal(most as u64)));
    assert_eq!(through(&b"x".repeat(LINE_BYTES + 1), 1000), Err(Violation::Line));
    assert_eq!(
        through(&[b"* OK ".to_vec(), vec![b'x'; LINE_BYTES], b"\r\n".to_vec()].concat(), 9_999_999),
        Err(Violation::Line)
    );
}

#[test]
fn what_would_panic_below_is_mended() {
    // imap-proto 0.17 slices after the code by bytes, and unwraps the date.
    assert_eq!(one("* NO [ALERT]系统维护\r\n".as_bytes()), "* NO [ALERT] 系统维护\r\n".as_bytes());
    assert_eq!(one(b"* OK [UIDNEXT 4]\r\n"), b"* OK [UIDNEXT 4]\r\n");
    assert_eq!(one(b"* OK a [b]c\r\n"), b"* OK a [b] c\r\n");
    let nil = one(b"* 1 FETCH (INTERNALDATE NIL BODY[] {16}\r\nINTERNALDATE NIL internaldate nil)\r\n");
    assert_eq!(nil, b"* 1 FETCH (INTERNALDATE \"-\" BODY[] {16}\r\nINTERNALDATE NIL internaldate \"-\")\r\n");
}

#[test]
fn words_that_are_not_utf8_are_read_as_gb18030_and_controls_are_blanks() {
    assert_eq!(
        one(b"z1 NO \xc3\xdc\xc2\xeb\xb4\xed\xce\xf3\0\x1b[31m\r\n"),
        "z1 NO 密码错误  [31m\r\n".as_bytes()
    );
    assert_eq!(one("+ 继续\r\n".as_bytes()), "+ 继续\r\n".as_bytes());
}

#[tokio::test]
async fn what_does_not_parse_is_left_out_or_refused() {
    const BEHIND: &str = "* 3 EXISTS\r\nz1 OK done\r\n";
    let nested = format!("* 1 FETCH (BODYSTRUCTURE {}\r\n", "(".repeat(60_000));
    let long = format!("* 1 FETCH (UID {} 5)\r\n", "9".repeat(20_000));
    let listed = format!("* LIST () \"/\" {}(\r\n", "x".repeat(20_000));
    for (line, unreadable) in [
        ("* XLIST anything\r\n", 0),
        ("* \r\n", 0),
        ("* CAPABILITY IMAP4rev2\r\n", 0),
        ("* 1 FETCH (UID 10\r\n", 1),
        ("* 1 FETCH (BODY[] {4}\r\nabcd\r\n", 1),
        ("* 1 FETCH (BODY[] \"a\r\n", 1),
        ("* 99999999999 FETCH (UID 10)\r\n", 1),
        (&nested, 1),
        (&long, 1),
        (&listed, 0),
    ] {
        let (responses, found, end) = read(format!("{line}{BEHIND}").as_bytes()).await;
        assert!(
            (responses, found) == (2, unreadable) && end.is_ok(),
            "{line:.80}: {responses} {found} {end:?}"
        );
        let (responses, found, end) = read(line.repeat(3).as_bytes()).await;
        assert!((responses, found) == (0, 3 * unreadable) && end.is_ok(), "{line:.80}: {responses} {end:?}");
    }
    for line in
        ["\r\n", "\n", "SSH-2.0-x\r\n", "z1 MAYBE\r\n", "220 mail ESMTP\r\n", "*OK\r\n", "\u{feff}* OK\r\n"]
    {
        let (responses, _, end) = read(line.as_bytes()).await;
        let violation = end.unwrap_err();
        assert_eq!((responses, violation.kind()), (0, io::ErrorKind::InvalidData), "{line:?}");
        assert_eq!(violation.to_string(), Violation::Garbage.to_string(), "{line:?}");
    }
}

#[tokio::test]
async fn a_response_that_lacks_its_end_takes_nothing_of_the_next() {
    // A status line is text to its end for the framer; in its code imap-proto awaits a literal, which nobody sends.
    let (responses, _, end) = read(b"* NO [BADCHARSET ({5}\r\n* 3 EXISTS\r\nz1 OK done\r\n").await;
    assert!(responses == 2 && end.is_ok(), "{responses} {end:?}");
}

#[tokio::test]
async fn whole_conversations_are_read() {
    let (responses, unreadable, end) = read(&SAMPLE.repeat(100)).await;
    assert!(responses == 700 && unreadable == 0 && end.is_ok(), "{responses} {unreadable} {end:?}");
}

/// Whatever a server sends, reading it ends in order.
#[tokio::test]
async fn damaged_conversations_end_in_order() {
    let mut random = fastrand::Rng::with_seed(8020);
    for _ in 0..1000 {
        let mut bytes = SAMPLE.repeat(2);
        for _ in 0..random.usize(1..6) {
            let at = random.usize(0..bytes.len());
            match random.u8(0..4) {
                0 => bytes[at] = random.u8(..),
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, *random.choice(b"{}()[]\"\\\r\n \0\xff0*+").unwrap()),
                _ => bytes.truncate(at.max(20)),
            }
        }
        let (responses, unreadable, _) = read(&bytes).await;
        assert!(responses + unreadable as usize <= 2 * 14, "{responses} {unreadable}");
        let (mut server, client) = tokio::io::duplex(bytes.len());
        server.write_all(&bytes).await.unwrap();
        drop(server);
        let mut stream = Connection::new(Box::new(client), Duration::from_secs(5)).into_stream();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, bytes);
    }
}
