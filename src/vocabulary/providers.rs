//! What is known of mail providers.

use crate::vocabulary::language::language_table;

language_table!(PROVIDERS, "language/mail_providers.tsv");

/// Providers whose domains strangers share: a campaign of ten thousand citizens may write from one of them.
pub fn shared_domains() -> impl Iterator<Item = &'static str> {
    PROVIDERS.words("shared")
}

/// Whether an address is one of a provider whose mailboxes anybody opens.
pub fn is_anybodys(address: &str) -> bool {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_ascii_lowercase();
    shared_domains().any(|shared| shared == domain)
}

/// Whether a host belongs to a provider whose mailboxes are opened by an authorisation code instead of the password.
pub fn wants_authorisation_code(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    PROVIDERS.words("wants code").any(|domain| host.ends_with(domain))
}
