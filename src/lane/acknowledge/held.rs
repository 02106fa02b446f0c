//! What stops the lane before the outbox is empty.

use crate::vocabulary::{BreakerReason, LaneFault};

/// Why the lane stopped before the outbox was empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// No session with the server, or it refuses what concerns us.
    Unavailable(LaneFault, String),
    /// A cap was reached.
    Breaker(BreakerReason),
    /// The store is a copy, or was moved: the other one may answer the same letters.
    Copied,
    /// The program is stopping.
    Stopping,
    /// The pass took too long; the rest waits for the next one.
    TimeIsUp,
}
