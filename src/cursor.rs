//! Recorded position × SELECT result → what to fetch (RFC 3501 section 2.3.1.1).
//!
//! | recorded | the server says | plan |
//! |---|---|---|
//! | nothing | UIDVALIDITY v | from 1 under v |
//! | (v, last) | UIDVALIDITY v, any UIDNEXT or none | from last + 1 |
//! | (v, last) | UIDVALIDITY w ≠ v, also a smaller one | rescan under w |
//! | anything | no UIDVALIDITY, or 0 | unusable |
//!
//! UIDNEXT decides nothing about what is new: servers leave it out, give a stale one or let it fall
//! (nextcloud/mail#13590 lost mail to such a short cut). Listing from `last + 1` costs one command
//! with an empty answer.
//!
//! Nor is a UID the identity of a letter: a mailbox that was restored gives used UIDs out again (paperless-ngx/paperless-ngx#8939),
//! and Courier numbers anew what was seen through EXAMINE only. [`Looks`] is what tells two letters under one UID apart.

use jiff::Timestamp;

/// What the store remembers of one IMAP folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// UIDVALIDITY of the last pass.
    pub uid_validity: u32,
    /// The highest UID that is recorded, or listed as a gap.
    pub last_uid: u32,
}

/// What the server says of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderState {
    /// UIDVALIDITY; servers must give it, some do not.
    pub uid_validity: Option<u32>,
    /// UIDNEXT, when given: a hint, never proof that nothing is new.
    pub uid_next: Option<u32>,
    /// EXISTS.
    pub exists: u32,
}

/// What to do with the folder on this pass.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// List UIDs from here on; what is below is recorded.
    From {
        /// The UIDVALIDITY to record under.
        uid_validity: u32,
        /// First UID to list.
        first_uid: u32,
    },
    /// UIDVALIDITY changed: list everything again; known bytes are recognised by their digest.
    Rescan {
        /// The new UIDVALIDITY.
        uid_validity: u32,
    },
    /// The server gives no UIDVALIDITY: nothing can be recorded safely.
    Unusable,
}

/// Decides what to list.
///
/// A `last_uid` of 4294967295 leaves no UID that could be new; that one is listed again, and its
/// unique key in the store keeps it from being filed twice.
pub fn plan(position: Option<Position>, state: FolderState) -> Plan {
    // UIDVALIDITY is an nz-number (RFC 3501 section 9): 0 is as good as none.
    let Some(uid_validity) = state.uid_validity.filter(|v| *v != 0) else {
        return Plan::Unusable;
    };
    match position {
        None => Plan::From { uid_validity, first_uid: 1 },
        Some(known) if known.uid_validity == uid_validity => {
            Plan::From { uid_validity, first_uid: known.last_uid.saturating_add(1) }
        }
        // Smaller is a change too: restored backups and moved mailboxes count backwards
        // (chatmail/core#1725).
        Some(_) => Plan::Rescan { uid_validity },
    }
}

/// What a mailbox says of an entry besides its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Looks {
    /// RFC822.SIZE or the file's length, in bytes; `None` when the server does not say.
    pub size_bytes: Option<u64>,
    /// INTERNALDATE or the file's time.
    pub date: Option<Timestamp>,
}

impl Looks {
    /// Whether an entry that looks so may be the one that looked like `known`: nothing that is known of both differs. The
    /// second counts, as INTERNALDATE has no more.
    #[must_use]
    pub fn may_be(self, known: Self) -> bool {
        let (now, known) = (self.to_the_second(), known.to_the_second());
        agree(now.size_bytes, known.size_bytes) && agree(now.date, known.date)
    }

    /// Without what is beyond the second.
    #[must_use]
    pub fn to_the_second(self) -> Self {
        let date = self.date.and_then(|date| Timestamp::from_second(date.as_second()).ok());
        Self { date, ..self }
    }

    /// Whether it says what `known` leaves open.
    #[must_use]
    pub const fn adds_to(self, known: Self) -> bool {
        self.size_bytes.is_some() && known.size_bytes.is_none() || self.date.is_some() && known.date.is_none()
    }
}

fn agree<T: PartialEq>(now: Option<T>, known: Option<T>) -> bool {
    now.zip(known).is_none_or(|(now, known)| now == known)
}

/// What was heard of a folder before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// UIDNEXT of the last pass.
    pub uid_next: Option<u32>,
    /// From this UID on entries may be others than those recorded, whatever they look like: their bytes are to be compared.
    pub doubt_from: Option<u32>,
}

/// UIDNEXT before and now, where it fell under one UIDVALIDITY: the mailbox was restored, or its UIDs are given out anew
/// (RFC 3501 section 2.3.1.1 forbids it).
#[must_use]
pub fn uid_next_fell(position: Option<Position>, heard: Heard, state: FolderState) -> Option<(u32, u32)> {
    let position = position.filter(|position| Some(position.uid_validity) == state.uid_validity)?;
    let before = heard.uid_next.unwrap_or(position.last_uid.saturating_add(1));
    state.uid_next.filter(|now| *now < before).map(|now| (before, now))
}
