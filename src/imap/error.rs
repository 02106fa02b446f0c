//! What can go wrong with a session, in one enum and one clear line each.

use crate::net::{DialError, Stage};

/// Why a step with an IMAP server failed. `server` is `host:port`; `words` are the server's own,
/// bounded, without control characters and without the password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ImapError {
    /// There is no connection: settings, name, address, TLS.
    #[error("IMAP server {0}")]
    Dial(#[from] DialError),
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
        hint: &'static str,
        /// The server said it is its own trouble (RFC 5530 UNAVAILABLE, INUSE, LIMIT).
        temporary: bool,
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
    #[error("IMAP server {server}: no answer in time while {stage}")]
    Timeout {
        /// The server.
        server: String,
        /// The step.
        stage: Stage,
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
            Self::Greeting { .. }
            | Self::Refused { .. }
            | Self::Timeout { .. }
            | Self::Closed { .. }
            | Self::Protocol { .. }
            | Self::Unusable { .. } => true,
            Self::Login { temporary, .. } => *temporary,
            Self::FolderUnknown { .. } | Self::Unsupported { .. } => false,
        }
    }
}
