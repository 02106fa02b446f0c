//! What is to be fetched of a folder: what is new, and what is still missing.

use std::time::Duration;

use tokio::time::Instant;

use super::{ImapMailbox, Start};
use crate::config::Limits;
use crate::imap::{FetchedBatch, ImapError, Listed, MissingReason, Session, batches};
use crate::lane::Lane;
use crate::lane::intake::pass::PassError;
use crate::lane::reconcile::compare;
use crate::maillog;
use crate::store::StoreError;
use crate::vocabulary::{EntryUid, FetchedMessage, FolderKey, GapReason};

/// How often a folder is compared with the record, UID by UID. Between two comparisons every pass compares counts, which
/// costs nothing: EXAMINE tells how many there are.
const COMPARISON_INTERVAL: Duration = Duration::from_hours(1);
/// Where counts say that an entry has no row, the UIDs are compared at once, and then this often while the counts go on
/// saying so (a server may count what it does not list).
const SURPLUS_INTERVAL: Duration = Duration::from_mins(5);

/// A comparison of a folder with the record.
#[derive(Debug)]
pub(super) struct Comparison {
    at: Instant,
    /// Entries that the server counted and did not list.
    surplus: u64,
}

/// What is to be fetched of a folder, ascending. What is new comes first: a gap may be an entry that ends every session.
pub(super) struct Worklist {
    new: Vec<Listed>,
    /// So many of the new ones are fetched one by one.
    singly: usize,
    gaps: Vec<Listed>,
}

impl Worklist {
    /// Whether the folder holds nothing that was not there before.
    pub(super) const fn has_nothing_new(&self) -> bool {
        self.new.is_empty()
    }

    /// What is fetched with one command each, in this order.
    pub(super) fn runs(&self, limits: &Limits) -> impl Iterator<Item = Run<'_>> {
        let (singly, together) = self.new.split_at(self.singly.min(self.new.len()));
        let alone = |listed: &'_ Listed| Run::Alone(*listed);
        let together = batches(together, limits.batch_bytes, limits.batch_messages).map(Run::Together);
        singly.iter().map(alone).chain(together).chain(self.gaps.iter().map(alone))
    }
}

/// What is fetched at a time.
pub(super) enum Run<'a> {
    /// A message that was in trouble before.
    Alone(Listed),
    /// A batch, which may be one message.
    Together(&'a [Listed]),
}

impl Run<'_> {
    fn wanted(&self) -> &[Listed] {
        match self {
            Self::Alone(listed) => std::slice::from_ref(listed),
            Self::Together(listed) => listed,
        }
    }

    /// The highest UID.
    pub(super) fn last_uid(&self) -> u32 {
        self.wanted().last().map_or(0, |listed| listed.uid)
    }

    /// The highest UID up to which each came, or is missing with a reason; for a run that was not finished.
    pub(super) fn reached(
        &self,
        messages: &[FetchedMessage],
        missing: &[(u32, MissingReason)],
    ) -> Option<u32> {
        let settled = |uid: u32| {
            messages.iter().any(|message| message.entry.uid == EntryUid::Imap(uid))
                || missing.iter().any(|(found, _)| *found == uid)
        };
        self.wanted().iter().map(|listed| listed.uid).take_while(|uid| settled(*uid)).last()
    }

    /// The UID, where it is one message.
    pub(super) fn alone(&self) -> Option<u32> {
        if let [alone] = self.wanted() { Some(alone.uid) } else { None }
    }

    /// Whether a message in it is larger than a whole batch should be.
    pub(super) fn is_large(&self, limits: &Limits) -> bool {
        self.wanted().iter().any(|listed| listed.size_bytes > limits.batch_bytes)
    }

    pub(super) async fn fetch(
        &self,
        session: &mut Session,
        folder: &FolderKey,
    ) -> Result<FetchedBatch, ImapError> {
        match self {
            Self::Alone(listed) => fetch_alone(session, folder, *listed).await,
            Self::Together(listed) => session.fetch(folder, listed).await,
        }
    }
}

/// One message that was in trouble before, in pieces: the announced size may be what is wrong, and a piece is bounded by
/// what was asked for. Whole where the server takes no requests for pieces.
async fn fetch_alone(
    session: &mut Session,
    folder: &FolderKey,
    wanted: Listed,
) -> Result<FetchedBatch, ImapError> {
    let fetched = session.fetch_in_pieces(folder, wanted).await?;
    match fetched.missing.as_slice() {
        [(_, MissingReason::Refused(_) | MissingReason::Unreadable)] => {
            session.fetch(folder, &[wanted]).await
        }
        _ => Ok(fetched),
    }
}

