//! The steps of a session with a mail server, for errors that say where it ended.

use std::fmt;

/// A step of a session with a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Name to addresses.
    Resolve,
    /// TCP.
    Connect,
    /// SOCKS 5 or CONNECT.
    Proxy,
    /// TLS handshake.
    Tls,
    /// The server's first line (RFC 3501 section 7.1).
    Greeting,
    /// SMTP: the greeting and the answer to EHLO, which lettre reads in one call.
    Hello,
    /// STARTTLS
    Starttls,
    /// CAPABILITY
    Capability,
    /// IMAP LOGIN
    Login,
    /// SMTP AUTH
    Auth,
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
    /// GETQUOTAROOT (RFC 9208)
    Quota,
    /// LOGOUT
    Logout,
    /// MAIL FROM
    MailFrom,
    /// RCPT TO
    Recipient,
    /// DATA, up to the permission to send the content.
    Data,
    /// The content and the reply to its final dot.
    Content,
    /// RSET
    Reset,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "resolving the name",
            Self::Connect => "connecting",
            Self::Proxy => "the proxy connects",
            Self::Tls => "the TLS handshake",
            Self::Greeting => "waiting for the greeting",
            Self::Hello => "greeting/EHLO",
            Self::Starttls => "STARTTLS",
            Self::Capability => "CAPABILITY",
            Self::Login => "LOGIN",
            Self::Auth => "AUTH",
            Self::Id => "ID",
            Self::Examine => "EXAMINE",
            Self::List => "listing the folder",
            Self::Fetch => "fetching messages",
            Self::Idle => "IDLE",
            Self::Noop => "NOOP",
            Self::Mark => "marking filed messages",
            Self::Folders => "LIST",
            Self::Quota => "GETQUOTAROOT",
            Self::Logout => "LOGOUT",
            Self::MailFrom => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Content => "message content",
            Self::Reset => "RSET",
        })
    }
}
