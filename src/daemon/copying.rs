//! The reading copy is made anew as long as the daemon runs: by a thread and a connection of its own, so that no lane waits for it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::config::{ReadingCopy, Settings};
use crate::lane::Lane;
use crate::maillog;
use crate::store::{CopyError, Fact, Store, StoreError};
use crate::world::World;

/// How often is looked whether something happened.
const LOOK: Duration = Duration::from_secs(2);
/// After what the mail brought, it is made this often.
const USUAL: Duration = Duration::from_mins(5);
/// Where nothing happened: what counts days goes on, and readers see that it is kept.
const IDLE: Duration = Duration::from_hours(1);
/// After it could not be made.
const AGAIN: Duration = Duration::from_mins(1);
/// A copy that took a second is not made again for ten: it has a tenth of the time at most.
const SHARE: u32 = 10;

/// When it was made last, and what of.
#[derive(Debug, Default)]
struct Made {
    /// When that began, and when another one may.
    times: Option<(Instant, Instant)>,
    /// The last event that it knows of.
    event: i64,
    /// Whether that failed.
    failed: bool,
}

impl Made {
    /// Whether to make it: `event` is the newest, `decided` whether one since is a person's, `erased` whether he erased something:
    /// then it is made whatever the time.
    fn is_due(&self, now: Instant, event: i64, (decided, erased): (bool, bool)) -> bool {
        let Some((began, may)) = self.times.filter(|_| !erased) else { return true };
        let passed = now.saturating_duration_since(began);
        now >= may && (self.failed || decided || passed >= IDLE || event != self.event && passed >= USUAL)
    }

    fn note(&mut self, began: Instant, ended: Instant, event: i64, failed: bool) {
        let took = ended.saturating_duration_since(began);
        let pause = if failed { AGAIN } else { Duration::ZERO };
        let may = began + took.saturating_mul(SHARE).max(pause);
        *self = Self { times: Some((began, may)), event, failed };
    }
}

/// What is copied, and where to.
struct Copier {
    store: PathBuf,
    to: ReadingCopy,
    world: World,
    /// Opened when it is needed.
    open: Option<Store>,
    made: Made,
}

impl Copier {
    fn store(&mut self) -> Result<&Store, StoreError> {
        let store = match self.open.take() {
            Some(store) => store,
            None => {
                let mut store = Store::open_beside(&self.store)?;
                let world = self.world.clone();
                store.read_until(move || world.stopping())?;
                store
            }
        };
        Ok(self.open.insert(store))
    }

    /// Makes it if it is due; `None`: it is not.
    fn look(&mut self) -> Option<Result<(), CopyError>> {
        let after = self.made.event;
        let head = match self.store().and_then(|store| store.head(after)) {
            Ok(head) => head,
            Err(error) => {
                self.open = None;
                return Some(Err(error.into()));
            }
        };
        let (event, decided) =
            head.map_or((0, (false, false)), |head| (head.event, (head.by_people > 0, head.erased)));
        let began = Instant::now();
        if !self.made.is_due(began, event, decided) {
            return None;
        }
        let (path, masked) = (self.to.path.clone(), self.to.masked);
        let copied =
            self.store().map_err(CopyError::from).and_then(|store| store.copy_for_reading(&path, masked));
        self.made.note(began, Instant::now(), event, copied.is_err());
        Some(copied)
    }
}

/// Keeps the copy up to date until asked to stop; returns at once where none is wanted.
pub(super) async fn keep_copying(lane: Lane, settings: &Settings) {
    let Some(mut copier) = copier(&lane, settings) else { return };
    let mut told = None;
    while !lane.world.stopping() {
        // Its own thread: a copy of a large record takes seconds, and the lanes' workers are two.
        let looked = tokio::task::spawn_blocking(move || {
            let looked = copier.look();
            (copier, looked)
        });
        let Ok((back, looked)) = looked.await else { return };
        copier = back;
        if let Some(copied) = looked {
            tell(&lane, copied, &mut told);
        }
        lane.world.rest(LOOK).await;
    }
}

/// Makes it once.
pub(super) async fn copy_once(lane: &Lane, settings: &Settings) {
    let Some(mut copier) = copier(lane, settings) else { return };
    if let Ok(Some(copied)) = tokio::task::spawn_blocking(move || copier.look()).await {
        tell(lane, copied, &mut None);
    }
}

fn copier(lane: &Lane, settings: &Settings) -> Option<Copier> {
    Some(Copier {
        store: settings.store_path.clone(),
        to: settings.reading_copy.clone()?,
        world: lane.world.clone(),
        open: None,
        made: Made::default(),
    })
}

/// Says what is wrong when that changes, to the log and for `status`.
fn tell(lane: &Lane, copied: Result<(), CopyError>, told: &mut Option<String>) {
    let problem = match copied {
        Err(error) if error.is_stopped() => return,
        Err(error) => error.to_string(),
        Ok(()) => String::new(),
    };
    if told.as_ref() == Some(&problem) {
        return;
    }
    if !problem.is_empty() {
        maillog::reading_copy_failed(&problem);
    } else if told.is_some() {
        maillog::reading_copy_again();
    }
    // A store that cannot be written is the lanes' to tell.
    let written = lane.store.with(|store| store.remember(Fact::ReadingCopyProblem, &problem));
    *told = written.is_ok().then_some(problem);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_at_once_for_people_and_has_a_tenth_of_the_time() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut made = Made::default();
        assert!(made.is_due(at(0), 0, (false, false)), "once at the start");
        made.note(at(0), at(3), 7, false);
        assert!(made.is_due(at(4), 8, (true, true)), "what was erased leaves it at once");
        for (seconds, event, decided, due) in [
            (29, 8, true, false),
            (30, 8, true, true),
            (299, 8, false, false),
            (300, 8, false, true),
            (3_599, 7, false, false),
            (3_600, 7, false, true),
        ] {
            assert_eq!(made.is_due(at(seconds), event, (decided, false)), due, "{seconds} s");
        }
        made.note(at(0), at(60), 7, false);
        assert!(!made.is_due(at(599), 8, (true, false)));
        made.note(at(0), at(0), 7, true);
        assert!(!made.is_due(at(59), 7, (false, false)));
        assert!(made.is_due(at(60), 7, (false, false)), "it could not be made: again, whatever happened");
    }
}
