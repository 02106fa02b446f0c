//! Raw message to [`Message`]: total, never fails, says what it had to mend.

mod address;
mod attachments;
mod body;
mod boundary;
mod cms;
mod date;
mod embedded;
mod engine;
mod fields;
mod flowed;
mod found;
mod html;
mod legibility;
mod office;
mod openable;
mod params;
mod plain;
mod received;
mod relay;
mod report;
mod restore;
mod signals;
mod tnef;
mod transfer;

use std::borrow::Cow;

use mail_parser::PartFlags;

use crate::charset;
use crate::vocabulary::{Address, FileFault, Illegible, WrittenTime};

use engine::ENGINE;
pub use office::office_text;

/// Limits of parsing; beyond them a message is still read, and [`Message::defects`] says what was left out.
#[derive(Debug, Clone, Copy)]
pub struct ParseLimits {
    /// Longest text kept, in bytes of UTF-8.
    pub text_bytes: usize,
    /// Longest header section read, in bytes.
    pub header_bytes: usize,
    /// Most attachments listed.
    pub attachments: usize,
    /// The bytes of attachments are kept beside their digests.
    pub keep_files: bool,
}

impl Default for ParseLimits {
    fn default() -> Self {
        Self { text_bytes: 2 << 20, header_bytes: 1 << 20, attachments: 200, keep_files: false }
    }
}

impl ParseLimits {
    /// Text below this length is kept however short its message is, in bytes.
    const ANY_TEXT_BYTES: usize = 64 << 10;

    /// The limits for the text of a message of so many bytes. In UTF-8 a text is at most half as long again as in any charset
    /// that Chinese is written in; but a broken byte becomes three, the mark of a list fourteen.
    fn for_text_in(self, message_bytes: usize) -> Self {
        let most = Self::ANY_TEXT_BYTES.max(message_bytes.saturating_add(message_bytes / 2));
        Self { text_bytes: self.text_bytes.min(most), ..self }
    }
}

/// A message as read: what people would see in their mail client, plus the marks that rules look at.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// `Subject:` decoded and unfolded; `None` when there is no such field.
    pub subject: Option<String>,
    /// The subject's raw bytes as text for the record (lossy), folds kept.
    pub subject_as_received: Option<String>,
    /// What further `Subject:` fields say (RFC 5322 section 3.6 allows one).
    pub further_subjects: Vec<String>,
    /// The subject was read wrongly on its way, or lost, and says nothing for certain.
    pub subject_garbled: bool,
    /// Every mailbox of every `From:` field, in order. The first counts.
    pub from: Vec<Address>,
    /// How many `From:` fields there were (RFC 5322 section 3.6 allows one).
    pub from_fields: usize,
    /// Mailboxes of `Reply-To:`.
    pub reply_to: Vec<Address>,
    /// Mailboxes of `To:` and `Cc:`.
    pub recipients: Vec<Address>,
    /// `Date:`; a bare `CST` is China Standard Time here. `None` when absent or unreadable.
    pub date: Option<WrittenTime>,
    /// `Message-ID:` without angle brackets.
    pub message_id: Option<String>,
    /// Message-IDs of `In-Reply-To:` and then `References:`, without angle brackets, no repeats.
    pub thread: Vec<String>,
    /// `Return-Path:` of the topmost field.
    pub return_path: Option<ReturnPath>,
    /// `Received:` fields, topmost first.
    pub received: Vec<Received>,
    /// Every header field of the message proper, in order: lower-case name, decoded and unfolded value.
    pub headers: Vec<(String, String)>,
    /// The body as text: text/plain, or HTML as text with table cells parted by tabs.
    pub text: String,
    /// What stands in the HTML and its reader does not see.
    pub hidden: String,
    /// Addresses that links of the HTML lead to and its text does not say.
    pub links: Vec<String>,
    /// A file that belongs to the message lies elsewhere (`message/external-body`, RFC 2046 section 5.2.3).
    pub external_file: bool,
    /// Nothing of the text is seen; it stands in `text` all the same.
    pub all_hidden: bool,
    /// Where `text` comes from.
    pub text_source: TextSource,
    /// The text of the first attached message/rfc822 beside a text of the message's own; never of a report.
    pub forwarded: Option<String>,
    /// Message-ID of the attached message, or of the header that a report returns.
    pub attached_id: Option<String>,
    /// Of the same: its `To:`, `Cc:` and `Subject:`, a line each.
    pub returned_header: Option<String>,
    /// Attachments, inline images left out.
    pub attachments: Vec<Attachment>,
    /// What it is instead of a letter, as its parts say.
    pub signal: Option<Signal>,
    /// A delivery report or receipt (RFC 3464, RFC 8098), when the message is one.
    pub report: Option<Report>,
    /// One that stands in a message of another form; it proves nothing of the message.
    pub attached_report: Option<Report>,
    /// Why nobody can read it, if nobody can.
    pub illegible: Option<Illegible>,
    /// What had to be mended or left out.
    pub defects: Defects,
}

