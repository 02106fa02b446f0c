//! `list`: submissions one under the other, fitted to the terminal; and mail that was for no consultation.

use clap::Args;
use serde_json::json;

use super::filter::FilterArguments;
use super::fit::{self, Gives};
use super::letter::says_first;
use super::masking::mask_row;
use super::number;
use super::opening::open_for_reading;
use super::outcome::{Exit, Failure, JsonList, Outcome, print, print_json};
use super::submissions::numbers;
use super::table::{self, to_the_minute, when};
use super::unmasked::log_unmasked;
use super::{review, sentences, whom};
use crate::config::Settings;
use crate::store::{Filter, ListFilter, ListRow, Store};
use crate::vocabulary::{AcknowledgementState, SenderKind, Timeliness, Word};
use crate::words;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(super) struct ListArguments {
    #[command(flatten)]
    filter: FilterArguments,
    /// Mail that is for no consultation, as it is found in the mailbox: folder, arrival, size, UID (of what was imported, the file), reason; nothing of what it says
    #[arg(long, conflicts_with_all = ["status", "consultation", "sender_kind", "occupation", "clause", "flag", "group", "handler", "channel", "no_name", "of_name", "unanswered", "unentered", "unmasked"])]
    not_ours: bool,
    /// At most so many: the newest, or with --after the first behind it. On a terminal 50 where nothing is said, else all
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Only what was registered behind this number, the oldest first
    #[arg(long, value_name = "NUMBER", conflicts_with = "not_ours")]
    after: Option<String>,
    /// Only how many there are
    #[arg(long, conflicts_with_all = ["not_ours", "limit", "after", "unmasked"])]
    count: bool,
    /// Print names, phones and addresses in full; the event log records it
    #[arg(long)]
    unmasked: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn list(settings: &Settings, arguments: &ListArguments) -> Outcome {
    let store = open_for_reading(settings)?;
    if arguments.not_ours {
        return not_ours(settings, &store, arguments);
    }
    if arguments.count {
        return count(&store, &arguments.filter.filter(settings, &store)?, arguments.json);
    }
    let filter = ListFilter {
        filter: arguments.filter.filter(settings, &store)?,
        most: most(arguments),
        oldest: arguments.after.is_some(),
        after_id: after(settings, &store, arguments)?,
    };
    if arguments.json {
        as_json(settings, &store, &filter, arguments.unmasked)?;
        return Ok(Exit::Ok);
    }
    // One more tells whether there are more.
    let mut found = store.list(&ListFilter { most: filter.most.saturating_add(1), ..filter.clone() })?;
    let is_page = found.len() > filter.most;
    let surplus = if filter.oldest { filter.most.min(found.len())..found.len() } else { 0..1 };
    found.drain(if is_page { surplus } else { 0..0 });
    if filter.filter.is_unanswered {
        for row in &mut found {
            review::says_what_is_owed(&store, row)?;
        }
    } else if filter.filter.is_unentered {
        for row in &mut found {
            review::says_what_to_enter(&store, row)?;
        }
    } else {
        found.iter_mut().for_each(says_first);
    }
    if arguments.unmasked {
        log_unmasked(settings, "list", found.len())?;
    } else {
        found.iter_mut().for_each(mask_row);
    }
    if found.is_empty() {
        print("没有符合条件的登记。\n")?;
    } else {
        print(&table(&found, settings.consultations.len() > 1))?;
    }
    if filter.filter.is_unanswered {
        let numbers: Vec<String> = found.iter().map(|row| row.number.clone()).collect();
        print(&review::how_to_settle(&store, &filter.filter, &numbers)?)?;
    }
    if filter.filter.is_unentered && !found.is_empty() {
        print(review::HOW_TO_ENTER)?;
    }
    if is_page {
        let (count, last) = (found.len(), found.last().map_or("", |row| &row.number));
        print(&if filter.oldest {
            format!("以上 {count} 件，后面还有：list --after {last}\n")
        } else {
            format!(
                "只列出最新的 {count} 件，前面还有：list --limit N 多列一些，list --after 编号 从该编号之后列起\n"
            )
        })?;
    }
    Ok(Exit::Ok)
}

/// How many letters are meant.
pub(super) fn count(store: &Store, filter: &Filter, as_json: bool) -> Outcome {
    let total = store.count(filter)?;
    if as_json {
        print_json(&json!({ "count": total }))?;
    } else {
        print(&format!("{total}\n"))?;
    }
    Ok(Exit::Ok)
}

/// Most submissions: what was said; else all, of which a terminal shows a page.
fn most(arguments: &ListArguments) -> usize {
    const PAGE: usize = 50;
    let unsaid = if fit::terminal().is_some() && !arguments.json { PAGE } else { usize::MAX };
    arguments.limit.unwrap_or(unsaid)
}

/// `submission.id` behind which the list begins.
fn after(settings: &Settings, store: &Store, arguments: &ListArguments) -> Result<i64, Failure> {
    let Some(typed) = &arguments.after else { return Ok(0) };
    let number = number::single(&settings.consultations, typed, arguments.filter.consultation.as_deref())?;
    let found = store.submission_numbered(&number)?;
    found.map(|(id, _)| id).ok_or_else(|| number::no_submission(&number))
}

/// Prints submissions as they are read: there may be a million.
fn as_json(settings: &Settings, store: &Store, filter: &ListFilter, unmasked: bool) -> Result<(), Failure> {
    const AT_ONCE: usize = 1000;
    let mut printed = JsonList::default();
    // The newest of them are known only together; and what is printed in full is logged with its count before.
    let in_pieces = !unmasked && (filter.oldest || filter.most == usize::MAX);
    let mut filter = ListFilter { oldest: filter.oldest || in_pieces, ..filter.clone() };
    while filter.most > 0 {
        let at_once = if in_pieces { filter.most.min(AT_ONCE) } else { filter.most };
        let found = store.list(&ListFilter { most: at_once, ..filter.clone() })?;
        if unmasked {
            log_unmasked(settings, "list", found.len())?;
        }
        let Some(last) = found.last() else { break };
        (filter.after_id, filter.most) =
            if in_pieces { (last.id, filter.most - found.len()) } else { (last.id, 0) };
        for mut row in found {
            if !unmasked {
                mask_row(&mut row);
            }
            let mut value = json!(row);
            if filter.filter.is_unentered
                && let Some(value) = value.as_object_mut()
            {
                value.insert("to_enter".to_owned(), review::to_enter_json(store, &row)?);
            }
            if filter.filter.is_unanswered
                && let Some(value) = value.as_object_mut()
            {
                value.insert("owed".to_owned(), review::owed_json(store, &row)?);
            }
            printed.item(&value)?;
        }
    }
    printed.end()
}

/// By what a person finds a mail in the mailbox, or a file that was imported.
const NOT_OURS: [&str; 5] = ["文件夹", "到达时间", "大小（字节）", "UID 或文件名", "判定理由"];
/// Which of them give way on a terminal.
const NOT_OURS_ORDER: [(usize, Gives); 4] =
    [(4, Gives::To(30)), (0, Gives::To(16)), (3, Gives::To(16)), (4, Gives::To(8))];

/// Mail that is for no consultation, so that a person finds it in the mailbox.
fn not_ours(settings: &Settings, store: &Store, arguments: &ListArguments) -> Outcome {
    let most = most(arguments);
    let mut found = store.not_ours(most.saturating_add(1), arguments.filter.arrived(settings)?)?;
    let is_page = found.len() > most;
    found.drain(..usize::from(is_page));
    if arguments.json {
        let mut list = JsonList::default();
        found.into_iter().try_for_each(|row| list.item(&json!(row)))?;
        list.end()?;
    } else if found.is_empty() {
        let day = if arguments.filter.day.is_some() { "这几天" } else { "" };
        print(&format!("{day}没有与征集无关的邮件。\n"))?;
    } else {
        let head = NOT_OURS.map(ToOwned::to_owned).to_vec();
        let terminal = fit::terminal();
        let rows = found.into_iter().map(|row| {
            let arrived = row.arrived_at.map_or_else(|| "尚不知道".to_owned(), |at| when(Some(at)));
            vec![row.folder, arrived, row.size_bytes.to_string(), row.uid, sentences::entry(&row.why)]
        });
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
        let fitted = terminal.map(|cells| fit::fit(&rows, &NOT_OURS_ORDER, cells));
        let count = rows.len() - 1;
        print(&table::columns(&fitted.unwrap_or(rows)))?;
        if is_page {
            print(&format!("只列出最新的 {count} 封，前面还有：list --not-ours --limit N 多列一些\n"))?;
        }
    }
    Ok(Exit::Ok)
}

/// Columns of the table, in order.
const HEAD: [&str; 10] =
    ["征求意见", "编号", "收到时间", "状态", "时限", "提出人", "类别", "回执", "相同来信组", "内容"];
/// The same where there is little room.
const NARROW_HEAD: [&str; 10] =
    ["征求意见", "编号", "收到时间", "状态", "时限", "提出人", "类别", "回执", "组", "内容"];
/// Which columns give way on a terminal, one after the other. The number says which consultation it is, and the status most of
/// what the answer says.
const ORDER: [(usize, Gives); 18] = [
    (9, Gives::To(30)),
    (0, Gives::To(10)),
    (3, Gives::To(20)),
    (5, Gives::To(12)),
    (6, Gives::Away),
    (3, Gives::To(18)),
    (7, Gives::Away),
    (0, Gives::Away),
    (9, Gives::To(20)),
    (3, Gives::To(14)),
    (4, Gives::To(8)),
    (8, Gives::Away),
    (5, Gives::To(10)),
    (1, Gives::To(14)),
    (4, Gives::Away),
    (9, Gives::To(12)),
    (2, Gives::To(11)),
    (9, Gives::To(4)),
];
/// Cells of a text where nothing says how many there are.
const TEXT_CELLS: usize = 40;
/// Cells of one who wrote.
const WHO_CELLS: usize = 20;

/// A table of submissions as wide as the terminal; 征求意见 stands first where there are several.
pub(super) fn table(found: &[ListRow], are_several: bool) -> String {
    let first = found.first().map(|row| row.consultation.as_str());
    let are_several = are_several || found.iter().any(|row| Some(row.consultation.as_str()) != first);
    let terminal = fit::terminal();
    let head = if terminal.is_some() { NARROW_HEAD } else { HEAD };
    let rows: Vec<Vec<String>> = std::iter::once(head.map(ToOwned::to_owned).to_vec())
        .chain(found.iter().map(|row| cells(row, are_several, terminal)))
        .collect();
    match terminal {
        Some(cells) => table::columns(&fit::fit(&rows, &ORDER, cells)),
        None if are_several => table::columns(&rows),
        None => {
            table::columns(&rows.into_iter().map(|row| row.into_iter().skip(1).collect()).collect::<Vec<_>>())
        }
    }
}

fn cells(row: &ListRow, are_several: bool, terminal: Option<usize>) -> Vec<String> {
    let text = row.opinion.as_deref().unwrap_or(&row.comment);
    let counted = sentences::counted_in_time(&row.status, &row.timeliness);
    let is_told = counted.is_some()
        || [Timeliness::OnTime.as_str(), row.status.as_str()].contains(&row.timeliness.as_str());
    let limit = counted.unwrap_or_else(|| words::short(Timeliness::KIND, &row.timeliness));
    let state = row.acknowledgement.as_deref();
    vec![
        if are_several { row.consultation.clone() } else { String::new() },
        numbers(row),
        if terminal.is_some() { to_the_minute(row.received_at) } else { when(row.received_at) },
        sentences::standing(row),
        // On a terminal the status says most of it.
        if terminal.is_some() && is_told { String::new() } else { limit.to_owned() },
        who(row),
        row.sender_kind.as_deref().map_or("", |kind| words::short(SenderKind::KIND, kind)).to_owned(),
        state.map_or("", |state| words::short(AcknowledgementState::KIND, state)).to_owned(),
        row.group.map(|group| group.to_string()).unwrap_or_default(),
        terminal.map_or_else(|| table::cut(text, TEXT_CELLS), |cells| table::cut(text, cells)),
    ]
}

/// Who wrote; of a joint letter, for how many.
pub(super) fn who(row: &ListRow) -> String {
    let who = row.organization.as_ref().or(row.name.as_ref());
    let who = who.map_or_else(|| whom::nameless(row), String::as_str);
    let others = match row.signatories {
        2.. => format!("等{}人", row.signatories),
        _ => String::new(),
    };
    table::cut(who, WHO_CELLS - table::width(&others)) + &others
}
