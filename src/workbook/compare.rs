//! What a person typed, told from what stood there when the file was written and from what stands in the store now. A row of which
//! anything cannot be taken is refused whole. The rows of the store come by one after the other and are not kept.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::compute::plain;
use super::layout::{Column, Sheet, WORDS};
use super::read::{ReadRow, ReadSheet, TypedCell};
use super::refusal::{Refusal, Why};
use super::write::Line;

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
    read: &'a ReadSheet,
    row: &'a ReadRow,
    /// What stands there and what is to stand there, by the place of the column.
    cells: BTreeMap<usize, (String, String)>,
}

/// What became of a row of a file.
enum Seen {
    /// The store has no such row, as far as it was asked.
    Not,
    Wanted(BTreeMap<usize, (String, String)>),
    Refused(Vec<Refusal>),
}

/// Files that are being compared with the store.
pub struct Comparison<'a> {
    /// Which store and which consultation, as keys begin.
    prefix: &'a str,
    sides: &'a Sides,
    rows: Vec<(&'a ReadSheet, &'a ReadRow, Seen)>,
    by_key: HashMap<&'a str, Vec<usize>>,
    codes: BTreeSet<&'a str>,
    absent: usize,
}

impl<'a> Comparison<'a> {
    /// Of what was read, before the store is asked.
    pub fn new(prefix: &'a str, read: &'a [ReadSheet], sides: &'a Sides) -> Self {
        let rows = read.iter().flat_map(|read| read.rows.iter().map(move |row| (read, row, Seen::Not)));
        let rows: Vec<_> = rows.filter(|(read, row, _)| !row.is_added(read.sheet)).collect();
        let mut by_key: HashMap<&str, Vec<usize>> = HashMap::with_capacity(rows.len());
        for (at, (_, row, _)) in rows.iter().enumerate() {
            by_key.entry(&row.key).or_default().push(at);
        }
        let codes = read.iter().map(|read| read.sheet.code.as_str()).collect();
        Self { prefix, sides, rows, by_key, codes, absent: 0 }
    }

    /// Takes a row of the store; `may_lack`: a workbook need not have it.
    pub fn line(&mut self, sheet: &Sheet, line: &Line, may_lack: bool, normal: Normal<'_>) {
        let Some(places) = self.by_key.get(line.key.as_str()) else {
            self.absent += usize::from(!may_lack && self.codes.contains(sheet.code.as_str()));
            return;
        };
        for at in places {
            let Some((read, row, seen)) = self.rows.get_mut(*at) else { continue };
            if read.sheet.id != sheet.id {
                continue;
            }
            *seen = match row_of(line, read, row, self.sides, normal) {
                Ok(cells) => Seen::Wanted(cells),
                Err(refusals) => Seen::Refused(refusals),
            };
        }
    }

    /// What was found, once every row of the store came by.
    pub fn end(self, read: &[ReadSheet]) -> Compared {
        let Self { prefix, rows, absent, .. } = self;
        let mut compared = Compared { absent, ..Compared::default() };
        compared.refusals.extend(read.iter().flat_map(|read| read.refusals.iter().cloned()));
        let mut wanted: Vec<Wanted<'_>> = Vec::new();
        for (read, row, seen) in rows {
            match seen {
                Seen::Not => {
                    compared.refusals.push(refusal(read, row, ("", &row.key), strange(prefix, &row.key)));
                }
                Seen::Wanted(cells) => wanted.push(Wanted { read, row, cells }),
                Seen::Refused(refusals) => compared.refusals.extend(refusals),
            }
        }
        let twice = twice(&wanted);
        for (at, Wanted { read, row, cells }) in wanted.into_iter().enumerate() {
            if let Some(refusals) = twice.get(&at) {
                compared.refusals.extend(refusals.iter().cloned());
                continue;
            }
            let Some(id) = id_of(&row.key) else { continue };
            compared.same += usize::from(cells.is_empty());
            for (place, (old, new)) in cells {
                let Some(column) = read.sheet.column.get(place) else { continue };
                compared.changes.push(Changed {
                    sheet: &read.sheet.id,
                    id,
                    field: &column.field,
                    old,
                    new,
                    place: (read.file.clone(), row.row),
                });
            }
        }
        // Two files that say the same of a cell say it once.
        let mut once = BTreeSet::new();
        compared.changes.retain(|change| once.insert((change.sheet, change.id, change.field)));
        compared
    }
}

