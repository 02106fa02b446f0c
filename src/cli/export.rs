//! `export`: what leaves the office: the workbook that staff decide in.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::actor::actor;
use super::agencies;
use super::figures::MAIN;
use super::filter::FilterArguments;
use super::new_file::{self, unwritten};
use super::opening::{open_for_writing, unknown_consultation};
use super::outcome::{Exit, Failure, Outcome, print};
use super::review;
use super::stats::UNITS;
use super::table::when;
use super::treated;
use crate::compose;
use crate::config::Settings;
use crate::store::{Filter, Scope, Store, WorkbookRow};
use crate::vocabulary::{Consultation, Status, sha256_hex};
use crate::workbook::{self, Book, Grouped, Line, SHEETS, Sheet, Titles, WriteError};
use crate::world::World;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// The workbook: groups, items, letters, what waits, units, figures; with --public one table
    Xlsx,
    /// With --public: for programs
    Csv,
    /// With --public: a bare table for a web site
    Html,
    /// The archive of a consultation, a folder: letters as they came, tables, the event log, digests for sha256sum
    Eml,
}

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// What to write; else as the file is called
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write into this new file, or for eml this new folder, readable by its owner alone
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// Write what is published: groups in the clerk's words, nothing of a person in it
    #[arg(long)]
    pub(super) public: bool,
    /// Write all that is kept of one person as a text that he can read: of an address, or of a registration number
    #[arg(long, value_name = "WHOM", conflicts_with_all = ["public", "format"])]
    pub(super) about: Option<String>,
    #[command(flatten)]
    pub(super) filter: FilterArguments,
}

impl ExportArguments {
    /// Whether the archive is meant.
    pub(super) fn is_archive(&self) -> bool {
        !self.public && self.format().is_ok_and(|format| format == Format::Eml)
    }

    /// What is to be written.
    pub(super) fn format(&self) -> Result<Format, Failure> {
        let ending = self.out.extension().and_then(|end| end.to_str()).unwrap_or_default();
        let named = Format::from_str(ending, true).ok();
        let known = if self.public { "xlsx、csv、html" } else { "xlsx、eml" };
        let format = self.format.or(named).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("不知道写成什么：请写 --format，可写：{known}"))
        })?;
        let refuse = |words: &str| Err(Failure::new(Exit::Usage, words));
        match format {
            Format::Csv | Format::Html if !self.public => {
                return refuse("csv、html 只用于公开的表，请加 --public；工作簿写成 xlsx，归档写成 eml");
            }
            Format::Eml if self.public => {
                return refuse("归档含全部来信，不能公开；公开的表写成 xlsx、csv 或 html");
            }
            _ => {}
        }
        Ok(format)
    }
}

/// The consultation that is meant: the one that is named, or the only one.
pub(super) fn which<'a>(settings: &'a Settings, id: Option<&str>) -> Result<&'a Consultation, Failure> {
    let all = &settings.consultations;
    match (id, all.as_slice()) {
        (Some(id), _) => all.iter().find(|found| found.id == id).ok_or_else(|| unknown_consultation(all, id)),
        (None, [one]) => Ok(one),
        (None, several) => {
            let ids: Vec<&str> = several.iter().map(|found| found.id.as_str()).collect();
            let message = format!("配置了不止一次征求意见，请加 --consultation：{}", ids.join("、"));
            Err(Failure::new(Exit::Usage, message))
        }
    }
}

pub(super) fn export(settings: &Settings, arguments: &ExportArguments) -> Outcome {
    arguments.format()?;
    let consultation = which(settings, arguments.filter.consultation.as_deref())?;
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let filter = arguments.filter.filter(settings, &store)?;
    // The items of other letters than those that are registered, where that is said.
    let statuses = match filter.statuses.as_slice() {
        [] => vec![Status::Accepted.as_str().to_owned()],
        found => found.to_vec(),
    };
    group(&mut store, &consultation.id, &statuses, now)?;
    let letters = letters(&store, &filter, &consultation.id)?;
    let scope = Scope {
        consultation: &consultation.id,
        statuses: &statuses,
        handler: filter.handler.as_deref(),
        letters: letters.as_deref(),
    };
    let file = new_file::create(&arguments.out)?;
    let written = write((&store, settings), consultation, scope, &file, arguments, now)
        .and_then(|counts| {
            let sha256 = digest(&arguments.out)?;
            let detail = json!({ "format": "xlsx", "consultation": consultation.id, "handler": filter.handler, "filtered": letters.is_some(),
                "letters": counts.letters, "items": counts.items, "groups": counts.groups, "sha256": sha256 });
            let writing = store.begin()?;
            writing.log(now, &actor(), "exported", None, &detail)?;
            writing.commit()?;
            Ok(counts)
        });
    // What left without a trace has not left.
    let counts = written.inspect_err(|_| drop(std::fs::remove_file(&arguments.out)))?;
    let waiting = store.letters_waiting(&consultation.id)?.len() as u64;
    let first = if waiting > 0 { format!("{}。\n", order(waiting)) } else { String::new() };
    print(&format!(
        "来信 {} 件、意见 {} 条、归为 {} 类 → {}\n{first}含姓名、电话和地址，只有本人可读，请勿转发；填好后用 adopt 读回。\n",
        counts.letters,
        counts.items,
        counts.groups,
        arguments.out.display()
    ))?;
    Ok(Exit::Ok)
}

