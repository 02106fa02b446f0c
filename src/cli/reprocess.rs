//! `reprocess`: today's rules over the kept messages; shows the differences, `--apply` makes them.

mod summary;

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use super::actor::actor;
use super::masking::Names;
use super::number::{self, no_submission};
use super::opening::{open_for_reading, open_for_writing, unknown_consultation};
use super::outcome::{Exit, Failure, Outcome, print, print_json};
use super::unmasked::log_unmasked;
use super::{sentences, table};
use crate::config::Settings;
use crate::lane::LaneConfig;
use crate::lane::reprocess::{self, Finding, Left, Request, Totals};
use crate::store::Change;
use crate::vocabulary::{Disposition, EntryReason, SenderKind, Status, SubjectMatch, Timeliness, Word};
use crate::words;
use crate::world::World;
use summary::Summary;

/// Cells of an excerpt of a long value.
const EXCERPT: usize = 60;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(super) struct ReprocessArguments {
    /// Only these submissions with their supplements, whole numbers or short, listed, in ranges, - for standard input; without
    /// a number all, and what is in quarantine
    #[arg(value_name = "NUMBER")]
    numbers: Vec<String>,
    /// Only this consultation
    #[arg(long, value_name = "ID")]
    consultation: Option<String>,
    /// Make the changes; without it nothing changes, and the exit status is 1 when something would
    #[arg(long)]
    apply: bool,
    /// Tell each letter, however many change
    #[arg(long)]
    details: bool,
    /// Print names, phones and addresses in full; the event log records it
    #[arg(long)]
    unmasked: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn reprocess(settings: &Settings, arguments: &ReprocessArguments) -> Outcome {
    let (_stopper, world) = World::new();
    let mut store =
        if arguments.apply { open_for_writing(settings, world.now())? } else { open_for_reading(settings)? };
    let only = arguments.consultation.as_deref();
    let numbers = number::numbers_of(&settings.consultations, &arguments.numbers, only)?;
    for number in &numbers {
        if store.show(number)?.is_none() {
            return Err(no_submission(number));
        }
    }
    if let Some(id) = &arguments.consultation
        && !settings.consultations.iter().any(|found| found.id == *id)
    {
        return Err(unknown_consultation(&settings.consultations, id));
    }
    if arguments.unmasked {
        log_unmasked(settings, "reprocess", numbers.len())?;
    }
    let request = Request {
        numbers,
        consultation: arguments.consultation.clone(),
        apply: arguments.apply,
        grew: false,
        actor: actor(),
    };
    let config = LaneConfig::new(settings);
    let mut collected = Vec::new();
    let mut summary = Summary::default();
    let mut tell = |finding: &Finding| -> Result<(), Failure> {
        if finding.is_quiet() {
            return Ok(());
        }
        let values = Values { unmasked: arguments.unmasked, finding };
        if arguments.json {
            collected.push(values.json());
            Ok(())
        } else {
            summary.count(values.changes());
            let always = arguments.details || !finding.left.is_empty();
            summary.keep(|| values.text(arguments.apply), always);
            Ok(())
        }
    };
    let totals = reprocess::reprocess(&mut store, &config, &world, &request, &mut tell)?;
    if request.apply && request.numbers.is_empty() && request.consultation.is_none() {
        store.sum_anew()?;
    }
    if arguments.json {
        let mut report = totals_json(&totals);
        if let Value::Object(report) = &mut report {
            report.insert("applied".to_owned(), json!(arguments.apply));
            report.insert("messages".to_owned(), Value::Array(collected));
        }
        print_json(&report)?;
    } else {
        print(&format!("{}{}", summary.text(), totals_text(&totals, arguments.apply)))?;
    }
    Ok(if totals.changed > 0 && !arguments.apply { Exit::Difference } else { Exit::Ok })
}

/// Shows what would change in a consultation.
pub(super) fn preview(settings: &Settings, consultation: &str) -> Outcome {
    let arguments = ReprocessArguments {
        numbers: Vec::new(),
        consultation: Some(consultation.to_owned()),
        apply: false,
        details: false,
        unmasked: false,
        json: false,
    };
    reprocess(settings, &arguments)
}

/// What is otherwise of one message, masked.
pub(super) fn lines(finding: &Finding) -> Vec<String> {
    Values { unmasked: false, finding }.lines()
}

/// What was found, as it is shown.
struct Values<'a> {
    unmasked: bool,
    finding: &'a Finding,
}

