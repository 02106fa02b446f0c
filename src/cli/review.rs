//! `review`: the near misses and other cases that wait for a person.
//!
//! A confirmed case counts from its arrival time, and is late where it plainly arrived late; a denied one does not count.
//! The citizen had the neutral answer when the mail came; a decision sends nothing.

use std::fmt::Write;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::correct::no_submission;
use super::submissions::{log_unmasked, mask_row, mask_text, row_json, status_in_chinese, when};
use super::{Exit, Failure, Outcome, actor, open_for_reading, open_for_writing, print, table, words};
use crate::config::Settings;
use crate::mail::{Disposition, Status, Timeliness};
use crate::ruling;
use crate::store::{Decided, Decision, ListFilter, ListRow};
use crate::world::World;

/// Cells of an excerpt.
const EXCERPT: usize = 70;

#[derive(Debug, Args)]
pub(super) struct ReviewArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List what waits, the oldest first, with the reason and what to do; personal data is masked
    List {
        /// Only this consultation
        #[arg(long, value_name = "ID")]
        consultation: Option<String>,
        /// Print names, phones and addresses in full; the event log records it
        #[arg(long)]
        unmasked: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// It belongs here: it counts, with the arrival time it has
    Confirm(Numbers),
    /// It does not belong here
    Deny(Numbers),
    /// Take a decision back: it waits again
    Reopen(Numbers),
}

#[derive(Debug, Args)]
struct Numbers {
    /// Registration numbers, like LNZX-2024-0001; all of them or, when one cannot be decided, none
    #[arg(required = true, value_name = "NUMBER")]
    numbers: Vec<String>,
    /// Why; kept with the decision
    #[arg(long)]
    note: Option<String>,
}

pub(super) fn review(settings: &Settings, arguments: &ReviewArguments) -> Outcome {
    match &arguments.command {
        Command::List { consultation, unmasked, json } => {
            list(settings, consultation.as_deref(), *unmasked, *json)
        }
        Command::Confirm(numbers) => decide(settings, numbers, Decision::Confirm),
        Command::Deny(numbers) => decide(settings, numbers, Decision::Deny),
        Command::Reopen(numbers) => decide(settings, numbers, Decision::Reopen),
    }
}

fn list(settings: &Settings, consultation: Option<&str>, unmasked: bool, as_json: bool) -> Outcome {
    let store = open_for_reading(settings)?;
    let filter = ListFilter {
        status: Some(Status::Review.as_str().to_owned()),
        consultation: consultation.map(ToOwned::to_owned),
        most: usize::MAX,
        after_id: 0,
    };
    let mut found = store.list(&filter).map_err(|error| Failure::from(&error))?;
    found.sort_by_key(|row| (row.received_at, row.id));
    if unmasked {
        log_unmasked(settings, "review list", found.len())?;
    }
    let mut cases = Vec::with_capacity(found.len());
    for mut row in found {
        let shown = store.show(&row.number).map_err(|error| Failure::from(&error))?;
        let mut subject = shown.and_then(|shown| shown.subject);
        if !unmasked {
            subject = subject.map(|subject| mask_text(&subject, row.name.as_deref()));
            mask_row(&mut row);
        }
        cases.push((row, subject));
    }
    if as_json {
        let cases: Vec<Value> =
            cases.iter().map(|(row, subject)| case_json(row, subject.as_deref())).collect();
        print(&format!("{:#}\n", Value::Array(cases)))?;
    } else {
        let mut text: String =
            cases.iter().map(|(row, subject)| case_text(row, subject.as_deref())).collect();
        let _ = match cases.len() {
            0 => writeln!(text, "没有待核的来信。"),
            count => writeln!(
                text,
                "共 {count} 件待核，按收到时间排列。确认：review confirm 编号；否定：review deny 编号。\
                 收到时间不变，不再另发回执。"
            ),
        };
        let status = store.status()?;
        let quarantined = status.entries.iter().find(|(word, _)| word == Disposition::Quarantined.as_str());
        if let Some((_, count)) = quarantined {
            let _ = writeln!(
                text,
                "另有 {count} 封隔离待查：程序更新后用 reprocess 可重新读取，仍读不出的请到邮箱中查看。"
            );
        }
        print(&text)?;
    }
    Ok(Exit::Ok)
}

