//! Opens a session: connection, EHLO, STARTTLS, AUTH, each step under its own deadline.

use std::future::Future;
use std::io;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::Probed;
use super::error::SmtpError;
use super::wire::{AuthOffers, Wire};
use crate::config::{Limits, Secret, ServerSettings};
use crate::net::{Endpoint, Protection, Stage};
use crate::schedule::{LoginRefusal, login_refusal, usual_refusal};
use crate::vocabulary::{LiveFault, Silence, domain_of};
use crate::words::Chinese as _;

/// Where to connect and as whom: the settings, made ready once.
pub(super) struct Target {
    pub(super) endpoint: Endpoint,
    login: Option<Login>,
    /// Where the password came from, for whoever is refused with it.
    provenance: Option<String>,
    client_id: ClientId,
    /// Deadline of one step.
    pub(super) step: Duration,
    /// Slowest transfer that is waited for, in bytes per second.
    pub(super) slowest_bytes_per_second: u64,
}

/// How we log in.
enum Login {
    Password(Credentials),
    Token { username: String, token: Secret },
}

/// What a command came to when it did not come to a positive reply.
pub(super) enum Failure {
    /// 4yz or 5yz.
    Refused { code: u16, words: String, about: Option<LiveFault> },
    /// No usable reply.
    Broken { seen: Silence },
    /// No reply in time.
    Timeout { limit: Duration },
}

impl Failure {
    /// Adds to a final refusal what can be done about it.
    pub(super) fn hinting(self, about: Option<LiveFault>) -> Self {
        match (self, about) {
            (Self::Refused { code: code @ 500.., words, .. }, Some(fault)) => {
                Self::Refused { code, words: format!("{words} ({})", fault.english()), about }
            }
            (failure, _) => failure,
        }
    }
}

impl Target {
    /// # Errors
    /// When the settings cannot work.
    pub(super) fn new(
        settings: &ServerSettings,
        limits: &Limits,
        from: Option<&str>,
    ) -> Result<Self, SmtpError> {
        let endpoint = Endpoint::new(settings, limits)?;
        let login = match (&settings.username, &settings.password) {
            // Whoever connects has fetched a token before.
            (_, None) if settings.oauth.is_some() => None,
            (None, _) => None,
            (Some(_), None) => {
                return Err(endpoint.misconfigured("a login name is set, but no password").into());
            }
            (Some(username), Some(token)) if settings.oauth.is_some() => {
                Some(Login::Token { username: username.clone(), token: token.clone() })
            }
            (Some(user), Some(password)) => {
                let credentials = Credentials::new(user.clone(), password.expose().to_owned());
                Some(Login::Password(credentials))
            }
        };
        Ok(Self {
            endpoint,
            login,
            provenance: settings.password.as_ref().and_then(Secret::provenance),
            client_id: client_id([settings.username.as_deref(), from]),
            step: limits.step_timeout,
            slowest_bytes_per_second: limits.slowest_bytes_per_second.max(1),
        })
    }

    /// The login name and the token that it is to be shown, where that is how we log in.
    pub(super) const fn token(&self) -> Option<(&String, &Secret)> {
        match &self.login {
            Some(Login::Token { username, token }) => Some((username, token)),
            _ => None,
        }
    }

    /// `host:port`
    pub(super) fn server(&self) -> String {
        self.endpoint.server().to_owned()
    }

    /// How the connection is protected and whether we log in.
    pub(super) const fn probed(&self) -> Probed {
        let protection = match self.endpoint.protection() {
            Protection::Tls(_) => Some("TLS"),
            Protection::Starttls(_) => Some("STARTTLS"),
            Protection::Plaintext => None,
        };
        let logged_in = self.login.is_some();
        Probed { protection, logged_in, sender_accepted: false, recipient: None, reset_refused: None }
    }

    /// Connects and logs in, except with a token, which is shown by what the server offers.
    ///
    /// # Errors
    /// At the first step that fails.
    pub(super) async fn open(&self) -> Result<(AsyncSmtpConnection, AuthOffers), SmtpError> {
        let endpoint = &self.endpoint;
        let tcp = endpoint.connect().await?;
        let peer = tcp.peer_addr().map_err(|error| self.broken(Stage::Connect, &error))?;
        match endpoint.protection() {
            Protection::Plaintext => self.greet_and_login(Wire::new(tcp, peer)).await,
            Protection::Tls(tls) => {
                let stream = endpoint.handshake(tls, tcp).await?;
                self.greet_and_login(Wire::new(stream, peer)).await
            }
            Protection::Starttls(tls) => {
                let tcp = self.starttls(Wire::new(tcp, peer)).await?;
                let stream = endpoint.handshake(tls, tcp).await?;
                self.greet_and_login(Wire::greeted(stream, peer)).await
            }
        }
    }

