//! What a sender chooses (the greeting, the reverse-path, every byte of DATA) changes neither when a message arrived nor
//! what our own server says of its author; and in a report that something came back it means no answer that went to somebody else.

use std::hash::{DefaultHasher, Hash, Hasher};

use zwfw_intake::automatic::{self, Origin};
use zwfw_intake::deadline;
use zwfw_intake::parse::{Message, ParseLimits, parse};
use zwfw_intake::ruling::bounce::{self, SentAnswer};
use zwfw_intake::sender::{Sender, Verdict, judge};
use zwfw_intake::vocabulary::{Machine, domain_of, same_organisation};

const ARRIVED: &str = "2024-03-20T02:00:00Z";
const EVIL: &str = "evil.example";

/// `data`: the greeting, the reverse-path's local part, DATA; parted by the first two zero bytes. Without them it is each of the three.
pub(crate) fn holds(data: &[u8]) {
    let pieces: Vec<&[u8]> = data.splitn(3, |byte| *byte == 0).collect();
    let (helo, local, data) = match *pieces {
        [helo, local, data] => (helo, local, data),
        _ => (data, data, data),
    };
    let key = key_of(data);
    for dmarc in ["fail", "none", "pass", ""] {
        let header = our_header(helo, local, dmarc);
        // A line that begins with a blank would continue ours: servers put their own end before it.
        let own: &[u8] = if data.starts_with(b" ") || data.starts_with(b"\t") { b"" } else { data };
        let message = message_holds(&[header.as_bytes(), own].concat(), dmarc);
        assert_means_nobody_else(&message, &key);
    }
    let header = our_header(helo, local, "none");
    let reported = message_holds(&report(&header, data, &key), "none");
    let origin = automatic::judge(&reported);
    assert!(matches!(origin, Origin::Machine { kind: Machine::Bounce, .. }), "{origin:?}");
    assert!(bounce::is_final(&reported), "{reported:?}");
    let answers = answers(&key);
    let numbers: Vec<String> = answers.iter().map(|answer| answer.number.clone()).collect();
    let meant = bounce::answers_meant(&reported, &numbers, &answers);
    assert!(meant.iter().map(|meant| &meant.message_id).eq([&answers[0].message_id]), "{meant:?}");
    let told = message_holds(&words_only(&header, data), "none");
    assert_means_nobody_else(&told, &key);
}

/// What holds of every message under our server's header.
fn message_holds(raw: &[u8], dmarc: &str) -> Message {
    let message = parse(raw, ParseLimits::default());
    let (arrived, sender) = found(&message);
    assert_eq!(arrived.as_deref(), Some(ARRIVED), "{:?}", message.headers);
    let author = message.author().map(|author| domain_of(&author.address)).unwrap_or_default();
    match sender.verdict {
        Verdict::Fail => assert_eq!(dmarc, "fail", "{sender:?}"),
        Verdict::Silent => assert_ne!(dmarc, "fail", "{:?}", message.headers),
        Verdict::Pass => {
            assert!(dmarc == "pass" && same_organisation(&author, EVIL), "{sender:?} {author}");
        }
    }
    message
}

