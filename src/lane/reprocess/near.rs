//! What bears on the messages of a few numbers: taken over from the record as it stands, each message once.

use std::collections::BTreeSet;

use super::context::{Look, Replay, Result};

impl Replay<'_> {
    /// Takes over what bears on a message and was not taken over yet: everything of its sender, what was answered by what it
    /// answers, what those repeat, and who had its Message-ID. Whatever stands in the record is read once in all.
    pub(super) fn take_over_near(&mut self, look: Look<'_>) -> Result<()> {
        let (id, sender) = (look.id, look.sender());
        let seen = self.near.senders.insert(sender.clone(), id).unwrap_or(0);
        let mut wanted = BTreeSet::new();
        for submission in self.real.bearing(id, (&sender, seen), &look.message.thread)? {
            if self.near.submissions.insert(submission) {
                wanted.extend(self.real.letters_before(submission, id)?);
            }
        }
        for (message, submission) in self.real.letters_between(self.near.reached, id)? {
            if self.near.submissions.contains(&submission) {
                wanted.insert(message);
            }
        }
        self.near.reached = id;
        wanted.extend(self.real.with_message_id(look.message.message_id.as_deref(), id)?);
        for message in wanted {
            if self.scratch.message(message)?.is_none()
                && let Some(kept) = self.real.message(message)?
            {
                self.keep(&kept)?;
            }
        }
        Ok(())
    }
}
