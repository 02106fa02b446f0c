//! What is not written down yet of the last attempt.

use jiff::Timestamp;

use crate::crash::{self, Step};
use crate::lane::SharedStore;
use crate::schedule::Next;
use crate::store::{StoreError, Writing};

/// What the last attempt came to, until it is written down. It outlives a pass that the disk or another writer ended:
/// the next pass writes it before it sends anything.
#[derive(Debug, Default)]
pub struct Unsettled(Option<Settlement>);

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
    pub(super) fn write_down(
        &mut self,
        store: &SharedStore,
        next: impl FnOnce(&Writing<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        store.write(|writing| {
            if let Some(settlement) = &self.0 {
                writing.settle(settlement.id, &settlement.next, settlement.at)?;
                crash::here(Step::Settling);
            }
            next(writing)
        })?;
        self.0 = None;
        Ok(())
    }
}

/// What an attempt came to, to be written down at once.
#[derive(Debug)]
pub(super) struct Settlement {
    pub(super) id: i64,
    pub(super) next: Next,
    pub(super) at: Timestamp,
    /// The server takes no more for now (421, RFC 5321 section 3.8): the next message would fare the same.
    pub(super) closing: bool,
}
