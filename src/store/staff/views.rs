//! The views for staff, read as they are.

use super::cell::Cell;
use super::masked::Masker;
use crate::store::{Result, Store, StoreError, schema};

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

    /// All of one view; `masked`: without what tells who somebody is or how to reach him.
    ///
    /// # Errors
    /// When the store cannot be read or has no such view.
    pub fn sheet(&self, view: &str, masked: bool) -> Result<Sheet> {
        let (mut columns, mut rows) = (Vec::new(), Vec::new());
        self.each_row(
            view,
            masked,
            |named| columns = named.to_vec(),
            |row| {
                rows.push(row.to_vec());
                Ok::<(), StoreError>(())
            },
        )?;
        Ok(Sheet { columns, rows })
    }

    /// Hands over the columns of a view, and then its rows one by one.
    pub(in crate::store) fn each_row<E: From<rusqlite::Error>>(
        &self,
        view: &str,
        masked: bool,
        begin: impl FnOnce(&[String]),
        mut take: impl FnMut(&[Cell]) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let quoted = view.replace('"', "\"\"");
        let mut statement = self.connection.prepare(&format!("SELECT * FROM \"{quoted}\""))?;
        let columns: Vec<String> = statement.column_names().map(ToOwned::to_owned).collect();
        begin(&columns);
        let mut by_row = masked.then(|| Masker::new(&self.connection, &columns));
        let mut cells = Vec::with_capacity(columns.len());
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            cells.clear();
            for at in 0..columns.len() {
                cells.push(Cell::of(row.get_ref(at)?));
            }
            if let Some(masker) = &mut by_row {
                masker.mask(&mut cells)?;
            }
            take(&cells)?;
        }
        Ok(())
    }
}
