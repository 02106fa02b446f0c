//! The stream beneath lettre's connection: one whole, well-formed reply per command, and no more.
//!
//! lettre reads replies line by line from a buffer of its own. Left alone with a server it would read a
//! line without end into memory (its limit is checked after the line), take a reply in GBK for a broken
//! connection, refuse a code without text, and keep what arrives unasked as the answer to the *next*
//! command: then a refused message counts as accepted. This stream takes the server's bytes, cuts them
//! into replies (RFC 5321 section 4.2.1), bounds and mends them, and hands over exactly the one reply that was
//! asked for.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::net;

/// Longest reply in bytes; the longest ones in use (EHLO, refusals in prose) stay under 4 KiB.
const REPLY_BYTES: usize = 64 * 1024;
/// Longest line handed to lettre, in bytes; it fails at 1000. RFC 5321 section 4.5.3.1.5 allows 512, and a
/// longer `250` is still a `250`.
const LINE_BYTES: usize = 900;

/// The ways to log in that the server named, for whoever finds none of them usable: lettre keeps only those that it knows.
#[derive(Clone, Default)]
pub(super) struct AuthOffers(Arc<Mutex<String>>);

impl AuthOffers {
    pub(super) fn get(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks for them in a reply.
    fn note(&self, reply: &[u8]) {
        for line in String::from_utf8_lossy(reply).lines() {
            if let Some(offers) = line.get(4..).and_then(|word| word.strip_prefix("AUTH ")) {
                offers.trim().clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
            }
        }
    }
}

/// See the module.
pub(super) struct Wire<S> {
    stream: S,
    peer: SocketAddr,
    /// From the server, not yet handed over.
    raw: Vec<u8>,
    /// How much of `raw` has been searched for line ends.
    scanned: usize,
    /// Where in `raw` the line being read begins.
    line_start: usize,
    /// The reply being handed over, and how much of it is.
    reply: Vec<u8>,
    taken: usize,
    /// The last thing that happened is a whole reply: the next write begins a command.
    at_rest: bool,
    ended: bool,
    offers: AuthOffers,
}

impl<S> Wire<S> {
    /// A stream on which the server speaks first.
    pub(super) fn new(stream: S, peer: SocketAddr) -> Self {
        Self {
            stream,
            peer,
            raw: Vec::new(),
            scanned: 0,
            line_start: 0,
            reply: Vec::new(),
            taken: 0,
            at_rest: false,
            ended: false,
            offers: AuthOffers::default(),
        }
    }

    /// What the server offers, as it will say.
    pub(super) fn offers(&self) -> AuthOffers {
        self.offers.clone()
    }

    /// A stream after STARTTLS, where there is no second greeting (RFC 3207 section 4.2); lettre waits for one.
    pub(super) fn greeted(stream: S, peer: SocketAddr) -> Self {
        let mut wire = Self::new(stream, peer);
        wire.reply = b"220 \r\n".to_vec();
        wire
    }

    /// The stream below.
    ///
    /// # Errors
    /// When the server has sent bytes that nobody asked for: after the reply to STARTTLS they were put
    /// there by somebody on the way, to be read as if they came through TLS (CVE-2011-0411 and its kin).
    pub(super) fn into_inner(self) -> io::Result<S> {
        if self.raw.is_empty() { Ok(self.stream) } else { Err(unasked()) }
    }

