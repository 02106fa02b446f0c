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

static WORK: LazyLock<Sender<Work>> = LazyLock::new(|| {
    let (sender, receiver) = channel();
    let receiver = Arc::new(Mutex::new(receiver));
    let readers = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(READERS);
    for _ in 0..readers {
        let receiver = Arc::clone(&receiver);
        let reader = thread::Builder::new().name("reader".to_owned());
        reader.spawn(move || serve(&receiver)).expect("the system has a thread for a process that begins");
    }
    sender
});

fn serve(work: &Mutex<Receiver<Work>>) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(next) = next else { return };
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
    work: impl Fn(T) -> R + Send + Sync + 'static,
) -> Vec<R> {
    let work = Arc::new(work);
    let results: Vec<Receiver<R>> = items
        .into_iter()
        .map(|item| {
            let (sender, result) = channel();
            let work = Arc::clone(&work);
            let one: Work = Box::new(move || drop(sender.send(work(item))));
            WORK.send(one).expect("the readers live as long as the process");
            result
        })
        .collect();
    results.into_iter().map(|result| result.recv().expect("the work does not panic")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn results_are_in_order_and_the_same_threads_do_the_work() {
        let mut threads = HashSet::new();
        for round in 0..20 {
            let done = map((0..50).collect(), move |n: i32| (n * round, thread::current().id()));
            assert!(done.iter().map(|(n, _)| *n).eq((0..50).map(|n| n * round)));
            threads.extend(done.into_iter().map(|(_, id)| id));
        }
        assert!(threads.len() <= READERS, "{threads:?}");
    }

    #[test]
    fn a_reader_survives_what_panics() {
        let panics = || map(vec![1], |_| -> i32 { unreachable!("on purpose") });
        for _ in 0..2 * READERS {
            assert!(catch_unwind(panics).is_err());
        }
        assert_eq!(map(vec![1, 2], |n| n + 1), [2, 3]);
    }
}
