//! The content that an opaque signature encloses (RFC 8551 section 3.5.2, RFC 5652 section 5): as much of BER as leads to it.

/// Deepest nesting of elements of indefinite length that is followed.
const MAX_DEPTH: usize = 16;

const SEQUENCE: u8 = 0x30;
const EXPLICIT: u8 = 0xa0;
const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;
const CONSTRUCTED_OCTET_STRING: u8 = 0x24;

/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// One element.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

/// What a `SignedData` structure signs; `None` where there is no such structure, or nothing in it.
pub(super) fn signed_content(bytes: &[u8]) -> Option<Vec<u8>> {
    let info = expect(bytes, SEQUENCE)?;
    let kind = expect(info.content, OBJECT_IDENTIFIER).filter(|kind| kind.content == SIGNED_DATA)?;
    let signed = expect(expect(kind.rest, EXPLICIT)?.content, SEQUENCE)?;
    let version = element(signed.content, 0)?;
    let algorithms = element(version.rest, 0)?;
    let enclosed = expect(algorithms.rest, SEQUENCE)?;
    let content = expect(expect(enclosed.content, OBJECT_IDENTIFIER)?.rest, EXPLICIT)?;
    let octets = element(content.content, 0)?;
    let mut out = Vec::new();
    append(&octets, 0, &mut out)?;
    (!out.is_empty()).then_some(out)
}

fn expect(bytes: &[u8], tag: u8) -> Option<Element<'_>> {
    element(bytes, 0).filter(|found| found.tag == tag)
}

/// Appends a string, in one piece or in several.
fn append(octets: &Element<'_>, depth: usize, out: &mut Vec<u8>) -> Option<()> {
    match octets.tag {
        OCTET_STRING => out.extend_from_slice(octets.content),
        CONSTRUCTED_OCTET_STRING if depth < MAX_DEPTH => {
            let mut rest = octets.content;
            while !rest.is_empty() {
                let piece = element(rest, depth + 1)?;
                append(&piece, depth + 1, out)?;
                rest = piece.rest;
            }
        }
        _ => return None,
    }
    Some(())
}

/// The element at the head. One that says to be longer than what there is was cut: it holds the rest.
fn element(bytes: &[u8], depth: usize) -> Option<Element<'_>> {
    let (tag, behind) = bytes.split_first()?;
    let (length, behind) = behind.split_first()?;
    // Tags of several bytes stand nowhere on the way.
    if tag & 0x1f == 0x1f || depth > MAX_DEPTH {
        return None;
    }
    if *length == 0x80 {
        let mut rest = behind;
        loop {
            if let [0, 0, tail @ ..] = rest {
                let content = behind.get(..behind.len() - rest.len())?;
                return Some(Element { tag: *tag, content, rest: tail });
            }
            if rest.is_empty() {
                return Some(Element { tag: *tag, content: behind, rest });
            }
            rest = element(rest, depth + 1)?.rest;
        }
    }
    let (length, behind) = if length & 0x80 == 0 {
        (usize::from(*length), behind)
    } else {
        let (digits, behind) = behind.split_at_checked(usize::from(length & 0x7f))?;
        let length = digits.iter().try_fold(0_usize, |sum, digit| {
            sum.checked_mul(256).and_then(|sum| sum.checked_add(usize::from(*digit)))
        })?;
        (length, behind)
    };
    let (content, rest) = behind.split_at_checked(length).unwrap_or((behind, &[]));
    Some(Element { tag: *tag, content, rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82][..], &length, content].concat()
    }

    fn signed(octets: &[u8]) -> Vec<u8> {
        let data = tlv(OBJECT_IDENTIFIER, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]);
        let enclosed = tlv(SEQUENCE, &[data, tlv(EXPLICIT, octets)].concat());
        let inside = tlv(SEQUENCE, &[tlv(0x02, &[1]), tlv(0x31, &[]), enclosed, tlv(0x31, &[])].concat());
        tlv(SEQUENCE, &[tlv(OBJECT_IDENTIFIER, SIGNED_DATA), tlv(EXPLICIT, &inside)].concat())
    }

    #[test]
    fn content_in_one_piece_in_several_and_cut() {
        assert_eq!(signed_content(&signed(&tlv(OCTET_STRING, b"text"))).unwrap(), b"text");
        let pieces =
            [&[CONSTRUCTED_OCTET_STRING, 0x80][..], &[4, 2], b"te", &[4, 2], b"xt", &[0, 0]].concat();
        assert_eq!(signed_content(&signed(&pieces)).unwrap(), b"text");
        let whole = signed(&tlv(OCTET_STRING, &[b'x'; 300]));
        assert_eq!(signed_content(&whole[..200]).unwrap().len(), 200 - (whole.len() - 300 - 4));
        for nothing in [
            &b""[..],
            b"0",
            b"text",
            &[0x30, 0x80],
            &[0x30, 0xff, 1],
            &tlv(SEQUENCE, &tlv(OBJECT_IDENTIFIER, b"x")),
        ] {
            assert_eq!(signed_content(nothing), None);
        }
        assert_eq!(signed_content(&[0x30, 0x80].repeat(100_000)), None);
    }
}
