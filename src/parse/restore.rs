//! Messages that a program or a gateway broke on the way, or that stand inside a signature: written anew as they were
//! meant, and then read like any other. The bytes that are kept are those that came.

use std::borrow::Cow;
use std::ops::Range;

use mail_parser::{Encoding, Message, MessagePart, Source};

use super::{attachments, boundary, cms, fields, transfer};
use crate::charset;

/// Fields of one part that are looked at; more is no part of a letter.
const MOST_FIELDS: usize = 200;

/// How much of a nameless file is looked at to see whether it is text, in bytes.
const SAMPLE_BYTES: usize = 16 * 1024;

/// A message with other bytes.
pub(super) struct Restored {
    pub(super) bytes: Vec<u8>,
    /// It is a piece of a message, and the others are not here (RFC 2046 section 5.2.2).
    pub(super) is_piece: bool,
}

/// One part, or a field of it, in another form.
struct Edit {
    range: Range<usize>,
    bytes: Vec<u8>,
    is_piece: bool,
}

/// Line ends as mail has them, in a file that has none but bare carriage returns.
pub(super) fn line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.contains(&b'\n') || !raw.contains(&b'\r') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.split(|byte| *byte == b'\r').collect::<Vec<_>>().join(&b"\r\n"[..]))
}

/// The message as it was meant, where its structure says something else than was meant; `None` for sound ones.
pub(super) fn restored(tree: &Message<'_>) -> Option<Restored> {
    let mut edits: Vec<Edit> = Vec::new();
    for part in tree.parts() {
        let start = part.offset_header() as usize;
        let is_inside = edits.last().is_some_and(|last| start < last.range.end);
        if !is_inside && matches!(part.message().source(), Source::Raw) {
            edits.extend(edit(part));
        }
    }
    if edits.is_empty() {
        return None;
    }
    let raw = tree.raw();
    let added: usize = edits.iter().map(|edit| edit.bytes.len()).sum();
    let mut bytes = Vec::with_capacity(raw.len() + added);
    let mut at = 0;
    for edit in &edits {
        bytes.extend_from_slice(raw.get(at..edit.range.start).unwrap_or_default());
        bytes.extend_from_slice(&edit.bytes);
        at = edit.range.end;
    }
    bytes.extend_from_slice(raw.get(at..).unwrap_or_default());
    Some(Restored { bytes, is_piece: edits.iter().any(|edit| edit.is_piece) })
}

fn edit(part: MessagePart<'_>) -> Option<Edit> {
    let is = |kind: &str| part.content_type().is_some_and(|media| media.ctype().eq_ignore_ascii_case(kind));
    let (written, is_piece) = if is("multipart") {
        (divided(part).or_else(|| with_root_first(part))?, false)
    } else if part.is_content_type("message", "partial") {
        (piece(part), !is_whole(part))
    } else if is_signed(part) {
        (signed(part)?, false)
    } else if part.is_text() {
        (with_slipped_fields(part).or_else(|| without_disposition(part))?, false)
    } else {
        (nameless_text(part)?, false)
    };
    let range = part.offset_header() as usize..part.offset_end() as usize;
    Some(Edit { range, bytes: written, is_piece })
}

/// The fields of a part as written, each with its line end, but for those of these names.
fn fields_without(part: MessagePart<'_>, names: &[&str]) -> Vec<u8> {
    let mut kept = Vec::new();
    for header in part.headers() {
        let name = header.raw_name().trim_end();
        if names.iter().any(|other| name.eq_ignore_ascii_case(other)) {
            continue;
        }
        kept.extend_from_slice(name.as_bytes());
        kept.push(b':');
        let value = header.raw_value();
        kept.extend_from_slice(value);
        if !value.ends_with(b"\n") {
            kept.extend_from_slice(b"\r\n");
        }
    }
    kept
}

const STRUCTURE: [&str; 3] = ["content-type", "content-transfer-encoding", "content-disposition"];

fn field<'a>(part: MessagePart<'a>, name: &'a str) -> Option<&'a [u8]> {
    part.headers().get(name).map(|field| field.raw_value())
}

