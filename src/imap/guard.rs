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

mod framing;
mod mending;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_io_timeout::TimeoutStream;

use super::limits::READ_BYTES;
use framing::{Framer, Violation, is_fetch};
use mending::{mend, nests_too_deep};

/// Responses handed up before the task yields: a flood of small ones must not keep the deadlines above from being looked at.
const RESPONSES_AT_A_TIME: u32 = 64;

/// A connected stream of bytes.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for T {}

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

    /// What the literals of one response may take together, in bytes.
    pub(super) fn set_literal_bytes(&mut self, bytes: usize) {
        self.framer.literal_bytes = bytes;
    }

    /// Whether the server sent more than has been handed up.
    pub(super) fn has_unread(&self) -> bool {
        self.sent < self.outbox.len() || self.framer.has_rest(&self.inbox)
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
    pub(super) fn leave_out(&mut self) -> io::Result<()> {
        let untagged = self.outbox.starts_with(b"* ");
        if is_fetch(&self.outbox) {
            self.unreadable = self.unreadable.saturating_add(1);
        }
        self.outbox.clear();
        self.sent = 0;
        if untagged { Ok(()) } else { Err(Violation::Garbage.into()) }
    }

    /// Moves the next response to the outbox; false when more bytes are needed.
    fn frame(&mut self) -> io::Result<bool> {
        while let Some(response) = self.framer.next(&self.inbox)? {
            let literals = self.framer.take_literals();
            let bytes = self.inbox.get(response).unwrap_or_default();
            self.outbox.clear();
            self.sent = 0;
            mend(bytes, &literals, &mut self.outbox);
            if !nests_too_deep(&self.outbox, &literals) {
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

#[cfg(test)]
mod tests;
