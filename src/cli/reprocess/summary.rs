//! What `reprocess` would change, counted by kind: what comes first where hundreds of letters change in the same way.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::cli::sentences;
use crate::store::Change;

/// So many letters are told one by one without being asked for.
const FEW: usize = 20;

/// The changes by kind, and the letters that are told one by one.
#[derive(Debug, Default)]
pub(super) struct Summary {
    kinds: BTreeMap<String, usize>,
    letters: Vec<String>,
    more: usize,
}

impl Summary {
    /// Counts the changes of one message.
    pub(super) fn count<'a>(&mut self, changes: impl Iterator<Item = &'a Change>) {
        for change in changes {
            for (kind, times) in kinds(change) {
                *self.kinds.entry(kind).or_default() += times;
            }
        }
    }

    /// Keeps what is told of one message; `always`: a person has to see it.
    pub(super) fn keep(&mut self, letter: impl FnOnce() -> String, always: bool) {
        if always || self.letters.len() < FEW {
            self.letters.push(letter());
        } else {
            self.more += 1;
        }
    }

    /// The kinds, the most frequent first, and then the letters.
    pub(super) fn text(&self) -> String {
        let mut kinds: Vec<(&String, &usize)> = self.kinds.iter().collect();
        kinds.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
        let kinds: Vec<String> = kinds.into_iter().map(|(kind, times)| format!("{kind} {times}")).collect();
        let mut text =
            if kinds.is_empty() { String::new() } else { format!("变化：{}\n", kinds.join("，")) };
        text.extend(self.letters.iter().map(String::as_str));
        if self.more > 0 {
            let _ = writeln!(text, "另有 {} 封未逐一列出，加 --details 列出。", self.more);
        }
        text
    }
}

/// The kinds of one change and how often each occurs in it.
fn kinds(change: &Change) -> Vec<(String, usize)> {
    let column = sentences::column(&change.field);
    let (old, new) = (change.old.as_deref().unwrap_or_default(), change.new.as_deref().unwrap_or_default());
    if change.field == "opinion" {
        return clauses(old, new).unwrap_or_else(|| vec![(format!("{column}有变化"), 1)]);
    }
    let is_empty = |value: &str| matches!(value, "" | "[]");
    let how = match (is_empty(old), is_empty(new)) {
        (true, _) => "由空变为有值",
        (_, true) => "由有值变为空",
        _ => "有变化",
    };
    vec![(format!("{column}{how}"), 1)]
}

/// Where only the clauses of items changed: how many got one, lost it, got another.
fn clauses(old: &str, new: &str) -> Option<Vec<(String, usize)>> {
    let split = |line: &str| -> (Option<String>, String) {
        let found = line.strip_prefix('〔').and_then(|rest| rest.split_once('〕'));
        found.map_or((None, line.to_owned()), |(clause, text)| (Some(clause.to_owned()), text.to_owned()))
    };
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().map(split).collect(), new.lines().map(split).collect());
    if old.len() != new.len() || old.iter().zip(&new).any(|((_, old), (_, new))| old != new) {
        return None;
    }
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for ((old, _), (new, _)) in old.iter().zip(&new).filter(|((old, _), (new, _))| old != new) {
        let how = match (old, new) {
            (None, _) => "由空变为有值",
            (_, None) => "由有值变为空",
            _ => "有变化",
        };
        *found.entry(how).or_default() += 1;
    }
    Some(found.into_iter().map(|(how, times)| (format!("对应条款{how}"), times)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(field: &str, old: &str, new: &str) -> Change {
        let value = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Change { table: "opinion", field: field.to_owned(), old: value(old), new: value(new) }
    }

    #[test]
    fn many_of_a_kind_are_one_line() {
        let mut summary = Summary::default();
        let got = change("opinion", "建议一\n〔二〕建议二", "〔一〕建议一\n建议二");
        let cut = change("opinion", "建议一", "建议一\n建议二");
        for _ in 0..25 {
            summary.count([&got].into_iter());
            summary.keep(|| "LNZX\n".to_owned(), false);
        }
        summary.count([&cut, &change("name", "", "王芳")].into_iter());
        let text = summary.text();
        let first = text.lines().next().unwrap();
        for said in
            ["对应条款由空变为有值 25", "对应条款由有值变为空 25", "意见条目有变化 1", "姓名由空变为有值 1"]
        {
            assert!(first.contains(said), "{said}: {first}");
        }
        assert_eq!(text.matches("LNZX").count(), FEW);
        assert!(text.ends_with("另有 5 封未逐一列出，加 --details 列出。\n"), "{text}");
    }
}
