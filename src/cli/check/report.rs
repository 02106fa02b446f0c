//! What was found, line by line: each fault with its cause and its remedy, in Chinese and, on a line of its own, in English.

use std::fmt::Write;

use crate::cli::outcome::Exit;
use crate::vocabulary::{LiveFault, Word};
use crate::words::Chinese;

/// Lines so far, and the worst that was found.
#[derive(Default)]
pub(super) struct Report {
    pub(super) text: String,
    pub(super) exit: Option<Exit>,
}

impl Report {
    pub(super) fn good(&mut self, what: &str, words: &str) {
        let _ = writeln!(self.text, "正常  {what}：{words}");
    }

    pub(super) fn remark(&mut self, what: &str, words: &str) {
        let _ = writeln!(self.text, "提醒  {what}：{words}");
    }

    /// A fault, with what a person may want to know of it in Chinese.
    pub(super) fn fault(&mut self, what: &str, fault: LiveFault, detail: &str, exit: Exit) {
        self.tell("故障", what, fault, (detail, ""));
        self.exit.get_or_insert(exit);
    }

    /// A fault, with an error's own words.
    pub(super) fn failed(&mut self, what: &str, fault: LiveFault, error: &str, exit: Exit) {
        self.tell("故障", what, fault, ("", error));
        self.exit.get_or_insert(exit);
    }

    /// A fault of which `status` says more, in a sentence of its own.
    pub(super) fn fault_in_words(&mut self, what: &str, words: &str, fault: LiveFault, exit: Exit) {
        self.fault(what, fault, "", exit);
        let _ = writeln!(self.text, "      {words}");
    }

    /// What is no fault yet.
    pub(super) fn warn(&mut self, what: &str, fault: LiveFault, detail: &str) {
        self.tell("提醒", what, fault, (detail, ""));
    }

    fn tell(&mut self, mark: &str, what: &str, fault: LiveFault, (detail, error): (&str, &str)) {
        let detail = if detail.is_empty() { String::new() } else { format!("（{detail}）") };
        let (short, to_do) = (fault.short(), fault.to_do().unwrap_or_default());
        let english = match fault.english() {
            english if error.contains(english) => error.to_owned(),
            english if error.is_empty() => english.to_owned(),
            english => format!("{english} ({error})"),
        };
        let _ = writeln!(
            self.text,
            "{mark}  {what}：{short}{detail}。{to_do}\n      {}: {english}",
            fault.word()
        );
    }
}
