//! Who wrote, and which opinions: each value with its evidence. A value that is not certain stays empty.
//!
//! The comment is read as lines of folded text (`text`). Labels come first (`form`), then what a letter's form tells and
//! what the writer says of himself (`person`); what is left is the opinion (`opinion`).
//! Extraction is a proposal: staff see the original beside it and correct it.

pub(crate) mod contact;
mod flags;
pub(crate) mod form;
mod found;
pub(crate) mod lexicon;
mod opinion;
pub(crate) mod person;
pub(crate) mod text;

pub use found::{Details, DetailsInput, Evidence, Opinion, Request};
pub use opinion::clause::Catalogue;

use contact::{email, phone};
use form::{labels, strangers};
use opinion::{frame, items};
use person::{signature, unmarked};
use text::fold::fold;
use text::line::Text;

use crate::vocabulary::Flag;

/// The telephone numbers in a text, normalised as [`Details::phones`] are.
pub fn phones_in(text: &str) -> Vec<String> {
    phone::find_all(&fold(text)).into_iter().map(|found| found.normal).collect()
}

/// The addresses in a text, as [`Details::emails`] are.
pub fn emails_in(text: &str) -> Vec<String> {
    email::find(&fold(text)).into_iter().map(|(address, _)| address).collect()
}

/// Extracts the details, with the consultation's clauses compiled for this one text.
pub fn extract(input: &DetailsInput<'_>) -> Details {
    extract_with(input, &Catalogue::new(&input.consultation.clauses))
}

/// Extracts the details. `catalogue` holds the clauses of the input's consultation.
pub fn extract_with(input: &DetailsInput<'_>, catalogue: &Catalogue) -> Details {
    let text = Text::new(input.comment);
    let lines = text.lines();
    let mut fields = labels::find(&lines);
    unmarked::add(&lines, &mut fields);
    let strangers = strangers::take(&lines, &mut fields);
    let signature = signature::read(&lines, &fields, &strangers);
    let mut details = Details::default();
    person::fill::fill(&mut details, input, &lines, &fields, &signature, &strangers);
    let body = frame::body(&lines, &fields, &signature, &input.consultation.office_name);
    flags::fill::fill(&mut details, input, &lines, &fields, &body);
    details.opinion_text = frame::opinion_text(&body, &lines, &fields);
    if !details.flags.contains(&Flag::NoObjection) && !details.flags.contains(&Flag::AttachmentOnly) {
        details.opinions = items::items(&body, catalogue);
    }
    details
}
