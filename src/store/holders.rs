//! Which programs hold locks on the store's files: whoever may read `-shm` can lock it, and then nobody writes; who reads in
//! one long transaction keeps the log from being moved.
//!
//! The kernel tells one holder of each byte to whoever may open the file (`fcntl(F_GETLK)`), without `/proc` and from any
//! account. Where several share a byte, `/proc/locks` names the others, if the system shows it.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::ops::RangeInclusive;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::{Flock, FlockOffsetType, FlockType, fcntl_getlk};
use serde::{Deserialize, Serialize};

use crate::world::user_name;

/// The byte of `-shm` that a writer locks (<https://sqlite.org/walformat.html>, section 2.3.1).
const WRITING: RangeInclusive<u64> = 120..=120;
/// Those of whoever moves the log, mends it or reads from it. Whoever has the store open holds the byte behind them.
const READING: RangeInclusive<u64> = 121..=127;
/// The bytes of the store itself that SQLite locks (<https://sqlite.org/fileformat.html>, section 1.3.1, `PENDING_BYTE`).
/// While the log is in use everybody shares them; who has them alone keeps all others out.
const ALONE: RangeInclusive<u64> = 0x4000_0000..=0x4000_01ff;

/// `store.sqlite3-wal` of `store.sqlite3`.
pub(super) fn beside(store: &Path, suffix: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A program that holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holder {
    /// Its process; 0 where the system does not say.
    pub process: u32,
    /// Whose it is, where the system shows it.
    pub user: Option<String>,
    /// What it is called, where the system shows it.
    pub program: Option<String>,
}

impl Holder {
    fn of(process: u32) -> Self {
        let folder = format!("/proc/{process}");
        let user = std::fs::metadata(&folder).ok().map(|found| user_name(found.uid()));
        let name = std::fs::read_to_string(format!("{folder}/comm")).ok();
        Self { process, user, program: name.map(|name| name.trim().escape_debug().to_string()) }
    }
}

/// For the log, which names nobody.
impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "process {}", self.process)?;
        // The unit hides other users' processes: the number is what the kernel tells all the same.
        let program = self.program.as_deref().unwrap_or("its name is hidden from this user");
        write!(f, " ({program})")
    }
}

/// Several of them, as the end of a sentence; empty where there is none.
pub fn held_by(holders: &[Holder]) -> String {
    let named: Vec<String> = holders.iter().map(Holder::to_string).collect();
    if named.is_empty() { String::new() } else { format!("; held by {}", named.join(", ")) }
}

/// The store's files, open to be asked about. Closing a file drops every POSIX lock that the process holds on it, SQLite's
/// among them (<https://sqlite.org/howtocorrupt.html>, section 2.2): so they stay open as long as the process lives.
#[derive(Debug)]
pub struct Locks {
    main: ManuallyDrop<File>,
    index: ManuallyDrop<File>,
}

impl Locks {
    /// Those of a store that is in use; `None` where it is not, or may not be read.
    pub fn of(store: &Path) -> Option<Self> {
        let open = |path: &Path| File::open(path).ok().map(ManuallyDrop::new);
        Some(Self { main: open(store)?, index: open(&beside(store, "-shm"))? })
    }

    /// Who keeps others from writing. A short look: who writes now is not yet in anybody's way.
    pub fn writers(&self) -> Vec<Holder> {
        let mut found = processes(&self.index, WRITING, FlockType::WriteLock);
        found.extend(processes(&self.main, ALONE, FlockType::ReadLock));
        holders(found)
    }

    /// Who keeps the log from being moved into the file.
    pub fn readers(&self) -> Vec<Holder> {
        readers(&self.index)
    }

