//! `import`: what became of each file, and how many answers leave.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::opening::{open_for_reading, runtime};
use super::outcome::{Exit, Failure, Outcome, print};
use super::run::dispositions;
use super::sentences;
use crate::config::Settings;
use crate::daemon;
use crate::lane::intake::Imported;
use crate::store::ImportedRow;
use crate::vocabulary::{Disposition, Status, Word, printable};
use crate::words;

/// Files left out that are named one by one.
const NAMED: usize = 10;
/// Files that are asked for at once.
const BATCH: usize = 500;

pub(super) fn import(settings: &Settings, paths: &[PathBuf], answers: bool) -> Outcome {
    let imported = runtime()?.block_on(daemon::import(settings, paths, answers))?;
    let (answered, silenced) = each(settings, &imported)?;
    let mut text = format!("本次导入：{}\n", dispositions(&imported.pass));
    if imported.known > 0 {
        let _ = writeln!(text, "以前已导入：{} 封", imported.known);
    }
    named(&mut text, "不像邮件、未导入的文件", &imported.left_out, "如确系邮件，请直接写出文件名再导入。");
    named(&mut text, "符号链接，未跟随", &imported.links, "如确需导入，请直接写出链接所指的文件或文件夹。");
    let _ = writeln!(text, "数据库：{}", settings.store_path.display());
    let _ = match (answered, answers) {
        (_, false) => writeln!(text, "回执不发出：{silenced} 份（--no-answer）"),
        (0, true) => writeln!(text, "没有回执将发出"),
        (answered, true) => writeln!(text, "回执将发出 {answered} 份（加 --no-answer 不发）"),
    };
    print(&text)?;
    Ok(Exit::Ok)
}

/// Says what became of each file; how many are answered, and how many would have been.
fn each(settings: &Settings, imported: &Imported) -> Result<(u64, u64), Failure> {
    let store = open_for_reading(settings)?;
    let (mut answered, mut silenced) = (0, 0);
    let mut after = imported.after;
    loop {
        let rows = store.imported_after(after, BATCH)?;
        let Some(last) = rows.last() else { return Ok((answered, silenced)) };
        after = last.id;
        let mut text = String::new();
        // The service may record what comes meanwhile.
        for row in rows.iter().filter(|row| imported.folders.contains(&row.folder)) {
            answered += u64::from(row.is_answered);
            silenced += u64::from(row.is_silenced);
            let name = printable::line(&name(row, &imported.folders)).into_owned();
            let _ = writeln!(text, "{name} → {}", became(row));
        }
        print(&text)?;
    }
}

/// A file by its name, where several folders were read with theirs; a message of an mbox by its place in it.
fn name(row: &ImportedRow, folders: &BTreeSet<String>) -> String {
    let folder = Path::new(&row.folder);
    let last = folder.file_name().unwrap_or_default().to_string_lossy();
    if folder.is_file() {
        format!("{last} 第 {} 封", row.name)
    } else if folders.len() > 1 {
        format!("{last}/{}", row.name)
    } else {
        row.name.clone()
    }
}

fn became(row: &ImportedRow) -> String {
    let disposition = words::short(Disposition::KIND, &row.disposition);
    match (&row.submission, Disposition::from_word(&row.disposition)) {
        (Some((number, ..)), Some(Disposition::Supplement)) => format!("{disposition} {number}"),
        (Some((number, _, Some(original))), _) => format!("{number}（与 {original} 内容相同）"),
        (Some((number, ..)), Some(Disposition::Duplicate)) => format!("{disposition} {number}"),
        (Some((number, status, None)), _) if status == Status::Accepted.as_str() => number.clone(),
        (Some((number, status, None)), _) => format!("{number}（{}）", words::short(Status::KIND, status)),
        (None, _) => format!("{disposition}（{}）", sentences::entry(&row.reason)),
    }
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
