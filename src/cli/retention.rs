//! `retention`: what tells who wrote is not kept for ever. Shows which consultations are past their time, and with `--apply` erases
//! names, telephone numbers, addresses and the raw mail of one of them; opinions, decisions and counts stay.

use std::fmt::Write;

use clap::Args;
use jiff::Timestamp;

use super::actor::actor;
use super::erase::{self, aside};
use super::export::which;
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use crate::config::{Settings, Term};
use crate::store::{Aside, Eraser, Store};
use crate::vocabulary::{Consultation, CorrectionField, Disposition, chinese_date};
use crate::words::Chinese as _;
use crate::world::World;

/// What tells who wrote and how to reach him; units and occupations are what reports count by.
const TELLING: &[CorrectionField] =
    &[CorrectionField::Name, CorrectionField::Phones, CorrectionField::Emails];
/// Letters of one transaction: others write between two of them.
const AT_ONCE: usize = 100;
/// Mails that are listed.
const LISTED: usize = 20;

#[derive(Debug, Args)]
pub(super) struct RetentionArguments {
    /// Only this consultation; --apply wants one where several are configured
    #[arg(long, value_name = "ID")]
    consultation: Option<String>,
    /// Erase what is due: names, phones and addresses of the writers, and the raw mail
    #[arg(long)]
    apply: bool,
    /// Also where no archive was written (export --format eml) since the last mail
    #[arg(long, requires = "apply")]
    no_archive: bool,
    /// The consultation's id once more: confirms where nobody is asked
    #[arg(long, value_name = "ID", requires = "apply")]
    yes: Option<String>,
}

/// Where a consultation stands.
struct Due {
    ends: Timestamp,
    is_over: bool,
    numbers: Vec<String>,
    is_archived: bool,
}

/// What was set aside is no consultation's: it is due when its own time is over, and that of each consultation that had begun when
/// it came.
fn aside_due(
    settings: &Settings,
    store: &Store,
    term: Term,
    now: Timestamp,
) -> Result<(Vec<Aside>, usize), Failure> {
    let all = store.set_aside()?;
    let count = all.len();
    let mut closings = Vec::new();
    for consultation in &settings.consultations {
        let end = term_begins(store, consultation)?;
        closings.push((consultation.opens, end));
    }
    let is_over = |aside: &Aside| {
        let Some(arrived) = aside.arrived_at else { return false };
        let begun = closings.iter().filter(|(opens, _)| opens.is_none_or(|opens| opens <= arrived));
        let last = begun.map(|(_, closes)| *closes).chain([arrived]).max();
        last.is_some_and(|last| term.end(last) <= now)
    };
    let due: Vec<Aside> = all.into_iter().filter(is_over).collect();
    let left = count - due.len();
    Ok((due, left))
}

/// What is said of them.
fn said_of_aside(due: &[Aside], left: usize) -> String {
    let kind = Disposition::Quarantined.short();
    match (due.len(), left) {
        (0, 0) => String::new(),
        (0, left) => format!("{kind}的邮件 {left} 封，没有到期\n"),
        (count, left) => {
            let left = if left == 0 { String::new() } else { format!("，另有 {left} 封没有到期") };
            let places: Vec<String> = due.iter().take(LISTED).map(aside::place).collect();
            let more = if count > LISTED { " 等" } else { "" };
            format!("{kind}的邮件 {count} 封已到期，--apply 时整封删除：{}{more}{left}\n", places.join("、"))
        }
    }
}

pub(super) fn retention(settings: &Settings, arguments: &RetentionArguments) -> Outcome {
    let Some(term) = settings.retention else {
        let message = "没有设置保存期限：请在配置文件的 [retention] 中写 after_close = \"2y\"（从征集截止或 close 起两年）";
        return Err(Failure::new(Exit::Config, message));
    };
    let (_stopper, world) = World::new();
    let now = world.now();
    let mut store = open_for_writing(settings, now)?;
    if arguments.apply {
        let consultation = which(settings, arguments.consultation.as_deref())?;
        return apply(settings, &mut store, (consultation, term), arguments, now);
    }
    let wanted: Vec<&Consultation> = match &arguments.consultation {
        Some(id) => vec![which(settings, Some(id))?],
        None => settings.consultations.iter().collect(),
    };
    let (mut text, mut any) = (String::new(), false);
    for consultation in wanted {
        let due = due(&store, consultation, term, now)?;
        any |= due.is_over && !due.numbers.is_empty();
        let _ = writeln!(text, "{}", said(consultation, term, &due));
    }
    let (aside, left) = aside_due(settings, &store, term, now)?;
    any |= !aside.is_empty();
    text.push_str(&said_of_aside(&aside, left));
    print(&text)?;
    Ok(if any { Exit::Difference } else { Exit::Ok })
}

