//! How a command ends: its exit status, what it says when it fails, what it prints.

use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::daemon::{DaemonError, LockError};
use crate::lane::intake::ImportError;
use crate::store::StoreError;
use crate::vocabulary::printable;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did its work.
    Ok = 0,
    /// The check it ran found a difference.
    Difference = 1,
    /// `status --check`: what somebody must see to at once.
    Critical = 2,
    /// `status --check`: nobody could look.
    Unknown = 3,
    /// The command line is wrong.
    Usage = 64,
    /// The input is wrong.
    Data = 65,
    /// A server is unavailable.
    Unavailable = 69,
    /// Reading or writing failed.
    Io = 74,
    /// It may work later.
    Temporary = 75,
    /// Not allowed.
    Permission = 77,
    /// The configuration is wrong.
    Config = 78,
}

/// What a command that failed says, and how it exits.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    pub(super) message: String,
    /// It is SQLite that speaks, who does not say about which file.
    pub(super) of_store: bool,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: nested(&message.into()), of_store: false }
    }
}

/// A sentence that repeats what was typed, which may hold quotation marks itself: those within others are single (GB/T 15834).
fn nested(message: &str) -> String {
    let mut depth = 0_usize;
    let mark = |c: char| match c {
        '\n' => {
            depth = 0;
            c
        }
        '“' => {
            depth += 1;
            if depth > 1 { '‘' } else { c }
        }
        '”' => {
            depth = depth.saturating_sub(1);
            if depth > 0 { '’' } else { c }
        }
        _ => c,
    };
    message.chars().map(mark).collect()
}

pub(super) type Outcome = Result<Exit, Failure>;

/// Prints to standard output.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    print_bytes(printable::text(text).as_bytes())
}

pub(super) fn print_json(value: &Value) -> Result<(), Failure> {
    print_bytes(printable::json(&format!("{value:#}\n")).as_bytes())
}

/// A JSON list that is printed item by item, as `print_json` would print the whole: it may stand for thousands of letters.
#[derive(Debug, Default)]
pub(super) struct JsonList {
    is_begun: bool,
}

impl JsonList {
    pub(super) fn item(&mut self, value: &Value) -> Result<(), Failure> {
        let value = format!("{value:#}").replace('\n', "\n  ");
        let before = if self.is_begun { ",\n  " } else { "[\n  " };
        self.is_begun = true;
        print_bytes(printable::json(&format!("{before}{value}")).as_bytes())
    }

    pub(super) fn end(self) -> Result<(), Failure> {
        print_bytes(if self.is_begun { b"\n]\n" } else { b"[]\n" })
    }
}

/// Prints what is fit to be printed. A reader that went away (`| head`) is no failure; a full disk is.
pub(super) fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Io, format!("the output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

impl From<&StoreError> for Failure {
    fn from(error: &StoreError) -> Self {
        use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
        let exit = match error {
            StoreError::Foreign { .. } | StoreError::Newer { .. } | StoreError::Exists { .. } => Exit::Data,
            StoreError::Missing { .. } | StoreError::Replaced { .. } => Exit::Io,
            StoreError::OthersFolder { .. } => Exit::Permission,
            StoreError::Older { .. } | StoreError::NotRunning { .. } => Exit::Temporary,
            StoreError::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Exit::Permission
            }
            StoreError::Sqlite(sqlite)
                if matches!(sqlite.sqlite_error_code(), Some(PermissionDenied | ReadOnly | CannotOpen)) =>
            {
                Exit::Permission
            }
            error if error.is_transient() => Exit::Temporary,
            StoreError::Io { .. }
            | StoreError::SchemaChanged { .. }
            | StoreError::NotAsSealed { .. }
            | StoreError::Unexplained { .. }
            | StoreError::Sqlite(_) => Exit::Io,
        };
        match error {
            StoreError::Sqlite(sqlite) => {
                Self { exit, message: format!("{sqlite}{}", error.remedy()), of_store: true }
            }
            StoreError::NotRunning { path, missing } => Self::new(
                exit,
                format!("{}：服务未运行，缺少 {missing} 文件；启动服务后即可查询", path.display()),
            ),
            error => Self::new(exit, format!("{}{error}", for_clerks(error))),
        }
    }
}

/// What a clerk does about a store that cannot be used, before the words for whoever keeps the machine.
fn for_clerks(error: &StoreError) -> String {
    match error {
        StoreError::Missing { path } => format!("还没有数据库 {}，由管理员以 init 建立：", path.display()),
        StoreError::Older { .. } => "数据库还是旧版本，请管理员先启动一次服务：".to_owned(),
        StoreError::SchemaChanged { .. } => "数据库的结构被改动过，没有写入，请管理员处理：".to_owned(),
        StoreError::NotAsSealed { what } => {
            format!("{what} 的记录在本程序之外被改动过，没有做任何改动，请管理员先核查：")
        }
        _ => String::new(),
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::from(&error)
    }
}

/// A file that cannot be read; `otherwise` where neither is the cause.
pub(super) fn unread(path: &Path, source: &std::io::Error, otherwise: &str) -> Failure {
    let denied = source.kind() == std::io::ErrorKind::PermissionDenied;
    let hint = match source.kind() {
        std::io::ErrorKind::NotFound => "没有这个文件或文件夹，请核对路径（写相对路径的，从当前目录算起）：",
        std::io::ErrorKind::PermissionDenied => "没有读取的权限：",
        _ => "",
    };
    // A file may be named so as to look like a line of ours.
    let what = if hint.is_empty() { otherwise.to_owned() } else { path.display().to_string() };
    let said = printable::line(&format!("{hint}{what}")).into_owned();
    Failure::new(if denied { Exit::Permission } else { Exit::Data }, said)
}

impl From<DaemonError> for Failure {
    fn from(error: DaemonError) -> Self {
        match &error {
            DaemonError::Store(store) | DaemonError::Import(ImportError::Store(store)) => Self::from(store),
            DaemonError::Import(ImportError::Read { path, source }) => {
                unread(path, source, &error.to_string())
            }
            DaemonError::Lock(LockError::Io { source, .. })
                if source.kind() == std::io::ErrorKind::PermissionDenied =>
            {
                Self::new(Exit::Permission, error.to_string())
            }
            DaemonError::Lock(LockError::Held { .. } | LockError::HeldByStranger { .. }) => {
                Self::new(Exit::Temporary, error.to_string())
            }
            DaemonError::Smtp(_) => Self::new(Exit::Config, error.to_string()),
            DaemonError::Lock(_) | DaemonError::Signals(_) => Self::new(Exit::Io, error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nested;

    #[test]
    fn quotation_marks_within_others_are_single() {
        for (said, printed) in [
            ("没有““退休””这种职业", "没有“‘退休’”这种职业"),
            ("第 1 条“扩大“跨域办”的范围”；可用：“甲”", "第 1 条“扩大‘跨域办’的范围”；可用：“甲”"),
            ("“甲”不是“乙”", "“甲”不是“乙”"),
            ("“甲\n“乙”", "“甲\n“乙”"),
        ] {
            assert_eq!(nested(said), printed);
        }
    }
}
