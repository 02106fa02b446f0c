//! A label with its value.

use std::ops::Range;

use crate::details::text::line::Line;

/// What a label asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Name,
    /// 联系人: the person to write to.
    Contact,
    Occupation,
    /// 职务, 职称: an occupation only when it maps to one.
    Position,
    Organization,
    Phone,
    Email,
    Fax,
    /// 微信, QQ.
    Messenger,
    /// The opinion itself stands behind it.
    Opinion,
    /// A label whose value is of no use here; it ends the value before it.
    Other,
}

/// How sure it is that this is a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// A colon, a table cell of its own, or brackets around it.
    Marked,
    /// A blank or nothing follows: the value must prove it.
    Bare,
}

/// A label with its value.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) label: Label,
    pub(crate) certainty: Certainty,
    /// `label`, `table_cell` or `next_line`.
    pub(crate) rule: &'static str,
    /// Index of the line where the label begins.
    pub(crate) label_line: usize,
    /// Where the label begins in that line's folded text, with its list mark and bracket.
    pub(crate) label_start: usize,
    /// Index of the line that holds the value.
    pub(crate) line: usize,
    /// The value's place in that line's folded text.
    pub(crate) value: Range<usize>,
}

impl Field {
    /// The value, folded.
    pub(crate) fn text<'a>(&self, lines: &[Line<'a>]) -> &'a str {
        lines.get(self.line).and_then(|line| line.text.get(self.value.clone())).unwrap_or_default()
    }

    /// The value as written.
    pub(crate) fn raw<'a>(&self, lines: &[Line<'a>]) -> &'a str {
        lines.get(self.line).map(|line| line.raw_of(self.value.clone())).unwrap_or_default()
    }
}
