//! What of staff's corrections stands, and what the rules had made of a letter before them: for whoever takes a correction back,
//! arranges opinion items anew, or rules on the letter again. All but the reading of them is pure.

use std::collections::HashMap;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Columns, Result};
use crate::vocabulary::CorrectionField;

/// One row of `correction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Made {
    /// `correction.id`
    pub(crate) id: i64,
    /// `correction.opinion`
    pub(crate) item: Option<i64>,
    /// `correction.field`
    pub(crate) field: String,
    /// `correction.old_value`
    pub(crate) old: Option<String>,
    /// `correction.new_value`
    pub(crate) new: Option<String>,
    /// The correction that it takes back, as its event says; 0: none. `None`: an older version wrote the event.
    pub(crate) undoes: Option<i64>,
}

/// The corrections of a submission in order, each with a column `undoes` that says which one it takes back, where that is known.
pub(crate) fn of_submission(connection: &Connection, submission_id: i64) -> Result<Vec<Columns>> {
    let mut all = Columns::read(connection, "correction", "submission_id = ?1 ORDER BY id", submission_id)?;
    let mut statement = connection
        .prepare_cached("SELECT detail FROM event WHERE submission_id = ?1 AND action = 'corrected'")?;
    let details = statement.query_map([submission_id], |row| row.get::<_, String>(0))?;
    let mut known = HashMap::new();
    for detail in details {
        let detail: Value = serde_json::from_str(&detail?).unwrap_or_default();
        let number = |key: &str| detail.get(key).and_then(Value::as_i64);
        known.extend(number("correction").zip(number("undoes")));
    }
    for row in &mut all {
        // What a supplement filled in takes nothing back.
        let by_rule = (row.get("actor").as_deref() == Some("intake")).then_some(0);
        let own = row.number("id").and_then(|id| known.get(&id).copied());
        if let Some(undoes) = own.or(by_rule) {
            *row = std::mem::take(row).with("undoes", undoes);
        }
    }
    Ok(all)
}

/// One opinion item as a correction of the list has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// `opinion.message_id`
    pub(crate) message: i64,
    /// `opinion.clause`
    pub(crate) clause: Option<String>,
    /// `opinion.text`
    pub(crate) text: String,
    /// `opinion.adoption`
    pub(crate) adoption: Option<String>,
    /// `opinion.adoption_reason`
    pub(crate) adoption_reason: Option<String>,
}

impl Made {
    /// A row of the table.
    pub(crate) fn of(row: &Columns) -> Self {
        Self {
            id: row.number("id").unwrap_or_default(),
            item: row.number("opinion"),
            field: row.get("field").unwrap_or_default(),
            old: row.get("old_value"),
            new: row.get("new_value"),
            undoes: row.number("undoes"),
        }
    }

    /// Whether it is of the list of items, and not of a column.
    pub(crate) fn is_of_list(&self) -> bool {
        self.field == CorrectionField::Items.as_str()
    }

    fn takes_back(&self, earlier: &Self) -> bool {
        self.item == earlier.item
            && self.field == earlier.field
            && self.old == earlier.new
            && self.new == earlier.old
    }

    /// Whether it arranged items of this message: what came later stands behind them, whatever they were.
    pub(crate) fn arranged(&self, message: i64, own: i64) -> bool {
        message == own
            || [self.old.as_deref(), self.new.as_deref()]
                .into_iter()
                .any(|list| list_of(list).iter().any(|item| item.message == message))
    }
}

impl Item {
    /// A row of `opinion`.
    pub(crate) fn of(row: &Columns) -> Self {
        Self {
            message: row.number("message_id").unwrap_or_default(),
            clause: row.get("clause"),
            text: row.get("text").unwrap_or_default(),
            adoption: row.get("adoption"),
            adoption_reason: row.get("adoption_reason"),
        }
    }

    /// The value of a column of `opinion`, as text.
    pub(crate) fn column(&self, name: &str) -> Option<String> {
        match name {
            "message_id" => Some(self.message.to_string()),
            "clause" => self.clause.clone(),
            "text" => Some(self.text.clone()),
            "adoption" => self.adoption.clone(),
            "adoption_reason" => self.adoption_reason.clone(),
            _ => None,
        }
    }

