//! A withheld answer that a person lets go: composed now, from the kept message and the record.

use jiff::Timestamp;

use super::LaneConfig;
use super::reply::{ReplyFacts, compose_reply};
use crate::parse;
use crate::respond;
use crate::sender::Verdict;
use crate::store::Withheld;
use crate::vocabulary::{Flag, OutboundMessage, ReviewReason, Status, Word, same_address};

/// Why an answer cannot be let go whoever wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Acknowledgements are switched off: it would wait for ever.
    Disabled,
    /// An answer of this kind left or waits already.
    Answered,
    /// It would go to one of the office's own addresses, and come back.
    OwnAddress,
    /// There is nobody to send it to.
    NoRecipient,
    /// What it would answer was erased.
    Erased,
    /// The consultation is not configured any more.
    NoConsultation,
    /// The template failed.
    NotComposed(String),
}

impl Word for Refusal {
    const KIND: &'static str = "refusal";
    const WORDS: &'static [&'static str] =
        &["disabled", "answered", "own_address", "no_recipient", "erased", "no_consultation", "not_composed"];

    fn word(&self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Answered => "answered",
            Self::OwnAddress => "own_address",
            Self::NoRecipient => "no_recipient",
            Self::Erased => "erased",
            Self::NoConsultation => "no_consultation",
            Self::NotComposed(_) => "not_composed",
        }
    }
}

/// An answer with the text that is true now; `None`: a person decided, and it is told of nothing unasked.
pub fn as_it_stands(withheld: &Withheld) -> Option<Withheld> {
    let asks = ReviewReason::ASKED
        .into_iter()
        .filter_map(ReviewReason::flag)
        .any(|flag| withheld.flags.contains(&flag));
    let kind = respond::kind_now(withheld.kind, withheld.status, asks)?;
    // Of another text the outbox itself says whether it left.
    let answered = withheld.answered && kind == withheld.kind;
    Some(Withheld { kind, answered, ..withheld.clone() })
}

/// Composes a withheld answer. A person's decision overrides every reason for withholding but two: the office's own
/// addresses are never answered, and nothing is queued while acknowledgements are switched off. To a mark of a machine
/// RFC 3834 forbids an automatic answer; this one is not.
///
/// # Errors
/// Why it cannot be.
pub fn compose_withheld(
    withheld: &Withheld,
    config: &LaneConfig,
    now: Timestamp,
    token: u64,
) -> Result<OutboundMessage, Refusal> {
    let settings = &config.acknowledgement;
    if !settings.enabled {
        return Err(Refusal::Disabled);
    }
    if withheld.answered {
        return Err(Refusal::Answered);
    }
    let raw = withheld.raw.as_deref().filter(|_| withheld.status != Status::Erased).ok_or(Refusal::Erased)?;
    let message = parse::parse(raw, config.parse_limits());
    // Who could not be named when it was withheld may be named now: more of the letter came, or more is read.
    let named = || respond::recipient(&message, &message.author()?.address);
    let recipient = withheld.recipient.clone().or_else(named).ok_or(Refusal::NoRecipient)?;
    let recipient = recipient.as_str();
    if config.own_addresses.iter().any(|own| same_address(own, recipient)) {
        return Err(Refusal::OwnAddress);
    }
    let consultation =
        config.rules.consultation_named(&withheld.consultation).ok_or(Refusal::NoConsultation)?;
    let (has_occupation, has_phone) = withheld.has_occupation_and_phone;
    let facts = ReplyFacts {
        kind: withheld.kind,
        recipient,
        number: &withheld.number,
        earlier_number: withheld.earlier_number.as_deref(),
        name: withheld.name.as_deref(),
        organization: withheld.organization.as_deref(),
        has_details: withheld.flags.contains(&Flag::DetailsMissing).then_some([
            withheld.name.is_some(),
            has_occupation,
            has_phone,
        ]),
        flags: &withheld.flags,
        vouched: config.rules.sender(&message).verdict == Verdict::Pass,
        received_at: withheld.received_at.unwrap_or(now),
        now,
        token,
    };
    compose_reply(&facts, &message, consultation, settings)
        .map_err(|error| Refusal::NotComposed(error.to_string()))
}
