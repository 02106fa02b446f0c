//! What did we see? How far each folder is recorded, what is missing, what is to be marked.

mod gaps;
mod growth;
mod judged;
mod marks;
mod passes;
mod position;
mod record;

pub use growth::KeptUnder;
pub use passes::FolderPass;
pub use record::{FolderRecord, Gap, KnownEntry, NamedRow};
