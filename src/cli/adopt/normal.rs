//! What somebody typed into a cell, as it is to stand there; or why it cannot.

use unicode_normalization::UnicodeNormalization;

use crate::cli::correct::{Place, clause, normal};
use crate::cli::outcome::Failure;
use crate::cli::treated::decision;
use crate::store::Store;
use crate::vocabulary::{Consultation, CorrectionField, Status, typed};
use crate::words::Chinese;
use crate::workbook::{self, Column, Compared, Line, ReadSheet, Refusal, Sheet, Why};

/// Most characters of what a clerk writes in one cell.
const MOST_CHARS: usize = 8_000;
/// A group that is to be made; several by what stands behind it.
pub(super) const NEW: char = '新';

pub(super) struct Normal<'a> {
    pub(super) store: &'a Store,
    pub(super) consultation: &'a Consultation,
    /// Where the letter of the row stands.
    pub(super) standing: Option<Status>,
}

impl Normal<'_> {
    pub(super) fn value(
        &self,
        sheet: &Sheet,
        column: &Column,
        line: &Line,
        written: &str,
    ) -> Result<String, String> {
        let said = |failure: Failure| failure.message;
        match (sheet.id.as_str(), column.field.as_str()) {
            ("items", "group") => self.group(written),
            ("items", "clause") if !written.is_empty() => {
                clause(written, Some(self.consultation)).map_err(said)
            }
            ("review", field) => self.on_letter(field, column, line, written),
            ("letters", field) => {
                let Some(field) = CorrectionField::from_word(field) else { return Ok(written.to_owned()) };
                let place =
                    Place { id: &self.consultation.id, consultation: Some(self.consultation), flags: &[] };
                let value = normal(field, written, &place).map_err(said)?.unwrap_or_default();
                Ok(list(&value).unwrap_or(value))
            }
            _ if column.list.is_some() && !written.is_empty() => of_list(column, written),
            _ if written.chars().count() > MOST_CHARS => Err(format!("不能超过 {MOST_CHARS} 字")),
            _ => Ok(written.to_owned()),
        }
    }

    /// A group's number. One far beyond the last is a day that a spreadsheet took for a number: 3.11 is 45362.
    fn group(&self, written: &str) -> Result<String, String> {
        const BEYOND: i64 = 1_000;
        let meant = group(written)?;
        let number = meant.parse().unwrap_or(0);
        if number > BEYOND {
            let last = self.store.last_group(&self.consultation.id).map_err(|error| error.to_string())?;
            if number > last + BEYOND {
                return Err(format!("没有第 {number} 类（最后一类是第 {last} 类）；另立一类请写“新”"));
            }
        }
        Ok(meant)
    }

    /// What is decided on a letter that waits; of one that waits no more, nothing that stands so already.
    fn on_letter(&self, field: &str, column: &Column, line: &Line, written: &str) -> Result<String, String> {
        let id = line.key.rsplit('r').next().and_then(|id| id.parse().ok()).unwrap_or_default();
        let stands = self.standing;
        let waits = stands == Some(Status::Review);
        if field != "decision" || written.is_empty() {
            return Ok(if waits { written.to_owned() } else { String::new() });
        }
        let word = of_list(column, written)?;
        if waits {
            return decision(self.store, id, &word).map(|_| word);
        }
        let wanted = workbook::decision(&word).and_then(Status::from_word);
        // What an opinion that counts asked beside was seen to: it counts as before.
        let is_seen_to = wanted == Some(Status::Handled) && stands == Some(Status::Accepted);
        match stands {
            Some(stands) if wanted != Some(stands) && !is_seen_to => {
                Err(format!("本件此后已列为“{}”；如需改动，请用 review", stands.short()))
            }
            _ => Ok(String::new()),
        }
    }
}

fn of_list(column: &Column, written: &str) -> Result<String, String> {
    let known = column.words();
    Column::one_of(written, known).ok_or_else(|| format!("只能填{}", known.join("、")))
}

/// A number, or a group that is to be made.
fn group(written: &str) -> Result<String, String> {
    let folded = typed::folded(written);
    if folded.starts_with(NEW) && folded.chars().count() <= 10 {
        return Ok(folded);
    }
    let number = folded.parse::<u32>().ok().filter(|number| (1..=1_000_000).contains(number));
    number.map(|number| number.to_string()).ok_or_else(|| "只能填类号（1 起的整数）或者“新”".to_owned())
}

/// A JSON list as a cell shows it.
fn list(value: &str) -> Option<String> {
    let list: Vec<String> = serde_json::from_str(value).ok()?;
    Some(list.join("、").nfc().collect())
}

/// What is written beside a letter that waits, without a decision, would be lost: it is refused.
pub(super) fn undecided(compared: &mut Compared, read: &[ReadSheet]) {
    let decided: Vec<i64> = compared
        .changes
        .iter()
        .filter(|change| change.sheet == "review" && change.field == "decision" && !change.new.is_empty())
        .map(|change| change.id)
        .collect();
    let Some(sheet) = read.iter().map(|read| read.sheet).find(|sheet| sheet.id == "review") else { return };
    let mut refused = Vec::new();
    compared.changes.retain(|change| {
        let stays = change.sheet != "review" || decided.contains(&change.id);
        if !stays {
            let column = sheet.column.iter().find(|column| column.field == change.field);
            refused.push(Refusal {
                file: change.place.0.clone(),
                sheet: &sheet.name,
                row: change.place.1,
                column: column.map(|column| column.heading.clone()).unwrap_or_default(),
                value: change.new.clone(),
                why: Why::Cannot("“处理”一列没有选，不能只写说明".to_owned()),
            });
        }
        stays
    });
    compared.refusals.extend(refused);
}

/// Of files that were adopted already: the groups that they asked for were made.
pub(super) fn made_already(compared: &mut Compared) {
    let is_made = |refusal: &Refusal| {
        matches!(refusal.why, Why::Stale(..)) && typed::folded(&refusal.value).starts_with(NEW)
    };
    compared.refusals.retain(|refusal| !is_made(refusal));
}

/// A group that was joined to another one stands in the file and is listed no more.
pub(super) fn emptied(compared: &mut Compared, store: &Store, is_adopted: bool) -> Result<(), Failure> {
    let mut left = Vec::new();
    for mut refusal in std::mem::take(&mut compared.refusals) {
        let is_unknown = refusal.why == Why::UnknownKey
            && workbook::sheet("groups").is_some_and(|sheet| sheet.name == refusal.sheet);
        let id = refusal.value.rsplit('g').next().and_then(|id| id.parse().ok()).filter(|_| is_unknown);
        if let Some(number) = id.map(|id| store.number_of_group(id)).transpose()?.flatten() {
            if is_adopted {
                continue;
            }
            let column = workbook::sheet("groups").and_then(|sheet| sheet.column.get(sheet.place("group")?));
            refusal.column = column.map(|column| column.heading.clone()).unwrap_or_default();
            refusal.value = number.to_string();
            refusal.why = Why::Cannot("本类已没有意见，都移入了别的类；本行不用再填".to_owned());
        }
        left.push(refusal);
    }
    compared.refusals = left;
    Ok(())
}
