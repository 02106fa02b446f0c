//! A scripted SMTP server: it behaves well except where a test tells it not to, and keeps what it received.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A point of the dialogue at which the server is about to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The TCP connection; it can only hang, and only from the server's start on.
    Connect,
    Greeting,
    Ehlo,
    Starttls,
    /// The TLS handshake.
    Handshake,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// The final dot: the content has come.
    Dot,
    Rset,
    /// The session is at rest after an accepted message.
    Idle,
    Quit,
}

/// What it does there instead of the usual.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Says these bytes.
    Say(Vec<u8>),
    /// Says these bytes and closes.
    SayAndClose(Vec<u8>),
    /// Closes without a word.
    Close,
    /// Never answers.
    Hang,
    /// Says the usual, a byte at a time with this pause.
    Slowly(Duration),
    /// A line without end.
    EndlessLine,
    /// Continuation lines without end.
    EndlessLines,
    /// After the final dot: takes the message, then closes without a word.
    TakeAndClose,
}

/// One deviation.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) step: Step,
    pub(crate) act: Act,
    /// Only on the connection of this number, counted from 1.
    pub(crate) connection: Option<usize>,
    /// Only for the message of this number on its connection, counted from 1.
    pub(crate) message: Option<usize>,
}

pub(crate) fn rule(step: Step, act: Act) -> Rule {
    Rule { step, act, connection: None, message: None }
}

pub(crate) fn say(line: &str) -> Act {
    Act::Say(format!("{line}\r\n").into_bytes())
}

impl Rule {
    pub(crate) fn on_connection(mut self, number: usize) -> Self {
        self.connection = Some(number);
        self
    }
    pub(crate) fn on_message(mut self, number: usize) -> Self {
        self.message = Some(number);
        self
    }
}

/// How the server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    Plain,
    Tls,
    Starttls,
    /// Speaks as `Starttls` does but does not offer it.
    StarttlsStripped,
}

/// A message that the server took responsibility for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: String,
    /// With the doubled dots undone.
    pub(crate) octets: Vec<u8>,
    pub(crate) encrypted: bool,
    pub(crate) authenticated: bool,
}

#[derive(Default)]
struct State {
    connections: usize,
    open: usize,
    taken: Vec<Taken>,
    /// Every line of the client.
    lines: Vec<String>,
}

/// The running server; its tasks end with the test's runtime.
pub(crate) struct SmtpServer {
    pub(crate) address: SocketAddr,
    /// PEM file of the CA that signed its certificate.
    pub(crate) ca_file: PathBuf,
    state: Arc<Mutex<State>>,
    script: Arc<Script>,
    good: TlsAcceptor,
    /// What keeps a deaf server's queue full.
    fillers: Mutex<Vec<TcpStream>>,
    _directory: tempfile::TempDir,
}

struct Script {
    protection: Mutex<Protection>,
    rules: Mutex<Vec<Rule>>,
    offers: Mutex<Vec<&'static str>>,
    /// The access token that is good.
    token: Mutex<String>,
    acceptor: Mutex<TlsAcceptor>,
    state: Arc<Mutex<State>>,
}

/// What a server in order offers.
pub(crate) const OFFERS: [&str; 3] = ["8BITMIME", "SMTPUTF8", "AUTH PLAIN LOGIN"];

/// What is wrong with a token.
pub(crate) const CHALLENGE: &str =
    r#"{"status":"401","schemes":"bearer","scope":"https://mail.example.com/"}"#;

pub(crate) const USER: &str = "zwfw@ln.example.com";
pub(crate) const PASSWORD: &str = "correct horse 電池";

/// A certificate that signed itself, and its PEM.
fn certificate(names: &[&str]) -> (TlsAcceptor, String) {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let issued = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::Pkcs8(issued.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), issued.cert.pem())
}

impl SmtpServer {
    pub(crate) async fn start(protection: Protection, rules: Vec<Rule>) -> Self {
        Self::start_with(protection, rules, &OFFERS, &["localhost"]).await
    }

