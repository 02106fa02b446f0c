//! `explain`: why one mail was treated as it was, in words that staff can pass on: the answer first, then every step
//! with what it saw.

mod arrival;
mod conclusion;
mod found;
mod steps;

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use super::corrections;
use super::masking::{Names, mask_explained, mask_shown};
use super::number::{self, Of};
use super::opening::open_for_reading;
use super::outcome::{Exit, Failure, JsonList, Outcome, print};
use super::unmasked::log_unmasked;
use crate::config::Settings;
use crate::ruling;
use crate::store::{Explained, Shown, Store};
use crate::vocabulary::{CorrectionField, Disposition, ReviewReason, printable, rfc3339_utc};

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// A registration number like LNZX-2024-0001 or 1 (also several: 1,3 or 1-3), or a Message-ID with or without angle brackets; a UID, a file name or
    /// the beginning of a SHA-256 digest will do too
    #[arg(value_name = "NUMBER|MESSAGE-ID")]
    which: String,
    #[command(flatten)]
    of: Of,
    /// Print names, phones and addresses in full; the event log records it
    #[arg(long)]
    unmasked: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn explain(settings: &Settings, arguments: &ExplainArguments) -> Outcome {
    let store = open_for_reading(settings)?;
    let which = arguments.which.trim().trim_start_matches('<').trim_end_matches('>');
    let mut found = numbered(&store, settings, arguments)?;
    if found.is_empty() {
        found = store.entries_of_message_id(which)?;
    }
    if found.is_empty() {
        found = store.entries_named(which)?;
    }
    if found.is_empty() {
        // A short number of which nobody can say whose it is.
        if which.bytes().all(|byte| byte.is_ascii_digit()) {
            number::one(&settings.consultations, which, &arguments.of)?;
        }
        let message = format!(
            "没有关于 {which} 的记录：既不是登记编号，也不是读到过的邮件的标识、UID、文件名或摘要；按姓名、电话、地址或者文字找：search 文字；\
                 判为无关的：list --not-ours；邮箱中有而没有读到的：reconcile"
        );
        return Err(Failure::new(Exit::Data, message));
    }
    if arguments.unmasked {
        log_unmasked(settings, which, found.len())?;
    }
    // Printed one by one: a number may stand for thousands of letters.
    let (mut list, mut of) = (JsonList::default(), None::<Known>);
    for (index, id) in found.iter().enumerate() {
        let mut explained = store.explained(*id)?;
        let is_first = of.as_ref().map(|of| &of.shown.row.number) != explained.submission.as_ref();
        if is_first {
            of = known(&store, explained.submission.as_deref(), arguments.unmasked)?;
        }
        if !arguments.unmasked {
            mask_explained(&mut explained, of.as_ref().map_or(&Names::default(), |of| &of.names));
        }
        let case = Case { explained: &explained, submission: of.as_ref().map(|of| &of.shown), is_first };
        if arguments.json {
            list.item(&to_json(&case, settings))?;
        } else {
            print(&format!("{}{}", if index == 0 { "" } else { "\n" }, to_text(&case, settings)))?;
        }
    }
    if arguments.json {
        list.end()?;
    }
    Ok(Exit::Ok)
}

/// The entries of the numbers that are asked for; none where it is no number, or one that nobody has. A number goes before a UID
/// of the same digits.
fn numbered(store: &Store, settings: &Settings, arguments: &ExplainArguments) -> Result<Vec<i64>, Failure> {
    let typed = std::slice::from_ref(&arguments.which);
    let whole = store.entries_of_number(&ruling::typed_number(&arguments.which))?;
    if !whole.is_empty() {
        return Ok(whole);
    }
    let file = number::file(store, &arguments.which)?;
    if !file.is_empty() {
        return Ok(file);
    }
    let numbers = number::numbers(&settings.consultations, typed, &arguments.of).unwrap_or_default();
    number::few(numbers.len(), arguments.json)?;
    let mut found = Vec::new();
    for number in numbers {
        found.extend(store.entries_of_number(&number)?);
    }
    Ok(found)
}

/// A submission, read once for all its letters, and the names that are masked in all of them.
struct Known {
    shown: Shown,
    names: Names,
}

fn known(store: &Store, number: Option<&str>, unmasked: bool) -> Result<Option<Known>, Failure> {
    let Some(mut shown) = number.map(|number| store.show(number)).transpose()?.flatten() else {
        return Ok(None);
    };
    let names = if unmasked { Names::default() } else { mask_shown(&mut shown) };
    Ok(Some(Known { shown, names }))
}

/// Most later mails of a number in which reasons are looked for: the newest.
const MOST_MAILS: usize = 3;