/// A multipart that shows no part: its boundary is missing, folded or another, or all of it is encoded, which RFC 2045
/// section 6.4 forbids. Where nothing divides it, it is text.
fn divided(part: MessagePart<'_>) -> Option<Vec<u8>> {
    let is_encoded = part.encoding() != Encoding::None;
    if part.children().len() > 0 || part.raw_body().trim_ascii().is_empty() {
        return None;
    }
    let body =
        if is_encoded { part.encoding().decode(part.raw_body()) } else { Cow::Borrowed(part.raw_body()) };
    let declared = field(part, "content-type").unwrap_or_default();
    let found = boundary::of_body(declared, &body).or_else(|| boundary::of_body(declared, part.raw_body()));
    let is_readable = !is_encoded || boundary::of_body(declared, part.raw_body()).is_none();
    let body = if is_readable { body } else { Cow::Borrowed(part.raw_body()) };
    let mut written = fields_without(part, &STRUCTURE[..2]);
    match found {
        // The boundary is the declared one, and no part is to be seen all the same: nothing can be done better.
        Some(found) if part.boundary() == Some(found.as_str()) && !is_encoded => return None,
        Some(found) => {
            written.extend_from_slice(b"Content-Type:");
            let unfolded: Vec<u8> =
                declared.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
            let value = String::from_utf8_lossy(&unfolded).into_owned();
            written.extend_from_slice(without_boundary(&value).as_bytes());
            written.extend_from_slice(format!("; boundary=\"{found}\"\r\n").as_bytes());
        }
        None if part.boundary().is_some() && !is_encoded => return None,
        None => {
            let charset = part.content_type().and_then(|media| media.attribute("charset"));
            written.extend_from_slice(text_type(charset).as_bytes());
        }
    }
    written.extend_from_slice(b"\r\n");
    written.extend_from_slice(&body);
    Some(written)
}

/// A Content-Type field for plain text.
fn text_type(charset: Option<&str>) -> String {
    let token: String = charset
        .unwrap_or_default()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
        .collect();
    if token.is_empty() {
        "Content-Type: text/plain\r\n".to_owned()
    } else {
        format!("Content-Type: text/plain; charset={token}\r\n")
    }
}

/// A field's value up to its boundary parameter, and what stands behind it.
fn without_boundary(value: &str) -> String {
    let Some(at) = value.to_ascii_lowercase().find("boundary") else { return value.trim_end().to_owned() };
    let (before, behind) = value.split_at_checked(at).unwrap_or((value, ""));
    let behind = behind.split_once('=').map(|(_, behind)| behind.trim_start()).unwrap_or_default();
    let behind = match behind.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').map(|(_, behind)| behind),
        None => behind.split_once(';').map(|(_, behind)| behind),
    };
    let before = before.trim_end().trim_end_matches(';');
    let behind = behind.unwrap_or_default().trim().trim_matches(';').trim();
    if behind.is_empty() { before.to_owned() } else { format!("{before}; {behind}") }
}

/// A multipart/related with its root at the head: the part that `start` names, else the first of the type that `type` names
/// (RFC 2387 sections 3.1 and 3.2).
fn with_root_first(part: MessagePart<'_>) -> Option<Vec<u8>> {
    if !part.is_content_type("multipart", "related") || part.children().len() < 2 {
        return None;
    }
    let media = part.content_type()?;
    let bare = |id: &str| id.trim().trim_matches(['<', '>']).to_owned();
    let started = media.attribute("start").map(bare).and_then(|start| {
        let is_start = |child: &MessagePart<'_>| {
            field(*child, "content-id").is_some_and(|id| bare(&String::from_utf8_lossy(id)) == start)
        };
        part.children().position(|child| is_start(&child))
    });
    let typed = || {
        let wanted = media.attribute("type").unwrap_or("text/html").to_ascii_lowercase();
        let (kind, subtype) = wanted.split_once('/')?;
        part.children().position(|child| child.is_content_type(kind, subtype))
    };
    let root = started.or_else(typed).filter(|root| *root > 0)?;
    let delimiter = format!("--{}", part.boundary()?);
    let mut written = part.raw_headers().to_vec();
    let first = part.children().nth(root);
    let others = part.children().enumerate().filter(|(index, _)| *index != root).map(|(_, child)| child);
    for child in first.into_iter().chain(others) {
        written.extend_from_slice(format!("\r\n{delimiter}\r\n").as_bytes());
        written.extend_from_slice(child.raw());
    }
    written.extend_from_slice(format!("\r\n{delimiter}--\r\n").as_bytes());
    Some(written)
}

/// The first piece of a message holds the fields of the whole (RFC 2046 section 5.2.2.1); any other is text from its middle.
fn piece(part: MessagePart<'_>) -> Vec<u8> {
    let body = part.raw_body();
    let mut written = fields_without(part, &STRUCTURE);
    if fields::starts_with_field(body) {
        // What the enclosed message says of its structure, and nothing else of it: who wrote says the outer one.
        let (inner, text) = header_and_body(body);
        for line in field_lines(inner) {
            let name = line.to_ascii_lowercase();
            if name.starts_with(b"content-") {
                written.extend_from_slice(line);
            }
        }
        written.extend_from_slice(b"\r\n");
        written.extend_from_slice(text);
    } else {
        written.extend_from_slice(b"Content-Type: text/plain\r\n\r\n");
        written.extend_from_slice(body);
    }
    written
}

