//! `list` and `show`: what staff look at. Personal data is masked unless asked for; asking is logged.

use std::fmt::Write;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::correct::no_submission;
use super::masking::{mask_row, mask_shown};
use super::{Exit, Failure, Outcome, known_consultation, open_for_reading, print};
use super::{sentences, table};
use crate::config::Settings;
use crate::store::{CorrectionRow, ListFilter, ListRow, Shown, Store, StoreError};
use crate::vocabulary::{
    AcknowledgementKind, AcknowledgementState, Flag, ReceivedBasis, Status, SubjectMatch, Timeliness, Word,
    rfc3339_utc, shanghai,
};
use crate::words::{self, Chinese};
use crate::world::World;

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Only this status: accepted, review, late, duplicate, denied or erased
    #[arg(long)]
    status: Option<String>,
    /// Only this consultation
    #[arg(long, value_name = "ID")]
    consultation: Option<String>,
    /// At most so many, the newest
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    limit: usize,
    /// Print names, phones and addresses in full; the event log records it
    #[arg(long)]
    unmasked: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The registration number, like LNZX-2024-0001
    number: String,
    /// Print names, phones and addresses in full; the event log records it
    #[arg(long)]
    unmasked: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn list(settings: &Settings, arguments: &ListArguments) -> Outcome {
    if let Some(status) = arguments.status.as_deref()
        && Status::from_word(status).is_none()
    {
        let known: Vec<&str> = Status::WORDS.to_vec();
        return Err(Failure::new(
            Exit::Usage,
            format!("没有 --status {status} 这种状态；可用：{}", known.join("、")),
        ));
    }
    let store = open_for_reading(settings)?;
    known_consultation(settings, &store, arguments.consultation.as_deref())?;
    let filter = ListFilter {
        status: arguments.status.clone(),
        consultation: arguments.consultation.clone(),
        most: arguments.limit,
        after_id: 0,
    };
    let mut found = store.list(&filter).map_err(|error| Failure::from(&error))?;
    if arguments.unmasked {
        log_unmasked(settings, "list", found.len())?;
    } else {
        found.iter_mut().for_each(mask_row);
    }
    if arguments.json {
        let rows: Vec<Value> = found.iter().map(row_json).collect();
        print(&format!("{:#}\n", Value::Array(rows)))?;
    } else if found.is_empty() {
        print("没有符合条件的登记。\n")?;
    } else {
        print(&table::columns(&rows(&found)))?;
    }
    Ok(Exit::Ok)
}

pub(super) fn show(settings: &Settings, arguments: &ShowArguments) -> Outcome {
    let store = open_for_reading(settings)?;
    let number = arguments.number.trim();
    let Some(mut shown) = store.show(number).map_err(|error| Failure::from(&error))? else {
        return Err(no_submission(number));
    };
    if arguments.unmasked {
        log_unmasked(settings, number, 1)?;
    } else {
        mask_shown(&mut shown);
    }
    if arguments.json {
        print(&format!("{:#}\n", shown_json(&shown)))?;
    } else {
        print(&shown_text(&shown))?;
    }
    Ok(Exit::Ok)
}

/// Reading personal data in full leaves a trace (网络数据安全管理条例 art. 9; the record says who looked, not at what).
pub(super) fn log_unmasked(settings: &Settings, what: &str, count: usize) -> Result<(), Failure> {
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = Store::open(&settings.store_path, now).map_err(|error| not_logged(&error))?;
    let logged = store.begin().and_then(|writing| {
        writing.log(now, &super::actor(), "read_unmasked", None, &json!({ "what": what, "count": count }))?;
        writing.commit()
    });
    logged.map_err(|error| not_logged(&error))
}

/// Without its trace in the record, nothing is shown.
fn not_logged(error: &StoreError) -> Failure {
    let mut failure = Failure::from(error);
    failure.message = format!(
        "reading personal data in full is recorded in the store, and that failed: {}; without --unmasked no record is needed",
        failure.message
    );
    failure
}

/// Beijing time to the second, as it stands in lists.
pub(super) fn when(instant: Option<Timestamp>) -> String {
    instant.map_or_else(String::new, |instant| {
        let t = shanghai(instant);
        format!("{} {:02}:{:02}:{:02}", t.date(), t.hour(), t.minute(), t.second())
    })
}

