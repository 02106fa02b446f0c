//! What is in the open folder.

use std::collections::BTreeMap;

use imap_proto::{AttributeValue, Response};

use super::Session;
use super::command::Completion;
use super::error::ImapError;
use super::syntax::{uid_of, uid_set};
use crate::net::Stage;

/// Messages that may arrive while a folder is being listed.
pub(super) const LIST_SLACK: usize = 10_000;
/// More than a listing's line for one entry takes, in bytes: its deadline goes by it.
pub(super) const LISTED_BYTES: u64 = 80;

/// A longer header field is not looked at.
const FIELD_BYTES: usize = 4_000;

/// One entry of a folder, as listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// UID.
    pub uid: u32,
    /// RFC822.SIZE in bytes; `limits.message_bytes` when the server does not say.
    pub size_bytes: u64,
}

/// Splits a listing into runs that are fetched together: at most `batch_messages` of them and
/// `batch_bytes` together, but at least one.
pub fn batches(
    listed: &[Listed],
    batch_bytes: u64,
    batch_messages: usize,
) -> impl Iterator<Item = &[Listed]> {
    let mut rest = listed;
    std::iter::from_fn(move || {
        let mut bytes = 0_u64;
        let fitting = rest
            .iter()
            .take(batch_messages)
            .take_while(|entry| {
                bytes = bytes.saturating_add(entry.size_bytes);
                bytes <= batch_bytes
            })
            .count();
        let (batch, behind) = rest.split_at_checked(fitting.max(1))?;
        rest = behind;
        Some(batch)
    })
}

impl Session {
    /// One header field of these messages, as it stands in each, with the blank line behind it; without those that the server
    /// does not mention, and none where it refuses. UIDs ascend.
    ///
    /// # Errors
    ///
    /// When the connection fails.
    pub async fn header_field(
        &mut self,
        uids: &[u32],
        name: &str,
    ) -> Result<BTreeMap<u32, Vec<u8>>, ImapError> {
        let mut fields = BTreeMap::new();
        let deadline = self.deadline((uids.len() * FIELD_BYTES) as u64);
        let command =
            format!("UID FETCH {} (UID BODY.PEEK[HEADER.FIELDS ({name})])", uid_set(uids.iter().copied()));
        self.command(Stage::List, &command, deadline, &mut |response| {
            let Response::Fetch(_, attributes) = response else { return };
            let bytes = attributes.iter().find_map(|attribute| match attribute {
                AttributeValue::BodySection { data: Some(bytes), .. } => Some(bytes),
                _ => None,
            });
            if let (Some(uid), Some(bytes)) = (uid_of(attributes), bytes)
                && uids.binary_search(&uid).is_ok()
                && bytes.len() <= FIELD_BYTES
            {
                fields.insert(uid, bytes.to_vec());
            }
        })
        .await?;
        self.connection.take_unreadable();
        Ok(fields)
    }

    /// All entries of the open folder, and how many the server counts: more than it lists only if it goes on counting them when
    /// it is asked again, for somebody may remove messages while they are listed.
    ///
    /// # Errors
    ///
    /// As [`Session::list`].
    pub async fn list_all(&mut self) -> Result<(Vec<Listed>, u32), ImapError> {
        let mut listed = self.list(1).await?;
        if self.counts_more_than(listed.len()) {
            self.noop().await?;
            listed = self.list(1).await?;
        }
        Ok((listed, self.exists))
    }

    /// The size that [`Listed`] has where the server does not say.
    pub const fn size_when_unknown(&self) -> u64 {
        self.limits.message_bytes
    }

    fn counts_more_than(&self, listed: usize) -> bool {
        usize::try_from(self.exists).is_ok_and(|exists| exists > listed)
    }

    /// How many entries the server counted from the first of the last listing on and did not list. Messages are numbered
    /// without gaps (RFC 3501 section 2.3.1.2).
    pub fn unlisted(&self, listed: &[Listed]) -> u32 {
        let Some(first) = self.first_listed else { return 0 };
        let counted = self.exists.saturating_add(1).saturating_sub(first);
        counted.saturating_sub(u32::try_from(listed.len()).unwrap_or(u32::MAX))
    }

    /// The entries of the open folder from `first_uid` on, ascending, each once.
    ///
    /// # Errors
    ///
    /// When the server refuses or fails, or lists what is impossible.
    pub async fn list(&mut self, first_uid: u32) -> Result<Vec<Listed>, ImapError> {
        if self.open.is_none() {
            return Err(self.unusable("no folder is open"));
        }
        let most = usize::try_from(self.exists).unwrap_or(usize::MAX).saturating_add(LIST_SLACK);
        let unknown_size = self.limits.message_bytes;
        let mut listed: Vec<Listed> = Vec::new();
        let mut sizeless: Vec<u32> = Vec::new();
        let mut too_many = false;
        self.grown = false;
        let mut first_listed: Option<u32> = None;
        self.connection.take_unreadable();
        // Not SEARCH: it is unreliable on several Chinese providers, and its one long line is a
        // burden. `n:*` always yields the last message, even below n (RFC 3501 section 6.4.8).
        let command = format!("UID FETCH {first_uid}:* (UID RFC822.SIZE)");
        let deadline = self.deadline((most as u64).saturating_mul(LISTED_BYTES));
        let answer = self
            .command(Stage::List, &command, deadline, &mut |response| {
                let Response::Fetch(number, attributes) = response else { return };
                let Some(uid) = uid_of(attributes).filter(|uid| *uid >= first_uid && *uid != 0) else {
                    return;
                };
                first_listed = Some(first_listed.map_or(*number, |first| first.min(*number)));
                let size = attributes.iter().find_map(|a| match a {
                    AttributeValue::Rfc822Size(size) => Some(u64::from(*size)),
                    _ => None,
                });
                if listed.len() >= most || sizeless.len() >= most {
                    too_many = true;
                    return;
                }
                match size {
                    Some(size_bytes) => listed.push(Listed { uid, size_bytes }),
                    None => sizeless.push(uid),
                }
            })
            .await?;
        self.first_listed = first_listed;
        // Several servers call `1:*` a mistake where there is nothing.
        if answer.completion != Completion::Ok && self.exists == 0 {
            return Ok(Vec::new());
        }
        self.accepted(Stage::List, answer)?;
        if too_many {
            return Err(self.protocol(Stage::List, "more entries than the folder has"));
        }
        if self.connection.take_unreadable() > 0 {
            return Err(self.protocol(Stage::List, "an entry that cannot be read"));
        }
        // A flag change is told by a FETCH of its own, without a size; the size is unknown only of an entry that
        // never got one. Of two sizes the larger is the safer.
        listed.extend(sizeless.into_iter().map(|uid| Listed { uid, size_bytes: unknown_size }));
        listed.sort_by_key(|entry| {
            (entry.uid, entry.size_bytes == unknown_size, std::cmp::Reverse(entry.size_bytes))
        });
        listed.dedup_by_key(|entry| entry.uid);
        Ok(listed)
    }
}
