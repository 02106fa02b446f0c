//! A workbook as another program has it: cells by place, read and saved whole, with what a hand does to it.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{Format, Formula, Workbook};
use serde_json::Value;

/// Cells by row and column, counted from 0.
type Cells = BTreeMap<(u32, u16), String>;

/// The row of the headings, counted from 0.
const HEADING: u32 = 2;

pub(crate) struct Book {
    sheets: Vec<(String, Cells)>,
    merged: Vec<(String, u32, u32, u16)>,
    far: Option<String>,
}

impl Book {
    pub(crate) fn open(path: &Path) -> Self {
        let mut book: Xlsx<_> = open_workbook(path).unwrap();
        let names = book.sheet_names();
        let sheets = names.into_iter().map(|name| {
            let range = book.worksheet_range(&name).unwrap();
            let (top, left) = range.start().unwrap();
            let cells =
                range.used_cells().filter(|(.., cell)| **cell != Data::Empty).map(|(row, column, cell)| {
                    let row = top + u32::try_from(row).unwrap();
                    let column = left + u32::try_from(column).unwrap();
                    ((row, u16::try_from(column).unwrap()), cell.to_string())
                });
            let cells = cells.collect();
            (name, cells)
        });
        Self { sheets: sheets.collect(), merged: Vec::new(), far: None }
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.sheets.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn cells(&mut self, sheet: &str) -> &mut Cells {
        &mut self.sheets.iter_mut().find(|(name, _)| name == sheet).unwrap().1
    }

    fn place(&self, sheet: &str, heading: &str) -> u16 {
        let cells = &self.sheets.iter().find(|(name, _)| name == sheet).unwrap().1;
        let found = cells.iter().find(|((row, _), text)| *row == HEADING && *text == heading);
        found.unwrap_or_else(|| panic!("{sheet} {heading}")).0.1
    }

    /// What stands below a heading.
    pub(crate) fn column(&self, sheet: &str, heading: &str) -> Vec<String> {
        let place = self.place(sheet, heading);
        let cells = &self.sheets.iter().find(|(name, _)| name == sheet).unwrap().1;
        let last = cells.keys().map(|(row, _)| *row).max().unwrap();
        (HEADING + 1..=last).map(|row| cells.get(&(row, place)).cloned().unwrap_or_default()).collect()
    }

    /// `row` as a spreadsheet shows it.
    pub(crate) fn set(&mut self, sheet: &str, row: u32, heading: &str, text: &str) {
        let place = self.place(sheet, heading);
        self.cells(sheet).insert((row - 1, place), text.to_owned());
    }

    /// What a case says to do: an array of the verb, the sheet and what it is done to.
    pub(crate) fn change(&mut self, step: &Value) {
        let word = |at: usize| step[at].as_str().unwrap_or_default().to_owned();
        let row = |at: usize| u32::try_from(step[at].as_u64().unwrap()).unwrap();
        let sheet = word(1);
        match word(0).as_str() {
            "set" => self.set(&sheet, row(2), &word(3), &word(4)),
            "swap" => {
                let place = self.place(&sheet, &word(4));
                let cells = self.cells(&sheet);
                let (one, two) = ((row(2) - 1, place), (row(3) - 1, place));
                let (first, second) = (cells.remove(&one), cells.remove(&two));
                cells.extend(second.map(|text| (one, text)));
                cells.extend(first.map(|text| (two, text)));
            }
            "exchange" => {
                let (one, two) = (row(2) - 1, row(3) - 1);
                let cells = std::mem::take(self.cells(&sheet)).into_iter();
                let other = |at: u32| {
                    if at == one {
                        two
                    } else if at == two {
                        one
                    } else {
                        at
                    }
                };
                *self.cells(&sheet) = cells.map(|((row, at), text)| ((other(row), at), text)).collect();
            }
            "rename" => {
                let place = self.place(&sheet, &word(2));
                self.cells(&sheet).insert((HEADING, place), word(3));
            }
            "double" => {
                let (from, to) = (row(2) - 1, row(3) - 1);
                let cells = self.cells(&sheet);
                let copied: Vec<_> = cells
                    .iter()
                    .filter(|((row, _), _)| *row == from)
                    .map(|((_, c), t)| ((to, *c), t.clone()))
                    .collect();
                cells.extend(copied);
            }
            "delete" => {
                let row = row(2) - 1;
                self.cells(&sheet).retain(|(found, _), _| *found != row);
            }
            "merge" => {
                let place = self.place(&sheet, &word(4));
                self.merged.push((sheet, row(2) - 1, row(3) - 1, place));
            }
            "call" => self
                .sheets
                .iter_mut()
                .filter(|(name, _)| *name == sheet)
                .for_each(|(name, _)| *name = word(2)),
            "copy" => {
                let copy = self.cells(&sheet).clone();
                self.sheets.push((word(2), copy));
            }
            "fill" => self.far = Some(word(2)),
            "insert" => {
                let place = self.place(&sheet, &word(2));
                let cells = self.cells(&sheet);
                let moved = std::mem::take(cells).into_iter();
                *cells = moved
                    .map(|((row, at), text)| ((row, if at >= place { at + 1 } else { at }), text))
                    .collect();
                cells.insert((HEADING, place), word(3));
            }
            other => panic!("{other}"),
        }
    }

    /// A sheet as text.
    pub(crate) fn text(&self, sheet: &str, separator: &str) -> String {
        let cells = &self.sheets.iter().find(|(name, _)| name == sheet).unwrap().1;
        let last = cells.keys().fold((0, 0), |(row, column), key| (row.max(key.0), column.max(key.1)));
        let cell = |at| format!("\"{}\"", cells.get(&at).map_or("", String::as_str).replace('"', "\"\""));
        let line =
            |row| (0..=last.1).map(|column| cell((row, column))).collect::<Vec<_>>().join(separator) + "\r\n";
        (0..=last.0).map(line).collect()
    }

    pub(crate) fn save(&self, path: &Path) {
        let mut book = Workbook::new();
        for (name, cells) in &self.sheets {
            let page = book.add_worksheet();
            page.set_name(name).unwrap();
            for ((row, column), text) in cells {
                match text.strip_prefix("formula:") {
                    Some(formula) => {
                        page.write_formula(*row, *column, Formula::new(formula).set_result("采纳"))
                    }
                    None => page.write_string(*row, *column, text),
                }
                .unwrap();
            }
            for (_, top, bottom, place) in self.merged.iter().filter(|(sheet, ..)| sheet == name) {
                let text = cells.get(&(*top, *place)).cloned().unwrap_or_default();
                page.merge_range(*top, *place, *bottom, *place, &text, &Format::new()).unwrap();
            }
            if let Some(text) = self.far.as_ref().filter(|_| name == "意见归类") {
                // Filled down to the last row that a sheet has.
                let place = self.place(name, "采纳情况");
                for row in (6..1_048_576).step_by(64) {
                    page.write_string(row, place, text).unwrap();
                }
                page.write_string(1_048_575, place, text).unwrap();
            }
        }
        book.save(path).unwrap();
    }
}
