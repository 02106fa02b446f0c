//! `move`: a submission that was filed under the wrong consultation.

use std::fmt::Write;

use clap::Args;

use super::actor::actor;
use super::masking::mask_shown;
use super::number::{self, Of, no_submission};
use super::opening::{open_for_writing, unknown_consultation};
use super::outcome::{Exit, Failure, Outcome, print};
use super::submissions::when;
use super::{reprocess, sentences, whom};
use crate::config::Settings;
use crate::lane::LaneConfig;
use crate::lane::moving::{self, Done, Refused, Wish};
use crate::store::{NumberedAnswer, Store};
use crate::vocabulary::{AcknowledgementKind, AcknowledgementState, Status, Word};
use crate::words::{self, Chinese};
use crate::world::World;

#[derive(Debug, Args)]
pub(super) struct MoveArguments {
    /// Registration numbers, like LNZX-2024-0001; those that they had before will do too. Short, listed, in ranges, from standard
    /// input (-); `--consultation` is where they are now
    #[arg(value_name = "NUMBER")]
    number: String,
    /// The id of the consultation where it belongs
    #[arg(value_name = "CONSULTATION", required_unless_present = "undo", conflicts_with = "undo")]
    to: Option<String>,
    #[command(flatten)]
    of: Of,
    /// Back where it came from: it gets its old number again, and stands where it stood
    #[arg(long)]
    undo: bool,
    /// Why; kept with the move
    #[arg(long)]
    note: Option<String>,
}

pub(super) fn move_submission(settings: &Settings, arguments: &MoveArguments) -> Outcome {
    let to = arguments.to.as_deref().map(str::trim);
    if let Some(id) = to
        && !settings.consultations.iter().any(|found| found.id == id)
    {
        return Err(unknown_consultation(&settings.consultations, id));
    }
    let (_stopper, world) = World::new();
    let mut store = open_for_writing(settings, world.now())?;
    let config = LaneConfig::new(settings);
    let actor = actor();
    let typed = std::slice::from_ref(&arguments.number);
    for number in number::numbers(&settings.consultations, typed, &arguments.of)? {
        let wish = Wish {
            number: &number,
            to,
            note: arguments.note.as_deref().map(str::trim).filter(|note| !note.is_empty()),
            actor: &actor,
        };
        // One after the other: each stands as it was said, whatever becomes of the next.
        match moving::move_submission(&mut store, &config, &world, &wish)? {
            Ok(done) => print(&said(&store, settings, &done)?)?,
            Err(refused) => return Err(refusal(&number, refused)),
        }
    }
    Ok(Exit::Ok)
}

/// What was done, and to whom.
fn said(store: &Store, settings: &Settings, done: &Done) -> Result<String, Failure> {
    let mut text = String::new();
    let (was, number) = (&done.was, &done.moved.number);
    let Some(mut shown) = store.show(number)? else { return Err(no_submission(number)) };
    mask_shown(&mut shown);
    let (row, whom) = (&shown.row, whom::masked(&shown));
    let _ = writeln!(
        text,
        "{whom}，{}，已从 {} 改列到 {}，编号由 {} 改为 {number}。原编号仍指本件：查询、来信引用都认得；没有另发回执。",
        row.from_address, was.consultation, shown.consultation, was.number
    );
    let closes = settings.consultations.iter().find(|found| found.id == shown.consultation);
    let status = words::short(Status::KIND, &row.status);
    let _ = match was.standing.status.short() {
        before if before == status => writeln!(text, "  状态仍为“{status}”"),
        before => writeln!(
            text,
            "  状态由“{before}”改为“{status}”（{} 到达，该征集 {}截止）",
            when(row.received_at),
            closes.map_or("", |found| found.closes_in_words.as_str())
        ),
    };
    match Status::from_word(&row.status) {
        Some(Status::Review) => {
            let reasons = sentences::review(&row.review_reasons);
            let _ =
                writeln!(text, "  须人工核对（{reasons}）：review confirm {number} 或 review deny {number}");
        }
        Some(Status::Duplicate) => {
            let original = shown.duplicate_of.as_deref().unwrap_or_default();
            let _ = writeln!(text, "  与同一发件人的 {original} 内容相同，不重复计数");
        }
        _ => {}
    }
    if let Some(beside) = &done.beside {
        let _ = writeln!(
            text,
            "  同一发件人的 {beside} 内容相同，两件各自登记；如只应计一件，请核对后否定其中一件"
        );
    }
    if let Some(released) = &done.moved.released {
        let _ =
            writeln!(text, "  内容相同的 {released} 原列为它的重复件，仍在 {}，现转为待核", was.consultation);
    }
    if let Some(back) = &done.moved.taken_back {
        let _ = writeln!(text, "  {back} 恢复为它的重复件");
    }
    for finding in &done.findings {
        let of = if finding.is_supplement {
            format!("补充（邮件 {}）　", finding.message_id)
        } else {
            String::new()
        };
        for line in reprocess::lines(finding) {
            let _ = writeln!(text, "  {of}{line}");
        }
    }
    for NumberedAnswer { kind, state, number: under, sent_at } in &done.answers {
        let sent = sent_at.map_or_else(String::new, |at| format!("，{}", when(Some(at))));
        let _ = writeln!(
            text,
            "  回执“{}”以编号 {under} {}{sent}",
            words::long(AcknowledgementKind::KIND, kind),
            words::short(AcknowledgementState::KIND, state)
        );
    }
    Ok(text)
}

fn refusal(typed: &str, refused: Refused) -> Failure {
    let message = match refused {
        Refused::NoSubmission => return no_submission(typed),
        Refused::NothingToUndo(number) => {
            format!("{number} 没有改列过，或已改回，没有可以撤销的；改列请写明征求意见：move {number} ID")
        }
        Refused::Unconfigured(id) => {
            format!("征求意见 {id} 已不在配置中，不能改回；恢复它的配置后再试")
        }
        Refused::Same(was) => format!("{} 本来就在 {}，没有改动", was.number, was.consultation),
        Refused::Denied(was) => format!(
            "{number} 已经核对不计入，没有改列；如应计入，先执行 review reopen {number}",
            number = was.number
        ),
        Refused::Erased(was) => {
            format!("{} 的个人信息和原件已删除，无从重新判定，没有改列", was.number)
        }
        Refused::Replaced(was, other) => {
            format!("{} 没有改回：内容相同的 {other} 已代替它计入；先执行 review reopen {other}", was.number)
        }
        Refused::Unreadable(was) => {
            format!("{} 的原件读不出，没有改列；verify 说明有什么不符", was.number)
        }
    };
    Failure::new(Exit::Data, message)
}
