//! A piece of a letter that tells who wrote: the comment, or the signature block below it.

use crate::details::form::label::Field;
use crate::details::form::{labels, strangers};
use crate::details::person::card::{self, Card};
use crate::details::person::has_to_say::{self, HasToSay};
use crate::details::person::presentation::{self, Presentation};
use crate::details::person::represented::{self, Represented};
use crate::details::person::signature::{self, Signature};
use crate::details::person::{head, roll, unmarked};
use crate::details::text::line::Line;

/// The lines with what was read out of them.
pub(crate) struct Part<'l, 'a> {
    pub(crate) lines: &'l [Line<'a>],
    pub(crate) fields: Vec<Field>,
    pub(crate) signature: Signature,
    /// Indices of the lines with somebody else's particulars, in order.
    pub(crate) strangers: Vec<usize>,
    /// The sentences that tell who wrote and nothing else, in order.
    pub(crate) presentations: Vec<Presentation>,
    /// For whom the letter is written, where its writer says so.
    pub(crate) represented: Option<Represented>,
    /// Who says at the head that he has something to say.
    pub(crate) has_to_say: Option<HasToSay>,
    /// The texts in which somebody gives his particulars among other words, in order.
    pub(crate) cards: Vec<Card>,
}

impl<'l, 'a> Part<'l, 'a> {
    /// `display`: the name by which the sender's mail program calls him.
    pub(crate) fn of(lines: &'l [Line<'a>], display: Option<&str>) -> Self {
        let mut fields = labels::find(lines);
        unmarked::add(lines, &mut fields);
        head::add(lines, &mut fields);
        let strangers = strangers::take(lines, &mut fields);
        let mut signature = signature::read(lines, &fields, &strangers, display);
        roll::add(lines, &mut signature);
        let mut presentations = presentation::find(lines, display);
        // Who does not say that he is the writer is not, where another signs.
        let others = !signature.names.is_empty();
        presentations.retain(|found| {
            let name = found.told.name.as_deref();
            let signs = || signature.names.iter().any(|signer| Some(signer.name.as_str()) == name);
            strangers.binary_search(&found.line).is_err() && (found.is_said() || !others || signs())
        });
        let mut cards = card::find(lines, display);
        cards.retain(|card| strangers.binary_search(&card.line).is_err());
        let has_to_say =
            has_to_say::find(lines).filter(|found| strangers.binary_search(&found.line).is_err());
        let represented = represented::find(lines);
        Self { lines, fields, signature, strangers, presentations, represented, has_to_say, cards }
    }

    /// The line number as evidence states it.
    pub(crate) fn number(&self, index: usize) -> usize {
        self.lines.get(index).map_or(0, |line| line.number)
    }

    /// A word of a line as the writer spelled it.
    pub(crate) fn spelled(&self, index: usize, word: &str) -> String {
        self.lines.get(index).map_or_else(|| word.to_owned(), |line| line.spelled(word))
    }

    /// The places of a line in which its writer says who he is, in order.
    pub(crate) fn presented(&self, index: usize) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        let presented = self.presentations.iter().filter(move |found| found.line == index);
        let cards = self.cards.iter().filter(move |card| card.line == index && card.is_whole);
        let mut places: Vec<_> =
            presented.map(|found| found.range.clone()).chain(cards.map(|card| card.range.clone())).collect();
        places.sort_by_key(|place| (place.start, place.end));
        places.into_iter()
    }

    /// Whether a line says who writes, or for whom, and nothing else.
    pub(crate) fn tells_of_somebody(&self, index: usize) -> bool {
        let text = self.lines.get(index).map_or("", |line| line.text);
        self.represented.as_ref().is_some_and(|found| represented::is_about(found, text))
            || self.has_to_say.as_ref().is_some_and(|said| said.line == index && said.is_whole)
    }

    /// Whether the line holds somebody else's particulars.
    pub(crate) fn is_strangers(&self, index: usize) -> bool {
        self.strangers.binary_search(&index).is_ok()
    }
}
