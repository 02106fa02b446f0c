//! `refetch`: asks the mailbox again for letters without bytes.

use std::fmt::Write;

use clap::Args;

use super::opening::{open_for_reading, open_for_writing, runtime};
use super::outcome::{Exit, Failure, Outcome, print};
use super::run::dispositions;
use crate::config::{MailboxSource, Settings};
use crate::daemon;
use crate::lane::intake::PassError;
use crate::pop3;
use crate::store::Store;
use crate::vocabulary::{EntryUid, FolderKey};
use crate::watch::judged_otherwise;
use crate::world::World;

#[derive(Debug, Args)]
pub(super) struct RefetchArguments {
    /// The folder; without one, everything that the mailbox announced and did not hand over
    #[arg(value_name = "FOLDER", requires = "uids")]
    folder: Option<String>,
    /// UIDs in it (names in a Maildir), recorded or not: their bytes are compared with the record
    #[arg(value_name = "UID")]
    uids: Vec<String>,
    /// Mail that was for no consultation, under other consultations than those configured now
    #[arg(long, conflicts_with_all = ["folder", "uids"])]
    not_ours: bool,
}

pub(super) fn refetch(settings: &Settings, arguments: &RefetchArguments) -> Outcome {
    let now = World::new().1.now();
    let mut store = open_for_writing(settings, now)?;
    let mut wanted = Vec::new();
    if let Some(name) = &arguments.folder {
        let folder = folder(settings, &store, name)?;
        for uid in &arguments.uids {
            wanted.push(folder.entry(entry_uid(settings, &store, uid)?));
        }
    }
    let writing = store.begin()?;
    // Mail that was judged otherwise is looked at by every pass.
    if wanted.is_empty() && !arguments.not_ours {
        writing.ask_for_all(now)?;
    }
    wanted.iter().try_for_each(|entry| writing.ask_for(entry, now))?;
    writing.commit()?;
    drop(store);
    let mut text = String::new();
    match runtime()?.block_on(daemon::pass(settings))? {
        None => {
            text.push_str(if arguments.not_ours {
                "服务正在运行：重新启动服务，它就按现在的征集设置重新判断。\n"
            } else {
                "服务正在运行，下一次收取时再取。\n"
            });
            return print(&text).map(|()| Exit::Ok);
        }
        Some(Ok(pass) | Err(PassError::Folders(pass))) => {
            let _ = writeln!(text, "本次收取：{}", dispositions(&pass));
        }
        Some(Err(error)) => return Err(Failure::new(Exit::Unavailable, error.to_string())),
    }
    if arguments.not_ours {
        let left = judged_otherwise(settings, &open_for_reading(settings)?)?;
        let _ = writeln!(text, "仍待重新判断：{left} 条");
        print(&text)?;
        return Ok(if left == 0 { Exit::Ok } else { Exit::Difference });
    }
    let owed = open_for_reading(settings)?.gaps()?;
    let _ = writeln!(text, "仍没有原件的来信：{owed} 封");
    print(&text)?;
    Ok(if owed == 0 { Exit::Ok } else { Exit::Difference })
}

/// A folder that is configured, under the UIDVALIDITY of the last pass.
fn folder(settings: &Settings, store: &Store, name: &str) -> Result<FolderKey, Failure> {
    match &settings.mailbox.source {
        MailboxSource::Maildir(path) => Ok(FolderKey::files(path)),
        MailboxSource::Pop3(_) => Ok(pop3::folder()),
        MailboxSource::Imap(imap) => {
            let position = store.position(name)?;
            position.map(|position| FolderKey::imap(name, position.uid_validity)).ok_or_else(|| {
                let message = format!("没有读取过文件夹 {name}；配置的文件夹有：{}", imap.folders.join("、"));
                Failure::new(Exit::Usage, message)
            })
        }
    }
}

/// An entry that may be asked for. In a Maildir it must lie there: a name that was mistyped would be owed for ever.
fn entry_uid(settings: &Settings, store: &Store, uid: &str) -> Result<EntryUid, Failure> {
    let wrong = |message: String| Failure::new(Exit::Usage, message);
    match &settings.mailbox.source {
        MailboxSource::Imap(_) => {
            uid.parse().map(EntryUid::Imap).map_err(|_| wrong(format!("{uid} 不是 UID（正整数）")))
        }
        MailboxSource::Pop3(_) => {
            let folder = pop3::folder();
            let entry = EntryUid::Name(uid.to_owned());
            let (recorded, gaps) = store.known_from(&folder, 0)?;
            let is_known =
                recorded.iter().any(|known| known.uid == entry) || gaps.iter().any(|gap| gap.uid == entry);
            let message = || format!("没有记录过名为 {uid} 的邮件；新来的不必指名，下次收取时自会读取");
            is_known.then_some(entry).ok_or_else(|| wrong(message()))
        }
        MailboxSource::Maildir(path) => {
            let is_it = |name: &str| name == uid || name.split(":2,").next() == Some(uid);
            let lies_there = ["new", "cur"].iter().any(|part| {
                let entries = std::fs::read_dir(path.join(part)).into_iter().flatten().flatten();
                entries.into_iter().any(|entry| entry.file_name().to_str().is_some_and(is_it))
            });
            let message = || format!("{} 的 new 和 cur 中没有名为 {uid} 的邮件", path.display());
            lies_there.then(|| EntryUid::Name(uid.to_owned())).ok_or_else(|| wrong(message()))
        }
    }
}
