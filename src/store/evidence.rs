//! Can it be proved? The chain of events, the seals on rows, and the check of both.

mod consistency;
mod difference;
mod event;
mod fate;
mod seal;
mod verify;

pub use consistency::{Inconsistency, InconsistencyKind};
pub use difference::Difference;
pub(super) use seal::{
    DIGEST_DIGITS, Digests, MUTABLE, NONE, Part, digests, entry_digest, letters_of, message_digest,
};
pub use verify::{Mismatch, Verified};
