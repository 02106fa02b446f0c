//! What stands in the workbook that staff decide in, and what comes back from it: groups of opinion items, their decisions, and taking
//! a whole file back.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, params};
use serde_json::json;

use super::correction::{Corrected, NewCorrection};
use super::decision::{Decided, Decision};
use super::filter::Scope;
use super::wished::with_wishes;
use crate::store::{Result, Store, StoreError, Writing};
use crate::vocabulary::{CorrectionField, rfc3339_utc};

static QUERIES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let files = concat!(include_str!("workbook.toml"), include_str!("archive.toml"));
    toml::from_str(&with_wishes(files)).expect("both files are part of the program, and tests read them")
});

/// A row of a sheet: fields with what stands in them.
#[derive(Debug, Clone, Default)]
pub struct WorkbookRow {
    /// The row of the table behind it.
    pub id: i64,
    cells: Vec<(String, String)>,
}

impl WorkbookRow {
    /// What stands in a field; nothing where there is none such.
    pub fn get(&self, field: &str) -> &str {
        self.cells.iter().find(|(found, _)| found == field).map_or("", |(_, text)| text)
    }
}

/// An opinion item as it is grouped: id, clause, text, 类号, and whether that group is decided on.
pub type GroupedItem = (i64, Option<String>, String, Option<i64>, bool);

/// Where letters stand: in words, letters, items, no opinions, undecided, and the status.
type Standing = (String, u64, u64, u64, u64, String);

/// What taking a file back did.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdoptionUndone {
    /// So many values stand as before; these do not, for they were changed since: number and field.
    Done(usize, Vec<(String, String)>),
    /// No such file was adopted.
    Unknown,
    /// It was taken back already.
    Already,
}

