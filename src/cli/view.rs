//! `view`: a view of the store as a table or as CSV, so that nobody needs SQL to give figures and texts to a spreadsheet.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};

use super::filter::FilterArguments;
use super::opening::open_for_reading;
use super::outcome::{Exit, Failure, Outcome, print, print_bytes};
use super::unmasked::log_unmasked;
use super::{fit, new_file, table};
use crate::config::Settings;
use crate::store::{Cell, Filter, Sheet, Store};
use crate::vocabulary::printable;

/// The column that names the consultation.
const CONSULTATION: &str = "征求意见";
/// The columns that name a letter, and an item of it.
const NUMBER: &str = "编号";
const ITEM: &str = "条号";

/// Widest column of a table on a terminal, in cells; CSV and JSON hold the whole.
const WIDEST: usize = 40;

#[derive(Debug, Args)]
pub(super) struct ViewArguments {
    /// The view, like 意见汇总; without it, the names of all
    name: Option<String>,
    /// Print CSV for spreadsheets: UTF-8 with its mark, no cell that would be taken for a formula
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    filter: FilterArguments,
    /// Write into this new file, readable by its owner alone
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print names, phones and addresses in full; the event log records it
    #[arg(long)]
    unmasked: bool,
}

pub(super) fn view(settings: &Settings, arguments: &ViewArguments) -> Outcome {
    let store = open_for_reading(settings)?;
    let views = store.views()?;
    let Some(name) = arguments.name.as_deref().map(str::trim) else {
        print(&(views.join("\n") + "\n"))?;
        return Ok(Exit::Ok);
    };
    if !views.iter().any(|view| view == name) {
        let message = format!("没有“{name}”这个视图；可用：{}", views.join("、"));
        return Err(Failure::new(Exit::Usage, message));
    }
    let filter = arguments.filter.filter(settings, &store)?;
    let mut sheet = store.sheet(name, !arguments.unmasked)?;
    if let Some(id) = &filter.consultation {
        keep_consultation(&mut sheet, name, &store.called(id)?)?;
    }
    // What the consultation is, was said of every view; the rest only of those that name letters.
    let filter = Filter { consultation: None, ..filter };
    if !filter.is_empty() {
        keep_meant(&mut sheet, name, &store, &filter)?;
    }
    if arguments.unmasked {
        log_unmasked(settings, name, sheet.rows.len())?;
    }
    let written = if arguments.csv {
        csv(&sheet)
    } else if arguments.json {
        printable::json(&format!("{:#}\n", to_json(&sheet))).into_owned()
    } else {
        printable::text(&aligned(&sheet)).into_owned()
    };
    match &arguments.out {
        Some(path) => {
            new_file::write(path, written.as_bytes())?;
            print(&format!("已写入 {}（{} 行）\n", path.display(), sheet.rows.len()))?;
        }
        None => print_bytes(written.as_bytes())?,
    }
    Ok(Exit::Ok)
}

fn keep_consultation(sheet: &mut Sheet, view: &str, called: &str) -> Result<(), Failure> {
    let Some(at) = sheet.columns.iter().position(|column| column == CONSULTATION) else {
        let message = format!("视图“{view}”没有“{CONSULTATION}”一列，不能用 --consultation");
        return Err(Failure::new(Exit::Usage, message));
    };
    sheet.rows.retain(|row| matches!(row.get(at), Some(Cell::Text(found)) if found == called));
    Ok(())
}

/// Leaves the rows of the letters that are meant; in a view of items only those items.
fn keep_meant(sheet: &mut Sheet, view: &str, store: &Store, filter: &Filter) -> Result<(), Failure> {
    let place = |name: &str| sheet.columns.iter().position(|column| column == name);
    let Some(number) = place(NUMBER) else {
        let message = format!("视图“{view}”没有“{NUMBER}”一列，不能按来信筛选；可用 list 或“来信一览”");
        return Err(Failure::new(Exit::Usage, message));
    };
    let item = place(ITEM).filter(|_| filter.is_of_items());
    let cell = |row: &[Cell], at: usize| row.get(at).map(text).unwrap_or_default();
    match item {
        Some(item) => {
            let meant = store.meant_items(filter)?;
            sheet.rows.retain(|row| {
                meant.contains(&(cell(row, number), cell(row, item).parse().unwrap_or_default()))
            });
        }
        None => {
            let meant: HashSet<String> = store.meant(filter)?.into_iter().map(|(_, number)| number).collect();
            sheet.rows.retain(|row| meant.contains(&cell(row, number)));
        }
    }
    Ok(())
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
    }
}

fn aligned(sheet: &Sheet) -> String {
    let body = sheet.rows.iter().map(|row| row.iter().map(|cell| table::cut(&text(cell), WIDEST)).collect());
    let mut rows: Vec<Vec<String>> = std::iter::once(sheet.columns.clone()).chain(body).collect();
    let mut about = String::new();
    if let Some(cells) = fit::terminal() {
        if let Some(only) = only_consultation(sheet) {
            about = format!("{CONSULTATION}：{only}\n");
            for row in &mut rows {
                row.remove(0);
            }
        }
        rows = fit::alike(rows, cells);
    }
    format!("{about}{}（{} 行）\n", table::columns(&rows), sheet.rows.len())
}

/// The consultation that every row is about, where it is said first in each.
fn only_consultation(sheet: &Sheet) -> Option<String> {
    let first = sheet.rows.first()?.first()?;
    let is_same = sheet.rows.iter().all(|row| row.first() == Some(first));
    (is_same && sheet.columns.first()? == CONSULTATION).then(|| text(first))
}

fn csv(sheet: &Sheet) -> String {
    let head = sheet.columns.iter().map(|column| table::csv_cell(column)).collect();
    let body = sheet.rows.iter().map(|row| {
        let cell = |cell: &Cell| match cell {
            Cell::Text(text) => table::csv_cell(text),
            number => text(number),
        };
        row.iter().map(cell).collect::<Vec<_>>()
    });
    let lines = std::iter::once(head).chain(body).map(|row| row.join(",") + "\r\n");
    // The mark tells spreadsheets that it is UTF-8.
    std::iter::once("\u{feff}".to_owned()).chain(lines).collect()
}

fn to_json(sheet: &Sheet) -> Value {
    let row = |row: &Vec<Cell>| -> Value {
        sheet.columns.iter().cloned().zip(row.iter().map(|cell| json!(cell))).collect::<Map<_, _>>().into()
    };
    sheet.rows.iter().map(row).collect()
}
