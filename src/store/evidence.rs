//! Can it be proved? The chain of events, the seals on rows, and the check of both.

mod baseline;
mod consistency;
mod difference;
mod event;
mod explanation;
mod fate;
mod seal;
mod sealing;
mod session;
mod verify;

pub use consistency::{Inconsistency, InconsistencyKind};
pub use difference::Difference;
pub use event::Head;
pub(super) use seal::{Digest, TABLES, written};
pub(super) use session::Session;
pub use verify::{Look, Mismatch, Verified};