/// The letters that are meant, where more is said than a workbook is made by anyway.
fn letters(store: &Store, filter: &Filter, consultation: &str) -> Result<Option<Vec<i64>>, Failure> {
    let more = Filter { statuses: Vec::new(), consultation: None, handler: None, ..filter.clone() };
    if more.is_empty() {
        return Ok(None);
    }
    let meant = Filter { consultation: Some(consultation.to_owned()), ..more };
    Ok(Some(store.meant(&meant)?.into_iter().map(|(id, _)| id).collect()))
}

/// Puts what has no group yet into one; how many items.
pub(super) fn group(
    store: &mut Store,
    consultation: &str,
    statuses: &[String],
    now: jiff::Timestamp,
) -> Result<usize, Failure> {
    // The event of a transaction names each row that it seals.
    const AT_ONCE: usize = 2_000;
    let (items, last) = store.items_to_group(consultation, statuses)?;
    let items: Vec<Grouped> = items
        .into_iter()
        .map(|(id, clause, text, group, is_decided)| Grouped { id, clause, text, group, is_decided })
        .collect();
    let placed = workbook::propose(&items, last);
    for some in placed.chunks(AT_ONCE) {
        let writing = store.begin()?;
        writing.place_items(consultation, some, now)?;
        writing.commit()?;
    }
    Ok(placed.len())
}

#[derive(Debug, Default)]
struct Counts {
    letters: usize,
    items: usize,
    groups: usize,
}

fn write(
    (store, settings): (&Store, &Settings),
    consultation: &Consultation,
    scope: Scope<'_>,
    file: &std::fs::File,
    arguments: &ExportArguments,
    now: jiff::Timestamp,
) -> Result<Counts, Failure> {
    let titles = Titles {
        title: compose::printed(&consultation.title),
        as_of: when(Some(now)),
        occupations: consultation.occupation_names().into_iter().map(ToOwned::to_owned).collect(),
    };
    let folder = arguments.out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut book = Book::new(titles, folder.unwrap_or(Path::new(".")))?;
    let prefix = prefix(store, &consultation.id)?;
    let mut counts = Counts::default();
    for sheet in *SHEETS {
        let mut writer = book.sheet(sheet)?;
        match sheet.id.as_str() {
            "units" => {
                for cells in agencies::rows(store, consultation, None)? {
                    writer.line(&Line { key: String::new(), cells })?;
                }
            }
            "figures" => {
                for cells in figures(store, consultation, &counts, now)? {
                    writer.line(&Line { key: String::new(), cells })?;
                }
            }
            id => {
                let (mut rows, mut of) = (0, BTreeSet::new());
                let choices = sheet.place("choices");
                store.workbook_rows(id, scope, |row| {
                    rows += 1;
                    // One room's file lists no letters: they are those of its items.
                    if id == "items" && scope.handler.is_some() {
                        of.insert(row.get("number").to_owned());
                    }
                    let mut line = line(sheet, &prefix, row);
                    if let Some(place) = choices {
                        choose(store, row.id, (place, &mut line))?;
                        tell((store, settings), row.get("number"), (sheet, &mut line))?;
                    }
                    writer.line(&line).map_err(Failure::from)
                })?;
                match id {
                    "groups" => counts.groups = rows,
                    "items" => (counts.items, counts.letters) = (rows, of.len()),
                    "letters" if scope.handler.is_none() => counts.letters = rows,
                    _ => {}
                }
            }
        }
        writer.end()?;
    }
    let mut out = BufWriter::new(file);
    book.save(&mut out)?;
    out.flush().and_then(|()| file.sync_all()).map_err(|error| unwritten(&arguments.out, &error))?;
    Ok(counts)
}

/// How keys begin: which store, which consultation.
pub(super) fn prefix(store: &Store, consultation: &str) -> Result<String, Failure> {
    Ok(format!("{}/{consultation}", store.identity()?))
}

