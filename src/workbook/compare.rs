//! What a person typed, told from what stood there when the file was written and from what stands in the store now. A row of which
//! anything cannot be taken is refused whole.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::compute::plain;
use super::layout::{Column, Sheet, WORDS};
use super::read::{ReadRow, ReadSheet};
use super::refusal::{Refusal, Why};
use super::write::{Line, digest};

/// A cell that a person changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The sheet.
    pub sheet: &'static str,
    /// The row, as the store calls it.
    pub id: i64,
    /// The column.
    pub field: &'static str,
    /// What stands there now.
    pub old: String,
    /// What is to stand there.
    pub new: String,
    /// Where it was found.
    pub place: (String, u32),
}

/// What stands in the store.
#[derive(Debug, Default)]
pub struct Known {
    /// Which store and which consultation, as keys begin.
    pub prefix: String,
    /// The rows of each sheet by key.
    pub lines: HashMap<String, Line>,
    /// Keys of rows that a workbook need not have.
    pub beside: HashSet<String>,
}

/// What a comparison found.
#[derive(Debug, Default)]
pub struct Compared {
    /// What is to be changed.
    pub changes: Vec<Changed>,
    /// What is not taken.
    pub refusals: Vec<Refusal>,
    /// Rows in which nothing is to be changed.
    pub same: usize,
    /// Rows of the sheets that the files do not have.
    pub absent: usize,
}

/// Which value holds where a row was changed since: by sheet and row, `true` for the file's.
pub type Sides = BTreeMap<(String, u32), bool>;

/// The value as it stands in a cell, or why it cannot stand there.
pub(super) type Normal<'a> = &'a dyn Fn(&Sheet, &Column, &Line, &str) -> Result<String, String>;

/// A row with what is to be changed in it.
struct Wanted<'a> {
    file: &'a str,
    row: u32,
    sheet: &'static Sheet,
    key: &'a str,
    cells: BTreeMap<usize, String>,
}

/// Compares what was read with what stands in the store.
pub fn compare(known: &Known, read: &[ReadSheet], sides: &Sides, normal: Normal<'_>) -> Compared {
    let mut compared = Compared::default();
    let mut wanted: Vec<Wanted<'_>> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for read in read {
        compared.refusals.extend(read.refusals.iter().cloned());
        for row in read.rows.iter().filter(|row| !row.key.contains('+')) {
            seen.insert(&row.key);
            match row_of(known, read, row, sides, normal) {
                Ok(cells) => wanted.push(Wanted {
                    file: &read.file,
                    row: row.row,
                    sheet: read.sheet,
                    key: &row.key,
                    cells,
                }),
                Err(refusals) => compared.refusals.extend(refusals),
            }
        }
    }
    let twice = twice(&wanted);
    for (at, row) in wanted.iter().enumerate() {
        if let Some(refusals) = twice.get(&at) {
            compared.refusals.extend(refusals.iter().cloned());
            continue;
        }
        let (Some(line), Some(id)) = (known.lines.get(row.key), id_of(row.key)) else { continue };
        compared.same += usize::from(row.cells.is_empty());
        for (place, new) in &row.cells {
            let Some(column) = row.sheet.column.get(*place) else { continue };
            compared.changes.push(Changed {
                sheet: &row.sheet.id,
                id,
                field: &column.field,
                old: plain(&line.cell(row.sheet, *place)),
                new: new.clone(),
                place: (row.file.to_owned(), row.row),
            });
        }
    }
    // Two files that say the same of a cell say it once.
    let mut once = BTreeSet::new();
    compared.changes.retain(|change| once.insert((change.sheet, change.id, change.field)));
    let codes: BTreeSet<&str> = read.iter().map(|read| read.sheet.code.as_str()).collect();
    let of_read = |key: &str| codes.iter().any(|code| tail(key).is_some_and(|tail| tail.starts_with(code)));
    let missing =
        |key: &&String| of_read(key) && !seen.contains(key.as_str()) && !known.beside.contains(*key);
    compared.absent = known.lines.keys().filter(missing).count();
    compared
}

/// The part of a key that names the row.
fn tail(key: &str) -> Option<&str> {
    key.rsplit_once('/').map(|(_, tail)| tail)
}

fn id_of(key: &str) -> Option<i64> {
    tail(key)?.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()
}

