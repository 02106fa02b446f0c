//! `export --public`: what is published of a consultation: groups in the clerk's words, with what came of them. Nothing of a person
//! is in it: every cell is searched for every name, number and address that the store knows.

mod place;
mod telling;

use serde_json::json;

use super::actor::actor;
use super::export::{ExportArguments, Format, which};
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use super::{new_file, table, whom};
use crate::compose;
use crate::config::Settings;
use crate::mask;
use crate::report::{self, Published};
use crate::store::{Personal, Scope, Store, WorkbookRow};
use crate::vocabulary::invited::spelling;
use crate::vocabulary::{Consultation, Status, printable, sha256_hex};
use crate::world::World;

/// Most hits that are named.
const MOST: usize = 20;
/// Fewest digits of a number that somebody is told by.
const DIGITS: usize = 7;
/// Fewest characters of a unit's name that is no everyday word: 学校 and 派出所 are nobody.
const UNIT: usize = 4;

pub(super) fn publish(settings: &Settings, arguments: &ExportArguments) -> Outcome {
    let format = arguments.format()?;
    let consultation = which(settings, arguments.filter.consultation.as_deref())?;
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let table = Table::read(&store, consultation)?;
    let hits = table.hits(&told_of(store.personal_words()?, consultation));
    if !hits.is_empty() {
        let shown: Vec<&str> = hits.iter().take(MOST).map(String::as_str).collect();
        let more = if hits.len() > MOST {
            format!("\n……另有 {} 处", hits.len() - MOST)
        } else {
            String::new()
        };
        let message = format!(
            "要公开的文字中有个人信息，没有写出：\n{}{more}\n请用 group rename、group decide 或者工作簿改写意见要点和理由",
            shown.join("\n")
        );
        return Err(Failure::new(Exit::Difference, message));
    }
    let title = compose::printed(&consultation.title);
    let bytes = match format {
        Format::Csv => csv(&table.rows).into_bytes(),
        Format::Html => report::published_html(&title, &table.rows).into_bytes(),
        Format::Xlsx | Format::Eml => report::published_xlsx(&title, &table.rows)
            .map_err(|error| Failure::new(Exit::Io, format!("{}：{error}", arguments.out.display())))?,
    };
    new_file::write(&arguments.out, &bytes)?;
    let detail = json!({ "format": "public", "consultation": consultation.id, "groups": table.rows.len(), "items": table.items,
        "sha256": sha256_hex(&bytes) });
    let logged = store.begin().and_then(|writing| {
        writing.log(now, &actor(), "exported", None, &detail)?;
        writing.commit()
    });
    // What left without a trace has not left.
    logged.inspect_err(|_| drop(std::fs::remove_file(&arguments.out)))?;
    print(&table.said(&arguments.out))?;
    Ok(Exit::Ok)
}

/// What must not be published: all that tells of somebody but the office itself, whose draft it is, and what the draft names.
fn told_of(words: Vec<Personal>, consultation: &Consultation) -> Vec<Personal> {
    let is_said = |unit: &str| {
        unit.chars().count() < UNIT
            || consultation.office_name.contains(unit)
            || consultation.title.contains(unit)
            || consultation.clauses.iter().any(|clause| clause.name.contains(unit))
    };
    let words = words.into_iter().filter_map(|word| match word {
        Personal::Unit(unit) if is_said(unit.trim()) => None,
        // Its brackets and blanks are written in several ways.
        Personal::Unit(unit) => Some(Personal::Unit(spelling(&unit))),
        word => Some(word),
    });
    words.collect()
}

