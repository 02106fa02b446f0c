//! `adopt`: what staff decided in a workbook comes back: first shown, with `--apply` written, with `--undo` taken back.

mod added;
mod apply;
mod normal;
mod said;
mod standing;

use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use super::actor::actor;
use super::export::{line, prefix, which};
use super::opening::open_for_writing;
use super::outcome::{Exit, Failure, Outcome, print, unread};
use crate::config::Settings;
use crate::store::{AdoptionUndone, Scope, Store};
use crate::vocabulary::{Status, sha256_hex};
use crate::workbook::{self, Comparison, ReadSheet, SHEETS, Sides};
use crate::world::World;

/// Most bytes of a file: a hundred thousand items take a tenth of it.
const MOST_BYTES: u64 = 200 << 20;

#[derive(Debug, Args)]
pub(super) struct AdoptArguments {
    /// Workbooks that `export` wrote and staff filled in
    #[arg(required_unless_present = "undo", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write it; without, it is only shown
    #[arg(long)]
    apply: bool,
    /// Take back what was adopted from the file of this SHA-256 (or its beginning)
    #[arg(long, value_name = "SHA", conflicts_with_all = ["files", "apply"])]
    undo: Option<String>,
    /// In these rows, which were changed in the store since, the file's value holds: 意见明细:17,21
    #[arg(long, value_name = "SHEET:ROW")]
    mine: Vec<String>,
    /// In these rows the store's value stays
    #[arg(long, value_name = "SHEET:ROW")]
    theirs: Vec<String>,
}

pub(super) use apply::{Adoption, apply};
pub(super) use standing::Standing;

pub(super) fn adopt(settings: &Settings, arguments: &AdoptArguments) -> Outcome {
    let (_stopper, world) = World::new();
    let now = world.now();
    if let Some(sha256) = &arguments.undo {
        return undo(settings, sha256, now);
    }
    let sides = sides(arguments)?;
    let (mut read, mut sha256) = (Vec::new(), Vec::new());
    for path in &arguments.files {
        let bytes = bytes(path)?;
        sha256.push(sha256_hex(&bytes));
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        read.extend(sheets(path, &name, bytes)?);
    }
    let mut store = open_for_writing(settings, now)?;
    let adoption = compare(settings, &store, &read, (sha256, &sides))?;
    let is_refused = !adoption.compared.refusals.is_empty();
    let is_empty = adoption.is_empty();
    let mut text = said::counts(&adoption, &read, arguments.apply);
    let waiting = store.letters_waiting(&adoption.consultation.id)?.len();
    text.push_str(&said::queue(&adoption.compared.changes, waiting, arguments.apply));
    text.push_str(&said::refusals(&adoption.compared.refusals, &read));
    if arguments.apply && !is_empty {
        apply(&mut store, &adoption, &actor(), now)?;
        text.push_str(&said::written(&adoption.sha256));
    }
    print(&text)?;
    Ok(match (is_refused, is_empty || arguments.apply) {
        (true, _) => Exit::Data,
        (false, true) => Exit::Ok,
        (false, false) => Exit::Difference,
    })
}

/// What of a file is ours: the sheets of a workbook, or one sheet that was saved as text.
fn sheets(path: &Path, name: &str, bytes: Vec<u8>) -> Result<Vec<ReadSheet>, Failure> {
    const ZIP: &[u8] = b"PK";
    let refuse = |why: String| Failure::new(Exit::Data, format!("{}：{why}", path.display()));
    if !bytes.starts_with(ZIP) {
        let read = workbook::read_text(name, &bytes);
        let what = "不是 export 写出的工作簿，也不是从它存出的 csv，或者没有传完整；请在 WPS 中另存为 xlsx";
        return read.map(|sheet| vec![sheet]).map_err(|_| refuse(what.to_owned()));
    }
    workbook::read(name, Cursor::new(bytes)).map_err(|error| {
        let what = "不是 export 写出的工作簿，或者没有传完整；ods 等请另存为 xlsx";
        refuse(format!("{what}（{error}）"))
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let refuse = |why: String| Failure::new(Exit::Data, format!("{}：{why}", path.display()));
    if path.is_dir() {
        return Err(refuse("是文件夹，请写出文件名".to_owned()));
    }
    let failed = |error: &std::io::Error| unread(path, error, &format!("{}：{error}", path.display()));
    let file = std::fs::File::open(path).map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(refuse(format!("超过 {} 兆字节，不像 export 写出的工作簿", MOST_BYTES >> 20)));
    }
    // What WPS and Excel wrote before 2007, or under a password.
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(refuse("是 .et、.xls 或加了密码的文件，请在 WPS 中另存为 xlsx（不加密码）".to_owned()));
    }
    Ok(bytes)
}