/// Who changed what, and what stood there before.
pub(super) fn corrected(correction: &CorrectionRow) -> String {
    let item = correction.opinion.map_or_else(String::new, |item| format!("意见{item}"));
    let value = |value: &Option<String>| {
        let value = value.as_deref().unwrap_or_default();
        let value = match (correction.field.as_str(), value) {
            ("status", value) => words::short(Status::KIND, value),
            ("flags", value) => &sentences::flags(value),
            (_, value) => value,
        };
        if value.is_empty() { "（空）".to_owned() } else { table::cut(value, 40) }
    };
    format!(
        "{item}{} {} → {}（{}，{}{}）",
        sentences::column(&correction.field),
        value(&correction.old_value),
        value(&correction.new_value),
        when(correction.at),
        correction.actor,
        correction.note.as_deref().map_or_else(String::new, |note| format!("：{note}")),
    )
}

/// A table of submissions, its head first.
pub(super) fn rows(found: &[ListRow]) -> Vec<Vec<String>> {
    let head = ["编号", "收到时间", "状态", "时限", "提出人", "回执", "相同来信组", "内容"]
        .map(ToOwned::to_owned)
        .to_vec();
    let body = found.iter().map(|row| {
        let status = words::short(Status::KIND, &row.status);
        let status = match SubjectMatch::from_word(&row.subject_match) {
            Some(near @ SubjectMatch::NearMiss) => format!("{status}（{}）", near.short()),
            _ => status.to_owned(),
        };
        let who = row.organization.as_ref().or(row.name.as_ref()).map_or("", String::as_str);
        vec![
            row.number.clone(),
            when(row.received_at),
            status,
            words::short(Timeliness::KIND, &row.timeliness).to_owned(),
            table::cut(who, 20),
            row.acknowledgement
                .as_deref()
                .map(|state| words::short(AcknowledgementState::KIND, state))
                .unwrap_or_default()
                .to_owned(),
            row.group.map(|group| group.to_string()).unwrap_or_default(),
            table::cut(&row.comment, 40),
        ]
    });
    std::iter::once(head).chain(body).collect()
}

pub(super) fn row_json(row: &ListRow) -> Value {
    json!({
        "number": row.number,
        "status": row.status,
        "subject_match": row.subject_match,
        "timeliness": row.timeliness,
        "received_at": row.received_at.map(rfc3339_utc),
        "from_address": row.from_address,
        "name": row.name,
        "organization": row.organization,
        "occupation": row.occupation,
        "comment": row.comment,
        "flags": row.flags,
        "review_reasons": row.review_reasons,
        "acknowledgement": row.acknowledgement,
        "group": row.group,
    })
}

