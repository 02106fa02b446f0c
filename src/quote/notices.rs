//! What neither the citizen nor his client wrote: a gateway's warning above the text, a company's standing disclaimer,
//! a virus scanner's line and a mailing list's footer below it.
//!
//! Only at the ends of the citizen's own lines, and only what two signs prove: a disclaimer names the mail and says twice
//! what companies say, a list's footer stands below a rule and names its list with an address. `请勿公开我的姓名` and
//! `注意：网站的链接打不开` are the citizen's.

use std::sync::LazyLock;

use crate::vocabulary::Regex;
use crate::vocabulary::language::{Table, language_table};

use super::headers::is_bare_rule;
use super::signs::ADDRESS;
use super::tidy::probe;

language_table!(NOTICES, "language/mail_notices.tsv");

/// The longest line looked at, in bytes: disclaimers come in one line.
const LINE_BYTES: usize = 4096;

/// The longest line of a banner or of a scanner, in bytes.
const SHORT_BYTES: usize = 600;

/// How many lines a list's footer has at most below its rule.
const LIST_LINES: usize = 8;

/// How many lines of a wrapped paragraph are looked at.
const PARAGRAPH_LINES: usize = 30;

static WEB: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^[<(\[\s]*(?:https?://|www\.)\S+$").expect("a constant pattern"));

/// Takes the notices off the citizen's own lines; what was taken goes to `taken`.
pub(super) fn strip<'a>(mut own: Vec<&'a str>, taken: &mut Vec<String>) -> Vec<&'a str> {
    let banner = banner_length(&own);
    if banner > 0 && said(own.get(banner..)) {
        keep(taken, own.drain(..banner));
    }
    while let Some(start) = footer_start(&own).filter(|start| said(own.get(..*start))) {
        keep(taken, own.drain(start..));
    }
    own
}

/// Whether anything is written there: what is the whole letter is no notice.
fn said(lines: Option<&[&str]>) -> bool {
    lines.into_iter().flatten().any(|line| line.chars().any(char::is_alphanumeric))
}

fn keep<'a>(taken: &mut Vec<String>, lines: impl Iterator<Item = &'a str>) {
    let text: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
    if !text.is_empty() {
        taken.push(text.join("\n"));
    }
}

/// How many lines at the top a gateway wrote.
fn banner_length(own: &[&str]) -> usize {
    let mut length = 0;
    let mut ascii = false;
    for (at, line) in own.iter().enumerate().take(PARAGRAPH_LINES) {
        let text = probe(line);
        let text = text.trim().trim_matches(|c| matches!(c, '|' | '*' | ' '));
        if text.is_empty() || is_bare_rule(text) {
            ascii &= !text.is_empty();
            continue;
        }
        let is_banner = line.len() <= SHORT_BYTES && is_banner(text);
        // English is wrapped: the rest of its paragraph belongs to it.
        if !(is_banner || ascii && text.is_ascii()) {
            break;
        }
        ascii = text.is_ascii();
        length = at + 1;
    }
    // The rule below it goes along.
    length + usize::from(length > 0 && own.get(length).is_some_and(|line| is_bare_rule(line)))
}

fn is_banner(text: &str) -> bool {
    let text = text.to_lowercase();
    has(&NOTICES, "banner", &text)
        || NOTICES.words("banner alone").any(|word| text == word)
        || has(&NOTICES, "banner of outside", &text) && has(&NOTICES, "banner of care", &text)
}

/// Where the last notice begins, if the text ends in one.
fn footer_start(own: &[&str]) -> Option<usize> {
    let end = own.iter().rposition(|line| !probe(line).trim().is_empty())? + 1;
    list_start(own, end).or_else(|| scanner_start(own, end)).or_else(|| disclaimer_start(own, end))
}

/// A rule, and below it the address of a list.
fn list_start(own: &[&str], end: usize) -> Option<usize> {
    let first = end.saturating_sub(LIST_LINES + 1);
    let rule = (first..end).rev().find(|at| own.get(*at).is_some_and(|line| is_bare_rule(line)))?;
    let below = own.get(rule + 1..end)?.join("\n").to_lowercase();
    let has_address = ADDRESS.is_match(&below) || below.contains("://");
    (below.len() <= LINE_BYTES && has_address && has(&NOTICES, "list", &below)).then_some(rule)
}

fn scanner_start(own: &[&str], end: usize) -> Option<usize> {
    let last = own.get(end - 1).filter(|line| line.len() <= SHORT_BYTES)?;
    let start = end - 1 - usize::from(end > 1 && WEB.is_match(probe(last).trim()));
    let line = own.get(start).filter(|line| line.len() <= SHORT_BYTES)?.to_lowercase();
    (has(&NOTICES, "scanner of", &line) && has(&NOTICES, "scanner", &line)).then_some(start)
}

/// The last line, or the whole of its paragraph where that is wrapped.
fn disclaimer_start(own: &[&str], end: usize) -> Option<usize> {
    let last = own.get(end - 1)?;
    if last.len() <= LINE_BYTES && is_disclaimer(&last.to_lowercase()) {
        return Some(end - 1);
    }
    let first = end.saturating_sub(PARAGRAPH_LINES);
    let start = (first..end).rev().take_while(|at| own.get(*at).is_some_and(|line| !line.trim().is_empty()));
    let mut text = String::new();
    for at in start {
        let line = own.get(at)?.to_lowercase();
        if text.len() + line.len() > LINE_BYTES {
            return None;
        }
        text = line.clone() + " " + &text;
        // Its first line names the mail.
        if has(&NOTICES, "disclaimer of", &line) && is_disclaimer(&text) {
            return Some(at);
        }
    }
    None
}

fn is_disclaimer(text: &str) -> bool {
    has(&NOTICES, "disclaimer of", text)
        && NOTICES.words("disclaimer mark").filter(|word| text.contains(word)).take(2).count() == 2
}

fn has(table: &Table, meaning: &str, text: &str) -> bool {
    table.words(meaning).any(|word| text.contains(word))
}
