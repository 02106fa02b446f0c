//! From a ruling to the values of rows, once: `file` inserts them, `reprocess` compares and amends them.

use serde_json::json;

use super::new::{NewEntry, NewFiling, NewMessage, signed, words};
use crate::details::Opinion;
use crate::parse::Attachment;
use crate::ruling::{Reading, Ruling};
use crate::store::columns::Columns;
use crate::store::reasons::detail;
use crate::vocabulary::{Word, rfc3339_utc, sha256_hex};

/// `mailbox_entry`: what was decided about it.
pub fn entry(new: &NewEntry<'_>) -> Columns {
    Columns::default()
        .with("disposition", new.disposition.as_str().to_owned())
        .with("reason", new.reason.word().to_owned())
        .with("reason_detail", detail(new.reason))
        .with("message_id_sha256", new.rfc822_message_id.map(|id| sha256_hex(id.as_bytes())))
}

/// `message`: what was read from the raw bytes. The bytes, their digest and length and the mailbox's own time are
/// originals and not among these.
pub fn message(new: &NewMessage<'_>) -> Columns {
    let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
    let arrival = new.arrival;
    Columns::default()
        .with("rfc822_message_id", owned(new.rfc822_message_id))
        .with("subject", owned(new.subject))
        .with("sent_at", new.sent.map(|sent| rfc3339_utc(sent.instant)))
        .with("sent_as_written", new.sent.map(|sent| sent.as_written()))
        .with("received_at", arrival.map(|arrival| rfc3339_utc(arrival.at)))
        .with("received_basis", arrival.map(|arrival| arrival.basis.as_str().to_owned()))
        .with("received_evidence", arrival.map(|arrival| arrival.evidence.word().to_owned()))
        .with("received_evidence_detail", arrival.and_then(|arrival| detail(&arrival.evidence)))
        .with("evidence", new.evidence.map(ToString::to_string))
}

/// `attachment`: one row for each, in order.
pub fn attachments(found: &[Attachment]) -> Vec<Columns> {
    (1_i64..)
        .zip(found)
        .map(|(ordinal, attachment)| {
            Columns::default()
                .with("ordinal", ordinal)
                .with("filename", attachment.filename.clone())
                .with("media_type", attachment.media_type.clone())
                .with("size_bytes", signed(attachment.size_bytes))
                .with("sha256", attachment.sha256.clone())
                .with("fault", attachment.fault.map(|fault| fault.as_str().to_owned()))
        })
        .collect()
}

/// `submission`: everything but its number, its message and the time of filing, which stay for ever.
pub fn submission(new: &NewFiling<'_>) -> Columns {
    let filing = new.filing;
    let Reading { cut, details, likeness, .. } = &filing.reading;
    let repeated = match new.ruling {
        Ruling::Duplicate { of, .. } => Some(of.submission_id),
        _ => None,
    };
    Columns::default()
        .with("consultation", new.consultation.to_owned())
        .with("status", filing.status.as_str().to_owned())
        .with("subject_match", filing.subject_match().as_str().to_owned())
        .with("timeliness", filing.timeliness.as_str().to_owned())
        .with("review_reasons", words(filing.review_reasons.iter().map(|reason| reason.as_str())))
        .with("received_at", rfc3339_utc(new.received_at))
        .with("from_address", filing.from_address.clone())
        .with("name", details.name.clone())
        .with("name_hint", details.name_hint.clone())
        .with("organization", details.organization.clone())
        .with("sender_kind", details.sender_kind.as_str().to_owned())
        .with("occupation", details.occupation.clone())
        .with("occupation_as_written", details.occupation_as_written.clone())
        .with("phones", words(details.phones.iter().map(String::as_str)))
        .with("emails", words(details.emails.iter().map(String::as_str)))
        .with("signatories", i64::from(details.signatories))
        .with("comment", cut.comment.clone())
        .with("full_text", new.full_text.to_owned())
        .with("flags", words(filing.flags.iter().map(|flag| flag.as_str())))
        .with("duplicate_of", repeated)
        .with("content_sha256", likeness.content_sha256.clone())
}

/// `opinion`: one item of a letter.
pub fn opinion(found: &Opinion) -> Columns {
    Columns::default().with("clause", found.clause.clone()).with("text", found.text.clone())
}

/// `supplement`: everything but the submission and the message that it belongs to.
pub fn supplement(new: &NewFiling<'_>) -> Columns {
    let filing = new.filing;
    let Reading { cut, details, likeness, .. } = &filing.reading;
    let given = json!({
        "name": details.name,
        "name_hint": details.name_hint,
        "organization": details.organization,
        "occupation": details.occupation,
        "occupation_as_written": details.occupation_as_written,
        "phones": details.phones,
        "emails": details.emails,
    });
    Columns::default()
        .with("received_at", rfc3339_utc(new.received_at))
        .with("timeliness", filing.timeliness.as_str().to_owned())
        .with("from_address", filing.from_address.clone())
        .with("comment", cut.comment.clone())
        .with("full_text", new.full_text.to_owned())
        .with("flags", words(filing.flags.iter().map(|flag| flag.as_str())))
        .with("details", given.to_string())
        .with("content_sha256", likeness.content_sha256.clone())
}

/// The opinion items of a supplement. A request is not an opinion, and neither is a repetition.
pub fn supplement_opinions<'a>(new: &NewFiling<'a>) -> &'a [Opinion] {
    match new.ruling {
        Ruling::Supplement { filing, adds_opinions: true, .. }
            if filing.review_reasons.iter().all(|reason| reason.leaves_items()) =>
        {
            &filing.reading.details.opinions
        }
        _ => &[],
    }
}