    /// Speaks up to STARTTLS. lettre's own `starttls` keeps what it has buffered before the handshake and
    /// reads it as if it had come through TLS.
    async fn starttls(&self, mut wire: Wire<TcpStream>) -> Result<TcpStream, SmtpError> {
        let stage = Stage::Hello;
        let greeting = self.within(stage, wire.reply()).await?;
        self.expect(stage, 220, &greeting)?;
        let hello = format!("EHLO {}\r\n", self.client_id);
        let offers = self.within(stage, ask(&mut wire, &hello)).await?;
        self.expect(stage, 250, &offers)?;
        let offered = offers
            .lines()
            .skip(1)
            .any(|line| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS")));
        if !offered {
            // Never in the clear instead: whoever strips the offer wants just that.
            let offered = String::new();
            return Err(SmtpError::NotOffered { server: self.server(), missing: "STARTTLS", offered });
        }
        let stage = Stage::Starttls;
        let ready = self.within(stage, ask(&mut wire, "STARTTLS\r\n")).await?;
        self.expect(stage, 220, &ready)?;
        wire.into_inner().map_err(|error| self.broken(stage, &error))
    }

    fn expect(&self, stage: Stage, code: u16, reply: &str) -> Result<(), SmtpError> {
        let said = reply.get(..3).and_then(|code| code.parse().ok());
        let rest = self.endpoint.words(reply.get(4..).unwrap_or_default());
        match said {
            Some(said) if said == code => Ok(()),
            Some(said @ 400..600) => {
                Err(SmtpError::Refused { stage, server: self.server(), code: said, words: rest, about: None })
            }
            _ => {
                let problem = format!("unexpected reply `{}`", self.endpoint.words(reply));
                Err(SmtpError::Protocol { stage, server: self.server(), problem })
            }
        }
    }

    async fn greet_and_login<S>(&self, wire: Wire<S>) -> Result<(AsyncSmtpConnection, AuthOffers), SmtpError>
    where
        Wire<S>: lettre::transport::smtp::client::AsyncTokioStream + 'static,
    {
        let offers = wire.offers();
        // Greeting and EHLO: two steps in one call.
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &self.client_id);
        let mut connection = match tokio::time::timeout(self.step * 2, greeting).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => {
                let belated = of_network(&error).and_then(|error| self.endpoint.belated(error));
                return Err(match belated {
                    Some(belated) => belated.into(),
                    None => self.no_session(Stage::Hello, self.failure(&error)),
                });
            }
            Err(_) => return Err(self.no_session(Stage::Hello, Failure::Timeout { limit: self.step * 2 })),
        };
        if let Some(Login::Password(login)) = &self.login {
            self.login(&mut connection, login, &offers).await?;
        }
        Ok((connection, offers))
    }

    async fn login(
        &self,
        connection: &mut AsyncSmtpConnection,
        login: &Credentials,
        offers: &AuthOffers,
    ) -> Result<(), SmtpError> {
        let offered: Vec<Mechanism> = [Mechanism::Plain, Mechanism::Login]
            .into_iter()
            .filter(|mechanism| connection.server_info().supports_auth_mechanism(*mechanism))
            .collect();
        let mut outcome = Err(SmtpError::NotOffered {
            server: self.server(),
            missing: "AUTH PLAIN or LOGIN",
            offered: self.endpoint.words(&offers.get()),
        });
        for mechanism in offered {
            // LOGIN has three rounds.
            let answer = self.command(self.step * 3, connection.auth(&[mechanism], login)).await;
            let retry = matches!(answer, Err(Failure::Refused { code: 500..=504, .. }));
            outcome = match answer {
                Ok(response) => self.positive(&response, Severity::PositiveCompletion),
                Err(failure) => Err(failure),
            }
            .map_err(|failure| self.no_session(Stage::Auth, self.advise(failure)));
            // Some servers list PLAIN and do not know it. A refused password is not offered twice: accounts
            // are locked for that.
            if !retry {
                break;
            }
        }
        outcome
    }

    /// A refused login with what helps.
    fn advise(&self, failure: Failure) -> Failure {
        let Failure::Refused { code, words, .. } = failure else { return failure };
        let known = login_refusal(&words);
        let about_password = known.is_none_or(|(refusal, _)| refusal == LoginRefusal::Credentials);
        let fault = match known {
            Some((_, fault)) => fault,
            // RFC 4954 section 6: 454 is no word on the password.
            None if code < 500 => LiveFault::LoginBusy,
            None => usual_refusal(self.endpoint.host()),
        };
        let mut hint = fault.english().to_owned();
        if let Some(provenance) = self.provenance.as_deref().filter(|_| about_password && code >= 500) {
            hint = format!("{hint}; {provenance}");
        }
        Failure::Refused { code, words: format!("{words}; {hint}"), about: Some(fault) }
    }

    /// Runs one lettre call under a deadline: its own `timeout` covers the TCP connect only (lettre#1027).
    pub(super) async fn command<T>(
        &self,
        limit: Duration,
        call: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(limit, call).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.failure(&error)),
            Err(_) => Err(Failure::Timeout { limit }),
        }
    }

    /// A positive reply must be of the expected kind: lettre takes 2yz and 3yz alike for a yes. Only the first digit
    /// counts (RFC 5321 section 4.2): a `252` after the final dot is an acceptance, sending again a repetition.
    pub(super) fn positive(&self, response: &Response, kind: Severity) -> Result<(), Failure> {
        if response.code().severity == kind {
            return Ok(());
        }
        let said = response.message().collect::<Vec<_>>().join(" ");
        let problem = format!("unexpected reply `{} {}`", response.code(), self.endpoint.words(&said));
        Err(Failure::Broken { seen: Silence::Unusable { problem } })
    }

    fn failure(&self, error: &lettre::transport::smtp::Error) -> Failure {
        let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        match error.status() {
            Some(code) => {
                Failure::Refused { code: code.into(), words: self.endpoint.words(&said), about: None }
            }
            // The end of the stream is a parse error in lettre, neither transient nor permanent.
            None if said == "incomplete response" || said == "unexpected end of file" => {
                Failure::Broken { seen: Silence::Closed }
            }
            None if is_cut(error) => Failure::Broken { seen: Silence::Closed },
            None => {
                let problem = self.endpoint.words(&error.to_string());
                Failure::Broken { seen: Silence::Unusable { problem } }
            }
        }
    }

    pub(super) fn no_session(&self, stage: Stage, failure: Failure) -> SmtpError {
        let server = self.server();
        match failure {
            Failure::Refused { code, words, about } => {
                SmtpError::Refused { stage, server, code, words, about }
            }
            Failure::Broken { seen: Silence::Unusable { problem } } => {
                SmtpError::Protocol { stage, server, problem }
            }
            Failure::Broken { seen } => SmtpError::Broken { stage, server, problem: seen.to_string() },
            Failure::Timeout { limit } => SmtpError::Timeout { stage, server, limit },
        }
    }

    async fn within<T>(
        &self,
        stage: Stage,
        call: impl Future<Output = io::Result<T>>,
    ) -> Result<T, SmtpError> {
        let limit = self.step;
        match tokio::time::timeout(limit, call).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.broken(stage, &error)),
            Err(_) => Err(SmtpError::Timeout { stage, server: self.server(), limit }),
        }
    }

    fn broken(&self, stage: Stage, error: &io::Error) -> SmtpError {
        let server = self.server();
        match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                SmtpError::Broken { stage, server, problem: "the server closed the connection".to_owned() }
            }
            io::ErrorKind::InvalidData => {
                SmtpError::Protocol { stage, server, problem: self.endpoint.words(&error.to_string()) }
            }
            _ => SmtpError::Broken { stage, server, problem: self.endpoint.words(&error.to_string()) },
        }
    }
}

/// What the network said, where it is that.
fn of_network(error: &lettre::transport::smtp::Error) -> Option<&io::Error> {
    std::error::Error::source(error)?.downcast_ref()
}

/// Whether it ended the connection, as a server does that resets it.
fn is_cut(error: &lettre::transport::smtp::Error) -> bool {
    of_network(error).is_some_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe
        )
    })
}

async fn ask(wire: &mut Wire<TcpStream>, command: &str) -> io::Result<String> {
    wire.write_all(command.as_bytes()).await?;
    wire.reply().await
}

/// The EHLO name: the domain of the first that has one, the mailbox or the sender, else the address literal. lettre's default
/// is the machine's host name, which is nobody's business (and inside an office network resolves nowhere).
fn client_id(addresses: [Option<&str>; 2]) -> ClientId {
    let plain = |domain: &String| {
        domain.contains('.')
            && domain.len() <= 255
            && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
    };
    let domain = addresses.into_iter().flatten().map(domain_of).find(plain);
    domain.map_or(ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST), ClientId::Domain)
}
