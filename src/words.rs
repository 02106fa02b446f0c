//! What each word of the database and of the commands is called: `rules/words.toml`, read once. Commands, views and
//! manuals all take it from here.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::vocabulary::{StoredReason, Word};

/// What one word is called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    short: String,
    long: Option<String>,
    to_do: Option<String>,
    english: String,
}

impl Row {
    /// In tables, lists and views.
    pub fn short(&self) -> &str {
        &self.short
    }

    /// In sentences.
    pub fn long(&self) -> &str {
        self.long.as_deref().unwrap_or(&self.short)
    }

    /// What staff do about it, where they must act.
    pub fn to_do(&self) -> Option<&str> {
        self.to_do.as_deref()
    }

    /// For the English manual.
    pub fn english(&self) -> &str {
        &self.english
    }
}

static ROWS: LazyLock<BTreeMap<String, BTreeMap<String, Row>>> = LazyLock::new(|| {
    toml::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/words.toml")))
        .expect("rules/words.toml is part of the program, and a test reads it")
});

/// Every row with its kind and its word, sorted.
pub fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static Row)> {
    ROWS.iter()
        .flat_map(|(kind, words)| words.iter().map(move |(word, row)| (kind.as_str(), word.as_str(), row)))
}

/// The row of a word.
pub fn row(kind: &str, word: &str) -> Option<&'static Row> {
    ROWS.get(kind)?.get(word)
}

/// What a stored word is called in tables; a word that is not known (a newer version wrote it) stays as it is.
pub fn short<'a>(kind: &str, word: &'a str) -> &'a str {
    row(kind, word).map_or(word, Row::short)
}

/// The same in sentences.
pub fn long<'a>(kind: &str, word: &'a str) -> &'a str {
    row(kind, word).map_or(word, Row::long)
}

/// What a value is called, where the value itself is at hand.
pub trait Chinese: Word {
    /// In tables.
    fn short(&self) -> &'static str {
        short(Self::KIND, self.word())
    }

    /// In sentences.
    fn long(&self) -> &'static str {
        long(Self::KIND, self.word())
    }

    /// What is to be done about it.
    fn to_do(&self) -> Option<&'static str> {
        row(Self::KIND, self.word())?.to_do()
    }

    /// In English.
    fn english(&self) -> &'static str {
        row(Self::KIND, self.word()).map_or(self.word(), Row::english)
    }
}

impl<W: Word> Chinese for W {}

/// A reason for tables, with what goes with it.
pub fn tell_short(kind: &str, reason: &StoredReason) -> String {
    told(kind, &reason.word, &reason.detail, Row::short)
}

/// A reason for sentences, with what goes with it.
pub fn tell(kind: &str, reason: &StoredReason) -> String {
    told(kind, &reason.word, &reason.detail, Row::long)
}

/// What stands as one object in the evidence: the word under `word`, its parameters beside it.
pub fn tell_value(kind: &str, value: &Value) -> String {
    told(kind, value.get("word").and_then(Value::as_str).unwrap_or_default(), value, Row::long)
}

fn told(kind: &str, word: &str, detail: &Value, text: fn(&Row) -> &str) -> String {
    let nothing = Map::new();
    let parameters = detail.as_object().unwrap_or(&nothing);
    row(kind, word).map_or_else(|| word.to_owned(), |row| fill(text(row), parameters))
}

/// Puts a word's parameters into its text: `{name}` becomes the parameter. What stands between `[` and `]` is left out
/// when a parameter in it is missing or empty.
pub fn fill(text: &str, parameters: &Map<String, Value>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, optional)) = rest.split_once('[') {
        filled.push_str(&put_in(before, parameters).0);
        let (inside, after) = optional.split_once(']').unwrap_or((optional, ""));
        let (inside, whole) = put_in(inside, parameters);
        if whole {
            filled.push_str(&inside);
        }
        rest = after;
    }
    filled + &put_in(rest, parameters).0
}

/// The text with its parameters, and whether all of them were there.
fn put_in(text: &str, parameters: &Map<String, Value>) -> (String, bool) {
    let mut pieces = text.split('{');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    let mut whole = true;
    for piece in pieces {
        let (name, after) = piece.split_once('}').unwrap_or((piece, ""));
        let value = parameters.get(name).map_or(Cow::Borrowed(""), |value| in_words(name, value));
        whole &= !value.is_empty();
        filled.push_str(&value);
        filled.push_str(after);
    }
    (filled, whole)
}

/// A parameter that is a reason itself is told by the table that its name says.
fn in_words<'a>(name: &str, value: &'a Value) -> Cow<'a, str> {
    match value {
        Value::Object(_) => Cow::Owned(tell_value(if name == "last" { "send_reason" } else { name }, value)),
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Array(items) => {
            Cow::Owned(items.iter().map(|item| in_words(name, item)).collect::<Vec<_>>().join("、"))
        }
        other => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parameters_stand_in_the_text_and_parts_without_theirs_are_left_out() {
        let parameters = json!({ "edits": 2, "ask": "意见", "words": ["甲", "乙"], "none": null });
        let parameters = parameters.as_object().unwrap();
        for (text, filled) in [
            ("相差 {edits} 字[，意见字样：{ask}]", "相差 2 字，意见字样：意见"),
            ("相差 {edits} 字[，标题：{title}]。", "相差 2 字。"),
            ("[{none}]{words}", "甲、乙"),
            ("没有主题", "没有主题"),
            ("[{ask}", "意见"),
            ("{ask", "意见"),
        ] {
            assert_eq!(fill(text, parameters), filled, "{text}");
        }
    }

    #[test]
    fn a_parameter_may_be_a_reason_itself() {
        let last = json!({ "word": "refused", "code": 452, "reply": "disk full" });
        let reason =
            StoredReason { word: "given_up".to_owned(), detail: json!({ "hours": 120, "last": last }) };
        assert_eq!(tell("send_reason", &reason), "排入 120 小时后放弃：452 disk full");
        let reason = StoredReason { word: "unheard_of".to_owned(), detail: json!({ "x": 1 }) };
        assert_eq!(tell("send_reason", &reason), "unheard_of");
    }

    #[test]
    fn a_word_that_nobody_knows_stays_as_it_is() {
        assert_eq!(short("status", "accepted"), "已登记");
        assert_eq!(short("status", "frozen"), "frozen");
        assert_eq!(long("timeliness", "on_time"), "按时", "the short one will do");
    }
}
