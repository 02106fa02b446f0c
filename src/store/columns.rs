//! Columns of a row with their values: what a ruling makes of a message, before or beside what stands in the store.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::Result;

/// Columns of one row with their values. Filing inserts them; `reprocess` compares them with those that stand there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns(Vec<(&'static str, Value)>);

/// One column that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The table.
    pub table: &'static str,
    /// The column, or the table's name again where all rows that belong to a message are meant.
    pub field: &'static str,
    /// The value that stands there, as text.
    pub old: Option<String>,
    /// The value by today's rules, as text.
    pub new: Option<String>,
}

impl Columns {
    /// With one more column.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Columns of these names, empty: what to read.
    pub(super) fn named(names: &[&'static str]) -> Self {
        Self(names.iter().map(|name| (*name, Value::Null)).collect())
    }

    /// Sets a column, whether it is there already or not.
    pub(super) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        let value = value.into();
        match self.0.iter_mut().find(|(found, _)| *found == name) {
            Some((_, slot)) => *slot = value,
            None => self.0.push((name, value)),
        }
    }

    /// Sets a text column.
    pub fn set_text(&mut self, name: &'static str, value: &str) {
        self.set(name, value.to_owned());
    }

    /// A column's value as text; `None` for NULL and for a column that is not here.
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(found, _)| *found == name).and_then(|(_, value)| as_text(value))
    }

    /// Takes over what stands in the store in these columns: they are not the rules' to decide.
    pub fn keep(&mut self, stored: &Self, names: &[&str]) {
        for (name, value) in &stored.0 {
            if names.contains(name) {
                self.set(name, value.clone());
            }
        }
    }

    /// Only these columns.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| names.contains(name)).cloned().collect())
    }

    /// The columns in which these differ from what stands in the store, for a table.
    pub fn changes(&self, stored: &Self, table: &'static str) -> Vec<Change> {
        self.0
            .iter()
            .filter(|(name, new)| stored.0.iter().any(|(found, old)| found == name && old != new))
            .map(|(name, new)| Change { table, field: name, old: stored.get(name), new: as_text(new) })
            .collect()
    }

    /// Inserts a row; returns its id.
    pub(super) fn insert(&self, connection: &Connection, table: &'static str) -> Result<i64> {
        let values = params_from_iter(self.0.iter().map(|(_, value)| value));
        Ok(connection.prepare_cached(&self.insertion(table))?.insert(values)?)
    }

    /// Inserts a row unless one with the same key is there already: `false`.
    pub(super) fn insert_once(
        &self,
        connection: &Connection,
        table: &'static str,
        key: &[&str],
    ) -> Result<bool> {
        let sql = format!("{} ON CONFLICT ({}) DO NOTHING", self.insertion(table), key.join(", "));
        let values = params_from_iter(self.0.iter().map(|(_, value)| value));
        Ok(connection.prepare_cached(&sql)?.execute(values)? == 1)
    }

    fn insertion(&self, table: &str) -> String {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        let places: Vec<String> = (1..=names.len()).map(|place| format!("?{place}")).collect();
        format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", "))
    }

    /// Writes those of these columns that changed into the row with this id.
    pub(super) fn update(
        &self,
        connection: &Connection,
        table: &'static str,
        id: i64,
        changes: &[Change],
    ) -> Result<()> {
        for change in changes.iter().filter(|change| change.table == table) {
            if let Some((name, value)) = self.0.iter().find(|(name, _)| *name == change.field) {
                connection
                    .prepare_cached(&format!("UPDATE {table} SET {name} = ?2 WHERE id = ?1"))?
                    .execute(rusqlite::params![id, value])?;
            }
        }
        Ok(())
    }

    /// The same columns as they stand in the rows that `condition` (over `?1`) selects.
    pub(super) fn read(
        &self,
        connection: &Connection,
        table: &'static str,
        condition: &str,
        key: i64,
    ) -> Result<Vec<Self>> {
        let names: Vec<&'static str> = self.0.iter().map(|(name, _)| *name).collect();
        let sql = format!("SELECT {} FROM {table} WHERE {condition}", names.join(", "));
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map([key], |row| {
            let columns = names.iter().enumerate().map(|(at, name)| Ok((*name, row.get(at)?)));
            Ok(Self(columns.collect::<rusqlite::Result<_>>()?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// The id of the row that `condition` (over `?1`) selects first.
pub(super) fn first_id(
    connection: &Connection,
    table: &'static str,
    condition: &str,
    key: i64,
) -> Result<Option<i64>> {
    Ok(connection
        .prepare_cached(&format!("SELECT id FROM {table} WHERE {condition} ORDER BY id LIMIT 1"))?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Blob(_) => None,
        Value::Integer(number) => Some(number.to_string()),
        Value::Real(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
    }
}
