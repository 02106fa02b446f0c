//! Who wrote, and which opinions: each value with its evidence. A value that is not certain stays empty.
//!
//! The comment is read as lines of folded text (`text`). Labels come first (`form`), then what a letter's form tells and
//! what the writer says of himself (`person`); what is left is the opinion (`opinion`).
//! Extraction is a proposal: staff see the original beside it and correct it.

mod asking;
pub(crate) mod contact;
mod flags;
pub(crate) mod form;
mod found;
pub(crate) mod lexicon;
mod opinion;
pub(crate) mod person;
mod sender_kind;
pub(crate) mod text;

pub(crate) use lexicon::surnames::surname_length;

pub use found::{Details, DetailsInput, Evidence, Opinion, Request};
pub use sender_kind::agency_domain;

use contact::{email, labelled};
use form::label::Label;
use lexicon::occupations::Occupations;
use opinion::clause::Catalogue;
use opinion::{frame, items, numbering};
use person::part::Part;
use text::fold::fold;
use text::line::Text;
use text::topics::{Topic, Topics};

use crate::vocabulary::{Consultation, Flag};

/// The telephone numbers at the beginning of a text, normalised as [`Details::phones`] are.
pub fn phones_in(text: &str) -> Vec<String> {
    labelled::find(&fold(text)).into_iter().map(|found| found.normal).collect()
}

/// The addresses in a text, as [`Details::emails`] are.
pub fn emails_in(text: &str) -> Vec<String> {
    email::find(&fold(text)).into_iter().map(|(address, _)| address).collect()
}

/// The occupation of a consultation's list that somebody means by these words, as the writer of a letter would.
pub fn occupation_meant(text: &str, consultation: &Consultation) -> Option<String> {
    Occupations::new(&consultation.occupations).map(text)
}

/// The clause that a text names, as an item's is told; a suggestion for staff.
pub fn clause_named(text: &str, consultation: &Consultation) -> Option<String> {
    Catalogue::new(&consultation.clauses, &consultation.parts).suggest(text)
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
    let comment = Part::of(&lines, input.display);
    let block = Text::new(input.signature);
    let block_lines = block.lines_outside();
    let block = Part::of(&block_lines, input.display);
    let mut details = Details::default();
    person::fill::fill(&mut details, (input, &lexicon.occupations), &comment, &block);
    let body = frame::body(&comment, &input.consultation.office_name);
    flags::fill::fill(&mut details, input, &comment, &body);
    details.opinion_text = frame::opinion_text(&body, &lines, &comment.fields);
    let is_answer = details.flags.contains(&Flag::NoObjection) || details.only_points;
    let asking = asking::read(&lines, body, input.subject, flags::fill::keeps_private);
    note_requests(&mut details, asking.requests, input);
    // Who applies for papers in one point of several has said the others.
    let applies = details.flags.contains(&Flag::InfoDisclosure)
        && !asking::proposes(&asking.rest)
        && numbering::points(&asking.rest).len() < 2;
    if !is_answer && !applies {
        details.opinions = items::items(&asking.rest, &rows(&comment), &lexicon.clauses);
    }
    details
}

/// The lines of what several people say in a table's column for opinions.
fn rows(part: &Part<'_, '_>) -> Vec<usize> {
    let said =
        part.fields.iter().filter(|field| field.label == Label::Opinion && field.rule == "table_column");
    said.filter_map(|field| part.lines.get(field.line)).map(|line| line.number).collect()
}

/// Notes what kind of sender wrote, by what was found in his `comment` and by his address.
pub fn of_sender(details: &mut Details, address: &str, comment: &str) {
    let told = sender_kind::told(address, details, comment);
    details.sender_kind = told.kind;
    // Of most letters there is nothing to say.
    if !told.rule.is_empty() {
        details.note("sender_kind", told.rule, 0, &told.seen);
    }
}

fn note_requests(details: &mut Details, requests: Vec<(Request, (usize, String))>, input: &DetailsInput<'_>) {
    for (request, (line, text)) in requests {
        let written = if line == 0 { input.subject } else { &text };
        details.note(request.flag().as_str(), request.as_str(), line, written);
        details.requests.push(request);
        details.flags.push(request.flag());
    }
    details.flags.sort_unstable();
    details.flags.dedup();
}

/// The beginning of a letter without what frames it: whom it greets, who writes.
pub fn without_frame(comment: &str) -> String {
    const BEGINNING_BYTES: usize = 4096;
    let beginning = comment.get(..comment.floor_char_boundary(BEGINNING_BYTES)).unwrap_or_default();
    let text = Text::new(beginning);
    let lines = text.lines();
    let body = frame::body(&Part::of(&lines, None), "");
    body.iter().map(|line| line.raw).collect::<Vec<_>>().join(" ")
}

/// The same, with a sign for the lines that are left out: the rest does not look like the whole.
pub fn without_frame_marked(comment: &str) -> String {
    const LEFT_OUT: &str = "…";
    let said = without_frame(comment);
    let (mut rest, mut pieces) = (said.as_str(), Vec::new());
    for line in comment.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(behind) = rest.trim_start().strip_prefix(line) {
            pieces.push(line);
            rest = behind;
        } else if pieces.last() != Some(&LEFT_OUT) {
            pieces.push(LEFT_OUT);
        }
    }
    // Where the lines of a letter cannot be told in it, at least that something is left out.
    if rest.trim().is_empty() { pieces.join(" ") } else { format!("{said}{LEFT_OUT}") }
}

/// Whether the beginning of a letter may ask for something, told without reading it.
pub fn may_ask(subject: &str, text: &str) -> bool {
    /// Who only asks for something does so at once.
    const BEGINNING_BYTES: usize = 4096;
    let beginning =
        |text: &str| fold(text.get(..text.floor_char_boundary(BEGINNING_BYTES)).unwrap_or_default());
    [subject, text].into_iter().any(|text| {
        let topics = Topics::of(&beginning(text));
        [Topic::Request, Topic::Lateness, Topic::Question].iter().any(|topic| topics.has(*topic))
    })
}
