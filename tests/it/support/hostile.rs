//! Messages made to exhaust the program, in any size, and what reading one takes.
//!
//! A size of 100 is the one that the program must bear (10 MB of a line, 100,000 parts, …); half and double sizes
//! show whether time and memory grow with the message or faster.

use std::fs;
use std::path::Path;
use std::time::Duration;

use zwfw_intake::compose::{Content, Letter, compose};
use zwfw_intake::parse::{ParseLimits, parse};
use zwfw_intake::respond::{RespondContext, Response, respond};
use zwfw_intake::ruling::{Precedents, Rules, read, rule};
use zwfw_intake::vocabulary::{Consultation, EntryUid, FetchedMessage, FolderKey};

use super::liaoning;

/// One way to be hostile.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The message in a size, in percent.
    make: fn(usize) -> Vec<u8>,
}

impl Case {
    pub(crate) fn raw(&self, percent: usize) -> Vec<u8> {
        (self.make)(percent)
    }
}

/// What reading one message took, its own bytes and the program's fixed tables not counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// On a processor.
    pub(crate) time: Duration,
    /// Most memory held at once, in bytes.
    pub(crate) memory: u64,
}

/// Everything that happens to a message between the mailbox and the store.
pub(crate) fn walk(raw: Vec<u8>, rules: &Rules, consultation: &Consultation) {
    let announced_size_bytes = raw.len() as u64;
    let entry = FolderKey::imap("INBOX", 1).entry(EntryUid::Imap(1));
    let fetched = FetchedMessage { entry, raw, time: None, announced_size_bytes, truncated: false };
    let message = parse(&fetched.raw, ParseLimits::default());
    let reading = read(&message, &fetched, rules, "2024-03-05T04:00:00Z".parse().unwrap());
    let judged = rule(&message, &fetched, &reading, Precedents::default(), rules);
    let context = RespondContext {
        enabled: true,
        arrived_at: Some(reading.arrival.at),
        not_before: None,
        first_contact: None,
        restored: None,
        own_addresses: &consultation.office_addresses,
        recent_to_address: 0,
        recent_to_domain: 0,
        per_address_per_day: 5,
        per_domain_per_day: 50,
        answered_again: false,
        answer_agencies: false,
    };
    if let Response::Answer { kind, recipient } = respond(&message, &judged.ruling, &context) {
        let attachments: Vec<String> =
            message.attachments.iter().filter_map(|attachment| attachment.filename.clone()).collect();
        let letter = Letter {
            kind,
            recipient: &recipient,
            from: "zwfw@ln.gov.cn",
            envelope_from: None,
            number: "LNZX-2024-0001",
            earlier_number: None,
            name: reading.details.name.as_deref(),
            organization: reading.details.organization.as_deref(),
            writes_for_unit: reading.details.organization.is_some(),
            wishes: &[],
            received_at: reading.arrival.at,
            in_reply_to: message.message_id.as_deref(),
            references: &message.thread,
            missing_details: &[],
            attachments: &attachments,
            vouched: true,
            cloud_attachment: false,
            requests: &[],
            content: Content::Readable,
            now: reading.arrival.at,
            message_id: "LNZX-2024-0001.accepted.k3v9@ln.gov.cn",
        };
        compose(&letter, consultation).unwrap();
    }
    // The record keeps the evidence as text.
    assert!(judged.evidence.to_string().len() > 2);
}

/// What the message in a file takes, measured in a process that did nothing else: its memory is this message's.
pub(crate) fn measure(file: &Path) -> Cost {
    let consultation = liaoning::consultation();
    let rules = Rules::new(std::slice::from_ref(&consultation), &["mx.ln.gov.cn".to_owned()]);
    // Tables and expressions are made at their first use and stay.
    let warm = letter(
        "text/plain; charset=utf-8",
        "姓名：张三\r\n电话：13800138000\r\n\r\n一、建议。\r\n二、建议。\r\n此致\r\n敬礼\r\n张三\r\n2024年3月5日\r\n",
    );
    walk(warm.clone(), &rules, &consultation);
    walk(
        String::from_utf8(warm).unwrap().replace("text/plain", "text/html").into_bytes(),
        &rules,
        &consultation,
    );
    let raw = fs::read(file).unwrap();
    // The high-water mark begins anew at what is held now (proc(5), clear_refs).
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmHWM");
    let start = processor_time();
    walk(raw, &rules, &consultation);
    let time = processor_time().saturating_sub(start);
    Cost { time, memory: status("VmHWM").saturating_sub(before) }
}

