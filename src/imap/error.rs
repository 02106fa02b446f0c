//! What can go wrong with a session, in one enum and one clear line each.

use crate::tls;

/// The step a session was at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Name to addresses.
    Resolve,
    /// TCP.
    Connect,
    /// TLS handshake.
    Tls,
    /// The server's first line (RFC 3501 section 7.1).
    Greeting,
    /// CAPABILITY
    Capability,
    /// STARTTLS
    Starttls,
    /// LOGIN
    Login,
    /// ID (RFC 2971)
    Id,
    /// EXAMINE
    Examine,
    /// UID FETCH of UIDs and sizes.
    List,
    /// UID FETCH of bodies.
    Fetch,
    /// IDLE (RFC 2177)
    Idle,
    /// NOOP
    Noop,
    /// SELECT, and UID STORE or UID MOVE.
    Mark,
    /// LIST
    Folders,
    /// LOGOUT
    Logout,
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Resolve => "resolving the name",
            Self::Connect => "connecting",
            Self::Tls => "the TLS handshake",
            Self::Greeting => "waiting for the greeting",
            Self::Capability => "CAPABILITY",
            Self::Starttls => "STARTTLS",
            Self::Login => "LOGIN",
            Self::Id => "ID",
            Self::Examine => "EXAMINE",
            Self::List => "listing the folder",
            Self::Fetch => "fetching messages",
            Self::Idle => "IDLE",
            Self::Noop => "NOOP",
            Self::Mark => "marking filed messages",
            Self::Folders => "LIST",
            Self::Logout => "LOGOUT",
        })
    }
}

/// Why a step with an IMAP server failed. `server` is `host:port`; `words` are the server's own,
/// bounded, without control characters and without the password.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ImapError {
    /// The settings cannot work: CA file, plaintext away from loopback, a name no certificate can carry.
    #[error("IMAP server {server}: {reason}")]
    Settings {
        /// The server.
        server: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The name has no address.
    #[error("IMAP server {server}: its name cannot be resolved: {reason}")]
    Resolve {
        /// The server.
        server: String,
        /// The resolver's words.
        reason: String,
    },
    /// No address accepted a connection.
    #[error("IMAP server {server}: cannot connect: {reason}")]
    Connect {
        /// The server.
        server: String,
        /// Each address with its fault.
        reason: String,
    },
    /// The TLS handshake failed.
    #[error("IMAP server {server}: TLS: {reason}")]
    Tls {
        /// The server.
        server: String,
        /// Which kind of fault.
        fault: tls::Fault,
        /// In words.
        reason: String,
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
            Self::Resolve { .. }
            | Self::Connect { .. }
            | Self::Greeting { .. }
            | Self::Refused { .. }
            | Self::Timeout { .. }
            | Self::Closed { .. }
            | Self::Protocol { .. }
            | Self::Unusable { .. } => true,
            Self::Login { temporary, .. } => *temporary,
            Self::Settings { .. }
            | Self::Tls { .. }
            | Self::FolderUnknown { .. }
            | Self::Unsupported { .. } => false,
        }
    }
}

/// Longest quotation of a server, in characters.
const WORDS_CHARS: usize = 300;

/// A server's words, fit for one line of a log: bounded, no control characters, and no secret, for
/// servers are known to echo what they did not like.
pub(super) fn words(text: &str, secret: Option<&str>) -> String {
    let text = match secret {
        Some(secret) if !secret.is_empty() => text.replace(secret, "…"),
        _ => text.to_owned(),
    };
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS_CHARS).collect();
    let line = line.trim();
    if line.is_empty() { "(no words)".to_owned() } else { line.to_owned() }
}
