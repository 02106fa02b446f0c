//! A message that the mail server wrote itself because it could not hand over the letter.

use crate::parse::Message;
use crate::vocabulary::language::language_table;

language_table!(
    /// How the subjects of such messages begin.
    PLACEHOLDERS, "language/placeholders.tsv");

/// What is to be expected of the letter behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// It comes when it is asked for again.
    Passing,
    /// The server cannot render it; it may never come.
    Lasting,
}

/// Whether a message is a server's placeholder. What came through the mail bears a `Received` line; this was never sent.
pub fn placeholder(message: &Message) -> Option<Placeholder> {
    let was_sent = !message.received.is_empty() || message.message_id.is_some() || message.date.is_some();
    let subject = message.subject.as_deref().filter(|_| !was_sent)?;
    let subject: Vec<&str> = subject.split_whitespace().collect();
    let begins = |word: &str| subject.join(" ").to_lowercase().starts_with(&word.to_lowercase());
    if PLACEHOLDERS.words("lasting").any(begins) {
        return Some(Placeholder::Lasting);
    }
    PLACEHOLDERS.words("passing").any(begins).then_some(Placeholder::Passing)
}
