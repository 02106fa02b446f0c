//! From a host name to a stream that is protected as the settings ask.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::error::{ImapError, Stage};
use super::guard::Stream;
use crate::config::{Security, ServerSettings};
use crate::tls;

/// Resolves and connects, trying every address in turn, each step with its own deadline.
pub(super) async fn tcp(
    settings: &ServerSettings,
    server: &str,
    step: Duration,
) -> Result<TcpStream, ImapError> {
    let addresses = resolve(settings, server, step).await?;
    let mut faults = Vec::new();
    let mut timed_out = true;
    for address in addresses {
        let fault = match timeout(step, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Commands are small; waiting to merge them costs a round trip each.
                stream.set_nodelay(true).ok();
                return Ok(stream);
            }
            Ok(Err(e)) => {
                timed_out = false;
                e.to_string()
            }
            Err(_) => "no answer in time".to_owned(),
        };
        faults.push(format!("{}: {fault}", address.ip()));
    }
    if timed_out {
        return Err(ImapError::Timeout { server: server.to_owned(), stage: Stage::Connect });
    }
    Err(ImapError::Connect { server: server.to_owned(), reason: faults.join("; ") })
}

async fn resolve(
    settings: &ServerSettings,
    server: &str,
    step: Duration,
) -> Result<Vec<SocketAddr>, ImapError> {
    let fault = |reason: String| ImapError::Resolve { server: server.to_owned(), reason };
    let found = timeout(step, tokio::net::lookup_host((settings.host.as_str(), settings.port)))
        .await
        .map_err(|_| ImapError::Timeout { server: server.to_owned(), stage: Stage::Resolve })?
        .map_err(|e| fault(e.to_string()))?;
    let addresses: Vec<SocketAddr> = found.collect();
    if addresses.is_empty() {
        return Err(fault("the name has no address".to_owned()));
    }
    // The settings are checked for it; a name that resolves elsewhere later must not slip through.
    let is_loopback = |address: &SocketAddr| match address.ip() {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    };
    if settings.security == Security::Plaintext && !addresses.iter().all(is_loopback) {
        return Err(ImapError::Settings {
            server: server.to_owned(),
            reason: "security = \"plaintext\" is for loopback addresses only; use \"tls\" or \"starttls\""
                .to_owned(),
        });
    }
    Ok(addresses)
}

/// The TLS configuration of a server.
pub(super) fn tls_config(settings: &ServerSettings, server: &str) -> Result<Arc<ClientConfig>, ImapError> {
    tls::client(settings.ca_file.as_deref())
        .map_err(|e| ImapError::Settings { server: server.to_owned(), reason: e.to_string() })
}

/// The TLS handshake over a connected stream.
pub(super) async fn handshake(
    config: Arc<ClientConfig>,
    stream: Box<dyn Stream>,
    host: &str,
    server: &str,
    step: Duration,
) -> Result<Box<dyn Stream>, ImapError> {
    let name = tls::server_name(host).map_err(|_| ImapError::Settings {
        server: server.to_owned(),
        reason: format!("{host:?} is neither a DNS name nor an IP address, so no certificate can carry it"),
    })?;
    match timeout(step, TlsConnector::from(config).connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(e)) => {
            let (fault, reason) = tls::explain(&e, host);
            Err(ImapError::Tls { server: server.to_owned(), fault, reason })
        }
        Err(_) => Err(ImapError::Timeout { server: server.to_owned(), stage: Stage::Tls }),
    }
}
