//! A scripted IMAP server: it behaves, except where a test tells it how not to.
//!
//! A test replaces the answer to one command (`on`, `once`) or the greeting; everything else is
//! answered in order from a small folder of messages. `$T` in an answer stands for the tag, `$N` for a number that rises
//! with every answer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use zwfw_intake::config::{AfterFiling, ImapSettings, Limits, Secret, Security, ServerSettings};

use crate::support::daemon::{Finished, Office};
use crate::support::letter::letter;

/// What the server does at one point.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Send these bytes.
    Say(Vec<u8>),
    /// Wait, in milliseconds.
    Pause(u64),
    /// Say nothing more and keep the connection.
    Hang,
    /// Close the connection.
    Close,
    /// Go on in TLS.
    Upgrade,
    /// Wait for a line from the client.
    ReadLine,
    /// Send the same bytes for ever.
    Flood(Vec<u8>),
    /// Send these bytes one by one, with so many milliseconds between.
    Drip(Vec<u8>, u64),
}

/// One message of the folder.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) uid: u32,
    pub(crate) date: &'static str,
    pub(crate) raw: Vec<u8>,
}

/// How the server is to behave.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    greeting: Vec<Act>,
    rules: Vec<(String, Vec<Act>, bool)>,
    noise: Vec<(String, Vec<u8>)>,
    pub(crate) capabilities: &'static str,
    pub(crate) messages: Vec<Message>,
    tls: Option<Tls>,
    step_timeout: Duration,
    /// Connections are not even accepted.
    deaf: bool,
    /// Instead of `messages`: so many tiny ones that are not ours, with the UIDs from 1.
    pub(crate) bulk: u32,
}

/// A certificate for the server and the file of its authority.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) implicit: bool,
    pub(crate) ca_file: Option<PathBuf>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            greeting: vec![say("* OK ready\r\n")],
            rules: Vec::new(),
            noise: Vec::new(),
            capabilities: "IMAP4rev1 IDLE ID UIDPLUS MOVE",
            messages: (1..=3)
                .map(|n| message(n, format!("Subject: {n}\r\n\r\nbody {n}\r\n").into_bytes()))
                .collect(),
            tls: None,
            step_timeout: Duration::from_secs(20),
            deaf: false,
            bulk: 0,
        }
    }
}

/// What lies in the folder under ten times the number.
pub(crate) fn message(n: usize, raw: Vec<u8>) -> Message {
    Message { uid: u32::try_from(n * 10).unwrap(), date: "12-Mar-2024 10:00:02 +0800", raw }
}

/// A server in order whose folder holds the letters of these citizens.
pub(crate) fn folder(letters: impl IntoIterator<Item = usize>) -> Setup {
    let messages = letters.into_iter().map(|n| message(n, letter(n).raw())).collect();
    Setup { messages, ..Setup::default() }
}

/// One command of this office over a server that behaves so, and the commands that the server was given.
pub(crate) async fn run(office: &mut Office, setup: Setup, arguments: &[&str]) -> (Finished, Vec<String>) {
    let server = Fake::start(setup).await;
    office.set("mailbox", "port", server.port());
    // The servers of this runtime go on meanwhile.
    let finished = tokio::task::block_in_place(|| office.start(arguments).finish(Duration::from_mins(1)));
    assert!(!finished.said().contains("panicked"), "{finished:?}");
    (finished, server.commands())
}

/// An answer as bytes.
pub(crate) fn say(text: impl AsRef<[u8]>) -> Act {
    Act::Say(text.as_ref().to_vec())
}

impl Setup {
    /// Replaces the greeting.
    pub(crate) fn greeting(mut self, acts: impl Into<Vec<Act>>) -> Self {
        self.greeting = acts.into();
        self
    }

    /// Answers every command that begins so (without tag, upper case) with these acts.
    pub(crate) fn on(mut self, command: &str, acts: impl Into<Vec<Act>>) -> Self {
        self.rules.push((command.to_owned(), acts.into(), false));
        self
    }

    /// The same, for the first such command only.
    pub(crate) fn once(mut self, command: &str, acts: impl Into<Vec<Act>>) -> Self {
        self.rules.push((command.to_owned(), acts.into(), true));
        self
    }

    /// For tests that wait for a deadline: the others must not fail on a busy machine.
    pub(crate) fn impatient(mut self) -> Self {
        self.step_timeout = Duration::from_secs(1);
        self
    }

    /// Says this before every answer to a command that begins so.
    pub(crate) fn noise(mut self, command: &str, noise: &str) -> Self {
        self.noise.push((command.to_owned(), noise.as_bytes().to_vec()));
        self
    }

