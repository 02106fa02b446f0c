//! Lane 2: what is due leaves, and what became of it is recorded.
//!
//! Sending is at-least-once with a stable Message-ID: the attempt is counted in a transaction of its own before it
//! is made, and settled right after the server's word, so that a crash in between repeats one delivery at most. What
//! cannot be written down, because the disk is full, is kept in [`Unsettled`] and written before anything else leaves.

mod breaker;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::config::{Caps, Limits, Transport};
use crate::crash::{self, Step};
use crate::maildir;
use crate::maillog;
use crate::schedule::{self, Next, RetryPolicy};
use crate::smtp::{Sender, SmtpError};
use crate::store::{self, Queued, Store, StoreError, Writing};
use crate::vocabulary::{BreakerReason, OutboundMessage, SendOutcome};
use crate::world::World;
use breaker::Room;

/// Acknowledgements taken from the outbox at a time.
const BATCH: usize = 50;

/// How answers leave.
#[derive(Debug)]
pub enum Way {
    /// Over SMTP.
    Smtp(Box<Sender>),
    /// Into a Maildir, for the demo.
    Maildir(PathBuf),
}

impl Way {
    /// Prepares a transport; nothing is connected yet.
    ///
    /// # Errors
    /// When its TLS roots cannot be read.
    pub fn new(transport: &Transport, limits: &Limits) -> Result<Self, SmtpError> {
        Ok(match transport {
            Transport::Smtp(server) => Self::Smtp(Box::new(Sender::new(server, limits)?)),
            Transport::Maildir(path) => Self::Maildir(path.clone()),
        })
    }

    async fn send(&mut self, message: &OutboundMessage, now: Timestamp, token: u64) -> SendOutcome {
        match self {
            Self::Smtp(sender) => sender.send(message).await,
            Self::Maildir(path) => maildir::deliver(path, message, now, token),
        }
    }

    async fn quit(&mut self) {
        if let Self::Smtp(sender) = self {
            sender.quit().await;
        }
    }
}

/// What one pass over the outbox did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutboxPass {
    /// Taken by the server.
    pub sent: u64,
    /// Waiting for another attempt.
    pub deferred: u64,
    /// Given up.
    pub failed: u64,
    /// Why no more could leave: the server, or the breaker.
    pub held: Option<Held>,
}

/// Why the lane stopped before the outbox was empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// No session with the server.
    Unavailable(String),
    /// A cap was reached.
    Breaker(BreakerReason),
    /// The program is stopping.
    Stopping,
    /// The pass took too long; the rest waits for the next one.
    TimeIsUp,
}

/// One pass: everything that is due now, in order, for `longest` at most and the message in hand.
///
/// # Errors
/// When the store fails.
pub async fn pass(
    store: &Arc<Mutex<Store>>,
    way: &mut Way,
    unsettled: &mut Unsettled,
    caps: &Caps,
    policy: RetryPolicy,
    longest: Duration,
    world: &World,
) -> Result<OutboxPass, StoreError> {
    let mut done = OutboxPass::default();
    let terms = Terms { caps, policy, until: Instant::now() + longest };
    let result = drain(store, way, unsettled, &terms, world, &mut done).await;
    way.quit().await;
    result.map(|()| done)
}

/// What holds for a whole pass.
struct Terms<'a> {
    caps: &'a Caps,
    policy: RetryPolicy,
    until: Instant,
}

async fn drain(
    store: &Arc<Mutex<Store>>,
    way: &mut Way,
    unsettled: &mut Unsettled,
    terms: &Terms<'_>,
    world: &World,
    done: &mut OutboxPass,
) -> Result<(), StoreError> {
    let Terms { caps, policy, until } = *terms;
    loop {
        // Left over from a pass that could not write: to send more would be to repeat it.
        unsettled.settle(store)?;
        let room = match store::with(store, |store| breaker::room(store, caps, world.now()))? {
            Room::For(room) => room,
            Room::Held(reason) => {
                done.held = Some(Held::Breaker(reason));
                return Ok(());
            }
        };
        let due = store::with(store, |store| store.due(world.now(), BATCH.min(room)))?;
        if due.is_empty() {
            return Ok(());
        }
        if world.stopping() {
            done.held = Some(Held::Stopping);
            return Ok(());
        }
        let mut due = due.into_iter();
        while let Some(queued) = due.next() {
            // One commit between two messages: the one before is settled, this one's attempt is counted.
            unsettled.write_down(store, |writing| writing.count_attempt(queued.id))?;
            crash::here(Step::Counted);
            match attempt(way, policy, world, &queued, done).await {
                Ok(settlement) => {
                    if let Next::RetryAt { reason, .. } = &settlement.next
                        && settlement.closing
                    {
                        done.held = Some(Held::Unavailable(reason.to_string()));
                    }
                    unsettled.0 = Some(settlement);
                }
                Err(unavailable) => {
                    write(store, |writing| writing.uncount_attempt(queued.id))?;
                    // Servers quote the recipient where they refuse to relay.
                    let unavailable = maillog::without_addresses(&unavailable);
                    maillog::outbox_unavailable(&unavailable);
                    let waiting = std::iter::once(queued).chain(due);
                    done.failed += give_up(store, policy, waiting, &unavailable, world.now())?;
                    done.held = Some(Held::Unavailable(unavailable));
                    return Ok(());
                }
            }
            if world.stopping() {
                done.held.get_or_insert(Held::Stopping);
            }
            if Instant::now() >= until {
                maillog::outbox_slow();
                done.held.get_or_insert(Held::TimeIsUp);
            }
            if done.held.is_some() {
                break;
            }
        }
        unsettled.settle(store)?;
        maillog::wal(store::with(store, |store| store.relieve_wal(false)));
        if done.held.is_some() {
            return Ok(());
        }
    }
}