/// `意见明细:17,21`
fn sides(arguments: &AdoptArguments) -> Result<Sides, Failure> {
    let mut sides = Sides::new();
    let written = arguments.mine.iter().map(|text| (text, true));
    for (text, file) in written.chain(arguments.theirs.iter().map(|text| (text, false))) {
        let wrong = || Failure::new(Exit::Usage, format!("“{text}”应写成 工作表:行号，如 意见明细:17,21"));
        let (sheet, rows) = text.split_once([':', '：']).ok_or_else(wrong)?;
        let sheet = SHEETS.iter().find(|found| found.name == sheet.trim()).ok_or_else(wrong)?;
        for row in rows.split([',', '，', '、']) {
            let row: u32 = row.trim().parse().map_err(|_| wrong())?;
            if sides.insert((sheet.name.clone(), row), file).is_some_and(|other| other != file) {
                return Err(Failure::new(
                    Exit::Usage,
                    format!("{} 第{row}行既写了 --mine 又写了 --theirs", sheet.name),
                ));
            }
        }
    }
    Ok(sides)
}

fn compare<'a>(
    settings: &'a Settings,
    store: &Store,
    read: &[ReadSheet],
    (sha256, sides): (Vec<String>, &Sides),
) -> Result<Adoption<'a>, Failure> {
    let named = read.iter().find_map(ReadSheet::consultation);
    let consultation = match named {
        Some(id) if settings.consultations.iter().any(|found| found.id == id) => which(settings, Some(id))?,
        Some(id) => {
            let message = format!("文件属于征求意见 {id}，配置中没有；没有改动");
            return Err(Failure::new(Exit::Data, message));
        }
        None => which(settings, None)?,
    };
    let prefix = prefix(store, &consultation.id)?;
    let all: Vec<String> = Status::ALL.iter().map(|status| status.as_str().to_owned()).collect();
    let mut standing = Standing::default();
    let mut comparison = Comparison::new(&prefix, read, sides);
    let mut normal = normal::Normal { store, consultation, standing: None };
    let mut adding = added::Adding::new((settings, consultation), &normal, read);
    let scope = Scope { consultation: &consultation.id, statuses: &all, handler: None, letters: None };
    for sheet in SHEETS.iter().filter(|sheet| sheet.is_read()) {
        let of_all = if sheet.id == "review" { "review_all" } else { &sheet.id };
        store.workbook_rows(of_all, scope, |row| {
            let due = if sheet.id == "review" { Status::Review } else { Status::Accepted };
            let stands = row.get("stands");
            let may_lack = ![due.as_str(), ""].contains(&stands);
            standing.note(&sheet.id, row);
            adding.note(&sheet.id, row);
            normal.standing = Status::from_word(stands);
            comparison.line(sheet, &line(sheet, &prefix, row), may_lack, &|sheet, column, line, text| {
                normal.value(sheet, column, line, text)
            });
            Ok::<(), Failure>(())
        })?;
    }
    let mut compared = comparison.end(read);
    let (mut added, matched) = adding.end(&mut compared, sides);
    normal::undecided(&mut compared, read);
    let is_adopted =
        sha256.iter().try_fold(true, |all, sha256| Ok::<_, Failure>(all && store.is_adopted(sha256)?))?;
    if is_adopted {
        normal::made_already(&mut compared);
    }
    normal::emptied(&mut compared, store, is_adopted)?;
    let refused: BTreeSet<(&str, u32)> =
        compared.refusals.iter().map(|refusal| (refusal.sheet, refusal.row)).collect();
    let shown = |id: &str| -> BTreeSet<i64> {
        let of = read.iter().filter(|read| read.sheet.id == id);
        let rows = of.flat_map(|read| read.rows.iter().map(move |row| (read, row)));
        rows.filter(|(read, row)| !refused.contains(&(read.sheet.name.as_str(), row.row)))
            .filter_map(|(_, row)| row.id(&prefix))
            .collect()
    };
    let items = shown("items").into_iter().chain(matched).collect();
    let settled = standing.settle(&compared.changes, &items, &shown("groups"));
    for one in &mut added {
        one.decided = standing.decided(&compared.changes, &one.cells);
    }
    Ok(Adoption { consultation, sha256, is_file: true, compared, added, settled, standing })
}

fn undo(settings: &Settings, sha256: &str, now: jiff::Timestamp) -> Outcome {
    let typed = sha256.trim().to_ascii_lowercase();
    if typed.len() < 6 || !typed.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(Failure::new(Exit::Usage, "请写出文件的 SHA-256，至少开头 6 位；adopt --apply 时打印过"));
    }
    let mut store = open_for_writing(settings, now)?;
    let writing = store.begin()?;
    let undone = writing.undo_adoption(&typed, &actor(), now)?;
    writing.commit()?;
    match undone {
        AdoptionUndone::Done(values, left) => {
            print(&said::undone(values, &left))?;
            Ok(if left.is_empty() { Exit::Ok } else { Exit::Difference })
        }
        AdoptionUndone::Unknown => {
            Err(Failure::new(Exit::Data, format!("没有读回过 SHA-256 为 {typed}… 的文件；没有改动")))
        }
        AdoptionUndone::Already => Err(Failure::new(Exit::Data, format!("{typed}… 已经撤销过；没有改动"))),
    }
}
