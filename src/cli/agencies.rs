//! `stats --agencies`: which of the units that were asked has answered, and with what.

use std::fmt::Write;

use serde_json::{Value, json};

use super::opening::{open_for_reading, unknown_consultation};
use super::outcome::{Exit, Failure, Outcome, print, print_json};
use super::submissions::when;
use super::table;
use crate::compose;
use crate::config::Settings;
use crate::mask;
use crate::store::{Store, UnitLetter};
use crate::vocabulary::{Consultation, Flag, Invited, SenderKind, Status, invited};
use crate::words::Chinese;

/// One consultation: whom it asked, what each wrote, and the agencies that are not on its list.
struct Report<'a> {
    consultation: &'a Consultation,
    /// The letters of each unit, in the order of the list.
    answers: Vec<Vec<UnitLetter>>,
    /// Letters of agencies that the list does not know.
    others: Vec<UnitLetter>,
}

pub(super) fn agencies(settings: &Settings, wanted: Option<&str>, as_json: bool) -> Outcome {
    let store = open_for_reading(settings)?;
    let is_wanted = |found: &&Consultation| wanted.is_none_or(|wanted| wanted == found.id);
    let mut reports = Vec::new();
    for consultation in settings.consultations.iter().filter(is_wanted) {
        reports.push(report(&store, consultation, None)?);
    }
    if let (Some(id), true) = (wanted, reports.is_empty()) {
        return Err(unknown_consultation(&settings.consultations, id));
    }
    if as_json {
        print_json(&json!({ "consultations": reports.iter().map(to_json).collect::<Vec<_>>() }))?;
    } else {
        print(&reports.iter().map(to_text).collect::<Vec<_>>().join("\n"))?;
    }
    Ok(Exit::Ok)
}

/// What the units that one consultation asked have written; with `until`, in the letters up to this one.
fn report<'a>(
    store: &Store,
    consultation: &'a Consultation,
    until: Option<i64>,
) -> Result<Report<'a>, Failure> {
    let mut answers = vec![Vec::new(); consultation.invited.len()];
    let mut others = Vec::new();
    let by_address = consultation.invited.iter().any(Invited::is_known_by_address);
    for letter in store.unit_letters(&consultation.id, until, by_address)? {
        let unit =
            invited::which(&consultation.invited, letter.organization.as_deref(), &letter.from_address);
        match unit.and_then(|unit| answers.get_mut(unit)) {
            Some(answers) => answers.push(letter),
            None if letter.sender_kind.as_deref() == Some(SenderKind::Agency.as_str()) => {
                others.push(letter);
            }
            None => {}
        }
    }
    Ok(Report { consultation, answers, others })
}

/// A row for each unit that was asked, and for each agency that wrote unasked: unit, whether it answered, when, what, numbers.
pub(super) fn rows(
    store: &Store,
    consultation: &Consultation,
    until: Option<i64>,
) -> Result<Vec<Vec<String>>, Failure> {
    let report = report(store, consultation, until)?;
    let row = |unit: &str, letters: &[UnitLetter]| {
        let first = letters.first().map(|letter| when(letter.received_at.parse().ok())).unwrap_or_default();
        let answered = if letters.is_empty() { "未反馈" } else { "已反馈" };
        let said = if letters.is_empty() { String::new() } else { said(letters) };
        vec![unit.to_owned(), answered.to_owned(), first, said, numbers(letters).join("、")]
    };
    let units = consultation.invited.iter().zip(&report.answers);
    let mut rows: Vec<Vec<String>> = units.map(|(unit, letters)| row(&unit.name, letters)).collect();
    for letter in &report.others {
        let unit = letter.organization.as_deref().unwrap_or(&letter.from_address);
        rows.push(row(unit, std::slice::from_ref(letter)));
    }
    let silent = silent(&report);
    if !silent.is_empty() {
        rows.push(vec![format!("未反馈 {} 家：{}", silent.len(), silent.join("、"))]);
    }
    Ok(rows)
}

/// The units that have not answered, by name.
fn silent<'a>(report: &'a Report<'_>) -> Vec<&'a str> {
    let units = report.consultation.invited.iter().zip(&report.answers);
    units.filter(|(_, answers)| answers.is_empty()).map(|(unit, _)| unit.name.as_str()).collect()
}

fn has(letter: &UnitLetter, flag: Flag) -> bool {
    letter.flags.iter().any(|found| found == flag.as_str())
}

