//! `reprocess`: today's rules over the kept messages, from the oldest to the newest.
//!
//! The kept bytes are filed once more, in their order and with staff's decisions at their places, by the function that
//! files new mail, into a scratch store; what then stands there otherwise than in the record is shown, or written into
//! the record.
//!
//! Batch by batch: bytes out of the store and read (pure, no lock held), then one transaction that files them again,
//! compares and writes. Each batch is whole by itself, so that the daemon gets its turn between two of them and a run that
//! was killed is completed by the next one. What comes in after the run began is left out: it is ruled on by today's rules
//! anyway.
//!
//! Where only some submissions are asked for, only their messages are read; what bears on them (the same sender's mail,
//! what they answer, who had their Message-ID) is taken over as it stands, with what staff decided at its place.

mod apply;
mod difference;
mod replay;

use std::collections::HashMap;

use super::LaneConfig;
use super::intake::batch::prepare;
use super::intake::record::Prepared;
use crate::store::{Kept, Original, Record, Store, StoreError, Writing};
use crate::world::World;
pub use difference::{Finding, Left};
use replay::Replay;

/// Which messages, and whether to change anything.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Only these submissions with their supplements; empty: all.
    pub numbers: Vec<String>,
    /// Only this consultation; what is in quarantine is looked at all the same, for nobody knows yet whose it is.
    pub consultation: Option<String>,
    /// Change what differs.
    pub apply: bool,
    /// Who asks, for the event log.
    pub actor: String,
}

/// How many messages, in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Read and ruled on again.
    pub examined: u64,
    /// Of those, with something to change.
    pub changed: u64,
    /// Of those, with something that stays because staff decided or corrected it.
    pub kept: u64,
    /// Of those, with something that is left to a person.
    pub left: u64,
    /// Could not be read.
    pub unreadable: u64,
    /// Erased: nothing is left to read.
    pub erased: u64,
    /// Of a consultation that is not configured any more.
    pub unconfigured: u64,
    /// Entries of which no bytes were kept: mail that is not ours, automatic mail.
    pub without_bytes: u64,
}

impl Totals {
    fn count(&mut self, finding: &Finding) {
        if finding.unreadable {
            self.unreadable += 1;
            return;
        }
        self.examined += 1;
        self.changed += u64::from(!finding.changes.is_empty());
        self.kept += u64::from(!finding.kept.is_empty());
        self.left += u64::from(!finding.left.is_empty());
    }
}

/// Rules again on what is kept. `tell` hears of every message with something to say, after it is committed; when it
/// fails, the run ends behind that batch.
pub fn reprocess<E: From<StoreError>>(
    store: &mut Store,
    config: &LaneConfig,
    world: &World,
    request: &Request,
    tell: &mut dyn FnMut(&Finding) -> Result<(), E>,
) -> Result<Totals, E> {
    let mut totals = Totals::default();
    let (last, only) = {
        let snapshot = store.snapshot()?;
        let record = snapshot.record();
        totals.without_bytes = record.entries_without_bytes()?;
        let only = (!request.numbers.is_empty()).then(|| record.messages_of(&request.numbers));
        (record.last_message()?, only.transpose()?)
    };
    let run = Run { config, world, request, last, only: only.as_deref() };
    let mut scratch = Store::scratch()?;
    let mut after = 0;
    loop {
        let batch = run.read(store, after, &mut totals)?;
        let Some(end) = batch.end else { return Ok(totals) };
        for finding in run.replay(store, &mut scratch, &batch, (after, end))? {
            totals.count(&finding);
            tell(&finding)?;
        }
        after = end;
    }
}

#[derive(Clone, Copy)]
struct Run<'a> {
    config: &'a LaneConfig,
    world: &'a World,
    request: &'a Request,
    /// The newest `message.id` when the run began.
    last: i64,
    /// The messages of the numbers that are asked for.
    only: Option<&'a [i64]>,
}

