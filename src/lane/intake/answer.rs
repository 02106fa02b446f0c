//! The answer to one filed message: decided, composed and queued in the transaction that files it.

use jiff::{SignedDuration, Timestamp};

use crate::compose::ComposeError;
use crate::lane::LaneConfig;
use crate::lane::reply::{ReplyFacts, compose_reply};
use crate::maillog;
use crate::parse::Message;
use crate::respond::{self, RespondContext, Response};
use crate::ruling::{Filing, Ruling};
use crate::store::{Filed, NewAcknowledgement, StoreError, Writing};
use crate::vocabulary::{
    AcknowledgementKind, Consultation, Disposition, Flag, OutboundMessage, WithheldReason, domain_of,
};

/// Answers to one address and to one domain are counted over this time.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// One message at the moment it becomes rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) config: &'a LaneConfig,
    pub(super) message: &'a Message,
    pub(super) ruling: &'a Ruling,
    pub(super) filing: &'a Filing,
    pub(super) consultation: &'a Consultation,
    /// `message.id`
    pub(super) message_id: i64,
    pub(super) received_at: Timestamp,
    pub(super) now: Timestamp,
    /// Makes the reply's Message-ID one that only its recipient knows.
    pub(super) token: u64,
}

/// Queues the answer, or records that it is withheld and why.
pub(super) fn answer(writing: &Writing<'_>, case: &Case<'_>, filed: &Filed) -> Result<(), StoreError> {
    let recipient = respond::recipient(case.message, &case.filing.from_address).unwrap_or_default();
    let answered_again = match &case.filing.earlier {
        None => false,
        Some(earlier) if case.ruling.disposition == Disposition::Supplement => {
            writing.supplement_answered(earlier.submission_id)?
        }
        // The same words again in answer to our answer: a program, or somebody who knows already.
        Some(earlier) => case.filing.threaded || writing.repetition_answered(earlier.submission_id)?,
    };
    let acknowledgement = &case.config.acknowledgement;
    let caps = &acknowledgement.caps;
    let since = case.now - WINDOW;
    let domain = domain_of(&recipient);
    let recent_to_domain = if caps.is_shared(&domain) {
        0
    } else {
        writing.answers_to_domain(&domain, since, caps.per_domain)?
    };
    let circumstances = RespondContext {
        enabled: acknowledgement.enabled,
        not_before: Some(case.config.not_before),
        own_addresses: &case.config.own_addresses,
        trusted_authserv_ids: &case.config.trusted_authserv_ids,
        recent_to_address: writing.answers_to(&recipient, since)?,
        per_address_per_day: caps.per_address,
        recent_to_domain,
        per_domain_per_day: caps.per_domain,
        answered_again,
    };
    let (kind, recipient, content) = match respond::respond(case.message, case.ruling, &circumstances) {
        Response::Nothing => return Ok(()),
        Response::Withhold { kind, recipient, reason } => (kind, recipient, Err(reason)),
        Response::Answer { kind, recipient } => {
            let composed = compose_answer(case, filed, kind, &recipient).map_err(|error| {
                // Config checks render every template, so this is a template that fails on this one message.
                maillog::not_composed(&filed.number, &error.to_string());
                WithheldReason::NotComposed { problem: error.to_string() }
            });
            (kind, Some(recipient), composed)
        }
    };
    let new = NewAcknowledgement { kind, recipient: recipient.as_deref(), content: content.as_ref() };
    writing.queue(&new, filed.submission_id, case.message_id, case.now)
}

fn compose_answer(
    case: &Case<'_>,
    filed: &Filed,
    kind: AcknowledgementKind,
    recipient: &str,
) -> Result<OutboundMessage, ComposeError> {
    let Case { message, filing, consultation, .. } = *case;
    let details = &filing.details;
    let facts = ReplyFacts {
        kind,
        recipient,
        number: &filed.number,
        earlier_number: filing.earlier.as_ref().map(|earlier| earlier.number.as_str()),
        name: details.name.as_deref(),
        has_details: filing.flags.contains(&Flag::DetailsMissing).then_some([
            details.name.is_some(),
            details.occupation.is_some(),
            !details.phones.is_empty(),
        ]),
        flags: &filing.flags,
        received_at: case.received_at,
        now: case.now,
        token: case.token,
    };
    compose_reply(&facts, message, consultation, &case.config.acknowledgement)
}
