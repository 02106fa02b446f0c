//! What `erase` says before and after.

use std::fmt::Write;

use crate::cli::outcome::Failure;
use crate::cli::table::when;
use crate::store::{AlsoHeld, Departure, Erasable, Erased, Store, Swept, Traces};
use crate::vocabulary::{CorrectionField, Status};
use crate::words::Chinese;

/// Most letters, files or places that are listed.
const MOST: usize = 20;
/// Characters of a digest that tell it from others.
const DIGEST: usize = 12;

/// What no command of ours reaches.
pub(super) const BEYOND: &str =
    "不在数据库中的，本命令删不到：邮箱中的原件、已写出的文件、此前的备份和另存的副本，须分别处理。\n";

/// What is to be erased of a letter, what stays, and who else holds it.
pub(super) fn preview(
    store: &Store,
    whom: &str,
    found: &Erasable,
    only: &[CorrectionField],
) -> Result<String, Failure> {
    let mut text = String::new();
    let Erasable { mails, attachments, items, corrections, answers: (answers, waiting), .. } = found;
    let traces = traces(found, only);
    if only.is_empty() {
        let _ = writeln!(
            text,
            "将删除 {whom} 整件：原件 {mails} 封、附件 {attachments} 个，来信和补充的文字、姓名、单位、职业、电话、邮箱，\
             意见 {items} 条的文字和理由，更正 {corrections} 处的内容和说明，回执 {answers} 份的收件人和全文\n  \
             保留：编号、收到时间、条数、条款、采纳情况、摘要和事件记录；状态改为“已删除”，不再计入"
        );
    } else {
        let names: Vec<&str> = only.iter().map(Chinese::short).collect();
        let _ = writeln!(
            text,
            "将删除 {whom} 的{}：登记的、文字和更正中的，连同原件 {mails} 封（附件 {attachments} 个随之删除）、回执全文\n  \
             保留：意见 {items} 条的其余文字、编号、收到时间、采纳情况、摘要和事件记录；{}",
            names.join("、"),
            if counts(&found.status) { "仍照常计入" } else { "状态不变，本来就不另计件" }
        );
        if *attachments > 0 {
            let _ =
                writeln!(text, "  意见写在附件中的，请先用 show {} --save-attachments 存出", found.number);
        }
    }
    if only.is_empty() || only.contains(&CorrectionField::Emails) {
        text.push_str("  删除后没有地址可以答复来信人：要告知办理结果的，先在邮箱中回信\n");
    }
    if *waiting > 0 {
        let _ = writeln!(text, "  待发的回执 {waiting} 份不再发出");
    }
    let held = store.also_held(found.id, &traces)?;
    if !held.is_empty() {
        // A text is looked through for the name too: 12 who sign may have a namesake among them.
        let unsure = [CorrectionField::Name, CorrectionField::Comment];
        let by_name = |one: &AlsoHeld| one.fields.iter().all(|field| unsure.contains(field));
        let doubt = if held.iter().any(by_name) {
            "；都按全名查找，不是只同姓：只有姓名相同的，或者只在来信内容中有这个姓名的（也可能是更长的词的一部分），可能是同名的另一人，请核对"
        } else {
            ""
        };
        let count = held.len();
        let _ = writeln!(text, "  另有 {count} 件仍有其信息，不在这次删除之内：{}{doubt}", named(&held));
    }
    for line in departures(&store.departures(found)?) {
        let _ = writeln!(text, "  {line}");
    }
    let places = store.places_of(found.id)?;
    let shown: Vec<String> =
        places.iter().take(MOST).map(|(folder, uid)| format!("{folder} {uid}")).collect();
    let _ = writeln!(text, "  原件来自：{}{}", shown.join("、"), more(places.len()));
    Ok(text)
}

/// Whether a letter counts, or may yet.
fn counts(status: &str) -> bool {
    [Status::Accepted, Status::Late, Status::Review].map(Status::as_str).contains(&status)
}

