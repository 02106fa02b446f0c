//! A Maildir as mailbox, and as a transport for the demo.
//!
//! As a mailbox it is only read: nothing moves from `new` to `cur`, no flag is set, people and
//! other programs may use it at the same time. So a file can change its name between listing and
//! reading; the part before its flags stays, and by it an entry is known and found again.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::config::Limits;
use crate::cursor::Looks;
use crate::vocabulary::{
    Breakage, EntryTime, EntryUid, FetchedMessage, FolderKey, OutboundMessage, SendOutcome, Silence,
    file_name_text, maildir_base_name,
};

/// One message file, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The file's name without `:2,FLAGS`: what identifies it for ever.
    pub name: String,
    /// Where it was when listed.
    pub path: PathBuf,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// When it was last written to.
    pub modified: Timestamp,
    /// When it was last written to or renamed: it was not here before.
    pub changed: Timestamp,
}

impl Entry {
    /// What it is known again by, besides its name.
    pub const fn looks(&self) -> Looks {
        Looks { size_bytes: Some(self.size_bytes), date: Some(self.modified) }
    }
}

/// Why a Maildir cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum MaildirError {
    /// There is no Maildir.
    #[error("{}: not a Maildir: it has neither a folder new nor a folder cur", .0.display())]
    NotMaildir(PathBuf),
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl MaildirError {
    /// Whether the same call may well succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NotMaildir(_) => false,
            Self::Io { source, .. } => source.kind() != io::ErrorKind::PermissionDenied,
        }
    }

    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// The messages of a Maildir, by name. Names begin with the second of delivery, so this is about
/// the order of arrival. `tmp` is left alone: what is in it is not delivered yet.
///
/// # Errors
///
/// When the folders cannot be read. Files that vanish meanwhile are no error.
pub fn list(maildir: &Path) -> Result<Vec<Entry>, MaildirError> {
    let mut found = BTreeMap::new();
    let mut folders = 0;
    // In this order: what moves from new to cur between the two readings is seen twice, not never.
    for folder in ["new", "cur"] {
        let folder = maildir.join(folder);
        let files = match fs::read_dir(&folder) {
            Ok(files) => files,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => return Err(MaildirError::io(&folder)(e)),
        };
        folders += 1;
        for file in files {
            let file = file.map_err(MaildirError::io(&folder))?;
            if let Some(entry) = entry(&file)? {
                found.insert(entry.name.clone(), entry);
            }
        }
    }
    if folders == 0 {
        return Err(MaildirError::NotMaildir(maildir.to_owned()));
    }
    Ok(found.into_values().collect())
}

fn entry(file: &fs::DirEntry) -> Result<Option<Entry>, MaildirError> {
    let path = file.path();
    // Not through links: a Maildir has none, and what they point at is not mail.
    let about = match file.metadata() {
        Ok(about) => about,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(MaildirError::io(&path)(e)),
    };
    let file_name = file.file_name();
    let name = maildir_base_name(&file_name_text(&file_name)).to_owned();
    if !about.is_file() || name.starts_with('.') || name.is_empty() {
        return Ok(None);
    }
    let modified = modified(&about).map_err(MaildirError::io(&path))?;
    let changed = Timestamp::from_second(about.ctime()).unwrap_or(modified).max(modified);
    Ok(Some(Entry { name, path, size_bytes: about.len(), modified, changed }))
}

fn modified(about: &fs::Metadata) -> io::Result<Timestamp> {
    // A time outside jiff's range is a broken clock's; the epoch shows that to whoever looks.
    Ok(Timestamp::try_from(about.modified()?).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Reads one listed message; `None` when it is gone. A message over `limits.message_bytes` is read in
/// its beginning only.
///
/// # Errors
///
/// When the file is there and cannot be read.
pub fn read(maildir: &Path, entry: &Entry, limits: &Limits) -> Result<Option<FetchedMessage>, MaildirError> {
    let Some((path, file)) = open(maildir, entry)? else {
        return Ok(None);
    };
    let about = file.metadata().map_err(MaildirError::io(&path))?;
    let truncated = about.len() > limits.message_bytes;
    let most = if truncated { limits.oversize_fetch_bytes } else { limits.message_bytes };
    // Grown by doubling, it would take up to twice its size.
    let mut raw = Vec::with_capacity(usize::try_from(about.len().min(most)).unwrap_or(0));
    file.take(most).read_to_end(&mut raw).map_err(MaildirError::io(&path))?;
    let modified = modified(&about).map_err(MaildirError::io(&path))?;
    Ok(Some(FetchedMessage {
        entry: FolderKey::files(maildir).entry(EntryUid::Name(entry.name.clone())),
        raw,
        time: Some(EntryTime::File(modified)),
        announced_size_bytes: about.len(),
        truncated,
    }))
}

/// Opens the entry where it was, or where it has been renamed to.
fn open(maildir: &Path, entry: &Entry) -> Result<Option<(PathBuf, File)>, MaildirError> {
    match File::open(&entry.path) {
        Ok(file) => return Ok(Some((entry.path.clone(), file))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(MaildirError::io(&entry.path)(e)),
    }
    for moved in list(maildir)?.into_iter().filter(|moved| moved.name == entry.name) {
        match File::open(&moved.path) {
            Ok(file) => return Ok(Some((moved.path, file))),
            // Renamed twice, or deleted: the next pass will know.
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(MaildirError::io(&moved.path)(e)),
        }
    }
    Ok(None)
}

/// Delivers one message into a Maildir, which is made when missing: written to `tmp`, synced, renamed
/// into `new`. `unique` must differ between two deliveries of the same microsecond.
pub fn deliver(maildir: &Path, message: &OutboundMessage, now: Timestamp, unique: u64) -> SendOutcome {
    if let Err(e) = make(maildir) {
        return SendOutcome::Unavailable { reply: format!("Maildir {}: {e}", maildir.display()) };
    }
    let name = format!(
        "{}.M{}P{}Q{unique}.zwfw-intake",
        now.as_second(),
        now.subsec_microsecond(),
        std::process::id()
    );
    let draft = maildir.join("tmp").join(&name);
    let delivered = maildir.join("new").join(&name);
    let written = write_synced(&draft, &message.octets).and_then(|()| fs::rename(&draft, &delivered));
    if let Err(e) = written {
        fs::remove_file(&draft).ok();
        return SendOutcome::Broken(breakage(&delivered, &e));
    }
    // Until the folder itself is on disk a power cut can undo the rename.
    match sync_folder(&maildir.join("new")) {
        Ok(()) => SendOutcome::Accepted { reply: format!("delivered as {name}") },
        Err(e) => SendOutcome::Unknown(breakage(&delivered, &e)),
    }
}

fn breakage(delivered: &Path, error: &io::Error) -> Breakage {
    Breakage {
        server: delivered.display().to_string(),
        step: "delivery".to_owned(),
        seen: Silence::Unusable { problem: error.to_string() },
    }
}

fn make(maildir: &Path) -> io::Result<()> {
    for folder in ["tmp", "new", "cur"] {
        fs::create_dir_all(maildir.join(folder))?;
    }
    Ok(())
}

fn write_synced(path: &Path, octets: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(octets)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}
