//! One line that says what works, and by what.

use crate::config::{MailboxSource, Settings, Transport};
use crate::maillog::{self, Started};
use crate::store;
use crate::vocabulary::rfc3339_utc;

pub(super) fn say(settings: &Settings) {
    let (mailbox, folders, idle) = match &settings.mailbox.source {
        MailboxSource::Imap(imap) => {
            (format!("{}:{}", imap.server.host, imap.server.port), imap.folders.join(","), imap.idle)
        }
        MailboxSource::Pop3(server) => (format!("{}:{}", server.host, server.port), "POP3".to_owned(), false),
        MailboxSource::Maildir(path) => (path.display().to_string(), "-".to_owned(), false),
    };
    let answering = &settings.acknowledgement;
    let answers = match &answering.transport {
        _ if !answering.enabled => "none".to_owned(),
        Transport::Smtp(server) => format!("{}:{}", server.host, server.port),
        Transport::Maildir(path) => path.display().to_string(),
    };
    let not_before = answering.not_before.map_or_else(|| "the store's beginning".to_owned(), rfc3339_utc);
    maillog::started(&Started {
        mailbox: &mailbox,
        folders: &folders,
        news: if idle { "idle" } else { "polling" },
        answers: &answers,
        not_before: &not_before,
        store: &settings.store_path.display().to_string(),
        schema: store::VERSION,
        consultations: settings.consultations.len(),
    });
}
