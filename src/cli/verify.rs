//! `verify`: whether everything that is kept is what was recorded.

use std::collections::BTreeMap;
use std::fmt::Write;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::actor::actor;
use super::number::{self, Of, no_submission};
use super::opening::{open_for_reading, open_for_writing};
use super::outcome::{Exit, Failure, Outcome, print, print_json};
use super::whom;
use crate::config::Settings;
use crate::lane::LaneConfig;
use crate::lane::reprocess::{Finding, Request, reprocess};
use crate::parse::ParseLimits;
use crate::store::{Difference, Look, Mismatch, Store, Verified};
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
    /// Rule on the kept mail again as `reprocess` does, and name what the record has otherwise
    #[arg(long)]
    replay: bool,
    /// Go on from what stands there now: seal this submission as it is, or with `others` what belongs to none; you are named
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["head", "json", "replay"])]
    accept: Option<String>,
    #[command(flatten)]
    of: Of,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn verify(settings: &Settings, arguments: &VerifyArguments) -> Outcome {
    let (_stopper, world) = World::new();
    if let Some(what) = &arguments.accept {
        return accept(settings, (what.trim(), &arguments.of), world.now());
    }
    let mut store = open_for_reading(settings)?;
    let limits = ParseLimits {
        text_bytes: settings.limits.text_bytes,
        header_bytes: settings.limits.header_bytes,
        attachments: settings.limits.attachments,
        keep_files: false,
    };
    let mut found: Vec<Mismatch> = Vec::new();
    let mut count = 0_u64;
    let mut report = |mismatch| {
        count += 1;
        if found.len() < LISTED {
            found.push(mismatch);
        }
    };
    let head = arguments.head.as_deref().map(str::trim);
    let verified = store.verify(Look { limits, head, now: world.now() }, &mut report)?;
    if arguments.replay {
        replay(&mut store, settings, &world, &mut report)?;
    }
    if arguments.json {
        print_json(&to_json(&verified, &found, count))?;
    } else {
        print(&to_text(&verified, &found, count))?;
    }
    Ok(if count == 0 { Exit::Ok } else { Exit::Difference })
}

/// What the kept mail gives by today's rules, where the record has something else. What staff decided is not asked again.
fn replay(
    store: &mut Store,
    settings: &Settings,
    world: &World,
    report: &mut dyn FnMut(Mismatch),
) -> Result<(), Failure> {
    let config = LaneConfig::new(settings);
    let request =
        Request { numbers: Vec::new(), consultation: None, apply: false, grew: false, actor: actor() };
    let mut tell = |finding: &Finding| -> Result<(), Failure> {
        let mut columns: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for change in &finding.changes {
            columns.entry(change.table).or_default().push(&change.field);
        }
        for (table, fields) in columns {
            report(Mismatch {
                table: table.to_owned(),
                id: finding.message_id,
                number: finding.number.clone(),
                difference: Difference::ReplayDiffers(fields.join(", ")),
            });
        }
        Ok(())
    };
    reprocess(store, &config, world, &request, &mut tell)?;
    Ok(())
}

/// Seals as it stands what somebody changed behind the program's back, and says so for ever.
fn accept(settings: &Settings, (what, of): (&str, &Of), now: Timestamp) -> Outcome {
    let mut store = open_for_writing(settings, now)?;
    let (submission, what) = match what {
        "others" => (None, what.to_owned()),
        number => {
            let number = number::one(&settings.consultations, number, of)?;
            let (id, number) = store.submission_numbered(&number)?.ok_or_else(|| no_submission(&number))?;
            (Some(id), whom::of(&store, &number)?)
        }
    };
    let writing = store.begin()?;
    writing.accept(submission, &actor(), now)?;
    writing.commit()?;
    print(&format!("{what} 已按现状封存；事件 accepted 记下了是谁接受的，verify 会一直注明。\n"))?;
    Ok(Exit::Ok)
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
        "已核验 {} 封原件{erased}、{} 个附件、{} 条事件、{} 件登记、{} 封邮箱来信：{}",
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
            "未封存：{} 件登记、{} 封邮箱来信（由没有封存功能的旧版本写入，只核验了原件）",
            verified.submissions_unsealed, verified.entries_unsealed
        );
    }
    if verified.accepted > 0 {
        let _ =
            writeln!(text, "其中 {} 次有人按现状接受了被改动的登记（见事件 accepted）", verified.accepted);
    }
    if verified.has_other_words {
        let _ = writeln!(
            text,
            "视图所用的词语是另一版本的程序写下的，没有被改动；服务下次启动、或者下一条写入的命令执行时换成现行的"
        );
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
    // People know what belongs to a submission by its number.
    let of_a_seal = mismatch.number.is_some()
        && matches!(
            mismatch.difference,
            Difference::SealBroken | Difference::Unsealed | Difference::Unexplained
        );
    if mismatch.id != 0 && !(of_a_seal && mismatch.table != "submission") {
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
        "words_of_another_version": verified.has_other_words,
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
