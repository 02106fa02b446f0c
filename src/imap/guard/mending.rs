//! Responses in a form that imap-proto 0.17 takes without a panic.

use std::ops::Range;

use super::framing::is_status;
use crate::net;

/// Most opening brackets outside literals: imap-proto recurses on nested lists, and a thread's
/// stack is not endless.
const BRACKETS: usize = 256;

/// Appends a response to `out` in a form that cannot make imap-proto panic.
pub(super) fn mend(bytes: &[u8], literals: &[Range<usize>], out: &mut Vec<u8>) {
    if is_status(bytes) {
        mend_status(bytes, out);
    } else if literals.is_empty() && is_list(bytes) {
        // Names are modified UTF-7 by the rules, and UTF-8 or GBK on some servers.
        out.extend_from_slice(net::decode(bytes).as_bytes());
    } else {
        out.extend_from_slice(bytes);
        mend_nil_date(out, literals);
    }
}

fn is_list(bytes: &[u8]) -> bool {
    bytes.get(..7).is_some_and(|beginning| beginning.eq_ignore_ascii_case(b"* LIST "))
}

/// Makes a status line digestible: text that is not UTF-8 is read as GB18030, NUL and other controls become blanks, and a response code is followed by a
/// blank, without which imap-proto 0.17 cuts the next character apart and panics.
fn mend_status(bytes: &[u8], out: &mut Vec<u8>) {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = net::decode(line);
    let mut in_code = false;
    let mut after_code = false;
    let mut may_begin_code = true;
    for c in text.chars() {
        let c = if c.is_control() { ' ' } else { c };
        if after_code && c != ' ' {
            out.push(b' ');
        }
        after_code = in_code && c == ']';
        in_code = (in_code && c != ']') || (may_begin_code && c == '[');
        may_begin_code = may_begin_code && c != '[';
        let mut utf8 = [0; 4];
        out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// `INTERNALDATE NIL` is no date; imap-proto 0.17 unwraps it. An empty string says the same.
fn mend_nil_date(response: &mut [u8], literals: &[Range<usize>]) {
    const WANTED: &[u8] = b"INTERNALDATE NIL";
    let mut at = 0;
    while let Some(window) = response.get_mut(at..at + WANTED.len()) {
        if window.eq_ignore_ascii_case(WANTED)
            && let Some(nil) = window.last_chunk_mut::<3>()
        {
            *nil = *b"\"-\"";
        }
        at += 1;
        // Never inside a literal: that is somebody's message.
        if let Some(literal) = literals.iter().find(|literal| literal.contains(&at)) {
            at = literal.end;
        }
    }
}

/// Whether a response has more brackets outside literals than the parser's stack may be trusted with.
pub(super) fn nests_too_deep(response: &[u8], literals: &[Range<usize>]) -> bool {
    let opening = |bytes: &[u8]| bytes.iter().map(|b| usize::from(*b == b'(')).sum::<usize>();
    let inside = literals.iter().filter_map(|literal| response.get(literal.clone()));
    opening(response) - inside.map(opening).sum::<usize>() > BRACKETS
}
