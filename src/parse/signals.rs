//! What a message is besides a letter: the answer of a calendar, a reaction to another message.

use mail_parser::{MessagePart, MessageRef};

use super::params::Params;
use super::{Message, Signal, transfer};

/// How much of a calendar object is searched for its method, in bytes.
const CALENDAR_BYTES: usize = 4 * 1024;

/// The methods by which a calendar answers an invitation (RFC 5546 section 1.4). An invitation is sent by a person.
const ANSWERS: [&str; 4] = ["reply", "counter", "refresh", "declinecounter"];

/// Looks through the parts once.
pub(super) fn read(root: MessageRef<'_>, message: &mut Message) {
    message.signal = root.parts().find_map(|part| match () {
        () if is_calendar_answer(part) => Some(Signal::CalendarAnswer),
        () if is_reaction(part) => Some(Signal::Reaction),
        () => None,
    });
}

/// RFC 6047 section 2.4: the method stands in the type, and in the object itself. A file that somebody attached is no answer.
fn is_calendar_answer(part: MessagePart<'_>) -> bool {
    if !part.is_content_type("text", "calendar") || disposition(part) == "attachment" {
        return false;
    }
    let field = part.headers().get("content-type").map(|field| Params::read(field.raw_value()));
    let named = field.as_ref().and_then(|field| field.token("method")).map(str::to_ascii_lowercase);
    let method = named.or_else(|| {
        let bytes = transfer::decoded(part);
        let text =
            String::from_utf8_lossy(bytes.get(..CALENDAR_BYTES).unwrap_or(&bytes)).to_ascii_lowercase();
        text.lines().find_map(|line| Some(line.strip_prefix("method:")?.trim().to_owned()))
    });
    method.is_some_and(|method| ANSWERS.contains(&method.as_str()))
}

/// RFC 9078, and the form of Gmail.
fn is_reaction(part: MessagePart<'_>) -> bool {
    disposition(part) == "reaction" || part.is_content_type("text", "vnd.google.email-reaction+json")
}

/// The word of `Content-Disposition:`, in lower case.
fn disposition(part: MessagePart<'_>) -> String {
    let field = part.headers().get("content-disposition");
    let value =
        field.map(|field| String::from_utf8_lossy(field.raw_value()).into_owned()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