impl Store {
    /// Hands over the rows of a sheet one by one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn workbook_rows<E: From<StoreError>>(
        &self,
        sheet: &str,
        scope: Scope<'_>,
        mut each: impl FnMut(&WorkbookRow) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let Some(query) = QUERIES.get(sheet) else { return Ok(()) };
        let read = |error: rusqlite::Error| E::from(StoreError::from(error));
        let mut statement = self.connection.prepare(query).map_err(read)?;
        let names: Vec<String> = statement.column_names().map(ToOwned::to_owned).collect();
        let statuses = json!(scope.statuses).to_string();
        let letters = scope.letters.map(|letters| json!(letters).to_string());
        let mut rows =
            statement.query(params![scope.consultation, statuses, scope.handler, letters]).map_err(read)?;
        while let Some(row) = rows.next().map_err(read)? {
            let mut found = WorkbookRow::default();
            for (at, name) in names.iter().enumerate() {
                let text = match row.get_ref(at).map_err(read)? {
                    ValueRef::Null => String::new(),
                    ValueRef::Integer(number) => number.to_string(),
                    ValueRef::Real(number) => number.to_string(),
                    ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned(),
                };
                found.cells.push((name.clone(), text));
            }
            found.id = found.get("id").parse().unwrap_or_default();
            each(&found)?;
        }
        Ok(())
    }

    /// The items of letters of these statuses with the groups that they are in, and the last number of a group.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn items_to_group(&self, consultation: &str, statuses: &[String]) -> Result<(Vec<GroupedItem>, i64)> {
        let query = QUERIES.get("ungrouped").map(String::as_str).unwrap_or_default();
        let mut statement = self.connection.prepare(query)?;
        let rows = statement.query_map(params![consultation, json!(statuses).to_string()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })?;
        let rows = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok((rows, self.last_group(consultation)?))
    }

    /// Where the letters of a consultation stand, with their items: status in words, letters, items, no opinions, undecided, status. With
    /// `until` those up to this one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn workbook_sums(&self, consultation: &str, until: Option<i64>) -> Result<Vec<Standing>> {
        let query = QUERIES.get("sums").map(String::as_str).unwrap_or_default();
        let mut statement = self.connection.prepare(query)?;
        let number = |row: &rusqlite::Row<'_>, at| crate::store::read::unsigned(row, at);
        let rows = statement.query_map(params![consultation, until], |row| {
            Ok((row.get(0)?, number(row, 1)?, number(row, 2)?, number(row, 3)?, number(row, 4)?, row.get(5)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What tells this store from any other: the beginning of its first event's hash.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn identity(&self) -> Result<String> {
        let hash: Option<String> = self
            .connection
            .query_row("SELECT hash FROM event ORDER BY id LIMIT 1", [], |row| row.get(0))
            .optional()?;
        Ok(hash.unwrap_or_default().chars().take(12).collect())
    }
}

/// What staff changed of a letter, or of a group of items.
struct Change {
    /// The letter's or the group's.
    number: String,
    item: Option<i64>,
    field: String,
    old: Option<String>,
    new: Option<String>,
    /// Of the correction; of the group.
    id: i64,
    consultation: String,
}

const CORRECTIONS: &str = "SELECT s.number, c.opinion, c.field, c.old_value, c.new_value, c.id, s.consultation
    FROM correction AS c JOIN submission AS s ON s.id = c.submission_id WHERE c.id > ?1 AND c.id <= ?2 ORDER BY c.id DESC";
const GROUP_CHANGES: &str = "SELECT CAST(g.number AS TEXT), c.opinion_id, c.field, c.old_value, c.new_value, g.id, g.consultation
    FROM opinion_group_change AS c JOIN opinion_group AS g ON g.id = c.group_id WHERE c.id > ?1 AND c.id <= ?2 ORDER BY c.id DESC";

impl Writing<'_> {
    /// Puts items into groups as the program proposes; a group that is not there is made.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn place_items(&self, consultation: &str, placed: &[(i64, i64)], now: Timestamp) -> Result<()> {
        if placed.is_empty() {
            return Ok(());
        }
        for (item, number) in placed {
            let group = self.group_numbered(consultation, *number)?;
            self.transaction
                .prepare_cached(
                    "INSERT INTO opinion_group_member (opinion_id, group_id) VALUES (?1, ?2)
                     ON CONFLICT (opinion_id) DO UPDATE SET group_id = ?2",
                )?
                .execute([*item, group])?;
        }
        let detail = json!({ "consultation": consultation, "items": placed.len() });
        self.log(now, "intake", "grouped", None, &detail)
    }

    /// The group of this number; it is made where there is none.
    fn group_numbered(&self, consultation: &str, number: i64) -> Result<i64> {
        self.transaction
            .prepare_cached(
                "INSERT INTO opinion_group (consultation, number) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute(params![consultation, number])?;
        Ok(self
            .transaction
            .prepare_cached("SELECT id FROM opinion_group WHERE consultation = ?1 AND number = ?2")?
            .query_row(params![consultation, number], |row| row.get(0))?)
    }

    /// Sets a column of a group and writes it down.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn change_group(
        &self,
        (group, field): (i64, &'static str),
        value: Option<&str>,
        actor: &str,
        now: Timestamp,
    ) -> Result<()> {
        let old: Option<String> = self
            .transaction
            .prepare_cached(&format!("SELECT {field} FROM opinion_group WHERE id = ?1"))?
            .query_row([group], |row| row.get(0))?;
        self.transaction
            .prepare_cached(&format!("UPDATE opinion_group SET {field} = ?2 WHERE id = ?1"))?
            .execute(params![group, value])?;
        self.note_change((group, None, field), (old.as_deref(), value), actor, now)
    }

    fn note_change(
        &self,
        (group, item, field): (i64, Option<i64>, &str),
        (old, new): (Option<&str>, Option<&str>),
        actor: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.transaction
            .prepare_cached(
                "INSERT INTO opinion_group_change (group_id, opinion_id, field, old_value, new_value, actor, at, submission_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, (SELECT submission_id FROM opinion WHERE id = ?2))",
            )?
            .execute(params![group, item, field, old, new, actor, rfc3339_utc(now)])?;
        Ok(())
    }

    /// Moves an item to the group of this number; `None` makes one. The number.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn move_item(
        &self,
        consultation: &str,
        (item, number): (i64, Option<i64>),
        actor: &str,
        now: Timestamp,
    ) -> Result<i64> {
        let number = match number {
            Some(number) => number,
            None => self.transaction.query_row(
                "SELECT coalesce(max(number), 0) + 1 FROM opinion_group WHERE consultation = ?1",
                [consultation],
                |row| row.get(0),
            )?,
        };
        let old: Option<(i64, i64)> = self
            .transaction
            .prepare_cached(
                "SELECT g.id, g.number FROM opinion_group_member AS m JOIN opinion_group AS g ON g.id = m.group_id WHERE m.opinion_id = ?1",
            )?
            .query_row([item], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let group = self.group_numbered(consultation, number)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO opinion_group_member (opinion_id, group_id) VALUES (?1, ?2)
                 ON CONFLICT (opinion_id) DO UPDATE SET group_id = ?2",
            )?
            .execute([item, group])?;
        let was = old.map(|(_, number)| number.to_string());
        let left = old.map_or(group, |(id, _)| id);
        self.note_change(
            (left, Some(item), "group"),
            (was.as_deref(), Some(&number.to_string())),
            actor,
            now,
        )?;
        Ok(number)
    }

    /// Writes a remark on an item.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn remark_item(&self, item: i64, value: Option<&str>, actor: &str, now: Timestamp) -> Result<()> {
        let found: Option<(i64, Option<String>)> = self
            .transaction
            .prepare_cached("SELECT group_id, remark FROM opinion_group_member WHERE opinion_id = ?1")?
            .query_row([item], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((group, old)) = found else { return Ok(()) };
        self.transaction
            .prepare_cached("UPDATE opinion_group_member SET remark = ?2 WHERE opinion_id = ?1")?
            .execute(params![item, value])?;
        self.note_change((group, Some(item), "remark"), (old.as_deref(), value), actor, now)
    }

    /// How far the records of changes reach: of `correction` and of `opinion_group_change`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn changes_so_far(&self) -> Result<(i64, i64)> {
        Ok(self.transaction.query_row(
            "SELECT (SELECT coalesce(max(id), 0) FROM correction), (SELECT coalesce(max(id), 0) FROM opinion_group_change)",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?)
    }

    /// Takes back what was adopted from a file, value by value; what was changed since stays.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn undo_adoption(&self, sha256: &str, actor: &str, now: Timestamp) -> Result<AdoptionUndone> {
        let found: Option<(i64, String)> = self
            .transaction
            .query_row(
                "SELECT e.id, e.detail FROM event AS e, json_each(e.detail, '$.sha256') AS j
                 WHERE e.action = 'adopted' AND j.value GLOB ?1 || '*' ORDER BY e.id DESC LIMIT 1",
                [sha256],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((event, detail)) = found else { return Ok(AdoptionUndone::Unknown) };
        let is_undone: bool = self.transaction.query_row(
            "SELECT EXISTS (SELECT 1 FROM event WHERE action = 'adoption_undone' AND detail ->> '$.event' = ?1)",
            [event],
            |row| row.get(0),
        )?;
        if is_undone {
            return Ok(AdoptionUndone::Already);
        }
        let detail: serde_json::Value = serde_json::from_str(&detail).unwrap_or_default();
        let range = |key: &str| {
            let at = |end: usize| detail.get(key).and_then(|range| range.get(end)?.as_i64()).unwrap_or(0);
            (at(0), at(1))
        };
        let (mut done, mut left) = (0, Vec::new());
        self.undo_corrections(range("corrections"), (actor, now), (&mut done, &mut left))?;
        self.undo_groups(range("groups"), (actor, now), (&mut done, &mut left))?;
        self.log(
            now,
            actor,
            "adoption_undone",
            None,
            &json!({ "event": event, "values": done, "left": left.len() }),
        )?;
        Ok(AdoptionUndone::Done(done, left))
    }

    /// What was changed by rows of one of the two tables, the last first.
    fn changes(&self, of: &str, (first, last): (i64, i64)) -> Result<Vec<Change>> {
        let mut statement = self.transaction.prepare(of)?;
        let rows = statement.query_map([first, last], |row| {
            Ok(Change {
                number: row.get(0)?,
                item: row.get(1)?,
                field: row.get(2)?,
                old: row.get(3)?,
                new: row.get(4)?,
                id: row.get(5)?,
                consultation: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn undo_corrections(
        &self,
        range: (i64, i64),
        (actor, now): (&str, Timestamp),
        (done, left): (&mut usize, &mut Vec<(String, String)>),
    ) -> Result<()> {
        for Change { number, item, field, old, new, id, .. } in self.changes(CORRECTIONS, range)? {
            let back = match CorrectionField::from_word(&field) {
                Some(CorrectionField::Status) => {
                    matches!(self.decide(&number, Decision::Reopen, None, actor, now)?, Decided::Done(_))
                }
                // They follow from the others.
                Some(CorrectionField::Flags) => continue,
                Some(CorrectionField::Items) => self.undo_list((&number, id), actor, now)?,
                Some(field) if !field.is_decided() => {
                    let wanted =
                        NewCorrection { number: &number, item, field, value: old.as_deref(), note: None };
                    let stands = |value: Option<&str>| value == new.as_deref();
                    let corrected = self.correct_if(&wanted, (stands, id), actor, now)?;
                    matches!(corrected, Corrected::Done(_))
                }
                _ => continue,
            };
            if back {
                *done += 1;
            } else {
                left.push((number, field));
            }
        }
        Ok(())
    }

    fn undo_groups(
        &self,
        range: (i64, i64),
        (actor, now): (&str, Timestamp),
        (done, left): (&mut usize, &mut Vec<(String, String)>),
    ) -> Result<()> {
        for Change { number, item, field, old, new, id: group, consultation } in
            self.changes(GROUP_CHANGES, range)?
        {
            // An item that was added went with the list that it was added to.
            if item.map(|item| self.is_gone(item)).transpose()? == Some(true) {
                continue;
            }
            let stands: Option<String> = match (item, field.as_str()) {
                (Some(item), "group") => {
                    self.of_member(item, "(SELECT number FROM opinion_group AS g WHERE g.id = group_id)")?
                }
                (Some(item), _) => self.of_member(item, "remark")?,
                (None, _) => self.transaction.query_row(
                    &format!("SELECT CAST({field} AS TEXT) FROM opinion_group WHERE id = ?1"),
                    [group],
                    |row| row.get(0),
                )?,
            };
            if stands != new {
                left.push((number, field));
                continue;
            }
            match (item, group_field(&field)) {
                (Some(item), _) if field == "group" => {
                    let back = old.as_deref().and_then(|old| old.parse().ok());
                    self.move_item(&consultation, (item, back), actor, now)?;
                }
                (Some(item), _) => self.remark_item(item, old.as_deref(), actor, now)?,
                (None, Some(field)) => self.change_group((group, field), old.as_deref(), actor, now)?,
                (None, None) => continue,
            }
            *done += 1;
        }
        Ok(())
    }

    fn is_gone(&self, item: i64) -> Result<bool> {
        let mut statement =
            self.transaction.prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM opinion WHERE id = ?1)")?;
        Ok(statement.query_row([item], |row| row.get(0))?)
    }

    fn of_member(&self, item: i64, what: &str) -> Result<Option<String>> {
        let sql = format!("SELECT CAST({what} AS TEXT) FROM opinion_group_member WHERE opinion_id = ?1");
        Ok(self.transaction.query_row(&sql, [item], |row| row.get(0)).optional()?.flatten())
    }
}

/// The column of `opinion_group` that staff may change under this name.
pub fn group_field(field: &str) -> Option<&'static str> {
    ["point", "adoption", "adoption_reason", "handler", "published", "remark"]
        .into_iter()
        .find(|found| *found == field)
}
