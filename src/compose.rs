//! The response as RFC 5322 octets and an envelope.
//!
//! # Templates
//!
//! A template is plain text in minijinja syntax; its first line is the subject (a leading `主题：` is taken
//! off), the rest the body. The texts of the product stand in `rules/receipts`. An office replaces one by a file of its name in the
//! folder `acknowledgement.templates`, or for one consultation by naming it in `[consultation.templates]`:
//! `accepted`, `near_miss`, `late`, `late_sent_in_time`, `duplicate`, `supplement`, `review`, or one of the common paragraphs that
//! those include: `closing`, `details`, `attachments`, `requests`, `unreadable`. An unknown variable is an error, found by
//! [`check_templates`] when the configuration is read. The variables:
//!
//! | variable | holds |
//! |---|---|
//! | `number` | the submission's number |
//! | `earlier_number` | duplicates and supplements: the earlier one's; else empty |
//! | `kind` | `accepted`, … |
//! | `salutation` | `尊敬的张先生/女士`, the unit's name, or `尊敬的来信人` where neither is certain |
//! | `you` | `您`, or `贵单位` where a unit speaks |
//! | `wish` | `不署名`, `不公开个人信息`, or both; empty where nothing of the kind was said |
//! | `title`, `subject_tag`, `office_name` | as configured |
//! | `received_at` | arrival, `2024年3月12日10时00分`, Beijing time |
//! | `deadline` | `2024年3月13日24时` |
//! | `date` | today, `2024年3月12日` |
//! | `phones` | the office's telephone numbers, joined by `、`; may be empty |
//! | `missing_details` | `姓名、职业、联系电话`: what the citizen may add; only in accepted ones, else empty |
//! | `asks_occupation`, `occupations` | whether 职业 is among them; the choices, joined by `、` |
//! | `attachment_count`, `attachments` | how many; their names, empty where one is not fit to be repeated or nobody vouches for the sender |
//! | `cloud_attachment` | the text links to a provider's store that expires |
//! | `attachment_missing` | the text names a file, and none came |
//! | `requests` | what is asked of the office, joined by `、` (`处理个人信息`); empty where nothing is |
//! | `not_late` | it asks whether an earlier letter was late, which nobody called so |
//! | `unreadable` | nobody can read it (encrypted, a piece of a message, garbled): a readable copy is asked for |
//! | `empty` | there is neither a text nor a file in it |
//!
//! Nothing else of the citizen's is at hand, so no template can quote a body, a subject or a telephone number.

mod header;
mod template;
mod text;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;

use crate::vocabulary::{AcknowledgementKind, Consultation, OutboundMessage};
use header::Headers;

pub use template::{check_templates, template_names};
pub use text::{ASKS_WHETHER_LATE, printed};

/// Whether a message can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// It can.
    Readable,
    /// Nobody can read it: a readable copy is asked for.
    Unreadable,
    /// There is neither a text nor a file in it.
    Empty,
    /// The text names a file, and none came.
    AttachmentMissing,
}

/// What a composed acknowledgement says and to whom. No text of the citizen's stands in it.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    /// Which text.
    pub kind: AcknowledgementKind,
    /// `To:` and `RCPT TO`.
    pub recipient: &'a str,
    /// The office's sender address (`From:`).
    pub from: &'a str,
    /// `MAIL FROM`; `None` is `<>`.
    pub envelope_from: Option<&'a str>,
    /// The submission's number.
    pub number: &'a str,
    /// For a duplicate or supplement: the earlier submission's number.
    pub earlier_number: Option<&'a str>,
    /// The citizen's name; only the surname is printed.
    pub name: Option<&'a str>,
    /// The unit that speaks; printed where somebody vouches for the sender.
    pub organization: Option<&'a str>,
    /// A unit speaks: it is addressed as one.
    pub writes_for_unit: bool,
    /// What the writer wishes for himself, in the receipt's words (`不署名`); empty: nothing.
    pub wishes: &'a [&'a str],
    /// When the message arrived.
    pub received_at: Timestamp,
    /// The message answered, for In-Reply-To and References.
    pub in_reply_to: Option<&'a str>,
    /// The References of the message answered, oldest first.
    pub references: &'a [String],
    /// Which details the citizen may add (`姓名`, `职业`, `联系电话`); empty: the paragraph is left out.
    pub missing_details: &'a [&'a str],
    /// File names of attachments, for `attachment_only`.
    pub attachments: &'a [String],
    /// Our own mail server vouches for the sender: then names may be repeated. Else a stranger's words would go in the office's
    /// name to whomever he likes, and only the count is said.
    pub vouched: bool,
    /// The text links to a provider's store that expires.
    pub cloud_attachment: bool,
    /// What is asked of the office, in its words (`处理个人信息`); empty: nothing is.
    pub requests: &'a [&'a str],
    /// Whether there is something to read in the message.
    pub content: Content,
    /// Now, for `Date:`.
    pub now: Timestamp,
    /// The Message-ID to use, without angle brackets.
    pub message_id: &'a str,
}