    fn set(&mut self, field: &str, value: Option<&String>) {
        let value = value.cloned();
        match CorrectionField::from_word(field) {
            Some(CorrectionField::Clause) => self.clause = value,
            Some(CorrectionField::Text) => self.text = value.unwrap_or_default(),
            Some(CorrectionField::Adoption) => self.adoption = value,
            Some(CorrectionField::AdoptionReason) => self.adoption_reason = value,
            _ => {}
        }
    }
}

/// The corrections that stand, oldest first: without those that were taken back, and what took them back.
pub(crate) fn standing(all: impl IntoIterator<Item = Made>) -> Vec<Made> {
    let mut standing: Vec<Made> = Vec::new();
    // Where both values were erased, nothing is there to go back to.
    for made in all.into_iter().filter(|made| made.old.is_some() || made.new.is_some()) {
        match made.undoes {
            Some(0) => {
                standing.push(made);
                continue;
            }
            Some(id) => {
                standing.retain(|earlier| earlier.id != id);
                continue;
            }
            // An older version did not say so: back to where the last one began is taken for it.
            None => {}
        }
        match last(&standing, made.item, &made.field) {
            Some(at) if standing.get(at).is_some_and(|earlier| made.takes_back(earlier)) => {
                standing.remove(at);
            }
            _ => standing.push(made),
        }
    }
    standing
}

/// The place of the last correction of a field that could be taken back. Items are counted anew where the list was
/// arranged: what was corrected before is of another one then.
pub(crate) fn last(standing: &[Made], item: Option<i64>, field: &str) -> Option<usize> {
    let since =
        if item.is_some() { standing.iter().rposition(Made::is_of_list).map_or(0, |at| at + 1) } else { 0 };
    standing.iter().rposition(|made| made.item == item && made.field == field).filter(|at| *at >= since)
}

/// A list of items as `correction` keeps it.
pub(crate) fn list_of(value: Option<&str>) -> Vec<Item> {
    value.and_then(|value| serde_json::from_str(value).ok()).unwrap_or_default()
}

/// The items of a submission, whose own letter is the message `own`, as they were before what stands was corrected.
pub(crate) fn as_filed(mut items: Vec<Item>, standing: &[Made], own: i64) -> Vec<Item> {
    for made in standing.iter().rev() {
        if made.is_of_list() {
            let (_, behind): (Vec<Item>, Vec<Item>) =
                items.into_iter().partition(|item| made.arranged(item.message, own));
            items = list_of(made.old.as_deref());
            items.extend(behind);
        } else if let Some(item) =
            made.item.and_then(|item| usize::try_from(item - 1).ok()).and_then(|at| items.get_mut(at))
        {
            item.set(&made.field, made.old.as_ref());
        }
    }
    items
}

