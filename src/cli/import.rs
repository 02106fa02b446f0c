//! `import`.

use std::fmt::Write;
use std::path::PathBuf;

use super::opening::runtime;
use super::outcome::{Exit, Outcome, print};
use super::run::dispositions;
use crate::config::Settings;
use crate::daemon;
use crate::vocabulary::printable;

/// Files left out that are named one by one.
const NAMED: usize = 10;

pub(super) fn import(settings: &Settings, paths: &[PathBuf]) -> Outcome {
    let imported = runtime()?.block_on(daemon::import(settings, paths))?;
    let mut text = format!("本次导入：{}\n", dispositions(&imported.pass));
    if imported.known > 0 {
        let _ = writeln!(text, "以前已导入：{} 封", imported.known);
    }
    named(&mut text, "不像邮件、未导入的文件", &imported.left_out, "如确系邮件，请直接写出文件名再导入。");
    named(&mut text, "符号链接，未跟随", &imported.links, "如确需导入，请直接写出链接所指的文件或文件夹。");
    let _ = writeln!(text, "数据库：{}", settings.store_path.display());
    print(&text)?;
    Ok(Exit::Ok)
}

/// What was left out, the first by name, and what to do about it.
fn named(text: &mut String, what: &str, paths: &[PathBuf], remedy: &str) {
    if paths.is_empty() {
        return;
    }
    let _ = writeln!(text, "{what}：{} 个", paths.len());
    for path in paths.iter().take(NAMED) {
        let _ = writeln!(text, "  {}", printable::line(&path.display().to_string()));
    }
    if paths.len() > NAMED {
        let _ = writeln!(text, "  ……");
    }
    let _ = writeln!(text, "{remedy}");
}
