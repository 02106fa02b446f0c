//! Sends one [`OutboundMessage`] and says what became of it.
//!
//! The protocol is lettre's, the session is ours: lettre's pool hands a half-used connection to the next
//! message when a send is cancelled, and that one then reads as accepted while the server said no; it does not
//! notice a connection that the server has closed meanwhile (lettre#743); and its timeout ends with the TCP
//! connect (lettre#1027). So there is one connection, it is *taken out* of the sender while in use and put
//! back only when it is at rest, every step has a deadline, and `wire` guards the replies.

mod error;
mod session;
mod token;
mod transaction;
mod wire;

use std::time::Duration;

use jiff::Timestamp;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Mail, Noop, Rcpt, Rset};
use tokio::time::Instant;

pub use error::SmtpError;
use session::Target;
use transaction::{Connection, MailObject, TransactionEnd};

use crate::config::{Limits, ServerSettings};
use crate::net::{Logins, Stage};
use crate::oauth;
use crate::schedule::{Concern, LoginRefusal, calls_for, concern};
use crate::vocabulary::{LaneFault, LiveFault, OutboundMessage, SendOutcome};
use session::Failure;

/// How long QUIT may take: nothing depends on its answer.
const QUIT_LIMIT: Duration = Duration::from_secs(2);

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// `TLS` or `STARTTLS`; `None`: no protection, on loopback.
    pub protection: Option<&'static str>,
    /// Whether a login was asked for, and taken.
    pub logged_in: bool,
    /// Whether the envelope sender was offered, and taken.
    pub sender_accepted: bool,
    /// What came of the office's own address as recipient, where it was offered.
    pub recipient: Option<Offered>,
    /// With which words RSET was refused.
    pub reset_refused: Option<String>,
}

/// What came of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offered {
    /// It was taken.
    Accepted,
    /// It was not, for a reason that concerns no other: the server's words.
    Refused(String),
}