    /// `offers` are the EHLO lines (STARTTLS is added as needed), `names` those of the certificate.
    pub(crate) async fn start_with(
        protection: Protection,
        rules: Vec<Rule>,
        offers: &[&'static str],
        names: &[&str],
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let ca_file = directory.path().join("ca.pem");
        let (good, mut trusted) = certificate(&["localhost"]);
        let acceptor = match names {
            // One that nobody trusts.
            [] => certificate(&["localhost"]).0,
            ["localhost"] => good.clone(),
            names => {
                let (other, pem) = certificate(names);
                trusted.push_str(&pem);
                other
            }
        };
        std::fs::write(&ca_file, trusted).unwrap();
        let deaf = rules.iter().any(|rule| rule.step == Step::Connect);
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(if deaf { 1 } else { 1024 }).unwrap();
        let fillers = if deaf { crate::imap::imap_server::fill(&listener).await } else { Vec::new() };
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let script = Arc::new(Script {
            protection: Mutex::new(protection),
            rules: Mutex::new(rules),
            offers: Mutex::new(offers.to_vec()),
            token: Mutex::default(),
            acceptor: Mutex::new(acceptor),
            state: Arc::clone(&state),
        });
        let accepting = Arc::clone(&script);
        tokio::spawn(async move {
            loop {
                while accepting.rules.lock().unwrap().iter().any(|rule| rule.step == Step::Connect) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                let Ok((tcp, _)) = listener.accept().await else { return };
                let script = Arc::clone(&accepting);
                tokio::spawn(async move {
                    let number = {
                        let mut state = script.state.lock().unwrap();
                        state.connections += 1;
                        state.open += 1;
                        state.connections
                    };
                    tcp.set_nodelay(true).ok();
                    script.serve(tcp, number).await;
                    script.state.lock().unwrap().open -= 1;
                });
            }
        });
        let fillers = Mutex::new(fillers);
        Self { address, ca_file, state, script, good, fillers, _directory: directory }
    }

    /// Behaves well from now on, protected so, with a good certificate.
    pub(crate) fn mend(&self, protection: Protection) {
        self.fillers.lock().unwrap().clear();
        self.script.rules.lock().unwrap().clear();
        *self.script.acceptor.lock().unwrap() = self.good.clone();
        *self.script.protection.lock().unwrap() = protection;
        *self.script.offers.lock().unwrap() = OFFERS.to_vec();
    }

    /// Takes this access token from now on.
    pub(crate) fn take_token(&self, token: &str) {
        token.clone_into(&mut self.script.token.lock().unwrap());
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.state.lock().unwrap().taken.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Connections still open; waits a moment for the clients' farewells to arrive.
    pub(crate) async fn open_connections(&self) -> usize {
        for _ in 0..50 {
            if self.state.lock().unwrap().open == 0 {
                return 0;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.state.lock().unwrap().open
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.state.lock().unwrap().lines.clone()
    }
}

/// Whether the dialogue goes on.
enum Flow {
    On,
    /// The rule has answered in place of the usual.
    Answered,
    End,
}

struct Peer<S> {
    stream: BufReader<S>,
    connection: usize,
    message: usize,
}

impl Script {
    async fn serve(&self, tcp: TcpStream, connection: usize) {
        let mut tcp = Peer { stream: BufReader::new(tcp), connection, message: 1 };
        let protection = *self.protection.lock().unwrap();
        match protection {
            Protection::Tls => {
                if let Some(mut tls) = self.handshake(tcp).await {
                    self.dialogue(&mut tls, true, true).await;
                }
            }
            Protection::Plain => _ = self.dialogue(&mut tcp, false, true).await,
            Protection::Starttls | Protection::StarttlsStripped => {
                if self.dialogue(&mut tcp, false, true).await
                    && let Some(mut tls) = self.handshake(tcp).await
                {
                    self.dialogue(&mut tls, true, false).await;
                }
            }
        }
    }

    async fn handshake(
        &self,
        mut peer: Peer<TcpStream>,
    ) -> Option<Peer<tokio_rustls::server::TlsStream<TcpStream>>> {
        if !matches!(self.deviate(&mut peer, Step::Handshake, "").await, Flow::On) {
            return None;
        }
        let acceptor = self.acceptor.lock().unwrap().clone();
        let tls = acceptor.accept(peer.stream.into_inner()).await.ok()?;
        Some(Peer { stream: BufReader::new(tls), connection: peer.connection, message: 1 })
    }

    fn act<S>(&self, peer: &Peer<S>, step: Step) -> Option<Act> {
        let rules = self.rules.lock().unwrap();
        let rule = rules.iter().find(|rule| {
            rule.step == step
                && rule.connection.is_none_or(|number| number == peer.connection)
                && rule.message.is_none_or(|number| number == peer.message)
        });
        rule.map(|rule| rule.act.clone())
    }

    /// Does what a rule for this step says; `usual` is what would be said.
    async fn deviate<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        peer: &mut Peer<S>,
        step: Step,
        usual: &str,
    ) -> Flow {
        let Some(act) = self.act(peer, step) else { return Flow::On };
        let stream = peer.stream.get_mut();
        match act {
            Act::Say(bytes) => {
                stream.write_all(&bytes).await.ok();
                stream.flush().await.ok();
                Flow::Answered
            }
            Act::SayAndClose(bytes) => {
                stream.write_all(&bytes).await.ok();
                stream.shutdown().await.ok();
                Flow::End
            }
            Act::Close | Act::TakeAndClose => {
                stream.shutdown().await.ok();
                Flow::End
            }
            Act::Hang => {
                tokio::time::sleep(Duration::from_mins(10)).await;
                Flow::End
            }
            Act::Slowly(pause) => {
                for byte in usual.as_bytes() {
                    stream.write_all(&[*byte]).await.ok();
                    stream.flush().await.ok();
                    tokio::time::sleep(pause).await;
                }
                Flow::Answered
            }
            Act::EndlessLine => {
                stream.write_all(b"250 ").await.ok();
                while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
                Flow::End
            }
            Act::EndlessLines => {
                while stream.write_all(b"250-and then\r\n").await.is_ok() {}
                Flow::End
            }
        }
    }

    /// `false` at the end of the connection.
    async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        peer: &mut Peer<S>,
        step: Step,
        usual: &str,
    ) -> bool {
        match self.deviate(peer, step, usual).await {
            Flow::On => {
                let stream = peer.stream.get_mut();
                stream.write_all(usual.as_bytes()).await.is_ok() && stream.flush().await.is_ok()
            }
            Flow::Answered => true,
            Flow::End => false,
        }
    }

    async fn line<S: AsyncRead + Unpin>(&self, peer: &mut Peer<S>) -> Option<String> {
        let mut line = Vec::new();
        let read = peer.stream.read_until(b'\n', &mut line).await.ok()?;
        let line = String::from_utf8_lossy(&line).into_owned();
        (read > 0 && line.ends_with("\r\n")).then(|| {
            let line = line.trim_end().to_owned();
            self.state.lock().unwrap().lines.push(line.clone());
            line
        })
    }

    /// Speaks until the end, or `true` when TLS is to begin.
    async fn dialogue<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        peer: &mut Peer<S>,
        encrypted: bool,
        greet: bool,
    ) -> bool {
        if greet && !self.answer(peer, Step::Greeting, "220 mx.example.com ESMTP\r\n").await {
            return false;
        }
        let (mut from, mut to, mut authenticated) = (None, None, false);
        while let Some(line) = self.line(peer).await {
            let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            let on = match verb.as_str() {
                "EHLO" => {
                    let mut offers = vec!["mx.example.com".to_owned()];
                    offers.extend(self.offers.lock().unwrap().iter().map(ToString::to_string));
                    if *self.protection.lock().unwrap() == Protection::Starttls && !encrypted {
                        offers.push("STARTTLS".to_owned());
                    }
                    let last = offers.len() - 1;
                    let line = |(index, offer): (usize, &String)| {
                        let dash = if index == last { ' ' } else { '-' };
                        format!("250{dash}{offer}\r\n")
                    };
                    let usual = offers.iter().enumerate().map(line).collect::<Vec<_>>().concat();
                    self.answer(peer, Step::Ehlo, &usual).await
                }
                "STARTTLS" => {
                    let begins = match self.act(peer, Step::Starttls) {
                        None | Some(Act::Slowly(_)) => true,
                        Some(Act::Say(said)) => said.starts_with(b"220"),
                        Some(_) => false,
                    };
                    let on = self.answer(peer, Step::Starttls, "220 go ahead\r\n").await;
                    if on && begins {
                        return true;
                    }
                    on
                }
                "AUTH" => {
                    authenticated = self.authenticate(peer, &line).await;
                    let usual = if authenticated {
                        "235 2.7.0 welcome\r\n"
                    } else {
                        "535 5.7.8 authentication failed\r\n"
                    };
                    self.answer(peer, Step::Auth, usual).await
                }
                "MAIL" => {
                    from = Some(line.clone());
                    self.answer(peer, Step::Mail, "250 2.1.0 ok\r\n").await
                }
                "RCPT" => {
                    to = Some(line.clone());
                    self.answer(peer, Step::Rcpt, "250 2.1.5 ok\r\n").await
                }
                "DATA" => {
                    let refused = !matches!(self.act(peer, Step::Data), None | Some(Act::Slowly(_)));
                    let on = self.answer(peer, Step::Data, "354 end with a dot\r\n").await;
                    if refused {
                        on
                    } else {
                        let taken = (from.take(), to.take());
                        on && self.content(peer, taken, encrypted, authenticated).await
                    }
                }
                "NOOP" => peer.stream.get_mut().write_all(b"250 2.0.0 ok\r\n").await.is_ok(),
                "RSET" => self.answer(peer, Step::Rset, "250 2.0.0 ok\r\n").await,
                "QUIT" => {
                    self.answer(peer, Step::Quit, "221 2.0.0 bye\r\n").await;
                    false
                }
                _ => peer.stream.get_mut().write_all(b"500 5.5.2 what?\r\n").await.is_ok(),
            };
            if !on {
                break;
            }
        }
        false
    }

    async fn authenticate<S: AsyncRead + AsyncWrite + Unpin>(&self, peer: &mut Peer<S>, line: &str) -> bool {
        let decode = |text: &str| BASE64.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let mut words = line.split(' ').skip(1);
        match words.next() {
            Some("PLAIN") => {
                let response = words.next().and_then(decode);
                response.is_some_and(|response| response == format!("\0{USER}\0{PASSWORD}"))
            }
            Some("LOGIN") => {
                peer.stream.get_mut().write_all(b"334 VXNlcm5hbWU6\r\n").await.ok();
                let user = self.line(peer).await.and_then(|line| decode(&line));
                peer.stream.get_mut().write_all(b"334 UGFzc3dvcmQ6\r\n").await.ok();
                let password = self.line(peer).await.and_then(|line| decode(&line));
                user.as_deref() == Some(USER) && password.as_deref() == Some(PASSWORD)
            }
            Some(mechanism @ ("OAUTHBEARER" | "XOAUTH2")) => {
                let response = match words.next() {
                    Some(response) => decode(response),
                    None => {
                        peer.stream.get_mut().write_all(b"334 \r\n").await.ok();
                        self.line(peer).await.and_then(|line| decode(&line))
                    }
                };
                let good = format!("\x01auth=Bearer {}\x01\x01", self.token.lock().unwrap());
                let user = if mechanism == "XOAUTH2" {
                    format!("user={USER}\x01")
                } else {
                    format!("n,a={USER},\x01")
                };
                let is_good =
                    response.is_some_and(|response| response.starts_with(&user) && response.ends_with(&good));
                if !is_good {
                    let said = format!("334 {}\r\n", BASE64.encode(CHALLENGE));
                    peer.stream.get_mut().write_all(said.as_bytes()).await.ok();
                    let end = if mechanism == "XOAUTH2" { "" } else { "AQ==" };
                    assert_eq!(self.line(peer).await.as_deref(), Some(end));
                }
                is_good
            }
            _ => false,
        }
    }

    async fn content<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        peer: &mut Peer<S>,
        (from, to): (Option<String>, Option<String>),
        encrypted: bool,
        authenticated: bool,
    ) -> bool {
        let mut octets = Vec::new();
        loop {
            let mut line = Vec::new();
            match peer.stream.read_until(b'\n', &mut line).await {
                Ok(read) if read > 0 => {}
                _ => return false,
            }
            if line == b".\r\n" {
                break;
            }
            octets.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        let taken = Taken {
            from: from.unwrap_or_default(),
            to: to.unwrap_or_default(),
            octets,
            encrypted,
            authenticated,
        };
        let responsible = match self.act(peer, Step::Dot) {
            None | Some(Act::TakeAndClose | Act::Slowly(_)) => true,
            Some(Act::Say(said) | Act::SayAndClose(said)) => said.starts_with(b"2"),
            Some(_) => false,
        };
        if responsible {
            self.state.lock().unwrap().taken.push(taken);
        }
        let on = self.answer(peer, Step::Dot, "250 2.0.0 queued\r\n").await;
        if !on {
            return false;
        }
        let idle = self.deviate(peer, Step::Idle, "").await;
        peer.message += 1;
        !matches!(idle, Flow::End)
    }
}
