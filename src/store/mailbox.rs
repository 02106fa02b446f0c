//! What did we see? How far each folder is recorded, what is missing, what is to be marked.

mod gaps;
mod marks;
mod position;
mod record;

pub use record::{FolderRecord, Gap, KnownEntry, NamedRow};
