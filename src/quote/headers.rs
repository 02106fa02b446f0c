//! Where quoted mail begins, as the clients in use write it.

use std::sync::LazyLock;

use crate::vocabulary::Regex;

use super::attribution::attribution;
use super::signs::{ADDRESS, BLOCK_LINES, CLOCK, HEADER_LINE_BYTES, HEADERS, next_is_quoted};
use super::tidy::probe;

/// A recognised beginning of a quote.
pub(super) struct Header {
    /// How many lines it takes from the line where it was recognised.
    pub(super) lines: usize,
    /// How many lines above belong to it: a wrapped attribution is known by its end.
    pub(super) lines_before: usize,
    /// Says who wrote; clients that write such a line mark what they quote, mostly.
    pub(super) is_attribution: bool,
}

impl Header {
    fn of(lines: usize, lines_before: usize) -> Self {
        Self { lines, lines_before, is_attribution: false }
    }
}

/// Within how many lines the bare labels of Notes stand below the mailbox and the date.
const NOTES_LINES: usize = 8;

/// The longest line of a rule that was wrapped between its words, in bytes.
const WRAPPED_RULE_BYTES: usize = 80;

static RULE: LazyLock<Regex> = LazyLock::new(|| {
    HEADERS.pattern(
        r"(?ix) ^ [-_=*\s]{2,} \s*
          (?: ⟨rule whose⟩ ⟨rule mail⟩ ⟨rule tail⟩? | forwarded \s (?:message|mail) .{0,60} | ⟨rule alone⟩ | (?P<doubtful> ⟨rule doubtful⟩) )
          \s* [-_=*\s]{2,} (?: $ | ⟨label of sender⟩ \s* : )",
    )
});

static RULE_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    HEADERS.pattern(r"(?i)^(?:⟨forwarded⟩|(?P<doubtful>⟨rule alone⟩|⟨rule whose⟩⟨rule mail⟩))\s*:?$")
});

/// The office's own acknowledgement, when a client pastes it without any header.
static ACKNOWLEDGEMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:主题\s*:\s*)?自动回执〔|进入本征集邮箱,登记编号为|^\s*本回执由系统自动发出")
        .expect("a constant pattern")
});

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = format!(
        r"(?i)^[\s*|]*(?:(?P<from>{})|(?:{}))[\s*]*?[:|\t]",
        spaced("label of sender"),
        spaced("label")
    );
    Regex::new(&pattern).expect("words without signs of their own")
});

/// The labels of one meaning; blanks may stand between the characters of Chinese ones.
fn spaced(meaning: &str) -> String {
    let spaced = |word: &str| {
        let characters: Vec<String> = word.chars().map(String::from).collect();
        characters.join(if word.is_ascii() { "" } else { r"\s*" })
    };
    HEADERS.longest_first(meaning).into_iter().map(spaced).collect::<Vec<_>>().join("|")
}

/// A label of a header block behind another one on its line.
static FURTHER_LABEL: LazyLock<Regex> =
    LazyLock::new(|| HEADERS.pattern(r"(?i)[\s;]⟨label behind another⟩\s*:"));

/// A label that stands alone on its line, as Notes writes them.
static BARE_LABEL: LazyLock<Regex> = LazyLock::new(|| HEADERS.pattern(r"(?i)^⟨label behind another⟩$"));

/// A mailbox and nothing more: the first line of what Notes writes.
static MAILBOX: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\S.{0,80}<[^<>\s]+@[^<>\s]+>$").expect("a constant pattern"));

/// The header that is recognised at line `index`, if there is one.
pub(super) fn header_at(lines: &[&str], index: usize) -> Option<Header> {
    let raw = lines.get(index)?;
    if raw.len() > HEADER_LINE_BYTES {
        return ACKNOWLEDGEMENT.is_match(&probe(head(raw))).then_some(Header::of(1, 0));
    }
    let line = probe(raw);
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    if let Some(header) = rule(lines, index, line) {
        return Some(header);
    }
    if ACKNOWLEDGEMENT.is_match(line) {
        return Some(Header::of(1, 0));
    }
    if let Some(lines_before) = attribution(lines, index, line) {
        return Some(Header { lines: 1, lines_before, is_attribution: true });
    }
    // Each label has one of these behind it.
    let may_be_labelled = line.contains([':', '|', '\t']);
    if may_be_labelled && (is_block(lines, index, line) || is_block_line(line)) {
        let lines_before =
            usize::from(index > 0 && lines.get(index - 1).is_some_and(|above| is_bare_rule(above)));
        return Some(Header::of(block_length(lines, index), lines_before));
    }
    notes_block(lines, index, line).map(|length| Header::of(length, 0))
}

