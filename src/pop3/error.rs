//! What can go wrong with a session, each in one line an operator can act on.

use std::time::Duration;

use crate::net::{DialError, Stage};
use crate::oauth::TokenError;
use crate::schedule::throttled;
use crate::vocabulary::{LaneFault, LiveFault};

/// Why a step with a POP3 server failed. `server` is `host:port`; `words` are the server's own, bounded, without control
/// characters and without the password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Pop3Error {
    /// There is no connection: settings, name, address, TLS.
    #[error("POP3 server {0}")]
    Dial(#[from] DialError),
    /// There is no token to log in with.
    #[error("POP3 server {server}: {error}")]
    Token {
        /// The server.
        server: String,
        /// Why.
        error: TokenError,
    },
    /// The login was answered -ERR.
    #[error("POP3 server {server}: refused the login of {username}: {words}; {hint}")]
    Login {
        /// The server.
        server: String,
        /// The login name.
        username: String,
        /// The server's words.
        words: String,
        /// What usually helps.
        hint: String,
        /// It passes by itself.
        temporary: bool,
        /// Somebody must act at the provider.
        blocked: bool,
        /// What it is called.
        fault: LiveFault,
    },
    /// The greeting or a command was answered -ERR. After a command the session can still be used.
    #[error("POP3 server {server}: refused {stage}: {words}")]
    Refused {
        /// The server.
        server: String,
        /// The step.
        stage: Stage,
        /// The server's words.
        words: String,
    },
    /// The server lacks something that is needed.
    #[error("POP3 server {server}: {what}")]
    Unsupported {
        /// The server.
        server: String,
        /// What is missing and what would help.
        what: String,
    },
    /// Nothing came, or not all of it, before the step's deadline.
    #[error("POP3 server {server}: no answer in time while {stage} (limits.step_timeout = {} s)", .limit.as_secs_f32())]
    Timeout {
        /// The server.
        server: String,
        /// The step.
        stage: Stage,
        /// `limits.step_timeout`; a step that moves many bytes has more.
        limit: Duration,
    },
    /// The connection ended.
    #[error("POP3 server {server}: closed the connection during {stage}: {words}")]
    Closed {
        /// The server.
        server: String,
        /// The step.
        stage: Stage,
        /// What the network said.
        words: String,
    },
    /// The server sent what is not POP3, or more than it may.
    #[error("POP3 server {server}: broke the protocol during {stage}: {what}")]
    Protocol {
        /// The server.
        server: String,
        /// The step.
        stage: Stage,
        /// What was seen; never a piece of a message.
        what: String,
    },
}

impl Pop3Error {
    /// Whether the session goes on all the same.
    pub const fn is_an_answer(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// Whether the login was refused until somebody does something: then it is not tried so often.
    pub const fn is_refused_login(&self) -> bool {
        match self {
            Self::Login { temporary, .. } => !*temporary,
            Self::Token { error, .. } => matches!(error.fault, LiveFault::TokenGrant),
            _ => false,
        }
    }

    /// Whether the server wants to be left alone for a while, and for how long, where it says so.
    pub fn asks_to_wait(&self) -> Option<Option<Duration>> {
        match self {
            Self::Login { temporary: true, words, .. }
            | Self::Refused { words, .. }
            | Self::Closed { words, .. } => throttled(words),
            _ => None,
        }
    }

    /// What it is called, for `check --live`.
    pub const fn live_fault(&self) -> LiveFault {
        match self {
            Self::Dial(error) => error.live_fault(),
            Self::Token { error, .. } => error.fault,
            Self::Login { fault, .. } => *fault,
            Self::Refused { stage: Stage::Greeting, .. } => LiveFault::RefusedConnection,
            Self::Refused { .. } => LiveFault::Refused,
            Self::Unsupported { .. } => LiveFault::Lacks,
            Self::Timeout { .. } => LiveFault::Silent,
            Self::Closed { .. } => LiveFault::Closed,
            Self::Protocol { .. } => LiveFault::Protocol,
        }
    }

    /// Which kind of trouble it is, for `status`.
    pub fn fault(&self) -> LaneFault {
        match self {
            Self::Login { temporary: true, .. } => LaneFault::LoginBusy,
            Self::Login { blocked: true, .. } => LaneFault::LoginBlocked,
            Self::Login { fault: LiveFault::LoginToken, .. } => LaneFault::LoginToken,
            Self::Login { .. } => LaneFault::LoginRefused,
            Self::Token { error, .. } => error.lane_fault(),
            Self::Refused { words, .. } if throttled(words).is_some() => LaneFault::Throttled,
            Self::Dial(_) | Self::Timeout { .. } | Self::Closed { .. } | Self::Protocol { .. } => {
                LaneFault::Unavailable
            }
            Self::Refused { .. } | Self::Unsupported { .. } => LaneFault::Other,
        }
    }
}
