//! Reading a file back, whatever program saved it: headings by what they are called, cell after cell, so that a sheet that somebody
//! filled to its last row takes no more memory than what stands in it. Of a row is kept what a person may have changed.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Seek};

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use jiff::Span;

use super::compute::plain;
use super::csv;
use super::layout::{SHEETS, Sheet, WORDS};
use super::refusal::{Refusal, Why};
use super::write::digest;
use crate::vocabulary::typed;

/// Rows above the headings that somebody may have put there.
const MOST_ABOVE: u32 = 30;
/// Rows without a key that are kept; of more, only how many there are.
const MOST_LOOSE: usize = 20;
/// Rows of a sheet that somebody added and that are kept; more are loose.
const MOST_ADDED: usize = 5_000;

/// A file that is no workbook of ours.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is of another kind, or damaged.
    #[error("{0}")]
    Unreadable(#[from] XlsxError),
    /// None of its sheets is called as ours.
    #[error("no sheet is called as one of ours")]
    NoSheet,
}

/// A row as a file has it.
#[derive(Debug, Clone, Default)]
pub struct ReadRow {
    /// Its number, as a spreadsheet shows it.
    pub row: u32,
    pub(super) key: String,
    pub(super) digest: String,
    /// What it is told by, where that is not what its digest says.
    pub(super) own: Option<Vec<String>>,
    /// The cells for staff in which something else stands than when it was written, or a formula.
    pub(super) typed: Vec<TypedCell>,
}

/// A cell that a person may have changed.
#[derive(Debug, Clone)]
pub(super) struct TypedCell {
    /// The place of its column in the sheet.
    pub(super) place: usize,
    pub(super) text: String,
    /// What stood there when the file was written.
    pub(super) was: String,
    pub(super) is_formula: bool,
}

/// Cells that were merged across rows: the one value holds for all of them.
struct Merged {
    rows: (u32, u32),
    columns: (u32, u32),
    value: String,
}

/// A sheet as a file has it.
#[derive(Debug)]
pub struct ReadSheet {
    /// The file's name.
    pub file: String,
    /// Which sheet it is.
    pub sheet: &'static Sheet,
    /// Its rows.
    pub rows: Vec<ReadRow>,
    /// What keeps the whole sheet from being read.
    pub refusals: Vec<Refusal>,
    /// Rows without a key beyond those that are named.
    pub loose: usize,
    /// What it is called in the file, where somebody renamed it.
    pub called: Option<String>,
    /// Copies of it under other names, which are not read.
    pub copies: Vec<String>,
}

/// Reads every sheet of ours. One that was renamed is known by its headings; one of another name beside the sheet itself is a copy.
///
/// # Errors
/// When it is no workbook, or none of ours.
pub fn read<R: Read + Seek>(file: &str, from: R) -> Result<Vec<ReadSheet>, ReadError> {
    let mut book: Xlsx<R> = Xlsx::new(from)?;
    let named = |name: &str| SHEETS.iter().find(|sheet| sheet.name == name.trim());
    let mut found = Vec::new();
    let (ours, others): (Vec<String>, Vec<String>) =
        book.sheet_names().into_iter().partition(|name| named(name).is_some());
    for name in ours {
        if let Some(sheet) = named(&name).filter(|sheet| sheet.is_read()) {
            found.push(sheet_of(&mut book, file, sheet, &name)?);
        }
    }
    for name in others {
        let Some(sheet) = headed(&mut book, &name)? else { continue };
        match found.iter_mut().find(|read: &&mut ReadSheet| read.sheet.id == sheet.id) {
            Some(read) => read.copies.push(name),
            None => {
                found.push(ReadSheet {
                    called: Some(name.clone()),
                    ..sheet_of(&mut book, file, sheet, &name)?
                });
            }
        }
    }
    if found.is_empty() { Err(ReadError::NoSheet) } else { Ok(found) }
}

/// Reads a sheet that was saved as text.
///
/// # Errors
/// When it is none.
pub fn read_text(file: &str, bytes: &[u8]) -> Result<ReadSheet, ReadError> {
    let rows = csv::rows(bytes).ok_or(ReadError::NoSheet)?;
    let above = rows.iter().take(MOST_ABOVE as usize).flatten().map(String::as_str).collect::<Vec<_>>();
    let sheet = by_headings(&above).ok_or(ReadError::NoSheet)?;
    let mut reading = Reading::new(file, sheet, Vec::new());
    for (at, row) in (0..).zip(rows) {
        let cells: Cells = (0..).zip(row.into_iter().map(|text| (text, false))).collect();
        reading.row(at, &cells);
    }
    Ok(reading.end())
}