/// What a client sends in the form of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// A calendar answers an invitation (RFC 6047).
    CalendarAnswer,
    /// A reaction to another message (RFC 9078).
    Reaction,
}

/// The reverse-path that the final delivery recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnPath {
    /// `<>`
    Null,
    /// An address, without angle brackets.
    Address(String),
}

/// One `Received:` field (RFC 5321 section 4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The word behind `from`, lower case: what the client said of itself; with qmail, what was looked up.
    pub from: Option<String>,
    /// The groups in parentheses behind it, lower case: what the server recorded of the client, and of its connection.
    pub recorded: Vec<String>,
    /// The name behind each `by`, lower case. A sound line has one at most.
    pub by: Vec<String>,
    /// The group behind the first of them, lower case: the writer's software.
    pub software: Option<String>,
    /// The line has the form that RFC 5321 gives it: closed parentheses, one `from`, one `by`.
    pub is_sound: bool,
    /// The time behind the last `;`.
    pub time: Option<WrittenTime>,
    /// The whole field, unfolded, for the record.
    pub line: String,
}

/// Where the text of a message was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextSource {
    /// There is no text at all.
    #[default]
    None,
    /// A text/plain part.
    Plain,
    /// An HTML part.
    Html,
    /// A forwarded message/rfc822, because the outer message has no text of its own.
    Forwarded,
    /// A winmail.dat (TNEF) body.
    Tnef,
}

/// One attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The decoded file name; `None` when it has none.
    pub filename: Option<String>,
    /// `type/subtype` in lower case.
    pub media_type: String,
    /// Length after the transfer encoding was undone, in bytes.
    pub size_bytes: u64,
    /// SHA-256 of those bytes, hex.
    pub sha256: String,
    /// Those bytes, where they were to be kept.
    pub bytes: Option<Vec<u8>>,
    /// Why nobody can open it, as far as its name and its beginning say.
    pub fault: Option<FileFault>,
}

/// A delivery status notification or a message disposition notification.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// `delivery-status`, `disposition-notification` or `feedback-report` (RFC 5965).
    pub report_type: String,
    /// Message-ID of the message reported on, when the report quotes it.
    pub original_message_id: Option<String>,
    /// Whom the report is about: the first recipient whom the mail did not reach, else the first.
    pub recipient: Option<String>,
    /// `Action:` of this recipient (RFC 3464 section 2.3.3), or the disposition.
    pub action: Option<String>,
    /// `Status:` of this recipient (RFC 3463), e.g. `5.1.1`.
    pub status: Option<String>,
    /// The report's words: `Diagnostic-Code`, or the beginning of its text.
    pub diagnostic: Option<String>,
}

/// What parsing had to mend or leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings, each asked for by name")]
pub struct Defects {
    /// Some charset was worked out ([`crate::charset::Decoded::repaired`]).
    pub charset_repaired: bool,
    /// Some bytes are lost ([`crate::charset::Decoded::lossy`]).
    pub charset_lossy: bool,
    /// Text was read wrongly on its way, and not all of it could be turned back ([`crate::charset::Decoded::garbled`]).
    pub garbled: bool,
    /// A limit of [`ParseLimits`] was reached.
    pub limit_reached: bool,
    /// The message has no header section at all.
    pub no_header: bool,
    /// The message has a header section and nothing behind it.
    pub no_body: bool,
    /// It calls itself a report (RFC 6522) and is read as something else: no part of one is to be seen in it.
    pub report_without_parts: bool,
}

