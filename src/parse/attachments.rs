//! What a message carries besides its text.

use mail_parser::{MessagePart, MessageRef};

use super::found::Found;
use super::params::Params;
use super::{Attachment, Message, ParseLimits, openable, tnef, transfer};
use crate::charset::{self, Decoded};
use crate::vocabulary::language::language_table;
use crate::vocabulary::sha256_hex;

/// A text of fewer letters says hardly anything.
const FEW_WORDS: usize = 12;

/// A picture alone is what was sent, unless it only counts who opens the letter; in bytes.
const SMALLEST_PICTURE: usize = 300;

/// A picture that the text points to; logos of 3 kB are smaller. In bytes.
const SMALLEST_SCREENSHOT: usize = 4_000;

/// A picture beside a text of its own, in bytes.
const SMALLEST_PHOTOGRAPH: usize = 20_000;

language_table!(
    /// Words that point to a picture.
    PICTURES, "language/pointers.tsv");

/// The longest type or subtype (RFC 6838 section 4.2), in bytes.
const TOKEN_BYTES: usize = 127;

/// Lists the attachments of one message, nested messages as one attachment each. A winmail.dat that can be
/// opened is replaced by what it holds; its text is returned.
pub(super) fn list(
    message: MessageRef<'_>,
    found: &Found,
    limits: ParseLimits,
    into: &mut Message,
) -> Option<String> {
    let mut text = None;
    for part in message.parts() {
        if part.is_content_type("message", "external-body") {
            into.external_file = true;
            continue;
        }
        if part.is_multipart()
            || is_body(part, found)
            || is_report_part(part)
            || is_no_file(part)
            || is_signature(part)
        {
            continue;
        }
        if into.attachments.len() >= limits.attachments {
            into.defects.limit_reached = true;
            break;
        }
        let name = filename(part);
        let bytes = transfer::decoded(part);
        if is_shown_image(part, found) && !carries(bytes.len(), &found.text) {
            continue;
        }
        let media_type = media_type(part);
        if let Some(name) = &name {
            into.defects.note(name);
        }
        if is_tnef(&media_type, name.as_ref())
            && let Some(opened) = tnef::open(&bytes, limits.text_bytes)
        {
            into.defects.limit_reached |= opened.limit_reached;
            for file in opened.files.into_iter().take(limits.attachments) {
                into.defects.note(&file.name);
                into.attachments.push(entry(
                    Some(file.name),
                    "application/octet-stream".into(),
                    &file.bytes,
                    limits,
                ));
            }
            text = text.or(opened.text.map(|decoded| {
                into.defects.note(&decoded);
                decoded.text
            }));
            continue;
        }
        into.attachments.push(entry(name, media_type, &bytes, limits));
    }
    let room = limits.attachments.saturating_sub(into.attachments.len());
    let files =
        found.files.iter().filter(|file| file.name.is_some() || carries(file.bytes.len(), &found.text));
    for file in files.take(room) {
        let name = file.name.as_deref().map(|name| charset::decode_body(name, None));
        into.attachments.push(entry(name, file.media_type.clone(), &file.bytes, limits));
    }
    text
}

/// Whether a picture that the text shows may be the opinion itself, or part of it, and no logo: by its size, and by how much
/// is written beside it.
fn carries(bytes: usize, text: &str) -> bool {
    let words = text.chars().filter(|c| c.is_alphanumeric()).take(FEW_WORDS).count();
    let least = if words == 0 {
        SMALLEST_PICTURE
    } else if words < FEW_WORDS || PICTURES.words("picture").any(|word| text.contains(word)) {
        SMALLEST_SCREENSHOT
    } else {
        SMALLEST_PHOTOGRAPH
    };
    bytes >= least
}

fn entry(name: Option<Decoded>, media_type: String, bytes: &[u8], limits: ParseLimits) -> Attachment {
    // Names in winmail.dat are text of any form.
    let name = name.map(|name| base_name(&charset::one_line(&name.text)).to_owned());
    let filename = name.filter(|name| !name.is_empty());
    let fault = filename.as_deref().and_then(|name| openable::fault(name, bytes));
    Attachment {
        filename,
        media_type,
        size_bytes: bytes.len() as u64,
        sha256: sha256_hex(bytes),
        bytes: limits.keep_files.then(|| bytes.to_vec()),
        fault,
    }
}

/// The file name of a part: of the disposition, else of the type; a name that can be read before one that
/// cannot.
pub(super) fn filename(part: MessagePart<'_>) -> Option<Decoded> {
    let read = |field: &str, parameter: &str| {
        let field = part.headers().get(field)?;
        Params::read(field.raw_value()).text(parameter)
    };
    let disposed = read("content-disposition", "filename");
    match disposed {
        Some(name) if !name.lossy => Some(name),
        lossy => read("content-type", "name").filter(|name| lossy.is_none() || !name.lossy).or(lossy),
    }
}

