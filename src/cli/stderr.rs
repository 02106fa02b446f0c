//! Standard error: what a command complains of, the log, and what a fault of ours says.

use std::io::{Result, Write, stderr};

use rustix::fs::fstat;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

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

/// Priorities of `syslog(3)`.
const ERROR: u8 = 3;
const WARNING: u8 = 4;
const NOTICE: u8 = 5;
const INFO: u8 = 6;
const DEBUG: u8 = 7;

/// How much an event matters: its level, and that something goes well again matters more than that it goes well.
fn priority(metadata: &Metadata<'_>) -> u8 {
    match *metadata.level() {
        Level::ERROR => ERROR,
        Level::WARN => WARNING,
        Level::INFO if metadata.target() == maillog::RECOVERED => NOTICE,
        Level::INFO => INFO,
        _ => DEBUG,
    }
}

/// Whether standard error is the journal: systemd names it by device and inode, and a shell that it started hands that name on to
/// programs whose output goes elsewhere.
fn is_journal() -> bool {
    let stream = std::env::var_os("JOURNAL_STREAM").and_then(|stream| stream.into_string().ok());
    let found = fstat(stderr()).map(|found| format!("{}:{}", found.st_dev, found.st_ino));
    stream.is_some_and(|stream| found.is_ok_and(|found| found == stream))
}

/// Where events go; `journal`: each with its priority (`sd-daemon(3)`).
#[derive(Clone, Copy)]
struct Log {
    journal: bool,
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Event;

    fn make_writer(&'a self) -> Event {
        Event(self.journal.then_some(INFO))
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> Event {
        Event(self.journal.then(|| priority(metadata)))
    }
}

/// One event of the log.
struct Event(Option<u8>);

impl Write for Event {
    fn write(&mut self, event: &[u8]) -> Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = printable::line(text.trim_end_matches('\n'));
        let priority = self.0.map_or_else(String::new, |priority| format!("<{priority}>"));
        stderr().write_all(format!("{priority}{line}\n").as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
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
    let journal = is_journal();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(Log { journal })
        // Of the journal's lines the priority says it.
        .with_level(!journal)
        .with_target(false)
        // Colours are control characters, and none leaves.
        .with_ansi(false)
        // A log that cannot be written must not end the program: reporting that on the same stream would.
        .log_internal_errors(false);
    // journald writes the time itself.
    if journal {
        builder.without_time().init();
    } else {
        builder.init();
    }
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
