//! Figures that were closed: what was written down, and what is otherwise today.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::figures::figures;
use super::outcome::Failure;
use super::table::when;
use crate::report::Figures;
use crate::store::{Closing, Scope, Store};
use crate::vocabulary::{Consultation, Status, TextDigest, rfc3339_utc};

/// Most numbers that are named.
const MOST: usize = 20;

/// What is written down of a consultation when its figures are closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Frozen {
    /// `submission.id` of the last letter.
    pub(super) last: i64,
    letters: u64,
    persons: u64,
    items: u64,
    groups: u64,
    outcomes: Vec<(String, u64)>,
    /// Where all letters stand: letters and items.
    standings: Vec<(String, u64, u64)>,
    /// Digest of these figures, and of the tables behind them: each item with its place and decision, each group with what was decided.
    pub(super) sha256: String,
}

impl Frozen {
    /// What is to be written down of the letters up to one of them.
    pub(super) fn of(
        store: &Store,
        consultation: &Consultation,
        last: i64,
        figures: &Figures,
    ) -> Result<Self, Failure> {
        let standings = figures.standings.iter().map(|row| (row.name.clone(), row.letters, row.items));
        let mut frozen = Self {
            last,
            letters: figures.letters,
            persons: figures.persons,
            items: figures.items(),
            groups: figures.groups,
            outcomes: figures.outcomes.clone(),
            standings: standings.collect(),
            sha256: String::new(),
        };
        let mut digest = TextDigest::default();
        digest.extend(json!(frozen).to_string().chars());
        let letters = store.letters_until(&consultation.id, last)?;
        let statuses = [Status::Accepted.as_str().to_owned()];
        let scope = Scope {
            consultation: &consultation.id,
            statuses: &statuses,
            handler: None,
            letters: Some(&letters),
        };
        // No text of a letter: what may be erased later leaves the digest as it is.
        for (table, fields) in [
            ("items", ["number", "ordinal", "group", "clause", "decided"]),
            ("groups", ["group", "point", "adoption", "adoption_reason", "published"]),
        ] {
            store.workbook_rows(table, scope, |row| {
                let line = json!(fields.map(|field| row.get(field)));
                digest.extend(format!("\n{line}").chars());
                Ok::<(), Failure>(())
            })?;
        }
        frozen.sha256 = digest.finish();
        Ok(frozen)
    }

    /// The figures in one line.
    pub(super) fn told(&self) -> String {
        let outcomes: Vec<String> = self
            .outcomes
            .iter()
            .filter(|row| row.1 > 0)
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        let outcomes =
            if outcomes.is_empty() { String::new() } else { format!("；{}", outcomes.join("、")) };
        format!(
            "来信 {} 件、{} 人次、意见 {} 条、{} 类{outcomes}",
            self.letters, self.persons, self.items, self.groups
        )
    }

    /// What is otherwise in another one, each with both values.
    pub(super) fn differences(&self, now: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |name: &str, was: u64, is: u64| {
            if was != is {
                differences.push(format!("{name} {was} → {is}"));
            }
        };
        compare("来信", self.letters, now.letters);
        compare("人次", self.persons, now.persons);
        compare("意见", self.items, now.items);
        compare("归类", self.groups, now.groups);
        let count = |rows: &[(String, u64)], name: &str| -> u64 {
            rows.iter().filter(|row| row.0 == name).map(|row| row.1).sum()
        };
        let letters = |frozen: &Self| -> Vec<(String, u64)> {
            frozen.standings.iter().map(|row| (format!("{}来信", row.0), row.1)).collect()
        };
        for (was, is) in [(self.outcomes.clone(), now.outcomes.clone()), (letters(self), letters(now))] {
            // In the order of the report.
            let mut names: Vec<&String> = Vec::new();
            for (name, _) in was.iter().chain(&is) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            for name in names {
                compare(name, count(&was, name), count(&is, name));
            }
        }
        if differences.is_empty() && self.sha256 != now.sha256 {
            differences.push("各数相同，个别意见的归类、条款、采纳情况或者意见要点、理由已改动".to_owned());
        }
        differences
    }
}