/// The messages of one batch that are to be ruled on, as they were read.
#[derive(Default)]
struct Batch {
    /// The last `message.id` that the batch covers; `None`: there are no more.
    end: Option<i64>,
    /// By `message.id`; `None`: the bytes are not what they were.
    read: HashMap<i64, Option<(Original, Prepared)>>,
}

impl Run<'_> {
    fn read(self, store: &mut Store, after: i64, totals: &mut Totals) -> Result<Batch, StoreError> {
        let limits = &self.config.limits;
        let snapshot = store.snapshot()?;
        let record = snapshot.record();
        let mut batch = Batch::default();
        let (mut originals, mut messages, mut bytes) = (Vec::new(), Vec::new(), 0);
        for kept in record.messages(after, self.last, limits.batch_messages.max(1), self.only)? {
            if bytes > 0 && bytes + kept.size_bytes > limits.batch_bytes {
                break;
            }
            batch.end = Some(kept.message_id);
            match self.readable(&kept) {
                Readable::NotAsked => {}
                Readable::Erased => totals.erased += 1,
                Readable::Unconfigured => totals.unconfigured += 1,
                Readable::Yes => {
                    bytes += kept.size_bytes;
                    let Some(mut original) = record.original(kept.message_id)? else { continue };
                    let Some(mut fetched) = original.fetched.take() else {
                        batch.read.insert(kept.message_id, None);
                        continue;
                    };
                    let announced = fetched.announced_size_bytes;
                    fetched.truncated = kept.truncated
                        || (announced > limits.message_bytes && announced > fetched.raw.len() as u64 + 2);
                    messages.push((fetched, original.seen_at));
                    originals.push((kept.message_id, original));
                }
            }
        }
        drop(snapshot);
        for ((id, original), prepared) in originals.into_iter().zip(prepare(messages, self.config)) {
            let intact = prepared.sha256 == original.sha256;
            batch.read.insert(id, intact.then_some((original, prepared)));
        }
        Ok(batch)
    }

    /// Whether a message is asked for, and whether it can be ruled on.
    fn readable(self, kept: &Kept) -> Readable {
        let Request { numbers, consultation, .. } = self.request;
        match &kept.submission {
            Some(found) if consultation.as_ref().is_some_and(|only| *only != found.consultation) => {
                Readable::NotAsked
            }
            Some(found) if found.is_erased => Readable::Erased,
            Some(found) if !self.config.rules.knows(&found.consultation) => Readable::Unconfigured,
            None if !numbers.is_empty() => Readable::NotAsked,
            _ if kept.has_raw => Readable::Yes,
            _ => Readable::Erased,
        }
    }

    fn replay(
        self,
        store: &mut Store,
        scratch: &mut Store,
        batch: &Batch,
        (after, end): (i64, i64),
    ) -> Result<Vec<Finding>, StoreError> {
        let scratch = scratch.begin()?;
        let mut replay = Replay::new(self.config, self.request, self.world, scratch);
        if self.request.apply {
            let writing = store.begin()?;
            let findings = self.each(&mut replay, writing.record(), Some(&writing), batch, (after, end))?;
            replay.end(after)?;
            writing.commit()?;
            Ok(findings)
        } else {
            let snapshot = store.snapshot()?;
            let findings = self.each(&mut replay, snapshot.record(), None, batch, (after, end))?;
            replay.end(after)?;
            Ok(findings)
        }
    }

    fn each(
        self,
        replay: &mut Replay<'_>,
        record: Record<'_>,
        writing: Option<&Writing<'_>>,
        batch: &Batch,
        (after, end): (i64, i64),
    ) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        // Once more, inside the transaction: staff may have decided something since the bytes were read.
        for kept in record.messages(after, end, usize::MAX, self.only)? {
            findings.extend(replay.message(record, writing, &kept, batch.read.get(&kept.message_id))?);
        }
        Ok(findings)
    }
}

/// Whether a kept message is to be ruled on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readable {
    Yes,
    NotAsked,
    Erased,
    Unconfigured,
}
