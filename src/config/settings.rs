//! The configuration as the rest of the program relies on it.

#![expect(missing_docs, reason = "a field is the key of its name; docs/ and config.toml say what each means")]

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;

use super::alert::AlertSettings;
use super::as_written::AsWritten;
use super::kept::Kept;
use super::metrics::MetricsSettings;
use super::problem::Problem;
use super::retention::Term;
use super::secret::Secret;
use crate::vocabulary::{Consultation, registered_domain};

/// Everything the program relies on, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    pub mailbox: MailboxSettings,
    pub store_path: PathBuf,
    /// `[store] wal_warning_bytes`: a larger write-ahead log is warned of.
    pub wal_warning_bytes: u64,
    pub reading_copy: Option<ReadingCopy>,
    pub acknowledgement: AcknowledgementSettings,
    /// `[[consultation]]` and `consultations/*.toml`
    pub consultations: Vec<Consultation>,
    pub limits: Limits,
    pub alert: AlertSettings,
    pub metrics: MetricsSettings,
    /// `log.format` is `json`.
    pub log_json: bool,
    /// `[retention] after_close`; `None`: the office keeps it as long as it keeps the store.
    pub retention: Option<Term>,
    /// What is probably not meant, and no reason not to start.
    pub remarks: Vec<Problem>,
    /// The same keys and values as the files have them.
    pub as_written: AsWritten,
}

/// `[store] reading_copy`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingCopy {
    pub path: PathBuf,
    /// `reading_copy_masked`: without what tells who somebody is or how to reach him.
    pub masked: bool,
}

/// `[mailbox]`
#[derive(Debug, Clone)]
pub struct MailboxSettings {
    pub source: MailboxSource,
    pub poll_interval: Duration,
    /// Hosts whose `Received:` lines are believed, lower case (`mx.ln.gov.cn`; `.ln.gov.cn` for a whole domain).
    pub trusted_received_hosts: Vec<String>,
    /// Servers whose `Authentication-Results:` are believed (RFC 8601 section 2.2), lower case.
    pub trusted_authserv_ids: Vec<String>,
    /// IMAP's INTERNALDATE is the time of arrival; false after a migration that made all dates new.
    pub internaldate_is_arrival: bool,
}

impl MailboxSettings {
    /// The mailbox's login name; on most servers its address.
    pub fn login_name(&self) -> Option<&str> {
        match &self.source {
            MailboxSource::Imap(imap) => imap.server.username.as_deref(),
            MailboxSource::Pop3(server) => server.username.as_deref(),
            MailboxSource::Maildir(_) => None,
        }
    }
}

/// `mailbox.kind`
#[derive(Debug, Clone)]
pub enum MailboxSource {
    Imap(ImapSettings),
    /// `pop3`
    Pop3(Box<ServerSettings>),
    /// `maildir`: the Maildir's path.
    Maildir(PathBuf),
}

/// Which protection a connection has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// STARTTLS, required.
    Starttls,
    /// None; allowed on loopback only.
    Plaintext,
}

/// A server and how to reach it.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Host name or address, also the name the certificate must carry.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// PEM file of the roots to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Login name; `None` for an SMTP server that asks for none.
    pub username: Option<String>,
    /// The password, when there is a login name.
    pub password: Option<Secret>,
    /// `oauth`: a token is shown in place of a password; it stands in `password` once there is one.
    pub oauth: Option<Box<Oauth>>,
    /// `proxy`: what stands between.
    pub proxy: Option<Box<Proxy>>,
}

impl ServerSettings {
    /// All that must not be told.
    pub fn secrets(&self) -> Vec<&Secret> {
        let of_proxy = self.proxy.iter().filter_map(|proxy| proxy.password.as_ref());
        let of_tokens = self.oauth.iter().flat_map(|oauth| oauth.secrets());
        self.password.iter().chain(of_proxy).chain(of_tokens).collect()
    }

    /// Whether a file with a secret holds another one than was read.
    pub fn secret_changed(&self) -> bool {
        self.secrets().into_iter().any(|secret| secret.changed().is_some())
    }
}

/// How access tokens are had.
#[derive(Debug, Clone)]
pub struct Oauth {
    /// From whom.
    pub source: TokenSource,
    /// The one that is good now.
    pub kept: Kept,
}

impl Oauth {
    /// All that must not be told.
    fn secrets(&self) -> Vec<&Secret> {
        let TokenSource::Endpoint(endpoint) = &self.source else { return Vec::new() };
        let own = [&endpoint.client_secret, &endpoint.refresh_token].into_iter().flatten();
        own.chain(endpoint.server.secrets()).collect()
    }
}