/// A row of the store as its sheet has it.
pub(super) fn line(sheet: &Sheet, prefix: &str, row: &WorkbookRow) -> Line {
    let cells = sheet.column.iter().map(|column| row.get(&column.field).to_owned()).collect();
    Line { key: format!("{prefix}/{}{}", sheet.code, row.id), cells }
}

/// Beside a letter that waits, what it can be listed as.
fn choose(store: &Store, letter: i64, (place, line): (usize, &mut Line)) -> Result<(), Failure> {
    if let Some(cell) = line.cells.get_mut(place) {
        *cell = treated::choices(store, letter)?;
    }
    Ok(())
}

/// The same as `review list` says of it: what to do with the commands, and what else it tells.
fn tell(
    (store, settings): (&Store, &Settings),
    number: &str,
    (sheet, line): (&Sheet, &mut Line),
) -> Result<(), Failure> {
    let (to_do, beside) = review::in_workbook(store, settings, number)?;
    for (field, text) in [("to_do", to_do), ("beside", beside)] {
        if let Some(cell) = sheet.place(field).and_then(|place| line.cells.get_mut(place)) {
            *cell = text;
        }
    }
    Ok(())
}

/// Definitions, and the sums that account for every number.
fn figures(
    store: &Store,
    consultation: &Consultation,
    counts: &Counts,
    now: jiff::Timestamp,
) -> Result<Vec<Vec<String>>, Failure> {
    let sums = store.workbook_sums(&consultation.id, None)?;
    let (letters, items): (u64, u64) =
        (sums.iter().map(|row| row.1).sum(), sums.iter().map(|row| row.2).sum());
    let join = |parts: Vec<String>| if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") };
    let by_letters = sums.iter().map(|(status, letters, ..)| format!("{status} {letters}")).collect();
    let by_items = sums
        .iter()
        .filter(|row| row.2 > 0)
        .map(|(status, _, items, ..)| format!("{status}来信 {items}"))
        .collect();
    let none: u64 = sums.iter().map(|row| row.3).sum();
    let accepted = sums.iter().find(|row| row.5 == Status::Accepted.as_str());
    let (own, dropped, open) = accepted.map_or((0, 0, 0), |row| (row.2, row.3, row.4));
    let waiting = sums.iter().find(|row| row.5 == Status::Review.as_str()).map_or(0, |row| row.1);
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let mut rows = vec![
        row("征求意见", compose::printed(&consultation.title)),
        row("统计截止", format!("{}（北京时间）", when(Some(now)))),
        row("征集截止", consultation.closes_in_words.clone()),
        row("来信件数", format!("{letters} 件 = {}", join(by_letters))),
        row("意见条目", format!("{items} 条 = {}；其中标为非意见的 {none} 条不计", join(by_items))),
        row(
            "计入的意见",
            format!(
                "已登记来信的条目 {own} 条 − 非意见 {dropped} 条 = {} 条；尚未研究 {open} 条",
                own - dropped
            ),
        ),
        row("填写次序", order(waiting)),
        row("归类", format!("本表所列 {} 条归为 {} 类", counts.items, counts.groups)),
    ];
    rows.push(row("拆分、增加意见", SPLIT.to_owned()));
    rows.push(row("主要意见", format!("情况说明逐类写明三条以上的，和备注写有“{MAIN}”的各类")));
    rows.extend(UNITS.iter().map(|(unit, meaning)| row(unit, format!("{meaning}。"))));
    rows.push(row(
        "本表与 stats",
        "本表和情况说明的各数只计已登记的来信，逾期的另行列明；stats 的“计入”含逾期的。".to_owned(),
    ));
    Ok(rows)
}

/// How one item becomes several in the workbook.
const SPLIT: &str = "在“意见明细”添行：写同一编号，意见建议内容写来信人的原话，隐藏的键空着；原来一行的文字不改，各部分都另添了行的，其采纳情况选“非意见”";

/// What is filled in first: the opinions of letters that wait are in no group yet.
fn order(waiting: u64) -> String {
    if waiting == 0 {
        return "没有待核的来信，可以研究各类".to_owned();
    }
    format!(
        "先填“待核待办”（{waiting} 件）、读回并重新导出，再研究各类：待核的来信计入以后，其意见才归类，另立新类"
    )
}

fn digest(path: &Path) -> Result<String, Failure> {
    Ok(sha256_hex(&std::fs::read(path).map_err(|error| unwritten(path, &error))?))
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::new(Exit::Io, error.to_string())
    }
}
