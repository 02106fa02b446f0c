//! Encoded-words (RFC 2047) as they occur, not only as they should be.
//!
//! Clients cut characters in two at the end of a word, leave out padding and the blank between words, put
//! words in quotes, and cut the base64 stream itself in two. So the bytes of adjacent words in one charset
//! are joined before they become text (RFC 2047 section 5 forbids the cut; everybody else repairs it).

use super::choose::decode_labelled;
use super::{Decoded, Label};

/// The longest charset name with language suffix that is taken for one, in bytes.
const CHARSET_BYTES: usize = 80;

/// One encoded-word as written.
#[derive(Debug, Clone, Copy)]
struct Word<'a> {
    label: Label,
    base64: bool,
    text: &'a [u8],
}

/// What a header value is made of.
#[derive(Debug)]
enum Piece<'a> {
    /// Bytes between encoded-words.
    Raw(&'a [u8]),
    /// Encoded-words of one charset with nothing but blanks between them.
    Words(Label, Vec<Word<'a>>),
}

/// Text of a raw value: encoded-words decoded, raw 8-bit recognised (under `label`), folds and controls kept.
pub(super) fn decode_words(raw: &[u8], label: Label) -> Decoded {
    twice(once(raw, label))
}

/// Some programs encode what is encoded already: what still is an encoded-word is decoded once more, and no further.
fn twice(decoded: Decoded) -> Decoded {
    if find_open(decoded.text.as_bytes(), 0).is_none() {
        return decoded;
    }
    let again = once_as_text(&decoded.text);
    if again.text == decoded.text {
        return decoded;
    }
    let mut whole = Decoded { text: again.text.clone(), ..decoded };
    whole.note(&again);
    whole.repaired = true;
    whole
}

fn once(raw: &[u8], label: Label) -> Decoded {
    assemble(raw, |bytes| {
        if bytes.is_ascii() {
            return decode_labelled(bytes, Label::Missing);
        }
        let whole = decode_labelled(bytes, label);
        let whole = if whole.lossy { rejoined(bytes, label).unwrap_or(whole) } else { whole };
        Decoded { repaired: true, ..whole }
    })
}

/// Text of a value that is text already but for its encoded-words.
pub(crate) fn decode_text_words(value: &str) -> Decoded {
    twice(once_as_text(value))
}

fn once_as_text(value: &str) -> Decoded {
    assemble(value.as_bytes(), |bytes| Decoded {
        text: String::from_utf8_lossy(bytes).into_owned(),
        ..Decoded::default()
    })
}

/// Raw text whose fold fell inside a character: the same without its folds, if that helps.
fn rejoined(bytes: &[u8], label: Label) -> Option<Decoded> {
    Some(decode_labelled(&unfolded(bytes), label)).filter(|decoded| !decoded.lossy)
}

/// Bytes without their folds, the blank that begins the next line included.
fn unfolded(bytes: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => break,
            [b'\r', b'\n', b' ' | b'\t', tail @ ..] | [b'\n', b' ' | b'\t', tail @ ..] => tail,
            [byte, tail @ ..] => {
                joined.push(*byte);
                tail
            }
        };
    }
    joined
}

fn assemble(raw: &[u8], between: impl Fn(&[u8]) -> Decoded) -> Decoded {
    let mut whole = Decoded::default();
    for piece in pieces(raw) {
        whole.append(&match piece {
            Piece::Raw(bytes) => between(bytes),
            Piece::Words(label, words) => join(label, &words),
        });
    }
    whole
}

fn pieces(raw: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(start) = find_open(raw, at) {
        let Some((word, end)) = word(raw, start) else {
            at = start + 2;
            continue;
        };
        let gap = raw.get(from..start).unwrap_or_default();
        let blank = gap.iter().all(u8::is_ascii_whitespace);
        let behind_word = blank && !pieces.is_empty();
        match pieces.last_mut() {
            Some(Piece::Words(label, words)) if blank && *label == word.label => words.push(word),
            _ => {
                if !gap.is_empty() && !behind_word {
                    pieces.push(Piece::Raw(gap));
                }
                pieces.push(Piece::Words(word.label, vec![word]));
            }
        }
        from = end;
        at = end;
    }
    let tail = raw.get(from..).unwrap_or_default();
    let blank_tail = tail.iter().all(u8::is_ascii_whitespace);
    if !tail.is_empty() && (!blank_tail || pieces.is_empty()) {
        pieces.push(Piece::Raw(tail));
    }
    pieces
}

/// The end of the encoded-word that starts at `start`, in bytes; `None` when none starts there.
pub(crate) fn word_end(raw: &[u8], start: usize) -> Option<usize> {
    word(raw, start).map(|(_, end)| end)
}

fn find_open(raw: &[u8], from: usize) -> Option<usize> {
    raw.get(from..)?.windows(2).position(|pair| pair == b"=?").map(|offset| from + offset)
}

