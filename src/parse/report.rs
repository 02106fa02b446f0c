//! Delivery status and disposition notifications (RFC 6522, 3464, 8098), and complaints (RFC 5965).

use mail_parser::{MessagePart, MessageRef, PartKind};

use super::{Report, fields, transfer};
use crate::charset;

/// How much of a report is read, in bytes.
const REPORT_BYTES: usize = 64 * 1024;

/// How much is read of one field of what it returns, in bytes.
const FIELD_BYTES: usize = 16 * 1024;

/// The longest address (RFC 5321 section 4.5.3.1.3), in bytes.
const ADDRESS_BYTES: usize = 254;

/// How much of a report's words is kept, in characters.
const DIAGNOSTIC_CHARS: usize = 500;

/// The report that the message is, and the one that stands in a message of another form.
pub(super) fn read(message: MessageRef<'_>) -> (Option<Report>, Option<Report>) {
    let Some(part) = message.parts().find(|part| is_report(*part)) else {
        // A gateway returns another's report as a whole.
        let nested = message.parts().filter_map(|part| part.nested());
        let within =
            nested.filter_map(|inner| Some(read_part(inner, inner.parts().find(|part| is_report(*part))?)));
        return (None, within.take(1).last());
    };
    let root = message.root_part();
    // Some complaints come as multipart/mixed.
    let is_one = root.is_content_type("multipart", "report")
        || is_report(root)
        || message.parts().any(|part| is_complaint(&part));
    let report = Some(read_part(message, part));
    if is_one { (report, None) } else { (None, report) }
}

fn is_complaint(part: &MessagePart<'_>) -> bool {
    part.is_content_type("message", "feedback-report")
}

fn read_part(message: MessageRef<'_>, part: MessagePart<'_>) -> Report {
    let is_disposition = part.is_content_type("message", "disposition-notification");
    let report_type = match () {
        () if is_disposition => "disposition-notification",
        () if is_complaint(&part) => "feedback-report",
        () => "delivery-status",
    };
    let blocks = blocks(&transfer::decoded(part));
    // Of several recipients, the first whom it did not reach: who got it, nobody asks for.
    let failed = |block: &&Block| value_of(block, "action").is_some_and(|value| is_failed(&value));
    let of_recipient = |block: &&Block| {
        ["final-recipient", "action", "status"].iter().any(|name| value_of(block, name).is_some())
    };
    let first = blocks.iter().find(failed).or_else(|| blocks.iter().find(of_recipient));
    let get = |name: &str| first.into_iter().chain(&blocks).find_map(|block| value_of(block, name));
    Report {
        report_type: report_type.to_owned(),
        original_message_id: get("original-message-id")
            .and_then(|value| fields::first_id(&value))
            .or_else(|| returned_id(message)),
        action: if is_disposition { get("disposition") } else { get("action") }
            .map(|value| value.to_lowercase()),
        recipient: RECIPIENT_FIELDS.iter().find_map(|name| recipient(&get(name)?)),
        status: get("status").and_then(|value| value.split_whitespace().next().map(str::to_owned)),
        diagnostic: get("diagnostic-code").or_else(|| words(message)),
    }
}

fn is_report(part: MessagePart<'_>) -> bool {
    ["delivery-status", "global-delivery-status", "disposition-notification", "feedback-report"]
        .iter()
        .any(|subtype| part.is_content_type("message", subtype))
}

/// Whether a mail was given up, by the word of `Action:`; some servers write another form of it, or more behind it.
fn is_failed(action: &str) -> bool {
    action.trim_start().to_ascii_lowercase().starts_with("fail")
}

/// Where a report names a recipient (RFC 3464 section 2.3, RFC 5965 section 3.2): first as the sender addressed him.
const RECIPIENT_FIELDS: [&str; 5] =
    ["original-recipient", "final-recipient", "x-actual-recipient", "original-rcpt-to", "removal-recipient"];

/// The address in such a field: `rfc822; <li@example.com>`. A path of a file, or a bare user, is none.
fn recipient(value: &str) -> Option<String> {
    let address = value.rsplit_once(';').map_or(value, |(_, address)| address).trim();
    let address = address.trim_matches(['<', '>', '"', '\'', ' ']);
    let is_one = address.contains('@') && !address.chars().any(|c| c.is_whitespace() || c.is_control());
    (is_one && address.len() <= ADDRESS_BYTES).then(|| address.to_owned())
}

/// The fields of one block of a report: lower-case name, unfolded value.
type Block = Vec<(String, String)>;

fn value_of(block: &Block, name: &str) -> Option<String> {
    block.iter().find(|(field, value)| field == name && !value.is_empty()).map(|(_, value)| value.clone())
}

/// The blocks of a report, in order: of the message, then of each recipient.
fn blocks(bytes: &[u8]) -> Vec<Block> {
    let bytes = bytes.get(..REPORT_BYTES).unwrap_or(bytes);
    let text = charset::decode_body(bytes, None).text;
    let mut blocks: Vec<Block> = vec![Block::new()];
    for line in text.lines() {
        let Some(block) = blocks.last_mut() else { break };
        if line.trim().is_empty() {
            if !block.is_empty() {
                blocks.push(Block::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = block.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            block.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    blocks
}

/// The fields of all blocks.
fn block_fields(bytes: &[u8]) -> Block {
    blocks(bytes).into_iter().flatten().collect()
}

/// The Message-ID of the message, or of the headers, that a bounce returns.
pub(super) fn returned_id(message: MessageRef<'_>) -> Option<String> {
    message.parts().find_map(|part| fields::first_id(&returned_field(part, "message-id")?))
}

/// To whom that went and what its subject was, a line each.
pub(super) fn returned_header(message: MessageRef<'_>) -> Option<String> {
    message.parts().find_map(|part| {
        let lines = ["to", "cc", "subject"].map(|name| returned_field(part, name));
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    })
}

/// A field of what a part returns, decoded; `None` where it returns nothing, or no such field.
fn returned_field(part: MessagePart<'_>, name: &str) -> Option<String> {
    let decoded = |raw: &[u8]| fields::value_of(name, raw.get(..FIELD_BYTES).unwrap_or(raw), None).text;
    if let Some(nested) = part.nested() {
        return nested.headers().get(name).map(|field| decoded(field.raw_value()));
    }
    let returns = part.is_content_type("text", "rfc822-headers")
        || part.is_content_type("message", "rfc822-headers")
        || part.is_content_type("message", "rfc822");
    let block = returns.then(|| block_fields(&transfer::decoded(part)))?;
    block.iter().find(|(field, _)| field == name).map(|(_, value)| decoded(value.as_bytes()))
}

/// The beginning of what the report says to people.
fn words(message: MessageRef<'_>) -> Option<String> {
    let is_words = |part: &MessagePart<'_>| matches!(part.kind(), PartKind::Text) && part.in_text_body();
    let part = message.parts().find(is_words)?;
    let bytes = transfer::decoded(part);
    let text = charset::decode_body(bytes.get(..REPORT_BYTES).unwrap_or(&bytes), None).text;
    let words: String = charset::one_line(&text).chars().take(DIAGNOSTIC_CHARS).collect();
    (!words.is_empty()).then_some(words)
}
