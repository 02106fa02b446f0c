//! What is said of a file that is read back: what would change, and each row that is not taken with its place and the remedy.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Adoption;
use crate::cli::sentences;
use crate::mask;
use crate::vocabulary::CorrectionField;
use crate::workbook::{Changed, ReadSheet, Refusal, SHEETS, WORDS, Why, sheet};

/// Most refusals that are printed.
const MOST: usize = 50;
/// Most characters of a value in a message.
const BEGINNING: usize = 30;

pub(super) fn counts(adoption: &Adoption<'_>, read: &[ReadSheet], is_applied: bool) -> String {
    let mut counted: BTreeMap<(usize, usize), (String, usize)> = BTreeMap::new();
    let mut emptied = 0;
    for change in &adoption.compared.changes {
        // They are counted by what they decide.
        if change.sheet == "items" && ["adoption", "adoption_reason"].contains(&change.field) {
            emptied += usize::from(change.new.is_empty());
            continue;
        }
        let Some(place) = SHEETS.iter().position(|sheet| sheet.id == change.sheet) else { continue };
        let Some(found) = SHEETS.get(place) else { continue };
        let Some(at) = found.place(change.field) else { continue };
        let heading = found.column.get(at).map(|column| column.heading.as_str()).unwrap_or_default();
        let name = match (change.sheet, change.field) {
            ("groups", "adoption" | "adoption_reason" | "remark") => format!("本类{heading}"),
            ("review", "decision") => "待核".to_owned(),
            ("review", _) => continue,
            _ => heading.to_owned(),
        };
        emptied += usize::from(change.new.is_empty());
        counted.entry((place, at)).or_insert((name, 0)).1 += 1;
    }
    let (mut adoptions, mut reasons) = (0, 0);
    for settled in &adoption.settled {
        let stands = adoption.standing.stands.get(&settled.id);
        adoptions += usize::from(stands.is_none_or(|stands| stands.0 != settled.decided.0));
        reasons += usize::from(stands.is_none_or(|stands| stands.1 != settled.decided.1));
    }
    let added = adoption.added.len();
    let mut parts: Vec<String> = (added > 0).then(|| format!("新增意见 {added}")).into_iter().collect();
    for (name, count) in [("采纳情况", adoptions), ("理由", reasons)] {
        parts.extend((count > 0).then(|| format!("{name} {count}")));
    }
    parts.extend(counted.into_values().map(|(name, count)| format!("{name} {count}")));
    let verb = if is_applied { "改动" } else { "将改动" };
    let said = if parts.is_empty() { "无".to_owned() } else { parts.join("、") };
    let mut text = format!("{verb}：{said}；");
    if emptied > 0 {
        let _ = write!(text, "其中清空 {emptied}；");
    }
    let refused: std::collections::BTreeSet<_> =
        adoption.compared.refusals.iter().map(|found| (&found.file, found.sheet, found.row)).collect();
    let loose: usize = read.iter().map(|read| read.loose).sum();
    let _ = writeln!(text, "不变 {} 行；拒绝 {} 行", adoption.compared.same, refused.len() + loose);
    if adoption.compared.absent > 0 {
        let _ = writeln!(text, "未出现 {} 行，不改动", adoption.compared.absent);
    }
    if !is_applied && (said != "无" || !refused.is_empty()) {
        text.push_str("以上只是预览，没有写入；写入请加 --apply\n");
    }
    text
}

/// That the letters that wait come first: the opinions of those that count make groups of their own, and these are undecided.
pub(super) fn queue(changes: &[Changed], waiting: usize, is_applied: bool) -> String {
    let counts = |change: &&Changed| change.sheet == "review" && change.field == "decision";
    let here = changes.iter().filter(counts).count();
    let studied = changes.iter().any(|change| ["groups", "items"].contains(&change.sheet));
    let left = waiting.saturating_sub(here);
    if here > 0 {
        let left = if left > 0 { format!("还有 {left} 件待核没有填写；") } else { String::new() };
        let when = if is_applied { "请" } else { "写入后请" };
        return format!(
            "待核待办填了 {here} 件，计入的来信中的意见另立新类、尚未研究：{left}{when}重新导出，再研究新的类\n"
        );
    }
    if studied && waiting > 0 {
        return format!(
            "还有 {waiting} 件待核：以后计入的，其意见另立新类。宜先填完待核待办、读回并重新导出，再研究各类\n"
        );
    }
    String::new()
}

