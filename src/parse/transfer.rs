//! Transfer encodings (RFC 2045 section 6) as they are named and used.

use std::borrow::Cow;

use mail_parser::{Encoding, MessagePart};

use super::relay;
use crate::charset;

/// The shortest text that is taken for base64 without being called so, in bytes.
const LEAST_BASE64_BYTES: usize = 24;

/// The bytes of a part after its transfer encoding was undone.
pub(super) fn decoded(part: MessagePart<'_>) -> Cow<'_, [u8]> {
    let body = part.raw_body();
    match encoding(part) {
        Encoding::Base64 if is_eight_bit(body) => Cow::Borrowed(body),
        Encoding::Base64 => from_base64(body),
        Encoding::QuotedPrintable => from_quoted_printable(body).0,
        Encoding::None => Cow::Borrowed(body),
    }
}

/// The same of a part that is text under a charset, and whether the encoding is another than the part says: text is read
/// as what it is.
pub(super) fn text<'a>(part: MessagePart<'a>, label: Option<&str>) -> (Cow<'a, [u8]>, bool) {
    let body = part.raw_body();
    let (bytes, is_repaired) = match encoding(part) {
        Encoding::Base64 if is_eight_bit(body) => (Cow::Borrowed(body), true),
        Encoding::Base64 => {
            let bytes = from_base64(body);
            let is_text = !is_readable(&bytes, label) && has_words(body) && is_readable(body, label);
            if is_text { (Cow::Borrowed(body), true) } else { (bytes, false) }
        }
        Encoding::QuotedPrintable => from_quoted_printable(body),
        Encoding::None => {
            let joined = relay::rejoined(body);
            let is_joined = matches!(joined, Cow::Owned(_));
            (joined, is_joined)
        }
    };
    match undeclared(&bytes, label) {
        Some(bytes) => (Cow::Owned(bytes), true),
        None => (bytes, is_repaired),
    }
}

fn encoding(part: MessagePart<'_>) -> Encoding {
    match part.encoding() {
        Encoding::None => named(part).unwrap_or(Encoding::None),
        known => known,
    }
}

fn from_base64(body: &[u8]) -> Cow<'_, [u8]> {
    let Some((data, added)) = added_below(body) else { return Encoding::Base64.decode(body) };
    let mut bytes = Encoding::Base64.decode(data).into_owned();
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(added);
    Cow::Owned(bytes)
}

/// Whether so many bytes of what should be base64 are beyond ASCII that they are no strays (RFC 2045 section 6.8), but what
/// a gateway decoded and left the label on.
fn is_eight_bit(body: &[u8]) -> bool {
    body.iter().filter(|byte| !byte.is_ascii()).count() * 10 > body.len()
}

/// Whether blanks stand between words as in a text.
fn has_words(body: &[u8]) -> bool {
    body.split(|byte| *byte == b' ')
        .filter(|word| word.first().is_some_and(u8::is_ascii_alphabetic))
        .nth(2)
        .is_some()
}

/// Whether bytes are text: no byte is broken, none controls anything.
fn is_readable(bytes: &[u8], label: Option<&str>) -> bool {
    let read = charset::decode_plain(bytes, label);
    !read.lossy && !read.text.chars().any(|c| c.is_control() && !c.is_whitespace())
}

fn is_chinese(bytes: &[u8], label: Option<&str>) -> bool {
    let read = charset::decode_plain(bytes, label);
    !read.lossy && read.text.contains(|c| matches!(c, '\u{4e00}'..='\u{9fff}'))
}

/// Undoes quoted-printable, and says whether there was none, or lines without it: bytes beyond ASCII stand for themselves, and
/// `?id=48` beside them is no escape.
fn from_quoted_printable(body: &[u8]) -> (Cow<'_, [u8]>, bool) {
    if body.is_ascii() {
        return (Encoding::QuotedPrintable.decode(body), false);
    }
    // Who encodes leaves no byte beyond ASCII on the line, or it holds whole characters in escapes.
    let is_encoded = |line: &[u8]| {
        let ends_softly = line.trim_ascii_end().ends_with(b"=");
        let beyond = |escape: &[u8]| escapes(escape).any(|byte| byte >= 0x80);
        if line.is_ascii() {
            ends_softly || beyond(line)
        } else {
            line.windows(6).any(|pair| pair.get(..3).is_some_and(beyond) && pair.get(3..).is_some_and(beyond))
        }
    };
    if !body.split(|byte| *byte == b'\n').any(is_encoded) {
        return (Cow::Borrowed(body), true);
    }
    let mut bytes = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        if line.is_ascii() || is_encoded(line) {
            bytes.extend_from_slice(&Encoding::QuotedPrintable.decode(line));
        } else {
            bytes.extend_from_slice(line);
        }
    }
    (Cow::Owned(bytes), true)
}

