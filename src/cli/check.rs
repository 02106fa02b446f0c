//! `check` and `check --live`.

use std::fmt::Write;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::{Exit, Outcome, print, runtime};
use crate::config::{ImapSettings, MailboxSource, ServerSettings, Settings, Transport};
use crate::cursor::{self, Plan};
use crate::imap::Session;
use crate::mail::chinese_minute;
use crate::maildir;
use crate::smtp::Sender;
use crate::store::Store;
use crate::world::World;

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

    fn bad(&mut self, what: &str, words: &str, exit: Exit) {
        let _ = writeln!(self.text, "故障  {what}：{words}");
        self.exit.get_or_insert(exit);
    }

    fn store(&mut self, settings: &Settings) {
        let path = settings.store_path.display().to_string();
        if !settings.store_path.exists() {
            // Opening would create it, and a check changes nothing.
            let folder = settings.store_path.parent().unwrap_or(Path::new("."));
            if folder.is_dir() {
                self.good("数据库", &format!("{path} 尚未建立，首次运行时建立"));
            } else {
                self.good("数据库", &format!("{path} 尚未建立，首次运行时连同目录建立"));
            }
            return;
        }
        match Store::open_read_only(&settings.store_path) {
            Ok(_) => self.good("数据库", &path),
            Err(error) => self.bad("数据库", &error.to_string(), Exit::Data),
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
            Transport::Maildir(path) => self.good("回执", &format!("存入 {}", path.display())),
            Transport::Smtp(server) => self.smtp(server, settings).await,
        }
    }

    async fn imap(&mut self, imap: &ImapSettings, settings: &Settings) {
        let name = format!("IMAP {}:{}", imap.server.host, imap.server.port);
        let mut session = match Session::open(imap, &settings.limits).await {
            Ok(session) => session,
            Err(error) => return self.bad(&name, &error.to_string(), Exit::Unavailable),
        };
        self.good(&name, "已登录");
        let mut newest_arrival: Option<Timestamp> = None;
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
                    self.good(&what, &format!("{} 封", state.exists));
                    match session.newest_internal_date().await {
                        Ok(newest) => {
                            newest_arrival = newest_arrival.max(newest.map(|written| written.instant));
                        }
                        Err(error) => self.bad(&what, &error.to_string(), Exit::Unavailable),
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
        session.logout().await;
        self.clocks(newest_arrival);
    }

    /// Compares clocks, as far as IMAP allows: mail cannot have arrived later than now.
    fn clocks(&mut self, newest_arrival: Option<Timestamp>) {
        let (_stopper, world) = World::new();
        let now = world.now();
        let Some(newest) = newest_arrival else {
            return self.good("时钟", &format!("本机 {}（邮箱为空，无从比较）", chinese_minute(now)));
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
            Ok(sender) => sender,
            Err(error) => return self.bad(&name, &error.to_string(), Exit::Config),
        };
        let envelope =
            (!settings.acknowledgement.envelope_null).then_some(settings.acknowledgement.from.as_str());
        match sender.probe(Some(envelope)).await {
            Ok(words) => self.good(&name, &words),
            Err(error) => self.bad(&name, &error.to_string(), Exit::Unavailable),
        }
    }
}
