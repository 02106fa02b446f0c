//! What keeps the daemon from writing its store, told where the store is not needed: in a file beside it while it lasts, to
//! systemd and in the log. A store that cannot be written cannot say so itself.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rustix::fs::OFlags;
use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};

use crate::maillog;
use crate::notify;
use crate::store::{Holder, Locks, StoreError, held_by, holder_of_whole};
use crate::vocabulary::{StoreFault, rfc3339_utc};
use crate::watch::Passes;
use crate::world::World;

/// How often is looked whether another program holds the store.
const LOOK: Duration = Duration::from_secs(1);
/// Who was met at so many looks in a row does not write: he holds the store. A batch of letters takes less.
const LOOKS: u32 = 10;
/// Most bytes of the file; ours has a few hundred.
const MOST_BYTES: u64 = 1 << 16;

/// What keeps the store from being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The daemon that says so.
    pub process: u32,
    /// Since when.
    pub since: Timestamp,
    /// The word of [`StoreFault`].
    pub fault: String,
    /// The same in the words of the log.
    pub problem: String,
    /// Who holds the store, where somebody does.
    pub holders: Vec<Holder>,
}

/// What the daemon of a store says of it, if one runs and has something to say.
pub fn trouble(store: &Path) -> Option<Trouble> {
    let mut text = String::new();
    open(&beside(store, ".status")).ok()?.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    let told: Trouble = serde_json::from_str(&text).ok()?;
    // Left over by one that was killed, or not.
    let process = Pid::from_raw(i32::try_from(told.process).ok()?)?;
    let lives = test_kill_process(process) != Err(rustix::io::Errno::SRCH);
    (lives && running(store).is_none_or(|running| running == told.process)).then_some(told)
}

/// The daemon that runs on a store, where the system shows it.
pub fn running(store: &Path) -> Option<u32> {
    holder_of_whole(&beside(store, ".lock"))
}

/// A file beside the store, however the store is called.
fn beside(store: &Path, suffix: &str) -> PathBuf {
    let mut name = fs::canonicalize(store).unwrap_or_else(|_| store.to_path_buf()).into_os_string();
    name.push(suffix);
    PathBuf::from(name)
}

/// No link is followed, and nobody waited for.
fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Says what keeps the store from being written, and when that is over. Shared by all parts of the daemon.
#[derive(Debug, Clone)]
pub(super) struct Teller {
    store: Arc<Path>,
    locks: Arc<Option<Locks>>,
    told: Arc<Mutex<Option<Trouble>>>,
    /// What the lanes have done.
    pub(super) passes: Arc<Passes>,
}

impl Teller {
    /// For a daemon that has the store open and its lock: what another one left is no longer true.
    pub(super) fn of(store: &Path) -> Self {
        let teller = Self {
            store: store.into(),
            locks: Arc::new(Locks::of(store)),
            told: Arc::default(),
            passes: Arc::default(),
        };
        teller.remove();
        teller
    }

    /// The store could not be written. What is wrong, what helps, and who holds it.
    pub(super) fn failed(&self, error: &StoreError, now: Timestamp) -> String {
        let looked = self.locks.as_ref().as_ref().filter(|_| error.is_held());
        let holders = looked.map_or_else(Vec::new, Locks::all);
        let problem = format!("{error}{}{}", error.remedy(), held_by(&holders));
        self.tell(error.fault(), &problem, holders, now);
        problem
    }

    /// It was written.
    pub(super) fn succeeded(&self) {
        if self.told().take().is_some() {
            self.remove();
            maillog::written_again();
            notify::status("the store can be written again");
        }
    }

    /// Whether something is told now.
    pub(super) fn is_telling(&self) -> bool {
        self.told().is_some()
    }

    /// Looks who holds the store until asked to stop, and takes back what was told of the one who has let go.
    pub(super) async fn keep_looking(self, world: World) {
        let Some(locks) = self.locks.as_ref() else { return };
        let (mut met, mut since, mut times) = (Vec::new(), world.now(), 0);
        while !world.stopping() {
            let now = locks.writers();
            met.retain(|holder| now.contains(holder));
            if met.is_empty() {
                (met, since, times) = (now, world.now(), 0);
            }
            times += 1;
            let is_held = |told: &Trouble| told.fault == StoreFault::Held.as_str();
            if met.is_empty() {
                if self.told().as_ref().is_some_and(is_held) {
                    self.succeeded();
                }
            } else if times >= LOOKS || self.told().as_ref().is_some_and(is_held) {
                let problem = format!("another program holds the store{}", held_by(&met));
                self.tell(StoreFault::Held, &problem, met.clone(), since);
            }
            world.rest(LOOK).await;
        }
    }

    /// Nobody is kept from writing any more: the daemon ends.
    pub(super) fn end(&self) {
        self.remove();
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Option<Trouble>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, fault: StoreFault, problem: &str, holders: Vec<Holder>, since: Timestamp) {
        let mut told = self.told();
        let before = told.as_ref();
        let news = Trouble {
            process: std::process::id(),
            since: before.map_or(since, |before| before.since.min(since)),
            fault: fault.as_str().to_owned(),
            problem: problem.to_owned(),
            holders: match before {
                Some(before) if holders.is_empty() && fault == StoreFault::Held => before.holders.clone(),
                _ => holders,
            },
        };
        let is_known =
            before.is_some_and(|before| before.fault == news.fault && before.holders == news.holders);
        if is_known && before.is_some_and(|before| before.since == news.since) {
            return;
        }
        let since = rfc3339_utc(news.since);
        notify::status(&format!("the store cannot be written since {since}: {problem}"));
        if !is_known {
            maillog::store_unwritable(problem, &since);
        }
        if let Err(error) = self.write(&news) {
            // A full disk has no room for it either; the log and systemd have heard of it.
            maillog::status_file_not_written(&error.to_string());
        }
        *told = Some(news);
    }

    /// Beside and renamed: whoever reads finds the old or the new one. Who may read the store may read it.
    fn write(&self, trouble: &Trouble) -> io::Result<()> {
        let (path, unfinished) = (beside(&self.store, ".status"), beside(&self.store, ".status.new"));
        let store = fs::metadata(&self.store)?;
        fs::remove_file(&unfinished).ok();
        let written = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&unfinished).and_then(
            |mut file| {
                // The group may be one that staff were given to read by; the service is in it then.
                fchown(&file, None, Some(store.gid())).ok();
                file.set_permissions(Permissions::from_mode(store.mode() & 0o644))?;
                file.write_all(format!("{}\n", serde_json::to_string(trouble)?).as_bytes())?;
                fs::rename(&unfinished, &path)
            },
        );
        if written.is_err() {
            fs::remove_file(&unfinished).ok();
        }
        written
    }

    fn remove(&self) {
        fs::remove_file(beside(&self.store, ".status")).ok();
    }
}
