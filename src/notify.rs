//! systemd's notification protocol (`sd_notify(3)`): ready, status, watchdog, stopping.
//!
//! Outside systemd (no `NOTIFY_SOCKET`) every call does nothing.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sd_notify::NotifyState;

use crate::vocabulary::printable;

/// The service is up: its configuration is sound, its store is open, the lanes run.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// What every line for `systemctl status` ends with, for as long as it is so.
static NOTE: Mutex<Option<String>> = Mutex::new(None);

/// One line for `systemctl status`.
pub fn status(line: &str) {
    let note = NOTE.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let line = note.map_or_else(|| line.to_owned(), |note| format!("{line}; {note}"));
    tell(&[NotifyState::Status(&printable::line(&line))]);
}

/// Sets what the lines end with, and says it at once.
pub fn note(note: Option<&str>) {
    *NOTE.lock().unwrap_or_else(PoisonError::into_inner) = note.map(ToOwned::to_owned);
    if let Some(note) = note {
        tell(&[NotifyState::Status(&printable::line(note))]);
    }
}

/// Feeds the watchdog. Called when a pass has ended and by nothing else: a timer would go on feeding it
/// while the lane hangs (offlineimap#476).
pub fn pass_ended() {
    tell(&[NotifyState::Watchdog]);
}

/// The service is stopping.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// How long systemd waits for [`pass_ended`], when it watches at all.
pub fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

fn tell(state: &[NotifyState<'_>]) {
    // The manager may be gone or the socket full; the mail matters more than its status line.
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "systemd could not be notified");
    }
}
