//! The IMAP server: login, folders, room, clocks.

use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};

use super::report::Report;
use super::{health, traces};
use crate::cli::outcome::Exit;
use crate::config::{AfterFiling, ImapSettings, Settings};
use crate::cursor::{self, Plan};
use crate::imap::{ImapError, Session};
use crate::lane::{self, ReconcileError};
use crate::store::Store;
use crate::vocabulary::{FolderKey, LiveFault, chinese_minute};
use crate::world::World;

/// Mail that arrived this much later than now proves that two clocks disagree.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(2);

/// What was seen of all folders.
#[derive(Default)]
struct Seen {
    newest_arrival: Option<Timestamp>,
    letters: u32,
}

fn failed(report: &mut Report, what: &str, error: &ImapError) {
    report.failed(what, error.live_fault(), &error.to_string(), Exit::Unavailable);
}

pub(super) async fn imap(report: &mut Report, imap: &ImapSettings, settings: &Settings) {
    let name = format!("IMAP {}:{}", imap.server.host, imap.server.port);
    let mut session = match Session::open(imap, &settings.limits).await {
        Ok(session) => session,
        Err(error) => return failed(report, "收信服务器", &error),
    };
    let (_stopper, world) = World::new();
    let id = if session.takes_id() { "已报 ID" } else { "不支持 ID（no ID）" };
    let idle = if session.can_idle() {
        "支持 IDLE"
    } else {
        "不支持 IDLE，按 poll_interval 收取（no IDLE）"
    };
    report.good(&name, &format!("已登录，{id}，{idle}"));
    if let Some(until) = session.certificate_until() {
        health::certificate(report, &name, (until, session.certificate_names()), world.now());
    }
    let store = Store::open_read_only(&settings.store_path).ok();
    let mut seen = Seen::default();
    for folder in &imap.folders {
        one(report, &mut session, folder, (imap, settings, store.as_ref()), &mut seen).await;
    }
    if let AfterFiling::Move(target) = &imap.after_filing {
        let what = format!("归档文件夹 {target}");
        match session.examine(target).await {
            Ok(_) if session.can_move() => report.good(&what, "可移入"),
            Ok(_) => report.failed(&what, LiveFault::NoMove, "the server has no MOVE", Exit::Unavailable),
            Err(error) => report.failed(&what, LiveFault::NoMove, &error.to_string(), Exit::Unavailable),
        }
    }
    room(report, &mut session).await;
    session.logout().await.ok();
    clocks(report, &seen, world.now());
}

/// One folder: whether it opens, what it holds, whether arrivals can be believed.
async fn one(
    report: &mut Report,
    session: &mut Session,
    folder: &str,
    (imap, settings, store): (&ImapSettings, &Settings, Option<&Store>),
    seen: &mut Seen,
) {
    let what = format!("文件夹 {folder}");
    let state = match session.examine(folder).await {
        Ok(state) if cursor::plan(None, state) == Plan::Unusable => {
            return report.fault(&what, LiveFault::NoUidValidity, "", Exit::Unavailable);
        }
        Ok(state) => state,
        Err(error) => {
            let mut words = error.to_string();
            if let Ok(known) = session.folders().await {
                let _ = write!(words, "; the folders of this mailbox are: {}", known.join(", "));
            }
            return report.failed(&what, error.live_fault(), &words, Exit::Unavailable);
        }
    };
    compare(report, session, (folder, state.exists), store).await;
    seen.letters += state.exists;
    match session.newest_internal_date().await {
        Ok(newest) => {
            seen.newest_arrival = seen.newest_arrival.max(newest.map(|written| written.instant));
        }
        Err(error) => failed(report, &what, &error),
    }
    match session.newest_traces(traces::SAMPLE).await {
        Ok(letters) => {
            let letters: Vec<_> = letters.into_iter().map(|(date, header)| (Some(date), header)).collect();
            for warning in traces::warnings(&letters, &settings.mailbox) {
                report.remark(&what, &warning);
            }
        }
        // Nobody's mail hangs on this look.
        Err(error @ ImapError::Refused { .. }) => report.remark(&what, &error.to_string()),
        Err(error) => failed(report, &what, &error),
    }
    let key = FolderKey::imap(folder, state.uid_validity.unwrap_or_default());
    if imap.after_filing == AfterFiling::Keyword
        && let Err(error) = session.can_mark(&key, &imap.after_filing).await
    {
        report.failed(&what, LiveFault::NoMark, &error.to_string(), Exit::Unavailable);
    }
}

