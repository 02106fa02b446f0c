//! A scripted proxy: SOCKS 5 and CONNECT on one port, with a login where it is told so. It resolves every name to this machine.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// How a proxy is to behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It connects.
    Open,
    /// The same, for whoever logs in so.
    Login(&'static str, &'static str),
    /// It connects nobody.
    Refuses,
    /// It is something else.
    Other,
    /// It says nothing.
    Silent,
}

/// A running proxy.
pub(crate) struct ProxyServer {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl ProxyServer {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let log = log.clone();
                tokio::spawn(async move { serve(stream, manner, log).await });
            }
        });
        Self { address, asked }
    }

    /// To which hosts and ports it was asked to connect.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// `None`: the connection is over.
async fn serve(mut stream: TcpStream, manner: Manner, log: Arc<Mutex<Vec<String>>>) -> Option<()> {
    match manner {
        Manner::Silent => std::future::pending().await,
        Manner::Other => {
            stream.write_all(b"SSH-2.0-OpenSSH_9.6\r\n\r\n").await.ok()?;
            // Until the other side has read it and goes.
            stream.read_to_end(&mut Vec::new()).await.ok()?;
            return None;
        }
        _ => {}
    }
    let first = stream.read_u8().await.ok()?;
    let port = if first == 5 {
        socks(&mut stream, manner, &log).await?
    } else {
        connect(&mut stream, manner, &log).await?
    };
    let mut server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    copy_bidirectional(&mut stream, &mut server).await.ok().map(|_| ())
}

async fn socks(stream: &mut TcpStream, manner: Manner, log: &Mutex<Vec<String>>) -> Option<u16> {
    let methods = counted(stream).await?;
    if let Manner::Login(user, password) = manner {
        if !methods.contains(&2) {
            stream.write_all(&[5, 0xff]).await.ok()?;
            return None;
        }
        stream.write_all(&[5, 2]).await.ok()?;
        assert_eq!(stream.read_u8().await.ok()?, 1);
        let as_whom = (counted(stream).await?, counted(stream).await?);
        let right = as_whom == (user.as_bytes().to_vec(), password.as_bytes().to_vec());
        stream.write_all(&[1, u8::from(!right)]).await.ok()?;
        right.then_some(())?;
    } else {
        stream.write_all(&[5, 0]).await.ok()?;
    }
    let mut request = [0; 4];
    stream.read_exact(&mut request).await.ok()?;
    let host = match request[3] {
        3 => String::from_utf8(counted(stream).await?).unwrap(),
        kind => {
            let mut address = vec![0; if kind == 1 { 4 } else { 16 }];
            stream.read_exact(&mut address).await.ok()?;
            format!("{address:?}")
        }
    };
    let port = stream.read_u16().await.ok()?;
    log.lock().unwrap().push(format!("{host}:{port}"));
    let refuses = manner == Manner::Refuses;
    // The address it connects from is a name here, which nobody does and which is allowed.
    let answer = [&[5, if refuses { 2 } else { 0 }, 0, 3, 2][..], b"me", &[0, 0]].concat();
    stream.write_all(&answer).await.ok()?;
    (!refuses).then_some(port)
}

async fn counted(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = vec![0; stream.read_u8().await.ok()?.into()];
    stream.read_exact(&mut bytes).await.ok()?;
    Some(bytes)
}

async fn connect(stream: &mut TcpStream, manner: Manner, log: &Mutex<Vec<String>>) -> Option<u16> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    if let Manner::Login(user, password) = manner {
        let wanted = format!("Basic {}\r\n", BASE64.encode(format!("{user}:{password}")));
        if !head.contains(&wanted) {
            stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await.ok()?;
            return None;
        }
    }
    let place = head.split_once(' ')?.1.split_once(" HTTP/1.1\r\n")?.0.to_owned();
    let port = place.rsplit_once(':')?.1.parse().ok()?;
    log.lock().unwrap().push(place);
    let (answer, port) = match manner {
        Manner::Refuses => ("HTTP/1.1 403 Forbidden\r\n\r\n", None),
        _ => ("HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n", Some(port)),
    };
    stream.write_all(answer.as_bytes()).await.ok()?;
    port
}
