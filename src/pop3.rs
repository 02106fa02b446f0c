//! One POP3 session (RFC 1939), every step with a deadline: log in, list, fetch, QUIT.
//!
//! Nothing is ever deleted: there is no DELE here. A server holds the mailbox for one session at a time, so a session is short,
//! and QUIT ends it whatever happened. Messages are known by UIDL; what the server numbers holds for one session only.

mod error;
mod lines;
mod listing;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;

pub use error::Pop3Error;
pub use listing::{Listed, Listing, folder};

use crate::config::{Limits, Secret, ServerSettings};
use crate::net::{Bearer, Endpoint, Protection, Stage, decode};
use crate::oauth;
use crate::schedule::{LoginRefusal, login_refusal, token_refusal, usual_refusal};
use crate::vocabulary::{EntryUid, FetchedMessage, LiveFault};
use crate::words::Chinese as _;
use lines::{Lines, Stream};

/// What a whole listing may take, in bytes: 200,000 messages with long names.
const LISTING_BYTES: usize = 16 * 1024 * 1024;
/// What the list of capabilities may take, in bytes.
const CAPABILITIES_BYTES: usize = 64 * 1024;
/// QUIT is a courtesy: this long at most.
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);
/// What a line of a letter mostly takes at least, in bytes: by it TOP is asked for so many lines.
const USUAL_LINE_BYTES: u64 = 40;

/// A logged-in connection to a POP3 server.
pub struct Session {
    lines: Lines,
    endpoint: Endpoint,
    limits: Limits,
    /// Upper case, the first word of each.
    capabilities: BTreeSet<String>,
    /// The mechanisms of the line SASL.
    mechanisms: BTreeSet<String>,
    /// False after a step that did not end in order.
    usable: bool,
}

impl Session {
    /// Connects and logs in.
    ///
    /// # Errors
    /// Whatever fails, with the step, the server and its words.
    pub async fn open(server: &ServerSettings, limits: &Limits) -> Result<Self, Pop3Error> {
        let Some(oauth) = &server.oauth else { return Box::pin(Self::open_as(server, limits)).await };
        let opened = Box::pin(Self::open_with_token(server, limits)).await;
        if !matches!(opened, Err(Pop3Error::Login { fault: LiveFault::LoginToken, .. })) {
            return opened;
        }
        // It may have been taken back before its time: a fresh one tells.
        oauth.kept.forget();
        Box::pin(Self::open_with_token(server, limits)).await
    }

    async fn open_with_token(server: &ServerSettings, limits: &Limits) -> Result<Self, Pop3Error> {
        let shown = oauth::with_token(server, limits).await.map_err(|error| Pop3Error::Token {
            server: format!("{}:{}", server.host, server.port),
            error,
        })?;
        Self::open_as(shown.as_ref().unwrap_or(server), limits).await
    }

    async fn open_as(settings: &ServerSettings, limits: &Limits) -> Result<Self, Pop3Error> {
        let endpoint = Endpoint::new(settings, limits)?;
        let tcp = endpoint.connect().await?;
        let stream: Box<dyn Stream> = match endpoint.protection() {
            Protection::Tls(tls) => Box::new(endpoint.handshake(tls, tcp).await?),
            Protection::Plaintext | Protection::Starttls(_) => Box::new(tcp),
        };
        let lines = Lines::new(stream, limits.step_timeout);
        let mut session = Self {
            lines,
            endpoint,
            limits: *limits,
            capabilities: BTreeSet::new(),
            mechanisms: BTreeSet::new(),
            usable: true,
        };
        session.answer(Stage::Greeting).await?;
        session.ask_capabilities().await?;
        if matches!(session.endpoint.protection(), Protection::Starttls(_)) {
            session = session.stls().await?;
        }
        session.login(settings).await?;
        // They may be others now (RFC 2449 section 5).
        session.ask_capabilities().await?;
        Ok(session)
    }

    /// Until when the server's certificate is good; `None`: the connection has none.
    pub fn certificate_until(&self) -> Option<Timestamp> {
        self.endpoint.certificate_until()
    }

    /// The names that it bears.
    pub fn certificate_names(&self) -> &[String] {
        self.endpoint.certificate_names()
    }

