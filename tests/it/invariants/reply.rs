//! The answer to a hostile message: its octets say what we meant, go to one person, and repeat nothing of the citizen's.

use std::sync::LazyLock;

use mail_parser::MessageParser;
use zwfw_intake::automatic::{self, Origin};
use zwfw_intake::compose::{Content, Letter, compose, message_id};
use zwfw_intake::parse::{Message, ParseLimits, parse};
use zwfw_intake::respond::{RespondContext, Response, respond};
use zwfw_intake::vocabulary::{AcknowledgementKind, Consultation, OutboundMessage, StoredReason};

use super::ruling::{as_submission, fetched, ruled};
use super::{assert_line, assert_text};
use crate::support::liaoning;

static CONSULTATION: LazyLock<Consultation> = LazyLock::new(liaoning::consultation);

const OFFICE: &str = "zwfw@ln.gov.cn";
const NUMBER: &str = "LNZX-2024-0007";

/// Fields in their order; the two in the middle only where there is something to say.
pub(crate) const FIELDS: [&str; 13] = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Zwfw-Intake",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

pub(crate) fn holds(raw: &[u8]) {
    let message = parse(raw, ParseLimits::default());
    answered(raw, &message);
    answered(raw, &as_submission(&message));
    from_a_message(&message);
    from_pieces(raw);
}

/// As the lane does it: whom we answer gets a sound letter.
fn answered(raw: &[u8], message: &Message) {
    let ruling = ruled(message, &fetched(raw));
    let context = RespondContext {
        enabled: true,
        arrived_at: None,
        not_before: None,
        first_contact: None,
        restored: None,
        own_addresses: &CONSULTATION.office_addresses,
        recent_to_address: 0,
        recent_to_domain: 0,
        per_address_per_day: 5,
        per_domain_per_day: 50,
        answered_again: false,
        answer_agencies: false,
    };
    match respond(message, &ruling, &context) {
        Response::Nothing => assert!(ruling.filing().is_none()),
        Response::Withhold { recipient, reason, .. } => {
            assert_line("the reason", &StoredReason::from(&reason).detail.to_string());
            assert_line("the recipient", recipient.as_deref().unwrap_or_default());
        }
        Response::Answer { kind, recipient } => {
            assert_eq!(recipient.matches('@').count(), 1);
            let filing = ruling.filing().unwrap();
            assert!(!recipient.eq_ignore_ascii_case(OFFICE));
            let attachments: Vec<String> =
                message.attachments.iter().filter_map(|attachment| attachment.filename.clone()).collect();
            let letter = Letter {
                kind,
                recipient: &recipient,
                name: filing.reading.details.name.as_deref(),
                in_reply_to: message.message_id.as_deref(),
                references: &message.thread,
                attachments: &attachments,
                ..blank()
            };
            let composed = compose(&letter, &CONSULTATION);
            assert!(composed.is_ok() || recipient.contains("=?"), "{composed:?}");
            if let Ok(outbound) = composed {
                sound(&outbound, &letter);
            }
        }
    }
}

/// Every text of the message in places where the lane would never put it.
fn from_a_message(message: &Message) {
    let header = |name: &str| message.header(name).unwrap_or_default();
    let names: Vec<String> =
        message.attachments.iter().filter_map(|attachment| attachment.filename.clone()).collect();
    for address in message.from.iter().chain(&message.reply_to).chain(&message.recipients).take(4) {
        let letter = Letter {
            recipient: &address.address,
            name: address.display.as_deref(),
            in_reply_to: message.message_id.as_deref(),
            references: &message.thread,
            attachments: &names,
            ..blank()
        };
        composed(&letter);
        composed(&Letter { organization: address.display.as_deref(), writes_for_unit: true, ..letter });
    }
    let letter = Letter {
        name: message.subject.as_deref(),
        in_reply_to: Some(header("references")),
        attachments: &[header("content-type").to_owned(), message.text.clone()],
        ..blank()
    };
    composed(&letter);
}

