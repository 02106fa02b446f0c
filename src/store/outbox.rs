//! What is to be sent? The queue, and what a person lets go or tries again.

mod anew;
mod breaker;
mod by_hand;
mod queue;
mod sent;

pub use anew::Undecided;
pub use by_hand::{OutboxRow, Withheld};
pub use queue::{Bounced, Queued};