/// Who gives access tokens.
#[derive(Debug, Clone)]
pub enum TokenSource {
    /// `command`: a program that prints one.
    Command(PathBuf),
    /// `token_endpoint` (RFC 6749 section 3.2).
    Endpoint(Box<TokenEndpoint>),
}

/// A token endpoint and what it is shown.
#[derive(Debug, Clone)]
pub struct TokenEndpoint {
    /// Where it is.
    pub server: ServerSettings,
    /// The rest of its address, from the slash on.
    pub path: String,
    /// `client_id`
    pub client_id: String,
    /// `client_secret_file`, `client_secret_credential`
    pub client_secret: Option<Secret>,
    /// `refresh_token_file`, `refresh_token_credential`; `None`: the client asks in its own name.
    pub refresh_token: Option<Secret>,
    /// `scope`
    pub scope: Option<String>,
}

/// A proxy through which a server is reached.
#[derive(Debug, Clone)]
pub struct Proxy {
    pub kind: ProxyKind,
    pub host: String,
    pub port: u16,
    /// `None`: it asks for no login.
    pub username: Option<String>,
    pub password: Option<Secret>,
}

/// Which protocol a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// SOCKS version 5 (RFC 1928); it resolves the host's name.
    Socks5,
    /// CONNECT of HTTP (RFC 9110 section 9.3.6); so does this.
    Http,
}

/// `[mailbox]` of kind `imap`.
#[derive(Debug, Clone)]
pub struct ImapSettings {
    pub server: ServerSettings,
    /// Folders to read, decoded names, in order.
    pub folders: Vec<String>,
    /// Use IDLE between passes where the server has it.
    pub idle: bool,
    /// What to do on the server once a message is recorded.
    pub after_filing: AfterFiling,
}

/// `mailbox.after_filing`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterFiling {
    /// Nothing on the server changes.
    None,
    /// Set the keyword `$ZwfwFiled` on filed messages.
    Keyword,
    /// Move filed messages to this folder (`mailbox.move_to`).
    Move(String),
}

/// `[acknowledgement]`
#[derive(Debug, Clone)]
pub struct AcknowledgementSettings {
    pub enabled: bool,
    /// Nothing that arrived before this instant is answered.
    pub not_before: Option<Timestamp>,
    pub transport: Transport,
    pub from: String,
    /// Use the null reverse-path instead of `from`.
    pub envelope_null: bool,
    /// Agencies are answered as citizens are.
    pub answer_agencies: bool,
    pub caps: Caps,
}

/// `acknowledgement.transport`
#[derive(Debug, Clone)]
pub enum Transport {
    Smtp(ServerSettings),
    /// `maildir`: answers become files in this Maildir.
    Maildir(PathBuf),
}

/// `[acknowledgement.caps]`: how many answers may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caps {
    /// To one address within 24 hours.
    pub per_address: u32,
    /// To one registered domain with all its subdomains within 24 hours, unless strangers share it.
    pub per_domain: u32,
    /// Domains that strangers share, lower case; one that begins with a dot stands for its subdomains too. The other caps hold
    /// for them.
    pub shared_domains: Vec<String>,
    /// Replies that become part of one submission on one day; further ones wait for a person, unanswered.
    pub per_submission: u32,
    /// To everybody within 24 hours.
    pub per_day: u32,
    /// To everybody within an hour; beyond it the circuit breaker holds the rest.
    pub per_hour: u32,
}

impl Caps {
    /// Under which domain an answer to this one is counted; `None` where people who have nothing to do with each other share
    /// it. A provider's subdomain that is not listed is no place where citizens have mailboxes.
    pub fn house(&self, domain: &str) -> Option<String> {
        let is_shared = self.shared_domains.iter().any(|shared| match shared.strip_prefix('.') {
            Some(all) => domain.strip_suffix(all).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            None => shared == domain,
        });
        (!is_shared && !domain.is_empty()).then(|| registered_domain(domain))
    }
}

/// `[limits]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A larger message is read only in its beginning, flag `oversize`.
    pub message_bytes: u64,
    /// How much of an oversize message is fetched.
    pub oversize_fetch_bytes: u64,
    /// Bytes of one fetch batch; a single larger message makes a batch of its own.
    pub batch_bytes: u64,
    /// Messages of one fetch batch.
    pub batch_messages: usize,
    /// Longest text kept of one message, in bytes.
    pub text_bytes: usize,
    /// Longest header section read, in bytes.
    pub header_bytes: usize,
    /// Most attachments listed of one message.
    pub attachments: usize,
    /// Deadline of every single network step.
    pub step_timeout: Duration,
    /// Slowest body transfer that is waited for, in bytes per second, on top of `step_timeout`.
    pub slowest_bytes_per_second: u64,
    /// Deadline of a whole pass over the mailbox.
    pub pass_timeout: Duration,
}
