//! `import`: what waits for a person, what became of each file, and how many answers leave.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::opening::{open_for_reading, runtime};
use super::outcome::{Exit, Failure, Outcome, print};
use super::run::dispositions;
use super::sentences;
use super::waiting::{self, TOLD};
use crate::config::Settings;
use crate::daemon;
use crate::lane::intake::Imported;
use crate::store::{ImportedRow, Store};
use crate::vocabulary::{Disposition, Status, Word, printable};
use crate::words;

/// Files left out that are named one by one.
const NAMED: usize = 10;
/// Files that are asked for at once.
const BATCH: usize = 500;

pub(super) fn import(settings: &Settings, paths: &[PathBuf], answers: bool, all: bool) -> Outcome {
    let imported = runtime()?.block_on(daemon::import(settings, paths, answers))?;
    let store = open_for_reading(settings)?;
    let told = each(&store, &imported, all)?;
    let Told { answered, silenced, .. } = told;
    let mut text = waiting::first(&store, told.waiting, &imported.pass)?;
    let _ = writeln!(text, "本次导入：{}", dispositions(&imported.pass));
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

/// What became of the files, in numbers.
#[derive(Default)]
struct Told {
    /// Answers that leave.
    answered: u64,
    /// Answers that would have left.
    silenced: u64,
    /// Submissions that wait for a person.
    waiting: u64,
}

/// Says what became of each file; of many, where `all` was not asked for, of the first that a person has to see to.
fn each(store: &Store, imported: &Imported, all: bool) -> Result<Told, Failure> {
    let few = all || imported.pass.total() <= TOLD as u64;
    let mut told = Told::default();
    let mut room = if few { usize::MAX } else { TOLD };
    let (mut after, mut left_out) = (imported.after, 0_u64);
    loop {
        let rows = store.imported_after(after, BATCH)?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        let mut text = String::new();
        // The service may record what comes meanwhile.
        for row in rows.iter().filter(|row| imported.folders.contains(&row.folder)) {
            told.answered += u64::from(row.is_answered);
            told.silenced += u64::from(row.is_silenced);
            let in_review = is_in_review(row);
            told.waiting += u64::from(in_review);
            let seen_to = in_review || row.disposition == Disposition::Quarantined.as_str();
            if room == 0 || !(few || seen_to) {
                left_out += 1;
                continue;
            }
            room -= 1;
            let name = printable::line(&name(row, &imported.folders)).into_owned();
            let _ = writeln!(text, "{name} → {}", became(row));
        }
        print(&text)?;
    }
    if left_out > 0 {
        print(&format!(
            "其余 {left_out} 封未逐一列出（导入时加 --each 列出全部；explain 文件名 说明其中一封）\n"
        ))?;
    }
    Ok(told)
}

fn is_in_review(row: &ImportedRow) -> bool {
    row.disposition != Disposition::Supplement.as_str()
        && row.submission.as_ref().is_some_and(|(_, status, _)| status == Status::Review.as_str())
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
