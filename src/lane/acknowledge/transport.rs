//! The way by which answers leave: a server, or a folder.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::config::{Limits, Transport};
use crate::maildir;
use crate::smtp::{Sender, SmtpError};
use crate::vocabulary::{OutboundMessage, SendOutcome};

/// How answers leave.
#[derive(Debug)]
pub enum MailTransport {
    /// Over SMTP.
    Smtp(Box<Sender>),
    /// Into a Maildir, for the demo.
    Maildir(PathBuf),
}

impl MailTransport {
    /// Prepares a transport; nothing is connected yet.
    ///
    /// # Errors
    /// When its TLS roots cannot be read.
    pub fn new(transport: &Transport, limits: &Limits) -> Result<Self, SmtpError> {
        Ok(match transport {
            Transport::Smtp(server) => Self::Smtp(Box::new(Sender::new(server, limits)?)),
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

    pub(super) async fn quit(&mut self) {
        if let Self::Smtp(sender) = self {
            sender.quit().await;
        }
    }
}