    async fn ask_capabilities(&mut self) -> Result<(), Pop3Error> {
        let body = match self.command(Stage::Capability, "CAPA").await {
            Ok(_) => self.listing(Stage::Capability, CAPABILITIES_BYTES).await?,
            // An old server, which has at least what RFC 1939 asks of all.
            Err(Pop3Error::Refused { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let text = String::from_utf8_lossy(&body).to_ascii_uppercase();
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let lines: Vec<Vec<String>> = text.lines().map(words).collect();
        self.capabilities = lines.iter().filter_map(|line| line.first().cloned()).collect();
        let sasl = lines.iter().filter(|line| line.first().is_some_and(|word| word == "SASL"));
        self.mechanisms = sasl.flat_map(|line| line.iter().skip(1).cloned()).collect();
        Ok(())
    }

    async fn stls(mut self) -> Result<Self, Pop3Error> {
        if !self.capabilities.contains("STLS") {
            return Err(self.unsupported(
                "offers no STLS here, or somebody in between removes it; use security = \"tls\"",
            ));
        }
        self.command(Stage::Starttls, "STLS").await?;
        let Self { lines, endpoint, limits, .. } = self;
        let server = endpoint.server().to_owned();
        // What came before the handshake may be anybody's.
        let Some(stream) = lines.into_stream() else {
            let what = "text after the STLS answer; somebody may be tampering with the connection".to_owned();
            return Err(Pop3Error::Protocol { server, stage: Stage::Starttls, what });
        };
        let (Protection::Starttls(tls) | Protection::Tls(tls)) = endpoint.protection() else {
            return Err(endpoint.misconfigured("STLS without TLS").into());
        };
        let stream = endpoint.handshake(tls, stream).await?;
        let lines = Lines::new(Box::new(stream), limits.step_timeout);
        let (capabilities, mechanisms) = (BTreeSet::new(), BTreeSet::new());
        let mut session = Self { lines, endpoint, limits, capabilities, mechanisms, usable: true };
        session.ask_capabilities().await?;
        Ok(session)
    }

    async fn login(&mut self, settings: &ServerSettings) -> Result<(), Pop3Error> {
        let (Some(username), Some(password)) = (&settings.username, &settings.password) else {
            return Err(self.endpoint.misconfigured("username and password are needed").into());
        };
        if settings.oauth.is_some() {
            return self.show_token(username, password).await;
        }
        let bad = |text: &str| text.contains(['\r', '\n']);
        if bad(username) || bad(password.expose()) {
            return Err(self.endpoint.misconfigured("username and password must be one line each").into());
        }
        let mut answer = self.command(Stage::Login, &format!("USER {username}")).await;
        if answer.is_ok() {
            answer = self.command(Stage::Login, &format!("PASS {}", password.expose())).await;
        }
        match answer {
            Ok(_) => Ok(()),
            Err(Pop3Error::Refused { words, .. }) => {
                let usual = || (LoginRefusal::Credentials, usual_refusal(self.endpoint.host()));
                let refusal = login_refusal(&words).unwrap_or_else(usual);
                let provenance = password.provenance().filter(|_| refusal.0 == LoginRefusal::Credentials);
                Err(self.login_refused(username, words, refusal, provenance))
            }
            Err(error) => Err(error),
        }
    }

    fn login_refused(
        &self,
        username: &str,
        words: String,
        (refusal, fault): (LoginRefusal, LiveFault),
        provenance: Option<String>,
    ) -> Pop3Error {
        let hint = fault.english();
        Pop3Error::Login {
            server: self.server(),
            username: username.to_owned(),
            words,
            hint: provenance.map_or_else(|| hint.to_owned(), |provenance| format!("{hint}; {provenance}")),
            temporary: refusal == LoginRefusal::Busy,
            blocked: refusal == LoginRefusal::Person,
            fault,
        }
    }

    /// RFC 5034 section 4. The token goes by itself: with the command the line may become too long.
    async fn show_token(&mut self, username: &str, token: &Secret) -> Result<(), Pop3Error> {
        let Some(bearer) = Bearer::offered(|name| self.mechanisms.contains(name)) else {
            return Err(self.unsupported(
                "offers neither SASL OAUTHBEARER nor XOAUTH2, so it takes no token: check host and port, or log in with a password",
            ));
        };
        let lines = [
            format!("AUTH {}", bearer.name()),
            self.endpoint.bearer(bearer, username, token),
            bearer.farewell().to_owned(),
        ];
        let mut said = String::new();
        for line in lines {
            match self.command(Stage::Login, &line).await {
                Ok(Answer::Done(_)) => return Ok(()),
                Ok(Answer::Asks(challenge)) => said = self.endpoint.challenge(&challenge),
                Err(Pop3Error::Refused { words, .. }) => {
                    let refusal = token_refusal(&words);
                    let words = if said.is_empty() { words } else { format!("{words}; {said}") };
                    return Err(self.login_refused(username, words, refusal, None));
                }
                Err(error) => return Err(error),
            }
        }
        Err(self.protocol(Stage::Login, "challenges without end"))
    }

    /// What lies in the mailbox.
    ///
    /// # Errors
    /// When the server refuses or fails; without UIDL nothing can be known again.
    pub async fn list(&mut self) -> Result<Listing, Pop3Error> {
        let stage = Stage::List;
        let Answer::Done(stat) = self.command(stage, "STAT").await? else {
            return Err(self.protocol(stage, "it asks for something"));
        };
        let announced = stat.split_whitespace().next().and_then(|count| count.parse().ok());
        let Some(announced) = announced else {
            return Err(self.protocol(stage, "an answer to STAT without a count"));
        };
        match self.command(stage, "UIDL").await {
            Ok(_) => {}
            Err(Pop3Error::Refused { words, .. }) => {
                let what = format!(
                    "has no UIDL, without which no letter can be known again ({words}); read it over IMAP"
                );
                return Err(self.unsupported(&what));
            }
            Err(error) => return Err(error),
        }
        let names = self.numbered(stage).await?;
        self.command(stage, "LIST").await?;
        let sizes = self.numbered(stage).await?;
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let messages = names.into_iter().map(|(number, name)| {
            // The same name twice is the same letter twice, on servers that name letters by their content.
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            let name = if *count == 1 { name } else { format!("{name}#{count}") };
            let size_bytes = sizes.get(&number).and_then(|size| size.split_whitespace().next()?.parse().ok());
            Listed { number, name, size_bytes }
        });
        Ok(Listing { messages: messages.collect(), announced })
    }

    /// The header of each of the newest messages; `None`: the server has no TOP.
    ///
    /// # Errors
    /// When the server refuses or fails.
    pub async fn newest_headers(
        &mut self,
        listing: &Listing,
        most: u32,
    ) -> Result<Option<Vec<Vec<u8>>>, Pop3Error> {
        if !self.capabilities.contains("TOP") {
            return Ok(None);
        }
        let longest = self.limits.header_bytes;
        let mut headers = Vec::new();
        for listed in listing.messages.iter().rev().take(most as usize) {
            self.command(Stage::Fetch, &format!("TOP {} 0", listed.number)).await?;
            headers.push(self.listing(Stage::Fetch, longest).await?);
        }
        Ok(Some(headers))
    }

    /// Lines that begin with a message's number.
    async fn numbered(&mut self, stage: Stage) -> Result<BTreeMap<u32, String>, Pop3Error> {
        let body = self.listing(stage, LISTING_BYTES).await?;
        let text = decode(&body);
        let line = |line: &str| {
            let (number, rest) = line.trim().split_once(' ')?;
            let rest = rest.trim();
            (!rest.is_empty()).then_some((number.parse().ok()?, rest.to_owned()))
        };
        Ok(text.lines().filter_map(line).collect())
    }

    /// Fetches one message. One over `limits.message_bytes` is read in its beginning only.
    ///
    /// # Errors
    /// When the server refuses it, with the session still good, or fails.
    pub async fn fetch(&mut self, listed: &Listed) -> Result<FetchedMessage, Pop3Error> {
        let limits = self.limits;
        let size = listed.size_bytes.unwrap_or(0);
        let large = size > limits.message_bytes;
        let lines = limits.oversize_fetch_bytes / USUAL_LINE_BYTES;
        let by_top = large && self.capabilities.contains("TOP");
        let command =
            if by_top { format!("TOP {} {lines}", listed.number) } else { format!("RETR {}", listed.number) };
        self.command(Stage::Fetch, &command).await?;
        self.usable = false;
        let longest = limits.step_timeout
            + Duration::from_secs(
                size.max(limits.oversize_fetch_bytes) / limits.slowest_bytes_per_second.max(1),
            );
        let (mut raw, mut came) = (Vec::new(), 0_u64);
        let most = usize::try_from(limits.message_bytes).unwrap_or(usize::MAX);
        let body = self.lines.body(|piece| {
            came += piece.len() as u64;
            if raw.len() < most {
                raw.extend_from_slice(piece);
            }
            Ok(())
        });
        match timeout(longest, body).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(self.fault(Stage::Fetch, &error)),
            Err(_) => return Err(self.late(Stage::Fetch, longest)),
        }
        self.usable = true;
        let truncated = large || came > limits.message_bytes;
        if truncated {
            raw.truncate(usize::try_from(limits.oversize_fetch_bytes).unwrap_or(usize::MAX));
        }
        // What came is counted: servers count line ends in ways of their own.
        let announced_size_bytes = if truncated { size.max(came) } else { came };
        let entry = folder().entry(EntryUid::Name(listed.name.clone()));
        Ok(FetchedMessage { entry, raw, time: None, announced_size_bytes, truncated })
    }

    /// Says goodbye, so that the server lets the mailbox go.
    pub async fn quit(mut self) {
        if self.usable {
            timeout(self.limits.step_timeout.min(QUIT_TIMEOUT), self.command(Stage::Logout, "QUIT"))
                .await
                .ok();
        }
    }

    /// Whether another command may follow.
    pub const fn is_usable(&self) -> bool {
        self.usable
    }

    /// Sends one command and reads the first line of its answer.
    async fn command(&mut self, stage: Stage, line: &str) -> Result<Answer, Pop3Error> {
        let sent = self.lines.send(line).await;
        sent.map_err(|error| self.fault(stage, &error))?;
        self.answer(stage).await
    }

    async fn answer(&mut self, stage: Stage) -> Result<Answer, Pop3Error> {
        self.usable = false;
        let longest = self.limits.step_timeout;
        let line = match timeout(longest, self.lines.line()).await {
            Ok(line) => line.map_err(|error| self.fault(stage, &error))?,
            Err(_) => return Err(self.late(stage, longest)),
        };
        let text = decode(&line);
        let (word, rest) = text.split_once(' ').unwrap_or((&text, ""));
        match word {
            "+OK" => {
                self.usable = true;
                Ok(Answer::Done(rest.to_owned()))
            }
            "+" => {
                self.usable = true;
                Ok(Answer::Asks(rest.to_owned()))
            }
            "-ERR" => {
                self.usable = stage != Stage::Greeting;
                let words = self.endpoint.words(rest);
                let words = if words.is_empty() { "(no words)".to_owned() } else { words };
                Err(Pop3Error::Refused { server: self.server(), stage, words })
            }
            _ => Err(self.protocol(stage, "an answer that is neither +OK nor -ERR")),
        }
    }

    /// The lines behind an answer, at most so many bytes.
    async fn listing(&mut self, stage: Stage, most: usize) -> Result<Vec<u8>, Pop3Error> {
        self.usable = false;
        let mut whole = Vec::new();
        let longest = self.limits.step_timeout * 4;
        let body = self.lines.body(|piece| {
            whole.extend_from_slice(piece);
            if whole.len() > most { Err(io::ErrorKind::InvalidData.into()) } else { Ok(()) }
        });
        match timeout(longest, body).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(self.fault(stage, &error)),
            Err(_) => return Err(self.late(stage, longest)),
        }
        self.usable = true;
        Ok(whole)
    }

    fn server(&self) -> String {
        self.endpoint.server().to_owned()
    }

    fn unsupported(&self, what: &str) -> Pop3Error {
        Pop3Error::Unsupported { server: self.server(), what: what.to_owned() }
    }

    fn protocol(&self, stage: Stage, what: &str) -> Pop3Error {
        Pop3Error::Protocol { server: self.server(), stage, what: what.to_owned() }
    }

    fn late(&self, stage: Stage, limit: Duration) -> Pop3Error {
        Pop3Error::Timeout { server: self.server(), stage, limit }
    }

    /// What a failed read or write means.
    fn fault(&self, stage: Stage, error: &io::Error) -> Pop3Error {
        if let Some(error) = self.endpoint.belated(error) {
            return error.into();
        }
        let closed = |words: String| Pop3Error::Closed { server: self.server(), stage, words };
        match error.kind() {
            io::ErrorKind::TimedOut => self.late(stage, self.limits.step_timeout),
            io::ErrorKind::InvalidData => self.protocol(stage, "it says more than it may"),
            io::ErrorKind::UnexpectedEof => closed("in the middle of an answer".to_owned()),
            _ => closed(self.endpoint.words(&error.to_string())),
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("server", &self.endpoint.server()).finish_non_exhaustive()
    }
}

/// A good answer's first line.
enum Answer {
    /// `+OK`
    Done(String),
    /// `+ `: the server waits for more (RFC 5034).
    Asks(String),
}
