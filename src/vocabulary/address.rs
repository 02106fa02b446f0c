//! Mailboxes as RFC 5322 section 3.4 has them: a display name and an addr-spec.

use unicode_normalization::UnicodeNormalization;

/// One mailbox of an address list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// The display name, decoded, without control characters; `None` when absent or blank.
    pub display: Option<String>,
    /// The addr-spec as written, without angle brackets; empty when the field held a name only.
    pub address: String,
}

/// The part behind the last `@`, in lower case; empty when there is none.
pub fn domain_of(address: &str) -> String {
    address.rsplit_once('@').map_or_else(String::new, |(_, domain)| domain.to_lowercase())
}

/// Whether two addr-specs reach the same mailbox, as far as one can tell from outside.
///
/// RFC 5321 section 2.4 makes only the domain case-insensitive, but no provider in use distinguishes
/// local parts by case, and a citizen's second client may write another one.
pub fn same_address(left: &str, right: &str) -> bool {
    !left.is_empty() && left.trim().to_lowercase() == right.trim().to_lowercase()
}

/// The spelling under which one sender is known: NFKC (full-width forms are the same letters, RFC 6532 section 3.1), lower
/// case as in [`same_address`], without blanks around it.
pub fn sender_key(address: &str) -> String {
    address.nfkc().collect::<String>().trim().to_lowercase()
}
