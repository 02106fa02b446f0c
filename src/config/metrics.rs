//! `[metrics]`: who may ask for figures, and where they are put.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::section::{Section, beside};

/// `[metrics]`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MetricsSettings {
    /// Where whoever scrapes finds them.
    pub listen: Option<Listen>,
    /// A file for `node_exporter`'s textfile collector.
    pub textfile: Option<PathBuf>,
}

/// `metrics.listen`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// `unix:PATH`
    Unix(PathBuf),
    /// `127.0.0.1:PORT`
    Loopback(SocketAddr),
}

pub(super) fn metrics(mut section: Section<'_>) -> MetricsSettings {
    let listen = section.text("listen").and_then(|written| match listen(&written, &section) {
        Some(listen) => Some(listen),
        None => section.wrong(
            "listen",
            format!("\"{written}\" is neither a socket file nor an address of this machine: write \"unix:/path/metrics.sock\" or \"127.0.0.1:9187\""),
        ),
    });
    let textfile = section.path("textfile");
    if textfile.as_ref().is_some_and(|path| path.extension().is_none_or(|extension| extension != "prom")) {
        section.problem("textfile", "must end in .prom: the collector reads no other files");
    }
    section.finish();
    MetricsSettings { listen, textfile }
}

fn listen(written: &str, section: &Section<'_>) -> Option<Listen> {
    if let Some(path) = written.strip_prefix("unix:") {
        return (!path.trim().is_empty()).then(|| Listen::Unix(beside(section.file(), path)));
    }
    // Figures are nobody else's business: only this machine may ask.
    written.parse().ok().filter(|address: &SocketAddr| address.ip().is_loopback()).map(Listen::Loopback)
}
