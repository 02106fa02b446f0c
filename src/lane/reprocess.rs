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
mod context;
mod difference;
mod near;
mod replay;

use std::collections::HashMap;

use super::LaneConfig;
use super::intake::readers::Beside;
use super::intake::record::{Prepared, prepare_all};
use crate::config::Limits;
use crate::store::{Kept, Original, Store, StoreError, Writing};
use crate::vocabulary::FetchedMessage;
use crate::world::World;
pub(crate) use context::Request;
use context::{Near, Replay};
pub(crate) use difference::{Finding, Left};

/// How many messages, in all.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    /// Read and ruled on again; of those, with something to change, kept by staff, left to a person.
    pub(crate) examined: u64,
    pub(crate) changed: u64,
    pub(crate) kept: u64,
    pub(crate) left: u64,
    /// Not ruled on, and why.
    pub(crate) unreadable: u64,
    pub(crate) erased: u64,
    pub(crate) unconfigured: u64,
    /// Entries of which no bytes were kept: mail that is not ours, automatic mail.
    pub(crate) without_bytes: u64,
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
pub(crate) fn reprocess<E: From<StoreError>>(
    store: &mut Store,
    config: &LaneConfig,
    world: &World,
    request: &Request,
    tell: &mut dyn FnMut(&Finding) -> Result<(), E>,
) -> Result<Totals, E> {
    let snapshot = store.snapshot()?;
    let (last, without_bytes) = snapshot.extent()?;
    let only = (!request.numbers.is_empty()).then(|| snapshot.messages_of(&request.numbers)).transpose()?;
    drop(snapshot);
    let run = Run { config, world, request, last, only: only.as_deref() };
    let mut totals = Totals { without_bytes, ..Totals::default() };
    let mut scratch = Store::scratch()?;
    let mut near = Near { is_sought: !request.numbers.is_empty(), ..Near::default() };
    let mut after = 0;
    loop {
        let snapshot = store.snapshot()?;
        let batch = run.read(&snapshot, after, &mut totals)?;
        drop(snapshot);
        let Some(end) = batch.end else { return Ok(totals) };
        for finding in run.replay(store, (&mut scratch, &mut near), &batch, (after, end))? {
            totals.count(&finding);
            tell(&finding)?;
        }
        after = end;
    }
}

/// Rules again on one submission, inside the transaction that has just moved it: what stands of it is read for where it belongs now.
pub(crate) fn within(
    real: &Writing<'_>,
    config: &LaneConfig,
    world: &World,
    number: &str,
    actor: &str,
) -> Result<Vec<Finding>, StoreError> {
    let (numbers, actor) = (vec![number.to_owned()], actor.to_owned());
    let request = &Request { numbers, consultation: None, apply: true, grew: false, actor };
    let (last, _) = real.extent()?;
    let only = real.messages_of(&request.numbers)?;
    let run = Run { config, world, request, last, only: Some(&only) };
    let (mut scratch, mut near) = (Store::scratch()?, Near { is_sought: true, ..Near::default() });
    let (mut findings, mut after) = (Vec::new(), 0);
    loop {
        let batch = run.read(real, after, &mut Totals::default())?;
        let Some(end) = batch.end else { return Ok(findings) };
        findings.extend(run.file_again(real, (&mut scratch, &mut near), &batch, (after, end))?);
        after = end;
    }
}

/// Rules again on one message, within a transaction that gave it other bytes; `None`: it cannot be read. What is found
/// otherwise is written into the record at once.
pub(super) fn read_again(
    writing: &Writing<'_>,
    message_id: i64,
    config: &LaneConfig,
    world: &World,
) -> Result<Option<Finding>, StoreError> {
    let Some((kept, mut original)) = writing.message(message_id)?.zip(writing.original(message_id)?) else {
        return Ok(None);
    };
    let Some(mut fetched) = original.fetched.take() else { return Ok(None) };
    fetched.truncated = is_truncated(&kept, &fetched, &config.limits);
    let Some(prepared) = prepare_all(vec![(fetched, original.seen_at)], config, Beside::Recording).pop()
    else {
        return Ok(None);
    };
    let request = Request {
        numbers: Vec::new(),
        consultation: None,
        apply: true,
        grew: true,
        actor: "intake".to_owned(),
    };
    let mut scratch = Store::scratch()?;
    let mut near = Near { is_sought: true, ..Near::default() };
    let mut replay = Replay {
        config,
        request: &request,
        world,
        real: writing,
        scratch: scratch.begin()?,
        near: &mut near,
    };
    Ok(replay.message(&kept, Some(&Some((original, prepared))))?.filter(|found| !found.unreadable))
}

