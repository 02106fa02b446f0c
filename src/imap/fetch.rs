//! The messages of the open folder.

use std::collections::BTreeMap;
use std::time::Duration;

use imap_proto::{AttributeValue, Response};
use tokio::time::Instant;

use super::command::Completion;
use super::error::ImapError;
use super::limits::{CHUNK_BYTES, LITERAL_BYTES};
use super::list::Listed;
use super::syntax::{uid_of, uid_set};
use super::{Session, internal_date};
use crate::net::Stage;
use crate::vocabulary::{EntryKey, EntryTime, EntryUid, FetchedMessage, FolderKey, WrittenTime};

/// What a fetch brought.
#[derive(Debug, Default)]
pub struct FetchedBatch {
    /// The messages, ascending by UID.
    pub messages: Vec<FetchedMessage>,
    /// Every wanted UID that is not among them, ascending, with the reason.
    pub missing: Vec<(u32, MissingReason)>,
    /// The server wants to be left alone before all of it came: what is neither above was not looked at.
    pub throttled: Option<ImapError>,
}

/// Why a wanted message did not come.
#[derive(Debug)]
pub enum MissingReason {
    /// The server answered OK and did not mention it: deleted or moved by somebody meanwhile.
    Vanished,
    /// No body, or an empty one, though a size was announced (Exchange; znuny/Znuny, bug 11475).
    Empty,
    /// Fewer bytes than RFC822.SIZE, here or in the listing. What came is here for a server that never sends more.
    Short(Box<FetchedMessage>),
    /// The answer could not be read.
    Unreadable,
    /// The server refused, in these words.
    Refused(String),
}

/// One message as far as it has come.
#[derive(Debug, Default)]
struct Parts {
    body: Option<Vec<u8>>,
    time: Option<WrittenTime>,
    announced: Option<u64>,
}