/// The bytes that escapes stand for.
fn escapes(text: &[u8]) -> impl Iterator<Item = u8> {
    text.windows(3).filter_map(|escape| match escape {
        [b'=', digits @ ..] => charset::hex_byte(digits.first_chunk().copied()?),
        _ => None,
    })
}

/// What a text stands for that is nothing but base64 or quoted-printable, though nothing calls it so, and of which the one or
/// the other makes something to read.
fn undeclared(bytes: &[u8], label: Option<&str>) -> Option<Vec<u8>> {
    if !bytes.is_ascii() {
        return None;
    }
    let (data, _) = added_below(bytes).unwrap_or((bytes, &[]));
    if is_base64(data) {
        let decoded = from_base64(bytes);
        let is_text = is_chinese(&decoded, label) || is_readable(&decoded, label) && has_words(&decoded);
        if is_text {
            return Some(decoded.into_owned());
        }
    }
    let beyond = escapes(bytes).filter(|byte| *byte >= 0x80).take(4).count();
    let soft = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| line.trim_ascii_end().ends_with(b"="))
        .take(2)
        .count();
    let signs = escapes(bytes).filter(|byte| *byte == b'=').take(2).count();
    if beyond >= 4 || soft >= 1 && signs >= 2 {
        let decoded = Encoding::QuotedPrintable.decode(bytes);
        if is_chinese(&decoded, label) || beyond == 0 && is_readable(&decoded, label) {
            return Some(decoded.into_owned());
        }
    }
    None
}

/// Lines of base64 and nothing else, padded at their ends.
fn is_base64(text: &[u8]) -> bool {
    let is_padded = |line: &[u8]| {
        let data = line.trim_ascii();
        let bare = data.strip_suffix(b"=").unwrap_or(data);
        !bare.strip_suffix(b"=").unwrap_or(bare).contains(&b'=')
    };
    let symbols = || text.iter().filter(|byte| !byte.is_ascii_whitespace());
    text.split(|byte| *byte == b'\n').all(is_padded)
        && symbols().count() >= LEAST_BASE64_BYTES
        && symbols().count() % 4 == 0
        && symbols().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

/// An encoding whose name stands among quotes, semicolons and comments.
fn named(part: MessagePart<'_>) -> Option<Encoding> {
    let field = part.headers().get("content-transfer-encoding")?;
    let value = field.raw_value().trim_ascii_start();
    let name: String = value
        .iter()
        .map(|byte| char::from(*byte).to_ascii_lowercase())
        .skip_while(|c| !c.is_ascii_alphanumeric())
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' '))
        .filter(char::is_ascii_alphanumeric)
        .take(20)
        .collect();
    match name.as_str() {
        "base64" | "b64" | "b" | "mimebase64" | "base64encoded" | "xbase64" => Some(Encoding::Base64),
        "quotedprintable" | "quotedprintables" | "quotableprintable" | "quoted" | "qp" | "q"
        | "xquotedprintable" => Some(Encoding::QuotedPrintable),
        _ => None,
    }
}

/// Splits base64 data from plain text that a list manager or a gateway put below it: what follows the padding, or
/// a drawn line, and cannot be base64.
fn added_below(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    let mut may_end = false;
    let mut has_data = false;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.trim_ascii();
        let is_rule = bare.len() >= 2 && bare.iter().all(|byte| matches!(byte, b'-' | b'_'));
        let is_data =
            || bare.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        if has_data && (is_rule || may_end && !is_data()) {
            return body.split_at_checked(at);
        }
        if !bare.is_empty() {
            has_data = true;
            may_end = bare.ends_with(b"=") && is_data();
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::added_below;

    #[test]
    fn plain_text_below_base64_is_told_apart() {
        let split = |body: &'static str| {
            added_below(body.as_bytes()).map(|(data, added)| [data, added].map(String::from_utf8_lossy))
        };
        assert_eq!(split("5bu66K6u\r\n\r\n"), None);
        assert_eq!(split("5bu66A==\r\n5bu66A==\r\n"), None, "two streams");
        assert_eq!(split("!!\r\n5bu66K6u *\r\n5bu66A== *\r\n"), None, "noise");
        assert_eq!(split("5bu6\r\n5bu66A==\r\n\r\nA list.\r\n").unwrap()[1], "A list.\r\n");
        assert_eq!(split("5bu66K6u\r\n____\r\nA list.\r\n").unwrap()[1], "____\r\nA list.\r\n");
    }
}