/// What the reasons rest on for which a submission waits, in the words of `explain`; `names` are masked.
pub(super) fn found(
    store: &Store,
    settings: &Settings,
    shown: &Shown,
    names: Option<&Names>,
) -> Result<Vec<String>, Failure> {
    let reasons: Vec<ReviewReason> =
        shown.row.review_reasons.iter().filter_map(|word| ReviewReason::from_word(word)).collect();
    let mut mails = store.entries_of_number(&shown.row.number)?;
    let later = mails.split_off(mails.len().min(1));
    mails.extend(later.iter().skip(later.len().saturating_sub(MOST_MAILS)));
    let left_out = later.len().saturating_sub(MOST_MAILS);
    let mut lines: Vec<String> = Vec::new();
    if reasons.contains(&ReviewReason::DetailsDiffer) {
        let row = &shown.row;
        // Beside what came with the supplement itself nobody can tell two people apart.
        let written = |field: CorrectionField, value: Option<&str>| {
            let later = if corrections::was_filled_in(shown, field) {
                "（原信没有，由补充来信补入）"
            } else {
                ""
            };
            format!("{}{later}", value.unwrap_or("（空）"))
        };
        let phones = Some(shown.phones.join("、")).filter(|phones| !phones.is_empty());
        let phones = written(CorrectionField::Phones, phones.as_deref());
        let name = written(CorrectionField::Name, row.name.as_deref());
        let occupation = written(CorrectionField::Occupation, row.occupation.as_deref());
        lines.push(format!("登记的姓名：{name}，职业：{occupation}，电话：{phones}"));
    }
    let mut name_differs = false;
    // What is masked looks alike where it is not.
    let registered = store.show(&shown.row.number)?;
    for id in mails {
        let mut explained = store.explained(id)?;
        let same = found::same(&explained, registered.as_ref());
        name_differs |= reasons.contains(&ReviewReason::DetailsDiffer)
            && explained.disposition == Disposition::Supplement.as_str()
            && shown.row.name.is_some()
            && !same.contains(&CorrectionField::Name);
        if let Some(names) = names {
            mask_explained(&mut explained, names);
        }
        let case = Case { explained: &explained, submission: Some(shown), is_first: false };
        for line in found::lines(&case, settings, &reasons) {
            let is_same = same.iter().any(|field| line.starts_with(&found::given(*field)));
            if !is_same && !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    if name_differs {
        lines.push("补充来信写的姓名也与登记的不同，先核实是不是同一人".to_owned());
    }
    if left_out > 0 {
        lines.push(format!("其余 {left_out} 封补充来信的依据见 explain {}", shown.row.number));
    }
    Ok(lines)
}

/// One entry, with the submission that it is or belongs to.
struct Case<'a> {
    explained: &'a Explained,
    submission: Option<&'a Shown>,
    /// Nothing was said of the submission yet: what concerns the whole of it is said once.
    is_first: bool,
}

fn to_json(case: &Case<'_>, settings: &Settings) -> Value {
    let Case { explained, submission, is_first } = *case;
    let message = explained.message.as_ref().map(|message| {
        json!({
            "subject": message.subject,
            "sent_as_written": message.sent_as_written,
            "internal_date": message.internal_date.map(rfc3339_utc),
            "received_at": message.received_at.map(rfc3339_utc),
            "received_basis": message.received_basis,
            "received_evidence": message.received_evidence.word,
            "received_evidence_detail": message.received_evidence.detail,
            "evidence": message.evidence,
        })
    });
    let steps: Vec<Value> = steps::all(case, settings)
        .into_iter()
        .map(|step| json!({ "step": step.title, "lines": step.lines }))
        .collect();
    json!({
        "entry": {
            "folder": explained.folder,
            "uid_validity": explained.uid_validity,
            "uid": explained.uid,
            "sha256": explained.sha256,
            "size_bytes": explained.size_bytes,
            "seen_at": explained.seen_at.map(rfc3339_utc),
        },
        "disposition": explained.disposition,
        "reason": explained.reason.word,
        "reason_detail": explained.reason.detail,
        "conclusion": conclusion::of(case, settings),
        "steps": steps,
        "message": message,
        "submission": submission.map(|shown| {
            if is_first { super::submissions::shown_json(shown) } else { json!({ "number": shown.row.number }) }
        }),
    })
}

fn to_text(case: &Case<'_>, settings: &Settings) -> String {
    let mut text = format!("结论：{}\n", conclusion::of(case, settings));
    for (number, step) in (1..).zip(steps::all(case, settings)) {
        for (index, line) in step.lines.iter().map(|line| printable::line(line)).enumerate() {
            let _ = match index {
                0 => writeln!(text, "{number:>3}. {}：{line}", step.title),
                _ => writeln!(text, "     {line}"),
            };
        }
    }
    text
}
