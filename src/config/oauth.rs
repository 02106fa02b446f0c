//! `[mailbox.oauth]` and `[acknowledgement.oauth]`: where an access token comes from that is shown in place of a password.

use super::access::{
    CLIENT_SECRET, Credentials, REFRESH_TOKEN, ca_file, is_loopback, proxy, secret, without_user,
};
use super::kept::Kept;
use super::section::Section;
use super::settings::{Oauth, Proxy, Security, ServerSettings, TokenEndpoint, TokenSource};
use super::{Secrets, written};

/// The section, where it is written; `through`: the proxy to the mail server, which leads to the endpoint too.
pub(super) fn oauth(
    mut section: Section<'_>,
    credentials: Credentials<'_>,
    through: Option<&Proxy>,
) -> Option<Oauth> {
    if section.is_blank() {
        section.finish();
        return None;
    }
    let command = section.path("command");
    let address = section.text("token_endpoint");
    let source = match (command, address) {
        (Some(_), Some(_)) => section.wrong("command", "stands beside token_endpoint; keep one of them"),
        (None, None) => {
            let like = "token_endpoint = \"https://login.example.com/oauth2/token\"";
            section.wrong("token_endpoint", format!("is missing; write {like}, or command = \"PROGRAM\""))
        }
        (Some(command), None) if credentials.secrets != Secrets::LeaveAlone && !command.is_file() => {
            section.wrong("command", "is no file; write the path of a program, without arguments")
        }
        (Some(command), None) => Some(TokenSource::Command(command)),
        (None, Some(address)) => endpoint(&mut section, credentials, &address, through)
            .map(|endpoint| TokenSource::Endpoint(Box::new(endpoint))),
    };
    if !matches!(source, Some(TokenSource::Endpoint(_))) {
        // Said once what is wrong; the rest of the keys is known.
        section.ignore(KEYS);
    }
    section.finish();
    source.map(|source| Oauth { source, kept: Kept::default() })
}

/// All keys but `command`.
const KEYS: &[&str] = &[
    "token_endpoint",
    "client_id",
    "client_secret_credential",
    "client_secret_file",
    "refresh_token_credential",
    "refresh_token_file",
    "scope",
    "ca_file",
    "proxy",
    "proxy_username",
    "proxy_password_credential",
    "proxy_password_file",
];

fn endpoint(
    section: &mut Section<'_>,
    credentials: Credentials<'_>,
    address: &str,
    through: Option<&Proxy>,
) -> Option<TokenEndpoint> {
    let client_id = section.required_text("client_id", "0b6e1c9a-…");
    let client_secret = secret(section, credentials, CLIENT_SECRET);
    let refresh_token = secret(section, credentials, REFRESH_TOKEN);
    let named = ["refresh_token_", "client_secret_"].map(|key| section.was_taken(key));
    if named == [false, false] {
        let words = "is missing; name a file or a credential (or client_secret_file, where the client asks in its own name)";
        section.problem("refresh_token_file", words);
    }
    let scope = section.text("scope");
    let ca_file = ca_file(section);
    let (security, host, port, path) = match place(address) {
        Ok(place) => place,
        Err(problem) => {
            let like = "https://login.example.com/oauth2/token";
            section.problem(
                "token_endpoint",
                format!("\"{}\" {problem}; write it like {like}", without_user(address)),
            );
            return None;
        }
    };
    let own = proxy(section, credentials, security);
    let proxy = own.as_ref().or(through).filter(|_| security != Security::Plaintext).cloned().map(Box::new);
    let server =
        ServerSettings { host, port, security, ca_file, username: None, password: None, oauth: None, proxy };
    Some(TokenEndpoint { server, path, client_id: client_id?, client_secret, refresh_token, scope })
}

fn place(address: &str) -> Result<(Security, String, u16, String), &'static str> {
    let (scheme, rest) = address.split_once("://").ok_or("is no URL")?;
    let (place, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    if place.contains('@') {
        return Err(
            "has a user's part; the client's name goes into client_id, its secret into client_secret_file",
        );
    }
    if path.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#' || !c.is_ascii()) {
        return Err("has a path with blanks, a # or other characters that no URL has");
    }
    let (security, usual) = match scheme.to_ascii_lowercase().as_str() {
        "https" => (Security::Tls, 443),
        "http" => (Security::Plaintext, 80),
        _ => return Err("is no https URL"),
    };
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            (host, port.parse().ok().filter(|port| *port > 0).ok_or("has no port from 1 to 65535")?)
        }
        _ => (place, usual),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Some(problem) = written::host_problem(host) {
        return Err(problem);
    }
    if security == Security::Plaintext && !is_loopback(host) {
        return Err("is not encrypted, which only an address of this machine may be");
    }
    Ok((security, host.to_owned(), port, path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_an_https_url_or_on_this_machine() {
        for (right, host, port, path) in [
            ("https://login.example.com/a/oauth2/token?x=1", "login.example.com", 443, "/a/oauth2/token?x=1"),
            ("HTTPS://login.example.com:8443", "login.example.com", 8443, "/"),
            ("http://127.0.0.1:8080/token", "127.0.0.1", 8080, "/token"),
            ("https://[2001:db8::1]/t", "2001:db8::1", 443, "/t"),
            ("http://[::1]:81/t", "::1", 81, "/t"),
        ] {
            let (_, found, found_port, found_path) = place(right).unwrap();
            assert_eq!((found.as_str(), found_port, found_path.as_str()), (host, port, path), "{right}");
        }
        for (wrong, words) in [
            ("login.example.com/token", "no URL"),
            ("ftp://login.example.com/token", "https"),
            ("http://login.example.com/token", "not encrypted"),
            ("https://me:secret@login.example.com/token", "user's part"),
            ("https://login.example.com:0/token", "port"),
            ("https://login..example.com/token", "empty part"),
            ("https://login.example.com/to ken", "blanks"),
            ("https:///token", "empty part"),
        ] {
            assert!(place(wrong).unwrap_err().contains(words), "{wrong}: {:?}", place(wrong));
        }
    }
}
