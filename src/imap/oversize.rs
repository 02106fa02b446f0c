//! The text of a message that is too large to fetch whole.
//!
//! Its beginning nearly always holds the text: clients write it first. Some put a picture or a file before it, and then the
//! beginning holds nothing of what the citizen says. The server knows where the text stands (BODYSTRUCTURE, RFC 3501
//! section 7.4.2), so that part is fetched by its number and put after the beginning.

use std::fmt::Write as _;

use imap_proto::{AttributeValue, BodyContentCommon, BodyStructure, MessageSection, Response, SectionPath};

use super::Session;
use super::error::ImapError;
use super::limits::CHUNK_BYTES;
use super::syntax::uid_of;
use crate::net::Stage;

/// The longest boundary that is believed, in bytes. RFC 2046 section 5.1.1 allows 70; some clients write more,
/// and their texts should not be lost.
const BOUNDARY_BYTES: usize = 200;
/// What BODYSTRUCTURE does not count before the text: the headers of the parts, in bytes.
const HEADERS_BYTES: u64 = 16 * 1024;
/// A text of fewer bytes is a line end that a client puts between two files.
const LEAST_TEXT_BYTES: u32 = 3;
/// What a BODYSTRUCTURE may take, in bytes: its deadline goes by it.
const STRUCTURE_BYTES: u64 = 64 * 1024;

/// Where the first text of a multipart message stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FirstText {
    /// Part numbers from the outside in: `[1, 2]` is `BODY[1.2]`.
    path: Vec<u32>,
    /// Its size as transferred, in bytes.
    octets: u64,
    /// Sizes of the parts before it, in bytes, without their headers.
    before: u64,
    /// What separates the outermost parts.
    boundary: String,
}

fn first_text(structure: &BodyStructure<'_>) -> Option<FirstText> {
    let BodyStructure::Multipart { common, .. } = structure else { return None };
    let boundary = common.ty.params.as_ref()?.iter().find(|(key, _)| key.eq_ignore_ascii_case("boundary"));
    let boundary = boundary.map(|(_, value)| value.trim_end()).filter(|value| {
        !value.is_empty()
            && value.len() <= BOUNDARY_BYTES
            && value.bytes().all(|b| (b' '..=b'~').contains(&b))
    })?;
    let mut found = FirstText { path: Vec::new(), octets: 0, before: 0, boundary: boundary.to_owned() };
    descend(structure, &mut found).then_some(found)
}

/// Whether `part` holds a text; if so, `found` has its place. The guard below bounds how deep a structure is.
fn descend(part: &BodyStructure<'_>, found: &mut FirstText) -> bool {
    let other = match part {
        BodyStructure::Multipart { bodies, .. } => {
            for (number, body) in (1..).zip(bodies) {
                found.path.push(number);
                if descend(body, found) {
                    return true;
                }
                found.path.pop();
            }
            return false;
        }
        BodyStructure::Text { common, other, .. }
            if other.octets >= LEAST_TEXT_BYTES && !is_attachment(common) =>
        {
            found.octets = u64::from(other.octets);
            return true;
        }
        BodyStructure::Text { other, .. }
        | BodyStructure::Basic { other, .. }
        | BodyStructure::Message { other, .. } => other,
    };
    found.before += u64::from(other.octets);
    false
}

fn is_attachment(common: &BodyContentCommon<'_>) -> bool {
    common.disposition.as_ref().is_some_and(|disposition| disposition.ty.eq_ignore_ascii_case("attachment"))
}

/// The end of the message's header in `raw`, after the empty line.
fn end_of_header(raw: &[u8]) -> usize {
    raw.windows(4).position(|four| four == b"\r\n\r\n").map_or(raw.len(), |at| at + 4)
}