/// Whether corrections of one transaction, in their order, lead a column of an item from one value to another; of a value only
/// whether it agrees is known.
pub(crate) fn leads(
    all: &[Made],
    field: &str,
    was: impl Fn(Option<&str>) -> bool,
    is: impl Fn(Option<&str>) -> bool,
) -> bool {
    if all.iter().any(Made::is_of_list) {
        // Items are counted anew: the row may have been any of them.
        let values = |made: &Made, value: Option<&str>| -> Vec<Option<String>> {
            match made {
                made if made.is_of_list() => list_of(value).iter().map(|item| item.column(field)).collect(),
                made if made.item.is_some() && made.field == field => vec![value.map(ToOwned::to_owned)],
                _ => Vec::new(),
            }
        };
        let any = |agrees: &dyn Fn(Option<&str>) -> bool, of: fn(&Made) -> Option<&str>| {
            all.iter().flat_map(|made| values(made, of(made))).any(|value| agrees(value.as_deref()))
        };
        return field == "ordinal"
            || any(&was, |made| made.old.as_deref()) && any(&is, |made| made.new.as_deref());
    }
    all.iter().filter(|made| made.item.is_some() && made.field == field).any(|made| {
        let mut of_it = all.iter().filter(|other| other.item == made.item && other.field == field);
        let first = of_it.next().unwrap_or(made);
        let last = of_it.next_back().unwrap_or(first);
        was(first.old.as_deref()) && is(last.new.as_deref())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(id: i64, item: Option<i64>, field: &str, old: &str, new: &str) -> Made {
        let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Made { id, item, field: field.to_owned(), old: value(old), new: value(new), undoes: None }
    }

    fn item(message: i64, text: &str) -> Item {
        Item { message, clause: None, text: text.to_owned(), adoption: None, adoption_reason: None }
    }

    fn list(items: &[Item]) -> String {
        serde_json::to_string(items).unwrap_or_default()
    }

    #[test]
    fn what_was_taken_back_stands_no_more() {
        let all = [
            made(1, None, "name", "甲", "乙"),
            made(2, None, "name", "乙", "丙"),
            made(3, None, "occupation", "", "教师"),
            made(4, None, "name", "丙", "乙"),
        ];
        let ids = |all: &[Made]| standing(all.to_vec()).iter().map(|made| made.id).collect::<Vec<_>>();
        assert_eq!(ids(&all), [1, 3]);
        assert_eq!(ids(&[&all[..], &[made(5, None, "name", "乙", "甲")]].concat()), [3]);
        // The same values of another item.
        assert_eq!(ids(&[made(1, Some(1), "text", "a", "b"), made(2, Some(2), "text", "b", "a")]), [1, 2]);
    }

    #[test]
    fn what_was_typed_back_by_hand_stands_and_what_was_taken_back_is_told_by_name() {
        let by = |undoes, made: Made| Made { undoes: Some(undoes), ..made };
        let all = [
            by(0, made(1, None, "name", "甲", "乙")),
            by(0, made(2, None, "name", "乙", "甲")),
            by(0, made(3, None, "name", "甲", "丙")),
            by(3, made(4, None, "name", "丙", "甲")),
        ];
        let ids = |all: &[Made]| standing(all.to_vec()).iter().map(|made| made.id).collect::<Vec<_>>();
        assert_eq!(ids(&all[..2]), [1, 2], "both are a person's word");
        assert_eq!(ids(&all), [1, 2]);
        assert_eq!(ids(&[&all[..], &[by(2, made(5, None, "name", "甲", "乙"))]].concat()), [1]);
    }

    #[test]
    fn corrections_of_one_transaction_lead_from_the_first_value_to_the_last() {
        let all = [
            made(1, Some(1), "adoption", "采纳", "研究中"),
            made(2, Some(3), "adoption", "", "非意见"),
            made(3, Some(1), "adoption", "研究中", "非意见"),
        ];
        let leads = |was: Option<&str>, is: Option<&str>| {
            leads(&all, "adoption", |value| value == was, |value| value == is)
        };
        assert!(leads(Some("采纳"), Some("非意见")) && leads(None, Some("非意见")));
        for (was, is) in
            [(Some("采纳"), Some("研究中")), (Some("研究中"), Some("非意见")), (None, Some("采纳"))]
        {
            assert!(!leads(was, is), "{was:?} {is:?}");
        }
    }

    #[test]
    fn items_are_led_back_to_what_the_rules_cut() {
        let (a, b, late) = (item(1, "a"), item(1, "b"), item(7, "late"));
        let (one, two) = (item(1, "one"), item(1, "two"));
        let split = made(
            2,
            None,
            "items",
            &list(&[a.clone(), b.clone()]),
            &list(&[one.clone(), two.clone(), b.clone()]),
        );
        let all = [made(1, Some(1), "text", "A", "a"), split, made(3, Some(2), "text", "two", "2")];
        let now = vec![one, item(1, "2"), b.clone(), late.clone()];
        assert_eq!(as_filed(now, &all, 1), [item(1, "A"), b, late]);
        // What was corrected before the list was arranged is of another item now.
        assert_eq!(last(&all, Some(1), "text"), None);
        assert_eq!(last(&all, Some(2), "text"), Some(2));
    }
}
