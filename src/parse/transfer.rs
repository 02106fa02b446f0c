//! Transfer encodings (RFC 2045 section 6) as they are named and used.

use std::borrow::Cow;

use mail_parser::{Encoding, MessagePart};

/// The bytes of a part after its transfer encoding was undone.
pub(super) fn decoded(part: MessagePart<'_>) -> Cow<'_, [u8]> {
    let body = part.raw_body();
    let encoding = match part.encoding() {
        Encoding::None => named(part).unwrap_or(Encoding::None),
        known => known,
    };
    if encoding == Encoding::Base64
        && let Some((data, added)) = added_below(body)
    {
        let mut bytes = encoding.decode(data).into_owned();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(added);
        return Cow::Owned(bytes);
    }
    encoding.decode(body)
}

/// An encoding whose name stands among quotes, semicolons and comments.
fn named(part: MessagePart<'_>) -> Option<Encoding> {
    let field = part.headers().get("content-transfer-encoding")?;
    let value = field.raw_value().trim_ascii_start();
    let name: String = value
        .iter()
        .map(|byte| char::from(*byte).to_ascii_lowercase())
        .skip_while(|c| !c.is_ascii_alphanumeric())
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(20)
        .collect();
    match name.as_str() {
        "base64" | "base-64" | "b64" | "b" => Some(Encoding::Base64),
        "quoted-printable" | "quotedprintable" | "qp" | "q" => Some(Encoding::QuotedPrintable),
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
            bare.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        if has_data && (is_rule || may_end && !is_data) {
            return body.split_at_checked(at);
        }
        if !bare.is_empty() {
            has_data = true;
            may_end = bare.ends_with(b"=") && is_data;
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
