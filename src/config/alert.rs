//! `[alert]`: from where on somebody is to be told, and how.

use std::path::PathBuf;

use super::section::Section;
use super::thresholds::Thresholds;
use super::written::is_address;

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
