//! What is to be fetched of a folder: what is new, and what is still missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{ImapMailbox, Start};
use crate::config::Limits;
use crate::cursor::Looks;
use crate::imap::{FetchedBatch, ImapError, Listed, MissingReason, Session, batches};
use crate::lane::Lane;
use crate::lane::comparison::{Alike, compare};
use crate::lane::intake::pass::PassError;
use crate::lane::reconcile::looks;
use crate::maillog;
use crate::store::{FolderRecord, StoreError};
use crate::vocabulary::{EntryUid, FetchedMessage, FolderKey, GapReason};

/// How often a folder is compared with the record, UID by UID. Between two comparisons every pass compares counts, which
/// costs nothing: EXAMINE tells how many there are.
pub(super) const COMPARISON_INTERVAL: Duration = Duration::from_hours(1);
/// Where counts say that an entry has no row, the UIDs are compared at once, and then this often while the counts go on
/// saying so (a server may count what it does not list).
const SURPLUS_INTERVAL: Duration = Duration::from_mins(5);

/// So many of the newest known entries are compared in every pass: what moves is nearly always new.
const COMPARED: u32 = 300;
/// So many learned looks are written in one transaction.
const LEARNED: usize = 5_000;

/// A comparison of a folder with the record.
#[derive(Debug)]
pub(super) struct Comparison {
    at: Instant,
    /// Entries that the server counted and did not list.
    surplus: u64,
}

/// What is to be fetched of a folder, ascending. What is new comes first: a gap may be an entry that ends every session.
#[derive(Default)]
pub(super) struct Worklist {
    new: Vec<Listed>,
    /// Up to this UID they are fetched one by one.
    singly_until: u32,
    /// Recorded entries whose bytes are to be compared: they look otherwise than recorded.
    again: Vec<Listed>,
    gaps: Vec<Listed>,
    /// All that was listed.
    listed: Vec<Listed>,
    dates: BTreeMap<u32, Timestamp>,
    /// Known entries that size and date do not tell apart.
    pub(super) alike: Vec<Alike>,
    /// UIDs of gaps that rest.
    resting: BTreeSet<u32>,
    /// How many entries the server counts and how many it lists, where that is fewer.
    pub(super) unlisted: Option<(u64, u64)>,
}

impl Worklist {
    /// Whether the folder holds nothing that was not there before.
    pub(super) const fn has_nothing_new(&self) -> bool {
        self.new.is_empty()
    }

    /// What is fetched with one command each, in this order.
    pub(super) fn runs(&self, limits: &Limits) -> impl Iterator<Item = Run<'_>> {
        let gaps = self.gaps.iter().map(|listed| Run::Alone(*listed));
        self.runs_of(&self.new, limits).chain(self.runs_of(&self.again, limits)).chain(gaps)
    }

    fn runs_of<'a>(&self, of: &'a [Listed], limits: &Limits) -> impl Iterator<Item = Run<'a>> + use<'a> {
        let singly = of.partition_point(|listed| listed.uid <= self.singly_until);
        let (singly, together) = of.split_at_checked(singly).unwrap_or((of, &[]));
        let together = batches(together, limits.batch_bytes, limits.batch_messages).map(Run::Together);
        singly.iter().map(|listed| Run::Alone(*listed)).chain(together)
    }

    /// The UIDs on it.
    pub(super) fn uids(&self) -> impl Iterator<Item = u32> {
        self.new.iter().chain(&self.again).chain(&self.gaps).map(|listed| listed.uid)
    }

    /// How the entries of a run look.
    pub(super) fn looks(&self, run: &Run<'_>, unknown: u64) -> BTreeMap<EntryUid, Looks> {
        let look = |listed: &Listed| (EntryUid::Imap(listed.uid), looks(listed, &self.dates, unknown));
        run.wanted().iter().map(look).collect()
    }

    /// The newest UIDs that were listed, ascending.
    pub(super) fn standing(&self) -> Arc<[u32]> {
        let older = self.listed.len().saturating_sub(COMPARED as usize + self.new.len());
        self.listed.iter().skip(older).map(|listed| listed.uid).collect()
    }

    /// What is listed from a UID on and was not asked for in this pass.
    pub(super) fn doubted(&self, from: u32, asked: &BTreeSet<u32>) -> Self {
        let again = self.listed.iter().filter(|listed| {
            listed.uid >= from && !asked.contains(&listed.uid) && !self.resting.contains(&listed.uid)
        });
        self.again(again)
    }

    /// Whether this UID was listed.
    pub(super) fn lists(&self, uid: u32) -> bool {
        self.listed.binary_search_by_key(&uid, |listed| listed.uid).is_ok()
    }

    /// These of what is listed.
    pub(super) fn only(&self, uids: &BTreeSet<u32>) -> Self {
        let again = self.listed.iter().filter(|listed| uids.contains(&listed.uid));
        Self { singly_until: self.singly_until, ..self.again(again) }
    }

    fn again<'a>(&self, again: impl Iterator<Item = &'a Listed>) -> Self {
        Self {
            again: again.copied().collect(),
            listed: self.listed.clone(),
            dates: self.dates.clone(),
            ..Self::default()
        }
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
            session.fetch_at_once(folder, wanted).await
        }
        _ => Ok(fetched),
    }
}

