//! Figures that are asked for, and alerts.

use tracing::{error, info, warn};

/// Metrics can be asked for.
pub fn metrics_served(at: &str) {
    info!(name: "metrics_served", at, "metrics are served");
}

/// They cannot; all else goes on.
pub fn metrics_not_served(at: &str, problem: &str) {
    error!(name: "metrics_not_served", at, problem, "metrics are not served; all else goes on");
}

/// The textfile was not written.
pub fn textfile_not_written(path: &str, problem: &str) {
    warn!(name: "textfile_not_written", path, problem, "the metrics' textfile was not written");
}

/// Somebody was told, or is about to be.
pub fn alerted(what: &str, level: &str) {
    warn!(name: "alerted", what, level, "alert");
}

/// He was not.
pub fn alert_failed(by: &str, problem: &str) {
    error!(name: "alert_failed", by, problem, "the alert did not leave");
}

/// The mailbox is nearly full.
pub fn quota(root: &str, percent: u64, used_kib: u64, limit_kib: u64) {
    warn!(name: "quota",
        root,
        percent,
        used_kib,
        limit_kib,
        "quota of the mailbox nearly used up: the server will refuse citizens' mail; make room or have it raised"
    );
}
