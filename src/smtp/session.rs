//! Opens a session: resolve, connect, TLS, EHLO, AUTH, each step under its own deadline.

use std::future::Future;
use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};
use rustls::pki_types::ServerName;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::error::{SmtpError, Stage, words};
use super::wire::Wire;
use crate::config::{Limits, Security, ServerSettings};
use crate::tls::{self, Fault};
use crate::vocabulary::{Silence, domain_of};

/// Where to connect and as whom: the settings, made ready once.
pub(super) struct Target {
    host: String,
    port: u16,
    security: Security,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    login: Option<Credentials>,
    /// What must never be printed: the password in the forms in which it travels.
    secrets: Vec<String>,
    client_id: ClientId,
    /// Deadline of one step.
    pub(super) step: Duration,
    /// Slowest transfer that is waited for, in bytes per second.
    pub(super) slowest_bytes_per_second: u64,
}

/// What a command came to when it did not come to a positive reply.
pub(super) enum Failure {
    /// 4yz or 5yz.
    Refused { code: u16, words: String },
    /// No usable reply.
    Broken { seen: Silence },
    /// No reply in time.
    Timeout { limit: Duration },
}

impl Failure {
    /// Adds to a final refusal what can be done about it.
    pub(super) fn hinting(self, hint: Option<&str>) -> Self {
        match (self, hint) {
            (Self::Refused { code: code @ 500.., words }, Some(hint)) => {
                Self::Refused { code, words: format!("{words} ({hint})") }
            }
            (failure, _) => failure,
        }
    }
}