/// What no bytes can know, because it is made of them: the random part of a Message-ID, another's address.
fn key_of(data: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Our answers: two that went to whoever sends the bytes, and one that went to somebody else.
fn answers(key: &str) -> [SentAnswer; 3] {
    let recipients = [format!("me@{EVIL}"), format!("me@{EVIL}"), format!("citizen.{key}@example.com")];
    [1, 2, 3].map(|n| {
        let (number, recipient) = (format!("LNZX-2024-000{n}"), recipients[n - 1].clone());
        // Their own they know.
        let message_id = format!("{number}.accepted.{}@ln.gov.cn", if n < 3 { "0000" } else { key });
        let octets = format!(
            "From: <zwfw@ln.gov.cn>\r\nTo: <{recipient}>\r\nMessage-ID: <{message_id}>\r\nSubject: {}\r\n\r\ntext\r\n",
            subject(&number)
        );
        SentAnswer { number, message_id, recipient, octets: octets.into_bytes() }
    })
}

fn subject(number: &str) -> String {
    format!("自动回执〔{number}〕您的意见建议已收到")
}

fn assert_means_nobody_else(message: &Message, key: &str) {
    let answers = answers(key);
    let numbers: Vec<String> = answers.iter().map(|answer| answer.number.clone()).collect();
    let meant = bounce::answers_meant(message, &numbers, &answers);
    assert!(meant.iter().all(|meant| meant.message_id != answers[2].message_id), "{meant:?} {message:?}");
}

/// A report of the first answer (RFC 3464) by a server that repeats what it was told: in its words to people as it came, in a field
/// as one line. Its boundary occurs in nobody's text.
fn report(header: &str, data: &[u8], key: &str) -> Vec<u8> {
    let line: String = String::from_utf8_lossy(data).chars().filter(|c| !c.is_control()).take(300).collect();
    let head = format!(
        "{header}From: <MAILER-DAEMON@{EVIL}>\r\nTo: <zwfw@ln.gov.cn>\r\nSubject: {line} failure notice\r\nMIME-Version: 1.0\r\n\
         References: <LNZX-2024-0002.accepted.0000@ln.gov.cn>\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b{key}\"\r\n\r\n\
         --b{key}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    );
    let tail = format!(
        "\r\n{}\r\n<LNZX-2024-0002.accepted.0000@ln.gov.cn>\r\n\
         --b{key}\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; {EVIL}\r\n\r\n\
         Final-Recipient: rfc822; me@{EVIL}\r\nDiagnostic-Code: smtp; 550 {line}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         --b{key}\r\nContent-Type: message/rfc822\r\n\r\n",
        subject("LNZX-2024-0003")
    );
    let [first, ..] = answers(key);
    [head.as_bytes(), data, tail.as_bytes(), &first.octets, format!("\r\n--b{key}--\r\n").as_bytes()].concat()
}

/// A report that returns nothing, and quotes the subject of somebody else's answer.
fn words_only(header: &str, data: &[u8]) -> Vec<u8> {
    let head = format!(
        "{header}From: <postmaster@{EVIL}>\r\nSubject: 系统退信\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
        subject("LNZX-2024-0003")
    );
    [head.as_bytes(), data].concat()
}

fn found(message: &Message) -> (Option<String>, Sender) {
    let hosts = ["mx.ln.gov.cn".to_owned()];
    let lines = deadline::trusted_lines(&message.received, &hosts);
    let arrival = deadline::arrival(&message.received, &hosts, None);
    (arrival.map(|arrival| arrival.at.to_string()), judge(message, lines, &hosts))
}

/// What our server writes for a session with these choices: in HELO it replaces what would end the word, as Postfix does, and
/// quotes a local part that needs it.
fn our_header(helo: &[u8], local: &[u8], dmarc: &str) -> String {
    let helo: String = String::from_utf8_lossy(helo)
        .chars()
        .take(200)
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .map(|c| if " <>()\\\";@".contains(c) { '?' } else { c })
        .collect();
    let helo = if helo.is_empty() { "x".to_owned() } else { helo };
    let local: String =
        String::from_utf8_lossy(local).chars().take(100).filter(|c| !c.is_control()).collect();
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let local = if !local.is_empty() && local.chars().all(is_atom) {
        local
    } else {
        format!("\"{}\"", local.replace('\\', "\\\\").replace('"', "\\\""))
    };
    let dmarc =
        if dmarc.is_empty() { String::new() } else { format!(";\r\n\tdmarc={dmarc} header.from={EVIL}") };
    format!(
        "Return-Path: <{local}@{EVIL}>\r\n\
         Authentication-Results: mx.ln.gov.cn; dkim=none;\r\n\tspf=none smtp.mailfrom={local}@{EVIL}{dmarc}\r\n\
         Received: from {helo} (unknown [203.0.113.9])\r\n\tby mx.ln.gov.cn (Postfix) with ESMTP id 4T21\r\n\t\
         for <zwfw@ln.gov.cn>; Wed, 20 Mar 2024 10:00:00 +0800\r\n"
    )
}
