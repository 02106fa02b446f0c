//! What is decided on each opinion item once the changes of a file hold: its own decision, or that of its group.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;

use super::compare::Changed;

/// An opinion item as it stands: what its cells show, and what is decided on it.
#[derive(Debug, Clone, Default)]
pub struct Item {
    /// Which item.
    pub id: i64,
    /// The group it is in, as the sheet names it.
    pub group: String,
    /// Its own decision and reason as the cells show them; empty: as its group.
    pub own: (String, String),
    /// What the store has.
    pub decided: (String, String),
}

/// A decision and its reason as they are to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The item.
    pub id: i64,
    /// What is decided, and why.
    pub decided: (String, String),
}

/// The items on which something else is decided than stands there. `groups`: decision and reason of each group by its number as they
/// stand; `ids`: which number a group has. Only what the files have is settled: `items` that they show, and those of `shown` groups.
pub fn settle<S: BuildHasher>(
    items: &[Item],
    groups: &HashMap<String, (String, String), S>,
    ids: &HashMap<i64, String, S>,
    changes: &[Changed],
    (shown_items, shown_groups): (&BTreeSet<i64>, &BTreeSet<String>),
) -> Vec<Settled> {
    let mut groups: HashMap<&str, (String, String)> =
        groups.iter().map(|(number, decided)| (number.as_str(), decided.clone())).collect();
    let mut cells: BTreeMap<i64, Vec<&Changed>> = BTreeMap::new();
    for change in changes {
        match (change.sheet, ids.get(&change.id)) {
            ("groups", Some(number)) => {
                let group = groups.entry(number.as_str()).or_default();
                match change.field {
                    "adoption" => group.0.clone_from(&change.new),
                    "adoption_reason" => group.1.clone_from(&change.new),
                    _ => {}
                }
            }
            ("items", _) => cells.entry(change.id).or_default().push(change),
            _ => {}
        }
    }
    let settled = |item: &Item| {
        let (mut group, mut own) = (item.group.as_str(), item.own.clone());
        for change in cells.get(&item.id).into_iter().flatten() {
            match change.field {
                "group" => group = &change.new,
                "adoption" => own.0.clone_from(&change.new),
                "adoption_reason" => own.1.clone_from(&change.new),
                _ => {}
            }
        }
        if !shown_items.contains(&item.id) && !shown_groups.contains(group) {
            return None;
        }
        let decided = match groups.get(group).filter(|_| own.0.is_empty()) {
            Some((adoption, reason)) => {
                (adoption.clone(), if own.1.is_empty() { reason.clone() } else { own.1 })
            }
            None => own,
        };
        (decided != item.decided).then_some(Settled { id: item.id, decided })
    };
    items.iter().filter_map(settled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(adoption: &str, reason: &str) -> (String, String) {
        (adoption.to_owned(), reason.to_owned())
    }

    fn item(id: i64, group: &str, own: (&str, &str), decided: (&str, &str)) -> Item {
        let (own, decided) = (pair(own.0, own.1), pair(decided.0, decided.1));
        Item { id, group: group.to_owned(), own, decided }
    }

    fn change(sheet: &'static str, id: i64, field: &'static str, new: &str) -> Changed {
        let place = (String::new(), 0);
        Changed { sheet, id, field, old: String::new(), new: new.to_owned(), place }
    }

    #[test]
    fn an_item_without_a_decision_of_its_own_follows_its_group() {
        let items = [
            item(1, "1", ("", ""), ("", "")),
            item(2, "1", ("不采纳", "超出范围"), ("不采纳", "超出范围")),
            item(3, "2", ("", ""), ("采纳", "已修改")),
            item(4, "2", ("", ""), ("", "")),
        ];
        let groups = HashMap::from([("2".to_owned(), pair("采纳", "已修改"))]);
        let ids = HashMap::from([(10, "1".to_owned()), (20, "2".to_owned())]);
        let settle = |changes: &[Changed], shown: &[i64], groups_shown: &[&str]| {
            let groups_shown = groups_shown.iter().map(|group| (*group).to_owned()).collect();
            let shown = shown.iter().copied().collect();
            let settled = super::settle(&items, &groups, &ids, changes, (&shown, &groups_shown));
            settled.into_iter().map(|found| (found.id, found.decided)).collect::<Vec<_>>()
        };
        assert_eq!(settle(&[], &[1, 2, 3], &[]), []);
        // What the file does not show is left alone.
        assert_eq!(settle(&[], &[], &["2"]), [(4, pair("采纳", "已修改"))]);
        let decided = change("groups", 10, "adoption", "部分采纳");
        assert_eq!(settle(&[decided], &[], &["1"]), [(1, pair("部分采纳", ""))]);
        assert_eq!(settle(&[change("items", 1, "group", "2")], &[1], &[]), [(1, pair("采纳", "已修改"))]);
        let emptied = [change("items", 2, "adoption", ""), change("items", 2, "adoption_reason", "")];
        assert_eq!(settle(&emptied, &[2], &[]), [(2, pair("", ""))]);
    }
}
