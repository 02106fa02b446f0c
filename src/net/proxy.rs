//! Through a proxy to a server: SOCKS 5 (RFC 1928, login by RFC 1929) and CONNECT of HTTP (RFC 9110 section 9.3.6). Either is given
//! the host's name and resolves it: inside the office nobody may be able to.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::cause::DialCause;
use super::reach;
use super::stage::Stage;
use crate::config::{Proxy, ProxyKind, Secret};
use crate::vocabulary::LiveFault;

/// Longest head of an answer to CONNECT.
const HEAD_BYTES: usize = 8 * 1024;

/// Why a proxy leads nowhere: which kind of fault, and in words.
type Refusal = (LiveFault, String);

/// `user:password` as CONNECT sends it.
pub(super) fn basic(username: &str, password: &str) -> String {
    BASE64.encode(format!("{username}:{password}"))
}

/// A stream that ends at the server.
pub(super) async fn tunnel(proxy: &Proxy, to: (&str, u16), step: Duration) -> Result<TcpStream, DialCause> {
    let failed = |fault, reason: String| DialCause::Proxy { fault, proxy: place(proxy), reason };
    let unreachable = |cause: DialCause| failed(LiveFault::ProxyUnreachable, cause.to_string());
    let addresses = reach::addresses((&proxy.host, proxy.port), step).await.map_err(unreachable)?;
    let mut stream = reach::race(addresses, step).await.map_err(unreachable)?;
    let asked = async {
        match proxy.kind {
            ProxyKind::Socks5 => socks5(&mut stream, proxy, to).await,
            ProxyKind::Http => connect(&mut stream, proxy, to).await,
        }
    };
    match timeout(step, asked).await {
        Ok(Ok(())) => Ok(stream),
        Ok(Err((fault, reason))) => Err(failed(fault, reason)),
        Err(_) => Err(DialCause::Timeout(Stage::Proxy)),
    }
}

/// `host:port`
fn place(proxy: &Proxy) -> String {
    let Proxy { host, port, .. } = proxy;
    if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
}

/// Name and password, where the proxy asks for them. A password that changed in its file is taken at once.
fn login(proxy: &Proxy) -> Option<(&str, String)> {
    let (username, password) = (proxy.username.as_deref()?, proxy.password.as_ref()?);
    let now = password.changed();
    Some((username, now.as_ref().unwrap_or(password).expose().to_owned()))
}

/// Broken off in the middle: mostly it is no proxy of this kind.
fn broken(error: &io::Error) -> Refusal {
    (LiveFault::ProxyOther, format!("it closed the connection ({error})"))
}

