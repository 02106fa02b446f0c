//! What each sheet is called and what stands in its columns: `rules/workbook.toml`, read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocabulary::typed;

/// A sheet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// What the program calls it.
    pub id: String,
    /// What stands on its tab.
    pub name: String,
    /// What its keys begin with.
    pub code: String,
    /// A row without a key is one that somebody added.
    #[serde(default)]
    pub(super) adds: bool,
    /// Its columns, from the left.
    pub column: Vec<Column>,
}

/// A column.
#[expect(clippy::struct_excessive_bools, reason = "each is a yes or no of the table")]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What the store gives for it, or takes from it.
    pub field: String,
    /// What stands above it.
    pub heading: String,
    #[serde(default)]
    also: Vec<String>,
    pub(super) width: u16,
    /// Staff fill it in.
    #[serde(default)]
    pub hand: bool,
    /// The row is told by it.
    #[serde(default)]
    pub own: bool,
    /// The drop-down.
    #[serde(default)]
    pub list: Option<String>,
    #[serde(default)]
    pub(super) long: bool,
    #[serde(default)]
    pub(super) number: bool,
}

/// What else is written in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub(super) heading: String,
    pub(super) as_of: String,
    pub(super) page: String,
    pub(super) key: String,
    pub(super) digest: String,
    pub(super) was: String,
    pub(super) cut: String,
    pub(super) help: String,
    /// What a message calls a cell without anything.
    pub empty: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    words: Words,
    lists: BTreeMap<String, Vec<String>>,
    synonyms: BTreeMap<String, String>,
    decisions: BTreeMap<String, String>,
    sheet: Vec<Sheet>,
}

static LAYOUT: LazyLock<Layout> = LazyLock::new(|| {
    toml::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/workbook.toml")))
        .expect("rules/workbook.toml is part of the program, and a test reads it")
});

/// The sheets in their order.
pub static SHEETS: LazyLock<&'static [Sheet]> = LazyLock::new(|| &LAYOUT.sheet);
/// What else is written in the workbook.
pub static WORDS: LazyLock<&'static Words> = LazyLock::new(|| &LAYOUT.words);

/// The sheet of this id.
pub fn sheet(id: &str) -> Option<&'static Sheet> {
    SHEETS.iter().find(|sheet| sheet.id == id)
}

/// Where a letter that waits stands after this word, as the store calls it.
pub fn decision(word: &str) -> Option<&'static str> {
    LAYOUT.decisions.get(word).map(String::as_str)
}

impl Sheet {
    /// The place of a column.
    pub fn place(&self, field: &str) -> Option<usize> {
        self.column.iter().position(|column| column.field == field)
    }
}

impl Column {
    /// The words of its drop-down, where they are the same in every consultation.
    pub fn words(&self) -> &'static [String] {
        self.list.as_deref().and_then(|list| LAYOUT.lists.get(list)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether this stands above it: brackets, blanks and letters may have another width.
    pub(super) fn is_called(&self, heading: &str) -> bool {
        let meant = typed::folded(heading);
        std::iter::once(&self.heading).chain(&self.also).any(|name| typed::folded(name) == meant)
    }

    /// The word of the list that is meant, if there is one.
    pub fn one_of(written: &str, known: &[String]) -> Option<String> {
        let meant = typed::folded(written);
        let synonym = LAYOUT.synonyms.iter().find(|(word, _)| typed::folded(word) == meant);
        let meant = synonym.map_or(meant, |(_, word)| typed::folded(word));
        known.iter().find(|word| typed::folded(word) == meant).cloned()
    }
}