/// What is to be changed in a row, by column; or why it is not taken.
fn row_of(
    known: &Known,
    read: &ReadSheet,
    row: &ReadRow,
    sides: &Sides,
    normal: Normal<'_>,
) -> Result<BTreeMap<usize, String>, Vec<Refusal>> {
    let sheet = read.sheet;
    let refusal = |column: &str, value: &str, why: Why| Refusal {
        file: read.file.clone(),
        sheet: &sheet.name,
        row: row.row,
        column: column.to_owned(),
        value: value.to_owned(),
        why,
    };
    let line = line_of(known, sheet, row).map_err(|why| vec![refusal("", &row.key, why)])?;
    let own = || sheet.column.iter().enumerate().filter(|(_, column)| column.own);
    let cell = |place: usize| row.cells.get(place).and_then(Option::as_deref).unwrap_or_default();
    let shown: Vec<String> = own().map(|(place, _)| cell(place).to_owned()).collect();
    if digest(&row.key, &shown) != row.digest {
        let differs = own().map(|(place, column)| (column, cell(place), plain(&line.cell(sheet, place))));
        let (column, value, due) = differs
            .clone()
            .find(|(_, found, due)| found != due)
            .or_else(|| differs.clone().next())
            .map(|(column, found, due)| (column.heading.clone(), found.to_owned(), due))
            .unwrap_or_default();
        return Err(vec![refusal(&column, &value, Why::NotItsKey(due))]);
    }
    let is_other_text = line.digest(sheet) != row.digest;
    let side = sides.get(&(sheet.name.clone(), row.row)).copied();
    let (mut cells, mut refusals) = (BTreeMap::new(), Vec::new());
    for (place, column) in sheet.column.iter().enumerate().filter(|(_, column)| column.hand) {
        let Some(Some(file)) = row.cells.get(place) else { continue };
        let was = row.was.get(&column.field).map(|was| plain(was)).unwrap_or_default();
        if row.formulas.contains(&place) {
            refusals.push(refusal(&column.heading, file, Why::Formula));
            continue;
        }
        if *file == was {
            continue;
        }
        let now = plain(&line.cell(sheet, place));
        let value = if file.ends_with(&WORDS.cut) {
            Err(String::new())
        } else {
            normal(sheet, column, line, file).map(|value| plain(&value))
        };
        match value {
            Err(why) => refusals.push(refusal(&column.heading, file, Why::Cannot(why))),
            Ok(value) if value == was || value == now => {}
            Ok(value) if now == was && !is_other_text || side == Some(true) => {
                drop(cells.insert(place, value));
            }
            Ok(_) if side == Some(false) => {}
            Ok(_) => refusals.push(refusal(&column.heading, file, Why::Stale(was, now))),
        }
    }
    if refusals.is_empty() { Ok(cells) } else { Err(refusals) }
}

/// The row of the store that a key names.
fn line_of<'a>(known: &'a Known, sheet: &Sheet, row: &ReadRow) -> Result<&'a Line, Why> {
    let (store, consultation) = known.prefix.split_once('/').unwrap_or_default();
    let mut parts = row.key.splitn(2, '/');
    let (of_store, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let (of_consultation, tail) = rest.rsplit_once('/').unwrap_or_default();
    match known.lines.get(&row.key) {
        Some(line) if tail.starts_with(sheet.code.as_str()) => Ok(line),
        _ if row.key.is_empty() => Err(Why::NoKey),
        _ if rest.is_empty() => Err(Why::UnknownKey),
        _ if of_store != store => Err(Why::OtherStore),
        _ if of_consultation != consultation => Err(Why::OtherConsultation),
        _ => Err(Why::UnknownKey),
    }
}

/// Rows of one key that do not agree, by their place: within a file in everything, between files in what was changed.
fn twice(wanted: &[Wanted<'_>]) -> BTreeMap<usize, Vec<Refusal>> {
    let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, row) in wanted.iter().enumerate() {
        by_key.entry(row.key).or_default().push(at);
    }
    let mut refused: BTreeMap<usize, Vec<Refusal>> = BTreeMap::new();
    for rows in by_key.into_values().filter(|rows| rows.len() > 1) {
        for at in &rows {
            for other in rows.iter().filter(|other| *other != at) {
                let (Some(row), Some(other)) = (wanted.get(*at), wanted.get(*other)) else { continue };
                if let Some(refusal) = disagreement(row, other) {
                    refused.entry(*at).or_default().push(refusal);
                }
            }
        }
    }
    refused
}

fn disagreement(row: &Wanted<'_>, other: &Wanted<'_>) -> Option<Refusal> {
    let same_file = row.file == other.file;
    let places: BTreeSet<usize> = row.cells.keys().chain(other.cells.keys()).copied().collect();
    let place = places.into_iter().find(|place| match (row.cells.get(place), other.cells.get(place)) {
        (Some(one), Some(two)) => one != two,
        // A file that leaves a cell alone says nothing of it.
        _ => same_file,
    })?;
    let said = |row: &Wanted<'_>| row.cells.get(&place).cloned().unwrap_or_default();
    let why = if same_file {
        Why::Twice(other.row)
    } else {
        Why::OtherFile(other.file.to_owned(), other.row, said(other))
    };
    Some(Refusal {
        file: row.file.to_owned(),
        sheet: &row.sheet.name,
        row: row.row,
        column: row.sheet.column.get(place).map(|column| column.heading.clone()).unwrap_or_default(),
        value: said(row),
        why,
    })
}
