//! `export --format eml`: the archive of a consultation: letters as they came, tables, the event log, and digests that `sha256sum` alone
//! checks. It holds no clock but the record's: the same state gives the same bytes.

mod folder;

use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use self::folder::{Folder, Sink};
use super::actor::actor;
use super::export::{ExportArguments, which};
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use super::table;
use crate::compose;
use crate::config::Settings;
use crate::report;
use crate::store::{Filter, Scope, Store, WorkbookRow};
use crate::vocabulary::{Consultation, sha256_hex};
use crate::words;
use crate::world::World;

/// Most numbers that are named.
const MOST: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    words: Words,
    table: Vec<Table>,
}

/// What is not a table's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    list: String,
    row: String,
    title: String,
    office: String,
    basis: String,
    standards: String,
    format: String,
    whole: String,
    erased: String,
    oversize: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: String,
    query: String,
    column: Vec<Column>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    field: String,
    heading: String,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    toml::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/archive.toml")))
        .expect("rules/archive.toml is part of the program, and a test reads it")
});
const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/archive.txt"));

/// What is in it.
#[derive(Default)]
struct Counts {
    letters: usize,
    supplements: usize,
    items: usize,
    erased: usize,
    /// Of which only the beginning is kept.
    oversize: Vec<String>,
    /// The last event: its number, time and hash.
    head: (i64, String, String),
}

pub(super) fn archive(settings: &Settings, arguments: &ExportArguments) -> Outcome {
    let consultation = which(settings, arguments.filter.consultation.as_deref())?;
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let filter = arguments.filter.filter(settings, &store)?;
    if !(Filter { consultation: None, ..filter }).is_empty() {
        let message = "归档包含一次征求意见的全部来信，除 --consultation 外不能筛选";
        return Err(Failure::new(Exit::Usage, message));
    }
    let mut folder = Folder::create(&arguments.out)?;
    let counts = store.at_one_moment(|| write(&store, consultation, &mut folder))?;
    let (files, sha256) = folder.finish()?;
    let detail = json!({ "format": "eml", "consultation": consultation.id, "letters": counts.letters, "supplements": counts.supplements,
        "items": counts.items, "files": files, "event": counts.head.0, "sha256": sha256 });
    let logged = store.begin().and_then(|writing| {
        writing.log(now, &actor(), "exported", None, &detail)?;
        writing.commit()
    });
    // What left without a trace has not left.
    logged.inspect_err(|_| drop(std::fs::remove_dir_all(&arguments.out)))?;
    print(&said(&counts, files, &sha256, arguments))?;
    Ok(Exit::Ok)
}

fn said(counts: &Counts, files: u64, sha256: &str, arguments: &ExportArguments) -> String {
    let out = arguments.out.display();
    let mut text = format!(
        "来信 {} 件、补充来信 {} 份、意见 {} 条，文件 {files} 个 → {out}\n",
        counts.letters, counts.supplements, counts.items
    );
    if !counts.oversize.is_empty() {
        let named: Vec<&str> = counts.oversize.iter().take(MOST).map(String::as_str).collect();
        let more = if counts.oversize.len() > MOST { "等" } else { "" };
        let _ = writeln!(
            text,
            "其中 {} 封原信过大，只有开头部分：{}{more}",
            counts.oversize.len(),
            named.join("、")
        );
    }
    if counts.erased > 0 {
        let _ = writeln!(text, "其中 {} 封的原件已按规定删除", counts.erased);
    }
    let _ = writeln!(text, "核对：cd {out} && sha256sum -c sha256sums\nsha256sums 的摘要：{sha256}");
    text.push_str("含姓名、电话和地址，只有本人可读；移交后按保管要求存放。\n");
    text
}

fn write(store: &Store, consultation: &Consultation, folder: &mut Folder) -> Result<Counts, Failure> {
    let mut counts = Counts::default();
    for table in &RULES.table {
        match table.name.as_str() {
            "index" => index(store, consultation, table, folder, &mut counts)?,
            _ => {
                let mut csv = folder.file(&format!("{}.csv", table.name))?;
                csv.put(&head(table))?;
                let mut rows = 0;
                store.workbook_rows(&table.query, scope(consultation), |row| {
                    rows += 1;
                    csv.put(&line(table, |field| row.get(field).to_owned()))
                })?;
                folder.end(csv)?;
                if table.name == "decisions" {
                    counts.items = rows;
                }
            }
        }
    }
    let mut events = folder.file("events.jsonl")?;
    store.events_of_changes(|event| {
        counts.head = (event.id, event.at.clone(), event.hash.clone());
        let line = json!({ "id": event.id, "at": event.at, "actor": event.actor, "action": event.action,
            "submission_id": event.submission_id, "detail": event.detail, "hash": event.hash });
        events.put(&format!("{line}\n"))
    })?;
    folder.end(events)?;
    let mut page = folder.file("README.txt")?;
    page.put(&words::fill(PAGE, &told(consultation, &counts)))?;
    folder.end(page)?;
    Ok(counts)
}

