//! A reason in its two columns: the word, and the JSON of what goes with it.

use rusqlite::Row;

use crate::vocabulary::{Reason, StoredReason};

/// What stands in the column beside the word.
pub(super) fn detail(reason: &impl Reason) -> Option<String> {
    reason.detail().map(|detail| detail.to_string())
}

/// Reads the two columns, which stand side by side in the row.
pub(super) fn stored(row: &Row<'_>, word: usize) -> rusqlite::Result<StoredReason> {
    let detail: Option<String> = row.get(word + 1)?;
    Ok(StoredReason::read(row.get(word)?, detail.as_deref()))
}
