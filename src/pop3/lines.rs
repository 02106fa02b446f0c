//! A server's bytes as lines, and as the bodies of answers of many lines, bounded.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

/// The longest line of an answer in bytes; RFC 1939 section 3 has 512.
const LINE_BYTES: usize = 8 * 1024;
/// How much is read at once.
const READ_BYTES: usize = 16 * 1024;

/// A connection, protected or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// The connection with what has come and was not taken.
pub(super) struct Lines {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
    /// What of the buffer was taken.
    at: usize,
    /// How long nothing may come.
    stall: Duration,
}

impl Lines {
    pub(super) fn new(stream: Box<dyn Stream>, stall: Duration) -> Self {
        Self { stream, buffer: Vec::new(), at: 0, stall }
    }

    /// The stream again; `None`: more came than was asked for.
    pub(super) fn into_stream(self) -> Option<Box<dyn Stream>> {
        (self.at == self.buffer.len()).then_some(self.stream)
    }

    /// Sends a line, in time.
    pub(super) async fn send(&mut self, line: &str) -> io::Result<()> {
        let sent = async {
            self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
            self.stream.flush().await
        };
        timeout(self.stall, sent).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..).unwrap_or_default()
    }

    async fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let before = self.buffer.len();
        self.buffer.resize(before + READ_BYTES, 0);
        let into = self.buffer.get_mut(before..).unwrap_or_default();
        let read = timeout(self.stall, self.stream.read(into)).await;
        let read = read.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        self.buffer.truncate(before + read.as_ref().copied().unwrap_or(0));
        if read? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// One line without its end.
    pub(super) async fn line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some(end) = self.rest().iter().position(|byte| *byte == b'\n') {
                let line = self.rest().get(..end).unwrap_or_default().to_vec();
                self.at += end + 1;
                return Ok(line.strip_suffix(b"\r").map(<[u8]>::to_vec).unwrap_or(line));
            }
            if self.rest().len() > LINE_BYTES {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.fill().await?;
        }
    }

    /// The rest of an answer of many lines, up to the one with the dot alone, as it was before dots were doubled (RFC 1939 section
    /// 3); `take` gets it piece by piece and may end it.
    pub(super) async fn body(
        &mut self,
        mut take: impl FnMut(&[u8]) -> io::Result<()> + Send,
    ) -> io::Result<()> {
        let mut at_line_start = true;
        loop {
            let rest = self.rest();
            let taken = match rest {
                [b'.', b'\r', b'\n', ..] if at_line_start => {
                    self.at += 3;
                    return Ok(());
                }
                [b'.', b'\n', ..] if at_line_start => {
                    self.at += 2;
                    return Ok(());
                }
                [] | [b'.'] | [b'.', b'\r'] if at_line_start => 0,
                [] => 0,
                [b'.', ..] if at_line_start => {
                    self.at += 1;
                    at_line_start = false;
                    continue;
                }
                rest => {
                    let end = rest.iter().position(|byte| *byte == b'\n').map(|end| end + 1);
                    at_line_start = end.is_some();
                    let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                    take(piece)?;
                    piece.len()
                }
            };
            self.at += taken;
            if taken == 0 {
                self.fill().await?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in a body that comes in pieces of this length, and what follows it.
    async fn body(sent: &str, pieces: usize) -> (String, Vec<u8>) {
        let (mut server, client) = tokio::io::duplex(pieces);
        let sent = sent.as_bytes().to_vec();
        tokio::spawn(async move {
            for piece in sent.chunks(pieces) {
                server.write_all(piece).await.unwrap();
            }
        });
        let mut lines = Lines::new(Box::new(client), Duration::from_mins(1));
        let mut whole = Vec::new();
        lines
            .body(|piece| {
                whole.extend_from_slice(piece);
                Ok(())
            })
            .await
            .unwrap();
        (String::from_utf8(whole).unwrap(), lines.line().await.unwrap())
    }

    #[tokio::test]
    async fn dots_are_taken_back_and_one_alone_is_the_end_however_it_arrives() {
        for (sent, whole) in [
            ("one\r\n.\r\n+OK\r\n", "one\r\n"),
            (".\r\n+OK\r\n", ""),
            ("..\r\n...two\r\n. \r\n.\r\n+OK\r\n", ".\r\n..two\r\n \r\n"),
            ("a.\r\n\r\n.\r\n+OK\n", "a.\r\n\r\n"),
            ("bare\n..dot\n.\n+OK\r\n", "bare\n.dot\n"),
            ("\r.\r\n.\r\n+OK\r\n", "\r.\r\n"),
        ] {
            for pieces in [1, 2, 3, 1000] {
                assert_eq!(
                    body(sent, pieces).await,
                    (whole.to_owned(), b"+OK".to_vec()),
                    "{sent:?} {pieces}"
                );
            }
        }
    }
}
