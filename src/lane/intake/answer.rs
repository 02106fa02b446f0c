//! The answer to one filed message: decided, composed and queued in the transaction that files it.

use jiff::{SignedDuration, Timestamp};

use crate::compose::ComposeError;
use crate::lane::LaneConfig;
use crate::lane::reply::{ReplyFacts, compose_reply};
use crate::maillog;
use crate::parse::Message;
use crate::respond::{self, RespondContext, Response};
use crate::ruling::{Filing, Ruling};
use crate::sender::Verdict;
use crate::store::{Answer, Filed, NewAcknowledgement, StoreError, Writing};
use crate::vocabulary::{
    AcknowledgementKind, Consultation, Flag, OutboundMessage, WithheldReason, domain_of,
};
use crate::world;

/// Answers to one address and to one domain are counted over this time.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// One message that became rows, and what its answer needs besides.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReplyContext<'a> {
    pub(super) config: &'a LaneConfig,
    pub(super) message: &'a Message,
    pub(super) ruling: &'a Ruling,
    pub(super) filing: &'a Filing,
    pub(super) consultation: &'a Consultation,
    /// `message.id`
    pub(super) message_id: i64,
    pub(super) now: Timestamp,
    /// Makes the reply's Message-ID one that only its recipient knows.
    pub(super) token: u64,
}

/// What is answered.
struct Decided {
    kind: AcknowledgementKind,
    recipient: Option<String>,
    house: Option<String>,
    composed: Result<OutboundMessage, WithheldReason>,
}

impl Decided {
    fn as_new(&self) -> NewAcknowledgement<'_> {
        let answer = match &self.composed {
            Ok(outbound) => Answer::Send(outbound),
            Err(reason) => Answer::Withhold(reason),
        };
        let (recipient, house) = (self.recipient.as_deref(), self.house.as_deref());
        NewAcknowledgement { kind: self.kind, recipient, house, answer }
    }
}

/// Queues the answer, or records that it is withheld and why.
pub(super) fn answer(
    writing: &Writing<'_>,
    context: &ReplyContext<'_>,
    filed: &Filed,
) -> Result<(), StoreError> {
    let Some(decided) = decide(writing, context, filed)? else { return Ok(()) };
    writing.queue(&decided.as_new(), filed.submission_id, context.message_id, context.now)
}

/// Decides anew what was decided by the beginning of a letter, as far as it can be: a header that is cut may name nobody, or
/// somebody else.
pub(super) fn answer_anew(
    writing: &Writing<'_>,
    context: &ReplyContext<'_>,
    filed: &Filed,
) -> Result<(), StoreError> {
    let recipient = respond::recipient(context.message, &context.filing.from_address).unwrap_or_default();
    let Some(stands) = writing.undecided(context.message_id, &recipient)? else { return Ok(()) };
    let Some(decided) = decide(writing, context, filed)? else { return Ok(()) };
    writing.answer_anew(&stands, &decided.as_new(), context.now)
}

fn decide(
    writing: &Writing<'_>,
    context: &ReplyContext<'_>,
    filed: &Filed,
) -> Result<Option<Decided>, StoreError> {
    let recipient = respond::recipient(context.message, &context.filing.from_address).unwrap_or_default();
    let answered_again = match context.ruling {
        Ruling::Supplement { of, .. } => writing.supplement_answered(of.submission_id)?,
        // The same words again in answer to our answer: a program, or somebody who knows already.
        Ruling::Duplicate { of, filing } => {
            filing.threaded || writing.repetition_answered(of.submission_id)?
        }
        _ => false,
    };
    let acknowledgement = &context.config.acknowledgement;
    let caps = &acknowledgement.caps;
    let since = context.now - WINDOW;
    let domain = domain_of(&recipient);
    let house = caps.house(&domain);
    let recent_to_domain = match &house {
        Some(house) => writing.answers_to_house(house, (since, context.now), caps.per_domain)?,
        None => 0,
    };
    let beginning = respond::beginning(
        acknowledgement.not_before,
        &writing.origin()?,
        context.config.leaves(),
        context.now,
        world::built(),
    );
    let circumstances = RespondContext {
        enabled: acknowledgement.enabled,
        arrived_at: Some(context.filing.reading.arrival.at),
        not_before: Some(beginning.not_before),
        first_contact: beginning.first_contact,
        restored: beginning.restored,
        own_addresses: &context.config.own_addresses,
        recent_to_address: writing.answers_to(&recipient, (since, context.now))?,
        per_address_per_day: caps.per_address,
        recent_to_domain,
        per_domain_per_day: caps.per_domain,
        answered_again,
        answer_agencies: acknowledgement.answer_agencies,
    };
    let (kind, recipient, composed) = match respond::respond(context.message, context.ruling, &circumstances)
    {
        Response::Nothing => return Ok(None),
        Response::Withhold { kind, recipient, reason } => (kind, recipient, Err(reason)),
        Response::Answer { kind, recipient } if !context.config.answers => {
            (kind, Some(recipient), Err(WithheldReason::NoAnswer))
        }
        Response::Answer { kind, recipient } => {
            let composed = compose_answer(context, filed, kind, &recipient).map_err(|error| {
                // Config checks render every template, so this is a template that fails on this one message.
                maillog::not_composed(&filed.number, &error.to_string());
                WithheldReason::NotComposed { problem: error.to_string() }
            });
            (kind, Some(recipient), composed)
        }
    };
    Ok(Some(Decided { kind, recipient, house, composed }))
}

fn compose_answer(
    context: &ReplyContext<'_>,
    filed: &Filed,
    kind: AcknowledgementKind,
    recipient: &str,
) -> Result<OutboundMessage, ComposeError> {
    let ReplyContext { message, filing, consultation, .. } = *context;
    let details = &filing.reading.details;
    let facts = ReplyFacts {
        kind,
        recipient,
        number: &filed.number,
        earlier_number: context.ruling.earlier().map(|earlier| earlier.number.as_str()),
        name: details.name.as_deref(),
        organization: details.organization.as_deref(),
        has_details: filing.flags.contains(&Flag::DetailsMissing).then_some([
            details.name.is_some(),
            details.occupation.is_some(),
            !details.phones.is_empty(),
        ]),
        flags: &filing.flags,
        vouched: filing.reading.sender.verdict == Verdict::Pass,
        received_at: filing.reading.arrival.at,
        now: context.now,
        token: context.token,
    };
    compose_reply(&facts, message, consultation, &context.config.acknowledgement)
}
