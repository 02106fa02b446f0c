//! The signs by which the heads of quoted mail are told: words, addresses, times of day, marked lines below.

use std::sync::LazyLock;

use crate::vocabulary::Regex;
use crate::vocabulary::language::language_table;

use super::marks::{is_angle, is_bbs, is_rare};

/// The longest line that can belong to a header, in bytes; display names and addresses are short.
pub(super) const HEADER_LINE_BYTES: usize = 600;

/// Header labels must follow one another within this many lines; a letter may hold one by itself
/// (`发件人：张三`).
pub(super) const BLOCK_LINES: usize = 4;

language_table!(
    /// The words of the lines above quoted mail.
    pub(super) HEADERS, "language/quote_headers.tsv");

pub(super) static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{2,}").expect("a constant pattern"));

pub(super) static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) \d{1,2} \s* : \s* \d{1,2} | [上下中]午 \s* \d{1,2} \s* [:时点] | \d{1,2} \s? h \s? \d{2}
          | kl\. \s* \d{1,2}",
    )
    .expect("a constant pattern")
});

/// Whether the head of quoted mail says that it is passed on, and not answered: `---------- 转发的邮件 ----------`.
pub(super) fn passes_on(head: &str) -> bool {
    let head = head.to_lowercase();
    HEADERS.words("passes on").any(|word| head.contains(word))
}

pub(super) fn next_is_quoted(lines: &[&str], from: usize) -> bool {
    lines
        .iter()
        .skip(from)
        .take(BLOCK_LINES)
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| is_angle(line) || is_bbs(line) || is_rare(line))
}
