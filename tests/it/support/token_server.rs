//! A scripted token endpoint (RFC 6749) over HTTP/1.1, with or without TLS.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::imap::imap_server::Tls;

/// What it does when it is asked.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// These bytes, and the end of the connection.
    Say(String),
    /// Nothing.
    Hang,
    /// Zeros without end.
    Flood,
}

/// A status with a body.
pub(crate) fn json(status: u16, body: &str) -> Answer {
    Answer::Say(format!(
        "HTTP/1.1 {status} said\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

/// A token that is good for so long.
pub(crate) fn token(token: &str, seconds: u32) -> Answer {
    json(200, &format!(r#"{{"token_type":"Bearer","access_token":"{token}","expires_in":{seconds}}}"#))
}

/// A running endpoint.
pub(crate) struct TokenServer {
    pub(crate) address: SocketAddr,
    answers: Arc<Mutex<Vec<Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl TokenServer {
    /// Gives these answers in turn, the last one for ever.
    pub(crate) async fn start(answers: &[Answer], tls: Option<Tls>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (answers, asked) = (Arc::new(Mutex::new(answers.to_vec())), Arc::new(Mutex::new(Vec::new())));
        let (script, log) = (answers.clone(), asked.clone());
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (script, log, tls) = (script.clone(), log.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            serve(TlsAcceptor::from(tls.config).accept(tcp).await.ok()?, script, log).await
                        }
                        None => serve(tcp, script, log).await,
                    }
                });
            }
        });
        Self { address, answers, asked }
    }

    /// Answers so from now on.
    pub(crate) fn turn_into(&self, answers: &[Answer]) {
        *self.answers.lock().unwrap() = answers.to_vec();
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// `None`: the connection is over.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    script: Arc<Mutex<Vec<Answer>>>,
    log: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let mut request = String::new();
    loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        request.push_str(std::str::from_utf8(&piece[..read]).unwrap());
        let Some((head, body)) = request.split_once("\r\n\r\n") else { continue };
        let length = head.split_once("Content-Length: ")?.1.lines().next()?.parse::<usize>().ok()?;
        if body.len() >= length {
            break;
        }
    }
    log.lock().unwrap().push(request);
    let answer = {
        let mut script = script.lock().unwrap();
        if script.len() > 1 { script.remove(0) } else { script[0].clone() }
    };
    match answer {
        Answer::Say(said) => {
            stream.write_all(said.as_bytes()).await.ok()?;
            stream.shutdown().await.ok()
        }
        Answer::Hang => std::future::pending().await,
        Answer::Flood => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?;
            loop {
                stream.write_all(&[b'0'; 8192]).await.ok()?;
            }
        }
    }
}