/// Gives up what has waited too long for a server that opens no session; how many.
fn give_up(
    store: &Arc<Mutex<Store>>,
    policy: RetryPolicy,
    waiting: impl Iterator<Item = Queued>,
    unavailable: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let outcome = SendOutcome::Unavailable { reply: unavailable.to_owned() };
    let given_up: Vec<(Queued, Next)> = waiting
        .map(|queued| {
            let next = schedule::next(policy, queued.queued_at, queued.attempts, &outcome, now, 0.0);
            (queued, next)
        })
        .filter(|(_, next)| matches!(next, Next::GiveUp { .. }))
        .collect();
    if given_up.is_empty() {
        return Ok(0);
    }
    write(store, |writing| {
        given_up.iter().try_for_each(|(queued, next)| writing.settle(queued.id, next, now))
    })?;
    for (queued, next) in &given_up {
        if let Next::GiveUp { reason } = next {
            maillog::failed(queued.id, queued.attempts, reason);
        }
    }
    Ok(given_up.len() as u64)
}

/// What the last attempt came to, until it is written down. It outlives a pass that the disk or another writer ended:
/// the next pass writes it before it sends anything.
#[derive(Debug, Default)]
pub struct Unsettled(Option<Settlement>);

impl Unsettled {
    /// Writes it down, if there is anything.
    fn settle(&mut self, store: &Arc<Mutex<Store>>) -> Result<(), StoreError> {
        if self.0.is_some() { self.write_down(store, |_| Ok(())) } else { Ok(()) }
    }

    /// Writes it down, and in the same transaction what comes next.
    fn write_down(
        &mut self,
        store: &Arc<Mutex<Store>>,
        next: impl FnOnce(&Writing<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        write(store, |writing| {
            if let Some(settlement) = &self.0 {
                writing.settle(settlement.id, &settlement.next, settlement.at)?;
                crash::here(Step::Settling);
            }
            next(writing)
        })?;
        self.0 = None;
        Ok(())
    }
}

/// What an attempt came to, to be written down at once.
#[derive(Debug)]
struct Settlement {
    id: i64,
    next: Next,
    at: Timestamp,
    /// The server takes no more for now (421, RFC 5321 section 3.8): the next message would fare the same.
    closing: bool,
}

/// One attempt. `Err`: no session could be opened, the rest would fare the same.
async fn attempt(
    way: &mut Way,
    policy: RetryPolicy,
    world: &World,
    queued: &Queued,
    done: &mut OutboxPass,
) -> Result<Settlement, String> {
    let outcome = way.send(&queued.message, world.now(), world.random()).await;
    if matches!(outcome, SendOutcome::Accepted { .. }) {
        crash::here(Step::Accepted);
    }
    let (id, at) = (queued.id, world.now());
    let attempts = queued.attempts + 1;
    if let SendOutcome::Unavailable { reply } = outcome {
        return Err(reply);
    }
    let closing = matches!(outcome, SendOutcome::Transient { code: 421, .. });
    let next = schedule::next(policy, queued.queued_at, attempts, &outcome, at, unit(world.random()));
    match &next {
        Next::Sent => {
            done.sent += 1;
            maillog::sent(id, attempts);
        }
        Next::RetryAt { at, reason } => {
            done.deferred += 1;
            maillog::deferred(id, attempts, reason, *at);
        }
        Next::GiveUp { reason } => {
            done.failed += 1;
            maillog::failed(id, attempts, reason);
        }
    }
    Ok(Settlement { id, next, at, closing })
}

fn write<T>(
    store: &Arc<Mutex<Store>>,
    action: impl FnOnce(&Writing<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    store::with(store, |store| {
        let writing = store.begin()?;
        let value = action(&writing)?;
        writing.commit()?;
        Ok(value)
    })
}

/// 64 random bits as a number in 0..1.
#[expect(clippy::cast_precision_loss, reason = "jitter needs no more than 53 bits")]
fn unit(random: u64) -> f64 {
    (random >> 11) as f64 / (1_u64 << 53) as f64
}