impl ImapMailbox {
    /// Lists the folder, and forgets gaps whose entries are not listed any more.
    pub(super) async fn worklist(
        &mut self,
        session: &mut Session,
        start: &Start,
        lane: &Lane,
    ) -> Result<Worklist, PassError> {
        let mut due = lane.store.read(|store| store.gaps_due(&start.folder, lane.world.now()))?;
        let listed = self.list(session, start, &mut due, lane).await?;
        let (new, old): (Vec<Listed>, Vec<Listed>) =
            listed.into_iter().partition(|listed| listed.uid >= start.first_uid);
        let is_listed = |uid: &u32| old.binary_search_by_key(uid, |listed| listed.uid).is_ok();
        forget(due.iter().copied().filter(|uid| !is_listed(uid)), &start.folder, lane)?;
        let gaps = old.into_iter().filter(|listed| due.binary_search(&listed.uid).is_ok()).collect();
        let singly_until = self.singly_until.remove(&start.folder.name).unwrap_or(0);
        let singly = new.partition_point(|listed| listed.uid <= singly_until);
        Ok(Worklist { new, singly, gaps })
    }

    /// Lists what is new and what is missing so far (`gaps`). When it is time, or when the folder holds more entries than
    /// the record knows, all of it, to find entries that have no row though the position is beyond them: those are gaps
    /// from now on.
    async fn list(
        &mut self,
        session: &mut Session,
        start: &Start,
        gaps: &mut Vec<u32>,
        lane: &Lane,
    ) -> Result<Vec<Listed>, PassError> {
        let Start { folder, first_uid, exists, .. } = start;
        let exists = u64::from(*exists);
        let last = self.compared.get(&folder.name);
        let rested = |interval: Duration| last.is_none_or(|last| last.at.elapsed() >= interval);
        if !rested(COMPARISON_INTERVAL) {
            let lowest = gaps.iter().copied().chain([*first_uid]).min().unwrap_or(*first_uid);
            let listed = session.list(lowest).await?;
            let new = listed.iter().filter(|entry| entry.uid >= *first_uid).count() as u64;
            let known = lane.store.read(|store| store.known_below(folder, *first_uid))?;
            let surplus = exists.saturating_sub(new).saturating_sub(known);
            let explained = last.map_or(0, |last| last.surplus);
            if surplus == 0 || (surplus <= explained && !rested(SURPLUS_INTERVAL)) {
                return Ok(listed);
            }
        }
        let listed = session.list(1).await?;
        let surplus = exists.saturating_sub(listed.len() as u64);
        self.compared.insert(folder.name.clone(), Comparison { at: Instant::now(), surplus });
        gaps.extend(without_row(&listed, start, lane)?);
        gaps.sort_unstable();
        Ok(listed)
    }
}

/// Entries that have no row though the position is beyond them. They are gaps from now on.
fn without_row(listed: &[Listed], start: &Start, lane: &Lane) -> Result<Vec<u32>, StoreError> {
    let folder = &start.folder;
    let entries: Vec<(EntryUid, u64)> =
        listed.iter().map(|entry| (EntryUid::Imap(entry.uid), entry.size_bytes)).collect();
    let record = lane.store.read(|store| store.folder_record(folder))?;
    let is_new = |uid: &EntryUid| *uid >= EntryUid::Imap(start.first_uid);
    let report = compare(folder.clone(), &entries, record, is_new);
    maillog::reconciled(&folder.name, listed.len(), report.missing.len());
    let mut found = Vec::new();
    for missing in report.missing {
        let EntryUid::Imap(uid) = missing.uid else { continue };
        let entry = folder.entry(missing.uid);
        maillog::not_recorded(&entry);
        lane.store.write(|writing| writing.note_gap(&entry, &GapReason::NotRecorded, lane.world.now()))?;
        found.push(uid);
    }
    Ok(found)
}

/// What is missing and not listed any more was removed from the mailbox by somebody: nobody can hand it over.
fn forget(gone: impl Iterator<Item = u32>, folder: &FolderKey, lane: &Lane) -> Result<(), StoreError> {
    for uid in gone {
        let entry = folder.entry(EntryUid::Imap(uid));
        maillog::vanished(&entry);
        lane.store.write(|writing| writing.close_gap(&entry))?;
    }
    Ok(())
}