fn sheet_of<R: Read + Seek>(
    book: &mut Xlsx<R>,
    file: &str,
    sheet: &'static Sheet,
    name: &str,
) -> Result<ReadSheet, ReadError> {
    let merged = book.merge_cells_by_sheet_name(name)?;
    let mut reading = Reading::new(file, sheet, across_rows(&merged));
    let mut cells = book.worksheet_cells_reader(name)?;
    let (mut at, mut row): (u32, Cells) = (0, HashMap::new());
    while let Some(cell) = cells.next_cell_with_formula()? {
        if cell.pos.0 != at {
            reading.row(at, &row);
            row.clear();
            at = cell.pos.0;
        }
        let text = text(&cell.value);
        if !text.is_empty() || cell.formula.is_some() {
            row.insert(cell.pos.1, (text, cell.formula.is_some()));
        }
    }
    reading.row(at, &row);
    Ok(reading.end())
}

/// Which of our sheets stands under another name, by its headings.
fn headed<R: Read + Seek>(book: &mut Xlsx<R>, name: &str) -> Result<Option<&'static Sheet>, ReadError> {
    let mut above = Vec::new();
    // A sheet without cells, such as a chart, is none of ours.
    let Ok(mut cells) = book.worksheet_cells_reader(name) else { return Ok(None) };
    while let Some(cell) = cells.next_cell()? {
        if cell.get_position().0 > MOST_ABOVE {
            break;
        }
        above.push(text(cell.get_value()));
    }
    Ok(by_headings(&above.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// The sheet whose headings are there, all that staff fill in, with that of the keys.
fn by_headings(above: &[&str]) -> Option<&'static Sheet> {
    let key = typed::folded(&WORDS.key);
    if !above.iter().any(|text| typed::folded(text) == key) {
        return None;
    }
    let has = |sheet: &Sheet| {
        let is_there = |column: &&super::layout::Column| above.iter().any(|text| column.is_called(text));
        sheet.column.iter().filter(is_there).count() * 100 / sheet.column.len().max(1)
    };
    SHEETS.iter().filter(|sheet| sheet.is_read()).max_by_key(|sheet| has(sheet))
}

type Cells = HashMap<u32, (String, bool)>;

/// Those that were merged across rows, the last first.
fn across_rows(regions: &[calamine::Dimensions]) -> Vec<Merged> {
    let mut merged: Vec<Merged> = regions
        .iter()
        .filter(|region| region.start.0 != region.end.0)
        .map(|region| Merged {
            rows: (region.start.0, region.end.0),
            columns: (region.start.1, region.end.1),
            value: String::new(),
        })
        .collect();
    merged.sort_by_key(|merged| std::cmp::Reverse(merged.rows));
    merged
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        // Whole numbers come back as 3.0.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(value) => day(value.as_f64()).unwrap_or_else(|| value.as_f64().to_string()),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// A date as it is shown, not the number that stands for it: 3.11 that a program took for a day is no number that was meant.
fn day(serial: f64) -> Option<String> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "of a date whole days are asked for; what is no date gives none"
    )]
    let days = serial.trunc() as i64;
    let days = Span::new().try_days(days).ok()?;
    Some(jiff::civil::date(1899, 12, 30).checked_add(days).ok()?.to_string())
}

/// Where the columns stand in the file.
struct Head {
    /// By place in the sheet.
    columns: Vec<Option<u32>>,
    key: u32,
    digest: u32,
    was: u32,
}

struct Reading<'a> {
    file: &'a str,
    sheet: &'static Sheet,
    head: Option<Head>,
    rows: Vec<ReadRow>,
    loose: usize,
    added: usize,
    refusals: Vec<Refusal>,
    /// Those that begin further below, the last first.
    merged: Vec<Merged>,
    /// Those that the row is in.
    open: Vec<Merged>,
}

impl<'a> Reading<'a> {
    fn new(file: &'a str, sheet: &'static Sheet, merged: Vec<Merged>) -> Self {
        Self {
            file,
            sheet,
            head: None,
            rows: Vec::new(),
            loose: 0,
            added: 0,
            refusals: Vec::new(),
            merged,
            open: Vec::new(),
        }
    }

    fn refuse(&mut self, row: u32, column: &str, why: Why) {
        let (file, sheet) = (self.file.to_owned(), self.sheet.name.as_str());
        let refusal = Refusal { file, sheet, row, column: column.to_owned(), value: String::new(), why };
        self.refusals.push(refusal);
    }

