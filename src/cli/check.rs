//! `check` and `check --live`.

mod rights;
mod tags;
mod traces;

use std::fmt::Write;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use rustix::fs::{Access, access};

use super::copied;
use super::held::held;
use super::holding::everybody;
use super::opening::runtime;
use super::outcome::{Exit, Failure, Outcome, print};
use crate::config::{AfterFiling, ImapSettings, MailboxSource, ServerSettings, Settings, Transport};
use crate::cursor::{self, Plan};
use crate::imap::{ImapError, Session};
use crate::lane;
use crate::maildir;
use crate::smtp::Sender;
use crate::store::{Fact, Store, StoreError};
use crate::vocabulary::{FolderKey, LaneFault, chinese_minute};
use crate::words::Chinese;
use crate::world::World;
pub(super) use rights::foreign_files;

/// Mail that arrived this much later than now proves that two clocks disagree.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(2);

/// Reached after loading: what cannot be loaded has been reported with exit status 78.
pub(super) fn check(settings: &Settings, file: &Path, live: bool) -> Outcome {
    let mut text = format!("配置无误：{}\n", file.display());
    for consultation in &settings.consultations {
        let _ = writeln!(
            text,
            "征求意见〔{}〕《{}》截止：{}（北京时间）；编号 {}-0001 起",
            consultation.id, consultation.title, consultation.closes_in_words, consultation.number_prefix
        );
        text.push_str(&tags::understood(consultation, settings.consultations.len() > 1));
    }
    let (_stopper, world) = World::new();
    for consultation in &settings.consultations {
        if let Some(days) = consultation.closed_for(world.now()) {
            let _ = writeln!(
                text,
                "提醒  征求意见〔{}〕已截止 {days} 天，此后的来信都是逾期（closed for {days} days; mail for it is late）",
                consultation.id
            );
        }
    }
    if !settings.store_path.exists() {
        let _ = writeln!(
            text,
            "提醒  数据库 {} 不存在（there is no store）：新装的请用 init 建立；原来有库的，请先恢复原库、核对磁盘是否挂载",
            settings.store_path.display()
        );
    }
    for remark in &settings.remarks {
        let _ = writeln!(text, "提醒  {remark}");
    }
    for remark in rights::remarks(settings, file).into_iter().chain(copied::remarks(settings)) {
        let _ = writeln!(text, "提醒  {remark}");
    }
    print(&text)?;
    if !live {
        return Ok(Exit::Ok);
    }
    let mut report = Report::default();
    report.store(settings);
    runtime()?.block_on(report.servers(settings));
    print(&report.text)?;
    Ok(report.exit.unwrap_or(Exit::Ok))
}

/// Lines so far, and the worst that was found.
#[derive(Default)]
struct Report {
    text: String,
    exit: Option<Exit>,
}

impl Report {
    fn good(&mut self, what: &str, words: &str) {
        let _ = writeln!(self.text, "正常  {what}：{words}");
    }

    fn remark(&mut self, what: &str, words: &str) {
        let _ = writeln!(self.text, "提醒  {what}：{words}");
    }

    fn bad(&mut self, what: &str, words: &str, exit: Exit) {
        let _ = writeln!(self.text, "故障  {what}：{words}");
        self.exit.get_or_insert(exit);
    }

    fn store(&mut self, settings: &Settings) {
        let path = settings.store_path.display().to_string();
        if !settings.store_path.exists() {
            // Opening would create it, and a check changes nothing.
            return self.may_create("数据库", &settings.store_path);
        }
        let opened = Store::open_read_only(&settings.store_path);
        if let Ok(found) = opened.as_ref().map_err(|_| ()).and_then(|store| store.status().map_err(|_| ())) {
            let (_stopper, world) = World::new();
            for held in held(settings, &found, world.now()) {
                if held.is_fault {
                    self.bad(held.label, &held.words, Exit::Difference);
                } else {
                    self.remark(held.label, &held.words);
                }
            }
        }
        match opened.and_then(|store| store.quick_check()) {
            Ok(None) if access(&settings.store_path, Access::WRITE_OK).is_err() => {
                self.bad("数据库", &format!("{path} 不可写：请核对文件权限和运行用户"), Exit::Permission);
            }
            Ok(None) => {
                self.good("数据库", &path);
                if let Some(foreign) = foreign_files(&settings.store_path) {
                    self.bad("数据库", &foreign, Exit::Permission);
                } else if let Err(error) = Store::can_write(&settings.store_path) {
                    let (failure, holders) = (Failure::from(&error), everybody(&settings.store_path));
                    let words = format!(
                        "{path} 被其他程序占用，无法写入：{}{holders}；请用 root 执行 lslocks 查明，结束该进程",
                        failure.message
                    );
                    self.bad("数据库", &words, failure.exit);
                }
            }
            Ok(Some(damage)) => {
                self.bad("数据库", &format!("{path} 已损坏（{damage}）：请停止服务，恢复备份"), Exit::Data);
            }
            Err(StoreError::Older { .. }) => {
                self.good("数据库", &format!("{path}，是旧版本的格式，首次启动时升级"));
            }
            Err(error) => {
                let failure = Failure::from(&error);
                self.bad("数据库", &failure.message, failure.exit);
            }
        }
    }

