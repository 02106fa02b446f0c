//! Who reads at an address, and whose house its domain is: what answers are counted by.
//!
//! Spellings that reach one person count as one, so that nobody gets a thousand answers by having as many addresses; and what
//! one organisation can make up by itself (subdomains) counts as one house.

use super::address::sender_key;
use psl::{Psl as _, Type};

/// Domains of one provider that leaves dots out of local parts.
const WITHOUT_DOTS: [&str; 2] = ["gmail.com", "googlemail.com"];

/// The mailbox that an address reaches, as far as its spelling tells: the sender's key without `+tag` (RFC 5233), without
/// dots where the provider does not read them, and behind a relay's `%` or `!` (RFC 5321 appendix F.2) the address that is
/// meant.
pub fn mailbox_key(address: &str) -> String {
    let key = sender_key(address);
    let Some((local, domain)) = key.rsplit_once('@') else { return key };
    let (local, domain) = match (local.rsplit_once('%'), local.rsplit_once('!')) {
        (Some((local, host)), _) | (None, Some((host, local))) if !local.is_empty() && !host.is_empty() => {
            (local, host)
        }
        _ => (local, domain),
    };
    let domain = domain.trim_end_matches('.');
    let local =
        local.split_once('+').map_or(local, |(person, _)| if person.is_empty() { local } else { person });
    if WITHOUT_DOTS.contains(&domain) {
        return format!("{}@gmail.com", local.replace('.', ""));
    }
    format!("{local}@{domain}")
}

/// The domain that somebody registered (`corp.cn` of `a.b.corp.cn`), by the public suffix list. Where whoever registered one
/// hands out names below it to anybody (the list's private part), it is that one: all its names end at its servers.
pub fn registered_domain(domain: &str) -> String {
    let domain = sender_key(domain);
    let domain = domain.trim_end_matches('.');
    let private = psl::List.suffix(domain.as_bytes()).filter(|suffix| suffix.typ() == Some(Type::Private));
    let found = match private {
        Some(_) => psl::suffix_str(domain),
        None => psl::domain_str(domain),
    };
    found.unwrap_or(domain).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_mailbox_are_one() {
        for (address, key) in [
            ("Victim@Corp.CN", "victim@corp.cn"),
            ("ｖictim@corp.cn.", "victim@corp.cn"),
            ("victim+1@corp.cn", "victim@corp.cn"),
            ("v.i.ctim+x+y@googlemail.com", "victim@gmail.com"),
            ("v.ictim@corp.cn", "v.ictim@corp.cn"),
            ("victim%corp.cn@h7.relay.cn", "victim@corp.cn"),
            ("corp.cn!victim@h7.relay.cn", "victim@corp.cn"),
            ("+8613800138000@139.com", "+8613800138000@139.com"),
            ("nobody", "nobody"),
            ("", ""),
        ] {
            assert_eq!(mailbox_key(address), key, "{address}");
        }
    }

    #[test]
    fn names_below_one_registered_domain_are_one_house() {
        for (domain, house) in [
            ("corp.cn", "corp.cn"),
            ("h1.corp.cn", "corp.cn"),
            ("a.b.corp.com.cn", "corp.com.cn"),
            ("zwb.ln.gov.cn", "ln.gov.cn"),
            ("H9.QQ.com.", "qq.com"),
            ("mail.某单位.公司.cn", "某单位.公司.cn"),
            ("mail.corp.co.uk", "corp.co.uk"),
            ("mine.github.io", "github.io"),
            ("cn", "cn"),
            ("", ""),
        ] {
            assert_eq!(registered_domain(domain), house, "{domain}");
        }
    }
}
