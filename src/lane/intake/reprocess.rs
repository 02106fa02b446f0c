//! `reprocess`: today's rules over the kept messages, from the oldest to the newest.
//!
//! Batch by batch: bytes out of the store and read (pure, no lock held), then one transaction that rules, compares and
//! writes. Each batch is whole by itself, so that the daemon gets its turn between two of them and a run that was killed
//! is completed by the next one. What comes in after the run began is left out: it is ruled on by today's rules anyway.

use std::collections::HashMap;

use super::again::{Again, Finding, about};
use super::batch::prepare;
use super::ledger::Ledger;
use super::record::Prepared;
use crate::config::Limits;
use crate::lane::LaneConfig;
use crate::store::{Kept, Known, KnownPart, Store, StoreError};
use crate::vocabulary::Status;
use crate::world::World;

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

/// Rules again on what is kept. `tell` hears of every message with something to say, after it is committed; when it
/// fails, the run ends behind that batch.
///
/// # Errors
/// When the store fails; batches before that are done. Or what `tell` gave.
pub fn reprocess<E: From<StoreError>>(
    store: &mut Store,
    config: &LaneConfig,
    limits: &Limits,
    world: &World,
    request: &Request,
    tell: &mut dyn FnMut(&Finding) -> Result<(), E>,
) -> Result<Totals, E> {
    let mut totals = Totals::default();
    let last = {
        let snapshot = store.snapshot()?;
        totals.without_bytes = snapshot.record().entries_without_bytes()?;
        snapshot.record().last_message()?
    };
    let mut ledger = Ledger::default();
    let mut after = 0;
    loop {
        let run = Run { config, limits, request };
        let batch = run.read(store, &ledger, after, last, &mut totals)?;
        let Some(end) = batch.end else { return Ok(totals) };
        let findings = run.rule(store, &mut ledger, &batch, (after, end), world)?;
        for finding in &findings {
            totals.count(finding);
            tell(finding)?;
        }
        after = end;
    }
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

#[derive(Clone, Copy)]
struct Run<'a> {
    config: &'a LaneConfig,
    limits: &'a Limits,
    request: &'a Request,
}

/// The messages of one batch that are to be ruled on, as they were read.
#[derive(Default)]
struct Batch {
    /// The last `message.id` that the batch covers; `None`: there are no more.
    end: Option<i64>,
    /// By `message.id`; `None`: the bytes are not what they were.
    read: HashMap<i64, Option<(Kept, Prepared)>>,
}