/// What is erased of whoever wrote a letter.
pub(super) fn traces(found: &Erasable, only: &[CorrectionField]) -> Traces {
    if only.is_empty() { found.traces.clone() } else { found.traces.only(only) }
}

fn more(count: usize) -> String {
    if count > MOST { format!(" 等 {count} 处") } else { String::new() }
}

fn named(held: &[AlsoHeld]) -> String {
    let what = |one: &AlsoHeld| {
        let fields: Vec<&str> = one.fields.iter().map(Chinese::short).collect();
        format!("{}（{}）", one.number, fields.join("、"))
    };
    let shown: Vec<String> = held.iter().take(MOST).map(what).collect();
    format!("{}{}", shown.join("、"), more(held.len()))
}

/// The files that held it, one in a line.
pub(in crate::cli) fn departures(all: &[Departure]) -> Vec<String> {
    let line = |one: &Departure| {
        let kind = match (one.action.as_str(), one.format.as_str()) {
            ("adopted", _) => "读回过工作簿",
            (_, "xlsx") => "写出过工作簿",
            (_, "public") => "写出过公开的表",
            (_, "eml") => "写出过归档包",
            (_, "report_text" | "report_html") => "写出过情况说明",
            (_, "about") => "写出给本人过",
            _ => "写出过文件",
        };
        let may = if one.is_selection { "（只含部分来信，未必有本件）" } else { "" };
        let digests: Vec<String> =
            one.sha256.iter().map(|digest| digest.chars().take(DIGEST).collect()).collect();
        format!("{} {} {kind}{may} sha256 {}", when(one.at), one.actor, digests.join("、"))
    };
    let mut lines: Vec<String> = all.iter().rev().take(MOST).map(line).collect();
    lines.reverse();
    if all.len() > MOST {
        lines.insert(0, format!("写出和读回共 {} 次，只列最近 {MOST} 次：", all.len()));
    }
    lines
}

/// What was done with a letter.
pub(super) fn done(number: &str, only: &[CorrectionField], erased: &Erased) -> String {
    let mut text = String::new();
    let what: Vec<&str> = only.iter().map(Chinese::short).collect();
    let what = if what.is_empty() { String::new() } else { format!(" 的{}", what.join("、")) };
    let _ = writeln!(text, "已删除 {number}{what}，事件记录在案。");
    if erased.held > 0 {
        let _ = writeln!(text, "  待发的回执 {} 份已扣下，不再发出。", erased.held);
    }
    if let Some(heir) = &erased.released {
        let _ = writeln!(
            text,
            "  内容相同的 {heir} 原列为它的重复件，现转为待核；如也应删除，另行执行 erase {heir}"
        );
    }
    if !erased.groups.is_empty() {
        let groups: Vec<String> = erased.groups.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            text,
            "  第 {} 类的要点、理由或备注中有其信息或原文，已删去，请用 group rename 等重写。",
            groups.join("、")
        );
    }
    if erased.said > 0 {
        let _ = writeln!(
            text,
            "  文字中还有与所删职业相同的字样 {} 处，不在“职业”一栏，也不是来信人说自己的，没有删，请用 show {number} 核对；也须删去的，只能整件删除：erase {number}，不写 --only",
            erased.said
        );
    }
    text
}

/// What was made of the files.
/// `is_news`: nobody was told of the old files yet.
pub(super) fn swept(swept: &Swept, has_copy: bool, is_news: bool) -> String {
    let copy = if has_copy { "，阅览副本已重新生成" } else { "" };
    let mut text = format!("数据库文件已重写，日志已清空{copy}。\n");
    if !swept.beside.is_empty() {
        let shown: Vec<String> =
            swept.beside.iter().take(MOST).map(|path| path.display().to_string()).collect();
        let _ = if is_news {
            writeln!(
                text,
                "数据库旁边还有升级或恢复时留下的旧副本，其中可能仍有所删的信息：请管理员核对后删去（办事员不必处理）：{}",
                shown.join("、")
            )
        } else {
            writeln!(text, "数据库旁边的旧副本 {} 个仍在，请管理员删去。", swept.beside.len())
        };
    }
    text
}
