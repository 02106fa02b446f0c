//! The bytes between the network and async-imap: whole responses, bounded, one at a time.
//!
//! async-imap's reader trusts the server in ways that ours must not: it allocates what a literal
//! announces, up to 512 MiB (chatmail/async-imap#141); it parses a growing line again at every
//! read; one response that it cannot parse ends the session; and imap-proto 0.17 panics on
//! `INTERNALDATE NIL` and on a response code followed by a multi-byte character, which Chinese
//! servers do send. This layer stands below it and hands up complete responses within limits, each
//! when it is asked for. It finds where a response ends and mends what is known to break the parser,
//! but it does not parse: that is async-imap's, once, and what it could not parse is left out here.
//! Handing up one at a time also leaves everything that follows a STARTTLS answer here, where it
//! is seen and refused.

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_io_timeout::TimeoutStream;

use super::limits::{LINE_BYTES, LITERAL_BYTES};
use crate::net;

/// Most opening brackets outside literals: imap-proto recurses on nested lists, and a thread's
/// stack is not endless.
const BRACKETS: usize = 256;
/// Responses handed up before the task yields: a flood of small ones must not keep the deadlines above from being looked at.
const RESPONSES_AT_A_TIME: u32 = 64;
/// Size of one read, in bytes.
const READ_BYTES: usize = 32 * 1024;

/// A connected stream of bytes.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for T {}

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

/// The stream async-imap reads from and we write to.
pub(super) struct Guard {
    /// Pinned on the heap, for the timeout's timer may not move.
    io: Pin<Box<TimeoutStream<Box<dyn Stream>>>>,
    inbox: Vec<u8>,
    framer: Framer,
    /// The response being handed up, and how much of it has been.
    outbox: Vec<u8>,
    sent: usize,
    /// Another response may be handed up: its reader has asked for one and not got it yet.
    granted: bool,
    scratch: Box<[u8]>,
    /// FETCH responses that did not parse and were left out: their messages are there, but
    /// unreadable, which is not the same as gone.
    unreadable: u32,
    /// Responses handed up since the task last yielded.
    in_a_row: u32,
}

impl std::fmt::Debug for Guard {
    /// No bytes: they are somebody's mail. async-imap wants the bound.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

impl Guard {
    /// Wraps a stream; a read or write that makes no progress for `stall` fails.
    pub(super) fn new(io: Box<dyn Stream>, stall: Duration) -> Self {
        let mut io = Box::pin(TimeoutStream::new(io));
        io.as_mut().set_read_timeout_pinned(Some(stall));
        io.as_mut().set_write_timeout_pinned(Some(stall));
        Self {
            io,
            inbox: Vec::new(),
            framer: Framer::default(),
            outbox: Vec::new(),
            sent: 0,
            granted: false,
            scratch: vec![0; READ_BYTES].into_boxed_slice(),
            unreadable: 0,
            in_a_row: 0,
        }
    }

    /// How long a read may make no progress.
    pub(super) fn set_read_stall(&mut self, stall: Duration) {
        self.io.as_mut().set_read_timeout_pinned(Some(stall));
    }

    /// Whether the server sent more than has been handed up.
    pub(super) fn has_unread(&self) -> bool {
        self.sent < self.outbox.len() || self.framer.head < self.inbox.len()
    }

    /// The count of unreadable FETCH responses since the last call.
    pub(super) fn take_unreadable(&mut self) -> u32 {
        std::mem::take(&mut self.unreadable)
    }

    /// The plain stream again, for the TLS handshake after STARTTLS.
    pub(super) fn into_stream(mut self) -> Box<dyn Stream> {
        // A pinned TimeoutStream does not give its stream back, so it stays, without its timeouts:
        // the guard around the TLS stream brings its own.
        self.io.as_mut().set_read_timeout_pinned(None);
        self.io.as_mut().set_write_timeout_pinned(None);
        Box::new(Unguarded(self.io))
    }

    /// Allows one response to be handed up.
    pub(super) fn grant_one(&mut self) {
        self.granted = self.sent >= self.outbox.len();
    }

    /// Whether any of the response in hand has been handed up.
    pub(super) fn has_handed_up(&self) -> bool {
        self.sent > 0
    }

    /// Leaves out the response in hand, which does not parse.
    ///
    /// # Errors
    ///
    /// When it is neither tagged nor untagged, or a tagged answer: then it may be the one that is waited for.
    pub(super) fn leave_out(&mut self) -> Result<(), Violation> {
        let untagged = self.outbox.starts_with(b"* ");
        if is_fetch(&self.outbox) {
            self.unreadable = self.unreadable.saturating_add(1);
        }
        self.outbox.clear();
        self.sent = 0;
        if untagged { Ok(()) } else { Err(Violation::Garbage) }
    }

