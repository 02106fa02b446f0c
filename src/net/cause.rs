//! Why there is no connection, in words and as a word.

use super::stage::Stage;
use crate::vocabulary::LiveFault;

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
    /// The proxy on the way leads nowhere.
    #[error("proxy {proxy}: {reason}")]
    Proxy {
        /// Which kind of fault.
        fault: LiveFault,
        /// `host:port` of the proxy.
        proxy: String,
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
            DialCause::Proxy { fault, .. } => {
                matches!(fault, LiveFault::ProxyUnreachable | LiveFault::ProxyRefused)
            }
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
            DialCause::Tls { fault, .. } | DialCause::Proxy { fault, .. } => fault,
        }
    }
}
