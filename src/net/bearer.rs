//! An access token as IMAP and SMTP are shown it: OAUTHBEARER (RFC 7628), or XOAUTH2, which providers had before.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// How a token is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// RFC 7628.
    Oauthbearer,
    /// Google's, and Microsoft's.
    Xoauth2,
}

impl Bearer {
    /// The one that a server offers, the standard's before the other.
    pub fn offered(offers: impl Fn(&str) -> bool) -> Option<Self> {
        [Self::Oauthbearer, Self::Xoauth2].into_iter().find(|bearer| offers(bearer.name()))
    }

    /// As the protocols call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Oauthbearer => "OAUTHBEARER",
            Self::Xoauth2 => "XOAUTH2",
        }
    }

    /// What is sent.
    pub(super) fn response(self, username: &str, (host, port): (&str, u16), token: &str) -> String {
        BASE64.encode(match self {
            Self::Oauthbearer => {
                // RFC 5801 section 4.
                let name = username.replace('=', "=3D").replace(',', "=2C");
                format!("n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
            Self::Xoauth2 => format!("user={username}\x01auth=Bearer {token}\x01\x01"),
        })
    }

    /// What is sent once the server has said in a challenge why it refuses, so that it ends (RFC 7628 section 3.2.3).
    pub const fn farewell(self) -> &'static str {
        match self {
            Self::Oauthbearer => "AQ==",
            Self::Xoauth2 => "",
        }
    }
}

/// What a refusing server says in its challenge: JSON in base64, or whatever it is.
pub(super) fn challenge(said: &str) -> String {
    let said = said.trim();
    let plain = BASE64.decode(said).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    plain.unwrap_or_else(|| said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_shown_as_the_standards_say() {
        let to = ("mail.example.cn", 993);
        let plain = |bearer: Bearer| challenge(&bearer.response("a=b,c@example.cn", to, "t0.k-en"));
        assert_eq!(plain(Bearer::Xoauth2), "user=a=b,c@example.cn\x01auth=Bearer t0.k-en\x01\x01");
        assert_eq!(
            plain(Bearer::Oauthbearer),
            "n,a=a=3Db=2Cc@example.cn,\x01host=mail.example.cn\x01port=993\x01auth=Bearer t0.k-en\x01\x01"
        );
        assert_eq!(Bearer::offered(|name| name == "XOAUTH2"), Some(Bearer::Xoauth2));
        assert_eq!(Bearer::offered(|_| true), Some(Bearer::Oauthbearer));
        assert_eq!(Bearer::offered(|_| false), None);
        assert_eq!(challenge("eyJzdGF0dXMiOiI0MDEifQ==\r\n"), "{\"status\":\"401\"}");
        assert_eq!(challenge("not base64"), "not base64");
    }
}