impl Session {
    /// Makes sure that `beginning`, the first bytes of an oversize message, holds its first text as far as `most` bytes: a
    /// text that stands after them is added as a part of its own, and the beginning is cut where that text would stand.
    ///
    /// A server that cannot tell leaves the beginning as it is.
    ///
    /// # Errors
    ///
    /// When the connection fails. `beginning` stays good.
    pub(super) async fn complete_text(
        &mut self,
        uid: u32,
        beginning: &mut Vec<u8>,
        most: usize,
    ) -> Result<(), ImapError> {
        let Some(text) = self.first_text(uid).await? else { return Ok(()) };
        let have = beginning.len() as u64;
        // If the text opens the message, the beginning already holds as much of it as fits.
        if text.before == 0 || text.before.saturating_add(text.octets).saturating_add(HEADERS_BYTES) <= have {
            return Ok(());
        }
        let ask = usize::try_from(text.octets).unwrap_or(usize::MAX).min(most).min(CHUNK_BYTES);
        let Some((header, body)) = self.fetch_part(uid, &text.path, ask).await? else { return Ok(()) };
        let before = usize::try_from(text.before).unwrap_or(usize::MAX);
        beginning.truncate(end_of_header(beginning).saturating_add(before));
        beginning.extend_from_slice(format!("\r\n--{}\r\n", text.boundary).as_bytes());
        // The header ends with an empty line; some servers leave it out.
        let header = header.trim_ascii_end();
        beginning.extend_from_slice(header);
        beginning.extend_from_slice(if header.is_empty() { b"\r\n" } else { b"\r\n\r\n" });
        beginning.extend_from_slice(&body);
        beginning.extend_from_slice(format!("\r\n--{}--\r\n", text.boundary).as_bytes());
        Ok(())
    }

    async fn first_text(&mut self, uid: u32) -> Result<Option<FirstText>, ImapError> {
        let mut found = None;
        let command = format!("UID FETCH {uid} (UID BODYSTRUCTURE)");
        let deadline = self.deadline(STRUCTURE_BYTES);
        self.command(Stage::Fetch, &command, deadline, &mut |response| {
            let Response::Fetch(_, attributes) = response else { return };
            if uid_of(attributes) != Some(uid) {
                return;
            }
            for attribute in attributes {
                if let AttributeValue::BodyStructure(structure) = attribute {
                    found = first_text(structure);
                }
            }
        })
        .await?;
        // What could not be read here does not mean that a message is missing.
        self.connection.take_unreadable();
        Ok(found)
    }

    /// The header of one part and the first `ask` bytes of its body; `None` if the server does not hand both over.
    async fn fetch_part(
        &mut self,
        uid: u32,
        path: &[u32],
        ask: usize,
    ) -> Result<Option<(Vec<u8>, Vec<u8>)>, ImapError> {
        let mut section = String::new();
        for number in path {
            let dot = if section.is_empty() { "" } else { "." };
            let _ = write!(section, "{dot}{number}");
        }
        let (mut header, mut body) = (None, None);
        let command =
            format!("UID FETCH {uid} (UID BODY.PEEK[{section}.MIME] BODY.PEEK[{section}]<0.{ask}>)");
        let deadline = self.deadline(ask as u64);
        self.command(Stage::Fetch, &command, deadline, &mut |response| {
            let Response::Fetch(_, attributes) = response else { return };
            if uid_of(attributes) != Some(uid) {
                return;
            }
            for attribute in attributes {
                let AttributeValue::BodySection {
                    section: Some(SectionPath::Part(part, what)),
                    index,
                    data: Some(data),
                } = attribute
                else {
                    continue;
                };
                match what {
                    _ if part != path || data.len() > CHUNK_BYTES => {}
                    Some(MessageSection::Mime) => header = Some(data.to_vec()),
                    // A server that ignores the range sends more than was asked for; the first of it is right.
                    None if index.is_none_or(|index| index == 0) => {
                        body = data.get(..ask).or(Some(data)).map(<[u8]>::to_vec);
                    }
                    _ => {}
                }
            }
        })
        .await?;
        self.connection.take_unreadable();
        Ok(header.zip(body))
    }
}