/// How long this thread was on a processor (proc(5), schedstat): what else the machine does counts little.
fn processor_time() -> Duration {
    let spent = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(spent.split(' ').next().unwrap().parse().unwrap())
}

/// A field of /proc/self/status, in bytes.
fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    let kibibytes: u64 = line.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
    kibibytes * 1024
}

const HEAD: &str = "From: citizen@example.com\r\nTo: zwfw@ln.gov.cn\r\nMessage-ID: <m@example.com>\r\n\
                    Date: Tue, 5 Mar 2024 10:00:00 +0800\r\nMIME-Version: 1.0\r\n";

fn head() -> String {
    format!("{HEAD}Subject: 《{}》意见建议\r\n", liaoning::TITLE)
}

/// A letter of one part that our rules read to the end.
fn letter(kind: &str, body: &str) -> Vec<u8> {
    let head = head();
    format!("{head}Content-Type: {kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}").into_bytes()
}

fn text(body: &str) -> Vec<u8> {
    letter("text/plain; charset=utf-8", body)
}

fn page(body: &str) -> Vec<u8> {
    letter("text/html; charset=utf-8", body)
}

/// `piece` so often that it makes a share of 10 MB.
fn ten_megabytes(piece: &str, percent: usize) -> String {
    piece.repeat((10 << 20) / piece.len() * percent / 100)
}

/// `piece` so often that it makes a share of 100,000.
fn hundred_thousand(piece: &str, percent: usize) -> String {
    piece.repeat(1_000 * percent)
}

/// A letter whose subject says nothing: its text is searched for the title.
fn other(body: &str) -> Vec<u8> {
    format!("{HEAD}Subject: 您好\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}").into_bytes()
}

fn field(name: &str, piece: &str, percent: usize) -> Vec<u8> {
    let line = ten_megabytes(piece, percent);
    format!("{name}: {line}\r\n{}Content-Type: text/plain\r\n\r\nbody\r\n", head()).into_bytes()
}

fn parts(part: &str, percent: usize) -> Vec<u8> {
    let parts = hundred_thousand(&format!("--b\r\n{part}"), percent);
    format!("{}Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n", head()).into_bytes()
}

/// Levels of nesting, each with ballast, so that the message has a size to grow in.
fn nested(kind: &str, percent: usize) -> Vec<u8> {
    let text = "建议增加窗口。\r\n".repeat(40 * percent);
    let value = "a".repeat(800 * percent);
    let level = |level: usize| match kind {
        "multipart" => {
            let text = format!("--b{level}\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b{level}\r\n");
            format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n{text}")
        }
        _ => format!("Content-Type: message/rfc822\r\nX-Ballast: {value}\r\n\r\n{HEAD}"),
    };
    let levels: String = (0..50).map(level).collect();
    format!("{}{levels}Content-Type: text/plain\r\n\r\n{text}", head()).into_bytes()
}