/// A name without the folders that some clients send along.
fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name).trim()
}

fn media_type(part: MessagePart<'_>) -> String {
    let Some(media) = part.content_type() else { return "text/plain".to_owned() };
    let subtype = media.subtype().map(|subtype| format!("/{}", token(subtype))).unwrap_or_default();
    token(media.ctype()) + &subtype
}

/// The token (RFC 2045 section 5.1) that a word begins with, in lower case: what is none would reach lists and tables.
fn token(word: &str) -> String {
    word.chars()
        .take_while(|c| c.is_ascii_graphic() && !r#"()<>@,;:\"/[]?="#.contains(*c))
        .take(TOKEN_BYTES)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Whether a part is the text, or another rendition of it.
fn is_body(part: MessagePart<'_>, found: &Found) -> bool {
    found.parts.contains(&part.id()) || part.is_text() && (part.in_text_body() || part.in_html_body())
}

/// Whether a part is an image that the HTML shows in its place. When in doubt it is an attachment: a
/// photograph of a signed letter is one.
fn is_shown_image(part: MessagePart<'_>, found: &Found) -> bool {
    let is_image = part.content_type().is_some_and(|media| media.ctype() == "image");
    let disposition = part.content_disposition();
    let placed = disposition.is_some_and(|disposition| disposition.is_inline())
        || disposition.is_none()
            && part.parent().is_some_and(|parent| parent.is_content_type("multipart", "related"));
    let id =
        part.headers().get("content-id").map(|field| String::from_utf8_lossy(field.raw_value()).into_owned());
    is_image
        && placed
        && id.is_some_and(|id| found.shown.contains(&id.trim().trim_matches(['<', '>']).to_lowercase()))
}

/// Whether a part holds what S/MIME makes of a letter (RFC 8551 section 3.2): its type says so, or its name under the type
/// of any file.
pub(super) fn is_pkcs7(part: MessagePart<'_>) -> bool {
    let is = |subtype| part.is_content_type("application", subtype);
    let is_named = || filename(part).is_some_and(|name| name.text.to_ascii_lowercase().ends_with(".p7m"));
    is("pkcs7-mime") || is("x-pkcs7-mime") || is("octet-stream") && is_named()
}

/// Whether a part is the signature of another, or the key that proves it, and nothing that the citizen attached (RFC 8551
/// section 3.5.3, RFC 3156 sections 5 and 7).
fn is_signature(part: MessagePart<'_>) -> bool {
    const TYPES: [&str; 4] = ["pgp-signature", "pgp-keys", "pkcs7-signature", "x-pkcs7-signature"];
    let is_named = || {
        filename(part).is_some_and(|name| {
            let name = name.text.to_ascii_lowercase();
            let (stem, end) = name.rsplit_once('.').unwrap_or((&name, ""));
            end == "p7s" || end == "asc" && (stem == "signature" || stem.starts_with("publickey"))
        })
    };
    TYPES.iter().any(|subtype| part.is_content_type("application", subtype)) || is_named()
}

/// Whether a part is another rendition of the text, half of a file, or no file at all: AMP and other alternatives (RFC 2046
/// section 5.1.4), the resource fork of a file (RFC 1740), a reaction (RFC 9078).
fn is_no_file(part: MessagePart<'_>) -> bool {
    let is_rendition = part.content_type().is_some_and(|media| media.ctype() == "text")
        && part.parent().is_some_and(|parent| parent.is_content_type("multipart", "alternative"))
        && !part.is_content_type("text", "calendar")
        && filename(part).is_none();
    let in_double = part.parent().is_some_and(|parent| parent.is_content_type("multipart", "appledouble"));
    let is_reaction = part.headers().get("content-disposition").is_some_and(|field| {
        field
            .raw_value()
            .trim_ascii_start()
            .get(..8)
            .is_some_and(|word| word.eq_ignore_ascii_case(b"reaction"))
    });
    is_rendition || in_double && part.is_content_type("application", "applefile") || is_reaction
}

/// Whether a part is the machine's half of a report (RFC 6522), which is no attachment.
fn is_report_part(part: MessagePart<'_>) -> bool {
    let in_report = part.parent().is_some_and(|parent| parent.is_content_type("multipart", "report"));
    in_report
        && part
            .content_type()
            .is_some_and(|media| media.ctype() == "message" || media.subtype() == Some("rfc822-headers"))
}

fn is_tnef(media_type: &str, name: Option<&Decoded>) -> bool {
    matches!(media_type, "application/ms-tnef" | "application/vnd.ms-tnef")
        || name.is_some_and(|name| name.text.eq_ignore_ascii_case("winmail.dat"))
}
