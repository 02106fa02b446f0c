//! Rows that somebody added to 意见明细: each is one more item of its letter, in the writer's words, or it is the item that says so
//! already.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::normal::{NEW, Normal};
use crate::cli::item::is_of;
use crate::cli::number;
use crate::config::Settings;
use crate::details;
use crate::store::{Shown, Store, WorkbookRow};
use crate::vocabulary::{Consultation, Status};
use crate::workbook::{AddedRow, Changed, Compared, Line, ReadSheet, Refusal, Sides, Why, added, alike};

/// An item that is to be added.
#[derive(Debug)]
pub(in crate::cli) struct Added {
    /// Of which letter.
    pub(in crate::cli) number: String,
    pub(in crate::cli) text: String,
    /// What stands in the cells for staff, by field.
    pub(in crate::cli) cells: BTreeMap<&'static str, String>,
    /// What is decided on it, and why.
    pub(in crate::cli) decided: (String, String),
}

/// An added row of a letter that there is, with what is to stand in its cells.
struct Row<'a> {
    at: AddedRow<'a>,
    number: String,
    cells: BTreeMap<&'static str, String>,
}

/// An item of a letter that rows were added for.
struct Standing {
    id: i64,
    text: String,
    cells: BTreeMap<&'static str, (String, String)>,
}

/// The added rows of the files, before what stands comes by.
#[derive(Default)]
pub(super) struct Adding<'a> {
    rows: Vec<Row<'a>>,
    refusals: Vec<Refusal>,
    items: HashMap<String, Vec<Standing>>,
}

impl<'a> Adding<'a> {
    pub(super) fn new(
        (settings, consultation): (&Settings, &Consultation),
        normal: &Normal<'_>,
        read: &'a [ReadSheet],
    ) -> Self {
        let mut adding = Self::default();
        let mut letters = Letters { settings, consultation, store: normal.store, known: HashMap::new() };
        for at in added(read) {
            match letters.row(at, normal) {
                Ok(row) => {
                    adding.items.entry(row.number.clone()).or_default();
                    adding.rows.push(row);
                }
                Err(refusal) => adding.refusals.push(*refusal),
            }
        }
        adding
    }

    /// Takes a row of the store.
    pub(super) fn note(&mut self, sheet: &str, row: &WorkbookRow) {
        let Some(items) = self.items.get_mut(row.get("number")).filter(|_| sheet == "items") else { return };
        // What stands in a cell, and what that means where the cell follows the group.
        let pair = |shown: &str, meant: &str| (row.get(shown).to_owned(), row.get(meant).to_owned());
        let cells = BTreeMap::from([
            ("group", pair("group", "group")),
            ("clause", pair("clause", "clause")),
            ("adoption", pair("adoption", "decided")),
            ("adoption_reason", pair("adoption_reason", "decided_reason")),
            ("remark", pair("remark", "remark")),
        ]);
        items.push(Standing { id: row.id, text: alike(row.get("text")), cells });
    }

    /// The items that are to be added; what changes on those that stand goes to the others' changes. Those that the rows show.
    pub(super) fn end(self, compared: &mut Compared, sides: &Sides) -> (Vec<Added>, BTreeSet<i64>) {
        let Self { rows, refusals, items } = self;
        compared.refusals.extend(refusals);
        let mut new: Vec<(Row<'_>, String)> = Vec::new();
        let mut shown = BTreeSet::new();
        for row in rows {
            let text = alike(row.at.own("text"));
            let of_letter = items.get(&row.number).map(Vec::as_slice).unwrap_or_default();
            if let Some(item) = of_letter.iter().find(|item| item.text == text) {
                stands(&row, item, compared, sides);
                shown.insert(item.id);
                continue;
            }
            let other = new.iter_mut().find(|(other, said)| other.number == row.number && *said == text);
            let Some((other, _)) = other else {
                new.push((row, text));
                continue;
            };
            match other.disagreement(&row) {
                None => other.cells.extend(row.cells),
                Some(refusal) => compared.refusals.push(refusal),
            }
        }
        let added = new.into_iter().map(|(row, _)| Added {
            text: row.at.own("text").to_owned(),
            number: row.number,
            cells: row.cells,
            decided: Default::default(),
        });
        (added.collect(), shown)
    }
}

/// What a row changes on an item that says the same already.
fn stands(row: &Row<'_>, item: &Standing, compared: &mut Compared, sides: &Sides) {
    let (mut changes, mut refusals) = (Vec::new(), Vec::new());
    let place = (row.at.read.sheet.name.clone(), row.at.number());
    for (field, value) in &row.cells {
        let Some((shown, meant)) = item.cells.get(field) else { continue };
        // The group that it asked for was made.
        let is_made = *field == "group" && value.starts_with(NEW) && !shown.is_empty();
        if value == shown || value == meant || is_made {
            continue;
        }
        match sides.get(&place) {
            Some(false) => {}
            None if !shown.is_empty() => {
                refusals.push(row.at.refusal(field, value, Why::Stale(String::new(), shown.clone())));
            }
            _ => changes.push(Changed {
                sheet: &row.at.read.sheet.id,
                id: item.id,
                field,
                old: shown.clone(),
                new: value.clone(),
                place: (row.at.read.file.clone(), row.at.number()),
            }),
        }
    }
    for change in &changes {
        let is_same = |other: &&Changed| {
            (other.sheet, other.id, other.field) == (change.sheet, change.id, change.field)
                && other.new != change.new
        };
        if let Some(other) = compared.changes.iter().find(is_same) {
            let (file, at) = other.place.clone();
            let why = Why::OtherFile(file, at, other.new.clone());
            refusals.push(row.at.refusal(change.field, &change.new, why));
        }
    }
    if !refusals.is_empty() {
        compared.refusals.extend(refusals);
        return;
    }
    compared.same += usize::from(changes.is_empty());
    for change in changes {
        let is_same =
            |other: &Changed| (other.sheet, other.id, other.field) == (change.sheet, change.id, change.field);
        if !compared.changes.iter().any(is_same) {
            compared.changes.push(change);
        }
    }
}

impl Row<'_> {
    /// Why two rows that add the same item cannot both be taken.
    fn disagreement(&self, other: &Row<'_>) -> Option<Refusal> {
        let (field, said, value) = self.cells.iter().find_map(|(field, said)| {
            let value = other.cells.get(field).filter(|value| *value != said)?;
            Some((*field, said, value))
        })?;
        let why = if std::ptr::eq(self.at.read, other.at.read) {
            Why::Twice(self.at.number())
        } else {
            Why::OtherFile(self.at.read.file.clone(), self.at.number(), said.clone())
        };
        Some(other.at.refusal(field, value, why))
    }
}

