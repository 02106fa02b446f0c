//! Header fields, folded and encoded (RFC 5322 section 2.2.3, RFC 2047).
//!
//! Written by hand, because lettre's builder panics on CR, LF or NUL in a display name, and because every
//! value passes one gate here: what a value holds can change its own text and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;

use super::text::plain;
use crate::vocabulary::shanghai;

/// Longest line with an encoded word in it (RFC 2047 section 2), without its line end.
const LINE: usize = 76;
/// Longest encoded word (RFC 2047 section 2).
const WORD: usize = 75;
const WORD_FRAME: usize = "=?UTF-8?B??=".len();
/// What a lenient reader takes for an encoded word wherever it stands, and decodes to CR LF if told so.
const WORD_BEGIN: &str = "=?";
/// Most Message-IDs in References; RFC 5322 sets no bound, a thread of years must not fill the header.
const REFERENCES: usize = 20;
/// Longest Message-ID that is repeated; longer ones are no mail client's.
const MESSAGE_ID_BYTES: usize = 400;

/// A header section being written.
#[derive(Debug, Default)]
pub(super) struct Headers {
    octets: Vec<u8>,
}

impl Headers {
    /// A field of free text.
    pub(super) fn unstructured(&mut self, name: &str, value: &str) {
        let value = plain(value);
        let line = if needs_encoding(name, &value) { encoded(&value, name.len() + 2) } else { value };
        self.field(name, &line);
    }

    /// A field of one mailbox. The address has passed [`is_addr_spec`].
    pub(super) fn mailbox(&mut self, name: &str, display: &str, address: &str) {
        let display = plain(display);
        if display.is_empty() {
            self.field(name, address);
        } else {
            // Always encoded: an encoded word needs no quoting rules.
            let words = encoded(&display, name.len() + 2);
            let last = words.rsplit_once("\r\n").map_or(name.len() + 2 + words.len(), |(_, last)| last.len());
            let fold = if last + address.len() + 3 > LINE { "\r\n " } else { " " };
            self.field(name, &format!("{words}{fold}<{address}>"));
        }
    }

    /// A field of Message-IDs, one a line; left out when there is none.
    pub(super) fn message_ids(&mut self, name: &str, ids: &[&str]) {
        if !ids.is_empty() {
            let ids: Vec<_> = ids.iter().map(|id| format!("<{id}>")).collect();
            self.field(name, &ids.join("\r\n "));
        }
    }

    fn field(&mut self, name: &str, value: &str) {
        self.octets.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }

    /// The section with its empty line.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.octets.extend_from_slice(b"\r\n");
        self.octets
    }
}

/// Text that does not survive as it is: beyond ASCII, too long for one line, or looking like an encoded word.
fn needs_encoding(name: &str, value: &str) -> bool {
    !value.is_ascii() || name.len() + 2 + value.len() > LINE || value.contains(WORD_BEGIN)
}

/// Encoded words, cut between characters (RFC 2047 section 5), one a line; the first one follows `indent` octets.
fn encoded(value: &str, indent: usize) -> String {
    let room = |indent: usize| {
        let octets = WORD.min(LINE.saturating_sub(indent)).saturating_sub(WORD_FRAME);
        octets / 4 * 3
    };
    let mut words = String::new();
    let mut chunk = String::new();
    let mut most = room(indent);
    for character in value.chars() {
        if chunk.len() + character.len_utf8() > most && !chunk.is_empty() {
            push_word(&mut words, &chunk);
            chunk.clear();
            most = room(1);
        }
        chunk.push(character);
    }
    push_word(&mut words, &chunk);
    words
}

fn push_word(words: &mut String, chunk: &str) {
    if !words.is_empty() {
        words.push_str("\r\n ");
    }
    words.push_str("=?UTF-8?B?");
    words.push_str(&BASE64.encode(chunk));
    words.push_str("?=");
}

/// Whether an address can stand bare in a header and in the envelope (RFC 5321 section 4.1.2, RFC 6531). A quoted local part
/// may hold what an unquoted one may, in whatever order.
pub(super) fn is_addr_spec(address: &str) -> bool {
    let quoted = address.strip_prefix('"').and_then(|rest| rest.split_once("\"@"));
    if let Some((local, domain)) = quoted {
        return !local.contains('"') && is_addr_spec(&format!("{local}@{domain}"));
    }
    address.len() <= 320
        && address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
        && address.matches('@').count() == 1
        && address
            .chars()
            .all(|c| c == '@' || !(c.is_control() || c.is_whitespace() || r#"()<>[]:;\,""#.contains(c)))
        && !address.contains(WORD_BEGIN)
        && !address.contains(char::REPLACEMENT_CHARACTER)
        && plain(address) == address
}

/// Whether a Message-ID can be repeated: one word of printable ASCII.
pub(super) fn is_message_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= MESSAGE_ID_BYTES
        && !id.contains(WORD_BEGIN)
        && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>')
}

/// The References of an answer: its parent's and the parent (RFC 5322 section 3.6.4). Of too many the first
/// and the latest stay.
pub(super) fn references<'a>(of_parent: &'a [String], parent: Option<&'a str>) -> Vec<&'a str> {
    let mut ids: Vec<&str> = Vec::new();
    let usable = of_parent.iter().map(String::as_str).filter(|id| is_message_id(id) && Some(*id) != parent);
    if let Some(first) = usable.clone().next() {
        ids.push(first);
    }
    let mut latest: Vec<&str> = usable.skip(1).collect();
    ids.extend(latest.split_off(latest.len().saturating_sub(REFERENCES - 2)));
    ids.extend(parent);
    ids
}

/// `Tue, 12 Mar 2024 10:00:02 +0800` (RFC 5322 section 3.3).
pub(super) fn date(instant: Timestamp) -> String {
    let time = shanghai(instant);
    jiff::fmt::strtime::format("%a, %d %b %Y %H:%M:%S +0800", time)
        .unwrap_or_else(|_| "Thu, 01 Jan 1970 08:00:00 +0800".to_owned())
}
