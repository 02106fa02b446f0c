//! Which programs hold the store's `-shm` file: whoever may read it can lock it, and then nobody writes.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::wal::beside;

/// The bytes of the file that SQLite locks to write, to move the log and to read from it
/// (<https://sqlite.org/walformat.html>, section 2.3.1). Whoever has the store open holds the byte behind them.
const LOCKED: std::ops::RangeInclusive<u64> = 120..=127;

/// The programs, as the end of a sentence; empty where the system names none.
pub fn holders(store: &Path) -> String {
    let Ok(found) = std::fs::metadata(beside(store, "-shm")) else { return String::new() };
    let locks = std::fs::read_to_string("/proc/locks").unwrap_or_default();
    let mut processes: Vec<u32> = locks.lines().filter_map(|line| process(line, found.ino())).collect();
    processes.retain(|process| *process != std::process::id());
    processes.sort_unstable();
    processes.dedup();
    let named: Vec<String> = processes.into_iter().map(named).collect();
    if named.is_empty() { String::new() } else { format!("; its -shm file is held by {}", named.join(", ")) }
}

/// The process of a line of `/proc/locks` about this inode: `1: POSIX  ADVISORY  READ 708 103:02:1443 120 120`.
fn process(line: &str, inode: u64) -> Option<u32> {
    let mut words = line.split_whitespace().skip(1);
    let (kind, _, _, process) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let (file, first, last) = (words.next()?, words.next()?.parse::<u64>().ok()?, words.next()?);
    let last = last.parse::<u64>().unwrap_or(u64::MAX);
    let is_it = kind == "POSIX" && file.rsplit(':').next()?.parse::<u64>().ok()? == inode;
    (is_it && first <= *LOCKED.end() && last >= *LOCKED.start()).then(|| process.parse().ok())?
}

fn named(process: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    format!("process {process} ({})", name.trim().escape_debug())
}

#[cfg(test)]
mod tests {
    use super::process;

    #[test]
    fn a_line_about_the_file_names_its_process() {
        for (line, found) in [
            ("1: POSIX  ADVISORY  READ 708 103:02:1443 120 120", Some(708)),
            ("2: POSIX  ADVISORY  WRITE 709 fd:00:1443 0 EOF", Some(709)),
            ("3: POSIX  ADVISORY  READ 708 103:02:1443 128 128", None),
            ("4: POSIX  ADVISORY  READ 708 103:02:1444 120 120", None),
            ("5: FLOCK  ADVISORY  WRITE 710 103:02:1443 0 EOF", None),
            ("6: -> POSIX  ADVISORY  READ 711 103:02:1443 120 120", None),
            ("", None),
        ] {
            assert_eq!(process(line, 1443), found, "{line}");
        }
    }
}
