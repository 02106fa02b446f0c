//! Lane 2: what is due leaves, and what became of it is recorded.
//!
//! Sending is at-least-once with a stable Message-ID: the attempt is counted in a transaction of its own before it
//! is made, and settled right after the server's word, so that a crash in between repeats one delivery at most. What
//! cannot be written down, because the disk is full, is kept in [`Unsettled`] and written before anything else leaves.

mod breaker;
mod fault;
mod held;
mod refusals;
mod transport;
mod unsettled;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{Lane, clock};
use crate::crash::{self, Step};
use crate::maillog;
use crate::schedule::{self, Next, RetryPolicy, Trouble};
use crate::store::{Fact, Queued, Store, StoreError};
use crate::vocabulary::{LaneFault, SendFailure, SendOutcome, SendReason};
use crate::words::Chinese as _;

use breaker::Room;
pub use held::Held;
use refusals::{Refusals, Verdict};
pub use transport::MailTransport;
use unsettled::{Settlement, Unsettled};

/// Acknowledgements taken from the outbox at a time.
const BATCH: usize = 50;

/// An answer that waits because of us is tried again after so many seconds.
const RECONSIDERED: i64 = 300;

/// What the lane keeps from one pass to the next.
#[derive(Debug, Default)]
pub struct Carried {
    unsettled: Unsettled,
    refusals: Refusals,
    /// Until when the server's certificate is good, as it was written down last.
    good_until: Option<Timestamp>,
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

/// One pass: everything that is due now, in order, for `limits.pass_timeout` at most and the message in hand.
///
/// # Errors
/// When the store fails.
pub async fn pass(
    lane: &Lane,
    transport: &mut MailTransport,
    carried: &mut Carried,
) -> Result<OutboxPass, StoreError> {
    let mut pass = OutboxPass::default();
    let result = drain(lane, transport, carried, &mut pass).await;
    transport.quit().await;
    result?;
    another_server(lane, transport, &mut pass).await?;
    if let Some(until) = transport.certificate_until().filter(|until| carried.good_until != Some(*until)) {
        lane.store.with(|store| store.remember_instant(Fact::OutboxCertificateUntil, until))?;
        carried.good_until = Some(until);
    }
    lane.store.with(|store| match &pass.held {
        Some(Held::Unavailable(kind, words)) => fault::remember(store, *kind, words, lane.world.now()),
        _ => fault::forget(store, pass.sent > 0),
    })?;
    Ok(pass)
}

/// A server that is not the one through which answers left so far is looked at once, before the first answer has to wait for it:
/// whoever changed the configuration hears now what is wrong. The first server of all has the first answer for it.
async fn another_server(
    lane: &Lane,
    transport: &mut MailTransport,
    pass: &mut OutboxPass,
) -> Result<(), StoreError> {
    let Some(server) = transport.server().filter(|_| pass.held.is_none()) else { return Ok(()) };
    let before = lane.store.read(|store| store.fact(Fact::AnsweredThrough))?;
    if before.as_ref() == Some(&server) {
        return Ok(());
    }
    if pass.sent == 0 {
        if before.is_none() {
            return Ok(());
        }
        if let Err(error) = transport.look().await {
            let words = maillog::without_addresses(&error.to_string());
            maillog::outbox_unavailable(&words);
            pass.held = Some(Held::Unavailable(transport.fault(), words));
            return Ok(());
        }
    }
    lane.store.with(|store| store.remember(Fact::AnsweredThrough, &server))
}

/// Takes what is due, as much as the breaker leaves room for, and sends it, until nothing is due or something holds.
async fn drain(
    lane: &Lane,
    transport: &mut MailTransport,
    carried: &mut Carried,
    pass: &mut OutboxPass,
) -> Result<(), StoreError> {
    let until = Instant::now() + lane.config.limits.pass_timeout;
    let caps = &lane.config.acknowledgement.caps;
    while pass.held.is_none() {
        lane.store.with(Store::in_place)?;
        clock::look(lane)?;
        // Left over from a pass that could not write: to send more would be to repeat it.
        carried.unsettled.settle(&lane.store)?;
        let room = match lane.store.with(|store| breaker::room(store, caps, lane.world.now()))? {
            Room::For(room) => room,
            Room::Held(reason) => {
                pass.held = Some(Held::Breaker(reason));
                return Ok(());
            }
        };
        let due = lane.store.read(|store| store.due(lane.world.now(), BATCH.min(room)))?;
        if due.is_empty() {
            return Ok(());
        }
        let home = lane.store.read(Store::home)?;
        if lane.config.leaves() && home.is_some_and(|home| !home.is_same(&lane.here)) {
            pass.held = Some(Held::Copied);
            return Ok(());
        }
        if lane.world.stopping() {
            pass.held = Some(Held::Stopping);
            return Ok(());
        }
        send(lane, transport, carried, due, until, pass).await?;
        maillog::wal(lane.store.with(|store| store.relieve_wal(false)));
    }
    Ok(())
}

/// Sends one after the other: count the attempt, make it, write down what became of it.
async fn send(
    lane: &Lane,
    transport: &mut MailTransport,
    carried: &mut Carried,
    due: Vec<Queued>,
    until: Instant,
    pass: &mut OutboxPass,
) -> Result<(), StoreError> {
    let Carried { unsettled, refusals, .. } = carried;
    let mut due = due.into_iter();
    // What the server has against us, as long as it took nothing.
    let mut against_us = None;
    while pass.held.is_none()
        && let Some(queued) = due.next()
    {
        // One commit between two messages: the one before is settled, this one's attempt is counted.
        if !unsettled.write_down(&lane.store, |writing| writing.count_attempt(queued.id))? {
            continue;
        }
        crash::here(Step::Counted);
        match attempt(lane, transport, &queued, refusals, pass).await {
            Ok(settlement) => {
                if let Some(held) = &settlement.holds {
                    pass.held = Some(held.clone());
                }
                against_us = settlement.against_us.clone().filter(|_| pass.sent == 0);
                unsettled.hold(settlement);
            }
            Err(unavailable) => {
                lane.store.write(|writing| writing.uncount_attempt(queued.id))?;
                // Servers quote the recipient where they refuse to relay.
                let unavailable = maillog::without_addresses(&unavailable);
                maillog::outbox_unavailable(&unavailable);
                pass.failed += give_up(lane, std::iter::once(queued).chain(due), &unavailable)?;
                pass.held = Some(Held::Unavailable(transport.fault(), unavailable));
                return Ok(());
            }
        }
        if lane.world.stopping() {
            pass.held.get_or_insert(Held::Stopping);
        }
        if Instant::now() >= until {
            maillog::outbox_slow();
            pass.held.get_or_insert(Held::TimeIsUp);
        }
    }
    if let Some(words) = against_us.filter(|_| pass.held.is_none()) {
        maillog::outbox_unavailable(&words);
        pass.held = Some(Held::Unavailable(LaneFault::RefusesUs, words));
    }
    unsettled.settle(&lane.store)
}

/// Gives up what has waited too long for a server that opens no session; how many.
fn give_up(lane: &Lane, waiting: impl Iterator<Item = Queued>, unavailable: &str) -> Result<u64, StoreError> {
    let (policy, now) = (RetryPolicy::default(), lane.world.now());
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
    lane.store.write(|writing| {
        given_up.iter().try_for_each(|(queued, next)| writing.settle(queued.id, next, now))
    })?;
    for (queued, next) in &given_up {
        if let Next::GiveUp { reason } = next {
            maillog::failed(&queued.number, queued.attempts, reason);
        }
    }
    Ok(given_up.len() as u64)
}

/// One attempt. `Err`: no session could be opened, the rest would fare the same.
async fn attempt(
    lane: &Lane,
    transport: &mut MailTransport,
    queued: &Queued,
    refusals: &mut Refusals,
    pass: &mut OutboxPass,
) -> Result<Settlement, String> {
    let world = &lane.world;
    let outcome = transport.send(&queued.message, world.now(), world.random()).await;
    if matches!(outcome, SendOutcome::Accepted { .. }) {
        crash::here(Step::Accepted);
        refusals.accepted();
    }
    let (id, at) = (queued.id, world.now());
    let attempts = queued.attempts + 1;
    let outcome = match outcome {
        SendOutcome::Unavailable { reply } => return Err(reply),
        SendOutcome::Permanent { code, reply } => {
            match refusals.refused(queued, code, &reply, pass.sent > 0) {
                Verdict::Stands => SendOutcome::Permanent { code, reply },
                Verdict::Later => SendOutcome::Transient { code, reply },
                Verdict::Waits(trouble) => {
                    let words = against_us(transport, code, &reply, Some(trouble));
                    pass.deferred += 1;
                    return Ok(Settlement { against_us: Some(words), ..waits(id, at, code, reply) });
                }
                Verdict::Holds { trouble, failed_before } => {
                    let words = against_us(transport, code, &reply, trouble);
                    maillog::outbox_unavailable(&words);
                    pass.failed = pass.failed.saturating_sub(failed_before.len() as u64);
                    pass.deferred += 1 + failed_before.len() as u64;
                    let holds = Some(Held::Unavailable(LaneFault::RefusesUs, words));
                    return Ok(Settlement { failed_before, holds, ..waits(id, at, code, reply) });
                }
            }
        }
        outcome => outcome,
    };
    let closing = matches!(outcome, SendOutcome::Transient { code: 421, .. });
    let jitter = unit(world.random());
    let next = schedule::next(RetryPolicy::default(), queued.queued_at, attempts, &outcome, at, jitter);
    let mut holds = None;
    match &next {
        Next::Sent => {
            pass.sent += 1;
            maillog::sent(&queued.number, attempts);
        }
        Next::RetryAt { at, reason } => {
            pass.deferred += 1;
            maillog::deferred(&queued.number, attempts, reason, *at);
            // The server takes no more for now (RFC 5321 section 3.8): the next message would fare the same.
            holds = closing.then(|| Held::Unavailable(LaneFault::Unavailable, reason.to_string()));
        }
        Next::GiveUp { reason } => {
            pass.failed += 1;
            maillog::failed(&queued.number, attempts, reason);
        }
    }
    Ok(Settlement { holds, ..Settlement::of(id, next, at) })
}

/// The answer waits, and the attempt is not counted against it.
fn waits(id: i64, now: Timestamp, code: u16, reply: String) -> Settlement {
    let at = now + SignedDuration::from_secs(RECONSIDERED);
    let reason = SendReason::Failed(SendFailure::Refused { code, reply });
    Settlement { uncounted: true, ..Settlement::of(id, Next::RetryAt { at, reason }, now) }
}

/// A refusal that concerns us, with what can be done about it and without the recipient's address.
fn against_us(transport: &MailTransport, code: u16, reply: &str, trouble: Option<Trouble>) -> String {
    let repeats = "it refuses one answer after the other in the same words";
    let remedy = trouble.map_or(repeats, |trouble| trouble.fault().english());
    maillog::without_addresses(&format!("{}: refused: {code} {reply}; {remedy}", transport.name()))
}

/// 64 random bits as a number in 0..1.
#[expect(clippy::cast_precision_loss, reason = "jitter needs no more than 53 bits")]
fn unit(random: u64) -> f64 {
    (random >> 11) as f64 / (1_u64 << 53) as f64
}
