//! A sentence that may say who writes, taken apart: at its marks, blanks, brackets, pictures and numbers.

use std::ops::Range;

use crate::details::contact::{email, phone};
use crate::details::person::described::SELF_DESCRIPTIONS;
use crate::details::text::fold::{is_han, is_symbol};
use crate::vocabulary::language::word_list;

word_list!(pub(super) LABELS, SELF_DESCRIPTIONS, "before a number");
word_list!(
    /// 领导, 老师们: who is greeted.
    GREETS, SELF_DESCRIPTIONS, "greets without a mark"
);

/// The numbers and addresses of a text, in order.
pub(super) fn contacts(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    if text.bytes().any(|c| c.is_ascii_digit()) {
        found.extend(phone::find(text).into_iter().map(|phone| phone.range));
    }
    found.extend(phone::find_spelled(text).into_iter().map(|phone| phone.range));
    if text.contains('@') {
        found.extend(email::find(text).into_iter().map(|(_, range)| range));
    }
    found.sort_by_key(|range| range.start);
    found
}

/// The text before a number without the words that announce it.
pub(super) fn without_label(text: &str) -> &str {
    let trims = |text: &str| text.trim_end_matches([' ', ':', '是', '为', '/', '(', '.']).len();
    let mut rest = text.get(..trims(text)).unwrap_or_default();
    while let Some(label) = LABELS.at_end(rest) {
        rest = rest.strip_suffix(label).unwrap_or_default();
        rest = rest.get(..trims(rest)).unwrap_or_default();
    }
    rest
}

/// The places of the parts between marks, blanks, brackets and pictures.
pub(super) fn pieces(text: &str) -> Vec<Range<usize>> {
    let parts = |c: char| {
        matches!(
            c,
            ',' | '、'
                | ';'
                | '\t'
                | '/'
                | '|'
                | '('
                | ')'
                | '['
                | ']'
                | '【'
                | '】'
                | '~'
                | '。'
                | '!'
                | ':'
                | '-'
                | '+'
                | '_'
        ) || is_symbol(c)
    };
    let mut found = Vec::new();
    let mut start = 0;
    let ends = text.char_indices().filter(|(_, c)| parts(*c)).map(|(at, c)| (at, at + c.len_utf8()));
    for (end, next) in ends.chain([(text.len(), text.len())]) {
        let piece = text.get(start..end).unwrap_or_default();
        let mut from = 0;
        for (at, _) in piece.match_indices(' ').chain([(piece.len(), "")]) {
            let word = piece.get(from..at).unwrap_or_default();
            // `David Chen` holds a blank.
            let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && !is_han(c));
            let behind = piece.get(at..).unwrap_or_default().trim_start();
            if is_latin(word.chars().next_back()) && is_latin(behind.chars().next()) {
                continue;
            }
            let lead = word.len() - word.trim_start().len();
            if word.chars().any(char::is_alphanumeric) {
                found.push(start + from + lead..start + from + word.trim_end().len());
            }
            from = at;
        }
        start = next;
    }
    found
}

/// The places of the sentences of a line, with their stops.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let is_stop = |c: char| matches!(c, '。' | '!' | '?' | ';' | '~') || is_symbol(c);
        let ends = is_stop(c) || c == '.' && next.is_none_or(|next| next == ' ');
        if ends && !next.is_some_and(|next| is_stop(next) || matches!(next, ')' | '”')) {
            found.push(start..at + c.len_utf8());
            start = at + c.len_utf8();
        }
    }
    if start < text.len() {
        found.push(start..text.len());
    }
    found
}

/// How long the greeting is with which a sentence begins, in bytes: `老师们好`, `您好:`, `各位领导,`.
pub(super) fn skipped(sentence: &str) -> usize {
    const GREETING_CHARS: usize = 10;
    let mut at = 0;
    while let Some(rest) = sentence.get(at..) {
        let lead = rest.len()
            - rest.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '(' && c != '+').len();
        let rest = rest.get(lead..).unwrap_or_default();
        let end = rest.find(|c: char| matches!(c, ',' | ':' | ' ' | '!' | '。') || is_symbol(c));
        let clause = end.and_then(|end| rest.get(..end)).unwrap_or_default();
        let greets = !clause.is_empty()
            && clause.chars().take(GREETING_CHARS + 1).count() <= GREETING_CHARS
            && (clause.ends_with('好') || GREETS.contains(clause));
        if !greets {
            return at + lead;
        }
        at += lead + clause.len();
    }
    at
}
