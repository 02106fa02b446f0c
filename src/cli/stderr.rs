//! Standard error: what a command complains of, the log, and what a fault of ours says.

use std::io::{Result, Write, stderr};

use tracing_subscriber::EnvFilter;

use crate::maillog;
use crate::vocabulary::printable;

/// Says why a command failed, on as many lines as the message has. Nobody may be there to read it.
pub(super) fn complain(message: &str) {
    let _ = stderr().write_all(printable::text(message).as_bytes());
}

/// One event of the log.
struct Event;

impl Write for Event {
    fn write(&mut self, event: &[u8]) -> Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = printable::line(text.trim_end_matches('\n'));
        stderr().write_all(format!("{line}\n").as_bytes())?;
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
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| Event)
        .with_target(false)
        // Colours are control characters, and none leaves.
        .with_ansi(false)
        // A log that cannot be written must not end the program: reporting that on the same stream would.
        .log_internal_errors(false);
    // journald writes the time itself.
    if std::env::var_os("JOURNAL_STREAM").is_some() {
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
