//! The lines by which clients say who wrote what stands below: `在2024年3月4日，张三 <a@example.com> 写道：`.
//!
//! The words differ by language and client, the parts do not: who (a name, mostly with an address in angle
//! brackets), when (a date with a time of day), and a verb or a colon at the end. Two of the parts prove an
//! attribution in any language; with marked lines below it one is enough.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::vocabulary::Regex;

use super::marks::is_angle;
use super::signs::{ADDRESS, CLOCK, HEADER_LINE_BYTES, HEADERS, next_is_quoted};
use super::tidy::probe;

/// The end of an attribution, alone on its line or behind the rest of it.
static WROTE: LazyLock<Regex> = LazyLock::new(|| {
    HEADERS.pattern(
        r"(?i)(?:⟨wrote⟩|(?:^|\W)(?:wrote|⟨wrote abroad⟩|(?P<said>⟨said⟩)))[\s*_]*[:;]?\s*(?:】|[-=]{2,})?$",
    )
});

/// A verb with the name behind it: `Am 4.3.2024 um 15:18 schrieb Max:`.
static WROTE_INSIDE: LazyLock<Regex> =
    LazyLock::new(|| HEADERS.pattern(r"(?i)(?:^|\W)⟨wrote inside⟩\W.{1,120}:$"));

/// An address in angle brackets, with what some clients write behind it (`<a@b mailto:a@b>`).
static IN_BRACKETS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<\s*[^<>\s]{1,64}@[^<>\s]+[^<>]*>").expect("a constant pattern"));

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) \d{1,4} \s* [-/.年] \s* \d{1,2} \s* [-/.月] \s* \d{1,4}
          | \d{1,2} \s* 月 \s* \d{1,2} \s* 日
          | (?:^|\W) (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) [a-z]* \.? \s \d{1,2}
          | \d{1,2} \s (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)
          | (?:^|\D) (?:19|20) \d{2} (?:\D|$)",
    )
    .expect("a constant pattern")
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

/// A line that is the date and the name of who wrote, or a mailbox, above marked lines: no verb is needed there.
static DATE_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^\s*(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}).{0,80}:$",
    )
    .expect("a constant pattern")
});

/// `name <address>` and nothing more: the first line of a wrapped Gmail attribution.
static MAILBOX_LINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*\S.{0,80}<[^<>\s]+@[^<>\s]+>\s*,?$").expect("a constant pattern"));

static BBS: LazyLock<Regex> =
    LazyLock::new(|| HEADERS.pattern(r"^\s*【\s*在\s*.{1,80}⟨wrote on a board⟩\s*:?\s*】?$"));

/// `name <address> 写于 date:`, where the date stands behind the verb.
static WROTE_ON: LazyLock<Regex> =
    LazyLock::new(|| HEADERS.pattern(r"(?i)^\S.{0,160}\s⟨wrote on⟩\s.{6,60}$"));

/// An address in brackets and nothing more: a line of an attribution wrapped more than once.
static BARE_ADDRESS_LINE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^<[^<>\s]+@[^<>\s]+>,?$").expect("a constant pattern"));

/// The longest display name that stands on a line of its own, in characters.
const NAME_CHARS: usize = 40;

/// The longest attribution that is known by a mailbox and marked lines below it alone, in bytes.
const UNSAID_BYTES: usize = 240;

/// How many lines above `index` belong to the attribution that ends there; `None` when none ends there.
pub(super) fn attribution(lines: &[&str], index: usize, line: &str) -> Option<usize> {
    if BBS.is_match(line) {
        return Some(0);
    }
    let may_be = HEADERS.words("wrote on").any(|words| line.contains(words));
    if may_be && WROTE_ON.is_match(line) && DATE.is_match(line) && ADDRESS.is_match(line) {
        return Some(0);
    }
    let wrote = WROTE.captures(line);
    if wrote.is_none() && !line.ends_with(':') {
        return (is_unsaid(line) && DATE.is_match(line) && next_is_quoted(lines, index + 1)).then_some(0);
    }
    let quoted_below = next_is_quoted(lines, index + 1);
    let mut joined = line.to_owned();
    for lines_before in 0..=2 {
        if lines_before > 0 {
            let Some(above) = part_above(lines, index, lines_before) else { break };
            joined = format!("{above} {joined}");
        }
        let proved = if wrote.is_some() {
            is_attribution(&joined) || OPENER.is_match(&joined) && quoted_below
        } else {
            timed(&joined) && (IN_BRACKETS.is_match(&joined) || WROTE_INSIDE.is_match(&joined))
        };
        if proved {
            return Some(lines_before + wrapped_off(lines, index - lines_before, &joined));
        }
    }
    let named = match &wrote {
        Some(wrote) => wrote.name("said").is_none() && is_short_name_wrote(line),
        None => is_unsaid(line) || line.len() <= UNSAID_BYTES && DATE_FIRST.is_match(line),
    };
    (quoted_below && named).then_some(0)
}

/// A mailbox with little around it, as some clients head what they quote: `引用 张三 <a@example.com>:`.
fn is_unsaid(line: &str) -> bool {
    line.len() <= UNSAID_BYTES && IN_BRACKETS.is_match(line) && !ends_a_sentence(line)
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
    if part_above(lines, first, 1).is_some_and(|above| above.trim_end().ends_with('<')) {
        // Wrapped behind the bracket that opens the address.
        return 1;
    }
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
    OPENER.is_match(joined) && (ADDRESS.is_match(joined) || timed(joined))
        || IN_BRACKETS.is_match(joined) && DATE.is_match(joined)
}

fn timed(joined: &str) -> bool {
    let behind = CLOCK.find_iter(joined).last().and_then(|clock| joined.get(clock.end()..));
    DATE.is_match(joined) && behind.is_some_and(|behind| !behind.trim_start().starts_with('的'))
}

/// `张三 写道:` above quoted lines; `wrote:` alone is the end of what stands above it.
fn is_short_name_wrote(line: &str) -> bool {
    line.chars().count() <= 40 && WROTE.find(line).is_some_and(|wrote| wrote.start() > 0)
}

fn ends_a_sentence(line: &str) -> bool {
    line.ends_with(['。', '!', '?', ';', '…'])
}
