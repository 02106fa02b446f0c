//! What our own mail system found out about the sender (`Authentication-Results`, RFC 8601).

use crate::parse::Message;

/// What the believed results say about the author's domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Authentication {
    /// DMARC failed, or SPF failed outright for the author's domain and nothing vouches for it.
    Fail,
    /// DMARC passed, or DKIM or SPF passed for the author's domain.
    Pass,
    /// Nothing is said that one could believe.
    Silent,
}

/// Reads the results that a trusted host wrote. Fields of other hosts are the sender's own words and are ignored
/// (RFC 8601 section 1.6); of several trusted ones the worst counts.
pub(super) fn judge(message: &Message, from_domain: &str, trusted: &[String]) -> Authentication {
    let mut found = Authentication::Silent;
    let mut spf_failed = false;
    for (_, value) in message.headers.iter().filter(|(name, _)| name == "authentication-results") {
        let value = without_comments(value);
        let mut parts = value.split(';');
        let id = parts.next().and_then(|id| id.split_whitespace().next()).unwrap_or_default();
        if !is_trusted(id, trusted) {
            continue;
        }
        for result in parts {
            match judge_one(result, from_domain) {
                Finding::DmarcFail => return Authentication::Fail,
                Finding::Pass => found = Authentication::Pass,
                Finding::SpfFail => spf_failed = true,
                Finding::Nothing => {}
            }
        }
    }
    // A forwarder breaks SPF and leaves DKIM whole.
    if found == Authentication::Silent && spf_failed { Authentication::Fail } else { found }
}

/// What one result says.
enum Finding {
    DmarcFail,
    SpfFail,
    Pass,
    Nothing,
}

/// One `method=result property=value …`.
fn judge_one(result: &str, from_domain: &str) -> Finding {
    let result = result.to_lowercase();
    let mut words = result.split_whitespace();
    let (method, outcome) = words.next().and_then(|word| word.split_once('=')).unwrap_or_default();
    // RFC 8601 section 2.2: `method/version`.
    let method = method.split('/').next().unwrap_or_default();
    let property = |names: &[&str]| {
        words.clone().find_map(|word| {
            let (name, value) = word.split_once('=')?;
            let value = value.trim_matches('"');
            names.contains(&name).then(|| value.rsplit('@').next().unwrap_or(value).to_owned())
        })
    };
    let concerns = |names: &[&str]| property(names).is_some_and(|domain| aligned(&domain, from_domain));
    match (method, outcome) {
        ("dmarc", "fail") => Finding::DmarcFail,
        ("dmarc", "pass") => Finding::Pass,
        ("dkim", "pass") if concerns(&["header.d", "header.i"]) => Finding::Pass,
        ("spf", "pass") if concerns(&["smtp.mailfrom", "smtp.mail"]) => Finding::Pass,
        ("spf", "fail") if concerns(&["smtp.mailfrom", "smtp.mail"]) => Finding::SpfFail,
        _ => Finding::Nothing,
    }
}

/// Relaxed alignment (RFC 7489 section 3.1), as far as it goes without a list of public suffixes: equal, or
/// one is a subdomain of the other and the shorter one has at least two labels.
pub(super) fn aligned(left: &str, right: &str) -> bool {
    let below = |long: &str, short: &str| {
        short.contains('.') && long.strip_suffix(short).is_some_and(|rest| rest.ends_with('.'))
    };
    !left.is_empty() && (left == right || below(left, right) || below(right, left))
}

fn is_trusted(id: &str, trusted: &[String]) -> bool {
    let id = id.to_lowercase();
    trusted.iter().any(|host| {
        *host == id || (host.starts_with('.') && (id.ends_with(host.as_str()) || host.get(1..) == Some(&id)))
    })
}

/// RFC 5322 comments, which may hold anything, `;` and `dmarc=pass` included.
fn without_comments(value: &str) -> String {
    let mut depth = 0_u32;
    let mut quoted = false;
    let mut escaped = false;
    value
        .chars()
        .filter(|c| {
            if std::mem::take(&mut escaped) {
                return depth == 0;
            }
            match c {
                '\\' => escaped = true,
                '"' if depth == 0 => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted && depth > 0 => {
                    depth -= 1;
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}
