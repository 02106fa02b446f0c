//! A piece of a letter that tells who wrote: the comment, or the signature block below it.

use crate::details::form::label::Field;
use crate::details::form::{labels, strangers};
use crate::details::person::signature::{self, Signature};
use crate::details::person::{head, roll, unmarked};
use crate::details::text::line::Line;

/// The lines with what was read out of them.
pub(crate) struct Part<'l, 'a> {
    pub(crate) lines: &'l [Line<'a>],
    pub(crate) fields: Vec<Field>,
    pub(crate) signature: Signature,
    /// Indices of the lines with somebody else's particulars, in order.
    pub(crate) strangers: Vec<usize>,
}

impl<'l, 'a> Part<'l, 'a> {
    /// `display`: the name by which the sender's mail program calls him.
    pub(crate) fn of(lines: &'l [Line<'a>], display: Option<&str>) -> Self {
        let mut fields = labels::find(lines);
        unmarked::add(lines, &mut fields);
        head::add(lines, &mut fields);
        let strangers = strangers::take(lines, &mut fields);
        let mut signature = signature::read(lines, &fields, &strangers, display);
        roll::add(lines, &mut signature);
        Self { lines, fields, signature, strangers }
    }

    /// The line number as evidence states it.
    pub(crate) fn number(&self, index: usize) -> usize {
        self.lines.get(index).map_or(0, |line| line.number)
    }

    /// A word of a line as the writer spelled it.
    pub(crate) fn spelled(&self, index: usize, word: &str) -> String {
        self.lines.get(index).map_or_else(|| word.to_owned(), |line| line.spelled(word))
    }

    /// Whether the line holds somebody else's particulars.
    pub(crate) fn is_strangers(&self, index: usize) -> bool {
        self.strangers.binary_search(&index).is_ok()
    }
}