impl Session {
    /// Fetches the wanted messages of the folder that [`Session::examine`] opened. `wanted` is one batch of
    /// [`batches`](super::batches): all of it is in memory at once.
    ///
    /// # Errors
    ///
    /// When the connection fails. A message that does not come is not an error: see
    /// [`FetchedBatch::missing`]. But a server may hang up over one message that it cannot read, again
    /// and again: after an error, fetch the same messages singly, each with
    /// [`Session::fetch_in_pieces`] and in a new session after each failure, so that the others get through.
    pub async fn fetch(&mut self, folder: &FolderKey, wanted: &[Listed]) -> Result<FetchedBatch, ImapError> {
        let mut batch = FetchedBatch::default();
        let mut wanted = wanted.to_vec();
        wanted.sort_by_key(|entry| entry.uid);
        wanted.dedup_by_key(|entry| entry.uid);
        let (small, large): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|entry| entry.size_bytes <= CHUNK_BYTES as u64);
        if !small.is_empty() {
            self.fetch_whole(folder, &small, &mut batch).await?;
        }
        for entry in large.into_iter().filter(|_| batch.throttled.is_none()).collect::<Vec<_>>() {
            match self.fetch_pieces(folder, entry, &mut batch).await {
                Err(error @ ImapError::Throttled { .. }) => {
                    batch.throttled = Some(error);
                    break;
                }
                fetched => fetched?,
            }
        }
        batch.messages.sort_by(|a, b| a.entry.uid.cmp(&b.entry.uid));
        batch.missing.sort_by_key(|(uid, _)| *uid);
        Ok(batch)
    }

    /// Fetches one message in pieces, whatever its announced size: this also gets a message whose
    /// server sends more than it announced, which ends [`Session::fetch`] with a protocol error.
    ///
    /// # Errors
    ///
    /// As [`Session::fetch`].
    pub async fn fetch_in_pieces(
        &mut self,
        folder: &FolderKey,
        wanted: Listed,
    ) -> Result<FetchedBatch, ImapError> {
        let mut batch = FetchedBatch::default();
        self.fetch_pieces(folder, wanted, &mut batch).await?;
        Ok(batch)
    }

    /// Fetches one message with one command, whatever its size: for servers whose answers to requests for pieces cannot be read
    /// (hoodiecrow numbers them wrong). One over the size limit is not fetched so.
    ///
    /// # Errors
    ///
    /// As [`Session::fetch`].
    pub async fn fetch_at_once(
        &mut self,
        folder: &FolderKey,
        wanted: Listed,
    ) -> Result<FetchedBatch, ImapError> {
        let mut batch = FetchedBatch::default();
        if wanted.size_bytes > self.limits.message_bytes {
            batch.missing.push((wanted.uid, MissingReason::Unreadable));
            return Ok(batch);
        }
        let size = usize::try_from(wanted.size_bytes).unwrap_or(usize::MAX);
        self.connection.set_literal_bytes(size.saturating_add(LITERAL_BYTES));
        let fetched = self.fetch_whole(folder, &[wanted], &mut batch).await;
        self.connection.set_literal_bytes(LITERAL_BYTES);
        fetched.map(|()| batch)
    }

    fn is_open(&self, folder: &FolderKey) -> Result<(), ImapError> {
        match &self.open {
            Some(open) if open == folder => Ok(()),
            _ => Err(self.unusable("the folder is not open, or under another UIDVALIDITY")),
        }
    }

    /// How long a transfer may take.
    pub(super) fn deadline(&self, bytes: u64) -> Duration {
        let seconds = bytes / self.limits.slowest_bytes_per_second.max(1);
        let by_size = self.limits.step_timeout.saturating_add(Duration::from_secs(seconds));
        let left = self.end_by.map(|end| end.saturating_duration_since(Instant::now()));
        left.map_or(by_size, |left| by_size.min(left))
    }

    async fn fetch_whole(
        &mut self,
        folder: &FolderKey,
        wanted: &[Listed],
        batch: &mut FetchedBatch,
    ) -> Result<(), ImapError> {
        self.is_open(folder)?;
        let announced: u64 = wanted.iter().map(|entry| entry.size_bytes).sum();
        // The sum of the listing is what memory was planned for; a server may be off, not wildly.
        let mut budget = announced.saturating_mul(2).saturating_add(LITERAL_BYTES as u64);
        let mut overrun = false;
        let mut parts: BTreeMap<u32, Parts> = BTreeMap::new();
        self.connection.take_unreadable();
        let set = uid_set(wanted.iter().map(|entry| entry.uid));
        let command = format!("UID FETCH {set} (UID INTERNALDATE RFC822.SIZE BODY.PEEK[])");
        let answer = self
            .command(Stage::Fetch, &command, self.deadline(announced), &mut |response| {
                let Response::Fetch(_, attributes) = response else { return };
                let Some(uid) = uid_of(attributes) else { return };
                if wanted.binary_search_by_key(&uid, |entry| entry.uid).is_err() {
                    return;
                }
                let parts = parts.entry(uid).or_default();
                for attribute in attributes {
                    let spent = parts.take(attribute, None);
                    if let Some(rest) = budget.checked_sub(spent) {
                        budget = rest;
                    } else {
                        overrun = true;
                        parts.body = None;
                    }
                }
            })
            .await?;
        if overrun {
            self.usable = false;
            return Err(self.protocol(Stage::Fetch, "far more bytes than the listed sizes"));
        }
        let unreadable = self.connection.take_unreadable() > 0;
        // A refusal may concern one message only (RFC 5530 EXPUNGEISSUED): what came, came.
        let refused = answer.completion != Completion::Ok;
        if refused
            && let error @ ImapError::Throttled { .. } = self.refused(Stage::Fetch, answer.words.clone())
        {
            batch.throttled = Some(error);
        }
        for entry in wanted {
            let key = folder.entry(EntryUid::Imap(entry.uid));
            let came = parts.remove(&entry.uid);
            let outcome = match came {
                Some(parts) => parts.finish(key, *entry, false, self.limits.message_bytes),
                None if unreadable => Err(MissingReason::Unreadable),
                None => Err(MissingReason::Vanished),
            };
            match outcome {
                Ok(message) => batch.messages.push(message),
                // Nothing is wrong with it.
                Err(MissingReason::Vanished | MissingReason::Empty) if batch.throttled.is_some() => {}
                Err(MissingReason::Vanished | MissingReason::Empty) if refused => {
                    batch.missing.push((entry.uid, MissingReason::Refused(answer.words.clone())));
                }
                Err(reason) => batch.missing.push((entry.uid, reason)),
            }
        }
        Ok(())
    }

    async fn fetch_pieces(
        &mut self,
        folder: &FolderKey,
        wanted: Listed,
        batch: &mut FetchedBatch,
    ) -> Result<(), ImapError> {
        self.is_open(folder)?;
        let oversize = wanted.size_bytes > self.limits.message_bytes;
        let longest = if oversize { self.limits.oversize_fetch_bytes } else { self.limits.message_bytes };
        let longest = usize::try_from(longest).unwrap_or(usize::MAX);
        // Grown by doubling, it would take up to twice its size.
        let expected = usize::try_from(wanted.size_bytes).unwrap_or(longest).min(longest);
        let mut whole = Parts { body: Some(Vec::with_capacity(expected)), ..Parts::default() };
        let mut at_end = false;
        while !at_end {
            let have = whole.body.as_ref().map_or(0, Vec::len);
            let ask = CHUNK_BYTES.min(longest.saturating_sub(have));
            if ask == 0 {
                break;
            }
            match self.fetch_piece(wanted.uid, have, ask, &mut whole).await? {
                Ok(got) => at_end = got < ask,
                Err(reason) => {
                    batch.missing.push((wanted.uid, reason));
                    return Ok(());
                }
            }
        }
        let truncated = !at_end;
        if oversize
            && truncated
            && let Some(beginning) = &mut whole.body
        {
            // The beginning alone is worth filing: after a failure the session says so at the next command.
            let _ = self.complete_text(wanted.uid, beginning, longest).await;
        }
        let key = folder.entry(EntryUid::Imap(wanted.uid));
        match whole.finish(key, wanted, truncated, self.limits.message_bytes) {
            Ok(message) => batch.messages.push(message),
            Err(reason) => batch.missing.push((wanted.uid, reason)),
        }
        Ok(())
    }

    /// Adds one piece to `whole`; its size, or why there is none.
    async fn fetch_piece(
        &mut self,
        uid: u32,
        offset: usize,
        ask: usize,
        whole: &mut Parts,
    ) -> Result<Result<usize, MissingReason>, ImapError> {
        let mut piece: Option<Parts> = None;
        let mut misplaced = false;
        self.connection.take_unreadable();
        let command = format!("UID FETCH {uid} (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<{offset}.{ask}>)");
        let answer = self
            .command(Stage::Fetch, &command, self.deadline(ask as u64), &mut |response| {
                let Response::Fetch(_, attributes) = response else { return };
                if uid_of(attributes) != Some(uid) {
                    return;
                }
                let piece = piece.get_or_insert_default();
                for attribute in attributes {
                    if let AttributeValue::BodySection { section: None, index, data: Some(data) } = attribute
                    {
                        // A server that ignores the range would give a message put together wrong.
                        let begins = index.map_or(0, |index| index as usize);
                        misplaced |= begins != offset || data.len() > ask;
                    }
                    piece.take(attribute, Some(ask));
                }
            })
            .await?;
        if misplaced {
            self.usable = false;
            return Err(self.protocol(Stage::Fetch, "another piece of the message than was asked for"));
        }
        let unreadable = self.connection.take_unreadable() > 0;
        let reason = match piece {
            Some(Parts { body: Some(body), time, announced }) => {
                whole.time = whole.time.or(time);
                whole.announced = whole.announced.or(announced);
                let got = body.len();
                whole.body.get_or_insert_default().extend_from_slice(&body);
                return Ok(Ok(got));
            }
            _ if answer.completion != Completion::Ok => match self.refused(Stage::Fetch, answer.words) {
                ImapError::Refused { words, .. } => MissingReason::Refused(words),
                throttled => return Err(throttled),
            },
            _ if unreadable => MissingReason::Unreadable,
            // Some servers answer a range after the end with NIL instead of an empty string.
            Some(_) if offset > 0 => return Ok(Ok(0)),
            Some(_) => MissingReason::Empty,
            None => MissingReason::Vanished,
        };
        Ok(Err(reason))
    }
}

