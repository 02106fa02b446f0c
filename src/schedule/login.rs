//! Why a login was refused, as far as the server's words tell (RFC 5530 and what providers say instead).

use super::server_words::Said;

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

/// Kinds with their meaning in the table and what helps, in the order in which they are asked; codes of RFC 5530 stand among
/// the words.
const KINDS: &[(&str, LoginRefusal, &str)] = &[
    (
        "login admin",
        LoginRefusal::Person,
        "the mailbox's administrator must act: ask the admin of the mail server",
    ),
    ("login expired", LoginRefusal::Person, "the password has expired: set a new one at the provider"),
    (
        "login privacy",
        LoginRefusal::Person,
        "the server wants an encrypted connection: set security = \"tls\" or \"starttls\"",
    ),
    (
        "login browser",
        LoginRefusal::Person,
        "the provider wants somebody to log in with a web browser once and to allow this program there",
    ),
    (
        "login code",
        LoginRefusal::Person,
        "the provider wants an application-specific password or authorisation code from the mailbox's web settings instead of the password",
    ),
    (
        "login locked",
        LoginRefusal::Person,
        "the account is locked or blocked: ask the provider to unlock it; it is asked once an hour meanwhile",
    ),
    (
        "login switched off",
        LoginRefusal::Person,
        "the service is switched off for this mailbox: switch IMAP/SMTP on in its web settings",
    ),
    (
        "login connections",
        LoginRefusal::Busy,
        "too many connections to this mailbox at once: close other programs that use it; it is tried again later",
    ),
    (
        "login too often",
        LoginRefusal::Busy,
        "the provider limits how frequently one may log in; it is tried again after a pause",
    ),
    (
        "login bandwidth",
        LoginRefusal::Busy,
        "a limit of the account is used up for now; it is tried again later",
    ),
    ("login busy", LoginRefusal::Busy, "the server is unavailable for the moment; it is tried again later"),
    (
        "login oauth",
        LoginRefusal::Credentials,
        "the name or the password is wrong, or the provider has switched off basic authentication (passwords) and wants OAuth: ask its administrator for a password login or an app password",
    ),
];

/// Judges a refused login by the server's words, with what helps; `None`: the words say no more than that it was refused.
pub fn login_refusal(words: &str) -> Option<(LoginRefusal, &'static str)> {
    let said = Said::new(words);
    // The code says that name or password are wrong, whatever is written behind it about trying later.
    let wrong = said.words().starts_with("[authenticationfailed]");
    KINDS
        .iter()
        .filter(|(_, refusal, _)| !(wrong && *refusal == LoginRefusal::Busy))
        .find(|(meaning, _, _)| said.has(meaning))
        .map(|(_, refusal, hint)| (*refusal, *hint))
}
