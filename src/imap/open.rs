//! From nothing to a logged-in session that has said who it is.

use std::collections::{HashMap, HashSet};

use imap_proto::{Response, ResponseCode};
use tokio::time::timeout;

use super::Session;
use super::command::{Answer, Completion, Piece, capability_names};
use super::connection::{Connection, Received as _};
use super::error::ImapError;
use super::guard::Stream;
use super::syntax::quoted;
use crate::config::{ImapSettings, Limits, Secret, ServerSettings};
use crate::net::{Endpoint, Protection, Stage};
use crate::oauth;
use crate::schedule::{LoginRefusal, login_refusal, usual_refusal};
use crate::vocabulary::LiveFault;
use crate::words::Chinese as _;

impl Session {
    /// Connects, logs in and identifies.
    ///
    /// # Errors
    ///
    /// Whatever fails, with the step, the server and its words; see [`ImapError`].
    pub async fn open(settings: &ImapSettings, limits: &Limits) -> Result<Self, ImapError> {
        let server = &settings.server;
        let Some(oauth) = &server.oauth else { return Box::pin(Self::open_as(server, limits)).await };
        let opened = Box::pin(Self::open_with_token(server, limits)).await;
        if !matches!(opened, Err(ImapError::Login { fault: LiveFault::LoginToken, .. })) {
            return opened;
        }
        // It may have been taken back before its time: a fresh one tells.
        oauth.kept.forget();
        Box::pin(Self::open_with_token(server, limits)).await
    }

    async fn open_with_token(server: &ServerSettings, limits: &Limits) -> Result<Self, ImapError> {
        let shown = oauth::with_token(server, limits).await.map_err(|error| ImapError::Token {
            server: format!("{}:{}", server.host, server.port),
            error,
        })?;
        Box::pin(Self::open_as(shown.as_ref().unwrap_or(server), limits)).await
    }

    async fn open_as(settings: &ServerSettings, limits: &Limits) -> Result<Self, ImapError> {
        let endpoint = Endpoint::new(settings, limits)?;
        let tcp = endpoint.connect().await?;
        let stream: Box<dyn Stream> = match endpoint.protection() {
            Protection::Tls(tls) => Box::new(endpoint.handshake(tls, tcp).await?),
            Protection::Plaintext | Protection::Starttls(_) => Box::new(tcp),
        };
        let connection = Connection::new(stream, limits.step_timeout);
        let mut session = Self::over(connection, endpoint, *limits);
        let authenticated = session.greet().await?;
        if let Protection::Starttls(_) = session.endpoint.protection() {
            // RFC 3501 knows no STARTTLS after PREAUTH; whoever sends it may be in the middle.
            if authenticated {
                return Err(session
                    .unsupported("greets as already logged in, so STARTTLS is impossible; use \"tls\""));
            }
            // Boxed: it holds a second session, and every future that opens one would be larger.
            session = Box::pin(session.starttls()).await?;
        }
        if !authenticated {
            session.login(settings).await?;
        }
        session.username.clone_from(&settings.username);
        session.identify().await?;
        Ok(session)
    }

    fn over(connection: Connection, endpoint: Endpoint, limits: Limits) -> Self {
        Self {
            connection,
            endpoint,
            username: None,
            limits,
            capabilities: HashSet::new(),
            tag: 0,
            usable: true,
            open: None,
            exists: 0,
            grown: false,
            first_listed: None,
            end_by: None,
            alerts: Vec::new(),
            wire_names: HashMap::new(),
        }
    }

    /// Reads the greeting; true when the server has logged us in already (PREAUTH).
    async fn greet(&mut self) -> Result<bool, ImapError> {
        self.usable = false;
        let greeting = match timeout(self.limits.step_timeout, self.connection.next()).await {
            Ok(Ok(Some(greeting))) => greeting,
            Ok(Ok(None)) => return Err(self.closed(Stage::Greeting, "without a word")),
            Ok(Err(e)) => return Err(self.fault(Stage::Greeting, &e)),
            Err(_) => return Err(self.timeout(Stage::Greeting)),
        };
        let Response::Data { status, outcome } = greeting.parsed() else {
            return Err(self.protocol(Stage::Greeting, "the first line is no greeting"));
        };
        let authenticated = match status {
            imap_proto::Status::Ok => false,
            imap_proto::Status::PreAuth => true,
            _ => {
                let words = self.words(outcome.information.as_deref());
                return Err(ImapError::Greeting { server: self.server(), words });
            }
        };
        self.usable = true;
        self.look_for_alert(outcome);
        if let Some(ResponseCode::Capabilities(capabilities)) = &outcome.code {
            self.capabilities = capability_names(capabilities);
        }
        if self.capabilities.is_empty() {
            self.ask_capabilities().await?;
        }
        Ok(authenticated)
    }

