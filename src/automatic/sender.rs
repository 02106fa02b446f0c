//! What the sender's address says.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::parse::Message;
use crate::vocabulary::providers::shared_domains;
use crate::vocabulary::{Mark, Regex, domain_of};

use super::MACHINES;

/// How much of a subject is searched for a report's words, in bytes.
const REPORT_SUBJECT_BYTES: usize = 2048;

/// Whether the mail system itself writes: the local part that does, in `From:` or in the envelope. Only a mail system writes
/// `From: <>`, or its name without a domain.
pub(super) fn mail_daemon(message: &Message) -> Option<Mark> {
    let bare = message
        .header("from")
        .filter(|_| message.author().is_none_or(|author| !author.address.contains('@')));
    let bare = bare
        .and_then(|from| from.rsplit_once('<'))
        .map(|(_, address)| ("from", address.trim_end_matches(['>', ' '])));
    addresses(message).chain(bare).find_map(|(field, address)| {
        let local = local_part(address);
        let is_nobody = field == "from" && address.is_empty();
        // `postmaster\@example.com@relay.example`: some gateways escape the whole address.
        let name = without_tag(&local).split(['\\', '@']).next().unwrap_or_default();
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let is_daemon = is_nobody || MACHINES.words("daemon").any(|daemon| daemon == plain);
        is_daemon.then(|| Mark::Address { field: field.to_owned(), local })
    })
}

/// Whether a subject is that of a report. Looser than a leading marker: a mail daemon sent it.
pub(super) fn is_report_subject(subject: &str) -> bool {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| MACHINES.pattern("(?i)⟨report subject⟩"));
    WORDS.is_match(subject.get(..subject.floor_char_boundary(REPORT_SUBJECT_BYTES)).unwrap_or(subject))
}

/// QQ's automatic answers bear no RFC 3834 field; their envelope sender is `uin+auto_…@qq.com`.
pub(super) fn qq_envelope(message: &Message) -> Option<Mark> {
    local_part(message.envelope_sender()?)
        .contains("+auto_")
        .then(|| Mark::Address { field: "return-path".to_owned(), local: "+auto_".to_owned() })
}

/// Why nobody would read an answer: no address at all, or one that says so. RFC 3834 section 2 adds `owner-` and
/// `-request`, where list software listens.
pub(super) fn unanswerable(message: &Message) -> Option<Mark> {
    let Some(author) = message.author() else { return Some(Mark::NoFrom) };
    if !author.address.contains('@') {
        return Some(Mark::NoFromAddress);
    }
    addresses(message)
        .find(|(_, address)| is_unread(address))
        .map(|(field, address)| Mark::NoReplyAddress { field: field.to_owned(), local: local_part(address) })
}

/// Whether an address belongs to a program, by its local part (RFC 3834 section 2).
pub fn is_robot(address: &str) -> bool {
    address.contains('@') && is_unread(address)
}

fn is_unread(address: &str) -> bool {
    let local = local_part(address);
    let local = local.as_str();
    let plain = |text: &str| -> String {
        let end = text.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
        end.chars().filter(char::is_ascii_alphanumeric).collect()
    };
    let (name, plain) = (plain(without_tag(local)), plain(local));
    // `noreply+token`, `noreply-system`, `system.noreply`.
    MACHINES.words("robot part").any(|word| plain.starts_with(word) || plain.ends_with(word))
        || MACHINES
            .words("robot name")
            .any(|word| name == word && (!is_at_provider(address) || local == word))
        || MACHINES.words("robot beginning").any(|word| local.starts_with(word))
        || MACHINES.words("robot ending").any(|word| without_tag(local).ends_with(word))
}

/// Whether it is a provider's where anybody registers a name: `nobody_2024` and `robot8` are people there.
fn is_at_provider(address: &str) -> bool {
    let domain = domain_of(address);
    shared_domains().any(|shared| shared == domain)
}

/// The author's address and the envelope's, with the field that bears it.
fn addresses(message: &Message) -> impl Iterator<Item = (&'static str, &str)> {
    let author = message.author().map(|author| ("from", author.address.as_str()));
    author.into_iter().chain(message.envelope_sender().map(|address| ("return-path", address)))
}

/// The part before the last `@` in lower case and plain width, without quotes; the whole when there is none.
fn local_part(address: &str) -> String {
    let address: String = address.nfkc().collect();
    let local = address.rsplit_once('@').map_or(&*address, |(local, _)| local);
    local.trim().trim_matches('"').to_lowercase()
}

/// `postmaster+x` is `postmaster` (RFC 5233).
fn without_tag(local: &str) -> &str {
    local.split('+').next().unwrap_or_default()
}
