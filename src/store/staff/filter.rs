//! Which letters are meant: one type for every command that lists, searches, shows or writes them, and the one place that makes SQL
//! of it.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use serde_json::json;

use crate::store::awaiting::{UNANSWERED, UNENTERED};
use crate::store::read::unsigned;
use crate::store::{Result, Store};
use crate::vocabulary::{Adoption, Status, rfc3339_utc};

/// Which letters are meant: those of which all that is said holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Where they stand: one of these.
    pub statuses: Vec<String>,
    /// For this consultation.
    pub consultation: Option<String>,
    /// From this kind of sender.
    pub sender_kind: Option<String>,
    /// Arrived from this instant on, and before that one.
    pub arrived: Option<(Timestamp, Timestamp)>,
    /// With this occupation; `Some(None)`: without one.
    pub occupation: Option<Option<String>>,
    /// With an item on this clause; `Some(None)`: with one that is on none.
    pub clause: Option<Option<String>>,
    /// With this flag.
    pub flag: Option<String>,
    /// Waiting for this reason.
    pub reason: Option<String>,
    /// With an item in the group of this 类号.
    pub group: Option<i64>,
    /// With an item in a group of this 承办处室.
    pub handler: Option<String>,
    /// Without the name of a person or of a unit.
    pub is_unnamed: bool,
    /// With this in the writer's name or the unit's.
    pub name: Option<String>,
    /// In which all of these stand: in what was written or added, in its subject, or in who wrote.
    pub words: Vec<String>,
    /// Decided on, and its writer not answered.
    pub is_unanswered: bool,
    /// It counts, and all of its opinion stands in a file from which nobody entered it.
    pub is_unentered: bool,
    /// One of these, by `submission.id`.
    pub among: Option<Vec<i64>>,
}

/// Which rows a sheet of the workbook has.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The consultation.
    pub consultation: &'a str,
    /// Where the letters stand whose items are meant.
    pub statuses: &'a [String],
    /// Only groups of this 承办处室.
    pub handler: Option<&'a str>,
    /// Only these letters, by `submission.id`.
    pub letters: Option<&'a [i64]>,
}

/// What is in somebody's name, in what is not certain of it, or in his unit's.
const NAMED: &str = "(instr(lower(coalesce(s.name, '')), lower(?)) OR instr(lower(coalesce(s.name_hint, '')), lower(?)) OR instr(lower(coalesce(s.organization, '')), lower(?)))";

/// SQL with what stands for its question marks.
type Sql = (String, Vec<Value>);

