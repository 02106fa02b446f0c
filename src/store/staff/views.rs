//! The views for staff, read as they are.

use rusqlite::types::ValueRef;
use serde::Serialize;

use crate::store::{Result, Store, schema};

/// One value of a view.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A count.
    Integer(i64),
    /// A share.
    Real(f64),
    /// A text or a time.
    Text(String),
}

/// What a view shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows, a cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

impl Store {
    /// The names of the views, in the order in which they are shown.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn views(&self) -> Result<Vec<String>> {
        let mut statement =
            self.connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY rowid")?;
        let names = statement.query_map([], |row| row.get(0))?;
        let mut names: Vec<String> = names.collect::<rusqlite::Result<_>>()?;
        // One that was made anew stands last in the file.
        let place = |name: &String| schema::view_names().position(|own| own == name).unwrap_or(usize::MAX);
        names.sort_by_key(place);
        Ok(names)
    }

    /// All of one view.
    ///
    /// # Errors
    /// When the store cannot be read or has no such view.
    pub fn sheet(&self, view: &str) -> Result<Sheet> {
        let quoted = view.replace('"', "\"\"");
        let mut statement = self.connection.prepare(&format!("SELECT * FROM \"{quoted}\""))?;
        let columns: Vec<String> = statement.column_names().map(ToOwned::to_owned).collect();
        let count = columns.len();
        let rows = statement
            .query_map([], |row| (0..count).map(|column| row.get_ref(column).map(cell)).collect())?;
        Ok(Sheet { columns, rows: rows.collect::<rusqlite::Result<_>>()? })
    }
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Empty,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Cell::Text(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}
