//! `import`: `.eml` files, folders of them, mbox files and Maildirs through the same lane.
//!
//! An imported entry is named by its folder and file name, so that importing the same files again changes nothing. A
//! file whose name was imported before with other bytes is a new entry: its name then carries the digest. One that was imported
//! before it was whole is the same letter.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::batch::Batch;
use super::pass::Pass;
use super::recording::Recording;
use crate::config::open_file;
use crate::lane::Lane;
use crate::store::{Store, StoreError};
use crate::vocabulary::{
    EntryTime, EntryUid, FetchedMessage, FolderKey, file_name_text, maildir_base_name, sha256_hex,
};

/// A longer line of an mbox is read in pieces.
const PIECE_BYTES: u64 = 64 * 1024;

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// Newly recorded entries.
    pub pass: Pass,
    /// Messages that were recorded by an earlier import.
    pub known: u64,
    /// The folders and mboxes that messages came from.
    pub folders: BTreeSet<String>,
    /// What the record had of the mailbox before.
    pub after: i64,
    /// Files inside folders that do not look like mail and were left out.
    pub left_out: Vec<PathBuf>,
    /// Symbolic links inside folders, which could lead anywhere and were not followed.
    pub links: Vec<PathBuf>,
}

/// What stopped an import. What was recorded before stays.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A path cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The path.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Files every message found at the paths.
///
/// # Errors
/// When a path cannot be read, or the store fails.
pub async fn import(paths: &[PathBuf], lane: &Lane) -> Result<Imported, ImportError> {
    let after = lane.store.read(Store::last_entry_id)?;
    let done = Imported { after, ..Imported::default() };
    let mut importer =
        Importer { lane, batch: Batch::default(), bytes: 0, recording: Recording::default(), done };
    let read = importer.paths(paths).await;
    // What was found before a path that cannot be read is recorded all the same.
    importer.flush().await?;
    importer.recording.finish(&mut importer.done.pass).await?;
    read.map(|()| importer.done)
}

struct Importer<'a> {
    lane: &'a Lane,
    batch: Batch,
    bytes: u64,
    recording: Recording,
    done: Imported,
}

impl Importer<'_> {
    async fn paths(&mut self, paths: &[PathBuf]) -> Result<(), ImportError> {
        for path in paths {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            self.path(&path, true).await?;
        }
        Ok(())
    }

    /// `named`: the operator wrote this very path, so it is mail whatever it looks like.
    async fn path(&mut self, path: &Path, named: bool) -> Result<(), ImportError> {
        let failed = |source| ImportError::Read { path: path.to_path_buf(), source };
        let metadata = std::fs::metadata(path).map_err(failed)?;
        if metadata.is_dir() {
            let mut inside = Vec::new();
            for entry in std::fs::read_dir(path).map_err(failed)? {
                inside.push(entry.map_err(failed)?.path());
            }
            inside.sort();
            let is_maildir = path.join("cur").is_dir() && path.join("new").is_dir();
            for found in inside {
                let name = found.file_name().unwrap_or_default().to_string_lossy().into_owned();
                // Maildir: tmp holds deliveries that were never finished, other files are indexes.
                let skip = name.starts_with('.') || (is_maildir && name != "cur" && name != "new");
                if skip {
                    continue;
                }
                // A symbolic link could lead anywhere, or in a circle.
                if std::fs::symlink_metadata(&found).is_ok_and(|metadata| metadata.is_symlink()) {
                    self.done.links.push(found);
                    continue;
                }
                Box::pin(self.path(&found, false)).await?;
            }
            return Ok(());
        }
        if !metadata.is_file() {
            // A pipe or a device: reading it might never end.
            self.done.left_out.push(path.to_path_buf());
            return Ok(());
        }
        let in_maildir =
            path.parent().and_then(Path::file_name).is_some_and(|folder| folder == "cur" || folder == "new");
        match kind_of(path, named || in_maildir).map_err(failed)? {
            Kind::Message => self.eml(path, &metadata).await,
            Kind::Mbox => self.mbox(path, &metadata).await,
            Kind::Other => {
                self.done.left_out.push(path.to_path_buf());
                Ok(())
            }
        }
    }

    async fn eml(&mut self, path: &Path, metadata: &std::fs::Metadata) -> Result<(), ImportError> {
        let limits = &self.lane.config.limits;
        let whole = metadata.len();
        let truncated = whole > limits.message_bytes;
        let most = if truncated { limits.oversize_fetch_bytes } else { limits.message_bytes };
        let mut raw = Vec::with_capacity(usize::try_from(whole.min(most)).unwrap_or(0));
        open_file(path)
            .and_then(|file| file.take(most).read_to_end(&mut raw))
            .map_err(|source| ImportError::Read { path: path.to_path_buf(), source })?;
        let name = file_name_text(path.file_name().unwrap_or_default());
        let name = maildir_base_name(&name).to_owned();
        let folder = path.parent().unwrap_or(Path::new("."));
        let found = Found { raw, size_bytes: whole, truncated, modified: modified(metadata) };
        self.message(folder, name, found).await
    }

    /// Splits an mbox at its `From ` lines (RFC 4155 appendix A) and undoes the `>From ` quoting of the mboxrd form.
    async fn mbox(&mut self, path: &Path, metadata: &std::fs::Metadata) -> Result<(), ImportError> {
        let failed = |source| ImportError::Read { path: path.to_path_buf(), source };
        let mut reader = BufReader::new(open_file(path).map_err(failed)?);
        let most = usize::try_from(self.lane.config.limits.message_bytes).unwrap_or(usize::MAX);
        let time = modified(metadata);
        let (mut raw, mut whole, mut number) = (Vec::new(), 0_u64, 0_u32);
        let mut piece = Vec::new();
        // Whether the next piece begins a line, behind a blank one; and whether it goes on with a `From ` line.
        let (mut begins, mut after_blank, mut separates) = (true, true, false);
        loop {
            piece.clear();
            let read = reader.by_ref().take(PIECE_BYTES).read_until(b'\n', &mut piece).map_err(failed)?;
            let starts = begins && after_blank && piece.starts_with(b"From ");
            if (read == 0 || starts) && number > 0 {
                trim_separator(&mut raw);
                let truncated = whole > raw.len() as u64 + 2;
                let found = Found {
                    raw: std::mem::take(&mut raw),
                    size_bytes: std::mem::take(&mut whole),
                    truncated,
                    modified: time,
                };
                self.message(path, number.to_string(), found).await?;
            }
            if read == 0 {
                return Ok(());
            }
            separates = starts || separates && !begins;
            after_blank = begins && (piece == b"\n" || piece == b"\r\n");
            let unquoted = match piece.strip_prefix(b">") {
                Some(rest) if begins && is_quoted_from(rest) => rest,
                _ => &piece,
            };
            begins = piece.ends_with(b"\n");
            number += u32::from(starts);
            if !separates {
                whole += unquoted.len() as u64;
                let room = most.saturating_sub(raw.len()).min(unquoted.len());
                raw.extend_from_slice(unquoted.get(..room).unwrap_or_default());
            }
        }
    }

    async fn message(&mut self, folder: &Path, name: String, found: Found) -> Result<(), ImportError> {
        let folder = FolderKey::files(folder);
        let Found { raw, size_bytes, truncated, modified } = found;
        if !self.done.folders.contains(&folder.name) {
            self.done.folders.insert(folder.name.clone());
        }
        let sha256 = sha256_hex(&raw);
        let entry = folder.entry(EntryUid::Name(name));
        if self.lane.store.read(|store| store.is_recorded_with(&entry, &sha256))? {
            self.done.known += 1;
            return Ok(());
        }
        self.bytes += raw.len() as u64;
        self.batch.messages.push(FetchedMessage {
            entry,
            raw,
            time: modified.map(EntryTime::File),
            announced_size_bytes: size_bytes,
            truncated,
        });
        let limits = &self.lane.config.limits;
        if self.bytes >= limits.batch_bytes || self.batch.messages.len() >= limits.batch_messages {
            self.flush().await?;
        }
        Ok(())
    }

    /// Has what was found read and recorded, while more is looked for.
    async fn flush(&mut self) -> Result<(), ImportError> {
        let (batch, bytes) = (std::mem::take(&mut self.batch), std::mem::take(&mut self.bytes));
        self.recording.begin(self.lane, batch, &mut self.done.pass).await?;
        // Two large messages at once are too many for memory.
        if bytes > self.lane.config.limits.batch_bytes {
            self.recording.finish(&mut self.done.pass).await?;
        }
        Ok(())
    }
}