impl Filter {
    /// What holds of a submission `s`.
    pub(in crate::store) fn condition(&self) -> Sql {
        let mut parts: Vec<&str> = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        let mut put = |sql: &'static str, found: Vec<Value>| {
            parts.push(sql);
            values.extend(found);
        };
        let text = |text: &String| Value::from(text.clone());
        if let Some(ids) = &self.among {
            put("s.id IN (SELECT value FROM json_each(?))", vec![json!(ids).to_string().into()]);
        }
        if let [status] = self.statuses.as_slice() {
            if status == Status::Review.as_str() {
                // Said so, what waits is found by the index of it.
                put("s.status = 'review'", Vec::new());
            } else {
                put("s.status = ?", vec![text(status)]);
            }
        } else if !self.statuses.is_empty() {
            put(
                "s.status IN (SELECT value FROM json_each(?))",
                vec![json!(self.statuses).to_string().into()],
            );
        }
        if let Some(id) = &self.consultation {
            put("s.consultation = ?", vec![text(id)]);
        }
        if let Some(kind) = &self.sender_kind {
            put("s.sender_kind = ?", vec![text(kind)]);
        }
        if let Some((from, until)) = self.arrived {
            put(
                "s.received_at >= ? AND s.received_at < ?",
                vec![rfc3339_utc(from).into(), rfc3339_utc(until).into()],
            );
        }
        if let Some(occupation) = &self.occupation {
            put("s.occupation IS ?", vec![occupation.clone().into()]);
        }
        if let Some(flag) = &self.flag {
            put("EXISTS (SELECT 1 FROM json_each(s.flags) AS f WHERE f.value = ?)", vec![text(flag)]);
        }
        if let Some(reason) = &self.reason {
            put(
                "EXISTS (SELECT 1 FROM json_each(s.review_reasons) AS r WHERE r.value = ?)",
                vec![text(reason)],
            );
        }
        if self.is_unnamed {
            put("coalesce(s.name, '') = '' AND coalesce(s.organization, '') = ''", Vec::new());
        }
        if self.is_unanswered {
            put(UNANSWERED, Vec::new());
        }
        if self.is_unentered {
            put(UNENTERED, Vec::new());
        }
        if let Some(name) = &self.name {
            put(NAMED, vec![text(name); 3]);
        }
        for said in &self.words {
            // What is looked up (`search.rs`) is still to be compared: its pairs may stand apart.
            put(
                "(instr(lower(s.full_text), lower(?)) OR instr(lower(s.comment), lower(?)) OR instr(lower(coalesce(s.name, '')), lower(?))
                  OR instr(lower(coalesce(s.organization, '')), lower(?)) OR instr(lower(s.from_address), lower(?)) OR instr(s.phones, ?)
                  OR EXISTS (SELECT 1 FROM message AS m WHERE m.id = s.message_id AND instr(lower(m.subject), lower(?)))
                  OR EXISTS (SELECT 1 FROM opinion AS t WHERE t.submission_id = s.id AND instr(lower(t.text), lower(?)))
                  OR EXISTS (SELECT 1 FROM supplement AS p WHERE p.submission_id = s.id
                             AND (instr(lower(p.comment), lower(?)) OR instr(lower(p.from_address), lower(?)))))",
                vec![text(said); 10],
            );
        }
        let mut parts: Vec<String> = parts.into_iter().map(ToOwned::to_owned).collect();
        if let Some((sql, found)) = self.item() {
            parts.push(format!("EXISTS (SELECT 1 FROM opinion AS o WHERE o.submission_id = s.id AND {sql})"));
            values.extend(found);
        }
        (if parts.is_empty() { "true".to_owned() } else { parts.join(" AND ") }, values)
    }

    /// What holds of an item `o`; `None`: of any.
    fn item(&self) -> Option<Sql> {
        let (mut parts, mut values) = (Vec::new(), Vec::<Value>::new());
        if let Some(clause) = &self.clause {
            parts.push("o.clause IS ?");
            values.push(clause.clone().into());
        }
        if let Some(group) = self.group {
            parts.push("EXISTS (SELECT 1 FROM opinion_group_member AS b JOIN opinion_group AS g ON g.id = b.group_id WHERE b.opinion_id = o.id AND g.number = ?)");
            values.push(group.into());
        }
        if let Some(handler) = &self.handler {
            parts.push("EXISTS (SELECT 1 FROM opinion_group_member AS b JOIN opinion_group AS g ON g.id = b.group_id WHERE b.opinion_id = o.id AND g.handler = ?)");
            values.push(handler.clone().into());
        }
        if parts.is_empty() {
            return None;
        }
        let no_opinion = Adoption::NoOpinion.as_str();
        Some((format!("o.adoption IS NOT '{no_opinion}' AND {}", parts.join(" AND ")), values))
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.condition().0 == "true"
    }

    /// Whether it is about single items too.
    pub fn is_of_items(&self) -> bool {
        self.item().is_some()
    }
}

impl Store {
    /// How many letters are meant.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn count(&self, filter: &Filter) -> Result<u64> {
        let rest = Filter { statuses: Vec::new(), consultation: None, ..filter.clone() };
        if rest.is_empty() {
            // The sums have these columns too.
            let (condition, values) = filter.condition();
            let sql = format!("SELECT coalesce(sum(letters), 0) FROM sum_by_kind AS s WHERE {condition}");
            let mut statement = self.connection.prepare(&sql)?;
            return Ok(statement.query_row(params_from_iter(values), |row| unsigned(row, 0))?);
        }
        let (condition, values) = filter.looked_up();
        let mut statement =
            self.connection.prepare(&format!("SELECT count(*) FROM submission AS s WHERE {condition}"))?;
        Ok(statement.query_row(params_from_iter(values), |row| unsigned(row, 0))?)
    }

    /// The consultations that have a group of this 类号.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn consultations_with_group(&self, number: i64) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT consultation FROM opinion_group WHERE number = ?1 ORDER BY 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([number], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every 承办处室 that stands at a group, of a consultation or of all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn handlers(&self, consultation: Option<&str>) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT handler FROM opinion_group WHERE coalesce(handler, '') <> '' AND (?1 IS NULL OR consultation = ?1) ORDER BY 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([consultation], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The ids and numbers of the letters that are meant.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn meant(&self, filter: &Filter) -> Result<Vec<(i64, String)>> {
        let (condition, values) = filter.looked_up();
        let mut statement = self.connection.prepare(&format!(
            "SELECT s.id, s.number FROM submission AS s WHERE {condition} ORDER BY s.id"
        ))?;
        let rows = statement.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The items that are meant: number of the letter, and place in it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn meant_items(&self, filter: &Filter) -> Result<HashSet<(String, i64)>> {
        let (condition, mut values) = filter.looked_up();
        let (item, more) = filter.item().unwrap_or_else(|| ("true".to_owned(), Vec::new()));
        values.extend(more);
        let mut statement = self.connection.prepare(&format!(
            "SELECT s.number, o.ordinal FROM submission AS s JOIN opinion AS o ON o.submission_id = s.id WHERE {condition} AND {item}"
        ))?;
        let rows = statement.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
