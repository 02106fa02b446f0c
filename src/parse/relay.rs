//! Lines that a relay cut because they were too long for it (RFC 5322 section 2.1.1): inside a character, or with a mark.

use std::borrow::Cow;

use crate::charset;

/// The shortest line that a relay cuts, in bytes: Sendmail cuts after 990, others after 998.
const CUT_BYTES: usize = 985;

/// The text with the characters whole again that a cut went through, and without the `!` that Sendmail leaves there; as it
/// is where there is none.
pub(super) fn rejoined(bytes: &[u8]) -> Cow<'_, [u8]> {
    let is_long = |line: &[u8]| line.len() >= CUT_BYTES;
    if !bytes.split(|byte| *byte == b'\n').any(is_long) {
        return Cow::Borrowed(bytes);
    }
    let is_utf8 = charset::mostly_utf8(bytes);
    let mut joined = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let mut has_joined = false;
    let mut inside = false;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        let (line, next) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        let content = without_line_end(line);
        // The first byte of a line that completes a character is no lead of the next one.
        let begun = if inside && !is_utf8 { content.get(1..).unwrap_or_default() } else { content };
        let marked = content.strip_suffix(b"!").filter(|_| next.starts_with(b" "));
        let unmarked = begun.strip_suffix(b"!").filter(|_| marked.is_some()).unwrap_or(begun);
        let behind = next.strip_prefix(b" ").or_else(|| next.strip_prefix(b"\t"));
        let completed = |tail: &[u8]| {
            let ends =
                |next: &[u8]| if is_utf8 { completes_utf8(tail, next) } else { completes_pair(tail, next) };
            if ends(next) { Some(next) } else { behind.filter(|behind| ends(behind)) }
        };
        let is_cut = is_long(content) && line.len() > content.len();
        let (kept, tail, cut_inside) = match (is_cut, completed(unmarked), marked) {
            (true, Some(tail), Some(kept)) => (kept, tail, true),
            (true, None, Some(kept)) => (kept, behind.unwrap_or(next), false),
            (true, Some(tail), None) => (content, tail, true),
            _ => (line, next, false),
        };
        has_joined |= kept.len() < line.len();
        joined.extend_from_slice(kept);
        inside = cut_inside;
        rest = tail;
    }
    if has_joined { Cow::Owned(joined) } else { Cow::Borrowed(bytes) }
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let bare = line.strip_suffix(b"\n").unwrap_or(line);
    bare.strip_suffix(b"\r").unwrap_or(bare)
}

/// Whether a line ends inside a character of UTF-8 that the next one completes.
fn completes_utf8(line: &[u8], next: &[u8]) -> bool {
    let from = line.len().saturating_sub(3);
    let Some(at) = line.iter().skip(from).position(|byte| *byte >= 0xc2).map(|at| from + at) else {
        return false;
    };
    let begun = line.get(at..).unwrap_or_default();
    // Nothing is wrong with it but that it ends.
    if !std::str::from_utf8(begun).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
    {
        return false;
    }
    (1..=3).any(|more| {
        let Some(more) = next.get(..more) else { return false };
        std::str::from_utf8(&[begun, more].concat()).is_ok_and(|text| text.chars().count() == 1)
    })
}

/// Whether a line ends behind the first byte of a pair, as all multi-byte charsets of China have them, and the next begins
/// with a second one.
fn completes_pair(line: &[u8], next: &[u8]) -> bool {
    let mut rest = line;
    loop {
        rest = match rest {
            [0x81..=0xfe] => return matches!(next, [0x40..=0x7e | 0x80..=0xfe, ..]),
            [0x81..=0xfe, _, tail @ ..] | [_, tail @ ..] => tail,
            [] => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use encoding_rs::GB18030;

    fn cut(bytes: &[u8], every: usize, with: &[u8]) -> Vec<u8> {
        bytes.chunks(every).collect::<Vec<_>>().join(with)
    }

    #[test]
    fn characters_are_whole_again() {
        let text = "建议在各区设立综合服务窗口，并延长周末服务时间。".repeat(70);
        for start in ["", "a", "ab"] {
            let text = format!("{start}{text}");
            for bytes in [text.as_bytes(), &GB18030.encode(&text).0] {
                for (every, with) in
                    [(998, &b"\r\n"[..]), (990, b"\r\n "), (989, b"!\r\n "), (990, b"!\r\n ")]
                {
                    let read = charset::decode_body(&rejoined(&cut(bytes, every, with)), None);
                    // Where the cut fell between two characters only Sendmail leaves a mark.
                    let read: String = read.text.chars().filter(|c| !" \n".contains(*c)).collect();
                    assert_eq!(read, text, "{every} {with:?}");
                }
            }
        }
    }

    #[test]
    fn lines_that_nobody_cut_stay() {
        let long = "好".repeat(400);
        for text in
            ["好！\n 是\n".to_owned(), format!("{long}\n{long}\n"), format!("{}!\r\nb", "a".repeat(990))]
        {
            assert_eq!(rejoined(text.as_bytes()), text.as_bytes());
        }
    }
}