impl ImapMailbox {
    /// Lists the folder, compares it with the record, and forgets gaps whose entries are not listed any more.
    pub(super) async fn worklist(
        &mut self,
        session: &mut Session,
        start: &Start,
        lane: &Lane,
    ) -> Result<Worklist, PassError> {
        let folder = &start.folder;
        let mut due = lane.store.read(|store| store.gaps_due(folder, lane.world.now()))?;
        let Listing { entries: listed, from, unlisted } = self.list(session, start, &due, lane).await?;
        let mut work = Worklist {
            singly_until: self.singly_until.remove(&folder.name).unwrap_or(0),
            unlisted,
            ..Worklist::default()
        };
        let last_known = listed.iter().map(|entry| entry.uid).filter(|uid| *uid < start.first_uid).max();
        if let Some(last) = last_known {
            work.dates = session.internal_dates(from, last).await?;
        }
        let known = Known { listed: &listed, dates: &work.dates, from, unknown: session.size_when_unknown() };
        let found = against_record(&known, start, lane)?;
        due.extend(found.without_row);
        due.sort_unstable();
        let (new, old): (Vec<Listed>, Vec<Listed>) =
            listed.iter().partition(|listed| listed.uid >= start.first_uid);
        let is_listed = |uid: &u32| old.binary_search_by_key(uid, |listed| listed.uid).is_ok();
        forget(due.iter().copied().filter(|uid| !is_listed(uid)), folder, lane)?;
        work.again = old.iter().filter(|listed| found.differing.contains(&listed.uid)).copied().collect();
        work.gaps = old.into_iter().filter(|listed| due.binary_search(&listed.uid).is_ok()).collect();
        work.alike = found.alike;
        work.resting = found.gaps;
        work.new = new;
        work.listed = listed;
        Ok(work)
    }

    /// Lists what is new, what is missing so far (`gaps`), and the newest of what is known. When it is time, when the folder
    /// holds more entries than the record knows, or when UIDs may have moved, all of it.
    async fn list(
        &mut self,
        session: &mut Session,
        start: &Start,
        gaps: &[u32],
        lane: &Lane,
    ) -> Result<Listing, PassError> {
        let Start { folder, first_uid, heard, .. } = start;
        let exists = u64::from(start.state.exists);
        let last = self.compared.get(&folder.name);
        let rested = |interval: Duration| last.is_none_or(|last| last.at.elapsed() >= interval);
        if !rested(COMPARISON_INTERVAL) && start.fell.is_none() {
            // UIDs that are given out anew lie at UIDNEXT, wherever the record ends.
            let before = start.state.uid_next.map_or(*first_uid, |next| next.min(*first_uid));
            let newest = lane.store.read(|store| store.uid_behind(folder, before, COMPARED))?;
            let by = lane.config.rules.judged_by();
            let judged = lane.store.read(|store| store.first_judged_otherwise(folder, by))?;
            let known = heard.doubt_from.into_iter().chain(judged);
            let from = gaps.iter().copied().chain(known).chain([newest, *first_uid]).min();
            let from = from.unwrap_or(1);
            let entries = session.list(from).await?;
            let new = entries.iter().filter(|entry| entry.uid >= *first_uid).count() as u64;
            let known = lane.store.read(|store| store.known_below(folder, *first_uid))?;
            let counted = exists.saturating_sub(new).saturating_sub(known);
            let surplus = counted.max(u64::from(session.unlisted(&entries)));
            let explained = last.map_or(0, |last| last.surplus);
            // The whole folder was listed: what it holds more than the record knows is there to be seen.
            let is_whole = from == 1 && session.exists() as usize <= entries.len();
            if is_whole || surplus == 0 || (surplus <= explained && !rested(SURPLUS_INTERVAL)) {
                let unlisted = (surplus > 0 && !is_whole).then(|| (exists, exists.saturating_sub(surplus)));
                return Ok(Listing { entries, from, unlisted });
            }
        }
        let (entries, exists) = session.list_all().await?;
        let surplus = u64::from(exists).saturating_sub(entries.len() as u64);
        self.compared.insert(folder.name.clone(), Comparison { at: Instant::now(), surplus });
        let unlisted = (surplus > 0).then(|| (u64::from(exists), entries.len() as u64));
        Ok(Listing { entries, from: 1, unlisted })
    }
}

