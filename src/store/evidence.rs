//! Can it be proved? The chain of events, the seals on rows, and the check of both.

mod consistency;
mod difference;
mod event;
mod fate;
mod seal;
mod verify;

pub use consistency::{Inconsistency, InconsistencyKind};
pub use difference::Difference;
pub(super) use seal::{DIGEST_DIGITS, Digests, entry_digest, message_digest, submission_digests};
pub use verify::{Mismatch, Verified};
