//! `check` and `check --live`.

mod health;
mod machine;
mod mailbox;
mod pop3;
mod report;
mod rights;
mod sending;
mod tags;
mod traces;

use std::fmt::Write;
use std::path::Path;

use jiff::Timestamp;

use super::copied;
use super::held::{Held, held};
use super::opening::runtime;
use super::outcome::{Exit, Outcome, print};
use crate::compose::printed;
use crate::config::{MailboxSource, Settings, Transport};
use crate::daemon;
use crate::maildir;
use crate::store::Store;
use crate::vocabulary::LiveFault;
use crate::words::Chinese as _;
use crate::world::World;
use report::Report;
pub(super) use rights::foreign_files;

/// Reached after loading: what cannot be loaded has been reported with exit status 78.
pub(super) fn check(settings: &Settings, file: &Path, live: bool, send_test: Option<&str>) -> Outcome {
    let mut text = format!("配置无误：{}\n", file.display());
    for consultation in &settings.consultations {
        let _ = writeln!(
            text,
            "征求意见〔{}〕《{}》截止：{}（北京时间）；编号 {}-0001 起",
            consultation.id,
            printed(&consultation.title),
            consultation.closes_in_words,
            consultation.number_prefix
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
    if !live {
        for held in held_back(settings, world.now()) {
            let english = LiveFault::from_word(held.word).map_or("", |fault| fault.english());
            let english = if english.is_empty() { String::new() } else { format!("（{english}）") };
            let _ = writeln!(text, "提醒  {}：{}{english}", held.label, held.words);
        }
        print(&text)?;
        return Ok(Exit::Ok);
    }
    print(&text)?;
    let mut report = Report::default();
    machine::store(&mut report, settings);
    machine::space(&mut report, settings);
    runtime()?.block_on(servers(&mut report, settings, send_test));
    print(&report.text)?;
    Ok(report.exit.unwrap_or(Exit::Ok))
}

/// What waits for a person's word in the store, as far as whoever asks may read it: a disk that was not mounted shows so.
fn held_back(settings: &Settings, now: Timestamp) -> Vec<Held> {
    let found = Store::open_read_only(&settings.store_path).and_then(|store| store.status());
    found.map_or_else(|_| Vec::new(), |found| held(settings, &found, now))
}

async fn servers(report: &mut Report, settings: &Settings, send_test: Option<&str>) {
    match &settings.mailbox.source {
        MailboxSource::Maildir(path) => match maildir::list(path) {
            Ok(entries) => report.good("收件目录", &format!("{}，{} 封", path.display(), entries.len())),
            Err(error) => {
                report.failed("收件目录", LiveFault::FolderUnreadable, &error.to_string(), Exit::Io);
            }
        },
        MailboxSource::Imap(imap) => mailbox::imap(report, imap, settings).await,
        MailboxSource::Pop3(server) => pop3::pop3(report, server, settings).await,
    }
    if !settings.acknowledgement.enabled {
        tokens(report, settings);
        report.good("回执", "已关闭（acknowledgement.enabled = false）");
        return;
    }
    match &settings.acknowledgement.transport {
        Transport::Maildir(path) => machine::answers_folder(report, path),
        Transport::Smtp(server) => sending::smtp(report, server, settings, send_test).await,
    }
    tokens(report, settings);
}

/// A refresh token that was given to this very command is lost when it ends.
fn tokens(report: &mut Report, settings: &Settings) {
    for (server, problem) in daemon::unwritten_tokens(settings) {
        let words = format!(
            "令牌服务器给了新的更新令牌，写不进文件（a new refresh token could not be written: {problem}）：\
             请把 refresh_token_file 放到服务可写的目录；原令牌若已失效，请邮箱的主人重新授权"
        );
        report.remark(&server, &words);
    }
}
