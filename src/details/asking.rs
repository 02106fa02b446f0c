//! What a letter asks the office to do: with an earlier letter, with the writer's data. The one place that reads it.
//!
//! A person decides on each request, and none is an opinion: its sentence makes no item. Beside opinions a request is taken
//! out of them; in a letter without opinions nothing is left, neither the reason for it nor the thanks.

mod calls;
mod clause;
mod lateness;
mod question;
mod question_abroad;
mod signs;

use std::ops::Range;

use crate::details::found::Request;
use crate::details::text::fold::{fold, is_han};
use crate::details::text::line::Line;
use crate::details::text::sentences::SENTENCE_BYTES;
use crate::details::text::topics::{REQUESTS, Topic, Topics};
use crate::vocabulary::language::word_list;

use clause::{Around, Weight};
use signs::Signs;

/// So many characters in one sentence say more than why something is asked for.
const LONG_SENTENCE_CHARS: usize = 60;

/// A sentence of so many characters that no rule of requests knows tells of something else, where only the writer's name
/// is to be withheld. (Who takes a letter back says why in as many.)
const TELLING_CHARS: usize = 7;

/// As much beside a mere question, for which nobody gives reasons, and behind a label in the place of a name.
const REMARK_CHARS: usize = 5;

/// Most sentences of a letter that are looked at.
const MAX_SENTENCES: usize = 2_000;

word_list!(OPINES, REQUESTS, "opines");
word_list!(
    /// Words of [`OPINES`] in phrases that propose nothing.
    NO_PROPOSAL, REQUESTS, "not a proposal");

/// What a letter asks for.
#[derive(Debug, Default)]
pub(crate) struct Asking<'a> {
    /// Each kind once, the weightiest first, with the line and the sentence that says so.
    pub(crate) requests: Vec<(Request, (usize, String))>,
    /// What is left of the body to make items of.
    pub(crate) rest: Vec<Line<'a>>,
}

struct Sentence {
    /// Index in the lines.
    line: usize,
    range: Range<usize>,
    clauses: Vec<(Range<usize>, Signs)>,
    /// For each clause, what it asks for.
    asked: Vec<Option<Request>>,
    opines: bool,
}

/// Reads the lines of a letter. `body` is what would become items; `keeps_private` tells whether a sentence asks not to be
/// named or published.
pub(crate) fn read<'a>(
    lines: &[Line<'a>],
    body: Vec<Line<'a>>,
    subject: &str,
    keeps_private: fn(&str) -> bool,
) -> Asking<'a> {
    let mut asking = Asking::default();
    if may_be_asked(lines, keeps_private) {
        let sentences = taken_apart(lines, keeps_private);
        note(&mut asking, &sentences, lines);
        let parts = taken_apart(&body, keeps_private);
        let asks = parts.iter().any(Sentence::asks);
        asking.rest = if asks { without(&body, &parts) } else { body };
    } else {
        asking.rest = body;
    }
    if asking.requests.is_empty() {
        let subject: Vec<Signs> = clauses(&fold(subject)).map(|(_, signs)| signs).collect();
        asking.requests.extend(
            asked_in(&subject)
                .into_iter()
                .flatten()
                // A letter with opinions under 不要公布我的信 is one with a wish.
                .filter(|(request, _)| *request != Request::Publication || !proposes(&asking.rest))
                .take(1)
                .map(|(request, _)| (request, (0, String::new()))),
        );
    }
    asking
}

/// Whether a folded sentence only asks the office how the consultation goes on.
pub(crate) fn asks_the_office(sentence: &str) -> bool {
    question::asks(sentence.trim(), true)
}

/// Whether a letter may ask for something at all, told without taking it apart.
pub(crate) fn may_ask(line: &Line<'_>) -> bool {
    [Topic::Request, Topic::NoPublish, Topic::Anonymous, lateness::TOPIC, question::TOPIC]
        .iter()
        .any(|topic| line.topics.has(*topic))
}