/// Compressed RTF (MS-OXRTFCP) in a TNEF stream (MS-OXTNEF): a text, then references that repeat its last letter
/// seventeen times each.
fn tnef(percent: usize) -> Vec<u8> {
    let mut tokens = vec![0];
    tokens.extend_from_slice(b"{\\rtf1 x");
    // Where in the dictionary of 4,096 bytes the next one comes, behind the 207 that stand there at the beginning.
    let mut at = 207 + 8;
    while tokens.len() < (1 << 20) / 100 * percent {
        tokens.push(0xff);
        for _ in 0..8 {
            let token = u16::try_from(((at + 4095) % 4096) << 4 | 0x0f).unwrap();
            tokens.extend_from_slice(&token.to_be_bytes());
            at = (at + 17) % 4096;
        }
    }
    let mut rtf = Vec::new();
    rtf.extend_from_slice(&(u32::try_from(tokens.len()).unwrap() + 12).to_le_bytes());
    rtf.extend_from_slice(&(u32::try_from(tokens.len() * 8).unwrap()).to_le_bytes());
    rtf.extend_from_slice(b"LZFu\0\0\0\0");
    rtf.extend_from_slice(&tokens);
    let mut properties = 1_u32.to_le_bytes().to_vec();
    properties.extend_from_slice(&[0x02, 0x01, 0x09, 0x10]);
    properties.extend_from_slice(&1_u32.to_le_bytes());
    properties.extend_from_slice(&u32::try_from(rtf.len()).unwrap().to_le_bytes());
    properties.extend_from_slice(&rtf);
    properties.resize(properties.len().next_multiple_of(4), 0);
    let mut stream = vec![0x78, 0x9f, 0x3e, 0x22, 0x00, 0x00, 0x01, 0x03, 0x90, 0x06, 0x00];
    stream.extend_from_slice(&u32::try_from(properties.len()).unwrap().to_le_bytes());
    let sum = properties.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    stream.extend_from_slice(&properties);
    stream.extend_from_slice(&sum.to_le_bytes());
    let mut raw =
        format!("{}Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n", head()).into_bytes();
    raw.extend_from_slice(&stream);
    raw
}

