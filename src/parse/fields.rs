//! The header section: which fields there are and what they say.

use mail_parser::MessageRef;

use super::params::Params;
use super::{Message, ParseLimits, ReturnPath, address, date, html, legibility, received};
use crate::charset::{self, Decoded};
use crate::vocabulary::Address;

/// Most header fields kept. Mail that travelled far has a hundred; more is an attempt to fill memory.
const MAX_FIELDS: usize = 2_000;

/// Most further subjects kept.
const MAX_SUBJECTS: usize = 5;

/// Most Message-IDs kept of a thread.
const MAX_THREAD: usize = 200;

/// Fields that are read (once each) even when the fields before them used the limit up, so that a flood
/// of others cannot hide who wrote what.
const VITAL: [&str; 7] = ["subject", "from", "reply-to", "to", "date", "message-id", "auto-submitted"];

/// How much of a vital field is read beyond the limit, in bytes.
const VITAL_BYTES: usize = 16 * 1024;

/// The message without what transports put before it: a byte order mark, blank lines, an mbox `From ` line.
pub(super) fn message_start(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let mut start = raw;
    while let [b'\r' | b'\n', rest @ ..] = start {
        start = rest;
    }
    if !starts_with_field(start) {
        return raw;
    }
    if start.starts_with(b"From ") || start.starts_with(b">From ") {
        let line = start.iter().position(|byte| *byte == b'\n').map_or(start.len(), |at| at + 1);
        let behind = start.get(line..).unwrap_or_default();
        return if starts_with_field(behind) { behind } else { start };
    }
    start
}

/// Whether the first line is a header field or an mbox line.
pub(super) fn starts_with_field(raw: &[u8]) -> bool {
    let line = raw.iter().take(200).position(|byte| matches!(byte, b':' | b'\n'));
    let name = line.and_then(|at| raw.get(..at)).unwrap_or_default();
    raw.starts_with(b"From ")
        || raw.starts_with(b">From ")
        || !name.is_empty() && line.and_then(|at| raw.get(at)) == Some(&b':') && is_name(name)
}