async fn socks5(stream: &mut TcpStream, proxy: &Proxy, (host, port): (&str, u16)) -> Result<(), Refusal> {
    let login = login(proxy);
    let methods: &[u8] = if login.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
    stream.write_all(methods).await.map_err(|error| broken(&error))?;
    let mut chosen = [0; 2];
    read(stream, &mut chosen).await?;
    match (chosen, login) {
        ([5, 0], _) => {}
        ([5, 2], Some((username, password))) => log_in(stream, username, &password).await?,
        ([5, 0xff], None) => return Err((LiveFault::ProxyLogin, "it wants a login".to_owned())),
        ([5, _], _) => {
            let words = "it takes no login by name and password".to_owned();
            return Err((LiveFault::ProxyLogin, words));
        }
        _ => return Err((LiveFault::ProxyOther, "its answer is none of SOCKS 5".to_owned())),
    }
    let mut request = vec![5, 1, 0];
    match host.parse() {
        Ok(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        // The settings are checked: no longer than 253.
        Err(_) => request.extend(counted(3, host)),
    }
    request.extend(port.to_be_bytes());
    stream.write_all(&request).await.map_err(|error| broken(&error))?;
    let mut answer = [0; 4];
    read(stream, &mut answer).await?;
    let [5, reply, _, kind] = answer else {
        return Err((LiveFault::ProxyOther, "its answer is none of SOCKS 5".to_owned()));
    };
    if reply != 0 {
        return Err((LiveFault::ProxyRefused, format!("SOCKS 5, reply {reply}: {}", said(reply))));
    }
    // Where it connects from, which is of no consequence.
    let length = match kind {
        1 => 4,
        4 => 16,
        _ => {
            let mut length = [0];
            read(stream, &mut length).await?;
            usize::from(length[0])
        }
    };
    read(stream, &mut vec![0; length + 2]).await
}

/// A byte, the length of a text, and the text; one of more than 255 bytes is cut, and no name and no password is so long.
fn counted(before: u8, text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap_or(u8::MAX);
    [before, length].into_iter().chain(text.bytes().take(length.into())).collect()
}

async fn log_in(stream: &mut TcpStream, username: &str, password: &str) -> Result<(), Refusal> {
    let mut request = counted(1, username);
    request.extend(counted(0, password).into_iter().skip(1));
    stream.write_all(&request).await.map_err(|error| broken(&error))?;
    let mut answer = [0; 2];
    read(stream, &mut answer).await?;
    match answer {
        [_, 0] => Ok(()),
        _ => Err((LiveFault::ProxyLogin, "it refused name and password".to_owned())),
    }
}

async fn read(stream: &mut TcpStream, bytes: &mut [u8]) -> Result<(), Refusal> {
    stream.read_exact(bytes).await.map(|_| ()).map_err(|error| broken(&error))
}

/// RFC 1928 section 6.
const fn said(reply: u8) -> &'static str {
    match reply {
        1 => "general failure",
        2 => "its rules do not allow this connection",
        3 => "network unreachable",
        4 => "host unreachable, or the name has no address there",
        5 => "the server refused the connection",
        6 => "the connection took too long",
        7 => "it knows no CONNECT",
        8 => "it does not take host names or this kind of address",
        _ => "unknown",
    }
}

async fn connect(stream: &mut TcpStream, proxy: &Proxy, (host, port): (&str, u16)) -> Result<(), Refusal> {
    let to = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let login = login(proxy).map_or_else(String::new, |(username, password)| {
        format!("Proxy-Authorization: Basic {}\r\n", basic(username, &password))
    });
    let request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{login}\r\n");
    stream.write_all(request.as_bytes()).await.map_err(|error| broken(&error))?;
    let head = head(stream).await?;
    let line = head.lines().next().unwrap_or_default();
    let mut words = line.split_whitespace();
    let status = match (words.next(), words.next()) {
        (Some(version), Some(code)) if version.starts_with("HTTP/1.") => code.parse::<u16>().ok(),
        _ => None,
    };
    match status {
        Some(200..300) => Ok(()),
        Some(407) => {
            let words = if login.is_empty() { "it wants a login" } else { "it refused name and password" };
            Err((LiveFault::ProxyLogin, format!("{words} ({line})")))
        }
        Some(_) => Err((LiveFault::ProxyRefused, line.to_owned())),
        None => Err((LiveFault::ProxyOther, format!("its answer is none of HTTP ({line})"))),
    }
}

/// The head of an answer and no byte more: a server may greet at once behind it.
async fn head(stream: &mut TcpStream) -> Result<String, Refusal> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        if head.len() >= HEAD_BYTES {
            return Err((LiveFault::ProxyOther, "its answer has no end".to_owned()));
        }
        let mut byte = [0];
        read(stream, &mut byte).await?;
        head.extend(byte);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// What must never be printed of a proxy's login, in the forms in which it travels.
pub(super) fn secrets(proxy: &Proxy) -> Vec<String> {
    let Some(password) = proxy.password.as_ref().map(Secret::expose) else { return Vec::new() };
    vec![basic(proxy.username.as_deref().unwrap_or_default(), password), password.to_owned()]
}
