//! What is to be filed, as the store takes it.

use std::cell::RefCell;

use jiff::Timestamp;
use serde_json::json;
use zstd::bulk::Compressor;

use super::likeness::Place;
use crate::deadline::Arrival;
use crate::parse::Attachment;
use crate::ruling::{Filing, Ruling};
use crate::vocabulary::{
    AcknowledgementKind, Disposition, EntryKey, EntryReason, OutboundMessage, WithheldReason, WrittenTime,
};

/// zstd level: 3 costs about 70 µs for a 4 KB message and saves more than a quarter.
const ZSTD_LEVEL: i32 = 3;

/// A message's bytes as the store keeps them. Before the transaction: it is work for any processor, and the bytes
/// themselves can then be let go, of which SQLite makes two more copies.
///
/// # Panics
/// Never: zstd fails only for want of memory, which ends the process anyway.
pub fn compress(raw: &[u8]) -> Compressed {
    thread_local! {
        /// To make its tables costs as much as to pack a letter with them.
        static PACKER: RefCell<Compressor<'static>> =
            RefCell::new(Compressor::new(ZSTD_LEVEL).expect("the level is a constant that zstd knows"));
    }
    let mut compressed = PACKER
        .with_borrow_mut(|packer| packer.compress(raw))
        .expect("the output has room for whatever the input is");
    // It was allocated for the worst case.
    compressed.shrink_to_fit();
    Compressed { zstd: compressed, size_bytes: raw.len() as u64 }
}

/// The bytes of a kept message; `None` where they are not what was packed. A row that promises more than any mail packs
/// into so little is not believed: memory is asked for by what the file holds, not by what somebody wrote into it.
pub(in crate::store) fn unpack(packed: &[u8], size_bytes: i64) -> Option<Vec<u8>> {
    zstd::bulk::decompress(packed, believable(packed, size_bytes)?).ok()
}

/// The size that a row tells of what is packed, where it can be.
pub(in crate::store) fn believable(packed: &[u8], size_bytes: i64) -> Option<usize> {
    /// Larger than any message by the limits that go with the product.
    const ALWAYS: usize = 64 << 20;
    const MOST_TO_ONE: usize = 100;
    let size = usize::try_from(size_bytes).ok()?;
    (size <= packed.len().saturating_mul(MOST_TO_ONE).max(ALWAYS)).then_some(size)
}

/// Raw bytes as the store keeps them.
#[derive(Debug)]
pub struct Compressed {
    pub(super) zstd: Vec<u8>,
    /// Size before compression.
    pub(super) size_bytes: u64,
}

impl Compressed {
    /// The bytes as they were.
    pub fn unpacked(&self) -> Option<Vec<u8>> {
        unpack(&self.zstd, signed(self.size_bytes))
    }

    pub(in crate::store) fn zstd(&self) -> &[u8] {
        &self.zstd
    }

    pub(in crate::store) const fn size_bytes(&self) -> u64 {
        self.size_bytes
    }
}

/// An entry to record.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// Which entry.
    pub entry: &'a EntryKey,
    /// Digest of its bytes; `None` when they never came.
    pub sha256: Option<&'a str>,
    /// Announced size, in bytes.
    pub size_bytes: u64,
    /// INTERNALDATE or the file's time, to know the entry again by; `None`: it is to be learned.
    pub listed_at: Option<Timestamp>,
    /// What was done.
    pub disposition: Disposition,
    /// Why.
    pub reason: &'a EntryReason,
    /// The kept message.
    pub message_id: Option<i64>,
    /// By which consultations it was judged, where it is for none of them.
    pub judged_by: Option<&'a str>,
    /// The row that it has already, as mail that was for no consultation.
    pub again: Option<i64>,
    /// Its Message-ID, of which only the digest is kept here.
    pub rfc822_message_id: Option<&'a str>,
}

/// A message to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewMessage<'a> {
    /// Digest of the raw bytes.
    pub sha256: &'a str,
    /// The raw bytes.
    pub raw: &'a Compressed,
    /// Message-ID.
    pub rfc822_message_id: Option<&'a str>,
    /// Decoded subject.
    pub subject: Option<&'a str>,
    /// `Date:`
    pub sent: Option<WrittenTime>,
    /// INTERNALDATE or the file's time.
    pub internal_date: Option<Timestamp>,
    /// When it arrived, as judged.
    pub arrival: Option<&'a Arrival>,
    /// Attachments.
    pub attachments: &'a [Attachment],
    /// What each step saw.
    pub evidence: Option<&'a serde_json::Value>,
}

/// A submission or supplement to file.
#[derive(Debug, Clone, Copy)]
pub struct NewFiling<'a> {
    /// What it is: a submission of its own, a supplement or a duplicate.
    pub ruling: &'a Ruling,
    /// The ruling's filing.
    pub filing: &'a Filing,
    /// The consultation's id.
    pub consultation: &'a str,
    /// What its numbers begin with.
    pub number_prefix: &'a str,
    /// The whole text.
    pub full_text: &'a str,
    /// When it arrived.
    pub received_at: Timestamp,
}

impl NewFiling<'_> {
    pub(super) fn placed(&self, message_id: i64, submission_id: i64, is_submission: bool) -> Place<'_> {
        Place {
            message_id,
            submission_id,
            is_submission,
            is_duplicate: matches!(self.ruling, Ruling::Duplicate { .. }),
            consultation: self.consultation,
            from_address: &self.filing.from_address,
        }
    }
}

/// The ids and the number that a message had when it was filed first; where there is none, the store chooses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    pub(crate) message_id: Option<i64>,
    pub(crate) submission_id: Option<i64>,
    pub(crate) number: Option<String>,
}

/// What a filing became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// The submission: the new one, or for a supplement the one it was added to.
    pub submission_id: i64,
    /// Its number.
    pub number: String,
}

/// An acknowledgement to queue or to record as withheld.
#[derive(Debug, Clone, Copy)]
pub struct NewAcknowledgement<'a> {
    /// Which text.
    pub kind: AcknowledgementKind,
    /// Whom.
    pub recipient: Option<&'a str>,
    /// The domain under which it is counted; `None`: no cap for domains holds for it.
    pub house: Option<&'a str>,
    /// Whether it is sent.
    pub answer: Answer<'a>,
}

/// Whether an acknowledgement is sent.
#[derive(Debug, Clone, Copy)]
pub enum Answer<'a> {
    /// This one.
    Send(&'a OutboundMessage),
    /// None is, for this reason.
    Withhold(&'a WithheldReason),
}

/// A JSON list of texts.
pub fn words<'a>(items: impl Iterator<Item = &'a str>) -> String {
    json!(items.collect::<Vec<_>>()).to_string()
}

/// SQLite integers are signed 64-bit; no size comes near their end.
pub(in crate::store) fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
