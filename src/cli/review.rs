//! `review`: the near misses and other cases that wait for a person.
//!
//! A confirmed case counts from its arrival time, and is late where it plainly arrived late; one that only asks for something is seen
//! to, and no letter of its own; a denied one does not count.
//! The citizen had the neutral answer when the mail came; a decision sends nothing.

mod advice;
mod asked;
mod beside;
mod case;
mod entering;
mod follows;
mod named;
mod noting;
mod owed;
mod several;
mod undone;

use std::fmt::Write;

use clap::{Args, Subcommand};

use super::actor::actor;
use super::meant::meant;
use super::number::{self, Of, no_submission};
use super::opening::{known_consultation, open_for_reading, open_for_writing};
use super::outcome::{Exit, Failure, JsonList, Outcome, print};
use super::unmasked::log_unmasked;
use super::{fit, sentences, whom};
use crate::config::Settings;
use crate::store::{Decided, Decision, Done, Filter, Store};
use crate::vocabulary::{ReviewReason, Status};
use crate::words::{self, Chinese};
use crate::world::World;
use case::Case;
pub(super) use case::in_workbook;
pub(super) use entering::{HOW_TO_ENTER, says_what_to_enter, to_enter_json, unentered};
use follows::Follows;
pub(super) use noting::unanswered;
pub(super) use owed::{how_to_settle, owed_json, says_what_is_owed};
use several::Several;
pub(super) use undone::not_erased;

#[derive(Debug, Args)]
pub(super) struct ReviewArguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List what waits, the oldest first by its arrival and not by its number, with the reason and what to do; personal data is masked
    List(Listed),
    /// It belongs here: it counts, with the arrival time it has; what only asks for something, or asks a question, was seen to
    /// and is no letter of its own. With --note also a late one, which counts as in time
    Confirm(Deciding),
    /// It does not count: it does not belong here, or its sender withdrew it; also what counts already
    Deny(Deciding),
    /// Take the last decision back: it stands where it stood before
    Reopen(Which),
    /// Write down how far you are with it (已去信，等回复): what waits goes on waiting, listed behind the others until its sender
    /// writes again. It is a note and no answer, unless it begins with 已答复. `correct --undo NUMBER 说明` takes it back
    Note(Noting),
    /// Its writer was answered, or told what came of it, by mail or by telephone: `list --unanswered` lists it no more
    Answered(Which),
}

