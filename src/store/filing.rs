//! What was filed? Messages, submissions, supplements, and what bears on the next one.

mod file;
mod fill;
mod likeness;
mod new;
pub(in crate::store) mod number;
mod precedents;
mod relation;
pub mod rows;

pub(in crate::store) use likeness::counted_copies;
pub(crate) use new::Given;
pub(in crate::store) use new::{believable, signed, unpack};

pub use likeness::{Membership, Place, Unplaced};
pub use new::{
    Answer, Compressed, Filed, NewAcknowledgement, NewEntry, NewFiling, NewMessage, compress, words,
};
pub use precedents::{KnownMessage, LookUp, MOST_PRECEDENTS, Precedents};
pub use relation::{NumbersOfOthers, Recall, RelationRow};

use super::Store;

impl Store {
    /// What a statement or a savepoint needs to be undone stays in memory until it is over, not in a temporary file: filing a
    /// letter is a hundred small statements, and each page that one may have to put back was written to a file, for nothing that
    /// survives. Not for handles that sort a whole store, since that would stay in memory too.
    pub(crate) fn keep_undo_in_memory(&self) {
        // Where this is refused, filing is slower and nothing else.
        let _ = self.connection.pragma_update(None, "temp_store", "MEMORY");
    }
}
