//! Sends one [`OutboundMessage`] and says what became of it.
//!
//! The protocol is lettre's, the session is ours: lettre's pool hands a half-used connection to the next
//! message when a send is cancelled, and that one then reads as accepted while the server said no; it does not
//! notice a connection that the server has closed meanwhile (lettre#743); and its timeout ends with the TCP
//! connect (lettre#1027). So there is one connection, it is *taken out* of the sender while in use and put
//! back only when it is at rest, every step has a deadline, and `wire` guards the replies.

mod error;
mod session;
mod transaction;
mod wire;

use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Mail, Noop, Rset};
use tokio::time::Instant;

pub use error::SmtpError;
use session::Target;
use transaction::{Connection, MailObject, TransactionEnd};

use crate::config::{Limits, ServerSettings};
use crate::net::Stage;
use crate::vocabulary::{OutboundMessage, SendOutcome};

/// How long QUIT may take: nothing depends on its answer.
const QUIT_LIMIT: Duration = Duration::from_secs(2);

/// One SMTP server and at most one open connection to it.
pub struct Sender {
    target: Target,
    /// At rest between two transactions, since when. Taken while in use: whoever drops a future of
    /// [`Sender::send`] half-way drops the connection with it.
    connection: Option<(AsyncSmtpConnection, Instant)>,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender").field("server", &self.target.server()).finish_non_exhaustive()
    }
}

impl Sender {
    /// Makes the settings ready; opens nothing.
    ///
    /// # Errors
    /// When the settings cannot work: an unreadable CA file, a login name without a password.
    pub fn new(settings: &ServerSettings, limits: &Limits) -> Result<Self, SmtpError> {
        Ok(Self { target: Target::new(settings, limits)?, connection: None })
    }

    /// `host:port`, for logs.
    pub fn server(&self) -> String {
        self.target.server()
    }

    /// Sends one message, over the open connection if there is one. Tries once more, and only over a fresh
    /// connection, when a *reused* one turns out dead before the server took MAIL FROM.
    ///
    /// Returns within the sum of the steps' deadlines. May be cancelled at any point; the connection is then
    /// dropped, and the outcome is unknown to the caller if the content was under way.
    pub async fn send(&mut self, message: &OutboundMessage) -> SendOutcome {
        let mail = match MailObject::new(message) {
            Ok(mail) => mail,
            Err(reply) => return SendOutcome::Permanent { code: 550, reply },
        };
        // A firewall may have forgotten an idle connection without telling either side; the first command would
        // then wait its whole deadline for nothing (chatmail/core#3180).
        if self.connection.as_ref().is_some_and(|(_, since)| since.elapsed() > self.target.step) {
            self.quit().await;
        }
        if let Some((connection, _)) = self.connection.take() {
            let end = self.transact(connection, &mail).await;
            if !end.stale {
                return end.outcome;
            }
        }
        match self.target.open().await {
            Ok(connection) => self.transact(connection, &mail).await.outcome,
            Err(error) => SendOutcome::Unavailable { reply: error.to_string() },
        }
    }

    async fn transact(
        &mut self,
        mut connection: AsyncSmtpConnection,
        mail: &MailObject<'_>,
    ) -> TransactionEnd {
        let target = &self.target;
        let end = transaction::run(target, &mut connection, mail).await;
        let at_rest = match end.connection {
            Connection::AtRest => true,
            Connection::NeedsReset => target.command(target.step, connection.command(Rset)).await.is_ok(),
            Connection::Dead => false,
        };
        self.connection = at_rest.then(|| (connection, Instant::now()));
        end
    }

    /// Sends QUIT, if connected.
    pub async fn quit(&mut self) {
        if let Some((mut connection, _)) = self.connection.take() {
            // The answer changes nothing; an error closes the connection as well.
            let _ = self.target.command(QUIT_LIMIT.min(self.target.step), connection.quit()).await;
        }
    }

    /// Opens a session, logs in, offers `sender` as the envelope sender (`Some(None)` is `<>`), resets
    /// and quits. Sends no mail. The answer describes the session for people.
    ///
    /// # Errors
    /// The exact fault.
    pub async fn probe(&mut self, sender: Option<Option<&str>>) -> Result<String, SmtpError> {
        self.quit().await;
        let mut connection = self.target.open().await?;
        let target = &self.target;
        let step = target.step;
        let noop = target.command(step, connection.command(Noop)).await;
        noop.map_err(|failure| target.no_session(Stage::Noop, failure))?;
        let mut description = target.description();
        if let Some(sender) = sender {
            let address = sender
                .map(str::parse)
                .transpose()
                .map_err(|error| target.endpoint.misconfigured(format!("envelope sender: {error}")))?;
            let mail = target.command(step, connection.command(Mail::new(address, Vec::new()))).await;
            let hint = sender.is_none().then_some(transaction::NULL_SENDER);
            mail.map_err(|failure| target.no_session(Stage::MailFrom, failure.hinting(hint)))?;
            let reset = target.command(step, connection.command(Rset)).await;
            reset.map_err(|failure| target.no_session(Stage::Reset, failure))?;
            description.push_str(", envelope sender accepted");
        }
        self.connection = Some((connection, Instant::now()));
        self.quit().await;
        Ok(description)
    }
}
