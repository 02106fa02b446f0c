//! What `verify` can find wrong.

use serde_json::{Map, Value};

use crate::vocabulary::Word;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// SQLite finds the file damaged; its words.
    Damaged(String),
    /// A table, index, view or trigger is not as this program makes it; the mismatch names it.
    SchemaChanged,
    /// A row refers to one that is not there.
    DanglingReference(String),
    /// The first event whose hash does not follow from the one before it.
    ChainBroken,
    /// The hash asked for stands nowhere in the chain.
    HeadMissing,
    /// A message is not in the compressed form that it was written in.
    RawUnreadable,
    /// A message's bytes have another digest or length than recorded.
    RawChanged,
    /// No attachment of the message has the recorded digest and length.
    AttachmentChanged,
    /// An entry and its message have different digests.
    EntryDigest,
    /// An answer's state or sending time is not what the event log says.
    FateChanged,
    /// The row differs from its latest seal.
    SealBroken,
    /// A seal that no recorded change leads to from the one before it.
    Unexplained,
    /// A value that the program never writes; its column.
    Impossible(String),
    /// What the raw mail gives by today's rules is something else; the columns.
    ReplayDiffers(String),
    /// There is no seal though the row is younger than seals.
    Unsealed,
    /// A seal covers a row that is not there.
    RowMissing,
    /// A seal that cannot be read, or stands where none can be.
    SealMisplaced,
}

impl Word for Difference {
    const KIND: &'static str = "difference";
    const WORDS: &'static [&'static str] = &[
        "damaged",
        "schema_changed",
        "dangling_reference",
        "chain_broken",
        "head_missing",
        "raw_unreadable",
        "raw_changed",
        "attachment_changed",
        "entry_digest",
        "fate_changed",
        "seal_broken",
        "unexplained",
        "impossible",
        "replay_differs",
        "unsealed",
        "row_missing",
        "seal_misplaced",
    ];

    fn word(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "damaged",
            Self::SchemaChanged => "schema_changed",
            Self::DanglingReference(_) => "dangling_reference",
            Self::ChainBroken => "chain_broken",
            Self::HeadMissing => "head_missing",
            Self::RawUnreadable => "raw_unreadable",
            Self::RawChanged => "raw_changed",
            Self::AttachmentChanged => "attachment_changed",
            Self::EntryDigest => "entry_digest",
            Self::FateChanged => "fate_changed",
            Self::SealBroken => "seal_broken",
            Self::Unexplained => "unexplained",
            Self::Impossible(_) => "impossible",
            Self::ReplayDiffers(_) => "replay_differs",
            Self::Unsealed => "unsealed",
            Self::RowMissing => "row_missing",
            Self::SealMisplaced => "seal_misplaced",
        }
    }
}

impl Difference {
    /// What goes with its word: SQLite's words, or the table that is referred to.
    pub fn parameters(&self) -> Map<String, Value> {
        let parameter = match self {
            Self::Damaged(words) => Some(("words", words)),
            Self::DanglingReference(table) => Some(("table", table)),
            Self::Impossible(column) => Some(("column", column)),
            Self::ReplayDiffers(columns) => Some(("columns", columns)),
            _ => None,
        };
        parameter.into_iter().map(|(name, value)| (name.to_owned(), value.as_str().into())).collect()
    }
}