/// All of them.
pub(crate) const CASES: &[Case] = &[
    Case { name: "50 levels of multiparts", make: |percent| nested("multipart", percent) },
    Case { name: "50 levels of messages", make: |percent| nested("message", percent) },
    Case {
        name: "100,000 attachments",
        make: |percent| parts("Content-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n", percent),
    },
    Case { name: "100,000 texts", make: |percent| parts("\r\n建议增加窗口。\r\n", percent) },
    Case {
        name: "100,000 pages below a long text",
        make: |percent| {
            let long = "建议增加窗口。".repeat(500 * percent);
            let pages = hundred_thousand("--b\r\nContent-Type: text/html\r\n\r\nx\r\n", percent);
            format!(
                "{}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{long}\r\n{pages}--b--\r\n",
                head()
            )
            .into_bytes()
        },
    },
    Case { name: "100,000 empty parts", make: |percent| parts("", percent) },
    Case {
        name: "100,000 attached messages",
        make: |percent| parts("Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nx\r\n", percent),
    },
    Case {
        name: "100,000 winmail.dat",
        make: |percent| parts("Content-Type: application/ms-tnef\r\n\r\n\x78\r\n", percent),
    },
    Case { name: "10 MB of Subject", make: |percent| field("Subject", "a", percent) },
    Case {
        name: "10 MB of Subject in words",
        make: |percent| field("Subject", "=?utf-8?B?5oSP?= ", percent),
    },
    Case { name: "10 MB of From, quotes", make: |percent| field("From", "\"\\", percent) },
    Case { name: "10 MB of From, addresses", make: |percent| field("From", "a@b.cn, ", percent) },
    Case { name: "10 MB of To, brackets", make: |percent| field("To", "(<", percent) },
    Case { name: "10 MB of Content-Type", make: |percent| field("Content-Type", ";a=b", percent) },
    Case { name: "10 MB of References", make: |percent| field("References", "<a@b> ", percent) },
    Case { name: "10 MB of Received", make: |percent| field("Received", "from a (b) by c; ", percent) },
    Case { name: "10 MB of an unknown field", make: |percent| field("X-Unknown", "=?gbk?Q?=D2?=", percent) },
    Case {
        name: "100,000 Received fields",
        make: |percent| {
            let hops = hundred_thousand("Received: from a by b; Tue, 5 Mar 2024 10:00:00 +0800\r\n", percent);
            format!("{hops}{}Content-Type: text/plain\r\n\r\nbody\r\n", head()).into_bytes()
        },
    },
    Case {
        name: "100,000 From fields",
        make: |percent| {
            format!("{}{}\r\nbody\r\n", head(), hundred_thousand("From: a@b.cn\r\n", percent)).into_bytes()
        },
    },
    Case {
        name: "100,000 words of a file name",
        make: |percent| {
            let words = hundred_thousand("=?utf-8?B?5oSP?=\r\n ", percent);
            format!("{}Content-Type: application/pdf; name=\"{words}\"\r\n\r\nx\r\n", head()).into_bytes()
        },
    },
    Case {
        name: "1,000 file names of 100 words",
        make: |percent| {
            let words = "=?utf-8?B?5oSP?=\r\n ".repeat(100);
            let part = format!("--b\r\nContent-Disposition: attachment; filename=\"{words}\"\r\n\r\nx\r\n");
            let parts = part.repeat(10 * percent);
            format!("{}Content-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n", head())
                .into_bytes()
        },
    },
    Case { name: "100,000 lines of >", make: |percent| text(&hundred_thousand(">\r\n", percent)) },
    Case {
        name: "100,000 lines of > text", make: |percent| text(&hundred_thousand("> 建议\r\n", percent))
    },
    Case {
        name: "100,000 lines of >, flowed",
        make: |percent| {
            letter("text/plain; format=flowed; delsp=yes", &hundred_thousand("> > a \r\n", percent))
        },
    },
    Case { name: "10 MB of >", make: |percent| text(&ten_megabytes(">", percent)) },
    Case { name: "10 MB of one letter", make: |percent| text(&ten_megabytes("a", percent)) },
    Case { name: "10 MB of one Han", make: |percent| text(&ten_megabytes("意", percent)) },
    Case { name: "10 MB of digits", make: |percent| text(&ten_megabytes("1", percent)) },
    Case {
        name: "10 MB of telephone numbers",
        make: |percent| text(&ten_megabytes("13800138000 ", percent)),
    },
    Case { name: "10 MB of half numbers", make: |percent| text(&ten_megabytes("(024)2555-", percent)) },
    Case { name: "10 MB of numerals and blanks", make: |percent| text(&ten_megabytes(" 1. ", percent)) },
    Case {
        name: "10 MB of blanks before numbers",
        make: |percent| {
            let blanks = ten_megabytes(" ", percent / 5);
            text(&format!("{blanks}{}", " 1.".repeat(2_000)))
        },
    },
    Case { name: "10 MB of blanks", make: |percent| text(&format!("a{}b", ten_megabytes(" ", percent))) },
    Case {
        name: "10 MB of wide blanks",
        make: |percent| text(&format!("a{}b", ten_megabytes("\u{3000}", percent))),
    },
    Case {
        name: "10 MB of points in one line",
        make: |percent| text(&ten_megabytes("。一、建议（二）增加１个窗口", percent)),
    },
    Case { name: "10 MB of addresses", make: |percent| text(&ten_megabytes("a@b.cn,", percent)) },
    Case { name: "10 MB of @", make: |percent| text(&ten_megabytes("a@", percent)) },
    Case {
        name: "10 MB of dots and letters",
        make: |percent| text(&format!("@{}", ten_megabytes("a.", percent))),
    },
    Case { name: "10 MB of links", make: |percent| text(&ten_megabytes("http://u.163.com", percent)) },
    Case {
        name: "10 MB of half links",
        make: |percent| text(&ten_megabytes("从邮箱mail.163.com/从", percent)),
    },
    Case {
        name: "10 MB of label words", make: |percent| text(&ten_megabytes("姓名联系电话", percent))
    },
    Case {
        name: "10 MB of labels in one line",
        make: |percent| text(&ten_megabytes("姓名：张三，", percent)),
    },
    Case {
        name: "100,000 lines of 姓名：", make: |percent| text(&hundred_thousand("姓名：\r\n", percent))
    },
    Case {
        name: "100,000 lines of 姓名：张三",
        make: |percent| text(&hundred_thousand("姓名：张三\r\n", percent)),
    },
    Case {
        name: "100,000 rows of a table",
        make: |percent| text(&hundred_thousand("姓名\t职业\t电话\r\n", percent)),
    },
    Case { name: "10 MB of cells", make: |percent| text(&ten_megabytes("姓名\t|", percent)) },
    Case {
        name: "100,000 signatures",
        make: |percent| text(&hundred_thousand("张三 13800138000\r\n", percent)),
    },
    Case { name: "100,000 lines of --", make: |percent| text(&hundred_thousand("--\r\n", percent)) },
    Case { name: "100,000 dates", make: |percent| text(&hundred_thousand("2024年3月5日\r\n", percent)) },
    Case {
        name: "100,000 quote headers",
        make: |percent| text(&hundred_thousand("在 2024年3月5日，张三 <a@b.cn> 写道：\r\n> a\r\n", percent)),
    },
    Case {
        name: "100,000 header blocks",
        make: |percent| text(&hundred_thousand("发件人：张三\r\n主题：意见\r\n\r\n> a\r\n", percent)),
    },
    Case {
        name: "100,000 footers", make: |percent| text(&hundred_thousand("发自我的iPhone\r\n", percent))
    },
    Case {
        name: "100,000 numbered lines",
        make: |percent| text(&hundred_thousand("1. 建议。\r\n", percent)),
    },
    Case { name: "100,000 titles", make: |percent| text(&liaoning::TITLE.repeat(1_000 * percent)) },
    Case {
        name: "10 MB of titles elsewhere",
        make: |percent| other(&ten_megabytes("辽宁省关于进一步优化", percent)),
    },
    Case {
        name: "10 MB of brackets elsewhere", make: |percent| other(&ten_megabytes("（征求《", percent))
    },
    Case {
        name: "10 MB of closed brackets elsewhere",
        make: |percent| other(&ten_megabytes("（征求）", percent)),
    },
    Case { name: "10 MB of our numbers", make: |percent| text(&ten_megabytes("LNZX-2024-", percent)) },
    Case {
        name: "100,000 footers between empty lines",
        make: |percent| text(&hundred_thousand("发自我的iPhone\r\n\r\n", percent)),
    },
    Case { name: "10 MB of clauses", make: |percent| text(&ten_megabytes("第二部分（二）", percent)) },
    Case {
        name: "10 MB of joint letters",
        make: |percent| text(&ten_megabytes("建议联名签名：张三、", percent)),
    },
    Case {
        name: "10 MB of sentences",
        make: |percent| text(&ten_megabytes("我要求匿名，请勿公开。请撤回我的意见；", percent)),
    },
    Case {
        name: "10 MB without an end of sentence",
        make: |percent| text(&ten_megabytes("请勿公开，不", percent)),
    },
    Case { name: "100,000 short lines", make: |percent| text(&hundred_thousand("好\r\n", percent)) },
    Case { name: "10 MB of line ends", make: |percent| text(&ten_megabytes("\r\n", percent)) },
    Case {
        name: "10 MB of letters that fold long",
        make: |percent| text(&ten_megabytes("\u{fdfa}", percent)),
    },
    Case { name: "10 MB of marks on one letter", make: |percent| text(&ten_megabytes("\u{301}", percent)) },
    Case {
        name: "10 MB of marks out of order",
        make: |percent| text(&ten_megabytes("\u{301}\u{316}", percent)),
    },
    Case {
        name: "10 MB of broken bytes",
        make: |percent| {
            letter("text/plain", "").into_iter().chain(vec![0xff; (10 << 20) / 100 * percent]).collect()
        },
    },
    Case {
        name: "10 MB of GBK",
        make: |percent| {
            letter("text/plain", "")
                .into_iter()
                .chain(b"\xd2\xe2\xbc\xfb".repeat((10 << 20) / 400 * percent))
                .collect()
        },
    },
    Case {
        name: "10 MB of half-width kana",
        make: |percent| {
            letter("text/plain; charset=shift_jis", "")
                .into_iter()
                .chain(b"\xb1".repeat((10 << 20) / 100 * percent))
                .collect()
        },
    },
    Case {
        name: "10 MB of HZ",
        make: |percent| letter("text/plain; charset=hz-gb-2312", &ten_megabytes("~{RbPD", percent)),
    },
    Case {
        name: "10 MB of UTF-7",
        make: |percent| letter("text/plain; charset=utf-7", &ten_megabytes("+YQ-", percent)),
    },
    Case {
        name: "10 MB of base64",
        make: |percent| {
            let lines =
                ten_megabytes("5bu66K6u5aKe5Yqg56qX5Y+j44CC5bu66K6u5aKe5Yqg56qX5Y+j44CC\r\n", percent);
            format!("{}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}", head())
                .into_bytes()
        },
    },
    Case {
        name: "10 MB of a base64 attachment",
        make: |percent| {
            let lines =
                ten_megabytes("5bu66K6u5aKe5Yqg56qX5Y+j44CC5bu66K6u5aKe5Yqg56qX5Y+j44CC\r\n", percent);
            format!(
                "{}Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n{lines}",
                head()
            )
            .into_bytes()
        },
    },
    Case {
        name: "10 MB of quoted-printable",
        make: |percent| {
            let lines = ten_megabytes("=E6=84=8F", percent);
            format!("{}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{lines}", head())
                .into_bytes()
        },
    },
    Case { name: "10 MB of div", make: |percent| page(&ten_megabytes("<div>", percent)) },
    Case { name: "10 MB of div with text", make: |percent| page(&ten_megabytes("<div>意", percent)) },
    Case { name: "10 MB of tables", make: |percent| page(&ten_megabytes("<table><tr><td>a", percent)) },
    Case {
        name: "10 MB of empty cells",
        make: |percent| page(&format!("<table><tr>{}a", ten_megabytes("<td>", percent))),
    },
    Case { name: "10 MB of blockquotes", make: |percent| page(&ten_megabytes("<blockquote>a", percent)) },
    Case {
        name: "10 MB of br in blockquotes",
        make: |percent| page(&format!("{}{}", "<blockquote>".repeat(9), ten_megabytes("<br>", percent))),
    },
    Case { name: "10 MB of lists", make: |percent| page(&ten_megabytes("<ol><li>", percent)) },
    Case {
        name: "10 MB of one list",
        make: |percent| page(&format!("<ol start=4000000000>{}", ten_megabytes("<li>a", percent))),
    },
    Case {
        name: "10 MB of attributes",
        make: |percent| page(&format!("<div {}>意见", ten_megabytes("a=b ", percent))),
    },
    Case {
        name: "10 MB of attributes in tags",
        make: |percent| page(&ten_megabytes("<div a b=c d='e'>", percent)),
    },
    Case {
        name: "10 MB of open quotes",
        make: |percent| page(&format!("{}\"'>", ten_megabytes("<a b='", percent))),
    },
    Case { name: "10 MB of unclosed tags", make: |percent| page(&ten_megabytes("<a ", percent)) },
    Case { name: "10 MB of comments", make: |percent| page(&ten_megabytes("<!--", percent)) },
    Case { name: "10 MB of styles", make: |percent| page(&ten_megabytes("<style>", percent)) },
    Case { name: "10 MB of entities", make: |percent| page(&ten_megabytes("&amp;", percent)) },
    Case { name: "10 MB of half entities", make: |percent| page(&ten_megabytes("&a", percent)) },
    Case { name: "10 MB of cid", make: |percent| page(&ten_megabytes("cid:", percent)) },
    Case {
        name: "10 MB of preformatted",
        make: |percent| page(&format!("<pre>{}", ten_megabytes("\t \n", percent))),
    },
];

/// Messages that are larger inside: the limit of the text is theirs.
pub(crate) const BOMBS: &[Case] = &[Case { name: "1 MB of compressed RTF", make: tnef }];
