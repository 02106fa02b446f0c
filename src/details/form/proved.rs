//! Whether a value is of the sort that its label asks for: what shows that a word without its colon is a label.

use crate::details::contact::{email, labelled, whose};
use crate::details::form::label::Label;
use crate::details::lexicon::occupations;
use crate::details::person::name::{Reading, read_labelled};
use crate::details::person::organization;
use crate::details::text::fold::is_han;

/// The longest value that is looked at, in bytes.
const VALUE_BYTES: usize = 300;

/// Whether the text begins with what the label asks for.
pub(crate) fn is_of_its_sort(label: Label, text: &str) -> bool {
    let text = text.get(..text.floor_char_boundary(VALUE_BYTES)).unwrap_or(text).trim_start();
    let clause = text.split([',', ';', '。', '!', '?', '\t', '|']).next().unwrap_or(text).trim();
    let first = clause.split([' ', '(', '、', '/']).next().unwrap_or(clause);
    match label {
        Label::Name | Label::Contact => match read_labelled(clause) {
            // 姓名，王芳到窗口: only a name that ends there.
            Reading::Name(name) => {
                let plain: String = clause.split_whitespace().collect();
                let apart = clause.split_whitespace().nth(1).is_some();
                plain.strip_prefix(name.as_str()).is_some_and(|rest| apart || !rest.starts_with(is_han))
            }
            Reading::Hint(hint) => hint == clause && hint.chars().count() >= 2 && is_titled(&hint),
            Reading::Nothing => false,
        },
        // 电话024-…没人接 finds fault with somebody's telephone.
        Label::Phone | Label::Fax => labelled::begins_with_number(text) && !whose::is_unanswered(clause),
        Label::Email => email::find(text).first().is_some_and(|(_, range)| range.start == 0),
        Label::Occupation | Label::Position => occupations::is_whole(first),
        Label::Organization => organization::read(clause, "", true).is_some(),
        Label::Messenger | Label::Opinion | Label::Other => false,
    }
}

/// 李女士, but no nickname.
fn is_titled(hint: &str) -> bool {
    crate::details::lexicon::name_words::TITLES.behind_something(hint).is_some()
}
