//! The views for staff, made from `views.toml`: which there are, what each column is called and means, and how it is found.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocabulary::formula;

/// A view: what it is called and what its columns hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct View {
    name: String,
    /// What a row is.
    row: String,
    /// What is counted.
    scope: String,
    /// What stands before SELECT.
    #[serde(default)]
    with: String,
    from: String,
    column: Vec<Column>,
}

/// A column of a view. What is empty is as under `common`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Column {
    name: String,
    sql: String,
    kind: Kind,
    empty: bool,
    says: String,
    values: String,
    scope: String,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Text,
    Integer,
    Real,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    piece: BTreeMap<String, String>,
    common: BTreeMap<String, Column>,
    view: Vec<View>,
}

static PAGE: LazyLock<Page> = LazyLock::new(|| {
    let mut page: Page = toml::from_str(include_str!("views.toml"))
        .expect("views.toml is part of the program, and a test makes a store from it");
    for view in &mut page.view {
        for (at, column) in view.column.iter_mut().enumerate() {
            if let Some(common) = page.common.get(&column.name) {
                column.take(common);
            }
            if at == 0 {
                // What a row is and what is counted stands with the first column.
                column.scope = format!("{}。{}", view.row, view.scope);
            }
        }
    }
    let dictionary = dictionary(&page.view);
    page.piece.insert("dictionary".to_owned(), dictionary);
    page
});

impl Column {
    fn take(&mut self, common: &Self) {
        for (own, common) in [
            (&mut self.sql, &common.sql),
            (&mut self.says, &common.says),
            (&mut self.values, &common.values),
            (&mut self.scope, &common.scope),
        ] {
            if own.is_empty() {
                own.clone_from(common);
            }
        }
        if self.kind == Kind::Text {
            self.kind = common.kind;
        }
        self.empty |= common.empty;
    }
}

/// The statements that make all views, in the order in which they are shown.
pub(super) fn all() -> String {
    let made = PAGE.view.iter().map(|view| format!("CREATE VIEW {} AS\n{};", view.name, query(view)));
    made.collect::<Vec<_>>().join("\n\n")
}

/// The names of the views, in the order in which they are shown.
pub(in crate::store) fn names() -> impl Iterator<Item = &'static str> {
    PAGE.view.iter().map(|view| view.name.as_str())
}

/// What a view asks.
fn query(view: &View) -> String {
    let columns: Vec<String> =
        view.column.iter().map(|column| format!("{} AS {}", column.sql, column.name)).collect();
    let lines = [&view.with, &format!("SELECT {}", columns.join(",\n       ")), &view.from];
    let lines: Vec<&str> = lines.into_iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
    cells(&pieces(lines.join("\n")))
}

/// 数据字典: the columns of all views as rows.
fn dictionary(views: &[View]) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let rows = views.iter().flat_map(|view| {
        view.column.iter().map(move |column| {
            let cells = [&view.name, &column.name, &column.says, &column.values, &column.scope];
            format!("({})", cells.map(|cell| quoted(cell)).join(", "))
        })
    });
    rows.collect::<Vec<_>>().join(",\n    ")
}

/// The text with `⟪name⟫` and `⟪name argument⟫` written out, the innermost first.
fn pieces(mut text: String) -> String {
    while let Some((before, inner, after)) = innermost(&text) {
        let (name, argument) = inner.split_once(' ').unwrap_or((inner, ""));
        let piece = PAGE.piece.get(name).map_or("", String::as_str);
        text = format!("{before}{}{after}", piece.replace('$', argument));
    }
    text
}

fn innermost(text: &str) -> Option<(&str, &str, &str)> {
    let (head, after) = text.split_once('⟫')?;
    let (before, inner) = head.rsplit_once('⟪')?;
    Some((before, inner, after))
}

/// Where no blank and no operator stands: most texts begin there, and are looked at once.
const PLAIN: std::ops::RangeInclusive<u32> = 0x3001..=0xfe61;

/// The text with `⟨x⟩` written out: x as a cell that no spreadsheet takes for a formula. Each view says it in plain SQL, so that any
/// tool may read it.
fn cells(text: &str) -> String {
    let blanks = formula::BLANKS.map(|code| code.to_string()).join(",");
    let openers = formula::OPENERS;
    let others = openers.trim_start_matches('-');
    let mut sql = String::with_capacity(text.len() * 2);
    for (index, piece) in text.split(['⟨', '⟩']).enumerate() {
        if index % 2 == 0 {
            sql.push_str(piece);
            continue;
        }
        let plain = format!("unicode({piece}) BETWEEN {} AND {}", PLAIN.start(), PLAIN.end());
        let perhaps = format!("{piece} GLOB ('[' || char({blanks}) || '{others}-]*')");
        let opens = format!("ltrim({piece}, char({blanks})) GLOB '[{openers}]*'");
        let first = format!("unicode({piece}) IN (9, 10, 13)");
        sql.extend([
            "iif(",
            &plain,
            ", ",
            piece,
            ", iif(",
            &perhaps,
            " AND (",
            &opens,
            " OR ",
            &first,
            "), '''' || ",
        ]);
        sql.extend([piece, ", ", piece, "))"]);
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_a_formula_begins_outside_the_plain_characters() {
        assert!(formula::OPENERS.chars().all(|c| !PLAIN.contains(&u32::from(c))));
        assert!(formula::BLANKS.iter().all(|code| !PLAIN.contains(code)));
    }
}
