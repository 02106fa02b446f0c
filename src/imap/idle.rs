//! Waiting for news without asking (RFC 2177).

use std::time::Duration;

use imap_proto::Response;
use tokio::time::{Instant, timeout, timeout_at};

use super::Session;
use super::command::{Answer, Completion};
use super::connection::Received as _;
use super::error::ImapError;
use crate::net::Stage;

/// A server may log a client off after 30 minutes; IDLE is to be issued anew before 29
/// (RFC 2177 section 3).
const LONGEST_IDLE: Duration = Duration::from_mins(28);

/// How waiting ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdleEnd {
    /// There are more messages in the folder than when it was last listed.
    NewMail,
    /// Nothing new in the given time.
    TimedOut,
    /// The server has no IDLE, or refused it in these words: poll instead.
    Refused(String),
}

impl Session {
    /// Waits for new mail in the open folder, `longest` at most; the server's keep-alives do not
    /// prolong it. Dropping the future leaves the session unusable.
    ///
    /// # Errors
    ///
    /// When the connection ends or the server does not answer; unlike in async-imap, where a
    /// dropped connection reads as an interruption and a NO is waited for in vain.
    pub async fn idle(&mut self, longest: Duration) -> Result<IdleEnd, ImapError> {
        let until = Instant::now() + longest;
        if !self.can_idle() {
            return Ok(IdleEnd::Refused("IDLE is not among its capabilities".to_owned()));
        }
        loop {
            if self.grown {
                return Ok(IdleEnd::NewMail);
            }
            if Instant::now() >= until {
                return Ok(IdleEnd::TimedOut);
            }
            let round = until.min(Instant::now() + LONGEST_IDLE);
            if let Some(refusal) = self.idle_once(round).await? {
                return Ok(IdleEnd::Refused(refusal.words));
            }
        }
    }

    /// One IDLE, to the first news or to `until`; the server's NO or BAD, if it comes to that.
    async fn idle_once(&mut self, until: Instant) -> Result<Option<Answer>, ImapError> {
        self.begin()?;
        let step = self.limits.step_timeout;
        let tag = self.next_tag();
        let refusal = match timeout(step, self.enter_idle(&tag)).await {
            Ok(refusal) => refusal?,
            Err(_) => return Err(self.timeout(Stage::Idle)),
        };
        if let Some(answer) = refusal {
            self.usable = true;
            // An OK where a `+` is due: it does not know what IDLE is.
            return Ok(Some(answer));
        }
        // Silence is what IDLE is for.
        let wait = until.saturating_duration_since(Instant::now());
        self.connection.set_read_stall(wait.saturating_add(step));
        let ended = timeout_at(until, self.await_news(&tag)).await;
        self.connection.set_read_stall(step);
        if let Ok(ended) = ended {
            ended?;
        }
        let answer = match timeout(step, self.leave_idle(&tag)).await {
            Ok(answer) => answer?,
            Err(_) => return Err(self.timeout(Stage::Idle)),
        };
        self.usable = true;
        Ok((answer.completion != Completion::Ok).then_some(answer))
    }

    async fn enter_idle(&mut self, tag: &str) -> Result<Option<Answer>, ImapError> {
        self.send(Stage::Idle, &format!("{tag} IDLE\r\n")).await?;
        self.read(Stage::Idle, tag, true, &mut |_| {}).await
    }

    async fn await_news(&mut self, tag: &str) -> Result<(), ImapError> {
        while !self.grown {
            let response = match self.connection.next().await {
                Ok(Some(response)) => response,
                Ok(None) => return Err(self.closed(Stage::Idle, "without a word")),
                Err(e) => return Err(self.fault(Stage::Idle, &e)),
            };
            match response.parsed() {
                Response::Done { tag: theirs, .. } => {
                    let what = if theirs.as_bytes() == tag.as_bytes() {
                        "it ended IDLE by itself"
                    } else {
                        "an answer to a command that is not under way"
                    };
                    return Err(self.protocol(Stage::Idle, what));
                }
                Response::Data { status: imap_proto::Status::Bye, outcome } => {
                    return Err(self.closed(Stage::Idle, &self.words(outcome.information.as_deref())));
                }
                other => {
                    if let Response::Data { outcome, .. } = other {
                        self.look_for_alert(outcome);
                    }
                    self.renumbered(Stage::Idle, other)?;
                    self.watch(other);
                }
            }
        }
        Ok(())
    }

    async fn leave_idle(&mut self, tag: &str) -> Result<Answer, ImapError> {
        self.send(Stage::Idle, "DONE\r\n").await?;
        loop {
            if let Some(answer) = self.read(Stage::Idle, tag, false, &mut |_| {}).await? {
                return Ok(answer);
            }
        }
    }
}