/// What a folder listed.
struct Listing {
    entries: Vec<Listed>,
    /// From this UID on.
    from: u32,
    /// How many entries the server counts and lists, where it lists fewer.
    unlisted: Option<(u64, u64)>,
}

/// What is known of a listing.
struct Known<'a> {
    listed: &'a [Listed],
    dates: &'a BTreeMap<u32, Timestamp>,
    from: u32,
    /// The size of entries whose size is not known.
    unknown: u64,
}

/// What a listing and the record do not agree on.
struct Disagreement {
    /// No row, though the position is beyond them. They are gaps from now on.
    without_row: Vec<u32>,
    /// They look otherwise than recorded.
    differing: BTreeSet<u32>,
    /// They look like another.
    alike: Vec<Alike>,
    /// All gaps.
    gaps: BTreeSet<u32>,
}

/// Compares a listing with the record, and learns how entries look of which that is not recorded.
fn against_record(known: &Known<'_>, start: &Start, lane: &Lane) -> Result<Disagreement, StoreError> {
    let folder = &start.folder;
    let entries: Vec<(EntryUid, Looks)> = known
        .listed
        .iter()
        .map(|entry| (EntryUid::Imap(entry.uid), looks(entry, known.dates, known.unknown)))
        .collect();
    let (recorded, gaps) = lane.store.read(|store| store.known_from(folder, known.from))?;
    let record = FolderRecord { recorded, gaps, ..FolderRecord::default() };
    let is_new = |uid: &EntryUid| *uid >= EntryUid::Imap(start.first_uid);
    let report = compare(folder.clone(), &entries, record, is_new);
    if known.from == 1 {
        maillog::reconciled(&folder.name, known.listed.len(), report.missing.len());
    }
    for learned in report.learned.chunks(LEARNED) {
        lane.store.write(|writing| learned.iter().try_for_each(|(id, looks)| writing.learn(*id, *looks)))?;
    }
    if start.fell.is_some() || !report.differing.is_empty() {
        let before = start.fell.map(|(before, _)| before).or(start.heard.uid_next);
        maillog::uids_moved(&folder.name, before, start.state.uid_next, report.differing.len());
    }
    let mut without_row = Vec::new();
    for missing in report.missing {
        let EntryUid::Imap(uid) = missing.uid else { continue };
        let entry = folder.entry(missing.uid);
        maillog::not_recorded(&entry);
        lane.store.write(|writing| writing.note_gap(&entry, &GapReason::NotRecorded, lane.world.now()))?;
        without_row.push(uid);
    }
    let uid_of = |uid: &EntryUid| if let EntryUid::Imap(uid) = uid { Some(*uid) } else { None };
    Ok(Disagreement {
        without_row,
        differing: report.differing.iter().filter_map(|entry| uid_of(&entry.uid)).collect(),
        alike: report.alike,
        gaps: report.gaps.iter().filter_map(|gap| uid_of(&gap.uid)).collect(),
    })
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