    /// Both.
    pub fn all(&self) -> Vec<Holder> {
        let mut all = self.writers();
        all.extend(self.readers());
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Who reads from the log, or moves it, by the open `-shm` file.
pub(super) fn readers(index: &File) -> Vec<Holder> {
    holders(processes(index, READING, FlockType::WriteLock))
}

fn holders(mut processes: Vec<u32>) -> Vec<Holder> {
    processes.sort_unstable();
    processes.dedup();
    processes.into_iter().map(Holder::of).collect()
}

/// The other processes whose locks would keep us from locking so.
fn processes(file: &File, bytes: RangeInclusive<u64>, wanted: FlockType) -> Vec<u32> {
    let asked = |start, length| {
        let lock = Flock { start, length, pid: None, typ: wanted, offset_type: FlockOffsetType::Set };
        let found = fcntl_getlk(file, &lock).ok().flatten()?;
        // A lock of a file that is open in several processes has none.
        Some(found.pid.and_then(|pid| u32::try_from(pid.as_raw_nonzero().get()).ok()).unwrap_or(0))
    };
    let length = bytes.end() - bytes.start() + 1;
    let mut found: Vec<u32> = if length > 8 {
        asked(*bytes.start(), length).into_iter().collect()
    } else {
        bytes.clone().filter_map(|byte| asked(byte, 1)).collect()
    };
    if let (Ok(metadata), Ok(locks)) = (file.metadata(), std::fs::read_to_string("/proc/locks")) {
        let listed = locks.lines().filter_map(|line| Listed::of(line, metadata.ino()));
        let in_the_way = listed.filter(|lock| {
            lock.kind == "POSIX"
                && (wanted == FlockType::WriteLock || lock.is_exclusive)
                && lock.first <= *bytes.end()
                && lock.last >= *bytes.start()
        });
        found.extend(in_the_way.map(|lock| lock.process));
    }
    found.retain(|process| *process != std::process::id());
    found
}

/// A line of `/proc/locks`: `1: POSIX  ADVISORY  READ 708 103:02:1443 120 120`.
#[derive(Debug, PartialEq, Eq)]
struct Listed<'a> {
    kind: &'a str,
    is_exclusive: bool,
    process: u32,
    first: u64,
    last: u64,
}

impl<'a> Listed<'a> {
    /// `None` where it is about another file, or about one that waits.
    fn of(line: &'a str, inode: u64) -> Option<Self> {
        let mut words = line.split_whitespace().skip(1);
        let (kind, _, mode, process) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let (file, first, last) = (words.next()?, words.next()?, words.next()?);
        if kind == "->" || file.rsplit(':').next()?.parse::<u64>().ok()? != inode {
            return None;
        }
        Some(Self {
            kind,
            is_exclusive: mode == "WRITE",
            process: process.parse().ok()?,
            first: first.parse().ok()?,
            last: last.parse().unwrap_or(u64::MAX),
        })
    }
}

/// The process that holds a file whole (`flock(2)`), where the system shows it: nobody needs to be able to open the file.
pub fn holder_of_whole(path: &Path) -> Option<u32> {
    let inode = std::fs::metadata(path).ok()?.ino();
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    locks
        .lines()
        .filter_map(|line| Listed::of(line, inode))
        .find(|lock| lock.kind == "FLOCK")
        .map(|lock| lock.process)
}

#[cfg(test)]
mod tests {
    use super::Listed;

    #[test]
    fn a_line_about_the_file_names_its_process() {
        for (line, found) in [
            ("1: POSIX  ADVISORY  READ 708 103:02:1443 120 120", Some(("POSIX", false, 708, 120, 120))),
            ("2: POSIX  ADVISORY  WRITE 709 fd:00:1443 0 EOF", Some(("POSIX", true, 709, 0, u64::MAX))),
            ("4: POSIX  ADVISORY  READ 708 103:02:1444 120 120", None),
            ("5: FLOCK  ADVISORY  WRITE 710 103:02:1443 0 EOF", Some(("FLOCK", true, 710, 0, u64::MAX))),
            ("6: -> POSIX  ADVISORY  READ 711 103:02:1443 120 120", None),
            ("", None),
        ] {
            let listed = Listed::of(line, 1443);
            let told = listed.map(|lock| (lock.kind, lock.is_exclusive, lock.process, lock.first, lock.last));
            assert_eq!(told, found, "{line}");
        }
    }
}
