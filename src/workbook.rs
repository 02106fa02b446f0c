//! The workbook that staff decide in: how its sheets are laid out, how they are written, how a file is read back, and what in it
//! differs from what stands in the store. Pure but for the file that is written or read; whoever calls opens it.
//!
//! Each row carries hidden cells behind the visible ones: a key (which store, which consultation, which row), a digest of what
//! the row is told by, and what stood in the cells for staff when it was written. So a row says by itself whether only some columns
//! were sorted, whether somebody changed it since, and what a person typed.

mod added;
mod compare;
mod compute;
mod csv;
mod follow;
mod grouping;
mod layout;
mod read;
mod refusal;
mod write;

pub use added::{AddedRow, added, alike};
pub use compare::{Changed, Compared, Comparison, Sides};
pub use follow::{Item, Settled, settle};
pub use grouping::{Grouped, propose};
pub use layout::{Column, SHEETS, Sheet, WORDS, Words, decision, sheet};
pub use read::{ReadError, ReadRow, ReadSheet, read, read_text};
pub use refusal::{Refusal, Why};
pub use write::{Book, Line, SheetWriter, Titles, WriteError};
