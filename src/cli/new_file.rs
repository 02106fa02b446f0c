//! Files that a command makes: new ones, readable by their owner alone; nothing is written over, nothing half-written stays.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::outcome::{Exit, Failure};

/// Makes a file that was not there.
pub(super) fn create(path: &Path) -> Result<File, Failure> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    opened.map_err(|error| unwritten(path, &error))
}

/// Writes a file that was not there; a half-written one is taken away again.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = create(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        drop(std::fs::remove_file(path));
        unwritten(path, &error)
    })
}

/// Why it could not be written, and what to do.
pub(super) fn unwritten(path: &Path, error: &Error) -> Failure {
    let why = match error.kind() {
        ErrorKind::AlreadyExists => "已有这个文件，没有覆盖；请另取文件名".to_owned(),
        ErrorKind::PermissionDenied => "没有写入的权限".to_owned(),
        ErrorKind::NotFound => "没有这个文件夹".to_owned(),
        ErrorKind::StorageFull => "磁盘已满".to_owned(),
        _ => error.to_string(),
    };
    let exit = if error.kind() == ErrorKind::PermissionDenied { Exit::Permission } else { Exit::Io };
    Failure::new(exit, format!("{}：{why}", path.display()))
}
