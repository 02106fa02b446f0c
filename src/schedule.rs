//! Attempt × outcome × now → when to try again, or give up.

mod back_off;
mod login;
mod missing;
mod pacing;
mod refusal;
mod server_words;
mod throttle;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::vocabulary::{Breakage, SendFailure, SendOutcome, SendReason};

pub use back_off::doubled;
pub use login::{LoginRefusal, calls_for, login_refusal, token_refusal, usual_refusal};
pub use missing::{latest_fetch, pause_after, takes_what_came};
pub use pacing::{LONGEST_PAUSE, LONGEST_WAIT, MAILBOX_FIRST_PAUSE, OUTBOX_FIRST_PAUSE, Pacing};
pub use refusal::{Concern, Trouble, alike, concern};
pub use throttle::{throttle_pause, throttled};

/// Back-off of the acknowledgement lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The first delay, in seconds; each further one is twice as long.
    pub first_delay_seconds: u64,
    /// The longest delay, in seconds.
    pub longest_delay_seconds: u64,
    /// Give up this long after queueing, in seconds (RFC 5321 section 4.5.4.1: at least 4–5 days).
    pub give_up_after_seconds: u64,
    /// The same where no session can be opened, in seconds: nothing is said about the message then, and a
    /// revoked password over a week of holidays must not cost every citizen the answer.
    pub unavailable_give_up_after_seconds: u64,
}

impl Default for RetryPolicy {
    /// One minute, doubling to four hours, for five days; thirty days while the server is unavailable. From the
    /// fifth delay on it keeps the 30 minutes that RFC 5321 section 4.5.4.1 recommends against a server
    /// that says nothing about itself.
    fn default() -> Self {
        Self {
            first_delay_seconds: 60,
            longest_delay_seconds: 4 * 3600,
            give_up_after_seconds: 5 * 86_400,
            unavailable_give_up_after_seconds: 30 * 86_400,
        }
    }
}

/// What follows an attempt.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Done: state `sent`.
    Sent,
    /// State `deferred`; try again at this instant.
    RetryAt {
        /// The instant.
        at: Timestamp,
        /// What the attempt came to.
        reason: SendReason,
    },
    /// State `failed`.
    GiveUp {
        /// Why.
        reason: SendReason,
    },
}

/// Least delays for what providers say in a 4yz reply, in seconds. The texts are NetEase's (163, 126, yeah.net),
/// as its users list them; the same texts behind a 5yz are final.
const FLOORS: &[(&str, u64)] = &[
    // Too many connections or too many messages from this address within a short time.
    ("HL:IFC", 900),
    ("HL:ICC", 900),
    // Too many recipients, or the quarter-hour quota is used up.
    ("MI:CEL", 900),
    ("MI:SFQ", 900),
    // `DT:SPM, please try again`: the filter wants to see it twice, two minutes apart.
    ("DT:SPM", 120),
];

/// QQ writes 550 where it means 450: `550 Domain|Sender|Connection|Ip frequency limited`, lifted after minutes,
/// hours or the day (its help pages: stop, and try again later).
const LIMITED: (&str, u64) = ("frequency limited", 3600);

/// Greylisting servers want a pause of some minutes and take the second attempt (RFC 6647 section 4.1).
const GREYLIST_SECONDS: u64 = 180;

/// The longest pause while the server is unavailable, in seconds: it concerns all messages, and one
/// attempt a quarter of an hour burdens nobody.
const UNAVAILABLE_LONGEST_SECONDS: u64 = 900;

/// When the furthest next attempt is made that [`next`] plans now. A time beyond it was planned by a wrong clock.
pub fn latest_attempt(now: Timestamp) -> Timestamp {
    after(now, spread(RetryPolicy::default().longest_delay_seconds, 1.0) + 60)
}

/// No answer was queued before this program existed.
const EARLIEST: Timestamp = Timestamp::constant(1_704_067_200, 0);