/// Whether a sentence asks for something, taken for itself: most letters hold a word that a request could be made of, and none is
/// made. It costs a part of what taking the letter apart does.
fn may_be_asked(lines: &[Line<'_>], keeps_private: fn(&str) -> bool) -> bool {
    let placed = |text: &str| -> Vec<(Range<usize>, Signs)> { clauses(text).collect() };
    let signs = |text: &str| -> Vec<Signs> { clauses(text).map(|(_, signs)| signs).collect() };
    // The sentence before with its signs, where they were read, and whether it stands in a line that may ask: this one may
    // complete it.
    let mut before: Option<(&str, Vec<Signs>, bool)> = None;
    for line in lines {
        let may = may_ask(line);
        let is_private = line.topics.has(Topic::NoPublish) || line.topics.has(Topic::Anonymous);
        for range in sentences(line.text) {
            let text = line.text.get(range).unwrap_or_default();
            if text.trim().is_empty() {
                continue;
            }
            let earlier = before.take();
            if text.len() > SENTENCE_BYTES || !may && !earlier.as_ref().is_some_and(|(.., may)| *may) {
                before = Some((text, Vec::new(), may));
                continue;
            }
            let mut all = match earlier {
                Some((text, signs, _)) if text.len() > SENTENCE_BYTES || !signs.is_empty() => signs,
                Some((text, ..)) => signs(text),
                None => Vec::new(),
            };
            let from = all.len();
            let own = signs(text);
            all.extend(own.iter().cloned());
            before = Some((text, own, may));
            let trimmed = text.trim();
            let asks = asked_in(&all).into_iter().skip(from).any(|asked| asked.is_some())
                || is_private && wishes(text, &placed(text), keeps_private).iter().any(Option::is_some)
                || is_private && calls::refuses(trimmed)
                || line.topics.has(question::TOPIC) && question::asks(trimmed, true)
                || line.topics.has(lateness::TOPIC) && lateness::disputes(trimmed, true);
            if asks {
                return true;
            }
        }
    }
    false
}

impl Sentence {
    fn asks(&self) -> bool {
        self.asked.iter().any(Option::is_some)
    }

    /// It proposes something, beside what it may ask for.
    fn is_opinion(&self, lines: &[Line<'_>]) -> bool {
        if self.asks() { !opining_places(lines, self).is_empty() } else { self.opines }
    }

    /// It tells of something that is neither the request nor about the earlier letter.
    fn tells(&self) -> bool {
        let unknown = |signs: &Signs| signs.row.chars().filter(|sign| *sign == 'x').count();
        !self.asks() && self.clauses.iter().map(|(_, signs)| unknown(signs)).sum::<usize>() >= TELLING_CHARS
    }

    fn says_nothing(&self) -> bool {
        self.clauses.iter().all(|(_, signs)| signs.says_nothing())
    }

    /// It tells in so many characters of something that is neither the writer's own nor his letter: no reason for what he asks.
    fn tells_of_others(&self, least: usize) -> bool {
        let rows = || self.clauses.iter().map(|(_, signs)| signs.row.as_str());
        !self.asks()
            && rows().map(|row| row.matches('x').count()).sum::<usize>() >= least
            && !rows().any(|row| row.contains('o') || row.starts_with('n'))
    }
}

/// The sentences with what they ask for, where one of them asks for anything.
fn taken_apart(lines: &[Line<'_>], keeps_private: fn(&str) -> bool) -> Vec<Sentence> {
    let mut found: Vec<Sentence> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for range in sentences(line.text) {
            let text = line.text.get(range.clone()).unwrap_or_default();
            if found.len() == MAX_SENTENCES || text.trim().is_empty() {
                continue;
            }
            let is_read = text.len() <= SENTENCE_BYTES;
            let clauses =
                clauses(text).map(|(at, signs)| (at.start + range.start..at.end + range.start, signs));
            let clauses: Vec<_> = if is_read { clauses.collect() } else { Vec::new() };
            let asked = if is_read && may_ask(line) {
                wishes(line.text, &clauses, keeps_private)
            } else {
                Vec::new()
            };
            found.push(Sentence { line: index, range, clauses, asked, opines: !is_read || opines(text) });
        }
    }
    let is_alone = !found.iter().any(|sentence| sentence.is_opinion(lines));
    let mut before: Vec<Signs> = Vec::new();
    let mut goes_on = false;
    for sentence in &mut found {
        let own: Vec<Signs> = sentence.clauses.iter().map(|(_, signs)| signs.clone()).collect();
        let from = before.len();
        let all: Vec<Signs> = before.into_iter().chain(own.iter().cloned()).collect();
        let of_all = asked_in(&all);
        let counts = |weight| weight != Weight::Alone || is_alone;
        let takes_rest = |found: &Option<(Request, Weight)>| matches!(found, Some((_, Weight::WithRest)));
        // Where the text that it asks for begins: behind the clause that says so, or with the sentence.
        let begins = of_all.iter().skip(from).position(takes_rest).map(|at| at + 1);
        let begins = begins.or_else(|| goes_on.then_some(0));
        goes_on = of_all.last().is_some_and(takes_rest);
        let wished = std::mem::take(&mut sentence.asked).into_iter().chain(std::iter::repeat(None));
        let asked = of_all.into_iter().skip(from).zip(wished);
        sentence.asked = asked
            .map(|(found, wished)| {
                found.filter(|(_, weight)| counts(*weight)).map(|(request, _)| request).or(wished)
            })
            .collect();
        if let Some(begins) = begins {
            sentence.asked.resize(sentence.clauses.len(), None);
            sentence.asked.iter_mut().skip(begins).for_each(|asked| *asked = Some(Request::Corrects));
        }
        before = own;
    }
    note_refused_calls(&mut found, lines);
    note_disputes(&mut found, lines, is_alone);
    note_questions(&mut found, lines, is_alone);
    found
}

/// The sentences that ask not to be called: how an office uses a person's number is asked about his data.
fn note_refused_calls(found: &mut [Sentence], lines: &[Line<'_>]) {
    for sentence in found.iter_mut().filter(|sentence| !sentence.asks()) {
        let Some(line) = lines.get(sentence.line).filter(|line| line.topics.has(Topic::NoPublish)) else {
            continue;
        };
        if calls::refuses(line.text.get(sentence.range.clone()).unwrap_or_default().trim()) {
            sentence.asked = vec![Some(Request::PersonalData); sentence.clauses.len()];
        }
    }
}

/// The sentences that say a letter was in time, and those beside them that ask to look.
fn note_disputes(found: &mut [Sentence], lines: &[Line<'_>], is_alone: bool) {
    let mut any = false;
    for sentence in found.iter_mut().filter(|sentence| !sentence.asks()) {
        let Some(line) = lines.get(sentence.line).filter(|line| line.topics.has(lateness::TOPIC)) else {
            continue;
        };
        let text = line.text.get(sentence.range.clone()).unwrap_or_default().trim();
        if lateness::disputes(text, is_alone && !sentence.opines) || any && lateness::asks_to_look(text) {
            sentence.asked = vec![Some(Request::InTime); sentence.clauses.len()];
            any = true;
        }
    }
}

/// The sentences that ask the office something and nothing else is asked in.
fn note_questions(found: &mut [Sentence], lines: &[Line<'_>], is_alone: bool) {
    let mut goes_on = false;
    for sentence in found {
        let Some(line) = lines.get(sentence.line) else { continue };
        let text = line.text.get(sentence.range.clone()).unwrap_or_default().trim();
        let asks = !sentence.asks()
            && line.topics.has(question::TOPIC)
            && (question::asks(text, is_alone && !sentence.opines) || goes_on && question::asks_on(text));
        if asks {
            sentence.asked = vec![Some(Request::Answer); sentence.clauses.len()];
        }
        goes_on = asks;
    }
}

/// For each clause, whether it asks not to be named or published; for all of them, where only the whole sentence does.
fn wishes(
    line: &str,
    clauses: &[(Range<usize>, Signs)],
    keeps_private: fn(&str) -> bool,
) -> Vec<Option<Request>> {
    let text = |range: Range<usize>| line.get(range).unwrap_or_default();
    let (Some((first, _)), Some((last, _))) = (clauses.first(), clauses.last()) else { return Vec::new() };
    if !keeps_private(text(first.start..last.end)) {
        return Vec::new();
    }
    let each: Vec<bool> = clauses.iter().map(|(range, _)| keeps_private(text(range.clone()))).collect();
    let whole = !each.contains(&true);
    each.into_iter().map(|own| (own || whole).then_some(Request::Publication)).collect()
}

/// What each of these clauses asks for.
fn asked_in(clauses: &[Signs]) -> Vec<Option<(Request, Weight)>> {
    let each = clauses.iter().enumerate().map(|(at, signs)| {
        let around = Around { before: clauses.get(..at).unwrap_or_default(), behind: clauses.get(at + 1) };
        clause::read(signs, around)
    });
    each.collect()
}

fn note(asking: &mut Asking<'_>, sentences: &[Sentence], lines: &[Line<'_>]) {
    let is_opinion = sentences.iter().any(|sentence| sentence.is_opinion(lines) || sentence.tells());
    for wanted in Request::ALL {
        let says = |sentence: &&Sentence| sentence.asked.contains(&Some(*wanted));
        let replaces = asking.requests.iter().any(|(found, _)| *found == Request::Replaces);
        let Some(sentence) =
            sentences.iter().find(says).filter(|_| !replaces || *wanted != Request::Withdraws)
        else {
            continue;
        };
        let Some(line) = lines.get(sentence.line) else { continue };
        let text: String = line.raw_of(sentence.range.clone()).trim().chars().take(80).collect();
        // Beside opinions the wish is a flag: nothing is published without a person. Who takes his letter back asks for more.
        let withdraws = asking.requests.iter().any(|(found, _)| *found == Request::Withdraws);
        if *wanted != Request::Publication || !is_opinion && !withdraws {
            asking.requests.push((*wanted, (line.number, text)));
        }
    }
}

/// The body without what asks; and, where nothing opines, without the rest of it.
fn without<'a>(body: &[Line<'a>], parts: &[Sentence]) -> Vec<Line<'a>> {
    let replaces = parts.iter().any(|part| part.asked.contains(&Some(Request::Replaces)));
    let only_withholds =
        parts.iter().flat_map(|part| part.asked.iter().flatten()).all(|asked| *asked == Request::Publication);
    let withdraws = parts.iter().any(|part| part.asked.contains(&Some(Request::Withdraws)));
    let asks_on = |line: usize| parts.iter().any(|part| part.line == line && part.asks());
    let only_asks =
        parts.iter().flat_map(|part| part.asked.iter().flatten()).all(|asked| *asked == Request::Answer);
    let least = if only_asks { REMARK_CHARS } else { TELLING_CHARS };
    // A sign is a character of Chinese, and a whole word of other languages.
    let least = |part: &Sentence| {
        let text = body.get(part.line).and_then(|line| line.text.get(part.range.clone())).unwrap_or_default();
        if text.contains(is_han) { least } else { least.div_ceil(2) }
    };
    // What is doubtful is kept: a paragraph of its own, about something else.
    let stays = |part: &Sentence| {
        part.is_opinion(body)
            || replaces && !part.asks() && !part.says_nothing()
            || only_withholds && part.tells()
            || !withdraws && !asks_on(part.line) && part.tells_of_others(least(part))
    };
    if !parts.iter().any(stays) {
        return Vec::new();
    }
    let mut rest = Vec::new();
    for (index, line) in body.iter().enumerate() {
        let mut start = 0;
        let mut keep = |from: usize, to: usize| {
            let text = line.text.get(from..to).unwrap_or_default();
            if text.chars().any(char::is_alphabetic) {
                rest.push(Line { raw: line.raw_of(from..to), text, ..*line });
            }
        };
        for part in parts.iter().filter(|part| part.line == index && part.asks()) {
            keep(start, part.range.start);
            for clause in opining_places(body, part) {
                keep(clause.start, clause.end);
            }
            start = part.range.end;
        }
        keep(start, line.text.len());
    }
    rest
}

/// The places in a sentence that asks which propose something besides. Beside a wish not to be named, all that stands together
/// with a proposal belongs to it; behind a label that is the wish (`匿名：…`), whatever tells of something.
fn opining_places(body: &[Line<'_>], part: &Sentence) -> Vec<Range<usize>> {
    let Some(line) = body.get(part.line) else { return Vec::new() };
    let opines = |range: &Range<usize>| line.text.get(range.clone()).is_some_and(opines);
    let only_withholds = part.asked.iter().flatten().all(|asked| *asked == Request::Publication);
    let mut places: Vec<(Range<usize>, bool)> = Vec::new();
    let (mut unknown, mut goes_on, mut labelled) = (0, false, false);
    let asked = part.asked.iter().copied().chain(std::iter::repeat(None));
    for ((range, signs), asked) in part.clauses.iter().zip(asked) {
        if asked.is_some() {
            goes_on = false;
            labelled =
                places.is_empty() && line.text.get(range.end..).is_some_and(|rest| rest.starts_with(':'));
            continue;
        }
        let continues = std::mem::replace(&mut goes_on, only_withholds);
        unknown = if continues { unknown } else { 0 } + signs.row.chars().filter(|sign| *sign == 'x').count();
        let says = opines(range) || only_withholds && labelled && unknown >= REMARK_CHARS;
        match places.last_mut().filter(|_| continues) {
            Some((place, said)) => (place.end, *said) = (range.end, *said || says),
            None => places.push((range.clone(), says)),
        }
    }
    places.into_iter().filter_map(|(place, says)| says.then_some(place)).collect()
}

/// Whether any of these lines has a sentence that proposes or judges something and applies for nothing.
pub(crate) fn proposes(lines: &[Line<'_>]) -> bool {
    let opines = |text: &str| OPINES.inside(text) && !Topics::of(text).has(Topic::Disclosure);
    lines.iter().any(|line| sentences(line.text).any(|range| line.text.get(range).is_some_and(opines)))
}

/// Whether a piece of text proposes or judges something.
fn opines(text: &str) -> bool {
    let mut plain = text.to_ascii_lowercase();
    if NO_PROPOSAL.inside(&plain) {
        for phrase in NO_PROPOSAL.all() {
            plain = plain.replace(phrase, " ");
        }
    }
    OPINES.inside(&plain) || text.chars().filter(|c| is_han(*c)).count() >= LONG_SENTENCE_CHARS
}

/// The places of the sentences of a line, with their ends.
fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = text.get(from..).filter(|rest| !rest.is_empty())?;
        let ends = |(at, c): (usize, char)| {
            let behind = at + c.len_utf8();
            let is_stop =
                c == '.' && rest.get(behind..).is_none_or(|rest| rest.starts_with(' ') || rest.is_empty());
            (matches!(c, '。' | '!' | '?' | ';' | '\t') || is_stop).then_some(behind)
        };
        let length = rest.char_indices().find_map(ends).unwrap_or(rest.len());
        from += length;
        Some(from - length..from)
    })
}

/// The clauses of a sentence with their signs.
fn clauses(text: &str) -> impl Iterator<Item = (Range<usize>, Signs)> {
    let separates = |c: char| {
        matches!(
            c,
            ',' | ':' | '(' | ')' | '[' | ']' | '【' | '】' | '…' | '~' | '。' | '!' | '?' | ';' | '\t'
        )
    };
    let mut at = 0;
    text.split(separates).filter_map(move |clause| {
        let start = at;
        let behind = start + clause.len();
        at = behind + text.get(behind..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        (!clause.trim().is_empty()).then(|| (start..behind, Signs::of(clause)))
    })
}
