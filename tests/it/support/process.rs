//! What the kernel says of a process.

use std::fs;

/// A line of `/proc/PID/status` in KiB: `VmRSS` is the memory in use, `VmHWM` the most there ever was.
pub(crate) fn memory(pid: i32, line: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let value = status.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(':'));
    let value = value.unwrap_or_else(|| panic!("{line} is not in {status}"));
    value.trim().trim_end_matches(" kB").parse().unwrap()
}

/// How many files and sockets it has open.
pub(crate) fn descriptors(pid: i32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
}