    /// Whether something that is not there yet could be made: the nearest folder that exists must be writable.
    fn may_create(&mut self, what: &str, path: &Path) {
        let folder = path.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
        if access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok() {
            self.good(what, &format!("{} 尚未建立，首次运行时建立", path.display()));
        } else {
            let words = format!("{} 无法建立：目录 {} 不可写", path.display(), folder.display());
            self.bad(what, &words, Exit::Permission);
        }
    }

    async fn servers(&mut self, settings: &Settings) {
        match &settings.mailbox.source {
            MailboxSource::Maildir(path) => match maildir::list(path) {
                Ok(entries) => self.good("收件目录", &format!("{}，{} 封", path.display(), entries.len())),
                Err(error) => self.bad("收件目录", &error.to_string(), Exit::Io),
            },
            MailboxSource::Imap(imap) => self.imap(imap, settings).await,
        }
        if !settings.acknowledgement.enabled {
            self.good("回执", "已关闭（acknowledgement.enabled = false）");
            return;
        }
        match &settings.acknowledgement.transport {
            Transport::Maildir(path) if !path.exists() => self.may_create("回执", path),
            Transport::Maildir(path) if access(path, Access::WRITE_OK | Access::EXEC_OK).is_err() => {
                self.bad("回执", &format!("目录 {} 不可写", path.display()), Exit::Permission);
            }
            Transport::Maildir(path) => self.good("回执", &format!("存入 {}", path.display())),
            Transport::Smtp(server) => self.smtp(server, settings).await,
        }
    }

    async fn imap(&mut self, imap: &ImapSettings, settings: &Settings) {
        let name = format!("IMAP {}:{}", imap.server.host, imap.server.port);
        let mut session = match Session::open(imap, &settings.limits).await {
            Ok(session) => session,
            Err(error) => return self.bad("收信服务器", &error.to_string(), Exit::Unavailable),
        };
        self.good(&name, "已登录");
        let store = Store::open_read_only(&settings.store_path).ok();
        let mut newest_arrival: Option<Timestamp> = None;
        let mut letters = 0;
        for folder in &imap.folders {
            let what = format!("文件夹 {folder}");
            match session.examine(folder).await {
                Ok(state) if cursor::plan(None, state) == Plan::Unusable => {
                    self.bad(
                        &what,
                        "the server gives no UIDVALIDITY; nothing can be recorded safely",
                        Exit::Unavailable,
                    );
                }
                Ok(state) => {
                    self.folder(&mut session, folder, state.exists, store.as_ref()).await;
                    letters += state.exists;
                    match session.newest_internal_date().await {
                        Ok(newest) => {
                            newest_arrival = newest_arrival.max(newest.map(|written| written.instant));
                        }
                        Err(error) => self.bad(&what, &error.to_string(), Exit::Unavailable),
                    }
                    match session.newest_traces(traces::SAMPLE).await {
                        Ok(letters) => {
                            for warning in traces::warnings(&letters, &settings.mailbox) {
                                self.remark(&what, &warning);
                            }
                        }
                        // Nobody's mail hangs on this look.
                        Err(error @ ImapError::Refused { .. }) => self.remark(&what, &error.to_string()),
                        Err(error) => self.bad(&what, &error.to_string(), Exit::Unavailable),
                    }
                    let key = FolderKey::imap(folder, state.uid_validity.unwrap_or_default());
                    if imap.after_filing == AfterFiling::Keyword
                        && let Err(error) = session.can_mark(&key, &imap.after_filing).await
                    {
                        self.bad(&what, &format!("来信照常登记，但无法加标记：{error}"), Exit::Unavailable);
                    }
                }
                Err(error) => {
                    let mut words = error.to_string();
                    if let Ok(known) = session.folders().await {
                        let _ = write!(words, "; the folders of this mailbox are: {}", known.join(", "));
                    }
                    self.bad(&what, &words, Exit::Unavailable);
                }
            }
        }
        if let AfterFiling::Move(target) = &imap.after_filing {
            let what = format!("归档文件夹 {target}");
            match session.examine(target).await {
                Ok(_) if session.can_move() => self.good(&what, "可移入"),
                Ok(_) => self.bad(
                    &what,
                    "the server has no MOVE (RFC 6851); use after_filing = \"keyword\" or \"none\"",
                    Exit::Unavailable,
                ),
                Err(error) => self.bad(&what, &error.to_string(), Exit::Unavailable),
            }
        }
        self.room(&mut session).await;
        session.logout().await.ok();
        self.clocks(newest_arrival, letters);
    }

