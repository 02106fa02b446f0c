//! Responses, one at a time: async-imap's parser above the guard.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use async_imap::Client;
use imap_proto::Response;
use tokio::io::AsyncWriteExt;

use super::guard::{Guard, Stream};

/// A response. async-imap does not let others name its type for it.
pub(super) trait Received: Send {
    /// As parsed.
    fn parsed(&self) -> &Response<'_>;
}

/// What `read_response` of async-imap gives, and its method.
struct Unnamed<T> {
    response: T,
    parsed: fn(&T) -> &Response<'_>,
}

impl<T: Send> Received for Unnamed<T> {
    fn parsed(&self) -> &Response<'_> {
        (self.parsed)(&self.response)
    }
}

/// A connection that async-imap reads from and we write to.
#[derive(Debug)]
pub(super) struct Connection {
    client: Client<Guard>,
}

impl Connection {
    /// Over a stream on which a read or write that makes no progress for `stall` fails.
    pub(super) fn new(stream: Box<dyn Stream>, stall: Duration) -> Self {
        Self { client: Client::new(Guard::new(stream, stall)) }
    }

    /// The next response that parses; `None` at the end of the stream. What does not parse and was not asked for is left out.
    pub(super) async fn next(&mut self) -> io::Result<Option<impl Received + use<>>> {
        loop {
            self.client.get_mut().grant_one();
            match read_response(&mut self.client).await {
                // async-imap could not parse the response that the guard handed up.
                Err(error)
                    if error.kind() == io::ErrorKind::Other && self.client.get_ref().has_handed_up() =>
                {
                    self.leave_out()?;
                }
                read => return read,
            }
        }
    }

    /// Goes on after a response that async-imap could not parse. It reads nothing more after one, so a new client takes the
    /// stream over; the guard hands up single responses, so nothing is lost with the old one.
    fn leave_out(&mut self) -> io::Result<()> {
        let nothing = Client::new(Guard::new(Box::new(tokio::io::empty()), Duration::MAX));
        let mut guard = std::mem::replace(&mut self.client, nothing).into_inner();
        let left_out = guard.leave_out();
        self.client = Client::new(guard);
        left_out
    }

    /// Sends these bytes.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let guard = self.client.get_mut();
        guard.write_all(bytes).await?;
        guard.flush().await
    }

    /// Closes the connection.
    pub(super) async fn shutdown(&mut self) -> io::Result<()> {
        self.client.get_mut().shutdown().await
    }

    /// How long a read may make no progress.
    pub(super) fn set_read_stall(&mut self, stall: Duration) {
        self.client.get_mut().set_read_stall(stall);
    }

    /// What the literals of one response may take together, in bytes.
    pub(super) fn set_literal_bytes(&mut self, bytes: usize) {
        self.client.get_mut().set_literal_bytes(bytes);
    }

    /// How many FETCH responses since the last call did not parse.
    pub(super) fn take_unreadable(&mut self) -> u32 {
        self.client.get_mut().take_unreadable()
    }

    /// Whether the server sent more than has been read.
    pub(super) fn has_unread(&self) -> bool {
        self.client.get_ref().has_unread()
    }

    /// The plain stream again, for the TLS handshake after STARTTLS.
    pub(super) fn into_stream(self) -> Box<dyn Stream> {
        self.client.into_inner().into_stream()
    }
}

/// One response of async-imap. imap-proto is known to panic on some input; what is known is mended before, and what is not
/// must not end the daemon: it counts as not understood.
async fn read_response(client: &mut Client<Guard>) -> io::Result<Option<impl Received + use<>>> {
    let mut reading = pin!(client.read_response());
    let read = std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| reading.as_mut().poll(context)))
            .unwrap_or_else(|_| Poll::Ready(Err(io::ErrorKind::Other.into())))
    });
    Ok(read.await?.map(|response| Unnamed { response, parsed: |response| response.parsed() }))
}
