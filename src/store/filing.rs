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
