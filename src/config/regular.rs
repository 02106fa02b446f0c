//! Files that people name. A pipe would be waited for and a device never end: nothing but an ordinary file is read.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

/// Opens an ordinary file for reading; whatever else stands there is an error at once.
pub fn open_file(path: &Path) -> Result<File> {
    // With NONBLOCK, opening a pipe does not wait for whoever writes into it; for files it means nothing.
    let file: File = rustix::fs::open(
        path,
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC,
        Mode::empty(),
    )?
    .into();
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is a pipe or a device; name an ordinary file"));
    }
    Ok(file)
}

/// The bytes of an ordinary file.
pub fn read_file(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of an ordinary file.
pub(super) fn read_text(path: &Path) -> Result<String> {
    let mut text = String::new();
    open_file(path)?.read_to_string(&mut text)?;
    Ok(text)
}