    /// Accepts no connection: the client's SYN stays without an answer. Only a server that starts so can be so.
    pub(crate) fn deaf(mut self) -> Self {
        self.deaf = true;
        self
    }

    pub(crate) fn capabilities(mut self, capabilities: &'static str) -> Self {
        self.capabilities = capabilities;
        self
    }

    /// The authority of its certificate, when it speaks TLS.
    pub(crate) fn ca_file(&self) -> Option<&std::path::Path> {
        self.tls.as_ref().and_then(|tls| tls.ca_file.as_deref())
    }

    /// TLS from the first byte.
    pub(crate) fn is_implicit(&self) -> bool {
        self.tls.as_ref().is_some_and(|tls| tls.implicit)
    }

    pub(crate) fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }
}

/// A certificate authority in a file, and a certificate it signed.
pub(crate) fn certificate(
    dir: &std::path::Path,
    implicit: bool,
    mend: impl FnOnce(&mut rcgen::CertificateParams),
) -> Tls {
    Authority::new(dir).certificate(implicit, mend)
}

/// A certificate authority whose certificate stands in a file.
pub(crate) struct Authority {
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
    pub(crate) ca_file: PathBuf,
}

impl Authority {
    pub(crate) fn new(dir: &std::path::Path) -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut ca = rcgen::CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        ca.distinguished_name.push(rcgen::DnType::CommonName, dir.to_string_lossy().into_owned());
        let ca_file = dir.join("ca.pem");
        std::fs::write(&ca_file, ca.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: rcgen::Issuer::new(ca, key), ca_file }
    }

    /// A certificate for `localhost`, unless it is mended.
    pub(crate) fn certificate(
        &self,
        implicit: bool,
        mend: impl FnOnce(&mut rcgen::CertificateParams),
    ) -> Tls {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        mend(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        serving(&certificate, &key, implicit, self.ca_file.clone())
    }
}

/// A certificate that signed itself and calls itself an authority, as `openssl req -x509` makes it; it is in `ca_file` itself.
pub(crate) fn own_certificate(
    dir: &std::path::Path,
    implicit: bool,
    mend: impl FnOnce(&mut rcgen::CertificateParams),
) -> Tls {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.distinguished_name.push(rcgen::DnType::CommonName, dir.to_string_lossy().into_owned());
    mend(&mut params);
    let certificate = params.self_signed(&key).unwrap();
    let ca_file = dir.join("ca.pem");
    std::fs::write(&ca_file, certificate.pem()).unwrap();
    serving(&certificate, &key, implicit, ca_file)
}

fn serving(certificate: &rcgen::Certificate, key: &rcgen::KeyPair, implicit: bool, ca_file: PathBuf) -> Tls {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    Tls { config: Arc::new(config), implicit, ca_file: Some(ca_file) }
}

