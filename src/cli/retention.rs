//! `retention`: what tells who wrote is not kept for ever. Shows which consultations are past their time, and with `--apply` erases
//! names, telephone numbers, addresses and the raw mail of one of them; opinions, decisions and counts stay.

use std::fmt::Write;

use clap::Args;
use jiff::Timestamp;

use super::actor::actor;
use super::erase;
use super::export::which;
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print};
use crate::config::{Settings, Term};
use crate::store::{Eraser, Store};
use crate::vocabulary::{Consultation, CorrectionField, chinese_date};
use crate::world::World;

/// What tells who wrote and how to reach him; units and occupations are what reports count by.
const TELLING: &[CorrectionField] =
    &[CorrectionField::Name, CorrectionField::Phones, CorrectionField::Emails];
/// Letters of one transaction: others write between two of them.
const AT_ONCE: usize = 100;

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
    print(&text)?;
    Ok(if any { Exit::Difference } else { Exit::Ok })
}

fn due(store: &Store, consultation: &Consultation, term: Term, now: Timestamp) -> Result<Due, Failure> {
    let closed = store.closing(&consultation.id)?.map(|closing| closing.at);
    let ends = term.end(closed.map_or(consultation.closes, |at| at.max(consultation.closes)));
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
    if due.numbers.is_empty() {
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
    print(&format!(
        "已删去 {} 件来信的姓名、电话、邮箱和原件，意见、采纳情况和条数不变。\n",
        due.numbers.len()
    ))?;
    erase::sweep(settings, store)
}
