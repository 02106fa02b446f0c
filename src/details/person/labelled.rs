//! What stands in the fields of a form, by their labels.

use crate::details::form::label::{Certainty, Field, Label};
use crate::details::person::name::{Reading, read_labelled, read_marked};
use crate::details::text::line::Line;

/// The name in a field: behind 姓名 and its mark even a word that elsewhere is none.
pub(super) fn name_in(field: &Field, lines: &[Line<'_>]) -> Reading {
    let value = field.text(lines);
    if field.label == Label::Name && field.certainty == Certainty::Marked {
        read_marked(value)
    } else {
        read_labelled(value)
    }
}

/// The fields of these labels, in their order.
pub(super) fn labelled<'f>(fields: &'f [Field], labels: &'f [Label]) -> impl Iterator<Item = &'f Field> {
    labels.iter().flat_map(move |label| fields.iter().filter(move |field| field.label == *label))
}