/// The letters that rows were added for, each read once.
struct Letters<'a> {
    settings: &'a Settings,
    consultation: &'a Consultation,
    store: &'a Store,
    known: HashMap<String, Option<Shown>>,
}

impl Letters<'_> {
    fn row<'a>(&mut self, at: AddedRow<'a>, normal: &Normal<'_>) -> Result<Row<'a>, Box<Refusal>> {
        let (typed, text) = (at.own("number"), at.own("text"));
        if typed.is_empty() && text.is_empty() {
            return Err(Box::new(at.refusal("", "", Why::NoKey)));
        }
        let cannot = |field: &str, value: &str, why: &str| {
            Box::new(at.refusal(field, value, Why::Cannot(why.to_owned())))
        };
        if typed.is_empty() {
            return Err(cannot("number", typed, "添的行没有编号，不知道是哪一件来信的意见；请写编号"));
        }
        if !text.chars().any(char::is_alphanumeric) {
            return Err(cannot("text", text, "添的行没有意见建议内容；请写来信人的原话，不要的行请删去"));
        }
        let letter = self.letter(typed).map_err(|why| cannot("number", typed, &why))?;
        if !is_said(text, letter) {
            let why =
                "不是该件来信中的文字，没有增加；只能用来信人的原话，可以略去文字。附件中的意见用 item add";
            return Err(cannot("text", text, why));
        }
        let number = letter.row.number.clone();
        let line = Line { key: String::new(), cells: Vec::new() };
        let mut cells = BTreeMap::new();
        for (column, written, is_formula) in at.typed() {
            if is_formula {
                return Err(Box::new(at.refusal(&column.field, written, Why::Formula)));
            }
            let value = normal.value(at.read.sheet, column, &line, written);
            let value = value.map_err(|why| cannot(&column.field, written, &why))?;
            if !value.is_empty() {
                cells.insert(column.field.as_str(), value);
            }
        }
        Ok(Row { at, number, cells })
    }

    /// The letter of this number, where items may be added to it.
    fn letter(&mut self, typed: &str) -> Result<&Shown, String> {
        let of = Some(self.consultation.id.as_str());
        let number =
            number::single(&self.settings.consultations, typed, of).map_err(|failed| failed.message)?;
        if !self.known.contains_key(&number) {
            let shown = self.store.show(&number).map_err(|error| error.to_string())?;
            self.known.insert(number.clone(), shown);
        }
        let Some(shown) = self.known.get(&number).and_then(Option::as_ref) else {
            return Err(format!("没有编号 {number}；请照抄同一件来信的编号"));
        };
        if shown.consultation != self.consultation.id {
            return Err(format!("{number} 属于另一次征求意见（{}）", shown.consultation));
        }
        match Status::from_word(&shown.row.status) {
            Some(Status::Erased) => Err("本件的个人信息和原件已删除，不能增加意见".to_owned()),
            Some(Status::Denied) => {
                Err(format!("本件经核对不计入，不能增加意见；应当计入的，先用 review reopen {number}"))
            }
            _ => Ok(shown),
        }
    }
}

/// Whether the writer said so, in the letter or in what he added to it; what he quotes are not his words.
fn is_said(text: &str, letter: &Shown) -> bool {
    let added = letter.supplements.iter().map(|supplement| supplement.comment.as_str());
    let items = letter.opinions.iter().map(|item| item.text.as_str());
    std::iter::once(letter.row.comment.as_str()).chain(added).chain(items).any(|whole| is_of(text, whole))
}

impl Added {
    /// The clause in its cell, else the one that it names.
    pub(super) fn clause(&self, consultation: &Consultation) -> Option<String> {
        self.cells.get("clause").cloned().or_else(|| details::clause_named(&self.text, consultation))
    }
}
