//! Entries whose UIDs may name other letters than before, though the listing does not show it.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::worklist::{COMPARISON_INTERVAL, Worklist};
use super::{ImapMailbox, Start};
use crate::imap::Session;
use crate::lane::Lane;
use crate::lane::intake::pass::{Pass, PassError};
use crate::lane::reconcile::distinguish;
use crate::maillog;

impl ImapMailbox {
    /// Where UIDs moved: fetches what is recorded from the first doubtful UID on, and compares it by its bytes.
    pub(super) async fn compare_bytes(
        &mut self,
        session: &mut Session,
        start: &Start,
        worklist: &Worklist,
        lane: &Lane,
        pass: &mut Pass,
    ) -> Result<(), PassError> {
        let folder = &start.folder;
        let mut asked: BTreeSet<u32> = worklist.uids().collect();
        while !pass.incomplete
            && let Some(from) = lane.store.read(|store| store.heard(folder))?.doubt_from
        {
            let doubted = worklist.doubted(from, &asked);
            let before = asked.len();
            asked.extend(doubted.uids());
            if asked.len() == before {
                return Ok(lane.store.write(|writing| writing.settle_doubt(folder))?);
            }
            maillog::comparing_bytes(&folder.name, from, asked.len() - before);
            self.fetch(session, start, &doubted, lane, pass).await?;
        }
        Ok(())
    }

    /// Entries of one size and one second: fetches what has another Message-ID than recorded. After everything else, for one of
    /// them may be what ends every session.
    pub(super) async fn tell_apart(
        &mut self,
        session: &mut Session,
        start: &Start,
        worklist: &Worklist,
        lane: &Lane,
        pass: &mut Pass,
    ) -> Result<(), PassError> {
        let name = &start.folder.name;
        let rests = self.told_apart.get(name).is_some_and(|at| at.elapsed() < COMPARISON_INTERVAL);
        if pass.incomplete || worklist.alike.is_empty() || rests {
            return Ok(());
        }
        self.told_apart.insert(name.clone(), Instant::now());
        let recorded = |ids: &[i64]| lane.store.read(|store| store.message_ids(ids));
        let others = distinguish::<PassError>(session, &worklist.alike, recorded).await?;
        self.told_apart.remove(name);
        if others.is_empty() {
            return Ok(());
        }
        maillog::uids_moved(name, start.heard.uid_next, start.state.uid_next, others.len());
        self.fetch(session, start, &worklist.only(&others.into_iter().collect()), lane, pass).await
    }
}
