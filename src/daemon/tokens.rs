//! What became of refresh tokens that endpoints gave: `oauth` logs nothing itself.

use crate::config::{MailboxSource, Settings, Transport};
use crate::maillog;

/// Says once of each that it could not be written.
pub(super) fn say(settings: &Settings) {
    for (server, problem) in unwritten(settings) {
        maillog::token_not_written(&server, &problem);
    }
}

/// For which server, and why; each once.
pub fn unwritten(settings: &Settings) -> Vec<(String, String)> {
    let mailbox = match &settings.mailbox.source {
        MailboxSource::Imap(imap) => Some(&imap.server),
        MailboxSource::Pop3(server) => Some(&**server),
        MailboxSource::Maildir(_) => None,
    };
    let answers = match &settings.acknowledgement.transport {
        Transport::Smtp(server) => Some(server),
        Transport::Maildir(_) => None,
    };
    let news = mailbox.into_iter().chain(answers).filter_map(|server| {
        let problem = server.oauth.as_ref()?.kept.take_unwritten()?;
        Some((format!("{}:{}", server.host, server.port), problem))
    });
    news.collect()
}
