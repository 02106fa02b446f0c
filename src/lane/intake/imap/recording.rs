//! The recording that runs beside the next fetch.

use tokio::task::JoinHandle;

use crate::lane::Lane;
use crate::lane::intake::batch::{Batch, committed};
use crate::lane::intake::pass::Pass;
use crate::store::StoreError;

/// At most one batch that is being recorded.
#[derive(Default)]
pub(super) struct Recording(Option<JoinHandle<Result<Pass, StoreError>>>);

impl Recording {
    /// Begins with a batch; the one before is finished.
    pub(super) fn begin(&mut self, lane: &Lane, batch: Batch) {
        self.0 = Some(batch.record(lane));
    }

    /// Waits for COMMIT.
    pub(super) async fn finish(&mut self, pass: &mut Pass) -> Result<(), StoreError> {
        match self.0.take() {
            Some(running) => committed(running, pass).await,
            None => Ok(()),
        }
    }
}
