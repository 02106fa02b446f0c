//! One command and its answer: the layer that decides what counts as done.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use imap_proto::{Capability, MailboxDatum, Response, ResponseCode};
use tokio::time::timeout;

use super::Session;
use super::connection::Received as _;
use super::error::ImapError;
use crate::net::Stage;
use crate::schedule::throttled;

/// How a tagged answer ended (RFC 3501 section 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Completion {
    Ok,
    No,
    Bad,
}

/// A tagged answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) completion: Completion,
    /// `[TRYCREATE]`
    pub(super) try_create: bool,
    /// `[READ-ONLY]`
    pub(super) read_only: bool,
    /// `[CAPABILITY …]`
    pub(super) capabilities: Option<HashSet<String>>,
    pub(super) words: String,
}

impl Answer {
    /// RFC 5530: the server's own trouble, not a verdict on what was asked.
    pub(super) fn is_temporary(&self) -> bool {
        let words = self.words.to_ascii_uppercase();
        ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]"].iter().any(|code| words.starts_with(code))
    }

    /// NetEase refuses folders until the client has sent ID (jonhoo/rust-imap#296).
    pub(super) fn wants_id(&self) -> bool {
        self.completion != Completion::Ok && self.words.to_ascii_lowercase().contains("unsafe login")
    }
}