    /// Moves the next response to the outbox; false when more bytes are needed.
    fn frame(&mut self) -> Result<bool, Violation> {
        while let Some(response) = self.framer.next(&self.inbox)? {
            let literals = std::mem::take(&mut self.framer.literals);
            let bytes = self.inbox.get(response).unwrap_or_default();
            self.outbox.clear();
            self.sent = 0;
            mend(bytes, &literals, &mut self.outbox);
            if brackets(&self.outbox, &literals) <= BRACKETS {
                return Ok(true);
            }
            self.leave_out()?;
        }
        Ok(false)
    }
}

/// A guarded stream with the guard taken off.
struct Unguarded(Pin<Box<TimeoutStream<Box<dyn Stream>>>>);

impl AsyncRead for Unguarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_read(cx, buf)
    }
}

impl AsyncWrite for Unguarded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.0.as_mut().poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_shutdown(cx)
    }
}

impl AsyncRead for Guard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if let Some(rest) = this.outbox.get(this.sent..).filter(|rest| !rest.is_empty()) {
                let part = rest.get(..buf.remaining()).unwrap_or(rest);
                buf.put_slice(part);
                this.sent += part.len();
                return Poll::Ready(Ok(()));
            }
            if !this.granted {
                // The parser takes the whole response for a part of one: to go on would glue the next one to it.
                return Poll::Ready(Err(io::ErrorKind::Other.into()));
            }
            if this.frame()? {
                this.granted = false;
                this.in_a_row += 1;
                if this.in_a_row >= RESPONSES_AT_A_TIME {
                    this.in_a_row = 0;
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                continue;
            }
            this.framer.compact(&mut this.inbox);
            let mut chunk = ReadBuf::new(&mut this.scratch);
            ready!(this.io.as_mut().poll_read(cx, &mut chunk))?;
            if chunk.filled().is_empty() {
                return Poll::Ready(if this.inbox.is_empty() {
                    Ok(())
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                });
            }
            this.inbox.extend_from_slice(chunk.filled());
        }
    }
}

impl AsyncWrite for Guard {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.io.as_mut().poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.as_mut().poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.as_mut().poll_shutdown(cx)
    }
}

/// Finds where responses end: a line, or lines joined by literals (RFC 3501 section 4.3). Each
/// byte is looked at once, however it arrives.
#[derive(Debug, Default)]
struct Framer {
    /// Where the current response begins.
    head: usize,
    /// What has been looked at.
    scanned: usize,
    /// Where the current line begins: the response's first, or the one behind its last literal.
    line: usize,
    /// Bytes of the lines before the current one.
    line_bytes: usize,
    /// The literals of the current response, relative to its beginning.
    literals: Vec<Range<usize>>,
}

impl Framer {
    /// The next complete response in `inbox`, if it is complete.
    fn next(&mut self, inbox: &[u8]) -> Result<Option<Range<usize>>, Violation> {
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
                .filter(|size| size.saturating_add(taken) <= LITERAL_BYTES)
                .ok_or(Violation::Literal(size))?;
            let start = end - self.head;
            self.literals.push(start..start + size);
            self.line = end + size;
        }
    }

    /// Forgets what has been handed up.
    fn compact(&mut self, inbox: &mut Vec<u8>) {
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
fn is_status(line: &[u8]) -> bool {
    let word = keyword(line);
    line.first() == Some(&b'+')
        || [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"]
            .iter()
            .any(|status| word.eq_ignore_ascii_case(status))
}

/// `* 12 FETCH …`
fn is_fetch(line: &[u8]) -> bool {
    let mut words = line.split(|b| *b == b' ');
    words.next() == Some(b"*")
        && words.next().is_some_and(|n| n.iter().all(u8::is_ascii_digit))
        && words.next().is_some_and(|word| word.trim_ascii_end().eq_ignore_ascii_case(b"FETCH"))
}

/// Appends a response to `out` in a form that cannot make imap-proto panic.
fn mend(bytes: &[u8], literals: &[Range<usize>], out: &mut Vec<u8>) {
    if is_status(bytes) {
        mend_status(bytes, out);
    } else {
        out.extend_from_slice(bytes);
        mend_nil_date(out, literals);
    }
}

/// Makes a status line digestible: text that is not UTF-8 is read as GB18030, NUL and other controls become blanks, and a response code is followed by a
/// blank, without which imap-proto 0.17 cuts the next character apart and panics.
fn mend_status(bytes: &[u8], out: &mut Vec<u8>) {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = net::decode(line);
    let mut in_code = false;
    let mut behind_code = false;
    let mut may_begin_code = true;
    for c in text.chars() {
        let c = if c.is_control() { ' ' } else { c };
        if behind_code && c != ' ' {
            out.push(b' ');
        }
        behind_code = in_code && c == ']';
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

/// Opening brackets outside literals.
fn brackets(response: &[u8], literals: &[Range<usize>]) -> usize {
    let opening = |bytes: &[u8]| bytes.iter().map(|b| usize::from(*b == b'(')).sum::<usize>();
    let inside = literals.iter().filter_map(|literal| response.get(literal.clone()));
    opening(response) - inside.map(opening).sum::<usize>()
}

#[cfg(test)]
mod tests;
