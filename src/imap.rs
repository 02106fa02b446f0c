//! One IMAP session, every step with a deadline.
//!
//! async-imap keeps the connection: it reads, parses and types the responses, each once. Commands are written here and their
//! answers read with its `read_response`, up to the tagged one, because its own commands leave open what must be known (each
//! line was seen to happen with 0.12):
//!
//! - a tagged NO or BAD, a BYE and the end of the stream count as success in its `uid_fetch` and
//!   `uid_store` streams (chatmail/async-imap#95, #66; mail was lost to it in chatmail/core#5009),
//!   and in EXAMINE and ID the end of the stream does;
//! - there is no deadline anywhere but in IDLE (chatmail/async-imap#63), and there keep-alives
//!   start it anew, a NO is waited for in vain and a lost connection reads as an interruption;
//! - only its LOGIN makes a session with `run_command`: that knows no PREAUTH and no literals, passes over a BYE, and gives the
//!   server's words in the debug form of an error, which nobody should have to read back;
//! - it logs passwords and messages at trace level: the log leaves that target off.
//!
//! One rule holds for all commands: a step is done when its
//! own tagged answer has come before its deadline. Anything else (BYE, end of stream, silence, a
//! broken answer, a future dropped halfway) leaves the session unusable, and every later call fails
//! at once. A plain NO or BAD is an answer: the session goes on.
//!
//! Below async-imap, [`guard`] bounds what the server sends and cuts it into single responses.
//!
//! Nothing on the server changes, except by [`Session::mark`]: EXAMINE and BODY.PEEK only.

mod command;
mod connection;
mod error;
mod fetch;
mod folder_name;
mod guard;
mod idle;
mod internal_date;
mod limits;
mod list;
mod mark;
mod open;
mod oversize;
mod quota;
mod syntax;
mod token;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use imap_proto::{MailboxDatum, NameAttribute, Response, ResponseCode};
use jiff::Timestamp;
use tokio::time::{Instant, timeout};

pub use error::ImapError;
pub use fetch::{FetchedBatch, MissingReason};
pub use idle::IdleEnd;
pub use list::{Listed, batches};
pub use quota::Quota;

use crate::config::Limits;
use crate::cursor::FolderState;
use crate::net::{Endpoint, Stage, decode};
use crate::schedule::throttled;
use crate::vocabulary::FolderKey;
use command::{Answer, Completion, Piece};
use connection::Connection;

/// Most folders remembered of a LIST.
const FOLDERS: usize = 10_000;
/// LOGOUT is a courtesy: this long at most.
const LOGOUT_TIMEOUT: Duration = Duration::from_secs(5);

/// A logged-in connection to an IMAP server.
#[derive(Debug)]
pub struct Session {
    connection: Connection,
    endpoint: Endpoint,
    /// As whom we are logged in.
    username: Option<String>,
    limits: Limits,
    /// Upper case.
    capabilities: HashSet<String>,
    /// The number of the last tag.
    tag: u32,
    /// False while a command is under way and for ever after one that did not end in order.
    usable: bool,
    /// The folder that EXAMINE opened, with its UIDVALIDITY.
    open: Option<FolderKey>,
    /// EXISTS as last heard.
    exists: u32,
    /// EXISTS rose since the folder was last listed.
    grown: bool,
    /// The lowest message number of the last listing.
    first_listed: Option<u32>,
    /// Listings and fetches end at this instant.
    end_by: Option<Instant>,
    /// What the server wants people to read.
    alerts: Vec<String>,
    /// Folders that the server knows under another name than the rules give, as commands carry it.
    wire_names: HashMap<String, Vec<u8>>,
}

impl Session {
    /// Whether the server offers IDLE (RFC 2177).
    pub fn can_idle(&self) -> bool {
        self.has("IDLE")
    }

    /// Until when the server's certificate is good; `None`: the connection has none.
    pub fn certificate_until(&self) -> Option<Timestamp> {
        self.endpoint.certificate_until()
    }

    /// The names that it bears.
    pub fn certificate_names(&self) -> &[String] {
        self.endpoint.certificate_names()
    }

    /// Whether the server takes ID (RFC 2971).
    pub fn takes_id(&self) -> bool {
        self.has("ID")
    }

    /// Whether it tells how full the mailbox is (RFC 9208).
    pub fn tells_quota(&self) -> bool {
        self.has("QUOTA")
    }

    /// A folder's name as commands carry it, where that is not how people write it.
    pub fn name_on_the_wire(&self, folder: &str) -> Option<String> {
        let name = self.endpoint.words(&decode(&self.wire_name(folder)));
        let plain = name.trim_matches('"');
        (plain != folder).then(|| plain.to_owned())
    }

    /// Whether another command may follow.
    pub const fn is_usable(&self) -> bool {
        self.usable
    }

    /// Listings and fetches that start from now on end at `end_by`, however much is wanted: the caller shares out the time of
    /// a whole pass.
    pub fn set_end(&mut self, end_by: Instant) {
        self.end_by = Some(end_by);
    }

