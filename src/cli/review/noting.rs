//! What staff write down beside a letter, and what is still owed to whoever wrote one.

use std::fmt::Write;

use crate::cli::actor::actor;
use crate::cli::number::{self, Of, no_submission};
use crate::cli::opening::open_for_writing;
use crate::cli::outcome::{Exit, Failure, Outcome, print};
use crate::cli::table::when;
use crate::cli::whom;
use crate::config::Settings;
use crate::store::{CorrectionRow, Noted, Shown, Store};
use crate::vocabulary::{CorrectionField, Status};
use crate::words::Chinese;
use crate::world::World;

/// What is written down of whoever was answered; the rules know it for that.
const ANSWERED: &str = "已答复";

/// What makes a letter answered.
pub(super) const RULE: &str =
    "只有 review answered、决定时的 --answered 和以“已答复”开头的说明算已答复，别的说明只作记录";

/// What is written down of whoever was answered, and how.
pub(super) fn as_answered(note: Option<&str>) -> String {
    note.map_or_else(|| ANSWERED.to_owned(), |note| format!("{ANSWERED}：{note}"))
}

/// What is left to do of letters that were decided on.
pub(in crate::cli) fn unanswered(count: u64) -> String {
    format!(
        "已决定而尚未答复来信人的 {count} 件（回执写的是正在核对或者已收到，而不计入、列为逾期尚未告知的，要求删除、撤回而尚未办的，附件打不开而尚未告知的在内）：list --unanswered 列出，写明各执行什么命令"
    )
}

/// What stands beside a letter.
fn standing(shown: &Shown) -> Option<&str> {
    last(shown)?.new_value.as_deref()
}

fn last(shown: &Shown) -> Option<&CorrectionRow> {
    let is_note = |field: &str| field == CorrectionField::ReviewNote.as_str();
    shown.corrections.iter().rev().find(|found| is_note(&found.field))
}

/// What stands beside a letter, who wrote it and when.
pub(super) fn beside(shown: &Shown) -> Option<String> {
    let last = last(shown)?;
    let text = last.new_value.as_ref()?;
    Some(format!("{text}（{}，{}）", when(last.at), last.actor))
}

pub(super) fn answered(settings: &Settings, meant: (&[String], &Of), note: Option<&str>) -> Outcome {
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    note_all(settings, meant, (&as_answered(note), note.is_some()), Some(asks_nothing))
}

/// Why a letter is not noted as answered: nothing is owed of it, or it waits and something else stands beside it. `None`: it can be.
fn asks_nothing(store: &Store, shown: &Shown, whom: &str) -> Result<Option<String>, Failure> {
    let (number, stands) = (&shown.row.number, standing(shown));
    if stands.is_some_and(|stands| stands.starts_with(ANSWERED)) {
        return Ok(None);
    }
    if shown.row.status == Status::Review.as_str() {
        return Ok(stands.map(|stands| {
            format!(
                "{whom} 仍待核，办理说明是“{stands}”，没有覆盖；已经答复的，决定时加 --answered：review confirm {number} --answered"
            )
        }));
    }
    let is_owed = store.may_be_told(shown.row.id)?;
    Ok((!is_owed)
        .then(|| format!("{whom} 没有待答复、待告知的；要写下经过的，执行 review note {number} --note 说明")))
}

pub(super) fn note(settings: &Settings, meant: (&[String], &Of), note: &str) -> Outcome {
    let text = note.trim();
    if text.is_empty() {
        let message = "请写明办理说明：--note 说明；要去掉已写的，执行 correct --undo 编号 说明";
        return Err(Failure::new(Exit::Usage, message.to_owned()));
    }
    note_all(settings, meant, (text, true), None)
}

/// Why something is not written beside a letter.
type Refused = fn(&Store, &Shown, &str) -> Result<Option<String>, Failure>;

/// All in one transaction: when one cannot be written, none is. `says_more`: than that somebody was answered, which is not to be
/// written over what says so already, and how.
fn note_all(
    settings: &Settings,
    (numbers, of): (&[String], &Of),
    (text, says_more): (&str, bool),
    refused: Option<Refused>,
) -> Outcome {
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let actor = actor();
    let (mut said, mut written) = (String::new(), Vec::new());
    for number in number::numbers(&settings.consultations, numbers, of)? {
        let shown = store.show(&number)?;
        let stands =
            shown.as_ref().and_then(standing).filter(|stands| !says_more && stands.starts_with(text));
        let whom = whom::of(&store, &number)?;
        if let (Some(refused), Some(shown)) = (refused, &shown)
            && shown.row.status != Status::Erased.as_str()
            && let Some(why) = refused(&store, shown, &whom)?
        {
            return Err(Failure::new(Exit::Data, format!("{why}；没有改动任何一件")));
        }
        match stands {
            Some(stands) => {
                let _ = writeln!(said, "{whom} 此前已记下“{stands}”，没有改动。");
            }
            None => written.push((whom, number)),
        }
    }
    let mut done = Vec::new();
    let writing = store.begin()?;
    for (whom, number) in &written {
        match writing.note(number, Some(text), &actor, now)? {
            Noted::Done(old) => done.push((whom, number, old)),
            Noted::Same => {
                let _ = writeln!(said, "{whom} 的办理说明本来就是“{text}”，没有改动。");
            }
            Noted::NoSubmission => {
                let mut failure = no_submission(number);
                failure.message.push_str("；没有改动任何一件");
                return Err(failure);
            }
            Noted::Erased => {
                let message = format!("{number} 的个人信息和原件已删除，不再写说明；没有改动任何一件");
                return Err(Failure::new(Exit::Data, message));
            }
        }
    }
    writing.commit()?;
    for (whom, number, old) in done {
        let Some(shown) = store.show(number)? else { continue };
        let stands = if shown.row.status == Status::Review.as_str() {
            "，仍待核，在 review list 中排在最后".to_owned()
        } else if !store.unanswered(shown.row.id)?.is_empty() {
            format!("，仍在尚未答复之列；答复后执行 review answered {number}（{RULE}）")
        } else {
            String::new()
        };
        let old = old.map_or_else(String::new, |old| format!("，原写“{old}”"));
        let _ = writeln!(
            said,
            "{whom} 已记下{}“{text}”{old}{stands}；撤销：correct --undo {number} 说明",
            CorrectionField::ReviewNote.short()
        );
    }
    print(&said)?;
    Ok(Exit::Ok)
}