/// One SMTP server and at most one open connection to it.
pub struct Sender {
    settings: ServerSettings,
    limits: Limits,
    /// The office's own address.
    from: Option<String>,
    target: Target,
    logins: Logins,
    /// What kept the last session from being opened.
    fault: LaneFault,
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
        Ok(Self {
            settings: settings.clone(),
            limits: *limits,
            from: None,
            target: Target::new(settings, limits, None)?,
            logins: Logins::default(),
            fault: LaneFault::Unavailable,
            connection: None,
        })
    }

    /// Names the office's own address: its domain greets where the login name has none, and a probe offers it as recipient.
    #[must_use]
    pub fn speaking_for(mut self, from: &str) -> Self {
        self.from = Some(from.to_owned()).filter(|from| !from.is_empty());
        self
    }

    /// Refused logins in a row.
    pub const fn refused_logins(&self) -> u32 {
        self.logins.refused()
    }

    /// What kept the last session from being opened.
    pub const fn fault(&self) -> LaneFault {
        self.fault
    }

    /// Until when the server's certificate is good, once it has shown one.
    pub fn certificate_until(&self) -> Option<Timestamp> {
        self.target.endpoint.certificate_until()
    }

    /// The names that it bears.
    pub fn certificate_names(&self) -> &[String] {
        self.target.endpoint.certificate_names()
    }

    /// Whether the password's file holds another password by now.
    pub fn password_changed(&self) -> bool {
        self.settings.secret_changed()
    }

    /// A session. What may have been mended since the last one, a password or a CA file, is read anew.
    async fn open(&mut self) -> Result<AsyncSmtpConnection, SmtpError> {
        self.logins.begin(&mut self.settings);
        self.fault = LaneFault::Unavailable;
        let mut opened = self.open_once().await;
        if let (Some(oauth), Err(SmtpError::Refused { about: Some(LiveFault::LoginToken), .. })) =
            (&self.settings.oauth, &opened)
        {
            // It may have been taken back before its time: a fresh one tells.
            oauth.kept.forget();
            opened = self.open_once().await;
        }
        if let Err(error) = &opened {
            self.fault = fault(error);
        }
        self.logins.note(&opened, is_refused_login);
        opened
    }

    async fn open_once(&mut self) -> Result<AsyncSmtpConnection, SmtpError> {
        let shown = oauth::with_token(&self.settings, &self.limits).await;
        let shown = shown.map_err(|error| SmtpError::Token { server: self.target.server(), error })?;
        let settings = shown.as_ref().unwrap_or(&self.settings);
        self.target = Target::new(settings, &self.limits, self.from.as_deref())?;
        let (mut connection, offers) = self.target.open().await?;
        if let Some((username, token)) = self.target.token() {
            token::show(&self.target, &mut connection, (username, token), &offers.get()).await?;
        }
        Ok(connection)
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
        match self.open().await {
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

    /// Opens a session, logs in, offers `sender` as the envelope sender (`Some(None)` is `<>`) and the office's own address
    /// as a recipient, resets and quits. Sends no mail.
    ///
    /// # Errors
    /// The exact fault.
    pub async fn probe(&mut self, sender: Option<Option<&str>>) -> Result<Probed, SmtpError> {
        self.quit().await;
        let mut connection = self.open().await?;
        let target = &self.target;
        let step = target.step;
        let noop = target.command(step, connection.command(Noop)).await;
        noop.map_err(|failure| target.no_session(Stage::Noop, failure))?;
        let mut probed = target.probed();
        if let Some(sender) = sender {
            let address = sender
                .map(str::parse)
                .transpose()
                .map_err(|error| target.endpoint.misconfigured(format!("envelope sender: {error}")))?;
            let mail = target.command(step, connection.command(Mail::new(address, Vec::new()))).await;
            mail.map_err(|failure| {
                let failure = transaction::with_any_remedy(Stage::MailFrom, sender.is_none(), failure);
                target.no_session(Stage::MailFrom, failure)
            })?;
            probed.sender_accepted = true;
            probed.recipient = self.probe_recipient(&mut connection).await?;
            // Whoever leaves it out still sends (RFC 5321 section 4.1.1.5 asks for it all the same).
            let target = &self.target;
            match target.command(step, connection.command(Rset)).await {
                Err(Failure::Refused { code, words, .. }) => {
                    probed.reset_refused = Some(format!("{code} {words}"));
                }
                reset => _ = reset.map_err(|failure| target.no_session(Stage::Reset, failure))?,
            }
        }
        self.connection = Some((connection, Instant::now()));
        self.quit().await;
        Ok(probed)
    }

    /// Many servers say only at RCPT TO what they have against the sender: the office's own address is offered. What comes of
    /// it.
    async fn probe_recipient(
        &self,
        connection: &mut AsyncSmtpConnection,
    ) -> Result<Option<Offered>, SmtpError> {
        let Some(to) = self.from.as_deref().and_then(|from| from.parse().ok()) else { return Ok(None) };
        let (target, stage) = (&self.target, Stage::Recipient);
        match target.command(target.step, connection.command(Rcpt::new(to, Vec::new()))).await {
            Ok(_) => Ok(Some(Offered::Accepted)),
            Err(Failure::Refused { code, words, .. })
                if code < 500 || concern(&words) == Concern::Recipient =>
            {
                Ok(Some(Offered::Refused(format!("{code} {words}"))))
            }
            Err(failure) => {
                Err(target.no_session(stage, transaction::with_any_remedy(stage, false, failure)))
            }
        }
    }
}

/// Which kind of trouble kept a session from being opened.
fn fault(error: &SmtpError) -> LaneFault {
    match error {
        SmtpError::Token { error, .. } => error.lane_fault(),
        SmtpError::Refused { stage: Stage::Auth, code, about, .. } => {
            match about.map_or(LoginRefusal::Credentials, calls_for) {
                _ if *code < 500 => LaneFault::LoginBusy,
                LoginRefusal::Busy => LaneFault::LoginBusy,
                LoginRefusal::Person => LaneFault::LoginBlocked,
                LoginRefusal::Credentials if *about == Some(LiveFault::LoginToken) => LaneFault::LoginToken,
                LoginRefusal::Credentials => LaneFault::LoginRefused,
            }
        }
        _ => LaneFault::Unavailable,
    }
}

/// Whether the login was refused until somebody does something.
fn is_refused_login(error: &SmtpError) -> bool {
    match error {
        SmtpError::Token { error, .. } => error.fault == LiveFault::TokenGrant,
        SmtpError::Refused { stage: Stage::Auth, .. } => fault(error) != LaneFault::LoginBusy,
        _ => false,
    }
}
