//! `[alert]`: when somebody is to be told, and how.

use super::section::Section;
use super::thresholds::Thresholds;

/// `[alert]`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlertSettings {
    /// From where on what is watched is worth a word.
    pub thresholds: Thresholds,
}

pub(super) fn alert(mut section: Section<'_>) -> AlertSettings {
    let mut thresholds = Thresholds::default();
    let mut bounds = section.section("thresholds");
    for (name, _, text) in bounds.rest() {
        if let Err(problem) = thresholds.set(&name, &text) {
            bounds.problem(&name, problem);
        }
    }
    section.finish();
    AlertSettings { thresholds }
}
