//! Bytes to text: total, bounded, one line where one line is promised, and honest about what was lost.

use zwfw_intake::charset::{Decoded, decode_body, decode_header};
use zwfw_intake::parse::{ParseLimits, parse};

use super::{assert_line, assert_text};

/// Labels as they stand in mail, and none.
const LABELS: [Option<&str>; 36] = [
    None,
    Some(""),
    Some("utf-8"),
    Some("UTF8"),
    Some("us-ascii"),
    Some("gb2312"),
    Some("GBK"),
    Some("gb18030"),
    Some("cp936"),
    Some("ansi936"),
    Some("euc-cn"),
    Some("x-gbk"),
    Some("hz-gb-2312"),
    Some("iso-2022-cn"),
    Some("iso-2022-kr"),
    Some("iso-2022-jp"),
    Some("big5"),
    Some("big5-hkscs"),
    Some("euc-tw"),
    Some("shift_jis"),
    Some("euc-jp"),
    Some("euc-kr"),
    Some("iso-8859-1"),
    Some("windows-1252"),
    Some("windows-1251"),
    Some("koi8-r"),
    Some("utf-7"),
    Some("utf-16"),
    Some("utf-16le"),
    Some("utf-16be"),
    Some("utf-32"),
    Some("macintosh"),
    Some("default"),
    Some("unknown-8bit"),
    Some("\"gb2312"),
    Some("中文"),
];

/// The first byte chooses the label, the rest is decoded.
pub(crate) fn holds(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    let label = LABELS[usize::from(*first) % LABELS.len()];
    header(bytes);
    body(bytes, label);
    fields(bytes, label.unwrap_or_default());
}

fn header(bytes: &[u8]) {
    let decoded = decode_header(bytes, None);
    assert_line("a header", &decoded.text);
    assert_eq!(decoded.text.trim(), decoded.text, "outer blanks are cut");
    honest(&decoded, bytes, None);
    let printable = bytes.iter().all(|byte| (b' '..=b'~').contains(byte) && *byte != b'~');
    if printable && !bytes.windows(2).any(|pair| pair == b"=?") {
        assert_eq!(decoded.text.as_bytes(), bytes.trim_ascii(), "plain ASCII stays as it is");
        assert!(!decoded.repaired);
    }
}

fn body(bytes: &[u8], label: Option<&str>) {
    let decoded = decode_body(bytes, label);
    assert_text("a body", &decoded.text);
    honest(&decoded, bytes, label);
    // UTF-8 that holds Han is UTF-8 whatever the label says, and nothing of it is lost.
    if let Ok(text) = std::str::from_utf8(bytes)
        && text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
        && !text.starts_with('\u{feff}')
        && !label.is_some_and(|label| label.starts_with("utf-16") || label.starts_with("utf-32"))
    {
        let visible = |text: &str| -> String {
            text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect()
        };
        assert_eq!(visible(&decoded.text), visible(text), "under {label:?}");
    }
}

/// What is lost is marked, and what is marked is lost unless the sender wrote U+FFFD himself; no byte becomes more
/// than the widest character.
fn honest(decoded: &Decoded, bytes: &[u8], label: Option<&str>) {
    let marked = decoded.text.contains(char::REPLACEMENT_CHARACTER);
    assert!(marked || !decoded.lossy, "lossy without a mark: {:?}", decoded.text);
    let holds = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let unicode = label.is_some_and(|label| label.to_lowercase().starts_with("utf"));
    let may_be_sent = unicode
        || [b"\xef\xbf\xbd".as_slice(), b"\x84\x31\xa4\x37", b"=?"].iter().any(|sent| holds(bytes, sent));
    assert!(decoded.lossy || !marked || may_be_sent, "a loss that is not said: {:?}", decoded.text);
    assert!(
        decoded.text.len() <= 3 * bytes.len() + 3,
        "{} bytes made of {}",
        decoded.text.len(),
        bytes.len()
    );
}

/// The bytes as the value of every field that is read: one field stays one field.
fn fields(bytes: &[u8], label: &str) {
    const NAMES: [&str; 12] = [
        "From",
        "Reply-To",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Return-Path",
        "Received",
        "Authentication-Results",
        "Content-Type",
    ];
    // Folded wherever it breaks, as a value that holds a line break has to be.
    let mut value = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        match byte {
            b'\n' => value.extend_from_slice(b"\r\n "),
            b'\r' => {}
            byte => value.push(*byte),
        }
    }
    let mut raw = Vec::new();
    for name in NAMES {
        raw.extend_from_slice(name.as_bytes());
        raw.extend_from_slice(b": ");
        raw.extend_from_slice(&value);
        raw.extend_from_slice(b"\r\n");
    }
    raw.extend_from_slice(format!("X-Label: {label}\r\n\r\n").as_bytes());
    raw.extend_from_slice(bytes);
    let message = parse(&raw, ParseLimits::default());
    super::ruling::message_holds(&message);
    if !message.defects.limit_reached {
        let names: Vec<&str> = message.headers.iter().map(|(name, _)| name.as_str()).collect();
        let expected = NAMES.map(str::to_ascii_lowercase);
        assert_eq!(
            names[..names.len() - 1],
            expected.each_ref().map(String::as_str)[..],
            "one field stays one"
        );
        assert_eq!(names.last(), Some(&"x-label"));
        // The blank behind the colon belongs to the value; a charset in it would be the header's, whatever marks stand in its name.
        let letters: Vec<u8> = value.iter().filter(|byte| byte.is_ascii_alphanumeric()).copied().collect();
        let says_charset = letters.to_ascii_lowercase().windows(7).any(|word| word == b"charset");
        // A character reference in a subject is the character that its writer saw.
        let refers = value.contains(&b'&');
        let subject = decode_header(&[b" ", value.as_slice(), b"\r\n"].concat(), None);
        assert!(says_charset || refers || message.subject == Some(subject.text));
    }
}
