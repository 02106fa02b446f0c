//! The header that stands above a letter that was passed on: `---------- 转发的邮件 ----------` / `发件人：…` / `主题：…`.

use std::collections::HashSet;

use crate::details::text::line::Line;
use crate::vocabulary::language::{language_table, word_list};

language_table!(HEADERS, "language/quote_headers.tsv");
word_list!(SENDERS, HEADERS, "label of sender");
word_list!(LABELS, HEADERS, "label");

/// The indices of the lines of such headers: a rule with words in it, and the labels directly below.
pub(super) fn header_lines(lines: &[Line<'_>]) -> HashSet<usize> {
    const MOST: usize = 8;
    let mut found = HashSet::new();
    for (index, _) in lines.iter().enumerate().filter(|(_, line)| is_rule(line.text)) {
        let below = lines.iter().enumerate().skip(index + 1);
        let below: Vec<usize> =
            below.take(MOST).take_while(|(_, line)| is_header(line.text)).map(|(index, _)| index).collect();
        // One label alone may be the form's own.
        if below.len() > 1 {
            found.extend(below);
        }
    }
    found
}

/// `---------- 转发的邮件 ----------`
pub(super) fn is_rule(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("----") && text.ends_with("----")
}

fn is_header(text: &str) -> bool {
    const LINE_BYTES: usize = 400;
    let text = text.trim();
    let label = text.split_once(':').map(|(label, _)| label.trim().to_lowercase());
    text.len() <= LINE_BYTES
        && label.is_some_and(|label| {
            let label = label.replace(' ', "");
            SENDERS.contains(&label) || LABELS.contains(&label)
        })
}