impl Target {
    /// # Errors
    /// When the settings cannot work.
    pub(super) fn new(settings: &ServerSettings, limits: &Limits) -> Result<Self, SmtpError> {
        let wrong = |problem: String| SmtpError::Settings { server: name(settings), problem };
        let tls = match settings.security {
            Security::Plaintext => None,
            Security::Tls | Security::Starttls => {
                let config = tls::client(settings.ca_file.as_deref());
                let config = config.map_err(|error| wrong(error.to_string()))?;
                let name = tls::server_name(&settings.host)
                    .map_err(|_| wrong(format!("`{}` is no name a certificate can carry", settings.host)))?;
                Some((TlsConnector::from(config), name))
            }
        };
        let (login, secrets) = match (&settings.username, &settings.password) {
            (None, _) => (None, Vec::new()),
            (Some(_), None) => return Err(wrong("a login name is set, but no password".into())),
            (Some(user), Some(password)) => {
                let password = password.expose();
                let secrets = vec![
                    BASE64.encode(format!("\0{user}\0{password}")),
                    BASE64.encode(password),
                    password.to_owned(),
                ];
                (Some(Credentials::new(user.clone(), password.to_owned())), secrets)
            }
        };
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            tls,
            login,
            secrets,
            client_id: client_id(settings.username.as_deref()),
            step: limits.step_timeout,
            slowest_bytes_per_second: limits.slowest_bytes_per_second.max(1),
        })
    }

    /// `host:port`
    pub(super) fn server(&self) -> String {
        join(&self.host, self.port)
    }

    /// How the connection is protected and as whom we speak, for people.
    pub(super) fn description(&self) -> String {
        let security = match self.security {
            Security::Tls => "TLS",
            Security::Starttls => "STARTTLS",
            Security::Plaintext => "no TLS (loopback)",
        };
        let login = if self.login.is_some() { "logged in" } else { "no login asked for" };
        format!("{}, {security}, {login}", self.server())
    }

    /// # Errors
    /// At the first step that fails.
    pub(super) async fn open(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let tcp = self.connect().await?;
        let peer = tcp.peer_addr().map_err(|error| self.broken(Stage::Connect, &error))?;
        match (&self.tls, self.security) {
            (Some(tls), Security::Tls) => {
                let stream = self.handshake(tls, tcp).await?;
                self.greet_and_login(Wire::new(stream, peer)).await
            }
            (Some(tls), Security::Starttls) => {
                let tcp = self.starttls(Wire::new(tcp, peer)).await?;
                let stream = self.handshake(tls, tcp).await?;
                self.greet_and_login(Wire::greeted(stream, peer)).await
            }
            _ => self.greet_and_login(Wire::new(tcp, peer)).await,
        }
    }

    async fn connect(&self) -> Result<TcpStream, SmtpError> {
        let lookup = tokio::net::lookup_host((self.host.as_str(), self.port));
        let addresses: Vec<_> = self.within(Stage::Resolve, self.step, lookup).await?.collect();
        // The settings are checked for this; a password in the clear is worth a second look, at the address
        // that the name has today.
        if self.security == Security::Plaintext && !addresses.iter().all(|address| address.ip().is_loopback())
        {
            let problem = "without TLS only servers on this machine are allowed".to_owned();
            return Err(SmtpError::Settings { server: self.server(), problem });
        }
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in addresses {
            match self.within(Stage::Connect, self.step, TcpStream::connect(address)).await {
                Ok(tcp) => {
                    // lettre writes the final dot in a packet of its own; with Nagle's algorithm it waits
                    // 40 ms for the peer's delayed ACK (lettre#1159; 22 messages a second before it).
                    tcp.set_nodelay(true).map_err(|error| self.broken(Stage::Connect, &error))?;
                    return Ok(tcp);
                }
                Err(SmtpError::Broken { problem, .. }) => last = io::Error::other(problem),
                Err(error) => last = io::Error::other(error.to_string()),
            }
        }
        Err(self.broken(Stage::Connect, &last))
    }

    async fn handshake(
        &self,
        (connector, name): &(TlsConnector, ServerName<'static>),
        tcp: TcpStream,
    ) -> Result<tokio_rustls::client::TlsStream<TcpStream>, SmtpError> {
        let limit = self.step;
        match tokio::time::timeout(limit, connector.connect(name.clone(), tcp)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => {
                let (fault, problem) = tls::explain(&error, &self.host);
                let (server, problem) = (self.server(), words(&problem, &self.secrets));
                Err(match fault {
                    Fault::Untrusted | Fault::Expired | Fault::WrongName => {
                        SmtpError::Certificate { server, problem }
                    }
                    Fault::NotTls | Fault::Other => SmtpError::Broken { stage: Stage::Tls, server, problem },
                })
            }
            Err(_) => Err(SmtpError::Timeout { stage: Stage::Tls, server: self.server(), limit }),
        }
    }

    /// Speaks up to STARTTLS. lettre's own `starttls` keeps what it has buffered before the handshake and
    /// reads it as if it had come through TLS.
    async fn starttls(&self, mut wire: Wire<TcpStream>) -> Result<TcpStream, SmtpError> {
        let stage = Stage::Greeting;
        let greeting = self.within(stage, self.step, wire.reply()).await?;
        self.expect(stage, 220, &greeting)?;
        let hello = format!("EHLO {}\r\n", self.client_id);
        let offers = self.within(stage, self.step, ask(&mut wire, &hello)).await?;
        self.expect(stage, 250, &offers)?;
        let offered = offers
            .lines()
            .skip(1)
            .any(|line| line.get(4..).is_some_and(|word| word.trim().eq_ignore_ascii_case("STARTTLS")));
        if !offered {
            // Never in the clear instead: whoever strips the offer wants just that.
            return Err(SmtpError::NotOffered { server: self.server(), missing: "STARTTLS" });
        }
        let stage = Stage::Starttls;
        let ready = self.within(stage, self.step, ask(&mut wire, "STARTTLS\r\n")).await?;
        self.expect(stage, 220, &ready)?;
        wire.into_inner().map_err(|error| self.broken(stage, &error))
    }

    fn expect(&self, stage: Stage, code: u16, reply: &str) -> Result<(), SmtpError> {
        let said = reply.get(..3).and_then(|code| code.parse().ok());
        let rest = words(reply.get(4..).unwrap_or_default(), &self.secrets);
        match said {
            Some(said) if said == code => Ok(()),
            Some(said @ 400..600) => {
                Err(SmtpError::Refused { stage, server: self.server(), code: said, words: rest })
            }
            _ => {
                let problem = format!("unexpected reply `{}`", words(reply, &self.secrets));
                Err(SmtpError::Broken { stage, server: self.server(), problem })
            }
        }
    }

    async fn greet_and_login<S>(&self, wire: Wire<S>) -> Result<AsyncSmtpConnection, SmtpError>
    where
        Wire<S>: lettre::transport::smtp::client::AsyncTokioStream + 'static,
    {
        // Greeting and EHLO: two steps in one call.
        let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(wire), &self.client_id);
        let mut connection = self
            .command(self.step * 2, greeting)
            .await
            .map_err(|failure| self.no_session(Stage::Greeting, failure))?;
        if let Some(login) = &self.login {
            self.login(&mut connection, login).await?;
        }
        Ok(connection)
    }

    async fn login(
        &self,
        connection: &mut AsyncSmtpConnection,
        login: &Credentials,
    ) -> Result<(), SmtpError> {
        let offered: Vec<Mechanism> = [Mechanism::Plain, Mechanism::Login]
            .into_iter()
            .filter(|mechanism| connection.server_info().supports_auth_mechanism(*mechanism))
            .collect();
        let mut outcome =
            Err(SmtpError::NotOffered { server: self.server(), missing: "AUTH PLAIN or LOGIN" });
        for mechanism in offered {
            // LOGIN has three rounds.
            let answer = self.command(self.step * 3, connection.auth(&[mechanism], login)).await;
            let retry = matches!(answer, Err(Failure::Refused { code: 500..=504, .. }));
            outcome = match answer {
                Ok(response) => self.positive(&response, Severity::PositiveCompletion),
                Err(failure) => Err(failure),
            }
            .map_err(|failure| self.no_session(Stage::Login, failure));
            // Some servers list PLAIN and do not know it. A refused password is not offered twice: accounts
            // are locked for that.
            if !retry {
                break;
            }
        }
        outcome
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
    /// counts (RFC 5321 section 4.2): a `252` behind the final dot is an acceptance, sending again a repetition.
    pub(super) fn positive(&self, response: &Response, kind: Severity) -> Result<(), Failure> {
        if response.code().severity == kind {
            return Ok(());
        }
        let said = response.message().collect::<Vec<_>>().join(" ");
        let problem = format!("unexpected reply `{} {}`", response.code(), words(&said, &self.secrets));
        Err(Failure::Broken { seen: Silence::Unusable { problem } })
    }

    fn failure(&self, error: &lettre::transport::smtp::Error) -> Failure {
        let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        match error.status() {
            Some(code) => Failure::Refused { code: code.into(), words: words(&said, &self.secrets) },
            // The end of the stream is a parse error in lettre, neither transient nor permanent.
            None if said == "incomplete response" || said == "unexpected end of file" => {
                Failure::Broken { seen: Silence::Closed }
            }
            None => {
                let problem = words(&error.to_string(), &self.secrets);
                Failure::Broken { seen: Silence::Unusable { problem } }
            }
        }
    }

    pub(super) fn no_session(&self, stage: Stage, failure: Failure) -> SmtpError {
        let server = self.server();
        match failure {
            Failure::Refused { code, words } => SmtpError::Refused { stage, server, code, words },
            Failure::Broken { seen } => SmtpError::Broken { stage, server, problem: seen.to_string() },
            Failure::Timeout { limit } => SmtpError::Timeout { stage, server, limit },
        }
    }

    async fn within<T>(
        &self,
        stage: Stage,
        limit: Duration,
        call: impl Future<Output = io::Result<T>>,
    ) -> Result<T, SmtpError> {
        match tokio::time::timeout(limit, call).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.broken(stage, &error)),
            Err(_) => Err(SmtpError::Timeout { stage, server: self.server(), limit }),
        }
    }

    fn broken(&self, stage: Stage, error: &io::Error) -> SmtpError {
        let problem = if error.kind() == io::ErrorKind::UnexpectedEof {
            "the server closed the connection".to_owned()
        } else {
            words(&error.to_string(), &self.secrets)
        };
        SmtpError::Broken { stage, server: self.server(), problem }
    }
}

async fn ask(wire: &mut Wire<TcpStream>, command: &str) -> io::Result<String> {
    wire.write_all(command.as_bytes()).await?;
    wire.reply().await
}

/// The EHLO name: the mailbox's domain, else the address literal. lettre's default is the machine's host
/// name, which is nobody's business (and inside an office network resolves nowhere).
fn client_id(username: Option<&str>) -> ClientId {
    let domain = username.map(domain_of).unwrap_or_default();
    let plain = domain.contains('.')
        && domain.len() <= 255
        && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    if plain { ClientId::Domain(domain) } else { ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST) }
}

fn name(settings: &ServerSettings) -> String {
    join(&settings.host, settings.port)
}

fn join(host: &str, port: u16) -> String {
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}
