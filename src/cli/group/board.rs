//! The groups and their items as they stand.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::json;

use super::super::adopt::Standing;
use super::super::masking::mask_shown;
use super::super::number;
use super::super::outcome::{Exit, Failure, JsonList, print, print_json};
use super::super::{fit, table, whom};
use crate::config::Settings;
use crate::mask;
use crate::store::{Scope, Store, WorkbookRow};
use crate::vocabulary::{Consultation, Status};
use crate::workbook::{Changed, sheet};

/// A group as its sheet has it.
pub(super) type Group = WorkbookRow;

/// An opinion item: id, number, ordinal, 类号, text.
struct Item {
    id: i64,
    number: String,
    ordinal: i64,
    group: String,
    adoption: String,
}

pub(super) struct Board {
    groups: BTreeMap<i64, Group>,
    items: Vec<Item>,
    pub(super) standing: Standing,
    /// The last number of a group.
    pub(super) last: i64,
    ungrouped: usize,
}

/// A value that is to be changed.
pub(super) fn changed(sheet: &'static str, id: i64, field: &'static str, old: &str, new: String) -> Changed {
    Changed { sheet, id, field, old: old.to_owned(), new, place: (String::new(), 0) }
}

/// What a column is called.
pub(super) fn heading(field: &str) -> &'static str {
    let sheet = sheet("groups");
    let column = sheet.and_then(|sheet| sheet.column.iter().find(|column| column.field == field));
    column.map_or("", |column| column.heading.as_str())
}

/// A row for a program, masked.
fn row_json(row: &Group) -> serde_json::Value {
    let cell = |key: &str| match key {
        "text" => mask::text(row.get(key)),
        _ => row.get(key).to_owned(),
    };
    KEYS.iter().map(|key| ((*key).to_owned(), json!(cell(key)))).collect()
}

const KEYS: [&str; 12] = [
    "group",
    "clause",
    "point",
    "text",
    "items",
    "letters",
    "persons",
    "adoption",
    "adoption_reason",
    "handler",
    "published",
    "remark",
];

impl Board {
    pub(super) fn read(store: &Store, consultation: &str, statuses: &[Status]) -> Result<Self, Failure> {
        let statuses: Vec<String> = statuses.iter().map(|status| status.as_str().to_owned()).collect();
        let (mut groups, mut items, mut standing) = (BTreeMap::new(), Vec::new(), Standing::default());
        let mut ungrouped = 0;
        let scope = Scope { consultation, statuses: &statuses, handler: None, letters: None };
        for sheet in ["groups", "items"] {
            store.workbook_rows(sheet, scope, |row| {
                standing.note(sheet, row);
                if sheet == "groups" {
                    groups.insert(row.get("group").parse().unwrap_or_default(), row.clone());
                } else {
                    ungrouped += usize::from(row.get("group").is_empty());
                    items.push(Item {
                        id: row.id,
                        number: row.get("number").to_owned(),
                        ordinal: row.get("ordinal").parse().unwrap_or_default(),
                        group: row.get("group").to_owned(),
                        adoption: row.get("decided").to_owned(),
                    });
                }
                Ok::<(), Failure>(())
            })?;
        }
        let (_, last) = store.items_to_group(consultation, &[])?;
        Ok(Self { groups, items, standing, last, ungrouped })
    }

    pub(super) fn group(&self, number: i64) -> Result<&Group, Failure> {
        self.groups.get(&number).ok_or_else(|| {
            let hint = if self.ungrouped > 0 { "；尚未归类的先用 group propose 归类" } else { "" };
            Failure::new(Exit::Data, format!("没有第 {number} 类{hint}；group list 列出各类"))
        })
    }

    /// `第 3 类（附件1，“延长窗口办理时间”）`
    pub(super) fn called(&self, number: i64) -> String {
        let Some(group) = self.groups.get(&number) else { return format!("第 {number} 类") };
        let point = group.get("point");
        let said = whom::beginning(if point.is_empty() { group.get("text") } else { point });
        let clause = group.get("clause");
        let between = if clause.is_empty() { "" } else { "，" };
        format!("第 {number} 类（{clause}{between}“{said}”）")
    }

    pub(super) fn members(&self, number: i64) -> usize {
        self.of_group(number).count()
    }

    pub(super) fn of_group(&self, number: i64) -> impl Iterator<Item = i64> {
        let number = number.to_string();
        self.items.iter().filter(move |item| item.group == number).map(|item| item.id)
    }

