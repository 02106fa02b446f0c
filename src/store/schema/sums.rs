//! The sums that the store keeps for reports, made from `sums.toml`: the tables, the triggers that keep them, and the counting anew.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rusqlite::Connection;
use serde::Deserialize;

use super::views::written_out;
use crate::store::Result;

/// What the triggers are called that keep sums.
pub(super) const KEEPERS: &str = "_summed";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    key: String,
    /// The key is a row's number.
    #[serde(default)]
    id: bool,
    /// A row in which all of these are 0 says nothing, and goes unless its key is a number; empty: each says something.
    amounts: String,
    columns: String,
    /// What its rows are, by the letters.
    query: String,
}

/// What is done when a row comes, goes or changes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keeps {
    name: String,
    on: String,
    /// A change of these is one; empty: rows never change.
    #[serde(default)]
    columns: String,
    #[serde(default)]
    both: String,
    #[serde(default)]
    plus: String,
    #[serde(default)]
    minus: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    piece: BTreeMap<String, String>,
    table: Vec<Table>,
    keeps: Vec<Keeps>,
}

static PAGE: LazyLock<Page> = LazyLock::new(|| {
    let mut page: Page = toml::from_str(include_str!("sums.toml"))
        .expect("sums.toml is part of the program, and a test makes a store from it");
    for table in &mut page.table {
        table.query = written_out(&table.query, &page.piece);
    }
    for keeps in &mut page.keeps {
        for sql in [&mut keeps.both, &mut keeps.plus, &mut keeps.minus] {
            *sql = written_out(sql, &page.piece);
        }
    }
    page
});

/// The statements that make the tables and their triggers.
pub(super) fn all() -> String {
    format!("{}\n\n{}", tables(), triggers())
}

fn tables() -> String {
    let made = PAGE.table.iter().map(|Table { name, key, id, columns, .. }| {
        if *id {
            format!("CREATE TABLE {name} ({columns}\n) STRICT;")
        } else {
            format!("CREATE TABLE {name} ({columns}\n    PRIMARY KEY ({key})\n) STRICT, WITHOUT ROWID;")
        }
    });
    made.collect::<Vec<_>>().join("\n")
}

fn triggers() -> String {
    let keepers = PAGE.keeps.iter().flat_map(Keeps::triggers);
    keepers.chain(PAGE.table.iter().filter_map(Table::trigger)).collect::<Vec<_>>().join("\n")
}

impl Table {
    /// What takes a row away that says nothing any more: its key may be what somebody had erased.
    fn trigger(&self) -> Option<String> {
        let Self { name, key, amounts, .. } = self;
        let both = |columns: &str, holds: &dyn Fn(&str) -> String| {
            columns.split(", ").map(holds).collect::<Vec<_>>().join(" AND ")
        };
        let (nothing, same) = (
            both(amounts, &|column| format!("new.{column} = 0")),
            both(key, &|column| format!("{column} = new.{column}")),
        );
        (!self.id && !amounts.is_empty()).then(|| {
            format!("CREATE TRIGGER {} AFTER UPDATE ON {name} WHEN {nothing} BEGIN DELETE FROM {name} WHERE {same}; END;", self.trigger_name())
        })
    }

    fn trigger_name(&self) -> String {
        format!("{}{KEEPERS}", self.name)
    }
}

impl Keeps {
    fn triggers(&self) -> Vec<String> {
        let (plus, minus) = (self.done("new", "", &self.plus), self.done("old", "-", &self.minus));
        let mut made = vec![("INSERT".to_owned(), plus.clone())];
        if !self.columns.is_empty() {
            made.push((format!("UPDATE OF {}", self.columns), format!("{minus}\n{plus}")));
        }
        if !minus.is_empty() {
            made.push(("DELETE".to_owned(), minus));
        }
        let trigger = |(place, (event, done)): (usize, (String, String))| {
            format!(
                "CREATE TRIGGER {}_{} AFTER {event} ON {} BEGIN\n{done}\nEND;",
                self.name,
                place + 1,
                self.on
            )
        };
        made.into_iter().enumerate().map(trigger).collect()
    }

    fn done(&self, row: &str, sign: &str, own: &str) -> String {
        format!("{}\n{own}", self.both).trim().replace('$', row).replace('±', sign)
    }
}

/// Makes all of it anew, and counts; for a store whose other tables are as they are to be.
pub(in crate::store) fn make(connection: &Connection) -> Result<()> {
    keep_none(connection)?;
    for table in &PAGE.table {
        connection.execute_batch(&format!("DROP TABLE IF EXISTS {}", table.name))?;
    }
    connection.execute_batch(&tables())?;
    for Table { name, query, .. } in &PAGE.table {
        connection.execute_batch(&format!("INSERT INTO {name} {query}"))?;
    }
    Ok(connection.execute_batch(&triggers())?)
}

/// Lets go of what keeps them, where nobody reads them.
pub(in crate::store) fn keep_none(connection: &Connection) -> Result<()> {
    let keepers = PAGE.keeps.iter().flat_map(|keeps| (1..=3).map(|place| format!("{}_{place}", keeps.name)));
    for name in keepers.chain(PAGE.table.iter().map(Table::trigger_name)) {
        connection.execute_batch(&format!("DROP TRIGGER IF EXISTS {name}"))?;
    }
    Ok(())
}

/// SQL that gives the names of the sums that are not what the letters say.
pub(in crate::store) fn miscounted() -> &'static str {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let differ = PAGE.table.iter().map(|Table { name, amounts, query, .. }| {
            let said = if amounts.is_empty() {
                format!("SELECT * FROM {name}")
            } else {
                let nothing = amounts.split(", ").map(|column| format!("{column} = 0")).collect::<Vec<_>>();
                format!("SELECT * FROM {name} WHERE NOT ({})", nothing.join(" AND "))
            };
            format!(
                "SELECT '{name}' WHERE EXISTS (SELECT * FROM ({query}) EXCEPT {said}) OR EXISTS ({said} EXCEPT SELECT * FROM ({query}))"
            )
        });
        differ.collect::<Vec<_>>().join("\nUNION ALL ")
    });
    &SQL
}