    fn row(&mut self, at: u32, cells: &Cells) {
        if !self.refusals.is_empty() {
            return;
        }
        let Some(head) = &self.head else { return self.headings(at, cells) };
        while let Some(next) = self.merged.pop_if(|next| next.rows.0 <= at) {
            self.open.push(next);
        }
        self.open.retain(|merged| merged.rows.1 >= at);
        let hidden = |at: u32| cells.get(&at).map(|(text, _)| text.trim().to_owned()).unwrap_or_default();
        let (key, written) = (hidden(head.key), hidden(head.digest));
        // What one row could not show of a long text stands in rows of its own.
        if key.contains('+') {
            return;
        }
        let mut row = ReadRow { row: at + 1, key, digest: written, ..ReadRow::default() };
        // A row that was copied and lost its key says all that stands in it.
        let was = if row.key.is_empty() { String::new() } else { hidden(head.was) };
        let was: BTreeMap<String, String> = serde_json::from_str(&was).unwrap_or_default();
        let mut any = !row.key.is_empty();
        let mut own = Vec::new();
        for ((place, column), stands) in self.sheet.column.iter().enumerate().zip(&head.columns) {
            let found = stands.and_then(|at| cells.get(&at));
            any |= found.is_some_and(|(text, _)| !text.trim().is_empty());
            let mut text = found.map(|(text, _)| plain(text)).unwrap_or_default();
            let Some(stands) = stands.filter(|_| column.hand || column.own) else { continue };
            if column.own {
                own.push(text);
                continue;
            }
            for merged in
                self.open.iter_mut().filter(|open| (open.columns.0..=open.columns.1).contains(&stands))
            {
                if merged.rows.0 == at {
                    merged.value.clone_from(&text);
                } else if !merged.value.is_empty() {
                    text.clone_from(&merged.value);
                }
            }
            let was = was.get(&column.field).map(|was| plain(was)).unwrap_or_default();
            let is_formula = found.is_some_and(|(_, formula)| *formula);
            if text != was || is_formula {
                row.typed.push(TypedCell { place, text, was, is_formula });
            }
        }
        if !any {
            return;
        }
        let is_added = row.key.is_empty()
            && self.sheet.adds
            && self.added < MOST_ADDED
            && own.iter().all(|text| !text.is_empty());
        row.own = (digest(&row.key, &own) != row.digest).then_some(own);
        self.added += usize::from(is_added);
        if row.key.is_empty() && !is_added {
            self.loose += 1;
            if self.loose > MOST_LOOSE {
                return;
            }
        }
        self.rows.push(row);
    }

    /// Takes a row for the headings, if it has two of them.
    fn headings(&mut self, at: u32, cells: &Cells) {
        let place_of = |heading: &str| -> Vec<u32> {
            let meant = typed::folded(heading);
            let mut found: Vec<u32> = cells
                .iter()
                .filter(|(_, (text, _))| typed::folded(text) == meant)
                .map(|(at, _)| *at)
                .collect();
            found.sort_unstable();
            found
        };
        let places: Vec<Vec<u32>> = (self.sheet.column.iter())
            .map(|column| {
                let mut found: Vec<u32> =
                    cells.iter().filter(|(_, (text, _))| column.is_called(text)).map(|(at, _)| *at).collect();
                found.sort_unstable();
                found
            })
            .collect();
        if at > MOST_ABOVE || places.iter().filter(|found| !found.is_empty()).count() < 2 {
            return;
        }
        for (column, found) in self.sheet.column.iter().zip(&places) {
            match found.len() {
                0 if column.hand || column.own => self.refuse(at + 1, &column.heading, Why::NoColumn),
                0 | 1 => {}
                _ if column.hand || column.own => self.refuse(at + 1, &column.heading, Why::ColumnTwice),
                _ => {}
            }
        }
        let mut hidden = |heading: &str| match place_of(heading).as_slice() {
            [one] => *one,
            [] => {
                self.refuse(at + 1, heading, Why::NoColumn);
                0
            }
            _ => {
                self.refuse(at + 1, heading, Why::ColumnTwice);
                0
            }
        };
        let (key, digest, was) = (hidden(&WORDS.key), hidden(&WORDS.digest), hidden(&WORDS.was));
        let columns = places.iter().map(|found| found.first().copied()).collect();
        self.head = Some(Head { columns, key, digest, was });
    }

    fn end(mut self) -> ReadSheet {
        if self.head.is_none() && self.refusals.is_empty() {
            let first = self.sheet.column.first().map(|column| column.heading.as_str()).unwrap_or_default();
            self.refuse(1, first, Why::NoColumn);
        }
        let loose = self.loose.saturating_sub(MOST_LOOSE);
        let Self { file, sheet, rows, refusals, .. } = self;
        ReadSheet { file: file.to_owned(), sheet, rows, refusals, loose, called: None, copies: Vec::new() }
    }
}

impl ReadRow {
    /// Whether somebody added it to this sheet.
    pub(super) const fn is_added(&self, sheet: &Sheet) -> bool {
        self.key.is_empty() && sheet.adds
    }

    /// Which row of the store it is, where its key begins so.
    pub fn id(&self, prefix: &str) -> Option<i64> {
        let tail = self.key.strip_prefix(prefix)?.strip_prefix('/')?;
        tail.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()
    }
}

impl ReadSheet {
    /// The consultation that its keys name.
    pub fn consultation(&self) -> Option<&str> {
        let rest = self.rows.iter().find_map(|row| row.key.split_once('/'))?.1;
        rest.rsplit_once('/').map(|(consultation, _)| consultation)
    }
}
