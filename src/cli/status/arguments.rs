//! What `status` is asked for.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct StatusArguments {
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    /// For a monitor: one line, with figures behind the bar; exit 0 all is well, 1 warning, 2 critical, 3 could not look
    #[arg(long, conflicts_with = "json")]
    pub(in crate::cli) check: bool,
    /// With --check: other bounds than the configuration has, like review=1d:3d or disk=20:5; an empty half means never
    #[arg(long, requires = "check", value_name = "NAME=WARNING:CRITICAL")]
    pub(super) threshold: Vec<String>,
    /// With --check: also how old the newest backup in this folder is
    #[arg(long, requires = "check", value_name = "FOLDER")]
    pub(super) backups: Option<PathBuf>,
}