    /// What the server says of the room that is left, and what it wants people to read.
    async fn room(&mut self, session: &mut Session) {
        match session.quotas().await {
            Ok(quotas) => {
                for quota in quotas {
                    let words =
                        format!("已用 {}%（{} / {} KiB）", quota.percent(), quota.used_kib, quota.limit_kib);
                    let what = format!("邮箱配额 {}", quota.root);
                    if quota.is_nearly_full() {
                        let words = format!("{words}：将满，届时服务器拒收来信，请清理或扩容");
                        self.bad(what.trim_end(), &words, Exit::Difference);
                    } else {
                        self.good(what.trim_end(), &words);
                    }
                }
            }
            Err(error) => self.bad("邮箱配额", &error.to_string(), Exit::Unavailable),
        }
        for alert in session.take_alerts() {
            self.remark("邮件服务器告警", &alert);
        }
    }

    /// What the server says of a folder beside what it lists, and what the record knows of it.
    async fn folder(&mut self, session: &mut Session, folder: &str, exists: u32, store: Option<&Store>) {
        let what = format!("文件夹 {folder}");
        let report = match lane::imap_folder(session, folder, store).await {
            Ok(report) => report,
            Err(error) => return self.bad(&what, &error.to_string(), Exit::Unavailable),
        };
        let mut faults = Vec::new();
        if report.exists > report.listed {
            faults.push(format!("服务器报告 {} 封，只列出 {} 封", report.exists, report.listed));
        }
        if let Some((before, now)) = report.uid_next_fell {
            faults.push(format!("UIDNEXT 由 {before} 退回到 {now}，邮箱可能恢复过备份"));
        }
        if !report.differing.is_empty() {
            faults.push(format!("{} 封与记录的大小或日期不同，UID 可能重复使用", report.differing.len()));
        }
        if faults.is_empty() {
            self.good(&what, &format!("{exists} 封"));
        } else {
            self.bad(
                &what,
                &format!("{}；下次收取时核对，详见 reconcile", faults.join("；")),
                Exit::Difference,
            );
        }
    }

    /// Compares clocks, as far as IMAP allows: mail cannot have arrived later than now.
    fn clocks(&mut self, newest_arrival: Option<Timestamp>, letters: u32) {
        let (_stopper, world) = World::new();
        let now = world.now();
        let Some(newest) = newest_arrival else {
            let why = if letters == 0 { "邮箱为空" } else { "邮件服务器没有说出收到时间" };
            return self.good("时钟", &format!("本机 {}（{why}，无从比较）", chinese_minute(now)));
        };
        let ahead = newest.duration_since(now);
        let times =
            format!("本机 {}，邮件服务器最新一封收于 {}", chinese_minute(now), chinese_minute(newest));
        if ahead > CLOCK_TOLERANCE {
            let words =
                format!("{times}：本机时钟慢了至少 {} 秒，或邮件服务器时钟快了；请校时", ahead.as_secs());
            self.bad("时钟", &words, Exit::Difference);
        } else {
            self.good("时钟", &times);
        }
    }

    async fn smtp(&mut self, server: &ServerSettings, settings: &Settings) {
        let name = format!("SMTP {}:{}", server.host, server.port);
        let mut sender = match Sender::new(server, &settings.limits) {
            Ok(sender) => sender.speaking_for(&settings.acknowledgement.from),
            Err(error) => return self.bad("发信服务器", &error.to_string(), Exit::Config),
        };
        let envelope =
            (!settings.acknowledgement.envelope_null).then_some(settings.acknowledgement.from.as_str());
        match sender.probe(Some(envelope)).await {
            Ok(words) => {
                self.good(&name, &words);
                self.held_answers(settings);
            }
            Err(error) => self.bad("发信服务器", &error.to_string(), Exit::Unavailable),
        }
    }

    /// What a server says only behind the content of a message, the daemon has heard and no probe can.
    fn held_answers(&mut self, settings: &Settings) {
        let Ok(store) = Store::open_read_only(&settings.store_path) else { return };
        let told = |fact| store.fact(fact).ok().flatten().unwrap_or_default();
        let problem = told(Fact::OutboxProblem);
        if told(Fact::OutboxFault) == LaneFault::RefusesUs.as_str() && !problem.is_empty() {
            let words = format!("{}：{problem}", LaneFault::RefusesUs.short());
            self.bad("待发回执", &words, Exit::Unavailable);
        }
    }
}