/// Whether only the beginning of a message was fetched.
fn is_truncated(kept: &Kept, fetched: &FetchedMessage, limits: &Limits) -> bool {
    let announced = fetched.announced_size_bytes;
    kept.truncated || (announced > limits.message_bytes && announced > fetched.raw.len() as u64 + 2)
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
    fn read(self, snapshot: &Writing<'_>, after: i64, totals: &mut Totals) -> Result<Batch, StoreError> {
        let limits = &self.config.limits;
        let mut batch = Batch::default();
        let (mut originals, mut messages, mut bytes) = (Vec::new(), Vec::new(), 0);
        for kept in snapshot.messages(after, self.last, limits.batch_messages.max(1), self.only)? {
            if bytes > 0 && bytes + kept.size_bytes > limits.batch_bytes {
                break;
            }
            batch.end = Some(kept.message_id);
            if !self.is_readable(&kept, totals) {
                continue;
            }
            bytes += kept.size_bytes;
            let Some(mut original) = snapshot.original(kept.message_id)? else { continue };
            let Some(mut fetched) = original.fetched.take() else {
                batch.read.insert(kept.message_id, None);
                continue;
            };
            fetched.truncated = is_truncated(&kept, &fetched, limits);
            messages.push((fetched, original.seen_at));
            originals.push((kept.message_id, original));
        }
        for ((id, original), prepared) in
            originals.into_iter().zip(prepare_all(messages, self.config, Beside::Nothing))
        {
            let intact = prepared.sha256 == original.sha256;
            batch.read.insert(id, intact.then_some((original, prepared)));
        }
        Ok(batch)
    }

    /// Whether a message is asked for and can be ruled on; where it cannot be, it is counted.
    fn is_readable(self, kept: &Kept, totals: &mut Totals) -> bool {
        let Request { numbers, consultation, .. } = self.request;
        match &kept.submission {
            None if !numbers.is_empty() => return false,
            Some(found) if consultation.as_ref().is_some_and(|only| *only != found.consultation) => {
                return false;
            }
            Some(found) if found.is_erased => totals.erased += 1,
            Some(found) if !self.config.rules.knows(&found.consultation) => totals.unconfigured += 1,
            _ if kept.has_raw => return true,
            _ => totals.erased += 1,
        }
        false
    }

    fn replay(
        self,
        store: &mut Store,
        (scratch, near): (&mut Store, &mut Near),
        batch: &Batch,
        (after, end): (i64, i64),
    ) -> Result<Vec<Finding>, StoreError> {
        let real: Writing<'_> = if self.request.apply { store.begin()? } else { store.snapshot()? };
        let findings = self.file_again(&real, (scratch, near), batch, (after, end))?;
        real.commit()?;
        Ok(findings)
    }

    fn file_again(
        self,
        real: &Writing<'_>,
        (scratch, near): (&mut Store, &mut Near),
        batch: &Batch,
        (after, end): (i64, i64),
    ) -> Result<Vec<Finding>, StoreError> {
        let Run { config, world, request, .. } = self;
        let mut replay = Replay { config, request, world, real, scratch: scratch.begin()?, near };
        let mut findings = Vec::new();
        // Once more, inside the transaction: staff may have decided something since the bytes were read.
        for kept in real.messages(after, end, usize::MAX, self.only)? {
            findings.extend(replay.message(&kept, batch.read.get(&kept.message_id))?);
        }
        replay.scratch.lighten(after)?;
        replay.scratch.commit()?;
        Ok(findings)
    }
}
