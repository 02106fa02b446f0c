//! Several letters that count, or were decided, in one command: a hyphen that was meant for another sign makes a range of them. What
//! waits is decided in ranges as before.

use crate::cli::outcome::{Exit, Failure};
use crate::store::Decision;
use crate::vocabulary::Status;

/// The letters of one command that did not wait, by their numbers, in order.
#[derive(Debug, Default)]
pub(super) struct Several<'a>(Vec<&'a str>);

impl<'a> Several<'a> {
    /// One was decided on; `before`: where it stood.
    pub(super) fn add(&mut self, number: &'a str, decision: Decision, before: &str) {
        if decision != Decision::Reopen && before != Status::Review.as_str() {
            self.0.push(number);
        }
    }

    /// Refuses more than one unless so many are meant: `yes`. `text` says what would be done.
    pub(super) fn are_meant(&self, yes: Option<usize>, text: &str) -> Result<(), Failure> {
        let count = self.0.len();
        if count <= 1 || yes == Some(count) {
            return Ok(());
        }
        let typed = yes.map_or_else(String::new, |typed| format!("所写的 --yes {typed} 与此不符；"));
        let message = format!(
            "其中 {count} 件不在待核之列，已计入或者已决定；{typed}确要一并改变这 {count} 件的，加 --yes {count}；没有改动任何一件。照所写的执行，将是：\n{}",
            text.trim_end()
        );
        Err(Failure::new(Exit::Usage, message))
    }

    /// How all of them are put back.
    pub(super) fn undo(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        format!("撤销：review reopen {}\n", self.0.join(","))
    }
}
