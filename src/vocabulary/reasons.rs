//! Why something was decided: a word, and the parameters that go with it.
//!
//! In the store the word stands in a column of its own (`mailbox_entry.reason`) and the parameters beside it as a JSON
//! object (`mailbox_entry.reason_detail`). What somebody else said, a server or a sender's system, is a parameter and never
//! part of the word. Sentences for people are made from these where they are shown, and nothing reads a sentence back.

use serde::Serialize;
use serde_json::Value;

use super::Word;

/// Declares an enum whose variants are words with parameters: `Name: "kind" { Variant { field: Type, } = "word", … }`. As JSON
/// each is one object with the word under `word`.
macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident: $kind:literal {
        $($(#[$vdoc:meta])* $variant:ident $({ $($(#[$fdoc:meta])* $field:ident: $type:ty,)+ })? = $word:literal,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "word")]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant $({ $($(#[$fdoc])* $field: $type,)+ })?,)+
        }

        impl $name {
            /// The word as it stands in the database.
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $word,)+ }
            }
        }

        impl $crate::vocabulary::Word for $name {
            const KIND: &'static str = $kind;
            const WORDS: &'static [&'static str] = &[$($word,)+];

            fn word(&self) -> &'static str {
                self.as_str()
            }
        }

        impl Reason for $name {
            fn detail(&self) -> Option<Value> {
                parameters(self)
            }
        }
    };
}

mod answer;
mod entry;
mod evidence;

pub use answer::{BreakerReason, SendFailure, SendReason, Silence, WithheldReason};
pub use entry::{Delivery, EntryReason, GapReason, Machine, Mark, SubjectReason, Unreadable};
pub use evidence::{ArrivalEvidence, SubjectEvidence};

/// A word with its parameters.
pub trait Reason: Word {
    /// The parameters as a JSON object; `None` when there are none.
    fn detail(&self) -> Option<Value>;
}

/// A reason as it stands in the store, whichever enum it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredReason {
    /// The word; empty where the column is NULL.
    pub word: String,
    /// The parameters, a JSON object; `Null` when there are none.
    pub detail: Value,
}

impl StoredReason {
    /// From the two columns.
    pub fn read(word: Option<String>, detail: Option<&str>) -> Self {
        let detail = detail.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        Self { word: word.unwrap_or_default(), detail }
    }

    /// The word; `None` where the column is NULL.
    pub fn word(&self) -> Option<&str> {
        Some(self.word.as_str()).filter(|word| !word.is_empty())
    }

    /// A parameter that is a text; empty when there is none of this name.
    pub fn text(&self, name: &str) -> &str {
        self.detail.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

impl<R: Reason> From<&R> for StoredReason {
    fn from(reason: &R) -> Self {
        Self { word: reason.word().to_owned(), detail: reason.detail().unwrap_or_default() }
    }
}

/// Everything of a tagged value but its word.
fn parameters(reason: &impl Serialize) -> Option<Value> {
    let Ok(Value::Object(mut object)) = serde_json::to_value(reason) else { return None };
    object.remove("word");
    (!object.is_empty()).then_some(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reason_is_its_word_and_its_parameters() {
        let field = Mark::FieldValue { field: "precedence".to_owned(), value: "bulk".to_owned() };
        let rows: [(StoredReason, &str, Value); 6] = [
            (StoredReason::from(&EntryReason::Subject(SubjectReason::NoTag)), "no_tag", Value::Null),
            (
                StoredReason::from(&EntryReason::Machine {
                    kind: Machine::AutoReply,
                    mark: field,
                    delivery: None,
                }),
                "auto_reply",
                json!({ "mark": { "word": "field_value", "field": "precedence", "value": "bulk" } }),
            ),
            (
                StoredReason::from(&GapReason::Refused { words: "NO busy".to_owned() }),
                "refused",
                json!({ "words": "NO busy" }),
            ),
            (StoredReason::from(&WithheldReason::Disabled), "disabled", Value::Null),
            (
                StoredReason::from(&SendReason::GivenUp {
                    hours: 120,
                    last: SendFailure::Refused { code: 452, reply: "disk full".to_owned() },
                }),
                "given_up",
                json!({ "hours": 120, "last": { "word": "refused", "code": 452, "reply": "disk full" } }),
            ),
            (
                StoredReason::from(&BreakerReason::PerDay { cap: 5, sent: 7 }),
                "caps.per_day",
                json!({ "cap": 5, "sent": 7 }),
            ),
        ];
        for (reason, word, detail) in rows {
            assert_eq!((reason.word.as_str(), reason.detail), (word, detail));
        }
    }
}
