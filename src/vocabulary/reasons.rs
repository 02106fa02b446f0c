//! Why something was decided: a word, and the parameters that go with it.
//!
//! In the store the word stands in a column of its own (`mailbox_entry.reason`) and the parameters beside it as a JSON
//! object (`mailbox_entry.reason_detail`). What somebody else said, a server or a sender's system, is a parameter and never
//! part of the word. Sentences for people are made from these where they are shown, and nothing reads a sentence back.

use serde::Serialize;
use serde_json::Value;

/// Declares an enum whose variants are words with parameters. As JSON each is one object with the word under `word`.
macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$vdoc:meta])* $variant:ident $({ $($(#[$fdoc:meta])* $field:ident: $type:ty,)+ })? = $word:literal,)+
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "word")]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant $({ $($(#[$fdoc])* $field: $type,)+ })?,)+
        }

        impl $name {
            /// Every word, in the order of declaration.
            pub const WORDS: &[&str] = &[$($word,)+];

            /// The word as it stands in the database.
            pub const fn as_str(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $word,)+ }
            }
        }

        impl Reason for $name {
            fn word(&self) -> &'static str {
                self.as_str()
            }

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
pub use evidence::{ArrivalEvidence, SubjectEvidence};
pub use entry::{EntryReason, GapReason, Machine, Mark, SubjectReason, Unreadable};

/// A word with its parameters.
pub trait Reason {
    /// The word as it stands in the database.
    fn word(&self) -> &'static str;

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
        let rows: [(&dyn Reason, &str, Option<Value>); 6] = [
            (&EntryReason::Subject(SubjectReason::NoTag), "no_tag", None),
            (
                &EntryReason::Machine { kind: Machine::AutoReply, mark: field.clone() },
                "auto_reply",
                Some(json!({ "mark": { "word": "field_value", "field": "precedence", "value": "bulk" } })),
            ),
            (
                &EntryReason::Missing(GapReason::Refused { words: "NO busy".to_owned() }),
                "refused",
                Some(json!({ "words": "NO busy" })),
            ),
            (&WithheldReason::Disabled, "disabled", None),
            (
                &SendReason::GivenUp {
                    hours: 120,
                    last: SendFailure::Refused { code: 452, reply: "disk full".to_owned() },
                },
                "given_up",
                Some(json!({ "hours": 120, "last": { "word": "refused", "code": 452, "reply": "disk full" } })),
            ),
            (
                &BreakerReason::PerDay { cap: 5, sent: 7 },
                "caps.per_day",
                Some(json!({ "cap": 5, "sent": 7 })),
            ),
        ];
        for (reason, word, detail) in rows {
            assert_eq!((reason.word(), reason.detail()), (word, detail));
        }
    }
}