/// A running server; it stops when dropped.
pub(crate) struct Fake {
    address: SocketAddr,
    security: Security,
    ca_file: Option<PathBuf>,
    log: Arc<Mutex<Vec<String>>>,
    /// How it behaves now; the number tells connections that are open of a change.
    setup: Arc<Mutex<(usize, Setup)>>,
    connections: Arc<AtomicUsize>,
    /// What keeps a deaf server's queue full.
    fillers: Vec<TcpStream>,
    task: JoinHandle<()>,
    step_timeout: Duration,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Fake {
    pub(crate) async fn start(setup: Setup) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(if setup.deaf { 1 } else { 1024 }).unwrap();
        let address = listener.local_addr().unwrap();
        let fillers = if setup.deaf { fill(&listener).await } else { Vec::new() };
        let log = Arc::new(Mutex::new(Vec::new()));
        let (security, ca_file) = match &setup.tls {
            None => (Security::Plaintext, None),
            Some(tls) if tls.implicit => (Security::Tls, tls.ca_file.clone()),
            Some(tls) => (Security::Starttls, tls.ca_file.clone()),
        };
        let step_timeout = setup.step_timeout;
        let setup = Arc::new(Mutex::new((0, setup)));
        let connections = Arc::new(AtomicUsize::new(0));
        let (shared, current, counted) = (log.clone(), setup.clone(), connections.clone());
        let task = tokio::spawn(async move {
            loop {
                while current.lock().unwrap().1.deaf {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                let (tcp, _) = listener.accept().await.unwrap();
                counted.fetch_add(1, Ordering::Relaxed);
                let current = current.clone();
                let log = shared.clone();
                tokio::spawn(async move {
                    let (number, setup) = current.lock().unwrap().clone();
                    let implicit = setup.tls.as_ref().filter(|tls| tls.implicit).cloned();
                    let mut connection =
                        Connection { io: Box::new(tcp), setup, number, current, log, tag: String::new() };
                    if let Some(tls) = implicit {
                        let Ok(io) = TlsAcceptor::from(tls.config).accept(connection.io).await else {
                            return;
                        };
                        connection.io = Box::new(io);
                    }
                    connection.serve().await;
                });
            }
        });
        Self { address, security, ca_file, log, setup, connections, fillers, task, step_timeout }
    }

    /// Behaves so from now on, on connections that are open, too.
    pub(crate) fn turn_into(&mut self, setup: Setup) {
        let mut current = self.setup.lock().unwrap();
        *current = (current.0 + 1, setup);
        self.fillers.clear();
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Settings that reach this server.
    pub(crate) fn settings(&self) -> ImapSettings {
        ImapSettings {
            server: ServerSettings {
                host: "localhost".to_owned(),
                port: self.address.port(),
                security: self.security,
                ca_file: self.ca_file.clone(),
                username: Some("zwfw@example.com".to_owned()),
                password: Some(Secret::new("pa\"ss\\word".to_owned())),
                oauth: None,
                proxy: None,
            },
            folders: vec!["INBOX".to_owned()],
            idle: true,
            after_filing: AfterFiling::None,
        }
    }

    /// Limits as the setup has them.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            message_bytes: 4 << 20,
            oversize_fetch_bytes: 1 << 20,
            batch_bytes: 8 << 20,
            batch_messages: 200,
            text_bytes: 2 << 20,
            header_bytes: 1 << 20,
            attachments: 200,
            step_timeout: self.step_timeout,
            slowest_bytes_per_second: 1 << 20,
            pass_timeout: self.step_timeout * 2,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The commands so far, without tags.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

struct Connection {
    io: Box<dyn Io>,
    setup: Setup,
    number: usize,
    current: Arc<Mutex<(usize, Setup)>>,
    log: Arc<Mutex<Vec<String>>>,
    tag: String,
}

/// Connects to a server that does not accept, until its queue is full.
pub(crate) async fn fill(listener: &TcpListener) -> Vec<TcpStream> {
    let address = listener.local_addr().unwrap();
    let mut fillers = Vec::new();
    while let Ok(filler) = tokio::time::timeout(Duration::from_millis(500), TcpStream::connect(address)).await
    {
        fillers.push(filler.unwrap());
        assert!(fillers.len() < 100, "the queue of a listening socket has no end here");
    }
    fillers
}

/// The connection is over.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

impl Connection {
    async fn serve(mut self) {
        let greeting = self.setup.greeting.clone();
        if self.act(greeting).await.is_err() {
            return;
        }
        while let Ok(command) = self.command().await {
            let Some((tag, command)) = command.split_once(' ') else { return };
            self.tag = tag.to_owned();
            let command = command.to_owned();
            self.log.lock().unwrap().push(command.clone());
            {
                let current = self.current.lock().unwrap();
                if current.0 != self.number {
                    (self.number, self.setup) = current.clone();
                }
            }
            if let Some((_, noise)) =
                self.setup.noise.iter().find(|(prefix, _)| command.starts_with(prefix.as_str()))
            {
                let noise = noise.clone();
                if self.io.write_all(&noise).await.is_err() {
                    return;
                }
            }
            let at = self.setup.rules.iter().position(|(prefix, ..)| command.starts_with(prefix.as_str()));
            let acts = match at {
                Some(at) if self.setup.rules[at].2 => self.setup.rules.remove(at).1,
                Some(at) => self.setup.rules[at].1.clone(),
                None => self.answer(&command),
            };
            if self.act(acts).await.is_err() {
                return;
            }
        }
    }

    async fn act(&mut self, acts: Vec<Act>) -> Result<(), Over> {
        for act in acts {
            match act {
                Act::Say(bytes) => {
                    let bytes = replace(&bytes, b"$T", self.tag.as_bytes());
                    let number = self.log.lock().unwrap().len().to_string();
                    let bytes = replace(&bytes, b"$N", number.as_bytes());
                    self.io.write_all(&bytes).await?;
                    self.io.flush().await?;
                }
                Act::Pause(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
                Act::Hang => {
                    tokio::time::sleep(Duration::from_mins(10)).await;
                    return Err(Over);
                }
                Act::Close => {
                    self.io.shutdown().await?;
                    return Err(Over);
                }
                Act::Upgrade => {
                    let tls = self.setup.tls.clone().unwrap();
                    let plain = std::mem::replace(
                        &mut self.io,
                        Box::new(tokio::io::join(tokio::io::empty(), tokio::io::sink())),
                    );
                    self.io = Box::new(TlsAcceptor::from(tls.config).accept(plain).await?);
                }
                Act::ReadLine => {
                    let line = self.line().await?;
                    self.log.lock().unwrap().push(line);
                }
                Act::Flood(bytes) => {
                    let many = bytes.repeat((1 << 16) / bytes.len() + 1);
                    loop {
                        self.io.write_all(&many).await?;
                        // 30 MB a second are enough; other tests want the processor, too.
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                }
                Act::Drip(bytes, pause) => {
                    for byte in replace(&bytes, b"$T", self.tag.as_bytes()) {
                        self.io.write_all(&[byte]).await?;
                        self.io.flush().await?;
                        tokio::time::sleep(Duration::from_millis(pause)).await;
                    }
                }
            }
        }
        Ok(())
    }

    async fn line(&mut self) -> Result<String, Over> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            line.push(self.io.read_u8().await?);
        }
        line.truncate(line.len() - 2);
        Ok(String::from_utf8(line).unwrap())
    }

    /// A command with its literals.
    async fn command(&mut self) -> Result<String, Over> {
        let mut command = self.line().await?;
        while let Some(size) =
            command.strip_suffix('}').and_then(|c| Some(c.rsplit_once('{')?.1.parse().unwrap()))
        {
            // The command so far decides too: some servers refuse instead of asking for more.
            self.io.write_all(b"+ go on\r\n").await?;
            let mut literal = vec![0; size];
            self.io.read_exact(&mut literal).await?;
            command.push_str(std::str::from_utf8(&literal).unwrap());
            command.push_str(&self.line().await?);
        }
        Ok(command)
    }

    /// What a server in order answers.
    fn answer(&self, command: &str) -> Vec<Act> {
        if self.setup.bulk > 0
            && let Some(answer) = bulk(self.setup.bulk, command)
        {
            return vec![Act::Say(answer)];
        }
        let mut out = Vec::new();
        let last = self.setup.messages.last().map_or(0, |m| m.uid);
        if command == "CAPABILITY" {
            out.extend(format!("* CAPABILITY {}\r\n", self.setup.capabilities).into_bytes());
        } else if command == "STARTTLS" {
            return vec![say("$T OK go ahead\r\n"), Act::Upgrade];
        } else if command.starts_with("EXAMINE") || command.starts_with("SELECT") {
            let state = format!(
                "* FLAGS (\\Seen)\r\n* {} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT {}] ok\r\n",
                self.setup.messages.len(),
                last + 1
            );
            out.extend(state.into_bytes());
        } else if let Some(range) =
            command.strip_prefix("UID FETCH ").and_then(|c| c.strip_suffix(" (UID RFC822.SIZE)"))
        {
            let first: u32 = range.strip_suffix(":*").unwrap().parse().unwrap();
            for (index, message) in self.setup.messages.iter().enumerate() {
                if message.uid >= first || message.uid == last {
                    let line = format!(
                        "* {} FETCH (UID {} RFC822.SIZE {})\r\n",
                        index + 1,
                        message.uid,
                        message.raw.len()
                    );
                    out.extend(line.into_bytes());
                }
            }
        } else if let Some(rest) = command.strip_prefix("UID FETCH ") {
            let (set, items) = rest.split_once(' ').unwrap();
            if items == "(UID BODYSTRUCTURE)" {
                // It has no idea of MIME: many servers have little.
                return vec![say("$T OK done\r\n")];
            }
            if items == "(UID INTERNALDATE)" {
                for (index, message) in self.setup.messages.iter().enumerate() {
                    if in_set(message.uid, set) {
                        let (number, uid, date) = (index + 1, message.uid, message.date);
                        let line = format!("* {number} FETCH (UID {uid} INTERNALDATE \"{date}\")\r\n");
                        out.extend(line.into_bytes());
                    }
                }
                out.extend(b"$T OK done\r\n");
                return vec![Act::Say(out)];
            }
            if items == MESSAGE_IDS {
                for (index, message) in self.setup.messages.iter().enumerate() {
                    if in_set(message.uid, set) {
                        out.extend(message_id_response(index + 1, message));
                    }
                }
                out.extend(b"$T OK done\r\n");
                return vec![Act::Say(out)];
            }
            let range = items.split_once('<').map(|(_, range)| {
                let (offset, size) = range.trim_end_matches(">)").split_once('.').unwrap();
                (offset.parse::<usize>().unwrap(), size.parse::<usize>().unwrap())
            });
            for (index, message) in self.setup.messages.iter().enumerate() {
                if in_set(message.uid, set) {
                    out.extend(fetch_response(index + 1, message, range));
                }
            }
        } else if command == "LOGOUT" {
            out.extend(b"* BYE bye\r\n");
        }
        out.extend(b"$T OK done\r\n");
        vec![Act::Say(out)]
    }
}

/// The answers that concern the messages of a folder with `count` tiny ones; `None`: as usual.
fn bulk(count: u32, command: &str) -> Option<Vec<u8>> {
    use std::io::Write as _;
    let raw = |uid: u32| format!("Subject: weekly news {uid}\r\n\r\nnothing of interest\r\n");
    let mut out = Vec::new();
    if command.starts_with("EXAMINE") {
        write!(out, "* {count} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n").unwrap();
    } else if let Some(range) =
        command.strip_prefix("UID FETCH ").and_then(|c| c.strip_suffix(":* (UID RFC822.SIZE)"))
    {
        for uid in range.parse::<u32>().unwrap().min(count)..=count {
            write!(out, "* {uid} FETCH (UID {uid} RFC822.SIZE {})\r\n", raw(uid).len()).unwrap();
        }
    } else {
        let (set, items) = command.strip_prefix("UID FETCH ")?.split_once(' ')?;
        for part in set.split(',') {
            let (first, last) = part.split_once(':').unwrap_or((part, part));
            for uid in first.parse::<u32>().unwrap()..=last.parse().unwrap() {
                if items == "(UID INTERNALDATE)" {
                    write!(out, "* {uid} FETCH (UID {uid} INTERNALDATE \"12-Mar-2024 10:00:02 +0800\")\r\n")
                        .unwrap();
                    continue;
                }
                let raw = raw(uid).into_bytes();
                let message = Message { uid, date: "12-Mar-2024 10:00:02 +0800", raw };
                if items == MESSAGE_IDS {
                    out.extend(message_id_response(uid as usize, &message));
                    continue;
                }
                out.extend(fetch_response(uid as usize, &message, None));
            }
        }
    }
    out.extend(b"$T OK done\r\n");
    Some(out)
}

/// `* n FETCH (…)` with the whole body or a range of it.
pub(crate) fn fetch_response(number: usize, message: &Message, range: Option<(usize, usize)>) -> Vec<u8> {
    let (origin, body) = match range {
        None => (String::new(), message.raw.as_slice()),
        Some((offset, size)) => {
            let from = offset.min(message.raw.len());
            let to = (offset + size).min(message.raw.len());
            (format!("<{offset}>"), &message.raw[from..to])
        }
    };
    let mut out = format!(
        "* {number} FETCH (UID {} INTERNALDATE \"{}\" RFC822.SIZE {} BODY[]{origin} {{{}}}\r\n",
        message.uid,
        message.date,
        message.raw.len(),
        body.len()
    )
    .into_bytes();
    out.extend_from_slice(body);
    out.extend(b")\r\n");
    out
}

const MESSAGE_IDS: &str = "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";

/// `* n FETCH (…)` with the Message-ID field.
fn message_id_response(number: usize, message: &Message) -> Vec<u8> {
    let header = message.raw.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty());
    let field: Vec<u8> = header
        .filter(|line| line.to_ascii_lowercase().starts_with(b"message-id:"))
        .flat_map(|line| [line.trim_ascii_end(), b"\r\n"].concat())
        .chain(*b"\r\n")
        .collect();
    let uid = message.uid;
    let opening =
        format!("* {number} FETCH (UID {uid} BODY[HEADER.FIELDS (MESSAGE-ID)] {{{}}}\r\n", field.len());
    [opening.as_bytes(), &field, b")\r\n"].concat()
}

/// Whether a command asks for whole messages, or pieces of them.
pub(crate) fn reads_a_message(command: &str) -> bool {
    command.contains("BODY[") || command.contains("BODY.PEEK[]")
}

fn in_set(uid: u32, set: &str) -> bool {
    set.split(',').any(|part| match part.split_once(':') {
        Some((first, last)) => (first.parse().unwrap()..=last.parse().unwrap()).contains(&uid),
        None => part.parse() == Ok(uid),
    })
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|b| *b == from[0]) {
        out.extend_from_slice(&rest[..at]);
        let hit = rest[at..].starts_with(from);
        out.extend_from_slice(if hit { to } else { &from[..1] });
        rest = &rest[at + if hit { from.len() } else { 1 }..];
    }
    out.extend_from_slice(rest);
    out
}