    /// Cuts the next whole reply off `raw`.
    fn cut(&mut self) -> io::Result<Option<Vec<u8>>> {
        while let Some(offset) =
            self.raw.get(self.scanned..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n'))
        {
            let end = self.scanned + offset + 1;
            let line = self.raw.get(self.line_start..end).unwrap_or_default();
            if self.line_start == 0 && line.trim_ascii().is_empty() {
                // An empty line after a reply; some servers write one line end too many.
                self.raw.drain(..end);
                self.scanned = 0;
                continue;
            }
            let continues = line.get(3) == Some(&b'-') && is_code(line);
            self.scanned = end;
            self.line_start = end;
            if !continues {
                let rest = self.raw.split_off(end);
                let reply = std::mem::replace(&mut self.raw, rest);
                self.scanned = 0;
                self.line_start = 0;
                let reply = mend(&reply);
                self.offers.note(&reply);
                return Ok(Some(reply));
            }
        }
        self.scanned = self.raw.len();
        if self.raw.len() > REPLY_BYTES {
            return Err(invalid("the server's reply has no end (over 64 KiB)"));
        }
        Ok(None)
    }
}

impl<S: AsyncRead + Unpin> Wire<S> {
    /// Takes in what the server has sent; `false` at the end of the stream.
    fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut space = [0_u8; 4096];
        let mut buffer = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
        self.raw.extend_from_slice(buffer.filled());
        self.ended = buffer.filled().is_empty();
        Poll::Ready(Ok(!self.ended))
    }

    /// The next reply, ready in `self.reply`; `false` at the end of the stream.
    fn poll_reply(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            if self.taken < self.reply.len() {
                return Poll::Ready(Ok(true));
            }
            if let Some(reply) = self.cut()? {
                self.reply = reply;
                self.taken = 0;
            } else if self.ended || !ready!(self.poll_fill(context))? {
                return Poll::Ready(Ok(false));
            }
        }
    }

