//! Every key with its value as the files have it: to tell one configuration from another.

use std::collections::{BTreeMap, BTreeSet};

use config::{Map, Value, ValueKind};

use crate::vocabulary::sha256_hex;

/// A longer value is cut where it is told.
const TOLD: usize = 80;

/// Keys and values of all files, without the environment: no two processes need to have that alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AsWritten(BTreeMap<String, String>);

/// A key with another value than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `mailbox.host`, `consultation.ID.deadline`
    pub key: String,
    /// Empty: it stood nowhere.
    pub before: String,
    /// Empty: it stands nowhere any more.
    pub after: String,
}

impl AsWritten {
    /// Adds a table below a name.
    pub(super) fn add(&mut self, below: &str, table: &Map<String, Value>) {
        for (key, value) in table {
            let name = if below.is_empty() { key.clone() } else { format!("{below}.{key}") };
            match &value.kind {
                ValueKind::Table(inner) => self.add(&name, inner),
                _ => {
                    self.0.insert(name, written(value));
                }
            }
        }
    }

    /// What differs, in the order of the keys.
    pub fn changes(&self, new: &Self) -> Vec<Change> {
        let keys: BTreeSet<&String> = self.0.keys().chain(new.0.keys()).collect();
        let told = |value: Option<&String>| value.map_or_else(String::new, |value| cut(value));
        keys.into_iter()
            .filter(|key| self.0.get(*key) != new.0.get(*key))
            .map(|key| Change {
                key: key.clone(),
                before: told(self.0.get(key)),
                after: told(new.0.get(key)),
            })
            .collect()
    }

    /// What tells it from another one.
    pub fn digest(&self) -> String {
        let lines: Vec<String> = self.0.iter().map(|(key, value)| format!("{key} = {value:?}\n")).collect();
        sha256_hex(lines.concat().as_bytes())
    }
}

/// A value with the keys of its tables in order: `config` has them in any, and in another one in each process.
fn written(value: &Value) -> String {
    match &value.kind {
        ValueKind::Table(table) => {
            let sorted: BTreeMap<&String, &Value> = table.iter().collect();
            let keys = sorted.into_iter().map(|(key, value)| format!("{key} = {}", written(value)));
            format!("{{ {} }}", keys.collect::<Vec<_>>().join(", "))
        }
        ValueKind::Array(values) => {
            format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        _ => value.to_string(),
    }
}

fn cut(value: &str) -> String {
    match value.char_indices().nth(TOLD) {
        Some((at, _)) => format!("{}…", value.get(..at).unwrap_or_default()),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_that_differs_is_named_once_with_both_values() {
        let table = |value: &str| {
            let inner = Map::from_iter([
                ("host".to_owned(), Value::from(value)),
                ("port".to_owned(), Value::from(993)),
            ]);
            Map::from_iter([("mailbox".to_owned(), Value::from(inner))])
        };
        let (mut old, mut new) = (AsWritten::default(), AsWritten::default());
        old.add("", &table("imap.example.cn"));
        new.add("", &table("mail.example.cn"));
        new.add("consultation.other", &Map::from_iter([("title".to_owned(), Value::from("很".repeat(100)))]));
        let changes = old.changes(&new);
        assert_eq!(changes.len(), 2, "{changes:?}");
        assert!(changes.iter().any(|change| change.key == "mailbox.host"
            && change.before == "imap.example.cn"
            && change.after == "mail.example.cn"));
        assert!(
            changes.iter().any(|change| change.before.is_empty() && change.after.chars().count() == TOLD + 1)
        );
        assert_ne!(old.digest(), new.digest());
        assert_eq!(old.changes(&old.clone()), Vec::new());
    }

    #[test]
    fn tables_in_a_list_are_the_same_in_any_order_of_their_keys() {
        let keys = ["code", "name", "also", "article", "kinds", "part", "title", "words"];
        let listed = || {
            let clause = Map::from_iter(keys.map(|key| (key.to_owned(), Value::from(key))));
            let mut written = AsWritten::default();
            written
                .add("", &Map::from_iter([("clauses".to_owned(), Value::from(vec![Value::from(clause)]))]));
            written
        };
        let first = listed();
        assert!((0..20).all(|_| listed() == first), "{first:?}");
        assert_eq!(first.digest(), listed().digest());
    }
}
