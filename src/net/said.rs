//! What a server says: bytes to text, and text to one line that may stand in a log.

use std::borrow::Cow;

use encoding_rs::GB18030;

use crate::vocabulary::invisible::is_invisible;

/// Longest quotation of a server, in characters.
const WORDS_CHARACTERS: usize = 300;

/// A server's bytes as text: UTF-8, else GB18030, because the servers that send anything else are Chinese.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0,
    }
}

/// One bounded line without control characters and without any of the secrets: servers are known to echo what they did not
/// like.
pub(super) fn printable(said: &str, secrets: &[String]) -> String {
    let mut said = said.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        said = said.replace(secret.as_str(), "***");
    }
    let seen = said.chars().filter(|c| !is_invisible(*c));
    let line: String = seen.map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(WORDS_CHARACTERS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_bounded_line_without_secrets() {
        assert_eq!(printable("no\r\n way\u{1b}[2J  here", &[]), "no way [2J here");
        assert_eq!(printable("bad password hunter22!", &["hunter22".into()]), "bad password ***!");
        assert_eq!(printable("as it is", &[String::new()]), "as it is");
        assert_eq!(printable("\u{202e}never \u{200b}seen\u{e0041}", &[]), "never seen");
        assert_eq!(printable(&"长".repeat(5000), &[]).chars().count(), 301);
    }

    #[test]
    fn what_is_not_utf8_is_read_as_gb18030() {
        for (bytes, text) in [
            (&b"plain"[..], "plain"),
            ("邮箱不存在".as_bytes(), "邮箱不存在"),
            (b"\xd3\xca\xcf\xe4\xb2\xbb\xb4\xe6\xd4\xda", "邮箱不存在"),
            // Which GBK does not have.
            (b"\x95\x34\xb2\x35", "𠮷"),
        ] {
            assert_eq!(decode(bytes), text);
        }
    }
}
