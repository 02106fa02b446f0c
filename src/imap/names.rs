//! The wire forms of names, strings, sets and dates.

use base64::Engine as _;
use base64::engine::general_purpose::NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose};
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::vocabulary::WrittenTime;

/// The base64 of RFC 3501 section 5.1.3: `,` for `/`, no padding. Decoding is lenient where servers are.
const MODIFIED: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::IMAP_MUTF7,
    NO_PAD.with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// A folder's name as it stands on the wire: modified UTF-7 (RFC 3501 section 5.1.3).
pub(super) fn encode_folder(name: &str) -> String {
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
pub(super) fn decode_folder(wire: &str) -> String {
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

/// A quoted string (RFC 3501 section 4.3), when the text allows one; otherwise it must go as a
/// literal.
pub(super) fn quoted(text: &str) -> Option<String> {
    if !text.chars().all(|c| matches!(c, ' '..='~')) {
        return None;
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    Some(quoted)
}

/// `\"` and `\\` of a quoted string undone: imap-proto hands names up with their escapes.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    plain
}

/// A sequence set (RFC 3501 section 9) of ascending UIDs, runs joined: `3:5,9`.
pub(super) fn uid_set(uids: impl IntoIterator<Item = u32>) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for uid in uids {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(uid) => *last = uid,
            _ => runs.push((uid, uid)),
        }
    }
    let written: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}:{last}") })
        .collect();
    written.join(",")
}

/// INTERNALDATE: ` 1-Mar-2024 09:05:00 +0800` (RFC 3501 section 9, date-time), with the offset as
/// written. `None` for anything else.
pub(super) fn internal_date(text: &str) -> Option<WrittenTime> {
    let mut words = text.split_ascii_whitespace();
    let (date, time, zone) = (words.next()?, words.next()?, words.next()?);

    let mut date = date.split('-');
    let (day, month, year) = (date.next()?.parse().ok()?, month(date.next()?)?, date.next()?.parse().ok()?);

    let mut time = time.split(':');
    let (hour, minute) = (time.next()?.parse().ok()?, time.next()?.parse().ok()?);
    // A leap second is no instant of its own here.
    let second = time.next()?.parse::<i8>().ok()?.min(59);

    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_at_checked(2).filter(|_| digits.len() == 4)?;
    let offset_seconds = sign * (hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60);

    let civil = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    let instant = Offset::from_seconds(offset_seconds).ok()?.to_timestamp(civil).ok()?;
    Some(WrittenTime { instant, offset_seconds })
}

fn month(name: &str) -> Option<i8> {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    (1..).zip(NAMES).find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(number, _)| number)
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
            assert_eq!(encode_folder(name), wire);
            assert_eq!(decode_folder(wire), name);
        }
    }

    #[test]
    fn what_is_not_modified_utf7_stays_as_it_is() {
        for wire in ["AT&T", "&!!-", "a&", "&AAA", "垃圾", "&2EI-"] {
            assert_eq!(decode_folder(wire), wire);
        }
    }

    #[test]
    fn strings_are_quoted_or_not_at_all() {
        assert_eq!(quoted(r#"a "b" \c"#).as_deref(), Some(r#""a \"b\" \\c""#));
        assert_eq!(quoted(""), Some("\"\"".to_owned()));
        for literal in ["密码", "a\r\nb", "tab\t", "\u{7f}"] {
            assert_eq!(quoted(literal), None);
        }
        assert_eq!(unescape(r#"a \"b\" \\c\"#), r#"a "b" \c\"#);
    }

    #[test]
    fn sets_join_runs() {
        assert_eq!(uid_set([1, 2, 3, 5, 7, 8]), "1:3,5,7:8");
        assert_eq!(uid_set([u32::MAX]), "4294967295");
        assert_eq!(uid_set([]), "");
    }

    #[test]
    fn internal_dates_keep_their_offset() {
        for (text, instant, offset) in [
            ("01-Mar-2024 09:05:00 +0800", "2024-03-01T01:05:00Z", 28800),
            (" 1-Mar-2024 09:05:00 +0800", "2024-03-01T01:05:00Z", 28800),
            ("13-Mar-2024 23:59:59 +0000", "2024-03-13T23:59:59Z", 0),
            ("29-FEB-2024 00:00:60 -0330", "2024-02-29T03:30:59Z", -12600),
        ] {
            let written = internal_date(text).unwrap();
            assert_eq!(
                (written.instant.to_string().as_str(), written.offset_seconds),
                (instant, offset),
                "{text}"
            );
        }
        for wrong in [
            "",
            "-",
            "30-Feb-2024 00:00:00 +0800",
            "01-Mar-2024 09:05:00",
            "01-Mar-2024 09:05:00 CST",
            "1 2 3",
            "é-é-é 1:1:1 é800",
        ] {
            assert_eq!(internal_date(wrong), None, "{wrong}");
        }
    }
}