impl Attachment {
    /// Whether a person would call it a file: a card, an entry of a calendar and something empty are none.
    pub fn is_file(&self) -> bool {
        const NONE: [&str; 5] =
            ["text/vcard", "text/x-vcard", "text/directory", "text/calendar", "application/ics"];
        let name = self.filename.as_deref().unwrap_or_default().to_ascii_lowercase();
        let is_card = [".vcf", ".ics"].iter().any(|end| name.ends_with(end));
        self.size_bytes > 0 && !NONE.contains(&self.media_type.as_str()) && !is_card
    }

    /// Whether it is a picture.
    pub fn is_picture(&self) -> bool {
        self.media_type.starts_with("image/")
    }
}

impl Message {
    /// The first value of a header field, decoded; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The mailbox that wrote: the first of `From:`.
    pub fn author(&self) -> Option<&Address> {
        self.from.first()
    }

    /// The address of `Return-Path:`, if there is one.
    pub fn envelope_sender(&self) -> Option<&str> {
        match &self.return_path {
            Some(ReturnPath::Address(address)) => Some(address),
            Some(ReturnPath::Null) | None => None,
        }
    }

    /// The text of the message and of the message attached to it, and where its links lead.
    pub fn whole_text(&self) -> Cow<'_, str> {
        let links = self.links.join("\n");
        let behind = [self.forwarded.as_deref().unwrap_or_default(), &links];
        behind
            .into_iter()
            .filter(|text| !text.is_empty())
            .fold(Cow::Borrowed(&self.text), |whole, text| Cow::Owned(format!("{whole}\n\n{text}")))
    }
}

/// Reads one message.
///
/// Total: any bytes give a [`Message`]. Work and memory are linear in the size of `raw`.
pub fn parse(raw: &[u8], limits: ParseLimits) -> Message {
    let raw = restore::line_ends(raw);
    read(fields::message_start(&raw), limits, MOST_RESTORED, false)
}

/// Reads a message, or what it is when its structure is as it was meant.
fn read(raw: &[u8], limits: ParseLimits, restorable: usize, is_piece: bool) -> Message {
    let Some(tree) = ENGINE.parse(raw) else {
        return headless(raw, limits);
    };
    if restorable > 0
        && let Some(restored) = restore::restored(&tree)
    {
        let called_report = tree.root().root_part().is_content_type("multipart", "report");
        drop(tree);
        let mut message = read(&restored.bytes, limits, restorable - 1, is_piece || restored.is_piece);
        let found = message.header("content-type").unwrap_or_default().to_ascii_lowercase();
        message.defects.report_without_parts |= called_report && !found.starts_with("multipart/report");
        return message;
    }
    let root = tree.root();
    let mut message = Message::default();
    if !fields::read(root, limits, &mut message) {
        return headless(raw, limits);
    }
    message.defects.limit_reached |=
        tree.parts().any(|part| part.flags().intersects(PartFlags::LIMIT_REACHED | PartFlags::NESTING_LIMIT));
    message.defects.no_body = root.root_part().raw_body().trim_ascii().is_empty();
    (message.report, message.attached_report) = report::read(root);
    message.attached_id = report::returned_id(root);
    message.returned_header = report::returned_header(root);
    signals::read(root, &mut message);
    body::read(root, limits, &mut message);
    message.illegible = legibility::judge(root, &message.text, is_piece, message.defects.garbled);
    message.defects.charset_lossy |= message.illegible == Some(Illegible::Garbled);
    message
}

/// A message without a header section: all of it is text.
fn headless(raw: &[u8], limits: ParseLimits) -> Message {
    let mut message = Message::default();
    message.defects.no_header = true;
    message.defects.no_body = raw.trim_ascii().is_empty();
    let limits = limits.for_text_in(raw.len());
    let (bytes, cut) = body::bounded(raw, limits.text_bytes);
    let (decoded, too_long) = charset::decode_body_within(bytes, None, limits.text_bytes);
    message.defects.note(&decoded);
    message.defects.limit_reached = cut || too_long;
    if !found::is_blank(&decoded.text) {
        message.text_source = TextSource::Plain;
        message.text = decoded.text;
    }
    message
}

/// How often a message is written anew at most: a signature within an encoded multipart within a piece is three.
const MOST_RESTORED: usize = 4;

impl Defects {
    /// Takes over what decoding some text met.
    fn note(&mut self, decoded: &charset::Decoded) {
        self.charset_repaired |= decoded.repaired;
        self.charset_lossy |= decoded.lossy;
        self.garbled |= decoded.garbled;
    }
}

#[cfg(test)]
mod tests;
