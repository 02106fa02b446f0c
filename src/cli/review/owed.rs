//! What the writers of letters are owed that were decided on, and which command settles it: an answer, or word of what came of it.

use std::fmt::Write;

use serde_json::{Value, json};

use super::asked::said;
use super::entering::RESEND;
use crate::cli::letter::says_first;
use crate::cli::outcome::Failure;
use crate::details;
use crate::lane::as_it_stands;
use crate::ruling::Undone;
use crate::store::{Filter, ListRow, Store, SupplementRow};
use crate::vocabulary::Status;
use crate::words::Chinese;

/// Most letters that are named of those whose writers need not be told.
const MOST_NAMED: usize = 40;

/// What its writer is owed, in place of what he proposes. To be done before names are masked.
pub(in crate::cli) fn says_what_is_owed(store: &Store, row: &mut ListRow) -> Result<(), Failure> {
    let owed = store.unanswered(row.id)?;
    let mut undone: Vec<String> = owed.undone.iter().map(|undone| deed(undone, &row.number).0).collect();
    undone.extend(owed.resend.then(|| RESEND.to_owned()));
    if owed.asked.is_empty() {
        says_first(row);
        let what: Vec<String> =
            undone.into_iter().chain(owed.untold.map(untold).into_iter().map(ToOwned::to_owned)).collect();
        let said = row.opinion.as_deref().unwrap_or(&row.comment);
        row.opinion = Some(format!("{}：{said}", what.join("、")));
        return Ok(());
    }
    let Some(shown) = store.show(&row.number)? else { return Ok(()) };
    let said = said(store, &shown, &owed.asked)?;
    // After an erasure no step of the reading is kept.
    let asks = |later: &&SupplementRow| {
        owed.asked.iter().any(|reason| later.flags.iter().any(|flag| flag == reason.as_str()))
    };
    let text = if said.is_empty() {
        let later = shown.supplements.iter().rev().find(asks);
        details::without_frame(later.map_or(&shown.row.comment, |later| &later.comment))
    } else {
        said
    };
    let asked = owed.asked.iter().map(Chinese::short).chain(owed.untold.map(untold));
    let what: Vec<String> = undone.into_iter().chain(asked.map(ToOwned::to_owned)).collect();
    row.opinion = Some(format!("{}：{text}", what.join("、")));
    Ok(())
}

/// What was granted and is not done, and the command that does it.
fn deed(undone: &Undone, number: &str) -> (String, String) {
    match undone {
        Undone::Erasure { number: of, fields } => {
            let name = |mark: &str| fields.iter().map(Chinese::short).collect::<Vec<_>>().join(mark);
            let whose = if of == number { String::new() } else { format!("{of} 的") };
            (
                format!("删除未办（{whose}{}）", name("、")),
                format!("erase {of} --only {} --note 原因", name(",")),
            )
        }
        Undone::Withdrawal { by } => {
            (format!("撤回未办（{by} 要求）"), format!("review deny {number} --note 来信人要求撤回"))
        }
    }
}

/// What he is to be told of where his letter stands.
const fn untold(status: Status) -> &'static str {
    match status {
        Status::Late => "告知列为逾期",
        Status::Accepted => "告知按时计入",
        _ => "告知不计入",
    }
}

/// Whether the program has a text that says where the letter stands.
fn is_told_by_program(store: &Store, id: i64) -> Result<bool, Failure> {
    let told = store.last_told(id)?;
    Ok(told
        .and_then(|told| as_it_stands(&told).filter(|now| now.kind != told.kind && now.raw.is_some()))
        .is_some())
}

/// What a letter is owed, each with the command that settles it.
pub(in crate::cli) fn owed_json(store: &Store, row: &ListRow) -> Result<Value, Failure> {
    let owed = store.unanswered(row.id)?;
    let number = &row.number;
    let mut found: Vec<Value> = owed
        .asked
        .iter()
        .map(|reason| json!({ "what": reason.as_str(), "command": format!("review answered {number}") }))
        .collect();
    found.extend(owed.undone.iter().map(|undone| {
        let what = if matches!(undone, Undone::Erasure { .. }) { "erase" } else { "withdraw" };
        json!({ "what": what, "command": deed(undone, number).1 })
    }));
    if owed.resend {
        found.push(json!({ "what": "resend", "command": format!("review answered {number}") }));
    }
    if let Some(status) = owed.untold {
        let command = if is_told_by_program(store, row.id)? { "outbox release" } else { "review answered" };
        found.push(json!({ "what": status.as_str(), "command": format!("{command} {number}") }));
    }
    Ok(Value::from(found))
}

/// Behind the list: which of them are settled by which command, and who may be told besides.
pub(in crate::cli) fn how_to_settle(
    store: &Store,
    filter: &Filter,
    numbers: &[String],
) -> Result<String, Failure> {
    let (mut by_hand, mut by_program, mut deeds) = (Vec::new(), Vec::new(), String::new());
    for number in numbers {
        let Some((id, _)) = store.submission_numbered(number)? else { continue };
        let owed = store.unanswered(id)?;
        for undone in &owed.undone {
            let (what, command) = deed(undone, number);
            let not = match undone {
                Undone::Erasure { .. } => format!("review answered {number} --note 不删除，原因"),
                Undone::Withdrawal { .. } => format!("review note {number} --note 仍计入的原因"),
            };
            let _ = writeln!(deeds, "{number} {what}：{command}；决定不办的，写明：{not}");
        }
        if owed.untold.is_some() && is_told_by_program(store, id)? {
            by_program.push(number.as_str());
        }
        let is_left = owed.untold.is_some() && !by_program.contains(&number.as_str());
        if is_left || !owed.asked.is_empty() || owed.resend {
            by_hand.push(number.as_str());
        }
    }
    let mut text = deeds;
    if !by_hand.is_empty() {
        let _ = writeln!(
            text,
            "在邮箱中回信或者打电话（地址、电话：show 编号 --unmasked），答复、告知以后：review answered {}",
            by_hand.join(" ")
        );
    }
    if !by_program.is_empty() {
        let _ = writeln!(
            text,
            "此前的回执没有写明现在的结果（正在核对，或者与之不同），由程序发出新的回执：outbox release {}",
            by_program.join(" ")
        );
    }
    let (count, named) = store.counted_untold(filter, MOST_NAMED)?;
    if count > 0 {
        let more = if count > named.len() as u64 { "…" } else { "" };
        let _ = writeln!(
            text,
            "另有 {count} 件已计入，回执写的是正在核对、无需重新发送，不另告知也可；要告知的：outbox release {}{more}",
            named.join(" ")
        );
    }
    Ok(text)
}
