//! The figures that a report is made of.

use super::outcome::Failure;
use super::table::{cut, when};
use super::{agencies, days};
use crate::compose;
use crate::mask;
use crate::report::{Figures, Point, Standing};
use crate::store::{Scope, Store, WorkbookRow};
use crate::vocabulary::{Adoption, Consultation, Status, chinese_date};
use crate::words::Chinese;

/// Items of a group that is told of.
const MANY: u64 = 3;
/// What staff write into 备注 of a smaller group that is told of too.
pub(super) const MAIN: &str = "主要意见";
/// Cells of an opinion that stands for a group without 意见要点.
const POINT: usize = 80;

/// Adds to the count of a name, in the order in which names come.
fn add(counts: &mut Vec<(String, u64)>, name: &str, count: u64) {
    match counts.iter_mut().find(|(found, _)| found == name) {
        Some((_, found)) => *found += count,
        None => counts.push((name.to_owned(), count)),
    }
}

fn number(row: &WorkbookRow, field: &str) -> u64 {
    row.get(field).parse().unwrap_or(0)
}

/// The figures of a consultation; with `until`, of the letters up to this one.
pub(super) fn figures(
    store: &Store,
    consultation: &Consultation,
    until: Option<i64>,
    now: jiff::Timestamp,
) -> Result<Figures, Failure> {
    let statuses = [Status::Accepted.as_str().to_owned()];
    let letters = until.map(|last| store.letters_until(&consultation.id, last)).transpose()?;
    let letters = letters.as_deref();
    let scope = Scope { consultation: &consultation.id, statuses: &statuses, handler: None, letters };
    let mut figures = Figures {
        title: compose::printed(&consultation.title),
        office: consultation.office_name.clone(),
        opens: consultation.opens.map(chinese_date).unwrap_or_default(),
        closes: consultation.closes_in_words.clone(),
        as_of: when(Some(now)),
        channels: "电子邮件".to_owned(),
        is_open: now < consultation.closes,
        registered: Status::Accepted.short().to_owned(),
        ..Figures::default()
    };
    let standings = store.workbook_sums(&consultation.id, until)?;
    figures.none = standings.iter().find(|row| row.5 == Status::Accepted.as_str()).map_or(0, |row| row.3);
    figures.standings =
        standings.into_iter().map(|(name, letters, items, ..)| Standing { name, letters, items }).collect();
    let mut by_day: Vec<(String, u64)> = Vec::new();
    store.workbook_rows("counted", scope, |row| {
        figures.letters += 1;
        figures.persons += number(row, "persons");
        add(&mut by_day, row.get("day"), 1);
        add(&mut figures.occupations, row.get("occupation"), 1);
        add(&mut figures.kinds, row.get("kind"), 1);
        Ok::<(), Failure>(())
    })?;
    for counts in [&mut figures.occupations, &mut figures.kinds] {
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    }
    if figures.letters > 0 {
        let days = days::days(&by_day, Some(consultation), now);
        let in_time = days.in_time.into_iter().map(|(day, count)| (day, count, false));
        figures.days = in_time.chain(days.late.into_iter().map(|(day, count)| (day, count, true))).collect();
    }
    items(store, consultation, scope, &mut figures)?;
    figures.unentered = store.unentered_until(Some(&consultation.id), until)?.registered;
    let units = agencies::rows(store, consultation, until)?;
    figures.invited = consultation.invited.len();
    let silent = consultation.invited.iter().zip(&units);
    let silent = silent.filter(|(_, row)| row.get(2).is_none_or(String::is_empty));
    figures.silent = silent.map(|(unit, _)| unit.name.clone()).collect();
    figures.answered = figures.invited - figures.silent.len();
    Ok(figures)
}

/// What is said in the letters, and what was decided.
fn items(
    store: &Store,
    consultation: &Consultation,
    scope: Scope<'_>,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let told = [Adoption::Adopted, Adoption::Partly, Adoption::Rejected, Adoption::Studied];
    let mut outcomes: Vec<(String, u64)> = told.iter().map(|word| (word.short().to_owned(), 0)).collect();
    outcomes.push(("尚未研究".to_owned(), 0));
    store.workbook_rows("items", scope, |row| {
        let decided = row.get("decided");
        if decided == Adoption::NoOpinion.as_str() {
            return Ok::<(), Failure>(());
        }
        let as_told = if decided == Adoption::Contained.as_str() {
            figures.embodied += 1;
            Adoption::Adopted.short()
        } else if decided == Adoption::PassedOn.as_str() {
            figures.passed_on += 1;
            Adoption::Studied.short()
        } else if decided.is_empty() {
            "尚未研究"
        } else {
            decided
        };
        add(&mut outcomes, as_told, 1);
        let code = row.get("clause");
        let clause = consultation.clauses.iter().find(|clause| clause.code == code);
        let name = match clause {
            Some(clause) => format!("{code} {}", clause.name),
            None if code.is_empty() => "未标注".to_owned(),
            None => code.to_owned(),
        };
        add(&mut figures.clauses, name.trim(), 1);
        Ok(())
    })?;
    figures.outcomes = outcomes;
    store.workbook_rows("groups", scope, |row| {
        let items = number(row, "items");
        figures.groups += u64::from(items > 0);
        if items >= MANY || items > 0 && row.get("remark").contains(MAIN) {
            let point = row.get("point");
            let point =
                if point.is_empty() { cut(&mask::text(row.get("text")), POINT) } else { point.to_owned() };
            figures.points.push(Point {
                clause: row.get("clause").to_owned(),
                point,
                items,
                letters: number(row, "letters"),
                adoption: row.get("adoption").to_owned(),
                reason: row.get("adoption_reason").to_owned(),
            });
        }
        Ok::<(), Failure>(())
    })?;
    figures.points.sort_by_key(|point| std::cmp::Reverse(point.items));
    Ok(())
}
