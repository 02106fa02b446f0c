//! Where quoted mail begins, as the clients in use write it.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::vocabulary::Regex;
use crate::vocabulary::language::language_table;

use super::marks::is_angle;
use super::tidy::probe;

/// A recognised beginning of a quote.
pub(super) struct Header {
    /// How many lines it takes from the line where it was recognised.
    pub(super) lines: usize,
    /// How many lines above belong to it: a wrapped attribution is known by its end.
    pub(super) lines_before: usize,
}

/// The longest line that can belong to a header, in bytes; display names and addresses are short.
const HEADER_LINE_BYTES: usize = 600;

/// Header labels must follow one another within this many lines; a letter may hold one by itself
/// (`发件人：张三`).
const BLOCK_LINES: usize = 4;

language_table!(
    /// The words of the lines above quoted mail.
    HEADERS, "language/quote_headers.tsv");

static RULE: LazyLock<Regex> = LazyLock::new(|| {
    HEADERS.pattern(
        r"(?ix) ^ [-_=*\s]{2,} \s*
          (?: ⟨rule whose⟩ ⟨rule mail⟩ ⟨rule tail⟩? | forwarded \s (?:message|mail) .{0,60} | ⟨rule alone⟩ | (?P<doubtful> ⟨rule doubtful⟩) )
          \s* [-_=*\s]{2,} $",
    )
});

static RULE_WORDS: LazyLock<Regex> = LazyLock::new(|| HEADERS.pattern(r"(?i)^⟨forwarded⟩\s*:?$"));

/// The end of an attribution, alone on its line or behind the rest of it.
static WROTE: LazyLock<Regex> =
    LazyLock::new(|| HEADERS.pattern(r"(?i)(?:⟨wrote⟩|(?:^|\W)wrote)\s*[:;]?\s*(?:】|[-=]{2,})?$"));

static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{2,}").expect("a constant pattern"));

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) \d{2,4} \s* [-/.年] \s* \d{1,2} \s* [-/.月] \s* \d{1,4}
          | \d{1,2} \s* 月 \s* \d{1,2} \s* 日
          | (?:^|\W) (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) [a-z]* \.? \s \d{1,2}
          | \d{1,2} \s (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    )
    .expect("a constant pattern")
});

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d{1,2}\s*:\s*\d{1,2}|[上下中]午\s*\d{1,2}\s*[:时点]").expect("a constant pattern")
});

/// How the first line of an attribution begins: a preposition before the date, the date itself, or a
/// mailbox.
static OPENER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix) ^ [-=\s【>]* (?: (?:在|于|於) \s* ['"“]? [^,，。]{0,40}? \d | (?:on|at|le) \s | \d{4} \s* [-/.年]
          | 周[一二三四五六日] | (?:在|于) \s \S | .{0,80} < [^<>\s]+ @ [^<>\s]+ > | .{1,60} (?:于|於) \s? \d{4} \s* [-/.年]
          | [^<>\s@]+ @ [^<>\s@]+ \s* (?:写道|寫道|wrote) )"#,
    )
    .expect("a constant pattern")
});

/// `name <address>` and nothing more: the first line of a wrapped Gmail attribution.
static MAILBOX_LINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*\S.{0,80}<[^<>\s]+@[^<>\s]+>\s*,?$").expect("a constant pattern"));

static BBS: LazyLock<Regex> =
    LazyLock::new(|| HEADERS.pattern(r"^\s*【\s*在\s*.{1,80}⟨wrote on a board⟩\s*:?\s*】?$"));

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

/// `name <address> 写于 date:`, where the date stands behind the verb.
static WROTE_ON: LazyLock<Regex> =
    LazyLock::new(|| HEADERS.pattern(r"(?i)^\S.{0,160}\s⟨wrote on⟩\s.{6,60}$"));

/// An address in brackets and nothing more: a line of an attribution wrapped more than once.
static BARE_ADDRESS_LINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^<[^<>\s]+@[^<>\s]+>,?$").expect("a constant pattern"));

/// The longest display name that stands on a line of its own, in characters.
const NAME_CHARS: usize = 40;

/// The header that is recognised at line `index`, if there is one.
pub(super) fn header_at(lines: &[&str], index: usize) -> Option<Header> {
    let raw = lines.get(index)?;
    if raw.len() > HEADER_LINE_BYTES {
        return ACKNOWLEDGEMENT.is_match(&probe(head(raw))).then_some(Header { lines: 1, lines_before: 0 });
    }
    let line = probe(raw);
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    let rule = RULE.captures(line);
    if rule.is_some() || RULE_WORDS.is_match(line) {
        let block = block_length(lines, index + 1);
        // People rule off what they quote of the draft by such words too.
        let doubtful = rule.is_some_and(|rule| rule.name("doubtful").is_some());
        if !doubtful || block > 0 || next_is_quoted(lines, index + 1) {
            return Some(Header { lines: block + 1, lines_before: 0 });
        }
    }
    if ACKNOWLEDGEMENT.is_match(line) {
        return Some(Header { lines: 1, lines_before: 0 });
    }
    if let Some(lines_before) = attribution(lines, index, line) {
        return Some(Header { lines: 1, lines_before });
    }
    if is_block(lines, index, line) || is_block_line(line) {
        let lines_before =
            usize::from(index > 0 && lines.get(index - 1).is_some_and(|above| is_bare_rule(above)));
        return Some(Header { lines: block_length(lines, index), lines_before });
    }
    None
}

