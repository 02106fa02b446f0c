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

/// Whether two domains are of one organisation (RFC 7489 section 3.2): one registered domain, names below the private part of
/// the list told apart. Names under which anybody may register are nobody's.
pub fn same_organisation(left: &str, right: &str) -> bool {
    let (left, right) = (domain_key(left), domain_key(right));
    !left.is_empty()
        && (left == right
            || psl::domain_str(&left).is_some_and(|house| psl::domain_str(&right) == Some(house)))
}

/// The spelling by which domains are compared: ASCII (RFC 5891), lower case, no dot at the end.
pub fn domain_key(domain: &str) -> String {
    let bare = domain.trim().trim_end_matches('.');
    idna::domain_to_ascii(bare).unwrap_or_else(|_| bare.to_lowercase())
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
    fn organisations_are_told_apart_by_what_they_registered() {
        for (left, right, same) in [
            ("qq.com", "QQ.com.", true),
            ("mail.qq.com", "vip.qq.com", true),
            ("例子.中国", "xn--fsqu00a.xn--fiqs8s", true),
            ("zwb.ln.gov.cn", "ln.gov.cn", true),
            ("gov.cn", "ln.gov.cn", false),
            ("sy.gov.cn", "ln.gov.cn", false),
            ("a.github.io", "b.github.io", false),
            ("com", "example.com", false),
            ("badexample.com", "example.com", false),
            ("", "", false),
        ] {
            assert_eq!(same_organisation(left, right), same, "{left} {right}");
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
