//! What did we see? How far each folder is recorded, what is owed, what is to be marked.

mod gaps;
mod marks;
mod position;
mod reconcile;

pub use gaps::GAP_ATTEMPTS;
pub use reconcile::{FolderRecord, Inconsistency, InconsistencyKind, OwedEntry};
