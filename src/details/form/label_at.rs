//! One label at one place: its word, what may stand around it, and where its value begins.

use crate::details::contact::{labelled, whose};
use crate::details::form::label::{Certainty, Label};
use crate::details::form::label_words::{BEFORE_A_CONTACT, OWNERS, longest_word};
use crate::details::lexicon::occupations;
use crate::details::text::fold::is_symbol;
use crate::details::text::numeral::{digit, is_to_ten};

/// A label recognised at one place.
pub(crate) struct Hit {
    pub(crate) label: Label,
    pub(crate) certainty: Certainty,
    /// Where its value begins, counted from where the label begins.
    pub(crate) value_offset: usize,
    /// What shows that it is a label.
    pub(crate) shown_by: Shown,
}

/// What shows that a word is a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Separator,
    Brackets,
    /// Nothing stands behind it in its cell.
    CellEnd,
    Value,
    /// A mark that is no colon: nothing but the sort of its value shows it, and whoever asks must look.
    Sort,
}

/// The label at the start of `text`. `may_be_bare`: a blank instead of a colon will do.
pub(crate) fn label_at(text: &str, may_be_bare: bool) -> Option<Hit> {
    let owner = owner_length(text);
    let (label, length) = of_a_person(text.get(owner..)?)?;
    let (label, at) = with_further_words(text, label, owner + length)?;
    let rest = without_counter(text.get(at..)?, label);
    // 意见（一）：, 建议1： number a point.
    if label == Label::Opinion && is_numbered(rest) {
        return None;
    }
    let after_remark = skip_remark(rest);
    let mut tail = after_remark.trim_start_matches(' ');
    let mut closed = false;
    if let Some(behind) = tail.strip_prefix(is_closing) {
        tail = behind.trim_start_matches([' ', '*']);
        closed = true;
    }
    let offset = |tail: &str| text.len() - tail.len();
    if label == Label::Phone {
        tail = tail.strip_prefix(['是', '为']).filter(|behind| begins_number(behind)).unwrap_or(tail);
    }
    if let Some(value) = tail.strip_prefix([':', '=', '→', '…']) {
        // `姓名：：张三`, `姓名:=`: repeated separators are one.
        let value = value.trim_start_matches([':', '=', ' ', '*', '…']);
        return Some(Hit {
            label,
            certainty: Certainty::Marked,
            value_offset: offset(value),
            shown_by: Shown::Separator,
        });
    }
    if tail.is_empty() {
        return Some(Hit {
            label,
            certainty: Certainty::Marked,
            value_offset: text.len(),
            shown_by: Shown::CellEnd,
        });
    }
    // 联系人；李丽华, 姓名是张三: the next key was hit, or the colon was spoken.
    if may_be_bare
        && let Some(value) = tail.strip_prefix([';', ',', '.', '、', '。', '~', '/', '|', '\'', '是', '为'])
        && !matches!(label, Label::Opinion | Label::Other)
    {
        return Some(Hit {
            label,
            certainty: Certainty::Marked,
            value_offset: offset(value.trim_start_matches(' ')),
            shown_by: Shown::Sort,
        });
    }
    if closed && !matches!(label, Label::Opinion | Label::Other) {
        return Some(Hit {
            label,
            certainty: Certainty::Marked,
            value_offset: offset(tail),
            shown_by: Shown::Brackets,
        });
    }
    let bare = Hit { label, certainty: Certainty::Bare, value_offset: offset(tail), shown_by: Shown::Value };
    let whole = tail.split([',', '。', ';', '!']).next().unwrap_or_default().trim();
    if label == Label::Phone && begins_number(tail) {
        // 电话024-…没人接 finds fault with somebody's telephone.
        return (!whose::is_unanswered(whole)).then_some(bare);
    }
    // 我的电话是138…，职业农民。
    if label == Label::Occupation && !whole.is_empty() && occupations::is_whole(whole) {
        return Some(bare);
    }
    let blank = after_remark.starts_with([' ', '|']) || after_remark.starts_with('-');
    (may_be_bare && blank && !matches!(label, Label::Opinion | Label::Other)).then_some(bare)
}

/// The label at the start of the text. `经办人电话`, `联系人的邮箱`: what is asked for stands behind whose it is.
fn of_a_person(text: &str) -> Option<(Label, usize)> {
    let (label, length) = longest_word(text)?;
    let (person, rest) = text.split_at_checked(length)?;
    let of = rest.strip_prefix('的').unwrap_or(rest);
    let is_person = matches!(label, Label::Name | Label::Contact) && person.ends_with(['人', '者', '员']);
    let further = is_person.then(|| longest_word(of)).flatten();
    let asks =
        |label: &Label| matches!(label, Label::Phone | Label::Email | Label::Occupation | Label::Position);
    let whole = further.filter(|(label, _)| asks(label));
    Some(whole.map_or((label, length), |(label, further)| (label, text.len() - of.len() + further)))
}

/// The length of blanks, list marks, numbering and opening brackets in front of a label.
pub(crate) fn marks_length(text: &str) -> usize {
    const LIMIT_BYTES: usize = 64;
    let mut at = 0;
    let mut numbered = false;
    while at < LIMIT_BYTES {
        let Some(rest) = text.get(at..) else { break };
        let Some(c) = rest.chars().next() else { break };
        if c == ' ' || is_list_mark(c) || is_symbol(c) || is_opening(c) {
            at += c.len_utf8();
        } else if let Some(length) = numbering_length(rest).filter(|_| !numbered) {
            numbered = true;
            at += length;
        } else {
            break;
        }
    }
    at
}

