//! What can go wrong with a session, each in one line an operator can act on.

use std::time::Duration;

use crate::net::{DialError, Stage};
use crate::oauth::TokenError;
use crate::vocabulary::LiveFault;

/// Why there is no session. No variant holds a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// There is no connection: settings, name, address, TLS.
    #[error("SMTP {0}")]
    Dial(#[from] DialError),
    /// There is no token to log in with.
    #[error("SMTP {server}: {error}")]
    Token {
        /// `host:port`
        server: String,
        /// Why.
        error: TokenError,
    },
    /// A step took longer than it may.
    #[error("SMTP {server}: {stage}: no answer within {} s (limits.step_timeout)", .limit.as_secs_f32())]
    Timeout {
        /// The step.
        stage: Stage,
        /// `host:port`
        server: String,
        /// How long it might have taken.
        limit: Duration,
    },
    /// The server said no.
    #[error("SMTP {server}: {stage}: refused: {code} {words}")]
    Refused {
        /// The step.
        stage: Stage,
        /// `host:port`
        server: String,
        /// The reply code.
        code: u16,
        /// The server's words, bounded, without control characters.
        words: String,
        /// What it is called, where the words tell.
        about: Option<LiveFault>,
    },
    /// The server does not offer what the settings demand (STARTTLS, AUTH); nothing was sent in its stead.
    #[error("SMTP {server}: the server does not offer {missing}{}", offers(.offered))]
    NotOffered {
        /// `host:port`
        server: String,
        /// The extension.
        missing: &'static str,
        /// What it offers instead, as it says.
        offered: String,
    },
    /// What came is not SMTP.
    #[error("SMTP {server}: {stage}: {problem}")]
    Protocol {
        /// The step.
        stage: Stage,
        /// `host:port`
        server: String,
        /// What was seen.
        problem: String,
    },
    /// Anything else on the way: reset, closed.
    #[error("SMTP {server}: {stage}: {problem}")]
    Broken {
        /// The step.
        stage: Stage,
        /// `host:port`
        server: String,
        /// What was seen.
        problem: String,
    },
}

impl SmtpError {
    /// What it is called, for `check --live`.
    pub const fn live_fault(&self) -> LiveFault {
        match self {
            Self::Dial(error) => error.live_fault(),
            Self::Token { error, .. } => error.fault,
            Self::Timeout { .. } => LiveFault::Silent,
            Self::Refused { about: Some(fault), .. } => *fault,
            Self::Refused { stage: Stage::Hello, .. } => LiveFault::RefusedConnection,
            Self::Refused { .. } => LiveFault::Refused,
            Self::NotOffered { .. } => LiveFault::Lacks,
            Self::Protocol { .. } => LiveFault::Protocol,
            Self::Broken { .. } => LiveFault::Closed,
        }
    }

    /// Whether the same settings may work later without anybody's doing.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Dial(error) => error.is_transient(),
            Self::Token { error, .. } => error.is_transient(),
            Self::Timeout { .. } | Self::Protocol { .. } | Self::Broken { .. } => true,
            Self::Refused { code, .. } => *code < 500,
            Self::NotOffered { .. } => false,
        }
    }
}

fn offers(offered: &str) -> String {
    if offered.is_empty() { String::new() } else { format!(" (it offers {offered})") }
}
