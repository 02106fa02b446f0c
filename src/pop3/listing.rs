//! What a POP3 mailbox holds.

use crate::cursor::Looks;
use crate::vocabulary::FolderKey;

/// The one folder that a mailbox has here.
pub fn folder() -> FolderKey {
    FolderKey { name: "POP3".to_owned(), uid_validity: 0 }
}

/// One message, as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number in this session.
    pub number: u32,
    /// Its name, which stays: the UIDL.
    pub name: String,
    /// Its size as the server counts it, in bytes; `None`: the server does not say.
    pub size_bytes: Option<u64>,
}

impl Listed {
    /// What it is known again by, besides its name.
    pub const fn looks(&self) -> Looks {
        Looks { size_bytes: self.size_bytes, date: None }
    }
}

/// What the mailbox holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Its messages, in the server's order, which is mostly that of arrival.
    pub messages: Vec<Listed>,
    /// How many there are, as the server says.
    pub announced: u64,
}