/// A closing beside the record of today.
pub(super) struct Closed {
    pub(super) closing: Closing,
    pub(super) frozen: Frozen,
    /// The letters up to the last that was counted, as they stand today.
    figures: Figures,
    differences: Vec<String>,
    /// Letters that came since.
    behind: Vec<String>,
}

impl Closed {
    /// The closing in force; `None` where the figures are not closed.
    pub(super) fn of(
        store: &Store,
        consultation: &Consultation,
        now: Timestamp,
    ) -> Result<Option<Self>, Failure> {
        let Some(closing) = store.closing(&consultation.id)? else { return Ok(None) };
        let Ok(frozen) = serde_json::from_value::<Frozen>(closing.detail.clone()) else { return Ok(None) };
        let figures = figures(store, consultation, Some(frozen.last), now)?;
        let today = Frozen::of(store, consultation, frozen.last, &figures)?;
        let differences = frozen.differences(&today);
        let behind = store.letters_behind(&consultation.id, frozen.last)?;
        Ok(Some(Self { closing, frozen, figures, differences, behind }))
    }

    /// Whether all that was counted stands as it stood.
    pub(super) const fn holds(&self) -> bool {
        self.differences.is_empty()
    }

    /// What is said of it beside figures.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "统计已于 {}（北京时间）关闭：{}；摘要 {}",
            when(Some(self.closing.at)),
            self.frozen.told(),
            self.frozen.sha256
        )];
        if !self.behind.is_empty() {
            lines.push(format!(
                "截止统计后来信 {} 件，不在关闭的各数之内：{}",
                self.behind.len(),
                named(&self.behind)
            ));
        }
        if !self.holds() {
            lines.push(format!("与关闭时不同：{}", self.differences.join("；")));
        }
        lines
    }

    /// The same for programs.
    pub(super) fn json(&self) -> Value {
        json!({
            "at": rfc3339_utc(self.closing.at),
            "by": self.closing.actor,
            "event": self.closing.event,
            "figures": self.frozen,
            "differences": self.differences,
            "filed_since": self.behind,
        })
    }
}

/// The first of some numbers.
pub(super) fn named(numbers: &[String]) -> String {
    let first: Vec<&str> = numbers.iter().take(MOST).map(String::as_str).collect();
    let more = if numbers.len() > MOST { " 等" } else { "" };
    format!("{}{more}", first.join("、"))
}

/// The figures of a report: where they are closed, of the letters that were counted then, with what is to be said of it.
pub(super) fn as_closed(
    store: &Store,
    consultation: &Consultation,
    now: Timestamp,
) -> Result<Figures, Failure> {
    let Some(closed) = Closed::of(store, consultation, now)? else {
        return figures(store, consultation, None, now);
    };
    let lines = closed.lines();
    Ok(Figures { as_of: when(Some(closed.closing.at)), closed: lines, ..closed.figures })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_stand_in_the_order_of_the_report() {
        let counts = |all: &[(&str, u64)]| all.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
        let standings =
            |all: &[(&str, u64)]| all.iter().map(|(name, n)| ((*name).to_owned(), *n, 0)).collect();
        let frozen = |letters, outcomes: &[(&str, u64)], stand: &[(&str, u64)]| Frozen {
            last: 9,
            letters,
            persons: 7,
            items: 8,
            groups: 3,
            outcomes: counts(outcomes),
            standings: standings(stand),
            sha256: String::new(),
        };
        let was = frozen(6, &[("采纳", 5), ("部分采纳", 2), ("不采纳", 1)], &[("已登记", 6), ("逾期", 1)]);
        let now = frozen(
            5,
            &[("采纳", 4), ("部分采纳", 2), ("不采纳", 2)],
            &[("已登记", 5), ("已删除", 1), ("逾期", 1)],
        );
        assert_eq!(
            was.differences(&now),
            ["来信 6 → 5", "采纳 5 → 4", "不采纳 1 → 2", "已登记来信 6 → 5", "已删除来信 0 → 1"]
        );
    }
}
