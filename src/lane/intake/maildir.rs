//! One pass over a Maildir.

use std::path::Path;

use super::batch::{Batch, Missing, committed};
use super::pass::{Pass, PassError};
use crate::lane::Lane;
use crate::maildir::{self, Entry};
use crate::store::StoreError;
use crate::vocabulary::{EntryUid, FolderKey, GapReason};

/// Reads and records every file whose name is not recorded yet.
pub(super) async fn pass(path: &Path, lane: &Lane) -> Result<Pass, PassError> {
    let folder = FolderKey::files(path);
    let limits = &lane.config.limits;
    let mut pass = Pass::default();
    let mut new = Vec::new();
    for entry in maildir::list(path)? {
        if !is_settled(&folder, &entry, lane)? {
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
        match maildir::read(path, entry, limits) {
            Ok(Some(message)) => {
                bytes += message.raw.len() as u64;
                batch.messages.push(message);
            }
            // Gone since it was listed: moved by somebody's mail program; the next pass finds it.
            Ok(None) => {}
            // The file's own trouble, such as its rights: it becomes a gap, and the others go on.
            Err(error) => {
                let key = folder.entry(EntryUid::Name(entry.name.clone()));
                batch
                    .missing
                    .push(Missing::entirely(key, GapReason::UnreadableFile { problem: error.to_string() }));
            }
        }
        if bytes >= limits.batch_bytes || batch.messages.len() >= limits.batch_messages {
            committed(std::mem::take(&mut batch).record(lane), &mut pass).await?;
            bytes = 0;
        }
    }
    committed(batch.record(lane), &mut pass).await?;
    pass.read_folders.push(folder.name);
    Ok(pass)
}

/// Whether nothing is to be done about an entry now: it is recorded, or a gap that is not due again yet.
fn is_settled(folder: &FolderKey, entry: &Entry, lane: &Lane) -> Result<bool, StoreError> {
    let key = folder.entry(EntryUid::Name(entry.name.clone()));
    let now = lane.world.now();
    lane.store.read(|store| Ok(store.is_recorded(&key)? || store.gap_is_resting(&key, now)?))
}
