//! Where responses end, and of which kind they are, as far as their first words tell.

use std::io;
use std::ops::Range;

use crate::imap::limits::{LINE_BYTES, LITERAL_BYTES, READ_BYTES};

/// What a server did that it may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Violation {
    #[error("a literal of {0} bytes was announced, more than was asked for")]
    Literal(u64),
    #[error("a line of more than {LINE_BYTES} bytes")]
    Line,
    #[error("an answer that is not IMAP")]
    Garbage,
}

impl From<Violation> for io::Error {
    fn from(violation: Violation) -> Self {
        Self::new(io::ErrorKind::InvalidData, violation)
    }
}

/// Finds where responses end: a line, or lines joined by literals (RFC 3501 section 4.3). Each
/// byte is looked at once, however it arrives.
#[derive(Debug)]
pub(super) struct Framer {
    /// What the literals of one response may take together, in bytes.
    pub(super) literal_bytes: usize,
    /// Where the current response begins.
    head: usize,
    /// What has been looked at.
    scanned: usize,
    /// Where the current line begins: the response's first, or the one after its last literal.
    line: usize,
    /// Bytes of the lines before the current one.
    line_bytes: usize,
    /// The literals of the current response, relative to its beginning.
    literals: Vec<Range<usize>>,
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            literal_bytes: LITERAL_BYTES,
            head: 0,
            scanned: 0,
            line: 0,
            line_bytes: 0,
            literals: Vec::new(),
        }
    }
}

impl Framer {
    /// The next complete response in `inbox`, if it is complete.
    pub(super) fn next(&mut self, inbox: &[u8]) -> Result<Option<Range<usize>>, Violation> {
        if self.scanned == self.head {
            self.literals.clear();
        }
        loop {
            // `line` may stand ahead of the data while a literal is still coming in.
            let from = self.scanned.max(self.line);
            let fresh = inbox.get(from..).unwrap_or_default();
            let Some(at) = fresh.iter().position(|b| *b == b'\n') else {
                self.scanned = inbox.len().max(from);
                let open = inbox.len().saturating_sub(self.line);
                return if self.line_bytes + open > LINE_BYTES { Err(Violation::Line) } else { Ok(None) };
            };
            let end = from + at + 1;
            let line = inbox.get(self.line..end).unwrap_or_default();
            self.line_bytes += line.len();
            if self.line_bytes > LINE_BYTES {
                return Err(Violation::Line);
            }
            self.scanned = end;
            let first = inbox.get(self.head..end).unwrap_or_default();
            // A status line is free text to its end: `{5}` there announces nothing.
            let announced = if is_status(first) { None } else { announced_literal(line) };
            let Some(size) = announced else {
                let response = self.head..end;
                self.head = end;
                self.line = end;
                self.line_bytes = 0;
                return Ok(Some(response));
            };
            let taken: usize = self.literals.iter().map(Range::len).sum();
            let size = usize::try_from(size)
                .ok()
                .filter(|size| size.saturating_add(taken) <= self.literal_bytes)
                .ok_or(Violation::Literal(size))?;
            let start = end - self.head;
            self.literals.push(start..start + size);
            self.line = end + size;
        }
    }

    /// The literals of the response that [`Framer::next`] found, relative to its beginning.
    pub(super) fn take_literals(&mut self) -> Vec<Range<usize>> {
        std::mem::take(&mut self.literals)
    }

    /// Whether the inbox holds more than what has been found so far.
    pub(super) fn has_rest(&self, inbox: &[u8]) -> bool {
        self.head < inbox.len()
    }

    /// Forgets what has been handed up.
    pub(super) fn compact(&mut self, inbox: &mut Vec<u8>) {
        if self.head == 0 {
            return;
        }
        inbox.drain(..self.head.min(inbox.len()));
        if inbox.capacity() > 4 * READ_BYTES && inbox.len() < READ_BYTES {
            inbox.shrink_to(READ_BYTES);
        }
        self.scanned -= self.head;
        self.line -= self.head;
        self.head = 0;
    }
}

/// The size in `{n}` CRLF at the end of a line.
fn announced_literal(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"}\r\n")?;
    let line = line.strip_suffix(b"+").unwrap_or(line);
    let open = line.iter().rposition(|b| *b == b'{')?;
    let digits = line.get(open + 1..)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // More digits than a u64 holds: as large as can be.
    Some(std::str::from_utf8(digits).ok()?.parse().unwrap_or(u64::MAX))
}

/// The second word of a line, and what follows it.
fn keyword(line: &[u8]) -> &[u8] {
    let mut words = line.split(|b| *b == b' ');
    let _tag = words.next();
    words.next().unwrap_or_default().trim_ascii_end()
}

/// `tag OK …`, `* BYE …`, `+ …`: lines that are text to their end.
pub(super) fn is_status(line: &[u8]) -> bool {
    let word = keyword(line);
    line.first() == Some(&b'+')
        || [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"]
            .iter()
            .any(|status| word.eq_ignore_ascii_case(status))
}

/// `* 12 FETCH …`
pub(super) fn is_fetch(line: &[u8]) -> bool {
    let mut words = line.split(|b| *b == b' ');
    words.next() == Some(b"*")
        && words.next().is_some_and(|n| n.iter().all(u8::is_ascii_digit))
        && words.next().is_some_and(|word| word.trim_ascii_end().eq_ignore_ascii_case(b"FETCH"))
}
