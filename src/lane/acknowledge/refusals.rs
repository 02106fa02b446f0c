//! Final refusals that are about us and not about the citizen to whom an answer goes.
//!
//! | the refusal | the others in this pass | what follows |
//! |---|---|---|
//! | names the recipient | | it stands |
//! | is about us | none was taken | the answer waits, no attempt is counted; the lane holds after three, or when nothing else is due |
//! | is about us | some were taken, now or since such a refusal | the answer waits as after a refusal for now |
//! | does not say | | it stands, until three recipients in a row were refused in the same words: then all three wait and the lane holds |
//!
//! Three and not one: servers also take a citizen's own rules for reasons to speak of the sender, and one citizen must not
//! hold the answers of all others.

use std::collections::BTreeSet;

use crate::schedule::{Concern, Trouble, alike, concern};
use crate::store::Queued;

/// So many recipients in a row, refused in the same words, prove that the words are not about them.
const ROW: usize = 3;
/// Most kinds of refusals remembered as not being about us.
const REMEMBERED: usize = 100;

/// What the last refusals had in common.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// What they said, without what differs.
    said: String,
    row: Vec<Refused>,
    /// What was followed by an acceptance.
    passed: BTreeSet<String>,
}

#[derive(Debug)]
struct Refused {
    id: i64,
    recipient: String,
    stood: bool,
}

/// What a final refusal means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// What it says: this answer failed.
    Stands,
    /// This answer waits as after a refusal for now.
    Later,
    /// This answer waits, and the attempt does not count.
    Waits(Trouble),
    /// The same, and no other would leave either; the answers that had failed wait too.
    Holds { trouble: Option<Trouble>, failed_before: Vec<i64> },
}

impl Refusals {
    /// The server took an answer.
    pub(super) fn accepted(&mut self) {
        if !self.row.is_empty() && self.passed.len() < REMEMBERED {
            self.passed.insert(std::mem::take(&mut self.said));
        }
        self.row.clear();
    }

    /// The server refused one for good.
    pub(super) fn refused(&mut self, queued: &Queued, code: u16, reply: &str, others_left: bool) -> Verdict {
        let (trouble, said) = match concern(reply) {
            Concern::Recipient => return Verdict::Stands,
            Concern::Us(trouble) => (Some(trouble), format!("{trouble:?}")),
            Concern::Unclear => (None, alike(code, reply)),
        };
        if self.said != said {
            self.row.clear();
            self.said.clone_from(&said);
        }
        let recipient = queued.message.envelope_to.to_lowercase();
        if self.row.iter().all(|refused| refused.recipient != recipient) {
            self.row.push(Refused { id: queued.id, recipient, stood: trouble.is_none() });
        }
        let passed = self.passed.contains(&said);
        match trouble {
            None if passed => Verdict::Stands,
            _ if self.row.len() >= ROW => {
                let before = self.row.drain(..).filter(|refused| refused.stood && refused.id != queued.id);
                Verdict::Holds { trouble, failed_before: before.map(|refused| refused.id).collect() }
            }
            None => Verdict::Stands,
            Some(_) if others_left || passed => Verdict::Later,
            Some(trouble) => Verdict::Waits(trouble),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::OutboundMessage;

    fn queued(id: i64) -> Queued {
        let message = OutboundMessage {
            envelope_from: None,
            envelope_to: format!("citizen{id}@example.org"),
            message_id: String::new(),
            octets: Vec::new(),
        };
        Queued { id, number: String::new(), attempts: 0, queued_at: jiff::Timestamp::UNIX_EPOCH, message }
    }

    #[test]
    fn three_in_a_row_in_the_same_words_are_about_us_and_one_is_not() {
        let mut refusals = Refusals::default();
        let mut refuse = |id: i64| {
            refusals.refused(&queued(id), 554, &format!("5.7.1 <c{id}@example.org>: no, id x{id}"), false)
        };
        assert_eq!((refuse(1), refuse(1), refuse(2)), (Verdict::Stands, Verdict::Stands, Verdict::Stands));
        assert_eq!(refuse(3), Verdict::Holds { trouble: None, failed_before: vec![1, 2] });
    }

    #[test]
    fn what_an_acceptance_has_followed_holds_nobody_any_more() {
        let mut refusals = Refusals::default();
        assert_eq!(refusals.refused(&queued(1), 554, "5.7.1 spam", false), Verdict::Stands);
        refusals.accepted();
        for id in 2..9 {
            assert_eq!(refusals.refused(&queued(id), 554, "5.7.1 spam", false), Verdict::Stands);
        }
        let about_us = "5.7.1 sender rejected";
        assert_eq!(refusals.refused(&queued(1), 550, about_us, false), Verdict::Waits(Trouble::Sender));
        refusals.accepted();
        assert_eq!(refusals.refused(&queued(1), 550, about_us, false), Verdict::Later);
    }

    #[test]
    fn wrong_addresses_never_hold_the_lane() {
        let mut refusals = Refusals::default();
        for id in 1..9 {
            let verdict = refusals.refused(&queued(id), 550, "5.1.1 user unknown", false);
            assert_eq!(verdict, Verdict::Stands);
        }
    }
}
