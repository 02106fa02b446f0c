//! One pass over a Maildir.
//!
//! A name is no identity: a file is read again when it is of another size or date than recorded, and once more when it was
//! written to within the seconds before it was read, for its writer may not have been done.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::batch::{Batch, Missing};
use super::due::due;
use super::pass::{Pass, PassError};
use super::recording::Recording;
use crate::cursor::Looks;
use crate::lane::Lane;
use crate::maildir::{self, Entry};
use crate::vocabulary::{EntryUid, FolderKey, GapReason};

/// A file that was written to this recently may still be written to.
const UNSETTLED: SignedDuration = SignedDuration::from_secs(5);

/// Reads and records every file that is not recorded as it is.
pub(super) async fn pass(path: &Path, lane: &Lane) -> Result<Pass, PassError> {
    let folder = FolderKey::files(path);
    let limits = &lane.config.limits;
    let mut pass = Pass::default();
    let mut recording = Recording::default();
    let mut batch = Batch::default();
    let mut bytes = 0;
    for entry in &files_due(path, &folder, lane)? {
        if lane.world.stopping() {
            pass.incomplete = true;
            break;
        }
        match maildir::read(path, entry, limits) {
            Ok(Some(message)) => {
                bytes += message.raw.len() as u64;
                let modified = entry.modified;
                let settled = lane.world.now().duration_since(modified) >= UNSETTLED;
                // A date that no file has: the next passes read it again, until it has settled.
                let date = if settled { modified } else { Timestamp::UNIX_EPOCH };
                batch
                    .looks
                    .insert(EntryUid::Name(entry.name.clone()), Looks { date: Some(date), ..entry.looks() });
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
            recording.begin(lane, std::mem::take(&mut batch), &mut pass).await?;
            // Two large messages at once are too many for memory.
            if bytes > limits.batch_bytes {
                recording.finish(&mut pass).await?;
            }
            bytes = 0;
        }
    }
    recording.begin(lane, batch, &mut pass).await?;
    recording.finish(&mut pass).await?;
    pass.read_folders.push(folder.name);
    Ok(pass)
}

/// The files to be read now.
fn files_due(path: &Path, folder: &FolderKey, lane: &Lane) -> Result<Vec<Entry>, PassError> {
    let listed = maildir::list(path)?;
    let entries: Vec<(EntryUid, Looks)> =
        listed.iter().map(|entry| (EntryUid::Name(entry.name.clone()), entry.looks())).collect();
    let due = due(folder, &entries, lane)?;
    Ok(listed.into_iter().filter(|entry| due.contains(&EntryUid::Name(entry.name.clone()))).collect())
}