    async fn ask_capabilities(&mut self) -> Result<(), ImapError> {
        let mut found = HashSet::new();
        let answer = self
            .command(Stage::Capability, "CAPABILITY", self.limits.step_timeout, &mut |response| {
                if let Response::Capabilities(capabilities) = response {
                    found = capability_names(capabilities);
                }
            })
            .await?;
        self.accepted(Stage::Capability, answer)?;
        self.capabilities = found;
        Ok(())
    }

    async fn starttls(mut self) -> Result<Self, ImapError> {
        if !self.has("STARTTLS") {
            return Err(self.unsupported(
                "offers no STARTTLS here, or somebody in between removes it; use security = \"tls\"",
            ));
        }
        let answer = self.simple(Stage::Starttls, "STARTTLS").await?;
        self.accepted(Stage::Starttls, answer)?;
        // What follows the answer came before the handshake and may be anybody's
        // (CVE-2011-0411 is the same hole in SMTP).
        if self.connection.has_unread() {
            return Err(self.protocol(
                Stage::Starttls,
                "more plaintext after the STARTTLS answer; somebody may be tampering with the connection",
            ));
        }
        let Protection::Starttls(tls) = self.endpoint.protection() else { return Ok(self) };
        let stream = self.endpoint.handshake(tls, self.connection.into_stream()).await?;
        let connection = Connection::new(Box::new(stream), self.limits.step_timeout);
        let mut session = Self::over(connection, self.endpoint, self.limits);
        session.tag = self.tag;
        // What was said before the handshake must be forgotten (RFC 3501 section 6.2.1).
        session.ask_capabilities().await?;
        Ok(session)
    }

    async fn login(&mut self, settings: &ServerSettings) -> Result<(), ImapError> {
        let (Some(username), Some(password)) = (&settings.username, &settings.password) else {
            return Err(self.endpoint.misconfigured("username and password are needed").into());
        };
        let answer = if settings.oauth.is_some() {
            self.show_token(username, password).await?
        } else {
            self.log_in(username, password).await?
        };
        // They may differ from those before the login (RFC 3501 section 6.2.3).
        match answer.capabilities {
            Some(capabilities) => self.capabilities = capabilities,
            None => self.ask_capabilities().await?,
        }
        Ok(())
    }

    async fn log_in(&mut self, username: &str, password: &Secret) -> Result<Answer, ImapError> {
        if self.has("LOGINDISABLED") {
            return Err(self.unsupported(
                "does not allow LOGIN on this connection; use security = \"tls\" or \"starttls\"",
            ));
        }
        // LOGIN and not AUTHENTICATE: Coremail, QQ and Sina list AUTH=PLAIN and then fail it
        // (pimalaya/himalaya#659, #729).
        let quoted_name = quoted(username);
        let quoted_password = quoted(password.expose());
        let pieces = [
            Piece::Text("LOGIN "),
            quoted_name.as_deref().map_or(Piece::Literal(username), Piece::Text),
            Piece::Text(" "),
            quoted_password.as_deref().map_or(Piece::Literal(password.expose()), Piece::Text),
        ];
        let answer = self.exchange(Stage::Login, &pieces, self.limits.step_timeout, &mut |_| {}).await?;
        if answer.completion != Completion::Ok {
            return Err(self.login_refused(username, password, answer));
        }
        Ok(answer)
    }

    /// What a refused login calls for, by the server's words.
    fn login_refused(&self, username: &str, password: &Secret, answer: Answer) -> ImapError {
        let known = login_refusal(&answer.words);
        let usual = || (LoginRefusal::Credentials, usual_refusal(self.endpoint.host()));
        let (refusal, fault) = known.unwrap_or_else(usual);
        let hint = fault.english();
        let provenance = password.provenance().filter(|_| refusal == LoginRefusal::Credentials);
        ImapError::Login {
            server: self.server(),
            username: username.to_owned(),
            words: answer.words,
            hint: provenance.map_or_else(|| hint.to_owned(), |provenance| format!("{hint}; {provenance}")),
            temporary: refusal == LoginRefusal::Busy,
            blocked: refusal == LoginRefusal::Person,
            fault,
        }
    }

    /// Sends ID (RFC 2971) when the server lists it: NetEase opens no folder without, see
    /// jonhoo/rust-imap#296. What the server answers is of no consequence.
    async fn identify(&mut self) -> Result<(), ImapError> {
        if self.has("ID") { self.send_id().await } else { Ok(()) }
    }

    pub(super) async fn send_id(&mut self) -> Result<(), ImapError> {
        let contact = self
            .username
            .as_deref()
            .filter(|name| name.contains('@'))
            .and_then(quoted)
            .map(|name| format!(" \"support-email\" {name}"))
            .unwrap_or_default();
        let command = format!(
            "ID (\"name\" \"zwfw-intake\" \"version\" \"{}\" \"vendor\" \"zwfw-intake\"{contact})",
            env!("CARGO_PKG_VERSION")
        );
        self.simple(Stage::Id, &command).await.map(|_| ())
    }
}