/// What the page of text says of this archive.
fn told(consultation: &Consultation, counts: &Counts) -> Map<String, Value> {
    let (event, at, head) = &counts.head;
    let told = json!({
        "title": compose::printed(&consultation.title), "id": consultation.id, "office": consultation.office_name,
        "closes": consultation.closes_in_words, "letters": counts.letters, "supplements": counts.supplements, "items": counts.items,
        "erased": counts.erased, "oversize": counts.oversize.len(), "event": event, "at": at, "head": head,
    });
    told.as_object().cloned().unwrap_or_default()
}

const fn scope(consultation: &Consultation) -> Scope<'_> {
    Scope { consultation: consultation.id.as_str(), statuses: &[], handler: None, letters: None }
}

fn head(table: &Table) -> String {
    "\u{feff}".to_owned() + &table::csv_line(table.column.iter().map(|column| column.heading.as_str()))
}

fn line(table: &Table, cell: impl Fn(&str) -> String) -> String {
    let cells: Vec<String> = table.column.iter().map(|column| cell(&column.field)).collect();
    table::csv_line(cells.iter().map(String::as_str))
}

/// The letters, and the list of them in both forms.
fn index(
    store: &Store,
    consultation: &Consultation,
    table: &Table,
    folder: &mut Folder,
    counts: &mut Counts,
) -> Result<(), Failure> {
    let words = &RULES.words;
    let (mut csv, mut xml) = (folder.file("index.csv")?, folder.file("index.xml")?);
    csv.put(&head(table))?;
    let attributes = [
        (&words.title, compose::printed(&consultation.title)),
        (&words.office, consultation.office_name.clone()),
        (&words.basis, words.standards.clone()),
    ];
    let attributes: Vec<String> =
        attributes.iter().map(|(name, value)| format!(" {name}=\"{}\"", report::escaped(value))).collect();
    xml.put(&format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{}{}>\n",
        words.list,
        attributes.concat()
    ))?;
    store.workbook_rows(&table.query, scope(consultation), |row| {
        let kept = Kept::of(store, row, folder, counts)?;
        let cell = |field: &str| kept.cell(field, row);
        csv.put(&line(table, cell))?;
        element(&mut xml, table, cell)
    })?;
    xml.put(&format!("</{}>\n", words.list))?;
    folder.end(csv)?;
    folder.end(xml)
}

fn element(xml: &mut Sink, table: &Table, cell: impl Fn(&str) -> String) -> Result<(), Failure> {
    let row = &RULES.words.row;
    xml.put(&format!("<{row}>\n"))?;
    for Column { field, heading } in &table.column {
        xml.put(&format!("<{heading}>{}</{heading}>\n", report::escaped(&cell(field))))?;
    }
    xml.put(&format!("</{row}>\n"))
}

/// What became of a letter's bytes.
struct Kept {
    file_number: String,
    path: String,
    whole: String,
}

impl Kept {
    fn of(
        store: &Store,
        row: &WorkbookRow,
        folder: &mut Folder,
        counts: &mut Counts,
    ) -> Result<Self, Failure> {
        let words = &RULES.words;
        let number = row.get("number");
        let file_number = match row.get("part") {
            "0" => number.to_owned(),
            part => format!("{number}.{part}"),
        };
        *(if row.get("part") == "0" { &mut counts.letters } else { &mut counts.supplements }) += 1;
        if row.get("is_erased") == "1" {
            counts.erased += 1;
            return Ok(Self { file_number, path: String::new(), whole: words.erased.clone() });
        }
        let raw = store.raw_of(row.id)?.filter(|raw| sha256_hex(raw) == row.get("sha256"));
        let raw = raw.ok_or_else(|| {
            let message =
                format!("{file_number} 的原件与登记时的摘要不一致，没有写出；请管理员先运行 verify");
            Failure::new(Exit::Difference, message)
        })?;
        let path = format!("raw/{}.eml", safe(&file_number));
        folder.put(&path, &raw, row.get("sha256"))?;
        let whole = if row.get("is_oversize") == "1" {
            counts.oversize.push(file_number.clone());
            let sizes = json!({ "size": row.get("size"), "listed": row.get("listed") });
            words::fill(&words.oversize, sizes.as_object().unwrap_or(&Map::new()))
        } else {
            words.whole.clone()
        };
        Ok(Self { file_number, path, whole })
    }

    fn cell(&self, field: &str, row: &WorkbookRow) -> String {
        match field {
            "file_number" => self.file_number.clone(),
            "path" => self.path.clone(),
            "whole" => self.whole.clone(),
            "format" => RULES.words.format.clone(),
            field => row.get(field).to_owned(),
        }
    }
}

/// A number as the name of a file; ours are already.
fn safe(number: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let name: String = number.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    if name.starts_with('.') { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_columns_and_the_page_names_each_file() {
        for table in &RULES.table {
            assert!(
                !table.column.is_empty() && PAGE.contains(&format!("{}.csv", table.name)),
                "{}",
                table.name
            );
            let is_name = |name: &str| {
                !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || "<>&/（）".contains(c))
            };
            assert!(table.column.iter().all(|column| is_name(&column.heading)), "{}", table.name);
        }
        assert_eq!(safe("../A-1/2"), "_.._A-1_2");
        assert_eq!(safe("LNZX-2024-0001.1"), "LNZX-2024-0001.1");
    }
}
