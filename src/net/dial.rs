//! Name to addresses, TCP, TLS: each step under its own deadline, its failure in words that an operator can act on.

use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::said;
use super::stage::Stage;
use super::tls;
use crate::config::{Limits, Secret, Security, ServerSettings};
use crate::vocabulary::LiveFault;

/// An address has this long before the next one is tried beside it (RFC 8305 section 5).
const HEAD_START: Duration = Duration::from_millis(250);
/// Most addresses of a name that are tried.
const ADDRESSES: usize = 16;

/// A server: where it is, how the connection is protected, what it may not be quoted with. Made ready once.
#[derive(Debug)]
pub struct Endpoint {
    host: String,
    port: u16,
    /// `host:port`, for people.
    server: String,
    protection: Protection,
    /// What must never be printed: the password, in the forms in which it travels.
    secrets: Vec<String>,
    /// Deadline of one step.
    step: Duration,
    /// Until when the server's certificate is good, and for which names, once it has shown one.
    shown: OnceLock<(Timestamp, Vec<String>)>,
}

/// How a connection is protected.
#[derive(Debug)]
pub enum Protection {
    /// Not at all: loopback only.
    Plaintext,
    /// TLS from the first byte.
    Tls(Handshake),
    /// STARTTLS, required.
    Starttls(Handshake),
}

/// What a TLS handshake needs.
pub struct Handshake {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handshake").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Why there is no connection to a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{server}: {cause}")]
pub struct DialError {
    /// `host:port`
    pub server: String,
    /// What happened.
    pub cause: DialCause,
}

/// What kept a connection from coming about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialCause {
    /// The settings cannot work: CA file, plaintext away from loopback, a name no certificate can carry, half a login.
    #[error("{0}")]
    Settings(String),
    /// The name has no address; the resolver's words.
    #[error("its name cannot be resolved: {0}")]
    Resolve(String),
    /// No address accepted a connection: each with its fault.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The TLS handshake failed.
    #[error("TLS handshake: {reason}")]
    Tls {
        /// Which kind of fault.
        fault: LiveFault,
        /// In words.
        reason: String,
    },
    /// A step took longer than it may.
    #[error("no answer in time while {0} (limits.step_timeout)")]
    Timeout(Stage),
}

impl DialError {
    /// Whether the same settings may well succeed later.
    pub const fn is_transient(&self) -> bool {
        match self.cause {
            DialCause::Resolve(_) | DialCause::Connect(_) | DialCause::Timeout(_) => true,
            DialCause::Tls { fault, .. } => matches!(
                fault,
                LiveFault::TlsOther
                    | LiveFault::TlsTooOld
                    | LiveFault::TlsNoCipher
                    | LiveFault::TlsNameUnknown
                    | LiveFault::TlsClientCertificate
            ),
            DialCause::Settings(_) => false,
        }
    }
}

impl DialError {
    /// What it is called, for `check --live`.
    pub const fn live_fault(&self) -> LiveFault {
        match self.cause {
            DialCause::Resolve(_) => LiveFault::Resolve,
            DialCause::Connect(_) => LiveFault::Connect,
            DialCause::Timeout(_) => LiveFault::Silent,
            DialCause::Settings(_) => LiveFault::Settings,
            DialCause::Tls { fault, .. } => fault,
        }
    }
}

impl Endpoint {
    /// Makes the settings ready; opens nothing.
    ///
    /// # Errors
    ///
    /// When the settings cannot work.
    pub fn new(settings: &ServerSettings, limits: &Limits) -> Result<Self, DialError> {
        let ServerSettings { host, port, .. } = settings;
        // An address of IPv6 has colons of its own.
        let server = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let protection = match settings.security {
            Security::Plaintext => Ok(Protection::Plaintext),
            Security::Tls => Handshake::new(settings).map(Protection::Tls),
            Security::Starttls => Handshake::new(settings).map(Protection::Starttls),
        };
        let protection = match protection {
            Ok(protection) => protection,
            Err(reason) => return Err(DialError { server, cause: DialCause::Settings(reason) }),
        };
        let secrets = secrets(settings.username.as_deref(), settings.password.as_ref());
        let (host, step) = (host.clone(), limits.step_timeout);
        Ok(Self { host, port: *port, server, protection, secrets, step, shown: OnceLock::new() })
    }

    /// The host, as it is configured.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `host:port`, for people.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// How the connection is to be protected.
    pub const fn protection(&self) -> &Protection {
        &self.protection
    }

    /// Until when the server's certificate is good, once it has shown one.
    pub fn certificate_until(&self) -> Option<Timestamp> {
        self.shown.get().map(|(until, _)| *until)
    }

    /// The names that it bears.
    pub fn certificate_names(&self) -> &[String] {
        self.shown.get().map_or(&[], |(_, names)| names)
    }

    /// The server's words as they may stand in a log.
    pub fn words(&self, said: &str) -> String {
        said::printable(said, &self.secrets)
    }

