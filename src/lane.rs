//! The two lanes, which share only the database: mail in, answers out. Order is their subject.
//!
//! `intake` reads the mailbox into the record, `acknowledge` empties the outbox. Beside them stands what uses the
//! same rules by hand or once: `reconcile` compares, `withheld` composes what a person lets go, `catch_up` compares
//! what an older version filed.

pub mod acknowledge;
mod catch_up;
pub mod clock;
mod comparison;
mod context;
pub mod intake;
pub(crate) mod moving;
mod reconcile;
mod reply;
pub(crate) mod reprocess;
mod shared;
mod withheld;

pub use catch_up::{place_filed, release_stranded};
pub use comparison::{FolderReport, MissingEntry};
pub use context::{Lane, LaneConfig};
pub use reconcile::{ReconcileError, imap_folder, reconcile};
pub use shared::SharedStore;
pub use withheld::{Refusal, as_it_stands, compose_withheld};
