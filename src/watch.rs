//! Whether all goes as it should: figures of the store and the machine, measured against thresholds.
//!
//! `figures` gathers, `judge` compares; who asks (`status --check`, the metrics, the alerts) gets the same answer.

mod alerts;
mod figures;
mod judge;
mod metrics;

pub use alerts::Told;
pub use figures::{Figures, Space, judged_otherwise, newest_backup, space};
pub use judge::{Finding, Level, judge};
pub use metrics::{Form, MAILBOX, OUTBOX, Passes, metrics};
