//! Folder names as they stand on the wire: modified UTF-7 (RFC 3501 section 5.1.3).

use base64::Engine as _;
use base64::engine::general_purpose::NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose};

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
}
