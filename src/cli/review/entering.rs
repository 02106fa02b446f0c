//! Letters that count and of whose opinion nothing is entered: it stands in a file, or behind a link.

use serde_json::{Value, json};

use crate::cli::letter::says_first;
use crate::cli::outcome::Failure;
use crate::ruling::Unentered;
use crate::store::{ListRow, NotEntered, Store};

/// What its writer is to be told of a file that nobody can open.
pub(super) const RESEND: &str = "告知附件打不开，请其重发";

/// Behind the list.
pub(in crate::cli) const HOW_TO_ENTER: &str = "存出附件看：show 编号 --save-attachments 文件夹；逐条录入：item add 编号 '意见原文'（录入一条即不再列出，请一次录全）；附件写的是无意见的：correct 编号 标记 +无意见
打不开的，请来信人重发（回复登记回执，或者写明编号，即并入本件），告知后：review answered 编号
";

/// What is left to do of the opinions that stand in files.
pub(in crate::cli) fn unentered(found: NotEntered) -> String {
    let NotEntered { letters, linked, shut, .. } = found;
    let mut parts = Vec::new();
    if linked > 0 {
        parts.push(format!("只有网盘链接、会过期的 {linked} 件"));
    }
    if shut > 0 {
        parts.push(format!("附件打不开的 {shut} 件，也在 list --unanswered"));
    }
    let of_these =
        if parts.is_empty() { String::new() } else { format!("（其中{}）", parts.join("；")) };
    format!(
        "计入而意见全在附件中、尚未录入的 {letters} 件{of_these}：list --unentered 列出，逐条录入用 item add"
    )
}

const fn to_do(found: Unentered) -> (&'static str, &'static str) {
    match found {
        Unentered::Enter => ("打开附件，录入意见", "enter"),
        Unentered::Fetch => ("尽快下载网盘附件，录入意见", "fetch"),
        Unentered::Resend => (RESEND, "resend"),
    }
}

/// What is to be done with it, in place of what it proposes. To be done before names are masked.
pub(in crate::cli) fn says_what_to_enter(store: &Store, row: &mut ListRow) -> Result<(), Failure> {
    says_first(row);
    if let Some(found) = store.unentered(row.id)? {
        let said = row.opinion.as_deref().unwrap_or(&row.comment);
        row.opinion = Some(format!("{}：{said}", to_do(found).0));
    }
    Ok(())
}

/// The same for a program.
pub(in crate::cli) fn to_enter_json(store: &Store, row: &ListRow) -> Result<Value, Failure> {
    let number = &row.number;
    Ok(store.unentered(row.id)?.map_or(Value::Null, |found| {
        let command = match found {
            Unentered::Enter | Unentered::Fetch => format!("item add {number}"),
            Unentered::Resend => format!("review answered {number}"),
        };
        json!({ "what": to_do(found).1, "command": command })
    }))
}
