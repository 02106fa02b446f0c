//! Chinese in seven bits: HZ, the ISO-2022 family, UTF-7.

use encoding_rs::{EUC_KR, GB18030, ISO_2022_JP};

use super::Label;

const ESC: u8 = 0x1b;
const SHIFT_OUT: u8 = 0x0e;
const SHIFT_IN: u8 = 0x0f;

/// Text in a seven-bit code for Chinese, Japanese or Korean, with whether bytes were lost. `None` when the
/// bytes, which are all below 0x80, hold no such code.
pub(super) fn decode(bytes: &[u8], label: Label) -> Option<(String, bool)> {
    if bytes.contains(&ESC)
        && let Some(read) = iso_2022(bytes)
    {
        return Some(read);
    }
    if label == Label::Utf7 && bytes.contains(&b'+') {
        let charset = mail_parser::Charset::from_label(b"utf-7")?;
        let (text, malformed) = charset.decode_checked(bytes);
        return Some((text.into_owned(), malformed));
    }
    hz(bytes, label == Label::Hz)
}

/// HZ (RFC 1843): `~{` and `~}` around GB 2312 with the high bits off, `~~` for a tilde, `~` at a line's end
/// for a continued line. Undeclared, the text must hold one well-formed run.
fn hz(bytes: &[u8], declared: bool) -> Option<(String, bool)> {
    if !declared && !holds_hz(bytes) {
        return None;
    }
    let mut eight_bit = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let mut in_gb = false;
    loop {
        rest = match rest {
            [] => break,
            [b'~', b'{', tail @ ..] if !in_gb => {
                in_gb = true;
                tail
            }
            [b'~', b'}', tail @ ..] if in_gb => {
                in_gb = false;
                tail
            }
            [b'~', b'~', tail @ ..] if !in_gb => {
                eight_bit.push(b'~');
                tail
            }
            [b'~', b'\n', tail @ ..] | [b'~', b'\r', b'\n', tail @ ..] if !in_gb => tail,
            [b'\n', tail @ ..] => {
                in_gb = false;
                eight_bit.push(b'\n');
                tail
            }
            [lead @ 0x21..=0x7d, trail @ 0x21..=0x7e, behind @ ..] if in_gb => {
                eight_bit.extend([lead | 0x80, trail | 0x80]);
                behind
            }
            [byte, tail @ ..] => {
                eight_bit.push(*byte);
                tail
            }
        };
    }
    let (text, lossy) = GB18030.decode_without_bom_handling(&eight_bit);
    Some((text.into_owned(), lossy))
}

/// Whether pairs of GB 2312 and nothing else stand between some `~{` and its `~}`.
fn holds_hz(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut pairs = None;
    loop {
        rest = match (rest, pairs) {
            ([], _) => return false,
            ([b'~', b'{', tail @ ..], _) => {
                pairs = Some(0_usize);
                tail
            }
            ([b'~', b'}', ..], Some(1..)) => return true,
            ([0x21..=0x77, 0x21..=0x7e, tail @ ..], Some(count)) => {
                pairs = Some(count + 1);
                tail
            }
            ([_, tail @ ..], _) => {
                pairs = None;
                tail
            }
        };
    }
}

/// The ISO-2022 family, told apart by the escape sequences (ISO/IEC 2022; RFC 1922, 1468, 1557).
fn iso_2022(bytes: &[u8]) -> Option<(String, bool)> {
    let escape = bytes.iter().position(|byte| *byte == ESC)?;
    let designation = bytes.get(escape + 1..)?;
    match designation {
        [b'$', b')' | b'*' | b'+', b'A' | b'C' | b'E' | b'G'..=b'M', ..] => Some(shifted(bytes)),
        [b'$', b'@' | b'A' | b'B' | b'(', ..] | [b'(', b'J' | b'I' | b'B', ..] => {
            let (text, lossy) = ISO_2022_JP.decode_without_bom_handling(bytes);
            Some((text.into_owned(), lossy))
        }
        _ => None,
    }
}

/// ISO-2022-CN and ISO-2022-KR: shift out to the designated set, shift in to ASCII. CNS 11643, which only
/// Taiwan wrote, has no table here and is lost.
fn shifted(bytes: &[u8]) -> (String, bool) {
    let mut text = String::new();
    let mut lossy = false;
    let mut set = b'A';
    let mut out = false;
    let mut pairs = Vec::new();
    let mut rest = bytes;
    let mut flush = |pairs: &mut Vec<u8>, set: u8, text: &mut String| {
        let (read, lost) = match set {
            b'A' | b'E' => GB18030.decode_without_bom_handling(pairs),
            b'C' => EUC_KR.decode_without_bom_handling(pairs),
            _ => {
                text.extend(std::iter::repeat_n(char::REPLACEMENT_CHARACTER, pairs.len() / 2));
                lossy |= !pairs.is_empty();
                pairs.clear();
                return;
            }
        };
        text.push_str(&read);
        lossy |= lost;
        pairs.clear();
    };
    loop {
        rest = match rest {
            [] => break,
            [ESC, b'$', b')' | b'*' | b'+', designated, tail @ ..] => {
                flush(&mut pairs, set, &mut text);
                set = *designated;
                tail
            }
            // Single shifts reach planes that only CNS 11643 fills.
            [ESC, b'N' | b'O', _, _, tail @ ..] => {
                flush(&mut pairs, set, &mut text);
                pairs.extend([0xff, 0xff]);
                flush(&mut pairs, 0, &mut text);
                tail
            }
            [SHIFT_OUT, tail @ ..] => {
                out = true;
                tail
            }
            [SHIFT_IN, tail @ ..] => {
                out = false;
                flush(&mut pairs, set, &mut text);
                tail
            }
            [lead @ 0x21..=0x7e, trail @ 0x21..=0x7e, behind @ ..] if out => {
                pairs.extend([lead | 0x80, trail | 0x80]);
                behind
            }
            [byte, tail @ ..] => {
                flush(&mut pairs, set, &mut text);
                if *byte == b'\n' {
                    out = false;
                }
                text.push(char::from(*byte & 0x7f));
                tail
            }
        };
    }
    flush(&mut pairs, set, &mut text);
    (text, lossy)
}
