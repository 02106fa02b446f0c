//! A server as it is written: host, protection, login, and the proxy on the way to it.

use super::access::{Credentials, PASSWORD, ca_file, is_loopback, proxy, secret};
use super::oauth;
use super::section::Section;
use super::settings::{Security, ServerSettings};
use super::written::name_remark;

/// A server; `ports` are the usual ones under TLS, STARTTLS and no protection.
pub(super) fn server(
    section: &mut Section<'_>,
    credentials: Credentials<'_>,
    [tls, starttls, plaintext]: [u16; 3],
    example: &str,
) -> Option<ServerSettings> {
    let host = section.required_host("host", example);
    let security = section.choice(
        "security",
        Security::Tls,
        &[("tls", Security::Tls), ("starttls", Security::Starttls), ("plaintext", Security::Plaintext)],
    );
    let default_port = match security {
        Security::Tls => tls,
        Security::Starttls => starttls,
        Security::Plaintext => plaintext,
    };
    let port = section.number("port", default_port, 1, u16::MAX);
    if security == Security::Plaintext && host.as_deref().is_some_and(|host| !is_loopback(host)) {
        section.problem(
            "security",
            "\"plaintext\" is allowed on loopback only (127.0.0.1, ::1, localhost); write \"tls\" or \"starttls\"",
        );
    }
    let ca_file = ca_file(section);
    let username = section.text("username");
    if let Some(odd) = username.as_deref().and_then(name_remark) {
        section.remark("username", odd);
    }
    let proxy = proxy(section, credentials, security);
    let password = secret(section, credentials, PASSWORD);
    let named = section.was_taken("password_");
    let tokens = section.section("oauth");
    let wants_token = !tokens.is_blank();
    let oauth = oauth::oauth(tokens, credentials, proxy.as_ref());
    match (&username, named, wants_token) {
        (_, true, true) => section.problem("oauth", "stands beside a password; keep one of them"),
        (Some(_), false, false) => section.problem(
            "password_credential",
            "is missing; name a systemd credential, or write password_file = \"…\" (a password never stands in the configuration itself)",
        ),
        (None, false, true) => section.problem("username", "is missing: a token is shown for a login name"),
        _ => {}
    }
    Some(ServerSettings {
        host: host?,
        port,
        security,
        ca_file,
        username,
        password,
        oauth: oauth.map(Box::new),
        proxy: proxy.map(Box::new),
    })
}
