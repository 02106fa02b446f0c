//! What can go wrong with a session, each in one line an operator can act on.

use std::fmt;
use std::time::Duration;

/// Longest quotation of a server's words, in characters.
const WORDS_CHARACTERS: usize = 300;

/// The step of a session at which something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Looking the host name up.
    Resolve,
    /// Opening the TCP connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The greeting and the answer to EHLO.
    Greeting,
    /// STARTTLS.
    Starttls,
    /// AUTH.
    Login,
    /// MAIL FROM.
    MailFrom,
    /// RCPT TO.
    Recipient,
    /// DATA, up to the permission to send the content.
    Data,
    /// The content and the reply to its final dot.
    Content,
    /// RSET or NOOP.
    Idle,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "name lookup",
            Self::Connect => "connect",
            Self::Tls => "TLS handshake",
            Self::Greeting => "greeting/EHLO",
            Self::Starttls => "STARTTLS",
            Self::Login => "AUTH",
            Self::MailFrom => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Content => "message content",
            Self::Idle => "RSET/NOOP",
        })
    }
}

/// Why there is no session. No variant holds a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// The settings cannot work: an unreadable CA file, a login name without a password.
    #[error("SMTP {server}: {problem}")]
    Settings {
        /// `host:port`
        server: String,
        /// What is wrong.
        problem: String,
    },
    /// A step took longer than it may.
    #[error("SMTP {server}: {stage}: no answer within {} s", .limit.as_secs_f32())]
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
    },
    /// The server's certificate is not trusted, expired, or another's.
    #[error("SMTP {server}: TLS handshake: {problem}")]
    Certificate {
        /// `host:port`
        server: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The server does not offer what the settings demand (STARTTLS, AUTH); nothing was sent in its stead.
    #[error("SMTP {server}: the server does not offer {missing}")]
    NotOffered {
        /// `host:port`
        server: String,
        /// The extension.
        missing: &'static str,
    },
    /// Anything else on the way: no such host, connection refused, reset, closed, not SMTP.
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
    /// Whether the same settings may work later without anybody's doing.
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::Broken { .. } => true,
            Self::Refused { code, .. } => *code < 500,
            Self::Settings { .. } | Self::Certificate { .. } | Self::NotOffered { .. } => false,
        }
    }
}

/// A server's words as they may stand in a log line: one line, bounded, no control characters, and no
/// secret in case the server echoes one.
pub(super) fn words(said: &str, secrets: &[String]) -> String {
    let mut said = said.to_owned();
    for secret in secrets.iter().filter(|secret| secret.len() >= 4) {
        said = said.replace(secret.as_str(), "***");
    }
    let line: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(WORDS_CHARACTERS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_one_bounded_line_without_secrets() {
        assert_eq!(words("no\r\n way\u{1b}[2J  here", &[]), "no way [2J here");
        assert_eq!(words("bad password hunter22!", &["hunter22".into()]), "bad password ***!");
        assert_eq!(words(&"长".repeat(5000), &[]).chars().count(), 301);
    }
}
