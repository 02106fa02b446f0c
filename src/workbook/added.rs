//! Rows that somebody added to a sheet: they have no key, and all that stands in them is what is wanted.

use super::layout::{Column, Sheet};
use super::read::{ReadRow, ReadSheet, TypedCell};
use super::refusal::{Refusal, Why};

/// A row that somebody added.
#[derive(Debug, Clone, Copy)]
pub struct AddedRow<'a> {
    /// Where it stands.
    pub read: &'a ReadSheet,
    row: &'a ReadRow,
}

/// The rows without a key of sheets that take them, in their order.
pub fn added(read: &[ReadSheet]) -> impl Iterator<Item = AddedRow<'_>> {
    read.iter().flat_map(|read| {
        let rows = read.rows.iter().filter(|row| row.is_added(read.sheet));
        rows.map(move |row| AddedRow { read, row })
    })
}

/// What two texts have in common that were broken into lines in another way.
pub fn alike(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect()
}

impl<'a> AddedRow<'a> {
    /// Its number, as a spreadsheet shows it.
    pub const fn number(&self) -> u32 {
        self.row.row
    }

    /// What stands in a column that the row is told by.
    pub fn own(&self, field: &str) -> &'a str {
        let own = self.read.sheet.column.iter().filter(|column| column.own);
        let found = own.zip(self.row.own.iter().flatten()).find(|(column, _)| column.field == field);
        found.map_or("", |(_, text)| text)
    }

    /// The cells for staff in which something stands, and whether it is a formula.
    pub fn typed(&self) -> impl Iterator<Item = (&'static Column, &'a str, bool)> + use<'a> {
        let sheet: &'static Sheet = self.read.sheet;
        self.row.typed.iter().filter_map(move |TypedCell { place, text, is_formula, .. }| {
            Some((sheet.column.get(*place)?, text.as_str(), *is_formula))
        })
    }

    /// That it is not taken.
    pub fn refusal(&self, field: &str, value: &str, why: Why) -> Refusal {
        let sheet = self.read.sheet;
        let column = sheet.place(field).and_then(|place| sheet.column.get(place));
        Refusal {
            file: self.read.file.clone(),
            sheet: &sheet.name,
            row: self.row.row,
            column: column.map(|column| column.heading.clone()).unwrap_or_default(),
            value: value.to_owned(),
            why,
        }
    }
}
