//! Whom a command did something to, as every command that writes says it: the number, who wrote, and how his opinion begins. Whoever
//! mistyped a number sees it at once.

use super::masking::mask_shown;
use super::outcome::Failure;
use crate::mask;
use crate::store::{ListRow, Shown, Store};
use crate::vocabulary::{Adoption, Proposer};
use crate::words::Chinese as _;

/// What stands in the place of a name that was erased.
pub(super) const NAME_ERASED: &str = "已按要求删除";
/// Characters of an opinion's beginning.
const BEGINNING: usize = 20;

/// `LNZX-2024-0096（何**，“建议将退休审批所需的材料…”）`, by the number that it has now; the number alone where there is no such.
pub(super) fn of(store: &Store, number: &str) -> Result<String, Failure> {
    Ok(store.show(number)?.map_or_else(|| number.to_owned(), |mut shown| whom(&mut shown)))
}

/// The same of what was read already; it is masked by it.
pub(super) fn whom(shown: &mut Shown) -> String {
    mask_shown(shown);
    masked(shown)
}

/// The same of what is masked.
pub(super) fn masked(shown: &Shown) -> String {
    let row = &shown.row;
    let who = row.organization.as_deref().or(row.name.as_deref()).filter(|who| !who.is_empty());
    let who = who.map_or_else(|| nobody(row), ToOwned::to_owned);
    let counts = |adoption: Option<&str>| adoption != Some(Adoption::NoOpinion.as_str());
    let item = shown.opinions.iter().find(|item| counts(item.adoption.as_deref()));
    let text = item.map_or(row.comment.as_str(), |item| item.text.as_str());
    match beginning(text) {
        said if said.is_empty() => format!("{}（{who}）", row.number),
        said => format!("{}（{who}，“{said}”）", row.number),
    }
}

/// What stands in the place of a name where there is none.
pub(super) fn nameless(row: &ListRow) -> &'static str {
    if row.is_name_erased { NAME_ERASED } else { Proposer::Unnamed.short() }
}

/// Who gives no name, by his address where there is one.
fn nobody(row: &ListRow) -> String {
    let nameless = nameless(row);
    if row.from_address.is_empty() { nameless.to_owned() } else { format!("{nameless} {}", row.from_address) }
}

/// The beginning of a text, masked like whatever stands alone.
pub(super) fn beginning(text: &str) -> String {
    let line = mask::text(text).split_whitespace().collect::<Vec<_>>().join(" ");
    // It stands in quotation marks.
    let line = line.replace('“', "‘").replace('”', "’");
    match line.char_indices().nth(BEGINNING) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_stands_in_quotation_marks_has_single_ones() {
        assert_eq!(super::beginning("“跨域办”应当扩大范围"), "‘跨域办’应当扩大范围");
    }
}