/// The part of a key that names the row.
fn tail(key: &str) -> Option<&str> {
    key.rsplit_once('/').map(|(_, tail)| tail)
}

fn id_of(key: &str) -> Option<i64> {
    tail(key)?.trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()
}

fn refusal(read: &ReadSheet, row: &ReadRow, (column, value): (&str, &str), why: Why) -> Refusal {
    Refusal {
        file: read.file.clone(),
        sheet: &read.sheet.name,
        row: row.row,
        column: column.to_owned(),
        value: value.to_owned(),
        why,
    }
}

/// What is to be changed in a row, by column; or why it is not taken.
fn row_of(
    line: &Line,
    read: &ReadSheet,
    row: &ReadRow,
    sides: &Sides,
    normal: Normal<'_>,
) -> Result<BTreeMap<usize, (String, String)>, Vec<Refusal>> {
    let sheet = read.sheet;
    if let Some(shown) = &row.own {
        let own = sheet.column.iter().enumerate().filter(|(_, column)| column.own);
        let differs =
            own.zip(shown).map(|((place, column), found)| (column, found, plain(&line.cell(sheet, place))));
        let found = differs.clone().find(|(_, found, due)| *found != due).or_else(|| differs.clone().next());
        let (column, value, due) = found
            .map(|(column, found, due)| (column.heading.as_str(), found.as_str(), due))
            .unwrap_or_default();
        return Err(vec![refusal(read, row, (column, value), Why::NotItsKey(due))]);
    }
    let is_other_text = line.digest(sheet) != row.digest;
    let side = sides.get(&(sheet.name.clone(), row.row)).copied();
    let (mut cells, mut refusals) = (BTreeMap::new(), Vec::new());
    for TypedCell { place, text: file, was, is_formula } in &row.typed {
        let Some(column) = sheet.column.get(*place) else { continue };
        let mut refuse = |why| refusals.push(refusal(read, row, (&column.heading, file), why));
        if *is_formula {
            refuse(Why::Formula);
            continue;
        }
        let now = plain(&line.cell(sheet, *place));
        let value = if file.ends_with(&WORDS.cut) {
            Err(String::new())
        } else {
            normal(sheet, column, line, file).map(|value| plain(&value))
        };
        match value {
            Err(why) => refuse(Why::Cannot(why)),
            Ok(value) if value == *was || value == now => {}
            Ok(value) if now == *was && !is_other_text || side == Some(true) => {
                drop(cells.insert(*place, (now, value)));
            }
            Ok(_) if side == Some(false) => {}
            Ok(_) => refuse(Why::Stale(was.clone(), now)),
        }
    }
    if refusals.is_empty() { Ok(cells) } else { Err(refusals) }
}

/// Why the store has no row of this key.
fn strange(prefix: &str, key: &str) -> Why {
    let (store, consultation) = prefix.split_once('/').unwrap_or_default();
    let (of_store, rest) = key.split_once('/').unwrap_or((key, ""));
    let of_consultation = rest.rsplit_once('/').map_or("", |(consultation, _)| consultation);
    match key {
        "" => Why::NoKey,
        _ if rest.is_empty() => Why::UnknownKey,
        _ if of_store != store => Why::OtherStore,
        _ if of_consultation != consultation => Why::OtherConsultation,
        _ => Why::UnknownKey,
    }
}

/// Rows of one key that do not agree, by their place: within a file in everything, between files in what was changed.
fn twice(wanted: &[Wanted<'_>]) -> BTreeMap<usize, Vec<Refusal>> {
    let mut by_key: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, row) in wanted.iter().enumerate() {
        by_key.entry(&row.row.key).or_default().push(at);
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
    let same_file = std::ptr::eq(row.read, other.read);
    let places: BTreeSet<usize> = row.cells.keys().chain(other.cells.keys()).copied().collect();
    let said = |row: &Wanted<'_>, place| row.cells.get(&place).map(|(_, new)| new.clone());
    let place = places.into_iter().find(|place| match (said(row, *place), said(other, *place)) {
        (Some(one), Some(two)) => one != two,
        // A file that leaves a cell alone says nothing of it.
        _ => same_file,
    })?;
    let why = if same_file {
        Why::Twice(other.row.row)
    } else {
        Why::OtherFile(other.read.file.clone(), other.row.row, said(other, place).unwrap_or_default())
    };
    let heading = row.read.sheet.column.get(place).map_or("", |column| column.heading.as_str());
    Some(refusal(row.read, row.row, (heading, &said(row, place).unwrap_or_default()), why))
}