pub(super) fn shown_json(shown: &Shown) -> Value {
    let mut value = row_json(&shown.row);
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
        "opinions": shown.opinions.iter().map(|opinion| json!({
            "clause": opinion.clause, "text": opinion.text, "adoption": opinion.adoption, "adoption_reason": opinion.adoption_reason,
        })).collect::<Vec<_>>(),
        "corrections": shown.corrections.iter().map(|c| json!({
            "item": c.opinion, "field": c.field, "old": c.old_value, "new": c.new_value, "actor": c.actor,
            "at": c.at.map(rfc3339_utc), "note": c.note,
        })).collect::<Vec<_>>(),
        "attachments": shown.attachments.iter()
            .map(|(filename, media_type, size)| json!({ "filename": filename, "media_type": media_type, "size_bytes": size }))
            .collect::<Vec<_>>(),
        "supplements": supplements_json(shown),
        "acknowledgements": shown.acknowledgements.iter().map(|a| json!({
            "kind": a.kind, "recipient": a.recipient, "state": a.state, "reason": a.reason.word(), "reason_detail": a.reason.detail, "attempts": a.attempts,
            "next_attempt_at": a.next_attempt_at, "sent_at": a.sent_at,
        })).collect::<Vec<_>>(),
        "same_letter": shown.membership.as_ref().map(|group| json!({
            "group": group.number, "representative": group.leader, "submissions": group.submissions, "senders": group.senders,
            "exact": group.exact, "similarity": group.similarity,
        })),
        "relations": relations_json(shown),
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

pub(super) fn supplements_json(shown: &Shown) -> Value {
    let supplements = shown.supplements.iter();
    supplements
        .map(|found| {
            json!({
                "received_at": found.received_at.map(rfc3339_utc), "comment": found.comment, "flags": found.flags,
            })
        })
        .collect()
}

pub(super) fn relations_json(shown: &Shown) -> Value {
    let relations = shown.relations.iter();
    relations
        .map(|relation| {
            json!({
                "kind": relation.kind, "earlier": relation.earlier, "later": relation.later, "basis": relation.basis,
            })
        })
        .collect()
}

fn shown_text(shown: &Shown) -> String {
    let row = &shown.row;
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{label}：{value}");
        }
    };
    line("编号", &row.number);
    line("征求意见", &shown.consultation);
    line("状态", words::short(Status::KIND, &row.status));
    line("待核原因", &sentences::review(&row.review_reasons));
    line("重复于", shown.duplicate_of.as_deref().unwrap_or_default());
    line(
        "相同来信",
        &shown.membership.as_ref().map(|group| sentences::membership(group, &row.number)).unwrap_or_default(),
    );
    for relation in &shown.relations {
        line("涉及来信", &sentences::relation(relation, &row.number));
    }
    line("主题", shown.subject.as_deref().unwrap_or("（无主题）"));
    line(
        "收到时间",
        &format!(
            "{}（北京时间，{}）",
            when(row.received_at),
            shown.received_basis.as_deref().map_or_else(
                || "依据不明".to_owned(),
                |basis| format!("以{}为准", words::short(ReceivedBasis::KIND, basis))
            )
        ),
    );
    line("发件时间", shown.sent_as_written.as_deref().unwrap_or_default());
    line("时限", words::short(Timeliness::KIND, &row.timeliness));
    line("发件地址", &row.from_address);
    line("姓名", row.name.as_deref().unwrap_or_default());
    line("姓名线索", shown.name_hint.as_deref().unwrap_or_default());
    line("单位", row.organization.as_deref().unwrap_or_default());
    line("职业", row.occupation.as_deref().unwrap_or("未填写"));
    line("职业原文", shown.occupation_as_written.as_deref().unwrap_or_default());
    line("电话", &shown.phones.join("、"));
    line("邮箱", &shown.emails.join("、"));
    if shown.signatories > 1 {
        line("人次", &shown.signatories.to_string());
    }
    line("标记", &sentences::listed(Flag::KIND, &row.flags));
    for (filename, media_type, size) in &shown.attachments {
        line("附件", &format!("{}（{media_type}，{size} 字节）", filename.as_deref().unwrap_or("（无名）")));
    }
    for (number, opinion) in (1..).zip(&shown.opinions) {
        let clause = opinion.clause.as_deref().map_or_else(String::new, |clause| format!("〔{clause}〕"));
        line(&format!("意见{number}"), &format!("{clause}{}", opinion.text));
        line("　采纳情况", opinion.adoption.as_deref().unwrap_or_default());
        line("　理由", opinion.adoption_reason.as_deref().unwrap_or_default());
    }
    for correction in &shown.corrections {
        line("更正", &corrected(correction));
    }
    for acknowledgement in &shown.acknowledgements {
        let why = sentences::answer(&acknowledgement.state, &acknowledgement.reason);
        line(
            "回执",
            &format!(
                "“{}”，{}{}",
                words::long(AcknowledgementKind::KIND, &acknowledgement.kind),
                words::short(AcknowledgementState::KIND, &acknowledgement.state),
                if why.is_empty() { why } else { format!("：{why}") }
            ),
        );
    }
    let _ = write!(text, "\n来信内容：\n{}\n", row.comment);
    for supplement in &shown.supplements {
        // 请不要公布我的姓名, written afterwards, is a wish about the whole.
        let flags = sentences::listed(Flag::KIND, &supplement.flags);
        let flags = if flags.is_empty() { String::new() } else { format!("；{flags}") };
        let _ = write!(text, "\n补充（{}{flags}）：\n{}\n", when(supplement.received_at), supplement.comment);
    }
    text
}
