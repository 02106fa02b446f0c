//! Why a login was refused, as far as the server's words tell (RFC 5530 and what providers say instead).

use super::server_words::Said;
use crate::vocabulary::LiveFault;
use crate::vocabulary::providers::wants_authorisation_code;

/// What a refused login calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginRefusal {
    /// Nothing: it passes by itself.
    Busy,
    /// Another password, or another login name.
    Credentials,
    /// A person, at the provider or in the mailbox's settings.
    Person,
}

/// Kinds with their meaning in the table and what they are called, in the order in which they are asked; codes of RFC 5530 stand
/// among the words.
const KINDS: &[(&str, LoginRefusal, LiveFault)] = &[
    ("login passes", LoginRefusal::Busy, LiveFault::LoginBusy),
    ("login admin", LoginRefusal::Person, LiveFault::LoginAdmin),
    ("login expired", LoginRefusal::Person, LiveFault::LoginExpired),
    ("login privacy", LoginRefusal::Person, LiveFault::LoginPrivacy),
    ("login browser", LoginRefusal::Person, LiveFault::LoginBrowser),
    ("login code", LoginRefusal::Person, LiveFault::LoginCode),
    ("login locked", LoginRefusal::Person, LiveFault::LoginLocked),
    ("login switched off", LoginRefusal::Person, LiveFault::LoginSwitchedOff),
    ("login connections", LoginRefusal::Busy, LiveFault::LoginConnections),
    ("login too often", LoginRefusal::Busy, LiveFault::LoginTooOften),
    ("login bandwidth", LoginRefusal::Busy, LiveFault::LoginBandwidth),
    ("login busy", LoginRefusal::Busy, LiveFault::LoginBusy),
    ("login oauth", LoginRefusal::Credentials, LiveFault::LoginOauth),
];

/// Judges a refused login by the server's words, with what it is called; `None`: the words say no more than that it was refused.
pub fn login_refusal(words: &str) -> Option<(LoginRefusal, LiveFault)> {
    let said = Said::new(words);
    // The code says that name or password are wrong, whatever is written behind it about trying later.
    let wrong = said.words().starts_with("[authenticationfailed]");
    KINDS
        .iter()
        .filter(|(_, refusal, _)| !(wrong && *refusal == LoginRefusal::Busy))
        .find(|(meaning, _, _)| said.has(meaning))
        .map(|(_, refusal, fault)| (*refusal, *fault))
}

/// The same for a login with a token: where the words do not tell of something else, it is the token.
pub fn token_refusal(words: &str) -> (LoginRefusal, LiveFault) {
    let known = login_refusal(words).filter(|(refusal, _)| *refusal != LoginRefusal::Credentials);
    known.unwrap_or((LoginRefusal::Credentials, LiveFault::LoginToken))
}

/// What a refused login calls for that is called so; a wrong name or password, where nothing else is known.
pub fn calls_for(fault: LiveFault) -> LoginRefusal {
    KINDS
        .iter()
        .find(|(_, _, named)| *named == fault)
        .map_or(LoginRefusal::Credentials, |(_, refusal, _)| *refusal)
}

/// What a login that was refused without a word about why calls for.
pub fn usual_refusal(host: &str) -> LiveFault {
    // Chinese providers want an authorisation code; it expires and dies with a password change.
    if wants_authorisation_code(host) { LiveFault::LoginCode } else { LiveFault::LoginPassword }
}