/// The bytes themselves, cut at every zero byte: controls and line ends too.
fn from_pieces(raw: &[u8]) {
    let mut pieces = raw.split(|byte| *byte == 0).map(|piece| String::from_utf8_lossy(piece).into_owned());
    let mut next = || pieces.next().unwrap_or_default();
    let (name, recipient, parent, token) = (next(), next(), next(), next());
    let kind = AcknowledgementKind::ALL[name.len() % AcknowledgementKind::ALL.len()];
    let attachments = [next(), next()];
    let references: Vec<String> = pieces.take(40).collect();
    let own_id = message_id(NUMBER, kind, &recipient, &token);
    let own_id = if recipient.is_empty() { "own@ln.gov.cn".to_owned() } else { own_id };
    let letter = Letter {
        kind,
        name: Some(&name),
        in_reply_to: Some(&parent),
        references: &references,
        attachments: &attachments,
        cloud_attachment: token.len() % 2 == 1,
        requests: &[],
        content: Content::Readable,
        missing_details: if parent.len() % 2 == 1 { &["姓名", "职业"] } else { &[] },
        earlier_number: (token.len() % 3 == 1).then_some("LNZX-2024-0001"),
        ..blank()
    };
    composed(&letter);
    composed(&Letter { recipient: &recipient, ..letter.clone() });
    composed(&Letter { message_id: &own_id, ..letter.clone() });
    composed(&Letter { message_id: &parent, recipient: &name, ..letter.clone() });
    composed(&Letter { organization: Some(&name), writes_for_unit: true, ..letter });
}

fn blank() -> Letter<'static> {
    Letter {
        kind: AcknowledgementKind::Accepted,
        recipient: "citizen@example.com",
        from: OFFICE,
        envelope_from: Some(OFFICE),
        number: NUMBER,
        earlier_number: None,
        name: None,
        organization: None,
        writes_for_unit: false,
        wishes: &[],
        received_at: "2024-03-12T02:00:02Z".parse().unwrap(),
        in_reply_to: None,
        references: &[],
        missing_details: &[],
        attachments: &[],
        vouched: true,
        cloud_attachment: false,
        requests: &[],
        content: Content::Readable,
        now: "2024-03-12T02:05:00Z".parse().unwrap(),
        message_id: "LNZX-2024-0007.accepted.k3v9@ln.gov.cn",
    }
}

/// A letter is refused or sound.
fn composed(letter: &Letter<'_>) {
    match compose(letter, &CONSULTATION) {
        Ok(outbound) => sound(&outbound, letter),
        Err(error) => assert!(error.problem.contains("malformed"), "{error}"),
    }
}

fn sound(outbound: &OutboundMessage, letter: &Letter<'_>) {
    assert_eq!(outbound.envelope_to, letter.recipient);
    assert_eq!(outbound.envelope_from.as_deref(), letter.envelope_from);
    assert!(
        !outbound.envelope_to.contains(|c: char| c.is_control() || c.is_whitespace() || "<>,;:".contains(c))
    );
    octets(outbound, letter);
    reads_back(outbound, letter);
    body(outbound, letter);
}

/// The octets by themselves (RFC 5322 section 2, RFC 5321 section 4.5.3.1).
fn octets(outbound: &OutboundMessage, letter: &Letter<'_>) {
    let octets = &outbound.octets;
    assert!(octets.ends_with(b"\r\n"));
    let mut previous = 0;
    for (at, byte) in octets.iter().enumerate() {
        let next = octets.get(at + 1).copied().unwrap_or_default();
        assert!(*byte != b'\r' || next == b'\n', "a bare CR at {at}");
        assert!(*byte != b'\n' || previous == b'\r', "a bare LF at {at}");
        assert_ne!(*byte, 0);
        previous = *byte;
    }
    let text = std::str::from_utf8(octets).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= 998));
    assert!(body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte)));
    let mut names = Vec::new();
    for line in head.split("\r\n") {
        assert_line("a header line", line);
        assert!(!line.trim().is_empty(), "a line of blanks in\n{head}");
        if !line.starts_with(' ') {
            names.push(line.split_once(": ").unwrap().0);
        }
    }
    let expected: Vec<&str> = FIELDS
        .into_iter()
        .filter(|name| !matches!(*name, "In-Reply-To" | "References") || names.contains(name))
        .collect();
    assert_eq!(names, expected, "in\n{head}");
    if letter.in_reply_to.is_none() {
        assert!(!names.contains(&"In-Reply-To"));
    }
}