/// A part of a command.
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// As it is, whatever its charset.
    Bytes(&'a [u8]),
    /// Sent after `{n}` and the server's consent: a synchronising literal (RFC 3501 section 7.5).
    Literal(&'a str),
}

/// Receives the untagged responses of a command.
pub(super) type Observer<'a> = &'a mut (dyn FnMut(&Response<'_>) + Send);

impl Session {
    pub(super) async fn simple(&mut self, stage: Stage, command: &str) -> Result<Answer, ImapError> {
        self.command(stage, command, self.limits.step_timeout, &mut |_| {}).await
    }

    pub(super) async fn command(
        &mut self,
        stage: Stage,
        command: &str,
        longest: Duration,
        on: Observer<'_>,
    ) -> Result<Answer, ImapError> {
        self.exchange(stage, &[Piece::Text(command)], longest, on).await
    }

    /// Sends one command and reads up to its tagged answer, within `longest`.
    pub(super) async fn exchange(
        &mut self,
        stage: Stage,
        pieces: &[Piece<'_>],
        longest: Duration,
        on: Observer<'_>,
    ) -> Result<Answer, ImapError> {
        self.begin()?;
        let answer = match timeout(longest, self.exchange_unbounded(stage, pieces, on)).await {
            Ok(answer) => answer?,
            Err(_) => return Err(self.timeout(stage)),
        };
        self.usable = true;
        Ok(answer)
    }

    /// Marks the session unusable until the step that begins now has ended in order: so a future
    /// dropped halfway leaves nothing that a later command could mistake for its own answer.
    pub(super) fn begin(&mut self) -> Result<(), ImapError> {
        if !self.usable {
            return Err(self.unusable("an earlier step failed"));
        }
        self.usable = false;
        Ok(())
    }

    async fn exchange_unbounded(
        &mut self,
        stage: Stage,
        pieces: &[Piece<'_>],
        on: Observer<'_>,
    ) -> Result<Answer, ImapError> {
        let tag = self.next_tag();
        let mut line = format!("{tag} ").into_bytes();
        for piece in pieces {
            match piece {
                Piece::Text(text) => line.extend_from_slice(text.as_bytes()),
                Piece::Bytes(bytes) => line.extend_from_slice(bytes),
                Piece::Literal(text) => {
                    line.extend_from_slice(format!("{{{}}}\r\n", text.len()).as_bytes());
                    self.send_bytes(stage, &line).await?;
                    line.clear();
                    // Refused instead of awaited: that is the answer.
                    if let Some(answer) = self.read(stage, &tag, true, on).await? {
                        return Ok(answer);
                    }
                    line.extend_from_slice(text.as_bytes());
                }
            }
        }
        line.extend_from_slice(b"\r\n");
        self.send_bytes(stage, &line).await?;
        loop {
            if let Some(answer) = self.read(stage, &tag, false, on).await? {
                return Ok(answer);
            }
        }
    }

    pub(super) fn next_tag(&mut self) -> String {
        self.tag = self.tag.wrapping_add(1);
        format!("z{}", self.tag)
    }

    pub(super) async fn send(&mut self, stage: Stage, line: &str) -> Result<(), ImapError> {
        self.send_bytes(stage, line.as_bytes()).await
    }

    async fn send_bytes(&mut self, stage: Stage, line: &[u8]) -> Result<(), ImapError> {
        let Err(e) = self.connection.send(line).await else { return Ok(()) };
        // A server that hung up may have said why, and that is still there to be read.
        while let Ok(Some(response)) = self.connection.next().await {
            if let Response::Data { status: imap_proto::Status::Bye, outcome } = response.parsed() {
                return Err(self.closed(stage, &self.words(outcome.information.as_deref())));
            }
        }
        Err(self.fault(stage, &e))
    }

    /// Reads to the tagged answer, or, with `to_continuation`, to a `+`, which is `None`.
    pub(super) async fn read(
        &mut self,
        stage: Stage,
        tag: &str,
        to_continuation: bool,
        on: Observer<'_>,
    ) -> Result<Option<Answer>, ImapError> {
        loop {
            let response = match self.connection.next().await {
                Ok(Some(response)) => response,
                // async-imap's own commands take the end of the stream for success
                // (chatmail/async-imap#66).
                Ok(None) => return Err(self.closed(stage, "without a word")),
                Err(e) => return Err(self.fault(stage, &e)),
            };
            match response.parsed() {
                Response::Done { tag: theirs, status, outcome } => {
                    // A stale answer must not pass for the one awaited (chatmail/async-imap#141).
                    if theirs.as_bytes() != tag.as_bytes() {
                        return Err(self.protocol(stage, "an answer to a command that is not under way"));
                    }
                    let completion = match status {
                        imap_proto::Status::Ok => Completion::Ok,
                        imap_proto::Status::No => Completion::No,
                        imap_proto::Status::Bad => Completion::Bad,
                        _ => {
                            return Err(
                                self.protocol(stage, "a tagged answer that is neither OK, NO nor BAD")
                            );
                        }
                    };
                    self.look_for_alert(outcome);
                    return Ok(Some(self.answer(completion, outcome)));
                }
                asked @ Response::Continue(_) if to_continuation => {
                    on(asked);
                    return Ok(None);
                }
                Response::Data { status: imap_proto::Status::Bye, outcome } if stage != Stage::Logout => {
                    return Err(self.closed(stage, &self.words(outcome.information.as_deref())));
                }
                other => {
                    self.renumbered(stage, other)?;
                    if let Response::Data { outcome, .. } = other {
                        self.look_for_alert(outcome);
                    }
                    self.watch(other);
                    on(other);
                }
            }
        }
    }

    /// UIDVALIDITY may not change under an open folder (RFC 3501 section 2.3.1.1). If it does, the UIDs at hand may name other
    /// messages.
    pub(super) fn renumbered(&self, stage: Stage, response: &Response<'_>) -> Result<(), ImapError> {
        let (Some(open), Response::Data { outcome, .. }) = (&self.open, response) else { return Ok(()) };
        match outcome.code {
            Some(ResponseCode::UidValidity(now)) if now != open.uid_validity => {
                Err(self.protocol(stage, "UIDVALIDITY changed while the folder is open"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn look_for_alert(&mut self, outcome: &imap_proto::Outcome<'_>) {
        if matches!(outcome.code, Some(ResponseCode::Alert)) {
            self.note_alert(outcome.information.as_deref());
        }
    }

    /// Keeps count of the open folder; servers tell of changes at any time (RFC 3501 section 5.2).
    pub(super) fn watch(&mut self, response: &Response<'_>) {
        match response {
            Response::MailboxData(MailboxDatum::Exists(count)) => {
                self.grown |= *count > self.exists;
                self.exists = *count;
            }
            Response::Expunge(_) => self.exists = self.exists.saturating_sub(1),
            _ => {}
        }
    }

    pub(super) fn answer(&self, completion: Completion, outcome: &imap_proto::Outcome<'_>) -> Answer {
        Answer {
            completion,
            try_create: matches!(outcome.code, Some(ResponseCode::TryCreate)),
            read_only: matches!(outcome.code, Some(ResponseCode::ReadOnly)),
            capabilities: match &outcome.code {
                Some(ResponseCode::Capabilities(capabilities)) => Some(capability_names(capabilities)),
                _ => None,
            },
            words: self.words(outcome.information.as_deref()),
        }
    }

    pub(super) fn accepted(&self, stage: Stage, answer: Answer) -> Result<Answer, ImapError> {
        match answer.completion {
            Completion::Ok => Ok(answer),
            Completion::No | Completion::Bad => Err(self.refused(stage, answer.words)),
        }
    }

    /// NO or BAD, with the server's words.
    pub(super) fn refused(&self, stage: Stage, words: String) -> ImapError {
        let server = self.server();
        match throttled(&words) {
            Some(told) => ImapError::Throttled { server, stage, words, told },
            None => ImapError::Refused { server, stage, words },
        }
    }

    pub(super) fn words(&self, text: Option<&str>) -> String {
        let words = self.endpoint.words(text.unwrap_or_default());
        if words.is_empty() { "(no words)".to_owned() } else { words }
    }

    /// `host:port`, for errors.
    pub(super) fn server(&self) -> String {
        self.endpoint.server().to_owned()
    }

    pub(super) fn timeout(&self, stage: Stage) -> ImapError {
        ImapError::Timeout { server: self.server(), stage, limit: self.limits.step_timeout }
    }

    pub(super) fn closed(&self, stage: Stage, words: &str) -> ImapError {
        ImapError::Closed { server: self.server(), stage, words: words.to_owned() }
    }

    pub(super) fn protocol(&self, stage: Stage, what: &str) -> ImapError {
        ImapError::Protocol { server: self.server(), stage, what: what.to_owned() }
    }

    pub(super) fn unsupported(&self, what: &str) -> ImapError {
        ImapError::Unsupported { server: self.server(), what: what.to_owned() }
    }

    pub(super) fn unusable(&self, reason: &'static str) -> ImapError {
        ImapError::Unusable { server: self.server(), reason }
    }

    /// What a failed read or write means.
    pub(super) fn fault(&self, stage: Stage, error: &io::Error) -> ImapError {
        if let Some(error) = self.endpoint.belated(error) {
            return error.into();
        }
        match error.kind() {
            io::ErrorKind::TimedOut => self.timeout(stage),
            io::ErrorKind::InvalidData => self.protocol(stage, &error.to_string()),
            io::ErrorKind::UnexpectedEof => self.closed(stage, "in the middle of an answer"),
            _ => self.closed(stage, &error.to_string()),
        }
    }
}

pub(super) fn capability_names(capabilities: &[Capability<'_>]) -> HashSet<String> {
    capabilities
        .iter()
        .map(|capability| match capability {
            Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
            Capability::Auth(mechanism) => format!("AUTH={}", mechanism.to_ascii_uppercase()),
            Capability::Atom(name) => name.to_ascii_uppercase(),
        })
        .collect()
}
