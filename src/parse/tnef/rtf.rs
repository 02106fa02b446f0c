//! Compressed RTF ([MS-OXRTFCP]) and the text in it ([MS-OXRTFEX], as far as a reader needs it).

use crate::charset::{self, Decoded};

/// The dictionary before anything was written ([MS-OXRTFCP] section 2.1.2.1).
const PRELOADED: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \
\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\
\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

const DICTIONARY_BYTES: usize = 4096;

/// Text of a `PR_RTF_COMPRESSED` value.
pub(super) fn text(compressed: &[u8], limit: usize) -> Option<Decoded> {
    let rtf = decompress(compressed, limit)?;
    Some(to_text(&rtf))
}

fn decompress(input: &[u8], limit: usize) -> Option<Vec<u8>> {
    let kind = input.get(8..12)?;
    let body = input.get(16..)?;
    match kind {
        b"MELA" => return Some(body.get(..limit).unwrap_or(body).to_vec()),
        b"LZFu" => {}
        _ => return None,
    }
    let mut dictionary = [0_u8; DICTIONARY_BYTES];
    dictionary.iter_mut().zip(PRELOADED).for_each(|(slot, byte)| *slot = *byte);
    let mut at = PRELOADED.len();
    let mut out = Vec::new();
    let mut bytes = body.iter().copied();
    let mut write = |byte: u8, at: &mut usize, dictionary: &mut [u8; DICTIONARY_BYTES]| {
        out.push(byte);
        if let Some(slot) = dictionary.get_mut(*at) {
            *slot = byte;
        }
        *at = (*at + 1) % DICTIONARY_BYTES;
        out.len() < limit
    };
    'runs: while let Some(control) = bytes.next() {
        for bit in 0..8 {
            if control & (1 << bit) == 0 {
                let Some(byte) = bytes.next() else {
                    break 'runs;
                };
                if !write(byte, &mut at, &mut dictionary) {
                    break 'runs;
                }
                continue;
            }
            let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else {
                break 'runs;
            };
            let token = usize::from(u16::from_be_bytes([high, low]));
            let (mut from, len) = (token >> 4, (token & 0xf) + 2);
            if from == at {
                break 'runs;
            }
            for _ in 0..len {
                let byte = dictionary.get(from).copied().unwrap_or_default();
                from = (from + 1) % DICTIONARY_BYTES;
                if !write(byte, &mut at, &mut dictionary) {
                    break 'runs;
                }
            }
        }
    }
    Some(out)
}

/// Destinations whose content is not text.
const HIDDEN: [&[u8]; 9] =
    [b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"themedata"];

/// What the open groups of an RTF text have set.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    hidden: bool,
    /// Bytes that stand after `\uN` for readers without Unicode.
    fallback: usize,
}

/// Deepest nesting of groups that is kept apart.
const MAX_GROUPS: usize = 500;

fn to_text(rtf: &[u8]) -> Decoded {
    let mut groups = vec![Group { hidden: false, fallback: 1 }];
    let mut out = Decoded::default();
    let mut pending: Vec<u8> = Vec::new();
    let mut codepage: Option<String> = None;
    let mut skip = 0_usize;
    let mut surrogate: Option<u16> = None;
    let mut rest = rtf;
    loop {
        let group = groups.last().copied().unwrap_or_default();
        rest = match rest {
            [] => break,
            [b'{', tail @ ..] => {
                if groups.len() < MAX_GROUPS {
                    groups.push(group);
                }
                tail
            }
            [b'}', tail @ ..] => {
                if groups.len() > 1 {
                    groups.pop();
                }
                tail
            }
            [b'\r' | b'\n', tail @ ..] => tail,
            [b'\\', b'\'', high, low, tail @ ..] => {
                let byte = charset::hex_byte([*high, *low]);
                if skip > 0 {
                    skip -= 1;
                } else if !group.hidden {
                    pending.extend(byte);
                }
                tail
            }
            [b'\\', b'*', tail @ ..] => {
                if let Some(group) = groups.last_mut() {
                    group.hidden = true;
                }
                tail
            }
            [b'\\', first, ..] if first.is_ascii_alphabetic() => {
                let (word, number, tail) = control_word(rest);
                match (word, number) {
                    (b"u", Some(code)) => {
                        skip = group.fallback;
                        if !group.hidden {
                            flush(&mut pending, codepage.as_deref(), &mut out);
                            unit(code, &mut surrogate, &mut out);
                        }
                    }
                    (b"uc", Some(count)) => {
                        if let Some(group) = groups.last_mut() {
                            group.fallback = usize::try_from(count).unwrap_or(1).min(16);
                        }
                    }
                    (b"ansicpg", Some(page)) => codepage = Some(format!("cp{page}")),
                    (b"par" | b"line" | b"row" | b"sect", _) if !group.hidden => pending.push(b'\n'),
                    (b"tab" | b"cell", _) if !group.hidden => pending.push(b'\t'),
                    (word, _) if HIDDEN.contains(&word) => {
                        if let Some(group) = groups.last_mut() {
                            group.hidden = true;
                        }
                    }
                    _ => {}
                }
                tail
            }
            [b'\\', symbol, tail @ ..] => {
                if !group.hidden {
                    match symbol {
                        b'~' => pending.push(b' '),
                        b'\\' | b'{' | b'}' => pending.push(*symbol),
                        b'\r' | b'\n' => pending.push(b'\n'),
                        _ => {}
                    }
                }
                tail
            }
            [byte, tail @ ..] => {
                if skip > 0 {
                    skip -= 1;
                } else if !group.hidden {
                    pending.push(*byte);
                }
                tail
            }
        };
    }
    flush(&mut pending, codepage.as_deref(), &mut out);
    out
}

/// A control word, its number, and what follows its one blank.
fn control_word(text: &[u8]) -> (&[u8], Option<i32>, &[u8]) {
    let behind = text.get(1..).unwrap_or_default();
    let len = behind.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, rest) = behind.split_at_checked(len).unwrap_or((behind, &[]));
    let digits = rest
        .iter()
        .enumerate()
        .take(11)
        .take_while(|(at, byte)| byte.is_ascii_digit() || *at == 0 && **byte == b'-')
        .count();
    let (number, rest) = rest.split_at_checked(digits).unwrap_or((&[], rest));
    let number = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
    (word, number, rest.strip_prefix(b" ").unwrap_or(rest))
}

/// Turns collected bytes to text.
fn flush(pending: &mut Vec<u8>, codepage: Option<&str>, out: &mut Decoded) {
    if pending.is_empty() {
        return;
    }
    out.append(&charset::decode_body(pending, codepage));
    pending.clear();
}

/// Appends a UTF-16 code unit as `\uN` writes it: signed, pairs one after the other.
fn unit(code: i32, surrogate: &mut Option<u16>, out: &mut Decoded) {
    let [low, high, ..] = code.to_le_bytes();
    let unit = u16::from_le_bytes([low, high]);
    let units = match surrogate.take() {
        Some(lead) => vec![lead, unit],
        None if (0xd800..0xdc00).contains(&unit) => {
            *surrogate = Some(unit);
            return;
        }
        None => vec![unit],
    };
    for c in char::decode_utf16(units) {
        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
        out.lossy |= c == char::REPLACEMENT_CHARACTER;
        if !c.is_control() || c == '\n' || c == '\t' {
            out.text.push(c);
        }
    }
}