/// What is published, and how many items are not, by why.
#[derive(Default)]
struct Table {
    rows: Vec<Published>,
    /// 类号 of each row.
    groups: Vec<String>,
    items: u64,
    left_out: Vec<(&'static str, u64)>,
    all: u64,
}

impl Table {
    fn read(store: &Store, consultation: &Consultation) -> Result<Self, Failure> {
        let statuses = [Status::Accepted.as_str().to_owned()];
        let scope =
            Scope { consultation: &consultation.id, statuses: &statuses, handler: None, letters: None };
        let mut table = Self::default();
        let mut left: [(&'static str, u64); 7] = [
            ("要求不公开", 0),
            ("含敏感信息", 0),
            ("公开=否", 0),
            ("没有意见要点", 0),
            ("尚未研究", 0),
            ("尚未归类", 0),
            ("非意见", 0),
        ];
        let mut leave = |what: &str, items: u64| {
            if let Some((_, count)) = left.iter_mut().find(|(name, _)| *name == what) {
                *count += items;
            }
        };
        store.workbook_rows("public", scope, |row: &WorkbookRow| {
            let number = |field: &str| -> u64 { row.get(field).parse().unwrap_or(0) };
            let (items, hidden, none) = (number("items"), number("hidden"), number("none"));
            table.all += items + none;
            leave("非意见", none);
            let why = if row.get("group").is_empty() {
                "尚未归类"
            } else if row.get("published") == "否" {
                "公开=否"
            } else if row.get("point").is_empty() {
                "没有意见要点"
            } else if row.get("adoption").is_empty() {
                "尚未研究"
            } else {
                leave("要求不公开", hidden);
                let sensitive = number("sensitive");
                leave("含敏感信息", sensitive);
                let (shown, letters) = (items - hidden - sensitive, number("letters"));
                if shown > 0 {
                    table.items += shown;
                    // What is not seen parts no name, and turns no line round.
                    let seen = |field: &str| printable::text(row.get(field)).into_owned();
                    table.groups.push(row.get("group").to_owned());
                    table.rows.push(Published {
                        clause: seen("clause"),
                        point: seen("point"),
                        raised: if letters > 1 {
                            format!("{letters}件，内容相同或相近")
                        } else {
                            "1件".to_owned()
                        },
                        adoption: row.get("adoption").to_owned(),
                        reason: seen("adoption_reason"),
                    });
                }
                return Ok::<(), Failure>(());
            };
            leave(why, items);
            Ok(())
        })?;
        table.left_out = left.into_iter().filter(|(_, items)| *items > 0).collect();
        Ok(table)
    }

    /// Which cells tell of a person, and where.
    fn hits(&self, words: &[Personal]) -> Vec<String> {
        let mut hits = Vec::new();
        for (at, (row, group)) in self.rows.iter().zip(&self.groups).enumerate() {
            for (column, cell) in [("意见要点", &row.point), ("理由", &row.reason), ("对应条款", &row.clause)]
            {
                let (folded, spelled) = (cell.to_lowercase(), spelling(cell));
                let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
                let bare: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
                let found = words.iter().find(|word| match word {
                    Personal::Name(name) => telling::names(cell, name) || telling::names(&bare, name),
                    Personal::Unit(unit) => spelled.contains(unit.as_str()),
                    Personal::Phone(phone) => {
                        let phone: String = phone.chars().filter(char::is_ascii_digit).collect();
                        phone.len() >= DIGITS && digits.contains(&phone)
                    }
                    Personal::Address(address) => folded.contains(&address.to_lowercase()),
                    Personal::Number(number) => folded.contains(&number.to_lowercase()),
                });
                let what = match found {
                    Some(Personal::Name(name)) => format!("来信人姓名（{}）", mask::name(name)),
                    Some(Personal::Unit(unit)) => format!("来信单位名称（{unit}）"),
                    Some(Personal::Phone(_)) => "来信人电话".to_owned(),
                    Some(Personal::Address(_)) => "来信人邮箱".to_owned(),
                    Some(Personal::Number(_)) => "登记编号".to_owned(),
                    // What reads like somebody, whoever he is.
                    None => match telling::what(cell) {
                        Some(what) => what.to_owned(),
                        None => continue,
                    },
                };
                let shown = match found {
                    Some(Personal::Name(name)) if cell.contains(name.as_str()) => {
                        cell.replace(name.as_str(), &mask::name(name))
                    }
                    Some(Personal::Name(name)) => bare.replace(name.as_str(), &mask::name(name)),
                    _ => cell.clone(),
                };
                let beginning = whom::beginning(&shown);
                hits.push(format!("第 {} 行（第 {group} 类）{column}“{beginning}”：{what}", at + 1));
            }
        }
        hits
    }

    fn said(&self, path: &std::path::Path) -> String {
        let left: Vec<String> = self.left_out.iter().map(|(why, items)| format!("{why} {items}")).collect();
        let left =
            if left.is_empty() { String::new() } else { format!("；未列入：{}", left.join("、")) };
        format!(
            "已公开 {} 类 {} 条{left}；合计 {} 条 → {}\n",
            self.rows.len(),
            self.items,
            self.all,
            path.display()
        )
    }
}

fn csv(rows: &[Published]) -> String {
    let head = table::csv_line(report::PUBLISHED.iter().copied());
    let lines = rows.iter().enumerate().map(|(at, row)| {
        let cells = [&row.clause, &row.point, &row.raised, &row.adoption, &row.reason];
        format!("{},{}", at + 1, table::csv_line(cells.into_iter().map(String::as_str)))
    });
    std::iter::once(head).chain(lines).fold("\u{feff}".to_owned(), |text, line| text + &line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_of_somebody_stops_and_honest_lines_pass() {
        let cases = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/publication.json"));
        let cases: serde_json::Value = serde_json::from_str(cases).unwrap();
        let of = |name: &str| -> Vec<String> { serde_json::from_value(cases[name].clone()).unwrap() };
        let missed: Vec<String> =
            of("tells").into_iter().filter(|cell| telling::what(cell).is_none()).collect();
        let wrong: Vec<_> =
            of("passes").into_iter().filter_map(|cell| Some((telling::what(&cell)?, cell))).collect();
        assert!(missed.is_empty() && wrong.is_empty(), "published: {missed:#?}\nstopped: {wrong:#?}");
    }
}
