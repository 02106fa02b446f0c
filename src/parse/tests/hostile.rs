//! Messages made to exhaust a parser. Each test asserts what is still read; that it ends at once is the point.

use super::super::*;

fn read(raw: &[u8]) -> Message {
    parse(raw, ParseLimits::default())
}

const HEAD: &str = "From: a@example.com\r\nSubject: x\r\n";

#[test]
fn fifty_levels_of_multiparts_and_messages() {
    let levels = (0..50).fold(String::new(), |levels, level| {
        levels + "Content-Type: multipart/mixed; boundary=b" + &format!("{level}\r\n\r\n--b{level}\r\n")
    });
    let mut multiparts = format!("{HEAD}{levels}");
    multiparts += "Content-Type: text/plain\r\n\r\ndeep\r\n";
    assert_eq!(read(multiparts.as_bytes()).text.trim(), "deep");

    let messages =
        format!("{HEAD}Content-Type: message/rfc822\r\n\r\n").repeat(50_000) + HEAD + "\r\nnever reached";
    let message = read(messages.as_bytes());
    assert!(message.defects.limit_reached);
    assert_eq!(message.subject.as_deref(), Some("x"));
}

#[test]
fn a_hundred_thousand_parts() {
    let mut raw = format!("{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nfirst\r\n");
    for _ in 0..100_000 {
        raw += "--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n";
    }
    let message = read(raw.as_bytes());
    assert_eq!(message.text, "first");
    assert_eq!(message.attachments.len(), 200);
    assert!(message.defects.limit_reached);
}

#[test]
fn ten_megabytes_of_one_header_line() {
    for filler in [
        "a",
        "=?",
        "=?utf-8?B?",
        "=?utf-8?B?5oSP?=",
        "(",
        "\"",
        "\\\"",
        "<",
        ",",
        "a@b ",
        "\"\\",
        ";=",
        "意",
        "~{",
    ] {
        let line = filler.repeat((10 << 20) / filler.len());
        for name in
            "Subject From To Received Date References X-Other Content-Type Content-Disposition".split(' ')
        {
            // The whole 10 MB in a few; the rest just over the limit, to keep this quick without optimisation.
            let whole =
                matches!((name, filler), ("Subject", "a") | ("From", "\"") | ("To", "=?utf-8?B?5oSP?="));
            let line = if whole { line.as_str() } else { line.split_at(line.floor_char_boundary(300_000)).0 };
            let raw = format!("{name}: {line}\r\nMessage-ID: <m@example.com>\r\n{HEAD}\r\nbody\r\n");
            let message = read(raw.as_bytes());
            assert_eq!(message.message_id.as_deref(), Some("m@example.com"), "{name} {filler}");
            assert!(message.defects.limit_reached, "{name} {filler}");
            assert!(message.from.iter().any(|one| one.address == "a@example.com"), "{name} {filler}");
        }
    }
}

#[test]
fn a_hundred_thousand_encoded_words() {
    for word in
        ["=?utf-8?B?5oSP?=\r\n ", "=?utf-8?B?5oSP?= a ", "=?gbk?B?0uI=?=", "=?utf-8?Q?=E6?= =?gbk?Q?=D2?= "]
    {
        let raw = format!("Subject: {}\r\nFrom: a@example.com\r\n\r\nbody\r\n", word.repeat(100_000));
        let message = read(raw.as_bytes());
        assert!(message.defects.limit_reached);
        let count = message.subject.unwrap().chars().count();
        assert!(count > 5_000, "{word} {count}");
        assert_eq!(message.text, "body\n");
    }
}

#[test]
fn a_flood_of_fields_hides_nothing() {
    let raw =
        format!("{}{HEAD}Date: Tue, 12 Mar 2024 10:00:02 +0800\r\n\r\nbody\r\n", "a:\r\n".repeat(500_000));
    let message = read(raw.as_bytes());
    assert!(message.defects.limit_reached);
    assert_eq!(message.subject.as_deref(), Some("x"));
    assert_eq!(message.from[0].address, "a@example.com");
    assert!(message.date.is_some());
}

#[test]
fn long_bodies() {
    for (body, kind) in [
        (">\r\n".repeat(100_000), "text/plain; format=flowed"),
        (format!("{}\r\n", ">".repeat(1 << 18)).repeat(4), "text/plain; format=flowed; delsp=yes"),
        ("> > > a \r\n".repeat(100_000), "text/plain; format=flowed"),
        ("<div>".repeat(200_000), "text/html"),
        ("<blockquote>a".repeat(200_000), "text/html"),
        ("<table><tr><td>".repeat(200_000), "text/html"),
        ("<style>".repeat(100_000), "text/html"),
        ("<!--".repeat(200_000), "text/html"),
        ("<a title=\"'>".repeat(100_000), "text/html"),
        ("<a b='".repeat(100_000), "text/html"),
        ("&".repeat(1 << 19), "text/html"),
        ("</".repeat(1 << 19), "text/html"),
        ("<meta charset".repeat(200_000), "text/html"),
        ("~{".repeat(1 << 20), "text/plain"),
        ("~{ab".repeat(1 << 19), "text/plain"),
        ("\u{1b}$)A\u{e}ab".repeat(200_000), "text/plain"),
        ("+AGE".repeat(500_000), "text/plain; charset=utf-7"),
    ] {
        let raw = format!("{HEAD}Content-Type: {kind}\r\n\r\n{body}");
        let message = read(raw.as_bytes());
        assert!(message.text.len() <= ParseLimits::default().text_bytes);
        assert!(!message.defects.no_body);
    }
}

#[test]
fn limits_cut_and_say_so() {
    let limits = ParseLimits { text_bytes: 1_000, header_bytes: 400, attachments: 1, keep_files: false };
    let raw = format!("{HEAD}\r\n{}", "建议一。\r\n".repeat(1_000));
    let message = parse(raw.as_bytes(), limits);
    assert!(message.defects.limit_reached);
    assert!(!message.defects.charset_lossy, "the cut must not fall inside a character");
    assert!(message.text.len() > 900 && message.text.len() <= 1_000);
    let small = parse(format!("{HEAD}\r\nok\r\n").as_bytes(), limits);
    assert!(!small.defects.limit_reached);
}

/// Any bytes at all: cuts and changes of every message of the corpus, by a fixed sequence.
#[test]
fn damaged_messages_are_read() {
    let mut state = 0x9e37_79b9_u32;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize
    };
    for path in super::tests::corpus() {
        let whole = std::fs::read(&path).unwrap();
        for _ in 0..20 {
            let mut raw = whole.clone();
            raw.truncate(next() % (raw.len() + 1));
            for _ in 0..next() % 8 {
                let at = next() % raw.len().max(1);
                if let Some(byte) = raw.get_mut(at) {
                    *byte = next().to_le_bytes()[0];
                }
            }
            let message = read(&raw);
            let control = |text: &str| text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
            assert!(!control(&message.text), "{}", path.display());
            assert!(message.headers.iter().all(|(_, value)| !value.chars().any(char::is_control)));
            assert!(message.from.iter().all(|one| !one.display.as_deref().is_some_and(control)));
        }
    }
}
