//! What a token endpoint is asked (RFC 6749 sections 4.4.2 and 6, over HTTP/1.1 of RFC 9112).

use std::fmt::Write as _;

use crate::config::TokenEndpoint;

/// The whole request; `refresh_token`: as it is now. `host` is as the settings have it, with the port where it is none of the usual.
pub(super) fn request(endpoint: &TokenEndpoint, refresh_token: Option<&str>, secret: Option<&str>) -> String {
    let mut fields = match refresh_token {
        Some(token) => vec![("grant_type", "refresh_token"), ("refresh_token", token)],
        None => vec![("grant_type", "client_credentials")],
    };
    fields.push(("client_id", &endpoint.client_id));
    fields.extend(secret.map(|secret| ("client_secret", secret)));
    fields.extend(endpoint.scope.as_deref().map(|scope| ("scope", scope)));
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let body = body.join("&");
    let (server, path) = (&endpoint.server, &endpoint.path);
    let host = if server.host.contains(':') { format!("[{}]", server.host) } else { server.host.clone() };
    let host = if matches!(server.port, 80 | 443) { host } else { format!("{host}:{}", server.port) };
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: zwfw-intake\r\nAccept: application/json\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// `application/x-www-form-urlencoded`, cautiously.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_encoded() {
        assert_eq!(encoded("aZ0-._~"), "aZ0-._~");
        assert_eq!(encoded("a b&c=d+/é"), "a%20b%26c%3Dd%2B%2F%C3%A9");
    }
}
