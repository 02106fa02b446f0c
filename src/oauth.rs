//! Access tokens for mail servers that take no passwords: from a program, or from a token endpoint (RFC 6749).
//!
//! A token takes the password's place in a server's settings before anybody dials; what is said to an endpoint, and what it
//! answers, are pure functions. Nothing here logs, and no error holds a token.

mod answer;
mod request;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::config::{Limits, Oauth, Secret, ServerSettings, TokenEndpoint, TokenSource};
use crate::net::{Endpoint, Protection};
use crate::program;
use crate::vocabulary::{LaneFault, LiveFault};
use answer::{Given, Refusal};

/// The longest token that is shown: some carry all groups of an account.
const TOKEN_BYTES: usize = 16 * 1024;
/// The longest answer of an endpoint.
const ANSWER_BYTES: usize = 64 * 1024;
/// The longest that a program or an endpoint says in an error.
const WORDS: usize = 300;

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no access token: {from}: {reason}")]
pub struct TokenError {
    /// The program, or `host:port` of the endpoint.
    pub from: String,
    /// In words; never a token.
    pub reason: String,
    /// What it is called.
    pub fault: LiveFault,
}

impl TokenError {
    /// Whether the same settings may well succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(self.fault, LiveFault::TokenEndpoint)
    }

    /// Which kind of trouble it is, for `status`.
    pub const fn lane_fault(&self) -> LaneFault {
        if self.is_transient() { LaneFault::Unavailable } else { LaneFault::LoginToken }
    }
}

/// The settings with a token in the password's place; `None`: they are for a password.
///
/// # Errors
/// Why there is no token.
pub async fn with_token(
    settings: &ServerSettings,
    limits: &Limits,
) -> Result<Option<ServerSettings>, TokenError> {
    let Some(oauth) = &settings.oauth else { return Ok(None) };
    let token = match oauth.kept.good() {
        Some(token) => token,
        None => fetch(oauth, limits).await?,
    };
    Ok(Some(ServerSettings { password: Some(token), ..settings.clone() }))
}

async fn fetch(oauth: &Oauth, limits: &Limits) -> Result<Secret, TokenError> {
    match &oauth.source {
        TokenSource::Command(program) => printed(program, limits.step_timeout).await,
        TokenSource::Endpoint(endpoint) => {
            let given = ask(endpoint, oauth, limits).await?;
            let token = Secret::new(given.access_token);
            oauth.kept.keep(token.clone(), Instant::now() + given.good_for);
            Ok(token)
        }
    }
}

/// What a program prints: one line.
async fn printed(program: &Path, patience: Duration) -> Result<Secret, TokenError> {
    let path = program.to_owned();
    let run = move || program::run(&mut Command::new(path), patience, TOKEN_BYTES);
    let ended = tokio::task::spawn_blocking(run).await;
    let token = ended.unwrap_or_else(|_| Err("it could not be run".to_owned())).and_then(|printed| {
        let text = String::from_utf8(printed).map_err(|_| "it prints what is no text")?;
        let line = text.trim_end_matches(['\r', '\n']);
        match line {
            "" => Err("it prints nothing".to_owned()),
            line if line.contains(['\r', '\n']) => Err("it prints more than one line".to_owned()),
            line if !answer::is_token(line) => {
                Err("it prints a line with blanks, which is no token".to_owned())
            }
            line => Ok(line.to_owned()),
        }
    });
    token.map(Secret::new).map_err(|reason| TokenError {
        from: program.display().to_string(),
        reason,
        fault: LiveFault::TokenCommand,
    })
}

/// Asks the endpoint. Files are read anew: whoever puts another token there need not restart anything.
async fn ask(endpoint: &TokenEndpoint, oauth: &Oauth, limits: &Limits) -> Result<Given, TokenError> {
    let current = |secret: &Secret| secret.changed().unwrap_or_else(|| secret.clone());
    let secret = endpoint.client_secret.as_ref().map(current);
    let written = endpoint.refresh_token.as_ref().map(current);
    let refresh = written.clone().map(|written| oauth.kept.newest(written));
    let request =
        request::request(endpoint, refresh.as_ref().map(Secret::expose), secret.as_ref().map(Secret::expose));
    let shown: Vec<&Secret> = secret.iter().chain(&refresh).collect();
    let given = post(&endpoint.server, &request, limits).await.map_err(|refusal| {
        let (fault, said) = match refusal {
            Refusal::Grant(said) => (LiveFault::TokenGrant, said),
            Refusal::Other(said) => (LiveFault::TokenEndpoint, said),
        };
        let from = format!("{}:{}", endpoint.server.host, endpoint.server.port);
        TokenError { from, reason: without(&said, &shown), fault }
    })?;
    // Some endpoints take each refresh token once only.
    if let (Some(new), Some(written)) = (&given.refresh_token, written)
        && refresh.is_some_and(|shown| shown.expose() != new)
    {
        let new = written.replaced_in_file(new).unwrap_or_else(|problem| {
            oauth.kept.could_not_write(problem);
            Secret::new(new.clone())
        });
        oauth.kept.replace(written, new);
    }
    Ok(given)
}

/// An endpoint's words without the secrets that it was shown, in one bounded line.
fn without(said: &str, shown: &[&Secret]) -> String {
    let mut said = said.to_owned();
    for secret in shown.iter().map(|secret| secret.expose()) {
        said = said.replace(secret, "***").replace(&request::encoded(secret), "***");
    }
    let line: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn post(server: &ServerSettings, request: &str, limits: &Limits) -> Result<Given, Refusal> {
    let other = |error: String| Refusal::Other(error);
    let endpoint = Endpoint::new(server, limits).map_err(|error| other(error.cause.to_string()))?;
    let tcp = endpoint.connect().await.map_err(|error| other(error.cause.to_string()))?;
    let step = limits.step_timeout;
    let exchanged = match endpoint.protection() {
        Protection::Tls(tls) | Protection::Starttls(tls) => {
            let stream = endpoint.handshake(tls, tcp).await;
            let stream = stream.map_err(|error| other(error.cause.to_string()))?;
            timeout(step, exchange(stream, request)).await
        }
        Protection::Plaintext => timeout(step, exchange(tcp, request)).await,
    };
    let whole = exchanged.unwrap_or_else(|_| {
        Err(format!("no answer in time (limits.step_timeout = {} s)", step.as_secs_f32()))
    });
    answer::given(&whole.map_err(other)?)
}

async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
) -> Result<answer::Whole, String> {
    let sent = async {
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await
    };
    sent.await.map_err(|error| format!("it closed the connection ({error})"))?;
    let (mut bytes, mut piece) = (Vec::new(), vec![0; 4096]);
    loop {
        // Many close without a word of TLS; whether all is there says the answer itself.
        let read = stream.read(&mut piece).await.unwrap_or(0);
        bytes.extend_from_slice(piece.get(..read).unwrap_or_default());
        if bytes.len() > ANSWER_BYTES {
            return Err(format!("its answer is longer than {ANSWER_BYTES} bytes"));
        }
        if let Some(whole) = answer::whole(&bytes, read == 0)? {
            return Ok(whole);
        }
    }
}
