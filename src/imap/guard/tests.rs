//! The guard alone: bytes in, vetted responses out.

use tokio::io::AsyncReadExt;

use super::*;

/// What comes out, response by response, when these bytes come in, in pieces of `step`.
fn through(bytes: &[u8], step: usize) -> Result<Vec<Vec<u8>>, Fault> {
    let mut framer = Framer::default();
    let mut inbox = Vec::new();
    let mut out = Vec::new();
    for piece in bytes.chunks(step) {
        framer.compact(&mut inbox);
        inbox.extend_from_slice(piece);
        while let Some(response) = framer.next(&inbox)? {
            let literals = std::mem::take(&mut framer.literals);
            let mut vetted = Vec::new();
            match vet(&inbox[response], &literals, &mut vetted) {
                Verdict::Release => out.push(vetted),
                Verdict::Skip => out.push(b"skipped".to_vec()),
                Verdict::SkipFetch => out.push(b"unreadable".to_vec()),
                Verdict::Garbage => return Err(Fault::Garbage),
            }
        }
    }
    Ok(out)
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
    assert_eq!(through(&announce((most + 1).to_string()), 7), Err(Fault::Literal(most as u64 + 1)));
    assert_eq!(through(&announce("9".repeat(30)), 7), Err(Fault::Literal(u64::MAX)));
    // Several literals of one response count together.
    let two = [announce("5".to_owned()), b"abcde BODY[1] ".to_vec(), format!("{{{most}}}\r\n").into_bytes()]
        .concat();
    assert_eq!(through(&two, 7), Err(Fault::Literal(most as u64)));
    assert_eq!(through(&b"x".repeat(LINE_BYTES + 1), 1000), Err(Fault::Line));
    assert_eq!(
        through(&[b"* OK ".to_vec(), vec![b'x'; LINE_BYTES], b"\r\n".to_vec()].concat(), 9_999_999),
        Err(Fault::Line)
    );
}

#[test]
fn what_would_panic_below_is_mended() {
    // imap-proto 0.17 slices behind the code by bytes, and unwraps the date.
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

#[test]
fn what_does_not_parse_is_left_out_or_refused() {
    for (line, verdict) in [
        ("* XLIST anything\r\n", "skipped"),
        ("* \r\n", "skipped"),
        ("* CAPABILITY IMAP4rev2\r\n", "skipped"),
        ("* 1 FETCH (UID 10\r\n", "unreadable"),
        ("* 99999999999 FETCH (UID 10)\r\n", "unreadable"),
    ] {
        assert_eq!(one(line.as_bytes()), verdict.as_bytes(), "{line}");
    }
    let nested = format!("* 1 FETCH (BODYSTRUCTURE {}\r\n", "(".repeat(60_000));
    assert_eq!(one(nested.as_bytes()), b"unreadable");
    for line in
        ["\r\n", "\n", "SSH-2.0-x\r\n", "z1 MAYBE\r\n", "220 mail ESMTP\r\n", "*OK\r\n", "\u{feff}* OK\r\n"]
    {
        assert_eq!(through(line.as_bytes(), 100), Err(Fault::Garbage), "{line:?}");
    }
}

/// Whatever a server sends: async-imap above the guard gets whole responses or an error.
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
        let (mut server, client) = tokio::io::duplex(bytes.len());
        let mut guard = Guard::new(Box::new(client), Duration::from_secs(5));
        tokio::io::AsyncWriteExt::write_all(&mut server, &bytes).await.unwrap();
        drop(server);
        let mut client = async_imap::Client::new(guard);
        while let Ok(Some(_)) = client.read_response().await {}
        guard = client.into_inner();
        let mut rest = Vec::new();
        let _ = guard.read_to_end(&mut rest).await;
    }
}