    /// One whole reply as text, without its last line end.
    ///
    /// # Errors
    /// On a broken or endless stream; `UnexpectedEof` when it ended.
    pub(super) async fn reply(&mut self) -> io::Result<String> {
        let open = std::future::poll_fn(|context| self.poll_reply(context)).await?;
        if !open {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.taken = self.reply.len();
        self.at_rest = true;
        Ok(String::from_utf8_lossy(&self.reply).trim_end().to_owned())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if ready!(this.poll_reply(context))? {
            let left = this.reply.get(this.taken..).unwrap_or_default();
            let (now, later) = left.split_at(left.len().min(buffer.remaining()));
            buffer.put_slice(now);
            this.taken += now.len();
            this.at_rest = later.is_empty();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.at_rest {
            // A command begins. What the server sent since its last reply (`421 idle timeout`, a second
            // reply, the end of the stream) shows now that the session is over, before anything is risked on it.
            while this.raw.is_empty() && !this.ended {
                match this.poll_fill(context) {
                    Poll::Ready(filled) => _ = filled?,
                    Poll::Pending => break,
                }
            }
            if let Some(reply) = this.cut()? {
                return Poll::Ready(Err(invalid(String::from_utf8_lossy(&reply).trim_end())));
            }
            if !this.raw.is_empty() {
                return Poll::Ready(Err(unasked()));
            }
            if this.ended {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            this.at_rest = false;
        }
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S> std::fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Wire<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

fn invalid(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

fn unasked() -> io::Error {
    invalid("the server sent a reply that nobody asked for")
}

/// Whether a line begins with three digits.
fn is_code(line: &[u8]) -> bool {
    line.first_chunk::<3>().is_some_and(|code| code.iter().all(u8::is_ascii_digit))
}

/// A reply as lettre can read it: UTF-8 (GBK becomes Chinese text), CRLF line ends, no control characters,
/// lines of bounded length, and a blank after a code without text (RFC 5321 section 4.2: clients should
/// accept it).
fn mend(reply: &[u8]) -> Vec<u8> {
    let text = net::decode(reply);
    let mut mended = String::with_capacity(text.len() + 2);
    for line in text.trim_end_matches(['\r', '\n']).split('\n') {
        let line = line.trim_end_matches('\r');
        let start = mended.len();
        for character in line.chars() {
            if mended.len() - start + character.len_utf8() > LINE_BYTES {
                break;
            }
            mended.push(if character.is_control() { ' ' } else { character });
        }
        if line.len() == 3 {
            mended.push(' ');
        }
        // The form of old servers, from before RFC 2554.
        if mended.get(start + 4..).is_some_and(|word| word.starts_with("AUTH=")) {
            mended.replace_range(start + 8..start + 9, " ");
        }
        mended.push_str("\r\n");
    }
    mended.into_bytes()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::{Wire, mend};

    fn wire(server_bytes: usize) -> (Wire<DuplexStream>, DuplexStream) {
        let (ours, theirs) = duplex(server_bytes);
        (Wire::new(ours, "127.0.0.1:25".parse().unwrap()), theirs)
    }

    /// What a reader gets before it writes again.
    async fn read(wire: &mut Wire<DuplexStream>) -> String {
        let mut buffer = [0; 4096];
        let count = wire.read(&mut buffer).await.unwrap();
        String::from_utf8(buffer[..count].to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_reader_gets_one_whole_reply_however_it_arrives() {
        let (mut wire, mut server) = wire(1 << 16);
        let send = tokio::spawn(async move {
            for byte in b"250-first\r\n250-second\n250 third\r\n" {
                server.write_all(&[*byte]).await.unwrap();
                tokio::task::yield_now().await;
            }
            server
        });
        assert_eq!(read(&mut wire).await, "250-first\r\n250-second\r\n250 third\r\n");
        let mut server = send.await.unwrap();
        wire.write_all(b"NOOP\r\n").await.unwrap();
        server.write_all(b"250 one\r\n550 two\r\n").await.unwrap();
        assert_eq!(read(&mut wire).await, "250 one\r\n");
        // The second reply is the answer to nothing; above all not to the next command.
        let error = wire.write_all(b"NOOP\r\n").await.unwrap_err();
        assert_eq!(error.to_string(), "550 two");
    }

    #[tokio::test]
    async fn a_command_is_not_written_to_a_closed_stream() {
        let (mut wire, mut server) = wire(1 << 16);
        server.write_all(b"220 hello\r\n").await.unwrap();
        assert_eq!(wire.reply().await.unwrap(), "220 hello");
        drop(server);
        let error = wire.write_all(b"NOOP\r\n").await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn half_a_reply_does_not_count() {
        let (mut wire, mut server) = wire(1 << 16);
        server.write_all(b"250-and\r\n25").await.unwrap();
        drop(server);
        assert_eq!(wire.reply().await.unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn a_reply_has_an_end() {
        for endless in [&b"250-and then\r\n"[..], b"250 no line end "] {
            let (mut wire, mut server) = wire(1 << 20);
            for _ in 0..(1 << 17) / endless.len() {
                server.write_all(endless).await.unwrap();
            }
            let error = wire.reply().await.unwrap_err();
            assert!(error.to_string().contains("has no end"), "{error}");
            assert!(wire.raw.capacity() < 4 * super::REPLY_BYTES);
        }
    }

    #[test]
    fn nothing_is_carried_into_tls() {
        let (mut wire, _server) = wire(64);
        wire.raw.extend_from_slice(b"\r\n");
        assert!(wire.into_inner().is_err());
    }

    #[test]
    fn replies_are_mended() {
        for (raw, mended) in [
            (&b"250 ok\r\n"[..], "250 ok\r\n"),
            (b"250\r\n", "250 \r\n"),
            (b"250 ok\n", "250 ok\r\n"),
            (b"250-a\r\n250 b\r\n", "250-a\r\n250 b\r\n"),
            (b"550 \xd3\xca\xcf\xe4\xb2\xbb\xb4\xe6\xd4\xda\r\n", "550 邮箱不存在\r\n"),
            ("550 邮箱不存在\r\n".as_bytes(), "550 邮箱不存在\r\n"),
            (b"250 a\x1b[31mb\0c\r\n", "250 a [31mb c\r\n"),
            (b"\r\n", "\r\n"),
            (b"250-AUTH=LOGIN PLAIN\r\n250 OK\r\n", "250-AUTH LOGIN PLAIN\r\n250 OK\r\n"),
        ] {
            assert_eq!(String::from_utf8(mend(raw)).unwrap(), mended);
        }
        let long = mend(format!("250 {}\r\n", "长".repeat(1000)).as_bytes());
        assert!(long.len() < 910 && long.ends_with(b"\r\n"));
    }
}
