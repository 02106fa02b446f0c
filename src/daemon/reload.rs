//! From one configuration to the next: checked whole before anything ends, and what held before holds on where it is wrong.

use super::{DaemonError, MailTransport, Mailbox};
use crate::config::{AcknowledgementSettings, MailboxSource, Secret, Settings, Transport};
use crate::lane::SharedStore;
use crate::maillog;
use crate::notify;
use crate::store::{Fact, StoreError};

/// What the lanes need of a configuration.
pub(super) struct Prepared {
    pub(super) settings: Settings,
    pub(super) mailbox: Mailbox,
    pub(super) transport: MailTransport,
}

impl Prepared {
    /// No server is contacted.
    pub(super) fn new(settings: Settings) -> Result<Self, DaemonError> {
        let AcknowledgementSettings { transport, from, .. } = &settings.acknowledgement;
        let transport = MailTransport::new(transport, &settings.limits, from)?;
        let mailbox = Mailbox::new(&settings.mailbox);
        Ok(Self { settings, mailbox, transport })
    }
}

/// The configuration as it stands now, ready to be worked by; `None`, and why is said, where it cannot be used.
pub(super) fn read(
    old: &Settings,
    load: &dyn Fn() -> Result<Settings, String>,
    store: &SharedStore,
) -> Option<Prepared> {
    let read = load().and_then(|new| {
        let settings = Settings { store_path: old.store_path.clone(), ..new.clone() };
        Prepared::new(settings).map(|prepared| (new, prepared)).map_err(|error| error.to_string())
    });
    let (new, prepared) = match read {
        Ok(read) => read,
        Err(problem) => {
            let problem = problem.lines().collect::<Vec<_>>().join("; ");
            maillog::not_reloaded(&problem);
            notify::note(Some(&format!("configuration not read again: {problem}")));
            remember(store, &problem, None);
            return None;
        }
    };
    tell(old, &new);
    notify::note(None);
    Some(prepared)
}

/// A line for each key that has another value now.
fn tell(old: &Settings, new: &Settings) {
    let changes = old.as_written.changes(&new.as_written);
    for change in &changes {
        maillog::changed(&change.key, &change.before, &change.after);
    }
    let secrets = [
        ("mailbox.password", mailbox_secrets(old) != mailbox_secrets(new)),
        ("acknowledgement.password", outbox_secrets(old) != outbox_secrets(new)),
    ];
    let secrets: Vec<&str> = secrets.iter().filter(|(_, is_new)| *is_new).map(|(key, _)| *key).collect();
    for key in &secrets {
        maillog::changed(key, "…", "…");
    }
    if new.store_path != old.store_path {
        maillog::needs_restart("store.path", &old.store_path.display().to_string());
    }
    for gone in &old.consultations {
        if !new.consultations.iter().any(|consultation| consultation.id == gone.id) {
            maillog::consultation_gone(&gone.id);
        }
    }
    maillog::reloaded(changes.len() + secrets.len());
}

fn mailbox_secrets(settings: &Settings) -> Vec<&Secret> {
    match &settings.mailbox.source {
        MailboxSource::Imap(imap) => imap.server.secrets(),
        MailboxSource::Pop3(server) => server.secrets(),
        MailboxSource::Maildir(_) => Vec::new(),
    }
}

fn outbox_secrets(settings: &Settings) -> Vec<&Secret> {
    match &settings.acknowledgement.transport {
        Transport::Smtp(server) => server.secrets(),
        Transport::Maildir(_) => Vec::new(),
    }
}

/// Writes down what the daemon works by, for `status`; `None`: it ends.
pub(super) fn holds(store: &SharedStore, settings: Option<&Settings>) {
    let digest = settings.map_or_else(String::new, |settings| settings.as_written.digest());
    remember(store, "", Some(&digest));
}

fn remember(store: &SharedStore, problem: &str, digest: Option<&str>) {
    let written = store.with(|store| -> Result<(), StoreError> {
        store.remember(Fact::ConfigurationProblem, problem)?;
        digest.map_or(Ok(()), |digest| store.remember(Fact::ConfigurationDigest, digest))
    });
    if let Err(error) = written {
        maillog::not_remembered(&error.to_string());
    }
}
