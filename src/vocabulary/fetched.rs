//! What a mailbox hands over: one entry with its bytes.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use jiff::Timestamp;

use super::time::WrittenTime;

/// The name of one entry inside its folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryUid {
    /// An IMAP unique identifier (RFC 3501 section 2.3.1.1).
    Imap(u32),
    /// A Maildir base name without its flags, or the name of an imported file.
    Name(String),
}

/// What stays of a Maildir file's name when people read and mark it: the part before `:2,FLAGS`
/// (<https://cr.yp.to/proto/maildir.html>).
pub fn maildir_base_name(file_name: &str) -> &str {
    file_name.split_once(":2,").map_or(file_name, |(name, _flags)| name)
}

/// A file's name as text. Bytes that are not UTF-8 (a host whose name is GBK) are written `%D5`, so that two names that differ in
/// them alone stay two.
pub fn file_name_text(file_name: &OsStr) -> String {
    let bytes = file_name.as_bytes();
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut text = String::with_capacity(bytes.len() * 2);
    for chunk in bytes.utf8_chunks() {
        text.push_str(&chunk.valid().replace('%', "%25"));
        for byte in chunk.invalid() {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// Hexadecimal digits of a digest that stand behind a name which other bytes have already.
const DIGEST_DIGITS: usize = 16;

impl EntryUid {
    /// The name of the row for other bytes under a name that has a row: the name with the beginning of their digest.
    #[must_use]
    pub fn with_digest(&self, sha256: &str) -> Self {
        Self::Name(format!("{self}@{}", sha256.get(..DIGEST_DIGITS).unwrap_or(sha256)))
    }

    /// The name in the mailbox of a row that [`Self::with_digest`] named.
    #[must_use]
    pub fn in_mailbox(self, folder: &FolderKey) -> Self {
        let Self::Name(name) = &self else { return self };
        let Some((before, digest)) = name.rsplit_once('@') else { return self };
        let is_digest = digest.len() == DIGEST_DIGITS && digest.bytes().all(|b| b.is_ascii_hexdigit());
        match (is_digest, folder.uid_validity) {
            (false, _) => self,
            (true, 0) => Self::Name(before.to_owned()),
            (true, _) => before.parse().map_or(self, Self::Imap),
        }
    }
}

impl std::fmt::Display for EntryUid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Imap(uid) => write!(f, "{uid}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// One folder under one UIDVALIDITY: under another one its UIDs name other messages.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FolderKey {
    /// The folder's name, decoded (`垃圾邮件`, not `&V4NXPpCuTvY-`); a path for Maildirs and imports.
    pub name: String,
    /// UIDVALIDITY (RFC 3501 section 2.3.1.1); 0 for files, whose names do not expire.
    pub uid_validity: u32,
}

impl FolderKey {
    /// A folder of an IMAP server.
    pub fn imap(name: &str, uid_validity: u32) -> Self {
        Self { name: name.to_owned(), uid_validity }
    }

    /// A folder of files, or an mbox.
    pub fn files(path: &Path) -> Self {
        Self { name: file_name_text(path.as_os_str()), uid_validity: 0 }
    }

    /// One of its entries.
    pub fn entry(&self, uid: EntryUid) -> EntryKey {
        EntryKey { folder: self.clone(), uid }
    }
}

/// What identifies one entry of the mailbox for ever.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntryKey {
    /// Where it lies.
    pub folder: FolderKey,
    /// Its name there.
    pub uid: EntryUid,
}

/// The mailbox's own word on when an entry arrived: second-best evidence after the boundary
/// `Received:` line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryTime {
    /// IMAP INTERNALDATE (RFC 3501 section 2.3.3), with the offset the server wrote.
    InternalDate(WrittenTime),
    /// The modification time of a file.
    File(Timestamp),
}

/// One entry of the mailbox with its bytes, as fetched.
#[derive(Debug, Clone)]
pub struct FetchedMessage {
    /// Which entry this is.
    pub entry: EntryKey,
    /// The message's octets exactly as the mailbox gave them.
    pub raw: Vec<u8>,
    /// When the mailbox says it arrived; `None` when it does not say.
    pub time: Option<EntryTime>,
    /// RFC822.SIZE as announced, or the file's length, in bytes.
    pub announced_size_bytes: u64,
    /// Whether `raw` is only the beginning of a message over the size limit (flag `oversize`).
    pub truncated: bool,
}
