//! Configuration: read from layers, checked all at once, then relied on as [`Settings`].
//!
//! `file` reads the layers (defaults, the file, `conf.d/*.toml`, the environment) with the `config`
//! crate; `section` takes values out of them and remembers every problem with its file and key; `check`
//! turns them into `Settings`. Nothing is opened but the files named here.

mod access;
mod alert;
mod as_written;
mod catchwords;
mod check;
mod consultation;
mod file;
mod kept;
mod loops;
mod metrics;
mod oauth;
mod pem;
mod problem;
mod regular;
mod retention;
mod secret;
mod section;
mod server;
mod settings;
mod thresholds;
mod written;

use std::path::Path;

pub use alert::AlertSettings;
pub use as_written::{AsWritten, Change};
pub use kept::Kept;
pub use metrics::{Listen, MetricsSettings};
pub use pem::pem_of;
pub use problem::{Problem, Problems};
pub use regular::{open_file, read_file};
pub use retention::Term;
pub use secret::Secret;
pub use settings::{
    AcknowledgementSettings, AfterFiling, Caps, ImapSettings, Limits, MailboxSettings, MailboxSource, Oauth,
    Proxy, ProxyKind, ReadingCopy, Security, ServerSettings, Settings, TokenEndpoint, TokenSource, Transport,
};
pub use thresholds::{Threshold, Thresholds, Unit, falls, unit};

/// Whether passwords are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// For commands that log in.
    Read,
    /// For a look at the configuration: those that systemd would hand over are missing when a person runs it.
    IfThere,
    /// For commands that only look at the store.
    LeaveAlone,
}

/// Reads and checks the configuration.
///
/// `secrets`: commands that only look at the store run as people who may not read the passwords; for them a missing
/// password is no problem and none is read.
///
/// `environment` holds the variables to look at (`ZWFW_INTAKE__SECTION__KEY`, `CREDENTIALS_DIRECTORY`);
/// it is an argument so that tests need not change the process's own.
///
/// # Errors
/// Every problem found, each with its place and what would be right.
pub fn load(path: &Path, environment: &[(String, String)], secrets: Secrets) -> Result<Settings, Problems> {
    let mut problems = Problems::default();
    let layers = file::read(path, environment, &mut problems);
    let as_written = layers.as_ref().map(|layers| layers.as_written.clone()).unwrap_or_default();
    let settings = layers.and_then(|layers| check::settings(layers, environment, secrets, &mut problems));
    match settings {
        Some(settings) if problems.is_empty() => Ok(Settings { remarks: problems.1, as_written, ..settings }),
        _ => Err(problems),
    }
}