impl Values<'_> {
    fn text(&self, applied: bool) -> String {
        let finding = self.finding;
        let mut text = match (&finding.number, finding.is_supplement) {
            (Some(number), false) => format!("{number}\n"),
            (Some(number), true) => format!("{number}（补充，邮件 {}）\n", finding.message_id),
            (None, _) => format!("隔离件（邮件 {}）\n", finding.message_id),
        };
        for line in self.lines() {
            let _ = writeln!(text, "  {line}");
        }
        if applied && !finding.changes.is_empty() {
            let _ = writeln!(text, "  已改");
        }
        text
    }

    /// What changes, each once.
    fn changes(&self) -> impl Iterator<Item = &Change> {
        let changes = &self.finding.changes;
        // One row says when it arrived; the other follows.
        let twice = |change: &Change| {
            change.table == "message"
                && changes.iter().any(|other| other.table == "submission" && other.field == change.field)
        };
        changes.iter().filter(move |change| !twice(change))
    }

    fn lines(&self) -> Vec<String> {
        let Finding { kept, left, unreadable, .. } = self.finding;
        let changed = self.changes().map(|change| self.line(change));
        let kept = kept.iter().map(|kept| format!("人工更正保留　{}", self.line(kept)));
        let left = left.iter().map(|left| format!("须人工处理　{}", in_chinese(*left)));
        let unreadable = unreadable.then(|| "读不出原件，未作改动".to_owned());
        changed.chain(kept).chain(left).chain(unreadable).collect()
    }

    fn line(&self, change: &Change) -> String {
        let column = sentences::column(&change.field);
        match change.field.as_str() {
            "evidence"
            | "received_evidence"
            | "received_evidence_detail"
            | "reason_detail"
            | "full_text"
            | "content_sha256"
            | "message_id_sha256"
            | "rfc822_message_id" => {
                format!("{column}：有变化")
            }
            _ => {
                let (old, new) =
                    (self.shown(change, change.old.as_deref()), self.shown(change, change.new.as_deref()));
                let (old, new) = excerpts(&old, &new);
                format!("{column}：{old} → {new}")
            }
        }
    }

    /// A value in words, masked.
    fn shown(&self, change: &Change, value: Option<&str>) -> String {
        let Some(value) = value.filter(|value| !value.is_empty() && *value != "[]") else {
            return "（空）".to_owned();
        };
        match change.field.as_str() {
            "status" => words::short(Status::KIND, value).to_owned(),
            "timeliness" => words::short(Timeliness::KIND, value).to_owned(),
            "disposition" => words::short(Disposition::KIND, value).to_owned(),
            "reason" => words::short(EntryReason::KIND, value).to_owned(),
            "subject_match" => words::short(SubjectMatch::KIND, value).to_owned(),
            "sender_kind" => words::short(SenderKind::KIND, value).to_owned(),
            "review_reasons" => {
                sentences::review(&serde_json::from_str::<Vec<String>>(value).unwrap_or_default())
            }
            "flags" => sentences::flags(value),
            _ => self.masked(change, value),
        }
    }

    fn masked(&self, change: &Change, value: &str) -> String {
        if self.unmasked {
            return value.to_owned();
        }
        match change.field.as_str() {
            "details" => "（见数据库）".to_owned(),
            _ => {
                // The name before and the name by today's rules.
                let names = self.finding.changes.iter().chain(&self.finding.kept);
                let names = names
                    .filter(|change| change.field == "name" || change.field == "name_hint")
                    .flat_map(|change| [change.old.as_deref(), change.new.as_deref()]);
                let known = self.finding.names.iter().map(String::as_str);
                Names::new(known.chain(names.flatten()), [value])
                    .mask(&sentences::masked(&change.field, value))
            }
        }
    }

    fn json(&self) -> Value {
        let finding = self.finding;
        let listed = |changes: &[Change]| -> Vec<Value> {
            changes
                .iter()
                .map(|change| {
                    // Words and digests stand as they do in the store; the rest is masked.
                    let value = |value: Option<&str>| match (change.field.as_str(), value) {
                        (_, None) => Value::Null,
                        ("evidence", Some(_)) => json!("…"),
                        (
                            "status" | "timeliness" | "disposition" | "subject_match" | "sender_kind"
                            | "review_reasons" | "flags" | "content_sha256" | "received_at"
                            | "message_id_sha256",
                            Some(value),
                        ) => json!(value),
                        (_, Some(value)) => json!(self.masked(change, value)),
                    };
                    json!({
                        "table": change.table,
                        "column": change.field,
                        "old": value(change.old.as_deref()),
                        "new": value(change.new.as_deref()),
                    })
                })
                .collect()
        };
        json!({
            "message": finding.message_id,
            "number": finding.number,
            "supplement": finding.is_supplement,
            "changes": listed(&finding.changes),
            "kept_by_staff": listed(&finding.kept),
            "left_to_a_person": finding.left.iter().map(|left| left_word(*left)).collect::<Vec<_>>(),
            "unreadable": finding.unreadable,
        })
    }
}