/// What the server says of a folder beside what it lists, and what the record knows of it.
async fn compare(
    report: &mut Report,
    session: &mut Session,
    (folder, exists): (&str, u32),
    store: Option<&Store>,
) {
    let what = format!("文件夹 {folder}");
    let found = match lane::imap_folder(session, folder, store).await {
        Ok(found) => found,
        Err(ReconcileError::Imap(error)) => return failed(report, &what, &error),
        Err(error) => {
            return report.failed(&what, LiveFault::Refused, &error.to_string(), Exit::Unavailable);
        }
    };
    let mut is_good = true;
    let mut fault = |fault, words: String| {
        is_good = false;
        report.fault(&what, fault, &words, Exit::Difference);
    };
    if found.exists > found.listed {
        let words = format!("服务器报告 {} 封，只列出 {} 封", found.exists, found.listed);
        fault(LiveFault::NotAllListed, words);
    }
    if let Some((before, now)) = found.uid_next_fell {
        fault(LiveFault::UidNextFell, format!("UIDNEXT 由 {before} 退回到 {now}"));
    }
    if !found.differing.is_empty() {
        fault(LiveFault::LooksOtherwise, format!("{} 封", found.differing.len()));
    }
    if is_good {
        let wire = session.name_on_the_wire(folder).map(|name| format!("，服务器上称 {name}"));
        report.good(&what, &format!("{exists} 封{}", wire.unwrap_or_default()));
    }
}

/// What the server says of the room that is left, and what it wants people to read.
async fn room(report: &mut Report, session: &mut Session) {
    match session.quotas().await {
        Ok(quotas) => {
            if quotas.is_empty() {
                let why = if session.tells_quota() {
                    "没有限额"
                } else {
                    "服务器不报配额（no QUOTA）"
                };
                report.good("邮箱配额", why);
            }
            for quota in quotas {
                let words =
                    format!("已用 {}%（{} / {} KiB）", quota.percent(), quota.used_kib, quota.limit_kib);
                let what = format!("邮箱配额 {}", quota.root);
                if quota.is_nearly_full() {
                    report.fault(what.trim_end(), LiveFault::Quota, &words, Exit::Difference);
                } else {
                    report.good(what.trim_end(), &words);
                }
            }
        }
        Err(error) => failed(report, "邮箱配额", &error),
    }
    for alert in session.take_alerts() {
        report.warn("邮件服务器告警", LiveFault::Alert, &alert);
    }
}

/// Compares clocks, as far as IMAP allows: mail cannot have arrived later than now.
fn clocks(report: &mut Report, seen: &Seen, now: Timestamp) {
    let Some(newest) = seen.newest_arrival else {
        let why = if seen.letters == 0 { "邮箱为空" } else { "邮件服务器没有说出收到时间" };
        return report.good("时钟", &format!("本机 {}（{why}，无从比较）", chinese_minute(now)));
    };
    let ahead = newest.duration_since(now);
    let times = format!("本机 {}，邮件服务器最新一封收于 {}", chinese_minute(now), chinese_minute(newest));
    if ahead > CLOCK_TOLERANCE {
        let words = format!("{times}，相差至少 {} 秒", ahead.as_secs());
        report.fault("时钟", LiveFault::ClockSlow, &words, Exit::Difference);
    } else {
        report.good("时钟", &times);
    }
}