/// The status that a confirmation gives.
fn confirmed(row: &ListRow) -> Status {
    ruling::confirmed(Timeliness::from_word(&row.timeliness).unwrap_or(Timeliness::OnTime))
}

fn case_json(row: &ListRow, subject: Option<&str>) -> Value {
    let reasons: Vec<Value> = row
        .review_reasons
        .iter()
        .map(|word| json!({ "word": word, "meaning": words::review(word), "to_do": words::to_do(word) }))
        .collect();
    let mut case = row_json(row);
    if let Value::Object(case) = &mut case {
        case.insert("subject".to_owned(), json!(subject));
        case.insert("reasons".to_owned(), Value::Array(reasons));
        case.insert("status_when_confirmed".to_owned(), json!(confirmed(row).as_str()));
    }
    case
}

fn case_text(row: &ListRow, subject: Option<&str>) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}　{} 收到　{}", row.number, when(row.received_at), row.from_address);
    let _ = writeln!(text, "  主题：{}", table::cut(subject.unwrap_or("（无主题）"), EXCERPT));
    for word in &row.review_reasons {
        let _ = writeln!(text, "  待核：{}——{}", words::review(word), words::to_do(word));
    }
    let status = status_in_chinese(confirmed(row).as_str());
    let _ = writeln!(text, "  确认后：{status}");
    let _ = writeln!(text, "  内容：{}\n", table::cut(&row.comment, EXCERPT));
    text
}

/// All in one transaction: when one cannot be decided, none is.
fn decide(settings: &Settings, arguments: &Numbers, decision: Decision) -> Outcome {
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let note = arguments.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let actor = actor();
    let mut text = String::new();
    let writing = store.begin().map_err(|error| Failure::from(&error))?;
    for number in arguments.numbers.iter().map(|number| number.trim()) {
        let decided = writing.decide(number, decision, note, &actor, now);
        match decided.map_err(|error| Failure::from(&error))? {
            Decided::Done(status) => {
                let _ = writeln!(text, "{number} {}", done(decision, status));
            }
            Decided::Already(status) => {
                let _ =
                    writeln!(text, "{number} 此前已是“{}”，没有改动。", status_in_chinese(status.as_str()));
            }
            Decided::NotWaiting(status) => {
                return Err(Failure::new(Exit::Data, not_waiting(number, decision, status)));
            }
            Decided::NoSubmission => {
                let mut failure = no_submission(number);
                failure.message.push_str("; nothing was changed");
                return Err(failure);
            }
        }
    }
    writing.commit().map_err(|error| Failure::from(&error))?;
    print(&text)?;
    Ok(Exit::Ok)
}

fn done(decision: Decision, status: Status) -> String {
    let status = status_in_chinese(status.as_str());
    match decision {
        Decision::Confirm => format!("已确认，状态“{status}”，收到时间不变。"),
        Decision::Deny => format!("已否定，状态“{status}”，不计入意见。"),
        Decision::Reopen => format!("已恢复为“{status}”。"),
    }
}

fn not_waiting(number: &str, decision: Decision, status: Status) -> String {
    let remedy = match (decision, status) {
        (Decision::Reopen, _) => "only what staff confirmed or denied can be reopened",
        (_, Status::Denied | Status::Accepted | Status::Late) => {
            "`review list` shows what waits; a decision is taken back by `review reopen`"
        }
        _ => "`review list` shows what waits",
    };
    format!("{number} does not wait for a person (status {status}): {remedy}; nothing was changed")
}
