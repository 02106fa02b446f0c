//! One pass over a Maildir.

use std::path::Path;

use super::{Batch, Lane, Pass, PassError};
use crate::mail::{EntryKey, EntryUid};
use crate::maildir::{self, Entry};
use crate::store::{self, StoreError};

/// Reads and records every file whose name is not recorded yet.
pub(super) async fn pass(path: &Path, lane: &Lane) -> Result<Pass, PassError> {
    let mut pass = Pass::default();
    let mut new = Vec::new();
    for entry in maildir::list(path)? {
        if !is_recorded(path, &entry, lane)? {
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
        // A file that vanished since it was listed was moved by somebody's mail program; the next pass finds it.
        let Some(message) = maildir::read(path, entry, &lane.limits)? else {
            continue;
        };
        bytes += message.raw.len() as u64;
        batch.messages.push(message);
        if bytes >= lane.limits.batch_bytes || batch.messages.len() >= lane.limits.batch_messages {
            pass.add(&lane.record(std::mem::take(&mut batch)).await?.pass);
            bytes = 0;
        }
    }
    pass.add(&lane.record(batch).await?.pass);
    Ok(pass)
}

fn is_recorded(path: &Path, entry: &Entry, lane: &Lane) -> Result<bool, StoreError> {
    let key = EntryKey {
        folder: path.display().to_string(),
        uid_validity: 0,
        uid: EntryUid::Name(entry.name.clone()),
    };
    store::with(&lane.store, |store| store.is_recorded(&key))
}
