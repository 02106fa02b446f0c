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

use contact::{email, phone};
use form::{labels, strangers};
use lexicon::occupations::Occupations;
use opinion::clause::Catalogue;
use opinion::{frame, items};
use person::{signature, unmarked};
use text::fold::fold;
use text::line::Text;

use crate::vocabulary::{Consultation, Flag};

/// The telephone numbers in a text, normalised as [`Details::phones`] are.
pub fn phones_in(text: &str) -> Vec<String> {
    phone::find_all(&fold(text)).into_iter().map(|found| found.normal).collect()
}

/// The addresses in a text, as [`Details::emails`] are.
pub fn emails_in(text: &str) -> Vec<String> {
    email::find(&fold(text)).into_iter().map(|(address, _)| address).collect()
}

/// What a consultation's own words are, ready to be looked for. Compiling them costs more than reading a mail: keep it.
#[derive(Debug)]
pub struct Lexicon {
    clauses: Catalogue,
    occupations: Occupations,
}

impl Lexicon {
    /// Compiles what the configuration says of one consultation.
    pub fn new(consultation: &Consultation) -> Self {
        Self {
            clauses: Catalogue::new(&consultation.clauses, &consultation.parts),
            occupations: Occupations::new(&consultation.occupations),
        }
    }
}

/// Extracts the details, with the consultation's words compiled for this one text.
pub fn extract(input: &DetailsInput<'_>) -> Details {
    extract_with(input, &Lexicon::new(input.consultation))
}

/// Extracts the details. `lexicon` is that of the input's consultation.
pub fn extract_with(input: &DetailsInput<'_>, lexicon: &Lexicon) -> Details {
    let text = Text::new(input.comment);
    let lines = text.lines();
    let mut fields = labels::find(&lines);
    unmarked::add(&lines, &mut fields);
    let strangers = strangers::take(&lines, &mut fields);
    let signature = signature::read(&lines, &fields, &strangers);
    let mut details = Details::default();
    person::fill::fill(&mut details, (input, &lexicon.occupations), &lines, &fields, &signature, &strangers);
    let body = frame::body(&lines, &fields, &signature, &input.consultation.office_name);
    flags::fill::fill(&mut details, input, &lines, &fields, &body);
    details.opinion_text = frame::opinion_text(&body, &lines, &fields);
    if !details.flags.contains(&Flag::NoObjection) && !details.flags.contains(&Flag::AttachmentOnly) {
        details.opinions = items::items(&body, &lexicon.clauses);
    }
    details
}