/// `2 条`, `无意见`, `见附件`, of all letters of a unit together; and what is still open about them.
fn said(letters: &[UnitLetter]) -> String {
    let items: u64 = letters.iter().map(|letter| letter.items).sum();
    let any = |flag| letters.iter().any(|letter| has(letter, flag));
    let mut parts = Vec::new();
    if items > 0 {
        parts.push(format!("{items} 条"));
    }
    if any(Flag::AttachmentOnly) || any(Flag::CloudAttachment) && items == 0 {
        parts.push("见附件".to_owned());
    }
    if parts.is_empty() && any(Flag::NoObjection) {
        parts.push("无意见".to_owned());
    }
    let said = if parts.is_empty() { "未列出意见".to_owned() } else { parts.join("，") };
    let open = [Status::Review, Status::Late]
        .into_iter()
        .filter(|status| letters.iter().any(|letter| letter.status == status.as_str()));
    let open: Vec<&str> = open.map(|status| status.short()).collect();
    if open.is_empty() { said } else { format!("{said}（{}）", open.join("、")) }
}

fn numbers(letters: &[UnitLetter]) -> Vec<&str> {
    letters.iter().map(|letter| letter.number.as_str()).collect()
}

fn to_json(report: &Report<'_>) -> Value {
    let silent = silent(report);
    let units = report.consultation.invited.iter().zip(&report.answers);
    let sum = |letters: &[UnitLetter]| letters.iter().map(|letter| letter.items).sum::<u64>();
    json!({
        "id": report.consultation.id,
        "title": report.consultation.title,
        "invited": report.consultation.invited.len(),
        "answered": report.consultation.invited.len() - silent.len(),
        "units": units.map(|(unit, letters)| json!({
            "name": unit.name,
            "answered": !letters.is_empty(),
            "first_received_at": letters.first().map(|letter| &letter.received_at),
            "items": sum(letters),
            "no_objection": letters.iter().any(|letter| has(letter, Flag::NoObjection)),
            "attachment_only": letters.iter().any(|letter| has(letter, Flag::AttachmentOnly)),
            "numbers": numbers(letters),
            "statuses": letters.iter().map(|letter| &letter.status).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "not_answered": silent,
        "others": report.others.iter().map(|letter| json!({
            "organization": letter.organization.as_deref().map(mask::text),
            "received_at": letter.received_at,
            "items": letter.items,
            "number": letter.number,
            "status": letter.status,
        })).collect::<Vec<_>>(),
    })
}

fn to_text(report: &Report<'_>) -> String {
    let consultation = report.consultation;
    let mut text = format!("■ 单位反馈〔{}〕{}\n", consultation.id, compose::printed(&consultation.title));
    let silent = silent(report);
    let all = consultation.invited.len();
    let at =
        |letters: &[UnitLetter]| when(letters.first().and_then(|letter| letter.received_at.parse().ok()));
    if all == 0 {
        text.push_str("配置中没有书面征求意见的单位名单（invited），只列出来信的机关单位。\n");
    } else {
        let head = ["单位", "是否反馈", "时间", "意见", "编号"].map(ToOwned::to_owned).to_vec();
        let rows = consultation.invited.iter().zip(&report.answers).map(|(unit, letters)| {
            let said = if letters.is_empty() { String::new() } else { said(letters) };
            let is = if letters.is_empty() { "否" } else { "是" };
            vec![unit.name.clone(), is.to_owned(), at(letters), said, numbers(letters).join("、")]
        });
        text.push_str(&table::columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>()));
        let _ = writeln!(text, "书面征求 {all} 家，已反馈 {} 家", all - silent.len());
        if silent.is_empty() {
            text.push_str("未反馈 0 家\n");
        } else {
            let _ = writeln!(text, "未反馈 {} 家：{}", silent.len(), silent.join("、"));
        }
    }
    if !report.others.is_empty() {
        let head = ["名单以外的机关单位", "时间", "意见", "编号"].map(ToOwned::to_owned).to_vec();
        let rows = report.others.iter().map(|letter| {
            let name = letter.organization.as_deref().map_or_else(|| "（未写明单位）".to_owned(), mask::text);
            let one = std::slice::from_ref(letter);
            vec![name, at(one), said(one), letter.number.clone()]
        });
        text.push('\n');
        text.push_str(&table::columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>()));
    }
    text
}
