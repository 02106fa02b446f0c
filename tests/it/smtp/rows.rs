//! One row per way an SMTP server can fail us, and the outcome it must have.

use std::time::Duration;

use super::smtp_server::{Act, Protection, Rule, Step, rule, say};

/// What is expected of one row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    Accepted,
    Transient(Option<u16>),
    Permanent(u16),
    Unknown,
    Unavailable,
}

/// One fault, what comes of it, words that the operator gets to read, and how many messages the server has.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) protection: Protection,
    pub(super) rules: Vec<Rule>,
    pub(super) expect: Expect,
    pub(super) words: &'static str,
    pub(super) taken: usize,
}

fn row(name: &'static str, rules: Vec<Rule>, expect: Expect, words: &'static str) -> Row {
    let taken = usize::from(expect == Expect::Accepted);
    Row { name, protection: Protection::Plain, rules, expect, words, taken }
}

impl Row {
    fn over(mut self, protection: Protection) -> Self {
        self.protection = protection;
        self
    }
    fn taken(mut self, taken: usize) -> Self {
        self.taken = taken;
        self
    }
}

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> {
    use Expect::{Accepted, Permanent, Transient, Unavailable, Unknown};
    use Protection::{Starttls, StarttlsStripped, Tls};
    let bytes = |bytes: &[u8]| Act::Say(bytes.to_vec());
    vec![
        // What works.
        row("plain", vec![], Accepted, "queued"),
        row("tls", vec![], Accepted, "queued").over(Tls),
        row("starttls", vec![], Accepted, "queued").over(Starttls),
        // No session: nothing is said about the message.
        row("greeting 554", vec![rule(Step::Greeting, say("554 5.3.2 go away"))], Unavailable, "554 5.3.2 go away"),
        row("greeting 421", vec![rule(Step::Greeting, say("421 too busy"))], Unavailable, "421 too busy"),
        row("greeting close", vec![rule(Step::Greeting, Act::Close)], Unavailable, "closed the connection"),
        row("greeting hang", vec![rule(Step::Greeting, Act::Hang)], Unavailable, "no answer within"),
        row("greeting garbage", vec![rule(Step::Greeting, bytes(b"SSH-2.0-OpenSSH_9.2\r\n"))], Unavailable, "greeting"),
        row("greeting endless line", vec![rule(Step::Greeting, Act::EndlessLine)], Unavailable, "has no end"),
        row("greeting endless lines", vec![rule(Step::Greeting, Act::EndlessLines)], Unavailable, "greeting"),
        row("ehlo 550", vec![rule(Step::Ehlo, say("550 who are you"))], Unavailable, "550 who are you"),
        row("ehlo close", vec![rule(Step::Ehlo, Act::Close)], Unavailable, "closed the connection"),
        row("ehlo hang", vec![rule(Step::Ehlo, Act::Hang)], Unavailable, "no answer within"),
        row("starttls stripped", vec![], Unavailable, "does not offer STARTTLS").over(StarttlsStripped),
        row("starttls 454", vec![rule(Step::Starttls, say("454 4.7.0 TLS not available"))], Unavailable, "454 4.7.0").over(Starttls),
        row("starttls close", vec![rule(Step::Starttls, Act::Close)], Unavailable, "STARTTLS: the server closed").over(Starttls),
        row("starttls hang", vec![rule(Step::Starttls, Act::Hang)], Unavailable, "STARTTLS: no answer").over(Starttls),
        // Someone on the way appends a reply to be read as if it had come through TLS.
        row("starttls injection", vec![rule(Step::Starttls, bytes(b"220 go\r\n250 AUTH PLAIN\r\n"))], Unavailable, "nobody asked for").over(Starttls),
        row("handshake close", vec![rule(Step::Handshake, Act::Close)], Unavailable, "TLS handshake").over(Tls),
        row("handshake hang", vec![rule(Step::Handshake, Act::Hang)], Unavailable, "no answer in time while the TLS handshake").over(Tls),
        row("auth 535", vec![rule(Step::Auth, say("535 5.7.8 no, correct horse 電池 is wrong"))], Unavailable, "AUTH: refused: 535 5.7.8 no, *** is wrong"),
        row("auth 454", vec![rule(Step::Auth, say("454 4.7.0 later"))], Unavailable, "454"),
        row("auth hang", vec![rule(Step::Auth, Act::Hang)], Unavailable, "AUTH: no answer"),
        row("auth close", vec![rule(Step::Auth, Act::Close)], Unavailable, "AUTH: the server closed"),
        // The sender's address is ours and the same for all messages.
        row("mail 553", vec![rule(Step::Mail, say("553 Mail from must equal authorized user"))], Unavailable, "MAIL FROM: refused: 553 Mail from must"),
        row("mail 530", vec![rule(Step::Mail, say("530 5.7.0 Authentication required"))], Unavailable, "530"),
        row("mail 450", vec![rule(Step::Mail, say("450 4.3.2 not now"))], Transient(Some(450)), "4.3.2 not now"),
        row("mail 421", vec![rule(Step::Mail, Act::SayAndClose(b"421 HL:IFC 163 smtp10\r\n".to_vec()))], Transient(Some(421)), "HL:IFC"),
        row("mail close", vec![rule(Step::Mail, Act::Close)], Transient(None), "MAIL FROM: the server closed"),
        row("mail hang", vec![rule(Step::Mail, Act::Hang)], Transient(None), "MAIL FROM: no answer"),
        row("mail garbage", vec![rule(Step::Mail, bytes(b"\xff\xfe\0?\r\n"))], Transient(None), "MAIL FROM"),
        row("rcpt 550", vec![rule(Step::Rcpt, say("550 5.1.1 no such user"))], Permanent(550), "5.1.1 no such user"),
        row("rcpt 550 in GBK", vec![rule(Step::Rcpt, bytes(b"550 \xd3\xca\xcf\xe4\xb2\xbb\xb4\xe6\xd4\xda\r\n"))], Permanent(550), "邮箱不存在"),
        row("rcpt 550 multi-line", vec![rule(Step::Rcpt, bytes(b"550-5.1.1 no such user\r\n550 5.1.1 see https://example.com\r\n"))], Permanent(550), "no such user see https"),
        row("rcpt 554 relay", vec![rule(Step::Rcpt, say("554 5.7.1 <a@b>: Relay access denied"))], Unavailable, "RCPT TO: refused: 554"),
        row("rcpt 550 unknown at a relay", vec![rule(Step::Rcpt, say("550 5.1.1 User unknown in relay recipient table"))], Permanent(550), "unknown"),
        row("empty lines", vec![rule(Step::Rcpt, bytes(b"250 ok\r\n\r\n\r\n"))], Accepted, "queued"),
        row("rcpt 450 greylisting", vec![rule(Step::Rcpt, say("450 4.7.1 greylisted"))], Transient(Some(450)), "4.7.1"),
        row("rcpt close", vec![rule(Step::Rcpt, Act::Close)], Transient(None), "RCPT TO: the server closed"),
        row("rcpt hang", vec![rule(Step::Rcpt, Act::Hang)], Transient(None), "RCPT TO: no answer"),
        row("rcpt endless line", vec![rule(Step::Rcpt, Act::EndlessLine)], Transient(None), "has no end"),
        row("data 554", vec![rule(Step::Data, say("554 no valid recipients"))], Permanent(554), "no valid"),
        row("data 451", vec![rule(Step::Data, say("451 4.3.0 disk"))], Transient(Some(451)), "4.3.0 disk"),
        row("data 250", vec![rule(Step::Data, say("250 ok"))], Transient(None), "unexpected reply `250 ok`"),
        row("data close", vec![rule(Step::Data, Act::Close)], Transient(None), "DATA: the server closed"),
        row("data hang", vec![rule(Step::Data, Act::Hang)], Transient(None), "DATA: no answer"),
        row("data permission, then close", vec![rule(Step::Data, Act::SayAndClose(b"354 go\r\n421 closing\r\n".to_vec()))], Transient(None), "421 closing"),
        row("dot 554 DT:SPM", vec![rule(Step::Dot, say("554 DT:SPM 163 smtp5"))], Permanent(554), "DT:SPM"),
        row("dot 451 MI:SFQ", vec![rule(Step::Dot, say("451 MI:SFQ 163 smtp5"))], Transient(Some(451)), "MI:SFQ"),
        row("dot close, not taken", vec![rule(Step::Dot, Act::Close)], Unknown, "closed the connection"),
        row("dot close, taken", vec![rule(Step::Dot, Act::TakeAndClose)], Unknown, "closed the connection").taken(1),
        row("dot hang", vec![rule(Step::Dot, Act::Hang)], Unknown, "message content: no answer"),
        row("dot garbage", vec![rule(Step::Dot, bytes(b"hello\r\n"))], Unknown, "message content"),
        row("dot 252", vec![rule(Step::Dot, say("252 queued for inspection"))], Accepted, "252 queued"),
        row("dot 354", vec![rule(Step::Dot, say("354 go on"))], Unknown, "unexpected reply `354 go on`"),
        row("rcpt 251", vec![rule(Step::Rcpt, say("251 will forward"))], Accepted, "queued"),
        row("dot 250 without text", vec![rule(Step::Dot, bytes(b"250\r\n"))], Accepted, ""),
        row("dot 250 with a bare LF", vec![rule(Step::Dot, bytes(b"250 fine\n"))], Accepted, "fine"),
        row("dot 250 in GBK", vec![rule(Step::Dot, bytes(b"250 \xd3\xca\xbc\xfe\xd2\xd1\xbd\xd3\xca\xd5\r\n"))], Accepted, "邮件已接收"),
        row("dot 250 in a line of 5000", vec![rule(Step::Dot, bytes(&[b"250 ", &[b'x'; 5000][..], b"\r\n"].concat()))], Accepted, "xxx"),
        row("slow replies", vec![rule(Step::Ehlo, Act::Slowly(Duration::from_micros(300)))], Accepted, "queued"),
        row("a reply too slow", vec![rule(Step::Rcpt, Act::Slowly(Duration::from_millis(40)))], Transient(None), "no answer within"),
    ]
}