/// Whether bytes are a field name (RFC 5322 section 2.2), blanks before the colon allowed (section 4.5).
fn is_name(name: &[u8]) -> bool {
    let name = name.trim_ascii_end();
    !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

/// Reads the header section of `root` into `message`; false when there is none.
pub(super) fn read(root: MessageRef<'_>, limits: ParseLimits, message: &mut Message) -> bool {
    let mut budget = limits.header_bytes;
    let longest = limits.header_bytes / 4;
    let mut vital_seen: Vec<&str> = Vec::new();
    let is_raw = root.headers().iter().any(|header| !header.raw_value().is_ascii());
    let beside = if is_raw { text_charset(root) } else { None };
    for header in root.headers() {
        let written = header.raw_name();
        if !is_name(written.as_bytes()) {
            continue;
        }
        let name = written.trim_end().to_ascii_lowercase();
        let raw = header.raw_value();
        let within = name.len() + raw.len().min(longest) <= budget && message.headers.len() < MAX_FIELDS;
        let vital = VITAL.iter().find(|vital| **vital == name);
        let allowed = match vital {
            _ if within => longest,
            Some(vital) if !vital_seen.contains(vital) => VITAL_BYTES.min(longest),
            _ => {
                message.defects.limit_reached = true;
                continue;
            }
        };
        vital_seen.extend(vital);
        let value = raw.get(..allowed.min(raw.len())).unwrap_or_default();
        message.defects.limit_reached |= value.len() < raw.len();
        budget = budget.saturating_sub(name.len() + value.len());
        field(name, value, beside.as_deref(), message);
    }
    !message.headers.is_empty()
}

/// The charset that the message declares for its text.
fn text_charset(root: MessageRef<'_>) -> Option<String> {
    root.parts().filter(mail_parser::MessagePart::is_text).take(2).find_map(|part| {
        let field = part.headers().get("content-type")?;
        Params::read(field.raw_value()).token("charset").map(str::to_owned)
    })
}

/// Fields that hold encoded-words: unstructured text, and phrases and comments beside addresses (RFC 2047 section 5). In any
/// other an encoded-word is what its letters say, or whoever chooses a piece of it (HELO, the reverse-path) writes the rest.
const ENCODED: [&str; 11] = [
    "subject",
    "comments",
    "keywords",
    "content-description",
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "bcc",
    "thread-topic",
];

/// The value of the field of this name (lower case), as one line.
pub(super) fn value_of(name: &str, raw: &[u8], beside: Option<&str>) -> Decoded {
    let read = if ENCODED.contains(&name) { charset::decode_header } else { charset::undecoded_header };
    read(raw, beside)
}

/// Reads one field.
fn field(name: String, raw: &[u8], beside: Option<&str>, message: &mut Message) {
    let value = value_of(&name, raw, beside);
    match name.as_str() {
        // An empty first field hides nothing.
        "subject" if message.subject.as_ref().is_none_or(String::is_empty) => {
            let text = html::dereferenced(&value.text)
                .map_or_else(|| value.text.clone(), |text| charset::one_line(&text));
            message.defects.charset_repaired |= value.repaired;
            message.defects.charset_lossy |= value.lossy;
            message.subject_garbled = value.garbled || legibility::is_lost(&text);
            message.subject = Some(text);
            let as_received = String::from_utf8_lossy(raw);
            let as_received = as_received.trim_end_matches(['\r', '\n']);
            message.subject_as_received =
                Some(as_received.strip_prefix(' ').unwrap_or(as_received).to_owned());
        }
        "subject" if message.further_subjects.len() < MAX_SUBJECTS => {
            message.further_subjects.push(value.text.clone());
        }
        "from" => {
            message.from_fields += 1;
            addresses(raw, beside, &value, |message| &mut message.from, message);
        }
        "reply-to" => addresses(raw, beside, &value, |message| &mut message.reply_to, message),
        "to" | "cc" => addresses(raw, beside, &value, |message| &mut message.recipients, message),
        "date" if message.date.is_none() => message.date = date::read(&value.text),
        "message-id" if message.message_id.is_none() => message.message_id = first_id(&value.text),
        "return-path" if message.return_path.is_none() => message.return_path = return_path(&value.text),
        "received" => message.received.push(received::read(&value.text)),
        _ => {}
    }
    message.headers.push((name, value.text));
}

fn addresses(
    raw: &[u8],
    beside: Option<&str>,
    value: &Decoded,
    list: fn(&mut Message) -> &mut Vec<Address>,
    message: &mut Message,
) {
    let (read, decoded) = address::read(raw, beside);
    for met in [value, &decoded] {
        message.defects.charset_repaired |= met.repaired;
        message.defects.charset_lossy |= met.lossy;
    }
    list(message).extend(read);
}

/// The threading fields, once all fields are known: `In-Reply-To:` before `References:`.
pub(super) fn thread(headers: &[(String, String)]) -> Vec<String> {
    let mut thread: Vec<String> = Vec::new();
    for name in ["in-reply-to", "references"] {
        for id in headers.iter().filter(|(field, _)| field == name).flat_map(|(_, value)| ids(value)) {
            if thread.len() < MAX_THREAD && !thread.iter().any(|known| known == id) {
                thread.push(id.to_owned());
            }
        }
    }
    thread
}

/// Message-IDs without their angle brackets (RFC 5322 section 3.6.4); where there are no brackets, words
/// that hold an `@`, and a lone word.
fn ids(value: &str) -> impl Iterator<Item = &str> {
    // A control character is in no id, and would be in every list that shows one.
    let ends = |c: char| c.is_whitespace() || c.is_control();
    let bracketed = value.contains('<');
    let lone = !value.trim().contains(char::is_whitespace);
    value
        .split(move |c: char| if bracketed { c == '<' } else { ends(c) || c == ',' })
        .skip(usize::from(bracketed))
        .filter_map(
            move |piece| {
                if bracketed { piece.split(|c: char| c == '>' || ends(c)).next() } else { Some(piece) }
            },
        )
        // A quotation mark inside the brackets is a part of the id: `<"a b"@example.com>`.
        .map(move |id| id.trim_matches(|c: char| ends(c) || c == '>' || !bracketed && c == '"'))
        .filter(move |id| !id.is_empty() && (bracketed || lone || id.contains('@')))
}

/// The first of them.
pub(super) fn first_id(value: &str) -> Option<String> {
    ids(value).next().map(str::to_owned)
}

fn return_path(value: &str) -> Option<ReturnPath> {
    // A quoted local part may hold brackets: the outermost count.
    let bare = value.split_once('<').map_or(value, |(_, behind)| behind);
    let bare = bare.rsplit_once('>').map_or(bare, |(inside, _)| inside).trim();
    match bare {
        "" if value.contains('<') => Some(ReturnPath::Null),
        "" => None,
        address => Some(ReturnPath::Address(address.to_owned())),
    }
}
