//! Name to addresses, TCP, TLS: each step under its own deadline, its failure in words that an operator can act on.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::bearer::{self, Bearer};
use super::cause::{DialCause, DialError};
use super::proxy;
use super::reach;
use super::said;
use super::stage::Stage;
use super::tls;
use crate::config::{Limits, Proxy, Secret, Security, ServerSettings};

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
    /// What stands between.
    proxy: Option<Box<Proxy>>,
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
    asked: Arc<tls::Asked>,
}

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handshake").field("name", &self.name).finish_non_exhaustive()
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
        let mut secrets = secrets(settings.username.as_deref(), settings.password.as_ref());
        if settings.oauth.is_some()
            && let (Some(username), Some(token)) = (&settings.username, &settings.password)
        {
            let shown = [Bearer::Oauthbearer, Bearer::Xoauth2]
                .map(|bearer| bearer.response(username, (host, *port), token.expose()));
            // Longer than the token, and before it.
            secrets.splice(0..0, shown);
        }
        let proxy = settings.proxy.clone();
        secrets.extend(proxy.iter().flat_map(|proxy| proxy::secrets(proxy)));
        let (host, step) = (host.clone(), limits.step_timeout);
        Ok(Self { host, port: *port, server, protection, secrets, proxy, step, shown: OnceLock::new() })
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

    /// What a server is sent that is shown a token.
    pub fn bearer(&self, bearer: Bearer, username: &str, token: &Secret) -> String {
        bearer.response(username, (&self.host, self.port), token.expose())
    }

    /// What a server says in a challenge by which it refuses a token.
    pub fn challenge(&self, said: &str) -> String {
        self.words(&bearer::challenge(said))
    }

    /// The settings are wrong for this server.
    pub fn misconfigured(&self, reason: impl Into<String>) -> DialError {
        self.failed(DialCause::Settings(reason.into()))
    }

    /// Resolves and connects, trying every address in turn; where a proxy is set, it does both.
    ///
    /// # Errors
    ///
    /// When no address accepts, or the proxy does not.
    pub async fn connect(&self) -> Result<TcpStream, DialError> {
        if let Some(proxy) = &self.proxy {
            let stream = proxy::tunnel(proxy, (&self.host, self.port), self.step).await;
            return stream.map_err(|cause| self.failed(self.without_secrets(cause)));
        }
        let addresses = reach::addresses((&self.host, self.port), self.step).await;
        let addresses = addresses.map_err(|cause| self.failed(cause))?;
        // The settings are checked for it; a name that resolves elsewhere later must not slip through.
        let local = addresses.iter().all(|address| address.ip().is_loopback());
        if matches!(self.protection, Protection::Plaintext) && !local {
            return Err(self.misconfigured(
                "security = \"plaintext\" is for loopback addresses only; use \"tls\" or \"starttls\"",
            ));
        }
        reach::race(addresses, self.step).await.map_err(|cause| self.failed(cause))
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
            Ok(Err(error)) => Err(self.untrusted(&error, &tls.asked)),
            Err(_) => Err(self.failed(DialCause::Timeout(Stage::Tls))),
        }
    }

    /// What a server says of the handshake only when it is over, as one of TLS 1.3 that wants a certificate of its clients.
    pub fn belated(&self, error: &io::Error) -> Option<DialError> {
        let (Protection::Tls(tls) | Protection::Starttls(tls)) = &self.protection else { return None };
        tls::is_alert(error).then(|| self.untrusted(error, &tls.asked))
    }

    fn untrusted(&self, error: &io::Error, asked: &tls::Asked) -> DialError {
        let (fault, reason) = tls::explain(error, &self.host, asked);
        self.failed(DialCause::Tls { fault, reason: self.words(&reason) })
    }

    /// A proxy's words as they may stand in a log.
    fn without_secrets(&self, cause: DialCause) -> DialCause {
        match cause {
            DialCause::Proxy { fault, proxy, reason } => {
                DialCause::Proxy { fault, proxy, reason: self.words(&reason) }
            }
            cause => cause,
        }
    }

    fn failed(&self, cause: DialCause) -> DialError {
        DialError { server: self.server.clone(), cause }
    }
}

impl Handshake {
    fn new(settings: &ServerSettings) -> Result<Self, String> {
        let host = &settings.host;
        let asked = Arc::<tls::Asked>::default();
        let config = tls::client(settings.ca_file.as_deref(), &asked).map_err(|error| error.to_string())?;
        let name = ServerName::try_from(host.clone()).map_err(|_| {
            format!("{host:?} is neither a DNS name nor an IP address, so no certificate can carry it")
        })?;
        Ok(Self { connector: TlsConnector::from(config), name, asked })
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
