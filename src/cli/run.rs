//! `run` and `run --once`.

use std::fmt::Write;
use std::path::Path;

use super::masking::mask_row;
use super::opening::runtime;
use super::outcome::{Exit, Failure, Outcome, print};
use super::trial;
use super::waiting::{self, TOLD};
use super::{letter, list};
use crate::config::{MailboxSource, Settings};
use crate::daemon::{self, Daemon, Once};
use crate::lane::acknowledge::Held;
use crate::lane::intake::{Pass, PassError};
use crate::store::{Filter, ListFilter, Store};
use crate::vocabulary::{BreakerReason, Disposition, LaneFault, Status, StoredReason, Word};
use crate::words::{self, Chinese};

pub(super) fn run(
    (settings, file): (&Settings, &Path),
    once: bool,
    load: impl Fn() -> Result<Settings, Failure>,
) -> Outcome {
    let runtime = runtime()?;
    let daemon = Daemon::new(settings.clone())?;
    if !once {
        let ended = runtime.block_on(daemon.run(|| load().map_err(|failure| failure.message)));
        // A task cut off in mid-step must not keep the process: systemd would wait for it.
        runtime.shutdown_background();
        return ended.map(|()| Exit::Ok).map_err(Failure::from);
    }
    let done = runtime.block_on(daemon.once());
    runtime.shutdown_background();
    let Some(done) = done? else {
        return Err(Failure::new(
            Exit::Temporary,
            "stopped before everything in hand was finished; what was not recorded is fetched again",
        ));
    };
    print(&(summary(settings, &done)? + &trial::in_words(settings, file)))?;
    exit_of(done)
}

fn exit_of(done: Once) -> Outcome {
    match (done.mailbox, done.outbox.held) {
        (Err(PassError::Store(error)), _) => Err(Failure::from(&error)),
        (Err(PassError::Maildir(error)), _) => Err(Failure::new(Exit::Io, error.to_string())),
        (Err(error @ PassError::TooLong(_)), _) => Err(Failure::new(Exit::Temporary, error.to_string())),
        // It passes by itself, whoever asks again later.
        (Err(error), _) if matches!(error.fault(), LaneFault::LoginBusy | LaneFault::Throttled) => {
            Err(Failure::new(Exit::Temporary, error.to_string()))
        }
        (Err(error @ (PassError::Imap(_) | PassError::Pop3(_) | PassError::Folders(_))), _) => {
            Err(Failure::new(Exit::Unavailable, error.to_string()))
        }
        (Ok(_), Some(Held::Unavailable(_, reason))) => Err(Failure::new(Exit::Unavailable, reason)),
        (Ok(_), Some(Held::Breaker(reason))) => {
            Err(Failure::new(Exit::Temporary, format!("acknowledgements are held: {reason}")))
        }
        (Ok(_), Some(Held::Copied)) => Err(Failure::new(
            Exit::Temporary,
            "acknowledgements are held: this store is a copy or was moved; `outbox release --first-contact` makes it at home here",
        )),
        (Ok(_), Some(Held::TimeIsUp)) => Err(Failure::new(
            Exit::Temporary,
            "the SMTP server is too slow: limits.pass_timeout is over, the other acknowledgements wait in the outbox",
        )),
        (Ok(pass), _) if pass.incomplete => {
            Err(Failure::new(Exit::Temporary, "stopped before the pass was complete"))
        }
        (Ok(pass), _) if pass.owed > 0 => Err(Failure::new(
            Exit::Temporary,
            format!(
                "letters without bytes: {}; the mailbox announces them and does not hand them over, they are asked for again; `reconcile` names them",
                pass.owed
            ),
        )),
        (Ok(_), _) => Ok(Exit::Ok),
    }
}

