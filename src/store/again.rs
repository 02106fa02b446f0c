//! What changed? Kept messages as `reprocess` compares them.

mod amend;
mod kept;

pub use kept::{Correction, Item, Kept, Known, KnownPart, KnownSubmission, Record, Snapshot};
