//! Whom a final refusal (5yz) of an SMTP server concerns.
//!
//! Many servers give all their refusals at RCPT TO or behind the final dot, also those that concern the account, the
//! address or the machine of whoever sends. What would refuse every answer alike must not fail the citizens' answers
//! one after the other; and one citizen's wrong address must not hold those of all others.

use super::server_words::Said;
use crate::vocabulary::LiveFault;

/// Whom a final refusal concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// Us: everybody's answers would be refused alike.
    Us(Trouble),
    /// This recipient, or this message.
    Recipient,
    /// Its words do not say.
    Unclear,
}

/// What a server has against us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// More was sent than the provider allows.
    Limit,
    /// The account may not send.
    Account,
    /// The sender's address.
    Sender,
    /// A login is wanted, or the server does not relay for us.
    Login,
    /// The machine, its name or the domain is not trusted.
    Reputation,
}

impl Trouble {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Limit, "sending limit"),
        (Self::Account, "our account"),
        (Self::Sender, "our sender"),
        (Self::Login, "our login"),
        (Self::Reputation, "our reputation"),
    ];

    /// What it is called, with what an operator can do about it.
    pub const fn fault(self) -> LiveFault {
        match self {
            Self::Limit => LiveFault::SendingLimit,
            Self::Account => LiveFault::SendingAccount,
            Self::Sender => LiveFault::SendingSender,
            Self::Login => LiveFault::SendingLogin,
            Self::Reputation => LiveFault::SendingReputation,
        }
    }
}

/// Judges by the words behind the reply code. A code that names the recipient comes first, then words about us: `Recipient
/// address rejected: Sending quota exceeded` is about us.
pub fn concern(reply: &str) -> Concern {
    let said = Said::new(reply);
    if said.has("said by another server") || said.has_code("about the recipient") {
        return Concern::Recipient;
    }
    let us = |(trouble, meaning): &(Trouble, &str)| {
        (said.has_code(meaning) || said.has(meaning)).then_some(Concern::Us(*trouble))
    };
    if let Some(us) = Trouble::ALL.iter().find_map(us) {
        return us;
    }
    if said.has("about the recipient") { Concern::Recipient } else { Concern::Unclear }
}

/// A refusal without what differs from one message to the next (addresses, numbers, queue ids), to be compared with
/// others.
pub fn alike(code: u16, reply: &str) -> String {
    let said = Said::new(reply);
    let same = |word: &&str| !word.contains('@') && !word.contains(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = said.words().split_whitespace().filter(same).collect();
    format!("{code} {}", words.join(" "))
}
