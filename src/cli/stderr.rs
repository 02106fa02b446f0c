//! Standard error: what a command complains of, the log, and what a fault of ours says.

use std::io::{Write, stderr};

use rustix::fs::{FileType, fstat};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::log::{ERROR, Log};
use crate::maillog;
use crate::vocabulary::printable;

/// Says why a command failed, on as many lines as the message has. Nobody may be there to read it.
pub(super) fn complain(message: &str) {
    let text = printable::text(message);
    let said = if is_journal() {
        // The journal takes each line for an entry of its own.
        text.lines().map(|line| format!("<{ERROR}>{line}\n")).collect::<Vec<_>>().concat()
    } else {
        text.into_owned()
    };
    let _ = stderr().write_all(said.as_bytes());
}

/// Whether standard error is the journal: systemd names it by device and inode, and a shell that it started hands that name on to
/// programs whose output goes elsewhere.
pub(super) fn is_journal() -> bool {
    let stream = std::env::var_os("JOURNAL_STREAM").and_then(|stream| stream.into_string().ok());
    let found = fstat(stderr()).map(|found| format!("{}:{}", found.st_dev, found.st_ino));
    stream.is_some_and(|stream| found.is_ok_and(|found| found == stream))
}

/// The log goes to standard error, where journald takes it. async-imap logs what servers send, message bodies
/// included, and lettre what it sends: neither is heard.
pub(super) fn log(verbose: u8, entries: bool) {
    let ours = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    // Where a command says itself what became of each entry, its log does not, unless more is asked for.
    let entry = if entries || verbose > 0 { ours } else { "off" };
    let filter = EnvFilter::new(format!(
        "warn,zwfw_intake={ours},{}={entry},async_imap=off,imap_proto=off,lettre=off",
        maillog::ENTRY
    ));
    let log = Log::new(
        is_journal(),
        FileType::from_raw_mode(fstat(stderr()).map_or(0, |found| found.st_mode)).is_socket(),
    );
    tracing_subscriber::registry().with(filter).with(log).init();
}

/// A panic is reported by its place and the beginning of its message: the rest may quote a letter.
pub(super) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or_default();
        let ours = message.split(['`', '"']).next().unwrap_or_default();
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let backtrace = std::backtrace::Backtrace::capture();
        let mut said = format!("zwfw-intake: panicked at {place}: {ours}\n");
        if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
            said = format!("{said}{backtrace}\n");
        }
        complain(&said);
    }));
}
