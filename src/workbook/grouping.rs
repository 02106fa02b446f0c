//! Which opinion items say the same: exact copies, and what reads alike on the same clause. Only proposed: staff split, join and
//! rename as they see fit, what has its group keeps it, and what comes after a decision gets a group of its own.

use std::collections::{BTreeMap, HashMap};

use crate::similarity::comparable;

/// Characters of a shingle, as the same-letter rule has it.
const SHINGLE: usize = 3;
/// Least shingles of a text that is compared with others that are not the same.
const FEWEST: usize = 6;
/// Shingles of a text that are compared.
const MOST: usize = 2_000;
/// Groups that one shingle may point to: a phrase that everybody uses tells none apart.
const COMMONPLACE: usize = 512;
/// How many times longer one of two alike may be.
const TIMES_LONGER: usize = 4;

/// An opinion item that is to be grouped.
#[derive(Debug, Clone, Default)]
pub struct Grouped {
    /// Which item, as the store calls it.
    pub id: i64,
    /// Its clause.
    pub clause: Option<String>,
    /// Its text.
    pub text: String,
    /// The group that it is in.
    pub group: Option<i64>,
    /// That group is decided on: nothing joins it unasked.
    pub is_decided: bool,
}

/// What the items of one clause are found by.
#[derive(Debug, Default)]
struct OfClause {
    /// Groups by shingle.
    index: HashMap<u64, Vec<u32>>,
    /// Group and number of shingles of each text that stands for one.
    leaders: Vec<(i64, usize)>,
}

/// The groups of those that have none, in the order of the items; a new one takes the number behind `last`.
pub fn propose(items: &[Grouped], mut last: i64) -> Vec<(i64, i64)> {
    let mut exact: HashMap<String, i64> = HashMap::new();
    let mut clauses: BTreeMap<Option<&str>, OfClause> = BTreeMap::new();
    let mut led = std::collections::HashSet::new();
    let mut found = Vec::new();
    let (placed, open): (Vec<&Grouped>, Vec<&Grouped>) = items.iter().partition(|item| item.group.is_some());
    for item in placed.into_iter().chain(open) {
        let text = comparable(&item.text);
        let shingles = shingles(&text);
        let clause = clauses.entry(item.clause.as_deref()).or_default();
        let group = item.group.unwrap_or_else(|| {
            let alike = exact.get(&text).copied().or_else(|| clause.alike(&shingles));
            let group = alike.unwrap_or_else(|| {
                last += 1;
                last
            });
            found.push((item.id, group));
            group
        });
        if item.is_decided {
            continue;
        }
        exact.entry(text).or_insert(group);
        if led.insert((group, item.clause.as_deref())) {
            clause.lead(group, &shingles);
        }
    }
    found
}

impl OfClause {
    /// The group whose leader is most alike: of the shorter text's shingles the longer one has three in five.
    fn alike(&self, shingles: &[u64]) -> Option<i64> {
        if shingles.len() < FEWEST {
            return None;
        }
        let mut shared: HashMap<u32, usize> = HashMap::new();
        for shingle in shingles {
            for leader in self.index.get(shingle).into_iter().flatten() {
                *shared.entry(*leader).or_default() += 1;
            }
        }
        let contained = shared.into_iter().filter_map(|(leader, shared)| {
            let (group, length) = self.leaders.get(usize::try_from(leader).ok()?)?;
            let (shorter, longer) = (shingles.len().min(*length), shingles.len().max(*length));
            let alike = shared * 5 >= shorter * 3 && longer <= shorter * TIMES_LONGER;
            // The most alike; of two the older one.
            alike.then(|| (shared * 1_000 / shorter, -*group))
        });
        contained.max().map(|(_, group)| -group)
    }

    fn lead(&mut self, group: i64, shingles: &[u64]) {
        if shingles.len() < FEWEST {
            return;
        }
        let Ok(leader) = u32::try_from(self.leaders.len()) else { return };
        self.leaders.push((group, shingles.len()));
        for shingle in shingles {
            let leaders = self.index.entry(*shingle).or_default();
            if leaders.len() < COMMONPLACE {
                leaders.push(leader);
            }
        }
    }
}

/// The distinct runs of three characters. A character has 21 bits, so each run has a number of its own.
fn shingles(text: &str) -> Vec<u64> {
    let mut run = 0_u64;
    let runs = text.chars().map(|c| {
        run = (run << 21 | u64::from(u32::from(c))) & ((1 << 63) - 1);
        run
    });
    let mut runs: Vec<u64> = runs.skip(SHINGLE - 1).take(MOST).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: i64, clause: &str, text: &str) -> Grouped {
        let clause = (!clause.is_empty()).then(|| clause.to_owned());
        Grouped { id, clause, text: text.to_owned(), ..Grouped::default() }
    }

    #[test]
    fn alike_items_of_a_clause_share_a_group_and_keep_it() {
        let mut items = vec![
            item(1, "附件1", "建议延长政务服务大厅的办理时间，周末也开放窗口。"),
            item(2, "附件1", "建议延长政务服务大厅的办理时间，周末也应开放窗口！"),
            item(3, "附件2", "建议延长政务服务大厅的办理时间，周末也应当开放窗口。"),
            item(4, "", "建议延长政务服务大厅的办理时间，周末也开放窗口"),
            item(5, "附件1", "退休审批材料太多，希望减少证明。"),
            item(6, "", "支持"),
            item(7, "", "支持！"),
        ];
        let found = propose(&items, 4);
        assert_eq!(found, [(1, 5), (2, 5), (3, 6), (4, 5), (5, 7), (6, 8), (7, 8)]);
        // Moved by hand, it stays, and what comes later joins where the first stands.
        for (item, (_, group)) in items.iter_mut().zip(&found) {
            item.group = Some(*group);
        }
        items[1].group = Some(3);
        items.push(item(8, "附件1", "建议延长政务服务大厅办理时间，周末也开放窗口。"));
        assert_eq!(propose(&items, 8), [(8, 5)]);
        // What comes after the decision joins what is not decided yet, and where all is, waits for a group of its own.
        items.iter_mut().filter(|item| item.group == Some(5)).for_each(|item| item.is_decided = true);
        assert_eq!(propose(&items, 8), [(8, 3)]);
        items.iter_mut().filter(|item| item.group == Some(3)).for_each(|item| item.is_decided = true);
        assert_eq!(propose(&items, 8), [(8, 9)]);
    }
}
