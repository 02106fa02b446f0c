//! What changed? Kept messages once more: as they came, into a scratch store, and into the rows what differs.

mod amend;
mod kept;
mod scratch;

pub(crate) use kept::{Kept, KeptSubmission, Original};
