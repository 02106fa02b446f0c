//! What servers, proxies and token endpoints are written with alike: secrets, proxies, trusted roots.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::regular::read_file;
use super::secret::Secret;
use super::section::Section;
use super::settings::{Proxy, ProxyKind, Security};
use super::{Secrets, written};

/// Where passwords come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credentials<'a> {
    pub(super) secrets: Secrets,
    /// `$CREDENTIALS_DIRECTORY` of systemd's `LoadCredential=`.
    pub(super) folder: Option<&'a Path>,
    /// Where systemd has them from: `credentials/` beside the configuration, which root alone may read.
    pub(super) source: &'a Path,
}

/// A file of trusted roots that can be read.
pub(super) fn ca_file(section: &mut Section<'_>) -> Option<PathBuf> {
    let path = section.path("ca_file");
    if let Some(path) = &path {
        match read_file(path).as_deref().map(super::pem::pem_of) {
            Ok(Ok(_)) => {}
            Ok(Err(instead)) => section.problem("ca_file", format!("{} {instead}", path.display())),
            Err(error) => section.problem("ca_file", format!("{} cannot be read: {error}", path.display())),
        }
    }
    path
}

/// A proxy: `socks5://HOST:PORT` or `http://HOST:PORT`, with a login of its own where it asks for one.
pub(super) fn proxy(
    section: &mut Section<'_>,
    credentials: Credentials<'_>,
    security: Security,
) -> Option<Proxy> {
    let key = "proxy";
    let written = section.text(key);
    let username = section.text("proxy_username");
    let password = secret(section, credentials, PROXY_PASSWORD);
    let Some(written) = written else {
        if username.is_some() || password.is_some() {
            section.problem(
                key,
                "is missing beside proxy_username: like proxy = \"socks5://proxy.example.gov.cn:1080\"",
            );
        }
        return None;
    };
    if security == Security::Plaintext {
        section.problem(key, "stands beside security = \"plaintext\", which is for a server on this machine and takes no proxy");
    }
    if username.is_none() && password.is_some() {
        section.problem("proxy_username", "is missing beside the proxy's password");
    }
    let read = credentials.secrets == Secrets::Read;
    if read && username.is_some() && password.is_none() {
        section
            .problem("proxy_password_file", "is missing beside proxy_username; name a file or a credential");
    }
    match address(&written) {
        Ok((kind, host, port)) => Some(Proxy { kind, host, port, username, password }),
        Err(problem) => {
            let like = "socks5://proxy.example.gov.cn:1080 or http://proxy.example.gov.cn:3128";
            section.wrong(key, format!("\"{}\" {problem}; write it like {like}", without_user(&written)))
        }
    }
}

/// A user part may hold a password, which nobody should read in a message.
pub(super) fn without_user(written: &str) -> &str {
    written.rsplit_once('@').map_or(written, |(_, place)| place)
}

fn address(written: &str) -> Result<(ProxyKind, String, u16), &'static str> {
    let (scheme, place) = written.split_once("://").ok_or("has no scheme")?;
    let kind = match scheme.to_ascii_lowercase().as_str() {
        "socks5" | "socks5h" => ProxyKind::Socks5,
        "http" => ProxyKind::Http,
        _ => return Err("is of a kind that is not known here: socks5 and http are"),
    };
    if place.contains('@') {
        return Err(
            "has a user's part, which goes into proxy_username, and the password into proxy_password_file",
        );
    }
    let (host, port) = place.trim_end_matches('/').rsplit_once(':').ok_or("has no port")?;
    let port = port.parse().ok().filter(|port| *port > 0).ok_or("has no port from 1 to 65535")?;
    let plain = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match written::host_problem(plain) {
        Some(problem) => Err(problem),
        None => Ok((kind, plain.to_owned(), port)),
    }
}

pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The keys that say where a secret is: a credential's name, or a path.
pub(super) type Where = [&'static str; 2];
pub(super) const PASSWORD: Where = ["password_credential", "password_file"];
pub(super) const CLIENT_SECRET: Where = ["client_secret_credential", "client_secret_file"];
pub(super) const REFRESH_TOKEN: Where = ["refresh_token_credential", "refresh_token_file"];
const PROXY_PASSWORD: Where = ["proxy_password_credential", "proxy_password_file"];

pub(super) fn secret(
    section: &mut Section<'_>,
    credentials: Credentials<'_>,
    [by_credential, by_file]: Where,
) -> Option<Secret> {
    let credential = section.text(by_credential);
    let file = section.path(by_file);
    if credentials.secrets == Secrets::LeaveAlone {
        return None;
    }
    // A command by hand has them from where the service has them, if whoever runs it may.
    let at_source = |name: &String| !name.contains('/') && credentials.source.join(name).is_file();
    let by_hand = credentials.folder.is_none() && credential.as_ref().is_some_and(at_source);
    let folder = if by_hand { Some(credentials.source) } else { credentials.folder };
    let (key, path) = match (credential, file, folder) {
        (None, None, _) => return None,
        (Some(_), Some(_), _) => {
            return section.wrong(by_file, format!("stands beside {by_credential}; keep one of them"));
        }
        (None, Some(path), _) => (by_file, path),
        (Some(name), None, _) if name.contains('/') || name.starts_with('.') => {
            let message = format!("is a credential's name, not a path; use {by_file} for a path");
            return section.wrong(by_credential, message);
        }
        (Some(name), None, Some(folder)) => (by_credential, folder.join(name)),
        (Some(name), None, None) if credentials.secrets == Secrets::IfThere => {
            let message = format!(
                "credentials not checked: \"{name}\" is handed over by systemd, and CREDENTIALS_DIRECTORY is not set"
            );
            section.remark(by_credential, message);
            return None;
        }
        (Some(name), None, None) => {
            let message = format!(
                "there is no credential \"{name}\": CREDENTIALS_DIRECTORY is not set, and nothing of that name can be read in {}. Run it as root, start under systemd with LoadCredential={name}:…, or use {by_file}",
                credentials.source.display()
            );
            return section.wrong(by_credential, message);
        }
    };
    match written::password(&path) {
        Err(problem) => section.wrong(key, format!("{} {problem}", path.display())),
        Ok(found) => {
            for remark in found.remarks {
                section.remark(key, format!("{} {remark}", path.display()));
            }
            Some(Secret::read(found.secret, &path, key == by_credential))
        }
    }
}