/// Why a letter could not be composed: the template is the office's own and wrong, or an address is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template for `{kind}` of consultation `{consultation}`: {problem}")]
pub struct ComposeError {
    /// Which template: a kind's word, or `closing`, `details`, `attachments`, `requests`, `unreadable`.
    pub kind: String,
    /// Whose.
    pub consultation: String,
    /// What is wrong, with its line.
    pub problem: String,
}

impl ComposeError {
    fn new(kind: &str, consultation: &Consultation, problem: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), consultation: consultation.id.clone(), problem: problem.into() }
    }
}

/// Composes.
///
/// # Errors
/// When the consultation's template for this kind cannot be rendered, or an address of the letter cannot
/// stand in a header.
pub fn compose(letter: &Letter<'_>, consultation: &Consultation) -> Result<OutboundMessage, ComposeError> {
    let wrong = |problem: String| ComposeError::new(letter.kind.as_str(), consultation, problem);
    let rendered = template::render(letter, consultation)?;
    let addresses = [
        ("recipient", Some(letter.recipient)),
        ("from", Some(letter.from)),
        ("envelope_from", letter.envelope_from),
    ];
    for (field, address) in addresses {
        if address.is_some_and(|address| !header::is_addr_spec(address)) {
            return Err(wrong(format!("the {field} address is malformed")));
        }
    }
    if !header::is_message_id(letter.message_id) {
        return Err(wrong("the Message-ID is malformed".to_owned()));
    }

    let mut headers = Headers::default();
    headers.unstructured("Date", &header::date(letter.now));
    headers.mailbox("From", &consultation.office_name, letter.from);
    headers.mailbox("To", "", letter.recipient);
    headers.unstructured("Subject", &rendered.subject);
    headers.message_ids("Message-ID", &[letter.message_id]);
    let parent = letter.in_reply_to.filter(|id| header::is_message_id(id));
    headers.message_ids("In-Reply-To", parent.as_slice());
    headers.message_ids("References", &header::references(letter.references, parent));
    // RFC 3834 section 3.1.7; the second is what Exchange looks for; the third is our own loop mark.
    headers.unstructured("Auto-Submitted", "auto-replied");
    headers.unstructured("X-Auto-Response-Suppress", "All");
    headers.unstructured("X-Zwfw-Intake", &text::plain(letter.number));
    Ok(OutboundMessage {
        envelope_from: letter.envelope_from.map(str::to_owned),
        envelope_to: letter.recipient.to_owned(),
        message_id: letter.message_id.to_owned(),
        octets: with_body(headers, &rendered.body),
    })
}

/// A message of the program's own for whoever keeps it running; `None`: an address cannot stand in a header.
pub fn notice(
    (from, to): (&str, &str),
    subject: &str,
    body: &str,
    message_id: &str,
    now: Timestamp,
) -> Option<OutboundMessage> {
    if !header::is_addr_spec(from) || !header::is_addr_spec(to) || !header::is_message_id(message_id) {
        return None;
    }
    let mut headers = Headers::default();
    headers.unstructured("Date", &header::date(now));
    headers.mailbox("From", "", from);
    headers.mailbox("To", "", to);
    headers.unstructured("Subject", subject);
    headers.message_ids("Message-ID", &[message_id]);
    // RFC 3834 section 5: what nobody asked for.
    headers.unstructured("Auto-Submitted", "auto-generated");
    headers.unstructured("X-Auto-Response-Suppress", "All");
    Some(OutboundMessage {
        envelope_from: Some(from.to_owned()),
        envelope_to: to.to_owned(),
        message_id: message_id.to_owned(),
        octets: with_body(headers, body),
    })
}

/// The headers of a text in UTF-8, and the text.
fn with_body(mut headers: Headers, body: &str) -> Vec<u8> {
    headers.unstructured("MIME-Version", "1.0");
    headers.unstructured("Content-Type", "text/plain; charset=utf-8");
    headers.unstructured("Content-Transfer-Encoding", "base64");
    let mut octets = headers.finish();
    let body = BASE64.encode(body.replace('\n', "\r\n"));
    for line in body.as_bytes().chunks(76) {
        octets.extend_from_slice(line);
        octets.extend_from_slice(b"\r\n");
    }
    octets
}

/// A Message-ID with the submission's number in it, without angle brackets: `number.kind.token@domain`
/// (RFC 5322 section 3.6.4; a dot-atom on both sides whatever the arguments hold). `token` makes it unique and
/// hard to guess; the caller draws it once per acknowledgement and keeps it over all attempts.
pub fn message_id(number: &str, kind: AcknowledgementKind, domain: &str, token: &str) -> String {
    let atom = |text: &str, most: usize| {
        let kept: String =
            text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(most).collect();
        if kept.is_empty() { "x".to_owned() } else { kept }
    };
    let host = domain.split('.').map(|label| atom(label, 63)).collect::<Vec<_>>().join(".");
    let host: String = host.chars().take(180).collect();
    let host = host.trim_end_matches('.');
    format!("{}.{}.{}@{host}", atom(number, 80), atom(kind.as_str(), 20), atom(token, 80))
}