pub(super) fn refusals(refusals: &[Refusal], read: &[ReadSheet]) -> String {
    let mut text = String::new();
    let files: std::collections::BTreeSet<&str> = read.iter().map(|read| read.file.as_str()).collect();
    for refusal in refusals.iter().take(MOST) {
        let file = if files.len() > 1 { format!("{} ", refusal.file) } else { String::new() };
        let Refusal { sheet, row, column, value, why, .. } = refusal;
        let at = format!("{file}{sheet} 第{row}行");
        let cell = format!("{at} {column}“{}”", shown(value));
        let _ = match why {
            Why::NoColumn => {
                writeln!(text, "{at}：没有“{column}”一列，整张表没有读取；请恢复列名，或重新导出")
            }
            Why::ColumnTwice => {
                writeln!(text, "{at}：“{column}”一列出现两次，整张表没有读取；请去掉多余的一列")
            }
            Why::NoKey => writeln!(
                text,
                "{at}：没有键，不知道是哪一条；拆分、增加意见请在“意见明细”中添行，写明编号和意见建议内容"
            ),
            Why::UnknownKey => writeln!(text, "{at}：库中没有键 {} 这一行；请重新导出", shown(value)),
            Why::OtherStore => writeln!(text, "{at}：来自另一个登记库（键 {}），不能读入本库", shown(value)),
            Why::OtherConsultation => writeln!(text, "{at}：属于另一次征求意见（键 {}）", shown(value)),
            Why::NotItsKey(due) => writeln!(
                text,
                "{cell}：与本行的键不符，库中为“{}”；可能只排序了部分列，或改动了不能改的列，请撤销排序，或重新导出",
                shown(due)
            ),
            Why::Twice(other) => {
                writeln!(text, "{cell}：同一行的键在第{other}行又出现，内容不同；请只保留一行")
            }
            Why::OtherFile(file, row, said) => {
                writeln!(text, "{cell}：{file} 第{row}行同一格写的是“{}”，两个文件不一致", shown(said))
            }
            Why::Stale(was, now) => writeln!(
                text,
                "{cell}：导出后库中已改动：导出时“{}”，现为“{}”；以表为准加 --mine {sheet}:{row}，以库为准加 --theirs {sheet}:{row}",
                shown(was),
                shown(now)
            ),
            Why::Formula => writeln!(text, "{cell}：是公式，请粘贴为数值"),
            Why::Cannot(why) if why.is_empty() => writeln!(text, "{cell}：不是全文，不能读入"),
            Why::Cannot(why) => writeln!(text, "{cell}：{why}"),
        };
    }
    if refusals.len() > MOST {
        let _ = writeln!(text, "……另有 {} 处没有列出", refusals.len() - MOST);
    }
    for read in read {
        let name = &read.sheet.name;
        if let Some(called) = &read.called {
            let _ = writeln!(text, "工作表“{called}”按“{name}”读取");
        }
        for copy in &read.copies {
            let _ = writeln!(text, "工作表“{copy}”没有读取，只读“{name}”：要填的请填在“{name}”中");
        }
    }
    for read in read.iter().filter(|read| read.loose > 0) {
        let _ = writeln!(text, "{}：另有 {} 行没有键，没有逐行列出", read.sheet.name, read.loose);
    }
    text
}

/// What was written, and how it is taken back.
pub(super) fn written(sha256: &[String]) -> String {
    let short: Vec<String> = sha256.iter().map(|found| found.chars().take(12).collect()).collect();
    format!(
        "已写入，记录在案（文件 SHA-256 {}）；如需整体撤销：adopt --undo {}\n",
        short.join("、"),
        short.first().map(String::as_str).unwrap_or_default()
    )
}

/// The beginning of a value, masked.
fn shown(value: &str) -> String {
    let line = mask::text(value).split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(BEGINNING) {
        _ if line.is_empty() => WORDS.empty.clone(),
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

pub(super) fn undone(values: usize, left: &[(String, String)]) -> String {
    let mut text = format!("已恢复 {values} 处；撤销本身也记录在案。\n");
    for (number, field) in left.iter().take(MOST) {
        let groups = sheet("groups").filter(|_| *field != CorrectionField::Items.as_str());
        let heading = groups.and_then(|sheet| {
            sheet.column.iter().find(|column| column.field == *field).map(|column| column.heading.as_str())
        });
        let field = heading.unwrap_or_else(|| sentences::column(field));
        let _ = writeln!(text, "{number} 的{field}在此后又改动过，没有恢复");
    }
    text
}
