//! Batches on their way into the record: while one is fetched, the one before is read, and the one before that recorded.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use super::batch::Batch;
use super::pass::Pass;
use crate::lane::Lane;
use crate::store::StoreError;

/// Most batches that are read or recorded at once: more would only fill memory, because one records.
const MOST: usize = 2;

/// The batches of one folder, in their order.
pub(super) struct Recording {
    /// The latest; it holds the one before, and so on.
    last: Option<JoinHandle<Result<Pass, StoreError>>>,
    room: Arc<Semaphore>,
}

impl Default for Recording {
    fn default() -> Self {
        Self { last: None, room: Arc::new(Semaphore::new(MOST)) }
    }
}

impl Recording {
    /// Begins with a batch: it is read now, and recorded when those before it are committed. None is recorded behind one that
    /// failed, for the position of a folder passes over nothing.
    pub(super) async fn begin(
        &mut self,
        lane: &Lane,
        batch: Batch,
        pass: &mut Pass,
    ) -> Result<(), StoreError> {
        let room = Arc::clone(&self.room).acquire_owned().await.expect("nobody closes it");
        if self.last.as_ref().is_some_and(JoinHandle::is_finished) {
            self.finish(pass).await?;
        }
        let (lane, before) = (lane.clone(), self.last.take());
        let reading = spawn_blocking({
            let config = Arc::clone(&lane.config);
            let now = lane.world.now();
            move || batch.read(&config, now)
        });
        self.last = Some(tokio::spawn(async move {
            let read = done(reading.await);
            let mut pass = match before {
                Some(before) => done(before.await)?,
                None => Pass::default(),
            };
            let recorded = done(spawn_blocking(move || read.record(&lane)).await)?;
            drop(room);
            pass.add(&recorded);
            Ok(pass)
        }));
        Ok(())
    }

    /// Waits for the last COMMIT.
    pub(super) async fn finish(&mut self, pass: &mut Pass) -> Result<(), StoreError> {
        if let Some(last) = self.last.take() {
            pass.add(&done(last.await)?);
        }
        Ok(())
    }
}

/// Records one batch and waits for its COMMIT.
pub(super) async fn record(lane: &Lane, batch: Batch, pass: &mut Pass) -> Result<(), StoreError> {
    let mut recording = Recording::default();
    recording.begin(lane, batch, pass).await?;
    recording.finish(pass).await
}

fn done<T>(ended: Result<T, JoinError>) -> T {
    ended.expect("recording does not panic: messages are read under catch_unwind")
}
