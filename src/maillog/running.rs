//! What works, by what, and how it ends.

use jiff::Timestamp;
use tracing::{debug, info, warn};

use crate::store::{Brought, Migrated, VERSION};

/// What works from now on, and by what: nobody's login name among it.
#[derive(Debug)]
pub struct Started<'a> {
    /// The mail server or folder.
    pub mailbox: &'a str,
    /// Its folders.
    pub folders: &'a str,
    /// `idle`, or `polling`.
    pub news: &'a str,
    /// Through what answers leave; `none`.
    pub answers: &'a str,
    /// From when on letters are answered.
    pub not_before: &'a str,
    /// The store.
    pub store: &'a str,
    /// Its version.
    pub schema: u32,
    /// How many consultations are configured.
    pub consultations: usize,
}

/// The service works.
pub fn started(by: &Started<'_>) {
    let Started { mailbox, folders, news, answers, not_before, store, schema, consultations } = by;
    let version = env!("CARGO_PKG_VERSION");
    info!(name: "started", version, mailbox, folders, news, answers, not_before, store, schema, consultations, "started");
}

/// What opening the store did to its schema: an older one was brought up to date, and parts that hold nothing were missing and
/// were made again.
pub fn brought(Brought { migrated, mended }: &Brought) {
    if let Some(Migrated { from, copy }) = migrated {
        info!(name: "migrated", from, schema = VERSION, copy = %copy.display(), "an older program left the store: it was brought up to date, and a copy of it as it was stays beside it");
    }
    if !mended.is_empty() {
        let names = mended.join(", ");
        warn!(name: "schema_mended", %names, "somebody took parts of the store's schema away; they were made again: run `verify`");
    }
}

/// Which consultation is served, and until when.
pub fn consultation(consultation: &str, closes: Timestamp) {
    info!(name: "consultation", consultation, %closes, "consultation");
}

/// Somebody asked it to stop.
pub fn asked_to_stop() {
    info!(name: "asked_to_stop", "asked to stop: finishing what is in hand");
}

/// Somebody asked it to go on at once.
pub fn asked_to_go_on() {
    info!(name: "asked_to_go_on", "asked to go on: no server is left waiting");
}

/// It was stopped in the middle.
pub fn stopped_early() {
    warn!(name: "stopped_early", "stopped before everything in hand was finished; what was not recorded is fetched again");
}

/// systemd may take a long wait for a hang.
pub fn watchdog_short(watchdog_seconds: u64, needed_seconds: u64) {
    warn!(name: "watchdog_short",
        watchdog_seconds,
        needed_seconds,
        "WatchdogSec is shorter than limits.pass_timeout plus the longest wait (an hour after refused logins, or as long as a server asks): systemd may kill a healthy daemon"
    );
}

/// The store cannot be written.
pub fn store_unwritable(problem: &str, since: &str) {
    warn!(name: "store_unwritable", problem, since, "the store cannot be written");
}

/// That could not be put into the status file either.
pub fn status_file_not_written(problem: &str) {
    debug!(name: "status_file_not_written", problem, "the status file was not written");
}

/// When the mailbox is asked next is not written down.
pub fn next_pass_not_noted(problem: &str) {
    debug!(name: "next_pass_not_noted", problem, "the time of the next pass was not written down");
}

/// What came of a reload is not written down.
pub fn not_remembered(problem: &str) {
    debug!(name: "not_remembered", problem, "what came of the configuration was not written down");
}

/// The reading copy could not be made.
pub fn reading_copy_failed(problem: &str) {
    warn!(name: "reading_copy_failed", problem, "the reading copy could not be made, the one before stays; nothing else waits for it");
}

/// It can.
pub fn reading_copy_again() {
    info!(name: "reading_copy_again", "the reading copy is made again");
}

/// A token endpoint gave a new refresh token, and it stands nowhere but in this process.
pub fn token_not_written(server: &str, problem: &str) {
    warn!(name: "token_not_written", server, problem,
        "a new refresh token could not be written; it counts until the service stops, and the one in the file may be void by then");
}
