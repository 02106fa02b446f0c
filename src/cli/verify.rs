//! `verify`: whether everything that is kept is what was recorded.

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use super::opening::open_for_reading;
use super::outcome::{Exit, Outcome, print, print_json};
use crate::config::Settings;
use crate::parse::ParseLimits;
use crate::store::{Difference, Look, Mismatch, Verified};
use crate::vocabulary::Word;
use crate::words::{self, Chinese};
use crate::world::World;

/// Differences that are listed one by one; a rewritten table has as many as rows.
const LISTED: usize = 1000;

#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// The hash that an earlier run printed: it must still stand in the chain
    #[arg(long, value_name = "HASH")]
    head: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn verify(settings: &Settings, arguments: &VerifyArguments) -> Outcome {
    let store = open_for_reading(settings)?;
    let (_stopper, world) = World::new();
    let limits = ParseLimits {
        text_bytes: settings.limits.text_bytes,
        header_bytes: settings.limits.header_bytes,
        attachments: settings.limits.attachments,
    };
    let mut found: Vec<Mismatch> = Vec::new();
    let mut count = 0_u64;
    let head = arguments.head.as_deref().map(str::trim);
    let look = Look { limits, head, now: world.now() };
    let verified = store.verify(look, &mut |mismatch| {
        count += 1;
        if found.len() < LISTED {
            found.push(mismatch);
        }
    })?;
    if arguments.json {
        print_json(&to_json(&verified, &found, count))?;
    } else {
        print(&to_text(&verified, &found, count))?;
    }
    Ok(if count == 0 { Exit::Ok } else { Exit::Difference })
}

fn to_text(verified: &Verified, found: &[Mismatch], count: u64) -> String {
    let mut text = String::new();
    for mismatch in found {
        let _ = writeln!(text, "不一致：{}：{}", place(mismatch), in_chinese(&mismatch.difference));
    }
    if count > found.len() as u64 {
        let _ = writeln!(text, "另有 {} 处不一致未列出", count - found.len() as u64);
    }
    let erased = match verified.messages_erased {
        0 => String::new(),
        erased => format!("（另有 {erased} 封原件已删除）"),
    };
    let _ = writeln!(
        text,
        "已核验 {} 封原件{erased}、{} 个附件、{} 条事件、{} 件登记、{} 个邮箱条目：{}",
        verified.messages,
        verified.attachments,
        verified.events,
        verified.submissions,
        verified.entries,
        if count == 0 { "全部一致".to_owned() } else { format!("{count} 处不一致") }
    );
    if verified.submissions_unsealed + verified.entries_unsealed > 0 {
        let _ = writeln!(
            text,
            "未封存：{} 件登记、{} 个邮箱条目（由没有封存功能的旧版本写入，只核验了原件）",
            verified.submissions_unsealed, verified.entries_unsealed
        );
    }
    if verified.accepted > 0 {
        let _ =
            writeln!(text, "其中 {} 次有人按现状接受了被改动的登记（见事件 accepted）", verified.accepted);
    }
    let _ = writeln!(text, "事件链末尾：{}（请另行保存，日后用 verify --head 核对）", verified.head);
    text
}

/// The table, the row and its number.
fn place(mismatch: &Mismatch) -> String {
    let mut place = match mismatch.table.as_str() {
        "" => "数据库文件".to_owned(),
        table => table.to_owned(),
    };
    if mismatch.id != 0 {
        let _ = write!(place, " {}", mismatch.id);
    }
    if let Some(number) = &mismatch.number {
        let _ = write!(place, "（{number}）");
    }
    place
}

fn in_chinese(difference: &Difference) -> String {
    words::fill(difference.short(), &difference.parameters())
}

fn to_json(verified: &Verified, found: &[Mismatch], count: u64) -> Value {
    json!({
        "messages": verified.messages,
        "messages_erased": verified.messages_erased,
        "attachments": verified.attachments,
        "events": verified.events,
        "submissions": verified.submissions,
        "submissions_unsealed": verified.submissions_unsealed,
        "entries": verified.entries,
        "entries_unsealed": verified.entries_unsealed,
        "accepted": verified.accepted,
        "head": verified.head,
        "mismatches": count,
        "mismatches_listed": found.iter().map(|mismatch| json!({
            "table": mismatch.table,
            "id": mismatch.id,
            "number": mismatch.number,
            "difference": mismatch.difference.word(),
            "detail": in_chinese(&mismatch.difference),
        })).collect::<Vec<_>>(),
    })
}
