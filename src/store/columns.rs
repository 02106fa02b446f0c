//! Columns of a row with their values: what a ruling makes of a message, before or beside what stands in the store.

use std::borrow::Cow;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params, params_from_iter};

use super::Result;

/// Columns of one row with their values. Filing inserts them; `reprocess` compares them with those that stand there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns(Vec<(Cow<'static, str>, Value)>);

/// One column that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The table.
    pub table: &'static str,
    /// The column, or the table's name again where all rows that belong to a message are meant.
    pub field: String,
    /// The value that stands there, as text.
    pub old: Option<String>,
    /// The value by today's rules, as text.
    pub new: Option<String>,
}

impl Columns {
    /// With one more column.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// Sets a text column, whether it is there already or not.
    pub fn set_text(&mut self, name: &'static str, value: &str) {
        let value = Value::Text(value.to_owned());
        match self.0.iter_mut().find(|(found, _)| found == name) {
            Some((_, slot)) => *slot = value,
            None => self.0.push((Cow::Borrowed(name), value)),
        }
    }

    /// A column's value as text; `None` for NULL and for a column that is not here.
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(found, _)| found == name).and_then(|(_, value)| as_text(value))
    }

    /// A column's value as a whole number.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// Only these columns, or all but these.
    #[must_use]
    pub fn only(&self, names: &[&str], these: bool) -> Self {
        Self(self.0.iter().filter(|(name, _)| names.contains(&name.as_ref()) == these).cloned().collect())
    }

    /// The columns in which these differ from what stands in the store, for a table.
    pub fn changes(&self, stored: &Self, table: &'static str) -> Vec<Change> {
        let differs =
            |name: &str, new: &Value| stored.0.iter().any(|(found, old)| found == name && old != new);
        let change = |(name, new): &(Cow<'static, str>, Value)| Change {
            table,
            field: name.clone().into_owned(),
            old: stored.get(name),
            new: as_text(new),
        };
        self.0.iter().filter(|(name, new)| differs(name, new)).map(change).collect()
    }

    /// Inserts a row; returns its id.
    pub(super) fn insert(&self, connection: &Connection, table: &str) -> Result<i64> {
        let values = params_from_iter(self.0.iter().map(|(_, value)| value));
        Ok(connection.prepare_cached(&self.insertion("INSERT", table))?.insert(values)?)
    }

    /// Inserts a row in place of any that has one of its keys.
    pub(super) fn replace(&self, connection: &Connection, table: &str) -> Result<()> {
        let values = params_from_iter(self.0.iter().map(|(_, value)| value));
        connection.prepare_cached(&self.insertion("INSERT OR REPLACE", table))?.execute(values)?;
        Ok(())
    }

    /// Inserts a row unless one with the same key is there already: `false`.
    pub(super) fn insert_once(&self, connection: &Connection, table: &str, key: &[&str]) -> Result<bool> {
        let sql = format!("{} ON CONFLICT ({}) DO NOTHING", self.insertion("INSERT", table), key.join(", "));
        let values = params_from_iter(self.0.iter().map(|(_, value)| value));
        Ok(connection.prepare_cached(&sql)?.execute(values)? == 1)
    }

    fn insertion(&self, verb: &str, table: &str) -> String {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_ref()).collect();
        let places: Vec<String> = (1..=names.len()).map(|place| format!("?{place}")).collect();
        format!("{verb} INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", "))
    }

    /// Writes the columns that are `wanted` into the row with this id.
    pub(super) fn update(
        &self,
        connection: &Connection,
        table: &str,
        id: i64,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<()> {
        for (name, value) in self.0.iter().filter(|(name, _)| wanted(name)) {
            connection
                .prepare_cached(&format!("UPDATE {table} SET {name} = ?2 WHERE id = ?1"))?
                .execute(params![id, value])?;
        }
        Ok(())
    }

    /// The rows that `condition` (over `?1`) selects, but for the octets of mail.
    pub(super) fn read(connection: &Connection, table: &str, condition: &str, key: i64) -> Result<Vec<Self>> {
        let mut statement = connection.prepare_cached(&format!("SELECT * FROM {table} WHERE {condition}"))?;
        let mut rows = statement.query([key])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let names = row.as_ref();
            let mut columns = Self::default();
            for at in 0..names.column_count() {
                let name = names.column_name(at)?;
                if !matches!(name, "raw" | "octets") {
                    columns.0.push((Cow::Owned(name.to_owned()), owned(row.get_ref(at)?)));
                }
            }
            found.push(columns);
        }
        Ok(found)
    }
}

fn owned(value: ValueRef<'_>) -> Value {
    Value::try_from(value).unwrap_or(Value::Null)
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Blob(_) => None,
        Value::Integer(number) => Some(number.to_string()),
        Value::Real(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
    }
}