    fn has(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// EXISTS as last heard.
    pub const fn exists(&self) -> u32 {
        self.exists
    }

    /// Opens a folder read-only and says what is in it.
    ///
    /// # Errors
    ///
    /// [`ImapError::FolderUnknown`] when the server says NO, and whatever else can fail.
    pub async fn examine(&mut self, folder: &str) -> Result<FolderState, ImapError> {
        let unknown = match self.examine_as(folder, &self.wire_name(folder)).await {
            Err(error @ ImapError::FolderUnknown { .. }) => error,
            examined => return examined,
        };
        // Boxed, for it is rare and would make every future that opens a folder larger.
        Box::pin(self.examine_as_listed(folder)).await.unwrap_or(Err(unknown))
    }

    /// Some servers know a folder under the very bytes only that they list. `None`: under none of these either.
    async fn examine_as_listed(&mut self, folder: &str) -> Option<Result<FolderState, ImapError>> {
        let names = match self.listed_names(folder).await {
            Ok(names) => names,
            Err(error) => return Some(Err(error)),
        };
        for name in names {
            match self.examine_as(folder, &name).await {
                Err(ImapError::FolderUnknown { .. }) => {}
                examined => {
                    self.wire_names.insert(folder.to_owned(), name);
                    return Some(examined);
                }
            }
        }
        None
    }

    async fn examine_as(&mut self, folder: &str, name: &[u8]) -> Result<FolderState, ImapError> {
        let (mut answer, mut state) = self.try_examine(name).await?;
        if answer.wants_id() {
            self.send_id().await?;
            (answer, state) = self.try_examine(name).await?;
        }
        self.opened(Stage::Examine, folder, answer)?;
        if let Some(uid_validity) = state.uid_validity {
            self.open = Some(FolderKey::imap(folder, uid_validity));
        }
        self.grown = false;
        Ok(state)
    }

    async fn try_examine(&mut self, name: &[u8]) -> Result<(Answer, FolderState), ImapError> {
        // Even one that fails closes the folder that was open (RFC 3501 section 6.3.1).
        self.open = None;
        self.exists = 0;
        let command = [Piece::Text("EXAMINE "), Piece::Bytes(name)];
        let mut state = FolderState { uid_validity: None, uid_next: None, exists: 0 };
        let answer = self
            .exchange(Stage::Examine, &command, self.limits.step_timeout, &mut |response| {
                if let Response::Data { outcome, .. } = response {
                    match outcome.code {
                        Some(ResponseCode::UidValidity(value)) => state.uid_validity = Some(value),
                        Some(ResponseCode::UidNext(value)) => state.uid_next = Some(value),
                        _ => {}
                    }
                }
            })
            .await?;
        state.exists = self.exists;
        Ok((answer, state))
    }

    fn opened(&self, stage: Stage, folder: &str, answer: Answer) -> Result<Answer, ImapError> {
        let passes = answer.is_temporary() || throttled(&answer.words).is_some();
        if answer.completion == Completion::No && !passes && !answer.wants_id() {
            return Err(ImapError::FolderUnknown {
                server: self.server(),
                folder: folder.to_owned(),
                words: answer.words,
            });
        }
        self.accepted(stage, answer)
    }

    /// The folders that can be opened, decoded names, in the server's order.
    ///
    /// # Errors
    ///
    /// When the server refuses or fails.
    pub async fn folders(&mut self) -> Result<Vec<String>, ImapError> {
        Ok(self.list_names().await?.iter().map(|name| folder_name::decode(name)).collect())
    }

    /// The folders that can be opened, names as listed.
    async fn list_names(&mut self) -> Result<Vec<String>, ImapError> {
        let mut names = Vec::new();
        let answer = self
            .command(Stage::Folders, "LIST \"\" \"*\"", self.limits.step_timeout, &mut |response| {
                if let Response::MailboxData(MailboxDatum::List(data)) = response
                    && !data.name_attributes.contains(&NameAttribute::NoSelect)
                    && names.len() < FOLDERS
                {
                    names.push(syntax::unescape(&data.name));
                }
            })
            .await?;
        self.accepted(Stage::Folders, answer)?;
        Ok(names)
    }

    /// A folder's name as a command carries it: as it was found to work, else by the rules.
    fn wire_name(&self, folder: &str) -> Vec<u8> {
        let known = self.wire_names.get(folder).cloned();
        known.unwrap_or_else(|| folder_name::argument(&folder_name::encode(folder)))
    }

    /// Other names under which a folder may be known: those that the server lists and that read alike, or that are written so
    /// in the configuration.
    async fn listed_names(&mut self, folder: &str) -> Result<Vec<Vec<u8>>, ImapError> {
        // A name without either is written in one way only.
        if folder.is_ascii() && !folder.contains('&') {
            return Ok(Vec::new());
        }
        let listed = match self.list_names().await {
            Err(ImapError::Refused { .. }) => Vec::new(),
            listed => listed?,
        };
        let tried = self.wire_name(folder);
        Ok(folder_name::alike(folder, &listed).into_iter().filter(|name| *name != tried).collect())
    }

    /// Asks for news and keeps the connection alive.
    ///
    /// # Errors
    ///
    /// When the server refuses or fails; a dead connection is an error here.
    pub async fn noop(&mut self) -> Result<(), ImapError> {
        let answer = self.simple(Stage::Noop, "NOOP").await?;
        self.accepted(Stage::Noop, answer).map(|_| ())
    }

    /// Says goodbye. Nothing depends on the answer.
    ///
    /// # Errors
    ///
    /// When no answer comes. Nothing is lost then, but such a server is worth a line in the log.
    pub async fn logout(mut self) -> Result<(), ImapError> {
        if !self.usable {
            return Ok(());
        }
        let longest = self.limits.step_timeout.min(LOGOUT_TIMEOUT);
        let answer = self.command(Stage::Logout, "LOGOUT", longest, &mut |_| {}).await;
        timeout(longest, self.connection.shutdown()).await.ok();
        answer.map(|_| ())
    }
}
