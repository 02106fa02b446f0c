//! `backup`.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use super::opening::open_for_reading;
use super::outcome::{Exit, Failure, Outcome, print};
use super::stderr;
use crate::config::Settings;
use crate::store::BackupError;
use crate::vocabulary::shanghai;
use crate::world::World;

/// What a backup in a folder is called, around the time of Beijing.
const NAME: (&str, &str) = ("zwfw-intake-", ".sqlite3");

#[derive(Debug, clap::Args)]
pub(super) struct BackupArguments {
    /// A file that is not there yet, or a folder: the file in it is called after the time
    #[arg(value_name = "FILE")]
    to: PathBuf,
    /// In a folder: keep so many backups, this one included, and remove the oldest of the others
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep: Option<u32>,
}

pub(super) fn backup(settings: &Settings, wanted: &BackupArguments) -> Outcome {
    let in_folder = wanted.to.is_dir();
    if wanted.keep.is_some() && !in_folder {
        let message = format!("{} 不是文件夹：--keep 只用于文件夹", wanted.to.display());
        return Err(Failure::new(Exit::Usage, message));
    }
    let to = if in_folder { wanted.to.join(name()) } else { wanted.to.clone() };
    let store = open_for_reading(settings)?;
    let backed = store.backup(&to, progress())?;
    let mut text = format!(
        "已备份：{}（{} KiB，{} 件，已核对）\n",
        to.display(),
        backed.bytes.div_ceil(1024),
        backed.submissions
    );
    if let Some(head) = backed.head {
        let _ = writeln!(text, "事件链末尾：{head}");
    }
    for removed in wanted.keep.map_or_else(|| Ok(Vec::new()), |keep| thin_out(&wanted.to, keep))? {
        let _ = writeln!(text, "已删除旧备份：{}", removed.display());
    }
    print(&text)?;
    Ok(Exit::Ok)
}

fn name() -> String {
    let (_stopper, world) = World::new();
    let at = shanghai(world.now());
    let time = format!("{}-{:02}{:02}{:02}", at.date(), at.hour(), at.minute(), at.second());
    format!("{}{time}{}", NAME.0, NAME.1)
}

/// Told on a terminal only, each tenth.
fn progress() -> impl FnMut(i32, i32) {
    let mut last = 0;
    move |done, all| {
        let tenth = done.saturating_mul(10).checked_div(all).unwrap_or(0);
        if tenth > last && std::io::stderr().is_terminal() {
            last = tenth;
            stderr::complain(&format!("{tenth}0 %\n"));
        }
    }
}

/// Removes what is too old of the backups in a folder; what is called otherwise is somebody else's.
fn thin_out(folder: &Path, keep: u32) -> Result<Vec<PathBuf>, Failure> {
    let io = |error: std::io::Error| Failure::new(Exit::Io, format!("{}: {error}", folder.display()));
    let is_ours = |name: &str| {
        let time = name.strip_prefix(NAME.0).and_then(|rest| rest.strip_suffix(NAME.1));
        time.is_some_and(|time| {
            time.len() == 17 && time.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        })
    };
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .map_err(io)?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| is_ours(name))
        .collect();
    names.sort();
    let surplus = names.len().saturating_sub(keep as usize);
    let mut removed = Vec::new();
    for name in names.iter().take(surplus) {
        let path = folder.join(name);
        std::fs::remove_file(&path).map_err(io)?;
        removed.push(path);
    }
    Ok(removed)
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let denied = |source: &std::io::Error| source.kind() == std::io::ErrorKind::PermissionDenied;
        let exit = match &error {
            BackupError::Store(store) => return Self::from(store),
            BackupError::Exists(_) | BackupError::Damaged { .. } => Exit::Data,
            BackupError::Io { source, .. } if denied(source) => Exit::Permission,
            BackupError::Io { .. } | BackupError::Written { .. } => Exit::Io,
        };
        Self::new(exit, error.to_string())
    }
}
