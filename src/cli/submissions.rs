//! `list` and `show`: what staff look at. Personal data is masked unless asked for; asking is logged.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::masking::mask_shown;
use super::number::{self, Of, no_submission};
use super::opening::open_for_reading;
use super::outcome::{Exit, Failure, JsonList, Outcome, print, print_json};
pub(super) use super::table::when;
use super::unmasked::log_unmasked;
use super::{corrections, letter, saving, sentences, whom};
use crate::compose;
use crate::config::Settings;
use crate::store::{ListRow, Shown, Store};
use crate::vocabulary::{
    Adoption, Consultation, CorrectionField, ReceivedBasis, SenderKind, Status, Timeliness, Word,
};
use crate::words;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(super) struct ShowArguments {
    /// Registration numbers, whole (LNZX-2024-0001) or short (1), listed (1,3), in ranges (1-3); - reads them from standard input
    #[arg(required = true, value_name = "NUMBER")]
    numbers: Vec<String>,
    #[command(flatten)]
    of: Of,
    /// Print every correction with both values in full
    #[arg(long)]
    corrections: bool,
    /// Print the whole text too, with what is quoted in it
    #[arg(long, conflicts_with = "corrections")]
    full: bool,
    /// Print the letter's bytes as they came; the event log records it
    #[arg(long, conflicts_with_all = ["corrections", "full", "json", "save_attachments"])]
    raw: bool,
    /// Write the attachments into this folder as new files, readable by their owner alone; the event log records it
    #[arg(long, value_name = "DIR", conflicts_with_all = ["corrections", "full", "json"])]
    save_attachments: Option<PathBuf>,
    /// Print names, phones and addresses in full; the event log records it
    #[arg(long)]
    unmasked: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn show(settings: &Settings, arguments: &ShowArguments) -> Outcome {
    let store = open_for_reading(settings)?;
    let typed: Vec<String> = arguments
        .numbers
        .iter()
        .map(|typed| Ok(number::of_file(&store, typed)?.unwrap_or_else(|| typed.clone())))
        .collect::<Result<_, Failure>>()?;
    let numbers = number::numbers(&settings.consultations, &typed, &arguments.of)?;
    if arguments.raw {
        return saving::raw(settings, &store, &numbers);
    }
    if let Some(folder) = &arguments.save_attachments {
        return saving::attachments(settings, &store, &numbers, folder);
    }
    number::few(numbers.len(), arguments.json)?;
    let mut list = JsonList::default();
    for (index, number) in numbers.iter().enumerate() {
        let Some(mut shown) = store.show(number)? else {
            return Err(no_submission(number));
        };
        if !arguments.json && !arguments.corrections {
            letter::name_items(&mut shown);
        }
        let others = of_unit(&store, &shown)?;
        if arguments.unmasked {
            log_unmasked(settings, number, 1)?;
        } else {
            mask_shown(&mut shown);
        }
        match arguments.json {
            // One is what it always was; several are a list.
            true if numbers.len() == 1 => print_json(&shown_json(&shown))?,
            true => list.item(&shown_json(&shown))?,
            false if arguments.corrections => print(&corrections::all(&shown, index > 0))?,
            false => {
                let apart = if index > 0 { "\n" } else { "" };
                print(&format!("{apart}{}", shown_text(&shown, settings, &others)))?;
                if arguments.full {
                    print(&format!("\n来信全文（含引用）：\n{}\n", shown.full_text))?;
                }
            }
        }
    }
    if arguments.json && numbers.len() > 1 {
        list.end()?;
    }
    Ok(Exit::Ok)
}

/// The other letters of a public body, with what became of each: what it adds to its answer is a letter of its own.
fn of_unit(store: &Store, shown: &Shown) -> Result<String, Failure> {
    const MOST: usize = 8;
    if shown.row.sender_kind.as_deref() != Some(SenderKind::Agency.as_str()) {
        return Ok(String::new());
    }
    let others = store.others_of_unit(shown.row.id, MOST + 1)?;
    let one = |row: &ListRow| {
        format!("{}（{} 收到，{}）", row.number, when(row.received_at), sentences::standing(row))
    };
    let more = if others.len() > MOST { "等" } else { "" };
    Ok(others.iter().take(MOST).map(one).collect::<Vec<_>>().join("、") + more)
}

/// Its number, and those that it had.
pub(super) fn numbers(row: &ListRow) -> String {
    match row.former_numbers.join("、") {
        former if former.is_empty() => row.number.clone(),
        former => format!("{}（原 {former}）", row.number),
    }
}

pub(super) fn shown_json(shown: &Shown) -> Value {
    let mut value = json!(shown.row);
    let more = json!({
        "consultation": shown.consultation,
        "subject": shown.subject,
        "sent_as_written": shown.sent_as_written,
        "received_basis": shown.received_basis,
        "name_hint": shown.name_hint,
        "occupation_as_written": shown.occupation_as_written,
        "phones": shown.phones,
        "emails": shown.emails,
        "signatories": shown.signatories,
        "full_text": shown.full_text,
        "duplicate_of": shown.duplicate_of,
        "opinions": shown.opinions,
        "corrections": shown.corrections,
        "attachments": shown.attachments,
        "supplements": shown.supplements,
        "acknowledgements": shown.acknowledgements.iter().map(|a| json!({
            "kind": a.kind, "recipient": a.recipient, "state": a.state, "reason": a.reason.word(), "reason_detail": a.reason.detail, "attempts": a.attempts,
            "next_attempt_at": a.next_attempt_at, "sent_at": a.sent_at,
        })).collect::<Vec<_>>(),
        "same_letter": shown.membership.as_ref().map(|group| json!({
            "group": group.number, "representative": group.leader, "submissions": group.submissions, "senders": group.senders,
            "exact": group.exact, "similarity": group.similarity,
        })),
        "relations": shown.relations,
        "numbers_of_others": shown.numbers_of_others.strangers,
        "events": shown.events.iter().map(|event| json!({
            "at": event.at, "actor": event.actor, "action": event.action,
            "detail": serde_json::from_str::<Value>(&event.detail).unwrap_or(Value::Null),
        })).collect::<Vec<_>>(),
    });
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

/// One submission as `show` prints it; `others`: what is said of other letters of its unit.
pub(super) fn shown_text(shown: &Shown, settings: &Settings, others: &str) -> String {
    let consultation = consultation_of(settings, shown);
    let title = consultation.map(|found| compose::printed(&found.title));
    let mut text = String::new();
    let head = stands(shown, title.unwrap_or_else(|| shown.consultation.clone()));
    let lines = head.into_iter().chain(writer(shown)).chain(says(shown, consultation)).chain(done(shown));
    let lines = lines.chain([("同一单位的其他来信".into(), others.to_owned())]);
    for (label, value) in lines {
        if !value.is_empty() {
            let _ = writeln!(text, "{label}：{value}");
        }
    }
    let _ = write!(text, "\n来信内容：\n{}\n", shown.row.comment);
    for supplement in &shown.supplements {
        // 请不要公布我的姓名, written afterwards, is a wish about the whole.
        let flags = sentences::flags_apart(&supplement.flags);
        let flags = if flags.is_empty() { String::new() } else { format!("；{flags}") };
        let head = letter::supplement(shown, supplement);
        let _ = write!(text, "\n{head}{flags}）：\n{}\n", supplement.comment);
    }
    text
}

/// The consultation of a submission, where it is still configured.
pub(super) fn consultation_of<'a>(settings: &'a Settings, shown: &Shown) -> Option<&'a Consultation> {
    settings.consultations.iter().find(|found| found.id == shown.consultation)
}

