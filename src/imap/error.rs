//! What can go wrong with a session, in one enum and one clear line each.

use std::time::Duration;

use crate::net::{DialError, Stage};
use crate::oauth::TokenError;
use crate::schedule::throttled;
use crate::vocabulary::{LaneFault, LiveFault};

/// Why a step with an IMAP server failed. `server` is `host:port`; `words` are the server's own,
/// bounded, without control characters and without the password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ImapError {
    /// There is no connection: settings, name, address, TLS.
    #[error("IMAP server {0}")]
    Dial(#[from] DialError),
    /// There is no token to log in with.
    #[error("IMAP server {server}: {error}")]
    Token {
        /// The server.
        server: String,
        /// Why.
        error: TokenError,
    },
    /// The server greeted with BYE, NO or BAD.
    #[error("IMAP server {server}: refused the connection: {words}")]
    Greeting {
        /// The server.
        server: String,
        /// The server's words.
        words: String,
    },
    /// LOGIN was answered NO or BAD.
    #[error("IMAP server {server}: refused the login of {username}: {words}; {hint}")]
    Login {
        /// The server.
        server: String,
        /// The login name.
        username: String,
        /// The server's words.
        words: String,
        /// What usually helps.
        hint: String,
        /// It passes by itself (RFC 5530 UNAVAILABLE, INUSE, LIMIT, and what providers say instead).
        temporary: bool,
        /// Name and password may be right: somebody must act at the provider.
        blocked: bool,
        /// What it is called.
        fault: LiveFault,
    },
    /// A command was answered NO or BAD because too much is asked of the server. The session can still be used.
    #[error("IMAP server {server}: throttles us ({stage}): {words}")]
    Throttled {
        /// The server.
        server: String,
        /// The command.
        stage: Stage,
        /// The server's words.
        words: String,
        /// How long it wants to be left alone, where it says so.
        told: Option<Duration>,
    },
    /// EXAMINE or SELECT was answered NO.
    #[error("IMAP server {server}: folder {folder:?} cannot be opened: {words}")]
    FolderUnknown {
        /// The server.
        server: String,
        /// The folder's decoded name.
        folder: String,
        /// The server's words.
        words: String,
    },
    /// Another command was answered NO or BAD. The session can still be used.
    #[error("IMAP server {server}: refused {stage}: {words}")]
    Refused {
        /// The server.
        server: String,
        /// The command.
        stage: Stage,
        /// The server's words.
        words: String,
    },
    /// The server lacks something that the settings ask for.
    #[error("IMAP server {server}: {what}")]
    Unsupported {
        /// The server.
        server: String,
        /// What is missing and what would help.
        what: String,
    },
    /// Nothing came, or not all of it, before the step's deadline.
    #[error("IMAP server {server}: no answer in time while {stage} (limits.step_timeout = {} s)", .limit.as_secs_f32())]
    Timeout {
        /// The server.
        server: String,
        /// The step.
        stage: Stage,
        /// `limits.step_timeout`; a step that moves many bytes has more.
        limit: Duration,
    },
    /// The connection ended, with or without BYE.
    #[error("IMAP server {server}: closed the connection during {stage}: {words}")]
    Closed {
        /// The server.
        server: String,
        /// The step.
        stage: Stage,
        /// The words of its BYE, or what the network said.
        words: String,
    },
    /// The server sent what is not IMAP, or more than it may.
    #[error("IMAP server {server}: broke the protocol during {stage}: {what}")]
    Protocol {
        /// The server.
        server: String,
        /// The step.
        stage: Stage,
        /// What was seen; never a piece of a message.
        what: String,
    },
    /// The session was used after an error, or for a folder that is not open.
    #[error("IMAP server {server}: this session cannot be used: {reason}")]
    Unusable {
        /// The server.
        server: String,
        /// Why.
        reason: &'static str,
    },
}

impl ImapError {
    /// Whether the same settings may well succeed later. The daemon tries again in any case; this
    /// only chooses between "wait" and "somebody has to act".
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Dial(error) => error.is_transient(),
            Self::Token { error, .. } => error.is_transient(),
            Self::Greeting { .. }
            | Self::Refused { .. }
            | Self::Throttled { .. }
            | Self::Timeout { .. }
            | Self::Closed { .. }
            | Self::Protocol { .. }
            | Self::Unusable { .. } => true,
            Self::Login { temporary, .. } => *temporary,
            Self::FolderUnknown { .. } | Self::Unsupported { .. } => false,
        }
    }

    /// Whether the server wants to be left alone for a while, and for how long, where it says so.
    pub fn asks_to_wait(&self) -> Option<Option<Duration>> {
        match self {
            Self::Throttled { told, .. } => Some(*told),
            Self::Login { temporary: true, words, .. }
            | Self::Greeting { words, .. }
            | Self::Closed { words, .. } => throttled(words),
            _ => None,
        }
    }

    /// What it is called, for `check --live`.
    pub const fn live_fault(&self) -> LiveFault {
        match self {
            Self::Dial(error) => error.live_fault(),
            Self::Token { error, .. } => error.fault,
            Self::Greeting { .. } => LiveFault::RefusedConnection,
            Self::Login { fault, .. } => *fault,
            Self::Throttled { .. } => LiveFault::Throttled,
            Self::FolderUnknown { .. } => LiveFault::FolderUnknown,
            Self::Refused { .. } => LiveFault::Refused,
            Self::Unsupported { .. } => LiveFault::Lacks,
            Self::Timeout { .. } => LiveFault::Silent,
            Self::Closed { .. } | Self::Unusable { .. } => LiveFault::Closed,
            Self::Protocol { .. } => LiveFault::Protocol,
        }
    }

    /// Whether the login was refused until somebody does something: then it is not tried so often.
    pub const fn is_refused_login(&self) -> bool {
        match self {
            Self::Login { temporary, .. } => !*temporary,
            Self::Token { error, .. } => matches!(error.fault, LiveFault::TokenGrant),
            _ => false,
        }
    }

    /// Which kind of trouble it is, for `status`.
    pub const fn fault(&self) -> LaneFault {
        match self {
            Self::Login { temporary: true, .. } => LaneFault::LoginBusy,
            Self::Login { blocked: true, .. } => LaneFault::LoginBlocked,
            Self::Login { fault: LiveFault::LoginToken, .. } => LaneFault::LoginToken,
            Self::Login { .. } => LaneFault::LoginRefused,
            Self::Token { error, .. } => error.lane_fault(),
            Self::Throttled { .. } => LaneFault::Throttled,
            Self::Dial(_)
            | Self::Greeting { .. }
            | Self::Timeout { .. }
            | Self::Closed { .. }
            | Self::Protocol { .. } => LaneFault::Unavailable,
            Self::FolderUnknown { .. }
            | Self::Refused { .. }
            | Self::Unsupported { .. }
            | Self::Unusable { .. } => LaneFault::Other,
        }
    }
}
