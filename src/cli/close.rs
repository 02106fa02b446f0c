//! `close`: the figures of a consultation are written down with a digest, as an event in the chain; what comes later is told apart.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Value, json};

use super::actor::actor;
use super::export::which;
use super::figures::figures;
use super::frozen::{Closed, Frozen, named};
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use crate::config::Settings;
use crate::store::{CLOSE_UNDONE, CLOSED, Store};
use crate::vocabulary::Consultation;
use crate::world::World;

#[derive(Debug, Args)]
pub(super) struct CloseArguments {
    /// Which consultation; needed where several are configured
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// The same
    #[arg(long, value_name = "ID", conflicts_with = "id")]
    consultation: Option<String>,
    /// Close although letters wait for a person, opinions are undecided or the deadline is to come
    #[arg(long, conflicts_with = "undo")]
    partial: bool,
    /// Take the closing back: the figures are those of today again
    #[arg(long)]
    undo: bool,
    /// Why; kept with the event
    #[arg(long)]
    note: Option<String>,
}

pub(super) fn close(settings: &Settings, arguments: &CloseArguments) -> Outcome {
    let id = arguments.id.as_deref().or(arguments.consultation.as_deref());
    let consultation = which(settings, id)?;
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let note = arguments.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    if arguments.undo {
        return undo(&mut store, consultation, note, now);
    }
    if let Some(closed) = Closed::of(&store, consultation, now)? {
        let lines = closed.lines().join("\n");
        if closed.holds() {
            print(&format!("已经关闭，没有改动。{lines}\n"))?;
            return Ok(Exit::Ok);
        }
        let message = format!(
            "已经关闭，没有改动。{lines}\n要按现在的各数关闭，请先撤回：close {} --undo",
            consultation.id
        );
        return Err(Failure::new(Exit::Difference, message));
    }
    let (frozen, open) = store.at_one_moment(|| {
        let last = store.last_letter(&consultation.id)?;
        let figures = figures(&store, consultation, Some(last), now)?;
        let frozen = Frozen::of(&store, consultation, last, &figures)?;
        let waiting = store.letters_waiting(&consultation.id)?;
        Ok::<_, Failure>((frozen, open(consultation, &waiting, figures.undecided(), now)))
    })?;
    if !open.is_empty() && !arguments.partial {
        let message =
            format!("没有关闭：\n{}\n办完以后再关闭，或者加 --partial 照现在的各数关闭", open.join("\n"));
        return Err(Failure::new(Exit::Difference, message));
    }
    let mut detail = json!(frozen);
    if let Value::Object(detail) = &mut detail {
        detail.insert("consultation".to_owned(), json!(consultation.id));
        detail.insert("open".to_owned(), json!(open.len()));
        detail.extend(note.map(|note| ("note".to_owned(), json!(note))));
    }
    let writing = store.begin()?;
    writing.log(now, &actor(), CLOSED, None, &detail)?;
    writing.commit()?;
    let mut text = format!("已关闭统计：{}\n摘要：{}（记入事件链）\n", frozen.told(), frozen.sha256);
    for line in open {
        let _ = writeln!(text, "照现在的各数关闭：{line}");
    }
    let _ = writeln!(
        text,
        "以后到达的来信照常登记，列为“截止统计后来信”，不计入。撤回：close {} --undo",
        consultation.id
    );
    print(&text)?;
    Ok(Exit::Ok)
}

/// What speaks against it.
fn open(
    consultation: &Consultation,
    waiting: &[String],
    undecided: u64,
    now: jiff::Timestamp,
) -> Vec<String> {
    let mut open = Vec::new();
    if now < consultation.closes {
        open.push(format!("征集到{}才截止", consultation.closes_in_words));
    }
    if !waiting.is_empty() {
        open.push(format!("待核 {} 件：{}", waiting.len(), named(waiting)));
    }
    if undecided > 0 {
        open.push(format!("尚未研究 {undecided} 条"));
    }
    open
}

fn undo(store: &mut Store, consultation: &Consultation, note: Option<&str>, now: jiff::Timestamp) -> Outcome {
    let Some(closing) = store.closing(&consultation.id)? else {
        return Err(Failure::new(Exit::Data, format!("{} 的统计没有关闭，没有改动", consultation.id)));
    };
    let detail = json!({ "consultation": consultation.id, "event": closing.event, "note": note });
    let writing = store.begin()?;
    writing.log(now, &actor(), CLOSE_UNDONE, None, &detail)?;
    writing.commit()?;
    print("已撤回关闭：各数按现在的来信计算；关闭时的各数留在事件记录中\n")?;
    Ok(Exit::Ok)
}
