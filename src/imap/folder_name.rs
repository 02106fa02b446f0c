//! Folder names as they stand on the wire: modified UTF-7 (RFC 3501 section 5.1.3).

use base64::Engine as _;
use base64::engine::general_purpose::NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose};
use encoding_rs::GB18030;

use super::syntax::quoted;

/// Most listed names that are tried for one folder.
const ALIKE: usize = 3;

/// The base64 of RFC 3501 section 5.1.3: `,` for `/`, no padding. Decoding is lenient where servers are.
const MODIFIED: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::IMAP_MUTF7,
    NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// A folder's name as it stands on the wire.
pub(super) fn encode(name: &str) -> String {
    let mut wire = String::new();
    let mut shifted: Vec<u8> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            flush_shifted(&mut shifted, &mut wire);
            wire.push(c);
            if c == '&' {
                wire.push('-');
            }
        } else {
            let mut units = [0; 2];
            shifted.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush_shifted(&mut shifted, &mut wire);
    wire
}

fn flush_shifted(shifted: &mut Vec<u8>, wire: &mut String) {
    if !shifted.is_empty() {
        wire.push('&');
        MODIFIED.encode_string(&shifted, wire);
        wire.push('-');
        shifted.clear();
    }
}

/// A folder's name for people. What is not modified UTF-7 stays as it is: some servers send UTF-8.
pub(super) fn decode(wire: &str) -> String {
    let mut name = String::new();
    let mut rest = wire;
    while let Some((before, behind)) = rest.split_once('&') {
        name.push_str(before);
        let decoded = behind.split_once('-').and_then(|(shifted, after)| {
            if shifted.is_empty() {
                Some(("&".to_owned(), after))
            } else {
                Some((decode_shifted(shifted)?, after))
            }
        });
        if let Some((text, after)) = decoded {
            name.push_str(&text);
            rest = after;
        } else {
            name.push('&');
            rest = behind;
        }
    }
    name.push_str(rest);
    name
}

/// A name as listed, as a command carries it: a quoted string, also of bytes beyond ASCII where the server lists such.
pub(super) fn argument(wire: &str) -> Vec<u8> {
    quoted(wire).map_or_else(|| raw(wire.as_bytes()), String::into_bytes)
}

fn raw(name: &[u8]) -> Vec<u8> {
    let mut argument = vec![b'"'];
    for byte in name {
        if matches!(byte, b'"' | b'\\') {
            argument.push(b'\\');
        }
        argument.push(*byte);
    }
    argument.push(b'"');
    argument
}

/// Of the listed names those that a configured one may mean, as commands carry them. What is listed beyond ASCII may have
/// come as UTF-8 or as GB18030, which is tried second.
pub(super) fn alike(folder: &str, listed: &[String]) -> Vec<Vec<u8>> {
    let wanted = decode(folder);
    let mut names = Vec::new();
    let fits = |name: &&String| name.as_str() == folder || decode(name) == folder || decode(name) == wanted;
    for name in listed.iter().filter(fits).filter(|name| !name.contains(char::is_control)).take(ALIKE) {
        names.push(argument(name));
        if !name.is_ascii() {
            names.push(raw(&GB18030.encode(name).0));
        }
    }
    names
}

fn decode_shifted(shifted: &str) -> Option<String> {
    let bytes = MODIFIED.decode(shifted).ok()?;
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_of_chinese_providers_go_there_and_back() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("垃圾邮件", "&V4NXPpCuTvY-"),
            ("广告邮件", "&Xn9USpCuTvY-"),
            ("订阅邮件", "&i6KWBZCuTvY-"),
            ("病毒文件夹", "&dcVr0mWHTvZZOQ-"),
            ("其他文件夹/已登记 A&B", "&UXZO1mWHTvZZOQ-/&XfJ2e4uw- A&-B"),
            ("𠮷", "&2ELftw-"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire), name);
        }
    }

    #[test]
    fn what_is_not_modified_utf7_stays_as_it_is() {
        for wire in ["AT&T", "&!!-", "a&", "&AAA", "垃圾", "&2EI-"] {
            assert_eq!(decode(wire), wire);
        }
    }

    #[test]
    fn a_listed_name_that_reads_alike_is_sent_as_it_is_listed() {
        let listed = ["INBOX", "垃圾邮件", "&V4M-&Vz4-&kK4-&TvY-", "A\"B 垃"].map(str::to_owned);
        let gbk = b"\"\xc0\xac\xbb\xf8\xd3\xca\xbc\xfe\"".to_vec();
        let utf8 = "\"垃圾邮件\"".as_bytes().to_vec();
        let pieces = b"\"&V4M-&Vz4-&kK4-&TvY-\"".to_vec();
        assert_eq!(alike("垃圾邮件", &listed), [utf8, gbk, pieces.clone()]);
        assert_eq!(alike("&V4M-&Vz4-&kK4-&TvY-", &listed[2..]), [pieces]);
        assert_eq!(alike("A\"B 垃", &listed)[0], "\"A\\\"B 垃\"".as_bytes());
        assert!(alike("垃圾", &listed).is_empty());
    }
}