impl Run<'_> {
    fn read(
        self,
        store: &mut Store,
        ledger: &Ledger,
        after: i64,
        last: i64,
        totals: &mut Totals,
    ) -> Result<Batch, StoreError> {
        let snapshot = store.snapshot()?;
        let record = snapshot.record();
        let mut batch = Batch::default();
        let (mut ids, mut messages, mut bytes) = (Vec::new(), Vec::new(), 0);
        // Submissions of this very batch, for supplements that follow them.
        let mut here: HashMap<i64, (bool, Standing)> = HashMap::new();
        for known in record.known(after, last, self.limits.batch_messages.max(1))? {
            if bytes > 0 && bytes + known.size_bytes > self.limits.batch_bytes {
                break;
            }
            batch.end = Some(known.message_id);
            let (wanted, standing) = self.judge(&known, ledger, &here);
            if let KnownPart::Submission(submission) = &known.part {
                here.insert(submission.id, (wanted, standing));
            }
            match standing {
                _ if !wanted => {}
                Standing::Erased => totals.erased += 1,
                Standing::Unconfigured => totals.unconfigured += 1,
                Standing::Readable => {
                    bytes += known.size_bytes;
                    let Some(mut kept) = record.kept(known.message_id)? else { continue };
                    let Some(mut fetched) = kept.fetched.take() else {
                        batch.read.insert(known.message_id, None);
                        continue;
                    };
                    let announced = fetched.announced_size_bytes;
                    fetched.truncated = known.truncated
                        || (announced > self.limits.message_bytes
                            && announced > fetched.raw.len() as u64 + 2);
                    messages.push((fetched, kept.seen_at));
                    ids.push((known.message_id, kept));
                }
            }
        }
        drop(snapshot);
        for ((id, kept), prepared) in ids.into_iter().zip(prepare(messages, self.config)) {
            let intact = prepared.sha256 == kept.sha256;
            batch.read.insert(id, intact.then_some((kept, prepared)));
        }
        Ok(batch)
    }

    /// Whether a message is asked for, and whether it can be ruled on.
    fn judge(
        self,
        known: &Known,
        ledger: &Ledger,
        here: &HashMap<i64, (bool, Standing)>,
    ) -> (bool, Standing) {
        let whole = self.request.numbers.is_empty() && self.request.consultation.is_none();
        let standing = |status: Status, consultation: &str| match () {
            () if status == Status::Erased || !known.has_raw => Standing::Erased,
            () if !self.config.rules.knows(consultation) => Standing::Unconfigured,
            () => Standing::Readable,
        };
        match &known.part {
            KnownPart::Submission(found) => (
                whole || self.wants(&found.number, &found.consultation),
                standing(found.status, &found.consultation),
            ),
            KnownPart::Supplement { submission_id, .. } => {
                match (here.get(submission_id), ledger.standing(*submission_id)) {
                    (Some((wanted, Standing::Readable)), _) if known.has_raw => (*wanted, Standing::Readable),
                    (Some((wanted, Standing::Readable)), _) => (*wanted, Standing::Erased),
                    (Some(judged), _) => *judged,
                    (None, Some(found)) => (
                        whole || self.wants(&found.number, &found.consultation),
                        standing(found.status, &found.consultation),
                    ),
                    (None, None) => (false, Standing::Erased),
                }
            }
            KnownPart::Neither if known.has_raw => (self.request.numbers.is_empty(), Standing::Readable),
            KnownPart::Neither => (self.request.numbers.is_empty(), Standing::Erased),
        }
    }

    fn wants(self, number: &str, consultation: &str) -> bool {
        let Request { numbers, consultation: only, .. } = self.request;
        (numbers.is_empty() || numbers.iter().any(|wanted| wanted.eq_ignore_ascii_case(number)))
            && only.as_ref().is_none_or(|only| only == consultation)
    }

    fn rule(
        self,
        store: &mut Store,
        ledger: &mut Ledger,
        batch: &Batch,
        (after, end): (i64, i64),
        world: &World,
    ) -> Result<Vec<Finding>, StoreError> {
        let now = world.now();
        let mut findings = Vec::new();
        let mut each = |again: &Again<'_>| -> Result<(), StoreError> {
            // Once more, inside the transaction: staff may have decided something since the bytes were read.
            for known in again.record.known(after, end, usize::MAX)? {
                match batch.read.get(&known.message_id) {
                    Some(Some((kept, prepared))) => {
                        findings.push(again.rule(ledger, &known, kept, prepared, world.random())?);
                    }
                    Some(None) => {
                        findings.push(Finding { unreadable: true, ..about(&known, ledger) });
                        ledger.keep(&known);
                    }
                    None => ledger.keep(&known),
                }
            }
            Ok(())
        };
        let again = |record, writing| Again {
            config: self.config,
            record,
            writing,
            actor: &self.request.actor,
            now,
            consultation: self.request.consultation.as_deref(),
        };
        if self.request.apply {
            let writing = store.begin()?;
            each(&again(writing.record(), Some(&writing)))?;
            writing.commit()?;
        } else {
            let snapshot = store.snapshot()?;
            each(&again(snapshot.record(), None))?;
        }
        Ok(findings)
    }
}

/// Whether a kept message can be ruled on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Readable,
    Erased,
    Unconfigured,
}