fn head(line: &str) -> &str {
    let end = (0..=HEADER_LINE_BYTES).rev().find(|end| line.is_char_boundary(*end)).unwrap_or(0);
    line.get(..end).unwrap_or(line)
}

/// How many lines above `index` belong to the attribution that ends there; `None` when none ends there.
fn attribution(lines: &[&str], index: usize, line: &str) -> Option<usize> {
    if BBS.is_match(line) {
        return Some(0);
    }
    let may_be = HEADERS.words("wrote on").any(|words| line.contains(words));
    if may_be && WROTE_ON.is_match(line) && DATE.is_match(line) && ADDRESS.is_match(line) {
        return Some(0);
    }
    if !WROTE.is_match(line) {
        return None;
    }
    let quoted_below = next_is_quoted(lines, index + 1);
    let mut joined = line.to_owned();
    for lines_before in 0..=2 {
        if lines_before > 0 {
            let Some(above) = part_above(lines, index, lines_before) else { break };
            joined = format!("{above} {joined}");
        }
        if is_attribution(&joined) || OPENER.is_match(&joined) && quoted_below {
            return Some(lines_before + wrapped_off(lines, index - lines_before, &joined));
        }
    }
    (quoted_below && is_short_name_wrote(line)).then_some(0)
}

/// The line `offset` above `index`, if it can be part of the attribution that goes on below it.
fn part_above<'a>(lines: &[&'a str], index: usize, offset: usize) -> Option<Cow<'a, str>> {
    let above = lines.get(index.checked_sub(offset)?)?;
    if above.len() > HEADER_LINE_BYTES || is_angle(above) {
        return None;
    }
    let above = probe(above);
    let ends = above.trim().is_empty() || ends_a_sentence(above.trim_end());
    (!ends).then_some(above)
}

/// How many more lines above belong to an attribution that is known by what stands from line `first` on: the
/// mailbox before `于…`, the date before `<address> wrote:`, the name before a mailbox.
fn wrapped_off(lines: &[&str], first: usize, joined: &str) -> usize {
    let mut taken = 0;
    let mut opens_with_address = joined.trim_start().starts_with('<');
    if !opens_with_address && !ADDRESS.is_match(joined) {
        let Some(above) = part_above(lines, first, 1) else { return 0 };
        opens_with_address = BARE_ADDRESS_LINE.is_match(above.trim());
        if !opens_with_address && !MAILBOX_LINE.is_match(&above) {
            return 0;
        }
        taken = 1;
    }
    if opens_with_address && let Some(above) = part_above(lines, first, taken + 1) {
        // The only line above is what the citizen wrote.
        let begins_there = first.checked_sub(taken + 2).is_some_and(|at| is_blank(lines, at));
        let is_name = begins_there && above.chars().count() <= NAME_CHARS;
        taken += usize::from(is_name || OPENER.is_match(&above) && DATE.is_match(&above));
    }
    taken
}

fn is_blank(lines: &[&str], at: usize) -> bool {
    lines.get(at).is_none_or(|line| probe(line).trim().is_empty())
}

/// A mailbox, or a date with a time of day, proves an attribution. `客户在电话里写道：` has neither, and in
/// `在3月4日10:00的会上，领导写道：` a sentence goes on behind the time.
fn is_attribution(joined: &str) -> bool {
    let timed = || {
        let behind = CLOCK.find_iter(joined).last().and_then(|clock| joined.get(clock.end()..));
        DATE.is_match(joined) && behind.is_some_and(|behind| !behind.trim_start().starts_with('的'))
    };
    OPENER.is_match(joined) && (ADDRESS.is_match(joined) || timed())
}

/// `张三 写道:` above quoted lines; `wrote:` alone is the end of what stands above it.
fn is_short_name_wrote(line: &str) -> bool {
    line.chars().count() <= 40 && WROTE.find(line).is_some_and(|wrote| wrote.start() > 0)
}

fn ends_a_sentence(line: &str) -> bool {
    line.ends_with(['。', '!', '?', ';', '…'])
}

fn next_is_quoted(lines: &[&str], from: usize) -> bool {
    lines
        .iter()
        .skip(from)
        .take(BLOCK_LINES)
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| is_angle(line) || line.starts_with(": "))
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