impl Parts {
    /// Takes one attribute; the number of body bytes kept. A body that comes again changes nothing.
    fn take(&mut self, attribute: &AttributeValue<'_>, at_most: Option<usize>) -> u64 {
        match attribute {
            AttributeValue::BodySection { section: None, data: Some(data), .. }
                if self.body.as_ref().is_none_or(Vec::is_empty) =>
            {
                let data = at_most.and_then(|most| data.get(..most)).unwrap_or(data);
                self.body = Some(data.to_vec());
                return data.len() as u64;
            }
            AttributeValue::InternalDate(text) => self.time = self.time.or(internal_date::parse(text)),
            AttributeValue::Rfc822Size(size) => self.announced = Some(u64::from(*size)),
            _ => {}
        }
        0
    }

    /// `unknown`: what a listing without a size gives.
    fn finish(
        self,
        entry: EntryKey,
        listed: Listed,
        truncated: bool,
        unknown: u64,
    ) -> Result<FetchedMessage, MissingReason> {
        let announced = self.announced.unwrap_or(if truncated { listed.size_bytes } else { 0 });
        let raw = self.body.unwrap_or_default();
        // An empty message is possible, but only if the server says so twice.
        if raw.is_empty() && !(self.announced == Some(0) && listed.size_bytes == 0) {
            return Err(MissingReason::Empty);
        }
        let got = raw.len() as u64;
        let message = FetchedMessage {
            entry,
            raw,
            time: self.time.map(EntryTime::InternalDate),
            announced_size_bytes: announced,
            truncated,
        };
        // A placeholder comes with its own size; the listing had the letter's.
        let listed_size = if listed.size_bytes == unknown { 0 } else { listed.size_bytes };
        if !truncated && got < announced.max(listed_size) {
            return Err(MissingReason::Short(Box::new(message)));
        }
        Ok(message)
    }
}