/// Reads `=?charset?B?text?=`. The text may hold blanks (some clients leave them in), but a base64 text ends
/// at the first byte that cannot be in it, and a quoted-printable one at `?=`, so that a word without an end
/// does not swallow the next.
fn word(raw: &[u8], start: usize) -> Option<(Word<'_>, usize)> {
    let rest = raw.get(start..)?.strip_prefix(b"=?")?;
    let charset_len = rest.iter().take(CHARSET_BYTES).position(|byte| *byte == b'?')?;
    let charset = rest.get(..charset_len)?;
    if charset.iter().any(|byte| byte.is_ascii_control() || matches!(byte, b' ' | b'<' | b'>' | b'@')) {
        return None;
    }
    let (base64, text) = match rest.get(charset_len + 1..)? {
        [b'B' | b'b', b'?', text @ ..] => (true, text),
        [b'Q' | b'q', b'?', text @ ..] => (false, text),
        _ => return None,
    };
    let (len, closed) = if base64 { base64_text(text) } else { quoted_text(text)? };
    let end = start + 2 + charset_len + 3 + len + if closed { 2 } else { 0 };
    let label = Label::new(Some(&String::from_utf8_lossy(charset)));
    Some((Word { label, base64, text: text.get(..len)? }, end))
}

/// Length of a base64 text, and whether `?=` ends it.
fn base64_text(text: &[u8]) -> (usize, bool) {
    let mut len = 0;
    loop {
        match text.get(len..).unwrap_or_default() {
            [b'?', b'=', ..] => return (len, true),
            // The next word opens: this one was cut off.
            [b'=', b'?', after, ..] if !matches!(after, b'=' | b' ' | b'\r' | b'\n') => return (len, false),
            [] | [b'?' | b'"' | b'<' | b'>' | b',' | b';' | b'(' | b')', ..] => return (len, false),
            _ => len += 1,
        }
    }
}

/// Length of a quoted-printable text, and whether `?=` ends it; `None` when it has no end on its line.
fn quoted_text(text: &[u8]) -> Option<(usize, bool)> {
    let mut len = 0;
    loop {
        match text.get(len..).unwrap_or_default() {
            // `?=3D` inside a text: an unescaped question mark, then an escape.
            [b'?', b'=', high, low, ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() && !high.is_ascii_lowercase() =>
            {
                len += 2;
            }
            [b'?', b'=', ..] => return Some((len, true)),
            // A fold, which RFC 2047 section 2 forbids here: the word goes on until it is closed.
            [b'\r', b'\n', b' ' | b'\t', ..] => len += 3,
            [b'\n', b' ' | b'\t', ..] => len += 2,
            [] | [b'\r' | b'\n', ..] => return None,
            [b'=', b'?', after, ..] if *after != b'=' => return None,
            _ => len += 1,
        }
    }
}

/// Text of adjacent words of one charset.
fn join(label: Label, words: &[Word<'_>]) -> Decoded {
    if label.shifts() && words.len() > 1 {
        let mut whole = Decoded::default();
        for word in words {
            whole.append(&join(label, std::slice::from_ref(word)));
        }
        return whole;
    }
    let mut bytes = Vec::new();
    let mut doubtful = false;
    for (index, word) in words.iter().enumerate() {
        if word.base64 {
            let more_follow = words.get(index + 1).is_some_and(|next| next.base64);
            doubtful |= base64_symbols(&[word.text], &mut bytes) && more_follow;
        } else {
            quoted_bytes(word.text, &mut bytes);
        }
    }
    let separate = decode_labelled(&bytes, label);
    // Words without padding may each be whole, or be slices of one base64 stream: what reads better, was.
    if doubtful && words.iter().all(|word| word.base64) {
        let texts: Vec<&[u8]> = words.iter().map(|word| word.text).collect();
        let mut stream = Vec::with_capacity(bytes.len());
        base64_symbols(&texts, &mut stream);
        let sliced = decode_labelled(&stream, label);
        if !sliced.lossy && (separate.lossy || separate.repaired && !sliced.repaired) {
            return sliced;
        }
    }
    separate
}

/// Appends what base64 text stands for; bytes outside the alphabet do not count (RFC 2045 section 6.8), nor
/// does a blank that a transport turned `+` into. True when the text ended off a 4-symbol boundary unpadded.
fn base64_symbols(texts: &[&[u8]], out: &mut Vec<u8>) -> bool {
    let mut bits = 0_u32;
    let mut held = 0_u32;
    let mut padded = false;
    for byte in texts.iter().flat_map(|text| text.iter()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                padded = true;
                bits = 0;
                held = 0;
                continue;
            }
            _ => continue,
        };
        padded = false;
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            let [byte, ..] = (bits >> held).to_le_bytes();
            out.push(byte);
        }
    }
    held != 0 && !padded
}

/// Appends what Q-encoded text stands for (RFC 2047 section 4.2), without folds; malformed escapes stay as written.
fn quoted_bytes(text: &[u8], out: &mut Vec<u8>) {
    let blanks: Vec<u8> =
        unfolded(text).into_iter().map(|byte| if byte == b'_' { b' ' } else { byte }).collect();
    unescape(&blanks, b'=', out);
}

/// Appends the bytes of a text in which `mark` and two hexadecimal digits stand for a byte; a mark without them stays.
pub(crate) fn unescape(text: &[u8], mark: u8, out: &mut Vec<u8>) {
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        rest = match (tail, tail.first_chunk().and_then(|digits| hex_byte(*digits))) {
            ([_, _, behind @ ..], Some(escaped)) if *byte == mark => {
                out.push(escaped);
                behind
            }
            _ => {
                out.push(*byte);
                tail
            }
        };
    }
}

/// The byte that two hexadecimal digits stand for.
pub(crate) fn hex_byte(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? << 4 | low?).ok()
}