fn summary(settings: &Settings, done: &Once) -> Result<String, Failure> {
    let store = Store::open_read_only(&settings.store_path)?;
    let waiting = store.waiting_after(done.submissions_before)?;
    let mut text = String::new();
    let mut repeated = 0;
    if let Ok(pass) | Err(PassError::Folders(pass)) = &done.mailbox {
        repeated = pass.count_of(Disposition::Duplicate);
        text.push_str(&waiting::first(&store, waiting, pass)?);
        let _ = writeln!(text, "本次收取：{}", dispositions(pass));
    }
    let outbox = &done.outbox;
    let _ =
        writeln!(text, "本次回执：发出 {}，暂缓 {}，失败 {}", outbox.sent, outbox.deferred, outbox.failed);
    if let Some(held) = &outbox.held {
        let reason = match held {
            Held::Unavailable(_, reason) => reason.clone(),
            Held::Breaker(reason) => words::tell(BreakerReason::KIND, &StoredReason::from(reason)),
            Held::Copied => "数据库是副本或已移动（outbox release --first-contact 放行）".to_owned(),
            Held::Stopping => "正在停止".to_owned(),
            Held::TimeIsUp => "发信服务器过慢，本次时间已到".to_owned(),
        };
        let _ = writeln!(text, "其余回执暂未发出：{reason}");
    }
    text.push_str(&newly_registered(settings, &store, (done.submissions_before, waiting, repeated))?);
    let _ = writeln!(text, "\n数据库：{}", settings.store_path.display());
    if let Some(head) = &done.head {
        let _ = writeln!(text, "事件链末尾：{}（请另行保存，日后用 verify --head 核对）", head.hash);
    }
    if let Some(folder) = daemon::answers_folder(settings) {
        let _ = writeln!(text, "回执存放：{}", folder.join("new").display());
    }
    if let MailboxSource::Maildir(path) = &settings.mailbox.source {
        let _ = writeln!(text, "来信存放：{}（未作任何改动）", path.display());
    }
    Ok(text)
}

/// New submissions: as many as one screen holds, those that wait for a person first.
fn newly_registered(
    settings: &Settings,
    store: &Store,
    (before, waiting, repeated): (i64, u64, u64),
) -> Result<String, Failure> {
    let last = store.last_submission_id()?;
    let new = usize::try_from(last - before).unwrap_or(0);
    if new == 0 {
        return Ok(String::new());
    }
    let filter = ListFilter { most: TOLD, after_id: before, ..ListFilter::default() };
    let in_review = Filter { statuses: vec![Status::Review.as_str().to_owned()], ..Filter::default() };
    let mut rows = match waiting {
        0 => Vec::new(),
        _ => store.list(&ListFilter { filter: in_review, oldest: true, ..filter.clone() })?,
    };
    let others = store.list(&filter)?.into_iter().filter(|row| row.status != Status::Review.as_str());
    rows.extend(others);
    rows.truncate(TOLD);
    for row in &mut rows {
        letter::says_first(row);
        mask_row(row);
    }
    let some = if new > TOLD { format!("，列出 {TOLD} 件，待核的在前") } else { String::new() };
    // A repetition has a number and a row of its own.
    let repeats = match repeated {
        0 => String::new(),
        repeats => format!("（另有重复 {repeats} 件）"),
    };
    let new = new.saturating_sub(usize::try_from(repeated).unwrap_or(0));
    Ok(format!(
        "\n新登记 {new} 件{repeats}{some}：\n{}",
        list::table(&rows, settings.consultations.len() > 1)
    ))
}

/// `登记 3，补充 0，…`: every disposition, so that the sum is visibly the whole.
pub(super) fn dispositions(pass: &Pass) -> String {
    let parts: Vec<String> = Disposition::ALL
        .iter()
        .map(|disposition| format!("{} {}", disposition.short(), pass.count_of(*disposition)))
        .collect();
    let gaps = if pass.gaps > 0 {
        format!("；另有 {} 封暂时读不出，下次再取", pass.gaps)
    } else {
        String::new()
    };
    let completed = if pass.completed > 0 {
        format!("；另有 {} 封上次只读到一部分，现已补全，编号不变", pass.completed)
    } else {
        String::new()
    };
    format!("{} 封（{}）{completed}{gaps}", pass.total(), parts.join("，"))
}