    /// The items that were typed, `12:2` or `12`; of a group only its own.
    pub(super) fn items(
        &self,
        settings: &Settings,
        consultation: &Consultation,
        typed: &[String],
        group: Option<i64>,
    ) -> Result<Vec<i64>, Failure> {
        let group = group.map(|group| self.group(group).map(|_| group.to_string())).transpose()?;
        let mut found = Vec::new();
        for written in typed {
            let (letter, ordinal) = match written.split_once([':', '：']) {
                Some((letter, item)) => (
                    letter,
                    Some(
                        number::ordinal::<i64>(item)
                            .map_err(|why| Failure::new(Exit::Usage, format!("“{written}”：{why}")))?,
                    ),
                ),
                None => (written.as_str(), None),
            };
            let letters =
                number::numbers_of(&settings.consultations, &[letter.to_owned()], Some(&consultation.id))?;
            for letter in letters {
                let before = found.len();
                let is_meant = |item: &&Item| {
                    item.number == letter
                        && ordinal.is_none_or(|ordinal| ordinal == item.ordinal)
                        && group.as_ref().is_none_or(|group| *group == item.group)
                };
                found.extend(self.items.iter().filter(is_meant).map(|item| item.id));
                if found.len() == before {
                    let what =
                        ordinal.map_or_else(|| "意见".to_owned(), |ordinal| format!("第 {ordinal} 条"));
                    let place = group.as_ref().map_or_else(String::new, |group| format!("第 {group} 类中"));
                    return Err(Failure::new(Exit::Data, format!("{place}没有 {letter} 的{what}；没有改动")));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// These items in another group.
    pub(super) fn moved(&self, items: &[i64], to: &str) -> Vec<Changed> {
        let of = |id: &i64| self.items.iter().find(|item| item.id == *id);
        let found = items.iter().filter_map(of);
        found.map(|item| changed("items", item.id, "group", &item.group, to.to_owned())).collect()
    }

    pub(super) fn list(&self, undecided: bool, handler: Option<&str>, json: bool) -> Result<(), Failure> {
        let rows: Vec<Group> = self
            .groups
            .values()
            .filter(|row| !undecided || row.get("adoption").is_empty())
            .filter(|row| handler.is_none_or(|handler| row.get("handler") == handler))
            .cloned()
            .collect();
        if json {
            let mut list = JsonList::default();
            rows.iter().try_for_each(|row| list.item(&row_json(row)))?;
            return list.end();
        }
        if rows.is_empty() {
            print("没有符合条件的类。\n")?;
        } else {
            let columns = ["group", "clause", "items", "letters", "adoption", "handler"];
            let head = columns.iter().map(|field| heading(field).to_owned()).chain(["意见要点".to_owned()]);
            let cells = |row: &Group| {
                let point = row.get("point");
                let said = if point.is_empty() { mask::text(row.get("text")) } else { point.to_owned() };
                let said =
                    fit::terminal().map_or_else(|| table::cut(&said, 60), |cells| table::cut(&said, cells));
                columns.iter().map(|field| row.get(field).to_owned()).chain([said]).collect::<Vec<_>>()
            };
            let all: Vec<Vec<String>> =
                std::iter::once(head.collect()).chain(rows.iter().map(cells)).collect();
            let order = [
                (6, fit::Gives::To(20)),
                (5, fit::Gives::Away),
                (1, fit::Gives::To(8)),
                (6, fit::Gives::To(6)),
            ];
            let fitted = fit::terminal().map(|cells| fit::fit(&all, &order, cells));
            print(&table::columns(&fitted.unwrap_or(all)))?;
        }
        if self.ungrouped > 0 {
            print(&format!("另有 {} 条尚未归类：group propose\n", self.ungrouped))?;
        }
        Ok(())
    }

    pub(super) fn show(&self, store: &Store, number: i64, json: bool) -> Result<(), Failure> {
        let group = self.group(number)?;
        let mut items = Vec::new();
        let mut last: Option<(String, Vec<String>)> = None;
        for item in self.items.iter().filter(|item| item.group == number.to_string()) {
            if last.as_ref().is_none_or(|(letter, _)| *letter != item.number) {
                let Some(mut shown) = store.show(&item.number)? else { continue };
                mask_shown(&mut shown);
                let texts = shown.opinions.into_iter().map(|opinion| opinion.text).collect();
                last = Some((item.number.clone(), texts));
            }
            let at = usize::try_from(item.ordinal - 1).unwrap_or_default();
            let text = last.as_ref().and_then(|(_, texts)| texts.get(at)).cloned().unwrap_or_default();
            items.push((item, text));
        }
        if json {
            let items: Vec<_> = items
                .iter()
                .map(|(item, text)| json!({ "number": item.number, "item": item.ordinal, "text": text, "adoption": item.adoption }))
                .collect();
            let mut row = row_json(group);
            if let Some(row) = row.as_object_mut() {
                row.insert("members".to_owned(), json!(items));
            }
            return print_json(&row);
        }
        let mut text = format!("{}\n", self.called(number));
        for field in [
            "items",
            "letters",
            "persons",
            "point",
            "adoption",
            "adoption_reason",
            "handler",
            "published",
            "remark",
        ] {
            let value = group.get(field);
            if !value.is_empty() {
                let _ = writeln!(text, "  {}：{value}", heading(field));
            }
        }
        for (item, said) in items {
            let own = if item.adoption == group.get("adoption") { "" } else { item.adoption.as_str() };
            let own = if own.is_empty() { String::new() } else { format!("〔{own}〕") };
            let _ = writeln!(text, "  {}:{}{own}　{}", item.number, item.ordinal, table::cut(&said, 240));
        }
        print(&text)
    }
}
