//! Who wrote, and which opinions: each value with its evidence. A value that is not certain stays empty.
//!
//! The comment is read as lines of folded text ([`text`]). Labels come first ([`labels`], [`table`]), then
//! what a letter's form tells ([`signature`], [`organization`]), then what the writer says of himself.
//! Extraction is a proposal: staff see the original beside it and correct it.

mod clause;
mod cloud;
mod email;
mod flags;
mod frame;
mod identifiers;
mod joint;
mod label_words;
mod labels;
pub mod mask;
mod name;
mod name_words;
mod numbering;
mod occupation;
mod opinions;
mod organization;
mod person;
mod phone;
mod places;
mod pointer;
mod request;
mod role;
mod sensitive;
mod signature;
mod strangers;
mod surnames;
mod table;
mod text;
mod topics;
mod unmarked;

pub use clause::Catalogue;
pub use request::Request;

use crate::vocabulary::{Consultation, Flag};

/// What the extractor looks at.
#[derive(Debug, Clone, Copy)]
pub struct DetailsInput<'a> {
    /// What the citizen wrote now ([`crate::quote::Cut::comment`]).
    pub comment: &'a str,
    /// The display name of `From:`.
    pub display: Option<&'a str>,
    /// File names of the attachments.
    pub attachments: &'a [String],
    /// The subject as decoded.
    pub subject: &'a str,
    /// The consultation: the office's own contacts, occupations and clauses.
    pub consultation: &'a Consultation,
}

/// The telephone numbers in a text, normalised as [`Details::phones`] are.
pub fn phones_in(text: &str) -> Vec<String> {
    phone::find_all(&text::fold(text)).into_iter().map(|found| found.normal).collect()
}

/// The addresses in a text, as [`Details::emails`] are.
pub fn emails_in(text: &str) -> Vec<String> {
    email::find(&text::fold(text)).into_iter().map(|(address, _)| address).collect()
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// The writer's name, or the contact person's of an organisation.
    pub name: Option<String>,
    /// A hint that is not certain: the display name, `李女士`.
    pub name_hint: Option<String>,
    /// The organisation that speaks.
    pub organization: Option<String>,
    /// One of the consultation's occupations, spelled as there.
    pub occupation: Option<String>,
    /// The occupation in the writer's words.
    pub occupation_as_written: Option<String>,
    /// Telephone numbers, normalised (`13800138000`, `024-25550101-8012`), in order, no repeats.
    pub phones: Vec<String>,
    /// Addresses given in the text, in order, no repeats.
    pub emails: Vec<String>,
    /// How many people sign; 1 unless a joint letter lists more.
    pub signatories: u32,
    /// Flags that the text justifies, in the order of [`Flag::ALL`].
    pub flags: Vec<Flag>,
    /// The opinion items (条).
    pub opinions: Vec<Opinion>,
    /// What the writer wants done with an earlier letter or with his data; with it stands [`Flag::Withdraw`].
    pub request: Option<Request>,
    /// The opinion part as written: without salutation, labelled details, closing and signature.
    pub opinion_text: String,
    /// Where each value comes from.
    pub evidence: Vec<Evidence>,
}

/// One opinion item (条).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// The clause it speaks of, as [`crate::vocabulary::Clause::code`]; a suggestion for staff.
    pub clause: Option<String>,
    /// The item's text.
    pub text: String,
}

/// Why a value was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The column or flag it supports: `name`, `phones`, `joint`, …
    pub field: &'static str,
    /// The rule that fired, a stable `snake_case` word: `label`, `signature_line`, `self_introduction`, …
    pub rule: &'static str,
    /// The line it stands in, counted from 1 in the comment; 0 when it is not in the comment.
    pub line: usize,
    /// The value as written.
    pub as_written: String,
}

/// Extracts the details, with the consultation's clauses compiled for this one text.
pub fn extract(input: &DetailsInput<'_>) -> Details {
    extract_with(input, &Catalogue::new(&input.consultation.clauses))
}

/// Extracts the details. `catalogue` holds the clauses of the input's consultation.
pub fn extract_with(input: &DetailsInput<'_>, catalogue: &Catalogue) -> Details {
    let text = text::Text::new(input.comment);
    let lines = text.lines();
    let mut fields = labels::find(&lines);
    unmarked::add(&lines, &mut fields);
    let strangers = strangers::take(&lines, &mut fields);
    let signature = signature::read(&lines, &fields, &strangers);
    let mut details = Details::default();
    person::fill(&mut details, input, &lines, &fields, &signature, &strangers);
    let body = frame::body(&lines, &fields, &signature, &input.consultation.office_name);
    flags::fill(&mut details, input, &lines, &fields, &body);
    details.opinion_text = frame::opinion_text(&body, &lines, &fields);
    if !details.flags.contains(&Flag::NoObjection) && !details.flags.contains(&Flag::AttachmentOnly) {
        details.opinions = opinions::items(&body, catalogue);
    }
    details
}
