//! What is not written down yet of the last attempt.

use jiff::Timestamp;

use super::held::Held;
use crate::crash::{self, Step};
use crate::lane::SharedStore;
use crate::schedule::Next;
use crate::store::{StoreError, Writing};

/// What the last attempt came to, until it is written down. It outlives a pass that the disk or another writer ended:
/// the next pass writes it before it sends anything.
#[derive(Debug, Default)]
pub(super) struct Unsettled(Option<Settlement>);

impl Unsettled {
    /// To be written down before anything else is sent.
    pub(super) fn hold(&mut self, settlement: Settlement) {
        self.0 = Some(settlement);
    }

    /// Writes it down, if there is anything.
    pub(super) fn settle(&mut self, store: &SharedStore) -> Result<(), StoreError> {
        if self.0.is_some() { self.write_down(store, |_| Ok(())) } else { Ok(()) }
    }

    /// Writes it down, and in the same transaction what comes next.
    pub(super) fn write_down<T>(
        &mut self,
        store: &SharedStore,
        next: impl FnOnce(&Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let next = store.write(|writing| {
            if let Some(settlement) = &self.0 {
                writing.settle(settlement.id, &settlement.next, settlement.at)?;
                if settlement.uncounted {
                    writing.uncount_attempt(settlement.id)?;
                }
                if let Next::RetryAt { at, .. } = &settlement.next {
                    for id in &settlement.failed_before {
                        writing.reconsider(*id, *at, settlement.at)?;
                    }
                }
                crash::here(Step::Settling);
            }
            next(writing)
        })?;
        self.0 = None;
        Ok(next)
    }
}

/// What an attempt came to, to be written down at once.
#[derive(Debug)]
pub(super) struct Settlement {
    pub(super) id: i64,
    pub(super) next: Next,
    pub(super) at: Timestamp,
    /// The attempt says nothing about this message.
    pub(super) uncounted: bool,
    /// Answers that had failed, and wait again: what refused them turned out to concern us.
    pub(super) failed_before: Vec<i64>,
    /// The next message would fare the same.
    pub(super) holds: Option<Held>,
    /// What the server has against us; the next message tells whether it takes others.
    pub(super) against_us: Option<String>,
}

impl Settlement {
    pub(super) const fn of(id: i64, next: Next, at: Timestamp) -> Self {
        Self { id, next, at, uncounted: false, failed_before: Vec::new(), holds: None, against_us: None }
    }
}