/// Two parsers read what was meant: another's, and our own, which knows the answer for a machine's.
fn reads_back(outbound: &OutboundMessage, letter: &Letter<'_>) {
    let parsed = MessageParser::default().parse(&outbound.octets).expect("a message");
    let mailboxes = |list: Option<mail_parser::AddressList<'_>>| -> Vec<String> {
        list.into_iter()
            .flat_map(|list| {
                list.mailboxes().filter_map(|one| one.address().map(str::to_owned)).collect::<Vec<_>>()
            })
            .collect()
    };
    assert_eq!(mailboxes(parsed.from()), [letter.from]);
    assert_eq!(mailboxes(parsed.to()), [letter.recipient]);
    assert!(parsed.cc().is_none() && parsed.bcc().is_none());
    assert_eq!(parsed.message_id(), Some(letter.message_id));
    let subject = parsed.subject().unwrap_or_default();
    assert!(
        [Some(NUMBER), letter.earlier_number].into_iter().flatten().any(|number| subject.contains(number))
    );
    assert_eq!(parsed.attachments().len(), 0);

    let own = parse(&outbound.octets, ParseLimits::default());
    super::ruling::message_holds(&own);
    assert_eq!(own.from_fields, 1);
    assert_eq!(own.from.iter().map(|from| from.address.as_str()).collect::<Vec<_>>(), [letter.from]);
    assert_eq!(own.from[0].display.as_deref(), Some(CONSULTATION.office_name.as_str()));
    // Raw UTF-8 (RFC 6532) without Han may be read as GBK.
    let recipients: Vec<&str> = own.recipients.iter().map(|to| to.address.as_str()).collect();
    assert!(recipients == [letter.recipient] || recipients.len() == 1 && !letter.recipient.is_ascii());
    assert!(own.reply_to.is_empty());
    assert_eq!(own.message_id.as_deref(), Some(letter.message_id));
    let strange =
        own.thread.iter().find(|id| letter.in_reply_to != Some(id) && !letter.references.contains(id));
    assert_eq!(strange, None, "an id that nobody wrote; in reply to {:?}", letter.in_reply_to);
    assert!(own.attachments.is_empty() && !own.defects.charset_lossy);
    assert!(
        !own.defects.charset_repaired || !letter.recipient.is_ascii(),
        "raw 8-bit (RFC 6532) and nothing else"
    );
    assert!(matches!(automatic::judge(&own), Origin::Machine { .. }), "an answer of ours is a machine's");
}

/// The body is the one that nobody in particular would get, but for a surname and the names of files.
fn body(outbound: &OutboundMessage, letter: &Letter<'_>) {
    let text = parse(&outbound.octets, ParseLimits::default()).text;
    assert_text("the body", &text);
    let neutral = Letter {
        recipient: "citizen@example.com",
        name: None,
        organization: None,
        in_reply_to: None,
        references: &[],
        message_id: "own@ln.gov.cn",
        ..letter.clone()
    };
    let plain = compose(&Letter { attachments: &[], ..neutral.clone() }, &CONSULTATION).unwrap();
    let plain = parse(&plain.octets, ParseLimits::default()).text;
    let (mut said, mut expected) = (text.lines(), plain.lines());
    let salutation = said.next().unwrap();
    assert!(expected.next().is_some_and(|line| line.starts_with("尊敬的来信")));
    let surname = salutation.strip_prefix("尊敬的").and_then(|rest| rest.strip_suffix("先生/女士："));
    let is_surname = |text: &str| (1..=2).contains(&text.chars().count()) && !text.contains(char::is_numeric);
    let is_of_a_unit = |c: char| c.is_alphabetic() && !c.is_ascii() || "（）·、：".contains(c);
    let is_unit = letter.organization.is_some()
        && salutation.chars().count() <= 41
        && salutation.chars().all(is_of_a_unit);
    assert!(
        ["尊敬的来信人：", "尊敬的来信单位："].contains(&salutation)
            || surname.is_some_and(is_surname)
            || is_unit,
        "{salutation:?}"
    );
    let (files, said): (Vec<&str>, Vec<&str>) =
        said.partition(|line| line.contains("随信提交的附件") && line.ends_with("已收到。"));
    assert_eq!(said, expected.collect::<Vec<_>>());
    assert!(files.len() <= 1);
    for line in files {
        assert_line("the line of file names", line);
        assert!(line.chars().count() <= 5 * 62 + 20, "{line:?}");
        for word in ["http", "www", "@", "://"] {
            assert!(!line.to_lowercase().contains(word), "{line:?}");
        }
    }
}
