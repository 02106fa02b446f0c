//! One pass over a Maildir.

use std::path::Path;

use super::{Batch, Lane, Missing, Pass, PassError};
use crate::maildir::{self, Entry};
use crate::store::{self, StoreError};
use crate::vocabulary::{EntryKey, EntryUid, GapReason};

/// Reads and records every file whose name is not recorded yet.
pub(super) async fn pass(path: &Path, lane: &Lane) -> Result<Pass, PassError> {
    let mut pass = Pass::default();
    let mut new = Vec::new();
    for entry in maildir::list(path)? {
        if !is_settled(path, &entry, lane)? {
            new.push(entry);
        }
    }
    let mut batch = Batch::default();
    let mut bytes = 0;
    for entry in &new {
        if lane.world.stopping() {
            pass.incomplete = true;
            break;
        }
        match maildir::read(path, entry, &lane.limits) {
            Ok(Some(message)) => {
                bytes += message.raw.len() as u64;
                batch.messages.push(message);
            }
            // Gone since it was listed: moved by somebody's mail program; the next pass finds it.
            Ok(None) => {}
            // The file's own trouble, such as its rights: it is owed, and the others go on.
            Err(error) => {
                let entry = key(path, entry);
                batch.missing.push(Missing {
                    entry,
                    reason: GapReason::UnreadableFile { problem: error.to_string() },
                    came: None,
                });
            }
        }
        if bytes >= lane.limits.batch_bytes || batch.messages.len() >= lane.limits.batch_messages {
            pass.add(&lane.record(std::mem::take(&mut batch)).await?);
            bytes = 0;
        }
    }
    pass.add(&lane.record(batch).await?);
    Ok(pass)
}

/// Whether nothing is to be done about an entry now: it is recorded, or owed and not due again yet.
fn is_settled(path: &Path, entry: &Entry, lane: &Lane) -> Result<bool, StoreError> {
    let key = key(path, entry);
    let now = lane.world.now();
    store::with(&lane.store, |store| Ok(store.is_recorded(&key)? || store.is_resting(&key, now)?))
}

fn key(path: &Path, entry: &Entry) -> EntryKey {
    EntryKey { folder: path.display().to_string(), uid_validity: 0, uid: EntryUid::Name(entry.name.clone()) }
}
