//! `[alert]`: from where on somebody is to be told, and how.

use std::path::PathBuf;

use super::check::is_address;
use super::section::Section;
use super::settings::{AcknowledgementSettings, MailboxSettings, Transport};
use super::thresholds::Thresholds;
use crate::vocabulary::{Consultation, same_address};

/// `[alert]`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlertSettings {
    /// From where on what is watched is worth a word.
    pub thresholds: Thresholds,
    /// Who gets a mail.
    pub mail: Option<String>,
    /// What is run.
    pub command: Option<PathBuf>,
}

pub(super) fn alert(mut section: Section<'_>) -> AlertSettings {
    let mail = section.text("mail");
    if mail.as_deref().is_some_and(|mail| !is_address(mail)) {
        section.problem("mail", "is not a mail address; write only the address, like admin@example.gov.cn");
    }
    let command = section.path("command");
    if command.as_ref().is_some_and(|command| !command.is_file()) {
        section.problem("command", "is no file; write the path of a program, without arguments");
    }
    let mut thresholds = Thresholds::default();
    let mut bounds = section.section("thresholds");
    for (name, _, text) in bounds.rest() {
        if let Err(problem) = thresholds.set(&name, &text) {
            bounds.problem(&name, problem);
        }
    }
    section.finish();
    AlertSettings { thresholds, mail, command }
}

/// What is wrong with who is to be told, beside the rest of the configuration.
pub(super) fn loops(
    alert: &AlertSettings,
    mailbox: &MailboxSettings,
    acknowledgement: &AcknowledgementSettings,
    consultations: &[Consultation],
) -> Option<&'static str> {
    let mail = alert.mail.as_deref()?;
    let offices = consultations.iter().flat_map(|consultation| &consultation.office_addresses);
    let mut ours =
        offices.map(String::as_str).chain(mailbox.login_name()).chain([acknowledgement.from.as_str()]);
    if ours.any(|own| same_address(own, mail)) {
        return Some(
            "is an address of this office's mailbox: an alert would come back as a letter; name a person's",
        );
    }
    (!matches!(acknowledgement.transport, Transport::Smtp(_)))
        .then_some("needs acknowledgement.transport = \"smtp\": the alert leaves by the same server")
}
