//! Settings that changed while the daemon runs, and what goes well again.

use tracing::{error, info, warn};

/// What the lines about what goes well again are called: they matter more than others of their level.
pub const RECOVERED: &str = "zwfw_intake::recovered";

/// The configuration was read again and holds from now on.
pub fn reloaded(changes: usize) {
    info!(name: "reloaded", changes, "configuration read again; it holds from the next pass");
}

/// One key has another value now. Secrets are named and not shown.
pub fn changed(key: &str, before: &str, after: &str) {
    info!(name: "changed", key, before, after, "setting changed");
}

/// The configuration cannot be used; the one before stays.
pub fn not_reloaded(problem: &str) {
    error!(name: "not_reloaded", problem, "configuration not read again: what held before goes on holding");
}

/// What a reload does not change.
pub fn needs_restart(key: &str, stays: &str) {
    warn!(name: "needs_restart", key, stays, "this setting changes with a restart of the service only");
}

/// A consultation is not configured any more.
pub fn consultation_gone(consultation: &str) {
    warn!(name: "consultation_gone",
        consultation,
        "consultation not configured any more: what was filed for it stays, new mail for it is not ours"
    );
}

/// Passes over the mailbox end well again.
pub fn passes_again(failures: u32) {
    info!(name: "passes_again", target: RECOVERED, failures, "the mailbox can be read again");
}

/// Acknowledgements can leave again.
pub fn leaves_again(failures: u32) {
    info!(name: "leaves_again", target: RECOVERED, failures, "acknowledgements can leave again");
}

/// The store can be written again.
pub fn written_again() {
    info!(name: "written_again", target: RECOVERED, "the store can be written again");
}