#[derive(Debug, Args)]
struct Listed {
    /// Only this consultation
    #[arg(long, value_name = "ID")]
    consultation: Option<String>,
    /// Only what waits for this reason
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// At most so many, the oldest. On a terminal 20 where nothing is said, else all
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print names, phones and addresses in full; the event log records it
    #[arg(long)]
    unmasked: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Which {
    /// Registration numbers, whole (LNZX-2024-0001) or short (1), listed (1,3), in ranges (1-3); - reads them from standard
    /// input. All of them or, when one cannot be decided, none
    #[arg(required = true, value_name = "NUMBER")]
    numbers: Vec<String>,
    #[command(flatten)]
    of: Of,
    /// Why; kept with the decision. Needed to deny what counts or was decided already
    #[arg(long)]
    note: Option<String>,
}

#[derive(Debug, Args)]
struct Deciding {
    #[command(flatten)]
    which: Which,
    /// Its writer was answered already, as `review answered` writes it down. What --note says is not taken for an answer
    #[arg(long)]
    answered: bool,
    /// How many of them count or were decided already, where it is more than one: confirms that a whole range is meant
    #[arg(long, value_name = "COUNT")]
    yes: Option<usize>,
}

#[derive(Debug, Args)]
struct Noting {
    /// Registration numbers, whole (LNZX-2024-0001) or short (1), listed (1,3), in ranges (1-3); - reads them from standard
    /// input
    #[arg(required = true, value_name = "NUMBER")]
    numbers: Vec<String>,
    #[command(flatten)]
    of: Of,
    /// What to write down, in place of what was written down before
    #[arg(long, required = true, value_name = "TEXT")]
    note: String,
}

pub(super) fn review(settings: &Settings, arguments: &ReviewArguments) -> Outcome {
    match &arguments.command {
        Command::List(listed) => list(settings, listed),
        Command::Confirm(Deciding { which, answered, yes }) => {
            decide(settings, which, Decision::Confirm, (*answered, *yes))
        }
        Command::Deny(Deciding { which, answered, yes }) => {
            decide(settings, which, Decision::Deny, (*answered, *yes))
        }
        Command::Reopen(which) => decide(settings, which, Decision::Reopen, (false, None)),
        Command::Note(Noting { numbers, of, note }) => noting::note(settings, (numbers, of), note),
        Command::Answered(Which { numbers, of, note }) => {
            noting::answered(settings, (numbers, of), note.as_deref())
        }
    }
}

fn list(settings: &Settings, listed: &Listed) -> Outcome {
    /// Cases that a terminal shows.
    const PAGE: usize = 20;
    let store = open_for_reading(settings)?;
    known_consultation(settings, &store, listed.consultation.as_deref())?;
    let reason = listed.reason.as_deref();
    let reason = reason.map(|reason| meant("待核原因", ReviewReason::ALL, reason)).transpose()?;
    let filter = Filter {
        statuses: vec![Status::Review.as_str().to_owned()],
        consultation: listed.consultation.clone(),
        reason: reason.map(|reason| reason.as_str().to_owned()),
        ..Filter::default()
    };
    let all = if fit::terminal().is_some() && !listed.json { PAGE } else { usize::MAX };
    let found = store.longest_waiting(&filter, listed.limit.unwrap_or(all))?;
    if listed.unmasked {
        log_unmasked(settings, "review list", found.len())?;
    }
    // Printed one by one: thousands may wait, each with its whole text.
    let (mut cases, mut count) = (JsonList::default(), 0);
    for number in found {
        let Some(case) = Case::read(&store, settings, &number, listed.unmasked)? else { continue };
        if listed.json {
            cases.item(&case.json())?;
        } else {
            print(&case.text())?;
        }
        count += 1;
    }
    if listed.json {
        cases.end()?;
    } else {
        let mut text = String::new();
        let waiting = store.count(&filter)?;
        let shown = if count < waiting {
            format!("，列出最早的 {count} 件（--limit N 多列一些，--reason 待核原因 只列一种）")
        } else {
            String::new()
        };
        let _ = match waiting {
            0 => writeln!(text, "没有待核的来信。"),
            waiting => writeln!(
                text,
                "共 {waiting} 件待核{shown}，按收到时间排列，不按编号。确认：review confirm 编号；否定：review deny 编号（已计入或已决定的另须 --note 原因）。\
                 收到时间不变，不再另发回执。隐去的姓名、电话、地址：show 编号 --unmasked（查看留痕）。"
            ),
        };
        let noted = store.count_with_others(&filter)?;
        if noted > 0 {
            let _ = writeln!(
                text,
                "其中 {noted} 件写有办理说明（review note），排在最后；来信人再来信的排回原处。"
            );
        }
        let owing = Filter { statuses: Vec::new(), reason: None, is_unanswered: true, ..filter };
        match store.count(&owing)? {
            0 => {}
            owed => {
                let _ = writeln!(text, "{}。", noting::unanswered(owed));
            }
        }
        let quarantined = store.quarantined()?;
        let readable = quarantined.set_aside.saturating_sub(quarantined.without_bytes);
        if readable > 0 {
            let _ = writeln!(
                text,
                "另有 {readable} 封隔离待查：程序更新后用 reprocess 可重新读取，仍读不出的请到邮箱中查看。"
            );
        }
        let owed = store.gaps()?.max(quarantined.without_bytes);
        if owed > 0 {
            let _ = writeln!(
                text,
                "另有 {owed} 封没有原件：邮件服务器没有交出，会再取；refetch 可立即再取，仍取不到的请到邮箱中查看。"
            );
        }
        print(&text)?;
    }
    Ok(Exit::Ok)
}

/// All in one transaction: when one cannot be decided, none is.
fn decide(
    settings: &Settings,
    arguments: &Which,
    decision: Decision,
    (is_answered, yes): (bool, Option<usize>),
) -> Outcome {
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    let note = arguments.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    let actor = actor();
    let mut text = String::new();
    let (mut decided_on, mut changed) = (Vec::new(), Vec::new());
    let mut wanted = Vec::new();
    for number in number::numbers(&settings.consultations, &arguments.numbers, &arguments.of)? {
        // One that it had before it was moved will do.
        let number = store.submission_numbered(&number)?.map_or(number, |(_, number)| number);
        wanted.push(before(&store, number, (decision, is_answered))?);
    }
    let mut several = Several::default();
    let writing = store.begin()?;
    for Before { number, whom, denied, status: before, left } in &wanted {
        let (number, whom, denied) = (number.as_str(), whom.as_str(), *denied);
        let decided = writing.decide(number, decision, note, &actor, now);
        match decided? {
            Decided::Done(Done { status, repetition: other, disputed }) => {
                let _ = writeln!(text, "{whom} {}", done(decision, status, denied));
                if let Some(other) = other {
                    let _ = writeln!(text, "  {}", repetition(decision, &other));
                }
                changed.extend(disputed.iter().map(|_| number));
                for (number, status) in disputed {
                    let _ =
                        writeln!(text, "  所涉来信 {number} 一并改为“{}”，收到时间不变。", status.short());
                }
                if is_answered {
                    let _ = writing.note(number, Some(&noting::as_answered(note)), &actor, now)?;
                }
                if let Some((of, fields)) = left {
                    writing.leave_to_erase(number, (of, fields), &actor, now)?;
                }
                decided_on.push(number);
                several.add(number, decision, before);
            }
            Decided::Replaced(other) => {
                let message = format!(
                    "{number} 没有恢复：内容相同的 {other} 已代替它计入；先执行 review reopen {other}；没有改动任何一件"
                );
                return Err(Failure::new(Exit::Data, message));
            }
            Decided::Already(status) => {
                // A reason that is not kept must not be thought kept.
                let unkept = note.map_or_else(String::new, |_| {
                    format!("--note 没有记下；要改写原因，先执行 review reopen {number}，再重新决定。")
                });
                let _ = writeln!(text, "{whom} 此前已是“{}”，没有改动。{unkept}", status.short());
            }
            Decided::NotWaiting(status) => {
                return Err(Failure::new(Exit::Data, not_waiting(whom, decision, status)));
            }
            Decided::NeedsNote { status, is_decided } => {
                return Err(Failure::new(Exit::Usage, needs_note(whom, status, is_decided)));
            }
            Decided::NoSubmission => {
                let mut failure = no_submission(number);
                failure.message.push_str("；没有改动任何一件");
                return Err(failure);
            }
        }
    }
    // Who typed each number means each.
    let typed = arguments.numbers.iter().flat_map(|typed| typed.split([',', '，', '、'])).count();
    if wanted.len() > typed {
        several.are_meant(yes, &text)?;
    }
    writing.commit()?;
    let mut follows = Follows::default();
    for number in &decided_on {
        follows.of(&store, number, decision)?;
    }
    text.push_str(&follows.text());
    for number in decided_on {
        if decision == Decision::Confirm && !changed.contains(&number) {
            text.push_str(&changed_nothing(&store, number)?);
        }
    }
    text.push_str(&several.undo());
    print(&text)?;
    Ok(Exit::Ok)
}

/// A letter as it stands before it is decided on.
#[derive(Debug, Default)]
struct Before {
    number: String,
    /// Whose it is.
    whom: String,
    /// What a denial is called.
    denied: &'static str,
    status: String,
    /// What it asks to have erased and that is registered, where it is to be confirmed.
    left: Option<undone::Left>,
}

/// Whom a decision is about, and what a denial of it is called. Whoever `is_answered` that his details were erased must not be told so
/// while they are registered.
fn before(
    store: &Store,
    number: String,
    (decision, is_answered): (Decision, bool),
) -> Result<Before, Failure> {
    let whom = whom::of(store, &number)?;
    let Some(shown) = store.show(&number)? else {
        return Ok(Before { number, whom, ..Before::default() });
    };
    let left = if decision == Decision::Confirm { not_erased(store, &shown)? } else { None };
    if let Some(left) = left.as_ref().filter(|_| is_answered) {
        let left = undone::says(left);
        let message = format!(
            "{whom}：{left}；没有改动任何一件。已决定不删除的，不加 --answered 确认，答复后执行 review answered {number}"
        );
        return Err(Failure::new(Exit::Data, message));
    }
    let denied = sentences::denied_now(&shown.row);
    Ok(Before { number, whom, denied, status: shown.row.status, left })
}

/// Of a dispute of lateness that was confirmed and by which no late letter counts: which letter, nobody could tell.
fn changed_nothing(store: &Store, number: &str) -> Result<String, Failure> {
    let Some(shown) = store.show(number)? else { return Ok(String::new()) };
    let disputes = shown.row.review_reasons.iter().any(|word| word == ReviewReason::LateDisputed.as_str());
    if !disputes || shown.row.status != Status::Handled.as_str() {
        return Ok(String::new());
    }
    Ok("  没有改动任何逾期来信；有应计入的，请执行 review confirm 逾期来信的编号 --note 原因\n".to_owned())
}

/// What became of the repetition of a letter that was decided on.
fn repetition(decision: Decision, other: &str) -> String {
    match decision {
        Decision::Reopen => format!("{other} 恢复为它的重复件。"),
        _ => format!("内容相同的 {other} 原列为它的重复件，现转为待核，请确认或否定。"),
    }
}

fn done(decision: Decision, status: Status, denied: &str) -> String {
    let (is_late, is_handled) = (status == Status::Late, status == Status::Handled);
    let not_granted = words::short("denial", ReviewReason::LateDisputed.as_str());
    let status = status.short();
    match decision {
        Decision::Confirm if is_handled => {
            format!("已确认，列为“{status}”：没有意见建议，不另计件。")
        }
        Decision::Confirm => format!("已确认，状态“{status}”，收到时间不变。"),
        Decision::Deny if is_late && denied == not_granted => {
            format!("{denied}，仍为“{status}”，收到时间不变。")
        }
        Decision::Deny if is_late => format!("经核对列为“{status}”，收到时间不变。"),
        Decision::Deny if denied == not_granted => format!("{denied}，本件不计入、不另计件。"),
        Decision::Deny => format!("经核对不计入（{denied}）。"),
        Decision::Reopen => format!("已恢复为“{status}”。"),
    }
}

/// What counts already is taken out for a reason, so that a wrong digit takes out nothing.
fn needs_note(whom: &str, status: Status, is_decided: bool) -> String {
    let decided = if is_decided { "，是人工决定的（撤销决定用 review reopen）" } else { "" };
    format!(
        "{whom} 不在待核之列，状态“{}”{decided}；如确不应计入，请加 --note 写明原因；没有改动任何一件",
        status.short()
    )
}

fn not_waiting(number: &str, decision: Decision, status: Status) -> String {
    let remedy = match (decision, status) {
        (Decision::Deny, Status::Duplicate) => "是重复件，本来就不计入",
        (Decision::Reopen, _) => "只有经人工确认或否定过的才能用 review reopen 撤销",
        (Decision::Confirm, Status::Late) => "逾期来信经核实应计入的，请加 --note 写明原因",
        (_, Status::Denied | Status::Accepted | Status::Late | Status::Handled) => {
            "review list 列出待核的；已作的决定用 review reopen 撤销"
        }
        _ => "review list 列出待核的",
    };
    format!("{number} 不在待核之列（状态“{}”）：{remedy}；没有改动任何一件", status.short())
}
