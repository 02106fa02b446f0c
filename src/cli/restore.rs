//! `restore`.

use std::fmt::Write;
use std::path::PathBuf;

use super::actor::actor;
use super::outcome::{Exit, Failure, Outcome, print};
use crate::config::Settings;
use crate::daemon::{self, DaemonError, LockError, NotRestored};
use crate::store::{RestoreError, Restored};
use crate::vocabulary::chinese_minute;

#[derive(Debug, clap::Args)]
pub(super) struct RestoreArguments {
    /// A backup, as `backup` made it
    #[arg(value_name = "FILE")]
    from: PathBuf,
    /// Give so many numbers to nobody, behind the highest that is known to be given: whoever holds one since the backup keeps it
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    skip: u16,
}

pub(super) fn restore(settings: &Settings, wanted: &RestoreArguments) -> Outcome {
    let restored = daemon::restore(settings, &wanted.from, i64::from(wanted.skip), &actor())?;
    print(&said(settings, wanted, &restored))?;
    Ok(Exit::Ok)
}

fn said(settings: &Settings, wanted: &RestoreArguments, restored: &Restored) -> String {
    let mut text = String::new();
    let last =
        restored.last_event.map_or_else(String::new, |at| format!("，最后一项记录在 {}", chinese_minute(at)));
    let (store, from) = (settings.store_path.display(), wanted.from.display());
    let _ = writeln!(text, "已恢复：{store}（备份 {from}，{} 件{last}，已核对）", restored.submissions);
    let _ = match &restored.kept {
        Some((kept, Some(count))) => {
            writeln!(
                text,
                "原数据库改名保留：{}（{count} 件；含个人信息，确认不再需要后删除）",
                kept.display()
            )
        }
        Some((kept, None)) => writeln!(text, "原文件改名保留：{}（无法读取）", kept.display()),
        None => writeln!(text, "原来没有数据库"),
    };
    for (prefix, given, last) in &restored.numbers {
        let next = last + 1;
        let _ = match last - given {
            0 => writeln!(text, "编号：从 {prefix}-{next:04} 起（此前没有发出过）"),
            skipped => {
                writeln!(text, "编号：从 {prefix}-{next:04} 起（已知用到 {given:04}，其后跳过 {skipped} 个）")
            }
        };
    }
    let _ = writeln!(
        text,
        "回执：备份时待发的扣下 {} 封；备份以后的来信从邮箱重新读取、照常登记，不再自动答复，封数见 status，放行用 outbox release --first-contact",
        restored.withheld
    );
    text.push_str("接着：启动服务（systemctl start zwfw-intake），收完一遍后运行 reconcile 和 verify\n");
    text
}

impl From<NotRestored> for Failure {
    fn from(error: NotRestored) -> Self {
        match error {
            NotRestored::Daemon(error @ DaemonError::Lock(LockError::Held { .. })) => {
                let failure = Self::from(error);
                let remedy = "服务正在运行，没有做任何改动；请先停止服务（systemctl stop zwfw-intake），恢复后再启动：";
                Self { message: format!("{remedy}{}", failure.message), ..failure }
            }
            NotRestored::Daemon(error) => error.into(),
            NotRestored::Restore(error) => error.into(),
        }
    }
}

impl From<RestoreError> for Failure {
    fn from(error: RestoreError) -> Self {
        let denied = |source: &std::io::Error| source.kind() == std::io::ErrorKind::PermissionDenied;
        let exit = match &error {
            RestoreError::Store(store) => return Self::from(store),
            RestoreError::Backup(store) => match Self::from(store) {
                failure if failure.exit == Exit::Permission => return failure,
                _ => Exit::Data,
            },
            RestoreError::Missing(_) | RestoreError::Itself(_) | RestoreError::Damaged { .. } => Exit::Data,
            RestoreError::Io { source, .. } if denied(source) => Exit::Permission,
            RestoreError::Io { .. } => Exit::Io,
        };
        Self::new(exit, error.to_string())
    }
}
