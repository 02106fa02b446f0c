//! `search`: letters in which a text stands, each with the sentence that it stands in.

use clap::Args;
use serde_json::{Value, json};

use super::filter::FilterArguments;
use super::list::{self, who};
use super::masking::mask_shown;
use super::opening::open_for_reading;
use super::outcome::{Exit, Failure, JsonList, Outcome, print};
use super::table::when;
use super::unmasked::log_unmasked;
use super::{fit, sentences, table};
use crate::config::Settings;
use crate::store::{Filter, Shown};

/// Submissions that are shown where nothing is said.
const MOST: usize = 50;
/// Cells of a sentence where nothing says how many there are.
const SENTENCE: usize = 100;
/// What ends a sentence.
const ENDS: [char; 8] = ['。', '！', '？', '；', '!', '?', ';', '\n'];

#[derive(Debug, Args)]
pub(super) struct SearchArguments {
    /// The text; one character will do. Of several words, parted by blanks, all must stand in the letter
    #[arg(allow_hyphen_values = true)]
    text: String,
    /// Further words
    #[arg(value_name = "TEXT")]
    more: Vec<String>,
    #[command(flatten)]
    filter: FilterArguments,
    /// Print only how many there are
    #[arg(long)]
    count: bool,
    /// At most so many, the newest; 50 where nothing is said
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Print names, phones and addresses in full; the event log records it
    #[arg(long)]
    unmasked: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn search(settings: &Settings, arguments: &SearchArguments) -> Outcome {
    let all = std::iter::once(&arguments.text).chain(&arguments.more);
    let words: Vec<String> = all.flat_map(|text| text.split_whitespace()).map(ToOwned::to_owned).collect();
    if words.is_empty() {
        return Err(Failure::new(Exit::Usage, "请写出要找的文字"));
    }
    let store = open_for_reading(settings)?;
    let filter = Filter { words: words.clone(), ..arguments.filter.filter(settings, &store)? };
    if arguments.count {
        return list::count(&store, &filter, arguments.json);
    }
    let (found, more) = store.search(&filter, arguments.limit.unwrap_or(MOST))?;
    if arguments.unmasked {
        log_unmasked(settings, "search", found.len())?;
    }
    let mut list = JsonList::default();
    for row in &found {
        let Some(mut shown) = store.show(&row.number)? else { continue };
        if !arguments.unmasked {
            mask_shown(&mut shown);
        }
        let (said, text) = said(&shown, &words);
        if arguments.json {
            let mut value = json!(shown.row);
            if let Value::Object(value) = &mut value {
                value.insert("found".to_owned(), json!(said));
            }
            list.item(&value)?;
            continue;
        }
        let of = shown.duplicate_of.as_ref().map_or_else(String::new, |of| format!("（与 {of} 相同）"));
        let standing = sentences::standing(&shown.row) + &of;
        let cells = fit::terminal().unwrap_or(SENTENCE);
        let said = said.map_or_else(
            || "（在被遮盖的姓名、单位、电话或地址中）".to_owned(),
            |said| around(&said, text, cells.saturating_sub(4)),
        );
        let (number, at, who) = (&shown.row.number, when(shown.row.received_at), who(&shown.row));
        print(&format!("{number}　{at}　{standing}　{who}\n    {said}\n"))?;
    }
    if arguments.json {
        list.end()?;
    } else {
        let shown = found.len();
        let told = if more {
            format!("列出最新的 {shown} 件，还有更多（--limit N 多列一些，--count 只数件数）")
        } else {
            format!("共 {shown} 件")
        };
        // Whoever asks on the telephone may have written otherwise, or not to us.
        let next = if shown == 0 {
            "\n没有找到：换一种写法（只写姓、电话末几位、地址的一部分）；判为无关的不在其中：list --not-ours；邮箱中有而没有读到的：reconcile"
        } else {
            ""
        };
        print(&format!("{told}{next}\n"))?;
    }
    Ok(Exit::Ok)
}

/// The sentence in which most of the words stand, in what was written before what else there is; and the first of them in it.
fn said<'a>(shown: &Shown, words: &'a [String]) -> (Option<String>, &'a str) {
    let mut best: (usize, Option<String>, &str) = (0, None, words.first().map_or("", String::as_str));
    for word in words {
        let Some(sentence) = first_with(shown, word) else { continue };
        let folded = sentence.to_ascii_lowercase();
        let count = words.iter().filter(|word| folded.contains(&word.to_ascii_lowercase())).count();
        if count > best.0 {
            best = (count, Some(sentence), word);
        }
    }
    (best.1, best.2)
}

fn first_with(shown: &Shown, text: &str) -> Option<String> {
    let opinions = shown.opinions.iter().map(|opinion| opinion.text.as_str());
    let supplements = shown.supplements.iter().map(|supplement| supplement.comment.as_str());
    let row = &shown.row;
    let rest = [shown.subject.as_deref(), row.organization.as_deref(), row.name.as_deref()];
    let texts = opinions
        .chain([row.comment.as_str()])
        .chain(supplements)
        .chain([shown.full_text.as_str()])
        .chain(rest.into_iter().flatten());
    texts.into_iter().find_map(|found| sentence(found, text))
}

fn sentence(whole: &str, text: &str) -> Option<String> {
    let (folded, wanted) = (whole.to_ascii_lowercase(), text.to_ascii_lowercase());
    let at = folded.find(&wanted)?;
    let first = whole.get(..at)?.rfind(ENDS).map_or(0, |end| {
        end + whole.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    });
    let after = at + wanted.len();
    let rest = whole.get(after..)?;
    let last = rest
        .char_indices()
        .find(|(_, c)| ENDS.contains(c))
        .map_or(whole.len(), |(end, c)| after + end + c.len_utf8());
    Some(whole.get(first..last)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The part of a sentence around a text that fits.
fn around(sentence: &str, text: &str, cells: usize) -> String {
    if table::width(sentence) <= cells {
        return sentence.to_owned();
    }
    let at = sentence.to_ascii_lowercase().find(&text.to_ascii_lowercase()).unwrap_or(0);
    let before = sentence.get(..at).unwrap_or_default();
    let room = cells.saturating_sub(table::width(text)) / 3;
    let mut begin = before.len();
    for (index, _) in before.char_indices().rev() {
        if table::width(before.get(index..).unwrap_or_default()) > room {
            break;
        }
        begin = index;
    }
    let lead = if begin > 0 { "…" } else { "" };
    table::cut(&format!("{lead}{}", sentence.get(begin..).unwrap_or_default()), cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_is_shown_in_its_sentence() {
        let whole = "您好！退休审批材料太多；建议延长窗口的办理时间，周末也开放。\n谢谢";
        assert_eq!(sentence(whole, "窗口").as_deref(), Some("建议延长窗口的办理时间，周末也开放。"));
        assert_eq!(sentence(whole, "谢").as_deref(), Some("谢谢"));
        assert_eq!(sentence(whole, "电话"), None);
        assert_eq!(sentence("Please use e-mail. OK", "E-MAIL").as_deref(), Some("Please use e-mail. OK"));
        assert_eq!(around("建议延长窗口的办理时间，周末也开放。", "窗口", 18), "…延长窗口的办理…");
    }
}
