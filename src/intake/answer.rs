//! The answer to one filed message: decided, composed and queued in the transaction that files it.

use jiff::{SignedDuration, Timestamp};

use super::record::Desk;
use crate::compose::{self, Letter};
use crate::mail::{AcknowledgementKind, Consultation, Disposition, Flag, domain_of};
use crate::maillog;
use crate::parse::Message;
use crate::respond::{self, RespondContext, Response};
use crate::ruling::{Filing, Ruling};
use crate::store::{Filed, NewAcknowledgement, StoreError, Writing};

/// Answers to one address are counted over this time.
const ADDRESS_WINDOW: SignedDuration = SignedDuration::from_hours(24);

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
    let circumstances = RespondContext {
        enabled: acknowledgement.enabled,
        not_before: Some(case.desk.not_before),
        own_addresses: &case.desk.own_addresses,
        trusted_authserv_ids: &case.desk.trusted_authserv_ids,
        recent_to_address: writing.answers_to(&recipient, case.now - ADDRESS_WINDOW)?,
        per_address_per_day: acknowledgement.caps.per_address,
        answered_again,
    };
    let (kind, recipient, content) = match respond::respond(case.message, case.ruling, &circumstances) {
        Response::Nothing => return Ok(()),
        Response::Withhold { kind, recipient, reason } => (kind, recipient, Err(reason)),
        Response::Answer { kind, recipient } => {
            let composed = compose_answer(case, filed, kind, &recipient).map_err(|error| {
                // Config checks render every template, so this is a template that fails on this one message.
                maillog::not_composed(&filed.number, &error.to_string());
                format!("not_composed: {error}")
            });
            (kind, Some(recipient), composed)
        }
    };
    let new = NewAcknowledgement {
        kind,
        recipient: recipient.as_deref(),
        content: content.as_ref().map_err(String::as_str),
    };
    writing.queue(&new, filed.submission_id, case.message_id, case.now)
}

fn compose_answer(
    case: &Case<'_>,
    filed: &Filed,
    kind: AcknowledgementKind,
    recipient: &str,
) -> Result<crate::mail::OutboundMessage, compose::ComposeError> {
    let Case { message, filing, consultation, .. } = *case;
    let acknowledgement = &case.desk.acknowledgement;
    let from = acknowledgement.from.as_str();
    let flagged = |flag| filing.flags.contains(&flag);
    let details = &filing.details;
    let missing: Vec<&str> = [
        (details.name.is_none(), "姓名"),
        (details.occupation.is_none(), "职业"),
        (details.phones.is_empty(), "联系电话"),
    ]
    .into_iter()
    .filter_map(|(missing, label)| (missing && flagged(Flag::DetailsMissing)).then_some(label))
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
            kind,
            recipient,
            from,
            envelope_from: (!acknowledgement.envelope_null).then_some(from),
            number: &filed.number,
            earlier_number: filing.earlier.as_ref().map(|earlier| earlier.number.as_str()),
            name: details.name.as_deref(),
            received_at: case.received_at,
            in_reply_to: message.message_id.as_deref(),
            references: &references,
            missing_details: &missing,
            attachments: &attachments,
            cloud_attachment: flagged(Flag::CloudAttachment),
            now: case.now,
            message_id: &compose::message_id(
                &filed.number,
                kind,
                &domain_of(from),
                &format!("{:016x}", case.token),
            ),
        },
        consultation,
    )
}