/// When the term of a consultation begins.
fn term_begins(store: &Store, consultation: &Consultation) -> Result<Timestamp, Failure> {
    let closed = store.closing(&consultation.id)?.map(|closing| closing.at);
    Ok(closed.map_or(consultation.closes, |at| at.max(consultation.closes)))
}

fn due(store: &Store, consultation: &Consultation, term: Term, now: Timestamp) -> Result<Due, Failure> {
    let ends = term.end(term_begins(store, consultation)?);
    Ok(Due {
        ends,
        is_over: ends <= now,
        numbers: store.telling(&consultation.id)?,
        is_archived: store.is_archived(&consultation.id)?,
    })
}

fn said(consultation: &Consultation, term: Term, due: &Due) -> String {
    let (id, letters) = (&consultation.id, due.numbers.len());
    let span = match term {
        Term { years: 0, days } => format!("{days} 天"),
        Term { years, .. } => format!("{years} 年"),
    };
    let until = format!("保存期 {span}，到 {}", chinese_date(due.ends));
    match (letters, due.is_over) {
        (0, _) => format!("{id}：{until}；没有存着姓名、电话、邮箱或原件的来信"),
        (_, false) => format!("{id}：{until}，没有到期；{letters} 件来信存着姓名、电话、邮箱或原件"),
        (_, true) => {
            let archive =
                if due.is_archived { "" } else { "；还没有归档，先执行 export --format eml" };
            format!(
                "{id}：{until}，已到期；{letters} 件来信应删去姓名、电话、邮箱和原件：retention --consultation {id} --apply{archive}"
            )
        }
    }
}

fn apply(
    settings: &Settings,
    store: &mut Store,
    (consultation, term): (&Consultation, Term),
    arguments: &RetentionArguments,
    now: Timestamp,
) -> Outcome {
    let due = due(store, consultation, term, now)?;
    let id = &consultation.id;
    print(&format!("{}\n", said(consultation, term, &due)))?;
    if !due.is_over {
        return Err(Failure::new(Exit::Data, format!("{id} 的保存期没有到，没有改动")));
    }
    let (aside, left) = aside_due(settings, store, term, now)?;
    print(&said_of_aside(&aside, left))?;
    if due.numbers.is_empty() && aside.is_empty() {
        return Ok(Exit::Ok);
    }
    if !due.is_archived && !arguments.no_archive {
        let message = format!(
            "{id} 收到最后一封来信之后没有归档，没有改动：先执行 export --format eml；确实不归档的，加 --no-archive"
        );
        return Err(Failure::new(Exit::Data, message));
    }
    erase::confirm_by(arguments.yes.as_deref(), id, |typed| typed == id.as_str())?;
    let by = Eraser { actor: &actor(), note: "保存期满", now };
    for some in due.numbers.chunks(AT_ONCE) {
        let mut found = Vec::new();
        for number in some {
            found.extend(store.erasable(number)?);
        }
        let writing = store.begin()?;
        let wordings = writing.wordings(&found.iter().map(|one| one.id).collect::<Vec<_>>())?;
        for one in &found {
            let _erased = writing.erase_only(one, TELLING, &wordings, &by)?;
        }
        writing.commit()?;
    }
    let writing = store.begin()?;
    for one in &aside {
        writing.erase_aside(one, &by)?;
    }
    writing.commit()?;
    print(&format!(
        "已删去 {} 件来信的姓名、电话、邮箱和原件，意见、采纳情况和条数不变。\n",
        due.numbers.len()
    ))?;
    if !aside.is_empty() {
        print(&format!("已整封删除{}的邮件 {} 封。\n", Disposition::Quarantined.short(), aside.len()))?;
    }
    erase::sweep(settings, store)
}