type Line = (Cow<'static, str>, String);

fn lines<const N: usize>(lines: [(&'static str, String); N]) -> Vec<Line> {
    lines.into_iter().map(|(label, value)| (label.into(), value)).collect()
}

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

/// When it was sent, as its writer's own date says.
pub(super) fn sent(shown: &Shown) -> Option<String> {
    let sent = shown.sent_as_written.as_deref()?;
    Some(sent.parse().map_or_else(|_| sent.to_owned(), |at| when(Some(at))))
}

/// Which one it is, where it stands, and when it came.
fn stands(shown: &Shown, title: String) -> Vec<Line> {
    let row = &shown.row;
    let basis = shown.received_basis.as_deref().map_or_else(
        || "依据不明".to_owned(),
        |basis| format!("以{}为准，依据见 explain", words::short(ReceivedBasis::KIND, basis)),
    );
    let waits = row.status == Status::Review.as_str();
    let limit = words::short(Timeliness::KIND, &row.timeliness);
    let limit = match sentences::counted_in_time(&row.status, &row.timeliness) {
        Some(counted) => format!("{limit}；经人工核对{counted}"),
        None => limit.to_owned(),
    };
    let sent = sent(shown).map_or_else(String::new, |at| format!("{at}（发件人所写）"));
    lines([
        ("编号", row.number.clone()),
        ("原编号", row.former_numbers.join("、")),
        ("征求意见", title),
        (
            "状态",
            if waits { words::short(Status::KIND, &row.status).to_owned() } else { sentences::standing(row) },
        ),
        // A decision does not take away what was in question.
        (if waits { "待核原因" } else { "曾待核" }, sentences::review(&row.review_reasons)),
        ("重复于", text(shown.duplicate_of.as_ref())),
        ("收到时间", format!("{}（北京时间，{basis}）", when(row.received_at))),
        ("发件时间", sent),
        ("时限", limit),
    ])
}

/// Who wrote, and how to reach him.
fn writer(shown: &Shown) -> Vec<Line> {
    let row = &shown.row;
    // Beside what a person put there, the letter's own words look like a mistake.
    let stands = |id| !shown.corrections.iter().any(|later| later.undoes == Some(id));
    let is_corrected = shown.corrections.iter().any(|correction| {
        correction.field == CorrectionField::Occupation.as_str()
            && correction.undoes.is_none()
            && stands(correction.id)
    });
    let or_erased = |field: CorrectionField, value: String| {
        if value.is_empty() && corrections::was_erased(shown, field) {
            corrections::ERASED.to_owned()
        } else {
            value
        }
    };
    let as_written = |written: &String| {
        if is_corrected {
            format!("{written}（来信所写；职业经人工更正）")
        } else {
            written.clone()
        }
    };
    lines([
        ("单位", text(row.organization.as_ref())),
        (
            "姓名",
            if row.is_name_erased && row.name.is_none() {
                whom::NAME_ERASED.to_owned()
            } else {
                text(row.name.as_ref())
            },
        ),
        ("发件人显示名（未核实）", text(shown.name_hint.as_ref())),
        (
            "来信人类别",
            row.sender_kind.as_deref().map_or("", |kind| words::short(SenderKind::KIND, kind)).to_owned(),
        ),
        ("职业", row.occupation.clone().unwrap_or_else(|| "未填写".to_owned())),
        ("职业原文", shown.occupation_as_written.as_ref().map_or_else(String::new, as_written)),
        ("电话", or_erased(CorrectionField::Phones, shown.phones.join("、"))),
        ("邮箱", shown.emails.join("、")),
        ("发件地址", or_erased(CorrectionField::Emails, row.from_address.clone())),
        ("人次", if shown.signatories > 1 { shown.signatories.to_string() } else { String::new() }),
        ("标记", sentences::flags_apart(&row.flags)),
    ])
}

/// What stands in place of a subject: whether there was none, nobody can tell of what was erased.
fn without_subject(shown: &Shown) -> &'static str {
    if shown.row.status == Status::Erased.as_str() { corrections::ERASED } else { "（无主题）" }
}

/// What the letter says: subject, items, files.
fn says(shown: &Shown, consultation: Option<&Consultation>) -> Vec<Line> {
    let mut lines: Vec<Line> =
        vec![("主题".into(), shown.subject.clone().unwrap_or_else(|| without_subject(shown).to_owned()))];
    for (number, opinion) in (1..).zip(&shown.opinions) {
        lines.push((letter::label(number, opinion, consultation).into(), opinion.text.clone()));
        let adoption = opinion.adoption.as_deref().unwrap_or_default();
        lines.push(("　采纳情况".into(), words::long(Adoption::KIND, adoption).to_owned()));
        lines.push(("　理由".into(), text(opinion.adoption_reason.as_ref())));
    }
    lines.extend(shown.attachments.iter().map(|file| ("附件".into(), sentences::file(file, usize::MAX))));
    lines.extend(sentences::files_came(shown).into_iter().map(|came| ("".into(), came)));
    lines
}

/// What it belongs to, what was answered, what staff did.
fn done(shown: &Shown) -> Vec<Line> {
    let number = &shown.row.number;
    let membership = shown.membership.as_ref().map(|group| sentences::membership(group, number));
    let mut lines: Vec<Line> = vec![("相同来信".into(), membership.unwrap_or_default())];
    lines.push(("注意".into(), sentences::strangers(shown)));
    let relations = shown.relations.iter().map(|found| sentences::relation(found, number));
    lines.extend(relations.map(|relation| ("涉及来信".into(), relation)));
    lines.extend(shown.acknowledgements.iter().map(|answer| ("回执".into(), sentences::answered(answer))));
    lines.extend(
        shown.corrections.iter().map(|correction| ("更正".into(), corrections::said(shown, correction))),
    );
    lines
}
