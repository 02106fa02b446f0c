//! The signature that holds the name by which the sender's mail program calls him: `吕梁，广州越秀区`, `商琪 / 行政专员`.
//!
//! Two witnesses who agree prove more than the shape of a word, so the name may be one that is a word elsewhere. Whatever else
//! stands on the line goes into the signature only where every piece of it says who or where somebody is: 吕梁，窗口太少 keeps
//! its complaint.

use crate::details::lexicon::name_words::is_word;
use crate::details::lexicon::roles::{self, Role};
use crate::details::lexicon::surnames::surname_length;
use crate::details::person::name::{Reading, read_labelled};
use crate::details::person::signers::{is_appendix, without_contacts};
use crate::details::person::standing::number_is_below;
use crate::details::person::{organization, portrait, posts};
use crate::details::text::fold::{is_han, is_symbol};
use crate::details::text::line::Line;

/// What such a line tells.
pub(super) struct Displayed {
    /// Index of the line.
    pub(super) line: usize,
    pub(super) occupation: Option<String>,
    /// The line tells who signs, and nothing else.
    pub(super) is_whole: bool,
}

/// The last line but dates and numbers, when it begins or ends with `display`, between marks or by itself. `tail`: the first
/// line that may sign.
pub(super) fn signer(
    lines: &[Line<'_>],
    tail: usize,
    display: &str,
    is_labelled: &impl Fn(usize) -> bool,
) -> Option<Displayed> {
    const LINE_BYTES: usize = 160;
    const LOOKED_AT: usize = 3;
    let is_name = |reading: Reading| matches!(reading, Reading::Name(name) if name == display);
    // 周柏村 is a village by its form; by itself on a line with his number below it is who is called so.
    let alone = |line: &Line<'_>| line.text.trim() == display;
    let signed = || {
        let at = (tail..lines.len()).find(|at| lines.get(*at).is_some_and(alone));
        let is_shaped_so = (2..=4).contains(&display.chars().count())
            && display.chars().all(is_han)
            && surname_length(display) > 0
            && !is_word(display);
        is_shaped_so && at.is_some_and(|at| number_is_below(lines, at))
    };
    if !is_name(read_labelled(display)) && !signed() {
        return None;
    }
    let said = (tail..lines.len())
        .rev()
        .filter(|index| !is_labelled(*index))
        .filter_map(|index| Some((index, lines.get(index)?.text.trim())))
        .filter(|(_, text)| !is_appendix(text));
    said.take(LOOKED_AT).find_map(|(line, text)| {
        if text.len() > LINE_BYTES || !text.contains(display) {
            return None;
        }
        let plain = without_contacts(text);
        let parts = |c: char| {
            matches!(c, ' ' | '\t' | ',' | '、' | '/' | '|' | ';' | '(' | ')' | '-' | '~') || is_symbol(c)
        };
        let pieces: Vec<&str> =
            plain.split(parts).filter(|piece| piece.contains(char::is_alphanumeric)).collect();
        let rest = match pieces.as_slice() {
            [first, rest @ ..] if *first == display => rest,
            [rest @ .., last] if *last == display => rest,
            _ => return None,
        };
        let occupation = rest.iter().copied().find_map(occupation).map(str::to_owned);
        Some(Displayed { line, occupation, is_whole: rest.iter().all(|piece| is_about_somebody(piece)) })
    })
}

/// Whether the mail program calls the sender by the name, or by its surname: 老丁 for 丁怀仁.
pub(super) fn is_called_so(display: &str, name: &str) -> bool {
    let surname: String = name.chars().take(surname_length(name)).collect();
    let rest = display.strip_prefix(['老', '小', '阿']).unwrap_or(display);
    let titled = ["先生", "女士", "老师", "师傅", "工", "医生", "律师", "阿姨", "大爷", "大妈"];
    let titled = titled.iter().find_map(|title| rest.strip_suffix(title)).unwrap_or(rest);
    display == name || !surname.is_empty() && titled == surname && titled.len() < display.len()
}

/// The occupation that a piece is, or ends with: 某县政务服务中心窗口工作人员.
fn occupation(piece: &str) -> Option<&str> {
    if posts::is_said(piece) {
        return None;
    }
    (posts::read(piece) == Some(Role::Occupation) || portrait::trade(piece).is_some()).then_some(piece)
}

/// Whether a piece says who somebody is or where, and nothing else.
fn is_about_somebody(piece: &str) -> bool {
    !posts::is_said(piece)
        && (posts::read(piece).is_some()
            || roles::is_place(piece)
            || organization::read(piece, "", true).is_some()
            || portrait::is_described(piece)
            || is_appendix(piece))
}
