//! Labels with neither colon nor blank: `姓名梁静`, `职业教师`, where at least two lines below each other have them.

use crate::details::contact::phone;
use crate::details::form::label::{Certainty, Field, Label};
use crate::details::form::label_words::longest_word;
use crate::details::form::labels::MAX_FIELDS;
use crate::details::lexicon::occupations;
use crate::details::person::name::{Reading, read_labelled};
use crate::details::text::fold::is_han;
use crate::details::text::line::Line;

/// The longest such line, in bytes.
const LINE_BYTES: usize = 60;

/// Adds the fields of such lines.
pub(crate) fn add(lines: &[Line<'_>], fields: &mut Vec<Field>) {
    let mut found: Vec<Field> = Vec::new();
    let mut above: Option<Field> = None;
    let mut known = fields.iter().peekable();
    let mut beside: Vec<Field> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if fields.len() + found.len() >= MAX_FIELDS {
            break;
        }
        while known.next_if(|field| field.label_line < index).is_some() {}
        let here = known.peek().filter(|field| field.label_line == index);
        if here.is_none() {
            beside.extend(on_one_line(line, index));
        }
        // A number shows its label without a colon, and so does an occupation.
        let is_shown = here.is_some_and(|field| {
            matches!(field.label, Label::Phone | Label::Occupation)
                && field.certainty == Certainty::Bare
                && line.text.len() <= LINE_BYTES
        });
        let mine = if here.is_none() { read(line, index) } else { None };
        if mine.is_some() || is_shown {
            let in_run = above.is_some() || found.last().is_some_and(|last| last.line + 1 == index);
            found.extend(above.take());
            match mine {
                Some(field) if in_run => found.push(field),
                mine => above = mine,
            }
        } else {
            above = None;
        }
    }
    found.extend(beside);
    if !found.is_empty() {
        fields.append(&mut found);
        fields.sort_by_key(|field| (field.label_line, field.label_start));
    }
}

fn read(line: &Line<'_>, index: usize) -> Option<Field> {
    if line.text.len() > LINE_BYTES {
        return None;
    }
    read_piece(line, index, 0..line.text.len())
}

/// `姓名张三 职业教师 电话138…`: every piece of the line is one.
fn on_one_line(line: &Line<'_>, index: usize) -> Vec<Field> {
    const BYTES: usize = 2 * LINE_BYTES;
    if line.text.len() > BYTES || !line.text.trim().contains(' ') {
        return Vec::new();
    }
    let mut fields = Vec::new();
    let mut at = 0;
    for piece in line.text.split(' ') {
        let range = at..at + piece.len();
        at = range.end + 1;
        if piece.is_empty() {
            continue;
        }
        let Some(field) = read_piece(line, index, range) else { return Vec::new() };
        fields.push(field);
    }
    if fields.len() > 1 { fields } else { Vec::new() }
}

fn read_piece(line: &Line<'_>, index: usize, range: std::ops::Range<usize>) -> Option<Field> {
    let piece = line.text.get(range.clone())?;
    let start = range.start + piece.len() - piece.trim_start().len();
    let (label, length) = longest_word(line.text.get(start..range.end)?)?;
    let value = line.text.get(start + length..range.end)?;
    let fits = match label {
        Label::Name => {
            value.chars().all(is_han) && matches!(read_labelled(value), Reading::Name(name) if name == value)
        }
        Label::Occupation => occupations::is_whole(value),
        Label::Phone => !phone::find(value).is_empty(),
        _ => false,
    };
    fits.then(|| Field {
        label,
        certainty: Certainty::Bare,
        rule: "label",
        label_line: index,
        label_start: start,
        line: index,
        value: start + length..range.end,
    })
}
