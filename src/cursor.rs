//! Recorded position × SELECT result → what to fetch (RFC 3501 section 2.3.1.1).
//!
//! | recorded | the server says | plan |
//! |---|---|---|
//! | nothing | UIDVALIDITY v | from 1 under v |
//! | (v, last) | UIDVALIDITY v, any UIDNEXT or none | from last + 1 |
//! | (v, last) | UIDVALIDITY w ≠ v, also a smaller one | rescan under w |
//! | anything | no UIDVALIDITY, or 0 | unusable |
//!
//! UIDNEXT decides nothing: servers leave it out, give a stale one or let it fall
//! (nextcloud/mail#13590 lost mail to such a short cut). Listing from `last + 1` costs one command
//! with an empty answer.

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
