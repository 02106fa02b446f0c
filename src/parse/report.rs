//! Delivery status and disposition notifications (RFC 6522, 3464, 8098), and complaints (RFC 5965).

use mail_parser::{MessagePart, MessageRef, PartKind};

use super::{Report, fields, transfer};
use crate::charset;

/// How much of a report is read, in bytes.
const REPORT_BYTES: usize = 64 * 1024;

/// How much is read of one field of what it returns, in bytes.
const FIELD_BYTES: usize = 16 * 1024;

/// How much of a report's words is kept, in characters.
const DIAGNOSTIC_CHARS: usize = 500;

/// The report that the message is, if it is one.
pub(super) fn read(message: MessageRef<'_>) -> Option<Report> {
    let root = message.root_part();
    // Some complaints come as multipart/mixed.
    let is_complaint = |part: &MessagePart<'_>| part.is_content_type("message", "feedback-report");
    if !root.is_content_type("multipart", "report")
        && !is_report(root)
        && !message.parts().any(|part| is_complaint(&part))
    {
        return None;
    }
    let part = message.parts().find(|part| is_report(*part))?;
    let is_disposition = part.is_content_type("message", "disposition-notification");
    let report_type = match () {
        () if is_disposition => "disposition-notification",
        () if is_complaint(&part) => "feedback-report",
        () => "delivery-status",
    };
    let block = block_fields(&transfer::decoded(part));
    let get = |name: &str| block.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
    Some(Report {
        report_type: report_type.to_owned(),
        original_message_id: get("original-message-id")
            .and_then(|value| fields::first_id(&value))
            .or_else(|| returned_id(message)),
        action: if is_disposition { get("disposition") } else { get("action") }
            .map(|value| value.to_lowercase()),
        status: get("status").and_then(|value| value.split_whitespace().next().map(str::to_owned)),
        diagnostic: get("diagnostic-code").or_else(|| words(message)),
    })
}

fn is_report(part: MessagePart<'_>) -> bool {
    ["delivery-status", "global-delivery-status", "disposition-notification", "feedback-report"]
        .iter()
        .any(|subtype| part.is_content_type("message", subtype))
}

/// The fields of a report, of all its blocks, in order: lower-case name, unfolded value.
fn block_fields(bytes: &[u8]) -> Vec<(String, String)> {
    let bytes = bytes.get(..REPORT_BYTES).unwrap_or(bytes);
    let text = charset::decode_body(bytes, None).text;
    let mut list: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = list.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            list.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    list
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