/// What the labelled lines of a head say of its sender, which begin at line `index`, and the first line behind them.
pub(super) fn sender_at(lines: &[&str], index: usize) -> Option<(String, usize)> {
    let line = lines.get(index).filter(|line| line.len() <= HEADER_LINE_BYTES)?;
    let line = probe(line);
    is_block(lines, index, line.trim()).then_some(())?;
    let end = index + block_length(lines, index);
    let senders = lines.get(index..end)?.iter().map(|line| probe(line));
    let sender = senders
        .into_iter()
        .find(|line| LABEL.captures(line.trim()).is_some_and(|label| label.name("from").is_some()))?;
    let (_, sender) = sender.split_once([':', '|', '\t'])?;
    Some((sender.trim().to_owned(), end))
}

/// `-----原始邮件-----` and its like, with the header block below it.
fn rule(lines: &[&str], index: usize, line: &str) -> Option<Header> {
    let wrapped = |line: &str| {
        let below = lines.get(index + 1).filter(|below| below.len() <= WRAPPED_RULE_BYTES)?;
        let joined = format!("{line} {}", probe(below).trim());
        RULE.is_match(&joined).then_some((2, false))
    };
    let (length, doubtful) = if let Some(rule) = RULE.captures(line) {
        (1, rule.name("doubtful").is_some())
    } else if let Some(words) = RULE_WORDS.captures(line) {
        (1, words.name("doubtful").is_some())
    } else if line.starts_with("--") && line.len() <= WRAPPED_RULE_BYTES {
        wrapped(line)?
    } else {
        return None;
    };
    let block = block_length(lines, index + length);
    // People rule off what they quote of the draft by such words too, and name what they write about.
    (!doubtful || block > 0 || next_is_quoted(lines, index + length)).then_some(Header::of(block + length, 0))
}

/// What Notes writes above a quote: a mailbox, a date, and labels each alone on its line.
fn notes_block(lines: &[&str], index: usize, line: &str) -> Option<usize> {
    if !line.ends_with('>') {
        return None;
    }
    let date = probe(lines.get(index + 1).filter(|date| date.len() <= HEADER_LINE_BYTES)?);
    if !MAILBOX.is_match(line)
        || !CLOCK.is_match(&date)
        || !date.trim().starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let mut labels = lines.iter().enumerate().skip(index + 2).take(NOTES_LINES);
    labels
        .rfind(|(_, label)| label.len() <= WRAPPED_RULE_BYTES && BARE_LABEL.is_match(probe(label).trim()))
        .map(|(at, _)| at + 2 - index)
}

fn head(line: &str) -> &str {
    let end = (0..=HEADER_LINE_BYTES).rev().find(|end| line.is_char_boundary(*end)).unwrap_or(0);
    line.get(..end).unwrap_or(line)
}

/// Two header labels within four lines, one of them the sender's.
fn is_block(lines: &[&str], index: usize, line: &str) -> bool {
    let Some(first) = LABEL.captures(line) else { return false };
    let mut from = first.name("from").is_some();
    let mut labels = 1;
    for below in
        lines.iter().skip(index + 1).take(BLOCK_LINES - 1).filter(|below| below.len() <= HEADER_LINE_BYTES)
    {
        if let Some(label) = LABEL.captures(probe(below).trim()) {
            from |= label.name("from").is_some();
            labels += 1;
        }
    }
    from && labels >= 2 && !is_signature(lines, index)
}

/// Whether labels at the end of a text are how a letter is signed (`发件人：张三`, `日期：3月4日`): no mailbox and no time
/// of day in them, and nothing behind them.
fn is_signature(lines: &[&str], index: usize) -> bool {
    let end = index + block_length(lines, index).max(1);
    let nothing_behind = lines.iter().skip(end).all(|line| probe(line).trim().is_empty());
    let is_mail = |line: &&str| {
        let line = probe(line);
        ADDRESS.is_match(&line) || CLOCK.is_match(&line)
    };
    nothing_behind && !lines.iter().take(end).skip(index).any(is_mail)
}

/// A whole header block on one line, as HTML without its line breaks leaves it: the sender's label and two more.
fn is_block_line(line: &str) -> bool {
    let Some(first) = LABEL.captures(line) else { return false };
    first.name("from").is_some() && FURTHER_LABEL.find_iter(line).take(2).count() == 2
}

/// How many lines from `start` are header labels, with blanks and folded values between.
fn block_length(lines: &[&str], start: usize) -> usize {
    let mut length = 0;
    for (offset, line) in lines.iter().skip(start).take(12).enumerate() {
        if line.len() <= HEADER_LINE_BYTES && LABEL.is_match(probe(line).trim()) {
            length = offset + 1;
        } else if offset > length + 1 {
            break;
        }
    }
    length
}

/// A rule drawn above a header block.
pub(super) fn is_bare_rule(line: &str) -> bool {
    let line = probe(line);
    let line = line.trim();
    line.len() >= 3 && line.bytes().all(|b| matches!(b, b'-' | b'_' | b'=' | b'*'))
}
