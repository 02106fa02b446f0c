//! What stands of groups, items and letters, as the sheets have them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::store::WorkbookRow;
use crate::vocabulary::Status;
use crate::workbook::{self, Changed, Item, Settled};

#[derive(Debug, Default)]
pub(in crate::cli) struct Standing {
    /// Number and ordinal of each item.
    pub(in crate::cli) places: HashMap<i64, (String, i64)>,
    /// The number of each letter.
    pub(in crate::cli) letters: HashMap<i64, String>,
    /// What stands of each item.
    pub(in crate::cli) stands: HashMap<i64, (String, String)>,
    items: Vec<Item>,
    groups: HashMap<String, (String, String)>,
    ids: HashMap<i64, String>,
}

impl Standing {
    /// Takes a row of a sheet.
    pub(in crate::cli) fn note(&mut self, sheet: &str, row: &WorkbookRow) {
        let pair = |one: &str, two: &str| (row.get(one).to_owned(), row.get(two).to_owned());
        match sheet {
            "groups" => {
                self.groups.insert(row.get("group").to_owned(), pair("adoption", "adoption_reason"));
                self.ids.insert(row.id, row.get("group").to_owned());
            }
            "items" => {
                let decided = pair("decided", "decided_reason");
                self.stands.insert(row.id, decided.clone());
                let ordinal = row.get("ordinal").parse().unwrap_or_default();
                // Of an erased letter nothing is decided any more.
                if row.get("stands") == Status::Erased.as_str() {
                    return;
                }
                self.places.insert(row.id, (row.get("number").to_owned(), ordinal));
                let own = pair("adoption", "adoption_reason");
                self.items.push(Item { id: row.id, group: row.get("group").to_owned(), own, decided });
            }
            "letters" => drop(self.letters.insert(row.id, row.get("number").to_owned())),
            _ => {}
        }
    }

    /// What is decided on an item that is to be added, with these cells, once the changes hold.
    pub(super) fn decided(
        &self,
        changes: &[Changed],
        cells: &BTreeMap<&'static str, String>,
    ) -> (String, String) {
        let cell = |field: &str| cells.get(field).cloned().unwrap_or_default();
        let own = (cell("adoption"), cell("adoption_reason"));
        // No row of the store has this number.
        let item = Item { id: 0, group: cell("group"), own, decided: (String::new(), String::new()) };
        let shown = (&BTreeSet::from([item.id]), &BTreeSet::new());
        let settled = workbook::settle(&[item], &self.groups, &self.ids, changes, shown);
        settled.into_iter().next().map(|settled| settled.decided).unwrap_or_default()
    }

    /// On which items something else is decided once the changes hold, of these items and those of these groups.
    pub(in crate::cli) fn settle(
        &self,
        changes: &[Changed],
        items: &BTreeSet<i64>,
        groups: &BTreeSet<i64>,
    ) -> Vec<Settled> {
        let groups = groups.iter().filter_map(|id| self.ids.get(id).cloned()).collect();
        workbook::settle(&self.items, &self.groups, &self.ids, changes, (items, &groups))
    }
}
