//! What a sender chooses (the greeting, the reverse-path, every byte of DATA) changes neither when a message arrived nor
//! what our own server says of its author.

use zwfw_intake::deadline;
use zwfw_intake::parse::{Message, ParseLimits, parse};
use zwfw_intake::sender::{Sender, Verdict, judge};
use zwfw_intake::vocabulary::{domain_of, same_organisation};

const ARRIVED: &str = "2024-03-20T02:00:00Z";
const EVIL: &str = "evil.example";

/// `data`: the greeting, the reverse-path's local part, DATA; parted by the first two zero bytes.
pub(crate) fn holds(data: &[u8]) {
    let mut pieces = data.splitn(3, |byte| *byte == 0);
    let mut next = || pieces.next().unwrap_or_default();
    let (helo, local, data) = (next(), next(), next());
    for dmarc in ["fail", "none", "pass", ""] {
        let header = our_header(helo, local, dmarc);
        // A line that begins with a blank would continue ours: servers put their own end before it.
        let data: &[u8] = if data.starts_with(b" ") || data.starts_with(b"\t") { b"" } else { data };
        let message = parse(&[header.as_bytes(), data].concat(), ParseLimits::default());
        let (arrived, sender) = found(&message);
        assert_eq!(arrived.as_deref(), Some(ARRIVED), "{header:?}");
        let author = message.author().map(|author| domain_of(&author.address)).unwrap_or_default();
        match sender.verdict {
            Verdict::Fail => assert_eq!(dmarc, "fail", "{sender:?}"),
            Verdict::Silent => assert_ne!(dmarc, "fail", "{header:?}"),
            Verdict::Pass => {
                assert!(dmarc == "pass" && same_organisation(&author, EVIL), "{sender:?} {author}");
            }
        }
    }
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
