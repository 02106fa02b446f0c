//! Can it be proved? The chain of events, the seals on rows, and the check of both.

mod consistency;
mod event;
mod fate;
mod seal;
mod verify;

pub use consistency::Inconsistency;
pub use verify::{Difference, Mismatch, Verified};