const fn is_list_mark(c: char) -> bool {
    matches!(c, '•' | '·' | '※' | '*' | '-' | '>' | '√' | '#' | '|')
}

fn is_opening(c: char) -> bool {
    matches!(c, '(' | '[' | '【' | '〔' | '「' | '『' | '《' | '<' | '“' | '"')
}

fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '】' | '〕' | '」' | '』' | '》' | '>' | '”' | '"' | '*')
}

/// `1、` `1.` `1)` `(1)` `一、` `(一)` `①` in front of a label.
fn numbering_length(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if matches!(first, '①'..='⑳') {
        return Some(first.len_utf8());
    }
    let body = text.strip_prefix('(').unwrap_or(text);
    let digits: usize =
        body.chars().take(3).take_while(|c| c.is_ascii_digit() || is_to_ten(*c)).map(char::len_utf8).sum();
    let mark = body.get(digits..)?.chars().next()?;
    let bracketed = body.len() < text.len();
    let ends = if bracketed { mark == ')' } else { matches!(mark, '、' | '.' | ')' | ' ') };
    (digits > 0 && ends).then_some(text.len() - body.len() + digits + mark.len_utf8())
}

/// `电话/传真`, `单位及职务`, `邮箱或电话`, `Name 姓名`: the label of several words and where they end. The most useful of the
/// words decides; `at` is where the first one ends.
fn with_further_words(text: &str, mut label: Label, mut at: usize) -> Option<(Label, usize)> {
    for _ in 0..3 {
        let rest = text.get(at..)?;
        let joint = rest.trim_start_matches(' ');
        // `Name 姓名`: the same in two languages.
        if let Some((_, length)) = longest_word(joint).filter(|(other, _)| {
            *other == label
                && joint.starts_with(|c: char| c.is_ascii()) != text.starts_with(|c: char| c.is_ascii())
        }) {
            at += (rest.len() - joint.len()) + length;
            continue;
        }
        // `姓名电话：张三 138…`
        if label == Label::Name
            && let Some((Label::Phone, length)) = longest_word(joint)
        {
            at += (rest.len() - joint.len()) + length;
            continue;
        }
        let Some(second) = joint.strip_prefix(['/', '及', '和', '、', '或', '与', '與', '&', '|'])
        else {
            break;
        };
        let Some((other, length)) = longest_word(second.trim_start_matches(' ')) else { break };
        let blanks = second.len() - second.trim_start_matches(' ').len();
        at += (rest.len() - second.len()) + blanks + length;
        if other == Label::Phone && matches!(label, Label::Fax | Label::Messenger | Label::Email) {
            label = Label::Phone;
        }
    }
    Some((label, at))
}

/// What stands behind the digit of `电话1：`, `联系人2：`.
fn without_counter(text: &str, label: Label) -> &str {
    let counted = matches!(label, Label::Name | Label::Contact | Label::Phone | Label::Email);
    text.strip_prefix(['1', '2', '3', '4', '5', '一', '二', '三'])
        .filter(|behind| counted && behind.starts_with(':'))
        .unwrap_or(text)
}

/// Whether what stands behind 意见 or 建议 is a number.
fn is_numbered(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '(', '[', '【']);
    rest.starts_with(|c: char| c.is_ascii_digit() || is_to_ten(c) || matches!(c, '①'..='⑳' | '㈠'..='㈩'))
}

fn begins_number(text: &str) -> bool {
    let text = text.trim_start_matches(' ');
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('))
        // 一三八零零…, dictated
        || text.starts_with(|c| digit(c).is_some()) && labelled::begins_with_number(text)
}

/// `本人电话`, `我的邮箱`, `您的姓名`: whose it is says nothing about the label.
fn owner_length(text: &str) -> usize {
    // 秘书处联系人: whoever it is, he is one to turn to.
    let of_contact = BEFORE_A_CONTACT.at_start(text).filter(|word| {
        let rest = text.get(word.len()..).unwrap_or_default();
        longest_word(rest)
            .is_some_and(|(label, length)| label == Label::Contact && length > 0 && !rest.starts_with(' '))
    });
    if let Some(word) = of_contact {
        return word.len();
    }
    OWNERS
        .all()
        .iter()
        .find(|owner| {
            text.strip_prefix(**owner).is_some_and(|rest| {
                longest_word(rest).is_some_and(|(label, _)| {
                    matches!(label, Label::Name | Label::Phone | Label::Email | Label::Occupation)
                })
            })
        })
        .map_or(0, |owner| owner.len())
}

/// Skips `(盖章)`, `(微信同号)`, `(必填)` behind a label.
fn skip_remark(text: &str) -> &str {
    const LIMIT_BYTES: usize = 48;
    let trimmed = text.trim_start_matches(' ');
    if !trimmed.starts_with(['(', '[', '〔']) || begins_number(trimmed.get(1..).unwrap_or_default()) {
        return text;
    }
    match trimmed.find([')', ']', '〕']) {
        Some(end) if end <= LIMIT_BYTES => {
            let closing = trimmed.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            trimmed.get(end + closing..).unwrap_or(text)
        }
        _ => text,
    }
}
