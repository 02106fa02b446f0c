//! Where letters are signed: below a closing, or apart from the last sentence, with nothing but dates and numbers below.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::details::contact::phone;
use crate::details::lexicon::surnames::surname_length;
use crate::details::person::signers::{DATE, SIGNATURES, is_appendix};
use crate::details::person::{organization, posts, presentation};
use crate::details::text::fold::is_han;
use crate::details::text::letters::{is_closing, is_formula};
use crate::details::text::line::Line;
use crate::details::text::sentences::FLAGS;
use crate::vocabulary::language::word_list;

/// Characters that sentences hold and signatures do not.
pub(super) static OF_SENTENCES: LazyLock<HashSet<char>> =
    LazyLock::new(|| SIGNATURES.characters("of sentences"));

/// Whether a line stands where letters are signed: nothing but dates and numbers below it, a finished sentence or a closing
/// above it, and a blank line between.
pub(super) fn stands_apart(lines: &[Line<'_>], index: usize, is_labelled: &impl Fn(usize) -> bool) -> bool {
    let above = lines.get(..index).unwrap_or_default().iter().rev();
    let said = above.clone().find(|line| !line.text.trim().is_empty()).map(|line| line.text.trim_end());
    let parted = above.clone().next().is_some_and(|line| line.text.trim().is_empty());
    let ends = |said: &str| parted && said.ends_with(['。', '!', '?', '…', '~', ')', '”']);
    below_adds(lines, index, is_labelled)
        && said.is_some_and(|said| {
            is_closing(said) || ends(said) || organization::read(said.trim(), "", true).is_some()
        })
}

/// Whether a closing stands above a line, or the date below it and a finished sentence above.
pub(super) fn stands_at_closing(lines: &[Line<'_>], index: usize) -> bool {
    let is_blank = |line: &Line<'_>| line.text.trim().is_empty();
    let below = lines.iter().skip(index + 1).take(4).find(|line| !is_blank(line));
    let dated = below.is_some_and(|line| is_appendix(line.text) && DATE.is_match(line.text));
    let above = lines.iter().take(index).rev().take(4).find(|line| !is_blank(line));
    above_is_closing(lines, index)
        || dated && above.is_some_and(|line| line.text.trim_end().ends_with(['。', '!']))
}

/// Whether nothing but dates, numbers and addresses stands below a line.
pub(super) fn below_is_appendix(lines: &[Line<'_>], index: usize) -> bool {
    lines.iter().skip(index + 1).all(|line| is_appendix(line.text))
}

pub(super) fn above_is_closing(lines: &[Line<'_>], index: usize) -> bool {
    lines
        .iter()
        .take(index)
        .rev()
        .take(4)
        .find(|line| !line.text.trim().is_empty())
        .is_some_and(|line| is_formula(line.text))
}

/// Whether a line stands last, but for dates, numbers and what is labelled, and no sentence goes on with it.
pub(super) fn stands_last(lines: &[Line<'_>], index: usize, is_labelled: &impl Fn(usize) -> bool) -> bool {
    let above = lines.get(..index).unwrap_or_default().iter().rev().find(|line| !line.text.trim().is_empty());
    let said = above.map_or("", |line| line.text.trim_end());
    below_adds(lines, index, is_labelled)
        && (is_closing(said)
            || said.ends_with(['。', '!', '?', '…', '~', ')', '”', ':'])
            || organization::read(said.trim(), "", true).is_some()
            || lines.get(index).is_some_and(|line| line.text.trim_start().starts_with("--")))
}

/// The last line, when it is one word that is shaped like a name and a closing or a finished sentence stands above it.
pub(super) fn doubtful(lines: &[Line<'_>], is_labelled: &impl Fn(usize) -> bool) -> Option<usize> {
    let index =
        lines.iter().rposition(|line| !is_appendix(line.text)).filter(|index| !is_labelled(*index))?;
    let word = lines.get(index)?.text.trim();
    let above = lines.get(..index)?.iter().rev().find(|line| !line.text.trim().is_empty())?.text.trim_end();
    let parted = lines.get(index.checked_sub(1)?)?.text.trim().is_empty() || is_closing(above);
    let fits = (2..=3).contains(&word.chars().count())
        && word.chars().all(is_han)
        && surname_length(word) > 0
        && !word.contains(|c| OF_SENTENCES.contains(&c));
    (fits && parted && (is_closing(above) || above.ends_with(['。', '!']))).then_some(index)
}

/// Whether the line below says what somebody is, and nothing but dates, numbers and labelled lines stand below that.
pub(super) fn trade_is_below(lines: &[Line<'_>], index: usize, is_labelled: &impl Fn(usize) -> bool) -> bool {
    const WORDS: usize = 24;
    let is_blank = |index: usize| lines.get(index).is_none_or(|line| line.text.trim().is_empty());
    let Some(below) = (index + 1..lines.len()).find(|below| !is_blank(*below)) else { return false };
    let text = lines.get(below).map_or("", |line| line.text.trim());
    let is_one = |what: &str| presentation::is_trade(what) && !posts::is_said(what.trim_end_matches('的'));
    let first = text.split([',', '、', ' ', '(']).next().unwrap_or_default();
    follows_what_was_said(lines, index)
        && !is_labelled(below)
        && text.chars().take(WORDS + 1).count() <= WORDS
        && is_one(first)
        && text
            .split([',', '、', ' ', '(', ')'])
            .all(|piece| piece.is_empty() || presentation::is_of_oneself(piece))
        && below_adds(lines, below, is_labelled)
}

/// Whether a sentence ends above a line, or a blank line stands there and no sentence goes on.
fn follows_what_was_said(lines: &[Line<'_>], index: usize) -> bool {
    let is_blank = |line: &Line<'_>| line.text.trim().is_empty();
    let above = lines.get(..index).unwrap_or_default();
    let said = above.iter().rev().find(|line| !is_blank(line)).map_or("", |line| line.text.trim_end());
    let ends = said.ends_with(['。', '!', '?', '…', '~', ')', '”', ';']) || is_closing(said);
    ends || above.last().is_some_and(is_blank) && !said.ends_with([':', ',', '、'])
}

/// Whether a line stands where letters end: behind what was said, and nothing but dates, numbers and labelled lines below it.
pub(super) fn ends_letter(lines: &[Line<'_>], index: usize, is_labelled: &impl Fn(usize) -> bool) -> bool {
    index > 0 && follows_what_was_said(lines, index) && below_adds(lines, index, is_labelled)
}

/// Whether the line below holds a number to call and hardly anything else.
pub(super) fn number_is_below(lines: &[Line<'_>], index: usize) -> bool {
    const WORDS: usize = 12;
    let below = lines.iter().skip(index + 1).find(|line| !line.text.trim().is_empty());
    below.is_some_and(|line| {
        line.text.chars().filter(|c| is_han(*c)).take(WORDS).count() < WORDS
            && !phone::find(line.text).is_empty()
    })
}

/// Whether nothing but dates, numbers and labelled lines stands below a line.
fn below_adds(lines: &[Line<'_>], index: usize, is_labelled: &impl Fn(usize) -> bool) -> bool {
    (index + 1..lines.len()).all(|below| {
        let adds = |line: &Line<'_>| is_appendix(line.text) || asks_to_keep(line.text);
        is_labelled(below) || lines.get(below).is_some_and(adds)
    })
}

/// Whether a line asks not to be made public, and says nothing else: 请不要公开我的信息.
pub(super) fn asks_to_keep(text: &str) -> bool {
    const CHARS: usize = 20;
    let text = text.trim().trim_matches(['(', ')', '。', '!']);
    text.chars().take(CHARS + 1).count() <= CHARS
        && MUST_NOT.at_start(text).is_some()
        && PUBLISH.inside(text)
        && !text.contains([',', '。', ';'])
}

word_list!(MUST_NOT, FLAGS, "must not");
word_list!(PUBLISH, FLAGS, "publish");

/// Whether a line is running text: a run of Han longer than an organisation's name, or words that only sentences have.
pub(super) fn is_sentence(text: &str) -> bool {
    const LONGEST_RUN: usize = 24;
    const SHORT: usize = 14;
    let (mut run, mut all, mut says) = (0, 0, false);
    for c in text.chars() {
        if !is_han(c) {
            run = 0;
            continue;
        }
        run += 1;
        all += 1;
        says |= OF_SENTENCES.contains(&c);
        if run > LONGEST_RUN || says && all > SHORT {
            return true;
        }
    }
    false
}
