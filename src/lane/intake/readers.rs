//! The threads that read letters: the same few for as long as the process lives.
//!
//! Each expression keeps working memory for up to nine threads and fills it for each of them anew. With new threads for each
//! batch all nine were kept, and hardly a search found one that was ready.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;

/// Most messages read at once. Each reader has working memory of its own, and two keep the disk busy.
const READERS: usize = 2;

type Work = Box<dyn FnOnce() + Send>;

/// One queue for each, so that the first does all of it where one is enough, and only its working memory is filled.
static WORK: LazyLock<Vec<Sender<Work>>> = LazyLock::new(|| {
    let readers = processors().min(READERS);
    let start = |_| {
        let (sender, receiver) = channel();
        let reader = thread::Builder::new().name("reader".to_owned());
        reader.spawn(move || serve(&receiver)).expect("the system has a thread for a process that begins");
        sender
    };
    (0..readers).map(start).collect()
});

/// What else is done while messages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lane) enum Beside {
    /// Nothing: whoever asked waits.
    Nothing,
    /// The batch before is recorded, which takes a processor.
    Recording,
}

impl Beside {
    /// How many read.
    fn readers(self) -> usize {
        match self {
            Self::Nothing => READERS,
            Self::Recording => processors().saturating_sub(1).clamp(1, READERS),
        }
    }
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn serve(work: &Receiver<Work>) {
    while let Ok(next) = work.recv() {
        // Whoever waits for the result learns of a panic by its absence.
        drop(catch_unwind(AssertUnwindSafe(next)));
    }
}

/// Does the same to every item, side by side; the results are in the order of the items.
///
/// # Panics
/// When `work` does.
pub(super) fn map<T: Send + 'static, R: Send + 'static>(
    items: Vec<T>,
    beside: Beside,
    work: impl Fn(T) -> R + Send + Sync + 'static,
) -> Vec<R> {
    let count = items.len();
    let items = Arc::new(Mutex::new(items.into_iter().enumerate()));
    let work = Arc::new(work);
    let (sender, results) = channel();
    for reader in WORK.iter().take(beside.readers()) {
        let (items, work, sender) = (Arc::clone(&items), Arc::clone(&work), sender.clone());
        let next = move || items.lock().unwrap_or_else(PoisonError::into_inner).next();
        let all: Work = Box::new(move || {
            while let Some((place, item)) = next() {
                drop(sender.send((place, work(item))));
            }
        });
        reader.send(all).expect("the readers live as long as the process");
    }
    drop(sender);
    let mut done: Vec<(usize, R)> = results.into_iter().collect();
    assert_eq!(done.len(), count, "the work does not panic");
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn results_are_in_order_and_the_same_threads_do_the_work() {
        let mut threads = HashSet::new();
        for round in 0..20 {
            let done =
                map((0..50).collect(), Beside::Nothing, move |n: i32| (n * round, thread::current().id()));
            assert!(done.iter().map(|(n, _)| *n).eq((0..50).map(|n| n * round)));
            threads.extend(done.into_iter().map(|(_, id)| id));
        }
        assert!(threads.len() <= READERS, "{threads:?}");
        // Where a batch is recorded beside, the processor that does it is not counted.
        let beside = map((0..50).collect(), Beside::Recording, |_: i32| thread::current().id());
        let beside: HashSet<_> = beside.into_iter().collect();
        assert!(beside.len() <= processors().saturating_sub(1).max(1), "{beside:?}");
    }

    #[test]
    fn a_reader_survives_what_panics() {
        let panics = || map(vec![1], Beside::Nothing, |_| -> i32 { unreachable!("on purpose") });
        for _ in 0..2 * READERS {
            assert!(catch_unwind(panics).is_err());
        }
        assert_eq!(map(vec![1, 2], Beside::Nothing, |n| n + 1), [2, 3]);
    }
}
