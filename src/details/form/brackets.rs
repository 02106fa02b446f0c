//! Brackets within a sentence: `我妈妈（姓名：…）今年八十岁`, `大厅（电话…）没人接`. What stands in them belongs to what stands
//! before them; it is the writer's own only where he speaks of himself, or where the line is who signs.

use crate::details::contact::whose;
use crate::details::form::label_at::{label_at, marks_length};
use crate::details::lexicon::roles;
use crate::details::person::signers::{is_appendix, read_words};
use crate::details::person::{oneself, organization};
use crate::details::text::fold::{is_han, last_bytes};
use crate::details::text::letters::is_closing;

/// How far the other bracket is looked for, and how much before it is looked at, in bytes.
const REACH_BYTES: usize = 300;

/// Where the brackets end that open at byte `open`, when they stand in a sentence about somebody or something else.
pub(crate) fn end_of_spoken(text: &str, open: usize) -> Option<usize> {
    let inside = text.get(open..)?;
    let reach = inside.get(..inside.floor_char_boundary(REACH_BYTES))?;
    let close = reach.find([')', ']', '】', '」']);
    let end = close.map_or(text.len(), |at| {
        open + at + reach.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    });
    let before = last_bytes(text, open, REACH_BYTES).trim();
    let before = before.get(marks_length(before)..)?.trim();
    let behind = text.get(end..)?.trim();
    is_about_another(before, behind).then_some(end)
}

/// Whether the writer speaks of himself before the label that begins at byte `at`, in brackets: `我是王芳（电话：…）`.
pub(crate) fn are_writers_own(text: &str, at: usize) -> bool {
    let before = last_bytes(text, at, REACH_BYTES).trim_end_matches(['(', ' ']);
    let clause = before.rsplit(['。', '!', '?', ';', ',']).next().unwrap_or(before);
    oneself::is_about_writer(clause)
}

/// Whether byte `at` stands in such brackets.
pub(crate) fn hold(text: &str, at: usize) -> bool {
    let before = last_bytes(text, at, REACH_BYTES);
    let open = before.rfind(['(', '[', '【', '「']);
    open.filter(|open| !before.get(*open..).is_some_and(|inside| inside.contains([')', ']', '】', '」'])))
        .is_some_and(|open| end_of_spoken(text, at - before.len() + open).is_some())
}

fn is_about_another(before: &str, behind: &str) -> bool {
    let sentence = before.rsplit(['。', '!', '?', ';']).next().unwrap_or(before);
    let clause = sentence.rsplit([',', ':', ' ']).find(|clause| !clause.is_empty()).unwrap_or(sentence);
    if !clause.chars().any(is_han) || whose::is_oneself(clause) || oneself::is_about_writer(clause) {
        return false;
    }
    let is_organization = organization::read(before, "", true).is_some();
    if !goes_on(behind) {
        return !is_organization && (whose::is_another(clause) || whose::is_of_a_service(clause));
    }
    let signs = is_organization || roles::read(before).is_some() || !read_words(before).readings.is_empty();
    let behind = behind.trim_matches(|c: char| !c.is_alphanumeric());
    !(signs
        && (is_appendix(behind) || roles::read(behind).is_some() || !read_words(behind).readings.is_empty()))
}

/// Whether the sentence goes on behind the brackets.
fn goes_on(behind: &str) -> bool {
    let rest = behind.trim_start_matches([',', '、', ' ']);
    let marks = marks_length(rest);
    let is_label = rest.get(marks..).is_some_and(|rest| label_at(rest, false).is_some());
    rest.starts_with(char::is_alphanumeric) && !is_label && !is_closing(rest)
}
