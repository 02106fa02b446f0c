//! A scripted POP3 server (RFC 1939, 2449, 2595): it behaves, except where a test tells it how not to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::imap::imap_server::Tls;

/// In the place of a command: what is said first.
pub(crate) const GREETING: &str = "GREETING";

/// What it does in place of the usual.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Says this.
    Say(String),
    /// Says this and closes.
    SayAndClose(String),
    /// Says this and nothing more.
    SayAndHang(String),
    /// Says this, and letters without end.
    SayForEver(String),
}

/// What the server is.
#[derive(Default)]
pub(crate) struct State {
    /// UIDL and bytes.
    pub(crate) letters: Vec<(String, Vec<u8>)>,
    /// By the beginning of a command, or [`GREETING`]; "" is an empty line.
    pub(crate) rules: Vec<(&'static str, Act)>,
    /// Sizes that LIST gives in place of the right ones.
    pub(crate) sizes: Vec<(usize, usize)>,
    /// All commands.
    pub(crate) commands: Vec<String>,
    pub(crate) connections: usize,
}

/// A running server.
pub(crate) struct Pop3Server {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Pop3Server {
    pub(crate) async fn start(letters: Vec<(String, Vec<u8>)>, tls: Option<Tls>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { letters, ..State::default() }));
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (state, tls) = (shared.clone(), tls.clone());
                state.lock().unwrap().connections += 1;
                tokio::spawn(async move {
                    match tls {
                        Some(tls) if tls.implicit => {
                            let tls = TlsAcceptor::from(tls.config).accept(tcp).await.ok()?;
                            serve(&mut BufReader::new(tls), &state, (true, false)).await.map(|_| ())
                        }
                        Some(tls) => {
                            let mut stream = BufReader::new(tcp);
                            serve(&mut stream, &state, (true, true)).await.filter(|upgrade| *upgrade)?;
                            let tls = TlsAcceptor::from(tls.config).accept(stream.into_inner()).await.ok()?;
                            serve(&mut BufReader::new(tls), &state, (false, false)).await.map(|_| ())
                        }
                        None => serve(&mut BufReader::new(tcp), &state, (true, false)).await.map(|_| ()),
                    }
                });
            }
        });
        Self { address, state }
    }

    /// Looks at it, or changes it, between two sessions.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap())
    }

    /// The commands since the last call.
    pub(crate) fn take_commands(&self) -> Vec<String> {
        self.with(|state| std::mem::take(&mut state.commands))
    }
}

/// `None`: the connection is over; true: TLS is to begin.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    state: &Mutex<State>,
    (greet, offers_tls): (bool, bool),
) -> Option<bool> {
    let mut command = if greet { GREETING.to_owned() } else { line(stream, state).await? };
    loop {
        let rule = {
            let state = state.lock().unwrap();
            let is_for =
                |begins: &str| begins == command || !begins.is_empty() && command.starts_with(begins);
            state.rules.iter().find(|(begins, _)| is_for(begins)).map(|(_, act)| act.clone())
        };
        let usual = rule.is_none().then(|| state.lock().unwrap().answer(&command, offers_tls));
        let io = stream.get_mut();
        match (rule, usual) {
            (Some(Act::Say(said)), _) => io.write_all(said.as_bytes()).await.ok()?,
            (Some(Act::SayAndClose(said)), _) => {
                io.write_all(said.as_bytes()).await.ok()?;
                io.shutdown().await.ok()?;
                return None;
            }
            (Some(Act::SayAndHang(said)), _) => {
                io.write_all(said.as_bytes()).await.ok()?;
                std::future::pending::<()>().await;
            }
            (Some(Act::SayForEver(said)), _) => {
                io.write_all(said.as_bytes()).await.ok()?;
                loop {
                    io.write_all(&b"1 x\r\n".repeat(1000)).await.ok()?;
                }
            }
            (None, usual) => io.write_all(&usual.unwrap_or_default()).await.ok()?,
        }
        io.flush().await.ok()?;
        match command.as_str() {
            "STLS" => return Some(true),
            "QUIT" => {
                io.shutdown().await.ok()?;
                return None;
            }
            _ => {}
        }
        command = line(stream, state).await?;
    }
}

async fn line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>, state: &Mutex<State>) -> Option<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    let line = line.trim_end().to_owned();
    state.lock().unwrap().commands.push(line.clone());
    Some(line)
}

impl State {
    fn answer(&self, command: &str, offers_tls: bool) -> Vec<u8> {
        let mut words = command.split(' ');
        let lines = |lines: Vec<String>| format!("+OK\r\n{}.\r\n", lines.concat()).into_bytes();
        match (words.next().unwrap_or_default(), words.next().and_then(|word| word.parse::<usize>().ok())) {
            ("CAPA", _) => {
                let stls = if offers_tls { "STLS\r\n" } else { "" };
                format!("+OK\r\nTOP\r\nUIDL\r\nUSER\r\n{stls}SASL PLAIN XOAUTH2\r\n.\r\n").into_bytes()
            }
            ("STAT", _) => format!("+OK {} 1000\r\n", self.letters.len()).into_bytes(),
            ("UIDL", _) => lines(
                self.letters
                    .iter()
                    .enumerate()
                    .map(|(n, (name, _))| format!("{} {name}\r\n", n + 1))
                    .collect(),
            ),
            ("LIST", _) => {
                let size = |n: usize, raw: &[u8]| {
                    self.sizes.iter().find(|(of, _)| *of == n).map_or(raw.len(), |(_, size)| *size)
                };
                let line = |(n, (_, raw)): (usize, &(String, Vec<u8>))| {
                    format!("{} {}\r\n", n + 1, size(n + 1, raw))
                };
                lines(self.letters.iter().enumerate().map(line).collect())
            }
            ("RETR", Some(number)) => self.body(number, usize::MAX),
            ("TOP", Some(number)) => {
                let most = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
                self.body(number, most)
            }
            ("DELE", _) => panic!("a letter would be deleted"),
            _ => b"+OK well\r\n".to_vec(),
        }
    }

    /// A letter with so many lines behind its header, dots doubled.
    fn body(&self, number: usize, most: usize) -> Vec<u8> {
        let Some((_, raw)) = self.letters.get(number - 1) else {
            return b"-ERR no such message\r\n".to_vec();
        };
        let mut said = b"+OK\r\n".to_vec();
        let mut behind = None;
        for line in raw.split_inclusive(|byte| *byte == b'\n') {
            if behind.is_some_and(|count| count >= most) {
                break;
            }
            if line.starts_with(b".") {
                said.push(b'.');
            }
            said.extend_from_slice(line);
            behind = match behind {
                None if line == b"\r\n" => Some(0),
                count => count.map(|count| count + 1),
            };
        }
        said.extend_from_slice(b".\r\n");
        said
    }
}
