//! What a person has erased: out of every column, the raw mail and the free pages of the file, while number, dates, counts and the
//! chain stay provable. One event names what was erased; COMMIT seals what is left of the letter anew, under other random bytes.

mod aside;
mod due;
mod found;
mod part;
mod shared;
mod sweep;
mod whole;

pub use aside::Aside;
pub use found::{AlsoHeld, Departure, Erasable, Traces};
pub use part::{ERASABLE, Wordings};
pub use sweep::Swept;

/// The messages of the submission `?1`.
const OWN: &str = "(SELECT message_id FROM submission WHERE id = ?1 UNION ALL SELECT message_id FROM supplement WHERE submission_id = ?1)";

/// An entry (`uid`) that a person called so, as files of an import are; what a mail server called a file names nobody.
const NAMED_BY_A_PERSON: &str = "(typeof(uid) = 'text' AND uid NOT GLOB 'erased [0-9]*'
    AND uid NOT GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]*.*')";

/// Who erases, why and when.
#[derive(Debug, Clone, Copy)]
pub struct Eraser<'a> {
    /// Who.
    pub actor: &'a str,
    /// Why, in his words.
    pub note: &'a str,
    /// When.
    pub now: jiff::Timestamp,
}

/// What an erasure did beside what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erased {
    /// Answers that waited and will not leave.
    pub held: usize,
    /// The number of a repetition that waits for a person in its place.
    pub released: Option<String>,
    /// The numbers (类号) of groups whose words told of it.
    pub groups: Vec<i64>,
    /// How often a word for what the writer did stands in the texts yet: said of others.
    pub said: usize,
}