    /// The settings are wrong for this server.
    pub fn misconfigured(&self, reason: impl Into<String>) -> DialError {
        self.failed(DialCause::Settings(reason.into()))
    }

    /// Resolves and connects, trying every address in turn.
    ///
    /// # Errors
    ///
    /// When no address accepts.
    pub async fn connect(&self) -> Result<TcpStream, DialError> {
        let lookup = tokio::net::lookup_host((self.host.as_str(), self.port));
        let addresses: Vec<SocketAddr> = match timeout(self.step, lookup).await {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(error)) => return Err(self.failed(DialCause::Resolve(error.to_string()))),
            Err(_) => return Err(self.failed(DialCause::Timeout(Stage::Resolve))),
        };
        if addresses.is_empty() {
            return Err(self.failed(DialCause::Resolve("the name has no address".to_owned())));
        }
        // The settings are checked for it; a name that resolves elsewhere later must not slip through.
        let local = addresses.iter().all(|address| address.ip().is_loopback());
        if matches!(self.protection, Protection::Plaintext) && !local {
            return Err(self.misconfigured(
                "security = \"plaintext\" is for loopback addresses only; use \"tls\" or \"starttls\"",
            ));
        }
        self.race(addresses).await
    }

    /// Tries one address after the other; one that keeps silent does not keep the next from being tried (RFC 8305).
    async fn race(&self, addresses: Vec<SocketAddr>) -> Result<TcpStream, DialError> {
        let (mut faults, mut silent) = (Vec::new(), true);
        let mut waiting = addresses.into_iter().take(ADDRESSES);
        let mut running = JoinSet::new();
        loop {
            if let Some(address) = waiting.next() {
                let step = self.step;
                running.spawn(async move { (address, timeout(step, TcpStream::connect(address)).await) });
            }
            let ended = match timeout(HEAD_START, running.join_next()).await {
                Ok(None) => break,
                Ok(Some(ended)) => ended,
                Err(_) => continue,
            };
            // Nothing in it panics, and nobody cancels it.
            let Ok((address, outcome)) = ended else { continue };
            let fault = match outcome {
                Ok(Ok(stream)) => {
                    // Commands are small, and lettre writes the final dot in a packet of its own: with Nagle's algorithm
                    // each waits 40 ms for the peer's delayed ACK (lettre#1159; 22 messages a second before it).
                    stream.set_nodelay(true).ok();
                    return Ok(stream);
                }
                Ok(Err(error)) => {
                    silent = false;
                    error.to_string()
                }
                Err(_) => "no answer in time".to_owned(),
            };
            faults.push(format!("{}: {fault}", address.ip()));
        }
        let cause =
            if silent { DialCause::Timeout(Stage::Connect) } else { DialCause::Connect(faults.join("; ")) };
        Err(self.failed(cause))
    }

    /// The TLS handshake over a connected stream.
    ///
    /// # Errors
    ///
    /// When it fails.
    pub async fn handshake<S>(&self, tls: &Handshake, stream: S) -> Result<TlsStream<S>, DialError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        match timeout(self.step, tls.connector.connect(tls.name.clone(), stream)).await {
            Ok(Ok(stream)) => {
                let shown = stream.get_ref().1.peer_certificates().and_then(|shown| shown.first());
                if let Some((until, names)) = shown.and_then(|certificate| tls::good_until(certificate)) {
                    let names = names.iter().map(|name| self.words(name)).collect();
                    self.shown.get_or_init(|| (until, names));
                }
                Ok(stream)
            }
            Ok(Err(error)) => Err(self.untrusted(&error)),
            Err(_) => Err(self.failed(DialCause::Timeout(Stage::Tls))),
        }
    }

    fn untrusted(&self, error: &io::Error) -> DialError {
        let (fault, reason) = tls::explain(error, &self.host);
        self.failed(DialCause::Tls { fault, reason: self.words(&reason) })
    }

    fn failed(&self, cause: DialCause) -> DialError {
        DialError { server: self.server.clone(), cause }
    }
}

impl Handshake {
    fn new(settings: &ServerSettings) -> Result<Self, String> {
        let host = &settings.host;
        let config = tls::client(settings.ca_file.as_deref()).map_err(|error| error.to_string())?;
        let name = ServerName::try_from(host.clone()).map_err(|_| {
            format!("{host:?} is neither a DNS name nor an IP address, so no certificate can carry it")
        })?;
        Ok(Self { connector: TlsConnector::from(config), name })
    }
}

/// The password as LOGIN, AUTH LOGIN and AUTH PLAIN send it, also within a quoted string; the longest form first, which may
/// contain the others.
fn secrets(username: Option<&str>, password: Option<&Secret>) -> Vec<String> {
    let Some(password) = password.map(Secret::expose) else { return Vec::new() };
    let username = username.unwrap_or_default();
    let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
    vec![
        BASE64.encode(format!("\0{username}\0{password}")),
        BASE64.encode(password),
        quoted,
        password.to_owned(),
    ]
}
