//! What the sender's address says.

use std::sync::LazyLock;

use crate::parse::{Message, ReturnPath};
use crate::vocabulary::{Mark, Regex};

/// How much of a subject is searched for a report's words, in bytes.
const REPORT_SUBJECT_BYTES: usize = 2048;

/// Whether the mail system itself writes: the local part that does, in `From:` or in the envelope.
pub(super) fn mail_daemon(message: &Message) -> Option<Mark> {
    addresses(message).find_map(|(field, address)| {
        let local = local_part(address);
        matches!(local.as_str(), "mailer-daemon" | "mailerdaemon" | "mail-daemon" | "postmaster")
            .then(|| Mark::Address { field: field.to_owned(), local })
    })
}

/// Whether a subject is that of a report. Looser than a leading marker: a mail daemon sent it.
pub(super) fn is_report_subject(subject: &str) -> bool {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        let words = concat!(
            "(?i)退信|退回|拒收|未送达|未能送达|无法送达|無法送達|无法投递|未投递|投递失败|发送失败|传递状态|投递状态|送达失败|系统通知|無法傳遞|傳遞狀態|傳遞失敗|未傳遞",
            "|undeliver|not delivered|delivery|returned|return to sender|failure|failed|rejected|delayed|mail system",
        );
        Regex::new(words).expect("a constant pattern that the tests compile")
    });
    WORDS.is_match(subject.get(..subject.floor_char_boundary(REPORT_SUBJECT_BYTES)).unwrap_or(subject))
}

/// QQ's automatic answers bear no RFC 3834 field; their envelope sender is `uin+auto_…@qq.com`.
pub(super) fn qq_envelope(message: &Message) -> Option<Mark> {
    let Some(ReturnPath::Address(address)) = &message.return_path else { return None };
    local_part(address)
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
        .map(|(field, address)| (field, local_part(address)))
        .find(|(_, local)| is_unread(local))
        .map(|(field, local)| Mark::NoReplyAddress { field: field.to_owned(), local })
}

fn is_unread(local: &str) -> bool {
    let plain: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.trim_end_matches(|c: char| c.is_ascii_digit());
    // `noreply+token`, `noreply-system`, `system.noreply`.
    ["noreply", "donotreply", "dontreply", "nepasrepondre"]
        .iter()
        .any(|word| plain.starts_with(word) || plain.ends_with(word))
        || matches!(
            plain,
            "mailerdaemon"
                | "maildaemon"
                | "postmaster"
                | "bounce"
                | "bounces"
                | "nobody"
                | "autoreply"
                | "autoresponder"
        )
        || local.starts_with("owner-")
        || local.starts_with("bounce-")
        || local.starts_with("bounces+")
        || local.ends_with("-request")
        || local.ends_with("-bounces")
}

/// The author's address and the envelope's, with the field that bears it.
fn addresses(message: &Message) -> impl Iterator<Item = (&'static str, &str)> {
    let author = message.author().map(|author| ("from", author.address.as_str()));
    let envelope = match &message.return_path {
        Some(ReturnPath::Address(address)) => Some(("return-path", address.as_str())),
        Some(ReturnPath::Null) | None => None,
    };
    author.into_iter().chain(envelope)
}

/// The part before the last `@` in lower case, without quotes; the whole when there is none.
fn local_part(address: &str) -> String {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    local.trim().trim_matches('"').to_lowercase()
}
