//! What became of a mail, by a machine's report: whom it did not reach, and with which status.
//!
//! A report of RFC 3464 says so in fields. Others say it in words: then the address that stands first in them is whom the mail
//! was for, unless it is ours, the reporter's own, or a program's.

use std::sync::LazyLock;

use crate::parse::{Message, Report};
use crate::vocabulary::language::{language_table, word_list};
use crate::vocabulary::{Delivery, Machine, Regex, same_address};

use super::{MACHINES, prose, sender};

language_table!(
    /// Which status (RFC 3463) the words of a report amount to.
    STATUSES, "language/bounce_statuses.tsv");

word_list!(RETURNED, MACHINES, "returned below");

/// How much of a report is read, in bytes.
const REPORT_BYTES: usize = 16 * 1024;

/// The longest address (RFC 5321 section 4.5.3.1.3), in bytes.
const ADDRESS_BYTES: usize = 254;

/// What a report says became of a mail; `None` where the machine reports of none.
pub fn delivery(kind: Machine, message: &Message) -> Option<Delivery> {
    let report = report(message);
    if report.is_some_and(|report| report.report_type == "feedback-report") {
        return Some(Delivery::Complained { recipient: recipient(message) });
    }
    if kind != Machine::Bounce {
        return None;
    }
    let recipient = recipient(message);
    let action = report.and_then(|report| report.action.as_deref()).unwrap_or_default();
    if ["delivered", "relayed", "expanded"].iter().any(|arrived| action.starts_with(arrived)) {
        return Some(Delivery::Delivered { recipient, status: reported_status(message) });
    }
    let is_delay = is_delay(message);
    let Said { written: status, reply, concluded } = status(message, is_delay);
    Some(if is_delay {
        Delivery::Delayed { recipient, status, reply, concluded }
    } else {
        Delivery::Failed { recipient, status, reply, concluded }
    })
}

/// Whether a bounce only says that delivery takes longer: `Action: delayed` (RFC 3464 section 2.3.3), a status of class 4
/// without an action, or the words of one that is no report.
pub fn is_delay(message: &Message) -> bool {
    let report = report(message);
    if let Some(action) = report.and_then(|report| report.action.as_deref()) {
        return !action.starts_with("fail");
    }
    if report.and_then(|report| report.status.as_deref()).is_some_and(|status| status.starts_with("4.")) {
        return true;
    }
    let subject = message.subject.as_deref().unwrap_or_default().to_lowercase();
    MACHINES.words("delay").any(|word| subject.contains(word)) || prose::is_still_trying(&message.text)
}

/// Whom the mail was for.
fn recipient(message: &Message) -> Option<String> {
    let reported = report(message).and_then(|report| report.recipient.clone());
    let failed =
        || message.header("x-failed-recipients").and_then(|value| addresses(value).next().map(str::to_owned));
    let own = |address: &str| {
        let mut ours = message.recipients.iter().chain(&message.from).map(|own| own.address.as_str());
        ours.any(|own| same_address(own, address))
    };
    let may_be = |address: &&str| !own(address) && !sender::is_robot(address);
    let (words, behind) = parted(&message.text);
    let returned = message.returned_header.as_deref().unwrap_or_default();
    let in_words = || {
        let lines: Vec<&str> = lines(words).collect();
        // What stands before it may name the other recipients of the mail.
        let fails = lines.iter().position(|line| prose::is_failure(line)).unwrap_or(0);
        let (before, since) = lines.split_at(fails);
        let named: Vec<&str> =
            since.iter().chain(before).flat_map(|line| addresses(line)).filter(may_be).collect();
        let sent_to = named.iter().find(|address| addresses(returned).any(|to| same_address(to, address)));
        sent_to.or(named.first()).map(|address| (*address).to_owned())
    };
    let to = || {
        let found = field(returned, "").or_else(|| field(behind, "to"));
        found.or_else(|| lines(behind).flat_map(addresses).find(may_be)).map(str::to_owned)
    };
    let found = reported.or_else(failed).or_else(in_words);
    found
        .or_else(|| to().filter(|address| may_be(&address.as_str())))
        .filter(|found| found.len() <= ADDRESS_BYTES)
}

/// The report of RFC 3464, in whatever form the message has.
fn report(message: &Message) -> Option<&Report> {
    message.report.as_ref().or(message.attached_report.as_ref())
}

/// The first address in the lines of a header that begin with a field's name; of all its lines where no name is given.
fn field<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let mut lines =
        header.lines().map(|line| line.trim_start_matches(['>', '|', ' ', '\t'])).filter(|line| {
            let field = line.split_once(':').map(|(field, _)| field.trim());
            name.is_empty() || field.is_some_and(|field| field.eq_ignore_ascii_case(name))
        });
    lines.find_map(|line| addresses(line).next())
}