fn is_whole(part: MessagePart<'_>) -> bool {
    part.content_type().and_then(|media| media.attribute("total")).is_some_and(|total| total.trim() == "1")
}

/// The fields of a block, and what stands behind the empty line below them.
fn header_and_body(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            let behind = bytes.get(at + line.len()..).unwrap_or_default();
            return (bytes.get(..at).unwrap_or_default(), behind);
        }
        at += line.len();
    }
    (bytes, &[])
}

/// Fields with their folded lines.
fn field_lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = block;
    std::iter::from_fn(move || {
        let mut end = 0;
        for line in rest.split_inclusive(|byte| *byte == b'\n') {
            if end > 0 && !line.starts_with(b" ") && !line.starts_with(b"\t") {
                break;
            }
            end += line.len();
        }
        let (field, tail) = rest.split_at_checked(end)?;
        rest = tail;
        (!field.is_empty()).then_some(field)
    })
}

/// Whether a part may be an opaque signature. Its label need not say so: what it holds does.
fn is_signed(part: MessagePart<'_>) -> bool {
    attachments::is_pkcs7(part)
}

/// What an opaque signature encloses, in its place.
fn signed(part: MessagePart<'_>) -> Option<Vec<u8>> {
    let content = cms::signed_content(&transfer::decoded(part))?;
    let mut written = fields_without(part, &STRUCTURE);
    if !fields::starts_with_field(&content) {
        written.extend_from_slice(b"Content-Type: text/plain\r\n\r\n");
    }
    written.extend_from_slice(&content);
    Some(written)
}

/// Fields of MIME that slipped below the header's empty line.
fn with_slipped_fields(part: MessagePart<'_>) -> Option<Vec<u8>> {
    let body = part.raw_body().trim_ascii_start();
    if !body.get(..8)?.eq_ignore_ascii_case(b"content-") {
        return None;
    }
    let (block, text) = header_and_body(body);
    let names: Vec<String> = field_lines(block)
        .take(MOST_FIELDS)
        .map(|line| {
            String::from_utf8_lossy(line).split(':').next().unwrap_or_default().trim().to_ascii_lowercase()
        })
        .collect();
    let is_mime = |name: &String| {
        STRUCTURE.contains(&name.as_str())
            || ["mime-version", "content-id", "content-language"].contains(&name.as_str())
    };
    if text.is_empty() || names.is_empty() || !names.iter().all(is_mime) {
        return None;
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut written = fields_without(part, &names);
    written.extend_from_slice(block);
    written.extend_from_slice(b"\r\n");
    written.extend_from_slice(text);
    Some(written)
}

/// A message of one text, whose disposition says that it is a file: it is what was written.
fn without_disposition(part: MessagePart<'_>) -> Option<Vec<u8>> {
    let is_file = part.content_disposition().is_some_and(|disposition| disposition.is_attachment());
    if part.parent().is_some() || !is_file {
        return None;
    }
    let mut written = fields_without(part, &STRUCTURE[2..]);
    written.extend_from_slice(b"\r\n");
    written.extend_from_slice(part.raw_body());
    Some(written)
}

/// The first part of a message, or all of it, under the type of a file, without a name, and clean text.
fn nameless_text(part: MessagePart<'_>) -> Option<Vec<u8>> {
    let is_first = part
        .parent()
        .is_none_or(|parent| parent.children().next().is_some_and(|first| first.id() == part.id()));
    let is_file = part.parent().is_some()
        && part.content_disposition().is_some_and(|disposition| disposition.is_attachment());
    let is_octets = part.is_content_type("application", "octet-stream");
    if !is_first || is_file || !is_octets || attachments::filename(part).is_some() {
        return None;
    }
    let bytes = transfer::decoded(part);
    let sample = bytes.get(..SAMPLE_BYTES).unwrap_or(&bytes);
    // A sample may end inside a character.
    let sample = sample.iter().rposition(u8::is_ascii).and_then(|end| sample.get(..=end)).unwrap_or(sample);
    let charset = part.content_type().and_then(|media| media.attribute("charset"));
    let read = charset::decode_plain(sample, charset);
    let is_text = !read.lossy
        && !read.text.chars().any(|c| c.is_control() && !c.is_whitespace())
        && read.text.contains(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
    if !is_text {
        return None;
    }
    let mut written = fields_without(part, &["content-type", "content-disposition"]);
    written.extend_from_slice(text_type(charset).as_bytes());
    written.extend_from_slice(b"\r\n");
    written.extend_from_slice(part.raw_body());
    Some(written)
}
