//! The way by which answers leave: a server, or a folder.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::config::{Limits, Transport};
use crate::maildir;
use crate::smtp::{Sender, SmtpError};
use crate::vocabulary::{LaneFault, OutboundMessage, SendOutcome};

/// How answers leave.
#[derive(Debug)]
pub enum MailTransport {
    /// Over SMTP.
    Smtp(Box<Sender>),
    /// Into a Maildir, for the demo.
    Maildir(PathBuf),
}

impl MailTransport {
    /// Prepares a transport for the office's address; nothing is connected yet.
    ///
    /// # Errors
    /// When its TLS roots cannot be read.
    pub fn new(transport: &Transport, limits: &Limits, from: &str) -> Result<Self, SmtpError> {
        Ok(match transport {
            Transport::Smtp(server) => Self::Smtp(Box::new(Sender::new(server, limits)?.speaking_for(from))),
            Transport::Maildir(path) => Self::Maildir(path.clone()),
        })
    }

    pub(super) async fn send(
        &mut self,
        message: &OutboundMessage,
        now: Timestamp,
        token: u64,
    ) -> SendOutcome {
        match self {
            Self::Smtp(sender) => sender.send(message).await,
            Self::Maildir(path) => maildir::deliver(path, message, now, token),
        }
    }

    /// For people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Smtp(sender) => format!("SMTP {}", sender.server()),
            Self::Maildir(path) => path.display().to_string(),
        }
    }

    /// The server, where there is one.
    pub(super) fn server(&self) -> Option<String> {
        match self {
            Self::Smtp(sender) => Some(sender.server()),
            Self::Maildir(_) => None,
        }
    }

    /// Opens a session and sends nothing.
    pub(super) async fn look(&mut self) -> Result<(), SmtpError> {
        match self {
            Self::Smtp(sender) => sender.probe(None).await.map(drop),
            Self::Maildir(_) => Ok(()),
        }
    }

    /// What kept the last session from being opened.
    pub(super) const fn fault(&self) -> LaneFault {
        match self {
            Self::Smtp(sender) => sender.fault(),
            Self::Maildir(_) => LaneFault::Other,
        }
    }

    /// Until when the server's certificate is good, once it has shown one.
    pub(super) fn certificate_until(&self) -> Option<Timestamp> {
        match self {
            Self::Smtp(sender) => sender.certificate_until(),
            Self::Maildir(_) => None,
        }
    }

    /// Refused logins in a row.
    pub const fn refused_logins(&self) -> u32 {
        match self {
            Self::Smtp(sender) => sender.refused_logins(),
            Self::Maildir(_) => 0,
        }
    }

    /// Whether the password's file holds another password by now.
    pub fn password_changed(&self) -> bool {
        match self {
            Self::Smtp(sender) => sender.password_changed(),
            Self::Maildir(_) => false,
        }
    }

    pub(super) async fn quit(&mut self) {
        if let Self::Smtp(sender) = self {
            sender.quit().await;
        }
    }
}