/// The addresses of a line.
fn addresses(line: &str) -> impl Iterator<Item = &str> {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[A-Za-z0-9!#$%&'*+/?^_`{|}~.-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z][A-Za-z0-9-]*")
            .expect("a constant pattern that the tests compile")
    });
    let quotes = ['\'', '`', '.', '-', '*', '/', '|', '~', '{', '}', '?', '!', '&'];
    ADDRESS.find_iter(line).map(move |found| found.as_str().trim_matches(quotes))
}

/// The lines of a report that may name people: not those of a header, where hosts and identifiers look like addresses.
fn lines(words: &str) -> impl Iterator<Item = &str> {
    const NOBODYS: [&str; 8] =
        ["message-id", "in-reply-to", "references", "received", "content-id", "x-", "reporting-mta", "from"];
    words.lines().map(str::trim).filter(|line| {
        let name =
            line.split_once(':').map_or("", |(name, _)| name.trim_start_matches(['>', '|', ' ', '\t']));
        let name = name.to_ascii_lowercase();
        !NOBODYS
            .iter()
            .any(|nobodys| if nobodys.ends_with('-') { name.starts_with(nobodys) } else { name == *nobodys })
    })
}

/// The words of a report, and what it returns behind them.
fn parted(text: &str) -> (&str, &str) {
    let text = text.get(..text.floor_char_boundary(REPORT_BYTES)).unwrap_or(text);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let low = line.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        if at > 0 && RETURNED.at_start(&low).is_some() {
            return text.split_at(at);
        }
        at += line.len();
    }
    (text, "")
}

/// How a report says it.
#[derive(Default)]
struct Said {
    written: Option<String>,
    reply: Option<String>,
    concluded: Option<String>,
}

fn reported_status(message: &Message) -> Option<String> {
    let status = report(message)?.status.as_deref()?;
    is_status(status).then(|| status.to_owned())
}

fn is_status(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let is_number =
        |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts.as_slice(), ["2" | "4" | "5", ..]) && parts.len() == 3 && parts.iter().all(is_number)
}

/// The status as written; else the reply code, and what the words amount to.
fn status(message: &Message, is_delay: bool) -> Said {
    let reported = reported_status(message);
    // The field may say no more than that it failed, where the server's own words say why.
    if reported.as_deref().is_some_and(|status| !status.ends_with(".0.0")) {
        return Said { written: reported, ..Said::default() };
    }
    let diagnostic = report(message).and_then(|report| report.diagnostic.as_deref()).unwrap_or_default();
    let subject = message.subject.as_deref().unwrap_or_default();
    let (words, _) = parted(&message.text);
    let places = [diagnostic, words, subject];
    let written = places.iter().find_map(|place| written_status(place)).or(reported);
    if written.is_some() {
        return Said { written, ..Said::default() };
    }
    let class = if is_delay { "4" } else { "5" };
    let said = places.iter().find_map(|place| said_status(place)).unwrap_or("0.0");
    let reply = places.iter().find_map(|place| reply_code(place));
    Said { written: None, reply, concluded: Some(format!("{class}.{said}")) }
}

/// A status in a text, the surest place first: behind a reply code, behind `#` or in brackets, by itself.
fn written_status(text: &str) -> Option<String> {
    static PLACES: LazyLock<[Regex; 3]> = LazyLock::new(|| {
        [
            r"(?:^|[^0-9.])[45][0-9]{2}[ -]+[#(]?([45]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9.]|\.[^0-9]|\.?$)",
            r"(?:[#(\[]|(?i:status|code)[: =]{1,3})([45]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9.]|\.[^0-9]|\.?$)",
            r"(?:^|[^0-9A-Za-z./-])([45]\.[0-7]\.[0-9]{1,3})(?:[^0-9A-Za-z./-]|\.[^0-9]|\.?$)",
        ]
        .map(|pattern| Regex::new(pattern).expect("a constant pattern that the tests compile"))
    });
    PLACES.iter().find_map(|place| {
        text.lines().find_map(|line| place.captures(line)?.get(1).map(|status| status.as_str().to_owned()))
    })
}

/// A server's reply in a text (RFC 5321 section 4.2).
fn reply_code(text: &str) -> Option<String> {
    static REPLY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^0-9A-Za-z.,/:-])(42[12]|43[12]|44[1-9]|45[0-5]|47[0-2]|50[0-4]|51[0-7]|52[1-5]|53[0-5]|54[1-7]|55[0-7]|57[01])(?:[ -][^0-9]|$)")
            .expect("a constant pattern that the tests compile")
    });
    text.lines().find_map(|line| REPLY.captures(line)?.get(1).map(|reply| reply.as_str().to_owned()))
}

/// What the words of a report amount to, without its class: `1.1` for a user who is not there.
fn said_status(text: &str) -> Option<&'static str> {
    let folded = prose::folded(text.get(..text.floor_char_boundary(REPORT_BYTES)).unwrap_or(text));
    // What is said first is the reason; of two that begin there, the longer one says more.
    let said = STATUSES.rows().iter().filter_map(|row| Some((folded.find(row.word)?, row)));
    said.min_by_key(|(at, row)| (*at, std::cmp::Reverse(row.word.len()))).map(|(_, row)| row.meaning)
}
