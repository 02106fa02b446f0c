//! systemd's notification protocol (`sd_notify(3)`): ready, status, watchdog, stopping.
//!
//! Outside systemd (no `NOTIFY_SOCKET`) every call does nothing.

use std::time::Duration;

use sd_notify::NotifyState;

use crate::vocabulary::printable;

/// The service is up: its configuration is sound, its store is open, the lanes run.
pub fn ready() {
    tell(&[NotifyState::Ready]);
}

/// One line for `systemctl status`.
pub fn status(line: &str) {
    tell(&[NotifyState::Status(&printable::line(line))]);
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
