//! Mail that was for no consultation when it came, and may be for one that was configured, or mended, since.

use std::collections::BTreeSet;

use super::{ImapMailbox, Start, Worklist};
use crate::imap::Session;
use crate::lane::Lane;
use crate::lane::intake::pass::{Pass, PassError};
use crate::maillog;
use crate::vocabulary::EntryUid;

/// Entries that are looked up at a time; each batch of them is recorded by itself.
const LOOKED_UP: usize = 1_000;

impl ImapMailbox {
    /// Fetches such mail, as far as it still lies there, the oldest first and before what is new: of two same letters the
    /// earlier one is the original.
    pub(super) async fn second_look(
        &mut self,
        session: &mut Session,
        start: &Start,
        worklist: &Worklist,
        lane: &Lane,
        pass: &mut Pass,
    ) -> Result<(), PassError> {
        let folder = &start.folder;
        let by = lane.config.rules.judged_by();
        let mut after = 0;
        while !pass.incomplete {
            let due = lane.store.read(|store| store.judged_otherwise(folder, by, after, LOOKED_UP))?;
            let Some((last, _)) = due.last() else { return Ok(()) };
            after = *last;
            let mut wanted = BTreeSet::new();
            let mut gone = Vec::new();
            for (id, uid) in due {
                match uid {
                    EntryUid::Imap(uid) if worklist.lists(uid) => _ = wanted.insert(uid),
                    _ => gone.push(id),
                }
            }
            // What a server counts and does not list may still be there.
            if worklist.unlisted.is_none() && !gone.is_empty() {
                lane.store.write(|writing| writing.judged(&gone, by.digest()))?;
            }
            if !wanted.is_empty() {
                maillog::judging_again(&folder.name, wanted.len());
                self.fetch(session, start, &worklist.only(&wanted), lane, pass).await?;
            }
        }
        Ok(())
    }
}
