//! Metrics over HTTP, on a socket file or on this machine's own address: GET and nothing else, one answer for each connection.

use std::future::pending;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::figures::Source;
use crate::config::Listen;
use crate::maillog;
use crate::watch::Form;

/// Most bytes of a request.
const MOST_BYTES: usize = 8 << 10;
/// How long one request may take, with its answer.
const LIMIT: Duration = Duration::from_secs(10);
/// So many are answered at a time.
const AT_ONCE: usize = 4;
/// After a connection could not be taken: no descriptor is left, and trying at once would keep a processor busy.
const PAUSE: Duration = Duration::from_secs(1);
/// Who may read the store may ask.
const SOCKET_MODE: u32 = 0o660;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

enum Listener {
    Unix(UnixListener),
    Tcp(TcpListener),
}

/// Serves for ever; whoever waits for it ends it.
pub(super) async fn serve(listen: &Listen, source: &Source) {
    let at = match listen {
        Listen::Unix(path) => format!("unix:{}", path.display()),
        Listen::Loopback(address) => address.to_string(),
    };
    let listener = match bind(listen).await {
        Ok(listener) => listener,
        Err(error) => {
            maillog::metrics_not_served(&at, &error.to_string());
            return pending().await;
        }
    };
    maillog::metrics_served(&at);
    let room = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let taken = match &listener {
            Listener::Unix(listener) => {
                listener.accept().await.map(|(stream, _)| spawn(stream, source, place))
            }
            Listener::Tcp(listener) => {
                listener.accept().await.map(|(stream, _)| spawn(stream, source, place))
            }
        };
        if taken.is_err() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn bind(listen: &Listen) -> io::Result<Listener> {
    match listen {
        Listen::Loopback(address) => TcpListener::bind(address).await.map(Listener::Tcp),
        Listen::Unix(path) => {
            clear(path).await?;
            let listener = UnixListener::bind(path)?;
            std::fs::set_permissions(path, PermissionsExt::from_mode(SOCKET_MODE))?;
            Ok(Listener::Unix(listener))
        }
    }
}

/// Takes away a socket file that one left that was killed; of anything else, and of one that answers, nothing.
async fn clear(path: &Path) -> io::Result<()> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if is_socket && UnixStream::connect(path).await.is_err() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

fn spawn(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    source: &Source,
    place: tokio::sync::OwnedSemaphorePermit,
) {
    let source = source.clone();
    tokio::spawn(async move {
        // Whoever is slow or goes away has no answer; nobody else is kept waiting for it.
        drop(timeout(LIMIT, answer(stream, source)).await);
        drop(place);
    });
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, source: Source) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut piece = [0; 1024];
        let count = stream.read(&mut piece).await?;
        request.extend_from_slice(piece.get(..count).unwrap_or_default());
        if count == 0 || request.len() > MOST_BYTES {
            return Ok(());
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let mut words = request.split_whitespace();
    let (status, kind, body) = match (words.next(), words.next()) {
        (Some("GET"), Some(path)) if path.split('?').next() == Some("/metrics") => {
            let accepts = request.to_ascii_lowercase();
            let form =
                if accepts.contains("application/openmetrics-text") { Form::OpenMetrics } else { Form::Text };
            let kind = if form == Form::OpenMetrics { OPEN_METRICS } else { TEXT };
            match tokio::task::spawn_blocking(move || source.metrics(form)).await.map_err(io::Error::other)? {
                Ok(text) => ("200 OK", kind, text),
                Err(error) => ("503 Service Unavailable", TEXT, format!("{error}\n")),
            }
        }
        (Some("GET"), _) => ("404 Not Found", TEXT, "GET /metrics\n".to_owned()),
        _ => ("405 Method Not Allowed", TEXT, "GET /metrics\n".to_owned()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}
