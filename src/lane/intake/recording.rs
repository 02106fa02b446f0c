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

/// What was recorded up to a batch, and whether all of it could be.
type Chain = (Pass, Result<(), StoreError>);

/// The batches of one folder, in their order.
pub(super) struct Recording {
    /// The latest; it holds the one before, and so on.
    last: Option<JoinHandle<Chain>>,
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
        let (config, now, lane) = (Arc::clone(&lane.config), lane.world.now(), lane.clone());
        self.push(move || batch.read(&config, now), move |read| read.record(&lane), pass).await
    }

    async fn push<T: Send + 'static>(
        &mut self,
        read: impl FnOnce() -> T + Send + 'static,
        record: impl FnOnce(T) -> Result<Pass, StoreError> + Send + 'static,
        pass: &mut Pass,
    ) -> Result<(), StoreError> {
        let room = Arc::clone(&self.room).acquire_owned().await.expect("nobody closes it");
        if self.last.as_ref().is_some_and(JoinHandle::is_finished) {
            self.finish(pass).await?;
        }
        let before = self.last.take();
        let reading = spawn_blocking(read);
        self.last = Some(tokio::spawn(async move {
            let read = done(reading.await);
            let (mut pass, before) = match before {
                Some(before) => done(before.await),
                None => (Pass::default(), Ok(())),
            };
            let so_far = match before {
                Ok(()) => {
                    done(spawn_blocking(move || record(read)).await).map(|recorded| pass.add(&recorded))
                }
                failed => failed,
            };
            drop(room);
            (pass, so_far)
        }));
        Ok(())
    }

    /// Waits for the last COMMIT.
    pub(super) async fn finish(&mut self, pass: &mut Pass) -> Result<(), StoreError> {
        let Some(last) = self.last.take() else { return Ok(()) };
        let (recorded, so_far) = done(last.await);
        pass.add(&recorded);
        so_far
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::vocabulary::Disposition;

    /// What was recorded of four batches, in order, where the one that is named fails.
    async fn recorded(fails: Option<usize>) -> (Vec<usize>, u64, bool) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let (mut recording, mut pass) = (Recording::default(), Pass::default());
        let mut all = true;
        for number in 0..4 {
            let told = Arc::clone(&told);
            let record = move |number: usize| {
                if fails == Some(number) {
                    return Err(StoreError::Foreign {
                        path: "store.sqlite3".into(),
                        found: "a test".to_owned(),
                    });
                }
                told.lock().unwrap().push(number);
                let mut pass = Pass::default();
                pass.count(Disposition::Filed, 1);
                Ok(pass)
            };
            all = all && recording.push(move || number, record, &mut pass).await.is_ok();
        }
        all = recording.finish(&mut pass).await.is_ok() && all;
        let told = told.lock().unwrap().clone();
        (told, pass.recorded.iter().map(|(_, count)| count).sum(), all)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn batches_are_recorded_in_order_and_none_behind_one_that_failed() {
        assert_eq!(recorded(None).await, (vec![0, 1, 2, 3], 4, true));
        assert_eq!(recorded(Some(0)).await, (vec![], 0, false));
        assert_eq!(recorded(Some(2)).await, (vec![0, 1], 2, false));
        assert_eq!(recorded(Some(3)).await, (vec![0, 1, 2], 3, false));
    }
}
