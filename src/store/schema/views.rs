//! The views for staff, made from `views.toml`: which there are, what each column is called and means, and how it is found.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocabulary::{RelationKind, SenderKind, Status, Timeliness, Word, formula};
use crate::words::Chinese;

/// A view: what it is called and what its columns hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct View {
    pub(in crate::store) name: String,
    /// What a row is.
    row: String,
    /// What is counted.
    scope: String,
    /// What stands before SELECT.
    #[serde(default)]
    with: String,
    from: String,
    pub(in crate::store) column: Vec<Column>,
}

/// A column of a view. What is empty is as under `common`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::store) struct Column {
    pub(in crate::store) name: String,
    sql: String,
    pub(in crate::store) kind: Kind,
    empty: bool,
    says: String,
    values: String,
    scope: String,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::store) enum Kind {
    #[default]
    Text,
    Integer,
    Real,
}

/// What a column of text tells of a person, and so how it is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::store) enum Person {
    /// Nothing: a number of ours, a time, a word.
    None,
    /// Who he is.
    Name,
    /// Telephone numbers.
    Phone,
    /// The digits of those beside it.
    Digits,
    /// Mail addresses.
    Address,
    /// What somebody wrote.
    Text,
    /// What was corrected: as the field that another column names.
    Value,
}

/// What the reading copy has besides the views.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct ReadingCopy {
    /// What its notes are called.
    pub(in crate::store) notes: String,
    /// Their columns.
    pub(in crate::store) columns: [String; 2],
    /// A column that rows are looked up by.
    pub(in crate::store) numbered: String,
    /// A column that names the field which a row is about.
    pub(in crate::store) field: String,
    /// What views say in a cell where nobody wrote anything.
    pub(in crate::store) own: Vec<String>,
    /// SQL that gives notes.
    pub(in crate::store) made: String,
    /// Notes that are always the same.
    pub(in crate::store) told: Vec<[String; 2]>,
}

/// SQL that keeps what the views say of a letter's items.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct Items {
    /// Counts those that are marked.
    pub(in crate::store) count: String,
    /// Marks the letters of a consultation whose clauses got other places.
    pub(in crate::store) reorder: String,
    /// The numbers of those that were miscounted.
    pub(in crate::store) miscounted: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    piece: BTreeMap<String, String>,
    common: BTreeMap<String, Column>,
    view: Vec<View>,
    person: BTreeMap<Person, Vec<String>>,
    reading_copy: ReadingCopy,
    items: Items,
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

/// The views, in the order in which they are shown.
pub(in crate::store) fn shown() -> &'static [View] {
    &PAGE.view
}

/// What the reading copy has besides them.
pub(in crate::store) fn reading_copy() -> &'static ReadingCopy {
    &PAGE.reading_copy
}

/// What keeps the count of items.
pub(in crate::store) fn items() -> &'static Items {
    static ITEMS: LazyLock<Items> = LazyLock::new(|| {
        let Items { count, reorder, miscounted } = &PAGE.items;
        let [count, reorder, miscounted] = [count, reorder, miscounted].map(|sql| pieces(sql));
        Items { count, reorder, miscounted }
    });
    &ITEMS
}

/// The SQL of the notes that the reading copy begins with.
pub(in crate::store) fn notes() -> String {
    pieces(&PAGE.reading_copy.made)
}

/// What a column of this name tells of a person; one that nobody thought of is taken for a text.
pub(in crate::store) fn person(column: &str) -> Person {
    let listed = |names: &Vec<String>| names.iter().any(|name| name == column);
    PAGE.person.iter().find(|(_, names)| listed(names)).map_or(Person::Text, |(person, _)| *person)
}

/// What a view asks.
fn query(view: &View) -> String {
    let columns: Vec<String> =
        view.column.iter().map(|column| format!("{} AS {}", column.sql, column.name)).collect();
    let lines = [&view.with, &format!("SELECT {}", columns.join(",\n       ")), &view.from];
    let lines: Vec<&str> = lines.into_iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
    cells(&pieces(&lines.join("\n")))
}

/// 数据字典: the columns of all views as rows.
fn dictionary(views: &[View]) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let rows = views.iter().flat_map(|view| {
        view.column.iter().map(move |column| {
            let values = listed(&column.values);
            let cells = [&view.name, &column.name, &column.says, &values, &column.scope];
            format!("({})", cells.map(|cell| quoted(cell)).join(", "))
        })
    });
    rows.collect::<Vec<_>>().join(",\n    ")
}

/// The text with `⟦kind⟧` written out as every word of the kind: what the columns hold and what is said of them cannot differ.
fn listed(text: &str) -> String {
    let kinds = [
        (Status::KIND, every(Status::ALL)),
        (Timeliness::KIND, every(Timeliness::ALL)),
        (RelationKind::KIND, every(RelationKind::ALL)),
        (SenderKind::KIND, every(SenderKind::ALL)),
    ];
    kinds.into_iter().fold(text.to_owned(), |text, (kind, words)| text.replace(&format!("⟦{kind}⟧"), &words))
}

fn every<W: Chinese>(all: &[W]) -> String {
    all.iter().map(Chinese::short).collect::<Vec<_>>().join("、")
}

/// The text with `⟪name⟫` and `⟪name argument⟫` written out.
pub(in crate::store) fn pieces(text: &str) -> String {
    written_out(text, &BTreeMap::new())
}

/// The same with pieces that only one page has besides those of the views; the innermost first.
pub(super) fn written_out(text: &str, own: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    while let Some((before, inner, after)) = innermost(&text) {
        let (name, argument) = inner.split_once(' ').unwrap_or((inner, ""));
        let piece = own.get(name).or_else(|| PAGE.piece.get(name)).map_or("", String::as_str);
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
    fn each_column_of_text_is_said_to_be_personal_or_not_once() {
        let listed: Vec<&String> = PAGE.person.values().flatten().collect();
        let texts: Vec<&String> = PAGE
            .view
            .iter()
            .flat_map(|view| &view.column)
            .filter(|column| column.kind == Kind::Text)
            .map(|column| &column.name)
            .collect();
        for name in &texts {
            let times = listed.iter().filter(|listed| listed == &name).count();
            assert_eq!(times, 1, "{name} stands {times} times under [person]");
        }
        for name in listed {
            assert!(texts.contains(&name), "{name} is no column of text");
        }
    }

    #[test]
    fn what_opens_a_formula_begins_outside_the_plain_characters() {
        assert!(formula::OPENERS.chars().all(|c| !PLAIN.contains(&u32::from(c))));
        assert!(formula::BLANKS.iter().all(|code| !PLAIN.contains(code)));
    }
}
