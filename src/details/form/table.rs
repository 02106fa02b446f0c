//! Tables flattened to text: a label cell, then its value in the next cell, the next line, or below.

use std::ops::Range;

use crate::details::form::label::{Certainty, Field, Label};
use crate::details::form::label_at::label_at;
use crate::details::form::label_words::LABELS;
use crate::details::text::line::Line;
use crate::vocabulary::language::word_list;

word_list!(
    /// Headings of columns that tell something of who signs, and no name: 楼栋.
    pub(super) HEADINGS, LABELS, "column heading"
);

/// What earlier lines left open.
#[derive(Default)]
pub(crate) struct Table {
    /// Labels of a header row, one per cell.
    columns: Vec<Option<Label>>,
    /// Index of a field whose value is still to come on a later line.
    waiting: Option<usize>,
}

impl Table {
    /// Whether the next line may be a row below headings.
    pub(crate) const fn has_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Takes a line as values of what stood above it. Whether the line is done with.
    pub(crate) fn continues(
        &mut self,
        row: &[Range<usize>],
        index: usize,
        lines: &[Line<'_>],
        fields: &mut Vec<Field>,
    ) -> bool {
        let Some(line) = lines.get(index) else { return false };
        if line.text.trim().is_empty() {
            return false;
        }
        if !self.columns.is_empty() {
            let columns = std::mem::take(&mut self.columns);
            if row.len() == columns.len() && !begins_with_label(line.text, row) {
                for (label, cell) in columns.iter().copied().zip(row) {
                    let Some(label) = label else { continue };
                    // The number of a row numbers its opinion.
                    let number = line.text.get(cell.clone()).unwrap_or_default().trim();
                    if label == Label::Other
                        && !number.is_empty()
                        && number.bytes().all(|b| b.is_ascii_digit())
                    {
                        continue;
                    }
                    fields.push(Field {
                        label,
                        certainty: Certainty::Marked,
                        rule: "table_column",
                        label_line: index,
                        label_start: cell.start,
                        line: index,
                        value: cell.clone(),
                    });
                }
                self.columns = columns;
                return true;
            }
        }
        if let Some(waiting) = self.waiting.take()
            && !begins_with_label(line.text, row)
            && let [only] = row
            && let Some(field) = fields.get_mut(waiting)
            && field.label != Label::Opinion
        {
            field.line = index;
            field.value = only.clone();
            field.rule = "next_line";
            field.certainty = Certainty::Bare;
        }
        false
    }

    /// Gives the fields of this line that have no value of their own the next cell, and remembers what
    /// the following line may fill.
    pub(crate) fn fill_empty(
        &mut self,
        (line, index): (&Line<'_>, usize),
        row: &[Range<usize>],
        first: usize,
        fields: &mut [Field],
    ) {
        let is_empty = |field: &Field| field.value.is_empty();
        let mine = fields.len().saturating_sub(first);
        let label_of = |cell: &Range<usize>| {
            fields.iter().skip(first).find(|field| cell.contains(&field.label_start)).map(|field| field.label)
        };
        let columns: Vec<Option<Label>> = row.iter().map(label_of).collect();
        // 姓名 | 楼栋 | 电话: a column that no label is for.
        let heads = |(cell, label): (&Range<usize>, &Option<Label>)| {
            label.is_some() || line.text.get(cell.clone()).is_some_and(|cell| HEADINGS.contains(cell.trim()))
        };
        let is_header = columns.iter().flatten().count() == mine && row.iter().zip(&columns).all(heads);
        if mine >= 2 && is_header && fields.iter().skip(first).all(is_empty) {
            self.columns = columns;
            for heading in fields.iter_mut().skip(first) {
                heading.label = Label::Other;
            }
            return;
        }
        let starts: Vec<usize> = fields.iter().skip(first).map(|field| field.label_start).collect();
        for field in fields.iter_mut().skip(first).filter(|field| is_empty(field)) {
            let next = row.iter().find(|cell| cell.start > field.label_start && !cell.is_empty());
            if let Some(cell) = next
                && !starts.contains(&cell.start)
            {
                // `联系人⇥：李健华`: the colon went into the next cell.
                let text = line.text.get(cell.clone()).unwrap_or_default();
                let value = text.trim_start_matches([':', ';', ' ']);
                field.value = cell.start + (text.len() - value.len())..cell.end;
                field.rule = "table_cell";
            }
        }
        let last = fields.len().checked_sub(1).filter(|last| *last >= first);
        self.waiting = last.filter(|last| {
            row.len() == 1
                && fields.get(*last).is_some_and(|field| is_empty(field) && field.label_line == index)
        });
    }
}

fn begins_with_label(text: &str, row: &[Range<usize>]) -> bool {
    row.iter()
        .any(|cell| text.get(cell.clone()).is_some_and(|cell| label_at(cell.trim_start(), false).is_some()))
}
