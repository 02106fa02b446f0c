//! What leaves the house, and what became of it.

use super::reasons::Silence;

/// One message ready to send: the envelope (RFC 5321) and the octets (RFC 5322).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundMessage {
    /// `MAIL FROM`; `None` is the null reverse-path `<>` (RFC 5321 section 4.5.5).
    pub envelope_from: Option<String>,
    /// `RCPT TO`.
    pub envelope_to: String,
    /// The Message-ID without angle brackets; the same on every attempt.
    pub message_id: String,
    /// The whole message, CRLF line ends, no line over 998 octets.
    pub octets: Vec<u8>,
}

/// Where a session ended without a reply that means anything, and what was seen there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakage {
    /// The server, as it is configured.
    pub server: String,
    /// The step: `RCPT TO`.
    pub step: String,
    /// What was seen instead of a reply.
    pub seen: Silence,
}

/// What became of one attempt to send.
#[must_use = "an outcome that is not settled is sent again"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The server took responsibility (250 after DATA, RFC 5321 section 4.2.5).
    Accepted {
        /// The server's words.
        reply: String,
    },
    /// This message was refused for now (4yz).
    Transient {
        /// The three-digit reply code.
        code: u16,
        /// The server's words.
        reply: String,
    },
    /// The connection broke before the message was handed over.
    Broken(Breakage),
    /// This message was refused for good (5yz).
    Permanent {
        /// The three-digit reply code.
        code: u16,
        /// The server's words.
        reply: String,
    },
    /// The connection ended between the final dot and the reply: the message may have been taken
    /// (RFC 5321 section 4.5.3.2.6; RFC 1047). Sent again with the same Message-ID.
    Unknown(Breakage),
    /// No session could be opened at all (resolve, connect, TLS, EHLO, AUTH), or our settings were refused
    /// (sender, relaying, a login that is required): nothing is said about this message, and the others would
    /// fare the same.
    Unavailable {
        /// One clear line: the stage, the server, what it said.
        reply: String,
    },
}
