//! `view`: a view of the store as a table or as CSV, so that nobody needs SQL to give figures and texts to a spreadsheet.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value, json};

use super::opening::{known_consultation, open_for_reading};
use super::outcome::{Exit, Failure, Outcome, print, print_bytes};
use super::submissions::log_unmasked;
use super::{fit, table};
use crate::config::Settings;
use crate::store::{Cell, Sheet};
use crate::vocabulary::printable;

/// The column that names the consultation.
const CONSULTATION: &str = "征求意见";

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
    /// Only this consultation
    #[arg(long, value_name = "ID")]
    consultation: Option<String>,
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
    known_consultation(settings, &store, arguments.consultation.as_deref())?;
    let mut sheet = store.sheet(name, !arguments.unmasked)?;
    if let Some(id) = &arguments.consultation {
        keep_consultation(&mut sheet, name, &store.called(id)?)?;
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
            write_new(path, written.as_bytes())?;
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

/// Writes a file that was not there; a half-written one is taken away again.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = opened.map_err(|error| {
        let remedy = match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                "; nothing is overwritten: name another file, or remove it first"
            }
            _ => "",
        };
        let exit = match error.kind() {
            std::io::ErrorKind::PermissionDenied => Exit::Permission,
            _ => Exit::Io,
        };
        Failure::new(exit, format!("--out {}: {error}{remedy}", path.display()))
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        let _ = std::fs::remove_file(path);
        Failure::new(Exit::Io, format!("--out {}: {error}", path.display()))
    })
}