/// A message that was found, as far as it was read.
struct Found {
    raw: Vec<u8>,
    /// The size of all of it.
    size_bytes: u64,
    truncated: bool,
    modified: Option<Timestamp>,
}

enum Kind {
    Message,
    Mbox,
    Other,
}

/// What a file is, by its name and its first line.
fn kind_of(path: &Path, is_mail: bool) -> std::io::Result<Kind> {
    let mut beginning = Vec::new();
    open_file(path)?.take(1024).read_to_end(&mut beginning)?;
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if beginning.starts_with(b"From ") && extension != "eml" {
        return Ok(Kind::Mbox);
    }
    if is_mail || extension == "eml" || looks_like_header(&beginning) {
        return Ok(Kind::Message);
    }
    Ok(Kind::Other)
}

/// Whether the first line is a header field: a name of printable ASCII and a colon (RFC 5322 section 2.2).
fn looks_like_header(beginning: &[u8]) -> bool {
    let line = beginning.split(|&byte| byte == b'\n').next().unwrap_or_default();
    match line.iter().position(|&byte| byte == b':') {
        Some(colon) => {
            colon > 0
                && line
                    .iter()
                    .take(colon)
                    .all(|&byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        }
        None => false,
    }
}

fn is_quoted_from(rest: &[u8]) -> bool {
    let quotes = rest.iter().take_while(|&&byte| byte == b'>').count();
    rest.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "))
}

/// The blank line before the next `From ` line belongs to the mbox, not to the message.
fn trim_separator(raw: &mut Vec<u8>) {
    for (end, keep) in [(b"\r\n\r\n".as_slice(), 2), (b"\n\n", 1)] {
        if raw.ends_with(end) {
            raw.truncate(raw.len() - keep);
            return;
        }
    }
}

fn modified(metadata: &std::fs::Metadata) -> Option<Timestamp> {
    metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_line_tells_mail_from_other_files() {
        assert!(looks_like_header(b"Return-Path: <a@example.com>\r\n"));
        assert!(looks_like_header(b"Subject:\n"));
        for other in [&b"{\"a\": 1}"[..], b"", b"no colon here\n", b": value\n", b"\xd0\xd5\xc3\xfb: x"] {
            assert!(!looks_like_header(other), "{other:?}");
        }
    }

    #[test]
    fn only_from_lines_are_unquoted() {
        assert!(is_quoted_from(b"From here on"));
        assert!(is_quoted_from(b">>From here on"));
        assert!(!is_quoted_from(b" quoted text"));
    }
}
