//! The answer to one filed message: decided, composed and queued in the transaction that files it.

use jiff::{SignedDuration, Timestamp};

use super::record::Desk;
use crate::compose::{self, Letter};
use crate::config::AcknowledgementSettings;
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
    pub(super) desk: &'a Desk,
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
    let acknowledgement = &case.desk.acknowledgement;
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
        not_before: Some(case.desk.not_before),
        own_addresses: &case.desk.own_addresses,
        trusted_authserv_ids: &case.desk.trusted_authserv_ids,
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
) -> Result<OutboundMessage, compose::ComposeError> {
    let Case { message, filing, consultation, .. } = *case;
    let details = &filing.details;
    let facts = Facts {
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
    write(&facts, message, consultation, &case.desk.acknowledgement)
}

/// What an answer says that does not stand in the message itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) kind: AcknowledgementKind,
    pub(super) recipient: &'a str,
    pub(super) number: &'a str,
    pub(super) earlier_number: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    /// Which of name, occupation and telephone number are there, when it is to be said that some are missing.
    pub(super) has_details: Option<[bool; 3]>,
    pub(super) flags: &'a [Flag],
    pub(super) received_at: Timestamp,
    pub(super) now: Timestamp,
    /// Makes the reply's Message-ID one that only its recipient knows.
    pub(super) token: u64,
}

/// Composes an answer to a message.
pub(super) fn write(
    facts: &Facts<'_>,
    message: &Message,
    consultation: &Consultation,
    settings: &AcknowledgementSettings,
) -> Result<OutboundMessage, compose::ComposeError> {
    let from = settings.from.as_str();
    let flagged = |flag| facts.flags.contains(&flag);
    let there = facts.has_details.unwrap_or([true; 3]);
    let missing: Vec<&str> = there
        .into_iter()
        .zip(["姓名", "职业", "联系电话"])
        .filter_map(|(there, label)| (!there).then_some(label))
        .collect();
    let attachments: Vec<String> = if flagged(Flag::AttachmentOnly) {
        message.attachments.iter().filter_map(|attachment| attachment.filename.clone()).collect()
    } else {
        Vec::new()
    };
    // `thread` begins with In-Reply-To; References go from the oldest to the newest.
    let mut references = message.thread.clone();
    if message.header("in-reply-to").is_some() && !references.is_empty() {
        references.rotate_left(1);
    }
    compose::compose(
        &Letter {
            kind: facts.kind,
            recipient: facts.recipient,
            from,
            envelope_from: (!settings.envelope_null).then_some(from),
            number: facts.number,
            earlier_number: facts.earlier_number,
            name: facts.name,
            received_at: facts.received_at,
            in_reply_to: message.message_id.as_deref(),
            references: &references,
            missing_details: &missing,
            attachments: &attachments,
            cloud_attachment: flagged(Flag::CloudAttachment),
            now: facts.now,
            message_id: &compose::message_id(
                facts.number,
                facts.kind,
                &domain_of(from),
                &format!("{:016x}", facts.token),
            ),
        },
        consultation,
    )
}