/// Since when an answer has been waiting. An instant that cannot be right, for it lies in the future or long ago, was written
/// down by a wrong clock: then the attempts tell, as if each but the first had waited the longest.
pub fn waiting_since(queued_at: Timestamp, attempts: u32, now: Timestamp) -> Timestamp {
    if (EARLIEST..=now).contains(&queued_at) {
        return queued_at;
    }
    let longest = RetryPolicy::default().longest_delay_seconds;
    let seconds = i64::try_from(longest.saturating_mul(u64::from(attempts))).unwrap_or(i64::MAX);
    now.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

/// Whether an attempt says something about its message and therefore counts among its attempts.
#[must_use]
pub const fn counts(outcome: &SendOutcome) -> bool {
    !matches!(outcome, SendOutcome::Unavailable { .. })
}

/// Decides. `attempts` counts this one; `jitter` in 0..1 spreads retries (an argument: stages draw no random numbers).
pub fn next(
    policy: RetryPolicy,
    queued_at: Timestamp,
    attempts: u32,
    outcome: &SendOutcome,
    now: Timestamp,
    jitter: f64,
) -> Next {
    let patience = policy.give_up_after_seconds;
    let (delay, failure, give_up_after) = match outcome {
        SendOutcome::Accepted { .. } => return Next::Sent,
        SendOutcome::Permanent { code, reply } => {
            let failure = SendFailure::Refused { code: *code, reply: reply.clone() };
            let (text, floor) = LIMITED;
            if !reply.to_ascii_lowercase().contains(text) {
                return Next::GiveUp { reason: SendReason::Failed(failure) };
            }
            (back_off(policy, attempts).max(floor), failure, patience)
        }
        SendOutcome::Transient { code, reply } => {
            let failure = SendFailure::Refused { code: *code, reply: reply.clone() };
            (transient_delay(policy, attempts, *code, reply), failure, patience)
        }
        SendOutcome::Broken(Breakage { server, step, seen }) => {
            let (server, step, seen) = (server.clone(), step.clone(), seen.clone());
            (back_off(policy, attempts), SendFailure::Broken { server, step, seen }, patience)
        }
        SendOutcome::Unknown(Breakage { server, step, seen }) => {
            let (server, step, seen) = (server.clone(), step.clone(), seen.clone());
            (back_off(policy, attempts), SendFailure::OutcomeUnknown { server, step, seen }, patience)
        }
        SendOutcome::Unavailable { reply } => {
            let delay = back_off(policy, attempts).min(UNAVAILABLE_LONGEST_SECONDS);
            let failure = SendFailure::Unavailable { problem: reply.clone() };
            (delay, failure, policy.unavailable_give_up_after_seconds)
        }
    };
    if now >= after(queued_at, give_up_after) {
        return Next::GiveUp { reason: SendReason::GivenUp { hours: give_up_after / 3600, last: failure } };
    }
    Next::RetryAt { at: after(now, spread(delay, jitter)), reason: SendReason::Failed(failure) }
}

/// `first × 2^(attempts − 1)`, at most the longest delay; in seconds.
fn back_off(policy: RetryPolicy, attempts: u32) -> u64 {
    let (first, longest) = (policy.first_delay_seconds, policy.longest_delay_seconds);
    doubled(Duration::from_secs(first), attempts.saturating_sub(1), Duration::from_secs(longest)).as_secs()
}

fn transient_delay(policy: RetryPolicy, attempts: u32, code: u16, reply: &str) -> u64 {
    let usual = back_off(policy, attempts);
    if let Some((_, floor)) = FLOORS.iter().find(|(text, _)| reply.contains(text)) {
        return usual.max(*floor);
    }
    let greylisted = matches!(code, 450 | 451)
        && (reply.contains("4.7.1") || reply.to_ascii_lowercase().contains("greylist"));
    if greylisted && attempts <= 2 { GREYLIST_SECONDS.max(policy.first_delay_seconds) } else { usual }
}

/// Up to a quarter longer, never shorter: a floor stays a floor.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a delay of days has far fewer than 52 bits, and the factor lies in 1..=1.25"
)]
fn spread(seconds: u64, jitter: f64) -> u64 {
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
    (seconds as f64 * 0.25f64.mul_add(jitter, 1.0)) as u64
}

fn after(instant: Timestamp, seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    instant.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