/// Two long texts from shortly before the place where they part.
fn excerpts(old: &str, new: &str) -> (String, String) {
    let same = old.chars().zip(new.chars()).take_while(|(old, new)| old == new).count();
    let from = |text: &str| {
        if table::width(text) <= EXCERPT || same <= 10 {
            return table::cut(text, EXCERPT);
        }
        let rest: String = text.chars().skip(same - 6).collect();
        format!("…{}", table::cut(&rest, EXCERPT))
    };
    (from(old), from(new))
}

const fn in_chinese(left: Left) -> &'static str {
    match left {
        Left::Recut => "意见条目按现行规则会另行划分，但已有人工处理，未改",
        Left::RepeatsWithAdditions => "按现行规则与更早的一件内容相同，但已有补充或人工处理，未改",
        Left::RepetitionRuledOtherwise => "是重复件，按现行规则不会单独登记，未改",
        Left::SupplementRuledOtherwise => "是补充来信，按现行规则会另作处理，未改",
        Left::QuarantinedNotOurs => "现在能读出，但与征集无关或是自动邮件；原件仍在隔离，请人工查看",
    }
}

const fn left_word(left: Left) -> &'static str {
    match left {
        Left::Recut => "recut",
        Left::RepeatsWithAdditions => "repeats_with_additions",
        Left::RepetitionRuledOtherwise => "repetition_ruled_otherwise",
        Left::SupplementRuledOtherwise => "supplement_ruled_otherwise",
        Left::QuarantinedNotOurs => "quarantined_not_ours",
    }
}

fn totals_json(totals: &Totals) -> Value {
    json!({
        "examined": totals.examined,
        "unchanged": totals.examined - totals.changed,
        "changed": totals.changed,
        "kept_by_staff": totals.kept,
        "left_to_a_person": totals.left,
        "unreadable": totals.unreadable,
        "erased": totals.erased,
        "unconfigured": totals.unconfigured,
        "without_bytes": totals.without_bytes,
    })
}

fn totals_text(totals: &Totals, applied: bool) -> String {
    let mut text = String::new();
    let changed = if applied { "已改" } else { "会改" };
    let _ = writeln!(
        text,
        "重新判定 {} 封：无变化 {}，{changed} {}；其中有人工更正保留 {}，须人工处理 {}。",
        totals.examined,
        totals.examined - totals.changed,
        totals.changed,
        totals.kept,
        totals.left
    );
    let _ = writeln!(
        text,
        "未判定：读不出原件 {}，已删除 {}，征求意见已不在配置中 {}；另有 {} 封未存原件（与征集无关、自动邮件等），无从重新判定。",
        totals.unreadable, totals.erased, totals.unconfigured, totals.without_bytes
    );
    if !applied && totals.changed > 0 {
        let _ = writeln!(text, "以上只是预览，没有改动；确认无误后加 --apply 执行。");
    }
    text
}
