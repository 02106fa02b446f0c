//! Sentences: what a rule looks at where nothing may run over unbounded text.

use crate::details::text::line::Line;
use crate::details::text::topics::{Topic, Topics};
use crate::vocabulary::Regex;
use crate::vocabulary::language::language_table;

/// The longest sentence that a rule looks at, in bytes; what people say about themselves is short.
pub(crate) const SENTENCE_BYTES: usize = 1200;

/// Most sentences that rules look at; no letter has so many that concern one.
const MAX_SENTENCES: usize = 10_000;

language_table!(pub(crate) FLAGS, "language/flags.tsv");

/// A sentence of a folded line that concerns a topic, with the line's number.
pub(crate) struct Sentence<'a> {
    pub(crate) line: usize,
    pub(crate) text: &'a str,
    pub(crate) topics: Topics,
}

/// The sentences that a rule has a word in common with.
pub(crate) fn sentences<'a>(lines: &[Line<'a>]) -> Vec<Sentence<'a>> {
    lines
        .iter()
        .filter(|line| line.topics != Topics::default())
        .flat_map(|line| line.text.split(['。', '!', '?', ';', '\t']).map(|text| (line.number, text.trim())))
        .filter(|(_, text)| !text.is_empty() && text.len() <= SENTENCE_BYTES)
        .map(|(line, text)| Sentence { line, text, topics: Topics::of(text) })
        .filter(|sentence| sentence.topics != Topics::default())
        .take(MAX_SENTENCES)
        .collect()
}

/// The sentences of a text, asked for what they say about a topic.
pub(crate) struct Said<'s, 'a> {
    sentences: &'s [Sentence<'a>],
}

impl<'s, 'a> Said<'s, 'a> {
    /// What these sentences say.
    pub(crate) const fn of(sentences: &'s [Sentence<'a>]) -> Self {
        Self { sentences }
    }

    /// The sentences that may concern a topic.
    pub(crate) fn about(&self, topic: Topic) -> impl Iterator<Item = &'s Sentence<'a>> {
        self.sentences.iter().filter(move |sentence| sentence.topics.has(topic))
    }

    /// The first clause that fits and is not about a general matter.
    pub(crate) fn find(&self, topic: Topic, wanted: &Regex, unless: &Regex) -> Option<(usize, String)> {
        self.find_where(topic, wanted, unless, |_| true)
    }

    /// The same, among the sentences of one sort.
    pub(crate) fn find_where(
        &self,
        topic: Topic,
        wanted: &Regex,
        unless: &Regex,
        of_sort: impl Fn(&str) -> bool,
    ) -> Option<(usize, String)> {
        self.about(topic).find_map(|sentence| {
            let found = wanted.find(sentence.text)?;
            let behind = sentence.text.get(found.end()..)?;
            let rest = behind.find([',', ':']).unwrap_or(behind.len());
            let before = sentence.text.get(..found.end() + rest)?;
            let clause = before.rsplit([',', ':']).find(|part| !part.trim().is_empty()).unwrap_or(before);
            let general = unless.is_match(clause) || unless.is_match(found.as_str());
            (!general && of_sort(sentence.text))
                .then(|| (sentence.line, sentence.text.chars().take(80).collect()))
        })
    }
}
