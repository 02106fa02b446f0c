//! Where an erasure meets whoever asks for it, and the files.

use std::io::{self, IsTerminal, Read, Write as _};

use super::told;
use crate::cli::outcome::{Exit, Failure, Outcome, print};
use crate::config::Settings;
use crate::store::{Fact, Store};

/// A longer answer is none.
const MOST_BYTES: u64 = 64 << 10;

/// What is to be erased once more, typed at a terminal or given with `--yes`.
pub(in crate::cli) fn confirm_by(
    yes: Option<&str>,
    listed: &str,
    is_meant: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    let answer = match yes {
        Some(yes) => yes.to_owned(),
        None if io::stdin().is_terminal() && io::stdout().is_terminal() => {
            print(&format!("删除后不能恢复。请输入 {listed} 以确认，输入别的则不删除："))?;
            line()
        }
        None => {
            let message = format!("没有删除：这里没有终端可以确认；确认无误的，加 --yes {listed}");
            return Err(Failure::new(Exit::Usage, message));
        }
    };
    if is_meant(answer.trim()) {
        return Ok(());
    }
    Err(Failure::new(Exit::Usage, format!("没有删除：输入的和要删除的（{listed}）不一致")))
}

fn line() -> String {
    let mut answer = String::new();
    drop(io::stdout().flush());
    let mut input = io::BufReader::new(io::stdin().lock().take(MOST_BYTES));
    drop(io::BufRead::read_line(&mut input, &mut answer));
    answer.trim().to_owned()
}

/// Out of the files too. The letters are erased already: what fails here is said, and the same command does it once more.
pub(in crate::cli) fn sweep(settings: &Settings, store: &mut Store) -> Outcome {
    let again = "表中已经删除，但旧数据可能还在数据库文件的空闲页或者日志中：处理后再执行一次同样的命令";
    let swept = store.sweep().map_err(|error| {
        let failure = Failure::from(&error);
        Failure { message: format!("{again}；{}", failure.message), ..failure }
    })?;
    if let Some(copy) = &settings.reading_copy {
        store.copy_for_reading(&copy.path, copy.masked).map_err(|error| {
            let path = copy.path.display();
            let message = format!("数据库中已经删除，但阅览副本 {path} 没有更新，其中还有：{error}");
            Failure::new(Exit::Io, message)
        })?;
    }
    if !swept.log_is_empty {
        let readers: Vec<String> = swept.readers.iter().map(ToString::to_string).collect();
        let by = if readers.is_empty() { String::new() } else { format!("（{}）", readers.join("、")) };
        return Err(Failure::new(Exit::Temporary, format!("有程序正在读数据库{by}，日志没有清空；{again}")));
    }
    let files = swept.beside.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n");
    let is_news = store.fact(Fact::OldFilesTold)?.is_none_or(|told| told != files);
    if is_news {
        store.remember(Fact::OldFilesTold, &files)?;
    }
    print(&told::swept(&swept, settings.reading_copy.is_some(), is_news))?;
    Ok(Exit::Ok)
}
